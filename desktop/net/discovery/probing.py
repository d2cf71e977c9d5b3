"""Looks whether a mail server is there: connects, encrypts, hears its greeting, says goodbye. No credentials are sent.

Its certificate has to be for the name that was guessed: a name server that knows every name, or a parked domain, is no
mail server. Blocking; any thread.
"""

from __future__ import annotations

import socket
import ssl
from contextlib import AbstractContextManager

from desktop.domain.mail.discovery import Guess
from desktop.domain.mail.mail_account import Security
from desktop.net import connect, errors, tls
from desktop.net.connect import Resolve, Stop
from desktop.net.tls import TlsPolicy

_LINE_MAX = 1024
_LINES_MAX = 50


class Prober:
    """Tries one server after another."""

    def __init__(self, policy: TlsPolicy, resolve: Resolve, *, timeout_s: float = 6.0) -> None:
        self._policy = policy
        self._resolve = resolve
        self._timeout_s = timeout_s

    def is_there(self, guess: Guess, cancel: Stop) -> bool:
        """Return whether the server answers, encrypted and under its name. Raises NetProblem when nobody does."""
        server = guess.server
        addresses = self._resolve(server.host, server.port, cancel=cancel)
        dialed = connect.dial_addresses(server.host, server.port, addresses, timeout_s=self._timeout_s, cancel=cancel)
        try:
            if server.security is Security.STARTTLS:
                return self._encrypts_when_asked(dialed, guess, cancel)
            with self._encrypted(dialed, server.host, cancel) as secured, self._limited(secured, cancel):
                return _greets(secured, guess)
        except OSError as error:
            raise errors.from_os_error(error, server.host, server.port) from error

    def _encrypts_when_asked(self, dialed: socket.socket, guess: Guess, cancel: Stop) -> bool:
        with dialed:
            with self._limited(dialed, cancel):
                if not _greets(dialed, guess) or not _agrees_to_encrypt(dialed, guess):
                    return False
            self._encrypted(dialed, guess.server.host, cancel).close()
        return True

    def _encrypted(self, connection: socket.socket, host: str, cancel: Stop) -> ssl.SSLSocket:
        return tls.handshake(tls.verifying_context(self._policy), connection, host, cancel=cancel)

    def _limited(self, connection: socket.socket, cancel: Stop) -> AbstractContextManager[object]:
        return connect.ended(connection, self._timeout_s, cancel)


def _greets(connection: socket.socket, guess: Guess) -> bool:
    if guess.incoming:
        return _line(connection).startswith((b"* OK", b"* PREAUTH"))
    return _smtp_answer(connection) == b"220"


def _agrees_to_encrypt(connection: socket.socket, guess: Guess) -> bool:
    if guess.incoming:
        connection.sendall(b"a STARTTLS\r\n")
        answers = (_line(connection) for _ in range(_LINES_MAX))
        return next((line for line in answers if not line.startswith(b"* ")), b"").startswith(b"a OK")
    connection.sendall(b"EHLO localhost\r\n")
    if _smtp_answer(connection) != b"250":
        return False
    connection.sendall(b"STARTTLS\r\n")
    return _smtp_answer(connection) == b"220"


def _smtp_answer(connection: socket.socket) -> bytes:
    """Return the code of an answer that may have several lines (RFC 5321, section 4.2.1)."""
    for _ in range(_LINES_MAX):
        line = _line(connection)
        if line[3:4] != b"-":
            return line[:3]
    return b""


def _line(connection: socket.socket) -> bytes:
    """Return one line, and read nothing behind it: the next octets may be those of a handshake."""
    line = b""
    while not line.endswith(b"\n") and len(line) < _LINE_MAX:
        octet = connection.recv(1)
        if not octet:
            break
        line += octet
    return line
