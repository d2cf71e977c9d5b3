"""The form of a mail account: add, edit, test, remove. What it says of a test is one sentence with one thing to do
about it; the server's words are folded behind it.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base import log
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.certificate import Certificate
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import MailAccount
from desktop.ui.preferences.account_draft import Field, account_of, complaints, draft_of, guessed_hosts
from desktop.ui.preferences.account_fields import AccountFields
from desktop.ui.preferences.browser_sign_in import BrowserSignIn
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.preferences.client_form import ClientForm
from desktop.ui.preferences.identity_fields import MakeEditor
from desktop.ui.preferences.removal_question import RemovalQuestion
from desktop.ui.preferences.sign_in_way import find_way
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.progress import Spinner

if TYPE_CHECKING:
    from desktop.domain.mail.grant import Grant
    from desktop.services.errands import TestResult
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import SignInProviders
    from desktop.services.mail.views import MailViews
    from desktop.ui.preferences.folder_picks import Folder

_PAUSE_MS = 300
"""So long nothing is typed before one looks whose servers these are."""


class MailAccountForm(Dialog):
    """Opened with `show`. `account` None adds a new one; `editor` makes what signatures are written in."""

    told = Signal(str)
    """A sentence for the person, when the form is closed already."""
    test_mail_wanted = Signal(int)
    """The key of an account the person wants to write a test mail with."""

    def __init__(
        self,
        accounts: MailAccounts,
        providers: SignInProviders,
        views: MailViews,
        tasks: Tasks,
        theme: Theme,
        editor: MakeEditor,
        account: MailAccount | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, _("Add mail account") if account is None else account.address, parent)
        self._accounts = accounts
        self._providers = providers
        self._views = views
        self._tasks = tasks
        self._account = account
        self._base = account or MailAccount(uuid.uuid4(), "")
        """What the form began with; a new account keeps its id, so that what was tested is known again."""
        self._tested: tuple[MailAccount, str, str] | None = None
        self._grant: Grant | None = None
        self._granted_for: object = None
        """What a sign-in in the browser gave while the form was open."""
        self._finding: asyncio.Future[object] | None = None
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._find_way)
        self._listed: tuple[ServerFolder, ...] = ()
        self._roles: Mapping[Role, str] = {}
        self._working: asyncio.Future[object] | None = None
        self._testing = False
        self._answered = False
        """Whether the banner tells what came of a test."""
        self._loading: asyncio.Future[object] | None = None
        self._closed = False
        self._trusted: tuple[str, ...] = account.trusted_fingerprints if account else ()
        self.resize(560, 640)
        self.fields = AccountFields(theme, editor, is_new=account is None)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(self.fields, 1)
        self._news = QVBoxLayout()
        self._news.setContentsMargins(20, 0, 20, 12)
        self.body.addLayout(self._news)
        self._build_footer()
        self.fields.show_draft(draft_of(account))
        self._shown = self.fields.draft()
        """What the form had before the person changed anything."""
        self.fields.show_trusted(self._trusted)
        self.fields.trusted.taken_back.connect(self._distrust)
        self.fields.address.textChanged.connect(self._guess)
        self.fields.sign_in_changed.connect(self._drop_answer)
        self.fields.address.textChanged.connect(lambda _text: self._pause.start())
        for server in (self.fields.imap, self.fields.smtp):
            server.host.textChanged.connect(lambda _text: self._pause.start())
        self.fields.way.client_wanted.connect(self._ask_for_client)
        self.finished.connect(self._forget)
        self.fields.address.setFocus()
        if account is not None:
            self._loading = tasks.run(self._load_folders(account.key))
            self._find_way()

    def ask_for_password(self) -> None:
        """Give the keyboard to the password, which the server did not accept."""
        self.fields.password.setFocus(Qt.FocusReason.OtherFocusReason)
        self.fields.ensureWidgetVisible(self.fields.password)

    def begin_with(self, account: MailAccount, password: str) -> None:
        """Go on with what is known of a new account and with the password the person wrote."""
        self._base, draft = account, draft_of(account)
        if account.imap is None and account.smtp is None:
            imap, smtp = guessed_hosts(account.address)
            draft = replace(
                draft,
                imap=replace(draft.imap, host=imap, user=account.address),
                smtp=replace(draft.smtp, host=smtp, user=account.address),
            )
        self._set_trusted(account.trusted_fingerprints)
        self.fields.show_draft(draft)
        self._shown = self.fields.draft()
        self.fields.password.setText(password)
        (self.fields.password if account.address and not password else self.fields.address).setFocus()

    def _build_footer(self) -> None:
        if self._account is not None:
            self.add_button(_("Remove…"), self._ask_remove, Kind.DANGER)
        busy = QWidget()
        row = QHBoxLayout(busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Spinner(self.theme))
        self._busy_words = Paragraph(self.theme, _("Asking the server"), "small", "secondary")
        row.addWidget(self._busy_words)
        busy.hide()
        self._busy = busy
        self.footer.row.addWidget(busy)
        self.footer.row.addStretch(1)
        self.test_button = self.add_button(_("Test"), self._test_clicked)
        self.add_button(_("Cancel"), self.reject)
        words = _("Add account") if self._account is None else _("Save")
        self.save_button = self.add_button(words, self._save_clicked, Kind.PRIMARY)

    # leaving

    def reject(self) -> None:
        """Close; the person is asked first where what he changed would be lost."""
        if not self._is_changed():
            super().reject()
            return
        confirm(
            self.theme,
            self,
            title=_("Discard changes?"),
            text=_("What you wrote into this form is not kept."),
            action=_("Discard"),
            on_yes=super().reject,
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        if event.spontaneous():  # by the cross in its frame
            super().closeEvent(event)
        else:  # by the program, which ends
            super().reject()

    def _is_changed(self) -> bool:
        written = self.fields.password.text() or self.fields.smtp_password.text()
        return bool(written) or self.fields.draft() != self._shown

    # values

    def _guess(self, address: str) -> None:
        if self._account is None:
            imap, smtp = guessed_hosts(address)
            self.fields.imap.guess(imap, address.strip())
            self.fields.smtp.guess(smtp, address.strip())

    def _valid(self) -> MailAccount | None:
        """Return the account of the form, or show what is wrong with it."""
        draft = self.fields.draft()
        found = complaints(draft)
        by_browser = self.fields.way.by_browser
        has_none = self._base.oauth_provider or (self._account is None and draft.imap.host)
        if has_none and not by_browser and not self.fields.password.text():
            found[Field.PASSWORD] = _("Write your password.")
        self.fields.complain(found)
        if found:
            return None
        provider_id = self._base.oauth_provider if by_browser else ""
        account = account_of(draft, self._base)
        return replace(account, trusted_fingerprints=self._trusted, oauth_provider=provider_id)

    @property
    def _password(self) -> str:
        """The password for receiving, "" for what is kept or for a sign-in in the browser."""
        return "" if self.fields.way.by_browser else self.fields.password.text()

    def _changed_roles(self) -> Mapping[Role, str]:
        """Return the uses of folders the person gave them; what the server says of the others may change later."""
        return {role: path for role, path in self.fields.roles.picked().items() if self._roles.get(role) != path}

    # the way in

    def _find_way(self) -> None:
        """Look how one signs in to the servers of the form."""
        if self._finding is not None:
            self._finding.cancel()
        self._finding = self._tasks.run(self._show_way())

    async def _show_way(self) -> None:
        draft, provider_id = self.fields.draft(), self._base.oauth_provider
        host = draft.imap.host or draft.smtp.host
        way = await find_way(self._tasks, self._accounts, self._providers, draft.address, host, provider_id)
        shown = self.fields.way.way
        if way != shown:
            is_same = way is not None and shown is not None and way.client == shown.client
            prefer = self.fields.way.by_browser if is_same else self._account is None or bool(provider_id)
            self.fields.show_way(way, prefer_browser=prefer)

    def _ask_for_client(self) -> None:
        way = self.fields.way.way
        if way is not None:
            form = ClientForm(self._providers, self._accounts, self._tasks, self.theme, way.provider, self)
            form.kept.connect(self._find_way)
            form.open()

    def _has_let_in(self, account: MailAccount) -> bool:
        """Say whether what is kept, or was given while the form was open, is what one signs in with."""
        way = self.fields.way.way
        return way is None or not self.fields.way.by_browser or account.oauth_provider == way.provider.id

    async def _let_in(self, account: MailAccount) -> bool:
        """Let the person sign in in the browser where that is the way and nobody did; returns whether one can go on."""
        way = self.fields.way.way
        if way is None or not self.fields.way.by_browser:
            self._grant = None
            return True
        person = self.fields.way.signs_in_as
        whose = (account.address, account.imap_host, way, person)
        if self._granted_for != whose:
            self._grant = None
        if (self._has_let_in(account) and not person) or self._grant is not None:
            return True
        ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        browser = BrowserSignIn(self._accounts, self._tasks, self.theme, way, account, self, person=person)
        browser.granted.connect(self._take_grant)
        browser.finished.connect(lambda _result: ended.set_result(None) if not ended.done() else None)
        browser.begin()
        await ended
        self._granted_for = whose
        return self._grant is not None

    def _take_grant(self, grant: Grant) -> None:
        self._grant = grant

    # doing

    def _test_clicked(self) -> None:
        account = self._valid()
        if account is not None:
            self._work(lambda: self._test(account))

    def _save_clicked(self) -> None:
        account = self._valid()
        if account is not None:
            self._work(lambda: self._save(account))

    def _work(self, doing: Callable[[], Coroutine[Any, Any, object]]) -> None:
        if self._working is None or self._working.done():
            self._working = self._tasks.run(self._busily(doing))

    def _work_instead(self, doing: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Do something for which what is under way no longer matters: it is given up."""
        before = self._working
        self._working = self._tasks.run(self._busily(doing, before))

    async def _busily(
        self, doing: Callable[[], Coroutine[Any, Any, object]], before: asyncio.Future[object] | None = None
    ) -> None:
        if before is not None:
            before.cancel()
            await asyncio.wait([before])
        self._say()
        asked = cast("QWidget | None", self.focusWidget())
        self._set_busy(True)
        given = self.focusWidget()  # Qt gives the keyboard on when its button is disabled: to Cancel
        try:
            await doing()
        except Problem as problem:
            self._say(Banner(self.theme, problem.text, Tone.DANGER, details=problem.details))
        finally:
            if not self._closed:
                self._set_busy(False)
                if asked is not None and self.focusWidget() is given:
                    asked.setFocus(Qt.FocusReason.OtherFocusReason)

    def _set_busy(self, busy: bool) -> None:
        self.test_button.setEnabled(not busy)
        self.save_button.setEnabled(not busy)
        self._busy.setVisible(busy)

    def _drop_answer(self) -> None:
        """Take back what came, or would come, of a test: it is about something else by now."""
        if self._testing and self._working is not None:
            self._working.cancel()
            self._say(Banner(self.theme, _("You changed what is being tested, so the test was ended."), Tone.INFO))
        elif self._answered:
            self._say()

    async def _unlock(self) -> None:
        """Get at the passwords; says meanwhile for whom it waits."""
        self._busy_words.setText(_("Waiting for keyring or passphrase"))
        try:
            await self._tasks.errand(self._accounts.unlock())
        finally:
            if not self._closed:
                self._busy_words.setText(_("Asking the server"))

    async def _usable(self, account: MailAccount) -> bool:
        """Look at what only the disk knows; shows what is wrong with it."""
        fault = await self._tasks.read(self._accounts.ca_file_fault, account.ca_file) if account.ca_file else ""
        if fault:
            self.fields.complain({Field.CA_FILE: fault})
        return not fault

    async def _test(self, account: MailAccount) -> bool:
        """Try the account; shows what came of it."""
        self._testing = True
        try:
            return await self._ask_server(account)
        finally:
            self._testing = False

    async def _ask_server(self, account: MailAccount) -> bool:
        if not await self._usable(account) or not await self._let_in(account):
            return False
        password = self._password
        log.protect(password)
        if not password and account.key:
            await self._unlock()
        # a stored password comes out of a keyring that may ask the person
        smtp_password = self.fields.smtp_password.text()
        log.protect(smtp_password)
        test = partial(self._accounts.test, grant=self._grant)
        asked = await self._tasks.read(test, account, password or None, smtp_password or None)
        result = await self._tasks.errand(asked)
        if result.ok:
            self._tested = (account, password, smtp_password)
        if account.imap is not None and (result.ok or result.folders):
            self._listed = result.folders
            first = not self.fields.knows_folders
            self._show_folders(result.folders)
            if first:
                self._roles = dict(self.fields.roles.picked())
        if result.ok:
            stored = self._account
            as_stored = stored is not None and not (password or smtp_password) and _connects_alike(account, stored)
            sends = as_stored and account.smtp is not None
            offer = ((_("Write a test mail"), self._write_test_mail),) if sends else ()
            words = _("The servers answer, and signing in works.")
            self._say(Banner(self.theme, words, Tone.SUCCESS, actions=offer), answer=True)
            return True
        self._show_failure(account, result)
        return False

    def _write_test_mail(self) -> None:
        if self._account is not None:
            self.test_mail_wanted.emit(self._account.key)

    def _show_failure(self, account: MailAccount, result: TestResult) -> None:
        if result.remedy in (Remedy.SIGN_IN, Remedy.SETTINGS):
            self._grant = None  # the next try lets one sign in as somebody else
        words, act = _("Add anyway"), lambda: self._work(lambda: self._store(account))
        certificate = result.certificate
        if certificate is not None:
            words, act = _("Look at certificate"), lambda: self._show_certificate(result.problem, certificate)
        elif self._account is not None:
            words = _("Save anyway")
        problem = result.problem
        if result.in_sending:
            problem = _("Sending (SMTP): {problem}").format(problem=problem)
            self.fields.open_sending()
        banner = Banner(self.theme, problem, Tone.DANGER, details=result.details, actions=((words, act),))
        self._say(banner, answer=True)

    def _show_certificate(self, reason: str, certificate: Certificate) -> None:
        changed = certificate.replaces(self._trusted)
        CertificateQuestion(
            self.theme, reason, certificate, lambda: self._trust(certificate), self, changed=changed
        ).open()

    def _trust(self, certificate: Certificate) -> None:
        self._set_trusted((*self._trusted, certificate.exception))
        self._test_clicked()

    def _distrust(self, exception: str) -> None:
        self._set_trusted(tuple(one for one in self._trusted if one != exception))

    def _set_trusted(self, exceptions: tuple[str, ...]) -> None:
        """Take what is trusted; as everything here it counts when it is saved."""
        self._trusted = exceptions
        self.fields.show_trusted(exceptions)

    async def _save(self, account: MailAccount) -> None:
        password, smtp_password = self._password, self.fields.smtp_password.text()
        known = self._tested == (account, password, smtp_password)
        before = self._account
        alike = before is not None and not (password or smtp_password) and _connects_alike(account, before)
        untouched = alike and self._has_let_in(account)
        if await self._usable(account) and (known or untouched or await self._test(account)):
            await self._store(account)

    async def _store(self, account: MailAccount) -> None:
        if not await self._let_in(account):
            return
        draft, grant = self.fields.draft(), self._grant
        password = self._password or None
        smtp_password = self.fields.smtp_password.text() or None
        sends_newly = self._account is not None and self._account.smtp is None and account.smtp is not None
        if password or smtp_password or grant is not None or sends_newly:  # which takes over the password it has
            await self._unlock()
        if self._account is None:
            smtp_password = smtp_password or (password if account.smtp is not None else None)
            watched = draft.watched if self._listed else None
            add = partial(
                self._accounts.add, folders=self._listed, watched=watched, roles=self._changed_roles(), grant=grant
            )
            await self._tasks.write(add, account, password, smtp_password)
        else:
            changed = self._changed_roles() if draft.watched is not None else None
            edit = partial(self._accounts.edit, opened=self._account, watched=draft.watched, roles=changed, grant=grant)
            await self._tasks.write(edit, account, password, smtp_password)
        self.accept()

    def _ask_remove(self) -> None:
        account = self._account
        if account is not None:
            self._work_instead(lambda: self._show_removal(account))

    async def _show_removal(self, account: MailAccount) -> None:
        removal = await self._tasks.read(self._accounts.removal, account.key)

        def remove(purge: bool) -> None:
            self._work_instead(lambda: self._remove(account, purge=purge))

        RemovalQuestion(self.theme, account.address, removal, remove, self).open()

    async def _remove(self, account: MailAccount, *, purge: bool) -> None:
        went = await self._tasks.write(self._accounts.remove, account.key, purge_mails=purge)
        self.accept()
        if went.secrets_left:
            self.told.emit(went.secrets_left)

    def _say(self, banner: Banner | None = None, *, answer: bool = False) -> None:
        """Show a banner above the buttons in place of the one before; it may tell what came of a test."""
        self._answered = answer
        while (item := self._news.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if banner is not None:
            self._news.addWidget(banner)

    async def _load_folders(self, key: int) -> None:
        """Offer the folders that are known, with those now watched picked."""
        tree = await self._tasks.read(self._views.folder_tree)
        nodes = [node for account in tree.accounts if account.key == key for node in account.folders]
        if nodes:
            self._show_folders(nodes, [node.path for node in nodes if node.watched])
            self._roles = dict(self.fields.roles.picked())

    def _show_folders(self, folders: Sequence[Folder], watched: Collection[str] = ()) -> None:
        self.fields.show_folders(folders, watched)
        now = self.fields.draft()
        self._shown = replace(self._shown, watched=now.watched, roles=now.roles)

    def _forget(self) -> None:
        self._closed = True
        self._pause.stop()
        for task in (self._working, self._loading, self._finding):
            if task is not None:
                task.cancel()


def _connects_alike(account: MailAccount, before: MailAccount) -> bool:
    """Say whether nothing changed that a test could find wrong."""
    return (account.imap, account.smtp, account.ca_file, account.trusted_fingerprints) == (
        before.imap,
        before.smtp,
        before.ca_file,
        before.trusted_fingerprints,
    )
