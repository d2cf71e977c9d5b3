"""Fetching from a real server: what arrives, what changes there, what the person does here."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Activity, Mode
from desktop.domain.mail.message import Completeness
from desktop.domain.mail.operation import Verb
from tests.desk import Desk, mail, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy


def test_a_mailbox_is_on_the_screen_newest_first(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 121)])
    desk.add(dovecot, imap_user)

    desk.sync()

    assert desk.subjects() == [f"Mail {n}" for n in range(120, 0, -1)]
    assert desk.unread() == 120


def test_what_changes_on_the_server_changes_here(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 6)])
    desk.add(dovecot, imap_user)
    desk.sync()

    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "uid", "1:2")
    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Flagged", "mailbox", "INBOX", "uid", "3")
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "uid", "5")
    dovecot.deliver(imap_user, [mail(6)])
    desk.sync()

    assert desk.subjects() == ["Mail 6", "Mail 4", "Mail 3", "Mail 2", "Mail 1"]
    assert desk.unread() == 3
    assert desk.subjects(Unified.IMPORTANT) == ["Mail 3"]


def test_what_the_person_does_reaches_the_server(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 6)])
    desk.add(dovecot, imap_user)
    desk.sync()
    five, four, three, two, one = desk.mails()

    desk.do(Verb.READ, one)
    desk.do(Verb.STAR, two)
    desk.do(Verb.ARCHIVE, three)
    desk.do(Verb.TRASH, four)
    desk.do(Verb.DELETE, five)

    assert desk.mails() == [two, one], "it shows at once, before the server knows"
    desk.sync()
    assert desk.core.services.operations.waiting() == ()
    seen = dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "SEEN")
    assert len(seen.split("\n")) == 2, "one line and the end"
    assert _count(dovecot, imap_user, "INBOX") == 2
    assert _count(dovecot, imap_user, "Archive") == 1
    assert _count(dovecot, imap_user, "Trash") == 1
    desk.sync()
    assert desk.mails() == [two, one]
    assert desk.mails(Unified.ARCHIVE) == [three]
    assert desk.mails(Unified.TRASH) == [four]


def test_undo_before_and_after_the_server_knows(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    desk.add(dovecot, imap_user)
    desk.sync()
    two, one = desk.mails()

    early = desk.do(Verb.TRASH, one)
    desk.core.services.actions.undo(early)
    assert desk.core.services.operations.waiting() == ()
    late = desk.do(Verb.TRASH, two)
    desk.sync()
    desk.core.services.actions.undo(late)

    assert desk.mails() == [two, one]
    desk.sync()
    assert desk.mails() == [two, one]
    assert _count(dovecot, imap_user, "INBOX") == 2
    assert _count(dovecot, imap_user, "Trash") == 0


def test_one_mail_in_two_accounts_is_one_email(desk: Desk, dovecot: Dovecot) -> None:
    first, second = dovecot.new_user(), dovecot.new_user()
    for user in (first, second):
        dovecot.deliver(user, [mail(1)])
        desk.add(dovecot, user)

    desk.sync()

    [key] = desk.mails()
    assert len(desk.core.services.views.head(key).account_keys) == 2


def test_r17_mails_with_the_same_id_and_other_text_are_both_readable(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1, text="the first"), mail(1, text="the second")])
    desk.add(dovecot, imap_user)

    desk.sync()

    [key] = desk.mails()
    assert desk.core.services.views.head(key).twins == 1
    texts = {desk.core.services.reading.document(key, twin=twin).html for twin in (0, 1)}
    assert any("the first" in text for text in texts)
    assert any("the second" in text for text in texts)


def test_r17_one_mail_in_two_folders_is_one_entry_with_two_copies(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    for folder in ("INBOX", "Projects"):
        dovecot.deliver(imap_user, [mail(1)], folder)
    desk.add(dovecot, imap_user)
    desk.sync()
    projects = desk.folder("Projects").key
    desk.core.services.folders.watch(projects, on=True)
    desk.sync()
    [key] = desk.mails()
    assert desk.mails(projects) == [key]

    desk.do(Verb.STAR, key)
    desk.sync()

    for folder in ("INBOX", "Projects"):
        assert dovecot.doveadm("search", "-u", imap_user, "mailbox", folder, "FLAGGED").strip() != ""
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")
    desk.sync()
    assert desk.mails(projects) == [key], "a copy that goes takes no other with it"


def test_a_mail_over_the_size_limit_comes_with_its_text_and_the_rest_on_demand(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    body = b"x" * 300_000
    big = _with_attachment(body)
    dovecot.deliver(imap_user, [big, mail(2)])
    desk.add(dovecot, imap_user, size_limit_bytes=100_000)

    desk.sync()

    key = desk.mails()[0]
    head = desk.core.services.views.head(key)
    assert head.completeness is Completeness.TEXT
    assert "See the plan" in desk.core.services.reading.document(key).html
    [part] = [p for p in head.parts if p.name]
    assert part.name == "plan.bin"
    target = tmp_path_factory.mktemp("saved") / "plan.bin"
    steps: list[tuple[int, int]] = []
    future = desk.core.services.reading.fetch_part(key, part.section, target, lambda done, of: steps.append((done, of)))
    assert future.result(30).read_bytes() == body
    assert steps[-1][0] == steps[-1][1]


def test_an_archive_only_account_never_writes_to_the_server(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    desk.add(dovecot, imap_user, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    three, two, one = desk.mails()

    desk.do(Verb.READ, one)
    desk.do(Verb.TRASH, two)
    done = desk.do(Verb.ARCHIVE, three)
    desk.core.services.actions.undo(done)
    desk.sync()

    assert desk.mails() == [three, one]
    assert desk.mails(Unified.TRASH) == [two]
    assert _count(dovecot, imap_user, "INBOX") == 3
    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "SEEN").strip() == ""
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "all")
    desk.sync()
    assert desk.mails() == [three, one], "what was archived stays when the server loses it"


def test_keep_unread_off_marks_what_was_fetched(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user, mode=Mode.ARCHIVE_ONLY, keep_unread=False)

    desk.sync()

    assert dovecot.doveadm("search", "-u", imap_user, "mailbox", "INBOX", "SEEN").strip() != ""
    assert desk.unread() == 1, "here it is still new"


def test_fetch_since_leaves_older_mail_on_the_server(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)], date_s=1_600_000_000)
    dovecot.deliver(imap_user, [mail(2)], date_s=1_780_000_000)
    desk.add(dovecot, imap_user, fetch_since="2026-01-01")

    desk.sync()
    assert desk.subjects() == ["Mail 2"]
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "INBOX", "uid", "2")
    desk.sync()
    assert desk.subjects() == []


def test_an_earlier_day_to_fetch_from_brings_older_mails_and_fetches_none_twice(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], date_s=1_600_000_000)
    dovecot.deliver(imap_user, [mail(2, text="x" * 50_000)], date_s=1_780_000_000)
    account = desk.add(dovecot, imap_user, port=fault_proxy.port, fetch_since="2026-01-01")
    desk.sync()
    before = fault_proxy.passed["down"]

    desk.core.services.accounts.edit(replace(account, fetch_since=""))
    desk.sync()

    assert desk.subjects() == ["Mail 2", "Mail 1"]
    assert fault_proxy.passed["down"] - before < 50_000


def test_an_account_is_looked_through_again_for_what_is_missing_and_nothing_comes_twice(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2, text="x" * 50_000)])
    account = desk.add(dovecot, imap_user, port=fault_proxy.port)
    desk.sync()
    with desk.core.database.write() as work:
        work.run("DELETE FROM place WHERE uid = 1")
    desk.sync()
    before = fault_proxy.passed["down"]

    desk.core.services.accounts.fetch_again(account.key)
    desk.sync()

    with desk.core.database.read() as view:
        assert sorted(view.column("SELECT uid FROM place")) == [1, 2]
    assert sorted(desk.subjects()) == ["Mail 1", "Mail 2"]
    assert fault_proxy.passed["down"] - before < 50_000


@pytest.mark.parametrize("header", ["Thu, 1 Jan 1970 00:00:01 +0000", "Fri, 1 Jan 2099 00:00:00 +0000", "soon", ""])
def test_r15_a_wrong_date_is_replaced_by_that_of_arrival(
    desk: Desk, dovecot: Dovecot, imap_user: str, header: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], date_s=1_770_000_000)
    dovecot.deliver(imap_user, [mail(2, Date=header)], date_s=1_760_000_000)
    dovecot.deliver(imap_user, [mail(3, Date="Mon, 1 Jun 2026 10:00:00 +0000")], date_s=1_785_000_000)
    desk.add(dovecot, imap_user)

    desk.sync()

    if "1970" in header:
        assert desk.subjects()[-1] == "Mail 2", "a date long ago is possible"
    else:
        assert desk.subjects() == ["Mail 3", "Mail 1", "Mail 2"]


def test_new_mail_arrives_by_idle_and_news_is_said_once(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    arrived: list[events.MessagesArrived] = []
    desk.core.bus.subscribe(events.MessagesArrived, arrived.append)
    account = desk.add(dovecot, imap_user, interval_s=3600)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)

    dovecot.deliver(imap_user, [mail(2)])

    until(lambda: len(desk.mails()) == 2)
    assert [event.notify for event in arrived] == [False, True]


def test_a_wrong_password_is_tried_once_and_a_new_one_starts_at_once(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user)
    desk.core.services.accounts.edit(account, imap_password="wrong")
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.TROUBLE)
    status = desk.core.services.accounts.status(account.key)
    assert status.remedy == "sign-in"
    assert imap_user in status.problem

    desk.core.services.accounts.edit(replace(account, display_name="Me"), imap_password=PASSWORD)

    until(lambda: len(desk.mails()) == 1)


def test_a_folder_is_made_renamed_and_deleted_on_the_server(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user)
    desk.sync()
    folders = desk.core.services.folders

    key = folders.create(account.key, None, "Projekte ä")
    desk.do(Verb.MOVE, *desk.mails(), folder=key)
    assert desk.subjects(key) == ["Mail 1"], "a folder made offline takes mails at once"
    desk.sync()
    assert "Projekte &AOQ-" in dovecot.doveadm("mailbox", "list", "-u", imap_user, "-7")
    assert desk.subjects(key) == ["Mail 1"]
    folders.rename(key, "Projects")
    desk.sync()
    assert "Projects" in dovecot.doveadm("mailbox", "list", "-u", imap_user)
    assert desk.subjects(key) == ["Mail 1"]
    folders.delete(key)
    desk.sync()
    assert "Projects" not in dovecot.doveadm("mailbox", "list", "-u", imap_user)
    assert desk.mails() == []


def test_a_folder_renamed_offline_keeps_its_new_name_and_the_folders_below_with_their_mails(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Work")
    dovecot.deliver(imap_user, [mail(2)], "Work/Täglich".encode("utf-7").decode().replace("+", "&"))
    account = desk.add(dovecot, imap_user)
    desk.sync()
    below = next(f for f in desk.core.services.views.folder_tree().accounts[0].folders if f.path.startswith("Work/"))
    with desk.core.database.write() as work:
        work.run("UPDATE folder SET watched = 1 WHERE key = ?", (below.key,))
    desk.sync()
    assert desk.subjects(below.key) == ["Mail 2"]
    desk.core.services.folders.rename(desk.folder("Work").key, "Büro")
    inner = desk.core.services.folders.create(account.key, below.key, "Neu")

    desk.sync()
    desk.sync()

    tree = desk.core.services.views.folder_tree()
    paths = {f.key: f.path for f in tree.accounts[0].folders}
    assert "Work" not in paths.values()
    assert paths[below.key] == "Büro/" + below.name
    assert paths[inner] == f"Büro/{below.name}/Neu"
    assert desk.subjects(below.key) == ["Mail 2"]
    assert desk.core.services.operations.waiting() == ()


def test_r13_folders_below_a_prefix_are_shown_and_made_as_if_there_were_none(
    desk: Desk, dovecot_with: Callable[..., Dovecot]
) -> None:
    server = dovecot_with(separator=".", prefix="INBOX.")
    user = server.new_user()
    server.deliver(user, [mail(1), mail(2)])
    account = desk.add(server, user)
    desk.sync()
    folders = desk.core.services.folders
    there = {f.path: f for f in desk.core.services.views.folder_tree().accounts[0].folders}
    assert set(there) == {"INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"}
    assert there["Sent"].role is Role.SENT
    assert there["Sent"].parent_key is None

    key = folders.create(account.key, None, "Projekte ä")
    inner = folders.create(account.key, key, "Neu")
    desk.do(Verb.MOVE, desk.mails()[0], folder=inner)
    desk.sync()
    assert _folders(server, user) >= {"INBOX.Projekte &AOQ-", "INBOX.Projekte &AOQ-.Neu"}
    assert _count(server, user, "INBOX.Projekte ä.Neu") == 1
    folders.rename(key, "Projects")
    desk.sync()
    folders.move(inner, None)
    desk.sync()
    assert _folders(server, user) >= {"INBOX.Projects", "INBOX.Neu"}
    assert _count(server, user, "INBOX.Neu") == 1
    folders.set_role(there["Archive"].key, Role.NONE)
    folders.delete(there["Archive"].key)
    desk.do(Verb.ARCHIVE, *desk.mails())
    desk.sync()
    assert "INBOX.Archive" in _folders(server, user)
    folders.delete(inner)
    desk.sync()
    assert "INBOX.Neu" not in _folders(server, user)

    assert desk.core.services.operations.waiting() == ()
    paths = {f.path for f in desk.core.services.views.folder_tree().accounts[0].folders}
    assert paths == {"INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash", "Projects"}


def _folders(server: Dovecot, user: str) -> set[str]:
    return set(server.doveadm("mailbox", "list", "-u", user, "-7").splitlines())


def test_a_folder_that_is_not_watched_is_fetched_when_opened(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Old")
    account = desk.add(dovecot, imap_user)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    old = desk.folder("Old")
    assert desk.mails(old.key) == []

    desk.core.services.folders.opened(old.key)

    until(lambda: desk.subjects(old.key) == ["Mail 1"])
    assert desk.mails() == [], "it does not stand in the unified Inbox"


def test_a_folder_opened_before_the_engine_starts_is_fetched_with_its_start(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], "Old")
    desk.add(dovecot, imap_user)
    desk.sync()
    old = desk.folder("Old")
    assert desk.mails(old.key) == []

    desk.core.services.folders.opened(old.key)
    desk.core.start()

    until(lambda: desk.subjects(old.key) == ["Mail 1"])


def test_removing_an_account_takes_its_mails_and_leaves_the_server(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user)
    desk.sync()

    desk.core.services.accounts.remove(account.key)

    assert desk.mails() == []
    assert desk.core.services.views.folder_tree().accounts == ()
    assert _count(dovecot, imap_user, "INBOX") == 1


def test_an_account_needs_an_address_and_sane_servers(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    account = desk.add(dovecot, imap_user)
    for wrong in (
        replace(account, id=uuid.uuid4(), address="nobody"),
        replace(account, id=uuid.uuid4(), address="a@b\r\nc"),
        account,
    ):
        with pytest.raises(Exception, match=r"is not an email address|already set up"):
            desk.core.services.accounts.add(wrong, "x")


def test_the_archive_folder_is_made_when_there_is_none(dovecot: Dovecot, desk: Desk, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user)
    desk.sync()
    desk.core.services.folders.set_role(desk.folder(Role.ARCHIVE).key, Role.NONE)

    desk.do(Verb.ARCHIVE, *desk.mails())

    assert desk.mails() == []
    assert desk.subjects(Unified.ARCHIVE) == ["Mail 1"]
    desk.sync()
    assert desk.subjects(Unified.ARCHIVE) == ["Mail 1"]


def _count(dovecot: Dovecot, user: str, folder: str) -> int:
    return len(dovecot.doveadm("search", "-u", user, "mailbox", folder, "all").split("\n")) - 1


def _with_attachment(content: bytes) -> bytes:
    from email.message import EmailMessage

    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "anna@acme.example", "me@example.org", "The plan"
    message["Message-ID"], message["Date"] = "<big@acme.example>", "Mon, 1 Jun 2026 10:00:00 +0000"
    message.set_content("See the plan.")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename="plan.bin")
    return message.as_bytes().replace(b"\n", b"\r\n")


def test_a_mail_moves_to_another_account_and_back(desk: Desk, dovecot: Dovecot) -> None:
    first, second = dovecot.new_user(), dovecot.new_user()
    dovecot.deliver(first, [mail(1), mail(2)], flags="S")
    desk.add(dovecot, first)
    other = desk.add(dovecot, second)
    desk.sync()
    two, one = desk.mails()
    tree = desk.core.services.views.folder_tree()
    [target] = [f for a in tree.accounts if a.key == other.key for f in a.folders if f.path == "Archive"]

    done = desk.do(Verb.MOVE, one, folder=target.key)
    assert desk.mails(target.key) == [one], "at once, before any server knows"
    assert desk.mails() == [two]
    desk.core.services.actions.undo(done)
    assert desk.mails(target.key) == []
    assert desk.core.services.operations.waiting() == ()
    late = desk.do(Verb.MOVE, one, folder=target.key)
    desk.sync()
    desk.sync()

    assert _count(dovecot, first, "INBOX") == 1
    assert _count(dovecot, second, "Archive") == 1
    assert desk.mails(target.key) == [one]
    assert desk.core.services.reading.source(one) == mail(1)
    assert dovecot.doveadm("search", "-u", second, "mailbox", "Archive", "SEEN").strip() != ""
    desk.core.services.actions.undo(late)
    desk.sync()
    desk.sync()
    assert (_count(dovecot, first, "INBOX"), _count(dovecot, second, "Archive")) == (2, 0)
    assert desk.mails() == [two, one]


def test_a_twin_with_another_text_stays_when_its_mail_moves_to_another_account(desk: Desk, dovecot: Dovecot) -> None:
    first, second = dovecot.new_user(), dovecot.new_user()
    dovecot.deliver(first, [mail(1, text="the first"), mail(1, text="another text")])
    desk.add(dovecot, first)
    other = desk.add(dovecot, second)
    desk.sync()
    tree = desk.core.services.views.folder_tree()
    [target] = [f for a in tree.accounts if a.key == other.key for f in a.folders if f.path == "Archive"]

    desk.do(Verb.MOVE, *desk.mails(), folder=target.key)
    desk.sync()
    desk.sync()

    left = dovecot.doveadm("fetch", "-u", first, "text", "mailbox", "INBOX", "all")
    went = dovecot.doveadm("fetch", "-u", second, "text", "mailbox", "Archive", "all")
    assert ("the first" in left) + ("the first" in went) == 1
    assert ("another text" in left) + ("another text" in went) == 1
    assert "the first" in left or "another text" in left


def test_a_copy_that_was_not_made_removes_nothing(desk: Desk, dovecot: Dovecot) -> None:
    first, second = dovecot.new_user(), dovecot.new_user()
    dovecot.deliver(first, [mail(1)])
    desk.add(dovecot, first)
    other = desk.add(dovecot, second)
    desk.sync()
    dovecot.doveadm("mailbox", "create", "-u", second, "Brief")
    desk.core.services.accounts.sync_now()
    desk.sync()
    tree = desk.core.services.views.folder_tree()
    [target] = [f for a in tree.accounts if a.key == other.key for f in a.folders if f.path == "Brief"]
    desk.do(Verb.MOVE, *desk.mails(), folder=target.key)
    dovecot.doveadm("mailbox", "delete", "-u", second, "Brief")

    for _ in range(3):
        desk.core.supervisor.sync_once()

    assert _count(dovecot, first, "INBOX") == 1
    assert desk.subjects() == ["Mail 1"]
