"""Names with an ampersand on what paints its own words."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.choices import CheckBox, FilterChip


@pytest.mark.parametrize("made", [Button, FilterChip, CheckBox])
def test_an_ampersand_is_a_letter_like_others(
    theme: Theme, qtbot: QtBot, made: type[Button] | type[FilterChip] | type[CheckBox]
) -> None:
    button = made(theme, "R&D & Co")
    qtbot.addWidget(button)
    plain = made(theme, "R+D + Co")
    qtbot.addWidget(plain)
    said = QAccessible.queryAccessibleInterface(button).text(QAccessible.Text.Name)
    first = button.text()

    button.setText("Q&A")

    assert (first, said) == ("R&D & Co", "R&D & Co")
    assert button.text() == "Q&A"
    assert button.shortcut().isEmpty(), "no letter of a name is a shortcut"
    button.setText("R&D & Co")
    wider = button.fontMetrics().horizontalAdvance("&&") - plain.fontMetrics().horizontalAdvance("++")
    assert button.sizeHint().width() == plain.sizeHint().width() + wider
