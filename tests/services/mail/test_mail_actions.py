"""What a person does to mails that lie in more than one account, or are being taken away meanwhile."""

from __future__ import annotations

from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.store.mail.life import Life
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
