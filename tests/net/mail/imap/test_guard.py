"""No argument becomes a command of its own (M4, C38)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap import guard, names
from desktop.net.mail.imap.guard import Literal
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.corpora import corpus
from tests.servers.scripted_imap import Answers, ScriptedImap

Start = Callable[..., ScriptedImap]

FORMS = [
    "{}\r\nX3 DELETE c",
    "{}\nX3 DELETE c",
    "{}\rX3 DELETE c",
    "{}\0",
    '{}"\r\nX3 DELETE "c',
    "{}{{5}}\r\nX3 DELETE c",
    "\r\n{}",
    "{}\r\n",
]
QUIRKS = [
    '"',
    "\\",
    '\\"',
    '" X3 DELETE "c',
    "{5}",
    "{5+}",
    "~{5}",
    "(",
    ")",
    "*",
    "%",
    "NIL",
    "[",
    "]",
    "&",
    "&-",
    " ",
    "",
]


def calls(session: Session, text: str) -> list[tuple[str, Callable[[], object]]]:
    """Return every call that carries foreign text, with the command it may send."""
    wire = text.encode("utf-8", "surrogatepass")
    return [
        ("UID SEARCH", lambda: session.find_message_id(text)),
        ("SELECT", lambda: session.select(wire)),
        ("STATUS", lambda: session.status(wire)),
        ("CREATE", lambda: session.create(wire)),
        ("CREATE", lambda: session.create(names.encode(text))),
        ("DELETE", lambda: session.delete(wire)),
        ("RENAME", lambda: session.rename(b"old", wire)),
        ("RENAME", lambda: session.rename(wire, b"new")),
        ("SUBSCRIBE", lambda: session.subscribe(wire)),
        ("UNSUBSCRIBE", lambda: session.unsubscribe(wire)),
        ("UID COPY", lambda: session.copy([1], wire)),
        ("APPEND", lambda: session.append(wire, b"Subject: x\r\n\r\n")),
        ("UID STORE", lambda: session.store_flags([1], keywords=[text])),
        ("UID FETCH", lambda: session.fetch_section(1, text)),
    ]


def naughty() -> list[str]:
    return [str(line) for line in json.loads((corpus("naughty-strings") / "blns.json").read_text("utf-8"))]


@pytest.mark.parametrize("capabilities", [b"IMAP4rev1", b"IMAP4rev1 LITERAL+", b"IMAP4rev1 LITERAL-"])
def test_c38_the_server_gets_exactly_the_commands_that_were_meant(scripted: Start, capabilities: bytes) -> None:
    texts = naughty() + QUIRKS + [form.format("x") for form in FORMS]
    texts += [form.format(line) for line in naughty()[::20] for form in FORMS]
    server = scripted(Answers(capabilities=capabilities))
    session = Session.open(
        ImapEndpoint("localhost", server.port, Security.PLAIN, "ann"), Password("secret"), TlsPolicy()
    )
    before = len(server.names)
    expected: list[str] = []

    for text in texts:
        for name, call in calls(session, text):
            try:
                call()
            except errors.UnsafeArgument:
                continue
            expected.append(name)

    assert server.names[before:] == expected
    assert all(b"\0" not in command.arguments for command in server.commands)
    assert not {"X3", "DELETE C"} & set(server.names)
    session.close()


@pytest.mark.parametrize("text", [form.format("x") for form in FORMS])
def test_m04_line_breaks_are_refused_everywhere(scripted: Start, text: str) -> None:
    server = scripted(Answers())
    session = Session.open(
        ImapEndpoint("localhost", server.port, Security.PLAIN, "ann"), Password("secret"), TlsPolicy()
    )
    before = len(server.names)

    for _, call in calls(session, text):
        with pytest.raises(errors.UnsafeArgument) as caught:
            call()
        assert "X3" not in caught.value.text

    assert len(server.names) == before
    for user, password in ((text, "secret"), ("ann", text)):
        with pytest.raises(errors.UnsafeArgument):
            Session.open(ImapEndpoint("localhost", server.port, Security.PLAIN, user), Password(password), TlsPolicy())
    assert server.connections == 1
    session.close()


@given(st.binary(max_size=2000))
def test_m04_any_octets_are_quoted_counted_or_refused(octets: bytes) -> None:
    try:
        made = guard.string(octets, "text")
    except errors.UnsafeArgument:
        assert set(octets) & set(b"\r\n\0")
        return

    if isinstance(made, Literal):
        assert made.octets == octets
    else:
        assert made[:1] == made[-1:] == b'"'
        assert made.isascii()
        assert made[1:-1].replace(b"\\\\", b"").replace(b'\\"', b"").count(b'"') == 0


@given(st.text(max_size=200))
def test_names_survive_the_wire(path: str) -> None:
    wire = names.encode(path)

    assert wire.isascii()
    if path.isprintable():
        assert names.decode(wire) == path


@given(st.binary(max_size=200))
def test_r13_any_octets_have_a_name(wire: bytes) -> None:
    assert not set(names.decode(wire)) & {"\r", "\n", "\0"}


@given(st.sets(st.integers(1, 5000)), st.integers(1, 500))
def test_uid_sets_are_complete_and_bounded(uids: set[int], at_most: int) -> None:
    found: list[int] = []
    for uid_set in guard.uid_sets(uids, at_most=at_most):
        assert len(uid_set) <= guard.SET_MAX_BYTES
        named = [
            uid
            for part in uid_set.split(b",")
            for uid in range(int(part.split(b":")[0]), int(part.split(b":")[-1]) + 1)
        ]
        assert len(named) <= at_most
        found += named

    assert found == sorted(uids)


@pytest.mark.parametrize("number", [0, -1, 1 << 32])
def test_numbers_outside_are_refused(number: int) -> None:
    with pytest.raises(errors.UnsafeArgument):
        guard.uid(number)


def test_dates_are_english_and_in_utc() -> None:
    assert guard.search_date(dt.date(2024, 5, 3)) == b"3-May-2024"
    assert guard.internal_date(0) == b'" 1-Jan-1970 00:00:00 +0000"'
    assert guard.flag_list(Flag.SEEN | Flag.FORWARDED, ["a"]) == b"(\\Seen $Forwarded a)"
