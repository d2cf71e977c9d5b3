"""Fixtures of the test servers, for every test: named in `pytest_plugins` of tests/conftest.py.

A server that is not installed skips the test with its reason on a contributor's machine and fails it where CI=true.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.corpora import missing
from tests.servers import dovecot as dovecot_server
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.gmail import Gmail
from tests.servers.identity_provider import IdentityProvider
from tests.servers.scripted_imap import Script, ScriptedImap
from tests.servers.smtp_receiver import SmtpReceiver


def need(available: bool, what: str) -> None:
    """Skip, or fail in CI, when a server program is missing."""
    if available:
        return
    missing(f"{what} is not installed on this machine")


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server for the whole run; every test makes users of its own."""
    need(dovecot_server.available(), "Dovecot (dovecot-imapd)")
    server = Dovecot.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def dovecot_with() -> Iterator[Callable[..., Dovecot]]:
    """Give a server with other settings, one for each set of them: `dovecot_with(extra="imap_capability = ...")`."""
    need(dovecot_server.available(), "Dovecot (dovecot-imapd)")
    running: dict[str, Dovecot] = {}

    def start(**settings: object) -> Dovecot:
        key = repr(sorted(settings.items()))
        if key not in running:
            running[key] = Dovecot.start(**settings)  # type: ignore[arg-type]
        return running[key]

    yield start
    for server in running.values():
        server.process.terminate()
    for server in running.values():
        server.stop()


@pytest.fixture
def gmail() -> Iterator[Gmail]:
    """A server that behaves as Gmail, of its own for each test."""
    server = Gmail()
    yield server
    server.close()


@pytest.fixture
def imap_user(dovecot: Dovecot) -> str:
    """A fresh user of the shared server; the password is `tests.servers.dovecot.PASSWORD`."""
    return dovecot.new_user()


@pytest.fixture
def fault_proxy(dovecot: Dovecot) -> Iterator[FaultProxy]:
    """A proxy in front of the shared server's plain port."""
    with FaultProxy(dovecot.imap_port) as proxy:
        yield proxy


@pytest.fixture(scope="session")
def _identity_provider() -> Iterator[IdentityProvider]:
    server = IdentityProvider()
    yield server
    server.close()


@pytest.fixture
def identity_provider(_identity_provider: IdentityProvider) -> IdentityProvider:
    """An identity provider that knows nothing of other tests."""
    _identity_provider.reset()
    return _identity_provider


@pytest.fixture
def token_dovecot(identity_provider: IdentityProvider, dovecot_with: Callable[..., Dovecot]) -> Dovecot:
    """A real IMAP server that takes the tokens of `identity_provider`."""
    return dovecot_with(introspection_url=identity_provider.introspection_url)


@pytest.fixture
def smtp_receiver() -> Iterator[Callable[..., SmtpReceiver]]:
    """Start real SMTP servers: `smtp_receiver(security=Security.TLS, tls=context, lmtp_port=dovecot.lmtp_port)`."""
    started: list[SmtpReceiver] = []

    def start(**settings: object) -> SmtpReceiver:
        started.append(SmtpReceiver(**settings).start())  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.close()


@pytest.fixture
def scripted() -> Iterator[Callable[..., ScriptedImap]]:
    """Start scripted servers: `scripted(Answers(...))`, `scripted(script, tls=context)`."""
    started: list[ScriptedImap] = []

    def start(script: Script, **settings: object) -> ScriptedImap:
        started.append(ScriptedImap(script, **settings))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for server in started:
        server.close()
