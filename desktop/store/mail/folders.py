"""Server folders: what LIST said, what the person chose, and how far each is synced."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.listing import FolderNode, ListCounts
from desktop.domain.mail.sync import SyncFolder
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.places import EFFECTIVE_FOLDER, PlaceWriter
from desktop.store.tables.mail import FolderRow

MADE_HERE, _GOES = 1, 2
"""Values of `pending`: not on the server yet, and waiting to be deleted there."""

_MOST_RENAMED = 50
NOT_TOLD = -1
"""As `server_total`: the server has not said how many mails a folder holds."""

_NODES = (
    "SELECT f.key, f.account_key, f.path, f.delimiter, f.role, f.selectable, f.subscribed, f.watched, "
    "f.shows_in_inbox, f.notify, f.pending, f.synced_down_to, f.server_total, coalesce(c.total, 0), "
    "coalesce(c.unread, 0) "
    f"FROM folder f LEFT JOIN listing_count c ON c.list_id = f.key WHERE f.pending <> {_GOES}"
)
_SYNC = (
    "key, account_key, wire_name, path, role, selectable, watched, opened, uidvalidity, uidnext, modseq, "
    "synced_down_to, server_total, reconciled_at_ms"
)


@dataclass(frozen=True, slots=True)
class Holding:
    """What a folder holds, and how far that is known."""

    key: int
    path: str
    selectable: bool
    mails: int | None
    """Copies that lie in it or are on their way there; None when nobody knows."""
    seen: bool
    """Each of them is here; else the number is what the server had at the last look."""
    uidvalidity: int
    uidnext: int
    """Above every UID known here; 0 where not all are."""
    coming: int
    """Copies that have no UID in it yet."""


@dataclass(frozen=True, slots=True)
class Destination:
    """What a folder makes of the mails that come into it. True in the transaction it was read in, and no longer."""

    account_key: int
    role: Role
    shows_in_inbox: bool
    two_way: bool


class Folders:
    """Reads folders inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def nodes(self) -> list[FolderNode]:
        """Return every folder for the tree, parents before children, roles first, then by name."""
        rows = self._view.all(f"{_NODES} ORDER BY f.account_key, f.role <> 'inbox', fold(f.path), f.path")
        by_path = {(row[1], row[2]): row[0] for row in rows}
        return [_node(row, by_path.get((row[1], _parent(row)))) for row in rows]

    def get(self, key: int) -> FolderNode | None:
        """Return one folder, None when it is gone."""
        row = self._view.first(f"{_NODES} AND f.key = ?", (key,))
        if row is None:
            return None
        sql = "SELECT key FROM folder WHERE account_key = ? AND path = ? AND pending <> ?"
        return _node(row, self._view.value(sql, (row[1], _parent(row), _GOES)))

    def homes(self) -> dict[tuple[int, Role], int]:
        """Return which folder plays each role in each account; one that is about to be deleted plays none."""
        rows = self._view.all(
            "SELECT account_key, role, key FROM folder "
            f"WHERE role <> '' AND selectable AND pending <> {_GOES} ORDER BY key"
        )
        homes: dict[tuple[int, Role], int] = {}
        for account, role, key in rows:
            homes.setdefault((account, Role(role)), key)
        return homes

    def to_sync(self, account_key: int) -> list[SyncFolder]:
        """Return the folders of an account as the engine sees them."""
        rows = self._view.all(
            f"SELECT {_SYNC} FROM folder WHERE account_key = ? AND pending = 0 AND selectable "
            "ORDER BY role <> 'inbox', key",
            (account_key,),
        )
        return [_sync(row) for row in rows]

    def path(self, key: int) -> tuple[int, str] | None:
        """Return account and path of a folder, None when it is gone."""
        row = self._view.first("SELECT account_key, path FROM folder WHERE key = ?", (key,))
        return (row[0], row[1]) if row else None

    def sync_folder(self, key: int) -> SyncFolder | None:
        """Return one folder as the engine sees it, None when it is gone."""
        row = self._view.first(f"SELECT {_SYNC} FROM folder WHERE key = ?", (key,))
        return _sync(row) if row else None

    def strange(self, account_key: int, there: Collection[bytes]) -> list[bytes]:
        """Return those names on the server that may be new ones of folders gone from there; few at the most."""
        names = [
            bytes(name)
            for name in self._view.column("SELECT wire_name FROM folder WHERE account_key = ?", (account_key,))
        ]
        lost = self._view.column(
            "SELECT wire_name FROM folder WHERE account_key = ? AND uidvalidity > 0 AND pending = 0", (account_key,)
        )
        return sorted(set(there) - set(names))[:_MOST_RENAMED] if {bytes(n) for n in lost} - set(there) else []

    def keys_of(self, account_key: int) -> list[int]:
        """Return the folders of an account, also those that wait to be deleted."""
        return self._view.column("SELECT key FROM folder WHERE account_key = ?", (account_key,))

    def holdings(self, key: int) -> list[Holding]:
        """Return what a folder and those below it hold, the deepest first; empty when it is gone."""
        rows = self._view.all(
            "SELECT f.key, f.path, f.selectable, f.pending, f.synced_down_to, f.server_total, f.uidvalidity, "
            f"f.uidnext, (SELECT count(*) FROM place p WHERE (p.folder_key = f.key OR p.pending_folder_key = f.key) "
            f"AND {EFFECTIVE_FOLDER} = f.key AND NOT p.pending_gone), count(p.key), coalesce(max(p.uid), 0), "
            "(SELECT count(*) FROM place p WHERE p.pending_folder_key = f.key OR (p.folder_key = f.key "
            "AND p.uid IS NULL)) FROM folder t JOIN folder f ON f.account_key = t.account_key AND (f.key = t.key "
            "OR (t.delimiter <> '' AND substr(f.path, 1, length(t.path) + 1) = t.path || t.delimiter)) "
            "LEFT JOIN place p ON p.folder_key = f.key AND p.uidvalidity = f.uidvalidity AND p.uid IS NOT NULL "
            f"WHERE t.key = ? AND f.pending <> {_GOES} GROUP BY f.key ORDER BY length(f.path) DESC",
            (key,),
        )
        return [_holding(*row) for row in rows]

    def use(self, key: int) -> dict[str, Any]:
        """Return the columns that say what a folder is for, as `FolderWriter.set` takes them; empty when it is gone."""
        columns = ("role", "role_by_user", "shows_in_inbox")
        row = self._view.first(f"SELECT {', '.join(columns)} FROM folder WHERE key = ?", (key,))
        return dict(zip(columns, row, strict=True)) if row else {}

    def taken(self, account_key: int, path: str, *, but: int | None = None) -> bool:
        """Say whether an account has another folder than `but` of this path, whatever its case.

        One that waits to be deleted is gone by then.
        """
        sql = "SELECT 1 FROM folder WHERE account_key = ? AND fold(path) = fold(?) AND key IS NOT ? AND pending <> ?"
        return self._view.first(sql, (account_key, path, but, _GOES)) is not None

    def delimiter(self, account_key: int) -> str:
        """Return what separates the levels of an account's paths."""
        sql = "SELECT delimiter FROM folder WHERE account_key = ? ORDER BY role <> 'inbox', delimiter = '' LIMIT 1"
        return str(self._view.value(sql, (account_key,)) or "/")

    def destination(self, key: int) -> Destination | None:
        """Return what a folder makes of the mails that come into it, None when it is gone."""
        row = self._view.first(
            "SELECT f.account_key, f.role, f.shows_in_inbox, a.mode = 'two-way' "
            "FROM folder f JOIN mail_account a ON a.key = f.account_key WHERE f.key = ?",
            (key,),
        )
        return Destination(row[0], Role(row[1]), bool(row[2]), bool(row[3])) if row else None

    def progress(self, account_key: int) -> tuple[int, int]:
        """Return how many mails of the folders being synced are here, and how many the server has."""
        row = self._view.first(
            "SELECT coalesce(sum(min(server_total, coalesce(c.total, 0))), 0), coalesce(sum(server_total), 0) "
            "FROM folder f LEFT JOIN listing_count c ON c.list_id = f.key "
            f"WHERE account_key = ? AND uidvalidity AND server_total <> {NOT_TOLD}",
            (account_key,),
        )
        return (row[0], row[1]) if row else (0, 0)


