"""The table of providers: whole, consistent, and found by address, MX and server."""

from __future__ import annotations

import json
import uuid
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.base import i18n
from desktop.domain.mail.discovery import of_provider
from desktop.domain.mail.grant import Client, Grant, dump, load
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.provider import Note, Provider, Redirect, Server, SignIn
from desktop.domain.mail.provider_table import TABLE
from desktop.domain.mail.provider_words import help_after_refusal, help_of, help_when_not_opened, sentence
from desktop.domain.mail.providers import (
    provider_by_id,
    provider_of,
    provider_of_account,
    provider_of_mx,
    provider_of_server,
)


@pytest.mark.parametrize("provider", TABLE, ids=lambda provider: provider.id)
def test_every_entry_is_whole(provider: Provider) -> None:
    for server in (provider.imap, provider.smtp):
        assert server is not None
        assert 0 < server.port < 65536
        assert server.security is not Security.PLAIN
        assert server.host == server.host.lower()
    assert urlsplit(provider.help_url).scheme == "https"
    assert provider.mx_suffixes
    assert all(name == name.lower() for name in (*provider.domains, *provider.mx_suffixes, *provider.other_hosts))
    assert (provider.oauth is not None) is (SignIn.OAUTH in provider.sign_ins)
    assert provider.renew_idle_s < 29 * 60
    assert 1 <= provider.most_connections <= 4
    if provider.oauth is not None:
        for url in (provider.oauth.authorise_url, provider.oauth.token_url):
            assert urlsplit(url).scheme == "https"
        assert provider.oauth.scopes
        assert provider.sign_ins[0] is SignIn.OAUTH


def test_no_two_entries_claim_the_same() -> None:
    ids = [provider.id for provider in TABLE]
    domains = [domain for provider in TABLE for domain in provider.domains]
    suffixes = [suffix for provider in TABLE for suffix in provider.mx_suffixes]

    assert len(set(ids)) == len(ids)
    assert len(set(domains)) == len(domains)
    assert len(set(suffixes)) == len(suffixes)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("ann@gmail.com", "google"),
        ("Ann@GoogleMail.com", "google"),
        ("ann@hotmail.com", "outlook"),
        ("ann@yahoo.co.uk", "yahoo"),
        ("ann@aol.com", "aol"),
        ("ann@me.com", "icloud"),
        ("ann@fastmail.fm", "fastmail"),
        ("ann@gmx.de", "gmx"),
        ("ann@web.de", "webde"),
        ("ann@t-online.de", "t-online"),
        ("ann@zohomail.eu", "zoho-eu"),
        ("ann@proton.me", "proton"),
        ("ann@ya.ru", "yandex"),
        ("ann@bk.ru", "mailru"),
        ("ann@gmail.com.", "google"),
        ("ann@notgmail.com", None),
        ("ann@example.org", None),
        ("ann@", None),
        ("", None),
    ],
)
def test_an_address_tells_its_provider(address: str, expected: str | None) -> None:
    found = provider_of(address)

    assert (found.id if found else None) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("aspmx.l.google.com.", "google"),
        ("ALT1.ASPMX.L.GOOGLE.COM", "google"),
        ("aspmx2.googlemail.com", "google"),
        ("smtp.google.com", "google"),
        ("contoso-com.mail.protection.outlook.com", "microsoft"),
        ("contoso-com.o-v1.mx.microsoft", "microsoft"),
        ("outlook-com.olc.protection.outlook.com", "outlook"),
        ("mta5.am0.yahoodns.net", "yahoo"),
        ("mx-aol.mail.gm0.yahoodns.net", "aol"),
        ("mx01.mail.icloud.com", "icloud"),
        ("in1-smtp.messagingengine.com", "fastmail"),
        ("mx00.emig.gmx.net", "gmx"),
        ("mx-ha02.web.de", "webde"),
        ("mx00.t-online.de", "t-online"),
        ("mx.zoho.com", "zoho"),
        ("mx.zoho.eu", "zoho-eu"),
        ("mail.protonmail.ch", "proton"),
        ("mx.yandex.net", "yandex"),
        ("mxs.mail.ru", "mailru"),
        ("evilgooglemail.com", None),
        ("google.com", None),
        ("mx.example.org", None),
        ("", None),
    ],
)
def test_a_receiving_server_tells_its_provider(host: str, expected: str | None) -> None:
    found = provider_of_mx(host)

    assert (found.id if found else None) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("imap.gmail.com", "google"),
        ("IMAP.Googlemail.com", "google"),
        ("outlook.office365.com", "microsoft"),
        ("smtp-mail.outlook.com", "outlook"),
        ("imappro.zoho.eu", "zoho-eu"),
        ("imap.mail.me.com", "icloud"),
        ("127.0.0.1", None),
        ("localhost", None),
        ("imap.example.org", None),
        ("", None),
    ],
)
def test_a_server_tells_its_provider(host: str, expected: str | None) -> None:
    found = provider_of_server(host)

    assert (found.id if found else None) == expected


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    ("address", "port", "expected"),
    [
        ("ann@firm.example", 1143, "proton"),
        ("ann@proton.me", 2143, "proton"),
        ("ann@firm.example", 143, ""),
        ("ann@gmail.com", 143, ""),
    ],
)
def test_a_program_of_a_provider_on_this_computer_is_told_by_port_or_address(
    host: str, address: str, port: int, expected: str
) -> None:
    imap = Endpoint(host, port, Security.STARTTLS, address)

    found = provider_of_account(MailAccount(uuid.uuid4(), address, imap=imap))

    assert found.id == expected


