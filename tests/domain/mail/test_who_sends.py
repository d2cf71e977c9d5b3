"""One account sends for each address of the person, however many write as it."""

from __future__ import annotations

import uuid

from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.who_sends import senders

HALF = Endpoint("mail.example.org", 993, Security.TLS, "ann")
ANN, SALES, BOSS = "ann@example.org", "sales@example.org", "boss@example.org"


def account(key: int, *addresses: str, imap: bool = True, smtp: bool = True) -> MailAccount:
    identities = tuple(Identity(each, f"of {key}") for each in addresses)
    return MailAccount(
        uuid.uuid4(),
        addresses[0],
        key=key,
        imap=HALF if imap else None,
        smtp=HALF if smtp else None,
        identities=identities,
    )


def keys(*accounts: MailAccount) -> list[tuple[str, int]]:
    found = senders(accounts).items()
    assert all(sender.identity.name == f"of {sender.account.key}" for _address, sender in found)
    return [(address, sender.account.key) for address, sender in found]


def test_an_account_without_a_server_to_send_leaves_it_to_one_that_only_sends() -> None:
    assert keys(account(1, ANN, smtp=False), account(2, ANN, imap=False)) == [(ANN, 2)]


def test_an_account_sends_for_itself_before_one_that_only_sends() -> None:
    assert keys(account(1, ANN, imap=False), account(2, ANN)) == [(ANN, 2)]


def test_an_account_sends_for_its_own_address_before_one_that_has_it_beside_others() -> None:
    assert keys(account(1, SALES, ANN), account(2, "Ann@Example.org")) == [(SALES, 1), (ANN, 2)]
    assert keys(account(1, SALES, ANN), account(2, ANN, imap=False)) == [(SALES, 1), (ANN, 2)]


def test_of_two_that_have_it_beside_others_one_with_a_mailbox_sends_then_the_first() -> None:
    relay = account(1, SALES, ANN, imap=False)

    assert keys(relay, account(2, BOSS, ANN)) == [(SALES, 1), (ANN, 2), (BOSS, 2)]
    assert keys(account(1, SALES, ANN), account(2, BOSS, ANN)) == [(SALES, 1), (ANN, 1), (BOSS, 2)]


def test_the_order_of_the_person_stays() -> None:
    first = account(1, ANN, SALES, imap=False)

    assert keys(first, account(2, BOSS), account(3, ANN)) == [(ANN, 3), (SALES, 1), (BOSS, 2)]
