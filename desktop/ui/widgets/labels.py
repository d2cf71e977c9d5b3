"""Labels for text from anywhere: plain text only, one line cut with an ellipsis, in a colour of the theme."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from desktop.base.text import one_line
from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.paint import LEFT, line_of_text, text_width
from desktop.ui.widgets.wrapped_text import lay_out

_LONGEST_LINE = 80
"""Characters a paragraph puts into a line of its own will."""
_LONGEST_WORD_PX = 140
"""A word up to this width stays whole, whatever else wants the room; what is longer is no word of a language."""


def plain_tip(text: str) -> str:
    """Return a tooltip that shows any text as it is: Qt takes what looks like markup for markup."""
    return f"<qt>{escape(text)}</qt>" if "<" in text or "&" in text else text


class ElidedLabel(QWidget):
    """One line that gives way: its end, or where `elide` says, becomes an ellipsis and the whole text a tooltip."""

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        kind: FontKind = "body",
        colour: str = "text",
        parent: QWidget | None = None,
        *,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._kind = kind
        self._elide = elide
        self._colour = colour
        self._text = ""
        self._tip = ""
        self.setFont(theme.font(kind))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    @property
    def text(self) -> str:
        """The whole text."""
        return self._text

    def set_text(self, text: str, tip: str = "") -> None:
        """Show the text in one line; a `tip` says more than the text does."""
        self._text = one_line(text)
        self._tip = plain_tip(tip)
        self.setAccessibleName(self._text)
        self.updateGeometry()
        self.update()

    def set_colour(self, colour: str) -> None:
        """Use the colour of another token."""
        self._colour = colour
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        return QSize(text_width(self.font(), self._text), max(metrics.height(), 16))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 24), self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        cut = self.sizeHint().width() > self.width()
        tip = self._tip or (plain_tip(self._text) if cut else "")
        if self.toolTip() != tip:
            self.setToolTip(tip)
        colour = self._theme.tokens.named(self._colour)
        line_of_text(QPainter(self), self.rect(), self._text, self.font(), colour, LEFT, self._elide)


class Paragraph(QLabel):
    """Plain text that wraps, in a colour of the theme; however long its words are, it takes the width it is given."""

    def __init__(
        self, theme: Theme, text: str = "", kind: FontKind = "body", colour: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._theme = theme
        self._colour = colour
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setFont(theme.font(kind))
        theme.changed.connect(self.update)

    def set_colour(self, colour: str) -> None:
        """Use the colour of another token."""
        self._colour = colour
        self.update()

    def heightForWidth(self, width: int) -> int:
        margins = self.contentsMargins()
        inner = width - margins.left() - margins.right()
        return lay_out(self.text(), self.font(), inner)[1] + margins.top() + margins.bottom()

    def sizeHint(self) -> QSize:
        most = self.fontMetrics().averageCharWidth() * _LONGEST_LINE
        width = min(super().sizeHint().width(), most)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        width = min(super().minimumSizeHint().width(), _LONGEST_WORD_PX)
        return QSize(width, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        area = self.contentsRect()
        layout, height = lay_out(self.text(), self.font(), area.width(), self.alignment())
        top = area.top()
        if not self.alignment() & Qt.AlignmentFlag.AlignTop:
            top += max(0, area.height() - height) // 2
        painter = QPainter(self)
        # not by the palette: a style sheet gives a widget that finds another parent the one it had at first
        painter.setPen(self._theme.tokens.named(self._colour))
        layout.draw(painter, QPointF(area.left(), top))
