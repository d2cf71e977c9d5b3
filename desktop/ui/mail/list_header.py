"""The line above a message list: its name, how many are unread, filters one click away, order and view. GUI thread."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.domain.settings import DENSITY, Density
from desktop.ui import dates
from desktop.ui.actions import Do
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.choices import FilterChip
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import hairline

_UNREAD_DOT = "●"
"""What marks unread mails in the list."""


class ListHeader(QWidget):
    """Emits what a person wants to see; `show_query` shows what is seen."""

    filter_changed = Signal(bool, bool, bool)
    """Only unread, only starred, only with attachments."""
    order_wanted = Signal(object, bool)
    conversations_wanted = Signal(bool)
    density_wanted = Signal(object)
    days_folded = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.key_of: Callable[[Do], str] = lambda _name: ""
        """The key of an action, to be shown beside it; who has the actions sets it."""
        self._query = ListQuery(0)
        self._density = Density.CARDS
        self._can_group = True
        self._unread = 0
        self.setFixedHeight(40)
        self.title = ElidedLabel(theme, "", "section")
        self.unread = ElidedLabel(theme, "", "small", "secondary")
        self.only_unread = FilterChip(theme, _("Unread"))
        self.only_unread.setAccessibleName(_("Unread"))
        self.only_unread.setToolTip(_("Show unread mails only"))
        self.only_starred = IconButton(theme, "star", _("Show starred mails only"))
        self.only_attachments = IconButton(theme, "paperclip", _("Show mails with attachments only"))
        self.order = IconButton(theme, "arrow-up-down", _("Order and view"))
        for toggle in (self.only_starred, self.only_attachments):
            toggle.setCheckable(True)
            toggle.clicked.connect(self._filters)
        self.only_unread.clicked.connect(self._filters)
        self.order.clicked.connect(self._open_menu)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 8, 0)
        row.setSpacing(4)
        row.addWidget(self.title)
        row.addSpacing(4)
        row.addWidget(self.unread)
        row.addStretch(1)
        row.addWidget(self.only_unread)
        row.addWidget(self.only_starred)
        row.addWidget(self.only_attachments)
        row.addSpacing(9)
        row.addWidget(self.order)
        theme.changed.connect(self.update)

    def show_title(self, title: str, unread: int) -> None:
        """Name the list."""
        self.title.set_text(title)
        self._unread = unread
        self._give_way()

    def offer_filters(self, on: bool) -> None:
        """Offer the filters here, or leave them to the quick filter below while that is open."""
        for each in (self.only_unread, self.only_starred, self.only_attachments):
            each.setVisible(on)
        self._give_way()

    def show_query(self, query: ListQuery, density: Density, *, can_group: bool) -> None:
        """Show filters and remember order and view for the menu; not every list can be grouped."""
        self._query, self._density, self._can_group = query, density, can_group
        self.only_unread.setChecked(query.unread)
        self.only_starred.setChecked(query.starred)
        self.only_attachments.setChecked(query.with_attachment)

    def menu(self) -> Menu:
        """Return the menu of order and view."""
        query = self._query
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add_heading(_("Sort by"))
        for sort_by, words in (
            (SortBy.DATE, _("Date")),
            (SortBy.SENDER, _("Correspondent")),
            (SortBy.SUBJECT, _("Subject")),
            (SortBy.SIZE, _("Size")),
        ):
            is_it = query.sort_by is sort_by or (sort_by is SortBy.DATE and query.sort_by is SortBy.DUE)
            menu.add(words, self._order(sort_by), checked=is_it)
        menu.addSeparator()
        newest, oldest = (_("Newest first"), _("Oldest first"))
        if query.sort_by in (SortBy.SENDER, SortBy.SUBJECT):
            newest, oldest = (_("From Z to A"), _("From A to Z"))
        elif query.sort_by is SortBy.DUE:
            newest, oldest = (_("Latest first"), _("Next to go first"))
        elif query.sort_by is SortBy.SIZE:
            newest, oldest = (_("Largest first"), _("Smallest first"))
        for words, descending in ((newest, True), (oldest, False)):
            menu.add(words, self._direction(descending), checked=query.descending is descending)
        menu.addSeparator()
        if self._can_group:
            menu.add(
                _("Group into conversations"),
                lambda: self.conversations_wanted.emit(not query.conversations),
                checked=query.conversations,
            )
        if query.sort_by is SortBy.DATE:  # no other order has days
            menu.add(_("Expand all days"), lambda: self.days_folded.emit(False), shortcut=self.key_of(Do.UNFOLD_ALL))
            menu.add(_("Collapse all days"), lambda: self.days_folded.emit(True), shortcut=self.key_of(Do.FOLD_ALL))
        menu.addSeparator()
        menu.add_heading(_("Density"))
        for choice in DENSITY.choices:
            density = Density(choice.value)
            menu.add(choice.label(), self._view(density), checked=density is self._density)
        return menu

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.bg)
        painter.fillRect(self.order.x() - 7, (self.height() - 16) // 2, 1, 16, tokens.border)
        hairline(painter, self.rect(), tokens.border, Qt.Edge.BottomEdge)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._give_way()

    def _give_way(self) -> None:
        """Where there is no room for all the number goes, which the folder tree says too; then a dot says the word.

        The name of the list comes first; one that is too long even so is cut off.
        """
        count = self._unread
        number = n_("{n} unread", "{n} unread", count).format(n=dates.locale().toString(count))
        word = _("Unread")
        for said, filter_name in ((number if count else "", word), ("", word), ("", _UNREAD_DOT)):
            if self._fits(said, filter_name):
                return

    def _fits(self, number: str, filter_name: str) -> bool:
        """Show these words, and return whether there is room for them."""
        self.unread.set_text(number)
        self.unread.setVisible(bool(number))
        self.only_unread.setText(filter_name)
        return self._row.sizeHint().width() <= self.width()

    def _filters(self) -> None:
        self.filter_changed.emit(
            self.only_unread.isChecked(), self.only_starred.isChecked(), self.only_attachments.isChecked()
        )

    def _order(self, sort_by: SortBy) -> Callable[[], None]:
        # names and subjects are looked for from A, dates and sizes from the greatest
        return lambda: self.order_wanted.emit(sort_by, sort_by in (SortBy.DATE, SortBy.SIZE))

    def _direction(self, descending: bool) -> Callable[[], None]:
        return lambda: self.order_wanted.emit(self._query.sort_by, descending)

    def _view(self, density: Density) -> Callable[[], None]:
        return lambda: self.density_wanted.emit(density)

    def _open_menu(self) -> None:
        self.menu().popup(self.order.mapToGlobal(QPoint(0, self.order.height() + 2)))
