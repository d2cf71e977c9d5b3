"""Drafts that a composer leaves, closed by a person or by a crash: told, and one press away."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.domain import settings
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.domain.settings import WriteIn
from desktop.ui.bridge import Bridge
from desktop.ui.compose import keeping
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.main_window import MainWindow
from tests.ui.compose.test_compose_window import data_url, picture
from tests.ui.window.conftest import Desk


@pytest.fixture
def desk(desk: Desk) -> Desk:
    accounts = desk.core.services.accounts
    for account in accounts.all():
        accounts.edit(replace(account, smtp=Endpoint("127.0.0.1", 1, Security.PLAIN, account.address)))
    return desk


def drafts(desk: Desk) -> list[int]:
    return list(desk.core.services.views.open_list(ListQuery(int(Unified.DRAFTS), conversations=False)).keys)


async def begun(desk: Desk, window: MainWindow) -> ComposeWindow:
    window.writing.new()
    await desk.until(lambda: bool(window.writing.windows) and window.writing.windows[-1].is_ready)
    return window.writing.windows[-1]


def typed(widget: QWidget, text: str) -> None:
    widget.setFocus()
    QTest.keyClicks(widget, text)


async def test_a_closed_draft_is_told_and_opens_again(desk: Desk) -> None:
    before = drafts(desk)
    desk.window.show()
    composer = await begun(desk, desk.window)
    typed(composer.head.subject, "Chairs")
    composer.close()
    await desk.until(lambda: not isValid(composer))

    assert desk.window._toast.text == "Kept in Drafts"
    assert len(drafts(desk)) == len(before) + 1
    desk.window._toast._button.click()
    await desk.until(lambda: bool(desk.window.writing.windows) and desk.window.writing.windows[-1].is_ready)
    assert desk.window.writing.windows[-1].head.subject.text() == "Chairs"


async def test_a_test_mail_is_begun_to_oneself_through_its_account(desk: Desk) -> None:
    """Row 10: the person may send it to any address."""
    account = desk.core.services.accounts.all()[-1]
    desk.window.show()
    desk.window.writing.test(account.key)
    await desk.until(lambda: bool(desk.window.writing.windows) and desk.window.writing.windows[-1].is_ready)
    draft = desk.window.writing.windows[-1].draft()

    assert (draft.sender.address, [each.address for each in draft.to]) == (account.address, [account.address])
    assert draft.subject == "Test mail from Rapport"
    assert "sending works" in draft.html


@pytest.mark.parametrize("rich", [True, False])
async def test_a_signature_with_a_picture_stands_there_once(desk: Desk, rich: bool) -> None:
    services = desk.core.services
    account = services.accounts.all()[0]
    written = f'<p><b>Ann Lee</b></p><p>Support desk</p><p><img src="{data_url(picture())}"></p>'
    services.accounts.edit(replace(account, identities=(Identity(account.address, "Ann", signature=written),)))
    services.settings.set(settings.WRITE_IN, (WriteIn.RICH if rich else WriteIn.PLAIN).value)
    desk.window.show()
    desk.window.writing.new(account.key)
    await desk.until(lambda: bool(desk.window.writing.windows) and desk.window.writing.windows[-1].is_ready)
    draft = desk.window.writing.windows[-1].draft()

    assert (draft.html if rich else draft.text).count("Support desk") == 1
    assert draft.html.count("<img") == (1 if rich else 0)
    assert len(draft.enclosures) == (1 if rich else 0)


async def test_a_composer_in_which_nobody_wrote_leaves_nothing_and_tells_nothing(desk: Desk) -> None:
    before = drafts(desk)
    desk.window.show()
    composer = await begun(desk, desk.window)
    composer.close()
    await desk.until(lambda: not isValid(composer))

    assert (desk.window._toast.text, drafts(desk)) == ("", before)


async def test_after_a_crash_the_next_start_says_what_was_kept(
    desk: Desk, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "QUIET_MS", 20)
    composer = await begun(desk, desk.window)
    typed(composer.head.subject, "Chairs")
    typed(composer.editor, "Forty of them")
    file = desk.core.profile.root / "window.json"
    await desk.until(lambda: file.exists() and bool(json.loads(file.read_text()).get("writing.open")))

    tasks, bridge = Tasks(desk.window._tasks._loop), Bridge(desk.core.bus)  # the program as it starts again
    again = MainWindow(desk.core.services, tasks, bridge, theme, State(file), desk.core.profile.cache)
    again.restore()
    again.show()
    await desk.until(lambda: again._toast.text == "A mail you were writing was kept: Chairs")
    again._toast._button.click()
    await desk.until(lambda: bool(again.writing.windows) and again.writing.windows[-1].is_ready)
    assert again.writing.windows[-1].draft().text.startswith("Forty of them")

    again.writing.windows[-1].close()
    await desk.until(lambda: not again.writing.windows)
    composer.close()
    await desk.until(lambda: not desk.window.writing.windows)
    assert json.loads(file.read_text())["writing.open"] == []
    assert desk.failures == []
    again.close()
    bridge.close()
    tasks.close()
    again.deleteLater()


async def test_what_was_sent_or_thrown_away_before_a_crash_is_not_told(desk: Desk) -> None:
    composer = await begun(desk, desk.window)
    typed(composer.head.subject, "Chairs")
    await composer.keeping.save()
    key = composer.keeping.key
    composer.discard()
    await desk.until(lambda: not desk.window.writing.windows)
    state = State(desk.core.profile.root / "other.json")
    state.set("writing.open", [key, 4711])
    again = type(desk.window._unfinished)(desk.core.services, desk.window._tasks, state, desk.window)
    told: list[str] = []
    again.found.connect(lambda words, _keys: told.append(words))
    await again._tell([key, 4711])

    assert told == []


async def test_what_was_kept_is_told_at_one_start_alone(desk: Desk) -> None:
    composer = await begun(desk, desk.window)
    typed(composer.head.subject, "Chairs")
    await composer.keeping.save()
    state = State(desk.core.profile.root / "other.json")
    state.set("writing.open", [composer.keeping.key or 0])
    state.save()
    for expected in (["A mail you were writing was kept: Chairs"], []):
        state = State(desk.core.profile.root / "other.json")
        again = type(desk.window._unfinished)(desk.core.services, desk.window._tasks, state, desk.window)
        told: list[str] = []
        again.found.connect(lambda words, _keys, told=told: told.append(words))
        left = list(again._left)
        await again._tell(left)
        assert told == expected
        state.save()