def test_a_persons_own_providers_go_first() -> None:
    own = Provider("acme", "Acme Mail", domains=("gmail.com", "acme.example"), imap=Server("imap.acme.example", 993))

    assert provider_of("ann@gmail.com", [own]) is own
    assert provider_of_server("imap.acme.example", [own]) is own
    assert provider_by_id("acme", [own]) is own
    assert provider_by_id("acme") is None


def test_what_providers_differ_in() -> None:
    by_id = {provider.id: provider for provider in TABLE}

    zoho = {provider.id for provider in TABLE if provider.id.startswith("zoho")}
    assert {provider.id for provider in TABLE if provider.no_condstore} == {"microsoft", "outlook", *zoho}
    assert {provider.id for provider in TABLE if provider.rewrites_message_ids} == {"microsoft", "outlook"}
    assert {provider.id for provider in TABLE if provider.shares_mailboxes} == {"microsoft"}
    assert {"google", "microsoft", "outlook", "yahoo"} <= {p.id for p in TABLE if p.files_sent}
    assert {"microsoft", "outlook", "yahoo", "aol", "icloud"} == {p.id for p in TABLE if p.poll}
    for name, address, user in (("icloud", "ann@me.com", "ann"), ("google", "ann@gmail.com", "ann@gmail.com")):
        found = of_provider(by_id[name])
        assert found is not None
        assert found.imap.endpoint(address).user == user
    assert by_id["google"].daily_bytes == 2_500_000_000
    assert by_id["google"].oauth is not None
    assert dict(by_id["google"].oauth.extra)["access_type"] == "offline"
    assert by_id["microsoft"].oauth is not None
    assert by_id["microsoft"].oauth.redirect is Redirect.LOCALHOST
    assert not [scope for scope in by_id["microsoft"].oauth.scopes if "graph" in scope]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_note_is_a_sentence(language: str) -> None:
    i18n.set_language(language)
    for note in Note:
        text = sentence(note, "Acme Mail")
        assert text.endswith(".")
        assert "{" not in text


def test_help_stands_in_the_form_and_beside_a_refusal() -> None:
    google, microsoft = provider_by_id("google"), provider_by_id("microsoft")
    assert google is not None
    assert microsoft is not None

    assert "app password" in " ".join(help_of(google))
    assert "app password" in help_after_refusal("imap.gmail.com", sends=False)
    assert "SMTP" in help_after_refusal("smtp.office365.com", sends=True)
    assert "IMAP" not in help_after_refusal("smtp.office365.com", sends=True)
    assert "IMAP" in help_after_refusal("outlook.office365.com", sends=False)
    assert "IMAP" in help_when_not_opened("outlook.office365.com")
    assert "IMAP" not in help_when_not_opened("smtp.office365.com", sends=True)
    unknown = "imap.example.org"
    assert (help_after_refusal(unknown, sends=False), help_when_not_opened(unknown)) == ("", "")


@given(st.text(min_size=1), st.text(), st.text(min_size=1), st.booleans())
def test_what_is_kept_of_a_grant_gives_it_back(client: str, secret: str, token: str, refused: bool) -> None:
    grant = Grant("test", Client(client, secret), token, "access", 3600, "ann@example.org", refused)

    found = load(dump(grant))

    assert found is not None
    assert (found.client, found.refresh_token, found.refused) == (Client(client, secret), token, refused)
    assert (found.access_token, found.address) == ("", "ann@example.org")


@given(st.text() | st.recursive(st.none() | st.booleans() | st.text(), lambda s: st.lists(s)).map(json.dumps))
def test_any_text_is_a_grant_or_none(text: str) -> None:
    found = load(text)

    assert found is None or found.refresh_token
