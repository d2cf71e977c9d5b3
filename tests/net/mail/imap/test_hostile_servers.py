"""Servers that announce too much, say what nobody asked, lie, break the rules (M5, M6, R2, R5, R13, R16)."""

from __future__ import annotations

import random
import socket
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap.client import Client
from desktop.net.mail.imap.connection import Connection
from desktop.net.mail.imap.fetching import Limits
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.mail.imap.wire import Wire
from desktop.net.tls import TlsPolicy
from tests.corpora import corpus
from tests.proof import rounds, seed
from tests.servers.scripted_imap import SELECTED, Answer, Answers, Command, Peer, ScriptedImap

Start = Callable[..., ScriptedImap]
ENDPOINT = ImapEndpoint("localhost", 143, Security.PLAIN, "ann")


_opened: list[Session] = []


@pytest.fixture(autouse=True)
def _close_sessions() -> Iterator[None]:
    """Close without a goodbye what a test opened: these servers might not answer it."""
    yield
    while _opened:
        _opened.pop()._connection.wire.close()


def connect(server: ScriptedImap, *, select: bool = True, timeout_s: float = 10) -> Session:
    endpoint = ImapEndpoint("localhost", server.port, Security.PLAIN, "ann")
    session = Session.open(endpoint, Password("secret"), TlsPolicy(), timeout_s=timeout_s)
    _opened.append(session)
    if select:
        session.select(b"INBOX")
    return session


# M5, M6: too much


@pytest.mark.parametrize("esearch", [True, False])
def test_m05_a_million_mails_are_searched_in_windows(scripted: Start, esearch: bool) -> None:
    count = 1_000_000
    asked: list[tuple[int, int]] = []

    def search(peer: Peer, command: Command) -> None:
        low, high = map(int, command.arguments.split()[-1].split(b":"))
        asked.append((low, high))
        high = min(high, count)
        if esearch:
            peer.send(b'* ESEARCH (TAG "x") UID ALL %d:%d\r\n' % (low, high))
        else:
            peer.send(b"* SEARCH ", b" ".join(b"%d" % uid for uid in range(low, high + 1)), b"\r\n")
        peer.send(command.tag, b" OK done\r\n")

    server = scripted(
        Answers(
            {"SELECT": SELECTED.replace(b"3 EXISTS", b"%d EXISTS" % count) + b"TAG OK done\r\n", "UID SEARCH": search},
            capabilities=b"IMAP4rev1 ESEARCH" if esearch else b"IMAP4rev1",
        )
    )
    session = connect(server)

    found = session.uid_window(1, count)

    assert found == list(range(1, count + 1))
    assert len(asked) >= 10
    assert all(b"*" not in command.arguments and command.arguments != b"ALL" for command in server.commands)
    session.close()


def test_m05_claims_of_four_billion_uids_are_not_believed(scripted: Start) -> None:
    server = scripted(
        Answers(
            {"UID SEARCH": b'* ESEARCH (TAG "x") UID ALL 1:4294967295\r\nTAG OK done\r\n'},
            capabilities=b"IMAP4rev1 ESEARCH",
        )
    )
    session = connect(server)

    found = session.uid_window(1, 4_294_967_295)

    assert len(found) <= 10_000
    session.close()


@pytest.mark.parametrize("size", [10**13, 4 << 30, (100 << 20), 10**19, 10**25])
@pytest.mark.parametrize("told", [b"RFC822.SIZE 500 ", b""])
def test_m06_announced_literals_take_no_memory(scripted: Start, size: int, told: bytes) -> None:
    answer = b"* 1 FETCH (UID 1 FLAGS () " + told + b"BODY[] {%d}\r\nSubject: x\r\n" % size
    server = scripted(Answers({"UID FETCH": answer}))
    session = connect(server)
    tracemalloc.start()

    with pytest.raises(errors.NetProblem) as caught:
        list(session.fetch_full([1]))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20
    assert session.closed
    if isinstance(caught.value, errors.TooLarge):
        assert caught.value.uid == 1


def test_m06_a_mail_within_limit_but_cut_takes_what_arrived(scripted: Start) -> None:
    def cut(peer: Peer, _command: Command) -> None:
        peer.send(b"* 1 FETCH (UID 1 BODY[] {60000000}\r\nonly this")
        peer.connection.shutdown(socket.SHUT_RDWR)

    session = connect(scripted(Answers({"UID FETCH": cut})))
    tracemalloc.start()

    with pytest.raises(errors.ConnectionLost):
        list(session.fetch_full([1]))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20


