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

_MAX_SPANS = 200
_SCANNED_ADDRESSES = 5_000
"""Where more addresses hold a fragment, a mail is looked up by its people instead."""
_MIN_FRAGMENT = 3
_MAX_YO = 6


def has_words(text: str) -> bool:
    """Return whether the tokenizer finds anything in a text (unicode61: letters, numbers, private use)."""
    return any(c.isalnum() or unicodedata.category(c) == "Co" for c in text)


def quoted(text: str, *, prefix: bool = False) -> str:
    """Return a text as a string of the expression grammar."""
    return '"' + text.replace("\0", "").replace('"', '""') + ('" *' if prefix else '"')


def spelled(text: str, *, prefix: bool = False) -> str:
    """Return a text as a string, or as several where Russian lets a writer choose between е and ё.

    The tokenizer takes accents off Latin letters alone. A word has one ё at most, so each е is tried in turn.
    """
    plain = text.lower().replace("ё", "е")
    places = [at for at, letter in enumerate(plain) if letter == "е"][:_MAX_YO] if "е" in plain else []
    spellings = [plain, *(f"{plain[:at]}ё{plain[at + 1 :]}" for at in places)] if places else [text]
    return either([quoted(spelling, prefix=prefix) for spelling in spellings])


def like(fragment: str) -> str:
    """Return a LIKE pattern (ESCAPE '\\') for texts that hold a fragment."""
    return "%" + fragment.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def holding(columns: Sequence[str], text: str) -> tuple[str, list[str]]:
    """Return the condition that one of these columns holds a text, whatever its case, and its values.

    SQLite folds ASCII alone; other letters become classes of a GLOB, which take a third of the time of a call of
    Python for each row.
    """
    verb, pattern = ("LIKE", like(text)) if text.isascii() else ("GLOB", f"*{''.join(map(_letter, text))}*")
    end = " ESCAPE '\\'" if text.isascii() else ""
    return f"({' OR '.join(f'{column} {verb} ?{end}' for column in columns)})", [pattern] * len(columns)


def _letter(character: str) -> str:
    spellings = {character, character.lower(), character.upper(), character.title(), character.casefold()}
    one = "".join(sorted(spelling for spelling in spellings if len(spelling) == 1))
    return f"[{one}]" if len(one) > 1 or character in "*?[" else character


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
        self._known: dict[str, list[str] | None] = {}

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
        words = spelled(node.text, prefix=node.prefix)
        if node.field is not TextField.ANY:
            return f"{{{node.field}}} : {words}"
        if "." in node.text.strip(".") and not any(c.isspace() for c in node.text):
            spans = self._spans(node.text)
            if spans is None:
                return None
            if spans:
                return either([words, _in_roles(tuple(PersonRole), map(quoted, spans))])
        return words

    def _person(self, node: Person) -> str | None:
        if UNSPACED.search(node.text):
            return None
        if not has_words(node.text):
            return ""
        spans = self._spans(node.text)
        if spans is None:
            return None
        expressions = [quoted(span) for span in spans]
        if not expressions or "@" not in node.text:
            expressions.append(spelled(node.text, prefix=True))
        return _in_roles(node.roles, expressions)

    def _spans(self, text: str) -> list[str] | None:
        """Return the whole words around a fragment in the addresses known: of "eller@ac" "keller@acme".

        None where they are too many; [] where the text is too short for a fragment, or no address has it.
        """
        fragment = text.strip().lower()
        if len(fragment) < _MIN_FRAGMENT or any(c.isspace() for c in fragment):
            return []
        if fragment not in self._known:
            sql = "SELECT address FROM email_address WHERE address LIKE ? ESCAPE '\\' LIMIT ?"
            addresses = self._view.column(sql, (like(fragment), _SCANNED_ADDRESSES))
            spans = list(dict.fromkeys(_span(address, fragment) for address in addresses))
            many = len(addresses) == _SCANNED_ADDRESSES or len(spans) > _MAX_SPANS
            self._known[fragment] = None if many else spans
        return self._known[fragment]


def name_expression(node: Person) -> str:
    """Return the expression for people whose name or address has words beginning with the text."""
    return _in_roles(node.roles, [spelled(node.text, prefix=True)])


def _in_roles(roles: Sequence[PersonRole], expressions: Iterable[str]) -> str:
    return f"{{{' '.join(roles)}}} : ({' OR '.join(expressions)})"


def _span(address: str, fragment: str) -> str:
    """Return the fragment with the rest of the words it begins and ends in."""
    start = address.find(fragment)
    if start < 0:  # LIKE folds more than `lower` does
        return address
    end = start + len(fragment)
    while start and address[start].isalnum() and address[start - 1].isalnum():
        start -= 1
    while end < len(address) and address[end - 1].isalnum() and address[end].isalnum():
        end += 1
    return address[start:end]
