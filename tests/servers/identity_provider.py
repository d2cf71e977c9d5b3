"""An identity provider for tests: a person who agrees at once, tokens that end, rotate, are revoked and looked up.

It checks what a real one checks (client, redirect, PKCE, a code used once, a refresh token that was replaced), fails as
a test tells it to, and counts. Dovecot asks it whether a token is good (`introspection_url`).
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import http.server
import json
import secrets
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import OAuth, Provider, Redirect, SignIn

CLIENT = Client("rapport-of-the-test", "secret-of-the-client")
Failure = tuple[int, bytes] | Callable[[http.server.BaseHTTPRequestHandler], None]


@dataclass
class _Code:
    person: str
    challenge: str
    redirect_uri: str


@dataclass
class IdentityProvider:
    """A running provider; `tls` gives it a certificate for localhost. Close it, or let the fixture do so."""

    tls: ssl.SSLContext | None = None
    host: str = "127.0.0.1"
    forms: list[dict[str, str]] = field(default_factory=list)
    """What was posted to the token endpoint, refused or not."""
    requests: list[dict[str, str]] = field(default_factory=list)
    """What browsers asked for."""
    connections: int = 0
    received: bytearray = field(default_factory=bytearray)
    """Bodies, after decryption."""

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()
        owner = self

        class Handler(_Handler):
            provider = owner

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.tls = self.tls
        self.port = int(self._server.server_address[1])
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def reset(self) -> None:
        """Forget everything a test said or did."""
        self.person = "ann@example.org"
        self.opens: dict[str, str] = {}
        """Whose token opens another mailbox than his own."""
        self.deny: dict[str, str] = {}
        """What the browser is answered in place of a code: `error` and `error_description`."""
        self.issuer = ""
        self.rotates = True
        self.patient = False
        """Takes a refresh token that was replaced until the new one is used, as RFC 9700 (4.14.2) lets it."""
        self.given: list[tuple[str, str]] = []
        """Access and refresh tokens, as they were given together."""
        self.expires_in: object = 3600
        self.failures: list[Failure] = []
        """What the next token calls are answered."""
        self.extra: dict[str, object] = {}
        self.before_answer: Callable[[], None] = lambda: None
        """Called after a token call did its work, and before it is answered."""
        self.forms.clear()
        self.requests.clear()
        self._codes: dict[str, _Code] = {}
        self._refresh: dict[str, str] = {}
        self._replaced: dict[str, str] = {}
        self._access: dict[str, str] = {}

    @property
    def url(self) -> str:
        return f"{'http' if self.tls is None else 'https'}://{self.host}:{self.port}"

    @property
    def introspection_url(self) -> str:
        return f"{self.url}/introspect"

    def provider(self, redirect: Redirect = Redirect.LOOPBACK, **changes: Any) -> Provider:
        """Return it as the program knows it."""
        oauth = OAuth(f"{self.url}/authorise", f"{self.url}/token", ("mail",), redirect=redirect, **changes)
        return Provider("test", "Test Mail", sign_ins=(SignIn.OAUTH,), oauth=oauth)

    def provider_file(self) -> str:
        """Return it as a person is given it."""
        said = {
            "id": "test",
            "name": "Test Mail",
            "authorise_url": f"{self.url}/authorise",
            "token_url": f"{self.url}/token",
            "scopes": ["mail"],
            "client_id": CLIENT.id,
            "client_secret": CLIENT.secret,
        }
        return json.dumps(said)

    @property
    def refreshes(self) -> int:
        return sum(form.get("grant_type") == "refresh_token" for form in list(self.forms))

    def browse(self, url: str) -> tuple[int, bytes]:
        """Be the browser: open an address and go where it leads, this computer included. Returns the last answer."""
        for _hop in range(4):
            parts = urlsplit(url)
            connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
            try:
                connection.request("GET", f"{parts.path or '/'}?{parts.query}")
                answer = connection.getresponse()
                body = answer.read()
            finally:
                connection.close()
            if answer.status != 302:
                return answer.status, body
            url = answer.getheader("Location") or ""
        raise AssertionError("too many redirects")

    def redirect_of(self, url: str) -> str:
        """Return where the browser is sent by an authorisation request, without going there."""
        return self._authorise(dict(parse_qsl(urlsplit(url).query)))

    def revoke(self) -> None:
        """Take every right back."""
        with self._lock:
            self._refresh.clear()
            self._access.clear()

    def expire(self) -> None:
        """Let every access token end now."""
        with self._lock:
            self._access.clear()

    def grant(self, person: str = "") -> str:
        """Return a refresh token as after a sign-in."""
        with self._lock:
            return self._new_refresh(person or self.person)

    def is_good(self, refresh_token: str) -> bool:
        return refresh_token in self._refresh

    def opened_by(self, token: str) -> str:
        """Return the mailbox that an access token opens, "" for none: what a server that sends asks."""
        person = self._access.get(token, "")
        return self.opens.get(person, person)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _new_refresh(self, person: str) -> str:
        token = "refresh-" + secrets.token_urlsafe(24)
        self._refresh[token] = person
        return token

    def _authorise(self, asked: dict[str, str]) -> str:
        self.requests.append(asked)
        assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT.id)
        assert (asked["code_challenge_method"], len(asked["code_challenge"])) == ("S256", 43)
        answer = {"state": asked["state"]}
        if self.issuer:
            answer["iss"] = self.issuer
        if self.deny:
            answer |= self.deny
        else:
            code = "code-" + secrets.token_urlsafe(16)
            self._codes[code] = _Code(self.person, asked["code_challenge"], asked["redirect_uri"])
            answer["code"] = code
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def _token(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        with self._lock:
            if (form.get("client_id"), form.get("client_secret")) != (CLIENT.id, CLIENT.secret):
                return 401, {"error": "invalid_client"}
            if form.get("grant_type") == "authorization_code":
                code = self._codes.pop(form.get("code", ""), None)
                digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
                challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                if code is None or code.challenge != challenge or code.redirect_uri != form.get("redirect_uri"):
                    return 400, {"error": "invalid_grant", "error_description": "code not known"}
                person, refresh = code.person, self._new_refresh(code.person)
            elif form.get("grant_type") == "refresh_token":
                known = self._refresh.get(form.get("refresh_token", ""))
                if known is None:
                    return 400, {"error": "invalid_grant", "error_description": "token not known"}
                person, refresh = known, ""
                if self.rotates:
                    used, refresh = form["refresh_token"], self._new_refresh(person)
                    gone = self._replaced.pop(used, "") if self.patient else used
                    self._refresh.pop(gone, None)
                    self._replaced[refresh] = used
            else:
                return 400, {"error": "unsupported_grant_type"}
            access = "access-" + secrets.token_urlsafe(24)
            self._access[access] = person
            self.given.append((access, refresh))
            answer: dict[str, object] = {
                "access_token": access,
                "token_type": "Bearer",
                "expires_in": self.expires_in,
                "id_token": ".".join(["e30", _base64(json.dumps({"email": person}).encode()), "x"]),
            }
            return 200, answer | ({"refresh_token": refresh} if refresh else {}) | self.extra

    def _introspect(self, form: dict[str, str], header: str) -> dict[str, object]:
        shown = form.get("token", "") or header.removeprefix("Bearer ")
        person = self._access.get(shown)
        if person is None:
            return {"active": False}
        return {"active": True, "email": self.opens.get(person, person), "scope": "mail"}


def _base64(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    tls: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        with self.tls.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of who left."""


