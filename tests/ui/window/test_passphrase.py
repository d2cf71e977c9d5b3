"""The passphrase of the vault is asked for in the window while the thread that needs it waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.domain.passphrase import Answer, Asked, Lost
from desktop.net.vault import Vault
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.window.passphrase import PassphraseAsker, PassphraseQuestion

NEW, KNOWN = Asked(is_new=True), Asked(is_new=False)


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def asker(theme: Theme, window: QWidget) -> Iterator[PassphraseAsker]:
    made = PassphraseAsker()
    made.attach(theme, window)
    yield made
    made.close()


@pytest.fixture
def elsewhere() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as pool:
        yield pool


def _question(window: QWidget, qtbot: QtBot) -> PassphraseQuestion:
    qtbot.waitUntil(lambda: window.findChild(PassphraseQuestion) is not None)
    found = window.findChild(PassphraseQuestion)
    assert isinstance(found, PassphraseQuestion)
    return found


def _press(question: PassphraseQuestion, words: str) -> None:
    next(button for button in question.findChildren(QPushButton) if button.text() == words).click()


def _result(answer: Future[Answer], qtbot: QtBot) -> Answer:
    qtbot.waitUntil(answer.done)
    return answer.result()


def test_who_needs_it_waits_for_the_person(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, KNOWN)
    question = _question(window, qtbot)
    question._first.setText("open sesame")
    _press(question, "Unlock")
    assert _result(answer, qtbot) == "open sesame"


def test_a_new_one_is_long_enough_and_written_twice(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, NEW)
    question = _question(window, qtbot)
    for first, second in (("short", "short"), ("open sesame", "open sesams")):
        question._first.setText(first)
        question._second.setText(second)
        _press(question, "Continue")
        assert not answer.done()
    question._second.setText("open sesame")
    _press(question, "Continue")
    assert _result(answer, qtbot) == "open sesame"


def test_cancel_answers_nobody(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, KNOWN)
    _press(_question(window, qtbot), "Not now")
    assert _result(answer, qtbot) is None


def test_closing_the_program_sets_free_who_waits(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, KNOWN)
    _question(window, qtbot)
    asker.close()
    assert _result(answer, qtbot) is None
    assert _result(elsewhere.submit(asker.ask, KNOWN), qtbot) is None


def test_the_window_itself_never_waits(asker: PassphraseAsker) -> None:
    assert asker.ask(KNOWN) is None


def test_a_wrong_passphrase_is_said_and_asked_for_again(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot, tmp_path: Path
) -> None:
    Vault(tmp_path / "vault", lambda _asked: "open sesame").set("imap", "secret")
    found = elsewhere.submit(Vault(tmp_path / "vault", asker.ask).get, "imap")

    first = _question(window, qtbot)
    said_at_first = _said(first)
    first._first.setText("open sesam")
    _press(first, "Unlock")
    qtbot.waitUntil(lambda: not shiboken6.isValid(first))
    again = _question(window, qtbot)
    said = _said(again)
    empty = again._first.text()
    _press(again, "Unlock")
    nothing = _said(again)
    again._first.setText("open sesame")
    _press(again, "Unlock")

    assert _result(found, qtbot) == "secret"
    assert (said_at_first, said, empty) == ("", "This passphrase was wrong. Try again.", "")
    assert nothing == "Write the passphrase."


def test_what_the_question_says_later_has_room(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, NEW)
    question = _question(window, qtbot)
    question._first.setText("open sesame")
    question._second.setText("open sesams")
    _press(question, "Continue")
    layout = question.layout()
    assert layout is not None
    qtbot.waitUntil(lambda: question.height() >= layout.totalHeightForWidth(question.width()))
    cut = [part.text() for part in question.findChildren(Paragraph) if part.isVisible() and _is_cut(part)]
    _press(question, "Cancel")

    assert cut == []
    assert _result(answer, qtbot) is None


def test_who_has_lost_it_is_asked_before_the_passwords_are_given_up(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, Asked(is_new=False, wrong=1))
    question = _question(window, qtbot)
    _press(question, "Forgotten…")
    qtbot.waitUntil(lambda: bool(question.findChildren(Dialog)))
    [sure] = question.findChildren(Dialog)
    waits = not answer.done()
    next(button for button in sure.buttons if button.text() == "Give up passwords").click()

    assert waits
    assert _result(answer, qtbot) is Lost.LOST


def test_the_question_blocks_nothing_behind_it(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, KNOWN)
    question = _question(window, qtbot)
    assert question.isVisible()
    assert not question.isModal()
    _press(question, "Not now")
    assert _result(answer, qtbot) is None


def test_letters_typed_before_the_question_has_the_keyboard_are_no_commands_to_the_mail_behind(
    asker: PassphraseAsker, window: QWidget, qtbot: QtBot
) -> None:
    commanded: list[str] = []
    for key in ("s", "a"):
        shortcut = QShortcut(QKeySequence(key), window)
        shortcut.activated.connect(lambda key=key: commanded.append(key))
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    QTest.keyClick(window, Qt.Key.Key_A)
    assert commanded == ["a"]

    answer: Future[Answer] = Future()
    asker._show(KNOWN, answer)
    QTest.keyClicks(window, "sas")
    question = _question(window, qtbot)

    assert commanded == ["a"]
    assert question._first.text() == "sas"
    QTest.keyClick(window, Qt.Key.Key_Return)
    assert _result(answer, qtbot) == "sas"


def test_who_writes_behind_the_question_goes_on_writing(asker: PassphraseAsker, window: QWidget, qtbot: QtBot) -> None:
    field = QLineEdit(window)
    field.show()
    answer: Future[Answer] = Future()
    asker._show(KNOWN, answer)
    QTest.keyClicks(field, "sas")
    question = _question(window, qtbot)

    assert (field.text(), question._first.text()) == ("sas", "")


def _is_cut(words: Paragraph) -> bool:
    return words.height() < words.heightForWidth(words.width())


def _said(question: PassphraseQuestion) -> str:
    return question._first.accessibleDescription()
