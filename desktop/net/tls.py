"""TLS for every channel: IMAP, SMTP, the image fetcher. Fails closed.

A certificate exception is bound to one certificate on one host and port. Where there is one, the handshake is made
without verification only to read the certificate and compare its SHA-256, before any byte of the protocol follows; a
certificate that is not exactly the accepted one must pass the ordinary verification on a fresh connection.
"""

from __future__ import annotations

import hashlib
import http.client
import selectors
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from desktop.base import clock
from desktop.domain.certificate import trust_key
from desktop.net import certificates, connect, errors
from desktop.net.connect import Stop

HANDSHAKE_S = 20.0
_PORTAL_S = 5.0


@dataclass(frozen=True, slots=True)
class TlsPolicy:
    """Whom to believe: the system's authorities, those in `ca_file`, and exceptions written by `trust_key`."""

    ca_file: Path | None = None
    trusted_fingerprints: frozenset[str] = frozenset()
    portal_port: int = 80
    """Where a captive portal answers HTTP in place of the server; 0 asks nobody."""

    def has_exception(self, host: str, port: int) -> bool:
        """Return whether any certificate was accepted by hand for this host and port."""
        prefix = trust_key(host, port, "")
        return any(text.startswith(prefix) for text in self.trusted_fingerprints)


def verifying_context(policy: TlsPolicy) -> ssl.SSLContext:
    """Return a client context: TLS 1.2 or later, chain and host name checked."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # names stand in subjectAltName alone (RFC 9525, section 6.3); OpenSSL would still look at the subject
    context.hostname_checks_common_name = False
    if policy.ca_file is not None:
        try:
            context.load_verify_locations(cafile=policy.ca_file)
        except OSError as error:
            raise errors.CaFileUnusable(policy.ca_file, details=str(error)) from error
    return context


def secure(
    dial: Callable[[], socket.socket], host: str, port: int, policy: TlsPolicy, *, cancel: Stop | None = None
) -> ssl.SSLSocket:
    """Return an encrypted, authenticated connection.

    `dial` opens a connection that stands right before the handshake (after STARTTLS, say); it is called up to three
    times: for the handshake, for a changed certificate, and to show a person the certificate that was refused.
    """
    if policy.has_exception(host, port):
        secured, shown = _unverified(dial(), host, port, cancel)
        if trust_key(host, port, hashlib.sha256(shown).hexdigest()) in policy.trusted_fingerprints:
            return secured
        secured.close()
    try:
        return handshake(verifying_context(policy), dial(), host, cancel=cancel)
    except ssl.SSLCertVerificationError as error:
        reason = errors.untrusted_reason(error)
        if behind_portal(host, policy.portal_port, cancel=cancel):
            raise errors.NetworkNeedsLogin(host) from error
        probe, shown = _unverified(dial(), host, port, cancel)
        probe.close()
        certificate = certificates.read(shown, host, port)
        raise errors.CertificateUntrusted(host, reason, certificate, details=error.verify_message) from error
    except OSError as error:
        raise errors.from_os_error(error, host, port) from error


def behind_portal(host: str, port: int = 80, *, cancel: Stop | None = None) -> bool:
    """Return whether plain HTTP to the host is answered by a sign-in page of the network (RFC 8910, section 1).

    Asked only after a certificate was refused, and only of the mail server itself: no third party learns of it.
    A portal says 511 (RFC 6585) or sends the browser to another site. No answer within five seconds is none.
    """
    if port == 0:
        return False
    request = http.client.HTTPConnection(host, port, timeout=_PORTAL_S)
    try:
        request.sock = connect.dial(host, port, timeout_s=_PORTAL_S, cancel=cancel)
    except errors.Cancelled:
        raise
    except errors.NetProblem:
        return False
    try:
        with connect.ended(request.sock, _PORTAL_S, cancel):
            return _is_portal(request, host)
    except (OSError, http.client.HTTPException, ValueError):
        return False
    finally:
        request.close()


def _is_portal(request: http.client.HTTPConnection, host: str) -> bool:
    request.request("GET", "/", headers={"User-Agent": "Mozilla/5.0", "Connection": "close"})
    answer = request.getresponse()
    if answer.status == http.client.NETWORK_AUTHENTICATION_REQUIRED:
        return True
    target = urlsplit(answer.getheader("Location") or "").hostname or ""
    return answer.status in {301, 302, 303, 307, 308} and bool(target) and _site(target) != _site(host)


def _site(host: str) -> str:
    return ".".join(host.lower().rstrip(".").split(".")[-2:])


def handshake(
    context: ssl.SSLContext, connection: socket.socket, host: str, *, cancel: Stop | None = None
) -> ssl.SSLSocket:
    """Return the connection encrypted; closed when that fails. Takes at most its time-out and notices `cancel`.

    Raises OSError of the socket and of OpenSSL, and Cancelled.
    """
    timeout_s = connection.gettimeout()
    try:
        secured = context.wrap_socket(connection, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        connection.close()
        raise
    try:
        secured.setblocking(False)
        deadline = clock.monotonic() + min(timeout_s or HANDSHAKE_S, HANDSHAKE_S)
        while not _one_step(secured):
            if cancel is not None and cancel.is_set():
                raise errors.Cancelled(host)
            if clock.monotonic() > deadline:
                raise TimeoutError("TLS handshake")
        secured.settimeout(timeout_s)
    except BaseException:
        secured.close()
        raise
    return secured


def _one_step(secured: ssl.SSLSocket) -> bool:
    """Go on with a handshake; False after a quarter of a second of waiting, or when there is more to do."""
    try:
        secured.do_handshake()
    except ssl.SSLWantReadError:
        event = selectors.EVENT_READ
    except ssl.SSLWantWriteError:
        event = selectors.EVENT_WRITE
    else:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(secured, event)
        selector.select(0.25)
    return False


def _unverified(connection: socket.socket, host: str, port: int, cancel: Stop | None) -> tuple[ssl.SSLSocket, bytes]:
    """Return a connection nobody vouches for and its certificate as DER. Nothing may be sent on it yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        secured = handshake(context, connection, host, cancel=cancel)
    except OSError as error:
        raise errors.from_os_error(error, host, port) from error
    return secured, secured.getpeercert(binary_form=True) or b""
