"""The popup that picks a folder: type a few letters, Enter. Those last used come first. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.listing import FolderNode
from desktop.ui.line_texts import one_line
from desktop.ui.state import State
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import POPUP_PADDING, Choice, ChoiceList
from desktop.ui.widgets.choice_popup import ChoicePopup
from desktop.ui.widgets.fields import LineEdit

_WIDTH, _MOST_HEIGHT = 360, 340
_RECENT_STATE = "move.recent"
_MOST_RECENT = 8
_MOST_SHOWN = 60
_NO_KEYS: list[int] = []


@dataclass(frozen=True, slots=True)
class Target:
    """A folder that may be picked. `folder` None stands for the top of an account."""

    folder: FolderNode | None
    account_key: int
    account: str
    path: str
    icon: str = "folder"
    own_path: str = ""
    """As on the server, where it is called otherwise than in `path`."""


class RecentFolders:
    """Folders last moved to, newest first; kept in the window's state."""

    def __init__(self, state: State) -> None:
        self._state = state

    def note(self, key: int) -> None:
        """Remember a folder as the newest."""
        keys = [key, *(kept for kept in self._state.get(_RECENT_STATE, _NO_KEYS) if kept != key)]
        self._state.set(_RECENT_STATE, keys[:_MOST_RECENT])

    def newest(self) -> list[int]:
        """Return the keys, newest first; some may be of folders that are gone."""
        return list(self._state.get(_RECENT_STATE, _NO_KEYS))


class MovePicker(ChoicePopup):
    """Shows itself over a window; the same one for every question."""

    takes = ChoicePopup.takes | {Qt.Key.Key_Tab}

    def __init__(self, theme: Theme, host: QWidget) -> None:
        field = LineEdit(theme, _("Move to"), placeholder=_("Folder"))
        super().__init__(theme, host, field, ChoiceList(theme, _("Folders"), columns=False))
        self._targets: tuple[Target, ...] = ()
        self._recent: list[int] = []
        self._use: Callable[[Target], object] | None = None
        self._corner = QPoint()

    def ask(
        self,
        targets: Iterable[Target],
        recent: Sequence[int],
        name: str,
        above: QPoint,
        use: Callable[[Target], object],
    ) -> None:
        """Open at a point of the window; `name` says what the folder is for, `use` takes the one that is picked."""
        self._targets = tuple(targets)
        self._recent = list(recent)
        self._use = use
        self._corner = above
        self.field.setAccessibleName(name)
        self.field.setPlaceholderText(name)
        self.begin()

    def show_lines(self, typed: str) -> None:
        """Show the folders that fit."""
        self.lines.show_choices(_choices(self._targets, self._recent, typed), choose_first=True)
        height = 28 + 4 + max(28, self.lines.lines_height(_MOST_HEIGHT)) + POPUP_PADDING
        self.frame.place(self._corner, QSize(_WIDTH, height))

    def take(self, value: object) -> None:
        """Use a folder."""
        if isinstance(value, Target) and self._use is not None:
            self._use(value)
            self.close_popup()


def _choices(targets: Sequence[Target], recent: Sequence[int], typed: str) -> list[Choice]:
    """Return the lines: recent folders first while nothing is typed, then what matches, the best first."""
    several = len({target.account_key for target in targets}) > 1

    def line(target: Target) -> Choice:
        return Choice(one_line(target.path), target.icon, target.account if several else "", target)

    if typed.strip():
        scored = [(score, at, target) for at, target in enumerate(targets) if (score := _fit(target, typed))]
        scored.sort(key=lambda one: (-one[0], one[1]))
        return [line(target) for _score, _at, target in scored[:_MOST_SHOWN]] or _nothing()
    known = {target.folder.key: target for target in targets if target.folder is not None}
    used = [known[key] for key in recent if key in known]
    if not used:
        return [line(target) for target in targets[:_MOST_SHOWN]] or _nothing()
    rest = [target for target in targets if target not in used]
    return [
        Choice(_("Recent"), heading=True),
        *(line(target) for target in used),
        Choice(_("All folders"), heading=True),
        *(line(target) for target in rest[:_MOST_SHOWN]),
    ]


def _nothing() -> list[Choice]:
    return [Choice(_("No folder found"), heading=True)]


def _fit(target: Target, typed: str) -> int:
    """Return how well a folder fits what was typed, by what it is called here or on the server."""
    return max(match(target.path, typed), match(target.own_path, typed))


def match(path: str, typed: str) -> int:
    """Return how well a path fits what was typed: 0 not at all, more for beginnings of names and of words.

    Every word typed must occur in the path.
    """
    whole = path.casefold()
    name = whole.replace("/", "\0").replace(".", "\0").rpartition("\0")[2]
    score = 0
    for word in typed.casefold().split():
        if name.startswith(word):
            score += 8
        elif any(part.startswith(word) for part in name.replace("-", " ").replace("_", " ").split()):
            score += 5
        elif word in name:
            score += 3
        elif word in whole:
            score += 1
        else:
            return 0
    return score
