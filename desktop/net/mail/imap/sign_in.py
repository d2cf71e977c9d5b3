"""From a host name to a signed-in connection (RFC 3501, sections 6.1 to 6.3; RFC 8314). Blocking.

Where TLS is wanted nothing but CAPABILITY, STARTTLS and LOGOUT goes out in clear; a greeting that says the session is
signed in already (PREAUTH), a missing or refused STARTTLS and data sent along with its answer all end the connection
(M7, R41). Whatever was learned in clear, capabilities and alerts too, dies with the wire it came over.
"""

from __future__ import annotations

import base64
import socket
from collections.abc import Callable
from dataclasses import dataclass

from desktop.base.version import VERSION
from desktop.domain.mail.mail_account import Security
from desktop.net import connect, errors, tls
from desktop.net.connect import Stop
from desktop.net.mail.imap import guard, refusals
from desktop.net.mail.imap.connection import Connection, capability_set
from desktop.net.mail.imap.responses import Response
from desktop.net.mail.imap.wire import Wire
from desktop.net.tls import TlsPolicy


@dataclass(frozen=True, slots=True)
class ImapEndpoint:
    """Where a mailbox is and whose it is."""

    host: str
    port: int
    security: Security
    user: str


@dataclass(frozen=True, slots=True)
class Dialer:
    """How to reach one endpoint: what every step of signing in needs."""

    endpoint: ImapEndpoint
    policy: TlsPolicy
    timeout_s: float
    cancel: Stop | None

    def dial(self) -> socket.socket:
        """Return a TCP connection."""
        place = self.endpoint
        return connect.dial(place.host, place.port, timeout_s=min(self.timeout_s, 20.0), cancel=self.cancel)

    def secure(self, dial: Callable[[], socket.socket]) -> socket.socket:
        """Return an encrypted connection over what `dial` opens."""
        return tls.secure(dial, self.endpoint.host, self.endpoint.port, self.policy, cancel=self.cancel)

    def over(self, connection: socket.socket) -> Connection:
        """Return a connection that speaks over this socket."""
        host, port = self.endpoint.host, self.endpoint.port
        return Connection(Wire(connection, host, port, timeout_s=self.timeout_s, cancel=self.cancel), host)


def open_connection(dialer: Dialer, password: str) -> Connection:
    """Return a connection that is encrypted as asked and signed in."""
    endpoint = dialer.endpoint
    # refused here, before anything is sent
    guard.refuse_unsafe(endpoint.user.encode("utf-8", "surrogatepass"), "user name")
    guard.refuse_unsafe(password.encode("utf-8", "surrogatepass"), "password")
    # by value, and an unknown value raises: nothing falls through to a connection in clear
    security = Security(endpoint.security)
    if security is Security.STARTTLS:
        connection = dialer.over(dialer.secure(lambda: _dial_starttls(dialer)))
        signed_in = False
    else:
        dialed = dialer.secure(dialer.dial) if security is Security.TLS else dialer.dial()
        connection = dialer.over(dialed)
        signed_in = _greeting(connection, preauth_allowed=security is Security.PLAIN)
    try:
        _ask_capabilities(connection)
        if not signed_in:
            sign_in(connection, endpoint.user, password)
        _introduce(connection)
    except BaseException:
        connection.wire.close()
        raise
    return connection


def _dial_starttls(dialer: Dialer) -> socket.socket:
    """Return a socket on which the server awaits a TLS handshake."""
    connection = dialer.over(dialer.dial())
    host = dialer.endpoint.host
    try:
        _greeting(connection, preauth_allowed=False)
        # offered or not is no matter: an attacker may have taken the word away, and only OK counts
        tag = connection.begin(b"STARTTLS")
        for _ in range(100):
            response = connection.receive()
            if response.tag == tag:
                break
        if response.tag != tag or response.kind != b"OK":
            raise errors.StartTlsRefused(host, details=response.text)
        if connection.wire.pending():
            raise errors.StartTlsRefused(host, details="data injected before the handshake")
        return connection.wire.release()
    finally:
        connection.wire.close()


