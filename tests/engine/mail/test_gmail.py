"""Gmail: a mail is downloaded once and lies in all its labels; what is archived elsewhere stays; labels come and go."""

from __future__ import annotations

from desktop.domain.mail.folder import Unified
from tests.desk import Desk, mail
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
