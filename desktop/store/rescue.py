"""Takes over from a damaged database what only was there: settings, accounts, views, waiting operations, drafts.

The database in its place is the newest backup, or a new one. Mails come again from their servers; what is copied here
does not. A row is taken over only where it surely means the same: mails and accounts are compared by their ids, places
by folder and UID. How far folders are synced is never taken over: the backup has the mails of its own day only.
Everything is one transaction, and doing it twice changes nothing.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol

from desktop.base.errors import Bug, Problem
from desktop.base.text import encodable
from desktop.domain.mail.mail_account import MailAccount, Mode, is_address, is_day
from desktop.domain.mail.outbox import Stage
from desktop.domain.mail.reminding import Reminder
from desktop.store.database import Database, UnitOfWork, problem_of
from desktop.store.mail import late_drafts, late_reminders, late_views
from desktop.store.mail.accounts import Accounts, AccountWriter
from desktop.store.mail.folders import MADE_HERE, NOT_TOLD, Folders, FolderWriter
from desktop.store.mail.late_reminders import LateReminders
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.life import Life
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.messages import MessageWriter
from desktop.store.mail.operations import Operations, OperationWriter
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.reminders import COLUMNS, Reminders, ReminderWriter
from desktop.store.mail.states import StateWriter
from desktop.store.readable import readable_uri
from desktop.store.settings import PER_MAIL, RECEIVED

log = logging.getLogger(__name__)

_STATE = ("read", "important", "answered", "forwarded", "in_inbox", "in_archive", "in_junk", "in_trash")
_NOT_OF_THE_PERSON = ("key", "id", "owner_key", "synced_at_ms")
_CHOICES = ("role", "role_by_user", "watched", "shows_in_inbox", "notify", "opened")
_FOLDER = ("key", "account_key", "wire_name", "path", "delimiter", "selectable", "subscribed")
_COPY = ("email_key", "account_key")
_PLACE = ("account_key", "folder_key", "uidvalidity", "uid")
_NOTES = ("upkeep.", "folder-behind.", "address-behind.", PER_MAIL, RECEIVED)
"""Begin the names of what the program notes for itself among the settings."""
_SENDING = ("stage", "due_at_ms", "asks", "queued_at_ms", "attempts", "looks", "problem", "details", "remedy")
_FATE = ("address", "fate", "words")
_LARGEST_KEY = 1 << 48
"""A key beyond was never given; what takes the last one there is leaves no room for the next."""


class Follow(Protocol):
    """Does in the same transaction what follows from changed accounts; `before` are all there were."""

    def __call__(self, work: UnitOfWork, before: Sequence[MailAccount], folders: Sequence[int]) -> None: ...


def rescue(database: Database, damaged: Path, follow: Follow) -> int:
    """Copy what can be read of `damaged` into `database`; returns how many entries that changed.

    `follow` is called with the accounts as they were, and the folders of which something was taken over.
    Raises what a write raises: then nothing is taken over, and it is to be tried again.
    """
    try:
        connection = _open(damaged)
    except sqlite3.Error:
        log.warning("nothing could be read of the damaged database", exc_info=True)
        return 0
    with closing(connection), database.write() as work:
        old = _Damaged(connection)
        before = Accounts(work).all()
        count = _settings(old, work) + _accounts(old, work)
        folders = _folders(old, work)
        follow(work, before, folders)
        count += len(folders) + _images(old, work) + _operations(old, work) + _outbox(old, work) + _drafts(old, work)
        return count + _states(old, work) + _reminders(old, work) + _deletions(old, work)


def setting(damaged: Path, name: str) -> str | None:
    """Return a value that is stored under this name in a damaged database; None when none can be read."""
    try:
        with closing(_open(damaged)) as connection:
            row = connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])


def _open(damaged: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(readable_uri(damaged), uri=True, timeout=10)
    # octets that are no text are read all the same; the row they are in cannot be written here
    connection.text_factory = lambda octets: octets.decode("utf-8", "surrogateescape")
    try:
        for pragma in ("query_only = ON", "trusted_schema = OFF", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


class _Damaged:
    """A file of which parts can be read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, table: str, columns: Sequence[str], key: str) -> tuple[list[tuple[Any, ...]], bool]:
        """Return the readable rows of a table in the order of `key`, and whether these are all."""
        found: dict[Any, tuple[Any, ...]] = {}
        for order in ("ASC", "DESC"):  # what lies behind the damage is read from the other end
            try:
                cursor = self._connection.execute(f"SELECT {key}, {', '.join(columns)} FROM {table} ORDER BY 1 {order}")
                for first, *rest in cursor:
                    found[first] = tuple(rest)
                return [found[first] for first in sorted(found, key=_in_order)], True
            except sqlite3.Error as error:
                log.info("a part of the table %s cannot be read: %s", table, error)
        return [found[first] for first in sorted(found, key=_in_order)], False

    def columns(self, table: str) -> list[str]:
        """Return the columns of a table; none when it cannot be read."""
        try:
            return [row[1] for row in self._connection.execute(f"PRAGMA table_info({table})")]
        except sqlite3.Error:
            return []


