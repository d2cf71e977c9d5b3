"""Fetches a picture of a mail after the person allowed it, and tells the sender's server as little as can be (C2).

The address comes from a stranger. So it may lead nowhere but to the public internet: every name is resolved here, one
private address among the answers refuses all, and the connection goes to exactly the address that was checked, so a
name that resolves anew to something else gains nothing. Redirects are checked like first addresses. No cookies, no
referrer, no proxy, the same plain user agent for everybody. Blocking; any thread.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import quote, urljoin, urlsplit

from desktop.base import clock
from desktop.domain import image_header
from desktop.net import connect, errors, public_address, tls
from desktop.net.connect import Address, Resolve, Stop
from desktop.net.tls import TlsPolicy

USER_AGENT = "Mozilla/5.0"
REDIRECTS_MAX = 5
LIMIT_BYTES = 10 << 20
_PORTS = {"http": 80, "https": 443}
_REDIRECTS = {301, 302, 303, 307, 308}
_URL_MAX = 8192
_CHUNK = 1 << 16
_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+))*\.?")


@dataclass(frozen=True, slots=True)
class _Target:
    scheme: str
    host: str
    port: int
    path: str


class ImageFetcher:
    """Fetches pictures one by one. `allow_loopback` and `resolve` are for tests alone."""

    def __init__(
        self,
        policy: TlsPolicy | None = None,
        *,
        timeout_s: float = 15.0,
        allow_loopback: bool = False,
        resolve: Resolve = connect.resolve,
    ) -> None:
        # exceptions for certificates are given for mail servers, never for what a mail points at
        self._policy = TlsPolicy(ca_file=policy.ca_file if policy else None, portal_port=0)
        self._timeout_s = timeout_s
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def fetch(self, url: str, *, limit_bytes: int = LIMIT_BYTES, cancel: Stop | None = None) -> bytes:
        """Return the picture behind an address as it came; raises ImageRefused or another problem of the network."""
        deadline = clock.monotonic() + 2 * self._timeout_s
        for _ in range(REDIRECTS_MAX + 1):
            target = _target(url)
            answer = self._get(target, limit_bytes, deadline - clock.monotonic(), cancel)
            if isinstance(answer, bytes):
                return _checked(answer, target.host)
            url = _redirected(url, answer, target)
        raise errors.ImageRefused(target.host, details="too many redirects")

    def _get(self, target: _Target, limit_bytes: int, left_s: float, cancel: Stop | None) -> bytes | str:
        """Return the body, or where the answer redirects to."""
        addresses = self._checked_addresses(target, cancel)
        request = http.client.HTTPConnection(target.host, target.port, timeout=self._timeout_s)
        request.sock = connection = self._connected(target, addresses, cancel)
        try:
            with connect.ended(connection, left_s, cancel) as late:
                request.putrequest("GET", target.path, skip_accept_encoding=True)
                request.putheader("User-Agent", USER_AGENT)
                request.putheader("Accept", "image/webp,image/png,image/jpeg,image/gif")
                request.putheader("Connection", "close")
                request.endheaders()
                response = request.getresponse()
                if response.status in _REDIRECTS:
                    return response.getheader("Location") or ""
                if response.status != http.client.OK:
                    raise errors.ImageRefused(target.host, details=f"HTTP {response.status}")
                body = _body(response, target.host, limit_bytes, cancel)
                if late.is_set():
                    raise errors.ConnectionLost(target.host, details="too slow")
                return body
        except (http.client.HTTPException, ValueError) as error:
            raise errors.ImageRefused(target.host, details=str(error)) from error
        except OSError as error:
            raise errors.from_os_error(error, target.host, target.port) from error
        finally:
            request.close()

    def _checked_addresses(self, target: _Target, cancel: Stop | None) -> list[Address]:
        addresses = self._resolve(target.host, target.port, cancel=cancel)
        for _, address, _ in addresses:
            if not public_address.is_public(address) and not (self._allow_loopback and _is_loopback(address)):
                raise errors.ImageRefused(target.host, details="not in the public internet")
        return addresses

    def _connected(self, target: _Target, addresses: list[Address], cancel: Stop | None) -> socket.socket:
        def dial() -> socket.socket:
            return connect.dial_addresses(target.host, target.port, addresses, timeout_s=self._timeout_s, cancel=cancel)

        if target.scheme == "http":
            return dial()
        try:
            return tls.handshake(tls.verifying_context(self._policy), dial(), target.host, cancel=cancel)
        except OSError as error:
            raise errors.ImageRefused(target.host, details=str(error)) from error


def _redirected(url: str, location: str, target: _Target) -> str:
    try:
        joined = urljoin(url, location)
        downgraded = target.scheme == "https" and urlsplit(joined).scheme.lower() != "https"
    except ValueError as error:
        raise errors.ImageRefused(target.host, details="redirected to no address") from error
    if downgraded:
        raise errors.ImageRefused(target.host, details="redirected to an unencrypted address")
    return joined


def _target(url: str) -> _Target:
    """Return the parts of an address; raises ImageRefused when it is not a plain web address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError as error:
        raise errors.ImageRefused("?", details="no address") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or len(url) > _URL_MAX or "%" in host or "@" in parts.netloc:
        raise errors.ImageRefused(host or "?", details="no plain web address")
    if ":" not in host:
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise errors.ImageRefused(host, details="no host name") from error
    if _NUMERIC.fullmatch(host):
        # "0x7f.1", "2130706433" and "0177.0.0.1" are addresses to some resolvers and names to others
        try:
            ipaddress.IPv4Address(host)
        except ValueError as error:
            raise errors.ImageRefused(host, details="odd spelling of an address") from error
    if port is not None and port < 1024 and port not in _PORTS.values():
        raise errors.ImageRefused(host, details="no port of the web")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return _Target(scheme, host, port or _PORTS[scheme], path)


def _is_loopback(address: str) -> bool:
    return address in {"127.0.0.1", "::1"}


def fetch(url: str, *, limit_bytes: int = LIMIT_BYTES, cancel: Stop | None = None) -> bytes:
    """Return the picture behind an address; raises ImageRefused or another problem of the network."""
    return ImageFetcher().fetch(url, limit_bytes=limit_bytes, cancel=cancel)


def _body(response: http.client.HTTPResponse, host: str, limit_bytes: int, cancel: Stop | None) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := response.read1(_CHUNK):
        size += len(chunk)
        if size > limit_bytes:
            raise errors.TooLarge(host, limit_bytes)
        if cancel is not None and cancel.is_set():
            raise errors.Cancelled(host)
        parts.append(chunk)
    return b"".join(parts)


def _checked(octets: bytes, host: str) -> bytes:
    header = image_header.read(octets)
    if header is None:
        raise errors.ImageRefused(host, details="no picture")
    if not header.fits:
        raise errors.ImageRefused(host, details=f"{header.width} x {header.height} pixels")
    return octets
