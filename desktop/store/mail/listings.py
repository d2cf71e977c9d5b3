"""The kept lists: which Emails stand in which list, one row a conversation, and the counts.

`refresh` is the only writer: given Emails whose facts changed, it recomputes their lists with the pure rule of
`domain.mail.membership`, stores the difference, and says which lists changed. Opening a list reads keys alone.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence

from desktop.base.text import encodable
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.listing import ListCounts, ListQuery, SortBy
from desktop.domain.mail.membership import EntryFlag, Facts, entry_flags, lists_of
from desktop.domain.mail.message import Status
from desktop.domain.mail.reminding import Standing
from desktop.domain.mail.state import UserState
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.messages import DELETED_AT_MS, chunks, marks
from desktop.store.mail.places import EFFECTIVE_FOLDER, THERE
from desktop.store.mail.reminders import Reminders
from desktop.store.mail.search_expression import holding

_ORDER = {
    SortBy.SENDER: "fold(CASE WHEN e.from_name <> '' THEN e.from_name ELSE e.from_address END)",
    SortBy.SUBJECT: "fold(e.subject)",
    SortBy.SIZE: "e.size_bytes",
    SortBy.DUE: "(SELECT o.due_at_ms FROM outbox o WHERE o.email_key = e.key)",
}
_FILTERED = ("e.subject", "e.from_name", "e.from_address", "e.recipients")
_MOST_FILTER_CHARS = 200


class Listings:
    """Reads lists inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def keys(self, query: ListQuery) -> tuple[array[int], int]:
        """Return the Email keys of a list in the order asked for, and how many stand before all others.

        These are what has come back into an Inbox, the last to come first, whatever the date. In no other list, and
        in no other order than that of the dates, does anything stand before the others.

        The first 200 characters of the quick filter are looked for in every mail of a conversation that stands in the
        list.
        """
        table, key = ("listing_conversation", "latest_key") if query.conversations else ("listing_entry", "email_key")
        where: list[str] = ["l.list_id = ?"]
        values: list[int | str] = [query.list_id]
        wanted = EntryFlag.NONE
        for on, flag in (
            (query.unread, EntryFlag.UNREAD),
            (query.starred, EntryFlag.STARRED),
            (query.with_attachment, EntryFlag.ATTACHMENT),
        ):
            if on:
                wanted |= flag
        if wanted:
            where.append("l.flags & ? = ?")
            values += [int(wanted), int(wanted)]
        sorted_by_mail = query.sort_by is not SortBy.DATE
        filtered_by_mail = bool(query.contains) and not query.conversations
        join = f"JOIN email e ON e.key = l.{key}" if sorted_by_mail or filtered_by_mail else ""
        holds, patterns = holding(_FILTERED, encodable(query.contains[:_MOST_FILTER_CHARS]))
        if filtered_by_mail:
            where.append(holds)
            values += patterns
        elif query.contains:
            where.append(
                "l.conversation_key IN (SELECT n.conversation_key FROM listing_entry n JOIN email e ON e.key = "
                f"n.email_key WHERE n.list_id = ? AND {holds})"
            )
            values += [query.list_id, *patterns]
        direction = "DESC" if query.descending else "ASC"
        order = f"l.{key} {direction}"
        if sorted_by_mail:
            order = f"{_ORDER[query.sort_by]} {direction}, l.{key} DESC"
        sql = f"SELECT l.{key} FROM {table} l {join} WHERE {' AND '.join(where)} ORDER BY {order}"
        keys = array("q", [row[0] for row in self._view.connection.execute(sql, values)])
        back = self._back(query) if query.sort_by is SortBy.DATE else ()
        first = array("q", [key for key in back if _holds(keys, key, query.descending)])
        for each in first:
            keys.remove(each)
        return first + keys, len(first)

    def _back(self, query: ListQuery) -> list[int]:
        """Return the rows of an Inbox whose mails have come back, the last to come first."""
        row = "l.email_key"
        if query.conversations:
            row = (
                "(SELECT c.latest_key FROM listing_conversation c "
                "WHERE c.list_id = l.list_id AND c.conversation_key = l.conversation_key)"
            )
        keys = self._view.column(
            f"SELECT {row} FROM reminder r CROSS JOIN listing_entry l ON l.email_key = r.email_key AND l.list_id = ? "
            f"WHERE r.back_at_ms IS NOT NULL AND (l.list_id = {int(Unified.INBOX)} "
            "OR l.list_id IN (SELECT key FROM folder WHERE shows_in_inbox)) "
            "ORDER BY r.back_at_ms DESC, r.email_key DESC",
            (query.list_id,),
        )
        return list(dict.fromkeys(keys))

    def unread(self, list_id: ListId) -> list[int]:
        """Return the unread Emails of a list."""
        return self._view.column("SELECT email_key FROM listing_entry WHERE list_id = ? AND flags & 1", (int(list_id),))

    def members(self, list_id: ListId, account_key: int | None = None) -> list[int]:
        """Return the Emails of a list; of one account those with a copy there."""
        sql = "SELECT email_key FROM listing_entry l WHERE list_id = ?"
        if account_key is None:
            return self._view.column(sql, (int(list_id),))
        sql += " AND EXISTS (SELECT 1 FROM place p WHERE p.email_key = l.email_key AND p.account_key = ?)"
        return self._view.column(sql, (int(list_id), account_key))

    def lists_of(self, keys: Sequence[int]) -> set[ListId]:
        """Return the lists these Emails stand in."""
        found: set[ListId] = set()
        for chunk in chunks(keys):
            sql = f"SELECT DISTINCT list_id FROM listing_entry WHERE email_key IN ({marks(chunk)})"
            found.update(self._view.column(sql, chunk))
        return found

    def among(self, list_id: ListId, keys: Sequence[int]) -> list[int]:
        """Return those of these Emails that stand in a list."""
        found: list[int] = []
        for chunk in chunks(keys):
            sql = f"SELECT email_key FROM listing_entry WHERE list_id = ? AND email_key IN ({marks(chunk)})"
            found += self._view.column(sql, (int(list_id), *chunk))
        return found

    def mates(self, keys: Sequence[int], list_id: ListId) -> list[int]:
        """Return these Emails and all of their conversations in a list, without repeats."""
        found: dict[int, None] = dict.fromkeys(keys)
        for chunk in chunks(list(keys)):
            sql = (
                "SELECT l.email_key FROM listing_entry l WHERE l.list_id = ? AND l.conversation_key IN "
                f"(SELECT conversation_key FROM email WHERE key IN ({marks(chunk)}))"
            )
            found.update(dict.fromkeys(self._view.column(sql, (int(list_id), *chunk))))
        return list(found)

    def counts(self, list_ids: Iterable[ListId]) -> dict[ListId, ListCounts]:
        """Return total and unread mails of lists; empty lists count zero."""
        wanted = list(list_ids)
        found = {list_id: ListCounts(0, 0) for list_id in wanted}
        for chunk in chunks(wanted):
            rows = self._view.all(
                f"SELECT list_id, total, unread FROM listing_count WHERE list_id IN ({marks(chunk)})", chunk
            )
            found.update((list_id, ListCounts(total, unread)) for list_id, total, unread in rows)
        return found


