"""Server folders: create, rename, move, delete, subscribe, watch. At once here, queued to the server."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from desktop.base.bus import Bus
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain import events
from desktop.domain.mail.folder import Role
from desktop.domain.mail.listing import FolderContents, FolderNode
from desktop.services.mail.operations import give_up
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.folders import Folders as Store
from desktop.store.mail.folders import FolderWriter, Holding
from desktop.store.mail.operations import Operations as Queue
from desktop.store.mail.operations import OperationWriter

_ROLE_NAMES = {
    Role.INBOX: "INBOX",
    Role.ARCHIVE: "Archive",
    Role.TRASH: "Trash",
    Role.JUNK: "Junk",
    Role.DRAFTS: "Drafts",
    Role.SENT: "Sent",
}

_MOST_LEVELS = 10
_LONGEST_NAME = 100
"""Of folders that are made for files."""


class FolderInvalid(Problem):
    """A folder cannot be named, placed or changed like this."""

    remedy = Remedy.NONE
    can_retry = False


Inverse = Callable[[], None]
"""Takes a verb back: withdrawn where it has not begun on the server, else its opposite is queued."""


class Folders:
    """The verbs on server folders. Those that can be taken back return what does it."""

    def __init__(self, database: Database, bus: Bus) -> None:
        self._database = database
        self._bus = bus

    def create(self, account_key: int, parent_key: int | None, name: str) -> int:
        """Create a folder below another, or at the top; returns its key, for `uncreate`. Raises FolderInvalid."""
        with self._database.write() as work:
            refuse_archive_only(work, account_key)
            delimiter = Store(work).delimiter(account_key)
            path = _path(work, account_key, parent_key, _checked(name, delimiter), delimiter)
            _refuse_taken(work, account_key, path)
            key = _add(work, account_key, path, delimiter, Role.NONE)
            _emit(work, account_key)
        return key

    def uncreate(self, key: int) -> None:
        """Take the creation of a folder back, as long as it is empty. Raises FolderInvalid."""
        with self._database.write() as work:
            node = Store(work).get(key)
            if node is None:
                return
            [held, *above] = Store(work).holdings(key)
            if above or held.mails:
                raise FolderInvalid(_("“{name}” is no longer empty, so it stays.").format(name=node.name))
            creation = Queue(work).creation_of(key)
            if creation is None or not _withdrawn(work, creation):
                _delete(work, node.account_key, [replace(held, mails=0)])  # what nobody saw here the server tells
            _emit(work, node.account_key)
        catch_up(self._database)

    def rename(self, key: int, name: str) -> Inverse | None:
        """Give a folder another name. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            delimiter = Store(work).delimiter(node.account_key)
            parent = node.path.rpartition(delimiter)[0] if delimiter else ""
            name = _checked(name, delimiter)
            return self._rename(work, node, f"{parent}{delimiter}{name}" if parent else name)

    def move(self, key: int, parent_key: int | None) -> Inverse | None:
        """Put a folder below another, or at the top. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            delimiter = Store(work).delimiter(node.account_key)
            path = _path(work, node.account_key, parent_key, node.name, delimiter)
            if parent_key is not None and f"{path}{delimiter}".startswith(f"{node.path}{delimiter}"):
                raise FolderInvalid(_("A folder cannot be moved into itself."))
            return self._rename(work, node, path)

    def _rename(self, work: UnitOfWork, node: FolderNode, path: str) -> Inverse | None:
        _refuse_fixed(work, node)
        if path == node.path:
            return None
        _refuse_taken(work, node.account_key, path, but=node.key)
        FolderWriter(work).rename(node.key, path)
        operation = OperationWriter(work).queue_folder(
            node.account_key, "rename-folder", node.key, {"from": node.path, "path": path}
        )
        _emit(work, node.account_key)
        return partial(self._rename_back, node, operation)

    def _rename_back(self, before: FolderNode, operation: int) -> None:
        with self._database.write() as work:
            if _withdrawn(work, operation):
                return
            delimiter = Store(work).delimiter(before.account_key)
            path = before.path
            if before.parent_key is not None:  # which may have another name by now
                path = _path(work, before.account_key, before.parent_key, before.name, delimiter)
            self._rename(work, _node(work, before.key), path)

    def contents(self, key: int) -> FolderContents:
        """Return what would go with a folder. Raises FolderInvalid."""
        with self._database.read() as view:
            return _contents(Store(view).holdings(key))

    def delete(self, key: int, said: FolderContents | None = None) -> None:
        """Delete a folder with the folders below it and the copies in them, on the server too.

        `said` is what the person was told would go; where the server holds more by then it stays. Raises FolderInvalid.
        """
        with self._database.write() as work:
            node = _node(work, key)
            _refuse_fixed(work, node)
            held = Store(work).holdings(key)
            if said is not None and _is_more(_contents(held), said):
                words = _("Meanwhile something came into “{name}”, so it was not deleted.")
                raise FolderInvalid(words.format(name=node.name))
            _delete(work, node.account_key, held)
            _emit(work, node.account_key)
        catch_up(self._database)

    def subscribe(self, key: int, on: bool) -> Inverse | None:
        """Show a folder in other mail programs too, or not. Raises FolderInvalid."""
        with self._database.write() as work:
            node = _node(work, key)
            if node.subscribed is on:
                return None
            refuse_archive_only(work, node.account_key)
            FolderWriter(work).set(key, subscribed=int(on))
            operation = OperationWriter(work).queue_folder(node.account_key, "subscribe-folder", key, {"on": on})
            _emit(work, node.account_key)
        return partial(self._subscribe_back, key, not on, operation)

    def _subscribe_back(self, key: int, on: bool, operation: int) -> None:
        with self._database.write() as work:
            if _withdrawn(work, operation):
                return
        self.subscribe(key, on)

    def watch(self, key: int, on: bool, shows_in_inbox: bool = True) -> Inverse:
        """Fetch a folder in the background, and choose whether its mails stand in the unified Inbox."""
        with self._database.write() as work:
            node = _node(work, key)
            FolderWriter(work).set(key, watched=int(on), shows_in_inbox=int(on and shows_in_inbox))
            note_behind(work, key)
            _emit(work, node.account_key)
            work.emit(events.SyncRequested(node.account_key))
        catch_up(self._database)
        return partial(self._watch_back, node)

    def _watch_back(self, before: FolderNode) -> None:
        self.watch(before.key, before.watched, before.shows_in_inbox)

    def notify(self, key: int, on: bool) -> Inverse:
        """Tell of new mail in a folder, or not. To be told of it is to have it fetched in the background."""
        with self._database.write() as work:
            node = _node(work, key)
            FolderWriter(work).set(key, notify=int(on), watched=int(on or node.watched))
            _emit(work, node.account_key)
            if on and not node.watched:
                work.emit(events.SyncRequested(node.account_key))
        return partial(self._notify_back, node)

    def _notify_back(self, before: FolderNode) -> None:
        with self._database.write() as work:
            if Store(work).get(before.key) is not None:
                said = None if before.notify is None else int(before.notify)
                FolderWriter(work).set(before.key, notify=said, watched=int(before.watched))
                _emit(work, before.account_key)

    def set_role(self, key: int, role: Role) -> Inverse:
        """Say what a folder is for; the folder that had the role before loses it."""
        with self._database.write() as work:
            node = _node(work, key)
            roles = {key: role}
            for other in Store(work).nodes():
                if role is not Role.NONE and other.account_key == node.account_key and other.role is role:
                    roles.setdefault(other.key, Role.NONE)
            before = {touched: Store(work).use(touched) for touched in roles}
            for touched, now in roles.items():
                give_role(work, touched, now)
            _emit(work, node.account_key)
        catch_up(self._database)
        return partial(self._use_as_before, node.account_key, before)

    def _use_as_before(self, account_key: int, uses: Mapping[int, Mapping[str, Any]]) -> None:
        with self._database.write() as work:
            for key, columns in uses.items():
                FolderWriter(work).set(key, **columns)
                note_behind(work, key)
            _emit(work, account_key)
        catch_up(self._database)

    def opened(self, key: int) -> None:
        """A person looks at a folder: the engine brings it up to date."""
        self._bus.publish(events.FolderOpened(key))


def refuse_archive_only(view: View, account_key: int) -> None:
    """Raise FolderInvalid where nothing may change on the server of an account."""
    account = Accounts(view).get(account_key)
    if account is not None and not account.two_way:
        words = _("{address} is archived only: Rapport changes nothing on its server.")
        raise FolderInvalid(words.format(address=account.address))


def give_role(work: UnitOfWork, key: int, role: Role) -> None:
    """Let a folder be what the person, or a verb of his, wants it for. `catch_up` is to follow.

    A special folder leaves the unified Inbox: a mail archived or deleted would be back there at once.
    """
    shows = {} if role in (Role.INBOX, Role.NONE) else {"shows_in_inbox": 0}
    # the server need not remember the role; a list without it must not take it away
    FolderWriter(work).set(key, role=role.value, role_by_user=1, **shows)
    note_behind(work, key)


def make_home(work: UnitOfWork, account_key: int, role: Role) -> None:
    """Let an account have a folder for a role it lacks: one of that name, else a new one. `catch_up` is to follow."""
    path = _ROLE_NAMES[role]
    for node in Store(work).nodes():
        same = node.account_key == account_key and node.path.casefold() == path.casefold()
        if same and node.selectable and node.role is Role.NONE:
            give_role(work, node.key, role)
            break
    else:
        _add(work, account_key, _free(work, account_key, path), Store(work).delimiter(account_key), role)
    work.emit(events.FoldersChanged(account_key))


def below(work: UnitOfWork, key: int, names: Sequence[str]) -> int:
    """Return the folder of these names below another; what is not there is made, as far as the server has such.

    The names are anybody's: what none can hold is left out of them, and what stays empty stands for the one above.
    """
    for name in names[:_MOST_LEVELS]:
        node = _node(work, key)
        delimiter = Store(work).delimiter(node.account_key)
        wanted = _cleaned(name, delimiter)
        if not delimiter or not wanted:
            continue
        path = f"{node.path}{delimiter}{wanted}"
        there = [each for each in Store(work).nodes() if each.account_key == node.account_key]
        found = next((each for each in there if each.path.casefold() == path.casefold()), None)
        if found is None:
            key = _add(work, node.account_key, path, delimiter, Role.NONE)
            _emit(work, node.account_key)
        elif found.selectable:
            key = found.key
    return key


def _cleaned(name: str, delimiter: str) -> str:
    kept = "".join(c if c.isprintable() and c not in (delimiter, "/", "*", "%") else " " for c in encodable(name))
    return " ".join(kept.split())[:_LONGEST_NAME].strip(" .")


def _add(work: UnitOfWork, account_key: int, path: str, delimiter: str, role: Role) -> int:
    key = FolderWriter(work).add(account_key, path, delimiter)
    if role is not Role.NONE:
        give_role(work, key, role)
    OperationWriter(work).queue_folder(account_key, "create-folder", key, {"path": path, "role": role.value})
    return key


def _free(work: UnitOfWork, account_key: int, path: str) -> str:
    """Return a path no folder has: "Archive", "Archive 2" where the name belongs to one that holds no mail."""
    number, free = 1, path
    while Store(work).taken(account_key, free):
        number += 1
        free = f"{path} {number}"
    return free


def _delete(work: UnitOfWork, account_key: int, held: Sequence[Holding]) -> None:
    """Queue the deletion of folders, the deepest first."""
    refuse_archive_only(work, account_key)
    for one in held:
        FolderWriter(work).goes(one.key)
        argument: dict[str, object] = {"path": one.path}
        if one.selectable and one.mails is not None:
            argument["mails"] = one.mails
            argument |= {"uidvalidity": one.uidvalidity, "uidnext": one.uidnext, "coming": one.coming}
        OperationWriter(work).delete_folder(account_key, one.key, argument)
        note_behind(work, one.key)


def _contents(held: Sequence[Holding]) -> FolderContents:
    if not held:
        raise FolderInvalid(_("This folder is no longer there."))
    known = [one.mails for one in held if one.mails is not None]
    return FolderContents(len(held) - 1, sum(known) if len(known) == len(held) else None, all(one.seen for one in held))


def _is_more(now: FolderContents, said: FolderContents) -> bool:
    if now.folders > said.folders:
        return True
    return said.mails is not None and (now.mails is None or now.mails > said.mails)


def _withdrawn(work: UnitOfWork, operation: int) -> bool:
    """Give up an operation that has not begun; False when there is none."""
    untouched = Queue(work).is_untouched(operation)
    if untouched:
        give_up(work, operation)
    return untouched


def _emit(work: UnitOfWork, account_key: int) -> None:
    work.emit(events.FoldersChanged(account_key))
    work.emit(events.OperationsChanged(account_key))


def _node(work: UnitOfWork, key: int) -> FolderNode:
    node = Store(work).get(key)
    if node is None:
        raise FolderInvalid(_("This folder is no longer there."))
    return node


def _path(work: UnitOfWork, account_key: int, parent_key: int | None, name: str, delimiter: str) -> str:
    if parent_key is None:
        return name
    parent = _node(work, parent_key)
    if parent.account_key != account_key:
        raise FolderInvalid(_("A folder stays in its account: it cannot lie below a folder of another."))
    return f"{parent.path}{delimiter}{name}"


def _checked(name: str, delimiter: str) -> str:
    name = name.strip()
    if not name:
        raise FolderInvalid(_("A folder needs a name."))
    if any(not c.isprintable() for c in name):
        raise FolderInvalid(_("A folder name cannot hold line breaks or control characters."))
    if delimiter and delimiter in name:
        raise FolderInvalid(_("A folder name cannot hold “{delimiter}” on this server.").format(delimiter=delimiter))
    return name


def _refuse_taken(work: UnitOfWork, account_key: int, path: str, *, but: int | None = None) -> None:
    """Raise FolderInvalid where another folder than `but`, which may change its case, has a path."""
    if Store(work).taken(account_key, path, but=but):
        raise FolderInvalid(_("There is already a folder “{path}”.").format(path=path))


def _refuse_fixed(work: UnitOfWork, node: FolderNode) -> None:
    refuse_archive_only(work, node.account_key)
    if node.role is Role.INBOX:
        raise FolderInvalid(_("The Inbox cannot be renamed, moved or deleted."))
