"""The buttons of several selected mails lie inside the reader, whatever its width."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from desktop.base import i18n
from desktop.ui.actions import Actions
from desktop.ui.mail.selection_summary import SelectionSummary
from desktop.ui.widgets.buttons import Button


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("width", "columns"), [(900, 2), (300, 1), (150, 1), (800, 2)])
def test_buttons_never_overlap_nor_leave_the_reader(theme, qtbot, language: str, width: int, columns: int) -> None:
    i18n.set_language(language)
    try:
        window = QWidget()
        qtbot.addWidget(window)
        summary = SelectionSummary(theme, Actions(window, theme), window)
    finally:
        i18n.set_language("en")
    window.resize(1000, 700)
    window.show()
    summary.setGeometry(0, 0, 1000, 640)
    summary.setGeometry(0, 0, width, 640)
    qtbot.waitUntil(lambda: summary.width() == width)

    summary.layout().activate()
    places = [button.geometry() for button in summary.findChildren(Button)]

    assert len({place.x() for place in places}) == columns
    assert all(summary.rect().contains(place) for place in places)
    assert not any(one.intersects(other) for at, one in enumerate(places) for other in places[:at])
