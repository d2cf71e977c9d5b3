"""Small cards over the composer: where a link leads, emoji, the size of a table. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from desktop.base.i18n import _
from desktop.domain.mail import sanitise
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import CENTER, line_of_text, rounded
from desktop.ui.widgets.painted_button import PaintedButton
from desktop.ui.widgets.popup import Popup

EMOJI = (
    "😀 😄 😅 😂 🙂 😉 😊 😍 😘 😎 🤔 😐 🙄 😬 😴 😕 😟 😢 😭 😡 🥳 🤩 🤝 👍 👎 👌 ✌️ 🙏 👏 💪 "
    "👋 ✍️ ❤️ 💙 💚 💔 ⭐ 🔥 🎉 🎂 ☕ 🍰 🚀 💡 📎 📅 📞 ✅ ❌ ❗ ❓ ⚠️"
).split()
_EMOJI_COLUMNS = 10
_CELL = 30
_TABLE_SIDE = 6
_SQUARE = 18


class LinkPopup(Popup):
    """Words and target of a link. An empty target takes the link away."""

    chosen = Signal(str, str)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Link"))
        self.words = LineEdit(theme, _("Text"))
        self.target = LineEdit(theme, _("Address"), placeholder="https://")
        self._wrong = Paragraph(theme, "", "small", "danger")
        self._apply = Button(theme, _("Apply"), Kind.PRIMARY)
        self._remove = Button(theme, _("Remove link"), Kind.GHOST)
        for field, words in ((self.target, _("Address")), (self.words, _("Text"))):
            label = QLabel(words)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setFont(theme.font("small"))
            label.setBuddy(field)
            label.setContentsMargins(2, 6, 2, 2)
            field.setMinimumWidth(340)
            field.returnPressed.connect(self._accept)
            self.column.addWidget(label)
            self.column.addWidget(field)
        self._wrong.hide()
        self.column.addWidget(self._wrong)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 0)
        row.addWidget(self._remove)
        row.addStretch(1)
        row.addWidget(self._apply)
        self.column.addLayout(row)
        self._apply.clicked.connect(self._accept)
        self._remove.clicked.connect(lambda: self._give(""))

    def ask(self, button: QWidget, words: str, target: str) -> None:
        """Open with what there is so far."""
        self.words.setText(words)
        self.target.setText(target)
        self._remove.setVisible(bool(target))
        self._say("")
        self.open_below(button, self.target)
        self.target.selectAll()

    def _accept(self) -> None:
        written = self.target.text().strip()
        href = full_link(written)
        if written and href is None:
            self._say(_("A link leads to a web page or to an email address."))
            return
        self._give(href or "")

    def _give(self, href: str) -> None:
        self.dismiss()
        self.chosen.emit(self.words.text().strip(), href)

    def _say(self, words: str) -> None:
        self._wrong.setText(words)
        self._wrong.setVisible(bool(words))
        self.target.set_wrong(bool(words))


def full_link(written: str) -> str | None:
    """Return what a person wrote as the target of a link: "acme.example" means https, an address mailto."""
    link = sanitise.link(written)
    if link is not None:
        return link
    if ":" in written.partition("/")[0].partition("@")[0]:
        return None  # a scheme we do not open
    if "@" in written and "/" not in written:
        return sanitise.link(f"mailto:{written}")
    return sanitise.link(f"https://{written}") if "." in written and " " not in written else None


class _EmojiButton(PaintedButton):
    def sizeHint(self) -> QSize:
        return QSize(_CELL, _CELL)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._hot or self.hasFocus():
            rounded(painter, self.rect(), 6, self._theme.tokens.hover2)
        face = self.font()
        face.setPixelSize(18)
        line_of_text(painter, self.rect(), self.text(), face, self._theme.tokens.text, CENTER)


class EmojiPopup(Popup):
    """A few dozen emoji; arrows walk among them."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Emoji"))
        grid = QGridLayout()
        grid.setSpacing(0)
        self.buttons: list[_EmojiButton] = []
        for number, emoji in enumerate(EMOJI):
            button = _EmojiButton(theme, emoji, 6, self)
            button.setAccessibleName(emoji)
            button.clicked.connect(lambda _checked=False, sign=emoji: self._give(sign))
            button.installEventFilter(self)
            grid.addWidget(button, *divmod(number, _EMOJI_COLUMNS))
            self.buttons.append(button)
        self.column.addLayout(grid)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched in self.buttons:
            step = {
                Qt.Key.Key_Left: -1,
                Qt.Key.Key_Right: 1,
                Qt.Key.Key_Up: -_EMOJI_COLUMNS,
                Qt.Key.Key_Down: _EMOJI_COLUMNS,
            }.get(Qt.Key(event.key()))
            if step is not None:
                at = self.buttons.index(watched) + step
                if 0 <= at < len(self.buttons):
                    self.buttons[at].setFocus()
                return True
        return False

    def _give(self, emoji: str) -> None:
        self.dismiss()
        self.chosen.emit(emoji)


class _SizeGrid(QWidget):
    """Squares: so many rows and columns."""

    picked = Signal(int, int)

    def __init__(self, theme: Theme, say: Callable[[str], None]) -> None:
        super().__init__()
        self._theme = theme
        self._say = say
        self._rows, self._columns = 2, 2
        self.setFixedSize(_TABLE_SIDE * _SQUARE, _TABLE_SIDE * _SQUARE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._set(2, 2)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = event.position()
        self._set(int(at.y() // _SQUARE) + 1, int(at.x() // _SQUARE) + 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.mouseMoveEvent(event)
        self.picked.emit(self._rows, self._columns)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._set(self._rows + step[0], self._columns + step[1])
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self._rows, self._columns)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        for row in range(_TABLE_SIDE):
            for column in range(_TABLE_SIDE):
                on = row < self._rows and column < self._columns
                square = QRect(column * _SQUARE + 1, row * _SQUARE + 1, _SQUARE - 2, _SQUARE - 2)
                rounded(painter, square, 3, t.soft2 if on else t.raised, t.accent if on else t.field)

    def _set(self, rows: int, columns: int) -> None:
        self._rows, self._columns = (min(max(each, 1), _TABLE_SIDE) for each in (rows, columns))
        words = _("{rows} by {columns}").format(rows=self._rows, columns=self._columns)
        self.setAccessibleName(words)
        self._say(words)
        self.update()


class TablePopup(Popup):
    """How many rows and columns a new table has."""

    chosen = Signal(int, int)

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Table"))
        self._words = QLabel()
        self._words.setFont(theme.font("small"))
        self._words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.grid = _SizeGrid(theme, self._words.setText)
        self.column.addWidget(self.grid)
        self.column.addWidget(self._words)
        self.grid.picked.connect(self._give)

    def _give(self, rows: int, columns: int) -> None:
        self.dismiss()
        self.chosen.emit(rows, columns)
