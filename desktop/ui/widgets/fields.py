"""Fields to write in: a line with its halo, the search field, and the form row that says what is wrong below it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, IconButton
from desktop.ui.widgets.focus_ring import FocusRing
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.paint import CENTER, line_of_text, rounded, text_width


class LineEdit(QLineEdit):
    """One line of text, 28 high. `set_wrong` turns frame and halo red."""

    def __init__(self, theme: Theme, name: str, *, placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ring = FocusRing(theme, self, halo=True)
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)

    def set_wrong(self, wrong: bool) -> None:
        """Show that the value cannot be used."""
        if self.property("wrong") != wrong:
            self.setProperty("wrong", wrong)
            self._ring.wrong = wrong
            self.style().unpolish(self)
            self.style().polish(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.focus_in(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.focus_out()


class SearchField(QWidget):
    """A field with a glass before it, the keys that lead to it behind, and a cross once there is text."""

    text_changed = Signal(str)
    submitted = Signal(str)
    left = Signal()
    """Escape in an empty field."""

    def __init__(
        self, theme: Theme, placeholder: str, *, shortcut: QKeySequence | str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = ""
        self.show_keys(shortcut)
        self._ring = FocusRing(theme, self, halo=True)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", True)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setAccessibleName(placeholder)
        self.edit.installEventFilter(self)
        self._clear = IconButton(theme, "x", _("Clear"), side=SMALL, icon_size=14)
        self._clear.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._clear.hide()
        self._clear.clicked.connect(self.clear)
        row = QHBoxLayout(self)
        row.setContentsMargins(34, 0, 4, 0)
        row.setSpacing(4)
        row.addWidget(self.edit, 1)
        row.addWidget(self._clear)
        self.setFocusProxy(self.edit)
        self.setFixedHeight(32)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.edit.textChanged.connect(self._changed)
        self.edit.returnPressed.connect(lambda: self.submitted.emit(self.edit.text()))

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.edit.text()

    def show_keys(self, shortcut: QKeySequence | str) -> None:
        """Show which keys lead here."""
        self._keys = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
        self.update()

    def clear(self) -> None:
        """Empty the field, as a person does."""
        self.edit.clear()

    def reset(self) -> None:
        """Empty the field without telling of it."""
        self.edit.blockSignals(True)
        self.edit.clear()
        self.edit.blockSignals(False)
        self._clear.hide()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(280, 32)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._ring.focus_in(event)
            self.update()
        elif event.type() is QEvent.Type.FocusOut:
            self._ring.focus_out()
            self.update()
        elif event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if self.edit.text():
                self.clear()
            else:
                self.left.emit()
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        focused = self.edit.hasFocus()
        rounded(painter, self.rect(), 6, t.bg if focused else t.surface, t.accent if focused else t.border)
        painter.drawPixmap(QPoint(10, 8), pixmap("search", 16, t.secondary, self.devicePixelRatioF()))
        if self._keys and not focused and not self.edit.text():
            key_cap(painter, self._theme, self._keys, self.width() - 8, self.height())

    def _changed(self, text: str) -> None:
        self._clear.setVisible(bool(text))
        self.text_changed.emit(text)
        self.update()


def key_cap(painter: QPainter, theme: Theme, keys: str, right: int, height: int) -> None:
    """Draw the cap of a shortcut, ending at `right`, centred in `height`."""
    t = theme.tokens
    face = theme.font("micro")
    width = text_width(face, keys) + 12
    cap = QRect(right - width, (height - 18) // 2, width, 18)
    rounded(painter, cap, 4, t.raised, t.border)
    line_of_text(painter, cap, keys, face, t.secondary, CENTER)


class FormRow(QWidget):
    """A label, its control, and a line below that explains or says what is wrong."""

    def __init__(
        self, theme: Theme, label: str, control: QWidget, *, hint: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._hint = hint
        words = QLabel(label)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setFixedWidth(152)
        words.setWordWrap(True)
        words.setBuddy(_first_of(control))
        words.setMinimumHeight(28)
        if not control.accessibleName():
            control.setAccessibleName(label)
        self.control = control
        self.field = control if isinstance(control, LineEdit) else control.findChild(LineEdit) or control
        """What is marked when the value is wrong, and where the keyboard should go then."""
        self._described = hint or self.field.accessibleDescription()
        self.field.setAccessibleDescription(self._described)
        self._below = Paragraph(theme, hint, "small", "secondary")
        if not hint:
            self._below.hide()
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(control)
        column.addWidget(self._below)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(words, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)

    def say(self, wrong: str) -> None:
        """Say what is wrong with the value; "" takes it back."""
        self._below.set_colour("danger" if wrong else "secondary")
        self._below.setText(wrong or self._hint)
        self._below.setVisible(bool(wrong or self._hint))
        self.field.setAccessibleDescription(wrong or self._described)
        if isinstance(self.field, LineEdit):
            self.field.set_wrong(bool(wrong))


def _first_of(control: QWidget) -> QWidget:
    """Return what takes the keyboard in a control: the label is its name for screen readers."""
    if control.focusPolicy() & Qt.FocusPolicy.TabFocus:
        return control
    inner = (each for each in control.findChildren(QWidget) if each.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return next(inner, control)
