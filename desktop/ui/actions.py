"""Everything a person can do in the window, in one catalogue: words, icon and keys. Menus and buttons show these.

The keys are Thunderbird's, or Gmail's by choice, and the person may change each (`ui.keymap`). A single letter never
fires in a text field, because Qt asks the field first. Whoever can do a thing connects to its `QAction`; the catalogue
knows nothing of mails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain import shortcuts
from desktop.domain.shortcuts import Declared, KeySet
from desktop.ui.chords import Chords
from desktop.ui.icons import icon
from desktop.ui.keymap import Keymap
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
    SEND_NOW = "send-now"
    CHANGE_TIME = "change-time"
    EDIT_OUTGOING = "edit-outgoing"
    CANCEL_SENDING = "cancel-sending"
    ARCHIVE = "archive"
    ARCHIVE_NEXT = "archive-next"
    ARCHIVE_PREVIOUS = "archive-previous"
    TRASH = "trash"
    DELETE = "delete"
    JUNK = "junk"
    NOT_JUNK = "not-junk"
    READ = "read"
    CONVERSATION_READ = "conversation-read"
    STAR = "star"
    MARK_READ = "mark-read"
    MARK_UNREAD = "mark-unread"
    MOVE = "move"
    MOVE_AGAIN = "move-again"
    SNOOZE = "snooze"
    FOLLOW_UP = "follow-up"
    END_REMINDER = "end-reminder"
    OPEN = "open"
    LIST_READ = "list-read"
    NEXT = "next"
    PREVIOUS = "previous"
    NEXT_UNREAD = "next-unread"
    PREVIOUS_UNREAD = "previous-unread"
    NEXT_UNREAD_CONVERSATION = "next-unread-conversation"
    READ_BEFORE = "read-before"
    READ_AFTER = "read-after"
    SELECT_ALL = "select-all"
    SELECT_NONE = "select-none"
    PICK = "pick"
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
    NEXT_MESSAGE = "next-message"
    PREVIOUS_MESSAGE = "previous-message"
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
    GO_INBOX = "go-inbox"
    GO_STARRED = "go-starred"
    GO_SENT = "go-sent"
    GO_DRAFTS = "go-drafts"
    GO_ALL = "go-all"
    GO_TO_FOLDER = "go-to-folder"
    RENAME_FOLDER = "rename-folder"
    UNDO = "undo"
    REDO = "redo"
    PALETTE = "palette"
    CHEAT_SHEET = "cheat-sheet"
    PREFERENCES = "preferences"
    ADD_ACCOUNT = "add-account"
    OPERATIONS = "operations"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Spec:
    """One action as declared."""

    name: StrEnum
    words: Callable[[], str]
    icon: str = ""
    keys: tuple[str, ...] = ()
    """Like Thunderbird. The first is shown, all work."""
    gmail: tuple[str, ...] | None = None
    """Like Gmail; None where these are the same."""
    needs_mail: bool = False
    """Able only while mails are chosen."""

    def keys_in(self, key_set: KeySet) -> tuple[str, ...]:
        """Return the keys of a set."""
        return self.keys if key_set is KeySet.THUNDERBIRD or self.gmail is None else self.gmail


@dataclass(frozen=True, slots=True)
class Group:
    """Actions that are shown under one heading."""

    words: Callable[[], str]
    specs: tuple[Spec, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be done in windows of one kind."""

    name: str
    """Stands before the names of its actions where keys are stored."""
    groups: tuple[Group, ...]
    while_writing: bool = False

    def __iter__(self) -> Iterator[Spec]:
        return (spec for group in self.groups for spec in group.specs)

    def stored_name(self, spec: Spec) -> str:
        """Return the name of an action where keys are stored."""
        return f"{self.name}.{spec.name}"

    def declared(self, key_set: KeySet) -> tuple[Declared, ...]:
        """Return every action with its keys in a set."""
        return tuple(Declared(self.stored_name(spec), spec.keys_in(key_set), self.while_writing) for spec in self)


