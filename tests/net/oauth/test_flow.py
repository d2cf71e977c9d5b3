"""A sign-in in the browser, from the first page to the grant: C41, and R40 for its channel."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.base import i18n, log
from desktop.base.errors import Remedy
from desktop.domain.mail.grant import Client, Grant
from desktop.domain.mail.provider import Provider, Redirect
from desktop.net import errors
from desktop.net.oauth import page
from desktop.net.oauth.flow import Flow
from desktop.net.oauth.request import new_request, read_answer
from tests.desk import until
from tests.servers.identity_provider import CLIENT, IdentityProvider

ADDRESS = "ann@example.org"


class Running:
    """A sign-in under way; its browser does nothing by itself."""

    def __init__(self, provider: Provider, *, timeout_s: float = 60, client: Client = CLIENT) -> None:
        self.flow = Flow(provider, client, ADDRESS)
        self.cancel = threading.Event()
        self.result: Future[Grant] = Future()
        self._opened: Future[str] = Future()

        def run() -> None:
            try:
                self.result.set_result(self.flow.run(self._opened.set_result, self.cancel, timeout_s=timeout_s))
            except BaseException as error:
                self.result.set_exception(error)

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        """What the browser was to open."""
        return self._opened.result(20)

    @property
    def asked(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.url).query))

    @property
    def redirect_uri(self) -> str:
        return self.asked["redirect_uri"]

    @property
    def port(self) -> int:
        return urlsplit(self.redirect_uri).port or 0

    @property
    def grant(self) -> Grant:
        return self.result.result(30)

    def problem(self) -> errors.NetProblem:
        error = self.result.exception(30)
        assert isinstance(error, errors.NetProblem), error
        return error


def knock(port: int, target: str, *, method: str = "GET", host: str | None = None) -> tuple[int, bytes]:
    """Ask the listener for something, as any program on this computer may."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, target, headers={"Host": host} if host else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def is_open(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


@pytest.fixture
def running(identity_provider: IdentityProvider) -> Iterator[Callable[..., Running]]:
    started: list[Running] = []

    def start(redirect: Redirect = Redirect.LOOPBACK, *, timeout_s: float = 60, **changes: object) -> Running:
        started.append(Running(identity_provider.provider(redirect, **changes), timeout_s=timeout_s))
        return started[-1]

    yield start
    for one in started:
        one.cancel.set()
        one.thread.join(20)
        assert not one.thread.is_alive()


Start = Callable[..., Running]


@pytest.mark.parametrize("redirect", [Redirect.LOOPBACK, Redirect.LOCALHOST])
def test_c41_a_person_signs_in_in_the_browser(
    identity_provider: IdentityProvider, running: Start, redirect: Redirect
) -> None:
    sign_in = running(redirect, extra=(("access_type", "offline"), ("prompt", "consent")))

    status, shown = identity_provider.browse(sign_in.url)

    grant = sign_in.grant
    assert status == 200
    assert b"You can close this tab" in shown
    assert (grant.provider_id, grant.client, grant.address) == ("test", CLIENT, "ann@example.org")
    assert identity_provider.is_good(grant.refresh_token)
    assert grant.access_token.startswith("access-")
    assert grant.good_for_s == 3600
    asked = sign_in.asked
    assert (asked["scope"], asked["login_hint"], asked["access_type"]) == ("mail", ADDRESS, "offline")
    verifier = identity_provider.forms[0]["code_verifier"]
    assert 43 <= len(verifier) <= 128
    digest = hashlib.sha256(verifier.encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert identity_provider.forms[0]["redirect_uri"] == sign_in.redirect_uri
    assert not is_open(sign_in.port)


def test_c41_where_the_answer_goes_is_new_each_time(running: Start) -> None:
    first, second = running(), running()
    microsoft = running(Redirect.LOCALHOST)

    assert first.redirect_uri.startswith("http://127.0.0.1:")
    assert len(urlsplit(first.redirect_uri).path) > 20
    assert microsoft.redirect_uri == f"http://localhost:{microsoft.port}"
    for name in ("redirect_uri", "state", "code_challenge"):
        assert len({one.asked[name] for one in (first, second, microsoft)}) == 3


def test_c41_others_who_knock_are_refused_and_the_sign_in_goes_on(
    identity_provider: IdentityProvider, running: Start
) -> None:
    sign_in = running()
    path = urlsplit(sign_in.redirect_uri).path
    right = parse_qs(urlsplit(identity_provider.redirect_of(sign_in.url)).query)
    state, code = right["state"][0], right["code"][0]
    wrong = {
        f"{path}?{urlencode({'state': 'guessed', 'code': 'stolen'})}": 400,
        f"{path}?{urlencode({'code': code})}": 400,
        f"{path}?{urlencode({'state': state})}": 400,
        f"{path}?{urlencode({'state': state, 'code': code, 'error': 'access_denied'})}": 400,
        f"{path}?{urlencode([('state', state), ('code', code), ('code', 'other')])}": 400,
        f"{path}?{urlencode({'state': state, 'code': 'x' * 20_000})}": 400,
        f"{path}?state=%ff%fe&code=1": 400,
        path: 400,
        "/": 404,
        f"/other?{urlencode({'state': state, 'code': code})}": 404,
        f"{path}/more?{urlencode({'state': state, 'code': code})}": 404,
        "/favicon.ico": 404,
        "*": 404,
    }

    for target, status in wrong.items():
        found, shown = knock(sign_in.port, target)
        assert (target[:80], found) == (target[:80], status)
        assert b"stolen" not in shown
    rebound = knock(sign_in.port, f"{path}?{urlencode(right, doseq=True)}", host="evil.example")
    posted = knock(sign_in.port, f"{path}?{urlencode(right, doseq=True)}", method="POST")
    for odd in (b"\x16\x03\x01 what is this", b"GET http://[bad/ HTTP/1.0", b"GET", b"X" * 70_000):
        with socket.create_connection(("127.0.0.1", sign_in.port), 10) as raw, contextlib.suppress(OSError):
            raw.sendall(odd + b"\r\nHost: 127.0.0.1:%d\r\n\r\n" % sign_in.port)
            assert b"200 OK" not in raw.recv(1 << 16)

    assert (rebound[0], posted[0]) == (404, 501)
    assert not sign_in.result.done()
    assert identity_provider.browse(sign_in.url)[0] == 200
    assert sign_in.grant.refresh_token
    assert [form["code"] for form in identity_provider.forms] != ["stolen"]


def test_c41_silent_connections_hold_nothing_up(identity_provider: IdentityProvider, running: Start) -> None:
    """A browser opens connections ahead and uses one of them."""
    sign_in = running()
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(("127.0.0.1", sign_in.port), 10))

        assert identity_provider.browse(sign_in.url)[0] == 200

        assert sign_in.grant.refresh_token
    until(lambda: not is_open(sign_in.port), 10)


