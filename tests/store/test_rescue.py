"""What a damaged database alone held is taken over into the one in its place; nothing else is."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.app import recovery
from desktop.base import clock
from desktop.domain import settings
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Theme
from desktop.store import backup, restoration
from desktop.store.database import Database
from desktop.store.mail import late_reminders, late_views
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.stray_keys import StrayKeys
from desktop.store.rescue import rescue
from desktop.store.restoration import Restoration
from desktop.store.settings import PER_MAIL, SettingValues
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot
from tests.store.damaging import back_up, start_damaged


def again(desk: Desk, done: Restoration) -> int:
    return rescue(desk.core.database, desk.profile.root / done.damaged, recovery._follow)


def starred_on_server(dovecot: Dovecot, user: str, folder: Path) -> int:
    other = Desk(folder)
    other.add(dovecot, user)
    other.sync()
    rows = other.core.services.views.rows(other.mails(), conversations=False)
    other.close()
    return sum(row.important for row in rows)


def test_r28_settings_accounts_and_what_waits_for_a_server_survive(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)
    second = dovecot.add_user(f"second-{imap_user}", "secret")
    desk.add(dovecot, second, mode=Mode.ARCHIVE_ONLY)
    newest = desk.mails()[0]
    desk.do(Verb.STAR, newest)

    desk = start_damaged(desk)

    done = desk.core.restored
    assert done is not None
    assert done.rescued
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    assert [account.address for account in desk.core.services.accounts.all()] == [imap_user, second]
    assert [row.important for row in desk.core.services.views.rows([newest], conversations=False)] == [True]
    assert len(desk.core.services.operations.waiting()) == 1
    assert again(desk, done) == 0, "it changes nothing the second time"

    desk.core.supervisor.sync_once(frozenset({1}))
    assert desk.core.services.operations.waiting() == ()
    assert starred_on_server(dovecot, imap_user, tmp_path / "other") == 1
    desk.close()


def test_r28_what_was_done_since_the_backup_is_not_done_again(desk: Desk) -> None:
    desk.do(Verb.STAR, desk.mails()[0])
    back_up(desk)
    desk.sync()
    desk.do(Verb.UNSTAR, desk.mails()[0])
    desk.sync()

    desk = start_damaged(desk)

    assert desk.core.services.operations.waiting() == ()
    desk.sync()
    assert [row.important for row in desk.core.services.views.rows(desk.mails(), conversations=False)] == [False] * 3
    desk.close()


def test_r28_an_operation_on_a_mail_the_backup_does_not_have_is_left_out(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    dovecot.deliver(imap_user, [mail(9)])
    desk.sync()
    desk.do(Verb.STAR, desk.mails()[0])

    desk = start_damaged(desk)

    assert desk.core.services.operations.waiting() == ()
    desk.sync()
    assert len(desk.mails()) == 4
    assert backup.damage(desk.profile.database) == ""
    desk.close()


def test_r28_half_a_queue_is_left_out_and_the_rest_is_taken_over(desk: Desk) -> None:
    back_up(desk)
    desk.do(Verb.STAR, desk.mails()[0])
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)

    desk = start_damaged(desk, "operation", "email_search_data")

    assert desk.core.services.operations.waiting() == ()
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.sync()
    assert len(desk.mails()) == 3
    desk.close()


def test_r28_without_a_backup_accounts_and_settings_survive_and_mails_come_again(desk: Desk, imap_user: str) -> None:
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)

    desk = start_damaged(desk)

    assert [account.address for account in desk.core.services.accounts.all()] == [imap_user]
    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.sync()
    assert len(desk.mails()) == 3
    assert desk.core.restored is not None
    assert "no backup" in recovery.words(desk.profile, desk.core.restored)[0]
    desk.close()


def test_r28_a_start_that_was_killed_while_taking_over_is_gone_on_with(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(desk)
    desk.core.services.settings.set(settings.THEME, Theme.DARK.value)

    def killed(*arguments: object) -> int:
        raise KeyboardInterrupt

    taken_over = recovery.rescue.rescue
    monkeypatch.setattr(recovery.rescue, "rescue", killed)
    with pytest.raises(KeyboardInterrupt):
        start_damaged(desk)
    monkeypatch.setattr(recovery.rescue, "rescue", taken_over)
    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.rescued is None

    desk = Desk(desk.profile.root)

    assert desk.core.services.settings.get(settings.THEME) == Theme.DARK.value
    desk.close()
    desk = Desk(desk.profile.root)
    assert desk.core.restored is None
    desk.close()


def test_r28_a_source_no_sync_names_again_becomes_a_mail_that_stays(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    large = mail(8, subject="Only here", text=os.urandom(700_000).hex())
    dovecot.deliver(imap_user, [mail(7, subject="On the server"), large])
    desk.sync()
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "subject", "Only here")

    desk = start_damaged(desk)
    housekeeping = desk.core.supervisor._housekeeping
    housekeeping.gather_strays()
    assert "Only here" not in desk.subjects(Unified.ALL), "the sync may still find it"
    for days in (0, 8, 16):
        with clock.frozen(clock.now() + days * 86_400_000):
            housekeeping._upkeep.run()  # which else deletes a source that nothing names
    desk.sync()
    housekeeping.gather_strays()

    assert desk.subjects(Unified.ALL).count("Only here") == 1
    assert desk.subjects(Unified.ALL).count("On the server") == 1
    assert "Only here" not in desk.subjects()
    [key] = [key for key in desk.mails(Unified.ALL) if key not in desk.mails()]
    assert len(desk.core.services.reading.source(key)) > 1_400_000
    noted = restoration.read(desk.profile.root)
    assert noted is not None
    assert noted.strays == 1
    desk.close()


def test_r28_nothing_is_noted_as_done_before_it_outlives_a_loss_of_power(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    back_up(desk)
    steps: list[object] = []
    settle, write = Database.settle, restoration.write

    def settles(database: Database) -> None:
        steps.append("settled")
        settle(database)

    def writes(folder: Path, done: Restoration) -> None:
        steps.append((done.rescued is not None, done.strays is not None))
        write(folder, done)

    monkeypatch.setattr(Database, "settle", settles)
    monkeypatch.setattr(restoration, "write", writes)

    desk = start_damaged(desk)
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()

    assert steps == [(False, False), "settled", (True, False), "settled", (True, True)]
    desk.close()


def test_an_examination_that_is_broken_off_is_made_by_the_next_start(desk: Desk) -> None:
    back_up(desk)
    desk.core.close()
    with pytest.raises(backup.Stopped):
        recovery.examine(desk.profile, True, lambda: True)

    assert backup.is_suspect(desk.profile.database)
    Desk(desk.profile.root).close()
    assert not backup.is_suspect(desk.profile.database)


def test_r28_a_folder_made_since_the_backup_is_there_once(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    made = desk.core.services.folders.create(desk.core.services.accounts.all()[0].key, None, "Kept")
    desk.core.services.folders.set_role(made, Role.ARCHIVE)
    desk.do(Verb.ARCHIVE, desk.mails()[0])
    assert desk.folder(Role.ARCHIVE).pending
    back_up(desk)
    desk.sync()
    assert not desk.folder(Role.ARCHIVE).pending

    desk = start_damaged(desk)
    desk.sync()
    desk.do(Verb.ARCHIVE, desk.mails()[0])
    desk.sync()

    [account] = desk.core.services.views.folder_tree().accounts
    assert [(f.path, f.pending) for f in account.folders if "Kept" in f.path] == [("Kept", False)]
    assert desk.folder(Role.ARCHIVE).path == "Kept"
    assert len(desk.mails(desk.folder(Role.ARCHIVE).key)) == 2
    assert dovecot.doveadm("fetch", "-u", imap_user, "uid", "mailbox", "Kept").count("uid") == 2
    desk.close()


def test_r28_a_folder_given_up_since_the_backup_is_not_there(desk: Desk) -> None:
    account = desk.core.services.accounts.all()[0]
    desk.core.services.folders.create(account.key, None, "Ghost")
    back_up(desk)
    [waiting] = desk.core.services.operations.waiting()
    desk.core.services.operations.drop(waiting.key)

    desk = start_damaged(desk)

    [tree] = desk.core.services.views.folder_tree().accounts
    assert "Ghost" not in [folder.path for folder in tree.folders]
    desk.close()


def test_r28_what_was_to_become_of_a_folder_and_was_given_up_is_taken_back(desk: Desk) -> None:
    account = desk.core.services.accounts.all()[0]
    folders = desk.core.services.folders
    deleted, renamed = (folders.create(account.key, None, name) for name in ("Deleted", "Renamed"))
    desk.sync()
    deleted, renamed = desk.folder("Deleted").key, desk.folder("Renamed").key
    folders.delete(deleted)
    folders.rename(renamed, "Again")
    folders.rename(renamed, "And again")
    back_up(desk)
    for waiting in desk.core.services.operations.waiting():
        desk.core.services.operations.drop(waiting.key)

    desk = start_damaged(desk)

    [tree] = desk.core.services.views.folder_tree().accounts
    there = {folder.key: (folder.path, folder.pending) for folder in tree.folders}
    assert there[deleted] == ("Deleted", False)
    assert there[renamed] == ("Renamed", False)
    desk.close()


def test_r28_a_mail_deleted_for_good_since_the_backup_stays_away(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    archived = dovecot.add_user(f"archived-{imap_user}", "secret")
    dovecot.deliver(archived, [mail(3), mail(11), mail(12)])
    desk.add(dovecot, archived, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    back_up(desk)
    rows = desk.core.services.views.rows(desk.mails(Unified.ALL), conversations=False)
    [gone] = [row.key for row in rows if row.subject == "Mail 11"]
    desk.do(Verb.DELETE, gone)

    desk = start_damaged(desk)
    assert sorted(desk.subjects(Unified.ALL)) == ["Mail 1", "Mail 12", "Mail 2", "Mail 3"]
    done = desk.core.restored
    assert done is not None
    assert again(desk, done) == 0, "it changes nothing the second time"
    desk.sync()

    assert sorted(desk.subjects(Unified.ALL)) == ["Mail 1", "Mail 12", "Mail 2", "Mail 3"]
    with desk.core.database.write() as work:
        kept = work.all("SELECT * FROM listing_count ORDER BY list_id")
        ListingWriter(work).rebuild()
        assert kept == work.all("SELECT * FROM listing_count ORDER BY list_id")
    assert backup.damage(desk.profile.database) == ""
    desk.close()


def test_r28_nobody_knows_what_a_folder_holds_that_the_backup_did_not_have(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Later")
    desk.sync()

    desk = start_damaged(desk)

    assert desk.folder("Later").on_server is None
    desk.close()


def test_r28_a_view_whose_operations_are_left_out_is_left_out_too(desk: Desk) -> None:
    back_up(desk)
    first, second, _third = desk.mails()
    desk.do(Verb.STAR, first)
    desk.do(Verb.TRASH, second)

    desk = start_damaged(desk, "operation", "email_search_data")

    assert desk.core.services.operations.waiting() == ()
    for _ in range(2):
        rows = desk.core.services.views.rows(desk.mails(), conversations=False)
        assert [row.important for row in rows] == [False] * 3
        assert desk.mails(Unified.TRASH) == []
        desk.sync()
    desk.close()


def test_r28_mails_of_an_account_that_is_archived_only_since_the_backup_stay(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    [account] = desk.core.services.accounts.all()
    desk.core.services.accounts.edit(replace(account, mode=Mode.ARCHIVE_ONLY))

    desk = start_damaged(desk)

    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")
    desk.sync()
    with clock.frozen(clock.now() + 40 * 86_400_000):
        desk.core.supervisor._housekeeping._upkeep.run()
    assert len(desk.mails(Unified.ALL)) == 3
    desk.close()


def test_r28_mails_from_an_alias_given_since_the_backup_are_sent_by_the_person(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(31, From="Me <alias@example.org>")])
    desk.sync()
    back_up(desk)
    [account] = desk.core.services.accounts.all()
    desk.core.services.accounts.edit(account.known_as(("alias@example.org",)))

    desk = start_damaged(desk)

    with desk.core.database.read() as view:
        assert view.column("SELECT subject FROM email WHERE outgoing") == ["Mail 31"]
    desk.close()


def test_r28_older_mails_wanted_since_the_backup_are_fetched(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    other = dovecot.add_user(f"since-{imap_user}", "secret")
    dovecot.deliver(other, [mail(41)])
    account = desk.add(dovecot, other, fetch_since="2099-01-01")
    desk.sync()
    assert "Mail 41" not in desk.subjects(Unified.ALL)
    back_up(desk)
    desk.core.services.accounts.edit(replace(account, fetch_since=""))

    desk = start_damaged(desk)
    desk.sync()

    assert "Mail 41" in desk.subjects(Unified.ALL)
    desk.close()


def test_r28_lists_follow_the_role_a_folder_was_given_since_the_backup(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Extra")
    desk.sync()
    extra = desk.folder("Extra").key
    [account] = desk.core.services.accounts.all()
    desk.core.services.accounts.edit(account, watched=["INBOX", "Extra"])
    desk.do(Verb.MOVE, desk.mails()[0], folder=extra)
    desk.sync()
    back_up(desk)
    desk.core.services.folders.set_role(extra, Role.JUNK)
    expected = {list_id: desk.mails(list_id) for list_id in Unified}
    assert len(expected[Unified.JUNK]) == 1

    desk = start_damaged(desk, "email_user", "email_search_data")

    assert {list_id: desk.mails(list_id) for list_id in Unified} == expected
    desk.close()


@pytest.mark.parametrize("older", [False, True])
def test_r28_what_was_chosen_for_a_folder_since_the_backup_counts(
    desk: Desk, dovecot: Dovecot, imap_user: str, older: bool
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "Extra")
    desk.sync()
    back_up(desk)
    desk.core.services.folders.notify(desk.folder("Extra").key, True)
    if older:  # the file is of a Rapport that did not ask
        with desk.core.database.write() as work:
            work.run("ALTER TABLE folder DROP COLUMN notify")

    desk = start_damaged(desk)

    extra = desk.folder("Extra")
    assert (extra.watched, extra.notify) == (True, None if older else True)
    desk.close()


def test_r28_the_view_of_an_archived_mail_newer_than_the_backup_waits_for_the_mail(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    archived = dovecot.add_user(f"archived-{imap_user}", "secret")
    desk.add(dovecot, archived, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    back_up(desk)
    dovecot.deliver(archived, [mail(21), mail(22)])
    desk.sync()
    second, first, *_others = desk.mails()
    desk.do(Verb.STAR, first)
    desk.do(Verb.READ, first)
    desk.do(Verb.TRASH, second)

    desk = start_damaged(desk)
    desk.sync()

    assert desk.subjects(Unified.TRASH) == ["Mail 22"]
    newest, *_others = desk.core.services.views.rows(desk.mails(), conversations=False)
    assert (newest.subject, newest.important, newest.unread) == ("Mail 21", True, False)
    with desk.core.database.read() as view:
        assert view.value("SELECT count(*) FROM setting WHERE name LIKE '%late-view%'") == 0
    desk.close()


def test_r28_a_view_that_waits_for_its_mail_outlives_a_second_damage(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    archived = dovecot.add_user(f"archived-{imap_user}", "secret")
    desk.add(dovecot, archived, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    back_up(desk)
    dovecot.deliver(archived, [mail(21)])
    desk.sync()
    desk.do(Verb.STAR, desk.mails()[0])
    desk = start_damaged(desk)
    with desk.core.database.write() as work:
        for name, value in (("x", "[]"), ("0" * 32, "[1]"), ("1" * 32, f"[{clock.now()}, 7]"), ("2" * 32, "[[]]")):
            SettingValues.put(work, f"{late_views.NAME}{name}", value)
        StrayKeys(work).add([desk.mails()[0]])

    desk = start_damaged(desk)

    with desk.core.database.read() as view:
        assert len(SettingValues(view).notes(PER_MAIL)) == 1
    desk.sync()
    newest, *_others = desk.core.services.views.rows(desk.mails(), conversations=False)
    assert (newest.subject, newest.important) == ("Mail 21", True)
    desk.close()


def test_r28_a_mail_that_was_gone_from_its_server_comes_back_read_and_not_into_the_inbox(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    back_up(desk)
    dovecot.deliver(imap_user, [mail(7, subject="Deleted elsewhere")])
    desk.sync()
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "subject", "Deleted elsewhere")
    desk.sync()

    desk = start_damaged(desk)
    desk.sync()
    desk.core.supervisor._housekeeping.gather_strays()

    assert desk.subjects() == ["Mail 3", "Mail 2", "Mail 1"]
    assert "Deleted elsewhere" in desk.subjects(Unified.ALL)
    assert desk.unread(Unified.ALL) == 3
    desk.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE email_search_data SET block = x'' WHERE id = 1",
        "DELETE FROM email_trigram_data",
        "DELETE FROM email_search_config",
    ],
)
def test_r28_a_damaged_search_index_in_the_backup_bars_no_start(
    desk: Desk, dovecot: Dovecot, imap_user: str, damage: str
) -> None:
    archived = dovecot.add_user(f"archived-{imap_user}", "secret")
    dovecot.deliver(archived, [mail(11), mail(12)])
    desk.add(dovecot, archived, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    back_up(desk)
    [copy] = desk.profile.backup.glob("*.db")
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute(damage)
        connection.commit()
    rows = desk.core.services.views.rows(desk.mails(Unified.ALL), conversations=False)
    [gone] = [row.key for row in rows if row.subject == "Mail 11"]
    desk.do(Verb.DELETE, gone)

    desk = start_damaged(desk)

    assert desk.core.restored is not None
    assert sorted(desk.subjects(Unified.ALL)) == ["Mail 1", "Mail 12", "Mail 2", "Mail 3"]
    assert len(desk.core.services.search.search("Mail").hits) == 4
    desk.close()


def test_r28_what_is_snoozed_since_the_backup_stays_away_and_what_came_back_is_there(desk: Desk) -> None:
    reminders = desk.core.services.reminders
    three, two, one = desk.mails()
    later = clock.now() + 86_400_000
    reminders.snooze([one], later)
    back_up(desk)
    reminders.end([one])
    reminders.snooze([two], later + 5, even_if_answered=True)

    desk = start_damaged(desk)

    assert desk.mails() == [three, one]
    reminder = desk.core.services.views.head(two).reminder
    assert reminder is not None
    assert (reminder.due_at_ms, reminder.even_if_answered) == (later + 5, True)
    done = desk.core.restored
    assert done is not None
    assert again(desk, done) == 0
    desk.close()


def test_r28_without_a_backup_snoozes_wait_for_their_mails_to_come_again(desk: Desk) -> None:
    [*_others, one] = desk.mails()
    desk.core.services.reminders.snooze([one], clock.now() + 86_400_000)

    desk = start_damaged(desk)
    assert desk.mails(Unified.SNOOZED) == []
    desk.sync()

    assert desk.subjects() == ["Mail 3", "Mail 2"]
    assert desk.subjects(Unified.SNOOZED) == ["Mail 1"]
    with desk.core.database.read() as view:
        assert view.value("SELECT count(*) FROM setting WHERE name LIKE '%late-reminder%'") == 0
    desk.close()


def test_r28_a_reminder_that_makes_no_sense_is_left_out(desk: Desk) -> None:
    three, two, one = desk.mails()
    later = clock.now() + 86_400_000
    back_up(desk)
    desk.core.services.reminders.snooze([one, two, three], later)
    with desk.core.database.write() as work:
        work.run("UPDATE reminder SET kind = 'never' WHERE email_key = ?", (two,))
        work.run("UPDATE reminder SET due_at_ms = -1 WHERE email_key = ?", (three,))
        for name, value in (("x", "[]"), ("0" * 32, "[1]"), ("1" * 32, f"[{clock.now()}, 7]"), ("2" * 32, "[[]]")):
            SettingValues.put(work, f"{late_reminders.NAME}{name}", value)

    desk = start_damaged(desk)

    assert desk.mails() == [three, two]
    assert desk.mails(Unified.SNOOZED) == [one]
    desk.close()