def test_m06_endless_lines_and_data_end(scripted: Start) -> None:
    def line(peer: Peer, _command: Command) -> None:
        while True:
            peer.send(b"x" * 65536)

    def flood(peer: Peer, _command: Command) -> None:
        while True:
            peer.send((b"* LIST () NIL {60000}\r\n" + b"y" * 60000 + b"\r\n") * 10)

    for answer in (line, flood):
        session = connect(scripted(Answers({"LIST": answer})), select=False)
        with pytest.raises(errors.NetProblem):
            session.list_folders()
        assert session.closed


def test_m06_deep_nesting_and_odd_tokens(scripted: Start) -> None:
    nested = b"(" * 200_000
    server = scripted(Answers({"UID FETCH": b"* 1 FETCH (UID 1 BODYSTRUCTURE " + nested + b"\r\nTAG OK done\r\n"}))
    session = connect(server)
    before = clock.monotonic()

    session.fetch_structure([1])
    server.close()

    assert clock.monotonic() - before < 30


def test_r16_an_item_that_only_begins_like_the_one_asked_for_is_none(scripted: Start) -> None:
    server = scripted(Answers({"UID FETCH": b"* 1 FETCH (UID 1 BODYSTRUCTUREX NIL)\r\nTAG OK done\r\n"}))

    assert connect(server).fetch_structure([1]) == {}


# R2, R3, R16: lies


def test_r02_missing_uidnext_is_asked_by_status(scripted: Start) -> None:
    server = scripted(
        Answers(
            {
                "SELECT": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\nTAG OK [READ-WRITE] done\r\n",
                "STATUS": b"* STATUS INBOX (MESSAGES 3 UIDNEXT 44 UIDVALIDITY 7)\r\nTAG OK done\r\n",
            }
        )
    )
    refusing = scripted(
        Answers({"SELECT": b"* 3 EXISTS\r\nTAG OK done\r\n", "STATUS": b"TAG NO not while it is selected\r\n"})
    )

    told = connect(server, select=False).select(b"INBOX")
    untold = connect(refusing, select=False).select(b"INBOX")

    assert (told.uidnext, told.uidvalidity, told.exists) == (44, 7, 3)
    assert (untold.uidnext, untold.uidvalidity, untold.exists) == (None, 0, 3)
    assert told.permanent_flags is Flag.NONE


def test_r03_folder_without_modseq(scripted: Start) -> None:
    selected = SELECTED + b"* OK [NOMODSEQ] none here\r\nTAG OK done\r\n"
    fetched = b"* 1 FETCH (UID 1 FLAGS (\\Seen))\r\nTAG OK done\r\n"
    server = scripted(Answers({"SELECT": selected, "UID FETCH": fetched}, capabilities=b"IMAP4rev1 ENABLE CONDSTORE"))
    session = connect(server, select=False)

    opened = session.select(b"INBOX")
    sweep = session.fetch_flags(1, 3)

    assert opened.highestmodseq is None
    assert sweep.flags == {1: (Flag.SEEN, None)}
    assert b"MODSEQ" not in server.commands[-1].arguments
    session.close()


@pytest.mark.parametrize("told", [0, 1, 5, 100_000, 10**15])
def test_r16_size_that_is_wrong_fails_nothing(scripted: Start, told: int) -> None:
    raw = b"Subject: x\r\n\r\n" + b"body\r\n" * 500
    answer = b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE %d BODY[] {%d}\r\n%b)\r\nTAG OK done\r\n" % (told, len(raw), raw)
    session = connect(scripted(Answers({"UID FETCH": answer})))

    (mail,) = session.fetch_full([1])

    assert mail.raw == raw
    session.close()


@pytest.mark.parametrize(
    "body", [b"BODY[] NIL", b'BODY[] ""', b'BODY[] "short (quoted) body"', b"BODY[TEXT] {2}\r\nxy", b""]
)
def test_r16_odd_bodies(scripted: Start, body: bytes) -> None:
    answer = b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 0 " + body + b")\r\nTAG OK done\r\n"
    session = connect(scripted(Answers({"UID FETCH": answer})))

    mails = list(session.fetch_full([1]))

    assert [mail.raw for mail in mails] == [body[8:-1]] * (body.startswith(b'BODY[] "'))
    assert session.fetch_section(1, "1") in {b"", b"short (quoted) body", b"xy"}
    session.close()