def _in_order(value: Any) -> tuple[str, Any]:
    """Return what orders values of a column, in which damage may leave any kind."""
    return type(value).__name__, value


def _settings(old: _Damaged, work: UnitOfWork) -> int:
    count = 0
    for name, value in old.rows("setting", ("name", "value"), "name")[0]:
        with _row(work):
            json.loads(value)
            if name.startswith(_NOTES):
                continue
            count += work.run(
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value "
                "WHERE value <> excluded.value",
                (name, value),
            ).rowcount
    return count


def _accounts(old: _Damaged, work: UnitOfWork) -> int:
    """Take over accounts as they were last; one that was removed since the backup is there again."""
    names = [name for name in old.columns("mail_account") if name in _columns(work, "mail_account")]
    changing = [name for name in names if name not in _NOT_OF_THE_PERSON]
    if not changing:
        return 0
    me = AccountWriter(work).ensure_user()
    count = 0
    for key, id_, *values in old.rows("mail_account", ("key", "id", *changing), "key")[0]:
        with _row(work):
            _check_key(key)
            same = work.value("SELECT id FROM mail_account WHERE key = ?", (key,))
            if same is None:
                work.run(
                    f"INSERT INTO mail_account (key, id, owner_key, {', '.join(changing)}) "
                    f"VALUES (?, ?, ?, {', '.join('?' * len(changing))})",
                    (key, id_, me, *values),
                )
                count += 1
            elif same == id_:
                differ = " OR ".join(f"{name} IS NOT ?" for name in changing)
                count += work.run(
                    f"UPDATE mail_account SET {', '.join(f'{name} = ?' for name in changing)} "
                    f"WHERE key = ? AND ({differ})",
                    (*values, key, *values),
                ).rowcount
            _check_account(Accounts(work).get(key))
    return count


def _folders(old: _Damaged, work: UnitOfWork) -> list[int]:
    """Take over what the person chose for folders, and folders the backup does not have, to be synced from nothing.

    One that was only here when the backup was made, and is on its server since, gets its name there.
    Returns their keys.
    """
    changed = []
    known = old.columns("folder")
    chosen = [name for name in _CHOICES if name in known]  # a file of an older Rapport knows fewer
    taken = (*_FOLDER, *chosen)
    for row in old.rows("folder", (*taken, "pending"), "key")[0]:
        key, *values = row[:-1]
        columns = taken[1:]
        account, wire_name, path = values[:3]
        on_server = not row[-1]
        with _row(work):
            _check_key(key)
            count = 0
            there = work.first("SELECT account_key, wire_name, path, pending FROM folder WHERE key = ?", (key,))
            if there is None and on_server:
                count = work.run(
                    f"INSERT INTO folder ({', '.join(taken)}, server_total) "
                    f"VALUES ({', '.join('?' * len(taken))}, {NOT_TOLD}) ON CONFLICT DO NOTHING",
                    (key, *values),
                ).rowcount
            elif there is not None and there[:2] == (account, wire_name):
                choices = values[len(_FOLDER) - 1 :]
                differ = " OR ".join(f"{name} IS NOT ?" for name in chosen)
                count = work.run(
                    f"UPDATE folder SET {', '.join(f'{name} = ?' for name in chosen)} WHERE key = ? AND ({differ})",
                    (*choices, key, *choices),
                ).rowcount
            elif there is not None and on_server and there[3] == MADE_HERE and (account, path) == (there[0], there[2]):
                count = work.run(
                    f"UPDATE folder SET {', '.join(f'{name} = ?' for name in columns)}, pending = 0, "
                    f"server_total = {NOT_TOLD} WHERE key = ?",
                    (*values, key),
                ).rowcount
            Folders(work).get(key)  # fails on a role there is not
            if count:
                changed.append(key)
    return changed


