"""A system without a keyring: the passphrase is asked for beside the mail, not before it, and a wrong one again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton

from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.window.account_popup import AccountPopup
from desktop.ui.window.passphrase import PassphraseQuestion
from tests.desk import PASSPHRASE, mail
from tests.journeys.program import Program, button
from tests.servers.dovecot import PASSWORD, Dovecot

pytestmark = pytest.mark.server


def _question(program: Program) -> PassphraseQuestion | None:
    found = program.window.findChildren(PassphraseQuestion)
    return next((one for one in found if shiboken6.isValid(one) and one.isVisible()), None)


async def _asked(program: Program, said: str = "") -> PassphraseQuestion:
    await program.until(lambda: (q := _question(program)) and said in q._first.accessibleDescription(), "the question")
    question = _question(program)
    assert question is not None
    return question


async def test_mail_is_read_while_passwords_are_locked_and_fetched_once_they_are_not(
    start: Callable[..., Program], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1), mail(2)])
    first = start()
    await first.add_account(dovecot, imap_user)
    await first.until(lambda: len(first.subjects()) == 2)
    first.quit()
    dovecot.deliver(imap_user, [mail(3)])

    program = start(asks_in_window=True)
    question = await _asked(program)
    await program.until(lambda: program.subjects() == ["Mail 2", "Mail 1"], "mail is there behind the question")
    question._first.setText("not it")
    program.press(Qt.Key.Key_Return)
    question = await _asked(program, "wrong")
    await program.until(question.isActiveWindow)
    program.press(Qt.Key.Key_Escape)
    await program.until(lambda: program.says("locked"), "the account says that it is locked")
    program.window.resize(1300, 800)  # so that list and reader stand side by side
    program.click("Mail 1")
    await program.until(lambda: program.painted, "mail can be read")

    [item] = program.window.status_bar._items.values()
    item.words.click()
    popup = program.window.findChild(AccountPopup)
    assert isinstance(popup, AccountPopup)
    assert popup.button.text() == "Unlock"
    assert not program.window.findChildren(MailAccountForm)
    popup.button.click()
    question = await _asked(program)
    button(question, "Not now").click()
    await program.until(lambda: not program.window.watch._is_asking)

    program.window.activateWindow()
    await program.until(program.window.isActiveWindow)
    program.press(Qt.Key.Key_F5)
    question = await _asked(program)
    _get_mail(program).click()
    button(question, "Not now").click()
    await program.until(lambda: not program.window.watch._is_asking, "what was wanted meanwhile does not ask again")
    assert not question_left(program)
    _get_mail(program).click()
    question = await _asked(program)
    question._first.setText(PASSPHRASE)
    button(question, "Unlock").click()

    await program.until(lambda: program.says("up to date"), "it is fetched again")
    await program.until(lambda: program.subjects() == ["Mail 3", "Mail 2", "Mail 1"])


async def test_a_passphrase_is_chosen_with_the_first_account(
    start: Callable[..., Program], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    program = start(asks_in_window=True)
    await program.until(lambda: program.window.middle.page is not None)
    button(program.window, "Enter servers by hand").click()
    form = program.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    form.fields.address.setText(imap_user)
    form.fields.password.setText(PASSWORD)
    form.fields.imap.security.setCurrentIndex(2)
    form.fields.imap.host.setText("localhost")
    form.fields.imap.port.setText(str(dovecot.imap_port))
    form.fields.smtp.host.clear()
    button(form, "Add account").click()

    question = await _asked(program, "At least 8")
    button(question, "Cancel").click()
    await program.until(lambda: form.save_button.isEnabled() and not question_left(program))
    refused = program.core.services.accounts.all()
    button(form, "Add account").click()
    question = await _asked(program, "At least 8")
    question._first.setText("several words are good")
    question._second.setText("several words are good")
    button(question, "Continue").click()

    await program.until(lambda: program.says("up to date") and program.subjects() == ["Mail 1"])
    assert refused == ()
    assert program.core.profile.vault.exists()


def _get_mail(program: Program) -> QAbstractButton:
    buttons = program.window.findChildren(QAbstractButton)
    return next(each for each in buttons if each.accessibleName() == "Get mail" and each.isVisible())


def question_left(program: Program) -> bool:
    return _question(program) is not None
