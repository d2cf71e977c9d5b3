"""Mails an older parser could not read, once a newer one can: the same as if they arrived now."""

from __future__ import annotations

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Completeness, Flag, effective_date_ms, identity, key_date_ms
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.state import UserState, joined
from desktop.services.mail.ingest import Fetched
from desktop.store.mail.life import Life
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.states import States
from tests.desk import mail
from tests.shelf import Shelf

RECEIVED_MS = 1_790_000_000_000


def _unreadable(
    shelf: Shelf, raw: bytes, role: Role = Role.INBOX, flags: Flag = Flag.NONE, account: int = 0, size_bytes: int = 0
) -> int:
    folder = shelf.folder(role, account)
    home = shelf.mirror.home(folder, folder.uidvalidity)
    assert home is not None
    uid = shelf.uids[folder.key] = shelf.uids.get(folder.key, 0) + 1
    fetched = Fetched(uid, flags, RECEIVED_MS, size_bytes or len(raw), raw, None, partial=size_bytes > len(raw))
    [key] = shelf.ingest.take(home, [fetched])
    return key


def _contents(shelf: Shelf) -> list[object]:
    with shelf.database.read() as view:
        return [
            view.all("SELECT * FROM listing_entry ORDER BY list_id, email_key"),
            view.all("SELECT * FROM listing_conversation ORDER BY list_id, latest_key"),
            view.all("SELECT * FROM listing_count WHERE total > 0 ORDER BY list_id"),
        ]


def _assert_lists_are_right(shelf: Shelf) -> None:
    kept = _contents(shelf)
    with shelf.database.write() as work:
        ListingWriter(work).rebuild()
    assert kept == _contents(shelf)


def test_a_mail_that_can_be_read_now_has_its_own_identity_date_and_conversation(shelf: Shelf) -> None:
    raw = mail(1, In_Reply_To="<2@acme.example>")
    key = _unreadable(shelf, raw, flags=Flag.FLAGGED)
    shelf.arrive(mail(2))
    removed: list[int] = []
    shelf.database._bus.subscribe(events.MessagesRemoved, lambda event: removed.extend(event.keys))
    message = parse(raw)

    shelf.ingest.read_again(key, raw, message)

    new = shelf.views.key_of(identity(message))
    assert message.date_ms is not None
    assert key_date_ms(new) == effective_date_ms(message.date_ms, RECEIVED_MS) == message.date_ms
    assert shelf.subjects() == ["Mail 2", "Mail 1"], "in the order of their dates"
    assert shelf.mails(Unified.IMPORTANT) == [new]
    assert len(shelf.views.conversation(new).heads) == 2
    assert removed == [key]
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 2
        assert view.value("SELECT count(*) FROM email_text") == 2
        assert shelf.blobs.get(view.value("SELECT raw_digest FROM email WHERE key = ?", (new,))) == raw
    shelf.arrive(raw, Role.ARCHIVE)
    assert len(shelf.mails(Unified.ALL)) == 2, "another copy is the same mail"
    assert shelf.views.head(new).twins == 0
    _assert_lists_are_right(shelf)


def test_a_mail_that_is_here_already_takes_in_the_copy_that_could_not_be_read(shelf: Shelf) -> None:
    raw, other = mail(1), mail(1) + b" \r\n"
    key = _unreadable(shelf, other, Role.ARCHIVE, Flag.FLAGGED)
    shelf.arrive(raw, flags=Flag.SEEN)
    [here] = shelf.mails()

    shelf.ingest.read_again(key, other, parse(other))

    assert shelf.mails(Unified.ALL) == [here]
    head = shelf.views.head(here)
    assert not head.unread
    assert head.important
    with shelf.database.read() as view:
        copies = view.all("SELECT email_key, raw_digest FROM place ORDER BY key")
        assert {email for email, _digest in copies} == {here}
        assert [shelf.blobs.get(bytes(digest)) for _email, digest in copies] == [other, raw]
        assert view.value("SELECT count(*) FROM email") == 1
    _assert_lists_are_right(shelf)


