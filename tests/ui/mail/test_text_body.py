"""The native body of a text mail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.ui.mail.text_body import TextBody
from desktop.ui.mail.text_layout import Layout, Line, Run
from desktop.ui.theme import Theme


@pytest.fixture
def body(qtbot: QtBot, theme: Theme) -> TextBody:
    made = TextBody(theme)
    qtbot.addWidget(made)
    return made


def test_a_text_that_is_no_longer_shown_is_let_go(body: TextBody) -> None:
    for number in range(20):
        body.show_layout(Layout((Line((Run(f"Mail {number}"),)),)))
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    assert body.toPlainText() == "Mail 19"
    assert len(body.findChildren(QTextDocument)) == 1


def test_a_click_into_the_text_leaves_no_caret(qtbot: QtBot, body: TextBody) -> None:
    flash_ms = QApplication.cursorFlashTime()
    QApplication.setCursorFlashTime(0)  # a caret that is shown stays shown
    try:
        body.resize(400, 300)
        body.show()
        body.activateWindow()
        body.show_layout(Layout((Line((Run("Hello"),)),)))
        qtbot.waitUntil(lambda: body.toPlainText() == "Hello" and not body._slices.is_running)
        before = body.viewport().grab().toImage()

        body.setFocus(Qt.FocusReason.MouseFocusReason)
        body.moveCursor(QTextCursor.MoveOperation.End)
        qtbot.waitUntil(body.hasFocus)

        assert body.viewport().grab().toImage() == before
        body.selectAll()
        assert body.viewport().grab().toImage() != before
    finally:
        QApplication.setCursorFlashTime(flash_ms)


def test_the_ground_of_a_folded_quotation_is_round_and_scrolls_with_it(
    qtbot: QtBot, body: TextBody, theme: Theme
) -> None:
    body.resize(400, 300)
    body.show()
    lines = tuple(Line((Run(str(number)),)) for number in range(40))
    body.show_layout(Layout((*lines, Line((Run("quoted"),), depth=1, fold=0)), folds=("Quoted text",)))
    qtbot.waitUntil(lambda: body.verticalScrollBar().maximum() > 0)
    body.verticalScrollBar().setValue(body.verticalScrollBar().maximum())

    [place] = body._pill_places()

    picture = body.viewport().grab().toImage()
    ground = QColor(theme.tokens.hover2 if theme.tokens.dark else theme.tokens.sunken)
    assert body.viewport().rect().contains(place.toRect())
    assert picture.pixelColor(place.center().toPoint().x(), round(place.top()) + 2) == ground
    assert picture.pixelColor(round(place.left()), round(place.top())) == QColor(theme.tokens.bg)
