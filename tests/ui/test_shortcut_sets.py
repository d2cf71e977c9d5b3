"""The sets of keys: as people know them, without a clash, alive at once, and none of a text field."""

from __future__ import annotations

import itertools
from collections import Counter

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListView, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.shortcuts import KeySet, collide, effective, refusal, with_changes
from desktop.ui import chords
from desktop.ui.actions import CATALOGUE, Actions, Catalogue, Do, Spec
from desktop.ui.compose.catalogue import CATALOGUE as WRITING
from desktop.ui.compose.catalogue import Write
from desktop.ui.keymap import Keymap, as_qt_writes, shown
from desktop.ui.theme import Theme
from tests.ui.shortcut_table import NONE, NOT_HERE, SAME, TABLE, keys_of

BOTH = pytest.mark.parametrize("catalogue", [CATALOGUE, WRITING], ids=["window", "writing"])
SETS = pytest.mark.parametrize("key_set", KeySet)


def spec_of(name: Do | Write) -> Spec:
    return next(spec for spec in (*CATALOGUE, *WRITING) if spec.name is name)


@pytest.mark.parametrize(("name", "thunderbird", "gmail"), TABLE, ids=[row[0] for row in TABLE])
def test_a_row_of_the_table_is_followed(name: Do | Write, thunderbird: str, gmail: str) -> None:
    spec = spec_of(name)
    assert set(keys_of(thunderbird)) <= set(spec.keys)
    if gmail is SAME:
        assert spec.keys_in(KeySet.GMAIL) == spec.keys
    elif gmail is not NONE:
        assert spec.keys_in(KeySet.GMAIL)[: len(keys_of(gmail))] == keys_of(gmail)


def test_every_row_that_is_not_followed_says_why() -> None:
    assert all(NOT_HERE.values())


@BOTH
@SETS
def test_no_key_means_two_things(catalogue: Catalogue, key_set: KeySet) -> None:
    keys = [(spec.name, key) for spec in catalogue for key in spec.keys_in(key_set)]
    clashes = [(one, other) for one, other in itertools.combinations(keys, 2) if collide(one[1], other[1])]
    assert clashes == []


@BOTH
@SETS
def test_every_key_is_written_as_qt_writes_it_and_could_be_chosen_by_hand(
    catalogue: Catalogue, key_set: KeySet
) -> None:
    for spec in catalogue:
        for key in spec.keys_in(key_set):
            assert as_qt_writes(key) == key
            assert not refusal(key, while_writing=catalogue.while_writing) or spec.name is Write.CLOSE


@BOTH
def test_names_are_stored_once(catalogue: Catalogue) -> None:
    assert max(Counter(catalogue.stored_name(spec) for spec in catalogue).values()) == 1


class Bench:
    """A list and text fields in a window with all actions."""

    def __init__(self, theme: Theme, qtbot: QtBot, key_set: KeySet, stored: str = "{}") -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        column = QVBoxLayout(self.window)
        self.rows, self.fields = QListView(), (QLineEdit(), QPlainTextEdit(), QTextEdit())
        for widget in (self.rows, *self.fields):
            column.addWidget(widget)
        self.keymap = Keymap()
        self.keymap.choose(key_set, stored)
        self.actions = Actions(self.window, theme, self.keymap)
        self.actions.set_mails_chosen(True)
        self.fired: list[str] = []
        for spec in CATALOGUE:
            self.actions.connect(spec.name, lambda name=spec.name: self.fired.append(name))
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.rows.setFocus()


def test_gmails_letters_and_chords_fire_in_a_list_and_never_in_a_text_field(theme: Theme, qtbot: QtBot) -> None:
    bench = Bench(theme, qtbot, KeySet.GMAIL)
    for field in bench.fields:
        field.setFocus()
        QTest.keyClicks(field, "creaf#!svjknpouz/?;:x*a*ngigsgtgdgagl[]")
    assert bench.fired == []

    bench.rows.setFocus()
    QTest.keyClicks(bench.rows, "creaf#sjkz/gigs*a[")

    assert bench.fired == [
        *("new", "reply", "archive", "reply-all", "forward", "trash", "star", "next", "previous", "undo", "search"),
        *("go-inbox", "go-starred", "select-all", "archive-previous"),
    ]


