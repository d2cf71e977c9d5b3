"""The mail room of a window: folders, list and search (`MailBrowser`) beside the reader, in their panes.

The browser says what a person chose, the reader shows it, and what is done in the reader goes back to the browser.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

from desktop.domain.mail.folder import ListId
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.reading import MessageHead
from desktop.domain.settings import LAYOUT, Layout
from desktop.services.mail.answers import Answer
from desktop.ui.actions import Actions, Do
from desktop.ui.bridge import Bridge
from desktop.ui.mail.mail_browser import MailBrowser
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.mail_files import MailFiles
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.reader import Reader
from desktop.ui.mail.reading_history import ReadingHistory, Visit
from desktop.ui.mail.selection import Selection
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
from desktop.ui.window.arrangement import Pane
from desktop.ui.window.head import SearchRow, TreeColumn
from desktop.ui.window.panes import Panes

if TYPE_CHECKING:
    from desktop.services.services import Services


_ANSWERS = {
    Do.REPLY: Answer.REPLY,
    Do.REPLY_ALL: Answer.REPLY_ALL,
    Do.REPLY_LIST: Answer.REPLY_LIST,
    Do.FORWARD: Answer.FORWARD,
    Do.FORWARD_ATTACHED: Answer.FORWARD_ATTACHED,
    Do.EDIT_AS_NEW: Answer.EDIT_AS_NEW,
}
_DONE_IN_READER = (Do.FIND, Do.FIND_NEXT, Do.FIND_PREVIOUS, Do.PRINT, Do.SAVE_AS, Do.SOURCE)


class MailRoom(QObject):
    """Made once for a window; `panes` is the widget."""

    step_wanted = Signal(str)
    """An empty list offers to get mail or to add an account."""
    mail_wanted = Signal(int)
    """The person wants mail of this account now."""
    trouble_wanted = Signal(int)
    """The key of an account whose dot was clicked."""
    account_settings_wanted = Signal(int)
    told = Signal(str)
    writing_wanted = Signal(object, object)
    """What is wanted of a mail that is being written or sent: a Remedy, and the key of the mail."""
    answer_wanted = Signal(object, object)
    """An Answer, and the key of the mail it is to."""
    letter_wanted = Signal(str)
    """A mailto: URL that is to become a mail."""

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
        self._services, self._actions, self._tasks = services, actions, tasks
        self.files = PrivateFiles(cache)
        self._shows_file = False
        self._reads = False
        """One mail is what the reader shows when it is in sight."""
        self._history = ReadingHistory()
        self.browser = MailBrowser(theme, services, tasks, bridge, undo, state, host)
        self.reader = Reader(
            *(theme, tasks, services.views, services.reading, services.settings, state, self.files),
            actions=actions,
            write_to=self.letter_wanted.emit,
        )
        self.tree, self.list, self.search = self.browser.tree, self.browser.pane, self.browser.search
        self.panes = Panes(
            TreeColumn(theme, actions, self.tree),
            SearchRow(theme, actions, self.search),
            self.list,
            self.reader,
            state,
            host,
        )
        self.browser.bind(actions)
        self.list.view.file_writer = MailFiles(services.reading, self.files).write
        self.tree.installEventFilter(self)
        self.reader.installEventFilter(self)
        for name, kind in _ANSWERS.items():
            actions.connect(name, partial(self._answer, kind))
        self._connect(bridge)

    def start(self) -> None:
        """Read the folders and show the list that was shown last."""
        self.browser.start()
        self._tasks.read(self.files.clear_left)

    def apply_layout(self) -> None:
        """Put the panes where the setting has them."""
        self.panes.arrange(Layout(self._services.settings.get(LAYOUT)))

    def take_keyboard(self) -> None:
        """Give the keyboard to the list, unless somebody is writing already."""
        focused = self.panes.window().focusWidget()
        writing = self.search.in_use if focused is self.search.field.edit else isinstance(focused, QLineEdit)
        if not writing:
            self.list.setFocus()

    def open_file(self, path: Path) -> None:
        """Show a mail file in the reader."""
        self._shows_file = True
        # what one does now must not fall on a mail that is chosen in the list and no longer seen
        self.list.view.clearSelection()
        self.panes.go_to(Pane.READER)
        self._note_reading(True)
        self.reader.open_file(path)

    def sees(self, key: int) -> bool:
        """Return whether a mail is in sight: its line in the list, or the mail in the reader."""
        return self.list.view.sees(key) or self.reader.sees(key)

    def open_mail(self, list_id: ListId, key: int) -> None:
        """Open exactly this mail, with the list it stands in beside it."""
        self.panes.go_to(Pane.READER)
        conversations = self.list.model.query.conversations
        self.reader.show_message(key, conversations=conversations, exactly=True)
        self.browser.show_mail(list_id, key)
        self.reader.setFocus()

    def close(self) -> None:
        """Let go of the browser, and of the files other programs were given."""
        self.reader.close_browser()
        self._tasks.write(self.files.clear)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep Delete in the folder tree from deleting the mails that are chosen beside it; follow the reader."""
        if watched is self.reader:
            if event.type() in (QEvent.Type.Show, QEvent.Type.Hide):
                self._note_reading(self._reads)
            return False
        if not isinstance(event, QKeyEvent) or event.type() is not QEvent.Type.ShortcutOverride:
            return False
        if event.key() == Qt.Key.Key_Delete:
            event.accept()
            return True
        return False

    def _answer(self, kind: Answer) -> None:
        """Answer the mail that is open, or else the one that is chosen."""
        opened = self.reader.opened if self.reader.isVisible() else None
        key = opened.letter.key if opened is not None else self.list.selection().key
        if key:
            self.answer_wanted.emit(kind, key)

    def _connect(self, bridge: Bridge) -> None:
        browser, reader, panes = self.browser, self.reader, self.panes
        browser.selection_changed.connect(self._show_selection)
        browser.opened.connect(self._open)
        reader.writing_requested.connect(self.writing_wanted)
        reader.reminder_requested.connect(self._put_off)
        reader.tools.snooze_pressed.connect(browser.reminders.open_below)
        browser.writing_wanted.connect(self.writing_wanted)
        bridge.outbox_changed.connect(lambda _accounts: reader.outbox_changed())
        self.list.answer_wanted.connect(self.answer_wanted)
        self.list.view.picked.connect(self._picked)
        self.list.view.followed.connect(reader.follow)
        self.tree.picked.connect(self._leave_tree)
        self.list.position_changed.connect(reader.set_position)
        self.list.loader.opened.connect(self._first_list_opened)
        browser.list_opened.connect(lambda _name: self._leave_tree())
        self.search.search_wanted.connect(self._searched)
        self.search.submitted.connect(self._go_to_hits)
        self.search.stepped_down.connect(self._go_to_hits)
        self.search.left.connect(self._search_left)
        browser.step_wanted.connect(self.step_wanted)
        browser.mail_wanted.connect(self.mail_wanted)
        browser.trouble_wanted.connect(self.trouble_wanted)
        browser.account_settings_wanted.connect(self.account_settings_wanted)
        reader.action_requested.connect(self._reader_action)
        reader.go_next.connect(self.list.view.next)
        reader.go_previous.connect(self.list.view.previous)
        reader.told.connect(self.told)
        reader.search_wanted.connect(self.search.search)
        reader.file_wanted.connect(self.open_file)
        bridge.messages_changed.connect(reader.refresh)
        bridge.messages_removed.connect(reader.refresh)
        panes.back_changed.connect(self._back_changed)
        panes.reader_shown.connect(lambda: self._show_selection(self.list.selection()))
        self._back_changed(panes.has_back)
        self._note_reading(False)
        for name, act in (
            (Do.SEARCH, self._open_search),
            (Do.QUICK_FILTER, self._open_filter),
            (Do.SELECT_ALL, self._select_all),
            (Do.READ_BEFORE, partial(self._step_in_history, -1)),
            (Do.READ_AFTER, partial(self._step_in_history, 1)),
            (Do.BACK, self._go_back),
            (Do.NEXT_PANE, partial(self._walk, 1)),
            (Do.PREVIOUS_PANE, partial(self._walk, -1)),
        ):
            self._actions.connect(name, act)

    def _first_list_opened(self) -> None:
        self.list.loader.opened.disconnect(self._first_list_opened)
        self.take_keyboard()

    def _leave_tree(self) -> None:
        """Show the list of the folder where the folders alone are shown."""
        if self.panes.current is Pane.TREE:
            self.panes.go_to(Pane.LIST)
            if self.panes.single:
                self.list.setFocus()

    def _open_search(self) -> None:
        if self.panes.current is Pane.TREE:  # alone in sight it has no row with the search above it
            self.panes.go_to(Pane.LIST)
        self.search.open()

    def _open_filter(self) -> None:
        if self.list.searching:
            self._open_search()  # hits are narrowed by the words that found them
        else:
            self.panes.go_to(Pane.LIST)
            self.list.open_filter()

    def _searched(self, text: str) -> None:
        """Show the list where a mail is read in its place: the hits are there, and the folder after them."""
        if text or self.list.model.shows_hits:
            self.panes.go_to(Pane.LIST)

    def _go_to_hits(self) -> None:
        self.panes.go_to(Pane.LIST)
        self.list.setFocus()

    def _search_left(self) -> None:
        """Give the keyboard back to the mail that stands in the place of the list."""
        if not self.list.isVisible():
            self.reader.setFocus()

    def _go_back(self) -> None:
        self.panes.go_back()
        # the pane that had the keyboard is gone from sight, and Qt would hand it to whatever comes next
        (self.tree if self.panes.current is Pane.TREE else self.list).setFocus()

    def _picked(self, key: int) -> None:
        """Open a mail at one click where it can be read nowhere else."""
        if self.panes.single:
            self._open(key)

    def _show_selection(self, selection: Selection) -> None:
        if not self.reader.isVisible() or (self._shows_file and not selection.count):
            return
        self._shows_file = False
        self._note_reading(selection.count <= 1 and bool(selection.key))
        if selection.count > 1:
            self.reader.show_selection(selection.count, conversations=selection.conversations)
        elif selection.key:
            self._read(selection.key)
        else:
            self.reader.show_nothing()

    def _note_reading(self, reads: bool) -> None:
        """Let be done to a mail in sight what the reader does; words are looked for in the list where there is none.

        Letters must not fall on the mails of the list, and the pages of a mail that was put away are not meant.
        """
        self._reads = reads
        in_mail = reads and self.reader.isVisible()
        for name in _DONE_IN_READER:
            self._actions[name].setEnabled(in_mail)
        self._actions.lend_keys(Do.FIND, Do.QUICK_FILTER, not in_mail)

    def _open(self, key: int) -> None:
        row = self.list.model.row(key)
        if row is not None and row.status is Status.DRAFT:
            self.writing_wanted.emit(Remedy.EDIT, key)
            return
        self.panes.go_to(Pane.READER)
        self._read(key, again=True)
        self.reader.setFocus()

    def _step_in_history(self, way: int) -> None:
        visit = self._history.step(way, self._is_there)
        if visit is not None:
            self.browser.show_mail(visit.list_id, visit.key)

    def _is_there(self, visit: Visit) -> bool:
        """Say whether a mail can be gone to; of a list that is not shown it is not known before."""
        shown = self.list.shows_list and self.list.model.query.list_id == visit.list_id
        return self.list.model.line_of(visit.key) is not None if shown else self.browser.has_list(visit.list_id)

    def _read(self, key: int, *, again: bool = False) -> None:
        if self.list.shows_list:
            self._history.note(Visit(self.list.model.query.list_id, key))
        self.reader.show_message(key, conversations=self.list.model.query.conversations, again=again)

    def _reader_action(self, verb: Verb, keys: tuple[int, ...]) -> None:
        if verb is Verb.READ:
            for key in keys:
                self.browser.mails.mark_seen(key)
        else:
            self.browser.mails.apply(verb, MailLoad(mails=keys))

    def _put_off(self, remedy: Remedy, head: MessageHead) -> None:
        load = MailLoad(mails=(head.key,))
        reminders = self.browser.reminders
        if remedy is Remedy.WRITE_ON:
            self.answer_wanted.emit(Answer.REPLY_ALL, head.key)
        elif remedy is Remedy.END_REMINDER:
            reminders.end(load)
        elif head.outgoing and (head.reminder is None or not head.reminder.is_back):
            reminders.ask_follow_up(load)
        else:
            reminders.ask_snooze(load)

    def _back_changed(self, back: bool) -> None:
        self._actions[Do.BACK].setEnabled(back)
        self._actions[Do.BACK].setVisible(back)

    def _select_all(self) -> None:
        """Select the text of the mail while one is in it, else every mail: Delete must not fall on all of them."""
        focused = self.reader.window().focusWidget()
        if focused is self.reader or self.reader.isAncestorOf(focused):
            self.reader.select_all()
        else:
            self.list.select_all()

    def _walk(self, step: int) -> None:
        """Give the keyboard to the next pane that is visible."""
        stops = [stop for stop in (self.tree, self.search, self.list, self.reader) if stop.isVisible()]
        focused = QApplication.focusWidget()
        here = next((i for i, s in enumerate(stops) if s is focused or (focused and s.isAncestorOf(focused))), -1)
        if stops:
            following = here + step if here >= 0 else 0
            stops[following % len(stops)].setFocus(Qt.FocusReason.ShortcutFocusReason)
