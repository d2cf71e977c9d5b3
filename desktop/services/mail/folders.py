"""Server folders: create, rename, move, delete, subscribe, watch. At once here, queued to the server."""

from __future__ import annotations

from desktop.base.bus import Bus
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.listing import FolderNode
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail.folders import Folders as Store
from desktop.store.mail.folders import FolderWriter
from desktop.store.mail.operations import OperationWriter


class FolderInvalid(Problem):
    """A folder cannot be named, placed or changed like this."""

    remedy = Remedy.NONE
    can_retry = False


class Folders:
    """The verbs on server folders."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    def create(self, account_key: int, parent_key: int | None, name: str) -> int:
        """Create a folder below another, or at the top; returns its key. Raises FolderInvalid."""
        with self._database.write() as work:
            delimiter = Store(work).delimiter(account_key)
            path = _path(work, parent_key, _checked(name, delimiter), delimiter)
            _refuse_taken(work, account_key, path)
            key = FolderWriter(work).add(account_key, path, b"\0" + path.encode(), delimiter)
            OperationWriter(work).queue_folder(account_key, "create-folder", key, {"path": path})
            _emit(work, account_key)
        return key

    def rename(self, key: int, name: str) -> None:
        """Give a folder another name. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            delimiter = Store(work).delimiter(node.account_key)
            parent = node.path.rpartition(delimiter)[0] if delimiter else ""
            name = _checked(name, delimiter)
            self._rename(work, node, f"{parent}{delimiter}{name}" if parent else name)

    def move(self, key: int, parent_key: int | None) -> None:
        """Put a folder below another, or at the top. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            delimiter = Store(work).delimiter(node.account_key)
            path = _path(work, parent_key, node.name, delimiter)
            if parent_key is not None and f"{path}{delimiter}".startswith(f"{node.path}{delimiter}"):
                raise FolderInvalid(_("A folder cannot be moved into itself."))
            self._rename(work, node, path)

    def _rename(self, work: UnitOfWork, node: FolderNode, path: str) -> None:
        _refuse_fixed(node)
        if path == node.path:
            return
        _refuse_taken(work, node.account_key, path)
        FolderWriter(work).rename(node.key, path)
        OperationWriter(work).queue_folder(
            node.account_key, "rename-folder", node.key, {"from": node.path, "path": path}
        )
        _emit(work, node.account_key)

    def delete(self, key: int) -> None:
        """Delete a folder and the copies in it, on the server too. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            _refuse_fixed(node)
            if any(other.parent_key == key for other in Store(work).nodes()):
                raise FolderInvalid(_("“{name}” has folders in it. Delete or move them first.").format(name=node.name))
            FolderWriter(work).goes(key)
            OperationWriter(work).delete_folder(node.account_key, key, node.path)
            note_behind(work, key)
            _emit(work, node.account_key)
        catch_up(self._database)

    def subscribe(self, key: int, on: bool) -> None:
        """Show a folder in other mail programs too, or not."""
        with self._database.write() as work:
            node = _node(work, key)
            FolderWriter(work).set(key, subscribed=int(on))
            OperationWriter(work).queue_folder(node.account_key, "subscribe-folder", key, {"on": on})
            _emit(work, node.account_key)

    def watch(self, key: int, on: bool, shows_in_inbox: bool = True) -> None:
        """Fetch a folder in the background, and choose whether its mails stand in the unified Inbox."""
        with self._database.write() as work:
            node = _node(work, key)
            FolderWriter(work).set(key, watched=int(on), shows_in_inbox=int(on and shows_in_inbox))
            note_behind(work, key)
            _emit(work, node.account_key)
            work.emit(events.SyncRequested(node.account_key))
        catch_up(self._database)

    def set_role(self, key: int, role: Role) -> None:
        """Say what a folder is for; the folder that had the role before loses it."""
        with self._database.write() as work:
            node = _node(work, key)
            writer = FolderWriter(work)
            touched = [key]
            for other in Store(work).nodes():
                if role is not Role.NONE and other.account_key == node.account_key and other.role is role:
                    writer.set(other.key, role=Role.NONE.value, role_by_user=1)
                    touched.append(other.key)
            writer.set(key, role=role.value, role_by_user=1)
            for folder in touched:
                note_behind(work, folder)
            _emit(work, node.account_key)
        catch_up(self._database)

    def opened(self, key: int) -> None:
        """A person looks at a folder: the engine brings it up to date."""
        self._bus.publish(events.FolderOpened(key))


def _emit(work: UnitOfWork, account_key: int) -> None:
    work.emit(events.FoldersChanged(account_key))
    work.emit(events.OperationsChanged(account_key))


def _node(work: UnitOfWork, key: int) -> FolderNode:
    node = Store(work).get(key)
    if node is None:
        raise FolderInvalid(_("This folder is no longer there."))
    return node


def _path(work: UnitOfWork, parent_key: int | None, name: str, delimiter: str) -> str:
    return name if parent_key is None else f"{_node(work, parent_key).path}{delimiter}{name}"


def _checked(name: str, delimiter: str) -> str:
    name = name.strip()
    if not name:
        raise FolderInvalid(_("A folder needs a name."))
    if any(not c.isprintable() for c in name):
        raise FolderInvalid(_("A folder name cannot hold line breaks or control characters."))
    if delimiter and delimiter in name:
        raise FolderInvalid(_("A folder name cannot hold “{delimiter}” on this server.").format(delimiter=delimiter))
    return name


def _refuse_taken(work: UnitOfWork, account_key: int, path: str) -> None:
    if Store(work).taken(account_key, path):
        raise FolderInvalid(_("There is already a folder “{path}”.").format(path=path))


def _refuse_fixed(node: FolderNode) -> None:
    if node.role is Role.INBOX:
        raise FolderInvalid(_("The Inbox cannot be renamed, moved or deleted."))
