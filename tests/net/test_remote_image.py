"""The fetcher of remote pictures: nowhere but the public internet, nothing but pictures (C2)."""

from __future__ import annotations

import http.server
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.certificate import trust_key
from desktop.net import connect, errors, public_address
from desktop.net.connect import Address, Resolve
from desktop.net.public_web import USER_AGENT
from desktop.net.remote_image import ImageFetcher
from desktop.net.tls import TlsPolicy
from tests.servers.tls_certs import variants


def png(width: int = 2, height: int = 3) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


class Web:
    """A web server on the loopback that counts what reaches it."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.seen: list[tuple[str, dict[str, str]]] = []
        web = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                web.seen.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                status, headers, body = web.pages.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(body)
                except OSError:
                    return

            def log_message(self, *_: object) -> None:
                return

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def web() -> Iterator[Web]:
    server = Web()
    yield server
    server.close()


def resolver(table: dict[str, list[str]]) -> Resolve:
    def resolve(host: str, port: int, *, cancel: connect.Stop | None = None) -> list[Address]:
        found = table.get(host, [host])
        return [(socket.AF_INET6 if ":" in a else socket.AF_INET, a, port) for a in found]

    return resolve


def test_fetches_a_picture_and_says_little(web: Web) -> None:
    web.pages["/a.png?x=%C3%A4"] = (200, {"Content-Type": "text/html", "Set-Cookie": "id=1"}, png())

    image = ImageFetcher(allow_loopback=True).fetch(web.url("/a.png?x=ä"))
    ImageFetcher(allow_loopback=True).fetch(web.url("/a.png?x=ä"))

    assert image == png()
    for _, headers in web.seen:
        assert headers["user-agent"] == USER_AGENT
        assert set(headers) == {"host", "user-agent", "accept", "connection"}


@pytest.mark.parametrize(
    "body",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"", b"\x89PNG", b"GIF8", png(60_000, 60_000), png(0, 5)],
)
def test_only_pictures_of_a_sane_size(web: Web, body: bytes) -> None:
    web.pages["/a.png"] = (200, {"Content-Type": "image/png"}, body)

    with pytest.raises(errors.ImageRefused):
        ImageFetcher(allow_loopback=True).fetch(web.url("/a.png"))


def test_too_many_bytes(web: Web) -> None:
    web.pages["/a.png"] = (200, {}, png() + b"0" * 300_000)

    with pytest.raises(errors.TooLarge):
        ImageFetcher(allow_loopback=True).fetch(web.url("/a.png"), limit_bytes=100_000)


def test_redirects_are_followed_a_few_times(web: Web) -> None:
    web.pages["/1"] = (302, {"Location": "/2"}, b"")
    web.pages["/2"] = (301, {"Location": web.url("/3")}, b"")
    web.pages["/3"] = (200, {}, png())
    web.pages["/round"] = (302, {"Location": "/round"}, b"")

    assert ImageFetcher(allow_loopback=True).fetch(web.url("/1")) == png()
    with pytest.raises(errors.ImageRefused):
        ImageFetcher(allow_loopback=True).fetch(web.url("/round"))
    assert len(web.seen) == 3 + 6


def test_a_server_that_drips_is_left(web: Web) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            try:
                while True:
                    connection.sendall(b"H")
                    time.sleep(0.02)
            except OSError:
                return

    dripping = threading.Thread(target=drip)
    dripping.start()

    with pytest.raises(errors.NetProblem):
        ImageFetcher(allow_loopback=True, timeout_s=0.3).fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/a.png")

    dripping.join(10)
    listener.close()


def test_a_fetch_is_stopped_within_a_second() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()

    def fall_silent() -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(1000)
            stop.set()
            connection.recv(1000)

    silent = threading.Thread(target=fall_silent)
    silent.start()
    before = clock.monotonic()

    with pytest.raises(errors.NetProblem):
        ImageFetcher(allow_loopback=True).fetch(f"http://127.0.0.1:{listener.getsockname()[1]}/a.png", cancel=stop)

    assert clock.monotonic() - before < 1
    silent.join(10)
    listener.close()


PRIVATE = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1",
    "255.255.255.255", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1", "2001:db8::1", "::127.0.0.1", "fec0::1", "2001::1", "x",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "93.184.216.34", "2606:4700:4700::1111", "172.32.0.1", "100.128.0.1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_c02_private_addresses(address: str) -> None:
    assert not public_address.is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_c02_public_addresses(address: str) -> None:
    assert public_address.is_public(address)


SPELLINGS = [
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://LOCALHOST:{port}/", "http://localhost.:{port}/",
    "http://127.1:{port}/", "http://127.0.1:{port}/", "http://2130706433:{port}/", "http://0x7f000001:{port}/",
    "http://0x7f.1:{port}/", "http://0x7f.0x0.0x0.0x1:{port}/", "http://0177.0.0.1:{port}/", "http://017700000001:{port}/",
    "http://0:{port}/", "http://0.0.0.0:{port}/", "http://[::1]:{port}/", "http://[::]:{port}/",
    "http://[::ffff:127.0.0.1]:{port}/", "http://[::ffff:7f00:1]:{port}/", "http://[0:0:0:0:0:0:0:1]:{port}/",
    "http://[::127.0.0.1]:{port}/", "http://[64:ff9b::127.0.0.1]:{port}/", "http://[2002:7f00:1::]:{port}/",
    "http://[fe80::1%25lo]:{port}/", "http://[::1%25lo]:{port}/", "http://127.0.0.1.nip.io:{port}/",
    "http://user@127.0.0.1:{port}/", "http://example.org@127.0.0.1:{port}/", "http://127.0.0.1:{port}#@example.org/",
    "http://127.0.0.1:{port}\\@example.org/", "http://１２７.０.０.１:{port}/", "http://127。0。0。1:{port}/",
    "http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ:{port}/", "http://127.0.0.1%00.example.org:{port}/", "http://%31%32%37.0.0.1:{port}/",
    "https://127.0.0.1:{port}/", "HTTP://127.0.0.1:{port}/", " http://127.0.0.1:{port}/", "http:/127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/", "//127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/", "http://rebind.example:{port}/", "http://mixed.example:{port}/",
    "http://127.0.0.1\r\nX: y:{port}/", "http://127.0.0.1:{port}/\r\nX: y", "http://[::1:{port}/", "http://:{port}/",
    "",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_c02_no_spelling_reaches_this_computer(web: Web, spelling: str) -> None:
    table = {
        "127.0.0.1.nip.io": ["127.0.0.1"],
        "rebind.example": ["127.0.0.1"],
        "mixed.example": ["8.8.8.8", "10.0.0.1"],
    }
    known = resolver(table)

    def resolve(host: str, port: int, *, cancel: connect.Stop | None = None) -> list[Address]:

        return known(host, port) if host in table else connect.resolve(host, port)

    with pytest.raises(errors.NetProblem):
        ImageFetcher(resolve=resolve, timeout_s=2).fetch(spelling.format(port=web.port))

    assert web.seen == []


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_c02_no_redirect_reaches_a_private_address(web: Web, spelling: str) -> None:
    other = Web()
    web.pages["/a.png"] = (302, {"Location": spelling.format(port=other.port).replace("\r\n", "")}, b"")
    first = iter([True])

    def resolve(host: str, port: int, *, cancel: connect.Stop | None = None) -> list[Address]:
        # the first name is taken for public; what follows is resolved as it is

        if next(first, False):
            return [(socket.AF_INET, "127.0.0.1", port)]
        if host.endswith((".example", ".nip.io")):
            return [(socket.AF_INET, "127.0.0.1", port)]
        return connect.resolve(host, port)

    fetcher = ImageFetcher(resolve=resolve, timeout_s=2)
    fetcher._web._checked_addresses = _first_allowed(fetcher._web._checked_addresses)  # type: ignore[method-assign]

    with pytest.raises(errors.NetProblem):
        fetcher.fetch(f"http://pictures.test:{web.port}/a.png")

    assert [path for path, _ in web.seen] == ["/a.png"]
    assert other.seen == []
    other.close()


def _first_allowed(check: Callable[..., list[Address]]) -> Callable[..., list[Address]]:
    calls = iter([True])

    def checked(target: object, cancel: object) -> list[Address]:
        if next(calls, False):
            return [(socket.AF_INET, "127.0.0.1", target.port)]  # type: ignore[attr-defined]
        return check(target, cancel)

    return checked


def test_c02_the_checked_address_is_the_one_connected_to(web: Web) -> None:
    web.pages["/a.png"] = (200, {}, png())
    asked: list[str] = []

    def resolve(host: str, port: int, *, cancel: connect.Stop | None = None) -> list[Address]:
        asked.append(host)
        return [(socket.AF_INET, "127.0.0.1", port)]

    ImageFetcher(allow_loopback=True, resolve=resolve).fetch(f"http://pictures.example:{web.port}/a.png")

    # a second question could be answered otherwise (DNS rebinding)
    assert asked == ["pictures.example"]
    assert web.seen[0][1]["host"] == f"pictures.example:{web.port}"


@pytest.mark.parametrize("name", ["good", *sorted(variants().bad)])
def test_r40_pictures_come_from_servers_that_prove_their_name(web: Web, tmp_path: Path, name: str) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(variants().ca)
    credential = variants().good if name == "good" else variants().bad[name]
    web.pages["/a.png"] = (200, {}, png())
    context = credential.server_context()
    plain_accept = web.server.get_request

    def get_request() -> tuple[socket.socket, object]:
        connection, address = plain_accept()
        return context.wrap_socket(connection, server_side=True), address

    web.server.get_request = get_request  # type: ignore[method-assign]
    accepted = frozenset({trust_key("localhost", web.port, credential.sha256)})
    fetcher = ImageFetcher(TlsPolicy(ca_file, accepted), allow_loopback=True)
    url = f"https://localhost:{web.port}/a.png"

    if name == "good":
        assert fetcher.fetch(url) == png()
        return
    with pytest.raises(errors.ImageRefused):
        fetcher.fetch(url)
    assert web.seen == []
