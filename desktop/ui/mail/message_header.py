"""The head of the open message: who, from which address, to whom, when. The real address always stands there.

Everything shown comes from outside and is drawn as plain text in one line. Whoever is named can be pressed. GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.address import Address
from desktop.domain.mail.reading import MessageHead
from desktop.ui import dates
from desktop.ui.mail.people_text import PeopleText
from desktop.ui.mail.person_button import PersonButton
from desktop.ui.mail.recipients_line import Named, RecipientsLine
from desktop.ui.mail.trust_line import TrustLine
from desktop.ui.mail.trust_words import Mark
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.chips import avatar
from desktop.ui.widgets.giving_area import GivingArea
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.wrapped_text import SelectableText

NARROW = 420
SHOWN_RECIPIENTS = 3
MOST_RECIPIENTS = 200
"""More are counted, not listed."""

MOST_FIELDS_PX, LEAST_FIELDS_PX = 180, 40
"""So high are the unfolded fields at most, and where there is little room."""

_AROUND = 20 + 32 + 10 + 10 + 28 + 14
"""What stands left and right of the lines: margins, avatar and menu."""
_LEAST_NAME = 72
_BETWEEN = ", "


class AvatarLabel(QWidget):
    """Initials of a person."""

    def __init__(self, theme: Theme, side: int, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._person = Address("", "")
        self.setFixedSize(side, side)

    def set_person(self, person: Address) -> None:
        """Show the initials of `person`."""
        self._person = person
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        name, address = one_line(self._person.name), one_line(self._person.address)
        drawn = avatar(self._theme, name, address, self.width(), self.devicePixelRatioF())
        QPainter(self).drawPixmap(0, 0, drawn)


class MessageHeader(QWidget):
    """Shows a head. `menu_requested` carries the place for the menu of the message."""

    menu_requested = Signal(QPoint)
    unsubscribe_requested = Signal()
    person_chosen = Signal(object)
    """The Address of who was pressed: a mail to him is to be begun."""
    person_menu_requested = Signal(object, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._own: frozenset[str] = frozenset()
        self._head: MessageHead | None = None
        self._mark: Mark | None = None
        self._avatar = AvatarLabel(theme, 32)
        self._name = PersonButton(theme, "body-strong", "text")
        self._address = PersonButton(theme, "small", "secondary")
        self._address.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it stands for whom the name stands for
        self._date = ElidedLabel(theme, kind="small", colour="secondary")
        self._date.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._to = RecipientsLine(theme, self)
        for each in (self._name, self._address, self._to):
            each.chosen.connect(self.person_chosen)
            each.menu_wanted.connect(self.person_menu_requested)
        self._to.toggled.connect(self._unfold)
        self.trust = TrustLine(theme)
        self.trust.explain_wanted.connect(self._to.toggle)
        self.trust.unsubscribe_wanted.connect(self.unsubscribe_requested)
        self._more = IconButton(theme, "ellipsis", _("More for this message"))
        self._more.clicked.connect(
            lambda: self.menu_requested.emit(self._more.mapToGlobal(QPoint(0, self._more.height())))
        )
        self._fields = fields = QWidget()
        self._rows = 0
        self._grid = QGridLayout(fields)
        self._grid.setContentsMargins(0, 6, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._all = GivingArea()
        self._all.setWidget(fields)
        self._all.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._all.hide()

        self._first = QHBoxLayout()
        self._first.setSpacing(6)
        self._first.addWidget(self._name)
        self._first.addWidget(self._address)
        self._first.addStretch(1)
        self._first.addWidget(self._date)
        self._second = QHBoxLayout()
        self._second.addWidget(self._to)
        self._second.addStretch(1)
        lines = QVBoxLayout()
        lines.setSpacing(1)
        lines.addLayout(self._first)
        lines.addLayout(self._second)
        lines.addWidget(self.trust)
        lines.addWidget(self._all)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 14, 14, 10)
        row.setSpacing(10)
        row.addWidget(self._avatar, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(lines, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)

    def set_own_addresses(self, addresses: Iterable[str]) -> None:
        """Say which addresses are the person's own: they are called "me"."""
        self._own = frozenset(address.lower() for address in addresses)

    def show_head(self, head: MessageHead, mark: Mark | None = None, list_name: str = "") -> None:
        """Show who wrote to whom and when, what is known of the sender, and the way out of the list of this name."""
        self._head = head
        self._mark = mark
        self.trust.show_facts(mark, list_name)
        sender = head.sender
        self._avatar.set_person(sender)
        name, address = one_line(sender.name), one_line(sender.address)
        self._name.show_person(sender, name or address or _("(no sender)"))
        # the address is shown even where the name claims to be one
        self._address.show_person(sender, address if name else "")
        self._address.setVisible(bool(name and address))
        now_ms = clock.now()
        whole = dates.full_date(head.date_ms, dates.zone())
        self._date.set_text(dates.table_date(head.date_ms, now_ms, dates.zone()), whole)
        self._date.setFixedWidth(self._date.sizeHint().width())
        self._share_width()
        self._to.show_line(*self._recipients(head))
        self._to.setChecked(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_width()
        self._share_height()

    def _share_width(self) -> None:
        """Give the address the width it needs before the name; in a narrow reader the date goes down a line."""
        narrow = self.width() < NARROW
        into, out_of = (self._second, self._first) if narrow else (self._first, self._second)
        if into.indexOf(self._date) < 0:
            out_of.removeWidget(self._date)
            into.addWidget(self._date)
        room = self.width() - _AROUND - (0 if narrow else self._date.width() + 12)
        address = min(self._address.sizeHint().width(), max(room - _LEAST_NAME, 0))
        # at most, not exactly: what is shown now must not keep the reader from becoming narrower
        self._address.setMaximumWidth(address)
        self._name.setMaximumWidth(max(min(self._name.sizeHint().width(), room - address - 6), 0))

    def _share_height(self) -> None:
        """Show every field, or as many as leave room for the mail; the rest is scrolled to."""
        width = self.width() - _AROUND
        if not self._all.isHidden() and width > 0:
            self._all.set_heights(min(self._grid.heightForWidth(width), MOST_FIELDS_PX), LEAST_FIELDS_PX)

    def _recipients(self, head: MessageHead) -> tuple[str, list[Named]]:
        """Return the line of recipients, and where in it others than the person himself are named."""
        people = (*head.to, *head.cc, *head.bcc)
        if not people:
            return _("no recipients"), []
        more = len(people) - SHOWN_RECIPIENTS
        words = _("to {people}")
        if more > 0:
            words = n_("to {people} and {n} other", "to {people} and {n} others", more)
        at = len(words.partition("{people}")[0].format(n=more))
        shown: list[str] = []
        named: list[Named] = []
        for person in people[:SHOWN_RECIPIENTS]:
            called = self._called(person)
            if person.key not in self._own:
                named.append(Named(person, at, at + len(called)))
            shown.append(called)
            at += len(called) + len(_BETWEEN)
        return words.format(people=_BETWEEN.join(shown), n=more), named

    def _called(self, person: Address) -> str:
        if person.key in self._own:
            return _("me")
        return one_line(person.display)

    def _unfold(self, on: bool) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        # the grid's own count of rows only grows
        self._rows = 0
        head = self._head
        if on and head is not None:
            self._row(_("From"), (head.sender,))
            if head.reply_to and {a.key for a in head.reply_to} != {head.sender.key}:
                self._row(_("Reply to"), head.reply_to)
            for title, people in ((_("To"), head.to), (_("Cc"), head.cc), (_("Bcc"), head.bcc)):
                if people:
                    self._row(title, people)
            self._words(_("Date"), dates.full_date(head.date_ms, dates.zone()))
            if self._mark is not None:
                self._words(_("Sender"), f"{self._mark.explained}\n{self._mark.checked}")
        self._all.setVisible(on)
        self._share_height()

    def _row(self, title: str, people: tuple[Address, ...]) -> None:
        more = len(people) - MOST_RECIPIENTS
        rest = n_("and {n} other", "and {n} others", more).format(n=more) if more > 0 else ""
        text = PeopleText(self._theme, people[:MOST_RECIPIENTS], "small", rest)
        text.chosen.connect(self.person_chosen)
        text.menu_wanted.connect(self.person_menu_requested)
        text.moved.connect(lambda place: self._bring_into_sight(text, place))
        self._field(title, text)

    def _words(self, title: str, text: str) -> None:
        self._field(title, SelectableText(self._theme, text, "small"))

    def _field(self, title: str, text: SelectableText) -> None:
        row = self._rows
        self._rows += 1
        label = ElidedLabel(self._theme, title, "small", "secondary")
        label.setFixedWidth(label.sizeHint().width())
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(text, row, 1)

    def _bring_into_sight(self, text: SelectableText, place: QRect) -> None:
        middle = text.mapTo(self._fields, place.center())
        self._all.ensureVisible(0, middle.y(), 0, place.height())
