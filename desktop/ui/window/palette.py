"""The palette: everything one can do, every folder and every mail under one field, with the keys beside. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import POPUP_PADDING, ChoiceList
from desktop.ui.widgets.choice_popup import ChoicePopup
from desktop.ui.widgets.key_caps import caps_width, draw_caps
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, text_width
from desktop.ui.window.palette_entries import Entry, Prefix, choices, split
from desktop.ui.window.palette_mails import PaletteMails

_WIDTH, _TOP, _MOST_HEIGHT, _EDGE = 640, 112, 444, 16
_HEAD, _FOOT, _LINE = 48, 32, 36
_VEIL, _DARK_VEIL = 0.28, 0.50


class Palette(ChoicePopup):
    """Shows itself over a window; the same one every time. `search` is called with words to be searched for."""

    def __init__(self, theme: Theme, host: QWidget, search: Callable[[str], object], mails: PaletteMails) -> None:
        words = _("What do you want to do?")
        field = QLineEdit()
        field.setProperty("bare", True)
        field.setPlaceholderText(words)
        field.setAccessibleName(words)
        face = QFont(theme.font("section"))  # the theme keeps its own
        face.setWeight(QFont.Weight.Normal)
        field.setFont(face)
        self._head = _Head(theme, field)
        self._foot = _Foot(theme)
        self._veil = _Veil(theme, host, self.close_popup)
        self._actions: tuple[Entry, ...] = ()
        self._folders: tuple[Entry, ...] = ()
        self._search, self._mails = search, mails
        lines = ChoiceList(theme, _("Actions, folders and mail"), columns=False, line=_LINE)
        super().__init__(theme, host, field, lines, head=self._head)
        self.frame.column.addWidget(self._foot)
        mails.found.connect(self._show_mails)
        host.installEventFilter(self)

    def open(self, actions: Iterable[Entry], folders: Iterable[Entry], key_of_search: str, typed: str = "") -> None:
        """Open with what there is now."""
        self._actions, self._folders = tuple(actions), tuple(folders)
        self._foot.show_key(key_of_search)
        self.begin(typed)

    def show_lines(self, typed: str) -> None:
        """Show what matches, and look for mails that do."""
        prefix, words = split(typed)
        self._mails.look_for(words if prefix is None else "")
        self._show()
        self.lines.step(1)
        self._place()

    def take(self, value: object) -> None:
        """Do what was chosen."""
        if isinstance(value, Entry):
            self.close_popup()  # before: what is done may take the keyboard elsewhere
            value.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.host:
            if event.type() is QEvent.Type.Resize and self.is_open:
                self._place()
            return False
        taken = super().eventFilter(watched, event)
        self._veil.setVisible(self.is_open)
        if not self.is_open:
            self._mails.look_for("")
        return taken

    def _show(self) -> None:
        lines = choices(self.field.text(), self._actions, self._folders, self._mails.entries, self._search)
        self.lines.show_choices(lines, choose_first=False)

    def _show_mails(self) -> None:
        """Add the mails below; the line with the cursor stays it."""
        if self.is_open:
            current = self.lines.current
            self._show()
            before = current.value if current is not None else None
            self.lines.choose(lambda value: isinstance(value, Entry) and _is_same(value, before))
            self._place()

    def _place(self) -> None:
        room = self.host.window().size()
        fixed = _HEAD + _FOOT + 4 * POPUP_PADDING // 2
        top = min(_TOP, room.height() // 8)
        most = min(_MOST_HEIGHT, room.height() - top - fixed - _EDGE)
        size = QSize(min(_WIDTH, room.width() - 2 * _EDGE), fixed + max(_LINE, self.lines.lines_height(most)))
        self._veil.cover()
        self.frame.place(QPoint((room.width() - size.width()) // 2, top), size)


def _is_same(entry: Entry, before: object) -> bool:
    """Say whether an entry is that of before, among folders of one name too; that of the search is made anew."""
    if entry.icon == "search" and isinstance(before, Entry):
        return (entry.text, entry.icon) == (before.text, before.icon)
    return entry is before


class _Head(QWidget):
    """A glass, the field, and the key that leaves."""

    def __init__(self, theme: Theme, field: QLineEdit) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(_HEAD)
        row = QHBoxLayout(self)
        row.setContentsMargins(40, 0, 48, 0)
        row.addWidget(field)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        glass = pixmap("search", 20, tokens.secondary, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(10, (_HEAD - 20) // 2), glass)
        draw_caps(painter, self._theme, ("Esc",), self.rect().adjusted(0, 0, -10, 0))
        hairline(painter, self.rect(), tokens.border, Qt.Edge.BottomEdge)


class _Foot(QWidget):
    """Says what narrows the lines, and where one searches more."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._key = ""
        self.setFixedHeight(_FOOT)

    def show_key(self, key: str) -> None:
        """Show this key of the search."""
        self._key = key
        words = _("{actions} before the words leaves actions, {folders} leaves folders.")
        self.setAccessibleName(words.format(actions=Prefix.ACTIONS, folders=Prefix.FOLDERS))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, painter = self._theme.tokens, QPainter(self)
        face, left, height = self._theme.font("small"), 10, self.height()
        hairline(painter, self.rect(), tokens.border, Qt.Edge.TopEdge)
        for prefix, words in ((Prefix.ACTIONS, _("actions")), (Prefix.FOLDERS, _("folders"))):
            width = caps_width(self._theme, (prefix,))
            draw_caps(painter, self._theme, (prefix,), QRect(left, 0, width - 3, height))
            left += width + 3
            wide = text_width(face, words)
            line_of_text(painter, QRect(left, 0, wide, height), words, face, tokens.secondary, LEFT)
            left += wide + 14
        if self._key:
            words, right = _("searches mail"), self.width() - 10
            wide = text_width(face, words)
            if right - wide - 80 > left:
                line_of_text(painter, QRect(right - wide, 0, wide, height), words, face, tokens.secondary, LEFT)
                draw_caps(painter, self._theme, (self._key,), QRect(0, 0, right - wide - 6, height))


class _Veil(QWidget):
    """Darkens the window below the card; a click on it leaves."""

    def __init__(self, theme: Theme, host: QWidget, leave: Callable[[], None]) -> None:
        super().__init__(host)
        self._theme, self._leave = theme, leave
        self.hide()

    def cover(self) -> None:
        """Lie over the whole window."""
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.show()
        self.raise_()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        dark = QColor(0, 0, 0)
        dark.setAlphaF(_DARK_VEIL if self._theme.tokens.dark else _VEIL)
        QPainter(self).fillRect(self.rect(), dark)
