"""Takes over from a damaged database what a person did since the backup and no server knows: the queue of operations,
what waits in the outbox, drafts, and deletions for good. Inside the transaction of `rescue`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.outbox import Stage
from desktop.store.damaged_rows import PLACE, Damaged, check_key, columns_of, one_row
from desktop.store.database import UnitOfWork
from desktop.store.mail import late_drafts
from desktop.store.mail.folders import FolderWriter
from desktop.store.mail.life import Life
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.operations import Operations, OperationWriter
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.states import StateWriter

_SENDING = ("stage", "due_at_ms", "asks", "queued_at_ms", "attempts", "looks", "problem", "details", "remedy")
_FATE = ("address", "fate", "words")


def operations(old: Damaged, work: UnitOfWork) -> int:
    """Take over the queue: what waited last, of mails the backup has, and not what was done since.

    What that was to make of folders here is as it was before; the server tells what came of it.
    """
    columns = [name for name in old.columns("operation") if name in columns_of(work, "operation")]
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
    places = {row[0]: row[1:] for row in old.rows("place", ("key", *PLACE), "key")[0]}
    for row in waiting:
        values = dict(zip(columns, row, strict=True))
        with one_row(work):
            check_key(values["key"])
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


def outbox(old: Damaged, work: UnitOfWork) -> int:
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
        with one_row(work):
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


def drafts(old: Damaged, work: UnitOfWork) -> int:
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
        with one_row(work):
            count += late_drafts.keep(work, message_id, date_ms, content)
    return count


def deletions(old: Damaged, work: UnitOfWork) -> int:
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
        with one_row(work):
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
        there = work.first(f"SELECT {', '.join(PLACE)} FROM place WHERE key = ?", (key,))
        if there is None or there != places.get(key):
            return False
    return True
