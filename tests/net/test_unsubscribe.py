"""Leaving a list by one request: what its server gets, and which answers and addresses are not taken (RFC 8058)."""

from __future__ import annotations

import http.server
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.net import connect, errors, unsubscribe
from desktop.net.connect import Address
from desktop.net.public_web import USER_AGENT
from desktop.net.tls import TlsPolicy
from desktop.net.unsubscribe import BODY, Unsubscriber
from tests.servers.tls_certs import Credential, variants


class ListServer:
    """A list's server on the loopback that counts what reaches it."""

    def __init__(self, credential: Credential | None) -> None:
        self.answers: dict[str, tuple[int, dict[str, str], bytes]] = {}
        self.answers_now = threading.Event()
        self.answers_now.set()
        self.seen: list[tuple[str, str, dict[str, str], bytes]] = []
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                owner.seen.append((self.command, self.path, headers, body))
                owner.answers_now.wait(10)
                status, extra, text = owner.answers.get(self.path, (404, {}, b""))
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    self.wfile.write(text)
                except OSError:
                    return

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None:
                return

        class Server(http.server.ThreadingHTTPServer):
            def handle_error(self, request: object, client_address: object) -> None:
                return  # clients that do not believe the certificate

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_port
        if credential is not None:
            context, plain = credential.server_context(), self.server.get_request

            def get_request() -> tuple[socket.socket, object]:
                connection, address = plain()
                return context.wrap_socket(connection, server_side=True), address

            self.server.get_request = get_request  # type: ignore[method-assign]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def url(self, path: str = "/u") -> str:
        return f"https://localhost:{self.port}{path}"

    def close(self) -> None:
        self.answers_now.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@pytest.fixture
def server() -> Iterator[ListServer]:
    made = ListServer(variants().good)
    yield made
    made.close()


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(variants().ca)
    return path


def leave(url: str, ca_file: Path, timeout_s: float = 5.0) -> None:
    Unsubscriber(TlsPolicy(ca_file), allow_loopback=True, timeout_s=timeout_s).unsubscribe(url)


@pytest.mark.parametrize("status", [200, 202, 204])
def test_the_server_gets_what_the_standard_asks_for_and_no_more(server: ListServer, ca_file: Path, status: int) -> None:
    server.answers["/u?t=%C3%A4"] = (status, {"Set-Cookie": "id=1"}, b"")

    leave(server.url("/u?t=ä"), ca_file)
    leave(server.url("/u?t=ä"), ca_file)

    for command, _path, headers, body in server.seen:
        assert (command, body) == ("POST", b"List-Unsubscribe=One-Click")
        assert headers == {
            "host": f"localhost:{server.port}",
            "user-agent": USER_AGENT,
            "content-type": "application/x-www-form-urlencoded",
            "content-length": str(len(BODY)),
            "connection": "close",
        }
    assert len(server.seen) == 2


def test_the_host_is_named_without_the_usual_port_as_browsers_do(server: ListServer, ca_file: Path) -> None:
    server.answers["/u"] = (200, {}, b"")
    there: Address = (socket.AF_INET, "127.0.0.1", server.port)
    asking = Unsubscriber(TlsPolicy(ca_file), allow_loopback=True, resolve=lambda *_asked, **_options: [there])

    asking.unsubscribe("https://localhost/u")

    assert [headers["host"] for _command, _path, headers, _body in server.seen] == ["localhost"]


@pytest.mark.parametrize(
    ("status", "reason"), [(400, "400 Bad Request"), (404, "404 Not Found"), (500, "500 Internal Server Error")]
)
def test_a_refusal_is_told_in_the_words_of_the_server(
    server: ListServer, ca_file: Path, status: int, reason: str
) -> None:
    server.answers["/u"] = (status, {}, b"<script>")

    with pytest.raises(errors.UnsubscribeRefused) as caught:
        leave(server.url(), ca_file)

    assert caught.value.text == f"You are still on the list: localhost answered “{reason}”."


