"""Where Rapport may sign in through the browser: the clients it was given, each with a button that takes it back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.ui.preferences.client_form import choose_file
from desktop.ui.preferences.revocable_list import Allowed, RevocableList
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind

if TYPE_CHECKING:
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import SignInProviders


class ProviderFiles(QWidget):
    """Call `ask` to let it be read, and `stop` at the end."""

    def __init__(
        self,
        providers: SignInProviders,
        accounts: MailAccounts,
        tasks: Tasks,
        theme: Theme,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._providers, self._accounts, self._tasks = providers, accounts, tasks
        self._reread = Rereading(tasks, self._show)
        self.list = RevocableList(
            theme,
            _("Browser sign-in"),
            _("What Rapport was given to sign in there. Without it these accounts need a new one, or a password."),
        )
        self.add = Button(theme, _("Take provider file…"), Kind.LINK, icon="plus", height=SMALL)
        self.add.setToolTip(_("Lets you sign in through the browser at the provider the file is for"))
        self.add.clicked.connect(lambda _checked=False: choose_file(self, self.take))
        self.list.taken_back.connect(lambda provider_id: tasks.run(self._forget(provider_id)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list)
        column.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)

    def ask(self) -> None:
        """Let it be read again."""
        self._reread.ask()

    def stop(self) -> None:
        """Forget what is being read."""
        self._reread.stop()

    def take(self, path: str) -> None:
        """Take over a provider file."""
        self._tasks.run(self._take(Path(path)))

    async def _take(self, path: Path) -> None:
        await self._tasks.errand(self._accounts.unlock())
        await self._tasks.write(self._providers.take, path)
        self.ask()

    async def _forget(self, provider_id: str) -> None:
        await self._tasks.errand(self._accounts.unlock())
        await self._tasks.write(self._providers.forget, provider_id)
        self.ask()

    async def _show(self) -> None:
        try:
            files = await self._tasks.read(self._providers.own)
        except Problem:
            return  # they are locked, and nobody is asked for a passphrase for the look of a list
        self.list.show_allowed([Allowed(one.provider.id, one.provider.name, one.client.id) for one in files])
