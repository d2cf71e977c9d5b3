"""One connection to the post office of the sample: SMTP as far as Rapport speaks it (RFC 5321, 4954). Nothing leaves.

On the thread of its connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from desktop.app.demo.imap_session import Credentials
from desktop.app.demo.listener import Peer

MAIL_MAX_BYTES = 25_000_000

Take = Callable[[tuple[str, ...], bytes], None]
"""Given the recipients and the octets of a mail."""

_PATH = re.compile(r"(?:FROM|TO):\s*<([^>]*)>", re.IGNORECASE)


class SmtpSession:
    """Takes mails from one client until it leaves."""

    def __init__(self, peer: Peer, credentials: Credentials, take: Take) -> None:
        self._peer, self._credentials, self._take = peer, credentials, take
        self._signed_in = False
        self._begun = False
        self._recipients: list[str] = []

    def run(self) -> None:
        """Greet, and answer command after command."""
        self._say("220 sample.example takes mail")
        while True:
            verb, _space, rest = self._peer.line().decode("utf-8", "replace").partition(" ")
            match verb.upper():
                case "EHLO":
                    size = f"250-SIZE {MAIL_MAX_BYTES}"
                    self._say("250-sample.example", size, "250-8BITMIME", "250-SMTPUTF8", "250 AUTH PLAIN")
                case "AUTH":
                    self._sign_in(rest)
                case "MAIL" if self._signed_in and (path := _PATH.match(rest)):
                    self._begun, self._recipients = True, []
                    self._say(f"250 {path[1]} may send")
                case "RCPT" if self._begun and (path := _PATH.match(rest)):
                    self._recipients.append(path[1])
                    self._say(f"250 {path[1]} will get it")
                case "DATA" if self._recipients:
                    self._receive()
                case "RSET":
                    self._forget()
                    self._say("250 forgotten")
                case "NOOP":
                    self._say("250 done")
                case "QUIT":
                    self._say("221 Goodbye")
                    return
                case _:
                    self._say("503 not now")

    def _sign_in(self, rest: str) -> None:
        mechanism, _space, answer = rest.partition(" ")
        if mechanism.upper() != "PLAIN":
            self._say("504 only PLAIN")
            return
        if not answer:
            self._say("334 ")
            answer = self._peer.line().decode("ascii", "replace")
        self._signed_in = self._credentials.match_plain(answer.encode())
        self._say("235 welcome" if self._signed_in else "535 5.7.8 This is not the password of the sample")

    def _receive(self) -> None:
        self._say("354 go on")
        lines: list[bytes] = []
        size = 0
        while (line := self._peer.line()) != b".":
            size += len(line) + 2
            if size <= MAIL_MAX_BYTES:
                # a leading dot was doubled (RFC 5321, section 4.5.2)
                lines.append(line[1:] if line.startswith(b".") else line)
        recipients = tuple(self._recipients)
        self._forget()
        if size > MAIL_MAX_BYTES:
            self._say("552 5.3.4 The mail is too large")
            return
        self._take(recipients, b"\r\n".join([*lines, b""]))
        self._say("250 2.0.0 taken")

    def _forget(self) -> None:
        self._begun, self._recipients = False, []

    def _say(self, *lines: str) -> None:
        self._peer.send("".join(f"{line}\r\n" for line in lines).encode())