def test_half_a_chord_waits_only_where_it_was_begun_and_not_for_ever(
    theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chords, "WAIT_MS", 50)
    bench = Bench(theme, qtbot, KeySet.GMAIL)
    for field in bench.fields:
        bench.rows.setFocus()
        QTest.keyClicks(bench.rows, "g")
        field.setFocus()
        QTest.keyClicks(field, "it")
    assert bench.fired == []
    line, *pages = bench.fields
    assert [line.text(), *(page.toPlainText() for page in pages)] == ["it"] * 3

    bench.rows.setFocus()
    QTest.keyClicks(bench.rows, "ge")
    QTest.keyClicks(bench.rows, "g")
    qtbot.wait(100)
    QTest.keyClicks(bench.rows, "ts")
    QTest.keyClicks(bench.rows, "gt")

    assert bench.fired == ["archive", "star", "go-sent"], "a key that ends no chord does what it does alone"


def test_another_set_is_alive_at_once(theme: Theme, qtbot: QtBot) -> None:
    bench = Bench(theme, qtbot, KeySet.THUNDERBIRD)
    QTest.keyClicks(bench.rows, "ae")
    bench.keymap.choose(KeySet.GMAIL, "{}")
    QTest.keyClicks(bench.rows, "ae")

    assert bench.fired == ["archive", "reply-all", "archive"]
    assert shown(bench.actions.key_of(Do.GO_INBOX)) == "G I"


def test_a_changed_key_is_alive_and_shown(theme: Theme, qtbot: QtBot) -> None:
    changes = {"window.archive": ("Y",), "window.star": (), "window.go-inbox": ("G, N",)}
    bench = Bench(theme, qtbot, KeySet.THUNDERBIRD, with_changes("{}", KeySet.THUNDERBIRD, changes))
    QTest.keyClicks(bench.rows, "yasgn")

    assert bench.fired == ["archive", "go-inbox"]
    assert bench.actions.key_of(Do.ARCHIVE) == "Y"
    assert bench.actions[Do.ARCHIVE].shortcut() == QKeySequence("Y")
    assert bench.actions.key_of(Do.STAR) == ""


def test_what_is_stored_and_no_key_leaves_the_key_of_the_set(theme: Theme, qtbot: QtBot) -> None:
    changes = {"window.archive": ("Ctrl+Nonsense",), "window.star": ("Y",)}
    bench = Bench(theme, qtbot, KeySet.THUNDERBIRD, with_changes("{}", KeySet.THUNDERBIRD, changes))
    QTest.keyClicks(bench.rows, "ay")

    assert bench.fired == ["archive", "star"]


def test_lent_keys_follow_the_keymap(theme: Theme, qtbot: QtBot) -> None:
    bench = Bench(theme, qtbot, KeySet.THUNDERBIRD)
    bench.actions[Do.FIND].setEnabled(False)
    bench.actions.lend_keys(Do.FIND, Do.QUICK_FILTER, True)
    bench.keymap.choose(KeySet.THUNDERBIRD, with_changes("{}", KeySet.THUNDERBIRD, {"window.find": ("Ctrl+J",)}))
    QTest.keyClick(bench.rows, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(bench.rows, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert bench.fired == ["quick-filter"]

    bench.actions.lend_keys(Do.FIND, Do.QUICK_FILTER, False)
    QTest.keyClick(bench.rows, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier)
    assert bench.fired == ["quick-filter"]


def test_a_keymap_outlives_a_window(theme: Theme, qtbot: QtBot) -> None:
    keymap, window = Keymap(), QWidget()
    Actions(window, theme, keymap)
    window.deleteLater()
    qtbot.wait(10)
    keymap.choose(KeySet.GMAIL, "{}")

    assert keymap.keys(CATALOGUE) == effective(CATALOGUE.declared(KeySet.GMAIL), {})


def test_letters_of_a_russian_keyboard_do_the_same(theme: Theme, qtbot: QtBot) -> None:
    bench = Bench(theme, qtbot, KeySet.GMAIL)
    keys = [each.toString() for each in bench.actions[Do.ARCHIVE].shortcuts()]

    assert keys == ["E", "У"]
    assert bench.actions._keys[Do.GO_INBOX] == ("G, I", "П, Ш")
    assert bench.actions.key_of(Do.ARCHIVE) == "E", "the Latin one is shown"
