"""Plain text in as many lines as its width takes, a word that is too long broken anywhere. GUI thread.

A label of Qt breaks between words only, so that one endless word (a subject, an address, an answer of a server)
dictates the width of everything around it. Here the width is given and the text fits itself in.
"""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QKeyEvent, QKeySequence, QTextLayout, QTextOption, QWheelEvent
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.palettes import ColorRole, tint

NARROWEST = 40
"""No text asks for more; what is narrower cannot be read anyway."""
_LINE_SEPARATOR = "\u2028"


def lay_out(
    text: str, font: QFont, width: int, align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft
) -> tuple[QTextLayout, int]:
    """Return the lines of a text in a width of whole px, and how high they are together."""
    layout = QTextLayout(text.replace("\n", _LINE_SEPARATOR), font)
    option = QTextOption(align & Qt.AlignmentFlag.AlignHorizontal_Mask)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    top = 0.0
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, 1))
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout, ceil(top)


class SelectableText(QTextEdit):
    """Text to be read, selected and copied; as high as its lines, without a frame or a scroll bar."""

    def __init__(
        self, theme: Theme, text: str = "", kind: FontKind = "body", colour: str = "text", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._colour = colour
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font(kind))
        self.document().setDocumentMargin(0)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.viewport().setAutoFillBackground(False)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Preferred)
        policy.setVerticalPolicy(policy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme.changed.connect(self._tint)
        self._tint()
        self.setText(text)

    def text(self) -> str:
        """Return the whole text, as a label does."""
        return self.toPlainText()

    def setText(self, text: str) -> None:
        self.setPlainText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def heightForWidth(self, width: int) -> int:
        return lay_out(self.toPlainText(), self.font(), width)[1]

    def sizeHint(self) -> QSize:
        width = self.width()
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return QSize(NARROWEST, self.fontMetrics().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # every other key belongs to what lies around the text
        if event.matches(QKeySequence.StandardKey.Copy) or event.matches(QKeySequence.StandardKey.SelectAll):
            super().keyPressEvent(event)
        else:
            event.ignore()

    def changeEvent(self, e: QEvent) -> None:
        super().changeEvent(e)
        if e.type() is QEvent.Type.PaletteChange:
            self._tint()

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()

    def _tint(self) -> None:
        transparent = QColor(Qt.GlobalColor.transparent)
        tint(self, {ColorRole.Base: transparent, ColorRole.Text: self._theme.tokens.named(self._colour)})
