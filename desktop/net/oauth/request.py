"""The browser's half of a sign-in: what it is sent to ask for, and what may be believed of what it brings back. Pure.

RFC 6749 (section 4.1), RFC 7636 (PKCE), RFC 8252 (programs on a desktop), RFC 9207 (`iss`).
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import LOOPBACK, Provider, Redirect
from desktop.net import errors

_LONGEST_QUERY = 16_384
_MOST_FIELDS = 50
_ADMINISTRATOR = ("AADSTS65001", "AADSTS90094", "AADSTS900941", "consent_required")
"""What Microsoft says where only the administrator of an organisation may agree."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """One sign-in. Its secrets are new each time and good once: they tell our own answer from everybody else's."""

    state: str
    verifier: str
    redirect_uri: str

    @property
    def path(self) -> str:
        """Where on this computer the answer arrives."""
        return urlsplit(self.redirect_uri).path or "/"

    @property
    def challenge(self) -> str:
        """What the provider learns of the verifier (RFC 7636, section 4.2)."""
        digest = hashlib.sha256(self.verifier.encode("ascii")).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def new_request(redirect: Redirect, *, port: int = 0, page: str = "") -> Request:
    """Return a new request whose answer comes to a port of this computer, or to a page."""
    uri = {
        Redirect.LOOPBACK: f"http://{LOOPBACK}:{port}/{secrets.token_urlsafe(16)}",
        Redirect.LOCALHOST: f"http://localhost:{port}",
        Redirect.PAGE: page,
    }[redirect]
    # 43 characters of the alphabet of RFC 7636, section 4.1: 256 bits
    return Request(secrets.token_urlsafe(32), secrets.token_urlsafe(32), uri)


def address_of(request: Request, provider: Provider, client: Client, hint: str) -> str:
    """Return the address the browser is to open; `hint` is the mail address the person wants to sign in with."""
    oauth = provider.oauth
    assert oauth is not None
    fields = [
        ("response_type", "code"),
        ("client_id", client.id),
        ("redirect_uri", request.redirect_uri),
        ("scope", " ".join(oauth.scopes)),
        ("state", request.state),
        ("code_challenge", request.challenge),
        ("code_challenge_method", "S256"),
        *oauth.extra,
    ]
    if oauth.login_hint and hint:
        fields.append(("login_hint", hint))
    separator = "&" if urlsplit(oauth.authorise_url).query else "?"
    return f"{oauth.authorise_url}{separator}{urlencode(fields)}"


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """What the provider said by way of the browser: a code that is good once, or an error."""

    code: str = ""
    error: str = ""
    details: str = ""
    issuer: str = ""


def read_answer(query: str, request: Request) -> Answer | None:
    """Return what a query says to this request; None when it is an answer to something else, or none at all."""
    if len(query) > _LONGEST_QUERY:
        return None
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict")
    except ValueError:
        return None
    fields = dict(pairs)
    # no parameter may stand twice (RFC 6749, section 3.1)
    if len(fields) != len(pairs):
        return None
    if not secrets.compare_digest(fields.get("state", "").encode("utf-8", "replace"), request.state.encode()):
        return None
    code, error = fields.get("code", ""), fields.get("error", "")
    if bool(code) is bool(error):
        return None
    return Answer(code, error, fields.get("error_description", ""), fields.get("iss", ""))


def code_of(answer: Answer, provider: Provider) -> str:
    """Return the code of an answer. Raises AccessDenied, ClientRefused, SignInTemporarilyRefused, SignInFailed."""
    oauth, name = provider.oauth, provider.name
    assert oauth is not None
    if oauth.issuer and answer.issuer and answer.issuer != oauth.issuer:
        raise errors.SignInFailed(name, details="answer of another issuer")
    if not answer.error:
        return answer.code
    details = f"{answer.error}: {answer.details}" if answer.details else answer.error
    if any(mark in details for mark in _ADMINISTRATOR):
        raise errors.AccessDenied(name, by_administrator=True, details=details)
    if answer.error == "access_denied":
        raise errors.AccessDenied(name, details=details)
    if answer.error in {"unauthorized_client", "invalid_client", "invalid_request", "invalid_scope"}:
        raise errors.ClientRefused(name, details=details)
    if answer.error in {"temporarily_unavailable", "server_error"}:
        raise errors.Throttled(name, details=details)
    raise errors.SignInFailed(name, details=details)
