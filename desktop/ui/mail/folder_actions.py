"""What a person does to folders: create, rename, move, delete, subscribe, watch, empty; and mails dropped on them.

GUI thread; verbs go to the writer thread. What a server refuses later stands among the failed operations.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.telling import notifies
from desktop.services.mail.folders import Folders, Inverse
from desktop.services.mail.operations import Operations
from desktop.ui.bridge import Bridge
from desktop.ui.line_texts import one_line
from desktop.ui.mail import folder_words
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.new_folder import NewFolder
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
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
        undo: Undo,
        theme: Theme,
        host: QWidget,
        called: Callable[[FolderNode], str],
    ) -> None:
        super().__init__(host)
        self._called = called
        self._verbs = verbs
        self._operations = operations
        self._bridge = bridge
        self._undo = undo
        self._mails = mails
        self._tasks = tasks
        self._theme = theme
        self._host = host

    def ask_new(self, above: Node) -> NewFolder:
        """Ask for the name of a new folder below an account or a folder."""
        parent = above.folder.key if above.folder is not None else None
        asked = NewFolder(
            self._theme,
            one_line(above.name),
            partial(self._verbs.create, above.account_key, parent),
            self._operations,
            self._tasks,
            self._bridge,
            self._host.window(),
        )
        asked.created.connect(self._note_created)
        return asked

    def rename(self, key: int, name: str) -> None:
        """Give a folder another name."""
        self._do(folder_words.renamed(one_line(name)), "pencil", self._verbs.rename, key, name)

    def move(self, folder: FolderNode, below: int | None, where: str) -> None:
        """Put a folder below another (key), or at the top of its account; `where` is the name of that."""
        told = folder_words.moved(self._name(folder), one_line(where))
        self._do(told, "folder-input", self._verbs.move, folder.key, below)

    def delete(self, folder: FolderNode) -> None:
        """Say what would go with a folder and ask; a folder nobody fetched need not be empty."""
        self._tasks.run(self._ask_delete(folder))

    async def _ask_delete(self, folder: FolderNode) -> None:
        contents = await self._tasks.read(self._verbs.contents, folder.key)
        confirm(
            self._theme,
            self._host.window(),
            title=_("Delete the folder {folder}?").format(folder=self._name(folder)),
            text=folder_words.what_goes(contents),
            action=_("Delete folder"),
            on_yes=lambda: self._tasks.run(self._call(partial(self._verbs.delete, folder.key, contents))),
        )

    def subscribe(self, folder: FolderNode) -> None:
        """Turn round whether other mail programs show a folder."""
        on = not folder.subscribed
        self._do(folder_words.subscribed(self._name(folder), on), "check", self._verbs.subscribe, folder.key, on)

    def watch(self, folder: FolderNode) -> None:
        """Turn round whether a folder is fetched in the background."""
        on = not folder.watched
        told = folder_words.watched(self._name(folder), on)
        self._do(told, "refresh-cw", self._verbs.watch, folder.key, on, folder.shows_in_inbox)

    def show_in_inbox(self, folder: FolderNode) -> None:
        """Turn round whether a folder's mails stand in the unified Inbox."""
        on = not folder.shows_in_inbox
        told = folder_words.shown_in_inbox(self._name(folder), on)
        self._do(told, "inbox", self._verbs.watch, folder.key, True, on)

    def notify(self, folder: FolderNode) -> None:
        """Turn round whether the person is told of new mail in a folder."""
        on = not notifies(folder.role, folder.shows_in_inbox, folder.notify)
        self._do(folder_words.notified(self._name(folder), on), "bell", self._verbs.notify, folder.key, on)

    def set_role(self, folder: FolderNode, role: Role) -> None:
        """Say what a folder is for."""
        told = folder_words.used_as(self._name(folder), role)
        self._do(told, "folder", self._verbs.set_role, folder.key, role)

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

    def _name(self, folder: FolderNode) -> str:
        """Return what the person knows a folder by."""
        return one_line(self._called(folder))

    def _do(self, told: str, icon: str, verb: Callable[..., Inverse | None], *arguments: object) -> None:
        self._tasks.run(self._do_and_note(told, icon, partial(verb, *arguments)))

    async def _do_and_note(self, told: str, icon: str, verb: Callable[[], Inverse | None]) -> None:
        back = await self._tasks.write(verb)
        if back is not None:
            self._undo.push(told, back, icon=icon)

    def _note_created(self, key: int, name: str) -> None:
        self._undo.push(folder_words.created(one_line(name)), partial(self._verbs.uncreate, key), icon="folder-plus")

    async def _call(self, verb: Callable[[], object]) -> None:
        await self._tasks.write(verb)
