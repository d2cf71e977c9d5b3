"""The form of a mail account against a real server: found wrong in words, tested, added, edited, removed."""

from __future__ import annotations

import hashlib
import ssl
import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.app.core import Core, build_core
from desktop.base import log
from desktop.base.paths import Profile
from desktop.domain.certificate import Certificate
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Mode, Security
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.passphrase import Asked
from desktop.services.errands import imap_secret, smtp_secret
from desktop.ui.preferences.account_draft import Field
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.preferences.removal_question import RemovalQuestion
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.choices import Select
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from tests.desk import mail
from tests.servers.dovecot import ALIAS, PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.smtp_receiver import SmtpReceiver
from tests.ui.preferences.conftest import DEADLINE_S, signatures, until


@dataclass(frozen=True)
class Listed:
    path: str
    role: Role = Role.NONE
    selectable: bool = True


@pytest.fixture
def form(core: Core, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[MailAccountForm]:
    """An empty form."""
    made = _form(core, tasks, theme)
    made.show()
    yield made
    if shiboken6.isValid(made):
        made.close()


def _form(core: Core, tasks: Tasks, theme: Theme, account: MailAccount | None = None) -> MailAccountForm:
    services = core.services
    return MailAccountForm(
        services.accounts, services.providers, services.views, tasks, theme, signatures(theme, tasks), account
    )


def _gone(form: MailAccountForm) -> bool:
    return not shiboken6.isValid(form) or not form.isVisible()


def _fill(form: MailAccountForm, server: Dovecot, user: str, password: str, *, tls: bool = False) -> None:
    form.fields.address.setText(user)
    form.fields.password.setText(password)
    form.fields.imap.security.setCurrentIndex(
        form.fields.imap.security.findData((Security.TLS if tls else Security.PLAIN).value)
    )
    form.fields.imap.host.setText("localhost")
    form.fields.imap.port.setText(str(server.imaps_port if tls else server.imap_port))
    form.fields.smtp.host.setText("")


def _send_through(form: MailAccountForm, receiver: SmtpReceiver) -> None:
    smtp = form.fields.smtp
    smtp.security.setCurrentIndex(smtp.security.findData(Security.PLAIN.value))
    smtp.host.setText("127.0.0.1")
    smtp.port.setText(str(receiver.port))


def _banner(form: MailAccountForm) -> Banner | None:
    return next((banner for banner in form.findChildren(Banner) if banner.isVisible()), None)


def _press(form: QWidget, words: str) -> None:
    next(button for button in form.findChildren(QPushButton) if button.text() == words).click()


async def test_servers_are_guessed_until_the_person_names_them(form: MailAccountForm) -> None:
    form.fields.address.setText("jan@firm.example")
    guessed = (form.fields.imap.server().host, form.fields.imap.server().port, form.fields.imap.server().user)
    form.fields.imap.host.setText("mail.firm.example")
    form.fields.address.setText("jan@other.example")
    assert guessed == ("imap.firm.example", "993", "jan@firm.example")
    assert form.fields.imap.server().host == "mail.firm.example"
    assert form.fields.smtp.server().host == "smtp.other.example"


async def test_says_at_the_field_what_is_wrong(form: MailAccountForm) -> None:
    form.fields.address.setText("jan")
    _press(form, "Add account")
    assert form.fields._rows[Field.ADDRESS]._below.isVisible()
    assert form.fields._rows[Field.IMAP_HOST]._below.text() == "Name the server that holds your mail."
    form.fields.address.setText("jan@firm.example")
    form.fields.password.setText("secret")
    assert form._valid() is not None
    assert not form.fields._rows[Field.ADDRESS]._below.isVisible()


async def test_a_new_account_without_a_password_is_not_tried(form: MailAccountForm, dovecot: Dovecot) -> None:
    _fill(form, dovecot, "jan@example.org", "")
    _press(form, "Add account")

    assert form.fields._rows[Field.PASSWORD]._below.text() == "Write your password."
    assert _banner(form) is None


async def test_a_complaint_goes_when_its_field_is_changed(form: MailAccountForm) -> None:
    fields = form.fields

    def said() -> set[Field]:
        return {field for field, row in fields._rows.items() if row.field.accessibleDescription() in wrong}

    wrong = {f"{field} is wrong" for field in Field}
    fields.show_folders([Listed("INBOX", Role.INBOX), Listed("Archive", Role.ARCHIVE), Listed("Old")])
    fields.complain({field: f"{field} is wrong" for field in Field})
    at_first = said()
    left = []
    for change, field in (
        (lambda: fields.address.setText("jan"), Field.ADDRESS),
        (lambda: fields.password.setText("x"), Field.PASSWORD),
        (lambda: fields.imap.port.setText("14"), Field.IMAP_PORT),
        (lambda: fields.smtp.security.setCurrentIndex(1), Field.SMTP_PORT),
        (lambda: fields.since.spans.setCurrentIndex(1), Field.SINCE),
        (lambda: fields.picks._boxes["Old"].setChecked(True), Field.FOLDERS),
        (lambda: fields.roles.selects[Role.ARCHIVE].setCurrentIndex(0), Field.ROLES),
        (lambda: fields.aliases.setText("a@b.example"), Field.ALIASES),
        (lambda: fields.identities.reply_to.setText("a@b.example"), Field.REPLY_TO),
        (lambda: fields.ca_file.edit.setText("/ca.pem"), Field.CA_FILE),
    ):
        before = said()
        change()
        left.append((before - said(), {field}))
    fields.address.setText("jan@firm.example")  # from which both servers are guessed

    assert at_first == set(Field)
    assert all(gone == meant for gone, meant in left), left
    assert said() == set()


async def test_one_server_of_two_is_enough_to_take_the_complaint_back(form: MailAccountForm) -> None:
    form.fields.address.setText("jan@localhost")
    assert form._valid() is None
    row = form.fields._rows[Field.IMAP_HOST]
    said = row._below.text()

    form.fields.smtp.host.setText("smtp.firm.example")

    assert said == "Name the server that holds your mail."
    assert row._below.text() == "Leave this empty for an account that only sends."


@pytest.mark.server
async def test_a_wrong_password_is_a_sentence_with_the_servers_words_folded(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, "wrong")
    _press(form, "Add account")
    await until(lambda: _banner(form) is not None)

    banner = _banner(form)
    assert banner is not None
    assert "password" in banner.text
    assert "AUTH" in banner._details.text().upper()
    assert not banner._details.isVisible()
    assert core.services.accounts.all() == ()


async def test_it_says_that_it_waits_for_the_passphrase_and_not_for_the_server(
    tasks: Tasks, theme: Theme, tmp_path: Path
) -> None:
    asked, answer = threading.Event(), threading.Event()

    def ask(_asked: Asked) -> None:
        asked.set()
        answer.wait(DEADLINE_S)

    core = build_core(Profile(tmp_path / "locked"), ask)
    form = _form(core, tasks, theme)
    form.show()
    form.fields.address.setText("a@example.org")
    form.fields.password.setText("x")
    form.fields.imap.host.setText("")
    form.fields.smtp.host.setText("localhost")
    _press(form, "Add account")
    await until(lambda: _banner(form) is not None)  # there is no server
    _press(form, "Add anyway")
    await until(asked.is_set)
    waiting = [words.text() for words in form.findChildren(Paragraph) if words.isVisible()]
    answer.set()
    await until(form.save_button.isEnabled)
    form.close()
    core.close()

    assert "Waiting for keyring or passphrase" in waiting
    assert "Asking the server" not in waiting


@pytest.mark.server
async def test_a_good_account_is_tested_offers_its_folders_and_is_added(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD)
    form.fields.name.setText("Jan Berger")
    _press(form, "Test")
    await until(lambda: bool(form.fields.picks.picked()))
    offered = form.fields.picks.picked()
    form.fields.picks._boxes["Archive"].setChecked(True)
    _press(form, "Add account")
    await until(lambda: _gone(form))

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
    await until(lambda: bool(form.fields.picks.picked()) and form.test_button.isEnabled())
    assert form.focusWidget() is form.test_button


@pytest.mark.server
async def test_a_stored_password_is_taken_on_another_thread_and_a_typed_one_kept_out_of_the_log(
    core: Core, tasks: Tasks, theme: Theme, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _form(core, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _press(first, "Add account")
    await until(lambda: _gone(first))
    (account,) = core.services.accounts.all()
    monkeypatch.setattr(log, "_secrets", ())
    asked_on: list[threading.Thread] = []
    get = core.secrets.get

    def watched(name: str) -> str | None:
        asked_on.append(threading.current_thread())
        return get(name)

    monkeypatch.setattr(core.secrets, "get", watched)

    second = MailAccountForm(
        core.services.accounts,
        core.services.providers,
        core.services.views,
        tasks,
        theme,
        signatures(theme, tasks),
        account,
    )
    second.show()
    _press(second, "Test")
    await until(lambda: _banner(second) is not None)
    second.fields.password.setText("a typo of the person")
    _press(second, "Test")
    typing = second._working
    assert typing is not None
    await until(typing.done)
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
    form.fields.imap.port.setText(str(fault_proxy.port))
    _press(form, "Test")
    working = form._working
    assert working is not None
    await until(lambda: fault_proxy.connections == 1)

    _press(form, "Cancel")
    _press(_asked(form)[0], "Discard")
    await until(lambda: working.done() and _gone(form))

    assert failures == []


@pytest.mark.server
async def test_an_edit_during_a_test_ends_it_and_no_old_answer_stands_beside_a_new_password(
    form: MailAccountForm, core: Core, fault_proxy: FaultProxy, dovecot: Dovecot, imap_user: str
) -> None:
    fault_proxy.black_hole()
    _fill(form, dovecot, imap_user, "wrong")
    form.fields.imap.port.setText(str(fault_proxy.port))
    _press(form, "Add account")
    await until(lambda: fault_proxy.connections == 1)
    form.fields.name.setText("Jan")
    still_asks = not form.save_button.isEnabled()

    form.fields.password.setText("an")
    await until(form.save_button.isEnabled)
    form.fields.password.setText("another")
    ended = _banner(form)

    assert still_asks, "the name is no matter of the server"
    assert ended is not None
    assert ended.text == "You changed what is being tested, so the test was ended."
    assert core.services.accounts.all() == ()
    form.fields.imap.port.setText(str(dovecot.imap_port))
    _press(form, "Test")
    await until(lambda: (banner := _banner(form)) is not None and banner is not ended and "password" in banner.text)
    form.fields.password.setText("a third")
    assert not form._answered
    await until(lambda: _banner(form) is None)


@pytest.mark.server
async def test_an_unknown_certificate_can_be_trusted(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD, tls=True)
    _press(form, "Test")
    await until(lambda: _banner(form) is not None)
    _press(form, "Look at certificate")
    await until(lambda: form.findChild(CertificateQuestion) is not None)
    question = form.findChild(CertificateQuestion)
    assert isinstance(question, CertificateQuestion)
    shown = [part.text() for part in question.findChildren(Paragraph)]
    der = ssl.PEM_cert_to_DER_cert((dovecot.root / "cert.pem").read_text())
    _press(question, "Trust certificate")
    await until(lambda: bool(form.fields.picks.picked()))
    _press(form, "Add account")
    await until(lambda: _gone(form))

    (account,) = core.services.accounts.all()
    digest = hashlib.sha256(der).hexdigest()
    assert account.trusted_fingerprints == (f"localhost:{dovecot.imaps_port}/{digest}",)
    assert f"localhost, port {dovecot.imaps_port}" in shown
    assert {"localhost", "Test Authority", f"localhost, {ALIAS}, 127.0.0.1, ::1"} <= set(shown)
    assert digest.upper() in {words.replace(":", "").replace("\n", "") for words in shown}
    assert any("to 20" in words for words in shown), "its validity"
    assert any("authority this computer does not know" in words for words in shown), "why it was refused"


@pytest.mark.server
async def test_an_account_is_edited_and_removed(
    core: Core, tasks: Tasks, theme: Theme, dovecot: Dovecot, imap_user: str, qtbot: QtBot
) -> None:
    first = _form(core, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _press(first, "Add account")
    await until(lambda: _gone(first))
    (account,) = core.services.accounts.all()

    second = MailAccountForm(
        core.services.accounts,
        core.services.providers,
        core.services.views,
        tasks,
        theme,
        signatures(theme, tasks),
        account,
    )
    second.show()
    await until(lambda: bool(second.fields.picks.picked()))
    second.fields.name.setText("Another name")
    second.fields.picks._boxes["Sent"].setChecked(True)
    _press(second, "Save")
    await until(lambda: _gone(second))
    renamed = core.services.accounts.get(account.key)
    third = _form(core, tasks, theme, renamed)
    third.show()
    await until(lambda: set(third.fields.picks.picked()) == {"INBOX", "Sent"})
    _press(third, "Remove…")
    await until(lambda: third.findChild(RemovalQuestion) is not None)
    _press(third, "Remove account")
    await until(lambda: _gone(third))

    assert renamed.display_name == "Another name"
    assert renamed.imap == account.imap
    assert core.services.accounts.all() == ()


@pytest.mark.server
async def test_every_choice_is_kept(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str, smtp_receiver: Callable[..., SmtpReceiver]
) -> None:
    receiver = smtp_receiver(passwords={"jan": "another password"})
    _fill(form, dovecot, imap_user, PASSWORD)
    fields = form.fields
    _send_through(form, receiver)
    fields.smtp.user.setText("jan")
    fields.smtp_password.setText("another password")
    fields.mode.setCurrentIndex(1)
    fields.since.spans.setCurrentIndex(fields.since.spans.count() - 1)
    fields.since.own.setText("2026-02-30")
    _press(form, "Add account")
    complaint = fields.since.own.accessibleDescription()
    fields.since.own.setText("2026-02-28")
    fields.size_limit.setCurrentIndex(0)
    fields.interval.setCurrentIndex(4)
    fields.keep_unread.setChecked(False)
    fields.store_sent.setChecked(False)
    _press(form, "Add account")
    await until(lambda: _gone(form))

    (account,) = core.services.accounts.all()
    assert complaint == "Write a day like 2026-01-31."
    assert account.smtp == Endpoint("127.0.0.1", receiver.port, Security.PLAIN, "jan")
    assert (account.mode, account.fetch_since) == (Mode.ARCHIVE_ONLY, "2026-02-28")
    assert (account.size_limit_bytes, account.interval_s) == (1_000_000, 3600)
    assert (account.keep_unread, account.store_sent) == (False, False)
    assert [core.secrets.get(name(account)) for name in (imap_secret, smtp_secret)] == [PASSWORD, "another password"]


@pytest.mark.server
async def test_a_file_of_authorities_is_looked_at_and_believed(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD, tls=True)
    wrong = tmp_path / "wrong.pem"
    wrong.write_text("nothing")
    edit = form.fields.ca_file.edit
    hidden = not edit.isVisible()
    for path, words in (
        (str(tmp_path / "absent"), "no file"),
        (str(wrong), "no certificate"),
        ("ca.pem", "whole path"),
    ):
        edit.setText(path)
        _press(form, "Test")
        await until(lambda words=words: words in edit.accessibleDescription())
    shown = edit.isVisible() and form.focusWidget() is edit
    edit.setText(str(dovecot.ca_file))
    _press(form, "Test")
    await until(lambda: bool(form.fields.picks.picked()))
    _press(form, "Add account")
    await until(lambda: _gone(form))

    (account,) = core.services.accounts.all()
    assert hidden
    assert shown
    assert account.ca_file == str(dovecot.ca_file)
    assert account.trusted_fingerprints == ()


@pytest.mark.server
async def test_folders_picked_for_a_use_are_used(
    form: MailAccountForm, core: Core, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Old stuff")
    dovecot.deliver(imap_user, [mail(1)])
    _fill(form, dovecot, imap_user, PASSWORD)
    _press(form, "Test")
    await until(lambda: bool(form.fields.picks.picked()))
    roles = form.fields.roles
    offered = dict(roles.picked())
    archive = roles.selects[Role.ARCHIVE]
    archive.setCurrentIndex(archive.findData("Sent"))
    _press(form, "Add account")
    complaint = roles.field.accessibleDescription()
    archive.setCurrentIndex(archive.findData("Old stuff"))
    form.fields.picks._boxes["INBOX"].setChecked(False)
    _press(form, "Add account")
    unpicked = any("at least one folder" in part.text() for part in form.findChildren(Paragraph))
    form.fields.picks._boxes["INBOX"].setChecked(True)
    _press(form, "Add account")
    await until(lambda: _gone(form))

    assert core.supervisor.sync_once() == {1: None}
    [key] = core.services.views.open_list(ListQuery(Unified.INBOX, conversations=False)).keys
    core.services.actions.apply(Change(Verb.ARCHIVE), [key])
    assert core.supervisor.sync_once() == {1: None}
    assert offered[Role.ARCHIVE] == "Archive"
    assert complaint == "One folder cannot be for two things."
    assert unpicked
    assert "Mail 1" in dovecot.doveadm("fetch", "-u", imap_user, "hdr.subject", "mailbox", "Old stuff", "all")


@pytest.mark.server
async def test_one_password_for_both_halves_is_changed_for_both(
    core: Core,
    tasks: Tasks,
    theme: Theme,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
) -> None:
    first = _form(core, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _send_through(first, smtp_receiver(passwords={imap_user: PASSWORD}))
    _press(first, "Add account")
    await until(lambda: _gone(first))
    (account,) = core.services.accounts.all()
    same = [core.secrets.get(name(account)) for name in (imap_secret, smtp_secret)]
    core.services.accounts.edit(account, "new")
    followed = [core.secrets.get(name(account)) for name in (imap_secret, smtp_secret)]
    core.services.accounts.edit(account, None, "of its own")
    core.services.accounts.edit(account, "newer")
    kept = [core.secrets.get(name(account)) for name in (imap_secret, smtp_secret)]

    assert (same, followed, kept) == ([PASSWORD] * 2, ["new"] * 2, ["newer", "of its own"])


@pytest.mark.server
async def test_a_password_changed_at_the_provider_is_typed_once_for_both_halves(
    core: Core,
    tasks: Tasks,
    theme: Theme,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
) -> None:
    receiver = smtp_receiver(passwords={imap_user: PASSWORD})
    first = _form(core, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _send_through(first, receiver)
    _press(first, "Add account")
    await until(lambda: _gone(first))
    (account,) = core.services.accounts.all()
    for name in (imap_secret, smtp_secret):
        core.secrets.set(name(account), "of yesterday")

    again = _form(core, tasks, theme, account)
    again.show()
    again.fields.password.setText(PASSWORD)
    _press(again, "Save")
    await until(lambda: _gone(again))

    assert [core.secrets.get(name(account)) for name in (imap_secret, smtp_secret)] == [PASSWORD] * 2


@pytest.mark.server
async def test_it_says_that_the_server_for_sending_refused_and_shows_its_fields(
    form: MailAccountForm, dovecot: Dovecot, imap_user: str, smtp_receiver: Callable[..., SmtpReceiver]
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD)
    _send_through(form, smtp_receiver(passwords={imap_user: "another password"}))
    folded = not form.fields.smtp_password.isVisible()
    _press(form, "Test")
    await until(lambda: _banner(form) is not None)
    banner = _banner(form)

    assert folded
    assert banner is not None
    assert banner.text.startswith("Sending (SMTP): ")
    assert form.fields.smtp_password.isVisible()


@pytest.mark.server
async def test_a_stored_account_that_works_offers_a_test_mail(
    core: Core,
    tasks: Tasks,
    theme: Theme,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
) -> None:
    """Row 10."""
    first = _form(core, tasks, theme)
    first.show()
    _fill(first, dovecot, imap_user, PASSWORD)
    _send_through(first, smtp_receiver(passwords={imap_user: PASSWORD}))
    _press(first, "Test")
    await until(lambda: _banner(first) is not None)
    offered_unstored = [button.text() for button in first.findChildren(QPushButton)].count("Write a test mail")
    _press(first, "Add account")
    await until(lambda: _gone(first))
    (account,) = core.services.accounts.all()

    again = _form(core, tasks, theme, account)
    again.show()
    wanted: list[int] = []
    again.test_mail_wanted.connect(wanted.append)
    _press(again, "Test")
    await until(lambda: _banner(again) is not None)
    _press(again, "Write a test mail")

    assert offered_unstored == 0
    assert wanted == [account.key]


async def test_the_form_says_that_a_server_may_be_left_out(form: MailAccountForm) -> None:
    hints = [row._below.text() for row in (form.fields.imap.host_row, form.fields.smtp.host_row)]

    assert hints == [
        "Leave this empty for an account that only sends.",
        "Leave this empty for an account that only receives.",
    ]


async def test_how_one_signs_in_follows_the_server_one_sends_through_where_there_is_no_mailbox(
    form: MailAccountForm,
) -> None:
    fields = form.fields
    fields.address.setText("jan@gmail.com")
    await until(lambda: fields.way.way is not None)
    fields.imap.host.setText("")
    fields.smtp.host.setText("smtp.firm.example")
    await until(lambda: fields.way.way is None)
    elsewhere = fields.way.isVisible()
    fields.smtp.host.setText("smtp.gmail.com")
    await until(lambda: fields.way.way is not None)

    assert not elsewhere
    assert "Google" in fields.way.help.text()


@pytest.mark.server
async def test_a_mailbox_and_an_account_that_only_sends_are_set_up_for_one_address(
    core: Core,
    tasks: Tasks,
    theme: Theme,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
) -> None:
    mailbox = _form(core, tasks, theme)
    mailbox.show()
    _fill(mailbox, dovecot, imap_user, PASSWORD)
    _press(mailbox, "Add account")
    await until(lambda: _gone(mailbox))

    sending = _form(core, tasks, theme)
    sending.show()
    sending.fields.address.setText(imap_user)
    sending.fields.password.setText("of the relay")
    sending.fields.imap.host.setText("")
    _send_through(sending, smtp_receiver(passwords={imap_user: "of the relay"}))
    _press(sending, "Test")
    await until(lambda: _banner(sending) is not None)
    offers_folders = sending.fields.knows_folders
    _press(sending, "Add account")
    await until(lambda: _gone(sending))

    first, second = core.services.accounts.all()
    assert not offers_folders
    assert (first.address, second.address) == (imap_user, imap_user)
    assert (first.smtp, second.imap) == (None, None)
    assert [key for key, _identity in core.services.compose.identities()] == [second.key]


async def test_whatever_takes_the_keyboard_is_named_by_its_label(form: MailAccountForm) -> None:
    named = {label.buddy() for label in form.findChildren(QLabel) if label.buddy() is not None}
    selects = form.findChildren(Select)
    assert len(selects) >= 10
    assert [each.accessibleName() for each in selects if each not in named and not each.accessibleDescription()] == []
    assert form.fields.since.spans in named
    assert form.fields.imap.port in named


def _stored(core: Core) -> MailAccount:
    endpoint = Endpoint("imap.firm.example", 993, Security.TLS, "jan")
    return core.services.accounts.add(MailAccount(uuid.uuid4(), "jan@firm.example", imap=endpoint), "secret")


async def test_saving_keeps_what_was_changed_elsewhere_while_the_form_stood_open(
    core: Core, tasks: Tasks, theme: Theme
) -> None:
    accounts = core.services.accounts
    account = _stored(core)
    form = _form(core, tasks, theme, account)
    form.show()
    certificate = Certificate("imap.firm.example", 993, "ab" * 32)
    accounts.trust_certificate(account.key, certificate)
    accounts.edit(replace(accounts.get(account.key), interval_s=900))
    accounts.pause(account.key)

    form.fields.name.setText("Jan Berger")
    form.fields.aliases.setText("sales@firm.example, jan@home.example")
    _press(form, "Save")
    await until(lambda: _gone(form))

    stored = accounts.get(account.key)
    assert (stored.display_name, stored.interval_s) == ("Jan Berger", 900)
    assert stored.aliases == ("sales@firm.example", "jan@home.example")
    assert stored.trusted_fingerprints == (certificate.exception,)
    assert accounts.fetched() == (), "it is paused"


async def test_trust_in_a_certificate_can_be_taken_back(core: Core, tasks: Tasks, theme: Theme) -> None:
    accounts = core.services.accounts
    nobody = Endpoint("127.0.0.1", 1, Security.TLS, "jan")
    account = accounts.add(MailAccount(uuid.uuid4(), "jan@firm.example", imap=nobody), PASSWORD)
    first, second = (Certificate("imap.firm.example", port, "ab" * 32) for port in (993, 143))
    for certificate in (first, second):
        accounts.trust_certificate(account.key, certificate)
    form = MailAccountForm(
        accounts,
        core.services.providers,
        core.services.views,
        tasks,
        theme,
        signatures(theme, tasks),
        accounts.get(account.key),
    )
    form.show()
    trusted = form.fields.trusted
    before = list(trusted.lines)
    said = {label.text for label in trusted.lines[first.exception].findChildren(ElidedLabel)}

    trusted.buttons[first.exception].click()
    shown = list(trusted.lines)
    kept = accounts.get(account.key).trusted_fingerprints
    _press(form, "Save")
    await until(lambda: any(button.text() == "Save anyway" for button in form.findChildren(QPushButton)))
    _press(form, "Save anyway")
    await until(lambda: _gone(form))

    assert before == [first.exception, second.exception]
    assert said == {"imap.firm.example:993", first.fingerprint}
    assert shown == [second.exception]
    assert kept == (first.exception, second.exception), "nothing counts before it is saved"
    assert accounts.get(account.key).trusted_fingerprints == (second.exception,)


async def test_a_complaint_in_a_closed_fold_is_seen(form: MailAccountForm) -> None:
    form.resize(560, 420)
    form.fields.address.setText("jan@firm.example")
    form.fields.password.setText("secret")
    for edit, wrong in ((form.fields.smtp.port, "9" * 5000), (form.fields.aliases, "a@b.example, sales")):
        right = edit.text()
        hidden = not edit.isVisible()
        edit.setText(wrong)
        _press(form, "Add account")

        def in_sight(edit: QWidget = edit) -> bool:
            viewport = form.fields.viewport()
            return edit.isVisible() and viewport.rect().contains(edit.mapTo(viewport, edit.rect().center()))

        await until(in_sight)
        assert hidden
        assert form.focusWidget() is edit
        assert edit.accessibleDescription() in (
            "A port is a number from 1 to 65535.",
            "“sales” is not an email address.",
        )
        edit.setText(right)


@pytest.mark.server
async def test_an_account_that_was_tested_is_added_without_another_test(
    form: MailAccountForm, core: Core, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    _fill(form, dovecot, imap_user, PASSWORD)
    form.fields.imap.port.setText(str(fault_proxy.port))
    _press(form, "Test")
    await until(lambda: bool(form.fields.picks.picked()))
    tried = fault_proxy.connections
    _press(form, "Add account")
    await until(lambda: _gone(form))

    assert fault_proxy.connections == tried
    assert [account.address for account in core.services.accounts.all()] == [imap_user]


@pytest.mark.server
async def test_an_account_is_removed_while_its_server_is_asked(
    core: Core, tasks: Tasks, theme: Theme, fault_proxy: FaultProxy
) -> None:
    fault_proxy.black_hole()
    accounts = core.services.accounts
    account = _stored(core)
    form = _form(core, tasks, theme, account)
    form.show()
    fields = form.fields.imap
    fields.security.setCurrentIndex(fields.security.findData(Security.PLAIN.value))
    fields.host.setText("localhost")
    fields.port.setText(str(fault_proxy.port))
    _press(form, "Test")
    await until(lambda: fault_proxy.connections == 1)

    _press(form, "Remove…")
    await until(lambda: form.findChild(RemovalQuestion) is not None)
    _press(form, "Remove account")
    await until(lambda: _gone(form))

    assert accounts.all() == ()


async def test_an_account_is_removed_without_asking_for_the_passphrase(
    tmp_path: Path, tasks: Tasks, theme: Theme
) -> None:
    profile = Profile(tmp_path / "locked")
    before = build_core(profile, lambda _new: "a passphrase of tests")
    imap = Endpoint("mail.firm.example", 993, Security.TLS, "jan")
    account = before.services.accounts.add(MailAccount(uuid.uuid4(), "jan@firm.example", imap=imap), "secret")
    before.close()
    asked: list[object] = []
    core = build_core(profile, asked.append)
    form = _form(core, tasks, theme, account)
    told: list[str] = []
    form.told.connect(told.append)
    form.show()
    _press(form, "Remove…")
    await until(lambda: form.findChild(RemovalQuestion) is not None)

    _press(form, "Remove account")
    await until(lambda: bool(told))

    assert _gone(form)
    assert told == ["Your passwords are locked. Those of this account are deleted as soon as you unlock them."]
    assert asked == []
    assert core.services.accounts.all() == ()
    core.close()
    after = build_core(profile, lambda _new: "a passphrase of tests")
    after.secrets.unlock()
    assert after.secrets.get(imap_secret(account)) is None
    after.close()


async def test_a_sending_half_that_is_new_asks_for_the_passphrase_beside_the_writer(
    tmp_path: Path, tasks: Tasks, theme: Theme
) -> None:
    profile = Profile(tmp_path / "locked")
    before = build_core(profile, lambda _new: "a passphrase of tests")
    account = before.services.accounts.add(MailAccount(uuid.uuid4(), "jan@firm.example"), "secret")
    before.close()
    asking: list[str] = []

    def ask(_asked: object) -> str:
        asking.append(threading.current_thread().name)
        return "a passphrase of tests"

    core = build_core(profile, ask)
    form = _form(core, tasks, theme, account)
    form.show()
    form.fields.smtp.host.setText("localhost")
    _press(form, "Save")
    await until(lambda: _banner(form) is not None)  # there is no server
    _press(form, "Save anyway")
    await until(lambda: _gone(form))

    assert [name.startswith("errand") for name in asking] == [True]
    assert core.secrets.get(smtp_secret(account)) == "secret"
    core.close()


def _asked(form: MailAccountForm) -> list[Dialog]:
    return [each for each in form.findChildren(Dialog) if each.isVisible()]


async def test_what_is_written_into_the_form_is_not_lost_by_escape(
    core: Core, tasks: Tasks, theme: Theme, form: MailAccountForm
) -> None:
    form.fields.name.setText("Jan")

    QTest.keyClick(form, Qt.Key.Key_Escape)

    [question] = _asked(form)
    QTest.keyClick(question, Qt.Key.Key_Escape)
    assert form.isVisible()
    assert form.fields.name.text() == "Jan"
    _press(form, "Cancel")
    _press(_asked(form)[0], "Discard")
    await until(lambda: _gone(form))


async def test_a_form_nothing_was_changed_in_closes_at_once(core: Core, tasks: Tasks, theme: Theme) -> None:
    signature = "<p>Jan <b>Berger</b></p>"
    identity = Identity("jan@firm.example", "Jan", signature=signature)
    imap = Endpoint("mail.firm.example", 993, Security.TLS, "jan")
    account = MailAccount(uuid.uuid4(), "jan@firm.example", imap=imap, display_name="Jan", identities=(identity,))
    form = _form(core, tasks, theme, core.services.accounts.add(account, "secret"))
    form.show()
    form._show_folders([Listed("INBOX", Role.INBOX), Listed("Sent", Role.SENT)], ["INBOX"])

    QTest.keyClick(form, Qt.Key.Key_Escape)

    await until(lambda: _gone(form))


def test_who_has_named_his_address_goes_on_with_the_password(form: MailAccountForm) -> None:
    form.begin_with(MailAccount(uuid.uuid4(), "jan@firm.example"), "")
    form.activateWindow()

    assert form.focusWidget() is form.fields.password


def test_the_end_of_the_program_is_not_held_up_by_a_form(form: MailAccountForm) -> None:
    form.fields.name.setText("Jan")

    form.close()

    assert _gone(form)
