"""The rail: a number on an icon leaves the icon to be seen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.window.navigation import RailButton


def _drawn(image: QImage, colour: QColor) -> int:
    """Count the pixels that are nearly of a colour."""

    def near(at: QColor) -> bool:
        return abs(at.red() - colour.red()) + abs(at.green() - colour.green()) + abs(at.blue() - colour.blue()) < 60

    return sum(near(image.pixelColor(x, y)) for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("count", [4, 27, 120])
def test_a_number_leaves_most_of_the_icon_to_be_seen(theme: Theme, qtbot: QtBot, count: int) -> None:
    button = RailButton(theme, "mail", "Mail")
    qtbot.addWidget(button)
    button.resize(40, 40)
    button.show()
    bare = _drawn(button.grab().toImage(), theme.tokens.secondary)

    button.set_count(count, f"{count} unread")

    assert _drawn(button.grab().toImage(), theme.tokens.secondary) >= 0.7 * bare > 0
