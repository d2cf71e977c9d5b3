"""Change numbers (CONDSTORE, QRESYNC) are used where a provider really has them, whatever its server offers (R3)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from desktop.domain.mail.provider import Provider
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.servers.scripted_imap import Answer, Answers, ScriptedImap

SELECTED = (
    b"* FLAGS (\\Seen)\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\n"
    b"* OK [HIGHESTMODSEQ 7] ok\r\nTAG OK [READ-WRITE] done\r\n"
)


@pytest.mark.parametrize(
    ("provider_id", "offered", "uses"),
    [
        ("microsoft", b"ENABLE CONDSTORE QRESYNC", False),
        ("outlook", b"ENABLE CONDSTORE QRESYNC", False),
        ("zoho", b"CONDSTORE", False),
        ("fastmail", b"CONDSTORE", True),
        ("gmx", b"ENABLE CONDSTORE QRESYNC", True),
        ("yahoo", b"XYMHIGHESTMODSEQ", False),
    ],
)
def test_r03_change_numbers_are_for_providers_that_have_them(
    desk: Desk,
    scripted: Callable[..., ScriptedImap],
    kept_by: Callable[..., Provider],
    provider_id: str,
    offered: bytes,
    uses: bool,
) -> None:
    kept_by(provider_id)
    answers: dict[str, Answer] = {"LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n', "SELECT": SELECTED}
    server = scripted(Answers(answers, b"IMAP4rev1 IDLE " + offered))
    desk.add(cast("Dovecot", SimpleNamespace(imap_port=server.port)), "me@example.org", host="localhost")

    desk.sync()
    desk.sync()

    said = b" ".join(command.arguments for command in server.commands)
    assert (b"CONDSTORE" in said or b"QRESYNC" in said) is uses
    assert ("ENABLE" in server.names) is (uses and b"ENABLE" in offered)
    [inbox] = desk.core.supervisor._means.mirror.folders(1)
    assert (inbox.modseq > 0) is uses, "a HIGHESTMODSEQ of who has no CONDSTORE says nothing"


@pytest.mark.server
def test_r03_without_change_numbers_changes_and_removals_still_arrive(
    desk: Desk, dovecot: Dovecot, imap_user: str, kept_by: Callable[..., Provider]
) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 6)])
    account = desk.add(dovecot, imap_user, host="localhost")
    desk.sync()
    assert all(f.modseq for f in desk.core.supervisor._means.mirror.folders(account.key) if f.uidvalidity)
    kept_by("microsoft")  # known from now on: what an earlier version counted by is of no use any more

    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "SUBJECT", "Mail 2")
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "SUBJECT", "Mail 4")
    desk.sync()

    assert desk.subjects() == ["Mail 5", "Mail 3", "Mail 2", "Mail 1"]
    assert desk.unread() == 3