def _images(old: _Damaged, work: UnitOfWork) -> int:
    """Take over whose remote images may load."""
    allowed = set(work.column("SELECT address FROM email_address WHERE images_allowed"))
    count = 0
    for address, images in old.rows("email_address", ("address", "images_allowed"), "key")[0]:
        if images == 1 and address not in allowed:
            with _row(work):
                MessageWriter(work).allow_images(address, True)
                count += 1
    return count


def _states(old: _Damaged, work: UnitOfWork) -> int:
    """Take over the person's view of the mails the backup has; servers then tell what they know better.

    Where an account is in step with its server the view follows from the copies there and from what waits for them: a
    view whose operations are not taken over would show for good what the server never hears of.
    """
    emails = old.rows("email", ("key", "id", "kept"), "key")[0]
    known = {key: id_ for key, id_, _kept in emails}
    here = dict(work.all("SELECT key, id FROM email"))
    seen = {row[0]: row for row in work.all(f"SELECT email_key, {', '.join(_STATE)} FROM email_user")}
    me = AccountWriter(work).ensure_user()
    changed = []
    updates = ", ".join(f"{name} = excluded.{name}" for name in _STATE)
    rows = old.rows("email_user", ("email_key", *_STATE), "email_key")[0]
    _keep_views(old, work, rows, known, {key for key, _id, kept in emails if kept == 1})
    for row in rows:
        key = row[0]
        if here.get(key) is None or known.get(key) != here[key] or seen.get(key) == row:
            continue
        if not all(value in (0, 1) for value in row[1:]):
            continue
        with _row(work):
            work.run(
                f"INSERT INTO email_user (user_key, email_key, {', '.join(_STATE)}) "
                f"VALUES (?, {', '.join('?' * len(row))}) ON CONFLICT DO UPDATE SET {updates}",
                (me, *row),
            )
            changed.append(key)
    others = StateWriter(work).follow_places(changed)
    ListingWriter(work).refresh([*changed, *others])
    after = work.all(f"SELECT email_key, {', '.join(_STATE)} FROM email_user")
    return sum(seen.get(row[0]) != row for row in after)


def _keep_views(
    old: _Damaged,
    work: UnitOfWork,
    rows: Sequence[tuple[Any, ...]],
    known: Mapping[int, bytes],
    kept: AbstractSet[int],
) -> None:
    """Keep the views of mails that are only archived and not here: no server tells them when the mails come again.

    Those that waited in the damaged file are among them: it was in the place of another not long ago.
    One that was on no server, and that nothing kept, was to go: should it come again, its view is that of a stray.
    """
    modes = dict(work.all("SELECT key, mode FROM mail_account"))
    places = [(email, modes[account]) for email, account in old.rows("place", _COPY, "key")[0] if account in modes]
    in_step = {email for email, mode in places if mode == Mode.TWO_WAY}
    archived = kept | {email for email, mode in places if mode != Mode.TWO_WAY}
    here = set(work.column("SELECT id FROM email"))
    late: dict[uuid.UUID, list[int]] = {}
    for name, value in old.rows("setting", ("name", "value"), "name")[0]:
        with _row(work):
            if name.startswith(late_views.NAME):
                late |= late_views.noted(name, value)
    for key, *view in rows:
        id_ = known.get(key)
        sound = isinstance(id_, bytes) and len(id_) == 16 and all(value in (0, 1) for value in view)
        if sound and key in archived and key not in in_step:
            late[uuid.UUID(bytes=id_)] = view
    LateViews(work).keep({id_: view for id_, view in late.items() if id_.bytes not in here})


def _reminders(old: _Damaged, work: UnitOfWork) -> int:
    """Take over what is snoozed or waits for an answer: of mails that are not here it waits for them to come again.

    What the backup still has and was over since is over, where all that was known last can be read.
    """
    known = dict(old.rows("email", ("key", "id"), "key")[0])
    here = {id_: key for key, id_ in work.all("SELECT key, id FROM email")}
    rows, all_read = old.rows("reminder", ("email_key", *COLUMNS), "email_key")
    found: dict[int, Reminder | None] = {}
    late: dict[uuid.UUID, Reminder] = {}
    for name, value in old.rows("setting", ("name", "value"), "name")[0]:
        with _row(work):
            if name.startswith(late_reminders.NAME):
                late |= late_reminders.noted(name, value)
    for key, *values in rows:
        with _row(work):
            reminder, id_ = late_reminders.sound(values), known[key]
            if id_ in here:
                found[here[id_]] = reminder
            else:
                late[uuid.UUID(bytes=id_)] = reminder
    LateReminders(work).keep({id_: reminder for id_, reminder in late.items() if id_.bytes not in here})
    if all_read:
        were = set(known.values())
        gone = {key for id_, key in here.items() if id_ in were} - found.keys()
        found |= dict.fromkeys(Reminders(work).of(gone))
    before = Reminders(work).of(found)
    ReminderWriter(work).put(found)
    ReminderWriter(work).end_pointless(found)
    ListingWriter(work).refresh(found)
    after = Reminders(work).of(found)
    return sum(before.get(key) != after.get(key) for key in found)