class FolderWriter:
    """Changes folders inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def mirror(
        self,
        account_key: int,
        listed: Sequence[ServerFolder],
        numbered: Mapping[bytes, int],
        totals: Mapping[bytes, int] = MappingProxyType({}),
    ) -> tuple[bool, list[int]]:
        """Make the folders of an account those the server listed; `numbered` tells the UIDVALIDITY of new ones.

        `totals` tells how many mails are in folders, for those that were never synced.

        Returns whether anything changed, and the keys of the folders it no longer lists, which the caller takes away.
        A role the person chose stays; folders made here and not yet on the server stay, as do those that another
        program gave another name.
        """
        self._follow_renames(account_key, {folder.wire_name for folder in listed}, numbered)
        known = {
            bytes(row.wire_name): row
            for row in FolderRow.select().where(FolderRow.account_key == account_key).execute(self._work.peewee)
        }
        changed = False
        for folder in listed:
            row = known.pop(folder.wire_name, None)
            values: dict[str, Any] = {
                "path": folder.path,
                "delimiter": folder.delimiter,
                "selectable": int(folder.selectable),
                "subscribed": int(folder.subscribed),
                "pending": _GOES if row is not None and row.pending == _GOES else 0,
            }
            if row is None:
                inbox = folder.role is Role.INBOX
                FolderRow.insert(
                    account_key=account_key,
                    wire_name=folder.wire_name,
                    role=folder.role.value,
                    watched=int(inbox),
                    shows_in_inbox=int(inbox),
                    server_total=totals.get(folder.wire_name, NOT_TOLD),
                    **values,
                ).execute(self._work.peewee)
                changed = True
                continue
            if not row.role_by_user:
                values["role"] = folder.role.value
            if not row.uidvalidity:
                values["server_total"] = totals.get(folder.wire_name, NOT_TOLD)
            if any(getattr(row, name) != value for name, value in values.items()):
                FolderRow.update(**values).where(FolderRow.key == row.key).execute(self._work.peewee)
                changed = True
        gone = [row.key for row in known.values() if row.pending != MADE_HERE]
        return changed or bool(gone), gone

    def _follow_renames(self, account_key: int, there: Collection[bytes], numbered: Mapping[bytes, int]) -> None:
        """Give a folder that is gone the name of the new one that alone has its UIDVALIDITY.

        Servers need not number folders differently, so no UID is believed: each copy is met again.
        """
        rows = self._work.all(
            "SELECT key, wire_name, uidvalidity FROM folder WHERE account_key = ? AND uidvalidity > 0 AND pending = 0",
            (account_key,),
        )
        for wire_name, uidvalidity in numbered.items():
            same = [(key, bytes(name)) for key, name, number in rows if number == uidvalidity]
            alone = list(numbered.values()).count(uidvalidity) == 1 and len(same) == 1
            if alone and same[0][1] not in there:
                [(key, _name)] = same
                PlaceWriter(self._work).doubt(key, uidvalidity)
                self.set(key, wire_name=wire_name, uidnext=0, modseq=0, synced_down_to=0)

    def remove(self, key: int) -> None:
        """Delete a folder, its places and the operations about it."""
        self._work.run("DELETE FROM folder WHERE key = ?", (key,))

    def set(self, key: int, **columns: Any) -> None:
        """Set columns of a folder."""
        FolderRow.update(**columns).where(FolderRow.key == key).execute(self._work.peewee)

    def fetch_anew(self, account_key: int) -> None:
        """Let the engine walk the UIDs of an account's folders again from the newest down, where it has done so."""
        sql = "UPDATE folder SET synced_down_to = max(uidnext, 1) WHERE account_key = ? AND synced_down_to > 0"
        self._work.run(sql, (account_key,))

    def rename(self, key: int, path: str) -> None:
        """Give a folder another path, and with it the folders below."""
        row = self._work.first("SELECT account_key, path, delimiter FROM folder WHERE key = ?", (key,))
        if row is None:
            return
        account, old, delimiter = row
        self.set(key, path=path)
        if delimiter:
            below = f"{old}{delimiter}"
            self._work.run(
                "UPDATE folder SET path = ? || substr(path, ?) WHERE account_key = ? AND substr(path, 1, ?) = ?",
                (f"{path}{delimiter}", len(below) + 1, account, len(below), below),
            )

    def goes(self, key: int) -> None:
        """Note that a folder waits to be deleted on the server: nobody sees it any more."""
        self.set(key, pending=_GOES)

    def stays(self, key: int) -> bool:
        """Take back what waited for a folder as a whole; False when it is not made and never will be, so must go."""
        row = self._work.first(
            "SELECT pending = ? OR substr(wire_name, 1, 1) = x'00', EXISTS (SELECT 1 FROM operation o "
            "WHERE o.folder_key = folder.key AND o.kind = 'create-folder') FROM folder WHERE key = ?",
            (MADE_HERE, key),
        )
        unmade, waits = row or (True, False)
        if unmade and not waits:
            return False
        self.set(key, pending=MADE_HERE if waits else 0)
        return True

    def as_before(self, key: int, kind: str, argument: Mapping[str, Any]) -> bool:
        """Undo here what a queued verb on a folder did here; False when the folder was never made, and so must go."""
        match kind:
            case "create-folder" | "delete-folder":
                return self.stays(key)
            case "rename-folder":
                self.rename(key, str(argument["from"]))
            case "subscribe-folder":
                self.set(key, subscribed=int(not argument["on"]))
        return True

    def remove_unmade(self) -> list[int]:
        """Delete empty folders made here that nothing will make on a server; returns their keys."""
        return self._work.column(
            "DELETE FROM folder WHERE pending = ? AND NOT EXISTS (SELECT 1 FROM operation o WHERE "
            "folder.key IN (o.folder_key, o.target_key)) AND NOT EXISTS (SELECT 1 FROM place p WHERE "
            "folder.key IN (p.folder_key, p.pending_folder_key)) RETURNING key",
            (MADE_HERE,),
        )

    def named(self, key: int, wire_name: bytes) -> int:
        """Note the server's name of a folder, which is there now, and so of the folders below it; returns its key.

        A row LIST made meanwhile gives way; a folder made here becomes that row once mails lie in it, and the lists of
        both must follow.
        """
        row = self._work.first("SELECT account_key, wire_name, delimiter, pending FROM folder WHERE key = ?", (key,))
        if row is None:
            return key
        account, old, delimiter, pending = row
        self._work.run(
            "DELETE FROM folder WHERE key <> ? AND wire_name = ? AND account_key = "
            "(SELECT account_key FROM folder WHERE key = ?) AND NOT EXISTS (SELECT 1 FROM place WHERE "
            "folder_key = folder.key)",
            (key, wire_name, key),
        )
        sql = "SELECT key FROM folder WHERE account_key = ? AND wire_name = ? AND key <> ?"
        listed: int | None = self._work.value(sql, (account, wire_name, key))
        if listed is not None and pending == MADE_HERE:
            self._become(key, listed)
            key = listed
        self._work.run(
            "UPDATE OR IGNORE folder SET wire_name = ?, pending = CASE pending WHEN ? THEN 0 ELSE pending END "
            "WHERE key = ?",
            (wire_name, MADE_HERE, key),
        )
        if delimiter and old != wire_name:
            end = delimiter.encode()
            below = old + end
            self._work.run(
                "UPDATE OR IGNORE folder SET wire_name = CAST(? || substr(wire_name, ?) AS BLOB) "
                "WHERE account_key = ? AND substr(wire_name, 1, ?) = ?",
                (wire_name + end, len(below) + 1, account, len(below), below),
            )
        return key

    def _become(self, made: int, listed: int) -> None:
        """Give all that is about a folder made here to the row that LIST made of the same folder."""
        for table, column in (
            ("place", "folder_key"),  # without numbers, since they were never on a server
            ("place", "pending_folder_key"),
            ("operation", "folder_key"),
            ("operation", "target_key"),
        ):
            self._work.run(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (listed, made))
        self._work.run(
            "UPDATE folder SET watched = max(folder.watched, made.watched), "
            "shows_in_inbox = CASE WHEN made.watched THEN made.shows_in_inbox ELSE folder.shows_in_inbox END, "
            "role = CASE WHEN made.role <> '' THEN made.role ELSE folder.role END, "
            "role_by_user = max(folder.role_by_user, made.role_by_user), "
            "notify = coalesce(made.notify, folder.notify), pending = 0 "
            "FROM folder made WHERE made.key = ? AND folder.key = ?",
            (made, listed),
        )
        self._work.run("DELETE FROM folder WHERE key = ?", (made,))

    def add(self, account_key: int, path: str, delimiter: str) -> int:
        """Insert a folder made here, not yet on the server; returns its key.

        Until the server has named it its name begins with a zero octet, or more where another was made of this path
        and has gone on to a new one.
        """
        wire_name = b"\0" + path.encode()
        while self._work.first(
            "SELECT 1 FROM folder WHERE account_key = ? AND wire_name = ?", (account_key, wire_name)
        ):
            wire_name = b"\0" + wire_name
        query = FolderRow.insert(
            account_key=account_key, path=path, wire_name=wire_name, delimiter=delimiter, pending=MADE_HERE
        )
        return int(query.execute(self._work.peewee))


