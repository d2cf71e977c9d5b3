"""The queue of server operations: intents of the person, replayed in order for each account."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop.base import backoff, clock
from desktop.base.errors import Bug
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Mode, WaitingOperation
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Expunge, Move, Operation, StoreFlags, Transfer
from desktop.domain.mail.operation_argument import is_argument
from desktop.domain.mail.state import Place, UserState, copy_flags
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import chunks, marks
from desktop.store.mail.places import EFFECTIVE_FOLDER, Places, PlaceWriter
from desktop.store.mail.states import States
from desktop.store.tables.mail import OperationRow

_OF_EMAIL = "p.raw_digest = x'' AND p.text_digest IS e.text_digest"
"""The source of a copy was lost, and that of its Email, which reads the same, may have been fetched again."""
_FREE = "NOT parked AND after_key IS NULL"
_FOLDER, _TARGET, _MAILS = "gone-folder", "gone-target", "gone-mails"
"""In `argument`: paths of folders that are gone, and how many mails went with them."""
_MOST_ATTEMPTS = 1 << 31
_END_MS = 253_402_300_800_000
"""The year 10000."""
_LONGEST_WAIT_MS = int(backoff.CEILING_S * 1000)
"""A next try further ahead was set by a clock that was wrong then or is wrong now: nothing waits for it."""


@dataclass(frozen=True, slots=True)
class Queued:
    """One operation as the replayer gets it. `kind` is "flags", "move", "expunge", "append" or a verb on a folder."""

    key: int
    account_key: int
    kind: str
    folder_key: int | None
    target_key: int | None
    place_keys: tuple[int, ...]
    add: Flag
    remove: Flag
    argument: Mapping[str, Any]
    started: bool
    """An earlier try may have reached the server."""
    attempts: int


@dataclass(frozen=True, slots=True)
class Target:
    """A place an operation is about, as the server knows it."""

    place_key: int
    uid: int
    message_id: str
    size_bytes: int
    """As its server counts it."""


@dataclass(frozen=True, slots=True)
class ToAppend:
    """A mail to be copied to a server."""

    place_key: int
    digest: bytes
    message_id: str
    flags: Flag
    received_ms: int
    partial: bool
    """The source is only a part of the mail: the rest lies on its old server."""


@dataclass(frozen=True, slots=True)
class InFolder:
    """An operation about a folder, and how many of its mails lie there and in others."""

    key: int
    kind: str
    mails_here: int
    mails_elsewhere: int


@dataclass(frozen=True, slots=True)
class FolderRef:
    """A folder an operation is about."""

    key: int
    wire_name: bytes
    path: str
    uidvalidity: int
    delimiter: str
    role: Role


_FOLDER_REF = "SELECT key, wire_name, path, uidvalidity, delimiter, role FROM folder"
_NOT_LABELLED = "(p.gm_msgid IS NULL OR NOT ?)"


class Operations:
    """Reads the queue inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def next(self, account_key: int, now_ms: int) -> Queued | None:
        """Return the oldest operation of an account that may run now; parked ones are passed over.

        One that waits for its next try holds back the later ones: order is kept. One that may only follow another
        is passed over as long as that one waits.
        """
        row = self._view.first(
            "SELECT key, account_key, kind, folder_key, target_key, add_flags, remove_flags, argument, started, "
            f"attempts, next_try_at_ms FROM operation WHERE account_key = ? AND {_FREE} ORDER BY key LIMIT 1",
            (account_key,),
        )
        if row is None or now_ms < row[10] <= now_ms + _LONGEST_WAIT_MS:
            return None
        places = self._view.column("SELECT place_key FROM operation_place WHERE operation_key = ?", (row[0],))
        return Queued(
            key=row[0],
            account_key=row[1],
            kind=row[2],
            folder_key=row[3],
            target_key=row[4],
            place_keys=tuple(places),
            add=Flag(row[5]),
            remove=Flag(row[6]),
            argument=json.loads(row[7]),
            started=bool(row[8]),
            attempts=row[9],
        )

    def is_untouched(self, key: int) -> bool:
        """Say whether an operation still waits and never was on its way to the server."""
        return self._view.first("SELECT 1 FROM operation WHERE key = ? AND NOT started", (key,)) is not None

    def saving(self, draft_key: int) -> tuple[int, int] | None:
        """Return the operation that will put a draft on its server and has not begun, and its account; or None."""
        sql = (
            "SELECT key, account_key FROM operation WHERE kind = 'save-draft' AND NOT started AND NOT parked "
            "AND json_extract(argument, '$.draft') = ?"
        )
        row = self._view.first(sql, (draft_key,))
        return (int(row[0]), int(row[1])) if row is not None else None

    def creation_of(self, folder_key: int) -> int | None:
        """Return the operation that will make a folder, None when it is made."""
        sql = "SELECT key FROM operation WHERE folder_key = ? AND kind = 'create-folder'"
        key: int | None = self._view.value(sql, (folder_key,))
        return key

    def of_account(self, account_key: int) -> list[int]:
        """Return the operations of an account, oldest first."""
        return self._view.column("SELECT key FROM operation WHERE account_key = ? ORDER BY key", (account_key,))

    def about_folder(self, folder_key: int) -> list[InFolder]:
        """Return the operations about a folder, oldest first."""
        rows = self._view.all(
            "SELECT o.key, o.kind, coalesce(sum(p.folder_key = ?), 0), coalesce(sum(p.folder_key <> ?), 0) "
            "FROM operation o LEFT JOIN operation_place i ON i.operation_key = o.key "
            "LEFT JOIN place p ON p.key = i.place_key WHERE o.folder_key = ? GROUP BY o.key ORDER BY o.key",
            (folder_key, folder_key, folder_key),
        )
        return [InFolder(*row) for row in rows]

    def bound_for(self, folder_key: int) -> list[int]:
        """Return the places that operations move to a folder."""
        return self._view.column(
            "SELECT DISTINCT i.place_key FROM operation o JOIN operation_place i ON i.operation_key = o.key "
            "WHERE o.target_key = ?",
            (folder_key,),
        )

    def leaving(self, folder_key: int) -> bool:
        """Say whether mails that lie in a folder are still to be moved to another folder or account."""
        return bool(
            self._view.value(
                "SELECT EXISTS (SELECT 1 FROM place p WHERE p.folder_key = ? AND (p.pending_folder_key IS NOT NULL OR "
                "EXISTS (SELECT 1 FROM operation_place i JOIN operation o ON o.key = i.operation_key "
                "WHERE i.place_key = p.key AND o.after_key IS NOT NULL)))",
                (folder_key,),
            )
        )

    def verb(self, key: int) -> tuple[int, str, int | None, Mapping[str, Any]] | None:
        """Return account, kind, folder and argument of an operation, None when it is gone."""
        row = self._view.first("SELECT account_key, kind, folder_key, argument FROM operation WHERE key = ?", (key,))
        return (row[0], row[1], row[2], json.loads(row[3])) if row else None

    def is_sound(self, key: int) -> bool:
        """Say whether an operation is one that a verb queues, so that whoever meets it can work with it."""
        row = self._view.first(
            "SELECT kind, add_flags | remove_flags, attempts, created_at_ms, argument FROM operation WHERE key = ?",
            (key,),
        )
        if row is None:
            return False
        kind, flags, attempts, created, argument = row
        return (
            0 <= flags <= sum(Flag)
            and 0 <= attempts < _MOST_ATTEMPTS
            and 0 <= created < _END_MS
            and is_argument(kind, json.loads(argument))
        )

    def still_possible(self, operation: Move | StoreFlags | Expunge) -> Move | StoreFlags | Expunge | None:
        """Return an operation about those of its places that are there.

        None without any, without its folders, and where nothing may be changed on the server any more.
        """
        mode = self._view.value("SELECT mode FROM mail_account WHERE key = ?", (operation.account_key,))
        if mode != Mode.TWO_WAY:
            return None
        folders = {operation.folder_key, operation.target_key if isinstance(operation, Move) else operation.folder_key}
        if any(self.folder_ref(key) is None for key in folders):
            return None
        there: list[int] = []
        for chunk in chunks(operation.place_keys):
            there += self._view.column(f"SELECT key FROM place WHERE key IN ({marks(chunk)})", chunk)
        return replace(operation, place_keys=tuple(there)) if there else None

    def to_append(self, key: int) -> ToAppend | None:
        """Return what an "append" operation copies, None when it is gone."""
        row = self._view.first(
            f"SELECT p.key, CASE WHEN {_OF_EMAIL} THEN e.raw_digest ELSE p.raw_digest END, e.message_id, p.flags, "
            f"p.received_ms, CASE WHEN {_OF_EMAIL} THEN e.partial ELSE p.partial END FROM operation_place o "
            "JOIN place p ON p.key = o.place_key JOIN email e ON e.key = p.email_key WHERE o.operation_key = ?",
            (key,),
        )
        if row is None or row[1] is None:
            return None
        return ToAppend(row[0], bytes(row[1]), row[2], Flag(row[3]), row[4], bool(row[5]))

    def folder_ref(self, key: int | None) -> FolderRef | None:
        """Return a folder an operation is about, None when it is gone."""
        return _folder_ref(self._view.first(f"{_FOLDER_REF} WHERE key = ?", (key,)))

    def folder_at(self, account_key: int, path: str) -> FolderRef | None:
        """Return the folder of a path that the server has, None when there is none."""
        where = "WHERE account_key = ? AND path = ? AND substr(wire_name, 1, 1) <> x'00'"
        return _folder_ref(self._view.first(f"{_FOLDER_REF} {where}", (account_key, path)))

    def home(self, account_key: int, role: Role) -> FolderRef | None:
        """Return the folder of a role that the server has, None when there is none."""
        where = "WHERE account_key = ? AND role = ? AND selectable AND pending = 0 ORDER BY key LIMIT 1"
        return _folder_ref(self._view.first(f"{_FOLDER_REF} {where}", (account_key, role.value)))

    def waits(self, key: int) -> bool:
        """Say whether an operation is not done yet."""
        return self._view.first("SELECT 1 FROM operation WHERE key = ?", (key,)) is not None

    def targets(self, key: int, *, labelled: bool = False) -> dict[int, list[Target]]:
        """Return the places of an operation by folder; those whose UID is not known now are left out.

        At a `labelled` account, Gmail, also those of mails known by Gmail's id.
        """
        found: dict[int, list[Target]] = {}
        for folder, place, uid, message_id, size_bytes in self._view.all(
            "SELECT p.folder_key, p.key, p.uid, coalesce(e.message_id, ''), p.size_bytes FROM operation_place o "
            "JOIN place p ON p.key = o.place_key JOIN folder f ON f.key = p.folder_key "
            "LEFT JOIN email e ON e.key = p.email_key "
            f"WHERE o.operation_key = ? AND p.uid IS NOT NULL AND p.uidvalidity = f.uidvalidity AND {_NOT_LABELLED}",
            (key, labelled),
        ):
            found.setdefault(folder, []).append(Target(place, uid, message_id, size_bytes))
        return found

    def unnumbered(self, key: int, *, labelled: bool = False) -> list[int]:
        """Return the folders that must be synced before the UIDs of all places of an operation are known.

        At a `labelled` account, Gmail, mails are found by Gmail's id.
        """
        return self._view.column(
            "SELECT DISTINCT p.folder_key FROM place p JOIN operation_place o ON o.place_key = p.key "
            "JOIN folder f ON f.key = p.folder_key "
            f"WHERE o.operation_key = ? AND (p.uid IS NULL OR p.uidvalidity <> f.uidvalidity) AND {_NOT_LABELLED}",
            (key, labelled),
        )

    def next_try_at(self, account_key: int) -> int | None:
        """Return when the oldest waiting operation may run, in ms; None when none waits."""
        sql = f"SELECT next_try_at_ms FROM operation WHERE account_key = ? AND {_FREE} ORDER BY key LIMIT 1"
        at_ms: int | None = self._view.value(sql, (account_key,))
        return at_ms

    def waiting(self) -> tuple[WaitingOperation, ...]:
        """Return every operation not yet done, oldest first."""
        rows = self._view.all(
            "SELECT o.key, o.account_key, a.address, o.kind, f.path, t.path, "
            "(SELECT count(*) FROM operation_place p WHERE p.operation_key = o.key), o.parked, o.attempts, "
            "o.created_at_ms, o.problem, o.argument FROM operation o JOIN mail_account a ON a.key = o.account_key "
            "LEFT JOIN folder f ON f.key = o.folder_key LEFT JOIN folder t ON t.key = o.target_key ORDER BY o.key"
        )
        return tuple(_waiting(*row) for row in rows)


