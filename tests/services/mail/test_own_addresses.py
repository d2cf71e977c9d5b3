"""Aliases of an account, and what they make of mails that are here already."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.operation import Verb
from desktop.services.mail import own_addresses
from desktop.services.mail.mail_accounts import AccountInvalid
from tests.desk import mail
from tests.shelf import Shelf

ALIAS = "Team@Example.org"


def _unread(shelf: Shelf, list_id: int) -> int:
    return shelf.views.counts([list_id])[list_id].unread


@pytest.mark.parametrize("mode", list(Mode))
def test_an_alias_makes_mails_from_it_sent_ones_and_its_end_undoes_that(shelf: Shelf, mode: Mode) -> None:
    shelf.become(mode)
    shelf.arrive(mail(1, From=f"Me <{ALIAS.upper()}>"), Role.SENT)
    [key] = shelf.mails(Unified.ALL)
    before = shelf.mails()
    assert before == ([] if mode is Mode.TWO_WAY else [key])
    assert shelf.views.head(key).unread

    assert shelf.set_aliases(ALIAS) == (ALIAS,)
    assert (shelf.mails(), shelf.mails(Unified.SENT)) == ([], [key])
    assert (_unread(shelf, Unified.ALL), shelf.views.head(key).unread) == (0, False)
    shelf.arrive(mail(2, From=ALIAS), Role.SENT)
    assert len(shelf.mails(Unified.SENT)) == 2, "and those that come"

    assert shelf.set_aliases() == ()
    assert (shelf.mails()[-1:], shelf.mails(Unified.SENT)) == (before, [])
    assert shelf.views.head(key).unread


@pytest.mark.parametrize("mode", list(Mode))
def test_a_mail_from_an_alias_that_lies_in_the_inbox_stays_there_unread(shelf: Shelf, mode: Mode) -> None:
    shelf.become(mode)
    shelf.arrive(mail(1, From=ALIAS))
    [key] = shelf.mails()

    shelf.set_aliases(ALIAS)

    assert (shelf.mails(), shelf.mails(Unified.SENT), _unread(shelf, Unified.INBOX)) == ([key], [key], 1)


def test_where_the_person_put_a_mail_it_stays(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1, From=ALIAS))
    [key] = shelf.mails()
    shelf.do(Verb.ARCHIVE, key)

    shelf.set_aliases(ALIAS)
    shelf.set_aliases()

    assert (shelf.mails(), shelf.mails(Unified.ARCHIVE)) == ([], [key])


def test_a_reply_from_an_alias_marks_the_mail_as_answered(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    shelf.arrive(mail(2, From=ALIAS, In_Reply_To="<1@acme.example>"), Role.SENT)
    [key] = shelf.mails()
    assert not shelf.views.head(key).answered

    shelf.set_aliases(ALIAS)

    assert shelf.views.head(key).answered


def test_the_address_of_another_account_makes_mails_here_sent_ones(shelf: Shelf) -> None:
    shelf.arrive(mail(1, From="other@example.org"), Role.SENT)
    [key] = shelf.mails(Unified.ALL)
    account = replace(shelf.accounts.get(shelf.account), key=0, id=uuid.uuid4(), address="other@example.org")

    key_of_other = shelf.accounts.add(account, None).key
    assert shelf.mails(Unified.SENT) == [key]
    shelf.accounts.remove(key_of_other)

    assert shelf.mails(Unified.SENT) == []


def test_an_address_of_two_accounts_stays_ones_own_with_either(shelf: Shelf) -> None:
    shelf.arrive(mail(1, From=ALIAS), Role.SENT)
    other = shelf.add("other@example.org")
    shelf.set_aliases(ALIAS)
    shelf.accounts.edit(shelf.accounts.get(other).known_as((ALIAS.lower(),)))

    shelf.set_aliases()

    assert len(shelf.mails(Unified.SENT)) == 1


def test_aliases_are_kept_once_each_and_must_be_addresses(shelf: Shelf) -> None:
    assert shelf.set_aliases(" a@x.org", "A@x.org ", "", "ME@example.org", "b@x.org") == ("A@x.org", "b@x.org")
    with pytest.raises(AccountInvalid, match="not an email address"):
        shelf.set_aliases("nobody")
    assert shelf.accounts.get(shelf.account).aliases == ("A@x.org", "b@x.org")


def test_mails_follow_in_portions_and_after_a_kill(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        shelf.arrive(mail(number, From=ALIAS), Role.SENT)
    monkeypatch.setattr(own_addresses, "PORTION", 2)
    with monkeypatch.context() as patch:
        patch.setattr(own_addresses, "look_again", _killed)
        with pytest.raises(KeyboardInterrupt):
            shelf.set_aliases(ALIAS)
    assert shelf.mails(Unified.SENT) == []

    own_addresses.follow(shelf.database)

    assert len(shelf.mails(Unified.SENT)) == 5


def _killed(*_arguments: object) -> None:
    raise KeyboardInterrupt