def test_c41_one_of_many_right_hits_counts(identity_provider: IdentityProvider, running: Start) -> None:
    sign_in = running()
    answer = identity_provider.redirect_of(sign_in.url)
    target = f"{urlsplit(answer).path}?{urlsplit(answer).query}"
    statuses: list[int] = []
    ready = threading.Barrier(8)

    def hit() -> None:
        ready.wait(10)
        with contextlib.suppress(OSError, http.client.HTTPException):
            statuses.append(knock(sign_in.port, target)[0])

    threads = [threading.Thread(target=hit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert sign_in.grant.refresh_token
    assert statuses.count(200) == 1
    assert len(identity_provider.forms) == 1


def test_c41_the_listener_closes_when_nobody_comes(running: Start) -> None:
    sign_in = running(timeout_s=0.3)
    port = sign_in.port

    problem = sign_in.problem()

    assert isinstance(problem, errors.NobodySignedIn)
    assert problem.remedy is Remedy.RETRY
    assert not is_open(port)


def test_a_sign_in_can_be_cancelled(running: Start) -> None:
    sign_in = running()
    port = sign_in.port

    sign_in.cancel.set()

    assert isinstance(sign_in.problem(), errors.Cancelled)
    assert not is_open(port)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"error": "access_denied"}, errors.AccessDenied),
        ({"error": "consent_required", "error_description": "AADSTS65001: not consented"}, errors.AccessDenied),
        ({"error": "unauthorized_client"}, errors.ClientRefused),
        ({"error": "invalid_scope", "error_description": "no such scope"}, errors.ClientRefused),
        ({"error": "temporarily_unavailable"}, errors.Throttled),
        ({"error": "odd"}, errors.SignInFailed),
    ],
)
def test_who_says_no_in_the_browser_is_told_apart(
    identity_provider: IdentityProvider,
    running: Start,
    answer: dict[str, str],
    expected: type[errors.NetProblem],
) -> None:
    identity_provider.deny = answer
    sign_in = running()

    status, shown = identity_provider.browse(sign_in.url)

    problem = sign_in.problem()
    assert type(problem) is expected
    assert problem.details.startswith(answer["error"])
    assert (status, b"no access" in shown) == (200, True)
    assert problem.can_retry is (expected not in (errors.AccessDenied, errors.ClientRefused))
    assert ("administrator" in problem.text) is ("AADSTS" in problem.details)
    assert identity_provider.forms == []


@pytest.mark.parametrize("told", ["https://other.example", "https://id.example/", "HTTPS://ID.EXAMPLE"])
def test_c41_an_answer_of_another_issuer_is_not_used(
    identity_provider: IdentityProvider, running: Start, told: str
) -> None:
    """RFC 9207: the code of one provider must not be shown to another."""
    identity_provider.issuer = told
    sign_in = running(issuer="https://id.example")

    identity_provider.browse(sign_in.url)

    assert isinstance(sign_in.problem(), errors.SignInFailed)
    assert identity_provider.forms == []


@pytest.mark.parametrize("told", ["https://id.example", ""])
def test_c41_an_answer_of_the_right_issuer_is_used(
    identity_provider: IdentityProvider, running: Start, told: str
) -> None:
    identity_provider.issuer = told
    sign_in = running(issuer="https://id.example")

    identity_provider.browse(sign_in.url)

    assert sign_in.grant.refresh_token


