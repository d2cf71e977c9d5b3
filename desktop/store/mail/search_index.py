"""Searching: a query becomes one SQL statement over the FTS5 tables, and its answer is keys, newest first.

A key is in date order, so "newest first" is descending rowid straight from the index: the first hits of the most
common word cost no more than those of a rare one. What is not about words is asked of each row the index gives.
A query without words walks a kept list, or the mails themselves, in descending keys. Scripts written without spaces
go to the trigram index; runs of one or two characters are looked up there by the trigrams that begin with them.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.membership import EntryFlag
from desktop.domain.mail.query import (
    EVERYWHERE,
    UNSPACED,
    AllOf,
    AnyOf,
    Dated,
    FromList,
    HasAttachment,
    InFolder,
    InList,
    Mark,
    Marked,
    Node,
    Not,
    Person,
    PersonRole,
    Sized,
    Text,
    TextField,
    leaves,
)
from desktop.domain.mail.search_result import Cancelled
from desktop.store.database import View
from desktop.store.mail.messages import chunks, marks
from desktop.store.mail.search_conditions import (
    MARK_FLAGS,
    Condition,
    Entries,
    Plan,
    about_mail,
    combined,
    entry,
    field_holds,
    flagged,
    key_at,
    listed,
    marked,
    matches,
    negated,
    of_mail,
    select,
    stands_in,
)
from desktop.store.mail.search_expression import Expressions, every, has_words, like, name_expression, quoted, spelled

_SMALL_LIST = 20_000
"""Up to so many entries a list is read whole before the index is walked, instead of being asked for each row."""
_FEW_UNREAD = 2_000
_MERGED_LISTS = 12
"""So many lists are walked side by side, each in its own order."""
_MAX_TRIGRAMS = 300
_STEPS_BETWEEN_CHECKS = 2_000
"""Instructions of SQLite's machine, well under a millisecond."""
_TRIGRAM = 3
_KINDS = {
    PersonRole.SENDER: ("from",),
    PersonRole.RECIPIENT: ("to",),
    PersonRole.COPY: ("cc", "bcc"),
}
_NOTHING = "0"


@dataclass(slots=True)
class _Parts:
    """A query taken apart: what the index can say, which lists, and what is left."""

    wanted: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    trigrams: list[str] = field(default_factory=list)
    entries: Entries = field(default_factory=Entries)
    low: int | None = None
    high: int | None = None
    conditions: list[Condition] = field(default_factory=list)
    about_mail: list[Sized | FromList] = field(default_factory=list)
    """What only the row of the Email itself knows."""
    nothing: bool = False

    @property
    def is_empty(self) -> bool:
        asked = self.wanted or self.excluded or self.trigrams or self.conditions or self.about_mail
        return not asked and self.low is None and self.high is None and self.entries == Entries()

    def want(self, flag: EntryFlag, *, on: bool = True) -> None:
        """Ask for mails that have a flag, or have it not."""
        if on:
            self.entries = replace(self.entries, flags_on=self.entries.flags_on | flag)
        else:
            self.entries = replace(self.entries, flags_off=self.entries.flags_off | flag)


@contextmanager
def interruptible(view: View, cancel: threading.Event | None) -> Iterator[None]:
    """Stop the statements inside once `cancel` is set. Raises Cancelled."""
    if cancel is None:
        yield
        return
    view.connection.set_progress_handler(cancel.is_set, _STEPS_BETWEEN_CHECKS)
    try:
        if cancel.is_set():
            raise Cancelled
        yield
    except sqlite3.OperationalError as error:
        if cancel.is_set():
            raise Cancelled from error
        raise
    finally:
        view.connection.set_progress_handler(None, 0)


