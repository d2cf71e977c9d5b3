"""Journey 2 without its CRM half: a mail is written, taken back, sent and answered; drafts outlive the program."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.domain import settings
from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Unified
from desktop.ui.actions import Do
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.widgets.dialog import Dialog
from tests.desk import mail
from tests.journeys.program import CONTROL, DEADLINE_S, Program, button
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot, imap_user: str) -> SmtpReceiver:
    return smtp_receiver(lmtp_port=dovecot.lmtp_port, passwords={imap_user: PASSWORD})


async def composer(program: Program) -> ComposeWindow:
    """Wait for the composer that opens last, until one can write in it."""
    await program.until(lambda: program.window.writing._windows and program.window.writing._windows[-1]._is_ready)
    return program.window.writing._windows[-1]


async def closed(program: Program) -> None:
    await program.until(lambda: not program.window.writing._windows, "the composer closes")


def write(window: ComposeWindow, to: str, subject: str, text: str) -> None:
    window.head.to.show_addresses((Address("", to),))
    window.head.subject.setText(subject)
    window.editor.setFocus()
    QTest.keyClicks(window.editor, text)


async def test_a_mail_is_written_taken_back_sent_and_answered(
    program: Program, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    await program.add_account(dovecot, imap_user, smtp_port=receiver.port, name="Ann")
    program.core.services.settings.set(settings.UNDO_SENDING_S, 30)  # time enough to take it back on any machine
    button(program.window, "New message").click()
    window = await composer(program)
    write(window, imap_user, "Lunch", "Shall we?")
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await closed(program)
    await program.until(lambda: program.total(Unified.OUTBOX) == 1, "it waits in the outbox")
    assert receiver.received == []

    program.window.undo.undo()
    window = await composer(program)
    assert (window.head.subject.text(), "Shall we?" in window.editor.toPlainText()) == ("Lunch", True)
    await program.until(lambda: (program.total(Unified.OUTBOX), program.total(Unified.DRAFTS)) == (0, 1))
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await closed(program)
    [waiting] = program.core.services.outbox.all()
    program.core.services.outbox.send_now(waiting.key)

    await program.until(lambda: program.subjects() == ["Lunch"], "it arrives")
    await program.until(lambda: (program.total(Unified.SENT), program.total(Unified.DRAFTS)) == (1, 0))
    [lunch] = program.rows()
    program.click("Lunch")
    await program.until(lambda: program.painted)
    button(program.window.room.reader, "Reply").click()
    window = await composer(program)
    assert window.head.subject.text() == "Re: Lunch"
    QTest.keyClicks(window.editor, "Yes")
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await closed(program)
    [waiting] = program.core.services.outbox.all()
    program.core.services.outbox.send_now(waiting.key)

    await program.until(lambda: program.core.services.outbox.all() == (), "it is sent and filed")
    views = program.core.services.views
    await program.until(lambda: views.rows([lunch.key], conversations=False)[0].answered, "the mail counts as answered")
    assert len(receiver.received) == 2
    assert b"In-Reply-To: <" in receiver.received[1].raw
    assert b"> Shall we?" in receiver.received[1].raw


async def test_what_is_being_written_outlives_the_program(
    start: Callable[..., Program], dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    program = start()
    await program.add_account(dovecot, imap_user, smtp_port=receiver.port)
    program.press(Qt.Key.Key_N, CONTROL)
    window = await composer(program)
    write(window, "bo@example.org", "Offer", "Dear Bo")
    program.window.close()
    await program.until(lambda: not program.window.isVisible(), "the window closes once all is saved")
    program.quit()

    program = start()
    await program.until(lambda: program.total(Unified.DRAFTS) == 1)
    program.window.room.browser.show_list(Unified.DRAFTS)
    await program.until(lambda: program.subjects() == ["Offer"])
    program.click("Offer")
    program.press(Qt.Key.Key_Return)
    window = await composer(program)

    assert window.head.subject.text() == "Offer"
    assert "Dear Bo" in window.editor.toPlainText()
    assert [each.address for each in window.head.to.addresses] == ["bo@example.org"]


async def test_r37_a_draft_reaches_its_server_though_the_program_ends_with_its_window(
    start: Callable[..., Program], dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    """The end of the window ends the loop: what was only about to begin then would never be done."""
    program = start()
    await program.add_account(dovecot, imap_user, smtp_port=receiver.port)
    program.press(Qt.Key.Key_N, CONTROL)
    window = await composer(program)
    write(window, "bo@example.org", "Offer", "Dear Bo")
    ended: list[bool] = []

    def end() -> None:
        program.quit()
        ended.append(True)

    program.window.closed.connect(end)
    program.window.close()
    deadline = time.monotonic() + DEADLINE_S
    while not ended:  # `until` looks into the program, which is gone
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)

    program = start()
    drafts = dovecot.maildir(imap_user, "Drafts")

    def on_server() -> list[bytes]:
        return [path.read_bytes() for part in ("cur", "new") for path in (drafts / part).glob("*")]

    await program.until(lambda: [b"Subject: Offer" in raw for raw in on_server()] == [True])
    await program.until(lambda: program.total(Unified.DRAFTS) == 1)


async def test_what_a_server_refuses_is_told_and_can_be_mended(
    program: Program, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    receiver.answer("DOT", "554 5.7.1 Not like this", times=1)
    await program.add_account(dovecot, imap_user, smtp_port=receiver.port)
    program.press(Qt.Key.Key_N, CONTROL)
    window = await composer(program)
    write(window, imap_user, "Offer", "Dear Bo")
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await closed(program)
    [waiting] = program.core.services.outbox.all()
    program.core.services.outbox.send_now(waiting.key)
    await program.until(lambda: any(mail.problem for mail in program.core.services.outbox.all()))
    program.window.room.browser.show_list(Unified.OUTBOX)
    await program.until(lambda: program.subjects() == ["Offer"])
    program.click("Offer")
    await program.until(lambda: program.painted)

    [notice] = program.window.room.reader.page.notices.shown
    assert "Not like this" in notice.details
    button(program.window.room.reader.page.notices, "Edit").click()
    window = await composer(program)
    window.head.subject.setText("Better offer")
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await closed(program)
    [waiting] = program.core.services.outbox.all()
    program.core.services.outbox.send_now(waiting.key)

    await program.until(lambda: len(receiver.received) == 1)
    assert b"Subject: Better offer" in receiver.received[0].raw


async def test_without_a_server_for_outgoing_mail_the_person_is_led_to_it(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    await program.add_account(dovecot, imap_user)
    program.window.actions_[Do.NEW].trigger()

    await program.until(lambda: "preferences" in program.window._dialogs)


async def test_a_list_that_is_left_by_mail_has_its_mail_begun(
    program: Program, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    header = {"List_Unsubscribe": "<mailto:leave@acme.example?subject=leave>", "List_Id": "News <news.acme.example>"}
    dovecot.deliver(imap_user, [mail(1, **header)])
    await program.add_account(dovecot, imap_user, smtp_port=receiver.port)
    await program.until(lambda: program.subjects() == ["Mail 1"])
    program.click("Mail 1")
    await program.until(lambda: program.painted)
    program.window.room.reader.unsubscribe()
    await program.until(lambda: program.window.findChild(Dialog) is not None)
    question = program.window.findChild(Dialog)
    assert isinstance(question, Dialog)
    button(question, "Unsubscribe").click()
    window = await composer(program)

    assert [each.address for each in window.head.to.addresses] == ["leave@acme.example"]
    assert window.head.subject.text() == "leave"
