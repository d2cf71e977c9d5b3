"""IDLE is begun anew before the provider forgets it, and where it does not tell of all the server is asked too (R7)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest

from desktop.domain.mail.provider import Provider
from desktop.engine.mail import account_runner
from tests.desk import Desk, mail, until
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.scripted_imap import Answer, Answers, Command, Peer, ScriptedImap

LONG_S = 3600


def _idle(peer: Peer, command: Command) -> None:
    peer.send(b"+ idling\r\n")
    assert peer.line() == b"DONE"
    peer.send(command.tag, b" OK done\r\n")


@pytest.fixture
def silent(scripted: Callable[..., ScriptedImap]) -> ScriptedImap:
    """A server whose IDLE never tells of anything."""
    answers: dict[str, Answer] = {
        "LIST": b'* LIST () "/" INBOX\r\nTAG OK done\r\n',
        "SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\nTAG OK done\r\n",
        "IDLE": _idle,
    }
    return scripted(Answers(answers, b"IMAP4rev1 IDLE"))


def _add(desk: Desk, server: ScriptedImap, interval_s: int = LONG_S) -> None:
    at = cast("Dovecot", SimpleNamespace(imap_port=server.port))
    desk.add(at, "me@example.org", host="localhost", interval_s=interval_s)
    desk.core.start()


def test_r07_idle_is_begun_anew_as_often_as_the_provider_wants_it(
    desk: Desk, silent: ScriptedImap, kept_by: Callable[..., Provider]
) -> None:
    kept_by("gmx", renew_idle_s=0.05)
    _add(desk, silent)

    until(lambda: silent.names.count("IDLE") == 4)

    assert silent.names.count("SELECT") == 2, "one for the sync, one to wait: nothing else is asked"
    assert "NOOP" not in silent.names


@pytest.mark.parametrize("provider_id", ["microsoft", "outlook", "yahoo", "aol", "icloud"])
def test_r07_where_idle_does_not_tell_of_all_the_server_is_asked_beside_it(
    desk: Desk,
    silent: ScriptedImap,
    kept_by: Callable[..., Provider],
    monkeypatch: pytest.MonkeyPatch,
    provider_id: str,
) -> None:
    assert account_runner.ASK_EVERY_S <= 300
    monkeypatch.setattr(account_runner, "ASK_EVERY_S", 0.05)
    kept_by(provider_id)
    _add(desk, silent)

    until(lambda: silent.names.count("NOOP") == 3)

    waiting = silent.names[silent.names.index("IDLE") :]
    assert waiting[:4] == ["IDLE", "NOOP", "IDLE", "NOOP"]


@pytest.mark.server
def test_r07_new_mail_arrives_though_idle_is_silent(
    desk: Desk,
    fault_proxy: FaultProxy,
    dovecot: Dovecot,
    imap_user: str,
    kept_by: Callable[..., Provider],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(account_runner, "ASK_EVERY_S", 3.0)
    kept_by("icloud")
    untold: list[bytes] = []

    def change(chunk: bytes) -> bytes:
        if chunk.startswith(b"* 1 EXISTS"):
            untold.append(chunk)
            return b""
        told = b"".join(untold) if b"NOOP completed" in chunk else b""
        return told + chunk

    idles: list[bytes] = []

    def notice(chunk: bytes) -> bytes:
        idles.extend([chunk] if b" IDLE" in chunk else [])
        return chunk

    fault_proxy.change(change)
    fault_proxy.change(notice, "up")
    desk.add(dovecot, imap_user, port=fault_proxy.port, host="localhost", interval_s=LONG_S)
    desk.core.start()
    until(lambda: idles)

    dovecot.deliver(imap_user, [mail(1)])

    until(lambda: desk.subjects() == ["Mail 1"])
    assert untold, "IDLE was kept from telling"


@pytest.mark.parametrize("provider_id", ["microsoft", "gmx"])
def test_r07_the_inbox_is_looked_at_on_the_timer_also_while_idle_stands(
    desk: Desk, silent: ScriptedImap, kept_by: Callable[..., Provider], provider_id: str
) -> None:
    kept_by(provider_id)
    _add(desk, silent, interval_s=1)

    until(lambda: silent.names.count("SELECT") >= 5)

    assert silent.names.count("IDLE") >= 2
