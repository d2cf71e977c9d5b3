"""The form of a mail account as values: guesses, complaints, and there and back without loss."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Mode, Security
from desktop.ui.preferences.account_draft import Field, account_of, addresses_in, complaints, draft_of, guessed_hosts

ACCOUNT = MailAccount(
    id=uuid.uuid4(),
    address="jan@firm.example",
    display_name="Jan Berger",
    key=7,
    imap=Endpoint("mail.firm.example", 143, Security.STARTTLS, "jan"),
    smtp=None,
    mode=Mode.ARCHIVE_ONLY,
    fetch_since="2026-01-31",
    keep_unread=False,
    store_sent=False,
    interval_s=900,
    size_limit_bytes=25_000_000,
    ca_file="/etc/ca.pem",
    trusted_fingerprints=("mail.firm.example:143 00",),
    identities=(
        Identity("jan@firm.example", "Jan"),
        Identity("sales@firm.example"),
        Identity("jan@home.example", "Jan"),
    ),
)


def test_an_account_comes_back_unchanged() -> None:
    assert account_of(draft_of(ACCOUNT), ACCOUNT) == ACCOUNT


def test_values_the_form_shows_only_round_stay_as_they_are() -> None:
    odd = replace(ACCOUNT, size_limit_bytes=10_485_760, interval_s=90)
    assert account_of(draft_of(odd), odd) == odd
    assert account_of(replace(draft_of(odd), interval_min=5), odd).interval_s == 300


def test_addresses_are_found_whatever_stands_between_them() -> None:
    assert addresses_in(" a@b.example, c@d.example;\n e@f.example\u2028,") == (
        "a@b.example",
        "c@d.example",
        "e@f.example",
    )


def test_an_alias_that_is_none_is_named() -> None:
    found = complaints(replace(draft_of(ACCOUNT), aliases=("a@b.example", "sales")))
    assert found == {Field.ALIASES: "“sales” is not an email address."}


def test_a_new_form_complains_only_of_what_is_missing() -> None:
    assert set(complaints(draft_of(None))) == {Field.ADDRESS, Field.IMAP_HOST}
    assert complaints(draft_of(ACCOUNT)) == {}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"address": "jan"}, Field.ADDRESS),
        ({"address": "jan @firm.example"}, Field.ADDRESS),
        ({"since": "yesterday"}, Field.SINCE),
    ],
)
def test_complaints(changes: dict[str, str], field: Field) -> None:
    assert set(complaints(replace(draft_of(ACCOUNT), **changes))) == {field}


@pytest.mark.parametrize(
    "port", ["", "0", "65536", "imap", "-1", "²", "99999999999999999999", "9" * 5000, "0" * 5000 + "1"]
)
def test_a_port_is_a_number_of_its_range(port: str) -> None:
    draft = draft_of(ACCOUNT)
    assert set(complaints(replace(draft, imap=replace(draft.imap, port=port)))) == {Field.IMAP_PORT}


def test_a_host_is_no_url() -> None:
    draft = draft_of(ACCOUNT)
    wrong = replace(draft, imap=replace(draft.imap, host="https://mail.firm.example/"))
    assert set(complaints(wrong)) == {Field.IMAP_HOST}


@pytest.mark.parametrize(
    ("address", "hosts"),
    [
        ("jan@Firm.example", ("imap.firm.example", "smtp.firm.example")),
        ("jan@firm", ("", "")),
        ("jan@", ("", "")),
        ("jan", ("", "")),
        ("jan@firm.", ("", "")),
        ("jan@firm .example", ("", "")),
    ],
)
def test_guesses_from_the_address(address: str, hosts: tuple[str, str]) -> None:
    assert guessed_hosts(address) == hosts
