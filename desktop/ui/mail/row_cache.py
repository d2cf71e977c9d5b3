"""Rows that were read, by key: the newest used are kept, those that changed are shown until they are read again.

GUI thread only.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable

from desktop.domain.mail.listing import Row

CAPACITY = 4_000


class RowCache:
    """A least-recently-used store of rows; a stale row is better than an empty line."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._rows: OrderedDict[int, Row] = OrderedDict()
        self._stale: set[int] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: int) -> Row | None:
        """Return the row of a key, stale or not; None where it was never read or was dropped."""
        row = self._rows.get(key)
        if row is not None:
            self._rows.move_to_end(key)
        return row

    def of_conversation(self, conversation_key: int) -> list[int]:
        """Return the keys of rows that belong to a conversation, newest first."""
        return sorted((r.key for r in self._rows.values() if r.conversation_key == conversation_key), reverse=True)

    def put(self, rows: Iterable[Row]) -> None:
        """Keep rows as fresh; the longest unused go."""
        for row in rows:
            self._rows[row.key] = row
            self._rows.move_to_end(row.key)
            self._stale.discard(row.key)
        while len(self._rows) > self._capacity:
            key, _row = self._rows.popitem(last=False)
            self._stale.discard(key)

    def wants(self, key: int) -> bool:
        """Return whether a row has to be read: it is missing or stale."""
        return key not in self._rows or key in self._stale

    def make_stale(self, keys: Iterable[int] | None = None) -> None:
        """Have these rows, or all, read again when they are next seen."""
        self._stale.update(self._rows if keys is None else self._rows.keys() & set(keys))

    def clear(self) -> None:
        self._rows.clear()
        self._stale.clear()
