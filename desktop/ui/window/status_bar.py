"""The status bar: how each mail account is doing, and how much waits to be sent to the servers.

It reads when the bridge says that something changed and asks for remedies by signals; it does nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.base.errors import Remedy
from desktop.base.i18n import _, n_
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.ui.icons import pixmap
from desktop.ui.mail.whole_mails import Coming
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import IconButton
from desktop.ui.widgets.labels import plain_tip
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton
from desktop.ui.widgets.progress import ProgressBar
from desktop.ui.window.account_popup import AccountPopup
from desktop.ui.window.account_words import StatusWords, remedy_words, short, status_sentence, status_words

HEIGHT = 26
MANY = 4
"""From so many accounts on, those that are well are told in one sum."""
ROOMY_PX = 1100
"""From this width on addresses are written in full."""
_LEAST_WORDS_PX = 72
"""Words that are cut keep this much."""


class _Words(PaintedButton):
    """Dot or icon and text; pressed only where it leads somewhere."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "", 4, parent)
        self._words = StatusWords("", "", "secondary")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_words(self, words: StatusWords) -> None:
        self._words = words
        self.setAccessibleName(words.text)
        leads = words.leads
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if leads else Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor if leads else Qt.CursorShape.ArrowCursor)
        self.updateGeometry()
        self.update()
        self._tell_what_is_cut()

    def _tell_what_is_cut(self) -> None:
        self.setToolTip(plain_tip(self._words.text) if self.width() < self.sizeHint().width() else "")

    def sizeHint(self) -> QSize:
        return QSize(18 + text_width(self._face(), self._words.text) + 2, HEIGHT - 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), _LEAST_WORDS_PX), HEIGHT - 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell_what_is_cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        words = self._words
        colour = t.named(words.colour)
        if words.icon:
            drawn = pixmap(words.icon, 12, colour, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(0, (self.height() - 12) // 2), drawn)
        else:
            dot = self.rect()
            dot.setRect(0, (self.height() - 8) // 2, 8, 8)
            rounded(painter, dot, 4, colour)
        left = 18 if words.icon else 14
        text = colour if words.colour == "warning" else t.secondary
        line_of_text(painter, self.rect().adjusted(left, 0, 0, 0), words.text, self._face(), text, LEFT)

    def _face(self) -> QFont:
        return self._theme.font("small-medium" if self._words.is_trouble else "small")


class _Item(QWidget):
    """One account, or one thing that comes; `pause` says what its cross does."""

    def __init__(self, theme: Theme, pause: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.words = _Words(theme)
        self.bar = ProgressBar(theme, _("Progress"))
        self.pause = IconButton(theme, "x", pause, side=20, icon_size=12)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for part in (self.words, self.bar, self.pause):
            row.addWidget(part)

    def show_words(self, words: StatusWords) -> None:
        self.words.show_words(words)
        self.bar.setVisible(words.total > 0)
        self.bar.set_part(words.done, words.total)
        self.pause.setVisible(words.can_pause)


class StatusBar(QWidget):
    """Give it accounts with their statuses (`show_accounts`) and the number of waiting operations."""

    remedy_chosen = Signal(int, str)
    """Account key and the `Remedy` the person chose."""
    pause_requested = Signal(int)
    resume_requested = Signal(int)
    operations_requested = Signal()
    outbox_requested = Signal()
    end_requested = Signal()
    """What comes is not to come."""
    transfer_cancelled = Signal()
    """The person wants no more of the import or export that is shown."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._accounts: tuple[MailAccount, ...] = ()
        self._statuses: Mapping[int, AccountStatus] = {}
        self._items: dict[int, _Item] = {}
        self.setFixedHeight(HEIGHT)
        self.setAccessibleName(_("Status"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 1, 12, 0)
        self._row.setSpacing(16)
        self._well = _Words(theme)
        self._well.hide()
        self._row.addWidget(self._well)
        self._row.addStretch(1)
        self._coming = _Item(theme, _("End fetching"))
        self._coming.pause.clicked.connect(self.end_requested)
        self._coming.hide()
        self._row.addWidget(self._coming)
        self._transfer = _Item(theme, _("Cancel"))
        self._transfer.pause.clicked.connect(self.transfer_cancelled)
        self._transfer.hide()
        self._row.addWidget(self._transfer)
        self._unsent = _Words(theme)
        self._unsent.clicked.connect(self.outbox_requested)
        self._unsent.hide()
        self._row.addWidget(self._unsent)
        self._waiting = _Words(theme)
        self._waiting.clicked.connect(self.operations_requested)
        self._waiting.hide()
        self._row.addWidget(self._waiting)

    def show_accounts(self, accounts: Sequence[MailAccount], statuses: Mapping[int, AccountStatus]) -> None:
        """Show these accounts as they are doing."""
        self._accounts, self._statuses = tuple(accounts), statuses
        self._refresh()

    def show_waiting(self, waiting: int, failed: int) -> None:
        """Show how many operations wait for a server and how many of them it refused."""
        if failed:
            text = n_("{n} operation failed", "{n} operations failed", failed).format(n=failed)
            self._waiting.show_words(StatusWords(text, "triangle-alert", "warning", is_trouble=True, leads=True))
        else:
            text = n_("{n} waiting", "{n} waiting", waiting).format(n=waiting)
            self._waiting.show_words(StatusWords(text, "send", "secondary", is_trouble=True, leads=True))
        self._waiting.setVisible(waiting + failed > 0)

    def show_unsent(self, words: str) -> None:
        """Say that mails were not sent, or may not have been; without words all is well."""
        self._unsent.show_words(StatusWords(words, "triangle-alert", "warning", is_trouble=True, leads=True))
        self._unsent.setVisible(bool(words))

    def show_coming(self, coming: Coming | None) -> None:
        """Show how far a mail is that is fetched in order to be saved."""
        if coming is not None:
            text = _("Fetching {name}").format(name=coming.name)
            total = max(coming.total, 1)
            self._coming.show_words(StatusWords(text, "download", "secondary", coming.done, total, can_pause=True))
        self._coming.setVisible(coming is not None)

    def show_transfer(self, words: str, done: int = 0, total: int = 0) -> None:
        """Say how far an import or export is; without words there is none."""
        self._transfer.setVisible(bool(words))
        self._transfer.show_words(StatusWords(words, "download", "secondary", done, total, can_pause=True))

    def explain(self, key: int) -> None:
        """Say how an account is doing, above its place: what is wrong, or that it can be paused."""
        status, item = self._status(key), self._items.get(key)
        if item is None or not status_words("", status).leads:
            return
        address = next((account.address for account in self._accounts if account.key == key), "")
        pause = partial(self.pause_requested.emit, key)
        wrong = status.activity in (Activity.WAITING, Activity.TROUBLE)
        if wrong:
            remedy = status.remedy or Remedy.RETRY.value
            action, act = remedy_words(remedy), partial(self.remedy_chosen.emit, key, remedy)
        elif status.activity is Activity.PAUSED:
            action, act = _("Resume"), partial(self.resume_requested.emit, key)
        else:
            action, act = _("Pause fetching"), pause
        popup = AccountPopup(self._theme, address, status_sentence(status), status.details, action, act, self)
        if wrong:
            popup.offer_pause(pause)
        popup.show_above(item.mapToGlobal(QPoint(-8, -6)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if (event.oldSize().width() >= ROOMY_PX) is not (event.size().width() >= ROOMY_PX):
            self._refresh()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), t.surface)
        hairline(painter, self.rect(), t.border, Qt.Edge.TopEdge)

    def _refresh(self) -> None:
        told = [account for account in self._accounts if len(self._accounts) < MANY or not self._is_well(account.key)]
        well = len(self._accounts) - len(told)
        for key in set(self._items) - {account.key for account in told}:
            self._items.pop(key).deleteLater()
        full = self.width() >= ROOMY_PX and len(told) < MANY
        for index, account in enumerate(told):
            item = self._items.get(account.key) or self._new_item(account.key)
            name = account.address if full else short(account.address)
            item.show_words(status_words(name, self._status(account.key)))
            self._row.insertWidget(index, item)
        sentence = n_("{n} mail account up to date", "{n} mail accounts up to date", well).format(n=well)
        self._well.show_words(StatusWords(sentence, "", "success"))
        self._well.setVisible(well > 0)

    def _status(self, key: int) -> AccountStatus:
        return self._statuses.get(key, AccountStatus(key))

    def _is_well(self, key: int) -> bool:
        return self._status(key).activity is Activity.UP_TO_DATE

    def _new_item(self, key: int) -> _Item:
        item = self._items[key] = _Item(self._theme, _("Pause fetching"))
        item.words.clicked.connect(lambda: self.explain(key))
        item.pause.clicked.connect(lambda: self.pause_requested.emit(key))
        return item