CATALOGUE = Catalogue(
    "window",
    (
        Group(
            lambda: _("Writing and answering"),
            (
                Spec(Do.NEW, lambda: _("New message"), "square-pen", ("Ctrl+N", "Ctrl+M"), ("C", "Ctrl+N")),
                Spec(Do.REPLY, lambda: _("Reply"), "reply", ("Ctrl+R",), ("R", "Shift+R", "Ctrl+R"), needs_mail=True),
                Spec(
                    *(Do.REPLY_ALL, lambda: _("Reply to all"), "reply-all"),
                    *(("Ctrl+Shift+R",), ("A", "Shift+A", "Ctrl+Shift+R")),
                    needs_mail=True,
                ),
                Spec(Do.REPLY_LIST, lambda: _("Reply to the list"), "reply", ("Ctrl+Shift+L",), needs_mail=True),
                Spec(
                    *(Do.FORWARD, lambda: _("Forward"), "forward", ("Ctrl+L",), ("F", "Shift+F", "Ctrl+L")),
                    needs_mail=True,
                ),
                Spec(Do.FORWARD_ATTACHED, lambda: _("Forward as attachment"), "forward", needs_mail=True),
                Spec(Do.EDIT_AS_NEW, lambda: _("Edit as new"), "pencil", ("Ctrl+E",), needs_mail=True),
                Spec(Do.SEND_NOW, lambda: _("Send now"), "send", ("Ctrl+Return", "Ctrl+Enter")),
                Spec(Do.CHANGE_TIME, lambda: _("Change time…"), "clock", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")),
                Spec(Do.EDIT_OUTGOING, lambda: _("Edit the mail in the Outbox"), "pencil", ("Ctrl+Shift+E",)),
                Spec(Do.CANCEL_SENDING, lambda: _("Cancel sending"), "undo-2", ("Ctrl+Backspace",)),
            ),
        ),
        Group(
            lambda: _("Mails"),
            (
                Spec(Do.OPEN, lambda: _("Open mail"), "mail-open", (), ("O",), needs_mail=True),
                Spec(Do.ARCHIVE, lambda: _("Archive"), "archive", ("A",), ("E",), needs_mail=True),
                Spec(Do.ARCHIVE_NEXT, lambda: _("Archive and go to the next"), "", (), ("]",), needs_mail=True),
                Spec(
                    Do.ARCHIVE_PREVIOUS, lambda: _("Archive and go to the one before"), "", (), ("[",), needs_mail=True
                ),
                Spec(Do.TRASH, lambda: _("Delete"), "trash-2", ("Del",), ("#", "Del"), needs_mail=True),
                Spec(Do.DELETE, lambda: _("Delete permanently"), "trash-2", ("Shift+Del",), needs_mail=True),
                Spec(Do.JUNK, lambda: _("Mark as junk"), "octagon-alert", ("J",), ("!",), needs_mail=True),
                Spec(Do.NOT_JUNK, lambda: _("Not junk"), "inbox", ("Shift+J",), needs_mail=True),
                Spec(Do.READ, lambda: _("Mark as read or unread"), "mail-open", ("M",), (), needs_mail=True),
                Spec(Do.MARK_READ, lambda: _("Mark as read"), "mail-open", (), ("Shift+I",), needs_mail=True),
                Spec(Do.MARK_UNREAD, lambda: _("Mark as unread"), "mail", (), ("Shift+U",), needs_mail=True),
                Spec(
                    *(Do.CONVERSATION_READ, lambda: _("Mark conversation as read"), "mail-open", ("R",), ()),
                    needs_mail=True,
                ),
                Spec(Do.STAR, lambda: _("Star"), "star", ("S",), needs_mail=True),
                Spec(Do.MOVE, lambda: _("Move to…"), "folder-input", ("Ctrl+Shift+V",), ("V",), needs_mail=True),
                Spec(Do.MOVE_AGAIN, lambda: _("Move again"), "folder-input", ("Ctrl+Shift+M",), needs_mail=True),
                Spec(Do.SNOOZE, lambda: _("Snooze…"), "alarm-clock", ("H",), ("H", "B"), needs_mail=True),
                Spec(Do.FOLLOW_UP, lambda: _("Remind me unless they answer…"), "hourglass", needs_mail=True),
                Spec(Do.END_REMINDER, lambda: _("End snooze or reminder"), "check", ("Shift+H",), needs_mail=True),
                Spec(Do.UNDO, lambda: _("Undo"), "undo-2", ("Ctrl+Z",), ("Z", "Ctrl+Z")),
                Spec(Do.REDO, lambda: _("Redo"), "", ("Ctrl+Y", "Ctrl+Shift+Z")),
            ),
        ),
        Group(
            lambda: _("Message list"),
            (
                Spec(Do.NEXT, lambda: _("Next mail"), "chevron-down", ("F",), ("J",)),
                Spec(Do.PREVIOUS, lambda: _("Previous mail"), "chevron-up", ("B",), ("K",)),
                Spec(Do.NEXT_UNREAD, lambda: _("Next unread mail"), "", ("N",), ()),
                Spec(Do.PREVIOUS_UNREAD, lambda: _("Previous unread mail"), "", ("P",), ()),
                Spec(Do.NEXT_UNREAD_CONVERSATION, lambda: _("Next unread conversation"), "", ("T",), ()),
                Spec(Do.PICK, lambda: _("Select or unselect"), "", ("X",)),
                Spec(Do.SELECT_ALL, lambda: _("Select all"), "", ("Ctrl+A",), ("*, A", "Ctrl+A")),
                Spec(Do.SELECT_NONE, lambda: _("Select nothing"), "", (), ("*, N",)),
                Spec(
                    *(Do.SELECT_CONVERSATION, lambda: _("Select conversation"), "", ("Ctrl+Shift+A",)),
                    needs_mail=True,
                ),
                Spec(Do.UNFOLD_ALL, lambda: _("Expand all days"), "", ("*",), (";",)),
                Spec(Do.FOLD_ALL, lambda: _("Collapse all days"), "", ("\\",), (":",)),
                Spec(Do.LIST_READ, lambda: _("Mark folder as read"), "mail-open", ("Shift+C",)),
                Spec(Do.QUICK_FILTER, lambda: _("Filter this list"), "list-filter", ("Ctrl+Shift+K",)),
            ),
        ),
        Group(
            lambda: _("Reading"),
            (
                Spec(Do.READ_BEFORE, lambda: _("Back to the mail read before"), "", ("[",), ()),
                Spec(Do.READ_AFTER, lambda: _("Forward to the mail read after"), "", ("]",), ()),
                Spec(Do.NEXT_MESSAGE, lambda: _("Next message of the conversation"), "", (), ("N",)),
                Spec(Do.PREVIOUS_MESSAGE, lambda: _("Message before in the conversation"), "", (), ("P",)),
                Spec(Do.FIND, lambda: _("Find in message"), "search", ("Ctrl+F",)),
                Spec(Do.FIND_NEXT, lambda: _("Find next"), "", ("F3", "Ctrl+G")),
                Spec(Do.FIND_PREVIOUS, lambda: _("Find previous"), "", ("Shift+F3",)),
                Spec(Do.PRINT, lambda: _("Print…"), "printer", ("Ctrl+P",)),
                Spec(Do.SAVE_AS, lambda: _("Save as…"), "save", ("Ctrl+S",)),
                Spec(Do.SOURCE, lambda: _("View source"), "code", ("Ctrl+U",)),
                Spec(Do.ZOOM_IN, lambda: _("Zoom in"), "zoom-in", ("Ctrl++", "Ctrl+=")),
                Spec(Do.ZOOM_OUT, lambda: _("Zoom out"), "zoom-out", ("Ctrl+-",)),
                Spec(Do.ZOOM_RESET, lambda: _("Original size"), "", ("Ctrl+0",)),
            ),
        ),
        Group(
            lambda: _("Going about"),
            (
                Spec(Do.SEARCH, lambda: _("Search"), "search", ("Ctrl+K", "Ctrl+Shift+F"), ("/", "Ctrl+Shift+F")),
                Spec(Do.GO_INBOX, lambda: _("Go to the inbox"), "inbox", (), ("G, I",)),
                Spec(Do.GO_STARRED, lambda: _("Go to starred mail"), "star", (), ("G, S",)),
                Spec(Do.GO_SENT, lambda: _("Go to sent mail"), "send", (), ("G, T",)),
                Spec(Do.GO_DRAFTS, lambda: _("Go to drafts"), "file-text", (), ("G, D",)),
                Spec(Do.GO_ALL, lambda: _("Go to all mail"), "mail", (), ("G, A",)),
                Spec(Do.GO_TO_FOLDER, lambda: _("Go to a folder…"), "folder", (), ("G, L",)),
                Spec(Do.NEXT_PANE, lambda: _("Next pane"), "", ("F6",)),
                Spec(Do.PREVIOUS_PANE, lambda: _("Previous pane"), "", ("Shift+F6",)),
                Spec(Do.BACK, lambda: _("Back"), "arrow-left", ("Alt+Left",), ("U", "Alt+Left")),
                Spec(Do.READING_PANE, lambda: _("Reading pane"), "panel-right", ("F8",)),
                Spec(Do.RENAME_FOLDER, lambda: _("Rename folder"), "pencil", ("F2",)),
            ),
        ),
        Group(
            lambda: "Rapport",
            (
                Spec(Do.PALETTE, lambda: _("All actions"), "search", ("Ctrl+Shift+P",), ("Ctrl+K", "Ctrl+Shift+P")),
                Spec(
                    *(Do.CHEAT_SHEET, lambda: _("Keyboard shortcuts"), "keyboard"),
                    *(("F1", "Ctrl+?"), ("?", "F1", "Ctrl+?")),
                ),
                Spec(Do.GET_MAIL, lambda: _("Get mail"), "refresh-cw", ("F5", "F9")),
                Spec(Do.GET_ALL_MAIL, lambda: _("Get mail of all accounts"), "refresh-cw", ("Shift+F5",)),
                Spec(Do.OPEN_FILE, lambda: _("Open mail file…"), "folder-open", ("Ctrl+O",)),
                Spec(Do.PREFERENCES, lambda: _("Preferences"), "settings", ("Ctrl+,",)),
                Spec(Do.ADD_ACCOUNT, lambda: _("Add mail account"), "plus"),
                Spec(Do.OPERATIONS, lambda: _("Waiting and failed operations"), "send"),
                Spec(Do.QUIT, lambda: _("Quit"), "log-in", ("Ctrl+Q",)),
            ),
        ),
    ),
)


class _Follower(QObject):
    """Dies with the window, so that no keymap calls what is gone."""

    def __init__(self, window: QWidget, act: Callable[[], None]) -> None:
        super().__init__(window)
        self._act = act

    def follow(self) -> None:
        self._act()


class Actions:
    """The actions of one window, with their keys alive in it."""

    def __init__(
        self, window: QWidget, theme: Theme, keymap: Keymap | None = None, catalogue: Catalogue = CATALOGUE
    ) -> None:
        self._catalogue = catalogue
        self._keymap = keymap or Keymap(window)
        self._chords = Chords(window)
        self._actions: dict[StrEnum, QAction] = {}
        self._keys: dict[StrEnum, tuple[str, ...]] = {}
        self._lent: dict[StrEnum, StrEnum] = {}
        """Whose keys an action has besides its own."""
        for spec in catalogue:
            action = QAction(spec.words(), window)
            action.setObjectName(spec.name)
            if spec.icon:
                action.setIcon(icon(theme, spec.icon))
            window.addAction(action)
            self._actions[spec.name] = action
        self._follow_keymap()
        self._follower = _Follower(window, self._follow_keymap)
        self._keymap.changed.connect(self._follower.follow)
        self.set_mails_chosen(False)

    @property
    def specs(self) -> tuple[Spec, ...]:
        """What there is, in the order of the catalogue."""
        return tuple(self._catalogue)

    def __getitem__(self, name: StrEnum) -> QAction:
        return self._actions[name]

    def key_of(self, name: StrEnum) -> str:
        """Return the key to be shown beside an action that is drawn by hand, "" where it has none."""
        return next(iter(self._keys[name]), "")

    def connect(self, name: StrEnum, act: Callable[[], object]) -> None:
        """Call `act` when the action is triggered."""
        self._actions[name].triggered.connect(lambda _checked=False: act())

    def lend_keys(self, lender: StrEnum, borrower: StrEnum, on: bool) -> None:
        """Let the keys of an action that is disabled do another thing besides that one's own, or take them back."""
        if on:
            self._lent[borrower] = lender
        else:
            self._lent.pop(borrower, None)
        self._give(borrower)

    def set_mails_chosen(self, chosen: bool) -> None:
        """Enable what needs mails, or disable it."""
        for spec in self._catalogue:
            if spec.needs_mail:
                self._actions[spec.name].setEnabled(chosen)

    def _follow_keymap(self) -> None:
        stored = self._keymap.keys(self._catalogue)
        every = shortcuts.with_twins(stored)
        self._keys = {spec.name: every[self._catalogue.stored_name(spec)] for spec in self._catalogue}
        for name in self._actions:
            self._give(name)

    def _give(self, name: StrEnum) -> None:
        keys = (*self._keys[name], *(self._keys[self._lent[name]] if name in self._lent else ()))
        strokes = [shortcuts.strokes_of(each) for each in keys]
        self._actions[name].setShortcuts([QKeySequence(each[0]) for each in strokes if len(each) == 1])
        self._chords.give(self._actions[name], [(each[0], each[1]) for each in strokes if len(each) == 2])
