"""IMAPClient over our own connection: sign-in, ID, ENABLE, NAMESPACE, STATUS, folder verbs, LOGOUT. One thread.

The library makes the commands and reads their data. What goes out and comes in passes `Connection` and `Wire`, so that
the caps on lines and literals (M6), the refusal of line breaks (M4), cancelling, byte counts and the news desk hold for
it as for everything else. `ask` is where its exceptions end: they become `net.errors`, told by the server's answer.

On the stream of `Connection` stay, and why:

- SELECT, SEARCH, FETCH, STORE, COPY, MOVE, EXPUNGE, IDLE: the library keeps asked and unasked data in one dict and
  gives it when the command is over; it stops at answers above a megabyte, knows no QRESYNC and no limit for one mail
  (M5, M6, R4, R5), and mails pass here by the thousand;
- LIST, LSUB, XLIST: no RETURN options, and one odd line loses the whole list (R13);
- APPEND: imaplib rewrites the line ends of the mail and ends a signature's validity with it;
- the greeting, STARTTLS, CAPABILITY: TLS may need several handshakes (R40), imaplib trusts what was said in clear (R41,
  M7), and both sides would remember capabilities of their own.
"""

from __future__ import annotations

import imaplib
import re
from collections.abc import Callable
from typing import Any, TypeVar

from imapclient import IMAPClient

from desktop.net import errors
from desktop.net.mail.imap import guard, refusals
from desktop.net.mail.imap.connection import NOISE_MAX, Connection
from desktop.net.mail.imap.guard import Argument
from desktop.net.mail.imap.responses import Response

T = TypeVar("T")

