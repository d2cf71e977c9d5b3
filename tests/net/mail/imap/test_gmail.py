"""What Gmail says beyond IMAP: recorded answers of Gmail's, and what nobody should say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.line_ends import lines_for_wire
from desktop.domain.mail.mail_account import Security
from desktop.net.credentials import Password
from desktop.net.mail.imap import fetching, gmail
from desktop.net.mail.imap.responses import Value, parse, parse_values
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.corpora import corpus
from tests.servers.scripted_imap import Answer, Answers, ScriptedImap

Start = Callable[..., ScriptedImap]
FIRST_MSGID = 1592225494819146100


def recorded(name: str) -> bytes:
    folder: Path = corpus("mailkit-imap-transcripts") / "UnitTests" / "Net" / "Imap" / "Resources" / "gmail"
    return lines_for_wire((folder / name).read_bytes())


def capabilities() -> bytes:
    """Return what Gmail said after a sign-in: the line has no SPECIAL-USE."""
    line = recorded("authenticate.txt").split(b"\r\n")[0]
    return line.removeprefix(b"* CAPABILITY ")


@pytest.fixture
def at_gmail(scripted: Start) -> Iterator[Callable[[dict[str, Answer]], tuple[Session, ScriptedImap]]]:
    opened: list[Session] = []

    def connect(answers: dict[str, Answer]) -> tuple[Session, ScriptedImap]:
        offered = capabilities().replace(b" ENABLE", b"").replace(b" ID ", b" ")
        server = scripted(Answers(answers, capabilities=offered))
        session = Session.open(
            ImapEndpoint("localhost", server.port, Security.PLAIN, "ann"), Password("secret"), TlsPolicy()
        )
        opened.append(session)
        return session, server

    yield connect
    for session in opened:
        session.close()


def test_a_recorded_gmail_is_known_by_its_capability(at_gmail: Callable[..., tuple[Session, ScriptedImap]]) -> None:
    session, _server = at_gmail({})

    assert session.has_labels
    assert session.has_move
    assert session.has_uidplus
    assert session.has_condstore
    assert not session.has_qresync


def test_recorded_folders_get_their_roles_also_without_special_use(
    at_gmail: Callable[..., tuple[Session, ScriptedImap]],
) -> None:
    session, server = at_gmail({"XLIST": recorded("xlist.txt")})

    folders = {folder.path: folder for folder in session.list_folders()}

    assert folders["[Gmail]/All Mail"].role is Role.ALL
    assert folders["[Gmail]/Spam"].role is Role.JUNK
    assert folders["[Gmail]/Trash"].role is Role.TRASH
    assert folders["Inbox"].role is Role.INBOX
    assert folders["[Gmail]/Important"].role is Role.NONE
    assert not folders["[Gmail]"].selectable
    assert "LIST" not in server.names, "it would tell no roles"


def test_recorded_mails_tell_their_id_and_labels(at_gmail: Callable[..., tuple[Session, ScriptedImap]]) -> None:
    session, server = at_gmail({"UID FETCH": recorded("search-summary.txt")})
    session.select(b"INBOX")

    overviews = session.fetch_overview(range(1, 51), labels=True)

    assert len(overviews) == 21
    assert {uid: overview.gm_msgid for uid, overview in overviews.items()} == {
        uid: FIRST_MSGID + uid for uid in overviews
    }
    assert {overview.labels for overview in overviews.values()} == {frozenset({"Test Messages", "\\important"})}
    assert overviews[1].size_bytes == 181614
    assert b"X-GM-MSGID X-GM-LABELS" in server.commands[-1].arguments


def test_recorded_labels_with_atoms_and_nil() -> None:
    lines = [line for line in recorded("add-labels.txt").split(b"\r\n") if b" FETCH " in line]

    told = [gmail.labels(fetching.items(parse([line]))[gmail.LABELS]) for line in lines]

    assert len(told) == 21
    assert set(told) == {frozenset({"\\important", "Custom Label"})}


def test_labels_are_asked_for_where_they_are_wanted_alone(
    at_gmail: Callable[..., tuple[Session, ScriptedImap]],
) -> None:
    session, server = at_gmail({"UID FETCH": b"TAG OK done\r\n"})
    session.select(b"INBOX")

    session.fetch_overview([1])
    session.fetch_flags(1, 9, 5)
    assert all(b"LABELS" not in command.arguments for command in server.commands)
    session.fetch_flags(1, 9, 5, labels=True)

    assert b"X-GM-LABELS" in server.commands[-1].arguments


def test_a_generic_server_is_asked_for_nothing_of_gmails(scripted: Start) -> None:
    server = scripted(Answers({"UID FETCH": b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 5)\r\nTAG OK done\r\n"}))
    session = Session.open(
        ImapEndpoint("localhost", server.port, Security.PLAIN, "ann"), Password("secret"), TlsPolicy()
    )
    session.select(b"INBOX")

    session.fetch_overview([1], labels=True)
    session.fetch_flags(1, 5, labels=True)
    session.fetch_probe([1])
    session.close()

    assert b"X-GM" not in bytes(server.received_clear)


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        (b'("\\\\Inbox" Work)', {"\\inbox", "Work"}),
        (b'("&BBQEPgQ8-" "a \\"b\\" c")', {"Дом", 'a "b" c'}),
        (b"(&Jjo-)", {"\N{WHITE SMILING FACE}"}),
        (b'("&broken")', {"&broken"}),
        (b'("\xff\xfe")', {"\N{REPLACEMENT CHARACTER}" * 2}),
        (b'((nested) NIL "")', set()),
        (b"()", set()),
        (b"(" + b"x" * 2000 + b")", set()),
        (b"(open", {"open"}),
        (b"NIL", None),
        (b"atom", None),
    ],
)
def test_labels_however_they_are_written(line: bytes, labels: set[str] | None) -> None:
    [value] = parse_values([line])

    assert gmail.labels(value) == labels


def test_a_label_may_be_a_literal() -> None:
    [value] = parse_values([b"(Work {4}", b"A(\r\n", b")"])

    assert gmail.labels(value) == {"Work", "A(\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"}


def test_more_labels_than_a_mail_can_have_are_not_believed() -> None:
    assert len(gmail.labels([b"%d" % n for n in range(100_000)]) or ()) == 1000


@pytest.mark.parametrize(
    "value",
    [None, b"", b"0", b"-5", b"1.5", b"abc", b"9223372036854775808", b"1" * 20, b"\xd9\xa1", [b"5"], b"1_0"],
    ids=repr,
)
def test_an_id_that_is_none(value: Value) -> None:
    assert gmail.msgid(value) is None
