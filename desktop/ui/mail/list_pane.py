"""The middle of the mail room: head, filters, list and what an empty list says, put together. GUI thread.

It remembers how each list is sorted and which days are collapsed. It knows nothing of the tree and the reader: the
window tells it which list to show and hears which mails are chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import FolderNode, ListQuery, SortBy
from desktop.domain.mail.mail_account import AccountStatus
from desktop.domain.mail.operation import Verb
from desktop.domain.settings import Density
from desktop.services.mail.views import MailViews
from desktop.ui.actions import Do
from desktop.ui.bridge import Bridge
from desktop.ui.mail.empty_words import EmptyWords, Step, empty_words, list_title, no_hits
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.list_header import ListHeader
from desktop.ui.mail.list_loader import ListLoader
from desktop.ui.mail.list_menu import MailSteps, list_menu
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.message_list import MessageList
from desktop.ui.mail.message_list_model import MessageListModel
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.outbox_line import verbs_of
from desktop.ui.mail.quick_filter import QuickFilter
from desktop.ui.mail.row_geometry import Action
from desktop.ui.mail.search_head import SearchHead
from desktop.ui.mail.selection import Selection, role_of
from desktop.ui.mail.table_header import TableHeader
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.focus_ring import PaneRing

_ORDER_STATE = "list.order."
_GROUPED_STATE = "list.grouped."
_COLLAPSED_STATE = "list.collapsed-days"
_COLUMNS_STATE = "list.hidden-columns"
_NO_NAMES: list[str] = []
_SETTLE_MS = 60
"""Holding an arrow key down must not open every mail on the way."""


class _Stack(QStackedWidget):
    """Needs the room of what it shows, and none for what it does not."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(self.updateGeometry)

    def minimumSizeHint(self) -> QSize:
        shown = self.currentWidget()
        return super().minimumSizeHint() if shown is None else shown.minimumSizeHint()