@pytest.mark.parametrize("redirect", list(Redirect))
def test_the_address_the_browser_ended_at_can_be_pasted(
    identity_provider: IdentityProvider, redirect: Redirect
) -> None:
    client = Client(CLIENT.id, CLIENT.secret, page="https://app.example/signed-in")
    sign_in = Running(identity_provider.provider(redirect), client=client)
    answer = identity_provider.redirect_of(sign_in.url)

    for foreign in ("", "https://app.example/", "https://app.example/?code=1&state=2", "http://[bad", sign_in.url):
        with pytest.raises(errors.ForeignAnswer):
            sign_in.flow.paste(foreign)
    assert not sign_in.result.done()
    sign_in.flow.paste(f"  {answer}\n")

    assert sign_in.grant.refresh_token
    if redirect is Redirect.PAGE:
        assert sign_in.redirect_uri == "https://app.example/signed-in"


def test_what_is_pasted_before_there_is_a_sign_in_is_foreign(identity_provider: IdentityProvider) -> None:
    with pytest.raises(errors.ForeignAnswer):
        Flow(identity_provider.provider(), CLIENT, ADDRESS).paste("http://127.0.0.1/?code=1&state=2")


def test_a_sign_in_without_a_lasting_right_failed(identity_provider: IdentityProvider, running: Start) -> None:
    identity_provider.extra = {"refresh_token": ""}
    sign_in = running()

    identity_provider.browse(sign_in.url)

    assert isinstance(sign_in.problem(), errors.SignInFailed)


def test_a_code_that_the_provider_no_longer_takes_is_no_ended_sign_in(
    identity_provider: IdentityProvider, running: Start
) -> None:
    sign_in = running()
    identity_provider.failures = [(400, b'{"error": "invalid_grant"}')]

    identity_provider.browse(sign_in.url)

    problem = sign_in.problem()
    assert isinstance(problem, errors.SignInFailed)
    assert problem.can_retry


def test_a_browser_that_cannot_be_opened_ends_the_sign_in(identity_provider: IdentityProvider) -> None:
    ports: list[int] = []

    def refuse(url: str) -> None:
        ports.append(urlsplit(dict(parse_qsl(urlsplit(url).query))["redirect_uri"]).port or 0)
        raise OSError("no browser")

    with pytest.raises(OSError, match="no browser"):
        Flow(identity_provider.provider(), CLIENT, ADDRESS).run(refuse)

    assert not is_open(ports[0])


def test_a_provider_without_sign_in_in_the_browser_is_a_problem() -> None:
    with pytest.raises(errors.ClientRefused):
        Flow(Provider("plain", "Plain Mail"), CLIENT, ADDRESS)


@pytest.mark.parametrize("words", [page.signed_in, page.not_signed_in, page.refused])
def test_the_page_is_static_and_in_the_persons_language(words: Callable[[], bytes]) -> None:
    english = words().decode()
    i18n.set_language("ru")
    russian = words().decode()

    assert ('lang="en"' in english, 'lang="ru"' in russian) == (True, True)
    assert any("а" <= letter <= "я" for letter in russian)
    for shown in (english, russian):
        assert not [bad for bad in ("<script", "http", "<a ", "<img", "src=") if bad in shown]
    assert ("Content-Security-Policy", "default-src 'none'") in [(n, v.split(";")[0]) for n, v in page.HEADERS]


def test_c41_no_secret_is_told(
    identity_provider: IdentityProvider,
    running: Start,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """Neither log, output, error nor repr holds a code, a verifier, a token or the client's secret."""
    caplog.set_level(logging.DEBUG)
    good = running()
    identity_provider.browse(good.url)
    grant = good.grant
    bad = running()
    answer = identity_provider.redirect_of(bad.url)
    secrets_shown = dict(parse_qsl(urlsplit(answer).query))
    echo = f"bad code {secrets_shown['code']} for {CLIENT.secret}".encode()
    identity_provider.failures = [(400, b'{"error": "odd", "error_description": "%s"}' % echo)]
    bad.flow.paste(answer)
    problem = bad.problem()

    told = "".join(traceback.format_exception(problem)) + repr(problem) + problem.text + problem.details
    told += repr(grant) + repr(grant.client) + repr(good.flow._request) + caplog.text + "".join(capfd.readouterr())
    told += log.redact(f"{grant.access_token} {grant.refresh_token}", shorten_addresses=False)

    assert "bad code ***" in problem.details
    secrets_known = [
        grant.refresh_token,
        grant.access_token,
        CLIENT.secret,
        secrets_shown["code"],
        secrets_shown["state"],
    ]
    secrets_known += [form["code_verifier"] for form in identity_provider.forms]
    assert [secret for secret in secrets_known if secret in told] == []


@given(st.text() | st.lists(st.tuples(st.sampled_from(["state", "code", "error", "iss"]), st.text())).map(urlencode))
def test_c41_no_query_without_our_state_is_an_answer(query: str) -> None:
    request = new_request(Redirect.LOOPBACK, port=1)

    assert read_answer(query, request) is None
    assert read_answer(f"{query}&state={request.state}"[:10_000], request) is None or "code" in query or "err" in query
