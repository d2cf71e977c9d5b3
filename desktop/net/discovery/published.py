"""Fetches what a provider publishes about its servers, over https alone (C42). Blocking; any thread.

Only the domain is told, never the address. No cookies, no referrer, no proxy. An answer that leads to another domain is
none: who answers for a domain proves it by a certificate, and one redirect would give that away. The certificate is
checked like that of a mail server, and here nobody can make an exception.
"""

from __future__ import annotations

import http.client
import logging
import socket
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from desktop.base import clock
from desktop.domain.mail.autoconfig import LIMIT_BYTES
from desktop.domain.mail.found_server import host_name, is_within
from desktop.net import connect, errors, tls
from desktop.net.connect import Resolve, Stop
from desktop.net.tls import TlsPolicy

log = logging.getLogger(__name__)

_PORT = 443
_REDIRECTS = {301, 302, 303, 307, 308}
_REDIRECTS_MAX = 3
_CHUNK = 1 << 14
_PATH_MAX = 1000


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is published, and how far a redirect may lead from there."""

    host: str
    path: str
    within: str
    """A domain."""


class Publications:
    """Fetches one file after another."""

    def __init__(self, policy: TlsPolicy, resolve: Resolve, *, timeout_s: float = 6.0) -> None:
        self._policy = policy
        self._resolve = resolve
        self._timeout_s = timeout_s

    def fetch(self, place: Place, cancel: Stop) -> bytes | None:
        """Return a file, None where there is none. Raises NetProblem when nobody answers for that host."""
        deadline = clock.monotonic() + self._timeout_s
        for _ in range(_REDIRECTS_MAX + 1):
            answer = self._get(place, max(deadline - clock.monotonic(), 0.1), cancel)
            if not isinstance(answer, str):
                return answer
            onward = _redirected(place, answer)
            if onward is None:
                log.info("a redirect out of the domain is not followed")
                return None
            place = onward
        return None

    def _get(self, place: Place, left_s: float, cancel: Stop) -> bytes | str | None:
        """Return the file, where it is said to be, or None."""
        connection = self._connected(place.host, left_s, cancel)
        request = http.client.HTTPConnection(place.host, _PORT, timeout=left_s)
        request.sock = connection
        try:
            with connect.ended(connection, left_s, cancel):
                request.putrequest("GET", place.path, skip_host=True, skip_accept_encoding=True)
                request.putheader("Host", place.host)  # the library would name the port, which some servers do not know
                request.putheader("User-Agent", "Rapport")
                request.putheader("Accept", "text/xml, application/xml")
                request.putheader("Connection", "close")
                request.endheaders()
                response = request.getresponse()
                if response.status in _REDIRECTS:
                    return response.getheader("Location") or ""
                return _body(response, place.host) if response.status == http.client.OK else None
        except (http.client.HTTPException, ValueError) as error:
            raise errors.ProtocolBroken(place.host, details=str(error)) from error
        except OSError as error:
            raise errors.from_os_error(error, place.host, _PORT) from error
        finally:
            request.close()

    def _connected(self, host: str, left_s: float, cancel: Stop) -> socket.socket:
        addresses = self._resolve(host, _PORT, cancel=cancel)
        dialed = connect.dial_addresses(host, _PORT, addresses, timeout_s=left_s, cancel=cancel)
        try:
            return tls.handshake(tls.verifying_context(self._policy), dialed, host, cancel=cancel)
        except OSError as error:
            raise errors.from_os_error(error, host, _PORT) from error


def _body(response: http.client.HTTPResponse, host: str) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK):
        size += len(chunk)
        if size > LIMIT_BYTES:
            raise errors.TooLarge(host, LIMIT_BYTES)
        parts.append(chunk)
    if response.length:
        raise errors.ConnectionLost(host, details="the file ended early")
    return b"".join(parts)


def _redirected(place: Place, location: str) -> Place | None:
    """Return where a redirect leads; None where it may not."""
    try:
        parts = urlsplit(urljoin(f"https://{place.host}{place.path}", location))
        host, port = host_name(parts.hostname or ""), parts.port
    except ValueError:
        return None
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    plain = path.isascii() and path.isprintable() and " " not in path and len(path) <= _PATH_MAX
    if parts.scheme != "https" or port not in (None, _PORT) or not plain or not is_within(host, place.within):
        return None
    return Place(host, path or "/", place.within)
