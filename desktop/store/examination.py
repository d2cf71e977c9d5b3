"""What the doctor looks at in a database: whether it is whole, and how much is in it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desktop.store.database import View

_COUNTS = {
    "mails": "SELECT count(*) FROM email",
    "unreadable": "SELECT count(*) FROM email WHERE completeness = 'cannot-show'",
    "conversations": "SELECT count(DISTINCT conversation_key) FROM email",
    "copies_on_servers": "SELECT count(*) FROM place",
    "mail_accounts": "SELECT count(*) FROM mail_account",
    "folders": "SELECT count(*) FROM folder",
    "operations_waiting": "SELECT count(*) FROM operation WHERE NOT parked",
    "operations_parked": "SELECT count(*) FROM operation WHERE parked",
}


@dataclass(frozen=True, slots=True)
class Examination:
    """`integrity` is "ok" or what SQLite found."""

    integrity: str
    counts: Mapping[str, int]


def examine(view: View) -> Examination:
    """Check the whole file and count what is in it. Raises DatabaseDamaged when it cannot even be read."""
    found = [str(line) for line in view.column("PRAGMA quick_check(5)")]
    if found == ["ok"] and view.first("PRAGMA foreign_key_check") is not None:
        found = ["foreign keys point nowhere"]
    return Examination("; ".join(found), {name: int(view.value(sql)) for name, sql in _COUNTS.items()})
