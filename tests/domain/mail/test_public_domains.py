"""At which domains nobody is trusted as a whole."""

from __future__ import annotations

import pytest

from desktop.domain.mail.public_domains import is_public


@pytest.mark.parametrize(
    "domain",
    ["gmail.com", "GMail.com.", "mail.gmail.com", "yahoo.co.uk", "hotmail.fr", "mail.ru", "zoho.eu", "", "local"],
)
def test_public_mailboxes(domain: str) -> None:
    assert is_public(domain)


@pytest.mark.parametrize("domain", ["acme.example", "mail.acme.example", "gmail.acme.example", "mygmail.com"])
def test_domains_of_an_organisation(domain: str) -> None:
    assert not is_public(domain)
