"""What a person does to folders: create, rename, move, delete, subscribe, watch, empty; and mails dropped on them.

GUI thread; verbs go to the writer thread. What a server refuses later stands among the failed operations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.operation import Verb
from desktop.services.mail.folders import Folders
from desktop.services.mail.operations import Operations
from desktop.ui.bridge import Bridge
from desktop.ui.mail import dates
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.new_folder import NewFolder
from desktop.ui.mail.row_texts import one_line
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import Dialog, confirm

_DROP_VERBS = {
    Unified.INBOX: Verb.INBOX,
    Unified.IMPORTANT: Verb.STAR,
    Unified.ARCHIVE: Verb.ARCHIVE,
    Unified.JUNK: Verb.JUNK,
    Unified.TRASH: Verb.TRASH,
}


class FolderActions(QObject):
    """Verbs on folders for the pane and its menu."""

    def __init__(
        self,
        verbs: Folders,
        operations: Operations,
        mails: ListActions,
        tasks: Tasks,
        bridge: Bridge,
        theme: Theme,
        host: QWidget,
    ) -> None:
        super().__init__(host)
        self._verbs = verbs
        self._operations = operations
        self._bridge = bridge
        self._mails = mails
        self._tasks = tasks
        self._theme = theme
        self._host = host

    def ask_new(self, above: Node) -> NewFolder:
        """Ask for the name of a new folder below an account or a folder."""
        parent = above.folder.key if above.folder is not None else None
        return NewFolder(
            self._theme,
            one_line(above.name),
            partial(self._verbs.create, above.account_key, parent),
            self._operations,
            self._tasks,
            self._bridge,
            self._host.window(),
        )

    def rename(self, key: int, name: str) -> None:
        """Give a folder another name."""
        self._do(self._verbs.rename, key, name)

    def move(self, key: int, below: Node) -> None:
        """Put a folder below another, or at the top of its account."""
        self._do(self._verbs.move, key, below.folder.key if below.folder is not None else None)

    def delete(self, folder: FolderNode) -> Dialog | None:
        """Delete a folder; ask first when mails lie in it."""
        total, name = folder.counts.total, one_line(folder.name)
        if not total:
            self._do(self._verbs.delete, folder.key)
            return None
        words = n_(
            "{n} mail lies in it and will be deleted here and on the server. This cannot be undone.",
            "{n} mails lie in it and will be deleted here and on the server. This cannot be undone.",
            total,
        )
        return confirm(
            self._theme,
            self._host.window(),
            title=_("Delete the folder {folder}?").format(folder=name),
            text=words.format(n=dates.locale().toString(total)),
            action=_("Delete folder"),
            on_yes=lambda: self._do(self._verbs.delete, folder.key),
        )

    def subscribe(self, folder: FolderNode) -> None:
        """Turn round whether other mail programs show a folder."""
        self._do(self._verbs.subscribe, folder.key, not folder.subscribed)

    def watch(self, folder: FolderNode) -> None:
        """Turn round whether a folder is fetched in the background."""
        self._do(self._verbs.watch, folder.key, not folder.watched, folder.shows_in_inbox)

    def show_in_inbox(self, folder: FolderNode) -> None:
        """Turn round whether a folder's mails stand in the unified Inbox."""
        self._do(self._verbs.watch, folder.key, True, not folder.shows_in_inbox)

    def set_role(self, folder: FolderNode, role: Role) -> None:
        """Say what a folder is for."""
        self._do(self._verbs.set_role, folder.key, role)

    def mark_read(self, list_id: ListId) -> None:
        """Mark every mail of a list read."""
        self._mails.mark_list_read(list_id)

    def empty(self, node: Node) -> Dialog:
        """Ask, then empty Trash or Junk, of all accounts or of the node's."""
        role = node.folder.role if node.folder is not None else Role.NONE
        junk = node.list_id == Unified.JUNK or role is Role.JUNK
        return self._mails.empty(junk, node.account_key or None)

    def look_at(self, node: Node) -> None:
        """Have a server folder that is being opened brought up to date."""
        if node.kind is NodeKind.FOLDER and node.list_id:
            self._tasks.run(self._call(partial(self._verbs.opened, node.list_id)))

    def drop_mails(self, load: MailLoad, target: Node) -> None:
        """Move mails to where they were dropped, or do what the list stands for: star, archive, junk, trash."""
        if target.folder is not None and target.list_id:
            self._mails.apply(Verb.MOVE, load, target.folder)
        elif target.list_id in _DROP_VERBS:
            self._mails.apply(_DROP_VERBS[Unified(target.list_id)], load)

    def _do(self, verb: Callable[..., object], *arguments: object) -> None:
        self._tasks.run(self._call(partial(verb, *arguments)))

    async def _call(self, verb: Callable[[], object]) -> None:
        await self._tasks.write(verb)
