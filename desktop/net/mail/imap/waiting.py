"""Waiting for news: IDLE (RFC 2177) where the server has it, NOOP now and then where not. Blocking."""

from __future__ import annotations

from desktop.base import clock
from desktop.net.mail.imap import refusals
from desktop.net.mail.imap.connection import Connection
from desktop.net.wake import Wake

NOOP_EVERY_S = 60.0


def for_news(connection: Connection, timeout_s: float, wake: Wake | None, renew_s: float, *, ask: bool) -> None:
    """Return when the folder changed, an alert came, the time is up or `wake` was set; news lie on the news desk."""
    deadline = clock.monotonic() + timeout_s
    idle, untold = connection.has("IDLE"), False
    while not connection.news.has_news and (wake is None or not wake.is_set()):
        left = deadline - clock.monotonic()
        if left <= 0:
            return
        if untold:
            connection.run(b"NOOP")
            untold = False
        elif idle:
            idle = _idle(connection, min(left, renew_s), wake)
            untold = ask
        else:
            connection.run(b"NOOP")
            if not connection.news.has_news:
                connection.wire.wait(min(left, NOOP_EVERY_S), wake)


def _idle(connection: Connection, timeout_s: float, wake: Wake | None) -> bool:
    """Idle once; False when the server takes the command back and NOOP must do."""
    tag = connection.begin(b"IDLE")
    if connection.await_go_ahead(tag).tag == tag:
        return False
    deadline = clock.monotonic() + timeout_s
    while not connection.news.has_news:
        # whatever was read along with the last response lies in our buffer or in that of the TLS layer
        if not connection.wire.wait(max(deadline - clock.monotonic(), 0.0), wake):
            break
        response = connection.receive()
        if response.tag == tag:
            return response.kind == b"OK"
        connection.note(response)
    connection.wire.send(b"DONE\r\n")
    while True:
        response = connection.receive()
        if response.tag == tag:
            if response.kind != b"OK":
                raise refusals.of_command(response, connection.host)
            return True
        connection.note(response)
