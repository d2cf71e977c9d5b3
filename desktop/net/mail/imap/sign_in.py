"""From a host name to a signed-in connection (RFC 3501, sections 6.1 to 6.3; RFC 8314). Blocking.

Where TLS is wanted nothing but CAPABILITY, STARTTLS and LOGOUT goes out in clear; a greeting that says the session is
signed in already (PREAUTH), a missing or refused STARTTLS and data sent along with its answer all end the connection
(M7, R41). Whatever was learned in clear, capabilities and alerts too, dies with the wire it came over.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass

from desktop.base.version import VERSION
from desktop.domain.mail.mail_account import Security
from desktop.net import connect, errors, tls, xoauth2
from desktop.net.connect import Stop
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.mail.imap import guard
from desktop.net.mail.imap.client import Client
from desktop.net.mail.imap.connection import Connection, capability_set
from desktop.net.mail.imap.wire import Wire
from desktop.net.tls import TlsPolicy


@dataclass(frozen=True, slots=True)
class ImapEndpoint:
    """Where a mailbox is and whose it is."""

    host: str
    port: int
    security: Security
    user: str
    without: frozenset[str] = frozenset()
    """Capabilities the server is known not to have, whatever it offers; upper case."""


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
        wire = Wire(connection, host, port, timeout_s=self.timeout_s, cancel=self.cancel)
        return Connection(wire, host, self.endpoint.without)


def open_client(dialer: Dialer, credential: Credential) -> Client:
    """Return a client whose connection is encrypted as asked and signed in."""
    endpoint = dialer.endpoint
    # refused here, before anything is sent
    guard.refuse_unsafe(endpoint.user.encode("utf-8", "surrogatepass"), "user name")
    match credential:
        case Password(secret):
            guard.refuse_unsafe(secret.encode("utf-8", "surrogatepass"), "password")
        case Bearer(token):
            xoauth2.Exchange(endpoint.user, token)
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
        client = Client(connection, signed_in=signed_in)
        _ask_capabilities(connection)
        if not signed_in:
            sign_in(client, endpoint.user, credential)
        _introduce(client)
    except BaseException:
        connection.wire.close()
        raise
    return client


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
    # the answer is noted like one that nobody asked for
    connection.run(b"CAPABILITY")


def sign_in(client: Client, user: str, credential: Credential) -> None:
    """Sign in with what there is to show. Neither text nor cause of an error holds it."""
    connection = client.connection
    match credential:
        case Password(secret):
            _by_password(client, user, secret)
        case Bearer(token):
            _by_token(client, user, token)
    if not connection.has("IMAP4REV1"):
        _ask_capabilities(connection)


def _by_token(client: Client, user: str, token: str) -> None:
    """Sign in with SASL XOAUTH2. Which token it was, expired, revoked or another mailbox's, no server tells apart."""
    connection = client.connection
    if not connection.wire.encrypted:
        raise errors.TokenNotPossible(connection.host, clear=True)
    if "AUTH=XOAUTH2" not in connection.capabilities:
        raise errors.TokenNotPossible(connection.host)
    _forget_capabilities(connection)
    exchange = xoauth2.Exchange(user, token)
    try:
        client.ask(client.sasl_login, xoauth2.MECHANISM, exchange, user=user)
    except errors.NetProblem as problem:
        problem.details = errors.server_words(exchange.refusal(problem.details))
        if not isinstance(problem, errors.WrongPassword):
            raise
        details = problem.details
    else:
        return
    raise errors.TokenRefused(connection.host, user, details=details)


def _forget_capabilities(connection: Connection) -> None:
    """Keep of what was offered only what signing in takes."""
    connection.capabilities = frozenset(c for c in connection.capabilities if c.startswith(("LITERAL", "SASL-IR")))


def _by_password(client: Client, user: str, password: str) -> None:
    """Sign in with SASL PLAIN (RFC 4616), else LOGIN."""
    connection = client.connection
    before = connection.capabilities
    plain, login = "AUTH=PLAIN" in before, "LOGINDISABLED" not in before
    if not login and not (plain and connection.wire.encrypted):
        raise errors.SignInNotPossible(connection.host)
    _forget_capabilities(connection)
    if plain:
        try:
            client.ask(client.sasl_login, "PLAIN", _plain(user, password), user=user)
        except errors.NetProblem:
            # a server that offers PLAIN and does not understand it; NO is an answer and is never asked again
            plain = client.answer is None or client.answer.kind != b"BAD" or not login
            if plain:
                raise
    if not plain:
        client.ask(client.login, user, password, user=user)


def _plain(user: str, password: str) -> Callable[[bytes], bytes | None]:
    """Return what answers the questions of PLAIN: the first; there is no answer to a second."""
    answers = iter((f"\0{user}\0{password}".encode("utf-8", "surrogatepass"),))
    # None makes imaplib cancel (RFC 3501, section 6.2.2)
    return lambda _question: next(answers, None)


def _introduce(client: Client) -> None:
    """Say who we are (RFC 2971) and switch on what tells of changes (RFC 7162); a server may decline both."""
    connection = client.connection
    if connection.has("ID"):
        with contextlib.suppress(errors.ServerRefused):
            client.ask(client.id_, {"name": "Rapport", "version": VERSION})
    wish = next((wish for wish in ("QRESYNC", "CONDSTORE") if connection.has(wish)), None)
    if wish is not None and connection.has("ENABLE"):
        with contextlib.suppress(errors.ServerRefused):
            said = client.ask(client.enable, wish) or []
            connection.enabled |= capability_set(b" ".join(said))
