"""The call to a token endpoint, on good days and bad ones (R43), and what a wrong certificate learns (R40)."""

from __future__ import annotations

import http.server
import threading
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.domain.certificate import trust_key
from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import OAuth, Provider
from desktop.net import errors
from desktop.net.oauth import token_call
from desktop.net.oauth.token_call import Tokens, refresh
from desktop.net.tls import TlsPolicy
from tests.servers.identity_provider import CLIENT, Failure, IdentityProvider, cut
from tests.servers.tls_certs import variants

REFRESH_TOKEN = "refresh-canary-token"
USER = "ann@example.org"


def ask(server: IdentityProvider, token: str = REFRESH_TOKEN, policy: TlsPolicy | None = None) -> Tokens:
    return refresh(server.provider(), CLIENT, token, USER, policy or TlsPolicy())


def test_a_refresh_gives_tokens(identity_provider: IdentityProvider) -> None:
    token = identity_provider.grant()

    got = ask(identity_provider, token)

    assert got.access_token.startswith("access-")
    assert identity_provider.is_good(got.refresh_token)
    assert not identity_provider.is_good(token)
    assert identity_provider.forms == [
        {
            "grant_type": "refresh_token",
            "refresh_token": token,
            "client_id": CLIENT.id,
            "client_secret": CLIENT.secret,
        }
    ]


def test_a_public_client_shows_no_secret(identity_provider: IdentityProvider) -> None:
    with pytest.raises(errors.ClientRefused):
        refresh(identity_provider.provider(), Client(CLIENT.id), "t", USER, TlsPolicy())

    assert "client_secret" not in identity_provider.forms[0]


@pytest.mark.parametrize(
    ("failure", "expected", "back_off"),
    [
        ((400, b'{"error": "invalid_grant"}'), errors.SignInEnded, 0),
        ((400, b'{"error": "invalid_grant", "error_description": "AADSTS700082: expired"}'), errors.SignInEnded, 0),
        ((400, b'{"error": "interaction_required"}'), errors.SignInEnded, 0),
        ((401, b'{"error": "invalid_client"}'), errors.ClientRefused, 0),
        ((401, b"<html>"), errors.ClientRefused, 0),
        ((400, b'{"error": "unauthorized_client"}'), errors.ClientRefused, 0),
        ((403, b'{"error": "access_denied"}'), errors.AccessDenied, 0),
        ((400, b'{"error": "temporarily_unavailable"}'), errors.SignInTemporarilyRefused, 90),
        ((500, b'{"error": "invalid_grant"}'), errors.SignInTemporarilyRefused, 90),
        ((503, b"<html>busy"), errors.SignInTemporarilyRefused, 90),
        ((429, b'{"error": "invalid_grant"}'), errors.Throttled, 90),
        ((400, b"[]"), errors.ProtocolBroken, 0),
        ((400, b'{"error": 5}'), errors.ProtocolBroken, 0),
        ((404, b""), errors.ProtocolBroken, 0),
        ((302, b""), errors.ProtocolBroken, 0),
        ((200, b""), errors.ProtocolBroken, 0),
        ((200, b"null"), errors.ProtocolBroken, 0),
        ((200, b"[" * 50_000), errors.ProtocolBroken, 0),
        ((200, b"{}"), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": ""}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": 7}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": "a\\r\\nb"}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": "a\\u0001b"}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": "a", "token_type": "mac"}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": "a", "refresh_token": ["b"]}'), errors.ProtocolBroken, 0),
        ((200, b'{"access_token": "a", "refresh_token": "b c"}'), errors.ProtocolBroken, 0),
        ((200, b"x" * (token_call.LARGEST_BYTES + 1)), errors.TooLarge, 0),
        (cut, errors.ConnectionLost, 0),
    ],
)
def test_r43_what_a_token_endpoint_says_is_told_apart(
    identity_provider: IdentityProvider, failure: Failure, expected: type[errors.NetProblem], back_off: float
) -> None:
    identity_provider.failures = [failure]

    with pytest.raises(errors.NetProblem) as caught:
        ask(identity_provider)

    problem = caught.value
    assert type(problem) is expected
    assert problem.back_off_s >= back_off
    ended = expected in (errors.SignInEnded, errors.ClientRefused, errors.AccessDenied, errors.TooLarge)
    assert problem.can_retry is not ended
    assert (problem.remedy is Remedy.SIGN_IN) is (expected in (errors.SignInEnded, errors.AccessDenied))
    assert len(identity_provider.forms) == 1


