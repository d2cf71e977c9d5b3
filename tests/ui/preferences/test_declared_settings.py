"""Every declared setting has its control in the preferences, and every value of it can be picked there and is kept."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QSpinBox
from pytestqt.qtbot import QtBot

from desktop.app.core import Core
from desktop.domain import settings
from desktop.domain.settings import SECTIONS, Setting
from desktop.ui.actions import CATALOGUE
from desktop.ui.bridge import Bridge
from desktop.ui.compose.catalogue import CATALOGUE as WRITING
from desktop.ui.keymap import Keymap
from desktop.ui.preferences.dialog import Preferences
from desktop.ui.preferences.setting_controls import AnySetting
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox, Segment, Select
from tests.ui.preferences.conftest import until

ELSEWHERE = {
    settings.PAUSED_UNTIL_MS.name: "the menu of the tray",
    settings.PROVIDER_FILES.name: "the list of provider files, on the page of mail accounts",
    settings.KEY_CHANGES.name: "the list of keys, on the page of the keyboard",
}
SHOWN = [setting for section in SECTIONS for setting in section.settings]


@pytest.fixture
def preferences(core: Core, tasks: Tasks, theme: Theme, qtbot: QtBot) -> Iterator[Preferences]:
    bridge, known = Bridge(core.bus), core.services
    made = Preferences(
        *(known.settings, known.accounts, known.reading, known.providers, tasks, bridge, theme),
        *(Keymap(), (CATALOGUE, WRITING)),
    )
    made.show()
    yield made
    if shiboken6.isValid(made):
        made.close()
    bridge.close()


def test_every_setting_stands_in_the_preferences_or_says_where(preferences: Preferences) -> None:
    declared = {value.name for value in vars(settings).values() if isinstance(value, Setting)}
    assert declared == set(preferences._controls) | set(ELSEWHERE)
    assert set(preferences._controls) == {setting.name for setting in SHOWN}


@pytest.mark.parametrize("setting", SHOWN, ids=[setting.name for setting in SHOWN])
async def test_every_value_can_be_picked_and_is_kept(preferences: Preferences, core: Core, setting: AnySetting) -> None:
    control = preferences._controls[setting.name].control
    assert control.isEnabled()
    get = core.services.settings.get
    if isinstance(control, CheckBox):
        for _turn in range(2):
            before = get(setting)
            control.click()
            await until(lambda was=before: get(setting) is not was)
        return
    assert not isinstance(control, QSpinBox), "none is a number yet"
    assert isinstance(control, Segment | Select)
    for at, choice in enumerate(setting.choices):
        if isinstance(control, Segment):
            control.chosen.emit(at)
        else:
            control.activated.emit(at)
        await until(lambda wanted=choice.value: get(setting) == wanted)


def test_every_setting_says_what_it_is(preferences: Preferences) -> None:
    for name, shown in preferences._controls.items():
        assert shown.control.accessibleName() or shown.setting.label(), name
        assert all(choice.label() for choice in shown.setting.choices)
