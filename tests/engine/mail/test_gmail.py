"""Gmail: a mail is downloaded once and lies in all its labels; what is archived elsewhere stays; labels come and go."""

from __future__ import annotations

import time

import pytest

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.net.mail.imap.responses import Value, octets
from desktop.services.mail.purging import purge
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.labels import LabelWriter
from tests.desk import Desk, mail
from tests.proof import rounds
from tests.servers.gmail import Gmail

ALL, TRASH, SENT, DRAFTS = "[Gmail]/All Mail", "[Gmail]/Trash", "[Gmail]/Sent Mail", "[Gmail]/Drafts"


def places(desk: Desk, key: int) -> list[str]:
    """Return the paths of the folders a mail has places in, each as often as it has one there."""
    with desk.core.database.read() as view:
        return sorted(
            view.column(
                "SELECT f.path FROM place p JOIN folder f ON f.key = p.folder_key WHERE p.email_key = ?", (key,)
            )
        )


def purged(desk: Desk) -> int:
    """Let the days pass after which what no server has is deleted; returns how many mails were."""
    return purge(desk.core.database, Blobs(desk.profile.raw), clock.now() + 1)


def test_a_mail_with_labels_is_downloaded_once_and_has_a_place_in_each(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "INBOX", "Work", "Семья/Фото")
    desk.add(gmail, gmail.user)

    desk.sync()

    [key] = desk.mails()
    assert gmail.downloads == [msgid]
    assert places(desk, key) == ["INBOX", "Work", ALL, "Семья/Фото"]
    assert desk.mails(desk.folder("Work").key) == [key], "the label's folder lists it before it is opened"


def test_an_opened_label_downloads_nothing_and_takes_over_the_places(desk: Desk, gmail: Gmail) -> None:
    msgids = [gmail.box.deliver(mail(n), "INBOX", "Work") for n in range(1, 4)]
    desk.add(gmail, gmail.user)
    desk.sync()
    work = desk.folder("Work").key
    before = desk.mails(work)

    desk.core.services.folders.watch(work, on=True)
    desk.sync()

    assert sorted(gmail.downloads) == msgids
    assert desk.mails(work) == before
    assert [places(desk, key) for key in before] == [["INBOX", "Work", ALL]] * 3


def test_what_another_program_archives_stays_in_the_archive(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "INBOX")
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails()

    gmail.box.label(msgid, off=["INBOX"])
    desk.sync()

    assert desk.mails() == []
    assert desk.mails(Unified.ARCHIVE) == [key]
    assert desk.mails(Unified.ALL) == [key]
    assert places(desk, key) == [ALL]
    assert gmail.downloads == [msgid]
    gmail.box.label(msgid, "INBOX")
    desk.sync()
    assert desk.mails() == [key]
    assert desk.mails(Unified.ARCHIVE) == []


def test_mail_that_never_was_in_the_inbox_is_here(desk: Desk, gmail: Gmail) -> None:
    gmail.box.deliver(mail(1), "Work")
    gmail.box.deliver(mail(2))
    desk.add(gmail, gmail.user)

    desk.sync()

    assert desk.subjects(Unified.ARCHIVE) == ["Mail 2", "Mail 1"]
    assert desk.subjects(desk.folder("Work").key) == ["Mail 1"]
    assert desk.subjects(Unified.ALL) == ["Mail 2", "Mail 1"]


def test_a_label_put_on_and_taken_off_elsewhere_is_seen(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "INBOX", "Work")
    gmail.box.id_of("Home")
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails()

    gmail.box.label(msgid, "Home", off=["Work"])
    desk.sync()

    assert places(desk, key) == ["Home", "INBOX", ALL]
    gmail.box.label(msgid, "New", off=["Home"])
    desk.sync()
    assert places(desk, key) == ["INBOX", "New", ALL], "a label nobody knew yet: folders are listed anew"


def test_a_label_renamed_or_shown_elsewhere_keeps_its_mails(desk: Desk, gmail: Gmail) -> None:
    gmail.box.deliver(mail(1), "Work", "Secret")
    secret, work = gmail.box.id_of("Secret"), gmail.box.folder("Work")
    gmail.box.hidden.add(secret)
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails(Unified.ALL)
    assert places(desk, key) == ["Work", ALL]

    gmail.box.hidden.clear()
    assert work is not None
    gmail.box.rename(work, "Jobs")
    desk.sync()

    assert places(desk, key) == ["Jobs", "Secret", ALL]