class _Handler(http.server.BaseHTTPRequestHandler):
    provider: IdentityProvider
    timeout = 30

    def setup(self) -> None:
        super().setup()
        self.provider.connections += 1

    def do_GET(self) -> None:
        asked = dict(parse_qsl(urlsplit(self.path).query))
        if urlsplit(self.path).path == "/introspect":
            self._json(200, self.provider._introspect(asked, self.headers.get("Authorization", "")))
            return
        self.send_response(302)
        self.send_header("Location", self.provider._authorise(asked))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.provider.received += body
        form = dict(parse_qsl(body.decode(), keep_blank_values=True))
        if self.path.startswith("/introspect"):
            self._json(200, self.provider._introspect(form, self.headers.get("Authorization", "")))
            return
        self.provider.forms.append(form)
        failure = self.provider.failures.pop(0) if self.provider.failures else None
        if callable(failure):
            failure(self)
        elif failure is not None:
            self._send(failure[0], failure[1])
        else:
            status, answer = self.provider._token(form)
            self.provider.before_answer()
            self._json(status, answer)

    def _json(self, status: int, answer: dict[str, object]) -> None:
        self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the overridden method's
        """Say nothing."""


def cut(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Be a connection that ends before there is an answer."""
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def cut_after_work(handler: http.server.BaseHTTPRequestHandler) -> None:
    """Be a provider whose answer is lost on the way: what was asked for is done."""
    assert isinstance(handler, _Handler)
    handler.provider._token(handler.provider.forms[-1])
    cut(handler)