def _holds(keys: array[int], key: int, descending: bool) -> bool:
    at = bisect_left(keys, -key, key=int.__neg__) if descending else bisect_left(keys, key)
    return at < len(keys) and keys[at] == key


class ListingWriter:
    """Keeps the lists in step inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def rebuild(self) -> None:
        """Derive every list from nothing: after a repair, as after damage."""
        for table in ("listing_entry", "listing_conversation", "listing_count"):
            self._work.run(f"DELETE FROM {table}")
        last = -1
        while keys := self._work.column("SELECT key FROM email WHERE key > ? ORDER BY key LIMIT 2000", (last,)):
            self.refresh(keys)
            last = keys[-1]

    def refresh(self, email_keys: Iterable[int]) -> set[ListId]:
        """Recompute the lists of these Emails (also deleted ones) and return the lists that changed."""
        keys = list(dict.fromkeys(email_keys))
        before: dict[tuple[int, int], tuple[int, int]] = {}
        after: dict[tuple[int, int], tuple[int, int]] = {}
        for chunk in chunks(keys):
            rows = self._work.all(
                "SELECT list_id, email_key, conversation_key, flags FROM listing_entry "
                f"WHERE email_key IN ({marks(chunk)})",
                chunk,
            )
            before.update(((list_id, key), (conversation, flags)) for list_id, key, conversation, flags in rows)
            after.update(self._wanted(chunk))
        gone = [where for where in before if where not in after]
        new = [(*where, *entry) for where, entry in after.items() if before.get(where) != entry]
        self._work.many("DELETE FROM listing_entry WHERE list_id = ? AND email_key = ?", gone)
        self._work.many(
            "INSERT INTO listing_entry (list_id, email_key, conversation_key, flags) VALUES (?, ?, ?, ?) "
            "ON CONFLICT DO UPDATE SET conversation_key = excluded.conversation_key, flags = excluded.flags",
            new,
        )
        self._count(before, after)
        touched = {(where[0], before[where][0]) for where in gone}
        touched |= {(list_id, conversation) for list_id, _, conversation, _ in new}
        touched |= {(w[0], before[w][0]) for w in after if w in before and before[w] != after[w]}
        self._summarise(touched)
        return {list_id for list_id, _ in touched}

    def _wanted(self, keys: Sequence[int]) -> dict[tuple[int, int], tuple[int, int]]:
        folders: dict[int, list[int]] = defaultdict(list)
        inside = marks(keys)
        for key, folder in self._work.all(
            f"SELECT p.email_key, {EFFECTIVE_FOLDER} FROM place p WHERE p.email_key IN ({inside}) AND {THERE}",
            keys,
        ):
            folders[key].append(folder)
        wanted: dict[tuple[int, int], tuple[int, int]] = {}
        reminders = Reminders(self._work).of(keys)
        inboxes = set(self._work.column("SELECT key FROM folder WHERE shows_in_inbox")) if reminders else set()
        rows = self._work.all(
            "SELECT e.key, e.conversation_key, e.status, e.outgoing, e.has_attachment, "
            f"e.gone_at_ms IS NOT NULL AND (NOT e.kept OR e.gone_at_ms = {DELETED_AT_MS}), "
            "u.read, u.important, u.answered, u.forwarded, u.in_inbox, u.in_archive, u.in_junk, u.in_trash "
            "FROM email e JOIN email_user u ON u.email_key = e.key "
            "AND u.user_key = (SELECT key FROM user WHERE is_me) "
            f"WHERE e.key IN ({inside})",
            keys,
        )
        for key, conversation, status, outgoing, attachment, gone, *state in rows:
            facts = Facts(
                UserState(*map(bool, state)),
                Status(status),
                bool(outgoing),
                bool(attachment),
                bool(gone),
                tuple(folders.get(key, ())),
                tuple(inboxes.intersection(folders.get(key, ()))),
                reminders[key].standing if key in reminders else Standing.NONE,
            )
            flags = int(entry_flags(facts))
            for list_id in lists_of(facts):
                wanted[int(list_id), key] = (conversation, flags)
        return wanted

    def _count(
        self, before: dict[tuple[int, int], tuple[int, int]], after: dict[tuple[int, int], tuple[int, int]]
    ) -> None:
        change: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for entries, sign in ((before, -1), (after, 1)):
            for (list_id, _), (_, flags) in entries.items():
                change[list_id][0] += sign
                change[list_id][1] += sign * (flags & EntryFlag.UNREAD)
        self._work.many(
            "INSERT INTO listing_count (list_id, total, unread) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
            "total = total + excluded.total, unread = unread + excluded.unread",
            [(list_id, total, unread) for list_id, (total, unread) in change.items() if total or unread],
        )

    def _summarise(self, touched: Iterable[tuple[int, int]]) -> None:
        """Rebuild the row of each (list, conversation) from its entries."""
        pairs = list(touched)
        self._work.many("DELETE FROM listing_conversation WHERE list_id = ? AND conversation_key = ?", pairs)
        # Bits are gathered by max() of each, since SQLite has no aggregate OR.
        self._work.many(
            "INSERT INTO listing_conversation (list_id, latest_key, conversation_key, mails, flags, unread) "
            "SELECT list_id, max(email_key), conversation_key, count(*), "
            "max(flags & 1) | max(flags & 2) | max(flags & 4), sum(flags & 1) "
            "FROM listing_entry WHERE list_id = ? AND conversation_key = ? GROUP BY conversation_key",
            pairs,
        )

    def drop_empty(self, list_id: ListId) -> None:
        """Forget the counts of a list that holds nothing."""
        self._work.run("DELETE FROM listing_count WHERE list_id = ? AND total = 0", (int(list_id),))