def test_a_folder_that_is_synced_decides_for_itself(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "INBOX", "Work")
    desk.add(gmail, gmail.user)
    desk.sync()
    work = desk.folder("Work").key
    desk.core.services.folders.watch(work, on=True)
    desk.sync()
    [key] = desk.mails(work)

    gmail.box.label(msgid, off=["Work"])
    desk.sync()
    assert places(desk, key) == ["INBOX", ALL]
    gmail.box.label(msgid, "Work")
    desk.sync()

    assert places(desk, key) == ["INBOX", "Work", ALL]
    assert gmail.downloads == [msgid]


def test_a_draft_is_taken_from_the_drafts_alone(desk: Desk, gmail: Gmail) -> None:
    gmail.box.deliver(mail(1), DRAFTS, flags=["\\Draft", "\\Seen"])
    desk.add(gmail, gmail.user)

    desk.sync()

    [key] = desk.mails(Unified.DRAFTS)
    assert places(desk, key) == [DRAFTS]


def test_flags_of_labels_follow(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "Work")
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails(Unified.ALL)
    assert desk.unread(desk.folder("Work").key) == 1

    uid = gmail.box.by_msgid(msgid).uids[2]
    gmail.box.set_flags(2, uid, ["\\Seen"])
    desk.sync()
    assert desk.unread(desk.folder("Work").key) == 0
    gmail.box.set_flags(2, uid, [])
    desk.sync()

    assert desk.unread(desk.folder("Work").key) == 1
    assert places(desk, key) == ["Work", ALL]


def test_the_copy_in_sent_is_not_downloaded_again(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), SENT)
    desk.add(gmail, gmail.user)

    desk.sync()

    assert gmail.downloads == [msgid]
    assert desk.mails(Unified.ARCHIVE) == [], "what is in Sent is not archived"


def test_where_all_mail_is_hidden_a_sentence_says_so_once_and_archived_mail_is_kept(desk: Desk, gmail: Gmail) -> None:
    gmail.box.hidden.add(gmail.box.id_of(ALL))
    msgids = [gmail.box.deliver(mail(n), "INBOX") for n in (1, 2)]
    account = desk.add(gmail, gmail.user)
    desk.sync()
    two, one = desk.mails()
    assert "Show in IMAP" in desk.core.services.accounts.statuses()[account.key].note

    gmail.box.label(msgids[0], off=["INBOX"])
    desk.sync()

    assert desk.mails() == [two]
    assert desk.mails(Unified.ARCHIVE) == [one]
    assert desk.core.services.views.head(one).gone, "the reader says that it is no longer on the server"
    assert purged(desk) == 0, "nor does it go in a month"
    gmail.box.hidden.clear()
    desk.sync()
    assert desk.core.services.accounts.statuses()[account.key].note == ""
    assert places(desk, one) == [ALL]
    gmail.box.put(gmail.box.by_msgid(msgids[0]), gmail.box.id_of(TRASH))
    gmail.box.take(gmail.box.by_msgid(msgids[0]), gmail.box.id_of(TRASH))
    desk.sync()
    assert desk.mails(Unified.ALL) == [two], "once it was found again it follows its server"


def test_all_mail_hidden_later_takes_no_archived_mail_away(desk: Desk, gmail: Gmail) -> None:
    gmail.box.deliver(mail(1))
    gmail.box.deliver(mail(2), "INBOX")
    trashed = gmail.box.deliver(mail(3))
    gmail.box.put(gmail.box.by_msgid(trashed), gmail.box.id_of(TRASH))
    desk.add(gmail, gmail.user)
    desk.sync()
    [one] = desk.mails(Unified.ARCHIVE)

    gmail.box.hidden.add(gmail.box.id_of(ALL))
    gmail.box.take(gmail.box.by_msgid(trashed), gmail.box.id_of(TRASH))
    desk.sync()

    assert desk.mails(Unified.ARCHIVE) == [one]
    assert desk.core.services.views.head(one).gone
    assert desk.mails(Unified.TRASH) == [], "what went from Trash was deleted"
    assert purged(desk) == 1


