"""The settings of Rapport, each declared once: its name in the store, type, default, limits and words.

The service of settings stores what `Setting.dump` gives and reads it back with `Setting.parse`, which never fails:
what a file holds may come from another version. The preferences dialog is built from `SECTIONS`. Words are functions,
so that they are looked up in the language spoken when they are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Generic, TypeVar

from desktop.base.i18n import _
from desktop.domain.shortcuts import KeySet

T = TypeVar("T")
Words = Callable[[], str]


class Theme(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Density(StrEnum):
    """How much of a mail a line of the list shows."""

    ROOMY = "roomy"
    CARDS = "cards"
    COMPACT = "compact"
    TABLE = "table"


class Layout(StrEnum):
    """Where the reader stands: right of the list, below tree and list, below the list, or nowhere."""

    VERTICAL = "vertical"
    WIDE = "wide"
    CLASSIC = "classic"
    LIST = "list"


class ShowImages(StrEnum):
    """Whose remote pictures are fetched without being asked for."""

    NEVER = "never"
    CHOSEN = "chosen"
    """Senders the person allowed."""


class WriteIn(StrEnum):
    """What mails are begun in; each can be switched while it is written."""

    RICH = "rich"
    LIKE_ORIGINAL = "like-original"
    """Answers as the mail they answer, all others rich."""
    PLAIN = "plain"


def _nothing() -> str:
    return ""


def _full_hour(hour: int) -> str:
    return f"{hour}:00"


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """One value a setting may have, and its words."""

    value: T
    label: Words


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting. With `choices` only those values are valid; a number keeps to `minimum` and `maximum`."""

    name: str
    default: T
    label: Words
    hint: Words = _nothing
    choices: tuple[Choice[T], ...] = ()
    minimum: int = 0
    maximum: int = 1_000_000_000
    unit: Words = _nothing

    def parse(self, stored: object) -> T:
        """Return the stored value, or the default where it is not one this setting can have."""
        if not isinstance(stored, type(self.default)) or isinstance(stored, bool) is not isinstance(self.default, bool):
            return self.default
        return stored if self._allows(stored) else self.default

    def dump(self, value: T) -> T:
        """Return what is stored for `value`; raises ValueError when the setting cannot have it."""
        if not self._allows(value):
            raise ValueError(f"{self.name} cannot be {value!r}")
        return value

    def _allows(self, value: T) -> bool:
        if self.choices:
            return any(choice.value == value for choice in self.choices)
        if isinstance(value, int) and not isinstance(value, bool):
            return self.minimum <= value <= self.maximum
        return True


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the preferences, in the order of the dialog."""

    name: str
    label: Words
    icon: str
    settings: tuple[Setting[bool] | Setting[int] | Setting[str], ...]


THEME: Setting[str] = Setting(
    "appearance.theme",
    Theme.SYSTEM.value,
    lambda: _("Theme"),
    choices=(
        Choice(Theme.SYSTEM.value, lambda: _("Like the system")),
        Choice(Theme.LIGHT.value, lambda: _("Light")),
        Choice(Theme.DARK.value, lambda: _("Dark")),
    ),
)
DENSITY: Setting[str] = Setting(
    "appearance.density",
    Density.CARDS.value,
    lambda: _("Message list"),
    choices=(
        Choice(Density.ROOMY.value, lambda: _("Roomy")),
        Choice(Density.CARDS.value, lambda: _("Cards")),
        Choice(Density.COMPACT.value, lambda: _("Compact")),
        Choice(Density.TABLE.value, lambda: _("Table")),
    ),
)
LAYOUT: Setting[str] = Setting(
    "appearance.layout",
    Layout.VERTICAL.value,
    lambda: _("Layout"),
    choices=(
        Choice(Layout.VERTICAL.value, lambda: _("Reader beside the list")),
        Choice(Layout.CLASSIC.value, lambda: _("Reader below the list")),
        Choice(Layout.WIDE.value, lambda: _("Reader below folders and list")),
        Choice(Layout.LIST.value, lambda: _("List only")),
    ),
)
LANGUAGE: Setting[str] = Setting(
    "appearance.language",
    "",
    lambda: _("Language"),
    hint=lambda: _("Takes effect at the next start."),
    choices=(
        Choice("", lambda: _("Like the system")),
        Choice("en", lambda: "English"),
        Choice("ru", lambda: "Русский"),
    ),
)
CONVERSATIONS: Setting[bool] = Setting("list.conversations", True, lambda: _("Group mails into conversations"))
MARK_READ_AFTER_MS: Setting[int] = Setting(
    "reading.mark-read-after-ms",
    1000,
    lambda: _("Mark as read"),
    choices=(
        Choice(0, lambda: _("At once")),
        Choice(1000, lambda: _("After 1 second")),
        Choice(5000, lambda: _("After 5 seconds")),
        Choice(-1, lambda: _("Only by hand")),
    ),
)
LOAD_IMAGES: Setting[str] = Setting(
    "reading.load-images",
    ShowImages.CHOSEN.value,
    lambda: _("Remote images"),
    hint=lambda: _("Fetching an image tells its sender that you have read the mail."),
    choices=(
        Choice(ShowImages.CHOSEN.value, lambda: _("Load for senders I allowed")),
        Choice(ShowImages.NEVER.value, lambda: _("Never load by themselves")),
    ),
)
WRITE_IN: Setting[str] = Setting(
    "writing.write-in",
    WriteIn.RICH.value,
    lambda: _("Write mails as"),
    choices=(
        Choice(WriteIn.RICH.value, lambda: _("Rich text")),
        Choice(WriteIn.LIKE_ORIGINAL.value, lambda: _("Rich text, plain text where a plain one is answered")),
        Choice(WriteIn.PLAIN.value, lambda: _("Plain text")),
    ),
)
REPLY_TO_ALL: Setting[bool] = Setting(
    "writing.reply-to-all",
    False,
    lambda: _("The first button below a mail"),
    choices=(
        Choice(False, lambda: _("Answers the sender")),
        Choice(True, lambda: _("Answers everybody")),
    ),
)
UNDO_SENDING_S: Setting[int] = Setting(
    "writing.undo-sending-s",
    10,
    lambda: _("Undo sending"),
    hint=lambda: _("So long a mail waits after you sent it, and can be taken back."),
    choices=(
        Choice(0, lambda: _("Send at once")),
        Choice(5, lambda: _("5 seconds")),
        Choice(10, lambda: _("10 seconds")),
        Choice(30, lambda: _("30 seconds")),
        Choice(60, lambda: _("1 minute")),
    ),
)
KEY_SET: Setting[str] = Setting(
    "keyboard.set",
    KeySet.THUNDERBIRD.value,
    lambda: _("Shortcuts"),
    choices=(
        Choice(KeySet.THUNDERBIRD.value, lambda: _("Like Thunderbird")),
        Choice(KeySet.GMAIL.value, lambda: _("Like Gmail")),
    ),
)
KEY_CHANGES: Setting[str] = Setting("keyboard.changes", "{}", _nothing)
"""What the person changed of each set, as `domain.shortcuts` writes it; its page of the dialog sets it."""
PLAIN_TEXT_ONLY: Setting[bool] = Setting("reading.plain-text-only", False, lambda: _("Show mails as plain text"))
NOTIFY: Setting[bool] = Setting("notifications.new-mail", True, lambda: _("Notify of new mail"))
NOTICE_CONTENT: Setting[bool] = Setting(
    "notifications.content",
    True,
    lambda: _("A notification says"),
    hint=lambda: _("Whoever sees your screen, also a locked one, can read it."),
    choices=(
        Choice(True, lambda: _("Sender and subject")),
        Choice(False, lambda: _("Only that there is new mail")),
    ),
)
NOTICE_SOUND: Setting[bool] = Setting("notifications.sound", False, lambda: _("Play a sound with a notification"))
QUIET_FROM: Setting[int] = Setting(
    "notifications.quiet-from",
    -1,
    lambda: _("Quiet hours from"),
    hint=lambda: _("Every day nothing is told in these hours, and nothing sounds."),
    choices=(Choice(-1, lambda: _("Never")), *(Choice(hour, partial(_full_hour, hour)) for hour in range(24))),
)
QUIET_TO: Setting[int] = Setting(
    "notifications.quiet-to",
    7,
    lambda: _("Quiet hours until"),
    choices=tuple(Choice(hour, partial(_full_hour, hour)) for hour in range(24)),
)
CLOSE_TO_TRAY: Setting[bool] = Setting(
    "notifications.close-to-tray",
    False,
    lambda: _("When the window is closed"),
    hint=lambda: _("In the tray Rapport goes on fetching mail. Where there is none, the window is minimised instead."),
    choices=(
        Choice(False, lambda: _("Quit Rapport")),
        Choice(True, lambda: _("Keep running in the tray")),
    ),
)
PAUSED_UNTIL_MS: Setting[int] = Setting("notifications.paused-until-ms", 0, _nothing, maximum=1 << 53)
"""Until when the person wants to be told of nothing; chosen in the menu of the tray."""
PROVIDER_FILES: Setting[str] = Setting(
    "accounts.provider-files",
    "[]",
    lambda: _("Provider files for signing in with the browser"),
)
"""The ids of `services.mail.sign_in_providers`, as a JSON list; no control of the dialog sets it."""

SECTIONS: tuple[Section, ...] = (
    Section("appearance", lambda: _("Appearance"), "palette", (THEME, DENSITY, LAYOUT, CONVERSATIONS, LANGUAGE)),
    Section("writing", lambda: _("Writing"), "pencil", (WRITE_IN, REPLY_TO_ALL, UNDO_SENDING_S)),
    Section("reading", lambda: _("Reading"), "mail-open", (MARK_READ_AFTER_MS, LOAD_IMAGES, PLAIN_TEXT_ONLY)),
    Section(
        "notifications",
        lambda: _("Notifications"),
        "bell",
        (NOTIFY, NOTICE_CONTENT, NOTICE_SOUND, QUIET_FROM, QUIET_TO, CLOSE_TO_TRAY),
    ),
    Section("keyboard", lambda: _("Keyboard"), "keyboard", (KEY_SET,)),
)
ALL: tuple[Setting[bool] | Setting[int] | Setting[str], ...] = (
    *(setting for section in SECTIONS for setting in section.settings),
    PAUSED_UNTIL_MS,
    KEY_CHANGES,
)
