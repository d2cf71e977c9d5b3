"""The preferences beside a window in use: they follow what changes elsewhere, and keep the keyboard while they do."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.app.core import Core
from desktop.domain import settings
from desktop.domain.mail.mail_account import AccountStatus, Activity, Endpoint, MailAccount, Security
from desktop.ui.actions import CATALOGUE
from desktop.ui.bridge import Bridge
from desktop.ui.compose.catalogue import CATALOGUE as WRITING
from desktop.ui.keymap import Keymap
from desktop.ui.preferences.dialog import ACCOUNTS, Preferences
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import Segment, Select
from tests.ui.preferences.conftest import until


@pytest.fixture
def bridge(core: Core, qtbot: QtBot) -> Iterator[Bridge]:
    made = Bridge(core.bus)
    yield made
    made.close()


def _window(core: Core, tasks: Tasks, bridge: Bridge, theme: Theme) -> Preferences:
    known = core.services
    return Preferences(
        *(known.settings, known.accounts, known.reading, known.providers, tasks, bridge, theme),
        *(Keymap(), (CATALOGUE, WRITING)),
    )


@pytest.fixture
def shown(core: Core, tasks: Tasks, theme: Theme, bridge: Bridge) -> Iterator[Preferences]:
    """The preferences of a profile with two accounts."""
    for name in ("jan", "sales"):
        endpoint = Endpoint("imap.firm.example", 993, Security.TLS, name)
        core.services.accounts.add(MailAccount(uuid.uuid4(), f"{name}@firm.example", imap=endpoint), "secret")
    made = _window(core, tasks, bridge, theme)
    made.show()
    yield made
    if shiboken6.isValid(made):
        made.close()


def _lines(shown: Preferences) -> list[QPushButton]:
    return [line for line in shown._list.findChildren(QPushButton) if "@" in line.accessibleName() and line.isVisible()]


async def test_a_line_stays_the_same_while_its_account_is_fetched(shown: Preferences, core: Core) -> None:
    shown.show_page(ACCOUNTS)
    await until(lambda: len(_lines(shown)) == 2)
    line = _lines(shown)[1]
    key = core.services.accounts.all()[1].key
    line.setFocus(Qt.FocusReason.TabFocusReason)
    asked: list[int] = []
    shown.edit_account_requested.connect(asked.append)
    line.setDown(True)

    core.supervisor._means.statuses.set(AccountStatus(key, Activity.TROUBLE, problem="The disk is full."))
    await until(lambda: any("The disk is full." in one.accessibleName() for one in _lines(shown)))
    core.supervisor._means.statuses.set(AccountStatus(key, Activity.PAUSED))
    await until(lambda: any(one.accessibleName().endswith(", Paused") for one in _lines(shown)))
    line.click()

    assert shiboken6.isValid(line)
    assert _lines(shown)[1] is line
    assert shown.focusWidget() is line
    assert asked == [key]


async def test_what_changes_while_accounts_are_read_is_shown_too(
    shown: Preferences, core: Core, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown.show_page(ACCOUNTS)
    await until(lambda: len(_lines(shown)) == 2)
    statuses, go_on = core.services.accounts.statuses, threading.Event()
    reads: list[object] = []
    key = core.services.accounts.all()[0].key

    def slowly() -> dict[int, AccountStatus]:
        read = statuses()
        reads.append(read)
        if len(reads) == 1:
            go_on.wait(10)
        return read

    monkeypatch.setattr(core.services.accounts, "statuses", slowly)
    board = core.supervisor._means.statuses
    board.set(AccountStatus(key, Activity.TROUBLE, problem="The disk is full."))
    await until(lambda: len(reads) == 1)
    board.set(AccountStatus(key, Activity.TROUBLE, problem="The password is wrong."))
    told: list[object] = []
    bridge.status_changed.connect(told.append)
    await until(lambda: bool(told))
    go_on.set()

    await until(lambda: any("The password is wrong." in one.accessibleName() for one in _lines(shown)))


async def test_a_setting_changed_elsewhere_is_shown(shown: Preferences, core: Core) -> None:
    control = shown._controls[settings.DENSITY.name].control
    values = [choice.value for choice in settings.DENSITY.choices]
    assert isinstance(control, Segment | Select)

    def current() -> int:
        return control.current if isinstance(control, Segment) else control.currentIndex()

    for value in reversed(values):
        core.services.settings.set(settings.DENSITY, value)
        await until(lambda value=value: current() == values.index(value))


async def test_an_account_that_goes_takes_its_line_and_the_last_leaves_the_next_step(
    shown: Preferences, core: Core
) -> None:
    shown.show_page(ACCOUNTS)
    await until(lambda: len(_lines(shown)) == 2)
    for account in core.services.accounts.all():
        core.services.accounts.remove(account.key)
    await until(lambda: not _lines(shown) and shown._list._empty.isVisible())
    assert not shown._list._foot.isVisible()


async def test_a_sender_whose_images_always_load_can_be_taken_back(shown: Preferences, core: Core) -> None:
    reading = core.services.reading
    assert not shown.senders.isVisible()
    for address in ("Offers@shop.example", "anna@acme.example"):
        reading.allow_images_from(address)

    shown.show_page("reading")
    await until(lambda: list(shown.senders.lines) == ["anna@acme.example", "Offers@shop.example"])
    assert shown.senders.isVisible()
    shown.senders.buttons["Offers@shop.example"].click()
    await until(lambda: list(shown.senders.lines) == ["anna@acme.example"])

    assert reading.senders_with_images() == ("anna@acme.example",)
    shown.senders.buttons["anna@acme.example"].click()
    await until(lambda: not shown.senders.isVisible())
    assert reading.senders_with_images() == ()


async def test_a_domain_whose_images_always_load_is_named_and_can_be_taken_back(shown: Preferences, core: Core) -> None:
    core.services.reading.allow_images_from("@acme.example")
    shown.show_page("reading")
    await until(lambda: list(shown.senders.lines) == ["@acme.example"])
    button = shown.senders.buttons["@acme.example"]
    assert button.accessibleName() == "Remove Everybody of acme.example"

    button.click()
    await until(lambda: not shown.senders.isVisible())
    assert core.services.reading.senders_with_images() == ()


async def test_a_provider_file_is_taken_shown_and_taken_back(shown: Preferences, core: Core, tmp_path: Path) -> None:
    file = tmp_path / "google.json"
    file.write_text('{"id": "google", "client_id": "rapport-7", "client_secret": "canary"}')
    shown.show_page(ACCOUNTS)

    shown.provider_files.take(str(file))
    await until(lambda: "google" in shown.provider_files.list.buttons)
    taken = core.services.providers.client("google")
    shown.provider_files.list.buttons["google"].click()
    await until(lambda: not shown.provider_files.list.buttons)

    assert taken is not None
    assert taken.id == "rapport-7"
    assert core.services.providers.client("google") is None