def test_r16_mails_nobody_asked_for_are_left_out(scripted: Start) -> None:
    mails = (
        b"* 1 FETCH (UID 77 BODY[] {1}\r\nx)\r\n* 2 FETCH (BODY[] {1}\r\ny)\r\n* 3 FETCH (UID 2 BODY[] {1}\r\nz)\r\n"
    )
    answer = mails + b"TAG OK done\r\n"
    session = connect(scripted(Answers({"UID FETCH": answer})))

    assert [(mail.uid, mail.raw) for mail in session.fetch_full([1, 2])] == [(2, b"z")]
    session.close()


# R5: unasked data anywhere

UNASKED = [
    b"* 9 EXISTS",
    b"* 9 RECENT",
    b"* 2 EXPUNGE",
    b"* VANISHED 2",
    b"* VANISHED (EARLIER) 1:2,9",
    b"* 2 FETCH (FLAGS (\\Seen))",
    b"* 2 FETCH (UID 900 FLAGS (\\Flagged) MODSEQ (12))",
    b"* FLAGS (\\Seen)",
    b"* OK [ALERT] The building is closing",
    b"* OK still here",
    b"* NO watch out",
    b"* BAD odd {5}",
    b"* CAPABILITY IMAP4rev1",
    b"* SOMETHING (new) {3}\r\nabc (x)",
    b"* STATUS Other (MESSAGES 1)",
    b"*",
    b"",
    b"completely free text",
]
MAILS = {uid: b"Subject: %d\r\n\r\n* 9 EXISTS\r\nR1 OK done\r\n" % uid for uid in (1, 2, 3)}


def talk(unasked: bytes) -> dict[str, Answer]:
    """Answers in which the unasked line stands after every line of the server."""
    line = unasked + b"\r\n"
    mails = line.join(b"* %d FETCH (UID %d BODY[] {%d}\r\n%b)\r\n" % (u, u, len(raw), raw) for u, raw in MAILS.items())
    end = line + b"TAG OK done\r\n"
    return {
        "SELECT": line.join((SELECTED + b"* OK x\r\n").splitlines(keepends=True)) + end,
        "LIST": line + b'* LIST (\\Sent) "/" Sent\r\n' + end,
        "LSUB": line + b'* LSUB () "/" Sent\r\n' + end,
        "UID SEARCH": line + b"* SEARCH 1 2\r\n" + line + b"* SEARCH 3\r\n" + end,
        "UID FETCH": line + mails + end,
        "UID STORE": end,
        "UID COPY": line + b"TAG OK [COPYUID 8 1 5] done\r\n",
        "STATUS": line + b"* STATUS Sent (MESSAGES 4)\r\n" + end,
        "NOOP": end,
        "LOGIN": end,
        "CAPABILITY": line + b"* CAPABILITY IMAP4rev1\r\n" + end,
    }


@pytest.mark.parametrize("unasked", UNASKED)
def test_r05_unasked_data_anywhere(scripted: Start, unasked: bytes) -> None:
    session = connect(scripted(Answers(talk(unasked))), select=False)

    opened = session.select(b"INBOX")
    folders = session.list_folders()
    uids = session.uid_window(1, 3)
    mails = {mail.uid: mail.raw for mail in session.fetch_full(uids)}
    session.store_flags([1], add=Flag.SEEN)
    copied = session.copy([1], b"Sent")
    session.noop()
    news = session.take_unsolicited()

    assert opened.uidvalidity == 7
    assert [folder.wire_name for folder in folders] == [b"Sent"]
    assert uids == [1, 2, 3]
    assert mails == MAILS
    assert copied.new_uids == {1: 5}
    assert session.status(b"Sent").messages in {1, 4}
    if b"ALERT" in unasked:
        assert news.alerts == ("The building is closing",)
        session.noop()
        assert session.take_unsolicited().alerts == ()
    if b"UID 900" in unasked:
        assert [(change.uid, change.flags, change.modseq) for change in news.flags] == [(900, Flag.FLAGGED, 12)]
    if unasked in {b"* 9 EXISTS", b"* 2 EXPUNGE", b"* VANISHED 2", b"* 2 FETCH (FLAGS (\\Seen))"}:
        assert news.changed
    session.close()


