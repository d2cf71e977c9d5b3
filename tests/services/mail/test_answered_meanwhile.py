"""Who wrote in a conversation while an answer to a mail of it is being written."""

from __future__ import annotations

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Origin, Relation
from desktop.domain.mail.folder import Role
from desktop.domain.mail.meanwhile import ThreadMail
from desktop.domain.mail.message import Flag, Status
from desktop.domain.mail.sending_checks import Kind, warnings
from desktop.services.mail.compose import Compose
from tests.desk import mail
from tests.shelf import ARRIVED_MS, Shelf

HOUR_MS = 3_600_000
TO_IT = {"In_Reply_To": "<1@acme.example>", "References": "<1@acme.example>"}
ME = "Me <me@example.org>"


@pytest.fixture
def compose(shelf: Shelf) -> Compose:
    return Compose(shelf.database, shelf.blobs)


def answer_to(shelf: Shelf) -> Draft:
    """Return an answer to the first mail, which comes now."""
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    origin = Origin(Relation.REPLY, shelf.views.ids_of([key])[key])
    person = shelf.views.head(key).sender
    return Draft(
        Address("", "me@example.org"),
        to=(person,),
        subject="Re: it",
        text="Yes",
        is_html=False,
        in_reply_to="1@acme.example",
        origin=origin,
    )


def new(compose: Compose, draft: Draft, there: frozenset[int] = frozenset()) -> list[tuple[str, bool, bool]]:
    """Return what came: from whom, whether it answers the same mail, whether the person wrote it."""
    mails: tuple[ThreadMail, ...] = compose.thread(draft)
    return [(each.sender.address, each.is_answer, each.own) for each in mails if each.key not in there]


@pytest.mark.parametrize("headers", [TO_IT, {"References": "<0@acme.example> <1@acme.example>"}])
def test_an_answer_to_the_same_mail_is_told(shelf: Shelf, compose: Compose, headers: dict[str, str]) -> None:
    draft = answer_to(shelf)
    known = compose.known(draft)
    shelf.arrive(mail(2, From="Bo <bo@x.example>", **headers), received_ms=ARRIVED_MS + HOUR_MS)

    assert known.mails == ()
    assert new(compose, draft, known.there) == [("bo@x.example", True, False)]


def test_ones_own_answer_from_another_computer_counts(shelf: Shelf, compose: Compose) -> None:
    draft = answer_to(shelf)
    shelf.arrive(mail(2, From=ME, **TO_IT), Role.SENT, Flag.SEEN, received_ms=ARRIVED_MS + HOUR_MS)

    assert new(compose, draft) == [("me@example.org", True, True)]


def test_a_mail_deeper_in_the_conversation_is_no_answer_to_this_one(shelf: Shelf, compose: Compose) -> None:
    draft = answer_to(shelf)
    shelf.arrive(mail(2, From="Bo <bo@x.example>", **TO_IT), received_ms=ARRIVED_MS + HOUR_MS)
    there = compose.known(draft).there
    deeper = {"In_Reply_To": "<2@acme.example>", "References": "<1@acme.example> <2@acme.example>"}
    shelf.arrive(mail(3, From="Cy <cy@x.example>", **deeper), received_ms=ARRIVED_MS + HOUR_MS)

    assert new(compose, draft, there) == [("cy@x.example", False, False)]


def test_neither_absence_notes_nor_junk_nor_the_draft_itself_are_told(shelf: Shelf, compose: Compose) -> None:
    draft = answer_to(shelf)
    known = compose.known(draft)
    compose.save(draft)
    shelf.arrive(mail(2, **TO_IT, Auto_Submitted="auto-replied"), received_ms=ARRIVED_MS + HOUR_MS)
    shelf.arrive(mail(3, **TO_IT), Role.JUNK, received_ms=ARRIVED_MS + HOUR_MS)
    known = type(known)(known.people, known.own, known.thread, compose.thread(draft), known.there)

    assert len(known.mails) == 3
    assert Kind.ANSWERED_MEANWHILE not in [each.kind for each in warnings(draft, known)]


def test_of_a_draft_that_was_kept_everything_since_it_was_begun_is_new(shelf: Shelf, compose: Compose) -> None:
    draft = answer_to(shelf)
    shelf.arrive(mail(2, **TO_IT), received_ms=ARRIVED_MS + HOUR_MS)
    key = compose.save(draft)
    begun_ms = compose.draft(key).date_ms
    shelf.arrive(mail(3, **TO_IT), received_ms=begun_ms + HOUR_MS)
    kept, again = compose.known(draft, key), compose.known(draft)

    assert [each.key in kept.there for each in kept.mails if each.status is not Status.DRAFT] == [True, False]
    assert [each.kind for each in warnings(draft, kept)] == [Kind.ANSWERED_MEANWHILE]
    assert warnings(draft, again) == ()


def test_an_answer_to_a_mail_that_is_gone_asks_nothing(shelf: Shelf, compose: Compose) -> None:
    assert compose.thread(Draft(Address("", "me@example.org"))) == ()