class SearchIndex:
    """Answers queries inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._expressions = Expressions(view)

    def hits(self, root: Node | None, *, limit: int, before_key: int | None = None) -> list[int]:
        """Return the keys of at most `limit` matching Emails, newest first, all before `before_key`."""
        plan = self.plan(root, limit=limit, before_key=before_key)
        return [] if plan is None else [int(key) for key in self._view.column(plan.sql, plan.values)]

    def folder_keys(self, path: str) -> tuple[int, ...]:
        """Return the folders whose path begins so; failing that, those whose last part does."""
        wanted = path.casefold().strip("/")
        folders = self._view.all("SELECT key, path, delimiter FROM folder WHERE selectable ORDER BY key")
        for last_part in (False, True):
            found = tuple(
                key
                for key, whole, delimiter in folders
                if (whole.rpartition(delimiter)[2] if last_part and delimiter else whole).casefold().startswith(wanted)
            )
            if found:
                return found
        return ()

    def lists_of(self, root: Node | None) -> tuple[ListId, ...]:
        """Return the lists a query searches: all but Trash and Junk, unless it says where."""
        top = root.nodes if isinstance(root, AllOf) else (root,)
        for node in top:
            if isinstance(node, InList | InFolder):
                return self._lists(node)
        somewhere = any(wanted and isinstance(leaf, InList | InFolder) for leaf, wanted in leaves(root))
        return EVERYWHERE if somewhere else (Unified.ALL,)

    def mails_in(self, lists: Sequence[ListId]) -> int:
        """Return how many entries these lists have."""
        sql = f"SELECT coalesce(sum(total), 0) FROM listing_count WHERE list_id IN ({marks(lists)})"
        return int(self._view.value(sql, [int(i) for i in lists]))

    def folder_paths(self, keys: Sequence[int]) -> list[str]:
        """Return the paths of folders in the order of their names."""
        sql = f"SELECT DISTINCT path FROM folder WHERE key IN ({marks(keys)}) ORDER BY fold(path)"
        return [str(path) for path in self._view.column(sql, keys)]

    def bodies(self, keys: Sequence[int], max_chars: int) -> dict[int, str]:
        """Return the beginning of the searchable text of Emails."""
        found: dict[int, str] = {}
        for chunk in chunks(keys):
            sql = f"SELECT key, substr(body, 1, ?) FROM email_text WHERE key IN ({marks(chunk)})"
            found.update(self._view.all(sql, (max_chars, *chunk)))
        return found

    def plan(self, root: Node | None, *, limit: int, before_key: int | None = None) -> Plan | None:
        """Return the statement for a query, None when it asks for nothing or nothing can match."""
        if root is None:
            return None
        parts = _Parts()
        for node in root.nodes if isinstance(root, AllOf) else (root,):
            self._take(node, parts)
        if parts.is_empty or parts.nothing:
            return None
        if not parts.entries.lists:
            parts.entries = replace(parts.entries, lists=self.lists_of(root))
        if before_key is not None:
            parts.high = before_key if parts.high is None else min(parts.high, before_key)
        return self._statement(parts, limit)

    def _take(self, node: Node, parts: _Parts) -> None:
        """Put one of the conditions that must all hold where it is cheapest to ask."""
        match node:
            case Dated():
                if node.start is not None:
                    parts.low = max(parts.low or 0, key_at(node.start))
                if node.end is not None:
                    end = key_at(node.end)
                    parts.high = end if parts.high is None else min(parts.high, end)
            case InList() | InFolder() if not parts.entries.lists:
                parts.entries = replace(parts.entries, lists=self._lists(node))
                parts.nothing = parts.nothing or not parts.entries.lists
            case HasAttachment():
                parts.want(EntryFlag.ATTACHMENT)
            case Not(HasAttachment()):
                parts.want(EntryFlag.ATTACHMENT, on=False)
            case Marked(Mark.UNREAD | Mark.STARRED as mark, on):
                parts.want(MARK_FLAGS[mark], on=on)
            case Sized() | FromList():
                parts.about_mail.append(node)
            case Text() if UNSPACED.search(node.text):
                self._take_unspaced(node, parts)
            case Not(inner) if (excluded := self._expressions.of(inner)) is not None:
                if excluded:
                    parts.excluded.append(excluded)
            case _:
                expression = self._expressions.of(node)
                if expression:
                    parts.wanted.append(expression)
                elif expression is None and (condition := self._condition(node)) is not None:
                    parts.conditions.append(condition)

    def _take_unspaced(self, node: Text, parts: _Parts) -> None:
        for run in UNSPACED.findall(node.text):
            trigrams = self._trigrams(run)
            parts.nothing = parts.nothing or not trigrams
            parts.trigrams.append(trigrams)
        for words in UNSPACED.split(node.text):
            if expression := self._expressions.of(Text(words, node.field, node.prefix)):
                parts.wanted.append(expression)
        if node.field is not TextField.ANY:
            parts.conditions.append(field_holds(node))

    def _statement(self, parts: _Parts, limit: int) -> Plan:
        where: list[Condition] = list(parts.conditions)
        if parts.trigrams and parts.wanted:
            where.append(matches("email_trigram", " AND ".join(parts.trigrams)))
        if parts.excluded and not parts.wanted:
            where.append(negated(matches("email_search", " OR ".join(parts.excluded))))
        if parts.low is not None:
            where.append(Condition("{key} >= ?", (parts.low,)))
        if parts.high is not None:
            where.append(Condition("{key} < ?", (parts.high,)))
        if parts.wanted or parts.trigrams:
            table, expression = (
                ("email_search", every(parts.wanted, parts.excluded))
                if parts.wanted
                else ("email_trigram", " AND ".join(parts.trigrams))
            )
            where += [of_mail(node) for node in parts.about_mail]
            where += [Condition(f"{table} MATCH ?", (expression,)), self._in_lists(parts)]
            return select("rowid", table, where, limit)
        if parts.about_mail:
            return select("key", "email", [*where, *map(about_mail, parts.about_mail), stands_in(parts.entries)], limit)
        if len(parts.entries.lists) <= _MERGED_LISTS:
            return _merged(parts, where, limit)
        return select("key", "email", [*where, stands_in(parts.entries)], limit)

    def _in_lists(self, parts: _Parts) -> Condition:
        """Return how rows of the index are held against the lists: asked one by one, or read whole first."""
        entries = parts.entries
        if entries.flags_on & EntryFlag.STARRED and entries.lists == (Unified.ALL,):
            entries = replace(entries, lists=(Unified.IMPORTANT,))
        few = entries.flags_on & EntryFlag.UNREAD and self._unread(entries.lists) <= _FEW_UNREAD
        if few or (entries.lists != (Unified.ALL,) and self.mails_in(entries.lists) <= _SMALL_LIST):
            inner = entry(entries)
            # The plus keeps SQLite from asking the index for each entry of the list.
            return Condition(f"+{{key}} IN (SELECT email_key FROM listing_entry WHERE {inner.sql})", inner.values)
        return stands_in(entries)

    def _unread(self, lists: Sequence[ListId]) -> int:
        sql = f"SELECT coalesce(sum(unread), 0) FROM listing_count WHERE list_id IN ({marks(lists)})"
        return int(self._view.value(sql, [int(i) for i in lists]))

    def _lists(self, node: InList | InFolder) -> tuple[ListId, ...]:
        return node.lists if isinstance(node, InList) else self.folder_keys(node.path)

    def _condition(self, node: Node) -> Condition | None:
        """Return any query as a condition on a key; None when it has nothing to look for."""
        expression = self._expressions.of(node)
        if expression is not None:
            return matches("email_search", expression) if expression else None
        match node:
            case AllOf(nodes):
                return combined(" AND ", [self._condition(child) for child in nodes])
            case AnyOf(nodes):
                return combined(" OR ", [self._condition(child) for child in nodes])
            case Not(inner):
                condition = self._condition(inner)
                return None if condition is None else negated(condition)
            case Text():
                return self._unspaced(node) if UNSPACED.search(node.text) else self._fragment(node)
            case Person():
                return self._person(node)
            case Dated(start, end):
                bounds = [Condition("{key} >= ?", (key_at(start),))] if start else []
                bounds += [Condition("{key} < ?", (key_at(end),))] if end else []
                return combined(" AND ", bounds)
            case Marked(mark, on):
                condition = marked(mark)
                return condition if on else negated(condition)
            case HasAttachment():
                return flagged(EntryFlag.ATTACHMENT)
            case Sized() | FromList():
                return of_mail(node)
            case InList() | InFolder():
                lists = self._lists(node)
                return listed(lists) if lists else Condition(_NOTHING)

    def _unspaced(self, node: Text) -> Condition | None:
        parts: list[Condition | None] = []
        for run in UNSPACED.findall(node.text):
            trigrams = self._trigrams(run)
            parts.append(matches("email_trigram", trigrams) if trigrams else Condition(_NOTHING))
        parts += [self._condition(Text(words, node.field)) for words in UNSPACED.split(node.text) if has_words(words)]
        if node.field is not TextField.ANY:
            parts.append(field_holds(node))
        return combined(" AND ", parts)

    def _fragment(self, node: Text) -> Condition | None:
        """Return a condition for a word with a dot that very many addresses hold."""
        return combined(
            " OR ", [matches("email_search", spelled(node.text, prefix=node.prefix)), self._person(Person(node.text))]
        )

    def _person(self, node: Person) -> Condition | None:
        """Return a condition for people whom words alone do not find: unspaced names, frequent fragments."""
        kinds = [kind for role in node.roles for kind in _KINDS[role]]
        of_mail = f"SELECT 1 FROM email_person p WHERE p.email_key = {{key}} AND p.kind IN ({marks(kinds)})"
        if UNSPACED.search(node.text):
            return Condition(f"EXISTS ({of_mail} AND p.name LIKE ? ESCAPE '\\')", (*kinds, like(node.text)))
        holding = "SELECT key FROM email_address WHERE address LIKE ? ESCAPE '\\'"
        address = Condition(f"EXISTS ({of_mail} AND +p.address_key IN ({holding}))", (*kinds, like(node.text)))
        return combined(" OR ", [address, matches("email_search", name_expression(node))])

    def _trigrams(self, run: str) -> str:
        """Return the trigram expression for a run of characters; "" when no mail has it."""
        if len(run) >= _TRIGRAM:
            return f"cjk : {quoted(run)}"
        sql = "SELECT term FROM email_trigram_term WHERE term >= ? AND term < ? LIMIT ?"
        terms = self._view.column(sql, (run, run + "\U0010ffff", _MAX_TRIGRAMS))
        return f"cjk : ({' OR '.join(map(quoted, terms))})" if terms else ""


def _merged(parts: _Parts, where: Sequence[Condition], limit: int) -> Plan:
    """Return the statement that walks lists: SQLite merges the arms of an ordered UNION and stops at the limit."""
    arms = [
        select("email_key", "listing_entry", [entry(replace(parts.entries, lists=(list_id,))), *where])
        for list_id in parts.entries.lists
    ]
    sql = " UNION ".join(arm.sql for arm in arms)
    values = tuple(value for arm in arms for value in arm.values)
    return Plan(f"{sql} ORDER BY 1 DESC LIMIT ?", (*values, limit))
