"""Mails on their way in: what the store makes of them, whatever happened to folder and account meanwhile."""

from __future__ import annotations

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.services.mail.ingest import Fetched
from tests.desk import mail
from tests.shelf import Shelf


def test_a_batch_fetched_before_its_account_became_archive_only_is_stored_as_an_archive(shelf: Shelf) -> None:
    home = shelf.mirror.home(shelf.folder(), 0)
    assert home is not None
    shelf.become(Mode.ARCHIVE_ONLY)

    shelf.ingest.take(home, [Fetched(1, Flag.NONE, 1_780_000_000_000, 1, mail(1), parse(mail(1)))])

    [key] = shelf.mails()
    shelf.mirror.vanished(shelf.folder(), 0, [1])
    assert shelf.mails() == [key], "an archive keeps what its server loses"


def test_a_batch_fetched_before_its_folder_became_the_junk_folder_is_junk(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    folder = shelf.folder(Role.NONE)
    home = shelf.mirror.home(folder, 0)
    assert home is not None
    shelf.server_folders.set_role(folder.key, Role.JUNK)

    shelf.ingest.take(home, [Fetched(1, Flag.NONE, 1_780_000_000_000, 1, mail(1), parse(mail(1)))])

    assert shelf.mails() == []
    assert len(shelf.mails(Unified.JUNK)) == 1


def test_a_draft_that_comes_back_as_a_mail_is_one(shelf: Shelf) -> None:
    uid = shelf.arrive(mail(1), Role.DRAFTS)
    [key] = shelf.mails(Unified.DRAFTS)
    shelf.mirror.vanished(shelf.folder(Role.DRAFTS), 0, [uid])

    shelf.arrive(mail(1))

    assert (shelf.mails(), shelf.mails(Unified.DRAFTS)) == ([key], [])


def test_drafts_are_mails_once_their_folder_is_no_drafts_folder(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.DRAFTS)
    [key] = shelf.mails(Unified.DRAFTS)
    folder = shelf.folder(Role.DRAFTS)

    shelf.server_folders.set_role(folder.key, Role.NONE)
    shelf.server_folders.watch(folder.key, True)
    assert (shelf.mails(), shelf.mails(Unified.DRAFTS)) == ([key], [])
    shelf.server_folders.set_role(folder.key, Role.DRAFTS)

    assert shelf.mails(Unified.DRAFTS) == [key]


@pytest.mark.parametrize("mode", list(Mode))
def test_a_mail_from_oneself_in_the_inbox_stands_there_unread(shelf: Shelf, mode: Mode) -> None:
    shelf.become(mode)
    shelf.arrive(mail(1, From="Me <ME@example.org>"))

    [key] = shelf.mails()

    assert shelf.views.counts([Unified.INBOX])[Unified.INBOX].unread == 1
    assert shelf.views.head(key).unread
    assert [row.unread for row in shelf.views.rows([key], conversations=False)] == [True]


@pytest.mark.parametrize("mode", list(Mode))
def test_what_one_has_sent_is_never_unread_and_not_in_the_inbox(shelf: Shelf, mode: Mode) -> None:
    shelf.become(mode)
    shelf.arrive(mail(1, From="Me <me@example.org>"), Role.SENT)

    [key] = shelf.mails(Unified.SENT)

    assert shelf.mails() == []
    assert shelf.views.counts([Unified.SENT])[Unified.SENT].unread == 0
    assert not shelf.views.head(key).unread
    assert [row.unread for row in shelf.views.rows([key], conversations=False)] == [False]


def test_a_note_to_oneself_comes_to_the_inbox_of_an_archive_after_its_copy_in_sent(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1, From="me@example.org"), Role.SENT)
    [key] = shelf.mails(Unified.SENT)

    shelf.arrive(mail(1, From="me@example.org"))
    assert shelf.mails() == [key]
    shelf.do(Verb.ARCHIVE, key)
    shelf.arrive(mail(1, From="me@example.org"), Role.NONE)

    assert shelf.mails() == [], "where the person put it, it stays"


@pytest.mark.parametrize("mode", list(Mode))
@pytest.mark.parametrize("reply_first", [True, False])
def test_a_reply_of_ones_own_in_sent_marks_the_mail_as_answered(shelf: Shelf, mode: Mode, reply_first: bool) -> None:
    shelf.become(mode)
    changed: list[int] = []
    shelf.database._bus.subscribe(events.MessagesChanged, lambda event: changed.extend(event.keys))
    arrivals = [(mail(1), Role.INBOX), (mail(2, From="me@example.org", In_Reply_To="<1@acme.example>"), Role.SENT)]
    for raw, role in reversed(arrivals) if reply_first else arrivals:
        shelf.arrive(raw, role)

    [key] = shelf.mails()
    assert shelf.views.head(key).answered
    assert reply_first or key in changed, "the window is told"
    shelf.mirror.flags(shelf.folder(), 0, [(1, Flag.SEEN)])
    assert shelf.views.head(key).answered, "for good, though the server knows nothing of it"
    assert shelf.operations.waiting() == ()


@pytest.mark.parametrize(
    ("role", "headers"),
    [
        (Role.INBOX, {"From": "me@example.org"}),
        (Role.DRAFTS, {"From": "me@example.org"}),
        (Role.SENT, {"From": "bob@acme.example"}),
    ],
    ids=["a forged sender", "a draft", "of somebody else"],
)
def test_what_is_no_reply_of_ones_own_marks_nothing_as_answered(
    shelf: Shelf, role: Role, headers: dict[str, str]
) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()

    shelf.arrive(mail(2, In_Reply_To="<1@acme.example>", **headers), role)

    assert not shelf.views.head(key).answered
