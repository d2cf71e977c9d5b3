"""Which new mails are told of, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.folder import Role
from desktop.domain.mail.reminding import Kind, Reminder
from desktop.domain.mail.telling import (
    RECENT_MS,
    Copy,
    NewMail,
    Words,
    can_notify,
    is_fresh,
    is_worth,
    newest_first,
    notifies,
    of_many,
    of_one,
)

NOW_MS = 1_780_000_000_000
INBOX = Copy(1, Role.INBOX, True, None)
MAIL = NewMail(
    key=1,
    received_ms=NOW_MS,
    sender_name="Anna Keller",
    sender_address="anna@acme.example",
    subject="Offer",
    came=True,
    read=False,
    in_inbox=True,
    put_away=False,
    copies=(INBOX,),
)


def _in(*copies: Copy) -> NewMail:
    return replace(MAIL, copies=copies)


def test_a_mail_of_the_inbox_is_told() -> None:
    assert is_worth(MAIL)


@pytest.mark.parametrize("change", [{"read": True}, {"came": False}, {"put_away": True}, {"copies": ()}])
def test_what_is_read_of_oneself_put_away_or_nowhere_is_not_told(change: dict[str, object]) -> None:
    assert not is_worth(replace(MAIL, **change))


@pytest.mark.parametrize("role", [Role.JUNK, Role.TRASH, Role.SENT, Role.DRAFTS, Role.ALL, Role.FLAGGED])
def test_some_folders_never_tell_whatever_was_said_of_them(role: Role) -> None:
    assert not can_notify(role)
    for said in (None, True, False):
        assert not notifies(role, True, said)
        assert not is_worth(_in(Copy(2, role, True, said)))


@pytest.mark.parametrize("role", [Role.INBOX, Role.NONE, Role.ARCHIVE])
def test_other_folders_tell_as_was_said_and_else_as_they_show_in_the_inbox(role: Role) -> None:
    assert can_notify(role)
    for shows in (True, False):
        assert notifies(role, shows, None) is shows
        assert notifies(role, shows, True)
        assert not notifies(role, shows, False)


def test_one_copy_that_is_told_of_is_enough() -> None:
    quiet = Copy(2, Role.NONE, True, False)

    assert not is_worth(_in(quiet))
    assert is_worth(_in(quiet, INBOX))
    assert is_worth(_in(Copy(3, Role.ALL, False, None), INBOX)), "the all mail of a server is no place by itself"


def test_old_mail_is_no_news() -> None:
    assert is_fresh(MAIL, NOW_MS + RECENT_MS - 1)
    assert not is_fresh(MAIL, NOW_MS + RECENT_MS)
    assert is_fresh(replace(MAIL, received_ms=NOW_MS + 10 * RECENT_MS), NOW_MS), "the clock of the server is wrong"


def test_one_mail_is_its_sender_and_subject() -> None:
    assert of_one(MAIL, content=True) == Words("Anna Keller", ("Offer",))
    assert of_one(replace(MAIL, sender_name=""), content=True).title == "anna@acme.example"
    nobody = replace(MAIL, sender_name="", sender_address="", subject="\n\t")
    assert of_one(nobody, content=True) == Words("(no sender)", ("(no subject)",))


def test_several_mails_are_named_as_far_as_there_is_room() -> None:
    mails = [replace(MAIL, key=n, subject=f"Mail {n}") for n in range(1, 6)]

    assert of_many(mails[:4], content=True).lines == tuple(f"Anna Keller: Mail {n}" for n in range(1, 5))
    assert of_many(mails, content=True) == Words(
        "5 new mails",
        ("Anna Keller: Mail 1", "Anna Keller: Mail 2", "Anna Keller: Mail 3", "and 2 more"),
    )


def test_without_content_nothing_of_a_mail_is_told() -> None:
    assert of_one(MAIL, content=False) == Words("New mail")
    assert of_many([MAIL, MAIL], content=False) == Words("2 new mails")


def test_the_newest_comes_first() -> None:
    older, newer = replace(MAIL, key=9, received_ms=1), replace(MAIL, key=2, received_ms=2)

    assert newest_first([older, newer]) == (newer, older)


@given(st.text(), st.text(), st.text())
def test_c12_whatever_a_sender_writes_stays_one_short_line_in_its_place(name: str, address: str, subject: str) -> None:
    mail = replace(MAIL, sender_name=name, sender_address=address, subject=subject)

    for words in (of_one(mail, content=True), of_many([mail, mail], content=True)):
        assert words.title
        for line in (words.title, *words.lines):
            assert 0 < len(line) <= 160
            assert not set(line) & set("\n\r\0\u2028\u202e\u2066")
            line.encode()


BACK = Reminder(Kind.SNOOZE, NOW_MS, NOW_MS - RECENT_MS, back_at_ms=NOW_MS)
UNANSWERED = replace(BACK, kind=Kind.FOLLOW_UP)


def test_what_is_back_is_news_however_old_and_whoever_wrote_it() -> None:
    old = replace(MAIL, received_ms=NOW_MS - 90 * RECENT_MS, came=False, reminder=BACK)
    assert is_worth(old)
    assert is_fresh(old, NOW_MS)
    assert not is_worth(replace(old, read=True))
    assert not is_worth(replace(old, reminder=replace(BACK, back_at_ms=None)))
    assert not is_worth(replace(old, copies=(Copy(2, Role.INBOX, True, False),))), "its folder is quiet"


def test_a_mail_nobody_answered_is_told_from_wherever_it_lies_until_it_is_dealt_with() -> None:
    sent = replace(MAIL, came=False, read=True, in_inbox=False, copies=(Copy(3, Role.SENT, False, None),))
    assert not is_worth(sent)
    assert is_worth(replace(sent, reminder=UNANSWERED))
    assert not is_worth(replace(sent, reminder=UNANSWERED, put_away=True))


def test_the_words_for_what_is_back_show_nothing_where_nothing_is_to_be_shown() -> None:
    back, sent = replace(MAIL, reminder=BACK), replace(MAIL, recipients="Anna, Bo", reminder=UNANSWERED)
    assert of_one(back, content=True) == Words("Anna Keller", ("Offer", "Snoozed, and back now"))
    assert of_one(back, content=False) == Words("Snoozed, and back now")
    assert of_one(sent, content=True) == Words("No answer from Anna, Bo", ("Offer",))
    assert of_one(sent, content=False) == Words("A mail of yours got no answer")
    assert of_many([back, sent], content=True) == Words(
        "2 mails are back", ("Anna Keller: Offer", "No answer from Anna, Bo: Offer")
    )
    assert of_many([back, MAIL], content=False) == Words("2 new mails")
