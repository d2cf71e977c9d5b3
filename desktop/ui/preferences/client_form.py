"""Asks for the client as which Rapport signs in at a provider: it ships none. By hand, or from a provider file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QVBoxLayout, QWidget

from desktop.base import log
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import Provider, Redirect
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.labels import Paragraph

if TYPE_CHECKING:
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import SignInProviders


class ClientForm(Dialog):
    """Opened with `open`. `kept` says that a client is there now."""

    kept = Signal()

    def __init__(
        self,
        providers: SignInProviders,
        accounts: MailAccounts,
        tasks: Tasks,
        theme: Theme,
        provider: Provider,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, _("Browser sign-in at {provider}").format(provider=provider.name), parent)
        self._providers, self._accounts, self._tasks, self._provider = providers, accounts, tasks, provider
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.fit_width(480)
        self.body.addWidget(Paragraph(theme, self.windowTitle(), "section"))
        self.body.addWidget(Paragraph(theme, missing_words(provider), "body", "secondary"))
        self.client_id = LineEdit(theme, _("Client id"))
        self.secret = LineEdit(theme, _("Client secret"))
        self.secret.setEchoMode(QLineEdit.EchoMode.Password)
        self.page = LineEdit(theme, _("Redirect address"), placeholder="https://")
        self._id_row = FormRow(theme, _("Client id"), self.client_id)
        self._secret_row = FormRow(theme, _("Client secret"), self.secret, hint=_("Kept encrypted on this computer."))
        self._page_row = FormRow(
            theme, _("Redirect address"), self.page, hint=_("The page that was registered with the client id.")
        )
        for row in (self._id_row, self._secret_row, self._page_row):
            self.body.addWidget(row)
        oauth = provider.oauth
        self._wants_secret = oauth is not None and oauth.wants_secret
        self._wants_page = oauth is not None and oauth.redirect is Redirect.PAGE
        self._page_row.setVisible(self._wants_page)
        self._news = QVBoxLayout()
        self.body.addLayout(self._news)
        self.from_file = self.add_button(_("Take provider file…"), self._choose)
        self.footer.row.addStretch(1)
        self.add_button(_("Cancel"), self.reject)
        self.save = self.add_button(_("Save"), self._save, Kind.PRIMARY)
        self.client_id.setFocus()

    def _save(self) -> None:
        client = Client(self.client_id.text().strip(), self.secret.text().strip(), self.page.text().strip())
        log.protect(client.secret)
        self._id_row.say("" if client.id else _("Write the client id."))
        lacks_secret = self._wants_secret and not client.secret
        self._secret_row.say(_("{provider} wants the secret too.").format(provider=self._name) if lacks_secret else "")
        lacks_page = self._wants_page and not client.page.startswith("https://")
        self._page_row.say(_("Write an address that begins with https://.") if lacks_page else "")
        if client.id and not lacks_secret and not lacks_page:
            self._tasks.run(self._keep(client))

    @property
    def _name(self) -> str:
        return self._provider.name

    def _choose(self) -> None:
        choose_file(self, self.take)

    def take(self, path: str) -> None:
        """Take over a provider file."""
        self._tasks.run(self._keep(Path(path)))

    async def _keep(self, what: Client | Path) -> None:
        self.save.setEnabled(False)
        try:
            await self._tasks.errand(self._accounts.unlock())
            if isinstance(what, Client):
                await self._tasks.write(self._providers.set_client, self._provider.id, what)
            else:
                await self._tasks.write(self._providers.take, what)
        except Problem as problem:
            self._say(Banner(self.theme, problem.text, Tone.DANGER, details=problem.details))
            return
        finally:
            self.save.setEnabled(True)
        self.accept()
        self.kept.emit()

    def _say(self, banner: Banner) -> None:
        while (item := self._news.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        self._news.addWidget(banner)


def missing_words(provider: Provider) -> str:
    """Return why one cannot sign in through the browser yet, and what helps."""
    text = _(
        "{provider} lets in only programs that are registered there, and Rapport brings no registration. Whoever "
        "manages your mail can give you a provider file, or you register Rapport there and write here what you get."
    )
    return text.format(provider=provider.name)


def choose_file(parent: QWidget, take: Callable[[str], object]) -> None:
    """Let the person look for a provider file; `take` is called with its path."""
    asked = FileDialog(parent.window(), _("Take provider file…"))
    asked.setFileMode(QFileDialog.FileMode.ExistingFile)
    asked.setNameFilters([_("Provider files") + " (*.json)", _("All files") + " (*)"])
    asked.fileSelected.connect(take)
    asked.open()