@pytest.mark.parametrize("place", ["SELECT", "LIST", "UID FETCH", "NOOP", "IDLE"])
def test_r05_bye_anywhere(scripted: Start, place: str) -> None:
    bye = b"* BYE going down\r\n"
    command = "NOOP" if place == "IDLE" else place
    session = connect(scripted(Answers({command: bye})), select=False)

    with pytest.raises(errors.ConnectionLost) as caught:
        {
            "SELECT": lambda: session.select(b"INBOX"),
            "LIST": session.list_folders,
            "UID FETCH": lambda: list(session.fetch_full([1])),
            "NOOP": session.noop,
            "IDLE": lambda: session.wait_for_news(5),
        }[place]()

    assert "going down" in caught.value.details
    assert session.closed


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 ESEARCH"])
def test_m05_a_search_that_finds_four_billion_mails_takes_no_memory(scripted: Start, capabilities: bytes) -> None:
    opened = SELECTED.replace(b"* 3 EXISTS", b"* 4294967295 EXISTS")
    found = b'* ESEARCH (TAG "x") UID ALL 1:4294967295\r\n* SEARCH 1 2 4294967295 99999999999\r\nTAG OK done\r\n'
    answers: dict[str, Answer] = {"SELECT": opened + b"TAG OK done\r\n", "UID SEARCH": found}
    session = connect(scripted(Answers(answers, capabilities=capabilities)))
    tracemalloc.start()

    inside = session.uid_window(1, 5000)
    everywhere = session.find_message_id("x@example.org")

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert inside == list(range(1, 5001))
    assert len(everywhere) <= 1_000_002
    assert peak < 200 << 20
    session.close()


# R13: broken servers


def test_r13_odd_folder_lists(scripted: Start) -> None:
    lines = [
        b"* LIST (\\HasNoChildren) NIL flat",
        b'* LIST () "." "INBOX.Gesendet"',
        b'* LIST () "." inbox',
        b'* LIST (\\Noselect) "/" "parent/"',
        b'* LIST () "/" "quo\\"te\\\\d"',
        b'* LIST () "/" {6}\r\nlit"er',
        b'* LIST () "/" {7}\r\nline\r\nx',
        b'* LIST () "/" "&Jjo-!&Jjo-"',
        b'* LIST () "/" "&broken"',
        b'* LIST () "/" "&AAAA-"',
        b'* LIST () "/" "raw \xc3\xa4"',
        b'* LIST () "/" "latin \xe4"',
        b'* LIST () "/"',
        b"* LIST",
        b"* LIST nonsense here now",
        b'* LIST () "/" NIL',
        b'* LIST () "/" (list)',
        b"* LIST () (/) x",
        b'* LIST (\\Trash) "/" A',
        b'* LIST (\\Trash) "/" B',
        b'* LIST () "/" Trash',
        b'* LIST () "/" [Gmail]/Sent',
    ]
    lines += [b'* LIST () "/" "folder/%d"' % n for n in range(5000)]
    server = scripted(Answers({"LIST": b"\r\n".join(lines) + b"\r\nTAG OK done\r\n", "LSUB": b"TAG BAD what\r\n"}))
    good = scripted(
        Answers({"LIST": b"\r\n".join(lines) + b"\r\nTAG OK done\r\n", "LSUB": b"* LSUB () NIL flat\r\nTAG OK\r\n"})
    )

    without_subscriptions = connect(server, select=False).list_folders()
    session = connect(good, select=False)
    found = {folder.wire_name: folder for folder in session.list_folders()}

    assert len(found) > 5010
    assert all(folder.subscribed for folder in without_subscriptions)
    assert not found[b'quo"te\\d'].subscribed
    assert found[b"flat"].delimiter == ""
    assert found[b"flat"].subscribed
    assert found[b"inbox"].role is Role.INBOX
    assert found[b"INBOX.Gesendet"].role is Role.SENT
    assert not found[b"parent"].selectable
    assert found[b'quo"te\\d'].selectable
    assert found[b'lit"er'].selectable
    assert not found[b"line\r\nx"].selectable
    assert "\n" not in found[b"line\r\nx"].path
    assert found[b"&broken"].path == "&broken"
    assert found[b"raw \xc3\xa4"].path == "raw ä"
    assert [folder.wire_name for folder in found.values() if folder.role is Role.TRASH] == [b"A"]
    for folder in list(found.values())[:40]:
        if folder.selectable:
            assert session.select(folder.wire_name).exists == 3
    session.close()


