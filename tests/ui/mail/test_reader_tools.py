"""The tools above the open message: the menu of the rest is there when there is something to offer."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QWidget

from desktop.ui.actions import Actions
from desktop.ui.mail.reader_menu import message_menu
from desktop.ui.mail.reader_tools import ReaderTools
from tests.ui.mail.test_reader import Bench


def test_more_is_offered_with_a_mail_only(theme, qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    actions = Actions(window, theme)
    tools = ReaderTools(theme, actions, window)
    states = [tools.more.isEnabled()]
    for chosen in (True, False):
        actions.set_mails_chosen(chosen)
        states.append(tools.more.isEnabled())
    tools.set_state(unread=False, starred=False)
    states.append(tools.more.isEnabled())

    assert states == [False, True, False, True], "at first, one chosen, none, one opened from a file"
    assert ReaderTools(theme, None, window).more.isEnabled(), "in a window of its own"


def test_the_menu_is_never_empty(theme, tasks, tmp_path: Path, qtbot) -> None:
    bench = Bench(theme, tasks, tmp_path)
    bench.reader.show_selection(3)

    menu = message_menu(bench.reader, bench.reader, theme)

    assert [(action.text(), action.isEnabled()) for action in menu.actions()] == [("Choose a single mail", False)]
    bench.reader.close_browser()
    bench.window.close()
    bench.window.deleteLater()
