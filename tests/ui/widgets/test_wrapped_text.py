"""Words of any length in a width that is given."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.wrapped_text import SelectableText

ENDLESS = "x" * 400


@pytest.mark.parametrize("kind", [Paragraph, SelectableText])
def test_an_endless_word_is_broken_and_asks_for_no_width(theme, qtbot, kind):
    host = QWidget()
    qtbot.addWidget(host)
    column = QVBoxLayout(host)
    text = kind(theme, ENDLESS)
    column.addWidget(text)
    column.addStretch(1)
    host.resize(300, 600)
    host.show()

    assert host.minimumSizeHint().width() < 180
    assert text.width() < 300
    assert text.text() == ENDLESS
    line = text.fontMetrics().height()
    needed = text.fontMetrics().horizontalAdvance(ENDLESS) / text.width()
    assert needed * line <= text.height() <= (needed + 3) * line


@pytest.mark.parametrize("kind", [Paragraph, SelectableText])
def test_lines_of_a_text_stay_lines(theme, qtbot, kind):
    text = kind(theme, "one\ntwo\nthree")
    qtbot.addWidget(text)

    assert text.heightForWidth(300) >= 3 * (text.fontMetrics().height() - 1)


def test_text_is_copied_as_it_is_and_other_keys_are_left_to_others(theme, qtbot):
    text = SelectableText(theme, f"<b>{ENDLESS}</b>")
    qtbot.addWidget(text)
    text.resize(200, 400)
    text.show()

    QTest.keyClick(text, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(text, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == f"<b>{ENDLESS}</b>"


def test_the_answer_of_a_server_fits_into_its_banner(theme, qtbot):
    banner = Banner(theme, ENDLESS, details=ENDLESS)
    qtbot.addWidget(banner)
    banner._details.show()

    assert banner.minimumSizeHint().width() < 300


def test_a_word_of_a_language_stays_whole_beside_the_buttons_of_a_banner(theme, qtbot):
    banner = Banner(theme, "Изображения не загружены", actions=(("Всегда от этого отправителя", lambda: None),))
    qtbot.addWidget(banner)
    banner.resize(banner.minimumSizeHint().width(), 60)
    banner.show()

    assert banner._text.width() >= banner._text.fontMetrics().horizontalAdvance("Изображения")
