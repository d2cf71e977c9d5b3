"""Lists after random histories, compared with a reference that reads the rows and states the rules anew.

The reference shares no code with the program: neither `domain.mail.membership` nor `domain.mail.state` nor the lists.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktop.base.bus import Bus
from desktop.base.paths import touch_private
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.sync import SyncFolder
from desktop.services.mail.folders import FolderInvalid
from desktop.store import migrate
from desktop.store.database import Database
from tests.desk import mail
from tests.proof import rounds
from tests.shelf import Shelf

SEEN, FLAGGED, ANSWERED, DRAFT, DELETED, FORWARDED = 1, 2, 4, 8, 16, 32
INBOX, IMPORTANT, SENT, DRAFTS, ARCHIVE, JUNK, TRASH, ALL = range(-1, -9, -1)
ACCOUNTS = ("me@example.org", "you@example.org")
SENDERS = ("anna@acme.example", *ACCOUNTS, "alias@example.org")

_account = st.integers(0, len(ACCOUNTS) - 1)
_folder = st.integers(0, 6)
_mail = st.integers(0, 7)
_flags = st.sampled_from([0, 0, 0, SEEN, SEEN | FLAGGED, DRAFT, DELETED, SEEN | ANSWERED, FLAGGED | DELETED])
_undone = st.booleans()
STEPS = st.one_of(
    st.tuples(st.just("arrive"), _account, _folder, st.integers(1, 5), st.sampled_from(SENDERS), _flags),
    st.tuples(st.just("arrive"), _account, _folder, st.integers(1, 5), st.sampled_from(SENDERS), _flags),
    st.tuples(st.just("flags"), _account, _folder, st.integers(1, 3), _flags),
    st.tuples(st.just("vanish"), _account, _folder, st.integers(1, 3)),
    st.tuples(st.just("renumber"), _account, _folder, st.booleans()),
    st.tuples(st.just("do"), st.sampled_from([v for v in Verb if v is not Verb.MOVE]), _mail, _undone),
    st.tuples(st.just("move"), _mail, _account, _folder, _undone),
    st.tuples(st.just("mode"), _account, st.sampled_from(list(Mode))),
    st.tuples(st.just("role"), _account, _folder, st.sampled_from(list(Role))),
    st.tuples(st.just("watch"), _account, _folder, st.booleans(), st.booleans()),
    st.tuples(st.just("alias"), st.booleans()),
    st.tuples(st.just("server"), _account),
)


class History:
    """Does steps to a store."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.accounts = (shelf.account, shelf.add(ACCOUNTS[1]))
        self.uids: dict[int, int] = {}

    def folder(self, account: int, number: int) -> SyncFolder:
        folders = self.shelf.mirror.folders(self.accounts[account])
        return folders[number % len(folders)]

    def email(self, number: int) -> int | None:
        with self.shelf.database.read() as view:
            keys = view.column("SELECT key FROM email ORDER BY key")
        return keys[number % len(keys)] if keys else None

    def arrive(self, account: int, number: int, which: int, sender: str, flags: int) -> None:
        folder = self.folder(account, number)
        uid = self.uids[folder.key] = self.uids.get(folder.key, 0) + 1
        answer = f"<{which - 1}@acme.example>" if which > 1 else ""
        self.shelf.fetched(folder, uid, mail(which, From=sender, In_Reply_To=answer), Flag(flags))

    def flags(self, account: int, number: int, uid: int, flags: int) -> None:
        folder = self.folder(account, number)
        self.shelf.mirror.flags(folder, folder.uidvalidity, [(uid, Flag(flags))])

    def vanish(self, account: int, number: int, uid: int) -> None:
        folder = self.folder(account, number)
        self.shelf.mirror.vanished(folder, folder.uidvalidity, [uid])

    def renumber(self, account: int, number: int, complete: bool) -> None:
        folder = self.folder(account, number)
        self.shelf.mirror.renumbered(folder, folder.uidvalidity + 1)
        if complete:
            self.shelf.mirror.complete(folder, folder.uidvalidity + 1)
            self.shelf.mirror.reconciled(folder)

    def do(self, verb: Verb, which: int, undone: bool, folder: int | None = None) -> None:
        key = self.email(which)
        if key is not None:
            done = self.shelf.do(verb, key, folder=folder)
            if undone:
                self.shelf.actions.undo(done)

    def move(self, which: int, account: int, number: int, undone: bool) -> None:
        folder = self.folder(account, number).key
        if self.shelf.accounts.get(self.accounts[account]).two_way:
            self.do(Verb.MOVE, which, undone, folder)
        elif (key := self.email(which)) is not None:
            with pytest.raises(FolderInvalid):
                self.shelf.do(Verb.MOVE, key, folder=folder)

    def mode(self, account: int, mode: Mode) -> None:
        self.shelf.become(mode, self.accounts[account])

    def role(self, account: int, number: int, role: Role) -> None:
        self.shelf.server_folders.set_role(self.folder(account, number).key, role)

    def watch(self, account: int, number: int, on: bool, shows_in_inbox: bool) -> None:
        self.shelf.server_folders.watch(self.folder(account, number).key, on, shows_in_inbox)

    def alias(self, on: bool) -> None:
        self.shelf.set_aliases(*SENDERS[-1:] if on else ())

    def server(self, account: int) -> None:
        """Let the server do the next operation."""
        queue = self.shelf.queue
        operation = queue.next(self.accounts[account])
        if operation is None or not queue.begin(operation):
            return
        folder = queue.folder(operation.target_key or operation.folder_key)
        match operation.kind:
            case "flags":
                queue.flags_stored(operation, operation.place_keys)
            case "move" if folder is not None:
                queue.moved(operation, folder, dict.fromkeys(operation.place_keys), 0)
            case "expunge":
                queue.expunged(operation, operation.place_keys)
            case "append":
                appendix = queue.to_append(operation)
                if appendix is not None:
                    queue.appended(operation, appendix.place_key, None)
            case "create-folder" if folder is not None:
                queue.folder_done(operation, folder.path.encode())


