"""The folder pane while folders change, and what a person does to them: asked, told and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from desktop.base import i18n
from desktop.domain import events
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import AccountNode, FolderNode, FolderTree, ListCounts
from desktop.domain.mail.mail_account import AccountStatus, Activity, Mode
from desktop.services.mail.mirror import Mirror
from desktop.store.mail.folders import FolderWriter
from desktop.store.space import Space
from desktop.ui.mail.folder_menu import FolderSteps, folder_menu
from desktop.ui.mail.folder_model import FolderModel
from desktop.ui.mail.folder_nodes import NodeKind, build, shown_path
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.menu import Menu
from tests.ui.mail.room import FOLDERS, Room
from tests.ui.mail.rows import MINUTE
from tests.ui.mail.test_mail_browser import Stand, started
from tests.ui.mail.waiting import until


@pytest.fixture
def stand(room: Room, theme, tasks, tmp_path: Path, qtbot) -> Iterator[Stand]:
    made = Stand(room, theme, tasks, tmp_path)
    yield made
    made.close()


def _named(stand: Stand, name: str) -> FolderNode | None:
    return next((folder for _node, folder in stand.model.folders() if folder.name == name), None)


def _question(stand: Stand) -> Dialog | None:
    return next((dialog for dialog in stand.window.findChildren(Dialog) if dialog.isVisible()), None)


async def _asked(stand: Stand, name: str) -> str:
    """Ask for the deletion of a folder; return what the question says."""
    stand.browser.folders.delete(_named(stand, name))
    await until(lambda: _question(stand))
    return " ".join(words.text() for words in _question(stand).findChildren(Paragraph))


async def test_no_folder_is_deleted_unasked(room, stand):
    room.deliver(folder="Projects/Kranich")
    await started(stand, 0)

    never_fetched = await _asked(stand, "Helix pilot")
    _question(stand).reject()
    await until(lambda: _question(stand) is None)
    with room.core.database.write() as work:
        work.run("UPDATE folder SET server_total = 12 WHERE path = 'Archive'")
        work.run(
            "UPDATE folder SET uidvalidity = 1, uidnext = 2, synced_down_to = 1, server_total = 1 WHERE key = ?",
            (room.keys["Projects/Kranich"],),
        )
    counted = await _asked(stand, "Archive")
    _question(stand).reject()
    await until(lambda: _question(stand) is None)
    whole = await _asked(stand, "Kranich")
    _question(stand).reject()
    await until(lambda: _question(stand) is None)
    above = await _asked(stand, "Projects")
    _question(stand).buttons[-1].click()
    await until(lambda: _named(stand, "Projects") is None)

    assert "not known" in never_fetched
    assert "12 mails" in counted
    assert "1 mail lies in it" in whole
    assert "2 folders inside it" in above
    assert _named(stand, "Kranich") is None
    assert not stand.undo._entries, "it cannot be undone"


async def test_folders_are_asked_about_by_the_names_of_the_pane(room, stand):
    i18n.set_language("ru")
    try:
        await started(stand, 0)
        await _asked(stand, "Archive")
        title = _question(stand).windowTitle()
    finally:
        i18n.set_language("en")

    assert "Архив" in title


async def test_what_is_done_to_a_folder_is_told_and_taken_back(room, stand):
    await started(stand, 0)
    told = []
    stand.undo.pushed.connect(lambda entry: told.append(entry.text))
    before = {folder.key: folder for _node, folder in stand.model.folders()}

    def now() -> dict[int, FolderNode]:
        return {folder.key: folder for _node, folder in stand.model.folders()}

    folders, kranich = stand.browser.folders, _named(stand, "Kranich")
    archive = stand.model.node_of_list(room.keys["Archive"])
    steps = (
        (lambda: folders.rename(kranich.key, "Kranich Logistik"), "Folder renamed to “Kranich Logistik”"),
        (lambda: stand.tree.folder_dropped.emit(kranich.key, archive), "Folder “Kranich” moved to “Archive”"),
        (lambda: folders.subscribe(kranich), "“Kranich” is no longer subscribed"),
        (lambda: folders.watch(kranich), "New mail in “Kranich” is fetched in the background now"),
        (lambda: folders.show_in_inbox(kranich), "Mail of “Kranich” stands in the Inbox now"),
        (lambda: folders.set_role(kranich, Role.DRAFTS), "“Kranich” is used as Drafts now"),
    )
    for step, sentence in steps:
        told.clear()
        step()
        await until(lambda: told and now() != before)
        assert told == [sentence]
        stand.undo.undo()
        await until(lambda: now() == before)


async def test_a_new_folder_is_told_and_taken_back(room, stand):
    await started(stand, 0)
    account = stand.model.node(stand.model.index(9))

    asked = stand.browser.folders.ask_new(account)
    QTest.keyClicks(asked.focusWidget() or asked, "Offers")
    QTest.keyClick(asked, Qt.Key.Key_Return)
    await until(lambda: _named(stand, "Offers") and stand.undo._entries)
    assert stand.undo._entries[-1].text == "Folder “Offers” created"
    stand.undo.undo()

    await until(lambda: _named(stand, "Offers") is None)
    assert room.services.operations.waiting() == ()


def _create(room: Room, name: str) -> None:
    room.services.folders.create(room.account_key, None, name)
    room.bridge.flush()


async def test_a_search_goes_on_when_the_folders_change(room, stand):
    hit = room.deliver("Renewal 2027")
    room.deliver("Invoice", age_ms=2 * MINUTE, snippet="nothing")
    await started(stand, 2)
    stand.search.set_text("renewal")
    await until(lambda: list(stand.pane.model.keys) == [hit] and stand.pane.searching)

    _create(room, "Offers")
    await until(lambda: _named(stand, "Offers"))
    room.services.folders.move(room.keys["Projects/Kranich"], None)  # the rows change places
    room.bridge.flush()
    await until(lambda: _named(stand, "Kranich").parent_key is None)

    assert stand.search.text == "renewal"
    assert stand.pane.searching
    assert list(stand.pane.model.keys) == [hit]


async def test_a_name_that_is_being_written_stays_when_the_folders_change(room, stand):
    await started(stand, 0)
    stand.browser.show_list(room.keys["Projects/Kranich"])
    stand.tree.setFocus()
    stand.tree.rename_current()
    editor = stand.tree.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "Kranich Log")

    room.deliver(folder="Projects/Kranich")
    _create(room, "Offers")
    await until(lambda: stand.model.node_of_list(room.keys["Projects/Kranich"]).counts.unread == 1)
    QTest.keyClicks(editor, "istik")
    written = editor.text()
    QTest.keyClick(editor, Qt.Key.Key_Return)

    assert written == "Kranich Logistik"
    await until(lambda: _named(stand, "Kranich Logistik") and _named(stand, "Offers"))


async def test_rows_that_come_and_go_leave_expansion_and_cursor_alone(room, stand):
    await started(stand, 0)
    stand.tree.expandAll()
    stand.browser.show_list(room.keys["Projects/Kranich"])
    resets, opened = [], []
    stand.model.modelReset.connect(lambda: resets.append(1))
    stand.tree.opened.connect(opened.append)

    _create(room, "Offers")
    await until(lambda: _named(stand, "Offers"))
    room.services.folders.rename(_named(stand, "Offers").key, "Offres")
    room.bridge.flush()
    await until(lambda: _named(stand, "Offres"))
    with room.core.database.write() as work:
        FolderWriter(work).remove(_named(stand, "Offres").key)
    room.bridge.folders_changed.emit(frozenset({room.account_key}))
    await until(lambda: _named(stand, "Offres") is None)

    assert (resets, opened) == ([], [])
    assert stand.tree.current_node.list_id == room.keys["Projects/Kranich"]
    assert stand.tree.isExpanded(stand.model.index_of_id(f"folder {room.keys['Projects']}"))
    rows = [node.position for node, _folder in stand.model.folders() if node.parent.kind is NodeKind.ACCOUNT]
    assert rows == list(range(len(rows)))


async def test_the_inbox_opens_when_the_folder_that_is_shown_goes(room, stand):
    await started(stand, 0)
    stand.browser.show_list(room.keys["Projects/Kranich"])
    await until(lambda: stand.pane.model.query.list_id == room.keys["Projects/Kranich"])

    with room.core.database.write() as work:
        FolderWriter(work).remove(room.keys["Projects/Kranich"])
    room.bridge.folders_changed.emit(frozenset({room.account_key}))

    await until(lambda: stand.pane.model.query.list_id == Unified.INBOX)
    assert stand.tree.current_node.list_id == Unified.INBOX


async def test_a_folder_that_is_not_here_says_that_it_comes_or_offers_to_load_it(room, stand):
    await started(stand, 0)
    key, board = room.keys["Projects/Kranich"], room.services.accounts._statuses
    asked = []
    stand.browser.mail_wanted.connect(asked.append)
    room.core.bus.subscribe(events.FolderOpened, lambda event: asked.append(-event.folder_key))
    empty = stand.pane._empty

    def says(*words: str) -> bool:
        said = f"{empty.title.text()} {empty.text.text()}"
        return stand.pane._stack.currentWidget() is empty and all(word in said for word in words)

    board.set(AccountStatus(room.account_key, Activity.WAITING, problem="No network."))
    stand.browser.show_list(key)
    await until(lambda: says("not fetched yet", "can be read, searched and filed"))
    totals = {b"Projects/Kranich": 1234, b"Projects/Helix pilot": 0}
    with room.core.database.write() as work:
        FolderWriter(work).mirror(room.account_key, FOLDERS, {}, totals)
        work.emit(events.FoldersChanged(room.account_key))
    await until(lambda: says("1,234 mails are on the server"))
    asked.clear()
    assert empty.button.text() == "Load"
    empty.button.click()
    await until(lambda: sorted(asked) == sorted([-key, room.account_key]))

    board.set(AccountStatus(room.account_key, Activity.SYNCING, synced_at_ms=1))
    await until(lambda: says("being fetched", "1,234 mails"))
    assert not empty.button.isVisible()
    room.deliver(folder="Projects/Kranich")
    await until(lambda: stand.pane._stack.currentWidget() is stand.pane.view)

    stand.browser.show_list(room.keys["Projects/Helix pilot"])
    await until(lambda: says("No mail in Helix pilot"))


async def test_a_folder_fetched_whole_and_empty_says_so_at_once(room, stand):
    await started(stand, 0)
    room.services.accounts._statuses.set(AccountStatus(room.account_key, Activity.SYNCING, synced_at_ms=1))
    stand.browser.show_list(room.keys["Projects/Kranich"])
    await until(lambda: stand.pane._empty.title.text() == "This folder is being fetched")

    mirror = Mirror(room.core.database, Space(room.core.profile.root))
    mirror.complete(mirror.folder(room.keys["Projects/Kranich"]), 0)

    await until(lambda: stand.pane._empty.title.text() == "No mail in Kranich")


async def test_the_pane_stays_where_it_was_scrolled_when_the_folders_change(room, stand):
    for number in range(40):
        _create(room, f"Folder {number:02}")
    await started(stand, 0)
    await until(lambda: _named(stand, "Folder 39"))
    bar = stand.tree.verticalScrollBar()
    bar.setValue(bar.maximum() - 60)
    where = bar.value()

    _create(room, "Zebra")
    await until(lambda: _named(stand, "Zebra"))
    came = bar.value()
    room.services.folders.move(_named(stand, "Folder 38").key, room.keys["Archive"])
    room.bridge.flush()
    await until(lambda: _named(stand, "Folder 38").parent_key == room.keys["Archive"])

    assert (came, bar.value()) == (where, where)


async def test_nothing_is_offered_that_would_change_a_server_that_is_only_archived(room, stand):
    await started(stand, 0)
    account = room.core.services.accounts.all()[0]
    shown = next(node for node, folder in stand.model.folders() if folder.name == "Archive")
    assert shown.takes_mails

    room.core.services.accounts.edit(replace(account, mode=Mode.ARCHIVE_ONLY))
    await until(lambda: not shown.two_way)

    assert not shown.takes_mails
    assert not stand.browser._targets()
    assert not stand.model.flags(stand.model.index_of_id(shown.id)) & Qt.ItemFlag.ItemIsEditable
    steps = FolderSteps(*[lambda *_what: None] * 11, account_key=0, key_of=lambda _name: "")
    menu = folder_menu(stand.browser._theme, stand.window, shown, stand.browser.folders, steps)
    enabled = {action.text().partition("\t")[0]: action.isEnabled() for action in menu.actions() if action.text()}
    menu.deleteLater()
    changing = {"New folder inside…", "Rename", "Move to…", "Delete…", "Subscribed"}
    assert {text for text, on in enabled.items() if not on} == changing


@pytest.mark.parametrize(
    ("path", "offered"),
    [("INBOX", True), ("Projects/Kranich", True), ("Archive", True), ("Junk", False), ("Projects", False)],
)
async def test_a_folder_menu_says_whether_new_mail_is_told_of_and_turns_it_round(room, stand, path, offered):
    await started(stand, 0)

    def line() -> QAction | None:
        node = next(node for node, folder in stand.model.folders() if folder.path == path)
        steps = FolderSteps(*[lambda *_what: None] * 11, account_key=0, key_of=lambda _name: "")
        menu = folder_menu(stand.browser._theme, stand.window, node, stand.browser.folders, steps)
        return next((action for action in menu.actions() if action.text() == "Notify of new mail"), None)

    before = line()
    assert (before is not None) is offered
    if before is not None:
        assert before.isChecked() is (path == "INBOX")
        before.trigger()
        await until(lambda: (now := line()) is not None and now.isChecked() is not before.isChecked())


async def test_an_account_is_paused_and_resumed_from_its_menu(room, stand):
    await started(stand, 0)
    account = room.core.services.accounts.all()[0]
    fetched = lambda: account.key in {one.key for one in room.core.services.accounts.fetched()}  # noqa: E731
    node = next(node for node in stand.model._tops if node.account_key == account.key)

    def press(words: str) -> dict[str, bool]:
        stand.browser._open_menu(node, QPoint(5, 5))
        menu = stand.browser.tree.findChildren(Menu)[-1]
        lines = {action.text().partition("\t")[0]: action for action in menu.actions() if action.text()}
        offered = {text: action.isEnabled() for text, action in lines.items()}
        lines[words].trigger()
        menu.close()
        return offered

    with room.core.database.write() as work:
        work.run("UPDATE folder SET synced_down_to = 1, uidnext = 9")
    press("Look for missing mail")
    mirror = Mirror(room.core.database, Space(room.core.profile.root))
    await until(lambda: {folder.synced_down_to for folder in mirror.folders(account.key)} == {9})
    first = press("Pause fetching")
    await until(lambda: not fetched())
    stand.model.show_statuses({account.key: AccountStatus(account.key, Activity.PAUSED)})
    spoken = stand.model.data(stand.model.index_of_id(node.id), Qt.ItemDataRole.AccessibleTextRole)
    second = press("Resume fetching")
    await until(fetched)

    assert first["Get mail"]
    assert not second["Get mail"]
    assert not second["Look for missing mail"]
    assert spoken.endswith(", paused")


def _tree(*folders: FolderNode) -> FolderTree:
    return FolderTree({}, (AccountNode(1, "jan@firm.example", "", folders),))


def _folder(key: int, name: str, role: Role = Role.NONE) -> FolderNode:
    return FolderNode(key, 1, name, name, None, role, True, True, False, False, ListCounts(0, 0))


_OF_A_SERVER = (
    _folder(1, "INBOX", Role.INBOX),
    _folder(2, "Gesendet", Role.SENT),
    _folder(3, "Archive", Role.ARCHIVE),
    _folder(4, "Old things", Role.TRASH),
    _folder(5, "Sent Items"),
)


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("en", ["INBOX", "Sent", "Archive", "Old things", "Sent Items"]),
        ("ru", ["Входящие", "Отправленные", "Архив", "Old things", "Sent Items"]),
    ],
)
def test_a_folder_called_by_its_use_is_shown_by_the_word_of_the_persons_language(
    language: str, shown: list[str]
) -> None:
    i18n.set_language(language)
    try:
        account = build(_tree(*_OF_A_SERVER))[-1]
    finally:
        i18n.set_language("en")

    assert [node.name for node in account.children] == shown


def test_a_path_is_made_of_the_names_that_are_shown() -> None:
    top = replace(_folder(1, "INBOX", Role.INBOX), name="INBOX")
    inner = replace(_folder(2, "Gesendet", Role.SENT), path="INBOX.Gesendet", parent_key=1)
    lost = replace(_folder(3, "2024"), path="Gone.2024", parent_key=9)
    model = FolderModel()
    model.show_tree(_tree(top, inner, lost))

    paths = {folder.key: shown_path(node) for node, folder in model.folders()}

    assert paths == {1: "INBOX", 2: "INBOX.Sent", 3: "Gone.2024"}
    assert model.shown_name(inner) == "Sent"
    assert model.shown_name(_folder(8, "Elsewhere")) == "Elsewhere"


def test_two_folders_are_never_shown_by_one_name() -> None:
    account = build(_tree(_folder(1, "Gesendet", Role.SENT), _folder(2, "sent")))[-1]

    assert [node.name for node in account.children] == ["Gesendet", "sent"]


def test_the_name_a_folder_has_on_its_server_is_what_is_told_and_changed() -> None:
    model = FolderModel()
    model.show_tree(_tree(_folder(7, "Gesendet", Role.SENT)))
    index, wanted = model.index_of_list(7), []
    model.renamed.connect(lambda key, name: wanted.append((key, name)))

    model.setData(index, "Gesendet")
    model.setData(index, "Sent")

    assert model.data(index, Qt.ItemDataRole.DisplayRole) == "Sent"
    assert model.data(index, Qt.ItemDataRole.EditRole) == "Gesendet"
    assert "Gesendet" in model.data(index, Qt.ItemDataRole.ToolTipRole)
    assert wanted == [(7, "Sent")]
