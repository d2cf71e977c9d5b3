"""Fetches a picture of a mail after the person allowed it, and tells the sender's server as little as can be (C2).

It leads nowhere but to the public internet (`public_web`), and redirects are checked like first addresses. No cookies,
no referrer, no proxy, the same plain user agent for everybody. Blocking; any thread.
"""

from __future__ import annotations

import http.client
from urllib.parse import urljoin, urlsplit

from desktop.base import clock
from desktop.domain import image_header
from desktop.net import connect, errors
from desktop.net.connect import Resolve, Stop
from desktop.net.public_web import USER_AGENT, PublicWeb, Target, target_of
from desktop.net.tls import TlsPolicy

REDIRECTS_MAX = 5
LIMIT_BYTES = 10 << 20
_REDIRECTS = {301, 302, 303, 307, 308}
_CHUNK = 1 << 16


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
        self._timeout_s = timeout_s
        self._web = PublicWeb(_refused, policy, timeout_s=timeout_s, allow_loopback=allow_loopback, resolve=resolve)

    def fetch(self, url: str, *, limit_bytes: int = LIMIT_BYTES, cancel: Stop | None = None) -> bytes:
        """Return the picture behind an address as it came; raises ImageRefused or another problem of the network."""
        deadline = clock.monotonic() + 2 * self._timeout_s
        for _ in range(REDIRECTS_MAX + 1):
            target = target_of(url, _refused)
            answer = self._get(target, limit_bytes, deadline - clock.monotonic(), cancel)
            if isinstance(answer, bytes):
                return _checked(answer, target.host)
            url = _redirected(url, answer, target)
        raise errors.ImageRefused(target.host, details="too many redirects")

    def _get(self, target: Target, limit_bytes: int, left_s: float, cancel: Stop | None) -> bytes | str:
        """Return the body, or where the answer redirects to."""
        request = self._web.open(target, cancel)
        try:
            with connect.ended(request.sock, left_s, cancel) as late:
                request.putrequest("GET", target.path, skip_accept_encoding=True)
                request.putheader("User-Agent", USER_AGENT)
                request.putheader("Accept", "image/webp,image/png,image/jpeg,image/gif")
                request.putheader("Connection", "close")
                request.endheaders()
                with request.getresponse() as response:
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


def _redirected(url: str, location: str, target: Target) -> str:
    try:
        joined = urljoin(url, location)
        downgraded = target.scheme == "https" and urlsplit(joined).scheme.lower() != "https"
    except ValueError as error:
        raise errors.ImageRefused(target.host, details="redirected to no address") from error
    if downgraded:
        raise errors.ImageRefused(target.host, details="redirected to an unencrypted address")
    return joined


def _refused(host: str, details: str) -> errors.ImageRefused:
    return errors.ImageRefused(host, details=details)


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
