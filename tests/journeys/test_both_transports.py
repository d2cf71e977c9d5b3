"""One way through the program on each transport: a real server and SMTP receiver, and the sample that needs neither.

What is above the socket must not tell one from the other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop.app.demo.letters import ADDRESS
from desktop.app.demo.post import Pace
from desktop.app.demo.sample import Sample
from desktop.base import clock
from desktop.base.paths import Profile
from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Unified
from desktop.ui.compose.compose_window import ComposeWindow
from tests.desk import mail
from tests.journeys.program import CONTROL, Program, button
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver

QUIET = Pace(first_mail_s=3600.0, answer_s=0.1)
UNLIKE_OTHERS = "Unlike the others"


class Transport(Protocol):
    """Where the person's mail lies, and what can be seen of it there."""

    address: str

    async def join(self, program: Program) -> None:
        """Give the program its account and wait until the Inbox is shown."""

    def deliver(self, raw: bytes) -> None:
        """Let a mail arrive."""

    def flags_in(self, folder: str, subject: str) -> str | None:
        """Return the flags of a mail, None where it does not lie there."""


class Real:
    def __init__(self, dovecot: Dovecot, user: str, receiver: SmtpReceiver) -> None:
        self.address = user
        self._dovecot, self._receiver = dovecot, receiver

    async def join(self, program: Program) -> None:
        await program.add_account(self._dovecot, self.address, smtp_port=self._receiver.port, name="Nora")

    def deliver(self, raw: bytes) -> None:
        self._dovecot.deliver(self.address, [raw])

    def flags_in(self, folder: str, subject: str) -> str | None:
        found = self._dovecot.doveadm(
            "fetch", "-u", self.address, "flags", "mailbox", folder, "header", "Subject", subject
        )
        return found if "flags:" in found else None


class Made:
    def __init__(self, folder: Path) -> None:
        self.address = ADDRESS
        self.sample = Sample(Profile(folder), QUIET)

    async def join(self, program: Program) -> None:
        await program._tasks.write(self.sample.join, program.core)
        await program.until(lambda: program.folder("INBOX") is not None and program.says("up to date"))

    def deliver(self, raw: bytes) -> None:
        self.sample._mailbox.add(1, raw, clock.now())

    def flags_in(self, folder: str, subject: str) -> str | None:
        mailbox = self.sample._mailbox
        found = mailbox.folder(folder)
        assert found is not None
        return next(
            (
                " ".join(each.flags)
                for each in mailbox.mails(found.id)
                if f"Subject: {subject}".encode() in mailbox.raw(found.id, each.uid)
            ),
            None,
        )


@pytest.fixture(params=["real", "made"])
def transport(
    request: pytest.FixtureRequest, tmp_path: Path, smtp_receiver: Callable[..., SmtpReceiver]
) -> Iterator[Transport]:
    if request.param == "made":
        made = Made(tmp_path / "profile")
        yield made
        made.sample.close()
        return
    dovecot: Dovecot = request.getfixturevalue("dovecot")
    user: str = request.getfixturevalue("imap_user")
    yield Real(dovecot, user, smtp_receiver(lmtp_port=dovecot.lmtp_port, passwords={user: PASSWORD}))


async def send(program: Program, window: ComposeWindow) -> None:
    """Send what is written, at once."""
    QTest.keyClick(window.editor, Qt.Key.Key_Return, CONTROL)
    await program.until(lambda: not program.window.writing.windows, "the composer closes")
    waiting = next(each for each in program.core.services.outbox.all() if not each.scheduled)
    program.core.services.outbox.send_now(waiting.key)


async def composer(program: Program) -> ComposeWindow:
    await program.until(lambda: program.window.writing.windows and program.window.writing.windows[-1].is_ready)
    return program.window.writing.windows[-1]


async def begin(program: Program, to: str, subject: str) -> ComposeWindow:
    button(program.window, "New message").click()
    window = await composer(program)
    window.head.to.show_addresses((Address("", to),))
    window.head.subject.setText(subject)
    window.editor.setFocus()
    QTest.keyClicks(window.editor, "Shall we?")
    return window


@pytest.mark.server
async def test_mail_arrives_is_written_answered_and_put_away(
    transport: Transport, start: Callable[[], Program]
) -> None:
    program = start()
    await transport.join(program)
    transport.deliver(mail(1, subject=UNLIKE_OTHERS))
    await program.until(lambda: UNLIKE_OTHERS in program.subjects(), "a mail arrives while one looks")

    await send(program, await begin(program, transport.address, "Lunch"))
    await program.until(lambda: "Lunch" in program.subjects(), "it comes back from the server")
    program.click("Lunch")
    await program.until(lambda: program.painted)
    button(program.window.room.reader, "Reply").click()
    window = await composer(program)
    assert window.head.subject.text() == "Re: Lunch"
    QTest.keyClicks(window.editor, "Yes")
    await send(program, window)
    await program.until(lambda: transport.flags_in("Sent", "Re: Lunch"), "the answer is filed in Sent")
    await program.until(lambda: "\\Answered" in (transport.flags_in("INBOX", "Lunch") or ""))

    program.window.activateWindow()
    await program.until(program.window.isActiveWindow)
    program.click(UNLIKE_OTHERS)
    await program.until(program.list.view.hasFocus)
    program.press(Qt.Key.Key_A)
    await program.until(lambda: transport.flags_in("INBOX", UNLIKE_OTHERS) is None, "the server has archived it")
    assert transport.flags_in("Archive", UNLIKE_OTHERS) is not None
    await program.until(lambda: "archived" in program.window._toast.text, "the window tells of it")
    program.window.undo.undo()
    await program.until(lambda: transport.flags_in("INBOX", UNLIKE_OTHERS) is not None, "and has it back")


async def test_in_the_sample_people_answer(tmp_path: Path, start: Callable[[], Program]) -> None:
    made = Made(tmp_path / "profile")
    program = start()
    await made.join(program)
    assert program.total(Unified.OUTBOX) == 1

    await send(program, await begin(program, "anna.keller@kranich.example", "Unheard of"))
    await program.until(lambda: "Re: Unheard of" in program.subjects(), "Anna answers")
    program.quit()
    made.sample.close()
