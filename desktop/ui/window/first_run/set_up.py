"""Setting up an account in four steps: address, sign-in, check, folders. GUI thread; it waits for nothing.

A password goes to a server only after its host was seen on the second step and Sign in was pressed there; where only
unsigned DNS vouches for the host, not before the person said that he knows it (C42). A server that cannot prove its
name, or a network that asks to be signed in to first, gets nothing either (R39, R40).
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine
from enum import IntEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base import log
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.certificate import Certificate
from desktop.domain.mail.account_check import Check
from desktop.domain.mail.discovery import Candidate
from desktop.domain.mail.found_server import domain_of
from desktop.domain.mail.mail_account import MailAccount, is_address
from desktop.ui.preferences.browser_sign_in import BrowserSignIn
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.preferences.client_form import ClientForm
from desktop.ui.preferences.sign_in_way import find_way
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.first_run.address_step import AddressStep
from desktop.ui.window.first_run.card import PADDING_PX, SHADOW_PX, Card, Promise
from desktop.ui.window.first_run.check_step import CheckStep
from desktop.ui.window.first_run.folders_step import FoldersStep
from desktop.ui.window.first_run.foot import Foot
from desktop.ui.window.first_run.server_search import ServerSearch
from desktop.ui.window.first_run.sign_in_step import SignInStep
from desktop.ui.window.first_run.step_row import StepRow

if TYPE_CHECKING:
    from desktop.domain.mail.folder import ServerFolder
    from desktop.domain.mail.grant import Grant
    from desktop.services.errands import TestResult
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.sign_in_providers import SignInProviders
    from desktop.services.settings import Settings


class Step(IntEnum):
    ADDRESS = 0
    SIGN_IN = 1
    CHECK = 2
    FOLDERS = 3


class SetUp(QWidget):
    """The row of steps, the card, and the promise below it. `is_first` says that there is no account yet."""

    ended = Signal()
    """The account is added, or the person wants none now."""
    by_hand_wanted = Signal(object, str)
    """The account as far as it is known, and the password that was written: the form takes over."""
    _checked = Signal(int, object)
    """The turn, and a step of the trial; from its thread."""

    def __init__(
        self,
        accounts: MailAccounts,
        providers: SignInProviders,
        preferences: Settings,
        tasks: Tasks,
        theme: Theme,
        *,
        is_first: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._accounts, self._providers, self._tasks, self._theme = accounts, providers, tasks, theme
        self._preferences = preferences
        self._is_first = is_first
        self._id = uuid.uuid4()
        self._trusted: tuple[str, ...] = ()
        self._listed: tuple[ServerFolder, ...] = ()
        self._passed = False
        """The servers have been tried and work."""
        self._grant: Grant | None = None
        """What the sign-in in the browser gave."""
        self._finding: asyncio.Future[object] | None = None
        self._working: asyncio.Future[object] | None = None
        self._turn = 0
        """Counts what was begun or given up: what comes of an earlier turn is not shown."""
        self.step = Step.ADDRESS
        self.search = ServerSearch(accounts, tasks, self)
        self.address = AddressStep(theme, is_first=is_first)
        self.sign_in = SignInStep(theme, self._want_by_hand, self.search.again)
        self.check = CheckStep(theme, self._want_by_hand)
        self.folders = FoldersStep(theme, is_first=is_first)
        self._pages: dict[Step, QWidget] = {
            Step.ADDRESS: self.address,
            Step.SIGN_IN: self.sign_in,
            Step.CHECK: self.check,
            Step.FOLDERS: self.folders,
        }
        self.steps = StepRow(theme, (_("Address"), _("Sign-in"), _("Check"), _("Folders")))
        self.foot = Foot(theme, PADDING_PX)
        self._lay_out()
        self._connect()
        self._turn_to(Step.ADDRESS)

    def _lay_out(self) -> None:
        above = QVBoxLayout()
        above.setContentsMargins(SHADOW_PX, 0, SHADOW_PX, 0)
        above.addWidget(self.steps)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(above)
        column.addWidget(Card(self._theme, tuple(self._pages.values()), self.foot))
        column.addWidget(Promise(self._theme))

    def _connect(self) -> None:
        self.search.changed.connect(self._show_search)
        self.address.address.textChanged.connect(self._address_changed)
        self.address.submitted.connect(self.go_on)
        self.sign_in.submitted.connect(self.go_on)
        self.sign_in.way.client_wanted.connect(self._ask_for_client)
        self.foot.onward_pressed.connect(self.go_on)
        self.foot.back_pressed.connect(self.go_back)
        self.foot.cancel_pressed.connect(self.ended)
        self.foot.by_hand_pressed.connect(self._want_by_hand)
        self._checked.connect(self._show_check)

    # going

    def go_on(self) -> None:
        """Do what the button of the step says."""
        if not self.foot.onward.isEnabled():
            return
        if self.step is Step.ADDRESS:
            self._work(self._leave_address, _("One moment"))
        elif self.step is Step.SIGN_IN:
            if not self.sign_in.complain():
                self._sign_in()
        elif self.step is Step.CHECK:
            self._turn_to(Step.FOLDERS)
        elif not self.folders.complain():
            self._work(self._add, _("Adding the account"))

    def go_back(self) -> None:
        """Be at the step before; what is under way is given up."""
        if not self.foot.back.isEnabled():
            return
        if self.step is not Step.ADDRESS:
            self._give_up()
            self._turn_to(Step(self.step - 1))
        elif not self._is_first:
            self.ended.emit()

    def take_keyboard(self) -> None:
        """Give the keyboard to what is to be filled in or pressed next."""
        if self.step is Step.ADDRESS:
            (self.address.address if self.address.name.text() else self.address.name).setFocus()
        elif self.step is Step.SIGN_IN:
            (self.foot.onward.setFocus if self.sign_in.by_browser else self.sign_in.take_keyboard)()
        elif self.step is Step.CHECK and self.check.news.banner is not None:
            self.check.news.take_keyboard()
        elif self.step is Step.CHECK:
            # on no button while it runs: one Enter more would give it up
            (self.foot.onward if self.foot.onward.isEnabled() else self.check).setFocus()
        else:
            self.foot.onward.setFocus()

    def stop(self) -> None:
        """Give up whatever is under way."""
        self._give_up()
        if self._finding is not None:
            self._finding.cancel()
        self.search.stop()

    def _turn_to(self, step: Step) -> None:
        self.step = step
        for each, page in self._pages.items():
            page.setVisible(each is step)
        self.steps.set_current(step)
        texts = {
            Step.ADDRESS: _("Continue"),
            Step.SIGN_IN: _("Sign in"),
            Step.CHECK: _("Choose folders"),
            Step.FOLDERS: _("Add account"),
        }
        self.foot.offer(texts[step])
        self.foot.back.setVisible(step is not Step.ADDRESS)
        self.foot.cancel.setVisible(step is Step.ADDRESS and not self._is_first)
        self.foot.by_hand.setVisible(step is Step.ADDRESS)
        self.folders.say()
        self._show_search()
        self._allow()
        self.take_keyboard()

    def _allow(self) -> None:
        """Offer the way on where there is one."""
        self.foot.onward.setVisible(self.step is not Step.SIGN_IN or self.sign_in.candidate is not None)
        self.foot.onward.setEnabled(self.step is not Step.CHECK or self._passed)

    def _show_search(self) -> None:
        if self.step is Step.ADDRESS:
            self.address.show_search(self.search)
        elif self.step is Step.SIGN_IN:
            had = self.sign_in.candidate
            self.sign_in.show_search(self.search, self._address)
            self._allow()
            if self.search.found is not None and had is not self.sign_in.candidate:
                self.take_keyboard()
            if had is not self.sign_in.candidate:
                self._find_way()

    def _address_changed(self, address: str) -> None:
        # a password is for the servers of one address
        self.sign_in.password.clear()
        self._grant = None
        self._trusted = ()
        self._passed = False
        self.search.typed(address)

    # values

    @property
    def _address(self) -> str:
        return self.address.address.text().strip()

    def _account(self, candidate: Candidate | None) -> MailAccount:
        address = self._address
        return MailAccount(
            self._id,
            address,
            self.address.name.text().strip(),
            imap=candidate.imap.endpoint(address) if candidate else None,
            smtp=candidate.smtp.endpoint(address) if candidate and candidate.smtp else None,
            fetch_since=self.folders.since,
            trusted_fingerprints=self._trusted,
        )

    def _want_by_hand(self) -> None:
        """Let the form go on with what is known; what is under way here is given up."""
        self._give_up()
        if self.step is Step.CHECK:
            self._turn_to(Step.SIGN_IN)
        candidate = self.search.found.best if self.search.found is not None else None
        if self.step is Step.ADDRESS and candidate is not None and not candidate.trusted:
            candidate = None  # its servers were not seen yet, nor what is to be doubted about them
        self.by_hand_wanted.emit(self._account(candidate), self.sign_in.password.text())

    # doing

    def _work(self, doing: Callable[[], Coroutine[Any, Any, None]], words: str) -> None:
        self._give_up()
        self._working = self._tasks.run(self._busily(doing, words, self._turn))

    async def _busily(self, doing: Callable[[], Coroutine[Any, Any, None]], words: str, turn: int) -> None:
        self.foot.be_busy(words)
        self.foot.onward.setEnabled(False)
        try:
            await doing()
        finally:
            if turn == self._turn:
                self.foot.be_busy("")
                self._allow()

    def _give_up(self) -> None:
        """Forget what is under way: nothing of it is shown any more."""
        if self._working is not None:
            self._working.cancel()
            self._working = None
            self.foot.be_busy("")
        self._turn += 1

    async def _leave_address(self) -> None:
        address = self._address
        if not is_address(address) or not domain_of(address):
            self.address.complain(_("Write an address like name@example.org."))
            return
        try:
            await self._tasks.read(self._accounts.check_new, self._account(None))
        except Problem as problem:
            self.address.complain(problem.text)
            return
        self.search.now(address)
        self._turn_to(Step.SIGN_IN)

    def _find_way(self) -> None:
        """Look how one signs in to the servers that are shown."""
        if self._finding is not None:
            self._finding.cancel()
        candidate = self.sign_in.candidate
        if candidate is not None:
            self._finding = self._tasks.run(self._show_way(candidate))

    async def _show_way(self, candidate: Candidate) -> None:
        host = candidate.imap.host
        way = await find_way(self._tasks, self._accounts, self._providers, self._address, host)
        if candidate is self.sign_in.candidate:
            self.sign_in.show_way(way)
            if self.step is Step.SIGN_IN and candidate.trusted and self.sign_in.by_browser:
                self.take_keyboard()

    def _ask_for_client(self) -> None:
        way = self.sign_in.way.way
        if way is not None:
            form = ClientForm(self._providers, self._accounts, self._tasks, self._theme, way.provider, self.window())
            form.kept.connect(self._find_way)
            form.open()

    def _sign_in(self) -> None:
        """Try the account with the password, or with what a sign-in in the browser gives first."""
        self._grant = None
        way = self.sign_in.way.way
        if way is None or not self.sign_in.by_browser:
            self._try()
            return
        account = self._account(self.sign_in.candidate)
        person = self.sign_in.way.signs_in_as
        browser = BrowserSignIn(self._accounts, self._tasks, self._theme, way, account, self.window(), person=person)
        browser.granted.connect(self._granted)
        browser.begin()

    def _granted(self, grant: Grant) -> None:
        self._grant = grant
        self._try()

    def _try(self) -> None:
        self._passed = False
        self._turn_to(Step.CHECK)
        self._work(self._check, "")

    async def _check(self) -> None:
        """Try the account; shows each step of it, and what came of it."""
        candidate = self.sign_in.candidate
        if candidate is None:
            return
        self._passed = False
        turn, account, grant = self._turn, self._account(candidate), self._grant
        password = self.sign_in.password.text() if grant is None else None
        log.protect(password or "")
        self.check.begin(candidate, self.search.domain, account.address, by_browser=grant is not None)

        def tell(step: Check) -> None:
            self._checked.emit(turn, step)

        result = await self._tasks.errand(self._accounts.test(account, password, password, tell, grant))
        if result.ok or result.folders:
            # one may go on to read mail where only sending does not work yet
            self._listed, self._passed = result.folders, True
            self.folders.show_folders(result.folders)
            self._allow()
        if not result.ok:
            self._show_failure(result)
        self.take_keyboard()

    def _show_check(self, turn: int, step: Check) -> None:
        if turn == self._turn:
            self.check.checks.tell(step)

    def _show_failure(self, result: TestResult) -> None:
        certificate = result.certificate
        action: tuple[str, Callable[[], object]]
        if certificate is not None:
            action = (_("Look at certificate"), partial(self._ask_trust, result.problem, certificate))
        elif result.remedy == Remedy.SIGN_IN:
            action = (_("Change password") if self._grant is None else _("Sign in again"), self.go_back)
        else:
            action = (_("Try again"), partial(self._work, self._check, ""))
        self.check.show_failure(result, (action,))

    def _ask_trust(self, reason: str, certificate: Certificate) -> None:
        CertificateQuestion(self._theme, reason, certificate, partial(self._trust, certificate), self.window()).open()

    def _trust(self, certificate: Certificate) -> None:
        self._trusted = (*self._trusted, certificate.exception)
        self._work(self._check, "")

    async def _add(self) -> None:
        """Store the account; the engine begins to fetch at once."""
        candidate, grant = self.sign_in.candidate, self._grant
        password = self.sign_in.password.text() if grant is None else None
        self.folders.say()
        try:
            self.foot.be_busy(_("Waiting for keyring or passphrase"))
            await self._tasks.errand(self._accounts.unlock())
            self.foot.be_busy(_("Adding the account"))
            account = self._account(candidate)
            watched = self.folders.picks.picked() if self._listed else None
            add = partial(self._accounts.add, folders=self._listed, watched=watched, grant=grant)
            self.foot.back.setEnabled(False)  # it cannot be given up half way
            if self._is_first:
                await self._tasks.write(self._preferences.set, settings.NOTIFY, self.folders.notify.isChecked())
            await self._tasks.write(add, account, password, password if account.smtp is not None else None)
        except Problem as problem:
            self.folders.say(problem.text, problem.details)
            return
        finally:
            self.foot.back.setEnabled(True)
        self.sign_in.password.clear()
        self._grant = None
        self.ended.emit()
