"""What a person can do while writing a mail: words, icons and keys, as `ui.actions` has them for the main window.

The keys are Thunderbird's, and EspoCRM's where those leave one free: Ctrl+Enter sends, Ctrl+S saves, Ctrl+W closes. Esc
closes nothing but a card or a menu: who presses it once too often would go on typing into the list of mails.
Gmail's set has the same: a letter alone is text here.
"""

from __future__ import annotations

from enum import StrEnum

from desktop.base.i18n import _
from desktop.ui.actions import Catalogue, Group, Spec


class Write(StrEnum):
    """The name of an action of the composer."""

    SEND = "send"
    SEND_LATER = "send-later"
    SEND_AND_ARCHIVE = "send-and-archive"
    REMIND = "remind"
    SAVE = "save"
    CLOSE = "close"
    DISCARD = "discard"
    ATTACH = "attach"
    PICTURE = "picture"
    BOLD = "bold"
    ITALIC = "italic"
    UNDERLINE = "underline"
    STRIKE = "strike"
    NUMBERS = "numbers"
    BULLETS = "bullets"
    QUOTE = "quote"
    NEST = "nest"
    NEST_LESS = "nest-less"
    LINK = "link"
    EMOJI = "emoji"
    TABLE = "table"
    CLEAR = "clear"
    PASTE_PLAIN = "paste-plain"
    PLAIN_TEXT = "plain-text"
    SPELLING = "spelling"
    CC = "cc"
    BCC = "bcc"
    NEXT_PANE = "next-pane"
    PREVIOUS_PANE = "previous-pane"


CATALOGUE = Catalogue(
    "writing",
    (
        Group(
            lambda: _("Composer: the message"),
            (
                Spec(Write.SEND, lambda: _("Send"), "send", ("Ctrl+Return", "Ctrl+Enter")),
                Spec(Write.SEND_LATER, lambda: _("Send later…"), "clock", ("Ctrl+Shift+Return", "Ctrl+Shift+Enter")),
                Spec(
                    Write.SEND_AND_ARCHIVE,
                    lambda: _("Send and archive"),
                    "archive",
                    ("Ctrl+Alt+Return", "Ctrl+Alt+Enter"),
                ),
                Spec(Write.REMIND, lambda: _("Remind me unless they answer…"), "hourglass"),
                Spec(Write.SAVE, lambda: _("Save draft"), "save", ("Ctrl+S",)),
                Spec(Write.CLOSE, lambda: _("Close and keep the draft"), "x", ("Ctrl+W",)),
                Spec(Write.DISCARD, lambda: _("Discard draft"), "trash-2", ("Ctrl+Shift+Backspace",)),
                Spec(Write.ATTACH, lambda: _("Attach files…"), "paperclip", ("Ctrl+Shift+A",)),
                Spec(Write.CC, lambda: _("Cc"), "", ("Ctrl+Shift+C",)),
                Spec(Write.BCC, lambda: _("Bcc"), "", ("Ctrl+Shift+B",)),
                Spec(Write.NEXT_PANE, lambda: _("Next pane"), "", ("F6", "Ctrl+Tab")),
                Spec(Write.PREVIOUS_PANE, lambda: _("Previous pane"), "", ("Shift+F6", "Ctrl+Shift+Tab")),
            ),
        ),
        Group(
            lambda: _("Composer: the text"),
            (
                Spec(Write.PICTURE, lambda: _("Insert picture…"), "image"),
                Spec(Write.BOLD, lambda: _("Bold"), "bold", ("Ctrl+B",)),
                Spec(Write.ITALIC, lambda: _("Italic"), "italic", ("Ctrl+I",)),
                Spec(Write.UNDERLINE, lambda: _("Underline"), "underline", ("Ctrl+U",)),
                Spec(Write.STRIKE, lambda: _("Strike through"), "strikethrough", ("Alt+Shift+5",)),
                Spec(Write.NUMBERS, lambda: _("Numbered list"), "list-ordered", ("Ctrl+Shift+7",)),
                Spec(Write.BULLETS, lambda: _("Bulleted list"), "list", ("Ctrl+Shift+8",)),
                Spec(Write.QUOTE, lambda: _("Quote"), "quote", ("Ctrl+Shift+9",)),
                Spec(Write.NEST, lambda: _("Move the item deeper"), "list-indent-increase", ("Ctrl+]",)),
                Spec(Write.NEST_LESS, lambda: _("Move the item out"), "", ("Ctrl+[",)),
                Spec(Write.LINK, lambda: _("Link"), "link", ("Ctrl+K",)),
                Spec(Write.EMOJI, lambda: _("Emoji"), "smile"),
                Spec(Write.TABLE, lambda: _("Table"), "table"),
                Spec(Write.CLEAR, lambda: _("Clear formatting"), "remove-formatting", ("Ctrl+\\",)),
                Spec(Write.PASTE_PLAIN, lambda: _("Paste without formatting"), "", ("Ctrl+Shift+V",)),
                Spec(Write.PLAIN_TEXT, lambda: _("Plain text"), ""),
                Spec(Write.SPELLING, lambda: _("Check spelling"), "", ("F7",)),
            ),
        ),
    ),
    while_writing=True,
)
