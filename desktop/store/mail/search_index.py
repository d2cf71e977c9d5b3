"""Searching: a query becomes one SQL statement over the FTS5 tables, and its answer is keys, newest first.

A key is in date order, so "newest first" is descending rowid straight from the index: the first hits of the most
common word cost no more than those of a rare one. What is not about words is asked of each row the index gives.
A query without words walks a kept list, or the mails themselves, in descending keys. Scripts written without spaces
go to the trigram index; runs of one or two characters are looked up there by the trigrams that begin with them.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.membership import EntryFlag
from desktop.domain.mail.message import KEY_STEP
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
_MARK_FLAGS = {Mark.UNREAD: EntryFlag.UNREAD, Mark.STARRED: EntryFlag.STARRED}
_NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Condition:
    """A piece of WHERE; `{key}` stands for the Email's key of whatever table drives."""

    sql: str
    values: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement that gives keys in descending order."""

    sql: str
    values: tuple[object, ...]


@dataclass(slots=True)
class _Parts:
    """A query taken apart: what the index can say, which lists, and what is left."""

    wanted: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    trigrams: list[str] = field(default_factory=list)
    lists: tuple[ListId, ...] = ()
    flags_on: EntryFlag = EntryFlag.NONE
    flags_off: EntryFlag = EntryFlag.NONE
    low: int | None = None
    high: int | None = None
    conditions: list[Condition] = field(default_factory=list)
    about_mail: list[Sized | FromList] = field(default_factory=list)
    """What only the row of the Email itself knows."""
    nothing: bool = False

    @property
    def is_empty(self) -> bool:
        asked = self.wanted or self.excluded or self.trigrams or self.lists or self.conditions or self.about_mail
        bounded = self.low is not None or self.high is not None
        return not (asked or bounded or self.flags_on or self.flags_off)


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
        sql = f"SELECT DISTINCT path FROM folder WHERE key IN ({marks(keys)}) ORDER BY path COLLATE NOCASE"
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
        if not parts.lists:
            parts.lists = self.lists_of(root)
        if before_key is not None:
            parts.high = before_key if parts.high is None else min(parts.high, before_key)
        return self._statement(parts, limit)

    def _take(self, node: Node, parts: _Parts) -> None:
        """Put one of the conditions that must all hold where it is cheapest to ask."""
        match node:
            case Dated():
                if node.start is not None:
                    parts.low = max(parts.low or 0, _key_at(node.start))
                if node.end is not None:
                    end = _key_at(node.end)
                    parts.high = end if parts.high is None else min(parts.high, end)
            case InList() | InFolder() if not parts.lists:
                parts.lists = self._lists(node)
                parts.nothing = parts.nothing or not parts.lists
            case HasAttachment():
                parts.flags_on |= EntryFlag.ATTACHMENT
            case Not(HasAttachment()):
                parts.flags_off |= EntryFlag.ATTACHMENT
            case Marked(Mark.UNREAD | Mark.STARRED as mark, on):
                if on:
                    parts.flags_on |= _MARK_FLAGS[mark]
                else:
                    parts.flags_off |= _MARK_FLAGS[mark]
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
            parts.conditions.append(_field_holds(node))

    def _statement(self, parts: _Parts, limit: int) -> Plan:
        where: list[Condition] = list(parts.conditions)
        if parts.trigrams and parts.wanted:
            where.append(_matches("email_trigram", " AND ".join(parts.trigrams)))
        if parts.excluded and not parts.wanted:
            where.append(_negated(_matches("email_search", " OR ".join(parts.excluded))))
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
            where += [_of_mail(node) for node in parts.about_mail]
            where += [Condition(f"{table} MATCH ?", (expression,)), self._in_lists(parts)]
            return _select("rowid", table, where, limit)
        if parts.about_mail:
            return _select("key", "email", [*where, *map(_about_mail, parts.about_mail), _asked_of_entry(parts)], limit)
        if len(parts.lists) <= _MERGED_LISTS:
            return _merged(parts, where, limit)
        return _select("key", "email", [*where, _asked_of_entry(parts)], limit)

    def _in_lists(self, parts: _Parts) -> Condition:
        """Return how rows of the index are held against the lists: asked one by one, or read whole first."""
        if parts.flags_on & EntryFlag.STARRED and parts.lists == (Unified.ALL,):
            parts.lists = (Unified.IMPORTANT,)
        few = parts.flags_on & EntryFlag.UNREAD and self._unread(parts.lists) <= _FEW_UNREAD
        if few or (parts.lists != (Unified.ALL,) and self.mails_in(parts.lists) <= _SMALL_LIST):
            inner = _entry(parts)
            # The plus keeps SQLite from asking the index for each entry of the list.
            return Condition(f"+{{key}} IN (SELECT email_key FROM listing_entry WHERE {inner.sql})", inner.values)
        return _asked_of_entry(parts)

    def _unread(self, lists: Sequence[ListId]) -> int:
        sql = f"SELECT coalesce(sum(unread), 0) FROM listing_count WHERE list_id IN ({marks(lists)})"
        return int(self._view.value(sql, [int(i) for i in lists]))

    def _lists(self, node: InList | InFolder) -> tuple[ListId, ...]:
        return node.lists if isinstance(node, InList) else self.folder_keys(node.path)

    def _condition(self, node: Node) -> Condition | None:
        """Return any query as a condition on a key; None when it has nothing to look for."""
        expression = self._expressions.of(node)
        if expression is not None:
            return _matches("email_search", expression) if expression else None
        match node:
            case AllOf(nodes):
                return _combined(" AND ", [self._condition(child) for child in nodes])
            case AnyOf(nodes):
                return _combined(" OR ", [self._condition(child) for child in nodes])
            case Not(inner):
                condition = self._condition(inner)
                return None if condition is None else _negated(condition)
            case Text():
                return self._unspaced(node) if UNSPACED.search(node.text) else self._fragment(node)
            case Person():
                return self._person(node)
            case Dated(start, end):
                bounds = [Condition("{key} >= ?", (_key_at(start),))] if start else []
                bounds += [Condition("{key} < ?", (_key_at(end),))] if end else []
                return _combined(" AND ", bounds)
            case Marked(mark, on):
                condition = _marked(mark)
                return condition if on else _negated(condition)
            case HasAttachment():
                return _flagged(EntryFlag.ATTACHMENT)
            case Sized() | FromList():
                return _of_mail(node)
            case InList() | InFolder():
                lists = self._lists(node)
                return _listed(lists) if lists else Condition(_NOTHING)

    def _unspaced(self, node: Text) -> Condition | None:
        parts: list[Condition | None] = []
        for run in UNSPACED.findall(node.text):
            trigrams = self._trigrams(run)
            parts.append(_matches("email_trigram", trigrams) if trigrams else Condition(_NOTHING))
        parts += [self._condition(Text(words, node.field)) for words in UNSPACED.split(node.text) if has_words(words)]
        if node.field is not TextField.ANY:
            parts.append(_field_holds(node))
        return _combined(" AND ", parts)

    def _fragment(self, node: Text) -> Condition | None:
        """Return a condition for a word with a dot that very many addresses hold."""
        return _combined(
            " OR ", [_matches("email_search", spelled(node.text, prefix=node.prefix)), self._person(Person(node.text))]
        )

    def _person(self, node: Person) -> Condition | None:
        """Return a condition for people whom words alone do not find: unspaced names, frequent fragments."""
        kinds = [kind for role in node.roles for kind in _KINDS[role]]
        of_mail = f"SELECT 1 FROM email_person p WHERE p.email_key = {{key}} AND p.kind IN ({marks(kinds)})"
        if UNSPACED.search(node.text):
            return Condition(f"EXISTS ({of_mail} AND p.name LIKE ? ESCAPE '\\')", (*kinds, like(node.text)))
        holding = "SELECT key FROM email_address WHERE address LIKE ? ESCAPE '\\'"
        address = Condition(f"EXISTS ({of_mail} AND +p.address_key IN ({holding}))", (*kinds, like(node.text)))
        return _combined(" OR ", [address, _matches("email_search", name_expression(node))])

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
        _select("email_key", "listing_entry", [_entry(replace(parts, lists=(list_id,))), *where])
        for list_id in parts.lists
    ]
    sql = " UNION ".join(arm.sql for arm in arms)
    values = tuple(value for arm in arms for value in arm.values)
    return Plan(f"{sql} ORDER BY 1 DESC LIMIT ?", (*values, limit))


def _select(key: str, table: str, where: Iterable[Condition], limit: int | None = None) -> Plan:
    conditions = list(where)
    sql = " AND ".join(f"({condition.sql})" for condition in conditions).replace("{key}", f"{table}.{key}")
    values = tuple(value for condition in conditions for value in condition.values)
    statement = f"SELECT {table}.{key} FROM {table} WHERE {sql}"
    if limit is None:
        return Plan(statement, values)
    return Plan(f"{statement} ORDER BY {table}.{key} DESC LIMIT ?", (*values, limit))


def _entry(parts: _Parts, name: str = "listing_entry") -> Condition:
    """Return what an entry of the lists must be; `name` is what the statement calls `listing_entry`."""
    sql = f"{name}.list_id IN ({marks(parts.lists)})" if len(parts.lists) > 1 else f"{name}.list_id = ?"
    values: list[object] = [int(list_id) for list_id in parts.lists]
    if parts.flags_on:
        sql += f" AND {name}.flags & ? = ?"
        values += [int(parts.flags_on)] * 2
    if parts.flags_off:
        sql += f" AND {name}.flags & ? = 0"
        values.append(int(parts.flags_off))
    return Condition(sql, tuple(values))


def _asked_of_entry(parts: _Parts) -> Condition:
    inner = _entry(parts, "l")
    return Condition(
        f"EXISTS (SELECT 1 FROM listing_entry l WHERE l.email_key = {{key}} AND {inner.sql})", inner.values
    )


def _listed(lists: Sequence[ListId]) -> Condition:
    return _asked_of_entry(_Parts(lists=tuple(lists)))


def _flagged(flag: EntryFlag) -> Condition:
    return _asked_of_entry(_Parts(lists=EVERYWHERE, flags_on=flag))


def _marked(mark: Mark) -> Condition:
    if mark in _MARK_FLAGS:
        return _flagged(_MARK_FLAGS[mark])
    column = {Mark.ANSWERED: "answered", Mark.FORWARDED: "forwarded"}[mark]
    return Condition(
        "+{key} IN (SELECT u.email_key FROM email_user u "
        f"WHERE u.user_key = (SELECT key FROM user WHERE is_me) AND u.{column})"
    )


def _about_mail(node: Sized | FromList, name: str = "email") -> Condition:
    """Return what the row of the Email must say; `name` is what the statement calls `email`."""
    if isinstance(node, FromList):
        return Condition(f"{name}.list_id LIKE ? ESCAPE '\\'", (like(node.text),))
    if node.at_least is not None:
        return Condition(f"{name}.size_bytes >= ?", (node.at_least,))
    return Condition(f"{name}.size_bytes < ?", (node.below,))


def _of_mail(node: Sized | FromList) -> Condition:
    inner = _about_mail(node, "e")
    return Condition(f"EXISTS (SELECT 1 FROM email e WHERE e.key = {{key}} AND {inner.sql})", inner.values)


def _field_holds(node: Text) -> Condition:
    return Condition(
        f"EXISTS (SELECT 1 FROM email_text t WHERE t.key = {{key}} AND t.{node.field} LIKE ? ESCAPE '\\')",
        (like(node.text),),
    )


def _matches(table: str, expression: str) -> Condition:
    return Condition(f"+{{key}} IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)", (expression,))


def _negated(condition: Condition) -> Condition:
    return Condition(f"NOT ({condition.sql})", condition.values)


def _combined(word: str, conditions: Iterable[Condition | None]) -> Condition | None:
    some = [condition for condition in conditions if condition is not None]
    if not some:
        return None
    sql = word.join(f"({condition.sql})" for condition in some)
    return Condition(sql, tuple(value for condition in some for value in condition.values))


def _key_at(day: date) -> int:
    """Return the first key of a day in the person's time zone."""
    seconds = time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))
    return max(0, int(seconds * 1000)) * KEY_STEP