def _rows(database: Database, sql: str) -> list[dict[str, Any]]:
    with database.read() as view:
        cursor = view.connection.execute(sql)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def _copies(database: Database) -> dict[int, list[dict[str, Any]]]:
    """Return the copies a person would say are there."""
    copies: dict[int, list[dict[str, Any]]] = defaultdict(list)
    folders = {row["key"]: row for row in _rows(database, "SELECT * FROM folder")}
    modes = {row["key"]: row["mode"] for row in _rows(database, "SELECT * FROM mail_account")}
    for place in _rows(database, "SELECT * FROM place WHERE email_key IS NOT NULL"):
        flags = (place["flags"] | place["pending_add"]) & ~place["pending_remove"]
        folder = folders[place["pending_folder_key"] or place["folder_key"]]
        if not place["pending_gone"] and not flags & DELETED:
            copies[place["email_key"]].append(
                {
                    "folder": folder["key"],
                    "role": folder["role"],
                    "shows": folder["shows_in_inbox"],
                    "flags": flags,
                    "two_way": modes[place["account_key"]] == "two-way",
                    "sent": folders[place["folder_key"]]["role"] == "sent",
                }
            )
    return copies


def _expected_view(copies: list[dict[str, Any]], replied: bool) -> dict[str, bool] | None:
    """Return the view of a mail in mailboxes in step with their servers, None where it is the person's own."""
    mine = [copy for copy in copies if copy["two_way"]]
    if not mine:
        return None
    homes = [copy for copy in mine if copy["role"] != "all"] or mine
    roles = {copy["role"] for copy in homes}
    shows = any(copy["shows"] for copy in homes)
    return {
        "read": any(copy["flags"] & SEEN for copy in mine),
        "important": any(copy["flags"] & FLAGGED for copy in mine),
        "answered": replied or any(copy["flags"] & ANSWERED for copy in mine),
        "forwarded": any(copy["flags"] & FORWARDED for copy in mine),
        "in_inbox": shows,
        "in_archive": not shows and bool(roles & {"archive", "all"}),
        "in_trash": roles == {"trash"},
        "in_junk": roles in ({"junk"}, {"junk", "trash"}),
    }


def _is_draft(copies: list[dict[str, Any]]) -> bool:
    homes = [copy for copy in copies if copy["role"] != "all"] or copies
    kept = [copy for copy in homes if copy["role"] not in ("trash", "junk")] or homes
    return all(copy["role"] == "drafts" or copy["flags"] & DRAFT for copy in kept)


