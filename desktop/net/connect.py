"""TCP to a host name: every address is tried, the first that answers wins, nothing waits without a limit.

An address that stays silent (a black-holed IPv6) costs a quarter of a second, because the next one is started beside it
("happy eyeballs", RFC 8305). Blocking; any thread. Raises `net.errors` only.
"""

from __future__ import annotations

import contextlib
import errno
import queue
import selectors
import socket
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Protocol

from desktop.base import clock
from desktop.net import errors

NEXT_ADDRESS_S = 0.25
"""How long one address may stay silent before the next is started beside it (RFC 8305, section 5)."""

_IN_PROGRESS = {
    0,
    errno.EINPROGRESS,
    errno.EWOULDBLOCK,
    errno.EALREADY,
    getattr(errno, "WSAEWOULDBLOCK", errno.EWOULDBLOCK),
}
_SLICE_S = 0.1

Address = tuple[socket.AddressFamily, str, int]


class Stop(Protocol):
    """What `threading.Event` and `Wake` have in common."""

    def is_set(self) -> bool: ...


class Resolve(Protocol):
    """Asks for the addresses of a host, as `resolve` does."""

    def __call__(self, host: str, port: int, *, cancel: Stop | None = None) -> list[Address]: ...


def resolve(host: str, port: int, *, timeout_s: float = 15.0, cancel: Stop | None = None) -> list[Address]:
    """Return the addresses of a host, IPv6 and IPv4 taking turns; a name server that hangs costs `timeout_s`.

    `getaddrinfo` cannot be interrupted, so it runs on a thread that is left behind when the time is up.
    """
    answer: queue.SimpleQueue[list[Address] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.put([(family, str(address[0]), int(address[1])) for family, _, _, _, address in found])
        except OSError as error:
            answer.put(error)
        except UnicodeError as error:
            answer.put(OSError(str(error)))

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    deadline = clock.monotonic() + timeout_s
    while clock.monotonic() < deadline:
        _raise_if_set(cancel, host)
        try:
            found = answer.get(timeout=_SLICE_S)
        except queue.Empty:
            continue
        if isinstance(found, OSError):
            raise errors.NameNotFound(host, details=str(found)) from found
        return _interleaved(found)
    raise errors.NameNotFound(host, details="name server silent")


def dial(host: str, port: int, *, timeout_s: float = 20.0, cancel: Stop | None = None) -> socket.socket:
    """Return a connected TCP socket with keep-alive on and `timeout_s` set."""
    return dial_addresses(host, port, resolve(host, port, cancel=cancel), timeout_s=timeout_s, cancel=cancel)


def dial_addresses(
    host: str, port: int, addresses: Iterable[Address], *, timeout_s: float, cancel: Stop | None = None
) -> socket.socket:
    """Return a socket connected to the first of these addresses that answers; `host` is for the texts only."""
    waiting = list(addresses)
    problem: OSError = OSError(errno.EHOSTUNREACH, "no address")
    deadline = clock.monotonic() + timeout_s
    open_sockets: set[socket.socket] = set()
    winner: socket.socket | None = None
    with selectors.DefaultSelector() as selector:
        try:
            next_start = clock.monotonic()
            while winner is None and (waiting or open_sockets) and clock.monotonic() < deadline:
                _raise_if_set(cancel, host)
                if waiting and (clock.monotonic() >= next_start or not open_sockets):
                    next_start = clock.monotonic() + NEXT_ADDRESS_S
                    try:
                        started = _start(waiting.pop(0))
                    except OSError as error:
                        problem = error
                        continue
                    open_sockets.add(started)
                    selector.register(started, selectors.EVENT_WRITE)
                for key, _ in selector.select(_SLICE_S):
                    attempt = key.fileobj
                    assert isinstance(attempt, socket.socket)
                    number = attempt.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
                    selector.unregister(attempt)
                    open_sockets.discard(attempt)
                    if number == 0 and winner is None:
                        winner = attempt
                    else:
                        attempt.close()
                        problem = OSError(number, errno.errorcode.get(number, "connect"))
        finally:
            for left in open_sockets:
                left.close()
    if winner is None:
        refused = problem.errno == errno.ECONNREFUSED
        raise errors.HostUnreachable(host, port, refused=refused, details=str(problem)) from problem
    winner.settimeout(timeout_s)
    _keep_alive(winner)
    return winner


def _start(address: Address) -> socket.socket:
    family, name, port = address
    attempt = socket.socket(family, socket.SOCK_STREAM)
    try:
        attempt.setblocking(False)
        number = attempt.connect_ex((name, port))
        if number not in _IN_PROGRESS:
            raise OSError(number, errno.errorcode.get(number, "connect"))
    except BaseException:
        attempt.close()
        raise
    return attempt


def _keep_alive(connection: socket.socket) -> None:
    """Notice a peer that is gone within about two minutes, where the system lets the times be set."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    idle = "TCP_KEEPALIVE" if sys.platform == "darwin" else "TCP_KEEPIDLE"
    for name, value in ((idle, 60), ("TCP_KEEPINTVL", 15), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _interleaved(found: list[Address]) -> list[Address]:
    unique = list(dict.fromkeys(found))
    first = [a for a in unique if a[0] == unique[0][0]] if unique else []
    others = [a for a in unique if a not in first]
    mixed: list[Address] = []
    for i in range(max(len(first), len(others))):
        mixed += first[i : i + 1] + others[i : i + 1]
    return mixed


@contextlib.contextmanager
def ended(connection: socket.socket, after_s: float, cancel: Stop | None = None) -> Iterator[threading.Event]:
    """End a connection under whoever uses it, once the time is up or `cancel` is set; the event says that it was.

    For libraries that know a limit for each read only: a peer that sends a byte now and then never runs into it.
    """
    over, late = threading.Event(), threading.Event()
    deadline = clock.monotonic() + after_s

    def watch() -> None:
        while not over.wait(max(0.0, min(_SLICE_S, deadline - clock.monotonic()))):
            if clock.monotonic() >= deadline or (cancel is not None and cancel.is_set()):
                late.set()
                with contextlib.suppress(OSError):
                    # the plain one: SSLSocket's would change the connection while another thread reads from it
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
                return

    watcher = threading.Thread(target=watch, name="connection-watch", daemon=True)
    watcher.start()
    try:
        yield late
    finally:
        over.set()
        watcher.join()


def _raise_if_set(cancel: Stop | None, host: str) -> None:
    if cancel is not None and cancel.is_set():
        raise errors.Cancelled(host)
