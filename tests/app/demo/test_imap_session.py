"""The sample's IMAP server as the program's own client sees it, and as somebody who talks nonsense does."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.app.demo.listener import Listener
from desktop.app.demo.mailbox import Mailbox
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.mail.imap.session import Session
from tests.app.demo.conftest import PASSWORD, USER
from tests.desk import mail

WORDS = (
    *(b"UID", b"FETCH", b"STORE", b"COPY", b"MOVE", b"SEARCH", b"1:9", b"(", b")", b"BODY.PEEK[]<1.2>", b"FLAGS"),
    *(
        b"+FLAGS.SILENT",
        b"(\\Seen)",
        b"INBOX",
        b"STATUS",
        b"CREATE",
        b"RENAME",
        b"APPEND",
        b'"',
        b"{3+}\r\nabc",
        b"SINCE",
    ),
    *(b"LIST", b"IDLE\r\nDONE", b"LOGIN", b"AUTHENTICATE", b"UNSUBSCRIBE", b"DELETE", b"EXPUNGE", b"NIL", b"HEADER"),
)
DAY_MS = 86_400_000
RECEIVED_MS = 20_000 * DAY_MS
SignIn = Callable[..., Session]


def add(mailbox: Mailbox, number: int, folder: str = "INBOX", at_ms: int = RECEIVED_MS) -> int:
    found = mailbox.folder(folder)
    assert found is not None
    return mailbox.add(found.id, mail(number), at_ms)


def uids(mailbox: Mailbox, folder: str) -> list[int]:
    found = mailbox.folder(folder)
    assert found is not None
    return [each.uid for each in mailbox.mails(found.id)]


def test_only_who_knows_the_password_comes_in(sign_in: SignIn) -> None:
    with pytest.raises(errors.WrongPassword):
        sign_in("another")
    assert sign_in().has_move


def test_folders_have_their_roles(sign_in: SignIn) -> None:
    session = sign_in()

    assert {folder.path: folder.role for folder in session.list_folders()} == {
        "INBOX": Role.INBOX,
        "Sent": Role.SENT,
        "Archive": Role.ARCHIVE,
        "Projects": Role.NONE,
    }
    assert session.personal_prefix() == b""


def test_folders_are_made_renamed_and_deleted(sign_in: SignIn) -> None:
    session = sign_in()
    session.create(b"Projects/Hall")
    with pytest.raises(errors.FolderExists):
        session.create(b"Projects/Hall")
    session.rename(b"Projects", b"Done")
    session.delete(b"Done/Hall")

    assert {folder.path for folder in session.list_folders()} == {"INBOX", "Sent", "Archive", "Done"}
    with pytest.raises(errors.FolderGone):
        session.select(b"Projects")


def test_mails_are_read(sign_in: SignIn, mailbox: Mailbox) -> None:
    first, second = add(mailbox, 1), add(mailbox, 2, at_ms=RECEIVED_MS + 2 * DAY_MS)
    session = sign_in()
    opened = session.select(b"INBOX")

    assert (opened.exists, opened.uidnext, opened.keeps_keywords) == (2, second + 1, True)
    assert session.uid_window(1, 100) == [first, second]
    assert session.uid_window(1, 100, date(2024, 10, 6)) == [second]
    assert session.find_message_id("2@acme.example") == [second]
    [whole] = session.fetch_full([first])
    assert whole.raw == mailbox.raw(1, first)
    assert (whole.internal_date_ms, whole.size_bytes) == (RECEIVED_MS, len(whole.raw))
    assert session.fetch_headers([first])[first].endswith(b"\r\n\r\n")
    assert session.fetch_section(first, "", 5, 7) == whole.raw[5:12]
    assert b"Message-ID: <1@acme.example>" in session.fetch_probe([first])[first].headers
    status = session.status(b"INBOX")
    assert (status.messages, status.unseen, status.uidnext) == (2, 2, second + 1)


def test_flags_are_set_and_cleared(sign_in: SignIn, mailbox: Mailbox) -> None:
    uid = add(mailbox, 1)
    session = sign_in()
    session.select(b"INBOX")
    session.store_flags([uid], add=Flag.SEEN | Flag.FORWARDED)
    session.store_flags([uid], add=Flag.FLAGGED, remove=Flag.SEEN)

    assert session.fetch_flags(1, 100).flags[uid][0] == Flag.FLAGGED | Flag.FORWARDED


def test_mails_are_copied_moved_appended_and_expunged(sign_in: SignIn, mailbox: Mailbox) -> None:
    stays, goes = add(mailbox, 1), add(mailbox, 2)
    session = sign_in()
    session.select(b"INBOX")
    copied, moved = session.copy([stays], b"Projects"), session.move([goes], b"Archive")
    appended = session.append(b"Sent", b"Subject: sent\r\n\r\n\xd0\xb4", Flag.SEEN, RECEIVED_MS)
    session.store_flags([stays], add=Flag.DELETED)
    session.expunge([stays])

    assert list(copied.new_uids) == [stays]
    assert list(moved.new_uids) == [goes]
    assert uids(mailbox, "INBOX") == []
    assert uids(mailbox, "Projects") == list(copied.new_uids.values())
    assert uids(mailbox, "Archive") == list(moved.new_uids.values())
    assert appended is not None
    sent = mailbox.folder("Sent")
    assert sent is not None
    assert appended == (sent.id, uids(mailbox, "Sent")[0])
    assert mailbox.raw(sent.id, appended[1]).endswith("д".encode())


def test_who_waits_hears_of_new_mail_flags_and_what_went(sign_in: SignIn, mailbox: Mailbox) -> None:
    first, second = add(mailbox, 1), add(mailbox, 2)
    session, other = sign_in(), sign_in()
    session.select(b"INBOX")
    other.select(b"INBOX")

    threading.Timer(0.1, add, (mailbox, 3)).start()
    arrived = session.wait_for_news(10.0)
    other.store_flags([second], add=Flag.FLAGGED)
    flagged = session.wait_for_news(10.0)
    other.move([first], b"Archive")
    gone = session.wait_for_news(10.0)

    assert arrived.exists == 3
    assert [(each.uid, each.flags) for each in flagged.flags] == [(second, Flag.FLAGGED)]
    assert gone.expunged == 1


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (b"a1 SELECT INBOX", b"a1 BAD"),
        (b"a1 NONSENSE (((", b"a1 BAD"),
        (b"", b"* BAD"),
        (b"a1 AUTHENTICATE PLAIN !!!", b"a1 NO"),
        (b"a1 AUTHENTICATE", b"a1 NO"),
        (b"a1 AUTHENTICATE PLAIN\r\nx", b"+ "),
        (b"a1 LOGIN", b"a1 NO"),
    ],
)
def test_nonsense_before_signing_in_is_refused(imap: Listener, said: bytes, answer: bytes) -> None:
    with (
        socket.create_connection(("127.0.0.1", imap.port), timeout=10) as connection,
        connection.makefile("rb") as lines,
    ):
        lines.readline()
        connection.sendall(said + b"\r\n")
        assert lines.readline().startswith(answer)


@pytest.mark.parametrize(
    "said",
    [b"UID FETCH 1:* BODYSTRUCTURE", b"UID SEARCH TEXT x", b"UID FETCH", b"SELECT", b"RENAME INBOX x", b"UID EXPUNGE"],
)
def test_nonsense_afterwards_leaves_the_mailbox_as_it_is(imap: Listener, mailbox: Mailbox, said: bytes) -> None:
    uid = add(mailbox, 1)
    with (
        socket.create_connection(("127.0.0.1", imap.port), timeout=10) as connection,
        connection.makefile("rb") as lines,
    ):
        lines.readline()
        connection.sendall(f"a1 LOGIN {USER} {PASSWORD}\r\na2 SELECT INBOX\r\na3 ".encode() + said + b"\r\na4 NOOP\r\n")
        while not (line := lines.readline()).startswith(b"a4"):
            assert line
    assert line.startswith(b"a4 OK")
    assert uids(mailbox, "INBOX") == [uid]


def test_a_literal_nobody_should_send_ends_the_connection(imap: Listener) -> None:
    with (
        socket.create_connection(("127.0.0.1", imap.port), timeout=10) as connection,
        connection.makefile("rb") as lines,
    ):
        lines.readline()
        connection.sendall(b"a1 LOGIN {999999999}\r\n")
        assert lines.readline() == b""


@given(st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=8))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_said_is_answered_or_ends_the_connection(imap: Listener, words: list[bytes]) -> None:
    with (
        socket.create_connection(("127.0.0.1", imap.port), timeout=10) as connection,
        connection.makefile("rb") as said,
    ):
        said.readline()
        connection.sendall(f"a1 LOGIN {USER} {PASSWORD}\r\na2 SELECT INBOX\r\na3 ".encode() + b" ".join(words))
        connection.sendall(b"\r\na4 LOGOUT\r\n")
        connection.shutdown(socket.SHUT_WR)
        assert b"a2 OK" in said.read()