def _check(shelf: Shelf) -> None:
    database = shelf.database
    own = {address.lower() for account in shelf.accounts.all() for address in (account.address, *account.aliases)}
    emails = {row["key"]: row for row in _rows(database, "SELECT * FROM email")}
    views = {row["email_key"]: row for row in _rows(database, "SELECT * FROM email_user")}
    copies = _copies(database)
    for key in emails.keys() - views.keys():
        assert not copies[key], "a mail without a view stands in no list"
        assert not emails[key]["kept"]
    replied = {
        email["in_reply_to"]
        for key, email in emails.items()
        if email["from_address"] in own
        and email["status"] != "draft"
        and any(row["role"] == "sent" for row in _rows(database, _REAL_FOLDERS.format(key=key)))
    }
    entries: dict[tuple[int, int], tuple[int, int]] = {}
    for key, email in emails.items():
        there, view = copies[key], views.get(key, _NO_VIEW)
        wanted = _expected_view(there, email["message_id"] in replied)
        if wanted is not None:
            assert {name: bool(view[name]) for name in wanted} == wanted, (email, there)
        assert bool(email["outgoing"]) is (email["from_address"] in own)
        if there:
            assert (email["status"] == "draft") is _is_draft(there), (email, there)
        assert (email["gone_at_ms"] is None) is bool(there)
        if not there and not email["kept"]:
            continue
        for list_id in _lists(email, view, there):
            entries[list_id, key] = (email["conversation_key"], _entry_flags(email, view))
    kept = {
        (row["list_id"], row["email_key"]): (row["conversation_key"], row["flags"])
        for row in _rows(database, "SELECT * FROM listing_entry")
    }
    assert kept == entries
    _check_sums(database, entries)


_NO_VIEW = dict.fromkeys(["read", "important", "answered", "in_inbox", "in_archive", "in_junk", "in_trash"], 0)
_REAL_FOLDERS = "SELECT f.role FROM place p JOIN folder f ON f.key = p.folder_key WHERE p.email_key = {key}"


def _lists(email: dict[str, Any], view: dict[str, Any], copies: list[dict[str, Any]]) -> set[int]:
    lists = {copy["folder"] for copy in copies}
    if view["in_trash"]:
        return lists | {TRASH}
    if view["in_junk"]:
        return lists | {JUNK}
    lists.add(ALL)
    if view["important"]:
        lists.add(IMPORTANT)
    if email["status"] == "draft":
        return lists | {DRAFTS}
    if view["in_inbox"]:
        lists.add(INBOX)
    elif view["in_archive"]:
        lists.add(ARCHIVE)
    if email["outgoing"]:
        lists.add(SENT)
    return lists


def _entry_flags(email: dict[str, Any], view: dict[str, Any]) -> int:
    quiet = email["status"] == "draft" or (email["outgoing"] and not view["in_inbox"])
    return (0 if view["read"] or quiet else 1) | (2 if view["important"] else 0)


def _check_sums(database: Database, entries: dict[tuple[int, int], tuple[int, int]]) -> None:
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    conversations: dict[tuple[int, int], list[int]] = {}
    for (list_id, key), (conversation, flags) in entries.items():
        totals[list_id][0] += 1
        totals[list_id][1] += flags & 1
        row = conversations.setdefault((list_id, conversation), [0, 0, 0, 0])
        row[:] = [max(row[0], key), row[1] + 1, row[2] | flags, row[3] + (flags & 1)]
    kept = {row["list_id"]: [row["total"], row["unread"]] for row in _rows(database, "SELECT * FROM listing_count")}
    assert {list_id: sums for list_id, sums in kept.items() if sums != [0, 0]} == totals
    assert {
        (row["list_id"], row["conversation_key"]): [row["latest_key"], row["mails"], row["flags"], row["unread"]]
        for row in _rows(database, "SELECT * FROM listing_conversation")
    } == conversations


@settings(max_examples=rounds(25, 2000), deadline=None)
@given(st.lists(STEPS, min_size=4, max_size=40))
@example(
    [
        ("arrive", 0, 0, 1, SENDERS[0], 0),
        ("arrive", 0, 1, 2, ACCOUNTS[0], 0),
        ("vanish", 0, 1, 1),
    ]
)
@example(
    [
        ("flags", 0, 0, 1, 0),
        ("arrive", 0, 0, 1, SENDERS[0], 0),
        ("role", 0, 0, Role.NONE),
        ("do", Verb.INBOX, 0, False),
    ]
)
@example(
    [
        ("alias", True),
        ("arrive", 0, 0, 1, SENDERS[0], 0),
        ("arrive", 0, 1, 2, SENDERS[-1], 0),
        ("alias", False),
    ]
)
def test_lists_are_what_copies_and_views_say_whatever_happened(steps: list[tuple[Any, ...]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rapport.db"
        touch_private(path)
        database = Database(path, Bus())
        migrate.migrate(database, lambda: None)
        shelf = Shelf(database, Path(folder))
        try:
            history = History(shelf)
            for name, *arguments in steps:
                getattr(history, name)(*arguments)
                _check(shelf)
        finally:
            shelf.blobs.close()
            database.close()
