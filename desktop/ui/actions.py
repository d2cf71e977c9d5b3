"""Everything a person can do in the window, in one catalogue: words, icon and keys. Menus and buttons show these.

The keys are Thunderbird's. A single letter never fires in a text field, because Qt asks the field first. Whoever can do
a thing connects to its `QAction`; the catalogue knows nothing of mails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.ui.icons import icon
from desktop.ui.theme import Theme


class Do(StrEnum):
    """The name of an action."""

    NEW = "new"
    REPLY = "reply"
    REPLY_ALL = "reply-all"
    REPLY_LIST = "reply-list"
    FORWARD = "forward"
    FORWARD_ATTACHED = "forward-attached"
    EDIT_AS_NEW = "edit-as-new"
    ARCHIVE = "archive"
    TRASH = "trash"
    DELETE = "delete"
    JUNK = "junk"
    NOT_JUNK = "not-junk"
    READ = "read"
    CONVERSATION_READ = "conversation-read"
    STAR = "star"
    MOVE = "move"
    MOVE_AGAIN = "move-again"
    LIST_READ = "list-read"
    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_UNREAD = "next-unread"
    PREVIOUS_UNREAD = "previous-unread"
    NEXT_UNREAD_CONVERSATION = "next-unread-conversation"
    READ_BEFORE = "read-before"
    READ_AFTER = "read-after"
    SELECT_ALL = "select-all"
    SELECT_CONVERSATION = "select-conversation"
    UNFOLD_ALL = "unfold-all"
    FOLD_ALL = "fold-all"
    SEARCH = "search"
    QUICK_FILTER = "quick-filter"
    GET_MAIL = "get-mail"
    GET_ALL_MAIL = "get-all-mail"
    OPEN_FILE = "open-file"
    PRINT = "print"
    SAVE_AS = "save-as"
    SOURCE = "source"
    FIND = "find"
    FIND_NEXT = "find-next"
    FIND_PREVIOUS = "find-previous"
    ZOOM_IN = "zoom-in"
    ZOOM_OUT = "zoom-out"
    ZOOM_RESET = "zoom-reset"
    READING_PANE = "reading-pane"
    NEXT_PANE = "next-pane"
    PREVIOUS_PANE = "previous-pane"
    BACK = "back"
    RENAME_FOLDER = "rename-folder"
    UNDO = "undo"
    REDO = "redo"
    PALETTE = "palette"
    PREFERENCES = "preferences"
    ADD_ACCOUNT = "add-account"
    OPERATIONS = "operations"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Spec:
    """How an action is shown and called."""

    name: StrEnum
    words: Callable[[], str]
    icon: str = ""
    keys: tuple[str, ...] = ()
    """The first is shown, all work."""
    needs_mail: bool = False
    """Able only while mails are chosen."""


CATALOGUE: tuple[Spec, ...] = (
    Spec(Do.NEW, lambda: _("New message"), "square-pen", ("Ctrl+N", "Ctrl+M")),
    Spec(Do.REPLY, lambda: _("Reply"), "reply", ("Ctrl+R",), needs_mail=True),
    Spec(Do.REPLY_ALL, lambda: _("Reply to all"), "reply-all", ("Ctrl+Shift+R",), needs_mail=True),
    Spec(Do.REPLY_LIST, lambda: _("Reply to the list"), "reply", ("Ctrl+Shift+L",), needs_mail=True),
    Spec(Do.FORWARD, lambda: _("Forward"), "forward", ("Ctrl+L",), needs_mail=True),
    Spec(Do.FORWARD_ATTACHED, lambda: _("Forward as attachment"), "forward", needs_mail=True),
    Spec(Do.EDIT_AS_NEW, lambda: _("Edit as new"), "pencil", ("Ctrl+E",), needs_mail=True),
    Spec(Do.ARCHIVE, lambda: _("Archive"), "archive", ("A",), needs_mail=True),
    Spec(Do.TRASH, lambda: _("Delete"), "trash-2", ("Del",), needs_mail=True),
    Spec(Do.DELETE, lambda: _("Delete permanently"), "trash-2", ("Shift+Del",), needs_mail=True),
    Spec(Do.JUNK, lambda: _("Mark as junk"), "octagon-alert", ("J",), needs_mail=True),
    Spec(Do.NOT_JUNK, lambda: _("Not junk"), "inbox", ("Shift+J",), needs_mail=True),
    Spec(Do.READ, lambda: _("Mark as read or unread"), "mail-open", ("M",), needs_mail=True),
    Spec(Do.CONVERSATION_READ, lambda: _("Mark conversation as read"), "mail-open", ("R",), needs_mail=True),
    Spec(Do.STAR, lambda: _("Star"), "star", ("S",), needs_mail=True),
    Spec(Do.MOVE, lambda: _("Move to…"), "folder-input", ("Ctrl+Shift+V",), needs_mail=True),
    Spec(Do.MOVE_AGAIN, lambda: _("Move again"), "folder-input", ("Ctrl+Shift+M",), needs_mail=True),
    Spec(Do.LIST_READ, lambda: _("Mark folder as read"), "mail-open", ("Shift+C",)),
    Spec(Do.NEXT, lambda: _("Next mail"), "chevron-down", ("F",)),
    Spec(Do.PREVIOUS, lambda: _("Previous mail"), "chevron-up", ("B",)),
    Spec(Do.NEXT_UNREAD, lambda: _("Next unread mail"), "", ("N",)),
    Spec(Do.PREVIOUS_UNREAD, lambda: _("Previous unread mail"), "", ("P",)),
    Spec(Do.NEXT_UNREAD_CONVERSATION, lambda: _("Next unread conversation"), "", ("T",)),
    Spec(Do.READ_BEFORE, lambda: _("Back to the mail read before"), "", ("[",)),
    Spec(Do.READ_AFTER, lambda: _("Forward to the mail read after"), "", ("]",)),
    Spec(Do.SELECT_ALL, lambda: _("Select all"), "", ("Ctrl+A",)),
    Spec(Do.SELECT_CONVERSATION, lambda: _("Select conversation"), "", ("Ctrl+Shift+A",), needs_mail=True),
    Spec(Do.UNFOLD_ALL, lambda: _("Expand all days"), "", ("*",)),
    Spec(Do.FOLD_ALL, lambda: _("Collapse all days"), "", ("\\",)),
    Spec(Do.SEARCH, lambda: _("Search"), "search", ("Ctrl+K",)),
    Spec(Do.QUICK_FILTER, lambda: _("Filter this list"), "list-filter", ("Ctrl+Shift+K",)),
    Spec(Do.GET_MAIL, lambda: _("Get mail"), "refresh-cw", ("F5", "F9")),
    Spec(Do.GET_ALL_MAIL, lambda: _("Get mail of all accounts"), "refresh-cw", ("Shift+F5",)),
    Spec(Do.OPEN_FILE, lambda: _("Open mail file…"), "folder-open", ("Ctrl+O",)),
    Spec(Do.PRINT, lambda: _("Print…"), "printer", ("Ctrl+P",)),
    Spec(Do.SAVE_AS, lambda: _("Save as…"), "save", ("Ctrl+S",)),
    Spec(Do.SOURCE, lambda: _("View source"), "code", ("Ctrl+U",)),
    Spec(Do.FIND, lambda: _("Find in message"), "search", ("Ctrl+F",)),
    Spec(Do.FIND_NEXT, lambda: _("Find next"), "", ("F3", "Ctrl+G")),
    Spec(Do.FIND_PREVIOUS, lambda: _("Find previous"), "", ("Shift+F3",)),
    Spec(Do.ZOOM_IN, lambda: _("Zoom in"), "zoom-in", ("Ctrl++", "Ctrl+=")),
    Spec(Do.ZOOM_OUT, lambda: _("Zoom out"), "zoom-out", ("Ctrl+-",)),
    Spec(Do.ZOOM_RESET, lambda: _("Original size"), "", ("Ctrl+0",)),
    Spec(Do.READING_PANE, lambda: _("Reading pane"), "panel-right", ("F8",)),
    Spec(Do.NEXT_PANE, lambda: _("Next pane"), "", ("F6",)),
    Spec(Do.PREVIOUS_PANE, lambda: _("Previous pane"), "", ("Shift+F6",)),
    Spec(Do.BACK, lambda: _("Back"), "arrow-left", ("Alt+Left",)),
    Spec(Do.RENAME_FOLDER, lambda: _("Rename folder"), "pencil", ("F2",)),
    Spec(Do.UNDO, lambda: _("Undo"), "undo-2", ("Ctrl+Z",)),
    Spec(Do.REDO, lambda: _("Redo"), "", ("Ctrl+Y", "Ctrl+Shift+Z")),
    Spec(Do.PALETTE, lambda: _("All actions and keys"), "search", ("Ctrl+Shift+P", "F1")),
    Spec(Do.PREFERENCES, lambda: _("Preferences"), "settings", ("Ctrl+,",)),
    Spec(Do.ADD_ACCOUNT, lambda: _("Add mail account"), "plus"),
    Spec(Do.OPERATIONS, lambda: _("Waiting and failed operations"), "send"),
    Spec(Do.QUIT, lambda: _("Quit"), "log-in", ("Ctrl+Q",)),
)


class Actions:
    """The actions of one window, with their keys alive in it."""

    def __init__(self, window: QWidget, theme: Theme, catalogue: tuple[Spec, ...] = CATALOGUE) -> None:
        self._catalogue = catalogue
        self._actions: dict[StrEnum, QAction] = {}
        for spec in catalogue:
            action = QAction(spec.words(), window)
            action.setObjectName(spec.name)
            if spec.icon:
                action.setIcon(icon(theme, spec.icon))
            action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
            window.addAction(action)
            self._actions[spec.name] = action
        self.set_mails_chosen(False)

    @property
    def specs(self) -> tuple[Spec, ...]:
        """What there is, in the order of the catalogue."""
        return self._catalogue

    def __getitem__(self, name: StrEnum) -> QAction:
        return self._actions[name]

    def connect(self, name: StrEnum, act: Callable[[], object]) -> None:
        """Call `act` when the action is triggered."""
        self._actions[name].triggered.connect(lambda _checked=False: act())

    def lend_keys(self, lender: StrEnum, borrower: StrEnum, on: bool) -> None:
        """Let the keys of an action that is disabled do another thing besides that one's own, or take them back."""
        names = (borrower, lender) if on else (borrower,)
        keys = [key for name in names for spec in self._catalogue if spec.name is name for key in spec.keys]
        self._actions[borrower].setShortcuts([QKeySequence(each) for each in keys])

    def set_mails_chosen(self, chosen: bool) -> None:
        """Enable what needs mails, or disable it."""
        for spec in self._catalogue:
            if spec.needs_mail:
                self._actions[spec.name].setEnabled(chosen)
