"""Banner, toast, dialogs, labels and throttle."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QAccessibleEvent, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.widgets import toast as toast_module
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.fields import SearchField
from desktop.ui.widgets.labels import ElidedLabel, Paragraph
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.throttle import Throttle
from desktop.ui.widgets.toast import Toast


class Painted(QObject):
    """Watches what of a widget is painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._areas: list[QRect] = []
        widget.installEventFilter(self)

    def forget(self) -> None:
        self._areas.clear()

    def saw(self, area: QRect) -> bool:
        return any(each.contains(area) for each in self._areas)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self._areas.append(event.rect())
        return False


EVIL = "<img src=x onerror=alert(1)><b>bold</b>"


def test_text_from_outside_stays_plain(theme: Theme, qtbot: QtBot) -> None:
    paragraph, banner = Paragraph(theme, EVIL), Banner(theme, EVIL, Tone.DANGER, details=EVIL)
    label = ElidedLabel(theme, "two\r\nlines \x00 " + EVIL)
    for widget in (paragraph, banner, label):
        qtbot.addWidget(widget)
    assert paragraph.textFormat() is Qt.TextFormat.PlainText
    assert all(part.textFormat() is Qt.TextFormat.PlainText for part in banner.findChildren(Paragraph))
    assert label.text.startswith("two lines <img")


def test_banner_folds_the_details_and_calls_its_actions(theme: Theme, qtbot: QtBot) -> None:
    called: list[str] = []
    banner = Banner(theme, "No.", details="NO [AUTH]", actions=(("Retry", lambda: called.append("retry")),))
    qtbot.addWidget(banner)
    banner.show()
    fold, retry = banner.findChildren(QPushButton)
    assert not banner._details.isVisible()
    fold.click()
    retry.click()
    assert banner._details.isVisible()
    assert called == ["retry"]


def test_banner_puts_what_can_be_done_below_the_sentence_where_it_is_narrow(theme: Theme, qtbot: QtBot) -> None:
    offers = (("Load", lambda: None), ("Always from this sender", lambda: None))
    banner = Banner(theme, "Remote images are blocked", actions=offers)
    qtbot.addWidget(banner)
    places = {}
    for width in (600, 300, 600):
        banner.resize(width, 80)
        banner.show()
        banner.layout().activate()
        last = banner.findChildren(QPushButton)[-1]
        assert last.width() >= last.sizeHint().width()
        places[width] = last.y() >= banner._text.geometry().bottom()

    assert places == {600: False, 300: True}