_DATA = frozenset((b"ENABLED", b"ID", b"NAMESPACE", b"STATUS"))
_DATA_MAX_BYTES = 64 << 10
"""The library reads octet by octet and lists by recursion; more than this is no answer to these commands."""
_BASE64 = re.compile(rb"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
# what the library raises for a NO or BAD and for data that makes no sense
_LIBRARY_ERRORS = (imaplib.IMAP4.error, AttributeError, LookupError, RecursionError, TypeError, ValueError)


class Client(IMAPClient):
    """The library's commands on a connection that is open, encrypted as asked, and greeted."""

    def __init__(self, connection: Connection, *, signed_in: bool) -> None:
        self.connection = connection
        self._protocol = _Protocol(connection, signed_in=signed_in)
        super().__init__(connection.host, ssl=False)
        # names of folders are octets here (`names`)
        self.folder_encode = False
        # the library turns imaplib's log on; passwords would be in it
        self._protocol.debug = 0

    @property
    def answer(self) -> Response | None:
        """What the server said to the last command; None while it has not."""
        return self._protocol.answer

    def ask(self, verb: Callable[..., T], *arguments: object, folder: str = "", user: str | None = None) -> T | None:
        """Run one of the library's methods; None when the server said OK and its data makes no sense (R13).

        `folder` and `user` say for people what the command was about. Raises what `Connection.run` raises.
        """
        self._protocol.answer = None
        try:
            return verb(*arguments)
        except _LIBRARY_ERRORS as error:
            failed = type(error).__name__
        # outside of the handler: no error of the library, whose frames hold arguments, hangs on ours
        host, answer = self.connection.host, self.answer
        if answer is None:
            self.connection.wire.close()
            raise errors.ProtocolBroken(host, details=failed)
        if answer.kind == b"OK":
            return None
        if user is not None:
            raise refusals.at_sign_in(answer, host, user, port=self.connection.wire.port)
        raise refusals.of_command(answer, host, folder)

    def capabilities(self) -> tuple[bytes, ...]:
        """Return what the connection knows: it hears of changes at any time, the library remembers the first word."""
        return tuple(name.encode() for name in self.connection.capabilities)

    def _create_IMAP4(self) -> imaplib.IMAP4:
        return self._protocol

    def _set_read_timeout(self) -> None:
        """Leave time to the wire."""

    def _normalise_folder(self, folder_name: Argument) -> Argument:
        """Take names as `guard` made them."""
        return folder_name


class _Protocol(imaplib.IMAP4):
    """Commands and answers of imaplib by way of `Connection`. It keeps the last data of each kind, for one command."""

    tagged_commands: dict[bytes, Any]
    untagged_responses: dict[str, Any]

    def __init__(self, connection: Connection, *, signed_in: bool) -> None:
        self.answer: Response | None = None
        self._read = 0
        self._connection = connection
        self._signed_in = signed_in
        super().__init__(connection.host)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Open nothing: the wire is."""
        self.host, self.port = host, port

    def _connect(self) -> None:
        self.state = "AUTH" if self._signed_in else "NONAUTH"

    def send(self, data: Any) -> None:
        """Send a piece of a command; a line break inside ends the connection, for part of the command may be out."""
        try:
            guard.refuse_unsafe(data.removesuffix(b"\r\n"), "command")
        except errors.UnsafeArgument:
            self.shutdown()
            raise
        self._connection.wire.send(data)

    def shutdown(self) -> None:
        """Close the wire."""
        self._connection.wire.close()

    def login(self, user: str, password: str) -> tuple[Any, list[Any]]:
        """Sign in by LOGIN; imaplib's own quotes no user name and knows ASCII alone."""
        typ, data = self._simple_command("LOGIN", guard.string(user, "user name"), guard.string(password, "password"))
        if typ != "OK":
            raise self.error(data[-1])
        self.state = "AUTH"
        return typ, data

    def _command(self, name: str, *arguments: str | Argument | None) -> bytes:
        """Send a command and return its tag; imaplib's own can send one literal at the end, and keeps passwords."""
        tag: bytes = self._new_tag()
        given = [one.encode("ascii") if isinstance(one, str) else one for one in arguments if one is not None]
        # AUTHENTICATE: imaplib leaves what answers the server's questions here
        respond: Any = self.literal
        self.literal = None
        if respond is not None and self._connection.has("SASL-IR"):
            # all mechanisms in use speak first: PLAIN, XOAUTH2 (RFC 4959)
            given.append(respond(b""))
        refused = self._connection.send(tag, (name.encode("ascii"), *given))
        if refused is not None:
            self._take_answer(refused)
        while respond is not None and self.tagged_commands[tag] is None:
            if self._get_response() is None:
                self.send(respond(self.continuation_response) + b"\r\n")
        return tag

    def _get_response(self, *_: object) -> bytes | None:
        """Read one response; None for "+". imaplib's own gives up at the first line that is none (R5)."""
        response = self._connection.receive()
        self._read += 1
        if self._read > NOISE_MAX:
            raise self._connection.endless()
        if response.tag == b"+":
            text = response.text if _BASE64.fullmatch(response.text) else b""
            self.continuation_response = text  # type: ignore[assignment]
            return None
        if response.tag in self.tagged_commands:
            self._take_answer(self._connection.finished(response))
        elif response.kind in _DATA and response.tag == b"*":
            self._take_data(response)
        else:
            self._connection.note(response)
        return response.fragments[0] or b"*"

    def _take_answer(self, answer: Response) -> None:
        self.answer = answer
        self.tagged_commands[answer.tag] = (answer.kind.decode("ascii"), [answer.text])

    def _take_data(self, response: Response) -> None:
        fragments = [response.fragments[0][response.start :], *response.fragments[1:]]
        if sum(map(len, fragments)) <= _DATA_MAX_BYTES:
            literals = list(zip(fragments[:-1:2], fragments[1::2], strict=True))
            self.untagged_responses[response.kind.decode("ascii")] = [*literals, fragments[-1]]

    def _new_tag(self) -> bytes:
        tag = self._connection.next_tag()
        self.answer = None
        self._read = 0
        # no data of an earlier command is taken for that of this one
        self.untagged_responses.clear()
        self.tagged_commands = {tag: None}
        return tag
