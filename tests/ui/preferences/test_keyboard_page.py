"""The page of keys: pressed keys become those of an action at once; whose they were is said before they are taken."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from desktop.domain.shortcuts import KeySet
from desktop.ui.actions import CATALOGUE
from desktop.ui.compose.catalogue import CATALOGUE as WRITING
from desktop.ui.keymap import Keymap
from desktop.ui.preferences.keyboard_page import KeyboardPage
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button

CTRL, NOTHING = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> KeyboardPage:
    made = KeyboardPage(theme, Keymap(), (CATALOGUE, WRITING))
    qtbot.addWidget(made)
    made.resize(520, 420)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def press(page: KeyboardPage, qtbot: QtBot, *keys: Qt.Key, held: Qt.KeyboardModifier = NOTHING) -> None:
    """Press keys one after the other as a person does, and Enter to end it."""
    qtbot.waitUntil(page.recorder.hasFocus)
    for key in keys:
        QTest.keyClick(page.recorder, key, held)
    QTest.keyClick(page.recorder, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.strip.currentIndex() != 1)


def keys_of(page: KeyboardPage, name: str) -> tuple[str, ...]:
    catalogue = WRITING if name.startswith(WRITING.name) else CATALOGUE
    return page._keymap.keys(catalogue)[name]


def test_every_action_of_every_window_is_listed_with_its_keys(page: KeyboardPage) -> None:
    listed = {choice.text: choice.keys for choice in page.lines.choices if not choice.heading}
    for spec in (*CATALOGUE, *WRITING):
        assert spec.words().rstrip("…") in listed
    assert listed["Archive"] == ("A",)
    assert listed["New message"] == ("Ctrl+N", "Ctrl+M")


@pytest.mark.parametrize(
    ("words", "found"), [("archi", "Archive"), ("ctrl+shift+k", "Filter this list"), ("bold", "Bold")]
)
def test_an_action_is_found_by_its_words_or_keys(page: KeyboardPage, words: str, found: str) -> None:
    QTest.keyClicks(page.field, words)
    assert found in [choice.text for choice in page.lines.choices if not choice.heading]
    assert len(page.lines.choices) < 12


def test_words_that_name_nothing_leave_nothing_to_press(page: KeyboardPage) -> None:
    QTest.keyClicks(page.field, "xyzzy")
    assert page.lines.choices == ()
    assert not page.change.isEnabled()
    assert not page.clear.isEnabled()


def test_pressed_keys_are_stored_and_alive(page: KeyboardPage, qtbot: QtBot) -> None:
    stored: list[str] = []
    page.changed.connect(stored.append)
    page.choose("window.archive")
    page.change.click()
    press(page, qtbot, Qt.Key.Key_Y)

    assert keys_of(page, "window.archive") == ("Y",)
    assert json.loads(stored[-1]) == {"thunderbird": {"window.archive": ["Y"]}}
    assert next(choice for choice in page.lines.choices if choice.text == "Archive").keys == ("Y",)


def test_enter_on_a_line_waits_for_keys(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.star")
    page.lines.setFocus()
    QTest.keyClick(page.lines, Qt.Key.Key_Return)
    press(page, qtbot, Qt.Key.Key_Y)

    assert keys_of(page, "window.star") == ("Y",)
    qtbot.waitUntil(page.lines.hasFocus)


def test_a_chord_is_pressed(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.go-inbox")
    page.change.click()
    press(page, qtbot, Qt.Key.Key_G, Qt.Key.Key_I)

    assert keys_of(page, "window.go-inbox") == ("G, I",)


def test_a_key_is_taken_a_second_after_it_was_pressed(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.archive")
    page.change.click()
    qtbot.waitUntil(page.recorder.hasFocus)
    QTest.keyClick(page.recorder, Qt.Key.Key_Y)

    qtbot.waitUntil(lambda: keys_of(page, "window.archive") == ("Y",))


def test_a_taken_key_is_given_up_only_after_it_was_said(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.archive")
    page.change.click()
    press(page, qtbot, Qt.Key.Key_S)

    assert page.sentence.text() == "S is taken: it does “Star”."
    assert keys_of(page, "window.archive") == ("A",)
    page.yes.click()
    assert keys_of(page, "window.archive") == ("S",)
    assert keys_of(page, "window.star") == ()

    page.reset.click()
    assert keys_of(page, "window.archive") == ("A",)
    assert keys_of(page, "window.star") == ("S",)


def test_a_key_is_added_taken_away_and_put_back(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.archive")
    page.add.click()
    press(page, qtbot, Qt.Key.Key_Y)
    assert keys_of(page, "window.archive") == ("A", "Y")
    page.clear.click()
    assert keys_of(page, "window.archive") == ()
    assert not page.add.isEnabled()
    page.reset.click()
    assert keys_of(page, "window.archive") == ("A",)
    assert not page.reset.isEnabled()


@pytest.mark.parametrize("key", [Qt.Key.Key_Tab, Qt.Key.Key_Space, Qt.Key.Key_Down])
def test_what_moves_about_stays_what_it_is(page: KeyboardPage, qtbot: QtBot, key: Qt.Key) -> None:
    page.choose("window.archive")
    page.change.click()
    press(page, qtbot, key)

    assert "how one moves about" in page.sentence.text()
    assert page.strip.currentIndex() == 2
    assert keys_of(page, "window.archive") == ("A",)


def test_a_letter_is_refused_while_one_writes(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("writing.bold")
    page.change.click()
    press(page, qtbot, Qt.Key.Key_B)

    assert "a key alone is text" in page.sentence.text()
    page.yes.click()
    press(page, qtbot, Qt.Key.Key_J, held=CTRL)
    assert keys_of(page, "writing.bold") == ("Ctrl+J",)


def test_the_same_key_may_mean_something_else_in_another_window(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("writing.strike")
    page.change.click()
    press(page, qtbot, Qt.Key.Key_R, held=CTRL)

    assert keys_of(page, "writing.strike") == ("Ctrl+R",)
    assert keys_of(page, "window.reply") == ("Ctrl+R",)


def test_escape_leaves_the_keys_as_they_are(page: KeyboardPage, qtbot: QtBot) -> None:
    page.choose("window.archive")
    page.change.click()
    qtbot.waitUntil(page.recorder.hasFocus)
    QTest.keyClick(page.recorder, Qt.Key.Key_Escape)

    assert page.strip.currentIndex() == 0
    assert keys_of(page, "window.archive") == ("A",)
    qtbot.waitUntil(page.lines.hasFocus)


def test_everything_goes_back_after_a_question(page: KeyboardPage) -> None:
    assert not page.reset_all.isEnabled()
    for name in ("window.archive", "writing.bold"):
        page.choose(name)
        page.clear.click()
    page.reset_all.click()
    assert keys_of(page, "window.archive") == ()
    page.yes.click()

    assert keys_of(page, "window.archive") == ("A",)
    assert keys_of(page, "writing.bold") == ("Ctrl+B",)
    assert page._keymap.stored == "{}"


def test_each_set_is_changed_by_itself(page: KeyboardPage) -> None:
    page.choose("window.archive")
    page.clear.click()
    page._keymap.choose(KeySet.GMAIL, page._keymap.stored)
    assert keys_of(page, "window.archive") == ("E",)
    page._keymap.choose(KeySet.THUNDERBIRD, page._keymap.stored)
    assert keys_of(page, "window.archive") == ()


def test_a_screen_reader_is_told_action_and_keys(page: KeyboardPage) -> None:
    row = next(at for at, choice in enumerate(page.lines.choices) if choice.text == "Find next")
    index = page.lines.model().index(row, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "Find next, F3, Ctrl+G"
    assert page.lines.accessibleName()
    assert page.recorder.accessibleName()
    assert all(line.accessibleName() for line in page.findChildren(QLineEdit))


@pytest.mark.parametrize("how", ["button", "another line"])
def test_a_key_that_was_pressed_by_mistake_can_be_left(page: KeyboardPage, qtbot: QtBot, how: str) -> None:
    page.choose("window.archive")
    page.change.click()
    qtbot.waitUntil(page.recorder.hasFocus)
    QTest.keyClick(page.recorder, Qt.Key.Key_Y)
    if how == "button":
        cancel = next(each for each in page.strip.widget(1).findChildren(Button) if each.text() == "Cancel")
        QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    else:
        page.lines.setFocus()
    qtbot.wait(1200)

    assert keys_of(page, "window.archive") == ("A",)
    assert page.strip.currentIndex() == 0
