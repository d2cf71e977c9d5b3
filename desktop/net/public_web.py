"""Plain requests to web servers that a mail names: nowhere but to the public internet, and saying as little as can be.

The address comes from a stranger. Every name is resolved here, one private address among the answers refuses all, and
the connection goes to exactly the address that was checked, so a name that resolves anew to something else gains
nothing. No proxy, no cookies, no exceptions for certificates. Blocking; any thread.
"""

from __future__ import annotations

import http.client
import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from desktop.net import connect, errors, public_address, tls
from desktop.net.connect import Address, Resolve, Stop
from desktop.net.tls import TlsPolicy

USER_AGENT = "Mozilla/5.0"
"""The same for everybody."""
_PORTS = {"http": 80, "https": 443}
_URL_MAX = 8192
_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]*|\d+)(?:\.(?:0[xX][0-9a-fA-F]*|\d+))*\.?")

Refuse = Callable[[str, str], errors.NetProblem]
"""Makes the problem of (host, details)."""


@dataclass(frozen=True, slots=True)
class Target:
    """The parts of a plain web address; `path` with its query, encoded."""

    scheme: str
    host: str
    port: int
    path: str


def target_of(url: str, refuse: Refuse) -> Target:
    """Return the parts of an address; raises what `refuse` makes when it is not a plain web address."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".")
        port = parts.port
    except ValueError as error:
        raise refuse("?", "no address") from error
    scheme = parts.scheme.lower()
    if scheme not in _PORTS or not host or len(url) > _URL_MAX or "%" in host or "@" in parts.netloc:
        raise refuse(host or "?", "no plain web address")
    if ":" not in host:
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError as error:
            raise refuse(host, "no host name") from error
    if _NUMERIC.fullmatch(host):
        # "0x7f.1", "2130706433" and "0177.0.0.1" are addresses to some resolvers and names to others
        try:
            ipaddress.IPv4Address(host)
        except ValueError as error:
            raise refuse(host, "odd spelling of an address") from error
    if port is not None and port < 1024 and port not in _PORTS.values():
        raise refuse(host, "no port of the web")
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?")
    return Target(scheme, host, port or _PORTS[scheme], path)


class PublicWeb:
    """Opens connections to checked addresses. `allow_loopback` and `resolve` are for tests alone."""

    def __init__(
        self,
        refuse: Refuse,
        policy: TlsPolicy | None = None,
        *,
        timeout_s: float,
        allow_loopback: bool = False,
        resolve: Resolve = connect.resolve,
    ) -> None:
        # exceptions for certificates are given for mail servers, never for what a mail points at
        self._policy = TlsPolicy(ca_file=policy.ca_file if policy else None, portal_port=0)
        self._refuse = refuse
        self._timeout_s = timeout_s
        self._allow_loopback = allow_loopback
        self._resolve = resolve

    def open(self, target: Target, cancel: Stop | None = None) -> http.client.HTTPConnection:
        """Return a connection on which a request can be sent; raises a problem of the network."""
        connection = self._connected(target, self._checked_addresses(target, cancel), cancel)
        request = http.client.HTTPConnection(target.host, target.port, timeout=self._timeout_s)
        # else Host names the port of https too, and a signature over it does not fit
        request.default_port = _PORTS[target.scheme]
        request.sock = connection
        return request

    def _checked_addresses(self, target: Target, cancel: Stop | None) -> list[Address]:
        addresses = self._resolve(target.host, target.port, cancel=cancel)
        for _, address, _ in addresses:
            if not public_address.is_public(address) and not (self._allow_loopback and _is_loopback(address)):
                raise self._refuse(target.host, "not in the public internet")
        return addresses

    def _connected(self, target: Target, addresses: list[Address], cancel: Stop | None) -> socket.socket:
        def dial() -> socket.socket:
            return connect.dial_addresses(target.host, target.port, addresses, timeout_s=self._timeout_s, cancel=cancel)

        if target.scheme == "http":
            return dial()
        try:
            return tls.handshake(tls.verifying_context(self._policy), dial(), target.host, cancel=cancel)
        except OSError as error:
            raise self._refuse(target.host, str(error)) from error


def _is_loopback(address: str) -> bool:
    return address in {"127.0.0.1", "::1"}
