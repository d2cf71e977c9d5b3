"""Whatever a server does wrong: a sentence, its own words folded behind it, and one button, at each of three places."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.app.console import Console
from desktop.base.errors import Remedy
from desktop.domain.certificate import Certificate
from desktop.domain.mail.mail_account import AccountStatus, Activity, MailAccount
from desktop.net import errors
from desktop.services.errands import TestResult
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.wrapped_text import SelectableText
from desktop.ui.window.account_popup import AccountPopup
from desktop.ui.window.account_words import status_words
from desktop.ui.window.status_bar import StatusBar
from tests.ui.window.conftest import Desk

HOST, WORDS = "imap.firm.example", "NO [ODD] <b>these</b> are the server's words"
ACCOUNT = MailAccount(uuid.uuid4(), "jan@firm.example", key=1)
CERTIFICATE = Certificate(HOST, 993, "ab" * 32, "Somebody", "Somebody else")

PROBLEMS: tuple[errors.NetProblem, ...] = (
    errors.Cancelled(HOST),
    errors.ConnectionLost(HOST, details=WORDS),
    errors.HostUnreachable(HOST, 993, details=WORDS),
    errors.NameNotFound(HOST, details=WORDS),
    errors.TlsFailed(HOST, 993, details=WORDS),
    errors.TlsFailed(HOST, 993, too_old=True, details=WORDS),
    *(errors.CertificateUntrusted(HOST, reason, CERTIFICATE, details=WORDS) for reason in errors.Untrusted),
    errors.CertificateUntrusted(HOST, errors.Untrusted.OTHER, details=WORDS),
    errors.NetworkNeedsLogin(HOST),
    errors.CaFileUnusable("/home/jan/ca.pem", details=WORDS),
    errors.StartTlsRefused(HOST, details=WORDS),
    errors.SignInNotPossible(HOST, details=WORDS),
    errors.WrongPassword(HOST, "jan", details=WORDS),
    errors.PasswordMissing("jan"),
    errors.SignInTemporarilyRefused(HOST, "jan", details=WORDS),
    errors.TooManyConnections(HOST, details=WORDS),
    errors.Throttled(HOST, details=WORDS),
    errors.ServerRefused(HOST, code="ODD", details=WORDS),
    errors.FolderGone(HOST, "Lists", details=WORDS),
    errors.FolderExists(HOST, "Lists", details=WORDS),
    errors.OverQuota(HOST, details=WORDS),
    errors.ProtocolBroken(HOST, details=WORDS),
    errors.UnsafeArgument("a\r\nb"),
    errors.TooLarge(HOST, 10 << 20),
    errors.SecretsUnavailable("The keyring is locked. Unlock it and try again.", details=WORDS),
    errors.VaultLocked(),
    errors.VaultLocked(is_new=True),
    errors.WrongPassphrase(),
    errors.ImageRefused(HOST, details=WORDS),
    errors.TokenRefused(HOST, "jan", details=WORDS),
    errors.TokenNotPossible(HOST),
    errors.TokenNotPossible(HOST, clear=True),
    errors.MailboxNotOpened(HOST, details=WORDS),
    errors.SignedInByAlias(HOST, details=WORDS),
    errors.SignInEnded("jan", details=WORDS),
    errors.ClientRefused("Firm Mail", details=WORDS),
)
BUTTONS = {
    Remedy.NONE: "Retry",
    Remedy.RETRY: "Retry",
    Remedy.SIGN_IN: "Sign in again",
    Remedy.SETTINGS: "Settings",
    Remedy.TRUST_CERTIFICATE: "Look at certificate",
    Remedy.UNLOCK: "Unlock",
}

every = pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: type(problem).__name__)


def _classes(of: type[errors.NetProblem]) -> Iterator[type[errors.NetProblem]]:
    for one in of.__subclasses__():
        yield one
        yield from _classes(one)


def test_none_is_left_out() -> None:
    # a sentence beside what was done, and what the tray then shows: no troubles of an account
    told_elsewhere = {errors.ForgottenLater, errors.NotificationsUnavailable, errors.UnsubscribeRefused}
    of_one_mail = {  # told where that mail is
        errors.AddressNotSendable,
        errors.EncryptionRequired,
        errors.MessageRefused,
        errors.MessageTooLarge,
        errors.OutcomeUnknown,
        errors.SendingLimitReached,
        errors.SendingPostponed,
        errors.SignInRequired,
        errors.SmtpSwitchedOff,
    }
    of_a_browser_sign_in = {  # told in its window
        errors.AccessDenied,
        errors.ForeignAnswer,
        errors.NobodySignedIn,
        errors.SignInFailed,
    }
    assert {type(problem) for problem in PROBLEMS} | told_elsewhere | of_one_mail | of_a_browser_sign_in == {
        one for one in _classes(errors.NetProblem) if one.__module__ == errors.__name__
    }


def _certificate(problem: errors.NetProblem) -> Certificate | None:
    return problem.certificate if isinstance(problem, errors.CertificateUntrusted) else None


@every
def test_the_status_bar_says_it_with_one_button(theme: Theme, qtbot: QtBot, problem: errors.NetProblem) -> None:
    bar = StatusBar(theme)
    qtbot.addWidget(bar)
    bar.resize(1384, 26)
    bar.show()
    activity = Activity.WAITING if problem.can_retry else Activity.TROUBLE
    status = AccountStatus(
        1, activity, problem=problem.text, details=problem.details, remedy=problem.remedy.value,
        certificate=_certificate(problem),
    )  # fmt: skip
    bar.show_accounts((ACCOUNT,), {1: status})

    bar._items[1].words.click()

    popup = bar.findChild(AccountPopup)
    assert isinstance(popup, AccountPopup)
    texts = {part.text(): part.isVisible() for part in popup.findChildren(Paragraph)}
    texts |= {part.toPlainText(): part.isVisible() for part in popup.findChildren(SelectableText)}
    pressed = [
        b.text()
        for b in popup.findChildren(QPushButton)
        if b.isVisible() and b.text() not in ("", "Answer of the server")
    ]
    popup.close()
    assert status_words("jan@", status).text.startswith("jan@: ")
    assert ACCOUNT.address in popup.accessibleName()
    assert texts[problem.text] is True
    assert problem.text.endswith(".") or problem.text.partition(": ")[2]
    assert not problem.details or texts[problem.details] is False
    assert pressed == [BUTTONS[problem.remedy]]


async def test_the_form_says_each_with_one_thing_to_do(empty_desk: Desk, tasks: Tasks, theme: Theme) -> None:
    services = empty_desk.core.services
    form = MailAccountForm(
        services.accounts, services.providers, services.views, tasks, theme, empty_desk.window.writing.signature_editor
    )
    form.show()

    def banners() -> list[Banner]:
        return [one for one in form.findChildren(Banner) if one.isVisible()]

    said = []
    for problem in PROBLEMS:
        certificate = _certificate(problem)
        result = TestResult(False, problem.text, problem.details, problem.remedy.value, certificate)
        form._show_failure(ACCOUNT, result)
        await empty_desk.until(lambda: len(banners()) == 1)
        [banner] = banners()
        pressed = [b.text() for b in banner.findChildren(QPushButton) if b.isVisible() and b.text() != "Details"]
        said.append((banner.text, banner._details.isVisible(), banner._details.text(), pressed))
        form._say()
        await empty_desk.until(lambda: not banners())
    form.close()

    assert said == [
        (problem.text, False, problem.details, ["Look at certificate" if _certificate(problem) else "Add anyway"])
        for problem in PROBLEMS
    ]
    assert not any(WORDS in problem.text for problem in PROBLEMS)


@every
def test_the_command_line_says_it_in_one_line(problem: errors.NetProblem) -> None:
    said: list[str] = []

    Console(lambda _octets: None, said.append).complain(problem)

    [line] = said
    assert line.count("\n") == 1
    assert line.startswith(problem.text[:20])
    assert not problem.details or problem.details in line