def everything(session: Session) -> Iterator[Callable[[], object]]:
    """Return one call of everything a session can do."""
    yield session.list_folders
    yield session.personal_namespace
    yield lambda: session.select(b"INBOX", qresync=(7, 1))
    yield lambda: session.status(b"INBOX")
    yield session.status_of_all
    yield lambda: session.uid_window(1, 100_000)
    yield lambda: session.find_message_id("x@example.org")
    yield lambda: session.find_msgid(1592225494819146101)
    yield lambda: session.fetch_overview(range(1, 200), labels=True)
    yield lambda: session.fetch_flags(1, 100_000, 5, labels=True)
    yield lambda: session.fetch_headers(range(1, 200))
    yield lambda: session.fetch_probe(range(1, 200))
    yield lambda: list(session.fetch_full(range(1, 200), Limits(mail_bytes=1 << 20)))
    yield lambda: session.fetch_structure(range(1, 200))
    yield lambda: session.fetch_section(1, "2.1")
    yield lambda: session.store_flags([1], add=Flag.SEEN)
    yield lambda: session.move([1], b"Sent")
    yield lambda: session.copy([1], b"Sent")
    yield lambda: session.append(b"Sent", b"Subject: x\r\n\r\n")
    yield lambda: session.create(b"x")
    yield session.noop
    yield session.take_unsolicited


ALL_CAPABILITIES = frozenset(
    "IMAP4REV1 ESEARCH IDLE MOVE UIDPLUS CONDSTORE LIST-EXTENDED LIST-STATUS SPECIAL-USE NAMESPACE LITERAL+ "
    "X-GM-EXT-1".split()
)


def answer_with(octets: bytes, index: int, capabilities: frozenset[str]) -> str:
    """Give recorded octets as the answer to one call; return the name of the problem, "" when it went well."""
    near, far = socket.socketpair()
    with near, far:
        far.settimeout(5)
        connection = Connection(Wire(near, "localhost", 143, timeout_s=5), "localhost")
        connection.capabilities = capabilities
        if "MOVE" in capabilities:
            connection.enabled = frozenset(("QRESYNC",))
        session = Session(Client(connection, signed_in=True), ENDPOINT)
        near.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        far.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
        far.sendall(octets[:150_000])
        far.shutdown(socket.SHUT_WR)
        try:
            list(everything(session))[index]()
        except Problem as problem:
            return type(problem).__name__
        return ""


def transcripts() -> list[Path]:
    folder = corpus("mailkit-imap-transcripts") / "UnitTests" / "Net" / "Imap" / "Resources"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_r13_recorded_transcripts_of_many_servers() -> None:
    files = transcripts()
    calls = len(list(everything(Session.__new__(Session))))
    results: dict[str, int] = {}

    for path in files:
        octets = path.read_bytes().replace(b"A########", b"R1")
        if b"R1 " not in octets:
            octets += b"\r\nR1 OK done\r\n"
        for index in range(calls):
            for capabilities in (ALL_CAPABILITIES, frozenset({"IMAP4REV1"})):
                outcome = answer_with(octets, index, capabilities)
                results[outcome] = results.get(outcome, 0) + 1

    print(f"{len(files)} transcripts, {calls} calls: {results}")
    assert len(files) > 250
    assert results[""] > len(files)


def test_r13_mutated_transcripts() -> None:
    chance = random.Random(seed())
    files = transcripts()
    calls = len(list(everything(Session.__new__(Session))))
    signs = [
        b"(",
        b")",
        b'"',
        b"{5}\r\n",
        b"{99999999999}\r\n",
        b"\r\n",
        b"\0",
        b"\\",
        b"NIL",
        b" ",
        b"*",
        b"\xff",
        b"[",
        b"]",
    ]

    for _ in range(rounds(500, 50_000)):
        octets = bytearray(chance.choice(files).read_bytes().replace(b"A########", b"R1"))
        for _ in range(chance.randint(1, 8)):
            at = chance.randrange(len(octets) + 1)
            octets[at : at + chance.choice((0, 0, 1, 5))] = chance.choice(signs)
        answer_with(bytes(octets), chance.randrange(calls), ALL_CAPABILITIES)