def _greeting(connection: Connection, *, preauth_allowed: bool) -> bool:
    """Read the greeting; return whether the session is signed in already."""
    try:
        response = connection.receive()
    except BaseException:
        connection.wire.close()
        raise
    if response.kind == b"OK" and response.tag == b"*":
        return False
    if response.kind == b"PREAUTH" and preauth_allowed:
        return True
    connection.wire.close()
    if response.kind == b"PREAUTH" and not connection.wire.encrypted:
        raise errors.StartTlsRefused(connection.host, details="PREAUTH")
    raise errors.ProtocolBroken(connection.host, details=response.fragments[0][:200])


def _ask_capabilities(connection: Connection) -> None:
    connection.capabilities = frozenset()
    reply = connection.run(b"CAPABILITY", wanted=frozenset((b"CAPABILITY",)))
    for response in reply.data:
        connection.note(response)


def sign_in(connection: Connection, user: str, password: str) -> None:
    """Sign in with SASL PLAIN (RFC 4616), else LOGIN. Neither text nor cause of an error holds the password."""
    before = connection.capabilities
    use_plain = "AUTH=PLAIN" in before
    if "LOGINDISABLED" in before and not (use_plain and connection.wire.encrypted):
        raise errors.SignInNotPossible(connection.host)
    connection.capabilities = frozenset(c for c in before if c.startswith(("LITERAL", "SASL-IR")))
    status = _plain(connection, user, password) if use_plain else None
    if status is None or (status.kind == b"BAD" and "LOGINDISABLED" not in before):
        # a server that offers PLAIN and does not understand it; NO is an answer and is never asked again
        status = _login(connection, user, password)
    if status.kind != b"OK":
        raise refusals.at_sign_in(status, connection.host, user)
    if status.code == "CAPABILITY":
        connection.capabilities = capability_set(status.code_text)
    elif not connection.has("IMAP4REV1"):
        _ask_capabilities(connection)


def _plain(connection: Connection, user: str, password: str) -> Response:
    octets = f"\0{user}\0{password}".encode("utf-8", "surrogatepass")
    token = base64.b64encode(octets)
    if connection.has("SASL-IR"):
        tag = connection.begin(b"AUTHENTICATE PLAIN", token)
        asked = False
    else:
        tag = connection.begin(b"AUTHENTICATE PLAIN")
        asked = True
    while True:
        response = connection.receive()
        if response.tag == tag:
            return response
        if response.tag == b"+":
            # a second question is one we have no answer for: "*" cancels (RFC 3501, section 6.2.2)
            connection.wire.send((token if asked else b"*") + b"\r\n")
            asked = False
            continue
        connection.note(response)


def _login(connection: Connection, user: str, password: str) -> Response:
    stream = connection.stream(
        b"LOGIN", guard.string(user, "user name"), guard.string(password, "password"), wanted=frozenset()
    )
    try:
        while True:
            next(stream)
    except StopIteration as end:
        status: Response = end.value
        return status


def _introduce(connection: Connection) -> None:
    """Say who we are (RFC 2971) and switch on what tells of changes (RFC 7162); a server may decline both."""
    wishes: list[tuple[bytes, ...]] = []
    if connection.has("ID"):
        wishes.append((b"ID", b'("name" "Rapport" "version" ' + guard.quoted(VERSION.encode()) + b")"))
    if connection.has("ENABLE") and connection.has("QRESYNC"):
        wishes.append((b"ENABLE", b"QRESYNC"))
    elif connection.has("ENABLE") and connection.has("CONDSTORE"):
        wishes.append((b"ENABLE", b"CONDSTORE"))
    for wish in wishes:
        try:
            reply = connection.run(*wish, wanted=frozenset((b"ENABLED",)))
        except errors.ServerRefused:
            continue
        for response in reply.data:
            said = {str(v, "ascii", "replace").upper() for v in response.values() if isinstance(v, bytes)}
            connection.enabled |= said
