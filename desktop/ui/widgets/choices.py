"""Controls that hold a choice: segment, filter chip, select, check box and switch."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QComboBox, QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.ampersands import escaped, plain
from desktop.ui.widgets.focus_ring import FocusRing
from desktop.ui.widgets.paint import CENTER, LEFT, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton


class _SegmentPart(PaintedButton):
    def __init__(self, theme: Theme, text: str, parent: QWidget) -> None:
        super().__init__(theme, text, 5, parent)
        self.setCheckable(True)
        self.setFont(theme.font("body-medium"))

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.font(), self.text()) + 24, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self.isChecked():
            rounded(painter, self.rect(), 5, t.raised, t.border if not t.dark else None)
        on = self.isChecked() or self._hot
        line_of_text(painter, self.rect(), self.text(), self.font(), t.text if on else t.secondary, CENTER)


class Segment(QWidget):
    """A few values side by side, one of them current."""

    chosen = Signal(int)
    """The index the person picked."""

    def __init__(self, theme: Theme, texts: Sequence[str], name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName(name)
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 2, 2, 2)
        row.setSpacing(0)
        for index, text in enumerate(texts):
            part = _SegmentPart(theme, text, self)
            self._group.addButton(part, index)
            row.addWidget(part)
        self._group.idToggled.connect(self._toggled)  # a screen reader toggles where a mouse clicks
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def current(self) -> int:
        """Index of the current value, -1 for none."""
        return self._group.checkedId()

    def set_current(self, index: int) -> None:
        """Make a value current without telling so."""
        with QSignalBlocker(self._group):
            self._group.button(index).setChecked(True)

    def _toggled(self, index: int, on: bool) -> None:
        if on:
            self.chosen.emit(index)

    def paintEvent(self, event: QPaintEvent) -> None:
        rounded(QPainter(self), self.rect(), 6, self._theme.tokens.sunken)


class FilterChip(PaintedButton):
    """A filter that is on or off."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, text, 12, parent)
        self.setCheckable(True)
        self.setFont(theme.font("small-medium"))

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.font(), self.text()) + 20, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self.isChecked():
            rounded(painter, self.rect(), 12, t.soft, t.accent_border)
        else:
            rounded(painter, self.rect(), 12, t.hover if self._hot else t.raised, t.border)
        colour = t.accent if self.isChecked() else t.text if self._hot else t.secondary
        line_of_text(painter, self.rect(), self.text(), self.font(), colour, CENTER)


class Select(QComboBox):
    """A field whose value is picked from a list. The wheel does nothing until it has the focus."""

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ring = FocusRing(theme, self, halo=True)
        self.setAccessibleName(name)
        self.setAccessibleDescription(name)  # on free desktops Qt tells the value as the name
        self.setFixedHeight(28)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        widest = max((text_width(self.font(), self.itemText(i)) for i in range(self.count())), default=60)
        return QSize(widest + 8 + 30, 28)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, 28)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.focus_in(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.focus_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        able = self.isEnabled()
        frame = t.accent if self.hasFocus() else t.field if able else t.border
        rounded(painter, self.rect(), 6, t.raised if able else t.surface, frame)
        area = QRect(8, 0, self.width() - 8 - 28, self.height())
        line_of_text(painter, area, self.currentText(), self.font(), t.text if able else t.disabled, LEFT)
        caret = pixmap("chevron-down", 14, t.secondary if able else t.disabled, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(self.width() - 8 - 14, 7), caret)


class CheckBox(QCheckBox):
    """A check mark before its words."""

    def __init__(self, theme: Theme, text: str, parent: QWidget | None = None) -> None:
        super().__init__(escaped(text), parent)
        self._theme = theme
        self._ring = FocusRing(theme, self, 4)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return plain(super().text())

    def setText(self, text: str) -> None:
        super().setText(escaped(text))

    def sizeHint(self) -> QSize:
        return QSize(16 + 8 + text_width(self.font(), self.text()) + 4, 24)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, 24)

    def hitButton(self, pos: QPoint) -> bool:
        return self.rect().contains(pos)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._ring.focus_in(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._ring.focus_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        able = self.isEnabled()
        box = QRect(0, (self.height() - 16) // 2, 16, 16)
        if self.isChecked():
            rounded(painter, box, 4, t.fill if able else t.disabled)
            painter.drawPixmap(box.topLeft() + QPoint(2, 2), pixmap("check", 12, t.on_fill, self.devicePixelRatioF()))
        else:
            rounded(painter, box, 4, t.raised if able else t.surface, t.field if able else t.border)
        area = QRect(24, 0, self.width() - 24, self.height())
        line_of_text(painter, area, self.text(), self.font(), t.text if able else t.disabled, LEFT)
