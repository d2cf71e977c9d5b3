"""The page of mail accounts: each on a line with its state in words, and the way to add one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.chips import avatar
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded
from desktop.ui.widgets.painted_button import PaintedButton


class _Line(PaintedButton):
    """A line 52 high that opens the account."""

    def __init__(self, theme: Theme, account: MailAccount, status: AccountStatus | None) -> None:
        super().__init__(theme, "", 6, None)
        self.setToolTip(_("Edit this mail account"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_account(account, status)

    def show_account(self, account: MailAccount, status: AccountStatus | None) -> None:
        """Show the account as it is now."""
        self._account = account
        self._wrong = status is not None and status.activity in (Activity.TROUBLE, Activity.WAITING)
        self._state = self._words(account, status)
        self.setAccessibleName(f"{account.address}, {self._state}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, 52)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if self._hot:
            rounded(painter, self.rect(), 6, t.hover)
        else:
            hairline(painter, self.rect(), t.subtle, Qt.Edge.BottomEdge)
        scale = self.devicePixelRatioF()
        account = self._account
        painter.drawPixmap(QPoint(8, 10), avatar(self._theme, account.display_name, account.address, 32, scale))
        room = self.rect().adjusted(52, 8, -36, -26)
        line_of_text(painter, room, account.address, self._theme.font("body-strong"), t.text, LEFT)
        colour = t.warning if self._wrong else t.secondary
        line_of_text(painter, room.translated(0, 18), self._state, self._theme.font("small"), colour, LEFT)
        caret = pixmap("chevron-right", 16, t.secondary, scale)
        painter.drawPixmap(QPoint(self.width() - 24, 18), caret)

    @staticmethod
    def _words(account: MailAccount, status: AccountStatus | None) -> str:
        if status is not None and status.problem:
            return status.problem
        if account.imap is None:
            return _("Sends only")
        if status is not None and status.activity is Activity.PAUSED:
            return _("Paused")
        return account.imap.host if account.two_way else _("{host}, archive only").format(host=account.imap.host)


class AccountList(QWidget):
    """Shows the accounts it is given. The line of an account stays as long as the account, and with it the keyboard."""

    add_requested = Signal()
    edit_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: dict[int, _Line] = {}
        self._empty = EmptyState(
            theme,
            "at-sign",
            _("No mail account yet"),
            _("Add one, and its mail appears here."),
            action=_("Add mail account"),
            act=self.add_requested.emit,
        )
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 12, 0, 0)
        add = Button(theme, _("Add mail account"), icon="plus")
        add.clicked.connect(self.add_requested)
        row.addWidget(add)
        row.addStretch(1)
        self._column = QVBoxLayout()
        self._column.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._empty, 1)
        column.addLayout(self._column)
        column.addWidget(self._foot)
        column.addStretch()
        self._empty.hide()  # nothing is known yet
        self._foot.hide()

    def show_accounts(self, accounts: Sequence[MailAccount], statuses: Mapping[int, AccountStatus]) -> None:
        """Show these accounts."""
        for key in set(self._lines) - {account.key for account in accounts}:
            line = self._lines.pop(key)
            self._column.removeWidget(line)
            line.hide()
            line.deleteLater()
        for place, account in enumerate(accounts):
            status = statuses.get(account.key)
            if (known := self._lines.get(account.key)) is not None:
                known.show_account(account, status)
            else:
                self._column.insertWidget(place, self._new_line(account, status))
        self._empty.setVisible(not accounts)
        self._foot.setVisible(bool(accounts))

    def _new_line(self, account: MailAccount, status: AccountStatus | None) -> _Line:
        line = self._lines[account.key] = _Line(self._theme, account, status)
        line.clicked.connect(lambda _checked=False, key=account.key: self.edit_requested.emit(key))
        return line
