"""The line above the list: in which words it says what is unread, by the room there is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop.base import i18n
from desktop.ui.mail.list_header import ListHeader
from desktop.ui.theme import Theme


@pytest.fixture
def header(theme: Theme, qtbot: QtBot) -> Iterator[ListHeader]:
    """The line in Russian, where words are long."""
    i18n.set_language("ru")
    window = QWidget()
    made = ListHeader(theme, window)
    qtbot.addWidget(window)
    window.show()
    yield made
    i18n.set_language("en")


@pytest.mark.parametrize(
    ("count", "words"),
    [(1, "1 непрочитанное"), (3, "3 непрочитанных"), (5, "5 непрочитанных"), (21, "21 непрочитанное")],
)
def test_what_is_unread_is_called_so_where_there_is_room(header: ListHeader, count: int, words: str) -> None:
    header.resize(600, 40)
    header.show_title("Входящие", count)

    assert (header.unread.text, header.only_unread.text()) == (words, "Непрочитанные")


def test_where_words_find_no_room_a_dot_says_what_is_unread(header: ListHeader) -> None:
    header.show_title("Входящие", 32)
    seen: list[tuple[str, str]] = []
    for width in range(600, 150, -1):
        header.resize(width, 40)
        said = (header.unread.text, header.only_unread.text())
        if said not in seen:
            seen.append(said)
        if said[1] == "Непрочитанные":
            assert header._row.sizeHint().width() <= width, "the words go before the name of the list is cut"

    assert seen == [("32 непрочитанных", "Непрочитанные"), ("", "Непрочитанные"), ("", "●")]
    assert header.only_unread.accessibleName() == "Непрочитанные"