class ListPane(QWidget):
    """Shows one list at a time."""

    selection_changed = Signal(object)
    """A `Selection`, once it has settled."""
    position_changed = Signal(int, int)
    """Which mail of how many is chosen, at once and also when the list around it changes; number 0 for none."""
    opened = Signal(object)
    """The key of a mail a person opened by Enter or a double click."""
    step_wanted = Signal(str)
    """A `Step` that others take: get mail, add an account, leave the search."""
    density_wanted = Signal(object)
    move_wanted = Signal(object)
    """The person wants to pick a folder for this `MailLoad`."""
    answer_wanted = Signal(object, object)
    """An Answer, and the key of the mail it is to."""
    snooze_wanted = Signal(object)
    """The person wants to put this `Selection` off: to snooze it, or to be reminded of it."""
    end_wanted = Signal(object)
    """This `MailLoad` is to be put off no longer."""
    export_wanted = Signal(object, object)
    """A `MailLoad` that is to be exported, and the `ExportForm`."""
    writing_wanted = Signal(object, object)
    """What is wanted of a mail on its way out: a Remedy, and the key of the mail."""
    search_closed = Signal()

    def __init__(
        self,
        theme: Theme,
        views: MailViews,
        actions: ListActions,
        tasks: Tasks,
        bridge: Bridge,
        state: State,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self._state = state
        self._conversations = True
        self._density = Density.CARDS
        self._title = ""
        self._has_accounts = True
        self._account_key = 0
        self._statuses: Mapping[int, AccountStatus] = {}
        self._searched = ""
        self._recent: tuple[FolderNode, ...] = ()
        self._step = Step.NONE
        self.role_of_folder: Callable[[ListId], Role] = lambda _key: Role.NONE
        """Says what a server folder is for; who knows the folders sets it."""
        self.key_of: Callable[[Do], str] = lambda _name: ""
        """The key of an action, to be shown beside it; who has the actions sets it."""
        self._told: tuple[MailLoad, bool] | None = None
        self._before_filter = 0
        """The mail that was chosen when the filter began; taking it off returns to it."""
        self.model = MessageListModel(self)
        self.view = MessageList(self.model, theme)
        self.loader = ListLoader(self.model, self.view, views, tasks, bridge)
        self.header = ListHeader(theme)
        self.search_head = SearchHead(theme)
        self.filter = QuickFilter(theme)
        self.columns = TableHeader(theme)
        self.unfetched: Callable[[ListId], EmptyWords | None] = lambda _list: None
        """What a server folder says whose mail is not here yet; set by whoever knows the folders."""
        self._empty = EmptyState(theme, "inbox", "", action=" ", act=self._take_step)
        self._empty.setAccessibleName(self.view.accessibleName())  # it has the keyboard where there is no mail
        PaneRing(theme, self._empty)
        self._stack = _Stack()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self.search_head, self.filter, self.columns):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self.search_head.hide()
        self.columns.hide()
        self.columns.hide_columns(state.get(_COLUMNS_STATE, _NO_NAMES))
        self.model.set_collapsed(state.get(_COLLAPSED_STATE, _NO_NAMES))
        self._settled = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settled.timeout.connect(self._tell_selection)
        self.setFocusProxy(self.view)
        self._connect()

    def _connect(self) -> None:
        self.view.selection_changed.connect(self._settled.start)
        self.view.selection_changed.connect(self._tell_position)
        self.view.opened.connect(self.opened)
        self.view.acted.connect(self._acted)
        self.view.menu_wanted.connect(self._open_menu)
        self.view.escaped.connect(self._leave)
        self.view.resized.connect(lambda: self.columns.leave_right(self.view.width() - self.view.viewport().width()))
        self.loader.opened.connect(self._list_opened)
        self.model.update_ends.connect(lambda _reset: self._list_changed())
        self.model.unread_changed.connect(lambda _unread: self._show_state())
        self.header.filter_changed.connect(self._filter_marks)
        self.header.order_wanted.connect(self.sort)
        self.header.conversations_wanted.connect(self.group)
        self.header.density_wanted.connect(self.density_wanted)
        self.header.days_folded.connect(self.fold_days)
        self.filter.changed.connect(self._filter)
        self.filter.left.connect(self.view.setFocus)
        self.filter.came_or_went.connect(lambda there: self.header.offer_filters(not there))
        self.columns.sorted.connect(self.sort)
        self.columns.cells_changed.connect(self._columns_changed)
        self.search_head.closed.connect(self.search_closed)
        self.model.rowsInserted.connect(self._remember_days)
        self.model.rowsRemoved.connect(self._remember_days)

    # what is shown

    @property
    def searching(self) -> bool:
        """Whether hits are wanted; a list that is opened in their place may not be on the screen yet."""
        return self.loader.wanted is None

    @property
    def shows_list(self) -> bool:
        """Whether a list is on the screen, rather than hits of a search or nothing yet."""
        return bool(self.model.query.list_id) and not self.model.shows_hits

    def show_list(self, list_id: ListId, name: str = "", account_key: int = 0, at: int = 0) -> None:
        """Show a list in the order it had last, with the cursor on the mail `at`.

        `name` and `account_key` are those of a server folder.
        """
        self._title = list_title(list_id) or name
        self._account_key = account_key
        self._before_filter = 0
        self.filter.hide()
        sort_by, descending = self._order_of(list_id)
        self.search_head.hide()
        self.header.show()
        self._open(ListQuery(list_id, self._grouped(list_id), sort_by, descending), at)

    def set_name(self, name: str) -> None:
        """Say the new name of the server folder that is shown."""
        self._title = name
        self._show_state()

    def show_search(self, sentence: str, searched: str) -> None:
        """Say above the list that it shows hits, and below an empty one what was searched."""
        self._searched = searched
        self.header.hide()
        self.filter.hide()
        self.search_head.show()
        self.search_head.say(sentence)
        self._show_state()

    def set_conversations(self, on: bool) -> None:
        """Show conversations, or every mail by itself, in lists for which nothing else was chosen."""
        self._conversations = on
        self._regroup()

    def group(self, on: bool) -> None:
        """Show conversations, or every mail by itself, in this list from now on."""
        query = self.loader.wanted
        if query is not None:
            self._state.set(f"{_GROUPED_STATE}{query.list_id}", on)
            self._regroup()

    def set_density(self, density: Density) -> None:
        """Show rows of another height, or the table."""
        self._density = density
        self.columns.setVisible(density is Density.TABLE)
        self.view.set_density(density)
        self._columns_changed()
        if self.loader.wanted is not None:
            self._show_query(self.loader.wanted)

    def set_recent_folders(self, folders: tuple[FolderNode, ...]) -> None:
        """Offer these folders in the menu of mails."""
        self._recent = folders

    def set_has_accounts(self, has: bool) -> None:
        """Without any account an empty list offers to add one."""
        self._has_accounts = has
        self._show_state()

    def set_statuses(self, statuses: Mapping[int, AccountStatus]) -> None:
        """An empty list says whether its mail is still being fetched."""
        self._statuses = statuses
        if not len(self.model.keys):
            self._show_state()

    # what a person does

    def sort(self, sort_by: SortBy, descending: bool) -> None:
        """Show the list in another order; the mail with the cursor stays in sight."""
        query = self.loader.wanted
        if query is not None:
            if query.list_id == Unified.OUTBOX and sort_by is SortBy.DATE:
                sort_by, descending = SortBy.DUE, descending and query.sort_by is SortBy.DUE
            self._state.set(f"{_ORDER_STATE}{query.list_id}", f"{sort_by.value} {'down' if descending else 'up'}")
            self._open(replace(query, sort_by=sort_by, descending=descending))

    def open_filter(self) -> None:
        """Open the quick filter."""
        if not self.searching:
            self.filter.open()

    def select_all(self) -> None:
        """Select every mail of the list."""
        self.view.selectAll()

    def next_unread(self) -> None:
        """Go to the next unread mail, wherever in the list it stands."""
        if not self.view.next_unread():
            self.loader.seek_unread(1)

    def previous_unread(self) -> None:
        """Go to the unread mail before."""
        if not self.view.previous_unread():
            self.loader.seek_unread(-1)

    def next_unread_conversation(self) -> None:
        """Go to the next unread mail that belongs to another conversation."""
        if self.shows_list:
            self.loader.seek_unread(1, past_conversation=True)
        else:
            self.view.next_unread()  # hits of a search stand each for itself

    def select_conversation(self) -> None:
        """Select all that the list shows of the conversation with the cursor."""
        self.loader.select_conversation()

    def go_to(self, key: int) -> None:
        """Put the cursor on a mail of the list that is wanted, at once or when that is on the screen."""
        self.loader.go_to(key)

    def follow(self, keys: Sequence[int]) -> None:
        """Put the cursor on one of these mails, which come back into the list now, unless several are selected."""
        if keys and self.view.selected_count() <= 1:
            self.loader.follow(keys)

    def fold_days(self, folded: bool) -> None:
        """Collapse or expand every day."""
        self.view.fold_all(folded)
        self._remember_days()

    def selection(self) -> Selection:
        """Return what is chosen now in the list that is shown."""
        return self._selection_of(self.view.selected_load())

    def do(self, verb: Verb) -> None:
        """Do a verb to the selection."""
        self._actions.apply(verb, self.view.selected_load())

    def archive_and_step(self, way: int) -> None:
        """Archive the selection with the cursor on the next mail (1) or the one before (-1)."""
        load = self.view.selected_load()
        self.view.next() if way > 0 else self.view.previous()
        self._actions.apply(Verb.ARCHIVE, load)

    def open_current(self) -> None:
        """Open the mail that is chosen, as Enter does."""
        if self.view.current_key:
            self.opened.emit(self.view.current_key)

    def toggle_read(self) -> None:
        """Mark the selection read, or unread when it is."""
        self._actions.toggle_read(self.selection())

    def toggle_star(self) -> None:
        """Star the selection, or take its stars away."""
        self._actions.toggle_star(self.selection())

    def mark_conversations_read(self) -> None:
        """Mark the conversations of the selection read."""
        self._actions.mark_conversations_read(self.selection())

    def trash(self) -> None:
        """Move the selection to Trash; in a Trash, ask whether to delete it for good."""
        self._trash(self.selection())

    def _trash(self, chosen: Selection) -> None:
        row = chosen.row
        if row is not None and row.way is not None and Remedy.DELETE in verbs_of(row.way):
            self.writing_wanted.emit(Remedy.DELETE, row.key)
        else:
            self._actions.trash(chosen)

    def delete(self) -> None:
        """Ask, then delete the selection for good."""
        self._actions.delete(self.view.selected_load())

    def mark_list_read(self) -> None:
        """Mark every mail of the list that is shown read; hits of a search are no list."""
        if self.shows_list:
            self._actions.mark_list_read(self.model.query.list_id)

    # inside

    def _regroup(self) -> None:
        query = self.loader.wanted
        if query is not None and query.conversations != self._grouped(query.list_id):
            self._open(replace(query, conversations=not query.conversations))

    def _open(self, query: ListQuery, at: int = 0) -> None:
        self._show_query(query)
        self.filter.show_query(query)
        self.columns.show_order(query.sort_by, query.descending)
        self.loader.open(query, at)

    def _list_changed(self) -> None:
        self._show_state()
        self._tell_position()

    def _tell_position(self) -> None:
        keys = self.view.selected_keys() if self.view.selected_count() == 1 else ()
        position = self.model.position_of(keys[0]) if keys else None
        self.position_changed.emit(0 if position is None else position + 1, len(self.model.keys))

    def _list_opened(self) -> None:
        self._list_changed()
        self._settled.start()

    def _show_state(self) -> None:
        self.header.show_title(self._title, self.model.unread)
        if len(self.model.keys):
            self._turn_to(self.view)
            return
        words = no_hits(self._searched) if self.searching else self._unfetched() or self._empty_words()
        self._step = words.step
        self._empty.say(words.icon, words.title, words.text, words.action)
        self._turn_to(self._empty)

    def _turn_to(self, page: QWidget) -> None:
        """Show the list, or what is said in its place; the keyboard is in what is seen."""
        if page is not self._stack.currentWidget():
            inside = self._stack.isAncestorOf(self.window().focusWidget())
            self.setFocusProxy(page)
            self._stack.setCurrentWidget(page)
            if inside:
                page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _unfetched(self) -> EmptyWords | None:
        query = self.model.query
        return None if _narrows(query) else self.unfetched(query.list_id)

    def _empty_words(self) -> EmptyWords:
        key = self._account_key
        statuses = [status for status in self._statuses.values() if key in (0, status.account_key)]
        return empty_words(self.model.query, self._title, has_accounts=self._has_accounts, statuses=statuses)

    def _take_step(self) -> None:
        if self._step is Step.CLEAR_FILTER:
            self.filter.clear_and_hide()
            self._filter("", False, False, False)
        elif self._step is Step.LEAVE_SEARCH:
            self.search_closed.emit()
        elif self._step is not Step.NONE:
            self.step_wanted.emit(self._step.value)

    def _filter_marks(self, unread: bool, starred: bool, with_attachment: bool) -> None:
        query = self.loader.wanted
        self._filter(query.contains if query is not None else "", unread, starred, with_attachment)

    def _filter(self, contains: str, unread: bool, starred: bool, with_attachment: bool) -> None:
        query = self.loader.wanted
        if query is None:
            return
        wanted = replace(query, contains=contains, unread=unread, starred=starred, with_attachment=with_attachment)
        if wanted != query:
            chosen = self.view.current_key if self.view.selected_count() else 0
            if not _narrows(query):
                self._before_filter = chosen
            self._open(wanted, chosen or self._before_filter)

    def _tell_selection(self) -> None:
        told = (self.view.selected_load(), self.model.query.conversations)
        if told != self._told:  # a list that was only read again has nothing new to say
            self._told = told
            self.selection_changed.emit(self.selection())

    def _acted(self, action: Action, key: int) -> None:
        whole = self.model.query.conversations and not self.model.is_unfolded(key)
        keys, list_id = (key,), self.model.query.list_id
        chosen = self._selection_of(
            MailLoad(keys, (), list_id) if whole and self._is_row(key) else MailLoad((), keys, list_id)
        )
        match action:
            case Action.READ:
                self._actions.toggle_read(chosen)
            case Action.STAR:
                self._actions.toggle_star(chosen)
            case Action.ARCHIVE:
                self._actions.apply(Verb.ARCHIVE, chosen.load)
            case Action.TRASH:
                self._trash(chosen)

    def _selection_of(self, load: MailLoad) -> Selection:
        shown, keys = self.model.query, load.keys
        return Selection(
            load,
            Role.NONE if self.model.shows_hits else role_of(shown.list_id, self.role_of_folder),
            self.model.row(keys[0]) if len(keys) == 1 else None,
            shown.conversations,
            any((row := self.model.row(key)) is None or row.unread for key in keys),
            any((row := self.model.row(key)) is None or not row.important for key in keys),
        )

    def _leave(self) -> None:
        """Take off what narrows the list: the search, or a layer of the quick filter."""
        if self.searching:
            self.search_closed.emit()
        elif not self.filter.isHidden():
            self.filter.peel()

    def _is_row(self, key: int) -> bool:
        return self.model.position_of(key) is not None

    def _open_menu(self, point: QPoint) -> None:
        steps = MailSteps(
            *(self._actions, self.opened.emit, self.move_wanted.emit, self.answer_wanted.emit),
            *(self.snooze_wanted.emit, self.end_wanted.emit, self.export_wanted.emit, self.key_of),
            self.writing_wanted.emit,
        )
        list_menu(self._theme, self, steps, self.selection(), self._recent).popup(point)

    def _columns_changed(self) -> None:
        self.view.painter_delegate.set_cells(self.columns.cells())
        self.view.viewport().update()
        self._state.set(_COLUMNS_STATE, self.columns.hidden_columns())

    def _remember_days(self, *_where: QModelIndex | int) -> None:
        self._state.set(_COLLAPSED_STATE, sorted(self.model.collapsed))

    def _show_query(self, query: ListQuery) -> None:
        self.header.show_query(query, self._density, can_group=self._can_group(query.list_id))

    def _can_group(self, list_id: ListId) -> bool:
        """Return whether a line may stand for a conversation: what is being written or sent stands for itself."""
        return list_id != Unified.OUTBOX and role_of(list_id, self.role_of_folder) is not Role.DRAFTS

    def _grouped(self, list_id: ListId) -> bool:
        return self._can_group(list_id) and self._state.get(f"{_GROUPED_STATE}{list_id}", self._conversations)

    def _order_of(self, list_id: ListId) -> tuple[SortBy, bool]:
        usual = "due up" if list_id == Unified.OUTBOX else "date down"
        name, _space, way = self._state.get(f"{_ORDER_STATE}{list_id}", usual).partition(" ")
        known = {sort_by.value: sort_by for sort_by in SortBy}
        return known.get(name, SortBy.DATE), way != "up"


def _narrows(query: ListQuery) -> bool:
    return bool(query.contains) or query.unread or query.starred or query.with_attachment
