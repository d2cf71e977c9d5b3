"""The palette: everything one can do and every folder under one field, with the keys beside. GUI thread.

While nothing is typed it is a sheet of all keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.ui.actions import Actions
from desktop.ui.line_texts import one_line
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.move_picker import match
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import POPUP_PADDING, Choice, ChoiceList, PopupFrame
from desktop.ui.widgets.fields import LineEdit

_WIDTH, _TOP, _MOST_HEIGHT, _EDGE = 640, 112, 420, 16
_MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be chosen; `note` stands beside it: the account of a folder."""

    text: str
    icon: str
    note: str
    act: Callable[[], object]
    keys: tuple[str, ...] = ()


def of_actions(actions: Actions) -> Iterator[Entry]:
    """Yield what can be done now."""
    for spec in actions.specs:
        action = actions[spec.name]
        if action.isEnabled():
            key = actions.key_of(spec.name)
            yield Entry(action.text(), spec.icon, "", action.trigger, (key,) if key else ())


def of_folders(tops: Iterable[Node], show: Callable[[int], object]) -> Iterator[Entry]:
    """Yield the lists of the folder pane, those over all accounts first."""
    for node in tops:
        yield from _of_node(node, "", show)


def _of_node(node: Node, account: str, show: Callable[[int], object], above: str = "") -> Iterator[Entry]:
    is_account = node.kind is NodeKind.ACCOUNT
    name = above + node.name
    if node.list_id:
        yield Entry(one_line(name), node.icon or "folder", one_line(account), lambda: show(node.list_id))
    for child in node.children:
        yield from _of_node(child, node.name if is_account else account, show, "" if is_account else f"{name}/")


class Palette(QWidget):
    """Shows itself over a window; the same one every time. `search` is called with words to be searched for."""

    def __init__(self, theme: Theme, host: QWidget, search: Callable[[str], object]) -> None:
        super().__init__(host)
        self._host, self._search = host, search
        self._actions: tuple[Entry, ...] = ()
        self._folders: tuple[Entry, ...] = ()
        self._back_to: QWidget | None = None
        self._frame = PopupFrame(theme, host)
        words = _("What do you want to do?")
        self.field = LineEdit(theme, words, placeholder=words)
        self.lines = ChoiceList(theme, _("Actions and folders"), columns=False)
        self._frame.column.addWidget(self.field)
        self._frame.column.addWidget(self.lines)
        self.field.textChanged.connect(self._show)
        self.field.installEventFilter(self)
        self.lines.chosen.connect(self._pick)
        self.hide()

    @property
    def is_open(self) -> bool:
        return self._frame.isVisible()

    def open(self, actions: Iterable[Entry], folders: Iterable[Entry]) -> None:
        """Open with what there is now."""
        if not self.is_open:
            self._back_to = self._host.window().focusWidget()
        self._actions, self._folders = tuple(actions), tuple(folders)
        self.field.clear()
        self._show("")
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def close_palette(self) -> None:
        """Go away; the focus returns to where it was."""
        if self.is_open:
            self._frame.hide()
            if self._back_to is not None and shiboken6.isValid(self._back_to):
                self._back_to.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event.key())
        if event.type() is QEvent.Type.FocusOut:
            self._frame.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.lines.step(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.lines.current is not None:
                self._pick(self.lines.current.value)
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            return False
        return True

    def _show(self, typed: str) -> None:
        self.lines.show_choices(choices(self._actions, self._folders, typed, self._search), choose_first=True)
        height = 28 + 4 + max(28, self.lines.lines_height(_MOST_HEIGHT)) + POPUP_PADDING
        room = self._host.window().width()
        width = min(_WIDTH, room - 2 * _EDGE)
        top = min(_TOP, self._host.window().height() // 6)
        self._frame.place(QPoint((room - width) // 2, top), QSize(width, height))

    def _pick(self, value: object) -> None:
        if isinstance(value, Entry):
            self.close_palette()  # before: what is done may take the keyboard elsewhere
            value.act()


def choices(
    actions: Sequence[Entry], folders: Sequence[Entry], typed: str, search: Callable[[str], object]
) -> list[Choice]:
    """Return the lines: everything while nothing is typed, else what matches, the best first, and a search last."""
    words = typed.strip()
    lines: list[Choice] = []
    for heading, entries in ((_("Actions"), actions), (_("Folders"), folders)):
        found = _matching(entries, words) if words else entries
        if found:
            lines.append(Choice(heading, heading=True))
            lines += [Choice(each.text, each.icon, each.note, each, keys=each.keys) for each in found[:_MOST_SHOWN]]
    if words:
        wanted = Entry(
            _("Search mail for “{words}”").format(words=one_line(words)), "search", "", lambda: search(words)
        )
        lines += [Choice(_("Search"), heading=True), Choice(wanted.text, wanted.icon, "", wanted)]
    return lines


def _matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    scored = [(score, at, each) for at, each in enumerate(entries) if (score := match(each.text, words))]
    return [each for _score, _at, each in sorted(scored, key=lambda one: (-one[0], one[1]))]
