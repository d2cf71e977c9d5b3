"""Takes over from a damaged database what only was there: settings, accounts, views, waiting operations, drafts.

The database in its place is the newest backup, or a new one. Mails come again from their servers; what is copied here
does not. A row is taken over only where it surely means the same: mails and accounts are compared by their ids, places
by folder and UID. How far folders are synced is never taken over: the backup has the mails of its own day only.
Everything is one transaction, and doing it twice changes nothing. What no server knows is in `rescue_unsent`.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import uuid
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

from desktop.base.text import encodable
from desktop.domain.mail.mail_account import MailAccount, Mode, is_address, is_day
from desktop.domain.mail.reminding import Reminder
from desktop.store.damaged_rows import LARGEST_KEY, Damaged, check_key, columns_of, one_row, open_damaged
from desktop.store.database import Database, UnitOfWork
from desktop.store.mail import late_reminders, late_views
from desktop.store.mail.accounts import Accounts, AccountWriter
from desktop.store.mail.folders import MADE_HERE, NOT_TOLD, Folders
from desktop.store.mail.late_reminders import LateReminders
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.messages import MessageWriter
from desktop.store.mail.reminders import COLUMNS, Reminders, ReminderWriter
from desktop.store.mail.states import StateWriter
from desktop.store.rescue_unsent import deletions, drafts, operations, outbox
from desktop.store.settings import PER_MAIL, RECEIVED

log = logging.getLogger(__name__)

_STATE = ("read", "important", "answered", "forwarded", "in_inbox", "in_archive", "in_junk", "in_trash")
_NOT_OF_THE_PERSON = ("key", "id", "owner_key", "synced_at_ms")
_CHOICES = ("role", "role_by_user", "watched", "shows_in_inbox", "notify", "opened")
_FOLDER = ("key", "account_key", "wire_name", "path", "delimiter", "selectable", "subscribed")
_COPY = ("email_key", "account_key")
_NOTES = ("upkeep.", "folder-behind.", "address-behind.", PER_MAIL, RECEIVED)
"""Begin the names of what the program notes for itself among the settings."""


class Follow(Protocol):
    """Does in the same transaction what follows from changed accounts; `before` are all there were."""

    def __call__(self, work: UnitOfWork, before: Sequence[MailAccount], folders: Sequence[int]) -> None: ...


def rescue(database: Database, damaged: Path, follow: Follow) -> int:
    """Copy what can be read of `damaged` into `database`; returns how many entries that changed.

    `follow` is called with the accounts as they were, and the folders of which something was taken over.
    Raises what a write raises: then nothing is taken over, and it is to be tried again.
    """
    try:
        connection = open_damaged(damaged)
    except sqlite3.Error:
        log.warning("nothing could be read of the damaged database", exc_info=True)
        return 0
    with closing(connection), database.write() as work:
        old = Damaged(connection)
        before = Accounts(work).all()
        count = _settings(old, work) + _accounts(old, work)
        folders = _folders(old, work)
        follow(work, before, folders)
        count += len(folders) + _images(old, work) + operations(old, work) + outbox(old, work) + drafts(old, work)
        return count + _states(old, work) + _reminders(old, work) + deletions(old, work)


def _settings(old: Damaged, work: UnitOfWork) -> int:
    count = 0
    for name, value in old.rows("setting", ("name", "value"), "name")[0]:
        with one_row(work):
            json.loads(value)
            if name.startswith(_NOTES):
                continue
            count += work.run(
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value "
                "WHERE value <> excluded.value",
                (name, value),
            ).rowcount
    return count


def _accounts(old: Damaged, work: UnitOfWork) -> int:
    """Take over accounts as they were last; one that was removed since the backup is there again."""
    names = [name for name in old.columns("mail_account") if name in columns_of(work, "mail_account")]
    changing = [name for name in names if name not in _NOT_OF_THE_PERSON]
    if not changing:
        return 0
    me = AccountWriter(work).ensure_user()
    count = 0
    for key, id_, *values in old.rows("mail_account", ("key", "id", *changing), "key")[0]:
        with one_row(work):
            check_key(key)
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


def _folders(old: Damaged, work: UnitOfWork) -> list[int]:
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
        with one_row(work):
            check_key(key)
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


def _images(old: Damaged, work: UnitOfWork) -> int:
    """Take over whose remote images may load."""
    allowed = set(work.column("SELECT address FROM email_address WHERE images_allowed"))
    count = 0
    for address, images in old.rows("email_address", ("address", "images_allowed"), "key")[0]:
        if images == 1 and address not in allowed:
            with one_row(work):
                MessageWriter(work).allow_images(address, True)
                count += 1
    return count


def _states(old: Damaged, work: UnitOfWork) -> int:
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
        with one_row(work):
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
    old: Damaged,
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
        with one_row(work):
            if name.startswith(late_views.NAME):
                late |= late_views.noted(name, value)
    for key, *view in rows:
        id_ = known.get(key)
        sound = isinstance(id_, bytes) and len(id_) == 16 and all(value in (0, 1) for value in view)
        if sound and key in archived and key not in in_step:
            late[uuid.UUID(bytes=id_)] = view
    LateViews(work).keep({id_: view for id_, view in late.items() if id_.bytes not in here})


def _reminders(old: Damaged, work: UnitOfWork) -> int:
    """Take over what is snoozed or waits for an answer: of mails that are not here it waits for them to come again.

    What the backup still has and was over since is over, where all that was known last can be read.
    """
    known = dict(old.rows("email", ("key", "id"), "key")[0])
    here = {id_: key for key, id_ in work.all("SELECT key, id FROM email")}
    rows, all_read = old.rows("reminder", ("email_key", *COLUMNS), "email_key")
    found: dict[int, Reminder | None] = {}
    late: dict[uuid.UUID, Reminder] = {}
    for name, value in old.rows("setting", ("name", "value"), "name")[0]:
        with one_row(work):
            if name.startswith(late_reminders.NAME):
                late |= late_reminders.noted(name, value)
    for key, *values in rows:
        with one_row(work):
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
            1 <= account.interval_s < LARGEST_KEY and account.size_limit_bytes >= 0,
            not account.fetch_since or is_day(account.fetch_since),
        )
    ):
        raise ValueError("values no account can have")
