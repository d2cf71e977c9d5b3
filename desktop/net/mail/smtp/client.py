"""smtplib over our own connection: one command, one reply. One thread.

The library makes commands, reads replies and takes the answer to EHLO apart. What goes out and comes in passes `Wire`,
so that time-outs, cancelling and the caps on replies hold. Not taken from the library, and why:

- connecting and STARTTLS: TLS may need several handshakes (R40), and what was said in clear must be forgotten (R41);
- AUTH: it knows ASCII alone and puts what it cannot encode, passwords too, into its exceptions;
- MAIL and RCPT: it cuts addresses off at a line break and sends to another one (M8); `guard` refuses these before;
- DATA: it wants the whole mail at once.
"""

from __future__ import annotations

import smtplib

from desktop.net import errors
from desktop.net.mail.smtp import replies
from desktop.net.mail.smtp.replies import Reply
from desktop.net.mail.smtp.wire import Wire

SIGN_IN_GOES_ON = 334


class Client(smtplib.SMTP):
    """The library's commands on a connection that is open."""

    def __init__(self, wire: Wire, host: str) -> None:
        # without a host nothing is connected, and with a name the library asks nobody for that of this computer
        super().__init__(local_hostname=wire.local_literal)
        self.wire = wire
        self.server = host
        # what the library reads lines from
        self.file = wire

    @property
    def most_bytes(self) -> int | None:
        """The largest mail the server takes (RFC 1870); None where it does not tell."""
        text = self.esmtp_features.get("size", "")
        # int() itself refuses numbers of thousands of digits
        return (int(text) or None) if text.isascii() and text.isdigit() and len(text) < 19 else None

    @property
    def mechanisms(self) -> frozenset[str]:
        """The SASL mechanisms the server offers."""
        return frozenset(self.esmtp_features.get("auth", "").upper().split())

    def send(self, s: object) -> None:
        """Send what the library made."""
        self.wire.send(s if isinstance(s, bytes) else str(s).encode(self.command_encoding))

    def close(self) -> None:
        """Close the wire."""
        self.wire.close()

    def greeting(self) -> None:
        """Read the greeting; one that is none raises."""
        reply = self.reply()
        if reply.code != 220:
            self.wire.close()
            raise replies.at_greeting(reply, self.server)

    def hello(self) -> None:
        """Say EHLO and learn what the server can do; there is no HELO, for who knows only that lets nobody sign in."""
        self._refuse_unasked()
        self.wire.expect()
        try:
            reply = self._checked(*self.ehlo())
        except smtplib.SMTPServerDisconnected as error:
            # what the library makes of an empty line
            raise errors.ProtocolBroken(self.server) from error
        if not reply.done:
            self.wire.close()
            raise replies.at_greeting(reply, self.server)

    def ask(self, command: str, arguments: str = "", *, goes_on: int = 0) -> Reply:
        """Send a command and return its reply; `goes_on` is the code of 300 to 399 that may come (RFC 5321, 4.2.1)."""
        self._refuse_unasked()
        self.putcmd(command, arguments)
        return self.reply(goes_on)

    def reply(self, goes_on: int = 0) -> Reply:
        """Read one reply."""
        self.wire.expect()
        return self._checked(*self.getreply(), goes_on)

    def finish(self, end: bytes) -> Reply:
        """Send the end of a mail and return what the server says of it."""
        self._refuse_unasked()
        self.wire.send(end)
        return self.reply()

    def _refuse_unasked(self) -> None:
        """End a connection on which a reply came that nobody asked for: each later one would be taken for another's."""
        if self.wire.pending():
            self.wire.close()
            raise errors.ProtocolBroken(self.server, details="a reply without a command")

    def _checked(self, code: int, words: bytes, goes_on: int = 0) -> Reply:
        if not (200 <= code < 300 or 400 <= code < 600 or code == goes_on > 0):
            self.wire.close()
            # to a sign-in a server might say what it was shown
            raise errors.ProtocolBroken(self.server, details=b"" if goes_on == SIGN_IN_GOES_ON else words)
        return Reply(code, errors.server_words(words))
