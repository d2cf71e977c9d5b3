"""Scripts that make `ScriptedImap`, which knows no protocol, an SMTP server that says exactly what a test wants.

For what a real server cannot be made to do: data injected beside STARTTLS, replies cut in half, nonsense. `Answers` is
the usual case with a table of what is odd; `starttls` speaks in clear first.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.servers.scripted_imap import Command, Peer, Script

Answer = bytes | Callable[[Peer, Command], None]
GREETING = b"220 mail.example ESMTP ready\r\n"


def command(peer: Peer) -> Command:
    """Read a command; its tag is empty."""
    name, _, arguments = peer.line().partition(b" ")
    found = Command(b"", name.decode("ascii", "replace").upper(), arguments)
    peer.server.commands.append(found)
    return found


@dataclass
class Answers:
    """A script that answers from a table, and "250 ok" to what is not in it. Bytes are sent as they are."""

    answers: Mapping[str, Answer] = field(default_factory=dict)
    extensions: tuple[bytes, ...] = (b"8BITMIME", b"AUTH PLAIN LOGIN")
    greeting: bytes = GREETING

    def __call__(self, peer: Peer) -> None:
        peer.send(self.greeting)
        while True:
            got = command(peer)
            answer = self.answers.get(got.name)
            if callable(answer):
                answer(peer, got)
            elif answer is not None:
                peer.send(answer)
            elif got.name == "EHLO":
                peer.send(offer(self.extensions))
            elif got.name == "AUTH":
                peer.send(b"235 2.7.0 come in\r\n")
            elif got.name == "DATA":
                peer.send(b"354 go on\r\n")
                while peer.line() != b".":
                    pass
                peer.send(b"250 2.0.0 taken\r\n")
            elif got.name == "QUIT":
                peer.send(b"221 bye\r\n")
                return
            else:
                peer.send(b"250 ok\r\n")


def offer(extensions: tuple[bytes, ...]) -> bytes:
    """Return an answer to EHLO."""
    lines = [b"mail.example", *extensions]
    marks = [b"-"] * (len(lines) - 1) + [b" "]
    return b"".join(b"250" + mark + line + b"\r\n" for mark, line in zip(marks, lines, strict=True))


def starttls(
    context: ssl.SSLContext,
    *,
    greeting: bytes = GREETING,
    answer: bytes = b"220 2.0.0 begin\r\n",
    injected: bytes = b"",
    hello: bytes = b"",
    clear: tuple[bytes, ...] = (b"STARTTLS",),
    inside: Script | None = None,
) -> Script:
    """A server that speaks in clear until STARTTLS, with something odd at each place where one can be odd."""

    def script(peer: Peer) -> None:
        peer.send(greeting)
        while True:
            got = command(peer)
            if got.name == "STARTTLS":
                peer.send(answer, injected)
                if answer.startswith(b"220 ") and answer.endswith(b"\r\n"):
                    peer.start_tls(context)
                    (inside or Answers(greeting=b""))(peer)
                    return
            elif got.name == "EHLO":
                peer.send(hello or offer(clear))
            elif got.name == "QUIT":
                peer.send(b"221 bye\r\n")
                return
            else:
                peer.send(b"235 by all means\r\n")

    return script
