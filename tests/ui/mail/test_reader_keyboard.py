"""The keyboard in the reader: it is in what is read, one sees that it is there, and its keys scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.widgets.focus_ring import PaneRing
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import Bench, bench
from tests.ui.mail.waiting import until

__all__ = ["bench"]

LONG = "\n".join(f"Line {number}" for number in range(500))
SHORTCUT = Qt.FocusReason.ShortcutFocusReason


async def active(bench: Bench) -> QWidget:
    """Give the keyboard to something beside the reader."""
    beside = QWidget(bench.window)
    beside.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    beside.show()
    bench.window.activateWindow()
    await until(bench.window.isActiveWindow)
    beside.setFocus()
    return beside


def has_ring(bench: Bench) -> bool:
    return any(ring.isVisible() for ring in bench.reader.findChildren(PaneRing))


async def test_keys_scroll_a_text_as_soon_as_the_reader_has_the_keyboard(bench: Bench) -> None:
    beside = await active(bench)
    await bench.show(bench.desk.add(mail(LONG)))
    body = bench.reader.page.body.text
    assert not has_ring(bench)

    bench.reader.setFocus(SHORTCUT)

    assert QApplication.focusWidget() is body
    assert has_ring(bench)
    await until(lambda: body.textCursor().position() == 0)
    assert not body.textCursor().hasSelection()
    QTest.keyClick(body, Qt.Key.Key_Down)
    below = body.verticalScrollBar().value()
    assert below > 0
    QTest.keyClick(body, Qt.Key.Key_PageDown)
    assert body.verticalScrollBar().value() > below
    QTest.keyClick(body, Qt.Key.Key_Home)
    assert body.verticalScrollBar().value() == 0
    QTest.keyClick(body, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert body.textCursor().selectedText().startswith("Line 0")
    QTest.keyClick(body, Qt.Key.Key_End)
    await until(lambda: body.verticalScrollBar().value() == body.verticalScrollBar().maximum())
    beside.setFocus()
    assert not has_ring(bench)


async def test_keys_scroll_a_page_as_soon_as_the_reader_has_the_keyboard(bench: Bench) -> None:
    await active(bench)
    await bench.show(bench.desk.add(mail("<p>" + "<br>".join(LONG.splitlines()), html=True)))

    bench.reader.setFocus(SHORTCUT)

    surface = QApplication.focusWidget()
    assert surface is not None
    assert bench.reader.page.body.web.isAncestorOf(surface)
    assert has_ring(bench)
    page = bench.reader.page.body.web.page
    assert page is not None
    QTest.keyClick(surface, Qt.Key.Key_End)
    await until(lambda: page.scrollPosition().y() > 1000)
    gone_on: list[bool] = []
    bench.reader.go_next.connect(lambda: gone_on.append(True))
    await until(lambda: page.scrollPosition().y() + surface.height() >= page.contentsSize().height() - 1)
    QTest.keyClick(surface, Qt.Key.Key_Space)
    assert gone_on == [True]


async def test_the_keyboard_waits_for_the_mail_and_follows_from_one_to_the_next(bench: Bench) -> None:
    await active(bench)
    text, page = bench.desk.add(mail("one")), bench.desk.add(mail("<p>two", html=True, message_id="2"))

    bench.reader.show_message(text)
    bench.reader.setFocus(SHORTCUT)
    await until(lambda: QApplication.focusWidget() is bench.reader.page.body.text)
    await until(lambda: bench.painted == [text])
    await bench.show(page)
    assert bench.reader.page.body.web.isAncestorOf(QApplication.focusWidget())
    bench.reader.show_nothing()
    assert QApplication.focusWidget() is bench.reader.empty
    assert has_ring(bench)
    await bench.show(text)
    assert QApplication.focusWidget() is bench.reader.page.body.text


async def test_a_mail_that_is_shown_takes_no_keyboard(bench: Bench) -> None:
    beside = await active(bench)

    await bench.show(bench.desk.add(mail("<p>one", html=True)))
    await bench.show(bench.desk.add(mail("two", message_id="2")))

    assert QApplication.focusWidget() is beside
    assert not has_ring(bench)
