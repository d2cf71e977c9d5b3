"""A web view on the screen, and a way to put HTML into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWebEngineCore import QWebEnginePage
from pytestqt.qtbot import QtBot

from desktop.ui.web import shell
from desktop.ui.web.exhibit import Exhibit, Pictures
from desktop.ui.web.mail_view import MailView
from desktop.ui.web.page import MailPage

Show = Callable[..., None]


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[MailView]:
    """A visible view of its own; its browser is closed afterwards."""
    made = MailView()
    made.resize(600, 500)
    made.show()
    yield made
    made.close_browser()
    made.close()
    made.deleteLater()


@pytest.fixture
def show(view: MailView, qtbot: QtBot) -> Show:
    """Show a fragment as it is, unsanitised, and wait until it is painted."""

    def show_fragment(fragment: str, pictures: Pictures | None = None, *, allow_remote: bool = False) -> None:
        made = shell.build(fragment, shell.PAPER)
        with qtbot.waitSignal(view.painted, timeout=20_000):
            view.show_mail(Exhibit(made.document, made.policy, pictures, allow_remote), QColor("#FFFFFF"))

    return show_fragment


@pytest.fixture
def ask(qtbot: QtBot) -> Callable[[QWebEnginePage, str], object]:
    """Evaluate an expression of ours in the document that is shown."""

    def evaluate(page: QWebEnginePage, expression: str) -> object:
        answers: list[object] = []
        page.runJavaScript(expression, MailPage.OUR_WORLD, answers.append)
        qtbot.waitUntil(lambda: bool(answers), timeout=10_000)
        return answers[0]

    return evaluate
