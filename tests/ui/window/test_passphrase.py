"""The passphrase of the vault is asked for in the window while the thread that needs it waits."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.theme import Theme
from desktop.ui.window.passphrase import PassphraseAsker, PassphraseQuestion


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


def _result(answer: Future[str | None], qtbot: QtBot) -> str | None:
    qtbot.waitUntil(answer.done)
    return answer.result()


def test_who_needs_it_waits_for_the_person(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, False)
    question = _question(window, qtbot)
    question._first.setText("open sesame")
    _press(question, "Continue")
    assert _result(answer, qtbot) == "open sesame"


def test_a_new_one_is_long_enough_and_written_twice(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, True)
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
    answer = elsewhere.submit(asker.ask, False)
    _press(_question(window, qtbot), "Cancel")
    assert _result(answer, qtbot) is None


def test_closing_the_program_sets_free_who_waits(
    asker: PassphraseAsker, elsewhere: ThreadPoolExecutor, window: QWidget, qtbot: QtBot
) -> None:
    answer = elsewhere.submit(asker.ask, False)
    _question(window, qtbot)
    asker.close()
    assert _result(answer, qtbot) is None
    assert _result(elsewhere.submit(asker.ask, False), qtbot) is None


def test_the_window_itself_never_waits(asker: PassphraseAsker) -> None:
    assert asker.ask(False) is None
