"""Waits on this computer for the browser to bring the answer of a sign-in (RFC 8252, section 7.3).

Bound to 127.0.0.1 alone, on a port the system picks. Every program on this computer may knock: what does not carry the
state of our request is refused, and the waiting goes on (C41). The one right answer ends it. A browser also opens
connections and says nothing on them, so each has a thread of its own, a few at a time.
"""

from __future__ import annotations

import contextlib
import http.server
import queue
import socket
import threading
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from desktop.domain.mail.provider import LOOPBACK
from desktop.net.oauth import page
from desktop.net.oauth.request import Answer, Request, read_answer

_SILENCE_S = 5.0
_MOST_AT_A_TIME = 32


class Listener:
    """Listens from when it is made until `close`; answers right hits only once `expect` has said what is right.

    Raises OSError where no port can be had.
    """

    def __init__(self) -> None:
        self._answers: queue.SimpleQueue[Answer] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._request: Request | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.1,), name="sign-in", daemon=True)
        self._thread.start()

    def __enter__(self) -> Listener:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def expect(self, request: Request) -> None:
        """Answer the browser that brings the answer to this request."""
        with self._lock:
            self._request = request

    def wait(self, timeout_s: float) -> Answer | None:
        """Return the answer, None when there is none in that time."""
        try:
            return self._answers.get(timeout=timeout_s)
        except queue.Empty:
            return None

    def close(self) -> None:
        """Give the port back and end what is still connected."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def judge(self, target: str) -> tuple[HTTPStatus, Answer | None]:
        """Return the status for a browser that asks for this address, and the answer it brings, once."""
        try:
            parts = urlsplit(target)
        except ValueError:
            return HTTPStatus.NOT_FOUND, None
        with self._lock:
            request = self._request
            if request is None or (parts.path or "/") != request.path:
                return HTTPStatus.NOT_FOUND, None
            answer = read_answer(parts.query, request)
            if answer is None:
                return HTTPStatus.BAD_REQUEST, None
            self._request = None
            return HTTPStatus.OK, answer

    def take(self, answer: Answer) -> None:
        """Give an answer to who waits, once the browser has its page."""
        self._answers.put(answer)


class _Server(http.server.ThreadingHTTPServer):
    """A thread for each connection, at most so many; who comes when all are taken is sent away."""

    daemon_threads = True
    allow_reuse_address = False
    request_queue_size = _MOST_AT_A_TIME

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        super().__init__((LOOPBACK, 0), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            welcome = len(self._open) < _MOST_AT_A_TIME
            if welcome:
                self._open.add(request)
        if welcome:
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        super().server_close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RD)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: what a stranger does to his connection is his."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection. Says nothing of what it was asked, neither to the log nor back."""

    server: _Server
    timeout = _SILENCE_S

    def do_GET(self) -> None:
        port = self.server.server_address[1]
        # a name of somebody else's that was made to lead here (DNS rebinding)
        ours = self.headers.get("Host", "") in (f"{LOOPBACK}:{port}", f"localhost:{port}")
        status, answer = self.server.listener.judge(self.path) if ours else (HTTPStatus.NOT_FOUND, None)
        words = page.refused() if answer is None else page.not_signed_in() if answer.error else page.signed_in()
        try:
            self._show(status, words)
        finally:
            if answer is not None:
                self.server.listener.take(answer)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        self._show(HTTPStatus(code), page.refused())

    def _show(self, status: HTTPStatus, words: bytes) -> None:
        self.send_response_only(status)
        for name, value in page.HEADERS:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(words)))
        self.end_headers()
        self.wfile.write(words)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the overridden method's
        """Log nothing: an address holds a code that is good for a sign-in."""
