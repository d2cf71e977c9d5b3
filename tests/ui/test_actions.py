"""The catalogue: every action once, and no letter taken from a text field."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.actions import CATALOGUE, Actions, Do
from desktop.ui.theme import Theme


def test_every_action_is_declared_once_with_words() -> None:
    assert Counter(spec.name for spec in CATALOGUE) == Counter(Do)
    assert all(spec.words() for spec in CATALOGUE)


def test_a_letter_fires_in_a_list_and_never_in_a_text_field(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    rows, fields = QListView(), (QLineEdit(), QPlainTextEdit(), QTextEdit())
    for widget in (rows, *fields):
        column.addWidget(widget)
    actions = Actions(window, theme)
    actions.set_mails_chosen(True)
    fired: list[str] = []
    for spec in CATALOGUE:
        actions.connect(spec.name, lambda name=spec.name: fired.append(name))
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    for field in fields:
        field.setFocus()
        QTest.keyClicks(field, "ajmrsfbnpt[]*\\")
        QTest.keyClick(field, Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
    in_fields = list(fired)
    rows.setFocus()
    QTest.keyClicks(rows, "ajmsfbnprt[]")
    QTest.keyClick(rows, Qt.Key.Key_Delete, Qt.KeyboardModifier.ShiftModifier)

    assert in_fields == []
    assert fired == [
        *("archive", "junk", "read", "star", "next", "previous", "next-unread", "previous-unread"),
        *("conversation-read", "next-unread-conversation", "read-before", "read-after", "delete"),
    ]


def test_verbs_need_mails(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window, theme)
    assert not actions[Do.ARCHIVE].isEnabled()
    assert actions[Do.GET_MAIL].isEnabled()
    actions.set_mails_chosen(True)
    assert actions[Do.ARCHIVE].isEnabled()
