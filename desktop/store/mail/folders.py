"""Server folders: what LIST said, what the person chose, and how far each is synced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.listing import FolderNode, ListCounts
from desktop.domain.mail.sync import SyncFolder
from desktop.store.database import UnitOfWork, View
from desktop.store.tables.mail import FolderRow

_SYNC = (
    "key, account_key, wire_name, path, role, selectable, watched, opened, uidvalidity, uidnext, modseq, "
    "synced_down_to, server_total, reconciled_at_ms"
)


class Folders:
    """Reads folders inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def nodes(self) -> list[FolderNode]:
        """Return every folder for the tree, parents before children, roles first, then by name."""
        rows = self._view.all(
            "SELECT f.key, f.account_key, f.path, f.delimiter, f.role, f.selectable, f.subscribed, f.watched, "
            "f.shows_in_inbox, f.pending, coalesce(c.total, 0), coalesce(c.unread, 0) "
            "FROM folder f LEFT JOIN listing_count c ON c.list_id = f.key WHERE f.pending <> 2 "
            "ORDER BY f.account_key, f.role <> 'inbox', f.path COLLATE NOCASE"
        )
        by_path = {(row[1], row[2]): row[0] for row in rows}
        nodes = []
        for key, account, path, delimiter, role, selectable, subscribed, watched, inbox, pending, total, unread in rows:
            parent, _, name = path.rpartition(delimiter) if delimiter else ("", "", path)
            nodes.append(
                FolderNode(
                    key=key,
                    account_key=account,
                    path=path,
                    name=name,
                    parent_key=by_path.get((account, parent)) if parent else None,
                    role=Role(role),
                    selectable=bool(selectable),
                    subscribed=bool(subscribed),
                    watched=bool(watched),
                    shows_in_inbox=bool(inbox),
                    counts=ListCounts(total, unread),
                    pending=bool(pending),
                )
            )
        return nodes

    def get(self, key: int) -> FolderNode | None:
        """Return one folder, None when it is gone."""
        return next((node for node in self.nodes() if node.key == key), None)

    def homes(self) -> dict[tuple[int, Role], int]:
        """Return which folder plays each role in each account."""
        rows = self._view.all("SELECT account_key, role, key FROM folder WHERE role <> '' AND selectable ORDER BY key")
        homes: dict[tuple[int, Role], int] = {}
        for account, role, key in rows:
            homes.setdefault((account, Role(role)), key)
        return homes

    def to_sync(self, account_key: int) -> list[SyncFolder]:
        """Return the folders of an account as the engine sees them."""
        sql = f"SELECT {_SYNC} FROM folder WHERE account_key = ? AND pending = 0 AND selectable ORDER BY role <> 'inbox', key"
        return [_sync(row) for row in self._view.all(sql, (account_key,))]

    def sync_folder(self, key: int) -> SyncFolder | None:
        """Return one folder as the engine sees it, None when it is gone."""
        row = self._view.first(f"SELECT {_SYNC} FROM folder WHERE key = ?", (key,))
        return _sync(row) if row else None

    def wire_name(self, key: int) -> bytes | None:
        """Return the server's name of a folder, None when it is gone."""
        name: bytes | None = self._view.value("SELECT wire_name FROM folder WHERE key = ?", (key,))
        return name


class FolderWriter:
    """Changes folders inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def mirror(self, account_key: int, listed: Sequence[ServerFolder]) -> tuple[bool, list[int]]:
        """Make the folders of an account those the server listed.

        Returns whether anything changed, and the keys of Emails that lay in folders now gone. A role the person chose
        stays; folders made here and not yet on the server stay.
        """
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
                "pending": 0,
            }
            if row is None:
                inbox = folder.role is Role.INBOX
                FolderRow.insert(
                    account_key=account_key,
                    wire_name=folder.wire_name,
                    role=folder.role.value,
                    watched=int(inbox),
                    shows_in_inbox=int(inbox),
                    **values,
                ).execute(self._work.peewee)
                changed = True
                continue
            if not row.role_by_user:
                values["role"] = folder.role.value
            if any(getattr(row, name) != value for name, value in values.items()):
                FolderRow.update(**values).where(FolderRow.key == row.key).execute(self._work.peewee)
                changed = True
        orphans: list[int] = []
        for row in known.values():
            if row.pending:
                continue
            orphans += self.remove(row.key)
            changed = True
        return changed, orphans

    def remove(self, key: int) -> list[int]:
        """Delete a folder and its places; returns the keys of Emails that lay there."""
        emails = self._work.column("SELECT DISTINCT email_key FROM place WHERE folder_key = ?", (key,))
        self._work.run("DELETE FROM folder WHERE key = ?", (key,))
        self._work.run("DELETE FROM listing_count WHERE list_id = ?", (key,))
        return [email for email in emails if email is not None]

    def set(self, key: int, **columns: Any) -> None:
        """Set columns of a folder."""
        FolderRow.update(**columns).where(FolderRow.key == key).execute(self._work.peewee)

    def add(self, account_key: int, path: str, wire_name: bytes, delimiter: str) -> int:
        """Insert a folder made here, not yet on the server; returns its key."""
        query = FolderRow.insert(
            account_key=account_key, path=path, wire_name=wire_name, delimiter=delimiter, pending=1
        )
        return int(query.execute(self._work.peewee))


def _sync(row: tuple[Any, ...]) -> SyncFolder:
    key, account, wire, path, role, selectable, watched, opened, *numbers = row
    return SyncFolder(
        key, account, bytes(wire), path, Role(role), bool(selectable), bool(watched), bool(opened), *numbers
    )
