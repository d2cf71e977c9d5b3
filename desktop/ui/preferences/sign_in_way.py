"""How one signs in to a mailbox: the choice between browser and password, and what its provider wants known of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail import provider_words
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.choices import Segment
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.labels import Paragraph

if TYPE_CHECKING:
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import SignInProviders, WayIn

_BROWSER, _PASSWORD = 0, 1


async def find_way(
    tasks: Tasks,
    accounts: MailAccounts,
    providers: SignInProviders,
    address: str,
    host: str,
    provider_id: str = "",
) -> WayIn | None:
    """Return how one signs in to a server; asks for the passphrase where a client is kept that is locked."""
    way = await tasks.read(providers.way_in, address, host, provider_id)
    if way is None or not way.is_locked:
        return way
    try:
        await tasks.errand(accounts.unlock())
    except Problem:
        return way
    return await tasks.read(providers.way_in, address, host, provider_id)


class SignInWay(QWidget):
    """Takes no room where nothing is known of the provider."""

    changed = Signal()
    """The person chose the other way, or another is the only one."""
    client_wanted = Signal()
    """The person wants to give the client that is missing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.way: WayIn | None = None
        self._browser = False
        self.choice = Segment(theme, (_("In the browser"), _("With a password")), _("Way to sign in"))
        self.missing = Paragraph(theme, "", "small", "secondary")
        self.give = Button(theme, _("Set up browser sign-in…"), Kind.LINK, height=SMALL)
        self.help = Paragraph(theme, "", "small", "secondary")
        self.person = LineEdit(
            theme, _("Your own address"), placeholder=_("Your own address, where the mailbox is shared")
        )
        hint = _("A mailbox that is shared with you is opened in your name. Leave this empty for one of your own.")
        self.person_hint = Paragraph(theme, hint, "small", "secondary")
        self.person.setAccessibleDescription(hint)
        self.choice.chosen.connect(self._choose)
        self.give.clicked.connect(lambda _checked=False: self.client_wanted.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.choice, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.help)
        column.addWidget(self.person)
        column.addWidget(self.person_hint)
        column.addWidget(self.missing)
        column.addWidget(self.give, 0, Qt.AlignmentFlag.AlignLeft)
        self.show_way(None)

    @property
    def by_browser(self) -> bool:
        """Whether one signs in through the browser."""
        return self._browser

    @property
    def signs_in_as(self) -> str:
        """Who signs in through the browser where it is not the address of the account; "" else."""
        return self.person.text().strip() if not self.person.isHidden() else ""

    def show_way(self, way: WayIn | None, *, prefer_browser: bool = True) -> None:
        """Show the ways there are; the browser is chosen where it can be and is preferred."""
        self.way = way
        can = way is not None and way.by_browser
        before, self._browser = self._browser, can and (prefer_browser or not (way and way.by_password))
        self.choice.set_current(_BROWSER if self._browser else _PASSWORD)
        self.choice.setVisible(can and way is not None and way.by_password)
        lacks = way is not None and way.provider.oauth is not None and way.client is None
        self.missing.setVisible(lacks)
        self.give.setVisible(lacks)
        if way is not None and lacks:
            text = _("For signing in to {provider} through the browser Rapport needs a client id, and brings none.")
            self.missing.setText(text.format(provider=way.provider.name))
        self._show_help()
        self.setVisible(can or lacks or bool(self.help.text()))
        if before is not self._browser:
            self.changed.emit()

    def _choose(self, index: int) -> None:
        self._browser = index == _BROWSER
        self._show_help()
        self.changed.emit()

    def _show_help(self) -> None:
        said = list(provider_words.help_of(self.way.provider, by_browser=self._browser)) if self.way is not None else []
        if self._browser:
            said.insert(0, _("Your browser opens for it; no password is asked for here."))
        self.help.setText(" ".join(said))
        shares = self._browser and self.way is not None and self.way.provider.shares_mailboxes
        self.person.setVisible(shares)
        self.person_hint.setVisible(shares)
        self.help.setVisible(bool(said))
