"""The folders of a server as the form of an account offers them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from desktop.base import i18n
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.ui.preferences.account_fields import AccountFields
from desktop.ui.preferences.folder_picks import in_order
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox
from tests.ui.preferences.conftest import signatures


def _folder(path: str, role: Role = Role.NONE, *, selectable: bool = True) -> ServerFolder:
    return ServerFolder(path.encode(), path, "/", role, selectable)


RAW = (
    _folder("Trash", Role.TRASH),
    _folder("zoo"),
    _folder("Sent", Role.SENT),
    _folder("Projects/Helix"),
    _folder("Projects", selectable=False),
    _folder("archive", Role.ARCHIVE),
    _folder("Accounting"),
    _folder("Junk", Role.JUNK),
    _folder("Drafts", Role.DRAFTS),
    _folder("INBOX", Role.INBOX),
)


def test_the_inbox_is_first_then_the_special_folders_then_all_others_by_name() -> None:
    assert [folder.path for folder in in_order(RAW)] == [
        "INBOX",
        "Sent",
        "Drafts",
        "archive",
        "Junk",
        "Trash",
        "Accounting",
        "Projects",
        "Projects/Helix",
        "zoo",
    ]


def test_the_form_offers_the_folders_of_a_server_in_that_order(theme: Theme, tasks: Tasks, qtbot: QtBot) -> None:
    fields = AccountFields(theme, signatures(theme, tasks), is_new=True)
    qtbot.addWidget(fields)

    fields.show_folders(RAW)

    column = fields.picks._column
    boxes = [column.itemAt(line).widget() for line in range(column.count())]
    shown = [box.text() for box in boxes if isinstance(box, CheckBox)]
    assert shown == ["INBOX", "Sent", "Drafts", "Archive", "Junk", "Trash", "Accounting", "Projects/Helix", "zoo"]
    assert fields.picks.picked() == ("INBOX",)
    select = fields.roles.selects[Role.SENT]
    assert [select.itemText(line) for line in range(select.count())][1:] == shown[1:]
    assert select.currentData() == "Sent"


def test_folders_are_called_as_in_the_sidebar_and_picked_by_their_paths(
    tasks: Tasks, theme: Theme, qtbot: QtBot
) -> None:
    i18n.set_language("ru")
    try:
        fields = AccountFields(theme, signatures(theme, tasks), is_new=True)
        qtbot.addWidget(fields)
        fields.show_folders(RAW)
        column = fields.picks._column
        boxes = [column.itemAt(line).widget() for line in range(column.count())]
        shown = [box.text() for box in boxes if isinstance(box, CheckBox)]
        assert shown[:3] == ["Входящие", "Отправленные", "Черновики"]
        assert fields.picks.picked() == ("INBOX",)
        select = fields.roles.selects[Role.SENT]
        assert (select.currentText(), select.currentData()) == ("Отправленные", "Sent")
    finally:
        i18n.set_language("en")