def _operations(old: _Damaged, work: UnitOfWork) -> int:
    """Take over the queue: what waited last, of mails the backup has, and not what was done since.

    What that was to make of folders here is as it was before; the server tells what came of it.
    """
    columns = [name for name in old.columns("operation") if name in _columns(work, "operation")]
    waiting, all_read = old.rows("operation", columns, "key") if "key" in columns else ([], False)
    members: dict[int, set[int]] = {}
    links, links_read = old.rows(
        "operation_place", ("operation_key", "place_key"), "operation_key * 4294967296 + place_key"
    )
    if not (all_read and links_read):
        return 0  # half a queue would do things out of their order
    for operation, place in links:
        members.setdefault(operation, set()).add(place)
    count = 0
    touched: list[int] = []
    since = set(work.column("SELECT key FROM operation")) - {row[columns.index("key")] for row in waiting}
    for key in sorted(since, reverse=True):
        verb = Operations(work).verb(key)
        if verb is None:
            continue  # it was to follow one that is withdrawn already
        _account, kind, folder, argument = verb
        touched += OperationWriter(work).withdraw(key)
        if folder is not None:
            FolderWriter(work).as_before(folder, kind, argument)
        count += 1
    places = {row[0]: row[1:] for row in old.rows("place", ("key", *_PLACE), "key")[0]}
    for row in waiting:
        values = dict(zip(columns, row, strict=True))
        with _row(work):
            _check_key(values["key"])
            if not _is_possible(work, values, members.get(values["key"], set()), places):
                continue
            work.run(f"INSERT INTO operation ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})", row)
            if not Operations(work).is_sound(values["key"]):
                raise ValueError("an operation nobody can have queued")
            linked = sorted(members.get(values["key"], ()))
            work.many(
                "INSERT INTO operation_place (operation_key, place_key) VALUES (?, ?)",
                [(values["key"], place) for place in linked],
            )
            touched += OperationWriter(work).settle(linked)
            count += 1
    StateWriter(work).follow_places(touched)
    ListingWriter(work).refresh(touched)
    for key in FolderWriter(work).remove_unmade():
        ListingWriter(work).drop_empty(key)
        count += 1
    return count


def _outbox(old: _Damaged, work: UnitOfWork) -> int:
    """Let outgoing mails of the backup go on where they were last; what became of any other is not known."""
    emails = dict(old.rows("email", ("key", "id"), "key")[0])
    rows = old.rows("outbox", ("key", "email_key", *_SENDING), "key")[0]
    people, all_read = old.rows("outbox_recipient", ("outbox_key", *_FATE), "outbox_key || ' ' || address")
    if not all_read:
        return 0  # who has it already must not get it again
    fates: dict[int, list[tuple[Any, ...]]] = {}
    for key, *fate in people:
        fates.setdefault(key, []).append((*fate,))
    written = dict(old.rows("draft", ("email_key", "content"), "key")[0])
    count = 0
    for key, email, *values in rows:
        here = work.value(
            "SELECT o.key FROM outbox o JOIN email e ON e.key = o.email_key JOIN draft d ON d.email_key = e.key "
            "WHERE e.id = ? AND d.content = ?",
            (emails.get(email), written.get(email)),
        )
        addresses = work.column("SELECT address FROM outbox_recipient WHERE outbox_key = ?", (here,))
        if here is None or sorted(addresses) != sorted(str(fate[0]) for fate in fates.get(key, ())):
            continue  # written anew since: neither text nor people are those of the backup
        with _row(work):
            changed = work.run(
                f"UPDATE outbox SET {', '.join(f'{name} = ?' for name in _SENDING)} "
                f"WHERE key = ? AND ({' OR '.join(f'{name} IS NOT ?' for name in _SENDING)})",
                (*values, here, *values),
            ).rowcount
            for address, fate, words in fates.get(key, ()):
                work.run(
                    "UPDATE outbox_recipient SET fate = ?, words = ? WHERE outbox_key = ? AND address = ?",
                    (fate, words, here, address),
                )
            OutboxRows(work).get(here)  # fails on a stage or fate there is not
            count += changed
    return count