def test_toast_is_one_and_its_action_takes_it_away(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    undone: list[str] = []
    toast = Toast(theme, host)
    toast.set_corner(16, 16)
    toast.show_text("1 mail archived", "Undo", lambda: undone.append("first"))
    toast.show_text("2 mails archived", "Undo", lambda: undone.append("second"))
    assert toast.text == "2 mails archived"
    assert toast._card().translated(toast.pos()).bottomLeft().toTuple() == (16, 383)
    toast._button.click()
    assert (toast.text, undone) == ("", ["second"])


def test_a_toast_in_place_of_another_is_painted_at_once(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    toast = Toast(theme, host)
    painted = Painted(toast)
    toast.show_text("1 mail archived", "Undo", lambda: None)
    qtbot.waitUntil(lambda: painted.saw(toast._card()))

    painted.forget()
    toast.show_text("2 mail archived", "Undo", lambda: None)  # as wide as the one before

    qtbot.waitUntil(lambda: painted.saw(toast._card()), timeout=500)


def test_toast_goes_by_itself(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.show()
    toast = Toast(theme, host)
    toast.show_text("Done")
    toast._clock.setCurrentTime(toast._clock.duration())
    qtbot.waitUntil(lambda: toast.text == "")


def test_a_toast_counts_down_whoever_is_at_it_and_then_says_that_it_is_over(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    host.show()
    host.activateWindow()
    toast = Toast(theme, host)
    gone: list[str] = []
    undone: list[str] = []

    def begin() -> None:
        toast.count_down(
            lambda n: f"Sending in {n} s", 9500, "Undo", lambda: undone.append(""), lambda: gone.append(""), icon="send"
        )

    begin()
    assert toast.text == "Sending in 10 s"
    toast._button.setFocus()
    toast._clock.setCurrentTime(4000)
    assert (toast.text, toast.accessibleName()) == ("Sending in 6 s", "Sending in 6 s")
    assert toast._clock.state() is toast._clock.State.Running, "the mail does not wait for who looks at it"
    toast._clock.setCurrentTime(9500)
    qtbot.waitUntil(lambda: bool(gone))
    assert toast.text == ""

    begin()
    QTest.keyClick(toast._button, Qt.Key.Key_Space)
    assert (toast.text, undone, gone) == ("", [""], [""])
    begin()
    toast.show_text("Something else")
    toast._clock.setCurrentTime(toast._clock.duration())
    qtbot.waitUntil(lambda: toast.text == "")
    assert gone == [""]


def test_destructive_question_puts_the_safe_answer_first(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    deleted: list[bool] = []
    asked = confirm(
        theme, window, title="Delete?", text="For good.", action="Delete", on_yes=lambda: deleted.append(True)
    )
    qtbot.waitUntil(asked.isVisible)
    no, yes = asked.findChildren(QPushButton)
    assert not yes.isDefault()
    no.click()
    assert deleted == []


def test_search_field_clears_and_leaves_with_escape(theme: Theme, qtbot: QtBot) -> None:
    field = SearchField(theme, "Search", shortcut="Ctrl+K")
    qtbot.addWidget(field)
    left: list[bool] = []
    field.left.connect(lambda: left.append(True))
    QTest.keyClicks(field.edit, "abc")
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert (field.text, left) == ("", [])
    QTest.keyClick(field.edit, Qt.Key.Key_Escape)
    assert left == [True]


def test_a_search_field_is_reset_without_a_word_and_without_its_cross(theme: Theme, qtbot: QtBot) -> None:
    field = SearchField(theme, "Search", shortcut="Ctrl+K")
    qtbot.addWidget(field)
    field.show()
    told: list[str] = []
    QTest.keyClicks(field.edit, "abc")
    field.text_changed.connect(told.append)

    field.reset()

    assert (field.text, told) == ("", [])
    assert not field._clear.isVisible()


def test_empty_state_offers_one_step(theme: Theme, qtbot: QtBot) -> None:
    steps: list[bool] = []
    empty = EmptyState(theme, "inbox", "No mail", "Add an account.", action="Add", act=lambda: steps.append(True))
    qtbot.addWidget(empty)
    empty.resize(400, 400)
    empty.show()
    empty.button.click()
    assert steps == [True]
    empty.say("inbox", "No mail")
    assert not empty.button.isVisible()


def test_menu_shows_keys_and_ampersands(theme: Theme, qtbot: QtBot) -> None:
    menu = Menu(theme)
    qtbot.addWidget(menu)
    called: list[bool] = []
    action = menu.add("R&D", lambda: called.append(True), icon="folder", shortcut="Ctrl+K")
    action.trigger()
    assert action.text() == "R&&D\tCtrl+K"
    assert called == [True]


def test_throttle_makes_one_call_of_many(qtbot: QtBot) -> None:
    calls: list[int] = []
    throttle = Throttle(lambda: calls.append(1), wait_ms=10)
    for _ in range(20):
        throttle.call()
    qtbot.waitUntil(lambda: len(calls) == 1)
    throttle.call()
    throttle.cancel()
    throttle.flush()
    assert len(calls) == 1


def test_a_throttle_does_nothing_that_was_not_asked_for(qtbot: QtBot) -> None:
    calls: list[int] = []
    throttle = Throttle(lambda: calls.append(1), wait_ms=10)
    button = QPushButton()
    qtbot.addWidget(button)
    button.clicked.connect(throttle.flush)

    button.click()

    assert calls == []


def test_time_stands_still_while_the_button_of_a_toast_has_the_keyboard(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(600, 400)
    other = QPushButton(host)
    host.show()
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    toast = Toast(theme, host)
    toast.show_text("1 mail archived", "Undo", lambda: None)

    toast._button.setFocus()
    assert toast._clock.state() is toast._clock.State.Paused
    other.setFocus()
    assert toast._clock.state() is toast._clock.State.Running


def test_a_long_sentence_of_a_toast_is_shown_whole_in_several_lines(theme: Theme, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(700, 400)
    host.show()
    toast = Toast(theme, host)
    sentence = "The server of anna.keller@acme.example says: the mailbox is full, no mail can be moved there now."

    toast.show_text(sentence)

    assert len(toast._lines) == 2
    assert " ".join(toast._lines) == sentence
    assert toast._card().height() == 58
    assert toast.toolTip() == ""

    toast.show_text("word " * 200)
    assert len(toast._lines) == 3
    assert toast._lines[-1].endswith("…")
    assert "word word" in toast.toolTip()
    assert host.rect().contains(toast._card().translated(toast.pos()))


def test_a_toast_is_told_to_screen_readers(theme: Theme, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[QAccessibleEvent] = []
    monkeypatch.setattr(toast_module.QAccessible, "updateAccessibility", told.append)
    host = QWidget()
    qtbot.addWidget(host)
    toast = Toast(theme, host)

    toast.show_text("1 mail archived", "Undo", lambda: None)

    assert [event.type() for event in told] == [QAccessible.Event.Alert, QAccessible.Event.Announcement]
    assert isinstance(told[1], QAccessibleAnnouncementEvent)
    assert told[1].message() == "1 mail archived"


def test_a_closed_dialog_gives_the_keyboard_to_the_window_it_was_opened_from(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def opened(title: str) -> Dialog:
        made = Dialog(theme, title, window)
        made.show()
        made.activateWindow()
        qtbot.waitUntil(made.isActiveWindow)
        return made

    outer, inner = opened("outer"), opened("inner")
    question = confirm(theme, inner, title="?", text="", action="Yes", on_yes=lambda: None)
    qtbot.waitUntil(question.isActiveWindow)

    question.reject()
    qtbot.waitUntil(inner.isActiveWindow)
    QTest.keyClick(inner, Qt.Key.Key_Escape)
    qtbot.waitUntil(outer.isActiveWindow)

    third = opened("third")
    outer.hide()
    third.reject()
    qtbot.waitUntil(window.isActiveWindow)


def test_enter_presses_the_button_that_has_the_keyboard(theme: Theme, qtbot: QtBot) -> None:
    pressed: list[str] = []
    asked = Dialog(theme, "?")
    qtbot.addWidget(asked)
    other = asked.add_button("Other", lambda: pressed.append("other"))
    asked.add_button("Save", lambda: pressed.append("save"), Kind.PRIMARY)
    asked.show()
    asked.activateWindow()
    qtbot.waitUntil(asked.isActiveWindow)

    other.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
        QTest.keyClick(other, key)

    assert pressed == ["other"] * 3