def _waiting(
    key: int,
    account: int,
    address: str,
    kind: str,
    folder: str | None,
    target: str | None,
    mails: int,
    parked: int,
    attempts: int,
    created: int,
    problem: str,
    argument_json: str,
) -> WaitingOperation:
    argument = json.loads(argument_json)
    there = folder is not None
    if kind == "rename-folder":
        folder, target = argument["from"], argument["path"]
    return WaitingOperation(
        key=key,
        account_key=account,
        account_address=address,
        verb=kind,
        folder_path=argument.get(_FOLDER, "") if folder is None else folder,
        target_path=argument.get(_TARGET, "") if target is None else target,
        mails=mails or argument.get(_MAILS, 0),
        parked=bool(parked),
        attempts=attempts,
        created_at_ms=created,
        problem=problem,
        can_retry=there,
    )


def _folder_ref(row: tuple[Any, ...] | None) -> FolderRef | None:
    return FolderRef(row[0], bytes(row[1]), row[2], row[3], row[4], Role(row[5])) if row else None


class OperationWriter:
    """Queues, finishes and parks operations inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def queue(self, operations: Sequence[Operation]) -> tuple[int, ...]:
        """Queue operations and mark their places with what they will do; returns their keys."""
        return tuple(self._queue(operation) for operation in operations)

    def queue_folder(self, account_key: int, kind: str, folder_key: int | None, argument: Mapping[str, Any]) -> int:
        """Queue a verb on a folder itself: "create-folder", "rename-folder", "delete-folder", "subscribe-folder"."""
        return self._insert(account_key=account_key, kind=kind, folder_key=folder_key, argument=json.dumps(argument))

    def save_draft(self, account_key: int, folder_key: int, draft_key: int) -> int:
        """Queue what puts a draft on its server, as it will be then."""
        argument = json.dumps({"draft": draft_key})
        return self._insert(account_key=account_key, kind="save-draft", folder_key=folder_key, argument=argument)

    def expunge_after(self, places: Sequence[Place], first: int) -> None:
        """Queue the removal of copies once another operation is done."""
        for account, folder in dict.fromkeys((place.account_key, place.folder_key) for place in places):
            keys = tuple(p.key for p in places if (p.account_key, p.folder_key) == (account, folder))
            removal = self._queue(Expunge(account, folder, keys))
            self._work.run("UPDATE operation SET after_key = ? WHERE key = ?", (first, removal))

    def delete_folder(self, account_key: int, folder_key: int, argument: Mapping[str, Any]) -> None:
        """Queue the deletion of a folder and of the copies that will lie in it then."""
        key = self.queue_folder(account_key, "delete-folder", folder_key, argument)
        self._work.run(
            f"INSERT INTO operation_place (operation_key, place_key) SELECT ?, p.key FROM place p "
            f"WHERE p.account_key = ? AND {EFFECTIVE_FOLDER} = ?",
            (key, account_key, folder_key),
        )
        self._work.run(
            "UPDATE place SET pending_gone = 1 WHERE key IN "
            "(SELECT place_key FROM operation_place WHERE operation_key = ?)",
            (key,),
        )

    def transfer(self, transfer: Transfer, email_key: int) -> tuple[int, ...]:
        """Queue a copy to another account and the removal that follows it; returns their keys, the copy's first.

        The mail stands in its new folder at once, in a place that has no number yet. A twin, a copy with another text,
        is not what is copied: it stays where it is.
        """
        places = Places(self._work).of_emails([email_key]).get(email_key, [])
        state = States(self._work).of([email_key]).get(email_key, UserState())
        place = self._work.run(
            "INSERT INTO place (account_key, folder_key, uidvalidity, email_key, raw_digest, text_digest, partial, "
            "size_bytes, received_ms, flags) SELECT ?, ?, 0, key, raw_digest, text_digest, partial, size_bytes, "
            "received_ms, ? FROM email WHERE key = ?",
            (transfer.account_key, transfer.folder_key, int(copy_flags(state, places)), email_key),
        ).lastrowid
        copy = self._insert(account_key=transfer.account_key, folder_key=transfer.folder_key, kind="append")
        self._work.run("INSERT INTO operation_place (operation_key, place_key) VALUES (?, ?)", (copy, place))
        keys = [copy]
        for account, folder, leaving, labelled in self._work.all(
            "SELECT account_key, coalesce(pending_folder_key, folder_key), json_group_array(key), "
            "max(gm_msgid) IS NOT NULL FROM place "
            f"WHERE key IN ({marks(transfer.place_keys)}) AND (coalesce(text_digest, x'') = x'' "
            "OR text_digest IS (SELECT text_digest FROM place WHERE key = ?)) GROUP BY 1, 2",
            (*transfer.place_keys, place),
        ):
            keys_of = tuple(json.loads(leaving))
            trash = Operations(self._work).home(account, Role.TRASH) if labelled else None
            if trash is not None and trash.key == folder:
                continue
            # at Gmail to expunge takes a label off and no more
            moved = Move(account, folder, keys_of, trash.key) if trash is not None else None
            removal = self._queue(moved or Expunge(account, folder, keys_of))
            self._work.run("UPDATE operation SET after_key = ? WHERE key = ?", (copy, removal))
            keys.append(removal)
        return tuple(keys)

    def _queue(self, operation: Operation) -> int:
        where = {"account_key": operation.account_key, "folder_key": operation.folder_key}
        rows = [(key,) for key in operation.place_keys]
        match operation:
            case StoreFlags(add=add, remove=remove):
                key = self._insert(kind="flags", add_flags=int(add), remove_flags=int(remove), **where)
                self._work.many(
                    "UPDATE place SET pending_add = (pending_add | ?) & ~?, pending_remove = (pending_remove | ?) & ~? "
                    "WHERE key = ?",
                    [(int(add), int(remove), int(remove), int(add), *row) for row in rows],
                )
            case Move(target_key=target):
                key = self._insert(kind="move", target_key=target, **where)
                self._work.many(
                    "UPDATE place SET pending_folder_key = nullif(?, folder_key) WHERE key = ?",
                    [(target, *row) for row in rows],
                )
            case Expunge():
                key = self._insert(kind="expunge", **where)
                self._work.many("UPDATE place SET pending_gone = 1 WHERE key = ?", rows)
        self._work.many(
            "INSERT OR IGNORE INTO operation_place (operation_key, place_key) VALUES (?, ?)",
            [(key, *row) for row in rows],
        )
        return key

    def _insert(self, **columns: Any) -> int:
        account = columns["account_key"]
        if self._work.value("SELECT mode FROM mail_account WHERE key = ?", (account,)) != Mode.TWO_WAY:
            raise Bug(f"a change of the server of account {account} was queued, which is only archived")
        return int(OperationRow.insert(created_at_ms=clock.now(), **columns).execute(self._work.peewee))

    def begin(self, key: int) -> bool:
        """Note that an operation is on its way to the server; False when it was withdrawn meanwhile."""
        return self._work.run("UPDATE operation SET started = 1 WHERE key = ?", (key,)).rowcount == 1

    def postpone(self, key: int, until_ms: int, problem: str) -> None:
        """Let an operation wait after a failed try."""
        self._work.run(
            "UPDATE operation SET attempts = attempts + 1, next_try_at_ms = ?, problem = ? WHERE key = ?",
            (until_ms, problem, key),
        )

    def park(self, key: int, problem: str) -> None:
        """Set an operation aside that the server refuses; it stays visible and others go on."""
        self._work.run(
            "UPDATE operation SET parked = 1, attempts = attempts + 1, problem = ? WHERE key = ?", (problem, key)
        )

    def retry(self, key: int) -> int | None:
        """Put a parked or waiting operation back; returns its account, None when it, or its folder, is gone."""
        account: int | None = self._work.value(
            "UPDATE operation SET parked = 0, next_try_at_ms = 0 WHERE key = ? AND folder_key IS NOT NULL "
            "RETURNING account_key",
            (key,),
        )
        return account

    def source_is_back(self, email_keys: Sequence[int]) -> set[int]:
        """Put parked copies of Emails back whose lost source was fetched again; returns the accounts they go to."""
        accounts: set[int] = set()
        for key in email_keys:
            accounts.update(
                self._work.column(
                    "UPDATE operation SET parked = 0, next_try_at_ms = 0 WHERE parked AND kind = 'append' "
                    "AND folder_key IS NOT NULL AND key IN (SELECT i.operation_key FROM operation_place i "
                    "JOIN place p ON p.key = i.place_key WHERE p.email_key = ?) RETURNING account_key",
                    (key,),
                )
            )
        return accounts

    def follow_mails(self, key: int, gone_folder: int) -> None:
        """Let an operation be about a folder its mails really lie in, since its own is about to go."""
        self._work.run(
            "UPDATE operation SET folder_key = (SELECT p.folder_key FROM operation_place i JOIN place p "
            "ON p.key = i.place_key WHERE i.operation_key = operation.key AND p.folder_key <> ? LIMIT 1) WHERE key = ?",
            (gone_folder, key),
        )

    def set_aside(self, key: int, path: str, mails: int, problem: str) -> list[int]:
        """Make a report of an operation whose folder is about to go; what was to follow it is given up.

        Returns the Emails to look at again.
        """
        self._work.run(
            "UPDATE operation SET folder_key = NULL, parked = 1, problem = ?, "
            "argument = json_set(argument, ?, ?, ?, ?) WHERE key = ?",
            (problem, f'$."{_FOLDER}"', path, f'$."{_MAILS}"', mails, key),
        )
        return self._withdraw_followers(key)

    def report(self, key: int, path: str, mails: int, problem: str) -> None:
        """Tell of those mails of an operation that go with a folder, while it goes on for the others."""
        self._work.run(
            "INSERT INTO operation (account_key, target_key, kind, argument, parked, created_at_ms, problem) "
            "SELECT account_key, target_key, kind, json_set(argument, ?, ?, ?, ?), 1, created_at_ms, ? "
            "FROM operation WHERE key = ?",
            (f'$."{_FOLDER}"', path, f'$."{_MAILS}"', mails, problem, key),
        )

    def target_goes(self, folder_key: int, path: str) -> None:
        """Keep the path of a folder that is about to go in the operations that move mails there."""
        self._work.run(
            "UPDATE operation SET argument = json_set(argument, ?, ?) WHERE target_key = ?",
            (f'$."{_TARGET}"', path, folder_key),
        )

    def done(self, key: int, place_keys: Sequence[int]) -> list[int]:
        """Note that an operation is done for these places, and over with the last of them; returns their Emails.

        What it is about may lie in several folders, and the program may be killed between two of them.
        """
        self._work.many(
            "DELETE FROM operation_place WHERE operation_key = ? AND place_key = ?",
            [(key, place) for place in place_keys],
        )
        self._work.run(
            "DELETE FROM operation WHERE key = ? AND NOT EXISTS "
            "(SELECT 1 FROM operation_place WHERE operation_key = operation.key)",
            (key,),
        )
        return self.settle(place_keys)

    def remove(self, key: int) -> list[int]:
        """Take an operation out of the queue and its marks off its places; returns the Emails to look at again."""
        places = self._work.column("DELETE FROM operation_place WHERE operation_key = ? RETURNING place_key", (key,))
        OperationRow.delete().where(OperationRow.key == key).execute(self._work.peewee)
        return self.settle(places)

    def release(self, key: int) -> None:
        """Let those operations run that were to follow one that is done now."""
        self._work.run("UPDATE operation SET after_key = NULL WHERE after_key = ?", (key,))

    def withdraw_orphans(self) -> list[int]:
        """Give up operations that were to follow one that went without being done: its folder or account is gone."""
        emails: list[int] = []
        for key in self._work.column(
            "SELECT key FROM operation o WHERE after_key IS NOT NULL "
            "AND NOT EXISTS (SELECT 1 FROM operation b WHERE b.key = o.after_key)"
        ):
            emails += self.withdraw(key)
        return emails

    def withdraw(self, key: int) -> list[int]:
        """Give up an operation that is not done, with those that were to follow it and a copy that was never made."""
        emails = self._withdraw_followers(key)
        unmade = self._work.column(
            "SELECT p.place_key FROM operation_place p JOIN operation o ON o.key = p.operation_key "
            "WHERE o.key = ? AND o.kind = 'append'",
            (key,),
        )
        emails += self.remove(key)
        return emails + PlaceWriter(self._work).remove(unmade)

    def _withdraw_followers(self, key: int) -> list[int]:
        emails: list[int] = []
        for follower in self._work.column("SELECT key FROM operation WHERE after_key = ?", (key,)):
            emails += self.withdraw(follower)
        return emails

    def settle(self, place_keys: Sequence[int]) -> list[int]:
        """Recompute what queued operations will make of places; returns their Emails."""
        emails: list[int] = []
        for chunk in chunks(place_keys):
            inside = marks(chunk)
            marked: dict[int, tuple[int, int, int | None, int]] = {}
            for place, kind, plus, minus, target in self._work.all(
                "SELECT p.place_key, o.kind, o.add_flags, o.remove_flags, o.target_key FROM operation_place p "
                f"JOIN operation o ON o.key = p.operation_key WHERE p.place_key IN ({inside}) ORDER BY o.key",
                chunk,
            ):
                add, remove, folder, gone = marked.get(place, (0, 0, None, 0))
                marked[place] = (
                    (add | plus) & ~minus,
                    (remove | minus) & ~plus,
                    target if kind == "move" and target is not None else folder,
                    1 if kind in ("expunge", "delete-folder") else gone,
                )
            there = self._work.all(f"SELECT key, email_key FROM place WHERE key IN ({inside})", chunk)
            self._work.many(
                "UPDATE place SET pending_add = ?, pending_remove = ?, pending_folder_key = nullif(?, folder_key), "
                "pending_gone = ? WHERE key = ?",
                [(*marked.get(place, (0, 0, None, 0)), place) for place, _email in there],
            )
            emails += [email for _place, email in there if email is not None]
        return emails
