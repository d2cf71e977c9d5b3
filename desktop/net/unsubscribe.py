"""Leaves a mail list by one request, after the person confirmed it (RFC 8058).

What the list's server gets is exactly what the standard asks for and nothing about the person but what the address
holds. It leads nowhere but to the public internet (`public_web`), over https. Redirects are not followed, but for one
on the same host that asks for the same request again. Blocking; any thread.
"""

from __future__ import annotations

import http.client
from urllib.parse import urljoin

from desktop.base import clock
from desktop.net import connect, errors
from desktop.net.connect import Resolve, Stop
from desktop.net.public_web import USER_AGENT, PublicWeb, Target, target_of
from desktop.net.tls import TlsPolicy

BODY = b"List-Unsubscribe=One-Click"
_SAME_AGAIN = {307, 308}
_REDIRECTS_MAX = 2


class Unsubscriber:
    """Sends such requests. `allow_loopback` and `resolve` are for tests alone."""

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

    def unsubscribe(self, url: str, cancel: Stop | None = None) -> None:
        """Ask to be taken off; returns when the server said it is done. Raises UnsubscribeRefused, NetProblem."""
        deadline = clock.monotonic() + 2 * self._timeout_s
        first = target = _target(url)
        for _ in range(_REDIRECTS_MAX + 1):
            location = self._post(target, deadline - clock.monotonic(), cancel)
            if location is None:
                return
            target = _target(url := _joined(url, location, first.host))
            if (target.host, target.port) != (first.host, first.port):
                raise _refused(first.host, "redirected to another site")
        raise _refused(first.host, "too many redirects")

    def _post(self, target: Target, left_s: float, cancel: Stop | None) -> str | None:
        """Send the request once; returns where it is wanted instead, None when it was taken."""
        request = self._web.open(target, cancel)
        try:
            with connect.ended(request.sock, left_s, cancel):
                request.putrequest("POST", target.path, skip_accept_encoding=True)
                request.putheader("User-Agent", USER_AGENT)
                request.putheader("Content-Type", "application/x-www-form-urlencoded")
                request.putheader("Content-Length", str(len(BODY)))
                request.putheader("Connection", "close")
                request.endheaders(BODY)
                with request.getresponse() as response:
                    if response.status in _SAME_AGAIN:
                        return response.getheader("Location") or ""
                    if not 200 <= response.status < 300:
                        answer = f"{response.status} {response.reason}".strip()
                        raise errors.UnsubscribeRefused(target.host, answer=answer)
                    return None  # what else it says is for browsers
        except OSError as error:
            raise errors.from_os_error(error, target.host, target.port) from error
        except (http.client.HTTPException, ValueError) as error:
            raise _refused(target.host, str(error)) from error
        finally:
            request.close()


def unsubscribe(url: str, cancel: Stop | None = None) -> None:
    """Leave a list by one request. Raises UnsubscribeRefused, NetProblem."""
    Unsubscriber().unsubscribe(url, cancel)


def _joined(url: str, location: str, host: str) -> str:
    try:
        return urljoin(url, location)
    except ValueError as error:
        raise _refused(host, "redirected to no address") from error


def _target(url: str) -> Target:
    target = target_of(url, _refused)
    if target.scheme != "https":
        raise _refused(target.host, "not encrypted")
    return target


def _refused(host: str, details: str) -> errors.UnsubscribeRefused:
    return errors.UnsubscribeRefused(host, details=details)
