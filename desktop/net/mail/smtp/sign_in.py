"""From a host name to a connection that takes mail (RFC 5321, 3207, 4954, 8314). Blocking.

Where encryption is wanted nothing but EHLO, STARTTLS and QUIT goes out in clear. A missing or refused STARTTLS and data
sent along with its answer end the connection (R41); what was learned in clear dies with the wire it came over.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass

from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.net import connect, errors, tls
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.net.mail.smtp import auth
from desktop.net.mail.smtp.client import Client
from desktop.net.mail.smtp.wire import Wire
from desktop.net.tls import TlsPolicy

_DIAL_S = 20.0


@dataclass(frozen=True, slots=True)
class Dialer:
    """How to reach one endpoint: what every step of signing in needs."""

    endpoint: Endpoint
    policy: TlsPolicy
    timeout_s: float
    cancel: Stop | None

    def dial(self) -> socket.socket:
        """Return a TCP connection."""
        host, port = self.endpoint.host, self.endpoint.port
        return connect.dial(host, port, timeout_s=min(self.timeout_s, _DIAL_S), cancel=self.cancel)

    def dial_starttls(self) -> socket.socket:
        """Return a TCP connection on which the server awaits a TLS handshake."""
        client = self.over(self.dial())
        try:
            client.greeting()
            client.hello()
            # offered or not is no matter: an attacker may have taken the word away, and only 220 counts
            reply = client.ask("STARTTLS")
            if reply.code != 220:
                raise errors.StartTlsRefused(client.server, details=reply.words)
            if client.wire.pending():
                raise errors.StartTlsRefused(client.server, details="data injected before the handshake")
            return client.wire.release()
        finally:
            client.close()

    def secure(self, *, starttls: bool) -> socket.socket:
        """Return an encrypted connection to a server that proved who it is."""
        dial = self.dial_starttls if starttls else self.dial
        return tls.secure(dial, self.endpoint.host, self.endpoint.port, self.policy, cancel=self.cancel)

    def over(self, connection: socket.socket) -> Client:
        """Return a client that speaks over this socket."""
        host, port = self.endpoint.host, self.endpoint.port
        wire = Wire(connection, host, port, timeout_s=self.timeout_s, cancel=self.cancel)
        return Client(wire, host)


def open_client(dialer: Dialer, credential: Credential | None) -> Client:
    """Return a client whose connection is encrypted as asked and signed in; without a credential nobody signs in."""
    # by value, and an unknown value raises: nothing falls through to a connection in clear
    security = Security(dialer.endpoint.security)
    if security is Security.PLAIN:
        client = dialer.over(dialer.dial())
    else:
        client = dialer.over(dialer.secure(starttls=security is Security.STARTTLS))
    try:
        # after STARTTLS the server says nothing by itself (RFC 3207, section 4.2)
        if security is not Security.STARTTLS:
            client.greeting()
        client.hello()
        if credential is not None:
            auth.sign_in(client, dialer.endpoint.user, credential)
    except BaseException:
        client.close()
        raise
    return client
