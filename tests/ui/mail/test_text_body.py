"""The native body of a text mail."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QTextDocument
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
