"""A small internet on the loopback: hosts with certificates of one authority, https pages, mail servers that greet.

`resolve` leads a host and port of that internet to the port that was opened for it, so that the program under test may
ask for https://autoconfig.firm.example/ on port 443 as in the world.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from desktop.net import errors
from desktop.net.connect import Address, Stop
from desktop.net.tls import TlsPolicy
from tests.servers.name_server import NameServer
from tests.servers.tls_certs import Authority

Behaviour = Callable[[socket.socket], None]


@dataclass
class Page:
    """What an https host answers for a path."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    drip_s: float = 0.0
    """Send the body octet by octet with so long a pause before each."""
    length: int | None = None
    """The Content-Length it claims."""


class Internet:
    """Closed by `close`; `seen` are the requests of all hosts as they came, without their bodies."""

    def __init__(self, folder: Path) -> None:
        self.authority, self._stranger = Authority("Authority of the Internet"), Authority("Somebody Else")
        self._ca = folder / "internet.pem"
        self._ca.write_bytes(self.authority.pem)
        self._places: dict[tuple[str, int], int] = {}
        self._listeners: list[socket.socket] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self.seen: list[bytes] = []
        self.resolved: list[str] = []
        self.names = NameServer()

    @property
    def policy(self) -> TlsPolicy:
        """Believes the authority of this internet."""
        return TlsPolicy(ca_file=self._ca, portal_port=0)

    def resolve(self, host: str, port: int, *, timeout_s: float = 1, cancel: Stop | None = None) -> list[Address]:
        self.resolved.append(host)
        if (host, port) not in self._places:
            raise errors.NameNotFound(host)
        return [(socket.AF_INET, "127.0.0.1", self._places[host, port])]

    def page(self, host: str, pages: dict[str, Page], *, trusted: bool = True, named: str = "") -> None:
        """Let a host answer https; `named` is what its certificate says, where it lies."""
        context = self._context(named or host, trusted)

        def serve(connection: socket.socket) -> None:
            with self._secured(connection, context) as secured:
                self._answer(secured, pages)

        self.listen(host, 443, serve)

    def mail(self, host: str, port: int, greeting: bytes, *, trusted: bool = True, named: str = "") -> None:
        """Let a host answer with TLS from the first octet, and with a greeting."""
        context = self._context(named or host, trusted)

        def serve(connection: socket.socket) -> None:
            with self._secured(connection, context) as secured:
                secured.sendall(greeting)
                self._note(secured.recv(4096))

        self.listen(host, port, serve)

    def mail_starttls(self, host: str, port: int, lines: list[tuple[bytes, bytes]], greeting: bytes) -> None:
        """Let a host greet in clear and take up encryption after a dialogue of (line, answer)."""
        context = self._context(host, True)

        def serve(connection: socket.socket) -> None:
            connection.sendall(greeting)
            for line, answer in lines:
                heard = connection.recv(4096)
                self._note(heard)
                if heard.strip() != line:
                    return
                connection.sendall(answer)
            with self._secured(connection, context) as secured:
                self._note(secured.recv(4096))

        self.listen(host, port, serve)

    def listen(self, host: str, port: int, serve: Behaviour) -> None:
        """Open a port for a host; each connection is served on a thread."""
        listener = socket.create_server(("127.0.0.1", 0))
        self._listeners.append(listener)
        self.place(host, port, int(listener.getsockname()[1]))

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=carry_out, args=(connection,), daemon=True).start()

        def carry_out(connection: socket.socket) -> None:
            connection.settimeout(20)
            with connection, contextlib.suppress(OSError):
                serve(connection)

        threading.Thread(target=accept, daemon=True).start()

    def place(self, host: str, port: int, local_port: int) -> None:
        """Let a host and port be a server that runs already."""
        self._places[host, port] = local_port

    def silent(self, host: str, port: int) -> None:
        """Let a host take connections and say nothing."""
        self.listen(host, port, lambda _connection: self._over.wait(20) and None)

    def refused(self, host: str, port: int) -> None:
        """Let a host exist whose port nobody listens on."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.place(host, port, int(free.getsockname()[1]))

    def close(self) -> None:
        self._over.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()
        self.names.close()

    def requests(self, host: str = "") -> list[str]:
        """Return the first lines of the requests heard, of one host or of all."""
        with self._lock:
            heard = [octets.decode("latin-1") for octets in self.seen if octets.startswith(b"GET ")]
        return [text.split("\r\n")[0] for text in heard if f"Host: {host}" in text]

    def _note(self, octets: bytes) -> None:
        with self._lock:
            self.seen.append(octets)

    def _context(self, name: str, trusted: bool) -> ssl.SSLContext:
        return (self.authority if trusted else self._stranger).issue(name).server_context()

    @contextlib.contextmanager
    def _secured(self, connection: socket.socket, context: ssl.SSLContext) -> Iterator[ssl.SSLSocket]:
        with context.wrap_socket(connection, server_side=True) as secured:
            yield secured

    def _answer(self, secured: ssl.SSLSocket, pages: dict[str, Page]) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            octets = secured.recv(4096)
            if not octets:
                return
            request += octets
        self._note(request)
        page = pages.get(request.split(b" ")[1].decode(), Page(status=404))
        if self._over.wait(page.after_s):
            return
        headers = {"Content-Length": str(len(page.body) if page.length is None else page.length), **page.headers}
        head = f"HTTP/1.1 {page.status} Whatever\r\n" + "".join(f"{n}: {v}\r\n" for n, v in headers.items())
        secured.sendall(head.encode() + b"\r\n")
        if not page.drip_s:
            secured.sendall(page.body)
            return
        for octet in page.body:
            time.sleep(page.drip_s)
            secured.sendall(bytes([octet]))
