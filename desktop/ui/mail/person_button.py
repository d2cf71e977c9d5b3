"""The sender in the head of a mail: a name, or an address, that looks like a label and can be pressed. GUI thread."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.domain.mail.address import Address
from desktop.ui.mail.person_words import can_be_written_to, invitation
from desktop.ui.theme import FontKind, Theme
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import line_of_text, text_width
from desktop.ui.widgets.painted_button import PaintedButton


class PersonButton(PaintedButton):
    """One line that gives way; underlined under the mouse, where the person has an address."""

    chosen = Signal(object)
    """The Address that is to be written to."""
    menu_wanted = Signal(object, QPoint)

    def __init__(self, theme: Theme, kind: FontKind, colour: str, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 4, parent)
        self._colour = colour
        self._person = Address("", "")
        self.setFont(theme.font(kind))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.clicked.connect(lambda: self.chosen.emit(self._person))

    def show_person(self, person: Address, text: str) -> None:
        """Stand for a person, shown as `text`."""
        self._person = person
        self.setText(text)
        leads_somewhere = can_be_written_to(person)
        self.setEnabled(leads_somewhere)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads_somewhere else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(text)
        self.setAccessibleDescription(invitation(person) if leads_somewhere else "")
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(text_width(self.font(), self.text()), max(self.fontMetrics().height(), 16))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 24), self.sizeHint().height())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_wanted.emit(self._person, event.globalPos())

    def paintEvent(self, event: QPaintEvent) -> None:
        words = invitation(self._person) if self.isEnabled() else ""
        if self.sizeHint().width() > self.width():
            words = f"{self.text()}\n{words}".rstrip()
        tip = plain_tip(words)
        if self.toolTip() != tip:
            self.setToolTip(tip)
        font = QFont(self.font())
        font.setUnderline(self._hot and self.isEnabled())
        line_of_text(QPainter(self), self.rect(), self.text(), font, self._theme.tokens.named(self._colour))