def test_a_header_with_text_gives_way_to_the_whole_mail(shelf: Shelf) -> None:
    raw = mail(1)
    key = _unreadable(shelf, raw, Role.ARCHIVE)
    folder = shelf.folder()
    home = shelf.mirror.home(folder, 0)
    assert home is not None
    [here] = shelf.ingest.take(home, [Fetched(1, Flag.NONE, 1, 99, raw + b"\r\n", parse(raw), partial=True)])

    shelf.ingest.read_again(key, raw, parse(raw))

    assert shelf.views.head(here).completeness is Completeness.FULL
    assert shelf.mails(Unified.ALL) == [here]


def test_a_large_mail_is_still_here_in_part_alone(shelf: Shelf) -> None:
    raw = mail(1)
    key = _unreadable(shelf, raw, size_bytes=len(raw) + 1_000_000)

    shelf.ingest.read_again(key, raw, parse(raw))

    [new] = shelf.mails()
    assert shelf.views.head(new).completeness is Completeness.TEXT


def test_what_the_person_did_to_a_mail_that_could_not_be_read_stays(shelf: Shelf) -> None:
    archive = shelf.add("archive@example.org", Mode.ARCHIVE_ONLY)
    raw = mail(1)
    key = _unreadable(shelf, raw, account=archive)
    shelf.do(Verb.STAR, key)
    shelf.do(Verb.TRASH, key)

    shelf.ingest.read_again(key, raw, parse(raw))

    [new] = shelf.mails(Unified.TRASH)
    assert shelf.views.head(new).important
    with shelf.database.read() as view:
        assert view.value("SELECT kept FROM email WHERE key = ?", (new,)) == 1
    _assert_lists_are_right(shelf)


def test_two_views_of_one_mail_are_joined(shelf: Shelf) -> None:
    archive = shelf.add("archive@example.org", Mode.ARCHIVE_ONLY)
    raw, other = mail(1), mail(1) + b" \r\n"
    key = _unreadable(shelf, other, account=archive)
    shelf.do(Verb.STAR, key)
    shelf.do(Verb.TRASH, key)
    shelf.arrive(raw, account=archive, flags=Flag.SEEN)
    [here] = shelf.mails()

    shelf.ingest.read_again(key, other, parse(other))

    assert shelf.mails(Unified.TRASH) == []
    with shelf.database.read() as view:
        assert States(view).of([here]) == {here: UserState(read=True, important=True, in_inbox=True)}


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        (UserState(in_trash=True), UserState(in_trash=True), UserState(in_trash=True)),
        (UserState(in_trash=True), UserState(in_junk=True), UserState(in_junk=True)),
        (UserState(in_trash=True), UserState(in_archive=True), UserState(in_archive=True)),
        (UserState(in_inbox=True), UserState(in_archive=True), UserState(in_inbox=True)),
        (UserState(read=True), UserState(important=True), UserState(read=True, important=True)),
        (UserState(answered=True), UserState(forwarded=True), UserState(answered=True, forwarded=True)),
    ],
)
def test_joined_views_say_what_both_copies_would(one: UserState, other: UserState, both: UserState) -> None:
    assert joined(one, other) == joined(other, one) == both


def test_what_waits_for_the_server_goes_on(shelf: Shelf) -> None:
    raw = mail(1)
    key = _unreadable(shelf, raw)
    done = shelf.do(Verb.ARCHIVE, key)

    shelf.ingest.read_again(key, raw, parse(raw))

    [new] = shelf.mails(Unified.ARCHIVE)
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    assert [t.message_id for t in shelf.queue.targets(queued)[shelf.folder().key]] == ["1@acme.example"]
    shelf.actions.undo(done)
    assert shelf.mails() == [new]


def test_a_mail_deleted_meanwhile_is_not_read_again(shelf: Shelf) -> None:
    raw = mail(1)
    key = _unreadable(shelf, raw)
    shelf.do(Verb.DELETE, key)

    shelf.ingest.read_again(key, raw, parse(raw))

    assert shelf.mails(Unified.ALL) == []
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.expunged(queued, queued.place_keys)
    with shelf.database.write() as work:
        assert work.value("SELECT count(*) FROM email") == 0
        Life(work).revive([key])
    shelf.ingest.read_again(key, raw, parse(raw))
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0, "nor one that is gone"
