"""Each provider as its servers really answer: recorded greetings, capabilities and folders, replayed to our sessions.

What may be used is used, what a provider only pretends to have is not, and what it refuses with is told for what it is
(R3, R7, R9, R10). Recordings are those of MailKit's tests.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.provider import Provider
from desktop.domain.mail.provider_table import TABLE
from desktop.engine.mail import sessions
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.session import Session
from tests.corpora import corpus
from tests.servers.scripted_imap import Answer, Answers, Command, Peer, ScriptedImap

PLAIN_GREETING = b"* OK ready\r\n"
SELECTED = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 1] ok\r\nTAG OK done\r\n"


def recorded(name: str) -> bytes:
    """Return a recording; "" for none."""
    path = corpus("mailkit-imap-transcripts") / "UnitTests" / "Net" / "Imap" / "Resources" / name
    octets = path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def _idle(peer: Peer, command: Command) -> None:
    peer.send(b"+ idling\r\n")
    assert peer.line() == b"DONE"
    peer.send(command.tag, b" OK done\r\n")


def account_at(port: int) -> MailAccount:
    return MailAccount(uuid.uuid4(), "me@example.org", imap=Endpoint("localhost", port, Security.PLAIN, "me"))


def signed_in(server: ScriptedImap, provider: Provider) -> Session:
    return sessions.open_session(account_at(server.port), Password("secret"), provider, timeout_s=10.0, cancel=None)


def open_inbox(server: ScriptedImap, provider: Provider) -> None:
    with closing(signed_in(server, provider)) as session:
        session.select(b"INBOX")


RECORDED = [
    # provider, greeting, capabilities after the sign-in, SELECT, and what of these is used
    ("google", "gmail/greeting.txt", "gmail/authenticate.txt", "gmail/select-toplevel.txt", {"CONDSTORE", "IDLE"}),
    ("microsoft", "exchange/greeting.txt", "exchange/capability-postauth.txt", "", {"IDLE"}),
    ("outlook", "exchange/greeting.txt", "exchange/capability-postauth.txt", "", {"IDLE"}),
    ("yahoo", "yahoo/greeting.txt", "yahoo/capabilities.txt", "yahoo/examine-inbox.txt", set()),
    ("aol", "yahoo/greeting.txt", "yahoo/capabilities.txt", "yahoo/examine-inbox.txt", set()),
    ("icloud", "", "icloud/capability.txt", "", {"CONDSTORE", "IDLE"}),
    ("yandex", "yandex/greeting.txt", "yandex/authenticate.txt", "yandex/select-inbox.txt", {"IDLE"}),
    ("zoho", "zoho/greeting.txt", "zoho/authenticate.txt", "zoho/examine-gesendet.txt", {"IDLE"}),
    ("proton", "", "protonmail/capability.txt", "", set()),
]


@pytest.mark.parametrize(("provider_id", "greeting", "offered", "selected", "used"), RECORDED)
def test_what_a_provider_has_is_used_and_nothing_else(
    scripted: Callable[..., ScriptedImap],
    provider_id: str,
    greeting: str,
    offered: str,
    selected: str,
    used: set[str],
) -> None:
    [provider] = [each for each in TABLE if each.id == provider_id]
    capabilities = recorded(offered).partition(b"* CAPABILITY ")[2].partition(b"\r\n")[0]
    answers: dict[str, Answer] = {
        "LOGIN": b"TAG OK signed in\r\n",
        "AUTHENTICATE": b"TAG OK signed in\r\n",
        "ENABLE": b"* ENABLED QRESYNC CONDSTORE\r\nTAG OK done\r\n",
        "SELECT": recorded(selected) if selected else SELECTED,
        "NAMESPACE": b'* NAMESPACE (("" "/")) NIL NIL\r\nTAG OK done\r\n',
        "LIST": b'* LIST (\\HasNoChildren) "/" INBOX\r\nTAG OK done\r\n',
        "XLIST": b'* XLIST (\\HasNoChildren \\Inbox) "/" INBOX\r\nTAG OK done\r\n',
        "IDLE": _idle,
    }
    without_plain = capabilities.replace(b"AUTH=PLAIN", b"").replace(b"LOGINDISABLED", b"")
    server = scripted(Answers(answers, without_plain, recorded(greeting) if greeting else PLAIN_GREETING))

    with closing(signed_in(server, provider)) as session:
        [inbox] = session.list_folders()
        opened = session.select(inbox.wire_name)
        session.status(b"Other")
        session.wait_for_news(0.2, renew_s=0.05, ask=provider.poll)

    said = b" ".join(command.arguments for command in server.commands)
    assert (b"CONDSTORE" in said or b"QRESYNC" in said) is ("CONDSTORE" in used)
    assert (b"HIGHESTMODSEQ" in said) is ("CONDSTORE" in used)
    assert (opened.highestmodseq is not None) is (
        "CONDSTORE" in used and b"HIGHESTMODSEQ" in recorded(selected or offered)
    )
    assert ("IDLE" in server.names) is ("IDLE" in used)
    assert ("NOOP" in server.names) is (provider.poll or "IDLE" not in used)
    assert ("XLIST" in server.names) is (b"XLIST" in capabilities)
    assert inbox.role.value == "inbox"


REFUSALS = [
    ("google", "LOGIN", b"TAG NO [ALERT] Too many simultaneous connections. (Failure)", errors.TooManyConnections),
    ("google", "LOGIN", b"TAG NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)", errors.WrongPassword),
    ("google", "LOGIN", b"TAG NO [ALERT] Application-specific password required (Failure)", errors.WrongPassword),
    (
        *("google", "SELECT"),
        b"TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits. (Failure)",
        errors.Throttled,
    ),
    ("google", "SELECT", b"* BYE [OVERQUOTA] Account exceeded bandwidth limits", errors.Throttled),
    ("microsoft", "LOGIN", b"TAG NO LOGIN failed.", errors.WrongPassword),
    ("microsoft", "LOGIN", b"TAG BAD User is authenticated but not connected.", errors.MailboxNotOpened),
    ("microsoft", "SELECT", b"TAG BAD User is authenticated but not connected.", errors.MailboxNotOpened),
    (
        "microsoft",
        "SELECT",
        b"TAG BAD Request is throttled. Suggested Backoff Time: 60000 milliseconds",
        errors.Throttled,
    ),
    (
        "microsoft",
        "LOGIN",
        b"* BYE Connection is closed. 14 Too many concurrent connections",
        errors.TooManyConnections,
    ),
    ("yahoo", "LOGIN", b"TAG NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", errors.WrongPassword),
    (
        "yahoo",
        "LOGIN",
        b"TAG NO [UNAVAILABLE] LOGIN Server error - Please try again later",
        errors.Throttled,
    ),
    ("yahoo", "LOGIN", b"TAG NO [LIMIT] LOGIN Rate limit hit", errors.Throttled),
    ("icloud", "LOGIN", b"TAG NO [AUTHENTICATIONFAILED] Authentication failed", errors.WrongPassword),
    ("gmx", "LOGIN", b"TAG NO authentication failed", errors.WrongPassword),
    (
        "yandex",
        "LOGIN",
        b"TAG NO [AUTHENTICATIONFAILED] LOGIN invalid credentials or IMAP is disabled",
        errors.WrongPassword,
    ),
    ("zoho", "LOGIN", b"TAG NO [ALERT] Too many simultaneous connections. (Failure)", errors.TooManyConnections),
    (
        *("fastmail", "LOGIN"),
        b"* BYE [UNAVAILABLE] Maximum number of connections from user+IP exceeded",
        errors.TooManyConnections,
    ),
]


@pytest.mark.parametrize(("provider_id", "command", "words", "expected"), REFUSALS)
def test_what_a_provider_refuses_with_is_told_for_what_it_is(
    scripted: Callable[..., ScriptedImap],
    provider_id: str,
    command: str,
    words: bytes,
    expected: type[errors.NetProblem],
) -> None:
    [provider] = [each for each in TABLE if each.id == provider_id]
    answers: dict[str, Answer] = {command: words + b"\r\n"}
    server = scripted(Answers(answers))

    with pytest.raises(errors.NetProblem) as caught:
        open_inbox(server, provider)

    assert type(caught.value) is expected
    if expected is not errors.WrongPassword:
        assert caught.value.back_off_s >= 90
    else:
        assert not caught.value.can_retry


def test_recordings_are_of_every_provider_there_is_one_of() -> None:
    folder: Path = corpus("mailkit-imap-transcripts") / "UnitTests" / "Net" / "Imap" / "Resources"
    of_providers = {"gmail", "exchange", "yahoo", "icloud", "yandex", "zoho", "protonmail"}

    assert of_providers <= {path.name for path in folder.iterdir()}
    assert {row[0] for row in RECORDED} <= {each.id for each in TABLE}
