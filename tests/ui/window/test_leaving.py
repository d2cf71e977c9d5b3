"""A program that is to end while something is being written: it waits, and stays where there is something to say."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain import settings
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.services.mail.compose import Compose
from desktop.ui.actions import Do
from desktop.ui.compose import intake
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from tests.ui.window.conftest import Desk


class NothingSaved(Problem):
    """The disk is full."""


@pytest.fixture
def closed(desk: Desk) -> list[bool]:
    """Grows when the window is closed for good."""
    found: list[bool] = []
    desk.window.closed.connect(lambda: found.append(True))
    return found


async def written(desk: Desk) -> ComposeWindow:
    """Open the window, and a composer in which something stands that is not saved."""
    accounts = desk.core.services.accounts
    [account, *_] = accounts.all()
    accounts.edit(replace(account, smtp=Endpoint("localhost", 25, Security.PLAIN, "")))
    desk.window.restore()
    desk.window.show()
    desk.window.writing._open(Draft(Address("", account.address), to=(Address("", "bo@example.org"),)))
    await desk.until(lambda: any(each.is_ready for each in desk.window.writing.windows))
    [composer] = desk.window.writing.windows
    composer.head.subject.setText("Offer")
    composer.editor.insertPlainText("Dear Bo")
    return composer


def press(composer: ComposeWindow, words: str) -> None:
    next(each for each in composer.findChildren(QPushButton) if each.text() == words).click()


def offers(composer: ComposeWindow) -> list[str]:
    return [each.text() for each in composer.findChildren(QPushButton) if each.isVisible()]


async def test_quitting_waits_until_what_is_written_is_saved(desk: Desk, closed: list[bool]) -> None:
    await written(desk)

    desk.window.quit()
    assert closed == []
    await desk.until(lambda: bool(closed))

    assert closed == [True]
    assert desk.window.writing.windows == ()
    with desk.core.database.read() as view:
        assert view.value("SELECT count(*) FROM draft") == 1


@pytest.mark.parametrize("hidden", [False, True])
async def test_a_draft_that_cannot_be_saved_ends_the_quit_and_what_was_to_follow(
    desk: Desk, closed: list[bool], monkeypatch: pytest.MonkeyPatch, hidden: bool
) -> None:
    composer = await written(desk)
    told: list[bool] = []
    desk.window.writing.stays.connect(lambda: told.append(True))
    if hidden:
        desk.window.hide()

    def refuse(*_given: object, **_also: object) -> int:
        raise NothingSaved("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(Compose, "save", refuse)
        desk.window.quit()
        await desk.until(lambda: "Close without saving" in offers(composer))

    assert told == [True]
    assert closed == []
    assert composer.isVisible()
    # the window is as it was: it hides where the person wants that, and the composer alone closes
    desk.core.services.settings.set(settings.CLOSE_TO_TRAY, True)
    kept: list[bool] = []
    desk.window.stays = lambda: bool(kept.append(True)) or True
    desk.window.show()
    desk.window.close()
    assert kept == [True]
    press(composer, "Close without saving")
    await desk.until(lambda: desk.window.writing.windows == ())
    assert closed == []
    desk.window.quit()
    assert closed == [True]


async def test_a_file_that_cannot_be_read_ends_the_quit(
    desk: Desk, closed: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    composer = await written(desk)
    told: list[bool] = []
    desk.window.writing.stays.connect(lambda: told.append(True))

    read = threading.Event()

    def gone(*_given: object) -> object:
        read.wait(20)
        raise intake.NotAttached("“plan.pdf” is not a file that can be sent.")

    monkeypatch.setattr(intake, "attach", gone)
    composer.enclosing.attach([tmp_path / "plan.pdf"])
    await desk.until(lambda: bool(composer.enclosing.pending))
    desk.window.quit()
    read.set()
    await desk.until(lambda: bool(told))

    assert closed == []
    assert composer.isVisible()
    assert "plan.pdf" in composer.notices.text
    desk.window.quit()
    await desk.until(lambda: bool(closed))


async def waiting(desk: Desk, *, at_ms: int | None) -> Dialog:
    """Send a mail that does not leave at once, quit, and return what is asked then."""
    services = desk.core.services
    [account, *_] = services.accounts.all()
    services.accounts.edit(replace(account, smtp=Endpoint("localhost", 25, Security.PLAIN, "")))
    draft = Draft(Address("", account.address), to=(Address("", "bo@example.org"),), subject="Offer")
    services.outbox.send(services.compose.save(draft), at_ms=at_ms, hold_s=600)
    desk.window.restore()
    desk.window.show()
    await desk.until(lambda: bool(desk.window.outbox_watch.leaving))
    desk.window.actions_[Do.QUIT].trigger()
    [question] = [each for each in desk.window.findChildren(Dialog) if each.isVisible()]
    return question


def said(question: Dialog) -> list[str]:
    return [each.text() for each in question.findChildren(Paragraph)]


async def test_who_quits_is_told_of_mail_that_waits_to_be_sent(desk: Desk, closed: list[bool]) -> None:
    question = await waiting(desk, at_ms=None)
    assert said(question) == [
        "1 mail is still waiting to be sent",
        "Mail leaves only while Rapport runs. What waits now goes out after the next start.",
    ]
    question.reject()
    assert closed == []
    assert desk.window.isVisible()

    desk.window.actions_[Do.QUIT].trigger()
    [question] = [each for each in desk.window.findChildren(Dialog) if each.isVisible()]
    next(each for each in question.buttons if each.text() == "Quit").click()

    await desk.until(lambda: bool(closed))


async def test_of_mail_for_later_it_is_said_that_one_will_be_asked(desk: Desk, closed: list[bool]) -> None:
    question = await waiting(desk, at_ms=clock.now() + 86_400_000)

    assert "Mail leaves at its time only while Rapport runs. What is late then, you are asked about." in said(question)
    desk.window.quit()  # the session ends
    await desk.until(lambda: bool(closed))
