"""What is told of a conversation that went on while somebody answers in it."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Origin, Relation
from desktop.domain.mail.meanwhile import ThreadMail, came_since, there_at
from desktop.domain.mail.message import Status
from desktop.domain.mail.sending_checks import Kind, Known, SendingWarning, warnings
from tests.domain.mail.drafts import draft

ANSWER = ThreadMail(7, Address("Bo Trent", "bo@x.example"), 1000, 1001, is_answer=True, is_newer=True)
REMARK = replace(ANSWER, key=8, date_ms=2000, is_answer=False)
REPLY = Origin(Relation.REPLY, uuid.UUID(int=1))


@pytest.mark.parametrize(
    ("mails", "told"),
    [
        ((), None),
        ((ANSWER,), ANSWER),
        ((REMARK,), REMARK),
        ((ANSWER, REMARK), ANSWER),
        ((ANSWER, replace(ANSWER, key=9, date_ms=3000)), replace(ANSWER, key=9, date_ms=3000)),
        ((replace(ANSWER, own=True),), replace(ANSWER, own=True)),
        ((replace(ANSWER, is_newer=False),), replace(ANSWER, is_newer=False)),
        ((replace(REMARK, is_newer=False),), None),
        ((replace(ANSWER, by_machine=True),), None),
        ((replace(ANSWER, put_away=True),), None),
        ((replace(ANSWER, status=Status.DRAFT),), None),
        ((replace(ANSWER, status=Status.FAILED),), None),
        ((replace(ANSWER, own=True, status=Status.SENDING),), replace(ANSWER, own=True, status=Status.SENDING)),
    ],
)
def test_an_answer_to_the_same_mail_is_told_before_the_newest(
    mails: tuple[ThreadMail, ...], told: ThreadMail | None
) -> None:
    assert came_since(frozenset(), mails) == told
    assert came_since(frozenset(each.key for each in mails), mails) is None


def test_what_was_there_when_a_kept_answer_was_begun() -> None:
    mails = (ANSWER, replace(REMARK, received_ms=3000))

    assert there_at(None, mails) == {7, 8}
    assert there_at(2000, mails) == {7}
    assert there_at(500, mails) == frozenset()


def test_only_who_answers_is_asked() -> None:
    known = Known(mails=(ANSWER,))
    answer = draft(text="Yes", subject="Re: Offer", origin=REPLY)

    assert warnings(answer, known) == (SendingWarning(Kind.ANSWERED_MEANWHILE, (ANSWER.sender,), mail=ANSWER),)
    assert warnings(answer, replace(known, there=frozenset({7}))) == ()
    assert warnings(replace(answer, origin=replace(REPLY, relation=Relation.FORWARD)), known) == ()
    assert warnings(replace(answer, origin=None), known) == ()
