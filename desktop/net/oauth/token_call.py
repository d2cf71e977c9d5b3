"""The one call to a provider's token endpoint (RFC 6749, sections 4.1.3, 5 and 6): a form goes there, JSON comes back.

By https, with the certificate rules of every other channel (R40). No redirects, no cookies, no proxy; size and time are
limited. Secrets stand in the body and nowhere else: neither in an address nor in an error. Blocking; any thread.
"""

from __future__ import annotations

import base64
import http.client
import json
import re
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from desktop.base import log
from desktop.base.version import VERSION
from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import Provider
from desktop.net import connect, errors, tls
from desktop.net.connect import Stop
from desktop.net.oauth.request import Request
from desktop.net.tls import TlsPolicy

TIMEOUT_S = 20.0
LARGEST_BYTES = 256 << 10
SHORTEST_LIFE_S, LONGEST_LIFE_S = 60.0, 24 * 3600.0
UNTOLD_LIFE_S = 3600.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")
"""RFC 6749, appendices A.12 and A.17, without the space, which nobody uses; it goes into SASL and HTTP lines."""
_ENDED = {"invalid_grant", "interaction_required", "login_required", "consent_required"}
_CLIENT = {"invalid_client", "unauthorized_client", "invalid_scope", "unsupported_grant_type", "invalid_request"}
_BUSY = {"temporarily_unavailable", "server_error", "slow_down"}


@dataclass(frozen=True, slots=True, repr=False)
class Tokens:
    """What a provider gave."""

    access_token: str
    good_for_s: float
    refresh_token: str = ""
    """"" where the one that was used stays good."""
    address: str = ""
    """Who signed in, where that was asked for and told."""


def exchange(
    provider: Provider, client: Client, request: Request, code: str, policy: TlsPolicy, *, cancel: Stop | None = None
) -> Tokens:
    """Return tokens for the code a browser brought. Raises NetProblem."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": request.redirect_uri,
        "code_verifier": request.verifier,
    }
    for secret in (code, request.verifier):
        log.protect(secret)
    try:
        return _call(provider, client, form, policy, provider.name, cancel)
    except errors.SignInEnded as problem:
        # of a code it means that it was too old or used before
        raise errors.SignInFailed(provider.name, details=problem.details) from None


def refresh(
    provider: Provider, client: Client, refresh_token: str, user: str, policy: TlsPolicy, *, cancel: Stop | None = None
) -> Tokens:
    """Return a new access token, and a new refresh token where the provider changes it.

    Once the form is sent `cancel` is no longer heard: a provider that has changed the token would not say so again.
    Raises SignInEnded where the refresh token is good for nothing any more, and other NetProblem; `user` is for texts.
    """
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return _call(provider, client, form, policy, user, cancel)


def _call(
    provider: Provider, client: Client, form: dict[str, str], policy: TlsPolicy, user: str, cancel: Stop | None
) -> Tokens:
    oauth = provider.oauth
    assert oauth is not None
    if client.secret:
        log.protect(client.secret)
        form["client_secret"] = client.secret
    body = urlencode({**form, "client_id": client.id}).encode("ascii")
    status, octets = _post(oauth.token_url, body, policy, cancel)
    host = urlsplit(oauth.token_url).hostname or ""
    try:
        found = json.loads(octets)
    except (ValueError, RecursionError):
        found = None
    if status == http.client.OK and isinstance(found, dict):
        return _tokens(found, host)
    secrets = [value for name, value in form.items() if name not in ("grant_type", "redirect_uri")]
    said = _said(status, found if isinstance(found, dict) else {}, secrets)
    raise _problem(status, said, provider, host, user)


def _post(url: str, body: bytes, policy: TlsPolicy, cancel: Stop | None) -> tuple[int, bytes]:
    """Send a form and return status and body of the answer."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    request = http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    request.sock = connection = _connected(parts.scheme, host, port, policy, cancel)
    try:
        with connect.ended(connection, TIMEOUT_S) as late:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            request.putrequest("POST", path, skip_accept_encoding=True)
            for name, value in (
                ("User-Agent", f"Rapport/{VERSION}"),
                ("Accept", "application/json"),
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Content-Length", str(len(body))),
                ("Connection", "close"),
            ):
                request.putheader(name, value)
            request.endheaders(body)
            response = request.getresponse()
            octets = response.read(LARGEST_BYTES + 1)
            if late.is_set():
                raise errors.ConnectionLost(host, details="too slow")
    except OSError as error:
        raise errors.from_os_error(error, host, port) from error
    except http.client.IncompleteRead as error:
        raise errors.ConnectionLost(host, details=type(error).__name__) from error
    except (http.client.HTTPException, ValueError) as error:
        raise errors.ProtocolBroken(host, details=type(error).__name__) from error
    finally:
        request.close()
    if len(octets) > LARGEST_BYTES:
        raise errors.TooLarge(host, LARGEST_BYTES)
    return response.status, octets