def _drafts(old: _Damaged, work: UnitOfWork) -> int:
    """Keep what a person wrote since the backup, to be made drafts of once there is what makes them.

    What was in the outbox and has not left is among them: it is not sent by itself.
    """
    left = {email for email, stage in old.rows("outbox", ("email_key", "stage"), "key")[0] if stage == Stage.ACCEPTED}
    count = 0
    for email, message_id, date_ms, content in old.rows(
        "draft", ("email_key", "message_id", "date_ms", "content"), "key"
    )[0]:
        if email in left:
            continue
        with _row(work):
            count += late_drafts.keep(work, message_id, date_ms, content)
    return count


def _deletions(old: _Damaged, work: UnitOfWork) -> int:
    """Delete the mails a person deleted for good in archive-only accounts since the backup, and remember them.

    Their sources went with them then; should one be left, it names a mail no more.
    """
    accounts = dict(old.rows("mail_account", ("key", "id"), "key")[0])
    count = 0
    deleted = old.rows("deleted_mail", ("account_key", "id"), "hex(id) || account_key")[0]
    for account, id_ in deleted:
        same = accounts.get(account) is not None and accounts[account] == work.value(
            "SELECT id FROM mail_account WHERE key = ?", (account,)
        )
        if not same:
            continue
        with _row(work):
            if work.run("INSERT OR IGNORE INTO deleted_mail (account_key, id) VALUES (?, ?)", (account, id_)).rowcount:
                emails = work.column(
                    "SELECT e.key FROM email e JOIN place p ON p.email_key = e.key JOIN mail_account a "
                    "ON a.key = p.account_key WHERE e.id = ? AND p.account_key = ? AND a.mode <> 'two-way'",
                    (id_, account),
                )
                _delete_archived(work, emails)
                count += 1
    return count


def _delete_archived(work: UnitOfWork, emails: Sequence[int]) -> None:
    """Delete Emails for good where they are archived; one that is in a mailbox too goes with its copy there."""
    Life(work).delete(emails)
    ListingWriter(work).refresh(emails)
    Life(work).purge_deleted(emails)


def _is_possible(
    work: UnitOfWork, operation: dict[str, Any], members: set[int], places: dict[int, tuple[Any, ...]]
) -> bool:
    """Say whether an operation is missing here, and everything it is about is here and the same."""
    if work.value("SELECT 1 FROM operation WHERE key = ?", (operation["key"],)):
        return False
    if work.value("SELECT mode FROM mail_account WHERE key = ?", (operation["account_key"],)) != Mode.TWO_WAY:
        return False
    after = operation["after_key"]
    if after is not None and not work.value("SELECT 1 FROM operation WHERE key = ?", (after,)):
        return False
    for folder in (operation["folder_key"], operation["target_key"]):
        if folder is not None and not work.value("SELECT 1 FROM folder WHERE key = ?", (folder,)):
            return False
    for key in members:
        there = work.first(f"SELECT {', '.join(_PLACE)} FROM place WHERE key = ?", (key,))
        if there is None or there != places.get(key):
            return False
    return True


def _columns(work: UnitOfWork, table: str) -> list[str]:
    return [row[1] for row in work.all(f"PRAGMA table_info({table})")]


@contextmanager
def _row(work: UnitOfWork) -> Iterator[None]:
    """Take over one row in a savepoint: one that makes no sense here is left out, and nothing else."""
    work.run("SAVEPOINT one_row")
    try:
        yield
    except (Problem, Bug):
        raise
    except Exception as error:
        if (problem := problem_of(error)) is not None:
            raise problem from error
        if not work.connection.in_transaction:
            raise  # SQLite has taken everything back
        work.run("ROLLBACK TO one_row")
        log.info("a row of the damaged database makes no sense: %s", error)
    if work.connection.in_transaction:
        work.run("RELEASE one_row")


def _check_key(key: Any) -> None:
    if not isinstance(key, int) or not 0 < key < _LARGEST_KEY:
        raise ValueError("no key that was ever given")


def _check_account(account: MailAccount | None) -> None:
    """Fail on values no account can have: they would stop who reads them, or its thread."""
    if account is None:
        return
    ends = [end for end in (account.imap, account.smtp) if end is not None]
    if not all(
        (
            all(is_address(address) for address in account.addresses),
            all(encodable(fingerprint) for fingerprint in account.trusted_fingerprints),
            all(0 < end.port < 65536 for end in ends),
            1 <= account.interval_s < _LARGEST_KEY and account.size_limit_bytes >= 0,
            not account.fetch_since or is_day(account.fetch_since),
        )
    ):
        raise ValueError("values no account can have")
