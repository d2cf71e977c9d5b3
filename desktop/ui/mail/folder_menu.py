"""The menu of a row of the folder pane. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.telling import can_notify, notifies
from desktop.ui.actions import Do
from desktop.ui.folder_names import role_title
from desktop.ui.mail.folder_actions import FolderActions
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.transfer_menu import add_export, add_import
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu

_ROLES = (Role.NONE, Role.ARCHIVE, Role.DRAFTS, Role.JUNK, Role.SENT, Role.TRASH)


@dataclass(frozen=True, slots=True)
class FolderSteps:
    """What the menu needs from outside the pane."""

    open: Callable[[Node], object]
    rename: Callable[[Node], object]
    choose_place: Callable[[FolderNode], object]
    """Ask where a folder should go."""
    get_mail: Callable[[int], object]
    """Fetch mail of an account."""
    fetch_again: Callable[[int], object]
    """Look through all of an account for mails that are missing here."""
    set_paused: Callable[[int, bool], object]
    """Stop fetching for an account, or go on."""
    is_paused: Callable[[int], bool]
    import_files: Callable[[Node], object]
    """Ask for mail files to import."""
    import_folder: Callable[[Node], object]
    """Ask for a folder of mail to import."""
    export: Callable[[Node, ExportForm], object]
    """Ask where the mails of a list should go."""
    edit_account: Callable[[int], object]
    """Open the settings of an account."""
    account_key: int
    """The account whose mail the key of "Get mail" fetches; 0 for all."""
    key_of: Callable[[Do], str]
    """The key of an action, to be shown beside it."""


def folder_menu(theme: Theme, parent: QWidget, node: Node, actions: FolderActions, steps: FolderSteps) -> Menu:
    """Return the menu of a node."""
    menu = Menu(theme, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if node.kind is NodeKind.ACCOUNT:
        keys = steps.key_of(Do.GET_MAIL) if node.account_key == steps.account_key else ""
        key, paused = node.account_key, steps.is_paused(node.account_key)
        menu.add(_("Get mail"), partial(steps.get_mail, key), icon="refresh-cw", shortcut=keys, enabled=not paused)
        menu.add(_("Look for missing mail"), partial(steps.fetch_again, key), enabled=not paused)
        words = _("Resume fetching") if paused else _("Pause fetching")
        menu.add(words, partial(steps.set_paused, key, not paused), icon="" if paused else "pause")
        menu.add(_("New folder…"), partial(actions.ask_new, node), icon="folder-plus", enabled=node.two_way)
        menu.addSeparator()
        menu.add(_("Account settings…"), partial(steps.edit_account, key), icon="settings")
        return menu
    if node.list_id:
        menu.add(_("Open"), partial(steps.open, node), icon="folder-open")
        keys = steps.key_of(Do.LIST_READ)
        menu.add(_("Mark all as read"), partial(actions.mark_read, node.list_id), icon="mail-open", shortcut=keys)
    role = node.folder.role if node.folder is not None else Role.NONE
    if node.list_id == Unified.TRASH or role is Role.TRASH:
        menu.add(_("Empty Trash…"), partial(actions.empty, node), icon="trash-2", colour="danger")
    elif node.list_id == Unified.JUNK or role is Role.JUNK:
        menu.add(_("Empty Junk…"), partial(actions.empty, node), icon="trash-2", colour="danger")
    if node.list_id:
        menu.addSeparator()
        if node.takes_files:
            add_import(theme, menu, partial(steps.import_files, node), partial(steps.import_folder, node))
        add_export(theme, menu, partial(steps.export, node))
    if node.folder is not None:
        _add_folder_lines(theme, menu, node, node.folder, actions, steps)
    return menu


def _add_folder_lines(
    theme: Theme, menu: Menu, node: Node, folder: FolderNode, actions: FolderActions, steps: FolderSteps
) -> None:
    fixed = folder.role is Role.INBOX
    can_change = node.two_way and not fixed
    if not menu.isEmpty():
        menu.addSeparator()
    menu.add(_("New folder inside…"), partial(actions.ask_new, node), icon="folder-plus", enabled=node.two_way)
    menu.add(
        _("Rename"),
        partial(steps.rename, node),
        icon="pencil",
        shortcut=steps.key_of(Do.RENAME_FOLDER),
        enabled=can_change,
    )
    menu.add(_("Move to…"), partial(steps.choose_place, folder), icon="folder-input", enabled=can_change)
    menu.add(_("Delete…"), partial(actions.delete, folder), icon="trash-2", colour="danger", enabled=can_change)
    menu.addSeparator()
    menu.add(
        _("Fetch new mail in the background, not only when opened"),
        partial(actions.watch, folder),
        checked=folder.watched,
        enabled=not fixed,
    )
    menu.add(
        _("Show in the unified Inbox"),
        partial(actions.show_in_inbox, folder),
        checked=folder.shows_in_inbox,
        enabled=not fixed and folder.selectable,
    )
    if folder.selectable and can_notify(folder.role):
        told = notifies(folder.role, folder.shows_in_inbox, folder.notify)
        menu.add(_("Notify of new mail"), partial(actions.notify, folder), checked=told)
    menu.add(_("Subscribed"), partial(actions.subscribe, folder), checked=folder.subscribed, enabled=node.two_way)
    if not fixed and folder.selectable:
        uses = Menu(theme, menu, _("Use as"))
        for role in _ROLES:
            uses.add(role_title(role), partial(actions.set_role, folder, role), checked=folder.role is role)
        menu.addMenu(uses)
