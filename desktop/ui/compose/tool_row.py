"""The row of tools above the text: style of the paragraph, marks, lists, what can be put in. 36 high. GUI thread."""

from __future__ import annotations

from enum import StrEnum
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.written import Shape
from desktop.ui.actions import Actions
from desktop.ui.compose.catalogue import CATALOGUE, Write
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, IconButton
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton

HEIGHT = 36
GROUPS: tuple[tuple[Write, ...], ...] = (
    (Write.BOLD, Write.ITALIC, Write.UNDERLINE, Write.STRIKE),
    (Write.NUMBERS, Write.BULLETS, Write.QUOTE, Write.NEST),
    (Write.LINK, Write.PICTURE, Write.EMOJI, Write.TABLE),
    (Write.CLEAR,),
)
CHECKABLE = (
    Write.BOLD,
    Write.ITALIC,
    Write.UNDERLINE,
    Write.STRIKE,
    Write.NUMBERS,
    Write.BULLETS,
    Write.QUOTE,
)
"""What is on or off where the cursor stands."""
_ICONS: dict[StrEnum, str] = {spec.name: spec.icon for spec in CATALOGUE}


def shape_words() -> dict[Shape, str]:
    """Return the styles of a paragraph by what they are called."""
    return {
        Shape.BODY: _("Body"),
        Shape.TITLE: _("Title"),
        Shape.HEADING: _("Heading"),
        Shape.SUBHEADING: _("Subheading"),
    }


class _ShapeButton(PaintedButton):
    """Says what the paragraph is, and opens the menu of styles."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, "", 6, parent)
        self.setFont(theme.font("body"))
        self._shape = Shape.BODY
        self.show_shape(Shape.BODY)
        self.setToolTip(_("Style of the paragraph"))

    def show_shape(self, shape: Shape) -> None:
        """Name the style."""
        self._shape = shape
        words = shape_words()[shape]
        self.setText(words)
        self.setAccessibleName(_("Style of the paragraph: {style}").format(style=words))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        widest = max(text_width(self.font(), words) for words in shape_words().values())
        return QSize(8 + widest + 4 + 14 + 6, SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot or self.isDown():
            rounded(painter, self.rect(), 6, t.hover2)
        colour = t.text if self.isEnabled() else t.disabled
        used = text_width(self.font(), self.text())
        line_of_text(painter, QRect(8, 0, used, self.height()), self.text(), self.font(), colour, LEFT)
        caret = pixmap("chevron-down", 14, t.secondary, self.devicePixelRatioF())
        painter.drawPixmap(QPoint(8 + used + 4, (self.height() - 14) // 2), caret)


class _Rule(QWidget):
    """A short line between two groups."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedSize(13, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRect(6, (HEIGHT - 16) // 2, 1, 16)
        hairline(QPainter(self), area, self._theme.tokens.border, Qt.Edge.LeftEdge)


class ToolRow(QWidget):
    """`shape_chosen` tells the style picked; the buttons are those of the actions.

    Where only some groups are wanted there is no style to pick.
    """

    shape_chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        parent: QWidget | None = None,
        groups: tuple[tuple[Write, ...], ...] = GROUPS,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._actions = actions
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(_("Formatting"))
        self.shape = _ShapeButton(theme, self)
        self.shape.clicked.connect(self._choose_shape)
        self.buttons: dict[Write, IconButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(2)
        self.shape.setVisible(groups is GROUPS)
        row.addWidget(self.shape)
        for name in CHECKABLE:
            actions[name].setCheckable(True)
        for group in groups:
            if group is not groups[0] or groups is GROUPS:
                row.addWidget(_Rule(theme, self))
            for name in group:
                button = IconButton(theme, _ICONS[name], "", side=SMALL + 4, parent=self)
                button.setFixedSize(SMALL + 4, SMALL)
                button.follow(actions[name])
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
                self.buttons[name] = button
                row.addWidget(button)
        row.addStretch(1)
        self.trailing = row
        """What a window adds at the right end."""

    def show_state(self, on: frozenset[Write], shape: Shape) -> None:
        """Show what is on where the cursor stands."""
        for name in CHECKABLE:
            self._actions[name].setChecked(name in on)
        self.shape.show_shape(shape)

    def _choose_shape(self) -> None:
        menu = Menu(self._theme, self)
        for shape, words in shape_words().items():
            menu.add(words, partial(self.shape_chosen.emit, shape), checked=words == self.shape.text())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.shape.mapToGlobal(QPoint(0, self.shape.height() + 2)))

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.subtle, Qt.Edge.BottomEdge)
