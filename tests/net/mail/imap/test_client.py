"""The library over our own wire: what it sends, what it may not see, keep or raise (M4 to M6, R5, R13, C33)."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator

import pytest

from desktop.base.errors import Bug
from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap import client as client_module
from desktop.net.mail.imap.folders import FolderStatus, Namespace
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.servers.scripted_imap import Answer, Answers, Command, Peer, ScriptedImap

Start = Callable[..., ScriptedImap]
USER = 'ann "the\\odd" ä'
PASSWORD = 'canary-7391 "q\\ü {5}'
NOTHING = FolderStatus(None, None, None, None, None)

_opened: list[Session] = []


@pytest.fixture(autouse=True)
def _close_sessions() -> Iterator[None]:
    yield
    while _opened:
        _opened.pop()._connection.wire.close()


def connect(server: ScriptedImap, user: str = "ann", password: str = "secret") -> Session:
    endpoint = ImapEndpoint("localhost", server.port, Security.PLAIN, user)
    session = Session.open(endpoint, Password(password), TlsPolicy(), timeout_s=10)
    _opened.append(session)
    return session


# signing in


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 LITERAL+"])
def test_login_of_any_name_and_password(scripted: Start, capabilities: bytes) -> None:
    server = scripted(Answers(capabilities=capabilities))

    connect(server, USER, PASSWORD)
    connect(server, "ann b", 'p"\\ {5}')

    odd, plain = (command.arguments for command in server.commands if command.name == "LOGIN")
    assert odd == f"{USER} {PASSWORD}".encode()
    assert plain == b'"ann b" "p\\"\\\\ {5}"'


@pytest.mark.parametrize("question", [b"+ \r\n", b"+\r\n", b"+ go ahead\r\n", b"+ Send\r\n", b"+ \xff\r\n"])
def test_plain_is_answered_once(scripted: Start, question: bytes) -> None:
    lines: list[bytes] = []

    def plain(peer: Peer, command: Command) -> None:
        peer.send(question)
        lines.append(peer.line())
        peer.send(b"* 5 EXISTS\r\n", question)
        lines.append(peer.line())
        peer.send(command.tag, b" NO cancelled\r\n")

    server = scripted(Answers({"AUTHENTICATE": plain}, capabilities=b"IMAP4rev1 AUTH=PLAIN"))

    with pytest.raises(errors.WrongPassword):
        connect(server, USER, PASSWORD)

    assert lines == [base64.b64encode(f"\0{USER}\0{PASSWORD}".encode()), b"*"]
    assert "LOGIN" not in server.names


def test_plain_that_is_not_understood_is_followed_by_login(scripted: Start) -> None:
    server = scripted(Answers({"AUTHENTICATE": b"TAG BAD what\r\n"}, capabilities=b"IMAP4rev1 AUTH=PLAIN SASL-IR"))

    connect(server)

    assert server.names[1:3] == ["AUTHENTICATE", "LOGIN"]


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 SASL-IR"])
def test_a_token_is_sent_by_xoauth2(scripted: Start, capabilities: bytes) -> None:
    sent: list[bytes] = []

    def authenticate(peer: Peer, command: Command) -> None:
        mechanism, _, token = command.arguments.partition(b" ")
        if not token:
            peer.send(b"+ \r\n")
            token = peer.line()
        sent.extend((mechanism, base64.b64decode(token)))
        if len(sent) > 2:
            peer.send(b"+ eyJzdGF0dXMiOiI0MDEifQ==\r\n")
            peer.line()
            peer.send(command.tag, b" NO [AUTHENTICATIONFAILED] expired\r\n")
        else:
            peer.send(command.tag, b" OK welcome\r\n")

    server = scripted(Answers({"AUTHENTICATE": authenticate}, capabilities=capabilities))
    client = connect(server)._client
    client._protocol.state = "NONAUTH"

    client.ask(client.oauth2_login, "ann", "t0ken", user="ann")
    with pytest.raises(errors.WrongPassword):
        client.ask(client.oauth2_login, "ann", "t0ken", user="ann")

    assert sent[:2] == [b"XOAUTH2", b"user=ann\x01auth=Bearer t0ken\x01\x01"]


def test_c33_the_library_logs_and_keeps_no_password(scripted: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = ("canary-7391", base64.b64encode(b"\0ann\0canary-7391").decode())
    for capabilities in (b"IMAP4rev1", b"IMAP4rev1 AUTH=PLAIN", b"IMAP4rev1 AUTH=PLAIN SASL-IR"):
        session = connect(scripted(Answers(capabilities=capabilities)), "ann", "canary-7391")
        session.create(b"x")
        assert session._client._protocol.debug == 0
        kept = str(vars(session._client)) + str(vars(session._client._protocol))
        assert not any(secret in kept for secret in secrets)

    assert not any(secret in caplog.text for secret in secrets)


# what is said beside an answer


def test_r05_unasked_data_beside_a_verb_of_the_library_is_news(scripted: Start) -> None:
    unasked = (
        b"* 9 EXISTS\r\n* 2 EXPUNGE\r\n* 3 FETCH (UID 900 FLAGS (\\Seen))\r\n* OK [ALERT] The building is closing\r\n"
        b"*\r\n\r\nfree text\r\n* STATUS Other (MESSAGES 1)\r\n* CAPABILITY IMAP4rev1 MOVE\r\n* 7\r\nR99 OK late\r\n"
    )
    server = scripted(Answers({"CREATE": unasked + b"TAG OK done\r\n"}))
    session = connect(server)

    session.create(b"x")
    news = session.take_unsolicited()
    status = session.status(b"x")

    assert news.exists == 9
    assert news.expunged == 1
    assert [change.uid for change in news.flags] == [900]
    assert news.alerts == ("The building is closing",)
    assert session.has_move
    # what was said for another command is not taken for this one's answer
    assert status == NOTHING


def test_m05_unasked_data_without_end_closes(scripted: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "NOISE_MAX", 500)
    session = connect(scripted(Answers({"CREATE": b"* 1 EXISTS\r\n" * 2000})))

    with pytest.raises(errors.ProtocolBroken):
        session.create(b"x")

    assert session.closed


@pytest.mark.parametrize(
    ("answer", "expected", "closed"),
    [
        (b"TAG NO [NONEXISTENT] gone", errors.FolderGone, False),
        (b"TAG NO [ALREADYEXISTS] twice", errors.FolderExists, False),
        (b"TAG NO [OVERQUOTA] full", errors.OverQuota, False),
        (b"TAG BAD what", errors.ServerRefused, False),
        (b"TAG ok done", None, False),
        (b"TAG OK", None, False),
        (b"TAG MAYBE", errors.ProtocolBroken, True),
        (b"* BYE good night", errors.ConnectionLost, True),
    ],
)
def test_answers_to_verbs_of_the_library(
    scripted: Start, answer: bytes, expected: type[errors.NetProblem] | None, closed: bool
) -> None:
    session = connect(scripted(Answers({"CREATE": answer + b"\r\n"})))

    if expected is None:
        session.create(b"x")
    else:
        with pytest.raises(expected) as caught:
            session.create(b"x")
        # arguments of the library's frames hang on its exceptions
        assert caught.value.__cause__ is None
        assert caught.value.__context__ is None

    assert session.closed is closed
    if not closed:
        session.subscribe(b"x")


# data

DEEP = b"(" * 60_000


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b"* STATUS x (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 7 UNSEEN 0)", FolderStatus(3, 4, 7, 0, None)),
        (
            b"* status x (messages 3 highestmodseq 12345678901234567)",
            FolderStatus(3, None, None, None, 12345678901234567),
        ),
        (b'* STATUS {4}\r\na"b) (MESSAGES 3)', FolderStatus(3, None, None, None, None)),
        (b"* STATUS two words (MESSAGES 3 UIDNEXT 0)", FolderStatus(3, None, None, None, None)),
        (b"* STATUS Other (MESSAGES 1)\r\n* STATUS x (MESSAGES 3)", FolderStatus(3, None, None, None, None)),
        (b"* STATUS x (MESSAGES many UNSEEN -1 UIDNEXT NIL)", NOTHING),
        (b"* STATUS x (MESSAGES " + b"9" * 5000 + b")", NOTHING),
        (b"* STATUS x", NOTHING),
        (b"* STATUS x (MESSAGES 3", NOTHING),
        (b'* STATUS "x (MESSAGES 3)', NOTHING),
        (b"* STATUS " + DEEP, NOTHING),
        (b"* STATUS {300000}\r\n" + b"x" * 300_000 + b" (MESSAGES 3)", NOTHING),
        (b"* OK nothing to say", NOTHING),
    ],
)
def test_r13_status_as_servers_say_it(scripted: Start, said: bytes, expected: FolderStatus) -> None:
    session = connect(scripted(Answers({"STATUS": said + b"\r\nTAG OK done\r\n"})))

    assert session.status(b"x") == expected

    session.subscribe(b"x")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (b'* NAMESPACE (("INBOX." ".")) NIL NIL', Namespace(b"INBOX.", ".")),
        (b'* NAMESPACE (("" "/")("x/" "/")) NIL (("Public/" "/"))', Namespace(b"", "/")),
        (b'* NAMESPACE (("&AOQ-/" NIL)) NIL NIL', Namespace(b"&AOQ-/", "")),
        (b"* NAMESPACE NIL NIL NIL", None),
        (b"* NAMESPACE ((NIL NIL)) NIL NIL", None),
        (b"* NAMESPACE (()) NIL NIL", None),
        (b"* NAMESPACE x", None),
        (b"* NAMESPACE", None),
        (b"* NAMESPACE " + DEEP, None),
        (b"* 1 EXISTS", None),
    ],
)
def test_r13_namespaces_as_servers_say_them(scripted: Start, said: bytes, expected: Namespace | None) -> None:
    answers: dict[str, Answer] = {"NAMESPACE": said + b"\r\nTAG OK done\r\n"}
    session = connect(scripted(Answers(answers, capabilities=b"IMAP4rev1 NAMESPACE")))

    assert session.personal_namespace() == expected

    session.subscribe(b"x")


@pytest.mark.parametrize(
    ("identity", "enabled", "qresync"),
    [
        (b'* ID ("name" "x")\r\nTAG OK done\r\n', b"* ENABLED QRESYNC CONDSTORE\r\nTAG OK done\r\n", True),
        (b"* ID NIL\r\nTAG OK done\r\n", b"* ENABLED qresync\r\nTAG OK done\r\n", True),
        (b"* ID (((\r\nTAG OK done\r\n", b"* ENABLED\r\nTAG OK done\r\n", False),
        (b"TAG NO no\r\n", b"TAG NO no\r\n", False),
        (b"TAG BAD no\r\n", b"TAG OK done\r\n", False),
        (b"TAG OK done\r\n", b"* ENABLED {7}\r\nQRESYNC\r\nTAG OK done\r\n", False),
    ],
)
def test_id_and_enable_may_be_declined(scripted: Start, identity: bytes, enabled: bytes, qresync: bool) -> None:
    answers: dict[str, Answer] = {"ID": identity, "ENABLE": enabled}
    server = scripted(Answers(answers, capabilities=b"IMAP4rev1 ID ENABLE CONDSTORE QRESYNC"))

    session = connect(server)

    assert session.has_qresync is qresync
    told = {command.name: command.arguments for command in server.commands}
    assert told["ID"].startswith(b'("name" "Rapport" "version" "')
    assert told["ENABLE"] == b"QRESYNC"


# names


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 LITERAL+"])
def test_names_that_are_no_ascii_go_as_literals(scripted: Start, capabilities: bytes) -> None:
    server = scripted(Answers(capabilities=capabilities))
    session = connect(server)

    session.rename(b"raw \xc3\xa4", b"latin \xe4}")
    session.status(b"tab\t")
    session.delete(b'quo"te\\d')

    assert [command.arguments for command in server.commands[-3:]] == [
        b"raw \xc3\xa4 latin \xe4}",
        b"tab\t (MESSAGES UIDNEXT UIDVALIDITY UNSEEN)",
        b'"quo\\"te\\\\d"',
    ]


def test_m04_nothing_the_library_composes_breaks_a_line(scripted: Start) -> None:
    server = scripted(Answers())

    for text in ("x\r\nX3 DELETE c", "\xe4\nX3 DELETE c", "x\0"):
        client = connect(server)._client
        client._protocol.state = "SELECTED"
        with pytest.raises(errors.UnsafeArgument):
            client.ask(client.search, ["SUBJECT", text], "UTF-8")
        assert client.connection.wire.closed
        client = connect(server)._client
        with pytest.raises(errors.UnsafeArgument):
            client.ask(client.create_folder, text.encode())
        with pytest.raises(errors.ProtocolBroken):
            # said by the library itself, without asking the server
            client.ask(client.enable, "X")

    assert not {"X3", "UID SEARCH", "SEARCH", "CREATE", "ENABLE"} & set(server.names)


def test_a_refused_literal_leaves_the_session_usable(scripted: Start) -> None:
    def script(peer: Peer) -> None:
        peer.send(b"* OK ready\r\n")
        while True:
            line = peer.line()
            refused = b"NO [CANNOT] no such octets" if line.endswith(b"}") else b"OK done"
            peer.send(b"* CAPABILITY IMAP4rev1\r\n", line.split(b" ")[0], b" ", refused, b"\r\n")

    session = connect(scripted(script))

    with pytest.raises(errors.ServerRefused) as caught:
        session.rename(b"\xe4", b"b")
    session.create(b"a")

    assert caught.value.code == "CANNOT"


def test_r04_no_verb_while_mails_are_read(scripted: Start) -> None:
    fetched = b"* 1 FETCH (UID 1 BODY[] {1}\r\nx)\r\n* 2 FETCH (UID 2 BODY[] {1}\r\ny)\r\nTAG OK done\r\n"
    session = connect(scripted(Answers({"UID FETCH": fetched})))
    session.select(b"INBOX")
    mails = session.fetch_full([1, 2])

    first = next(mails)
    with pytest.raises(Bug):
        session.create(b"x")
    rest = list(mails)

    assert [mail.uid for mail in (first, *rest)] == [1, 2]
    session.create(b"x")