def _connected(scheme: str, host: str, port: int, policy: TlsPolicy, cancel: Stop | None) -> socket.socket:
    def dial() -> socket.socket:
        return connect.dial(host, port, timeout_s=TIMEOUT_S, cancel=cancel)

    # in clear only to this computer: nothing else becomes a provider (`domain.mail.provider_file`)
    return dial() if scheme == "http" else tls.secure(dial, host, port, policy, cancel=cancel)


def _tokens(found: Mapping[str, object], host: str) -> Tokens:
    """Return the tokens of a successful answer (RFC 6749, section 5.1). Raises ProtocolBroken."""
    access, kind = found.get("access_token"), found.get("token_type", "bearer")
    if not isinstance(access, str) or not _TOKEN.fullmatch(access):
        raise errors.ProtocolBroken(host, details="no access token")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise errors.ProtocolBroken(host, details="token of another type")
    refresh_token = found.get("refresh_token") or ""
    if not isinstance(refresh_token, str) or (refresh_token and not _TOKEN.fullmatch(refresh_token)):
        raise errors.ProtocolBroken(host, details="no usable refresh token")
    for secret in (access, refresh_token):
        log.protect(secret)
    return Tokens(access, _life(found.get("expires_in")), refresh_token, _address(found.get("id_token")))


def _life(told: object) -> float:
    """Return how long a token is good, in seconds; some tell it as a text."""
    try:
        seconds = float(told) if isinstance(told, int | float | str) else UNTOLD_LIFE_S
    except (ValueError, OverflowError):
        seconds = UNTOLD_LIFE_S
    # written so that NaN, too, ends up within
    return min(LONGEST_LIFE_S, seconds) if seconds >= SHORTEST_LIFE_S else SHORTEST_LIFE_S


def _address(id_token: object) -> str:
    """Return whose address an ID token names; it came from the provider itself over TLS (OpenID Core, 3.1.3.7)."""
    if not isinstance(id_token, str) or id_token.count(".") != 2:
        return ""
    middle = id_token.split(".")[1]
    try:
        claims = json.loads(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (ValueError, RecursionError):
        return ""
    named = [claims.get(name) for name in ("email", "preferred_username")] if isinstance(claims, dict) else []
    return next((errors.server_words(name) for name in named if isinstance(name, str) and "@" in name), "")


@dataclass(frozen=True, slots=True)
class _Said:
    """Why a provider refused: its word for programs and its words for people."""

    error: str
    details: str


def _said(status: int, found: Mapping[str, object], secrets: list[str]) -> _Said:
    """Return what an answer says; what it quotes of secrets it was shown is taken out."""
    error, described = (
        value if isinstance(value, str) else "" for value in (found.get("error"), found.get("error_description"))
    )
    details = f"{error}: {described}" if described else error or f"HTTP {status}"
    for secret in secrets:
        details = details.replace(secret, "***")
    return _Said(error, details)


def _problem(status: int, said: _Said, provider: Provider, host: str, user: str) -> errors.NetProblem:
    """Return what a refusal means (RFC 6749, section 5.2)."""
    if status == http.client.TOO_MANY_REQUESTS:
        return errors.Throttled(host, details=said.details)
    if status >= http.client.INTERNAL_SERVER_ERROR or said.error in _BUSY:
        return errors.SignInTemporarilyRefused(host, user, details=said.details)
    if said.error in _ENDED:
        return errors.SignInEnded(user, details=said.details)
    if said.error == "access_denied":
        return errors.AccessDenied(provider.name, details=said.details)
    if said.error in _CLIENT or status == http.client.UNAUTHORIZED:
        return errors.ClientRefused(provider.name, details=said.details)
    return errors.ProtocolBroken(host, details=said.details)
