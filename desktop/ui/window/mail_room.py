"""The mail room of a window: folder tree, list, reader and search, connected. It holds no mail; the panes do.

A pane says what a person did there; this module says what that means for the others.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Density, Layout
from desktop.ui.actions import Actions, Do
from desktop.ui.bridge import Bridge
from desktop.ui.mail.folder_pane import FolderPane
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.list_pane import ListPane, Selection
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.reader import Reader
from desktop.ui.mail.search_bar import SearchBar
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
from desktop.ui.window.arrangement import Pane
from desktop.ui.window.head import SearchRow, TreeColumn
from desktop.ui.window.panes import Panes

if TYPE_CHECKING:
    from desktop.services.services import Services

T = TypeVar("T")

_LIST_STATE = "mail.list"


class MailRoom(QObject):
    """Made once for a window."""

    step_wanted = Signal(str)
    """An empty list offers to get mail or to add an account."""
    told = Signal(str)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        bridge: Bridge,
        theme: Theme,
        state: State,
        undo: Undo,
        actions: Actions,
        cache: Path,
        host: QWidget,
    ) -> None:
        super().__init__(host)
        self._services, self._tasks, self._state, self._actions = services, tasks, state, actions
        self.verbs = ListActions(services.actions, tasks, undo, theme, host)
        self.tree = FolderPane(theme, services, tasks, bridge, state)
        self.list = ListPane(theme, services.views, self.verbs, tasks, bridge, state)
        self.reader = Reader(
            theme, tasks, services.views, services.reading, services.settings, state, cache, actions=actions
        )
        self.search = SearchBar(theme, services.search, tasks)
        self.panes = Panes(
            TreeColumn(theme, actions, self.tree),
            SearchRow(theme, actions, self.search),
            self.list,
            self.reader,
            state,
            host,
        )
        self._connect(bridge)
        self._connect_actions()

    def show_first_list(self) -> None:
        """Show the list that was shown last, the Inbox at first."""
        self.tree.choose_list(self._state.get(_LIST_STATE, int(Unified.INBOX)))

    def open_file(self, path: Path) -> None:
        """Show a mail file in the reader."""
        self.panes.go_to(Pane.READER)
        self.reader.open_file(path)

    def close(self) -> None:
        """Let go of the browser."""
        self.reader.close_browser()

    # what a person does in one pane

    def _connect(self, bridge: Bridge) -> None:
        self.tree.list_chosen.connect(self._show_list)
        self.list.selection_changed.connect(self._selection_changed)
        self.list.opened.connect(self._open)
        self.list.step_wanted.connect(self.step_wanted)
        self.list.density_wanted.connect(self._set_density)
        self.list.conversations_wanted.connect(self._set_conversations)
        self.reader.action_requested.connect(self._reader_action)
        self.reader.go_next.connect(self.list.view.next)
        self.reader.go_previous.connect(self.list.view.previous)
        self.reader.told.connect(self.told)
        self.panes.back_changed.connect(self._back_changed)
        bridge.messages_changed.connect(self.reader.refresh)
        bridge.messages_removed.connect(self.reader.refresh)

    def _show_list(self, list_id: int, title: str) -> None:
        self._state.set(_LIST_STATE, list_id)
        self.list.show_list(list_id, title)
        if self.panes.current is Pane.TREE:
            self.panes.go_to(Pane.LIST)

    def _selection_changed(self, selection: Selection) -> None:
        self._actions.set_mails_chosen(selection.count > 0)
        if not self.reader.isVisible():
            return
        if selection.count > 1:
            self.reader.show_selection(selection.count, conversations=selection.conversations)
        elif selection.key:
            self._read(selection.key)
        else:
            self.reader.show_nothing()

    def _open(self, key: int) -> None:
        self.panes.go_to(Pane.READER)
        self._read(key)
        self.reader.setFocus()

    def _read(self, key: int) -> None:
        self.reader.show_message(key, conversations=self.list.model.query.conversations)
        position = self.list.model.position_of(key)
        self.reader.set_position(0 if position is None else position + 1, len(self.list.model.keys))

    def _reader_action(self, verb: Verb, keys: tuple[int, ...]) -> None:
        if verb is Verb.READ:
            for key in keys:
                self.verbs.mark_seen(key)
        else:
            self.verbs.apply(verb, MailLoad(mails=keys), self.list.list_id)

    def _back_changed(self, back: bool) -> None:
        self._actions[Do.BACK].setEnabled(back)

    # what the keys do

    def _connect_actions(self) -> None:
        for name, verb in (
            (Do.ARCHIVE, Verb.ARCHIVE),
            (Do.TRASH, Verb.TRASH),
            (Do.JUNK, Verb.JUNK),
            (Do.NOT_JUNK, Verb.INBOX),
        ):
            self._actions.connect(name, partial(self.list.do, verb))
        view, panes = self.list.view, self.panes
        for name, act in (
            (Do.DELETE, self.list.delete),
            (Do.READ, self.list.toggle_read),
            (Do.STAR, self.list.toggle_star),
            (Do.MOVE, self.list.choose_folder),
            (Do.LIST_READ, self.list.mark_list_read),
            (Do.NEXT, view.next),
            (Do.PREVIOUS, view.previous),
            (Do.NEXT_UNREAD, view.next_unread),
            (Do.PREVIOUS_UNREAD, view.previous_unread),
            (Do.SELECT_ALL, self.list.select_all),
            (Do.UNFOLD_ALL, partial(self.list.fold_days, False)),
            (Do.FOLD_ALL, partial(self.list.fold_days, True)),
            (Do.QUICK_FILTER, self.list.open_filter),
            (Do.BACK, panes.go_back),
            (Do.NEXT_PANE, partial(self._walk, 1)),
            (Do.PREVIOUS_PANE, partial(self._walk, -1)),
        ):
            self._actions.connect(name, act)

    def _walk(self, step: int) -> None:
        """Give the keyboard to the next pane that is visible."""
        stops = [stop for stop in (self.tree, self.search, self.list, self.reader) if stop.isVisible()]
        focused = QApplication.focusWidget()
        here = next((i for i, s in enumerate(stops) if s is focused or (focused and s.isAncestorOf(focused))), -1)
        if stops:
            stops[(here + step) % len(stops)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # settings

    def apply_settings(self) -> None:
        """Take over layout, density and conversations as they are set."""
        read = self._services.settings.get
        self.list.set_density(Density(read(settings.DENSITY)))
        self.list.set_conversations(read(settings.CONVERSATIONS))
        self.panes.arrange(Layout(read(settings.LAYOUT)))

    def _set_density(self, density: Density) -> None:
        self._tasks.run(self._store(settings.DENSITY, density.value))

    def _set_conversations(self, on: bool) -> None:
        self._tasks.run(self._store(settings.CONVERSATIONS, on))

    async def _store(self, setting: settings.Setting[T], value: T) -> None:
        await self._tasks.write(self._services.settings.set, setting, value)
