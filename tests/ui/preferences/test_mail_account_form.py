"""The form of a mail account against a real server: found wrong in words, tested, added, edited, removed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.app.core import Core, build_core
from desktop.base import log
from desktop.base.paths import Profile
from desktop.domain.mail.mail_account import Security
from desktop.ui.preferences.account_draft import Field
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy

DEADLINE_S = 30


@pytest.fixture
def core(tmp_path: Path) -> Iterator[Core]:
    """A new profile whose vault has a passphrase."""
    made = build_core(Profile(tmp_path / "profile"), lambda _new: "a passphrase of tests")
    yield made
    made.close()


@pytest.fixture
def form(core: Core, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[MailAccountForm]:
    """An empty form."""
    made = MailAccountForm(core.services.accounts, core.services.views, tasks, theme)
    made.show()
    yield made
    if shiboken6.isValid(made):
        made.close()


async def _until(condition: Callable[[], bool]) -> None:
    for _ in range(DEADLINE_S * 100):
        if condition():
            return
        await asyncio.sleep(0.01)
    pytest.fail("the form did not come to this in time")


def _gone(form: MailAccountForm) -> bool:
    return not shiboken6.isValid(form) or not form.isVisible()


def _fill(form: MailAccountForm, server: Dovecot, user: str, password: str, *, tls: bool = False) -> None:
    form.address.setText(user)
    form.password.setText(password)
    form.imap.security.setCurrentIndex(form.imap.security.findData((Security.TLS if tls else Security.PLAIN).value))
    form.imap.host.setText("localhost")
    form.imap.port.setText(str(server.imaps_port if tls else server.imap_port))
    form.smtp.host.setText("")


def _banner(form: MailAccountForm) -> Banner | None:
    return next((banner for banner in form.findChildren(Banner) if banner.isVisible()), None)


def _press(form: MailAccountForm, words: str) -> None:
    next(button for button in form.findChildren(QPushButton) if button.text() == words).click()


async def test_servers_are_guessed_until_the_person_names_them(form: MailAccountForm) -> None:
    form.address.setText("jan@firm.example")
    guessed = (form.imap.server().host, form.imap.server().port, form.imap.server().user)
    form.imap.host.setText("mail.firm.example")
    form.address.setText("jan@other.example")
    assert guessed == ("imap.firm.example", "993", "jan@firm.example")
    assert form.imap.server().host == "mail.firm.example"
    assert form.smtp.server().host == "smtp.other.example"


async def test_says_at_the_field_what_is_wrong(form: MailAccountForm) -> None:
    form.address.setText("jan")
    _press(form, "Add account")
    assert form._rows[Field.ADDRESS]._below.isVisible()
    assert form._rows[Field.IMAP_HOST]._below.text() == "Name the server that holds your mail."
    form.address.setText("jan@firm.example")
    assert form._valid() is not None
    assert not form._rows[Field.ADDRESS]._below.isVisible()


@pytest.mark.server
async def test_a_wrong_password_is_a_sentence_with_the_servers_words_folded(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, "wrong")
    _press(form, "Add account")
    await _until(lambda: _banner(form) is not None)

    banner = _banner(form)
    assert banner is not None
    assert "password" in banner.text
    assert "AUTH" in banner._details.text().upper()
    assert not banner._details.isVisible()
    assert core.services.accounts.all() == ()


@pytest.mark.server
async def test_a_good_account_is_tested_offers_its_folders_and_is_added(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD)
    form.name.setText("Jan Berger")
    _press(form, "Test")
    await _until(lambda: bool(form.picks.picked()))
    offered = form.picks.picked()
    form.picks._boxes["Archive"].setChecked(True)
    _press(form, "Add account")
    await _until(lambda: _gone(form))

    (account,) = core.services.accounts.all()
    (node,) = core.services.views.folder_tree().accounts
    assert offered == ("INBOX",)
    assert {folder.path for folder in node.folders if folder.watched} == {"INBOX", "Archive"}
    assert (account.address, account.display_name, account.smtp) == (imap_user, "Jan Berger", None)


@pytest.mark.server
async def test_the_keyboard_stays_on_test_and_does_not_slip_to_cancel(
    form: MailAccountForm, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD)
    form.test_button.setFocus()
    form.test_button.click()
    await _until(lambda: bool(form.picks.picked()) and form.test_button.isEnabled())
    assert form.focusWidget() is form.test_button


@pytest.mark.server
async def test_a_stored_password_is_taken_on_another_thread_and_a_typed_one_kept_out_of_the_log(
    core: Core, tasks: Tasks, theme: Theme, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = MailAccountForm(core.services.accounts, core.services.views, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _press(first, "Add account")
    await _until(lambda: _gone(first))
    (account,) = core.services.accounts.all()
    monkeypatch.setattr(log, "_secrets", ())
    asked_on: list[threading.Thread] = []
    get = core.secrets.get

    def watched(name: str) -> str | None:
        asked_on.append(threading.current_thread())
        return get(name)

    monkeypatch.setattr(core.secrets, "get", watched)

    second = MailAccountForm(core.services.accounts, core.services.views, tasks, theme, account)
    second.show()
    _press(second, "Test")
    await _until(lambda: _banner(second) is not None)
    second.password.setText("a typo of the person")
    _press(second, "Test")
    typing = second._working
    assert typing is not None
    await _until(typing.done)
    second.close()

    assert asked_on
    assert threading.main_thread() not in asked_on
    assert log.redact("a typo of the person", shorten_addresses=False) == "***"


@pytest.mark.server
async def test_the_form_can_be_left_while_the_server_is_asked(
    form: MailAccountForm, tasks: Tasks, fault_proxy: FaultProxy, dovecot: Dovecot, imap_user: str
) -> None:
    failures: list[object] = []
    tasks.failed.connect(failures.append)
    fault_proxy.black_hole()
    _fill(form, dovecot, imap_user, PASSWORD)
    form.imap.port.setText(str(fault_proxy.port))
    _press(form, "Test")
    working = form._working
    assert working is not None
    await _until(lambda: fault_proxy.connections == 1)

    _press(form, "Cancel")
    await _until(lambda: working.done() and _gone(form))

    assert failures == []


@pytest.mark.server
async def test_an_unknown_certificate_can_be_trusted(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD, tls=True)
    _press(form, "Test")
    await _until(lambda: _banner(form) is not None)
    _press(form, "Trust certificate")
    await _until(lambda: bool(form.picks.picked()))
    _press(form, "Add account")
    await _until(lambda: _gone(form))

    (account,) = core.services.accounts.all()
    assert len(account.trusted_fingerprints) == 1


@pytest.mark.server
async def test_an_account_is_edited_and_removed(
    core: Core, tasks: Tasks, theme: Theme, dovecot: Dovecot, imap_user: str, qtbot: QtBot
) -> None:
    first = MailAccountForm(core.services.accounts, core.services.views, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _press(first, "Add account")
    await _until(lambda: _gone(first))
    (account,) = core.services.accounts.all()

    second = MailAccountForm(core.services.accounts, core.services.views, tasks, theme, account)
    second.show()
    await _until(lambda: bool(second.picks.picked()))
    second.name.setText("Another name")
    second.picks._boxes["Sent"].setChecked(True)
    _press(second, "Save")
    await _until(lambda: _gone(second))
    renamed = core.services.accounts.get(account.key)
    third = MailAccountForm(core.services.accounts, core.services.views, tasks, theme, renamed)
    third.show()
    await _until(lambda: set(third.picks.picked()) == {"INBOX", "Sent"})
    _press(third, "Remove…")
    _press(third, "Remove account")
    await _until(lambda: _gone(third))

    assert renamed.display_name == "Another name"
    assert renamed.imap == account.imap
    assert core.services.accounts.all() == ()
