"""The form of a mail account: add, edit, test, remove. What it says of a test is one sentence; the server's words are
folded behind it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from desktop.base import clock, log
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.mail_account import MailAccount, Mode
from desktop.ui.preferences.account_draft import (
    IMAP_PORTS,
    SMTP_PORTS,
    Draft,
    Field,
    account_of,
    complaints,
    draft_of,
    guessed_hosts,
)
from desktop.ui.preferences.fold import Fold
from desktop.ui.preferences.folder_picks import FolderPicks
from desktop.ui.preferences.server_fields import ServerFields
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.choices import CheckBox, Select
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.progress import Spinner

if TYPE_CHECKING:
    from desktop.services.errands import TestResult
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.views import MailViews

_SINCE_DAYS = (30, 365)


class MailAccountForm(Dialog):
    """Opened with `show`. `account` None adds a new one."""

    def __init__(
        self,
        accounts: MailAccounts,
        views: MailViews,
        tasks: Tasks,
        theme: Theme,
        account: MailAccount | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, _("Add mail account") if account is None else account.address, parent)
        self._accounts = accounts
        self._views = views
        self._tasks = tasks
        self._account = account
        self._tested: tuple[MailAccount, str] | None = None
        self._listed: tuple[ServerFolder, ...] = ()
        self._working: asyncio.Future[object] | None = None
        self._loading: asyncio.Future[object] | None = None
        self._closed = False
        self._trusted: tuple[str, ...] = account.trusted_fingerprints if account else ()
        self.resize(560, 640)
        self._build()
        self._fill(draft_of(account))
        self.address.textChanged.connect(self._guess)
        self.finished.connect(self._forget)
        if account is not None:
            self._loading = tasks.run(self._load_folders(account.key))

    # what the form looks like

    def _build(self) -> None:
        theme = self.theme
        self.address = LineEdit(theme, _("Address"), placeholder="name@example.org")
        self.name = LineEdit(theme, _("Your name"))
        self.password = LineEdit(theme, _("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        if self._account is not None:
            self.password.setPlaceholderText(_("Unchanged"))
        self.imap = ServerFields(theme, IMAP_PORTS)
        self.smtp = ServerFields(theme, SMTP_PORTS)
        self.smtp_password = LineEdit(theme, _("Password"), placeholder=_("The same as for receiving"))
        self.smtp_password.setEchoMode(QLineEdit.EchoMode.Password)
        self.mode = Select(theme, _("Server and Rapport"))
        self.mode.addItem(_("Keep in step: what I do here happens on the server"), Mode.TWO_WAY.value)
        self.mode.addItem(_("Archive only: nothing changes on the server"), Mode.ARCHIVE_ONLY.value)
        self.since = Select(theme, _("Fetch"))
        self.picks = FolderPicks(theme)
        self.size_limit = _numbers(Select(theme, _("Large mails")), (1, 5, 10, 25, 50), _megabytes)
        self.interval = _numbers(Select(theme, _("Look for mail")), (1, 5, 15, 30, 60), _minutes)
        self.keep_unread = CheckBox(theme, _("Leave fetched mail unread on the server"))
        self.store_sent = CheckBox(theme, _("Keep a copy of sent mail on the server"))
        self._rows = {Field.ADDRESS: FormRow(theme, _("Address"), self.address)}
        self._rows[Field.IMAP_HOST], self._rows[Field.IMAP_PORT] = self.imap.host_row, self.imap.port_row
        self._rows[Field.SMTP_HOST], self._rows[Field.SMTP_PORT] = self.smtp.host_row, self.smtp.port_row
        self._rows[Field.SINCE] = FormRow(theme, _("Fetch"), self.since)
        self._picks_row = FormRow(theme, _("Folders to watch"), self.picks)
        self._picks_row.hide()

        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(20, 16, 20, 16)
        self._column.setSpacing(8)
        for row in (
            self._rows[Field.ADDRESS],
            FormRow(theme, _("Your name"), self.name, hint=_("As others see it.")),
            FormRow(theme, _("Password"), self.password, hint=_("Kept in the keyring of this computer.")),
        ):
            self._column.addWidget(row)
        self._column.addSpacing(4)
        incoming = Fold(theme, _("Receiving (IMAP)"), is_open=True)
        incoming.content.addWidget(self.imap)
        sending = Fold(theme, _("Sending (SMTP)"))
        sending.content.addWidget(self.smtp)
        sending.content.addWidget(FormRow(theme, _("Password"), self.smtp_password))
        fetching = Fold(theme, _("What is fetched"), is_open=True)
        for row in (
            FormRow(theme, _("Server and Rapport"), self.mode),
            self._rows[Field.SINCE],
            self._picks_row,
        ):
            fetching.content.addWidget(row)
        more = Fold(theme, _("More"))
        for widget in (
            FormRow(theme, _("Large mails"), self.size_limit),
            FormRow(theme, _("Look for mail"), self.interval, hint=_("New mail in the Inbox is also told at once.")),
            self.keep_unread,
            self.store_sent,
        ):
            more.content.addWidget(widget)
        for fold in (incoming, sending, fetching, more):
            self._column.addWidget(fold)
        self._column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring themselves into sight
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        self.body.addWidget(scroll, 1)
        self._news = QVBoxLayout()
        self._news.setContentsMargins(20, 0, 20, 12)
        self.body.addLayout(self._news)
        self._build_footer()
        self.mode.currentIndexChanged.connect(self._mode_changed)

    def _build_footer(self) -> None:
        if self._account is not None:
            self.add_button(_("Remove…"), self._ask_remove, Kind.DANGER)
        busy = QWidget()
        row = QHBoxLayout(busy)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Spinner(self.theme))
        row.addWidget(Paragraph(self.theme, _("Asking the server"), "small", "secondary"))
        busy.hide()
        self._busy = busy
        self.footer.row.addWidget(busy)
        self.footer.row.addStretch(1)
        self.test_button = self.add_button(_("Test"), self._test_clicked)
        self.add_button(_("Cancel"), self.close)
        words = _("Add account") if self._account is None else _("Save")
        self.save_button = self.add_button(words, self._save_clicked, Kind.PRIMARY)

    # values

    def _fill(self, draft: Draft) -> None:
        self.address.setText(draft.address)
        self.name.setText(draft.name)
        self.imap.show_server(draft.imap)
        self.smtp.show_server(draft.smtp)
        self.mode.setCurrentIndex(max(self.mode.findData(draft.mode.value), 0))
        today = clock.to_datetime(clock.now()).date()
        self.since.addItem(_("Everything"), "")
        for days, words in zip(_SINCE_DAYS, (_("The last 30 days"), _("The last year")), strict=True):
            self.since.addItem(words, (today - timedelta(days=days)).isoformat())
        if draft.since and self.since.findData(draft.since) < 0:
            self.since.addItem(_("Since {day}").format(day=draft.since), draft.since)
        self.since.setCurrentIndex(self.since.findData(draft.since))
        _pick_number(self.size_limit, draft.size_limit_mb, _megabytes)
        _pick_number(self.interval, draft.interval_min, _minutes)
        self.keep_unread.setChecked(draft.keep_unread)
        self.store_sent.setChecked(draft.store_sent)
        self._mode_changed()

    def draft(self) -> Draft:
        """Return what stands in the form."""
        return Draft(
            self.address.text().strip(),
            self.name.text().strip(),
            self.imap.server(),
            self.smtp.server(),
            Mode(self.mode.currentData()),
            str(self.since.currentData()),
            int(self.size_limit.currentData()),
            int(self.interval.currentData()),
            self.keep_unread.isChecked(),
            self.store_sent.isChecked(),
        )

    def _guess(self, address: str) -> None:
        if self._account is None:
            imap, smtp = guessed_hosts(address)
            self.imap.guess(imap, address.strip())
            self.smtp.guess(smtp, address.strip())

    def _mode_changed(self) -> None:
        self.keep_unread.setEnabled(self.mode.currentData() == Mode.ARCHIVE_ONLY.value)

    def _valid(self) -> MailAccount | None:
        """Return the account of the form, or show what is wrong with it."""
        draft = self.draft()
        found = complaints(draft)
        for field, row in self._rows.items():
            row.say(found.get(field, ""))
        if found:
            return None
        return replace(account_of(draft, self._account), trusted_fingerprints=self._trusted)

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
            self._working = self._tasks.run(self._busily(doing()))

    async def _busily(self, doing: Coroutine[Any, Any, object]) -> None:
        self._say()
        asked = cast("QWidget | None", self.focusWidget())
        self._set_busy(True)
        given = self.focusWidget()  # Qt gives the keyboard on when its button is disabled: to Cancel
        try:
            await doing
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

    async def _test(self, account: MailAccount) -> bool:
        """Try the account; shows what came of it. Without an IMAP half there is nothing to try."""
        if account.imap is None:
            return True
        password = self.password.text()
        log.protect(password)
        # a stored password comes out of a keyring that may ask the person, or out of the vault
        asked = await self._tasks.read(self._accounts.test, account, password or None)
        result = await self._tasks.errand(asked)
        if result.ok:
            self._tested = (account, password)
            self._listed = result.folders
            self.picks.show_folders(result.folders)
            self._picks_row.show()
            self._say(Banner(self.theme, _("The server answers and the password is right."), Tone.SUCCESS))
            return True
        self._show_failure(account, result)
        return False

    def _show_failure(self, account: MailAccount, result: TestResult) -> None:
        actions: list[tuple[str, Callable[[], object]]] = []
        if result.remedy == Remedy.TRUST_CERTIFICATE and result.fingerprint:
            actions.append((_("Trust certificate"), lambda: self._trust(result.fingerprint)))
        if self._account is None:
            actions.append((_("Add anyway"), lambda: self._work(lambda: self._store(account))))
        else:
            actions.append((_("Save anyway"), lambda: self._work(lambda: self._store(account))))
        details = result.details
        if result.fingerprint:
            details = f"{details}\n{result.fingerprint}".strip()
        self._say(Banner(self.theme, result.problem, Tone.DANGER, details=details, actions=tuple(actions)))

    def _trust(self, fingerprint: str) -> None:
        self._trusted = (*self._trusted, fingerprint)
        self._test_clicked()

    async def _save(self, account: MailAccount) -> None:
        known = self._tested == (account, self.password.text())
        untouched = self._account is not None and not self.password.text() and account.imap == self._account.imap
        if known or untouched or await self._test(account):
            await self._store(account)

    async def _store(self, account: MailAccount) -> None:
        password = self.password.text() or None
        smtp_password = self.smtp_password.text() or (password if account.smtp is not None else None)
        picked = self.picks.picked()
        if self._account is None:
            add = partial(self._accounts.add, folders=self._listed, watched=picked if self._listed else None)
            await self._tasks.write(add, account, password, smtp_password)
        else:
            await self._tasks.write(self._accounts.edit, account, password, smtp_password)
            if not self._picks_row.isHidden():
                await self._tasks.write(self._accounts.watch, account.key, picked)
        self.accept()

    def _ask_remove(self) -> None:
        account = self._account
        if account is None:
            return
        confirm(
            self.theme,
            self,
            title=_("Remove this mail account?"),
            text=_("Its mails leave this computer. On the server nothing changes."),
            action=_("Remove account"),
            on_yes=lambda: self._work(lambda: self._remove(account)),
        )

    async def _remove(self, account: MailAccount) -> None:
        await self._tasks.write(self._accounts.remove, account.key)
        self.accept()

    def _say(self, banner: Banner | None = None) -> None:
        """Show a banner above the buttons in place of the one before."""
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
            self.picks.show_folders(nodes, [node.path for node in nodes if node.watched])
            self._picks_row.show()

    def _forget(self) -> None:
        self._closed = True
        for task in (self._working, self._loading):
            if task is not None:
                task.cancel()


def _megabytes(n: int) -> str:
    return _("over {n} MB on demand").format(n=n)


def _minutes(n: int) -> str:
    return n_("every minute", "every {n} minutes", n).format(n=n)


def _numbers(select: Select, numbers: tuple[int, ...], words: Callable[[int], str]) -> Select:
    for number in numbers:
        select.addItem(words(number), number)
    return select


def _pick_number(select: Select, number: int, words: Callable[[int], str]) -> None:
    if select.findData(number) < 0:
        select.addItem(words(number), number)
    select.setCurrentIndex(select.findData(number))
