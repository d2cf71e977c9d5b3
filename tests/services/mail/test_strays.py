"""Sources no sync names after a restoration: none is lost, none comes too early or for longer than it should."""

from __future__ import annotations

import email
import email.policy
import json
import os
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import Completeness
from desktop.engine.mail.importer import Failure
from desktop.store import restoration
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import back_up, start_damaged
from tests.store.power import Disk, needs_names, reading

DAY_MS = 86_400_000


@pytest.fixture
def desk(dovecot: Dovecot, imap_user: str, tmp_path: Path) -> Desk:
    """A profile with one mail of a server, and its backup."""
    dovecot.deliver(imap_user, [mail(1)])
    desk = Desk(tmp_path / "profile")
    desk.add(dovecot, imap_user)
    desk.sync()
    back_up(desk)
    return desk


def only_here(desk: Desk, dovecot: Dovecot, user: str, raw: bytes) -> None:
    """Fetch a mail that the backup does not have, and let it go from its server."""
    dovecot.deliver(user, [raw])
    desk.sync()
    dovecot.doveadm("expunge", "-u", user, "mailbox", "INBOX", "subject", "Only here")


def weeks_pass(desk: Desk) -> None:
    for days in (8, 16, 24):
        with clock.frozen(clock.now() + days * DAY_MS):
            desk.core.supervisor._housekeeping._upkeep.run()


def sources(desk: Desk) -> int:
    return sum(len(digests) for digests in desk.core.services.reading._blobs.walk())


def test_a_stray_the_parser_gives_up_becomes_an_unreadable_mail(
    desk: Desk, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = mail(7, subject="Only here")
    only_here(desk, dovecot, imap_user, raw)
    desk = start_damaged(desk)
    desk.sync()
    housekeeping = desk.core.supervisor._housekeeping
    with monkeypatch.context() as patch:
        patch.setattr(housekeeping._parser, "parse", lambda sources: [Failure("it takes too long")])
        housekeeping.gather_strays()

    weeks_pass(desk)

    [key] = set(desk.mails(Unified.ALL)) - set(desk.mails())
    assert desk.core.services.reading.source(key) == raw
    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.strays == 1
    desk.close()


def test_sources_stay_where_the_note_of_a_restoration_cannot_be_read(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    only_here(desk, dovecot, imap_user, mail(7, subject="Only here"))
    desk = start_damaged(desk)
    note = desk.profile.root / restoration.FILE_NAME
    note.write_text(json.dumps({**json.loads(note.read_text(encoding="utf-8")), "unknown": 1}), encoding="utf-8")
    desk.sync()

    weeks_pass(desk)

    assert sources(desk) == 2
    desk.close()


def test_no_strays_are_made_before_an_account_has_synced(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    desk = start_damaged(desk, "mail_account", "email_search_data")
    for account in desk.core.services.accounts.all():
        desk.core.services.accounts.remove(account.key)

    desk.core.supervisor._housekeeping.gather_strays()

    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.strays is None
    desk.close()


def test_a_stray_that_a_server_has_after_all_follows_it_again(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    raw = mail(7, subject="Only here")
    only_here(desk, dovecot, imap_user, raw)
    desk = start_damaged(desk)
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()
    assert "Only here" in desk.subjects(Unified.ALL)

    dovecot.deliver(imap_user, [raw])
    desk.sync()
    assert "Only here" in desk.subjects()
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "subject", "Only here")
    desk.sync()

    assert "Only here" not in desk.subjects(Unified.ALL)
    desk.close()


@needs_names
def test_a_stray_outlives_a_loss_of_power_while_somebody_reads_an_older_state(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only_here(desk, dovecot, imap_user, mail(7, subject="Only here"))
    desk = start_damaged(desk)
    desk.sync()
    disk = Disk(monkeypatch, desk.profile.database)
    with reading(desk.profile.database):
        desk.core.supervisor._housekeeping.gather_strays()
        found = disk.after_power_loss(tmp_path / "found")
    desk.close()

    desk = Desk(found.parent, after_crash=True)

    assert not restoration.has_strays(found.parent)
    assert "Only here" in desk.subjects(Unified.ALL)
    desk.close()


def test_a_stray_of_which_only_the_text_was_fetched_stays_a_part(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    [account] = desk.core.services.accounts.all()
    desk.core.services.accounts.edit(replace(account, size_limit_bytes=100_000))
    back_up(desk)
    message = email.message_from_bytes(mail(7, subject="Only here"), policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    message.add_attachment(os.urandom(300_000), maintype="application", subtype="pdf", filename="a.pdf")
    only_here(desk, dovecot, imap_user, message.as_bytes())
    desk = start_damaged(desk)
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()

    [key] = set(desk.mails(Unified.ALL)) - set(desk.mails())
    assert desk.core.services.reading.head(key).completeness is Completeness.TEXT
    desk.close()
