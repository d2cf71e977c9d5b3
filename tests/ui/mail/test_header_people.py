"""People in the head of a mail: each can be pressed, and none is told of by a name he gave himself."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.domain.mail import mailto
from desktop.domain.mail.address import Address
from desktop.ui.mail.people_text import PeopleText
from desktop.ui.mail.recipients_line import RecipientsLine
from desktop.ui.widgets.menu import Menu
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import Bench, bench

__all__ = ["bench"]

ANNA = Address("Anna Keller", "anna@acme.example")
BO = Address("Bo Trent", "bo@x.example")
EVE = Address("service@bank.example", "eve@evil.example")
ME = Address("Jan Berger", "jan@firm.example")
PEOPLE = 'Bo Trent <bo@x.example>, Jan <jan@firm.example>, "Зоя 😀 Ким" <zoya@x.example>, Олег <o@x.example>'


async def show(bench: Bench, *, sender: str = str(ANNA), to: str = PEOPLE) -> list[Address]:
    """Show a mail; returns the people to whom mails are begun."""
    begun: list[Address] = []
    bench.reader._write_to = lambda link: begun.extend(mailto.parse(link).to)
    bench.reader.set_own_addresses([ME.address])
    await bench.show(bench.desk.add(mail(sender=sender, to=to)))
    return begun


def unfolded(bench: Bench) -> list[PeopleText]:
    header = bench.reader.page.header
    header._to.setChecked(True)
    QApplication.processEvents()
    header._all.widget().layout().activate()
    return header.findChildren(PeopleText)


def middle_of(line: RecipientsLine, number: int) -> QPoint:
    return line.places(line._named[number])[0].center()


def line_of(text: PeopleText, number: int) -> QPoint:
    place = text._rect_of(number)
    return QPoint(place.left() + 20, place.center().y())


def move(widget: QWidget, at: QPoint) -> None:
    button = Qt.MouseButton.NoButton
    where = QPointF(widget.mapToGlobal(at))
    moved = QMouseEvent(QEvent.Type.MouseMove, QPointF(at), where, button, button, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(widget, moved)


def ask_menu(widget: QWidget, at: QPoint, reason: QContextMenuEvent.Reason = QContextMenuEvent.Reason.Mouse) -> None:
    QApplication.sendEvent(widget, QContextMenuEvent(reason, at, widget.mapToGlobal(at)))


def press(widget: QWidget, key: Qt.Key) -> None:
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier))


def open_menu(bench: Bench) -> Menu:
    return next(each for each in bench.reader.findChildren(Menu) if each.isVisible())


def choose(menu: Menu, number: int) -> None:
    menu.actions()[number].trigger()
    menu.close()


async def test_a_press_on_the_sender_begins_a_mail_to_him(bench: Bench) -> None:
    begun = await show(bench)
    header = bench.reader.page.header
    for each in (header._name, header._address):
        QTest.mouseClick(each, Qt.MouseButton.LeftButton)
        assert each.cursor().shape() is Qt.CursorShape.PointingHandCursor
    header._name.setFocus(Qt.FocusReason.TabFocusReason)
    press(header._name, Qt.Key.Key_Return)

    assert begun == [ANNA, ANNA, ANNA]


async def test_whatever_a_name_claims_tooltip_and_menu_name_the_true_address(bench: Bench) -> None:
    begun = await show(bench, sender='"service@bank.example" <eve@evil.example>')
    name = bench.reader.page.header._name
    name.repaint()
    ask_menu(name, QPoint(4, 4))
    words = [action.text() for action in open_menu(bench).actions()]
    choose(open_menu(bench), 0)

    assert name.text() == "service@bank.example"
    assert name.toolTip() == "Write to eve@evil.example"
    assert words == ["Write to eve@evil.example", "Copy address", "Find mails of eve@evil.example"]
    assert begun == [EVE]


async def test_the_menu_copies_the_address_and_looks_for_mails(bench: Bench) -> None:
    await show(bench)
    sought: list[str] = []
    bench.reader.search_wanted.connect(sought.append)
    for number in (1, 2):
        ask_menu(bench.reader.page.header._address, QPoint(4, 4))
        choose(open_menu(bench), number)

    assert QGuiApplication.clipboard().text() == "anna@acme.example"
    assert sought == ["from:anna@acme.example"]


@pytest.mark.parametrize("sender", ["anna@acme.example", "Mail Delivery System <>", "Anna <anna@acme.example>"])
async def test_there_is_no_button_without_words(bench: Bench, sender: str) -> None:
    await show(bench, sender=sender)
    header = bench.reader.page.header

    buttons = [each for each in (header._name, header._address, header._to) if each.isVisible()]
    assert all(each.text() and each.accessibleName() for each in buttons)
    assert header._address.isVisible() is sender.startswith("Anna")


async def test_a_sender_without_an_address_leads_nowhere(bench: Bench) -> None:
    begun = await show(bench, sender="Mail Delivery System <>")
    name = bench.reader.page.header._name
    QTest.mouseClick(name, Qt.MouseButton.LeftButton)

    assert begun == []
    assert not name.isEnabled()
    assert name.cursor().shape() is Qt.CursorShape.ArrowCursor


async def test_in_the_folded_line_a_name_is_pressed_and_all_else_unfolds(bench: Bench) -> None:
    begun = await show(bench)
    line = bench.reader.page.header._to
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=middle_of(line, 0))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=middle_of(line, 1))
    folded = not line.isChecked()
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(2, 9))

    assert line.text() == "to Bo Trent, me, Зоя 😀 Ким and 1 other"
    assert [each.person.address for each in line._named] == ["bo@x.example", "zoya@x.example"], "not the person himself"
    assert begun == [BO, Address("Зоя 😀 Ким", "zoya@x.example")]
    assert folded
    assert line.isChecked()


async def test_what_the_mouse_leaves_before_it_lets_go_is_not_meant(bench: Bench) -> None:
    begun = await show(bench)
    line = bench.reader.page.header._to
    QTest.mousePress(line, Qt.MouseButton.LeftButton, pos=middle_of(line, 0))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, pos=QPoint(2, 9))

    assert begun == []
    assert not line.isChecked()


async def test_a_name_that_is_cut_off_takes_no_press(bench: Bench) -> None:
    await show(bench, to=f"{'x' * 300} <long@x.example>, Bo Trent <bo@x.example>")
    line = bench.reader.page.header._to
    long, bo = line._named

    assert line.places(bo) == ()
    assert line.places(long)[0].right() < line.width() - 12


async def test_every_person_of_the_unfolded_head_is_pressed_where_he_stands(bench: Bench) -> None:
    begun = await show(bench)
    sender, to = unfolded(bench)
    QTest.mouseClick(sender.viewport(), Qt.MouseButton.LeftButton, pos=line_of(sender, 0))
    QTest.mouseClick(to.viewport(), Qt.MouseButton.LeftButton, pos=line_of(to, 3))
    QTest.mouseClick(to.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(to.width() - 3, line_of(to, 0).y()))
    ask_menu(to.viewport(), line_of(to, 1))
    choose(open_menu(bench), 0)

    assert to.text().splitlines()[0] == "Bo Trent <bo@x.example>"
    assert begun == [ANNA, Address("Олег", "o@x.example"), Address("Jan", "jan@firm.example")]


async def test_a_line_under_the_mouse_is_underlined_and_shows_a_hand(bench: Bench) -> None:
    await show(bench)
    [_sender, to] = unfolded(bench)
    move(to.viewport(), line_of(to, 1))
    over = to.viewport().cursor().shape(), len(to.extraSelections())
    move(to.viewport(), QPoint(to.width() - 3, 3))

    assert over == (Qt.CursorShape.PointingHandCursor, 1)
    assert (to.viewport().cursor().shape(), to.extraSelections()) == (Qt.CursorShape.IBeamCursor, [])


async def test_what_was_selected_with_the_mouse_is_no_press(bench: Bench) -> None:
    begun = await show(bench)
    [_sender, to] = unfolded(bench)
    viewport, start = to.viewport(), line_of(to, 0)
    button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(viewport, button, pos=start)
    there = start + QPoint(40, 0)
    dragged = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(there), QPointF(viewport.mapToGlobal(there)), button, button, none
    )
    QApplication.sendEvent(viewport, dragged)
    QTest.mouseRelease(viewport, button, pos=there)

    assert to.textCursor().hasSelection()
    assert begun == []


async def test_with_the_keyboard_arrows_choose_and_enter_begins(bench: Bench) -> None:
    begun = await show(bench)
    [_sender, to] = unfolded(bench)
    to.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Up):
        press(to, key)
    ask_menu(to, QPoint(1, 1), QContextMenuEvent.Reason.Keyboard)
    choose(open_menu(bench), 0)

    assert begun == [Address("Зоя 😀 Ким", "zoya@x.example"), BO]


async def test_the_line_the_keyboard_chose_is_in_sight(bench: Bench) -> None:
    people = ", ".join(f"P{n} <p{n}@x.example>" for n in range(230))
    begun = await show(bench, to=people)
    [_sender, to] = unfolded(bench)
    area = bench.reader.page.header._all
    to.setFocus(Qt.FocusReason.TabFocusReason)
    for _step in range(250):
        press(to, Qt.Key.Key_Down)
    seen = area.viewport().rect().contains(to.mapTo(area.viewport(), to._rect_of(199).center()))
    press(to, Qt.Key.Key_Enter)

    assert seen
    assert [each.address for each in begun] == ["p199@x.example"], "the line that counts the rest is nobody"


@pytest.mark.parametrize("look", [lambda link: None, None])
async def test_without_a_composer_the_link_goes_to_the_system(bench: Bench, look: Callable[[str], None] | None) -> None:
    await show(bench)
    opened: list[str] = []
    bench.reader._write_to = look
    bench.reader._open_url = lambda url: bool(opened.append(url.toString())) or True
    bench.reader.page.header._name.click()

    assert bool(opened) is (look is None)
