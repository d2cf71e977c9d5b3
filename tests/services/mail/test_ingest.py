"""Mails on their way in: what the store makes of them, whatever happened to folder and account meanwhile."""

from __future__ import annotations

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
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
