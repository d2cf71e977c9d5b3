"""The session against a real server: the paths that every day takes."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest

from desktop.base import clock
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.credentials import Password
from desktop.net.mail.imap import names
from desktop.net.mail.imap.fetching import Limits
from desktop.net.mail.imap.reading import CHUNK_BYTES
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from desktop.net.wake import Wake
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.server


def mail(number: int, lines: int = 3) -> bytes:
    return (
        f"From: Ann <ann@example.org>\r\nTo: bob@example.org\r\nSubject: Mail {number}\r\n"
        f"Message-ID: <{number}@example.org>\r\nDate: Mon, 02 Jan 2023 10:00:00 +0000\r\n\r\n"
    ).encode() + b"A line of the mail.\r\n" * lines


def open_session(server: Dovecot, user: str, security: Security = Security.TLS) -> Session:
    port = server.imaps_port if security is Security.TLS else server.imap_port
    endpoint = ImapEndpoint("localhost", port, security, user)
    return Session.open(endpoint, Password(PASSWORD), TlsPolicy(server.ca_file), timeout_s=20)


@pytest.fixture
def session(dovecot: Dovecot, imap_user: str) -> Iterator[Session]:
    opened = open_session(dovecot, imap_user)
    yield opened
    opened.close()


@pytest.mark.parametrize("security", list(Security))
def test_sign_in(dovecot: Dovecot, imap_user: str, security: Security) -> None:
    session = open_session(dovecot, imap_user, security)

    assert session.encrypted is (security is not Security.PLAIN)
    assert session.has_qresync
    assert session.has_move
    assert session.has_uidplus
    assert session.has_special_use
    session.close()
    assert session.closed


def test_wrong_password(dovecot: Dovecot, imap_user: str) -> None:
    endpoint = ImapEndpoint("localhost", dovecot.imaps_port, Security.TLS, imap_user)

    with pytest.raises(errors.WrongPassword) as caught:
        Session.open(endpoint, Password("not the password"), TlsPolicy(dovecot.ca_file))

    assert not caught.value.can_retry
    assert imap_user in caught.value.text


def test_password_with_every_kind_of_character(dovecot: Dovecot) -> None:
    password = 'ä "q\\u{o}te" %s {5} пароль'
    user = dovecot.add_user("odd@example.org", password)

    Session.open(
        ImapEndpoint("localhost", dovecot.imaps_port, Security.TLS, user),
        Password(password),
        TlsPolicy(dovecot.ca_file),
    ).close()


def test_folders_and_roles(session: Session) -> None:
    name = names.encode("Ä & Ü/日本語")
    session.create(name)
    session.subscribe(name)

    found = {folder.path: folder for folder in session.list_folders()}

    assert found["INBOX"].role is Role.INBOX
    assert found["Sent"].role is Role.SENT
    assert found["Sent"].special_use
    assert found["Sent"].subscribed
    assert found["Ä & Ü/日本語"].wire_name == name
    assert found["Ä & Ü/日本語"].delimiter == "/"
    assert session.select(name).exists == 0
    assert session.personal_namespace() is not None


def test_r14_folder_vanishes_renamed_or_deleted(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    session.create(b"Work")
    other = open_session(dovecot, imap_user)
    other.rename(b"Work", b"Play")
    other.close()

    with pytest.raises(errors.FolderGone):
        session.select(b"Work")
    with pytest.raises(errors.FolderGone):
        session.append(b"Work", mail(1))
    with pytest.raises(errors.FolderGone):
        session.status(b"Work")
    with pytest.raises(errors.FolderGone):
        session.delete(b"Work")
    with pytest.raises(errors.FolderExists):
        session.create(b"Play")
    session.delete(b"Play")

    assert session.select(b"INBOX").exists == 0


def test_window_overview_and_whole_mails(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    dovecot.deliver(imap_user, (mail(n) for n in range(1, 31)), date_s=1_700_000_000)
    opened = session.select(b"INBOX")

    uids = session.uid_window(1, 1_000)
    window = session.uid_window(5, 9)
    late = session.uid_window(1, 1_000, since=dt.date(2023, 11, 20))
    overview = session.fetch_overview([3, 4, 99])
    whole = {fetched.uid: fetched for fetched in session.fetch_full(uids)}

    assert (opened.exists, opened.uidnext, opened.read_only) == (30, 31, False)
    assert uids == list(range(1, 31))
    assert window == [5, 6, 7, 8, 9]
    assert late == []
    assert set(overview) == {3, 4}
    assert overview[3].internal_date_ms == 1_700_000_003_000
    assert overview[3].size_bytes == len(mail(3))
    assert overview[3].modseq is not None
    assert {uid: fetched.raw for uid, fetched in whole.items()} == {n: mail(n) for n in range(1, 31)}
    assert all(fetched.flags is Flag.NONE for fetched in whole.values())


def test_headers_probe_and_structure(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    raw = (
        b'Subject: two parts\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\nHello\r\n"
        b'--b\r\nContent-Type: application/pdf; name="=?utf-8?q?=C3=84.pdf?="\r\n'
        b"Content-Disposition: attachment; filename*=utf-8''%C3%84.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        b"SGVsbG8=\r\n--b--\r\n"
    )
    dovecot.deliver(imap_user, [raw])
    session.select(b"INBOX", read_only=True)

    text, attachment = session.fetch_structure([1])[1]

    assert (text.section, text.media_type, text.charset) == ("1", "text/plain", "koi8-r")
    assert (attachment.section, attachment.name, attachment.encoding) == ("2", "Ä.pdf", "base64")
    assert session.fetch_section(1, "2") == b"SGVsbG8="
    assert session.fetch_headers([1])[1].startswith(b"Subject: two parts")
    assert session.fetch_probe([1])[1].headers.strip() == b"Subject: two parts"


def test_large_part_in_chunks(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    body = bytes(range(32, 127)) * 30_000
    raw = b"Subject: large\r\n\r\n" + b"\r\n".join(body[i : i + 76] for i in range(0, len(body), 76))
    dovecot.deliver(imap_user, [raw])
    session.select(b"INBOX")
    found = b""

    while chunk := session.fetch_section(1, "TEXT", len(found)):
        assert len(chunk) <= CHUNK_BYTES
        found += chunk

    assert found == raw.partition(b"\r\n\r\n")[2]


def test_flags_move_copy_expunge_append(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    dovecot.deliver(imap_user, (mail(n) for n in range(1, 6)))
    session.select(b"INBOX")

    session.store_flags([1, 2], add=Flag.SEEN | Flag.FLAGGED | Flag.FORWARDED, keywords=["invoice"])
    session.store_flags([2], remove=Flag.FLAGGED)
    moved = session.move([1, 2], b"Archive")
    copied = session.copy([3], b"Trash")
    session.store_flags([4], add=Flag.DELETED)
    expunged = session.expunge([4])
    appended = session.append(b"Sent", mail(9), Flag.SEEN, 1_600_000_000_000)

    assert session.uid_window(1, 100) == [3, 5]
    assert set(moved.new_uids) == {1, 2}
    assert set(copied.new_uids) == {3}
    assert expunged
    assert appended is not None
    archive = session.select(b"Archive")
    assert archive.uidvalidity == moved.uidvalidity
    first, second = (session.fetch_overview([uid])[uid] for uid in moved.new_uids.values())
    assert first.flags == Flag.SEEN | Flag.FLAGGED | Flag.FORWARDED
    assert first.keywords == {"invoice"}
    assert second.flags == Flag.SEEN | Flag.FORWARDED
    assert session.select(b"Sent").uidvalidity == appended[0]
    assert session.fetch_overview([appended[1]])[appended[1]].internal_date_ms == 1_600_000_000_000
    assert session.find_message_id("9@example.org") == [appended[1]]


def test_move_without_move_and_uidplus_leaves_marked(dovecot_with: Callable[..., Dovecot]) -> None:
    server = dovecot_with(extra="imap_capability = IMAP4rev1 IDLE")
    user = server.new_user()
    server.deliver(user, [mail(1), mail(2)])
    session = open_session(server, user)
    session.select(b"INBOX")
    session.store_flags([2], add=Flag.DELETED)

    session.move([1], b"Archive")

    assert session.uid_window(1, 10) == [1, 2]
    assert session.fetch_flags(1, 2).flags[1][0] is Flag.DELETED
    assert session.status(b"Archive").messages == 1
    assert not session.expunge([1])
    session.close()


def test_condstore_and_qresync(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    dovecot.deliver(imap_user, (mail(n) for n in range(1, 11)))
    before = session.select(b"INBOX")
    assert before.highestmodseq is not None
    other = open_session(dovecot, imap_user)
    other.select(b"INBOX")
    other.store_flags([4], add=Flag.SEEN)
    other.move([2, 3], b"Trash")
    other.close()

    sweep = session.fetch_flags(1, 10, before.highestmodseq)
    session.take_unsolicited()
    again = session.select(b"INBOX", qresync=(before.uidvalidity, before.highestmodseq))

    assert {uid: flags for uid, (flags, _) in sweep.flags.items()} == {4: Flag.SEEN}
    assert sweep.vanished == ((2, 3),)
    assert again.vanished == ((2, 3),)
    assert [(change.uid, change.flags) for change in again.changed] == [(4, Flag.SEEN)]
    assert again.exists == 8


@pytest.mark.parametrize("capability", ["", "imap_capability = IMAP4rev1 UIDPLUS MOVE"])
def test_r03_flags_without_condstore(dovecot_with: Callable[..., Dovecot], capability: str) -> None:
    server = dovecot_with(extra=capability)
    user = server.new_user()
    server.deliver(user, (mail(n) for n in range(1, 11)))
    session = open_session(server, user)
    session.select(b"INBOX")
    session.store_flags([4], add=Flag.SEEN)

    sweep = session.fetch_flags(1, 100)

    assert session.has_condstore is not bool(capability)
    assert len(sweep.flags) == 10
    assert sweep.flags[4][0] is Flag.SEEN
    assert session.uid_window(1, 50) == list(range(1, 11))
    session.close()


@pytest.mark.parametrize("security", [Security.TLS, Security.PLAIN])
@pytest.mark.parametrize("extra", ["", "imap_capability = IMAP4rev1 IDLE", "imap_capability = IMAP4rev1"])
def test_news_is_pushed(dovecot_with: Callable[..., Dovecot], security: Security, extra: str) -> None:
    server = dovecot_with(extra=extra)
    user = server.new_user()
    server.deliver(user, [mail(1)])
    session = open_session(server, user, security)
    session.select(b"INBOX")

    def act() -> None:
        other = open_session(server, user)
        other.append(b"INBOX", mail(2))
        other.close()

    has_idle = "IDLE" in session.capabilities
    acting = threading.Timer(0.1 if has_idle else 0.0, act)
    acting.start()
    if not has_idle:
        # without IDLE the first NOOP after the change tells
        acting.join()
    news = session.wait_for_news(30)

    acting.join()
    assert news.exists == 2
    session.close()


def test_waiting_ends_at_once_when_woken(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    session.select(b"INBOX")
    wake = Wake()
    threading.Timer(0.2, wake.set).start()
    before = clock.monotonic()

    news = session.wait_for_news(60, wake)

    assert not news
    assert clock.monotonic() - before < 30
    session.noop()
    wake.close()


def test_waiting_is_renewed(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    session.select(b"INBOX")

    assert not session.wait_for_news(0.5, renew_s=0.1)

    session.noop()


def test_abort_ends_a_wait_from_another_thread(session: Session) -> None:
    session.select(b"INBOX")
    threading.Timer(0.2, session.abort).start()

    with pytest.raises(errors.ConnectionLost):
        session.wait_for_news(60)

    assert session.closed


def test_r04_expunge_storm_during_fetch_never_mixes_mails(dovecot: Dovecot, imap_user: str, session: Session) -> None:
    dovecot.deliver(imap_user, (mail(n, lines=n % 40) for n in range(1, 401)))
    session.select(b"INBOX")
    other = open_session(dovecot, imap_user)
    other.select(b"INBOX")

    def storm() -> None:
        for uid in range(2, 400, 3):
            other.store_flags([uid], add=Flag.DELETED)
            other.expunge([uid])

    storming = threading.Thread(target=storm)
    storming.start()
    wrong: list[int] = []
    for _ in range(3):
        for start in range(1, 401, 20):
            fetched = list(session.fetch_full(range(start, start + 20), Limits()))
            wrong += [one.uid for one in fetched if one.raw != mail(one.uid, lines=one.uid % 40)]
            session.noop()
    storming.join()
    session.noop()
    left = session.uid_window(1, 1000)
    other.close()

    assert wrong == []
    assert left == [uid for uid in range(1, 401) if not (uid >= 2 and (uid - 2) % 3 == 0 and uid < 400)]


def test_a_fetch_left_half_read_does_not_spoil_the_next_command(
    dovecot: Dovecot, imap_user: str, session: Session
) -> None:
    dovecot.deliver(imap_user, (mail(n) for n in range(1, 51)))
    session.select(b"INBOX")

    stream = session.fetch_full(range(1, 51))
    first = next(stream)
    stream.close()  # type: ignore[attr-defined]

    assert first.raw == mail(first.uid)
    assert session.uid_window(1, 100) == list(range(1, 51))


def test_r09_connection_limit_asks_for_a_long_pause(dovecot_with: Callable[..., Dovecot]) -> None:
    server = dovecot_with(max_connections=2)
    user = server.new_user()
    sessions = [open_session(server, user) for _ in range(2)]

    with pytest.raises(errors.TooManyConnections) as caught:
        open_session(server, user)

    assert caught.value.back_off_s >= 90
    for session in sessions:
        session.close()
