"""Folders, list and search of the mail room, put together: what is opened, moved, searched and dropped. GUI thread.

The window places the three widgets, connects the actions of its catalogue with `bind`, and hands the selection to the
reader. Nothing here knows the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.mail_account import Activity
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import CONVERSATIONS, DENSITY, Density, Setting
from desktop.services.services import Services
from desktop.ui.actions import Actions, Do
from desktop.ui.bridge import Bridge
from desktop.ui.mail import transfer_words
from desktop.ui.mail.empty_words import EmptyWords, Step
from desktop.ui.mail.file_drops import FileDrops
from desktop.ui.mail.folder_actions import FolderActions
from desktop.ui.mail.folder_loader import FolderLoader
from desktop.ui.mail.folder_menu import FolderSteps, folder_menu
from desktop.ui.mail.folder_model import FolderModel
from desktop.ui.mail.folder_nodes import Node, shown_path
from desktop.ui.mail.folder_tree import FolderTree
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.list_pane import ListPane
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.move_picker import MovePicker, RecentFolders, Target
from desktop.ui.mail.outgoing_actions import OutgoingActions
from desktop.ui.mail.reminder_actions import ReminderActions
from desktop.ui.mail.search_bar import SearchBar
from desktop.ui.mail.search_results import SearchResults
from desktop.ui.mail.search_segments import has_operator, place_operator
from desktop.ui.mail.selection import role_of
from desktop.ui.mail.transfer_actions import TransferActions
from desktop.ui.mail.unfetched_words import unfetched_words
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
from desktop.ui.widgets.dialog import confirm

T = TypeVar("T")

_GO_TO = {
    Do.GO_INBOX: Unified.INBOX,
    Do.GO_STARRED: Unified.IMPORTANT,
    Do.GO_SENT: Unified.SENT,
    Do.GO_DRAFTS: Unified.DRAFTS,
    Do.GO_ALL: Unified.ALL,
}


class MailBrowser(QObject):
    """`tree`, `pane` and `search` are the widgets; `start` reads the folders and opens what was open last."""

    selection_changed = Signal(object)
    """A `list_pane.Selection`."""
    opened = Signal(object)
    """The key of a mail to be read by itself."""
    list_opened = Signal(str)
    """The name of the list that is shown now."""
    step_wanted = Signal(str)
    """An `empty_words.Step` that the window takes."""
    mail_wanted = Signal(int)
    """The person wants mail of this account now."""
    writing_wanted = Signal(object, object)
    """What is wanted of a mail on its way out: a Remedy, and the key of the mail."""
    trouble_wanted = Signal(int)
    """The key of an account a person asks about."""
    account_settings_wanted = Signal(int)
    """The key of an account whose settings a person wants to see."""

    def __init__(
        self,
        theme: Theme,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        undo: Undo,
        state: State,
        host: QWidget,
    ) -> None:
        super().__init__(host)
        self._theme = theme
        self._services = services
        self._tasks = tasks
        self._host = host
        self._picker: MovePicker | None = None
        self._before_search = 0
        """The mail that was chosen when the search began; leaving the search returns to it."""
        self._recent = RecentFolders(state)
        self.model = FolderModel(self)
        called = self.model.shown_name
        self.mails = ListActions(services.actions, tasks, undo, theme, host, called)
        self.folders = FolderActions(
            services.folders, services.operations, self.mails, tasks, bridge, undo, theme, host, called
        )
        self.transfers = TransferActions(services.transfers, services.views, services.actions, tasks, host)
        self.tree = FolderTree(self.model, theme, state)
        self.pane = ListPane(theme, services.views, self.mails, tasks, bridge, state)
        self.reminders = ReminderActions(services.reminders, tasks, undo, theme, host, self.pane)
        self.search = SearchBar(theme, services.search, tasks, state)
        self.pane.role_of_folder = self._role_of_folder
        self.pane.unfetched = self._unfetched
        self.results = SearchResults(services.search, self.pane, tasks, bridge)
        self.loader = FolderLoader(self.model, services.views, services.accounts, tasks, bridge, self)
        bridge.settings_changed.connect(lambda _names: tasks.run(self._read_settings()))
        self._connect_tree()
        self._connect_list()

    def start(self) -> None:
        """Read folders and settings; the list that was open last opens."""
        self._tasks.run(self._read_settings())
        self.loader.load()

    def bind(self, actions: Actions) -> None:
        """Connect the actions of a window; those that need the panes to be turned are the window's."""
        pane, view = self.pane, self.pane.view
        for name, act in (
            (Do.ARCHIVE, partial(pane.do, Verb.ARCHIVE)),
            (Do.ARCHIVE_NEXT, partial(pane.archive_and_step, 1)),
            (Do.ARCHIVE_PREVIOUS, partial(pane.archive_and_step, -1)),
            (Do.OPEN, pane.open_current),
            (Do.TRASH, pane.trash),
            (Do.DELETE, pane.delete),
            (Do.JUNK, partial(pane.do, Verb.JUNK)),
            (Do.NOT_JUNK, partial(pane.do, Verb.INBOX)),
            (Do.READ, pane.toggle_read),
            (Do.MARK_READ, partial(pane.do, Verb.READ)),
            (Do.MARK_UNREAD, partial(pane.do, Verb.UNREAD)),
            (Do.CONVERSATION_READ, pane.mark_conversations_read),
            (Do.STAR, pane.toggle_star),
            (Do.MOVE, self.choose_folder),
            (Do.MOVE_AGAIN, self.move_again),
            (Do.SNOOZE, lambda: self.reminders.ask(pane.selection())),
            (Do.FOLLOW_UP, lambda: self.reminders.ask_follow_up(view.selected_load())),
            (Do.END_REMINDER, lambda: self.reminders.end(view.selected_load())),
            (Do.LIST_READ, pane.mark_list_read),
            (Do.NEXT, partial(self._go, view.next)),
            (Do.PREVIOUS, partial(self._go, view.previous)),
            (Do.NEXT_UNREAD, partial(self._go, pane.next_unread)),
            (Do.PREVIOUS_UNREAD, partial(self._go, pane.previous_unread)),
            (Do.NEXT_UNREAD_CONVERSATION, partial(self._go, pane.next_unread_conversation)),
            (Do.PICK, view.toggle_current),
            (Do.SELECT_NONE, view.clearSelection),
            (Do.SELECT_CONVERSATION, pane.select_conversation),
            (Do.UNFOLD_ALL, partial(pane.fold_days, False)),
            (Do.FOLD_ALL, partial(pane.fold_days, True)),
            (Do.RENAME_FOLDER, self.tree.rename_current),
        ):
            actions.connect(name, act)
        for name, unified in _GO_TO.items():
            actions.connect(name, partial(self.show_list, unified))
        pane.key_of = pane.header.key_of = actions.key_of
        search = actions[Do.SEARCH]
        search.changed.connect(lambda: self.search.field.show_keys(search.shortcut()))
        self.search.field.show_keys(search.shortcut())
        outgoing = OutgoingActions(actions, pane.selection, self.writing_wanted.emit, self)

        def able(chosen: bool) -> None:
            actions.set_mails_chosen(chosen)
            outgoing.look()

        pane.selection_changed.connect(lambda chosen: able(chosen.count > 0))
        pane.model.dataChanged.connect(lambda *_lines: outgoing.look())
        # a key pressed right after the click must not be lost while the selection settles
        view.selection_changed.connect(lambda: able(view.selectionModel().hasSelection()))
        pane.loader.opened.connect(lambda: actions[Do.LIST_READ].setEnabled(pane.shows_list))

    @property
    def account_key(self) -> int:
        """The account of the folder that is open, also while hits are shown; 0 for a list over all accounts."""
        node = self.tree.current_node
        return node.account_key if node is not None else 0

    # what a person does

    def show_list(self, list_id: ListId) -> None:
        """Open a list and put the cursor of the tree on it."""
        self.tree.show_list(list_id)

    def has_list(self, list_id: ListId) -> bool:
        """Return whether a list is in the tree."""
        return self.model.node_of_list(list_id) is not None

    def show_mail(self, list_id: ListId, key: int) -> None:
        """Put the cursor on a mail of a list, which is opened first where another is shown."""
        if self.pane.searching:
            self.leave_search()
        self.show_list(list_id)
        self.pane.go_to(key)

    def choose_folder(self, load: MailLoad | None = None) -> None:
        """Ask where mails should go, by default those that are chosen."""
        moving = load or self.pane.view.selected_load()
        if moving.count:
            self._ask(self._targets(moving.list_id), _("Move to"), partial(self._move_mails, moving))

    def move_again(self) -> None:
        """Move the selection to the folder last used; without one, ask."""
        folder = next(iter(self._recent_folders()), None)
        load = self.pane.view.selected_load()
        if folder is None:
            self.choose_folder()
        else:
            self.mails.apply(Verb.MOVE, load, folder)

    def leave_search(self) -> None:
        """Show the folder again."""
        if self.results.text or self.pane.searching:
            self.results.stop()
            self.search.clear()
            node = self.tree.current_node
            if node is not None and node.list_id:
                self._show(node, self._before_search)
            else:
                self.tree.show_list(self.tree.remembered)

    # inside

    def _connect_tree(self) -> None:
        self.loader.loaded.connect(self._tree_loaded)
        self.loader.statuses_read.connect(self.pane.set_statuses)
        self.tree.opened.connect(self._open)
        self.tree.writing.connect(self.loader.hold)
        self.tree.mails_dropped.connect(self._drop_mails)
        self.tree.folder_dropped.connect(self._drop_folder)
        self.tree.files_dropped.connect(lambda paths, node: self.transfers.import_files(node.files_go_to, paths))
        self.tree.menu_wanted.connect(self._open_menu)
        self.tree.trouble_wanted.connect(self.trouble_wanted)
        self.model.renamed.connect(self.folders.rename)

    def _connect_list(self) -> None:
        self.pane.writing_wanted.connect(self.writing_wanted)
        pane = self.pane
        pane.selection_changed.connect(self.selection_changed)
        pane.opened.connect(self.opened)
        pane.step_wanted.connect(self._take_step)
        pane.move_wanted.connect(self.choose_folder)
        pane.snooze_wanted.connect(self.reminders.ask)
        pane.end_wanted.connect(self.reminders.end)
        pane.export_wanted.connect(self.transfers.export_mails)
        drops = FileDrops(pane, self._takes_files)
        drops.dropped.connect(self._drop_files)
        pane.search_closed.connect(self._search_closed)
        pane.density_wanted.connect(self._set_density)
        pane.search_head.place_wanted.connect(lambda on: self.search.narrow(self._place()[1], on))
        self.search.search_wanted.connect(self._search)
        self.search.submitted.connect(pane.view.setFocus)
        self.search.stepped_down.connect(pane.view.setFocus)
        self.search.stepped_down.connect(self.results.go_to_first)
        self.search.left.connect(self._search_closed)

    def _go(self, step: Callable[[], object]) -> None:
        """Go to another mail; from the folders the keyboard comes along, so that Enter then opens the mail."""
        step()
        if self.tree.hasFocus():
            self.pane.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _take_step(self, step: str) -> None:
        if step == Step.OPEN_INBOX:
            self.show_list(Unified.INBOX)
        elif step == Step.LOAD:
            self._load()
        else:
            self.step_wanted.emit(step)

    def _unfetched(self, list_id: ListId) -> EmptyWords | None:
        node = self.model.node_of_list(list_id)
        if node is None or node.folder is None:
            return None
        return unfetched_words(node.folder, self.model.status(node.account_key))

    def _load(self) -> None:
        """Fetch the folder that is shown, now."""
        node = self.tree.current_node
        if node is not None:
            self.folders.look_at(node)
            if self.model.status(node.account_key).activity is Activity.PAUSED:
                self._tasks.run(self._set_paused(node.account_key, False))
            else:
                self.mail_wanted.emit(node.account_key)

    def _tree_loaded(self, changed: bool) -> None:
        self.pane.set_has_accounts(self.model.has_accounts)
        self.pane.set_recent_folders(tuple(self._recent_folders()))
        self.tree.put_back(changed)
        node = self.tree.current_node
        if node is not None and not self.search.text.strip():
            self._open(node)

    def _open(self, node: Node) -> None:
        wanted = self.pane.loader.wanted
        if wanted is not None and wanted.list_id == node.list_id:
            self.pane.set_name(node.name)  # which may be new
            return
        self.results.stop()
        self.search.clear()
        self._show(node)

    def _show(self, node: Node, at: int = 0) -> None:
        self.pane.show_list(node.list_id, node.name, node.account_key, at)
        self.folders.look_at(node)
        self.list_opened.emit(node.name)

    def _search(self, text: str) -> None:
        if text:
            if not self.pane.searching:
                self._before_search = self.pane.selection().key
            name, operator = self._place()
            self.pane.search_head.offer_place(name, bool(operator) and has_operator(text, operator))
            self.results.search(text)
        else:
            self.leave_search()

    def _place(self) -> tuple[str, str]:
        """Return the name of the list that was open before the search, and the operator for it; "" for all mail."""
        node = self.tree.current_node
        if node is None or not node.list_id:
            return "", ""
        operator = place_operator(node.list_id, node.folder.path if node.folder is not None else "")
        return (node.name, operator) if operator else ("", "")

    def _search_closed(self) -> None:
        self.leave_search()
        self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _role_of_folder(self, key: ListId) -> Role:
        node = self.model.node_of_list(key)
        return node.folder.role if node is not None and node.folder is not None else Role.NONE

    def _drop_mails(self, load: MailLoad, node: Node) -> None:
        self.folders.drop_mails(load, node)
        if node.folder is not None:
            self._note(node.folder)

    def _takes_files(self) -> bool:
        node = self.tree.current_node
        return node is not None and node.takes_files and not self.pane.searching

    def _drop_files(self, paths: Sequence[Path]) -> None:
        node = self.tree.current_node
        if node is not None:
            self.transfers.import_files(node.files_go_to, paths)

    def _drop_folder(self, key: int, below: Node) -> None:
        dragged = next((folder for _node, folder in self.model.folders() if folder.key == key), None)
        if dragged is not None:
            self.folders.move(dragged, below.folder.key if below.folder is not None else None, below.name)

    def _open_menu(self, node: Node, point: QPoint) -> None:
        steps = FolderSteps(
            open=lambda wanted: self.tree.show_list(wanted.list_id),
            rename=self._rename,
            choose_place=self._choose_place,
            get_mail=self.mail_wanted.emit,
            fetch_again=lambda key: self._tasks.run(self._fetch_again(key)),
            set_paused=lambda key, on: self._tasks.run(self._set_paused(key, on)),
            is_paused=lambda key: self.model.status(key).activity is Activity.PAUSED,
            import_files=lambda wanted: self.transfers.choose_files(wanted.files_go_to),
            import_folder=lambda wanted: self.transfers.choose_folder(wanted.files_go_to),
            export=self._export_list,
            edit_account=self.account_settings_wanted.emit,
            account_key=self.account_key,
            key_of=self.pane.key_of,
        )
        folder_menu(self._theme, self.tree, node, self.folders, steps).popup(point)

    def _export_list(self, node: Node, form: ExportForm) -> None:
        """Ask where the mails of a list go; first whether they shall where mail of a folder is on its server only."""
        folder = node.folder
        if folder is None or folder.fetched:
            self.transfers.export_list(node, form)
            return
        question = confirm(
            self._theme,
            self.tree,
            title=_("“{folder}” is not wholly on this computer").format(folder=folder.name),
            text=transfer_words.not_here(folder),
            action=_("Export what is here"),
            on_yes=lambda: self.transfers.export_list(node, form),
        )

        def fetch() -> None:
            question.accept()
            if self.pane.searching:
                self.leave_search()
            self.show_list(node.list_id)
            self.folders.look_at(node)  # one that is shown already is not opened by being shown

        question.add_button(_("Fetch first"), fetch)

    def _rename(self, node: Node) -> None:
        self.tree.edit(self.model.index_of_id(node.id))

    def _choose_place(self, folder: FolderNode) -> None:
        nodes = [node for node, other in self.model.folders() if other.account_key == folder.account_key]
        below = {folder.key}
        targets = []
        for node in nodes:
            other = node.folder
            if other is None:
                continue
            if other.parent_key in below or other.key in below:
                below.add(other.key)
            else:
                targets.append(_target(node, other))
        top = next((node for node in self._tops() if node.account_key == folder.account_key), None)
        if top is not None:
            targets.insert(0, Target(None, top.account_key, top.name, _("At the top"), "folder-open"))

        def move(target: Target) -> None:
            if target.folder is not None:
                self.folders.move(folder, target.folder.key, self.model.shown_name(target.folder))
            elif top is not None:
                self.folders.move(folder, None, top.name)

        self._ask(targets, _("Move the folder to"), move)

    def _tops(self) -> list[Node]:
        rows = range(self.model.rowCount())
        return [node for row in rows if (node := self.model.node(self.model.index(row))) is not None]

    def _targets(self, left: ListId = 0) -> list[Target]:
        """Return where mails of a list can go: anywhere but into the folder they are in.

        Those of a list over all accounts may go to the same folder of another account, which is rarely meant: at last.
        """
        able = [(node, folder) for node, folder in self.model.folders() if node.takes_mails and folder.key != left]
        role = role_of(left, lambda _key: Role.NONE)
        alike = [each for each in able if role is not Role.NONE and each[1].role is role]
        others = [each for each in able if each not in alike]
        return [_target(node, folder) for node, folder in (*others, *(alike if len(alike) > 1 else ()))]

    def _ask(self, targets: list[Target], name: str, use: Callable[[Target], object]) -> None:
        if self._picker is None:
            self._picker = MovePicker(self._theme, self._host)
        corner = self.pane.mapTo(self._host.window(), QPoint(12, 44))
        self._picker.ask(targets, self._recent.newest(), name, corner, use)

    def _move_mails(self, load: MailLoad, target: Target) -> None:
        if target.folder is not None:
            self.mails.apply(Verb.MOVE, load, target.folder)
            self._note(target.folder)

    def _note(self, folder: FolderNode) -> None:
        self._recent.note(folder.key)
        self.pane.set_recent_folders(tuple(self._recent_folders()))

    def _recent_folders(self) -> list[FolderNode]:
        known = {folder.key: folder for node, folder in self.model.folders() if node.takes_mails}
        return [known[key] for key in self._recent.newest() if key in known]

    def _set_density(self, density: Density) -> None:
        self.pane.set_density(density)
        self._tasks.run(self._keep(DENSITY, density.value))

    async def _keep(self, setting: Setting[T], value: T) -> None:
        await self._tasks.write(self._services.settings.set, setting, value)

    async def _read_settings(self) -> None:
        density = await self._tasks.read(self._services.settings.get, DENSITY)
        conversations = await self._tasks.read(self._services.settings.get, CONVERSATIONS)
        self.pane.set_density(Density(density))
        self.pane.set_conversations(conversations)

    async def _fetch_again(self, account_key: int) -> None:
        await self._tasks.write(self._services.accounts.fetch_again, account_key)

    async def _set_paused(self, account_key: int, paused: bool) -> None:
        accounts = self._services.accounts
        await self._tasks.write(accounts.pause if paused else accounts.resume, account_key)


def _target(node: Node, folder: FolderNode) -> Target:
    top = node
    while top.parent is not None:
        top = top.parent
    return Target(folder, folder.account_key, top.name, shown_path(node), node.icon, folder.path)