@pytest.mark.parametrize("status", [301, 302, 303, 300, 304])
def test_a_page_in_place_of_an_answer_is_none(server: ListServer, ca_file: Path, status: int) -> None:
    server.answers["/u"] = (status, {"Location": server.url("/thanks")}, b"")
    server.answers["/thanks"] = (200, {}, b"")

    with pytest.raises(errors.UnsubscribeRefused):
        leave(server.url(), ca_file)

    assert [path for _command, path, _headers, _body in server.seen] == ["/u"]


def test_the_same_host_may_want_it_at_another_address(server: ListServer, ca_file: Path) -> None:
    server.answers["/u"] = (308, {"Location": "/v"}, b"")
    server.answers["/v"] = (307, {"Location": server.url("/w")}, b"")
    server.answers["/w"] = (200, {}, b"")

    leave(server.url(), ca_file)

    assert [(command, path, body) for command, path, _headers, body in server.seen] == [
        ("POST", "/u", BODY),
        ("POST", "/v", BODY),
        ("POST", "/w", BODY),
    ]


@pytest.mark.parametrize(
    "location",
    [
        "http://localhost:{other}/u",
        "https://localhost:{other}/u",
        "https://127.0.0.1:{port}/u",
        "http://localhost:{port}/u",
        "https://x@localhost:{port}/u",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//evil.example/u",
        "https://[::1",
        "",
    ],
)
def test_c02_it_goes_nowhere_else(server: ListServer, ca_file: Path, location: str) -> None:
    other = ListServer(None)
    server.answers["/u"] = (307, {"Location": location.format(port=server.port, other=other.port)}, b"")

    with pytest.raises(errors.NetProblem):
        leave(server.url(), ca_file)

    assert {path for _command, path, _headers, _body in server.seen} == {"/u"}
    assert len(server.seen) <= 3
    assert other.seen == []
    other.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:{port}/u",
        "https://user@localhost:{port}/u",
        "https://0x7f.1:{port}/u",
        "https://localhost:22/u",
        "ftp://localhost/u",
        "mailto:a@b.example",
        "",
    ],
)
def test_c02_an_address_that_is_none_is_not_asked(server: ListServer, ca_file: Path, url: str) -> None:
    with pytest.raises(errors.UnsubscribeRefused):
        leave(url.format(port=server.port), ca_file)

    assert server.seen == []


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])
def test_c02_a_name_of_a_private_network_is_refused(server: ListServer, address: str) -> None:
    def resolve(_host: str, port: int, *, cancel: connect.Stop | None = None) -> list[Address]:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(socket.AF_INET, "93.184.216.34", port), (family, address, port)]

    with pytest.raises(errors.UnsubscribeRefused):
        Unsubscriber(resolve=resolve, timeout_s=1).unsubscribe(server.url())
    assert server.seen == []


@pytest.mark.parametrize("name", sorted(variants().bad))
def test_r40_the_server_has_to_prove_its_name(ca_file: Path, name: str) -> None:
    server = ListServer(variants().bad[name])

    with pytest.raises(errors.NetProblem):
        leave(server.url(), ca_file)

    assert server.seen == []
    server.close()


def test_a_long_answer_is_not_read(server: ListServer, ca_file: Path) -> None:
    server.answers["/u"] = (200, {}, b"x" * 20_000_000)
    started = time.monotonic()

    leave(server.url(), ca_file)

    assert time.monotonic() - started < 5


def test_a_server_that_says_nothing_is_left(ca_file: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    with pytest.raises(errors.NetProblem):
        leave(f"https://localhost:{listener.getsockname()[1]}/u", ca_file, timeout_s=0.3)

    listener.close()


def test_a_server_that_takes_the_request_and_says_nothing_is_left(server: ListServer, ca_file: Path) -> None:
    server.answers_now.clear()

    with pytest.raises(errors.ConnectionLost):
        leave(server.url(), ca_file, timeout_s=0.5)

    assert [body for _command, _path, _headers, body in server.seen] == [BODY]


def test_it_can_be_stopped() -> None:
    stop = threading.Event()
    stop.set()

    with pytest.raises(errors.Cancelled):
        unsubscribe.unsubscribe("https://localhost/u", stop)
