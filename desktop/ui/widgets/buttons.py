"""Buttons: primary, default, ghost, danger and final, the small square with an icon, the split pair.

They paint themselves from the tokens, so a change of theme needs no word to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.paint import LEFT, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton, tip


class Kind(StrEnum):
    """What a button means. One PRIMARY a pane; FINAL only in a destructive question."""

    PRIMARY = "primary"
    DEFAULT = "default"
    GHOST = "ghost"
    DANGER = "danger"
    FINAL = "final"
    LINK = "link"


SMALL, NORMAL, LARGE = 24, 28, 32


@dataclass(frozen=True, slots=True)
class _Look:
    ground: QColor | None
    frame: QColor | None
    text: QColor
    icon: QColor


class Button(PaintedButton):
    """Words, perhaps with an icon before them. With a menu it shows a caret."""

    def __init__(
        self,
        theme: Theme,
        text: str,
        kind: Kind = Kind.DEFAULT,
        *,
        icon: str = "",
        height: int = NORMAL,
        colour: str = "accent",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, text, 6, parent)
        self._kind = kind
        self._colour = colour
        """Of a link: the token its words are written in."""
        self._icon = icon
        self._height = height
        self.setFont(theme.font(self._font_kind()))
        if kind is Kind.LINK:
            self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        width = text_width(self.font(), self.text()) + 2 * self._padding()
        if self._icon:
            width += 16 + (self._gap() if self.text() else 0)
        if self.menu() is not None:
            width += 14 + self._gap()
        return QSize(width, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        look = self._look()
        if look.ground is not None or look.frame is not None:
            rounded(painter, self.rect(), 6, look.ground, look.frame)
        content = self.sizeHint().width() - 2 * self._padding()
        x = max((self.width() - content) // 2, 4)
        if self._icon:
            drawn = pixmap(self._icon, 16, look.icon, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(x, (self.height() - 16) // 2), drawn)
            x += 16 + self._gap()
        right = 14 + self._gap() if self.menu() is not None else 0
        line_of_text(
            painter, QRect(x, 0, self.width() - x - right - 4, self.height()), self.text(), self.font(), look.text, LEFT
        )
        if right:
            caret = pixmap("chevron-down", 14, look.icon, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(self.width() - self._padding() - 14, (self.height() - 14) // 2), caret)

    def _padding(self) -> int:
        if self._kind is Kind.LINK:
            return 6
        return 8 if self._height == SMALL else 12

    def _gap(self) -> int:
        return 4 if self._height == SMALL else 6

    def _font_kind(self) -> FontKind:
        if self._kind is Kind.LINK:
            return "small-strong"
        if self._kind in (Kind.PRIMARY, Kind.FINAL):
            return "body-strong"
        return "small-medium" if self._height == SMALL else "body-medium"

    def _look(self) -> _Look:
        t = self._theme.tokens
        hot = self._hot or self.isDown()
        if not self.isEnabled():
            bare = self._kind in (Kind.GHOST, Kind.LINK)
            return _Look(None if bare else t.surface, None if bare else t.border, t.disabled, t.disabled)
        if self._kind is Kind.PRIMARY:
            ground = t.fill_hover if hot else t.fill
            return _Look(ground, None, t.on_fill, t.on_fill)
        if self._kind is Kind.FINAL:
            return _Look(t.danger_fill.darker(110) if hot else t.danger_fill, None, t.on_fill, t.on_fill)
        if self._kind is Kind.GHOST:
            return _Look(t.hover2 if hot else None, None, t.text, t.secondary)
        if self._kind is Kind.LINK:
            colour = t.named(self._colour)
            ground = t.soft if self._colour == "accent" else t.raised
            return _Look(ground if hot else None, None, colour, colour)
        text = t.danger if self._kind is Kind.DANGER else t.text
        icon = t.danger if self._kind is Kind.DANGER else t.secondary
        return _Look(t.hover if hot else t.raised, t.field, text, icon)


class IconButton(PaintedButton):
    """A square with an icon. Its words are what a screen reader says and the tooltip shows."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        text: str,
        *,
        shortcut: QKeySequence | str = "",
        side: int = NORMAL,
        icon_size: int = 16,
        framed: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, "", 6, parent)
        self._icon = icon
        self._side = side
        self._icon_size = icon_size
        self._framed = framed
        self.setAccessibleName(text)
        self.setToolTip(tip(text, shortcut))

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        self._icon = name
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        hot = self._hot or self.isDown()
        colour = t.secondary
        if not self.isEnabled():
            colour = t.disabled
        elif self.isChecked():
            rounded(painter, self.rect(), 6, t.soft)
            colour = t.accent
        elif self._framed:
            rounded(painter, self.rect(), 6, t.hover if hot else t.raised, t.border)
            colour = t.text if hot else t.secondary
        elif hot:
            rounded(painter, self.rect(), 6, t.hover2)
            colour = t.text
        size = self._icon_size
        drawn = pixmap(self._icon, size, colour, self.devicePixelRatioF())
        painter.drawPixmap(QPoint((self.width() - size) // 2, (self.height() - size) // 2), drawn)
