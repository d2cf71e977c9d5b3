"""The menu of mails: what can be done with the selection. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.listing import FolderNode, Row
from desktop.domain.mail.operation import Verb
from desktop.ui.mail.row_texts import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu

_MOST_RECENT = 5


class MailsChosen(Protocol):
    """The pane the menu belongs to: it knows the selection and does the verbs."""

    @property
    def list_id(self) -> ListId: ...

    def do(self, verb: Verb, folder: FolderNode | None = None) -> None: ...

    def toggle_read(self) -> None: ...

    def toggle_star(self) -> None: ...

    def delete(self) -> None: ...

    def open_selected(self) -> None: ...

    def choose_folder(self) -> None: ...


def list_menu(theme: Theme, parent: QWidget, pane: MailsChosen, row: Row | None, recent: Sequence[FolderNode]) -> Menu:
    """Return the menu for the selection; `row` is known for a single mail, `recent` are folders last moved to."""
    menu = Menu(theme, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if row is not None:
        menu.add(_("Open"), pane.open_selected, icon="mail-open", shortcut="Return")
        menu.addSeparator()
    if row is None:
        menu.add(_("Mark as read"), lambda: pane.do(Verb.READ), icon="mail-open", shortcut="M")
        menu.add(_("Mark as unread"), lambda: pane.do(Verb.UNREAD), icon="mail")
        menu.add(_("Star"), lambda: pane.do(Verb.STAR), icon="star", shortcut="S")
        menu.add(_("Take the star away"), lambda: pane.do(Verb.UNSTAR))
    else:
        read = _("Mark as read") if row.unread else _("Mark as unread")
        menu.add(read, pane.toggle_read, icon="mail-open" if row.unread else "mail", shortcut="M")
        star = _("Take the star away") if row.important else _("Star")
        menu.add(star, pane.toggle_star, icon="star", shortcut="S")
    menu.addSeparator()
    if pane.list_id != Unified.ARCHIVE:
        menu.add(_("Archive"), lambda: pane.do(Verb.ARCHIVE), icon="archive", shortcut="A")
    if pane.list_id in (Unified.ARCHIVE, Unified.TRASH):
        menu.add(_("Move to the Inbox"), lambda: pane.do(Verb.INBOX), icon="inbox")
    move = Menu(theme, menu, _("Move to"))
    for folder in recent[:_MOST_RECENT]:
        move.add(one_line(folder.name), partial(pane.do, Verb.MOVE, folder), icon="folder")
    if recent:
        move.addSeparator()
    move.add(_("Choose a folder…"), pane.choose_folder, icon="folder-input", shortcut="Ctrl+Shift+V")
    menu.addMenu(move)
    menu.addSeparator()
    if pane.list_id == Unified.JUNK:
        menu.add(_("Not junk"), lambda: pane.do(Verb.INBOX), icon="inbox", shortcut="Shift+J")
    else:
        menu.add(_("Mark as junk"), lambda: pane.do(Verb.JUNK), icon="octagon-alert", shortcut="J")
    if pane.list_id != Unified.TRASH:
        menu.add(_("Move to Trash"), lambda: pane.do(Verb.TRASH), icon="trash-2", shortcut="Del")
    menu.add(_("Delete permanently…"), pane.delete, icon="trash-2", shortcut="Shift+Del", colour="danger")
    return menu
