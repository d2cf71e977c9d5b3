"""The pieces of a search statement: conditions on an Email's key, and how they are put together.

Only names of our own stand in the text of a statement; everything typed is a bound value.
"""

from __future__ import annotations

import calendar
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from desktop.domain.mail.folder import ListId
from desktop.domain.mail.membership import EntryFlag
from desktop.domain.mail.message import KEY_STEP
from desktop.domain.mail.query import EVERYWHERE, FromList, Mark, Sized, Text
from desktop.store.mail.messages import marks
from desktop.store.mail.search_expression import like

MARK_FLAGS = {Mark.UNREAD: EntryFlag.UNREAD, Mark.STARRED: EntryFlag.STARRED}
"""Marks that list entries know; the others are asked of the user's view."""


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


@dataclass(frozen=True, slots=True)
class Entries:
    """The lists to look in, and the flags their entries must and must not have."""

    lists: tuple[ListId, ...] = ()
    flags_on: EntryFlag = EntryFlag.NONE
    flags_off: EntryFlag = EntryFlag.NONE


def select(key: str, table: str, where: Iterable[Condition], limit: int | None = None) -> Plan:
    """Return the statement for the keys in a table; newest first where there is a limit."""
    conditions = list(where)
    sql = " AND ".join(f"({condition.sql})" for condition in conditions).replace("{key}", f"{table}.{key}")
    values = tuple(value for condition in conditions for value in condition.values)
    statement = f"SELECT {table}.{key} FROM {table} WHERE {sql}"
    if limit is None:
        return Plan(statement, values)
    return Plan(f"{statement} ORDER BY {table}.{key} DESC LIMIT ?", (*values, limit))


def entry(entries: Entries, name: str = "listing_entry") -> Condition:
    """Return what an entry of the lists must be; `name` is what the statement calls `listing_entry`."""
    sql = f"{name}.list_id IN ({marks(entries.lists)})" if len(entries.lists) > 1 else f"{name}.list_id = ?"
    values: list[object] = [int(list_id) for list_id in entries.lists]
    if entries.flags_on:
        sql += f" AND {name}.flags & ? = ?"
        values += [int(entries.flags_on)] * 2
    if entries.flags_off:
        sql += f" AND {name}.flags & ? = 0"
        values.append(int(entries.flags_off))
    return Condition(sql, tuple(values))


def stands_in(entries: Entries) -> Condition:
    """Return the condition that a mail has such an entry."""
    inner = entry(entries, "l")
    return Condition(
        f"EXISTS (SELECT 1 FROM listing_entry l WHERE l.email_key = {{key}} AND {inner.sql})", inner.values
    )


def listed(lists: Sequence[ListId]) -> Condition:
    """Return the condition that a mail is in one of the lists."""
    return stands_in(Entries(lists=tuple(lists)))


def flagged(flag: EntryFlag) -> Condition:
    """Return the condition that the entries of a mail have a flag."""
    return stands_in(Entries(lists=EVERYWHERE, flags_on=flag))


def marked(mark: Mark) -> Condition:
    """Return the condition that a mail is marked so."""
    if mark in MARK_FLAGS:
        return flagged(MARK_FLAGS[mark])
    column = {Mark.ANSWERED: "answered", Mark.FORWARDED: "forwarded"}[mark]
    return Condition(
        "+{key} IN (SELECT u.email_key FROM email_user u "
        f"WHERE u.user_key = (SELECT key FROM user WHERE is_me) AND u.{column})"
    )


def about_mail(node: Sized | FromList, name: str = "email") -> Condition:
    """Return what the row of the Email must say; `name` is what the statement calls `email`."""
    if isinstance(node, FromList):
        return Condition(f"{name}.list_id LIKE ? ESCAPE '\\'", (like(node.text),))
    if node.at_least is not None:
        return Condition(f"{name}.size_bytes >= ?", (node.at_least,))
    return Condition(f"{name}.size_bytes < ?", (node.below,))


def of_mail(node: Sized | FromList) -> Condition:
    """Return what the row of the Email must say, asked by key."""
    inner = about_mail(node, "e")
    return Condition(f"EXISTS (SELECT 1 FROM email e WHERE e.key = {{key}} AND {inner.sql})", inner.values)


def field_holds(node: Text) -> Condition:
    """Return the condition that one part of the text holds this, letter by letter."""
    return Condition(
        f"EXISTS (SELECT 1 FROM email_text t WHERE t.key = {{key}} AND t.{node.field} LIKE ? ESCAPE '\\')",
        (like(node.text),),
    )


def matches(table: str, expression: str) -> Condition:
    """Return the condition that the index has the mail for an expression.

    The plus keeps SQLite from running the expression anew for each mail.
    """
    return Condition(f"+{{key}} IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)", (expression,))


def negated(condition: Condition) -> Condition:
    """Return the opposite."""
    return Condition(f"NOT ({condition.sql})", condition.values)


def combined(word: str, conditions: Iterable[Condition | None]) -> Condition | None:
    """Return conditions joined by " AND " or " OR ", leaving out None; None where nothing is left."""
    some = [condition for condition in conditions if condition is not None]
    if not some:
        return None
    sql = word.join(f"({condition.sql})" for condition in some)
    return Condition(sql, tuple(value for condition in some for value in condition.values))


def key_at(day: date) -> int:
    """Return the first key of a day in the person's time zone."""
    try:
        seconds = time.mktime((day.year, day.month, day.day, 0, 0, 0, 0, 0, -1))
    except OverflowError:  # Windows, before 1970 in local time
        seconds = calendar.timegm(day.timetuple())
    return max(0, int(seconds * 1000)) * KEY_STEP
