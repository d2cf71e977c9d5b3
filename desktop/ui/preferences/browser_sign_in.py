"""Shows that a person signs in through his browser, and what becomes of it. GUI thread; it waits for nothing."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Redirect
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.progress import Spinner

if TYPE_CHECKING:
    from desktop.services.errands import SigningIn
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import WayIn


class BrowserSignIn(Dialog):
    """Opened with `begin`. To close it gives the sign-in up."""

    granted = Signal(object)
    """The `Grant`; the dialog closes then."""
    _page_wanted = Signal(str)
    """The address to open in the browser; from the thread of the sign-in."""

    def __init__(
        self,
        accounts: MailAccounts,
        tasks: Tasks,
        theme: Theme,
        way: WayIn,
        account: MailAccount,
        parent: QWidget | None = None,
        *,
        person: str = "",
    ) -> None:
        """`person` is who signs in, where that is not the address of the account: a mailbox he shares with others."""
        super().__init__(theme, _("Sign in at {provider}").format(provider=way.provider.name), parent)
        self._accounts, self._tasks, self._way, self._account = accounts, tasks, way, account
        self._person = person or account.address
        self._working: asyncio.Future[object] | None = None
        self._under_way: SigningIn | None = None
        self._paste_waits = False
        """Enter was pressed before the sign-in could take an address."""
        self.page = ""
        """The address of the page the browser shows."""
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.fit_width(460)
        self.body.addWidget(Paragraph(theme, self.windowTitle(), "section"))
        text = _(
            "Your browser opens the page of {provider}. Sign in there as {address} and allow access, then come back."
        )
        words = text.format(provider=way.provider.name, address=self._person)
        self.body.addWidget(Paragraph(theme, words, "body", "secondary"))
        self._build_waiting()
        self._build_pasting()
        self._news = QVBoxLayout()
        self.body.addLayout(self._news)
        self.again = self.add_button(_("Try again"), self._start)
        self.footer.row.insertStretch(0, 1)
        self.add_button(_("Cancel"), self.reject)
        self._page_wanted.connect(self._open_page)
        self.finished.connect(self._forget)

    def begin(self) -> None:
        """Show it, and open the browser."""
        self.open()
        self._start()

    def _build_waiting(self) -> None:
        self._waiting = QWidget()
        column = QVBoxLayout(self._waiting)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Spinner(self.theme))
        row.addWidget(Paragraph(self.theme, _("Waiting for the browser"), "small", "secondary"), 1)
        self.open_again = Button(self.theme, _("Open the page again"), Kind.LINK, height=SMALL)
        self.open_again.clicked.connect(lambda _checked=False: self._open_page(self.page))
        self.copy = Button(self.theme, _("Copy its address"), Kind.LINK, height=SMALL)
        self.copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self.page))
        links = QHBoxLayout()
        links.setSpacing(2)
        links.addWidget(self.open_again)
        links.addWidget(self.copy)
        links.addStretch(1)
        column.addLayout(row)
        column.addLayout(links)
        self.body.addWidget(self._waiting)

    def _build_pasting(self) -> None:
        """Where no answer comes to this computer the person brings it."""
        self.pasted = LineEdit(self.theme, _("Address of the last page"), placeholder="https://")
        self._pasted_row = FormRow(
            self.theme,
            _("Address of the last page"),
            self.pasted,
            hint=_(
                "When you have allowed access, copy the whole address the browser shows, paste it here, press Enter."
            ),
        )
        self.pasted.returnPressed.connect(self._paste)
        self.pasted.textChanged.connect(lambda _text: self._pasted_row.say(""))
        self.body.addWidget(self._pasted_row)
        oauth = self._way.provider.oauth
        self._pasted_row.setVisible(oauth is not None and oauth.redirect is Redirect.PAGE)

    def _start(self) -> None:
        self._forget()
        self._say(None)
        self._show_waiting(waiting=True)
        self._working = self._tasks.run(self._sign_in())

    async def _sign_in(self) -> None:
        client = self._way.client
        assert client is not None
        try:
            sign_in = self._accounts.sign_in
            self._under_way = await self._tasks.read(
                sign_in, self._way.provider, client, self._person, self._page_wanted.emit, self._account
            )
            if self._paste_waits:
                self._paste()
            grant = await self._tasks.errand(self._under_way.grant)
        except Problem as problem:
            self._show_waiting(waiting=False)
            self._say(Banner(self.theme, problem.text, Tone.DANGER, details=problem.details))
            self.again.setFocus()
            return
        self.accept()
        self.granted.emit(grant)

    def _show_waiting(self, *, waiting: bool) -> None:
        self._waiting.setVisible(waiting)
        self.again.setVisible(not waiting)

    def _open_page(self, page: str) -> None:
        self.page = page
        if not QDesktopServices.openUrl(QUrl(page)):
            text = _("The browser did not open. Copy the address and open it by hand.")
            self._say(Banner(self.theme, text, Tone.WARNING))

    def _paste(self) -> None:
        self._paste_waits = self._under_way is None
        if self._under_way is None:
            return
        try:
            self._under_way.paste(self.pasted.text())
        except Problem as problem:
            self._pasted_row.say(problem.text)

    def _say(self, banner: Banner | None) -> None:
        while (item := self._news.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if banner is not None:
            self._news.addWidget(banner)

    def _forget(self) -> None:
        if self._working is not None:
            self._working.cancel()
            self._working = None
        self._under_way = None
        self._paste_waits = False
