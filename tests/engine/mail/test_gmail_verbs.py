"""What a person does to mails at Gmail ends in the right labels there, also after undo, kills and what others did."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator

import pytest

from desktop.app.demo.listener import Gone
from desktop.base.errors import Problem
from desktop.domain.mail.address import Address
from desktop.domain.mail.claiming import SentMail
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.outbox import Stage
from desktop.engine.mail.sender import _is_in_sent
from desktop.net.credentials import Password
from desktop.net.mail.imap.responses import Value
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from desktop.services.mail.sending import Filing, Parcel
from tests.desk import Desk, mail
from tests.engine.mail.test_gmail import ALL, DRAFTS, TRASH, places
from tests.proof import rounds, seed
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.gmail import Gmail, GmailSession

SPAM, STARRED = "[Gmail]/Spam", "[Gmail]/Starred"


@pytest.fixture
def settled(desk: Desk, gmail: Gmail) -> Iterator[Desk]:
    """Check at the end that nothing waits, and that one more sync changes nothing and downloads nothing."""
    yield desk
    assert desk.core.services.operations.waiting() == ()
    before = [(key, places(desk, key)) for key in desk.mails(Unified.ALL)]
    downloads = len(gmail.downloads)
    desk.sync()
    assert [(key, places(desk, key)) for key in desk.mails(Unified.ALL)] == before
    assert len(gmail.downloads) == downloads


def begin(desk: Desk, gmail: Gmail, *labels: str) -> tuple[int, int]:
    """Let one mail with labels be here; return its id at Gmail and its key."""
    gmail.box.id_of("Home")
    msgid = gmail.box.deliver(mail(1), *labels)
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails(Unified.ALL)
    return msgid, key


def test_archive_takes_the_label_of_the_inbox_off_and_no_place_is_double(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work")

    settled.do(Verb.ARCHIVE, key)
    assert settled.mails() == []
    assert settled.mails(Unified.ARCHIVE) == [key]
    settled.sync()

    assert gmail.box.where(msgid) == {ALL, "Work"}
    assert places(settled, key) == ["Work", ALL]
    assert settled.mails(Unified.ARCHIVE) == [key]
    assert gmail.downloads == [msgid]


def test_a_label_called_archive_is_not_where_mail_is_archived(settled: Desk, gmail: Gmail) -> None:
    gmail.box.id_of("Archive")
    msgid, key = begin(settled, gmail, "INBOX")

    settled.do(Verb.ARCHIVE, key)
    settled.sync()

    assert gmail.box.where(msgid) == {ALL}


@pytest.mark.parametrize(("verb", "bin_"), [(Verb.TRASH, TRASH), (Verb.JUNK, SPAM)])
def test_trash_and_junk_take_a_mail_out_of_all_its_labels(settled: Desk, gmail: Gmail, verb: Verb, bin_: str) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work", "Home")

    settled.do(verb, key)
    assert settled.mails(settled.folder("Work").key) == []
    settled.sync()

    assert gmail.box.where(msgid) == {bin_}
    assert places(settled, key) == [bin_]
    moves = [command for command in gmail.commands if command.startswith("UID MOVE")]
    assert len(moves) == 1, "once it lies there it lies nowhere else"


@pytest.mark.parametrize("labels", [("INBOX", "Work"), ("Work",), ()], ids=["inbox", "label", "archived"])
def test_deleted_for_good_a_mail_does_not_come_back(settled: Desk, gmail: Gmail, labels: tuple[str, ...]) -> None:
    msgid, key = begin(settled, gmail, *labels)

    settled.do(Verb.DELETE, key)
    assert settled.mails(Unified.ALL) == []
    settled.sync()

    assert gmail.box.where(msgid) == set()
    settled.sync()
    assert settled.mails(Unified.ALL) == []
    assert settled.mails(Unified.TRASH) == []
    assert gmail.downloads == [msgid]


def test_emptied_trash_is_gone(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work")
    settled.do(Verb.TRASH, key)
    settled.sync()

    settled.core.services.actions.empty_trash()
    settled.sync()

    assert gmail.box.where(msgid) == set()
    assert settled.mails(Unified.TRASH) == []


def test_moved_from_the_inbox_a_mail_keeps_its_other_labels(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work")

    settled.do(Verb.MOVE, key, folder=settled.folder("Home").key)
    settled.sync()

    assert gmail.box.where(msgid) == {ALL, "Work", "Home"}
    assert places(settled, key) == ["Home", "Work", ALL]


def test_moved_in_the_list_of_a_label_a_mail_leaves_that_label(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work")
    work, home = settled.folder("Work").key, settled.folder("Home").key

    settled.core.services.actions.apply(Change(Verb.MOVE, home), [key], list_id=work)
    settled.sync()

    assert gmail.box.where(msgid) == {ALL, "INBOX", "Home"}
    assert places(settled, key) == ["Home", "INBOX", ALL]
    assert not any(command.startswith("UID FETCH 1:") and "LABELS" not in command for command in gmail.commands[-8:])


def test_an_archived_mail_gets_a_label_and_comes_to_the_inbox(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail)

    settled.do(Verb.MOVE, key, folder=settled.folder("Home").key)
    settled.sync()
    assert gmail.box.where(msgid) == {ALL, "Home"}
    assert places(settled, key) == ["Home", ALL]
    settled.do(Verb.INBOX, key)
    settled.sync()

    assert gmail.box.where(msgid) == {ALL, "Home", "INBOX"}
    assert places(settled, key) == ["Home", "INBOX", ALL]


def test_a_mark_is_stored_once_whatever_labels_a_mail_has(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work", "Home")

    done = settled.do(Verb.READ, key)
    settled.do(Verb.STAR, key)
    settled.sync()

    assert gmail.box.flags_of(msgid) == {"\\Seen", "\\Flagged"}
    assert len([c for c in gmail.commands if c.startswith("UID STORE")]) == 2
    assert settled.unread(settled.folder("Work").key) == 0
    settled.core.services.actions.undo(done)
    settled.sync()
    assert gmail.box.flags_of(msgid) == {"\\Flagged"}
    assert settled.unread(settled.folder("Work").key) == 1


VERBS = [
    (Verb.ARCHIVE, ("INBOX", "Work")),
    (Verb.TRASH, ("INBOX", "Work", "Home")),
    (Verb.TRASH, ("Work",)),
    (Verb.TRASH, ()),
    (Verb.JUNK, ("INBOX",)),
    (Verb.MOVE, ("INBOX", "Work")),
    (Verb.MOVE, ()),
    (Verb.INBOX, ("Work",)),
    (Verb.INBOX, ("[Gmail]/Trash",)),
]


@pytest.mark.parametrize("late", [False, True], ids=["before the server knows", "after"])
@pytest.mark.parametrize(("verb", "labels"), VERBS, ids=lambda value: str(value))
def test_undo(settled: Desk, gmail: Gmail, verb: Verb, labels: tuple[str, ...], late: bool) -> None:
    desk = settled
    gmail.box.id_of("Home"), gmail.box.id_of("New")
    binned = TRASH in labels
    msgid = gmail.box.deliver(mail(1), *(() if binned else labels))
    if binned:
        gmail.box.put(gmail.box.by_msgid(msgid), gmail.box.id_of(TRASH))
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails(Unified.TRASH if binned else Unified.ALL)
    where, here = gmail.box.where(msgid), places(desk, key)

    done = desk.do(verb, key, folder=desk.folder("New").key if verb is Verb.MOVE else None)
    if late:
        desk.sync()
        assert gmail.box.where(msgid) != where
    desk.core.services.actions.undo(done)
    desk.sync()
    desk.sync()

    assert gmail.box.where(msgid) == where
    assert places(desk, key) == here
    assert gmail.downloads == [msgid]


def test_undo_brings_labels_back_where_gmail_has_taken_them_off(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work", "Home")
    done = settled.do(Verb.TRASH, key)
    settled.sync()
    gmail.box.by_msgid(msgid).labels.clear()

    settled.core.services.actions.undo(done)
    settled.sync()

    assert gmail.box.where(msgid) == {ALL, "INBOX", "Work", "Home"}
    assert places(settled, key) == ["Home", "INBOX", "Work", ALL]


def test_what_another_program_archived_meanwhile_is_still_put_to_trash(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX")
    gmail.box.label(msgid, off=["INBOX"])

    settled.do(Verb.TRASH, key)
    settled.sync()

    assert gmail.box.where(msgid) == {TRASH}
    assert settled.mails(Unified.TRASH) == [key]


def test_what_another_program_deleted_meanwhile_is_gone(settled: Desk, gmail: Gmail) -> None:
    msgid, key = begin(settled, gmail, "INBOX", "Work")
    box = gmail.box
    box.put(box.by_msgid(msgid), box.id_of(TRASH))
    box.take(box.by_msgid(msgid), box.id_of(TRASH))

    settled.do(Verb.ARCHIVE, key)
    settled.do(Verb.STAR, key)
    settled.sync()

    assert places(settled, key) == []
    assert settled.mails(Unified.ALL) == []


def test_a_mail_moved_to_another_account_leaves_gmail(desk: Desk, gmail: Gmail, dovecot: Dovecot) -> None:
    msgid, key = begin(desk, gmail, "INBOX", "Work")
    desk.add(dovecot, user := dovecot.new_user())
    desk.sync()
    folders = desk.core.services.views.folder_tree().accounts[1].folders
    inbox = next(folder.key for folder in folders if folder.role is Role.INBOX)

    desk.do(Verb.MOVE, key, folder=inbox)
    desk.sync()
    desk.sync()  # first it is copied, then it leaves

    assert gmail.box.where(msgid) == {TRASH}
    assert dovecot.doveadm("search", "-u", user, "mailbox", "INBOX", "ALL").strip() != ""


def test_where_gmail_hides_trash_a_sentence_says_so(desk: Desk, gmail: Gmail) -> None:
    gmail.box.hidden.add(gmail.box.id_of(TRASH))
    msgid, key = begin(desk, gmail, "INBOX")

    for verb in (Verb.TRASH, Verb.DELETE):
        with pytest.raises(Problem, match="Show in IMAP"):
            desk.do(verb, key)

    desk.sync()
    assert gmail.box.where(msgid) == {ALL, "INBOX"}
    assert desk.mails() == [key]


def test_a_mail_in_doubt_is_looked_for_in_all_mail_too(gmail: Gmail) -> None:
    gmail.box.deliver(mail(7), "Work")
    endpoint = ImapEndpoint("127.0.0.1", gmail.imap_port, Security.PLAIN, gmail.user)
    session = Session.open(endpoint, Password(PASSWORD), TlsPolicy())

    def is_there(message_id: str) -> bool:
        account = MailAccount(id=uuid.uuid4(), address=gmail.user)
        sent = SentMail(message_id, gmail.user, frozenset(), "", 0)
        return _is_in_sent(session, Filing(account, account, None, Parcel(gmail.user, (), 0, b""), sent, b""))

    assert is_there("7@acme.example")
    assert not is_there("8@acme.example")
    session.close()


@pytest.mark.parametrize(
    ("verb", "after"),
    [
        (Verb.ARCHIVE, {ALL, "Work"}),
        (Verb.TRASH, {TRASH}),
        (Verb.MOVE, {ALL, "Work", "Home"}),
        (Verb.DELETE, set()),
        (Verb.STAR, {ALL, "INBOX", "Work", STARRED}),
    ],
)
def test_a_connection_lost_at_any_command_changes_nothing_of_the_end(
    settled: Desk, gmail: Gmail, verb: Verb, after: set[str]
) -> None:
    desk = settled
    chance = random.Random(seed())
    gmail.box.id_of("Home")
    desk.add(gmail, gmail.user)
    for number in range(1, rounds(4, 60)):
        msgid = gmail.box.deliver(mail(number), "INBOX", "Work")
        desk.sync()
        [key] = desk.mails()
        desk.do(verb, key, folder=desk.folder("Home").key if verb is Verb.MOVE else None)
        left = chance.randint(8, 25)
        answered = chance.random() < 0.5

        def cut(name: str, _values: list[Value]) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise Gone

        gmail.before, gmail.after = (None, cut) if answered else (cut, None)
        desk.core.supervisor.sync_once()
        gmail.before = gmail.after = None
        desk.core.services.operations.waiting()
        for waiting in desk.core.services.operations.waiting():
            desk.core.services.operations.retry(waiting.key)
        desk.sync()
        desk.sync()

        assert gmail.box.where(msgid) == after, number
        if after:
            assert places(desk, key) == sorted(after - {STARRED}), number
        if verb is Verb.STAR:
            gmail.box.label(msgid, off=["INBOX"])
            desk.sync()
    assert len(gmail.downloads) == len(set(gmail.downloads))


def test_r17_a_mail_under_the_id_of_one_that_goes_to_trash_stays(desk: Desk, gmail: Gmail) -> None:
    one, two = gmail.box.deliver(mail(1), "INBOX"), gmail.box.deliver(mail(2, text="Another text"), "INBOX")
    gmail.lies[two] = one
    desk.add(gmail, gmail.user)
    desk.sync()
    other, key = desk.mails()[1], desk.mails()[0]

    desk.do(Verb.TRASH, key)
    desk.sync()

    assert gmail.box.where(one) == {ALL, "INBOX"}
    assert desk.mails() == [other]
    assert places(desk, other) == ["INBOX", ALL]


def test_a_draft_at_gmail_is_sent_also_where_trash_is_hidden(desk: Desk, gmail: Gmail) -> None:
    gmail.box.hidden.add(gmail.box.id_of(TRASH))
    nobody = Endpoint("127.0.0.1", 1, Security.PLAIN, "")
    account = desk.add(gmail, gmail.user, smtp=nobody)
    desk.sync()
    bo = Address("Bo", "bo@example.org")
    draft = Draft(sender=Address("Me", gmail.user), to=(bo,), subject="Plan", is_html=False, text="Words")
    kept = desk.core.services.compose.save(draft)
    desk.core.services.compose.put_on_server(kept)
    desk.sync()
    desk.sync()
    assert len(gmail.box.in_folder(gmail.box.id_of(DRAFTS))) == 1

    key = desk.core.services.outbox.send(kept, hold_s=0)
    desk.core.supervisor.senders.send_once(account.key)

    waiting = desk.core.services.outbox.get(key)
    assert waiting is not None
    assert waiting.stage is Stage.QUEUED, waiting.problem
    desk.sync()
    assert gmail.box.in_folder(gmail.box.id_of(DRAFTS)) == []


def test_r17_a_search_that_finds_another_mail_moves_nothing(
    desk: Desk, gmail: Gmail, monkeypatch: pytest.MonkeyPatch
) -> None:
    gmail.box.id_of("Home")
    one, two = (gmail.box.deliver(mail(number), "Work") for number in (1, 2))
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = [key for key in desk.mails(Unified.ALL) if desk.core.services.reading.head(key).subject == "Mail 2"]

    def search(session: GmailSession, _values: list[Value]) -> bytes:
        first = session._box.in_folder(session._opened)[:1]
        session._say(b"* SEARCH" + b"".join(b" %d" % each.uids[session._opened] for each in first))
        return b"OK done"

    with monkeypatch.context() as lying:
        lying.setattr(GmailSession, "_search", search)
        change = Change(Verb.MOVE, desk.folder("Home").key)
        desk.core.services.actions.apply(change, [key], list_id=desk.folder("Work").key)
        desk.core.supervisor.sync_once()

    assert gmail.box.where(one) == {ALL, "Work"}
    assert gmail.box.where(two) == {ALL, "Work"}