def test_a_mail_deleted_elsewhere_leaves_no_label_behind(desk: Desk, gmail: Gmail) -> None:
    msgid = gmail.box.deliver(mail(1), "Work")
    desk.add(gmail, gmail.user)
    desk.sync()
    [key] = desk.mails(Unified.ALL)

    gmail.box.put(gmail.box.by_msgid(msgid), gmail.box.id_of(TRASH))
    desk.sync()
    assert places(desk, key) == [TRASH]
    gmail.box.take(gmail.box.by_msgid(msgid), gmail.box.id_of(TRASH))
    desk.sync()

    assert places(desk, key) == []


def test_copies_from_before_learn_their_id_and_are_not_fetched_again(desk: Desk, gmail: Gmail) -> None:
    msgids = [gmail.box.deliver(mail(n), "INBOX") for n in range(1, 30)]
    desk.add(gmail, gmail.user)
    desk.sync()
    with desk.core.database.write() as work:
        work.run("UPDATE place SET gm_msgid = NULL")
        work.run("DELETE FROM place WHERE folder_key = ?", (desk.folder(Role.ALL).key,))
        work.run("UPDATE folder SET uidvalidity = 0, synced_down_to = 0, uidnext = 0 WHERE role = 'all'")

    desk.sync()

    assert sorted(gmail.downloads) == msgids
    assert all(places(desk, key) == ["INBOX", ALL] for key in desk.mails())


def test_r17_an_id_given_to_two_mails_hides_neither(desk: Desk, gmail: Gmail) -> None:
    one, two = gmail.box.deliver(mail(1), "INBOX"), gmail.box.deliver(mail(2, text="Another text"), "INBOX")
    gmail.lies[two] = one
    desk.add(gmail, gmail.user)

    desk.sync()

    assert desk.subjects() == ["Mail 2", "Mail 1"]


def test_mail_that_comes_while_all_mail_is_read_is_told_of(desk: Desk, gmail: Gmail) -> None:
    gmail.box.deliver(mail(1), "INBOX")
    desk.add(gmail, gmail.user)
    desk.sync()
    told: list[events.MessagesArrived] = []
    desk.core.bus.subscribe(events.MessagesArrived, told.append)

    def deliver(name: str, values: list[Value]) -> None:
        if name == "SELECT" and octets(values[0]).endswith(b"All Mail"):
            gmail.before = None
            gmail.box.deliver(mail(2), "INBOX", received_ms=clock.now())

    gmail.before = deliver
    desk.sync()

    assert desk.subjects() == ["Mail 2", "Mail 1"]
    [arrived] = told
    assert arrived.notify
    with desk.core.database.read() as view:
        [first] = view.column(
            "SELECT f.role FROM place p JOIN folder f ON f.key = p.folder_key WHERE p.email_key = ? ORDER BY p.key "
            "LIMIT 1",
            (arrived.keys[0],),
        )
    assert first == "inbox"


def test_a_kill_between_mails_and_labels_loses_no_label(
    desk: Desk, gmail: Gmail, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 6):
        gmail.box.deliver(mail(number), "Work")
    desk.add(gmail, gmail.user)

    def die(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(LabelWriter, "follow", die)
        with pytest.raises(RuntimeError):
            desk.core.supervisor.sync_once()
    assert desk.mails(desk.folder("Work").key) == []
    desk.sync()

    assert len(desk.mails(desk.folder("Work").key)) == 5
    assert len(gmail.downloads) == 5


def test_a_large_all_mail_that_is_known_costs_probes_alone(desk: Desk, gmail: Gmail) -> None:
    count = rounds(1000, 20_000)
    for number in range(1, count + 1):
        gmail.box.deliver(mail(number, text="word " * 200), "INBOX", "Work")
    desk.add(gmail, gmail.user)
    desk.sync()
    assert len(gmail.downloads) == count
    with desk.core.database.write() as work:
        work.run("DELETE FROM place WHERE folder_key <> ?", (desk.folder(Role.INBOX).key,))
        work.run("UPDATE folder SET uidvalidity = 0, synced_down_to = 0, uidnext = 0 WHERE role = 'all'")
    before = len(gmail.commands)

    began_s = time.monotonic()
    desk.sync()

    print(f"{count} mails of All Mail attached in {time.monotonic() - began_s:.1f} s")
    assert len(gmail.downloads) == count
    commands = gmail.commands[before:]
    assert not any("BODY" in command for command in commands)
    assert len([command for command in commands if command.startswith("UID FETCH")]) <= count / 500 + 10
    assert len(desk.mails(desk.folder("Work").key)) == count
