"""The table of keys people know (Thunderbird's key set, Gmail's), row by row, and why a row has nothing here."""

from __future__ import annotations

from desktop.ui.actions import Do
from desktop.ui.compose.catalogue import Write

Rows = tuple[tuple[Do | Write, str, str], ...]

SAME = "same"
NONE = ""

TABLE: Rows = (
    # action, like Thunderbird, like Gmail; several keys are parted by blanks, the strokes of a chord by a comma
    (Do.NEW, "Ctrl+N Ctrl+M", "C"),
    (Do.REPLY, "Ctrl+R", "R Shift+R"),
    (Do.REPLY_ALL, "Ctrl+Shift+R", "A Shift+A"),
    (Do.REPLY_LIST, "Ctrl+Shift+L", NONE),
    (Do.FORWARD, "Ctrl+L", "F Shift+F"),
    (Write.SEND, "Ctrl+Return", SAME),
    (Write.SEND_LATER, "Ctrl+Shift+Return", SAME),
    (Do.EDIT_AS_NEW, "Ctrl+E", NONE),
    (Write.SAVE, "Ctrl+S", NONE),
    (Write.ATTACH, "Ctrl+Shift+A", NONE),
    (Do.ARCHIVE, "A", "E"),
    (Do.TRASH, "Del", "#"),
    (Do.DELETE, "Shift+Del", NONE),
    (Do.JUNK, "J", "!"),
    (Do.NOT_JUNK, "Shift+J", NONE),
    (Do.READ, "M", NONE),
    (Do.MARK_READ, NONE, "Shift+I"),
    (Do.MARK_UNREAD, NONE, "Shift+U"),
    (Do.LIST_READ, "Shift+C", NONE),
    (Do.CONVERSATION_READ, "R", NONE),
    (Do.STAR, "S", "S"),
    (Do.MOVE_AGAIN, "Ctrl+Shift+M", NONE),
    (Do.MOVE, "Ctrl+Shift+V", "V"),
    (Do.SNOOZE, "H", "H B"),
    (Do.NEXT, "F", "J"),
    (Do.PREVIOUS, "B", "K"),
    (Do.NEXT_MESSAGE, NONE, "N"),
    (Do.PREVIOUS_MESSAGE, NONE, "P"),
    (Do.NEXT_UNREAD, "N", NONE),
    (Do.PREVIOUS_UNREAD, "P", NONE),
    (Do.NEXT_UNREAD_CONVERSATION, "T", NONE),
    (Do.READ_BEFORE, "[", NONE),
    (Do.READ_AFTER, "]", NONE),
    (Do.ARCHIVE_PREVIOUS, NONE, "["),
    (Do.ARCHIVE_NEXT, NONE, "]"),
    (Do.OPEN, NONE, "O"),
    (Do.BACK, NONE, "U"),
    (Do.UNFOLD_ALL, "*", ";"),
    (Do.FOLD_ALL, "\\", ":"),
    (Do.SELECT_CONVERSATION, "Ctrl+Shift+A", NONE),
    (Do.SELECT_ALL, "Ctrl+A", "*,A"),
    (Do.SELECT_NONE, NONE, "*,N"),
    (Do.PICK, NONE, "X"),
    (Do.UNDO, "Ctrl+Z", "Z"),
    (Do.REDO, "Ctrl+Y Ctrl+Shift+Z", NONE),
    (Do.SEARCH, "Ctrl+K Ctrl+Shift+F", "/"),
    (Do.QUICK_FILTER, "Ctrl+Shift+K", NONE),
    (Do.FIND, "Ctrl+F", "Ctrl+F"),
    (Do.FIND_NEXT, "Ctrl+G F3", NONE),
    (Do.FIND_PREVIOUS, "Shift+F3", NONE),
    (Do.GET_MAIL, "F5 F9", NONE),
    (Do.GET_ALL_MAIL, "Shift+F5", NONE),
    (Do.PRINT, "Ctrl+P", NONE),
    (Do.SAVE_AS, "Ctrl+S", NONE),
    (Do.SOURCE, "Ctrl+U", NONE),
    (Do.READING_PANE, "F8", NONE),
    (Do.NEXT_PANE, "F6", NONE),
    (Do.PREVIOUS_PANE, "Shift+F6", NONE),
    (Do.RENAME_FOLDER, "F2", NONE),
    (Do.GO_INBOX, NONE, "G,I"),
    (Do.GO_STARRED, NONE, "G,S"),
    (Do.GO_SENT, NONE, "G,T"),
    (Do.GO_DRAFTS, NONE, "G,D"),
    (Do.GO_ALL, NONE, "G,A"),
    (Do.GO_TO_FOLDER, NONE, "G,L"),
    (Do.ZOOM_IN, "Ctrl++", SAME),
    (Do.ZOOM_OUT, "Ctrl+-", SAME),
    (Do.ZOOM_RESET, "Ctrl+0", SAME),
    (Write.BOLD, "Ctrl+B", SAME),
    (Write.ITALIC, "Ctrl+I", SAME),
    (Write.UNDERLINE, "Ctrl+U", SAME),
    (Write.LINK, "Ctrl+K", SAME),
    (Write.NUMBERS, "Ctrl+Shift+7", SAME),
    (Write.BULLETS, "Ctrl+Shift+8", SAME),
    (Write.QUOTE, "Ctrl+Shift+9", SAME),
    (Write.NEST, "Ctrl+]", SAME),
    (Write.NEST_LESS, "Ctrl+[", SAME),
    (Write.PASTE_PLAIN, "Ctrl+Shift+V", SAME),
    (Write.SPELLING, "F7", SAME),
    (Do.PREFERENCES, "Ctrl+,", NONE),
    (Do.QUIT, "Ctrl+Q", NONE),
    (Do.CHEAT_SHEET, "F1 Ctrl+?", "?"),
    (Do.PALETTE, "Ctrl+Shift+P", "Ctrl+K"),
)

NOT_HERE = {
    "mark read by date (C)": "no such verb; Mark folder as read and Undo serve",
    "tags (1 to 9, 0), label picker (l)": "there are no tags; a label of Gmail is a folder, and v moves to it",
    "open in a tab, conversation in a tab (Ctrl+O, Ctrl+Shift+O)": "no tabs; Enter opens, Ctrl+O takes a file",
    "watch, ignore, mute (W, K, Shift+K, m)": "conversations cannot be watched or muted",
    "select read, unread, starred (* r, * u, * s)": "the list filters by these, and * a selects what is left",
    "address book (Ctrl+Shift+B, g c)": "there is none yet",
    "tabs (Ctrl+1 to 9, Ctrl+Shift+T)": "there are no tabs",
    "assign, note, close case, CRM panel, link, create record, template": "come with records",
}
"""Rows of the table that name something Rapport does not have."""


def keys_of(written: str) -> tuple[str, ...]:
    """Return the keys of a cell."""
    return tuple(keys.replace(",", ", ") if len(keys) > 1 and keys[-1] != "," else keys for keys in written.split())
