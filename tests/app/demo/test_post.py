"""The sample's post: mail comes by itself, people answer, and strangers do not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from desktop.app.demo.letters import ADDRESS, letters
from desktop.app.demo.mailbox import Mailbox
from desktop.app.demo.post import Pace, Post
from desktop.domain.mail.message import Message
from desktop.domain.mail.mime_parse import parse
from tests.desk import mail

DEADLINE_S = 20.0
NEVER = Pace(first_mail_s=3600.0, answer_s=0.05)
AT_ONCE = Pace(first_mail_s=0.0, next_mail_s=0.0, answer_s=0.0)


@pytest.fixture
def post(mailbox: Mailbox) -> Iterator[Callable[[Pace], Post]]:
    begun: list[Post] = []

    def begin(pace: Pace) -> Post:
        begun.append(Post(mailbox, pace))
        begun[-1].begin()
        return begun[-1]

    yield begin
    for each in begun:
        each.close()


def arrived(mailbox: Mailbox, count: int) -> list[Message]:
    """Wait until so many mails lie in the Inbox and return them."""
    inbox = mailbox.folder("INBOX")
    assert inbox is not None
    deadline = time.monotonic() + DEADLINE_S
    while len(mails := mailbox.mails(inbox.id)) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return [parse(mailbox.raw(inbox.id, each.uid)) for each in mails]


def written(number: int, to: str, subject: str = "Lamps") -> bytes:
    return mail(number, subject=subject, text="Can you bring them?\n> old words", To=to, References="<0@acme.example>")


def test_mails_come_in_their_order_and_only_once(mailbox: Mailbox, post: Callable[[Pace], Post]) -> None:
    expected = [letter.subject for letter in letters().coming]
    post(AT_ONCE)
    first = [each.subject for each in arrived(mailbox, len(expected))]
    again = post(AT_ONCE)
    again.take((ADDRESS,), written(1, ADDRESS))

    assert first == expected
    assert [each.subject for each in arrived(mailbox, len(expected) + 1)] == [*expected, "Lamps"]


def test_people_answer_in_the_conversation_and_in_their_language(
    mailbox: Mailbox, post: Callable[[Pace], Post]
) -> None:
    office = post(NEVER)
    office.take(("anna.keller@kranich.example",), written(1, "anna.keller@kranich.example"))
    office.take(("elena@severnyveter.example",), written(2, "elena@severnyveter.example", "Смета"))
    anna, elena = arrived(mailbox, 2)

    assert (anna.sender.name, anna.subject) == ("Anna Keller", "Re: Lamps")
    assert (anna.in_reply_to, anna.references) == ("1@acme.example", ("0@acme.example", "1@acme.example"))
    assert "> Can you bring them?" in anna.text
    assert "old words" not in anna.text
    assert (elena.sender.name, elena.subject) == ("Елена Морозова", "Re: Смета")
    assert "здравствуйте" in elena.text


def test_nobody_says_the_same_twice_in_a_row(mailbox: Mailbox, post: Callable[[Pace], Post]) -> None:
    office = post(NEVER)
    for number in (1, 2):
        office.take(("bo@trentsound.example",), written(number, "bo@trentsound.example"))
    one, two = arrived(mailbox, 2)

    assert one.text != two.text
    assert one.message_id != two.message_id


def test_who_writes_to_strangers_is_told_that_nothing_left(mailbox: Mailbox, post: Callable[[Pace], Post]) -> None:
    post(NEVER).take(("real@person.example", "other@person.example"), written(1, "real@person.example"))
    [notice] = arrived(mailbox, 1)

    assert "nothing leaves this computer" in notice.text
    assert "real@person.example, other@person.example" in notice.text.replace("\n", " ")


def test_own_mail_comes_back_as_it_was_sent(mailbox: Mailbox, post: Callable[[Pace], Post]) -> None:
    raw = written(1, ADDRESS)
    post(NEVER).take((ADDRESS,), raw)
    arrived(mailbox, 1)

    assert mailbox.raw(1, 1) == raw
