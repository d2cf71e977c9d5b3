"""What a person does to mails that lie in more than one account, or are being taken away meanwhile."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag, key_date_ms
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.state import UserState
from desktop.store.mail.life import Life
from desktop.store.mail.states import States
from tests.desk import mail
from tests.shelf import Shelf


def _replay(shelf: Shelf) -> None:
    """Let the server do the next operation."""
    queued = shelf.queue.next(shelf.account)
    assert queued is not None
    shelf.queue.begin(queued)
    assert queued.kind == "expunge"
    shelf.queue.expunged(queued, queued.place_keys)


def test_a_mail_deleted_for_good_does_not_come_back_by_its_archived_copy(shelf: Shelf) -> None:
    archive = shelf.add("team@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))
    uid = shelf.arrive(mail(1), account=archive)
    shelf.do(Verb.DELETE, *shelf.mails())

    _replay(shelf)
    shelf.mirror.flags(shelf.folder(account=archive), 0, [(uid, Flag.SEEN)])

    assert shelf.mails(Unified.ALL) == []
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0
        assert view.value("SELECT count(*) FROM place WHERE skipped_by IS NOT NULL") == 1, "never fetched again"


def test_emptying_the_trash_of_one_account_takes_its_mails_alone(shelf: Shelf) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1), Role.TRASH)
    shelf.arrive(mail(2), Role.TRASH, account=other)

    done = shelf.actions.empty_trash(other)

    assert shelf.subjects(Unified.TRASH) == ["Mail 1"]
    assert len(done.keys) == 1
    shelf.actions.empty_trash()
    assert shelf.subjects(Unified.TRASH) == []


def test_an_email_of_two_archives_stays_when_one_of_them_goes(shelf: Shelf) -> None:
    archives = [shelf.add(f"{name}@example.org", Mode.ARCHIVE_ONLY) for name in ("a", "b")]
    uids = [shelf.arrive(mail(1), account=key) for key in archives]
    [key] = shelf.mails()
    with shelf.database.write() as work:
        Life(work).let_go([key])

    shelf.mirror.vanished(shelf.folder(account=archives[0]), 0, uids[:1])
    shelf.mirror.vanished(shelf.folder(account=archives[1]), 0, uids[1:])

    assert shelf.mails() == [key]


def test_a_mail_deleted_twice_is_seen_again_when_its_deletion_is_given_up(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.DELETE, key)
    shelf.do(Verb.DELETE, key)
    [waiting] = shelf.operations.waiting()

    shelf.operations.drop(waiting.key)

    assert shelf.mails() == [key]


def _conversation(shelf: Shelf, count: int, role: Role = Role.INBOX) -> list[int]:
    """Bring a conversation and return its mails, oldest first."""
    for number in range(1, count + 1):
        shelf.arrive(mail(number, In_Reply_To="<1@acme.example>" if number > 1 else ""), role)
    return sorted(shelf.mails(Unified.INBOX if role is Role.INBOX else shelf.folder(role).key))


def test_conversations_and_single_mails_are_one_deed_which_undo_takes_back_whole(shelf: Shelf) -> None:
    keys = _conversation(shelf, 3)
    shelf.arrive(mail(9))
    [single] = set(shelf.mails()) - set(keys)

    done = shelf.actions.apply(Change(Verb.ARCHIVE), [single], conversations=[keys[-1]], list_id=Unified.INBOX)

    assert set(done.keys) == {*keys, single}
    assert shelf.mails() == []
    shelf.actions.undo(done)
    assert set(shelf.mails()) == {*keys, single}


def test_what_is_meant_is_what_a_verb_takes(shelf: Shelf) -> None:
    keys = _conversation(shelf, 3)

    meant = shelf.actions.meant([keys[0]], [keys[2]], Unified.INBOX)

    assert sorted(meant) == keys


def test_a_verb_names_only_the_mails_it_changed(shelf: Shelf) -> None:
    shelf.arrive(mail(1), Role.TRASH)
    shelf.arrive(mail(2))
    trashed, kept = shelf.mails(Unified.TRASH), shelf.mails()

    done = shelf.actions.apply(Change(Verb.TRASH), [*trashed, *kept])
    again = shelf.actions.apply(Change(Verb.TRASH), [*trashed, *kept])

    assert list(done.keys) == kept
    assert again.keys == ()


def test_a_mail_without_a_server_is_changed_once(shelf: Shelf) -> None:
    archive = shelf.add("team@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), account=archive)
    [key] = shelf.mails(Unified.ALL)

    first = shelf.actions.apply(Change(Verb.STAR), [key])
    second = shelf.actions.apply(Change(Verb.STAR), [key])

    assert (first.keys, second.keys) == ((key,), ())


@pytest.mark.parametrize("answer", ["", "<1@acme.example>"], ids=["alone", "in a conversation"])
def test_the_key_of_a_deleted_mail_is_never_another_ones(shelf: Shelf, answer: str) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    if answer:
        shelf.arrive(mail(2, In_Reply_To=answer))
    shelf.do(Verb.DELETE, key)
    date = next(line for line in mail(1).decode().splitlines() if line.startswith("Date:"))

    shelf.arrive(mail(7, Date=date.removeprefix("Date: ")))

    new = shelf.mails()[-1]
    assert new != key
    assert key_date_ms(new) == key_date_ms(key)
    assert [head.subject for head in shelf.views.conversation(new).heads] == ["Mail 7"]


def _view(shelf: Shelf, key: int) -> UserState:
    with shelf.database.read() as view:
        return States(view).of([key])[key]


def _append(shelf: Shelf, account: int) -> Flag:
    """Let the server of an account take a copy; returns the flags it got."""
    queued = shelf.queue.next(account)
    assert queued is not None
    assert queued.kind == "append"
    shelf.queue.begin(queued)
    appendix = shelf.queue.to_append(queued)
    assert appendix is not None
    shelf.queue.appended(queued, appendix.place_key, None)
    return appendix.flags


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        (Flag.SEEN, Flag.FLAGGED, Flag.SEEN | Flag.FLAGGED),
        (Flag.SEEN | Flag.FLAGGED, Flag.DELETED, Flag.SEEN | Flag.FLAGGED),
        (Flag.ANSWERED, Flag.FORWARDED | Flag.DELETED, Flag.ANSWERED),
    ],
    ids=["of two copies", "one of them marked as deleted", "marks of a copy that is none"],
)
def test_a_mail_that_moves_to_another_account_keeps_the_marks_of_its_copies(
    shelf: Shelf, first: Flag, second: Flag, wanted: Flag
) -> None:
    other = shelf.add("b@example.org")
    shelf.arrive(mail(1), Role.NONE, first)
    shelf.arrive(mail(1), Role.ARCHIVE, second)
    [key] = shelf.mails(Unified.ALL)
    before = _view(shelf, key)

    shelf.do(Verb.MOVE, key, folder=shelf.folder(Role.NONE, other).key)

    assert shelf.mails(shelf.folder(Role.NONE, other).key) == [key]
    now = _view(shelf, key)
    assert (now.read, now.important, now.answered) == (before.read, before.important, before.answered)
    assert _append(shelf, other) == wanted


def test_a_mail_that_moves_out_of_an_archive_is_as_the_person_left_it(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    other = shelf.add("b@example.org")
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    shelf.do(Verb.READ, key)
    shelf.do(Verb.ARCHIVE, key)

    done = shelf.do(Verb.MOVE, key, folder=shelf.folder(account=other).key)
    assert shelf.mails() == [key], "it is in the Inbox at once, not only when the server has it"
    assert _view(shelf, key).read
    shelf.actions.undo(done)
    assert (shelf.mails(), shelf.mails(Unified.ARCHIVE)) == ([], [key])
    shelf.do(Verb.MOVE, key, folder=shelf.folder(account=other).key)

    assert _append(shelf, other) == Flag.SEEN
    assert (shelf.mails(), _view(shelf, key).read) == ([key], True)


@pytest.mark.parametrize("how", ["deleted", "account removed"])
def test_undo_passes_over_mails_that_are_gone(shelf: Shelf, how: str) -> None:
    archive = shelf.add("a@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), account=archive)
    shelf.arrive(mail(2), account=shelf.add("b@example.org", Mode.ARCHIVE_ONLY))
    two, one = shelf.mails()
    done = shelf.do(Verb.ARCHIVE, one, two)
    if how == "deleted":
        shelf.do(Verb.DELETE, one)
    else:
        shelf.accounts.remove(archive)

    shelf.actions.undo(done)

    assert shelf.mails() == [two]


def test_undo_leaves_what_was_done_since(shelf: Shelf) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    done = shelf.do(Verb.ARCHIVE, key)
    shelf.do(Verb.READ, key)
    shelf.do(Verb.STAR, key)

    shelf.actions.undo(done)

    assert _view(shelf, key) == UserState(read=True, important=True, in_inbox=True)
