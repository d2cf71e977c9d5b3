"""Recipients as chips."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QByteArray, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Suggestion
from desktop.ui.compose.address_chip import DRAG_TYPE, brought, carried
from desktop.ui.compose.address_field import AddressField
from desktop.ui.theme import Theme
from tests.corpora import corpus
from tests.ui.compose.conftest import host_of
from tests.ui.compose.fakes import PEOPLE

ANNA, ROLF = Address("Anna Keller", "anna@acme.example"), Address("Rolf Stein", "rolf@acme.example")


def ask(words: str, give: Callable[[tuple[Suggestion, ...]], None]) -> None:
    give(tuple(each for each in PEOPLE if words.lower() in f"{each.name} {each.address}".lower()))


@pytest.fixture
def field(theme: Theme, qtbot: QtBot) -> Iterator[AddressField]:
    made = AddressField(theme, "To", ask)
    host = host_of(qtbot, [made])
    made.line.setFocus()
    yield made
    host.close()


def press(key: Qt.Key) -> None:
    QTest.keyClick(QApplication.focusWidget(), key)


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Tab, Qt.Key.Key_Comma, Qt.Key.Key_Semicolon])
def test_keys_that_accept(field: AddressField, key: Qt.Key) -> None:
    QTest.keyClicks(field.line, "bo@trent.example")
    press(key)
    assert field.addresses == (Address("", "bo@trent.example"),)
    assert field.line.text() == ""
    assert field.line.hasFocus()


def test_tab_takes_what_is_suggested_and_goes_on(field: AddressField) -> None:
    ways: list[int] = []
    field.left.connect(ways.append)
    QTest.keyClicks(field.line, "bo@trent.example")
    press(Qt.Key.Key_Tab)

    assert field.addresses == (Address("", "bo@trent.example"),)
    assert ways == [1]


def test_a_comma_inside_a_quoted_name_is_part_of_it(field: AddressField) -> None:
    QTest.keyClicks(field.line, '"Keller, Anna" <anna@acme.example>')
    press(Qt.Key.Key_Return)
    assert field.addresses == (Address("Keller, Anna", "anna@acme.example"),)


def test_suggestions_are_walked_and_taken(field: AddressField) -> None:
    QTest.keyClicks(field.line, "ann")
    assert field.popup.is_open
    assert field.popup.current == PEOPLE[0]
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Return)
    assert field.addresses == (Address("Anna Lind", "lind@kranich.example"),)
    assert not field.popup.is_open
    assert "Kranich Logistik" in field.chips[0].accessibleName()

    QTest.keyClicks(field.line, "ann")
    assert PEOPLE[1] not in [each.value for each in field.popup._list.choices]
    press(Qt.Key.Key_Escape)
    assert not field.popup.is_open
    assert field.line.text() == "ann"


def test_a_pasted_list_is_split(field: AddressField) -> None:
    QGuiApplication.clipboard().setText("Anna Keller <anna@acme.example>; rolf@acme.example\nbo@trent.example")
    QTest.keyClick(field.line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert [each.address for each in field.addresses] == ["anna@acme.example", "rolf@acme.example", "bo@trent.example"]


def test_nobody_stands_there_twice(field: AddressField) -> None:
    field.add((ANNA, ROLF, Address("", "ANNA@acme.example")))
    assert field.addresses == (ANNA, ROLF)


def test_backspace_chooses_the_last_and_then_removes_it(field: AddressField) -> None:
    field.add((ANNA, ROLF))
    press(Qt.Key.Key_Backspace)
    assert QApplication.focusWidget() is field.chips[1]
    assert field.addresses == (ANNA, ROLF)
    press(Qt.Key.Key_Backspace)
    assert field.addresses == (ANNA,)
    assert QApplication.focusWidget() is field.chips[0]


def test_arrows_walk_among_the_chips(field: AddressField) -> None:
    field.add((ANNA, ROLF))
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_Left)
    assert QApplication.focusWidget() is field.chips[0]
    press(Qt.Key.Key_Left)
    assert QApplication.focusWidget() is field.chips[0]
    press(Qt.Key.Key_End)
    assert QApplication.focusWidget() is field.line


def test_a_chip_is_written_anew(field: AddressField) -> None:
    field.add((ANNA,))
    press(Qt.Key.Key_Left)
    press(Qt.Key.Key_F2)
    assert field.line.text() == "Anna Keller <anna@acme.example>"
    assert field.addresses == ()
    press(Qt.Key.Key_Return)
    QTest.mouseDClick(field.chips[0], Qt.MouseButton.LeftButton, pos=QPoint(40, 10))
    assert field.line.hasFocus()
    assert field.addresses == ()


def test_the_cross_removes(field: AddressField) -> None:
    field.add((ANNA, ROLF))
    chip = field.chips[0]
    QTest.mousePress(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, 12))
    assert field.addresses == (ROLF,)


def test_what_is_no_address_is_red_and_said(field: AddressField) -> None:
    QTest.keyClicks(field.line, "anna at acme")
    press(Qt.Key.Key_Return)
    assert field.wrong == (Address("anna at acme", ""),)
    assert field._wrong.text() == "“anna at acme” has no email address."
    assert field._wrong.isVisible()
    assert "has no email address" in field.chips[0].accessibleName()
    field.remove(field.wrong[0])
    assert not field._wrong.isVisible()


def test_leaving_the_line_accepts_what_is_typed(field: AddressField, qtbot: QtBot) -> None:
    QTest.keyClicks(field.line, "bo@trent.example")
    field.line.clearFocus()
    assert field.addresses == (Address("", "bo@trent.example"),)


def drop_on(field: AddressField, source: QMimeData) -> None:
    move = Qt.DropAction.MoveAction
    event = QDropEvent(QPointF(5, 5), move, source, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    field.dropEvent(event)


def test_chips_are_dropped_from_another_field(field: AddressField) -> None:
    drop_on(field, carried((ANNA, Address("", "bo@trent.example"))))
    assert field.addresses == (ANNA, Address("", "bo@trent.example"))


@pytest.mark.parametrize("octets", [b"", b"[", b"[[1]]", b"{}", b'[["a"]]', b"\xff", b"[" * 9999, b"null"])
def test_a_drag_another_program_made_up_is_no_harm(octets: bytes) -> None:
    """C45"""
    made = QMimeData()
    made.setData(DRAG_TYPE, QByteArray(octets))
    assert brought(made) in (None, ())
    made.setData(DRAG_TYPE, QByteArray(json.dumps([["a\nBcc: x", "b@c.example\r\n"]]).encode()))
    assert brought(made) == (Address("a Bcc: x", "b@c.example"),)


def test_hostile_names_are_plain_text(field: AddressField) -> None:
    """C12: a name is neither markup nor turns what follows."""
    field.add((Address("<img src=x onerror=1>\u202egpj\nBcc: x", "a@b.example"),))
    chip = field.chips[0]
    assert chip._title == "<img src=x onerror=1>gpj Bcc: x"
    assert "&lt;img" in chip.toolTip()


def test_naughty_strings_do_no_harm(field: AddressField) -> None:
    """C12, C25"""
    path = corpus("naughty-strings") / "blns.json"
    for text in json.loads(path.read_text(encoding="utf-8")):
        field.line.setText(text)
        field.accept()
    assert all("\n" not in each.address and "\r" not in each.address for each in field.addresses)
    assert field.grab().width() > 0


def test_it_is_as_high_as_its_chips_take(field: AddressField) -> None:
    one = field.heightForWidth(500)
    field.add([Address(f"Person Number {n}", f"p{n}@acme.example") for n in range(12)])
    assert one == 40
    assert field.heightForWidth(500) > 100
    assert field.heightForWidth(4000) == 40
