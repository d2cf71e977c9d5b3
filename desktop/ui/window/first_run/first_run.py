"""The guided first run: a page over the whole window, with the steps of setting up an account and other ways to begin.

It is the welcome of an empty profile, and the same page adds further accounts. Nothing behind it hears the keyboard.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QScrollArea, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import rounded
from desktop.ui.window.first_run.alternatives import WIDTH_PX as ALTERNATIVES_PX
from desktop.ui.window.first_run.alternatives import Alternative, Alternatives
from desktop.ui.window.first_run.appearance import Appearance
from desktop.ui.window.first_run.card import SHADOW_PX
from desktop.ui.window.first_run.card import WIDTH_PX as CARD_PX
from desktop.ui.window.first_run.set_up import SetUp

if TYPE_CHECKING:
    from desktop.services.services import Services

_SIDE_PX = 24
_BETWEEN_PX = 62
_LOGO_PX = 28
_ABOVE_PX = 98


class FirstRun(QWidget):
    """Made when it is needed and thrown away when its `set_up` has ended; call `stop` before."""

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        theme: Theme,
        alternatives: Sequence[Alternative],
        *,
        is_first: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.set_up = SetUp(services.accounts, services.providers, services.settings, tasks, theme, is_first=is_first)
        self.alternatives = Alternatives(theme, alternatives)
        self.appearance = Appearance(theme, services.settings, tasks)
        top = QHBoxLayout()
        top.setContentsMargins(_SIDE_PX + 8, 24, _SIDE_PX, 0)
        top.addWidget(_Logo(theme))
        top.addStretch(1)
        top.addWidget(self.appearance)
        self._sides = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        for side in (self.set_up, self.alternatives):
            # a layout asks how high words are in all the width it has; in a row of its own it knows that of the side
            alone = QHBoxLayout()
            alone.addWidget(side)
            alone.addStretch(1)
            self._sides.addLayout(alone)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addLayout(self._sides)
        middle.addStretch(1)
        content = QWidget()
        self._column = column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 12)
        column.setSpacing(0)
        column.addLayout(top)
        self._above = QSpacerItem(0, _ABOVE_PX)
        column.addItem(self._above)
        column.addLayout(middle)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        for ground in (content, scroll.viewport()):
            ground.setAutoFillBackground(False)  # the page paints its own
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring themselves into sight
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def take_keyboard(self) -> None:
        """Give the keyboard to the step one is at."""
        self.set_up.take_keyboard()

    def stop(self) -> None:
        """Give up whatever is under way."""
        self.set_up.stop()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        room = self.width() - 2 * _SIDE_PX
        card = min(CARD_PX + 2 * SHADOW_PX, room)
        beside = room >= card + _BETWEEN_PX + ALTERNATIVES_PX
        self.set_up.setFixedWidth(card)
        self.alternatives.setFixedWidth(min(ALTERNATIVES_PX + (0 if beside else SHADOW_PX), room))
        self.alternatives.setContentsMargins(0 if beside else SHADOW_PX, 42 if beside else 0, 0, 0)
        self._sides.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(_BETWEEN_PX if beside else 16)
        # the card stays where it is from step to step; where the window is low it stands higher
        self._above.changeSize(0, max(16, min(_ABOVE_PX, (self.height() - 668) // 2)))
        self._column.invalidate()

    def event(self, event: QEvent) -> bool:
        # the keys of the mail room, one letter each, belong to what lies behind
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and not _is_command(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        back = event.key() == Qt.Key.Key_Left and event.modifiers() == Qt.KeyboardModifier.AltModifier
        if back or event.key() == Qt.Key.Key_Escape:
            self.set_up.go_back()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), self._theme.tokens.surface)


def _is_command(event: QKeyEvent) -> bool:
    """Say whether a key means the program and not the mails of a list: to open a file, preferences, to quit."""
    held = event.modifiers() == Qt.KeyboardModifier.ControlModifier
    return held and event.key() in (Qt.Key.Key_O, Qt.Key.Key_Comma, Qt.Key.Key_Q)


class _Logo(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(_LOGO_PX)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        row = QHBoxLayout(self)
        row.setContentsMargins(_LOGO_PX + 10, 0, 0, 0)
        row.addWidget(ElidedLabel(theme, "Rapport", "section"))

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, QRect(0, 0, _LOGO_PX, _LOGO_PX), 7, t.fill)
        painter.drawPixmap(QPoint(6, 6), pixmap("mail", 16, t.on_fill, self.devicePixelRatioF()))
