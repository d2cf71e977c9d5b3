"""An IMAP server that says exactly what a test wants, nonsense too, and keeps every byte it was sent.

A script is a function that gets a `Peer` for each connection. `Answers` is a script for the usual case: it signs a user
in and answers each command from a table, so that a test states only what is odd about its server.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

LITERAL = re.compile(rb"\{(\d+)(\+?)\}$")


class Gone(Exception):
    """The program closed the connection."""


@dataclass
class Command:
    """One command as the server read it; literals stand where they were sent, in `arguments`."""

    tag: bytes
    name: str
    """Upper case; with UID in front where there was one."""
    arguments: bytes


class Peer:
    """One connection, seen from the server."""

    def __init__(self, connection: socket.socket, server: ScriptedImap) -> None:
        self.connection = connection
        self.server = server
        self.encrypted = False
        self._buffer = b""

    def send(self, *parts: bytes) -> None:
        """Send these bytes as they are."""
        try:
            self.connection.sendall(b"".join(parts))
        except OSError as error:
            raise Gone from error

    def line(self) -> bytes:
        """Return the next line without its end."""
        while b"\r\n" not in self._buffer:
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def octets(self, count: int) -> bytes:
        """Return the next so many bytes."""
        while len(self._buffer) < count:
            self._receive()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _receive(self) -> None:
        try:
            chunk = self.connection.recv(1 << 16)
        except OSError as error:
            raise Gone from error
        if not chunk:
            raise Gone
        (self.server.received_encrypted if self.encrypted else self.server.received_clear).extend(chunk)
        self._buffer += chunk

    def command(self) -> Command:
        """Read a command with its literals, giving the go-ahead for each."""
        line = self.line()
        whole = line
        while (match := LITERAL.search(line)) is not None:
            if not match[2]:
                self.send(b"+ go ahead\r\n")
            whole = whole[: whole.rfind(b"{")] + self.octets(int(match[1]))
            line = self.line()
            whole += line
        tag, _, rest = whole.partition(b" ")
        name, _, arguments = rest.partition(b" ")
        if name.upper() == b"UID":
            second, _, arguments = arguments.partition(b" ")
            name += b" " + second
        command = Command(tag, name.decode("ascii", "replace").upper(), arguments)
        self.server.commands.append(command)
        return command

    def start_tls(self, context: ssl.SSLContext) -> None:
        """Shake hands; what was read in clear and not used is forgotten."""
        try:
            # of one that is gone already the ssl module loses the socket, and leaves it open
            self.connection.getpeername()
            self.connection = context.wrap_socket(self.connection, server_side=True)
        except (OSError, ValueError) as error:
            self.server.failed_handshakes += 1
            raise Gone from error
        self._buffer = b""
        self.encrypted = True


Script = Callable[[Peer], None]


class ScriptedImap:
    """Runs a script for each connection. Use as a context manager."""

    def __init__(self, script: Script, *, tls: ssl.SSLContext | None = None) -> None:
        self._script = script
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._stopping = False
        self.connections = 0
        self.failed_handshakes = 0
        self.commands: list[Command] = []
        self.received_clear = bytearray()
        self.received_encrypted = bytearray()
        self.errors: list[BaseException] = []
        accepting = threading.Thread(target=self._accept, daemon=True)
        accepting.start()
        self._threads.append(accepting)

    def __enter__(self) -> ScriptedImap:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def names(self) -> list[str]:
        """The names of the commands received so far."""
        return [command.name for command in self.commands]

    def close(self) -> None:
        """End everything; an error inside a script is raised here."""
        self._stopping = True
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)
        if self.errors:
            raise self.errors[0]

    def _accept(self) -> None:
        while not self._stopping:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            connection.settimeout(30)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        peer = Peer(connection, self)
        self._open.add(connection)
        try:
            if self._tls is not None:
                peer.start_tls(self._tls)
            self._open.add(peer.connection)
            self._script(peer)
        except Gone:
            return
        except BaseException as error:  # given to the test by close
            self.errors.append(error)
        finally:
            self._open -= {connection, peer.connection}
            peer.connection.close()


Answer = bytes | Callable[[Peer, Command], None]


@dataclass
class Answers:
    """A script that signs in and answers from a table.

    A bytes answer is sent with "TAG" replaced by the command's tag; lines of recorded transcripts, whose tag is
    "A########", serve as well. Commands without an answer get a plain OK.
    """

    answers: Mapping[str, Answer] = field(default_factory=dict)
    capabilities: bytes = b"IMAP4rev1"
    greeting: bytes = b"* OK ready\r\n"
    before_each: bytes = b""
    """Unasked data sent before every answer."""

    def __call__(self, peer: Peer) -> None:
        peer.send(self.greeting)
        while True:
            command = peer.command()
            answer = self.answers.get(command.name)
            if self.before_each:
                peer.send(self.before_each)
            if callable(answer):
                answer(peer, command)
            elif answer is not None:
                peer.send(tagged(answer, command.tag))
            elif command.name == "CAPABILITY":
                peer.send(b"* CAPABILITY ", self.capabilities, b"\r\n", command.tag, b" OK done\r\n")
            elif command.name == "LOGOUT":
                peer.send(b"* BYE\r\n", command.tag, b" OK done\r\n")
                return
            elif command.name == "SELECT":
                peer.send(SELECTED, command.tag, b" OK [READ-WRITE] done\r\n")
            else:
                peer.send(command.tag, b" OK done\r\n")


SELECTED = (
    b"* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)\r\n* 3 EXISTS\r\n* 0 RECENT\r\n"
    b"* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 4] ok\r\n"
    b"* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] ok\r\n"
)


def tagged(answer: bytes, tag: bytes) -> bytes:
    """Return an answer with the tag of the command it is for."""
    return answer.replace(b"A########", tag).replace(b"TAG", tag)