def test_c41_what_an_endpoint_quotes_is_not_told(identity_provider: IdentityProvider) -> None:
    words = f"unknown token {REFRESH_TOKEN} of {CLIENT.secret}"
    identity_provider.failures = [(400, b'{"error": "invalid_grant", "error_description": "%s"}' % words.encode())]

    with pytest.raises(errors.SignInEnded) as caught:
        ask(identity_provider)

    told = "".join(traceback.format_exception(caught.value)) + caught.value.details + repr(caught.value)
    assert "unknown token *** of ***" in caught.value.details
    assert (REFRESH_TOKEN in told, CLIENT.secret in told) == (False, False)


def test_r43_an_endpoint_that_hangs_or_drips_costs_its_time_out(
    identity_provider: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(token_call, "TIMEOUT_S", 0.5)
    over = threading.Event()

    def drip(handler: http.server.BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n\r\n")
        while not over.wait(0.05):
            handler.wfile.write(b" ")

    identity_provider.failures = [lambda _handler: over.wait(20) and None, drip]
    for _ in range(2):
        began = clock.monotonic()
        with pytest.raises(errors.ConnectionLost):
            ask(identity_provider)
        assert clock.monotonic() - began < 5
    over.set()


def test_nobody_there_is_a_problem_that_passes() -> None:
    provider = Provider("t", "T", oauth=OAuth("http://127.0.0.1:9/a", "http://127.0.0.1:9/t", ("mail",)))

    with pytest.raises(errors.HostUnreachable) as caught:
        refresh(provider, CLIENT, REFRESH_TOKEN, USER, TlsPolicy())

    assert caught.value.can_retry


def test_a_cancelled_call_sends_nothing(identity_provider: IdentityProvider) -> None:
    cancel = threading.Event()
    cancel.set()

    with pytest.raises(errors.Cancelled):
        refresh(identity_provider.provider(), CLIENT, REFRESH_TOKEN, USER, TlsPolicy(), cancel=cancel)

    assert identity_provider.forms == []


@pytest.mark.parametrize("variant", sorted(variants().bad))
def test_r40_no_secret_is_sent_to_a_wrong_certificate(variant: str, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(variants().ca)
    credential = variants().bad[variant]
    server = IdentityProvider(tls=credential.server_context(), host="localhost")
    token = server.grant()
    try:
        with pytest.raises(errors.CertificateUntrusted) as caught:
            ask(server, token, TlsPolicy(ca_file, portal_port=0))
        assert server.received == b""
        assert caught.value.remedy is Remedy.TRUST_CERTIFICATE

        accepted = frozenset({trust_key("localhost", server.port, credential.sha256)})
        assert ask(server, token, TlsPolicy(ca_file, accepted, portal_port=0)).access_token
    finally:
        server.close()


def test_r40_the_right_certificate_is_believed(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    ca_file.write_bytes(variants().ca)
    server = IdentityProvider(tls=variants().good.server_context(), host="localhost")
    try:
        assert urlsplit(server.url).scheme == "https"
        assert ask(server, server.grant(), TlsPolicy(ca_file, portal_port=0)).access_token
    finally:
        server.close()


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        *((3600, 3600), ("3599", 3599), (None, 3600), ("soon", 3600), (0, 60), (-5, 60), (1e300, 86400), ("nan", 60)),
        *((True, 60), ([], 3600), ("1e999", 86400), (10**400, 3600)),
    ],
)
def test_r43_odd_lives_of_tokens_are_kept_within_bounds(told: object, seconds: float) -> None:
    assert token_call._life(told) == seconds


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(["access_token", "refresh_token", "token_type", "expires_in", "id_token"]), JSON, max_size=5
    ),
    st.text(max_size=40),
)
def test_any_answer_is_tokens_or_a_problem(found: dict[str, object], id_token: str) -> None:
    try:
        got = token_call._tokens({**found, "id_token": f"a.{id_token}.b"}, "id.example")
    except errors.ProtocolBroken:
        return
    assert token_call.SHORTEST_LIFE_S <= got.good_for_s <= token_call.LONGEST_LIFE_S
    assert got.access_token.isprintable()
