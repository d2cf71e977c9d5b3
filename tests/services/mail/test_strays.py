"""Sources no sync names after a restoration: none is lost, none comes too early or for longer than it should."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.folder import Unified
from desktop.engine.mail.importer import Failure
from desktop.store import restoration
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import back_up, start_damaged

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
