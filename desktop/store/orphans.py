"""Rows that point at rows which are not there: in a file that is whole otherwise they alone are deleted.

To put a backup in the place of the whole for one of them would lose far more than they hold.
"""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

log = logging.getLogger(__name__)

_MAY_GO = frozenset(
    {
        ("operation_place", "operation"),
        ("operation_place", "place"),
        ("operation", "folder"),
        ("operation", "mail_account"),
        ("place", "folder"),
        ("place", "mail_account"),
        ("deleted_mail", "mail_account"),
        ("email_user", "email"),
        ("email_person", "email"),
    }
)
"""Which rows mean nothing without which. Accounts and folders stay: much would go with them. A place without its mail
is not among them: that mail is lost here, and comes back with the backup."""
_MARKED_FOR_NOTHING = (
    "WHERE NOT EXISTS (SELECT 1 FROM operation_place WHERE place_key = place.key) "
    "AND (pending_add OR pending_remove OR pending_folder_key IS NOT NULL OR pending_gone)"
)
_FOLLOWS_NOTHING = "DELETE FROM operation WHERE after_key IS NOT NULL AND after_key NOT IN (SELECT key FROM operation)"
"""What was to follow an operation that is not there would wait for it for ever."""
_BEHIND = (
    "INSERT OR REPLACE INTO setting (name, value) SELECT DISTINCT 'folder-behind.' || folder_key, '\"orphans\"' "
    f"FROM place {_MARKED_FOR_NOTHING}"
)
"""Lists and views are to follow what is no longer marked."""
_FOLDER_LOST = (
    "INSERT OR REPLACE INTO setting (name, value) SELECT 'folder-behind.' || lost, '\"orphans\"' FROM "
    "(SELECT folder_key AS lost FROM place UNION SELECT pending_folder_key FROM place) "
    "WHERE lost IS NOT NULL AND lost NOT IN (SELECT key FROM folder)"
)
"""The list of a folder that is not there still holds the mails that lay in it, or were on their way there."""
_NOTHING_WAITS = (
    "UPDATE place SET pending_add = 0, pending_remove = 0, pending_folder_key = NULL, pending_gone = 0 "
    f"{_MARKED_FOR_NOTHING}"
)
_MOST = 1000
"""More of them are no accident of single rows, but what a lost table leaves."""


def remove(database: Path) -> bool:
    """Delete the orphans of a database in one transaction; False when that cannot be done, and then nothing is."""
    try:
        connection = sqlite3.connect(str(database), timeout=10, isolation_level=None)
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("BEGIN IMMEDIATE")
            done = _remove(connection)
            connection.execute("COMMIT" if done else "ROLLBACK")
        finally:
            connection.close()
    except sqlite3.Error:
        log.warning("rows that point nowhere cannot be deleted", exc_info=True)
        return False
    return done


def _remove(connection: sqlite3.Connection) -> bool:
    found = connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST + 1)
    links = {(table, parent, link) for table, _row, parent, link in found}
    if len(found) > _MOST or any((table, parent) not in _MAY_GO for table, parent, _link in links):
        return False
    connection.execute(_FOLDER_LOST)
    for table, parent, link in sorted(links):
        keys = connection.execute(f"PRAGMA foreign_key_list({table})")
        column, when_gone = next((row[3], row[6]) for row in keys if row[0] == link)
        what = f"UPDATE {table} SET {column} = NULL" if when_gone == "SET NULL" else f"DELETE FROM {table}"
        gone = connection.execute(
            f"{what} WHERE {column} IS NOT NULL AND NOT EXISTS "
            f"(SELECT 1 FROM {parent} WHERE {parent}.key = {table}.{column})"
        ).rowcount
        log.warning("%d rows of %s pointed at no %s", gone, table, parent)
    while connection.execute(_FOLLOWS_NOTHING).rowcount:
        pass  # others may have been to follow these
    connection.execute(_BEHIND)
    connection.execute(_NOTHING_WAITS)
    return connection.execute("PRAGMA foreign_key_check").fetchone() is None