def _sync(row: tuple[Any, ...]) -> SyncFolder:
    key, account, wire, path, role, selectable, watched, opened, *numbers = row
    return SyncFolder(
        key, account, bytes(wire), path, Role(role), bool(selectable), bool(watched), bool(opened), *numbers
    )


def _holding(
    key: int,
    path: str,
    selectable: int,
    pending: int,
    synced_down_to: int,
    server_total: int,
    uidvalidity: int,
    uidnext: int,
    here: int,
    numbered: int,
    highest: int,
    coming: int,
) -> Holding:
    if not selectable or pending == MADE_HERE:
        return Holding(key, path, bool(selectable), here, True, uidvalidity, 0, coming)
    if synced_down_to == 1 and numbered >= server_total:
        return Holding(key, path, bool(selectable), here, True, uidvalidity, max(uidnext, highest + 1), coming)
    total = max(server_total, here) if server_total != NOT_TOLD else None
    return Holding(key, path, bool(selectable), total, False, uidvalidity, 0, coming)


def _parent(row: tuple[Any, ...]) -> str:
    """Return the path a folder lies below, "" at the top."""
    path, delimiter = row[2], row[3]
    return str(path.rpartition(delimiter)[0]) if delimiter else ""


def _node(row: tuple[Any, ...], parent_key: int | None) -> FolderNode:
    key, account, path, delimiter, role, selectable, subscribed, watched, inbox, *more = row
    notify, pending, down_to, *numbers = more
    server_total, total, unread = numbers
    return FolderNode(
        key=key,
        account_key=account,
        path=path,
        name=path.rpartition(delimiter)[2] if delimiter else path,
        parent_key=parent_key,
        role=Role(role),
        selectable=bool(selectable),
        subscribed=bool(subscribed),
        watched=bool(watched),
        shows_in_inbox=bool(inbox),
        notify=None if notify is None else bool(notify),
        counts=ListCounts(total, unread),
        pending=bool(pending),
        fetched=pending == MADE_HERE or down_to == 1,
        on_server=None if server_total == NOT_TOLD else server_total,
    )
