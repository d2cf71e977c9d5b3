"""A search query as an FTS5 expression, as far as it is about words alone.

Every word goes in as a quoted string, so that no input is an error of the expression grammar; what the tokenizer makes
of it (two words of "don't") is then found in this order. An expression is None where words alone cannot say it and ""
where there is nothing to look for.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from desktop.domain.mail.query import UNSPACED, AllOf, AnyOf, Node, Not, Person, PersonRole, Text, TextField
from desktop.store.database import View

MAX_ADDRESSES = 200
"""Beyond so many addresses that hold a fragment, a mail is looked up by its people instead."""
_SCANNED_ADDRESSES = 5_000
_MIN_FRAGMENT = 3


def has_words(text: str) -> bool:
    """Return whether the tokenizer finds anything in a text (unicode61: letters, numbers, private use)."""
    return any(c.isalnum() or unicodedata.category(c) == "Co" for c in text)


def quoted(text: str, *, prefix: bool = False) -> str:
    """Return a text as a string of the expression grammar."""
    return '"' + text.replace("\0", "").replace('"', '""') + ('" *' if prefix else '"')


def like(fragment: str) -> str:
    """Return a LIKE pattern (ESCAPE '\\') for texts that hold a fragment."""
    return "%" + fragment.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def either(expressions: Sequence[str]) -> str:
    """Return an expression for mails that match at least one."""
    return expressions[0] if len(expressions) == 1 else f"({' OR '.join(expressions)})"


def every(wanted: Sequence[str], excluded: Sequence[str]) -> str:
    """Return an expression for mails that match all of one and none of the other; something must be wanted."""
    both = wanted[0] if len(wanted) == 1 else f"({' AND '.join(wanted)})"
    return f"({both} NOT {either(excluded)})" if excluded else both


class Expressions:
    """Makes expressions inside a view: fragments of addresses are resolved to the addresses known there."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._inside: dict[str, list[str]] = {}

    def of(self, node: Node) -> str | None:
        """Return the expression of a query."""
        if isinstance(node, Text):
            return self._text(node)
        if isinstance(node, Person):
            return self._person(node)
        if isinstance(node, AllOf):
            return self._all(node)
        if isinstance(node, AnyOf):
            parts = [self.of(child) for child in node.nodes]
            wanted = [part for part in parts if part]
            if None in parts:
                return None
            return either(wanted) if wanted else ""
        return None

    def _all(self, node: AllOf) -> str | None:
        wanted: list[str] = []
        excluded: list[str] = []
        for child in node.nodes:
            part = self.of(child.node if isinstance(child, Not) else child)
            if part is None:
                return None
            if part:
                (excluded if isinstance(child, Not) else wanted).append(part)
        if wanted:
            return every(wanted, excluded)
        return None if excluded else ""

    def _text(self, node: Text) -> str | None:
        if UNSPACED.search(node.text):
            return None
        if not has_words(node.text):
            return ""
        words = quoted(node.text, prefix=node.prefix)
        if node.field is not TextField.ANY:
            return f"{{{node.field}}} : {words}"
        if "." in node.text.strip(".") and not any(c.isspace() for c in node.text):
            addresses = self.addresses_with(node.text)
            if len(addresses) > MAX_ADDRESSES:
                return None
            if addresses:
                return either([words, _in_roles(tuple(PersonRole), map(quoted, addresses))])
        return words

    def _person(self, node: Person) -> str | None:
        if UNSPACED.search(node.text):
            return None
        if not has_words(node.text):
            return ""
        addresses = self.addresses_with(node.text)
        if len(addresses) > MAX_ADDRESSES:
            return None
        return _in_roles(node.roles, [quoted(node.text, prefix=True), *map(quoted, addresses)])

    def addresses_with(self, fragment: str) -> list[str]:
        """Return known addresses that hold a fragment inside a word; those where it begins a word need no help."""
        fragment = fragment.strip().lower()
        if len(fragment) < _MIN_FRAGMENT or any(c.isspace() for c in fragment):
            return []
        if fragment not in self._inside:
            sql = "SELECT address FROM email_address WHERE address LIKE ? ESCAPE '\\' LIMIT ?"
            found = self._view.column(sql, (like(fragment), _SCANNED_ADDRESSES))
            self._inside[fragment] = [address for address in found if _only_inside(address, fragment)]
        return self._inside[fragment]


def name_expression(node: Person) -> str:
    """Return the expression for people whose name or address has words beginning with the text."""
    return _in_roles(node.roles, [quoted(node.text, prefix=True)])


def _in_roles(roles: Sequence[PersonRole], expressions: Iterable[str]) -> str:
    return f"{{{' '.join(roles)}}} : ({' OR '.join(expressions)})"


def _only_inside(address: str, fragment: str) -> bool:
    at = address.find(fragment)
    while at >= 0:
        if at == 0 or not address[at - 1].isalnum() or not fragment[0].isalnum():
            return False
        at = address.find(fragment, at + 1)
    return True
