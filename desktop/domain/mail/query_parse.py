"""What a person types into the search box, read as a query. Pure; total: every text is a query, none is an error.

Words side by side must all be found. From loose to tight: side by side, OR, AND, NOT or a leading minus; so `a b OR c`
is `a (b OR c)`, as in Gmail. OR, AND and NOT are capital letters. The last word may still be growing: it is a prefix.
An operator that is not understood is never dropped in silence: `Query.unknown` names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from desktop.base.text import encodable
from desktop.domain.mail.query import AllOf, AnyOf, Node, Not, Person, Query, Text
from desktop.domain.mail.query_operators import OPERATORS, may_grow

MAX_CHARS = 1000
MAX_TERMS = 40
_MAX_DEPTH = 12

_TOKEN = re.compile(
    r"""(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<minus>-)(?=[^\s-])|"(?P<quoted>[^"]*)"?"""
    r"""|(?P<operator>[A-Za-z_]{2,16}):|(?P<word>[^\s()"]+)"""
)
_WORD = re.compile(r'[^\s()"]+')
_PHRASE = re.compile('"[^"]*"?')
_QUOTES = str.maketrans("“”„«»\0", '"""""\ufffd')


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """open, close, minus, or, and, text, operator, group (an operator before a bracket)"""
    text: str = ""
    name: str = ""
    last: bool = False
    """It touches the end of what was typed, so it may still be growing."""


def parse(text: str, today: date) -> Query:
    """Return the query a text states; relative dates count from `today`."""
    tokens = list(_tokens(encodable(text)[:MAX_CHARS].translate(_QUOTES)))
    parser = _Parser(tokens, today)
    root = parser.sequence(None)
    return Query(root, tuple(dict.fromkeys(parser.unknown)))


def unfinished(text: str, today: date) -> tuple[str, ...]:
    """Return what of a text is forgiven to who still types it: what its end may grow to, and what he may close yet.

    Only of a finished text this is worth telling: operators that are not understood, brackets, a phrase with its words.
    """
    return tuple(dict.fromkeys((*parse(f"{text} ", today).unknown, *_unclosed(text))))


def _unclosed(text: str) -> tuple[str, ...]:
    text = encodable(text)[:MAX_CHARS].translate(_QUOTES)
    depth, alone = 0, []
    for bracket in re.findall("[()]", _PHRASE.sub(" ", text)):
        depth += 1 if bracket == "(" else -1
        if depth < 0:
            alone.append(")")
            depth = 0
    alone += ["("] * depth
    if text.count('"') % 2:
        alone.append(text[text.rindex('"') :])
    return tuple(dict.fromkeys(alone))


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:  # nothing the pattern leaves out; a colon alone is a word
            at += 1
            continue
        kind, at = found.lastgroup or "quoted", found.end()
        if kind == "operator" and found["operator"].lower() in OPERATORS:
            token, at = _operator(found["operator"].lower(), text, at)
            yield token
        elif kind == "operator" or kind == "word":
            whole = _WORD.match(text, found.start())
            assert whole is not None
            at = whole.end()
            yield _word(whole.group(), last=at == len(text))
        elif kind == "quoted":
            yield _Token("text", found["quoted"])
        elif kind != "space":
            yield _Token(kind)


def _word(word: str, *, last: bool) -> _Token:
    if word in ("OR", "AND"):
        return _Token(word.lower())
    if word == "NOT":
        return _Token("minus")
    return _Token("text", word, last=last)


def _operator(name: str, text: str, at: int) -> tuple[_Token, int]:
    """Read the value after `name:`; one space is forgiven, as in "from: anna"."""
    for start in (at, at + 1):
        if start > at and text[at:start] != " ":
            break
        if text[start : start + 1] == "(":
            return _Token("group", name=name), start
        found = _TOKEN.match(text, start)
        kind = "" if found is None else found.lastgroup or "quoted"
        if found is not None and kind == "quoted":
            return _Token("operator", found["quoted"], name), found.end()
        # "subject:re: offer": what follows is a value, whatever it looks like, unless a space came between
        if found is not None and (kind == "word" or (kind in ("operator", "minus") and start == at)):
            whole = _WORD.match(text, start)
            assert whole is not None
            return _Token("operator", whole.group(), name, last=whole.end() == len(text)), whole.end()
    return _Token("operator", "", name, last=at >= len(text)), at


class _Parser:
    """Recursive descent over the tokens; brackets that do not match are forgiven."""

    def __init__(self, tokens: Sequence[_Token], today: date) -> None:
        self._tokens = tokens
        self._today = today
        self._at = 0
        self._depth = 0
        self._terms = 0
        self.unknown: list[str] = []

    def sequence(self, operator: str | None) -> Node | None:
        """Read alternatives side by side up to a closing bracket or the end; `operator` applies to bare words."""
        nodes: list[Node] = []
        while self._at < len(self._tokens):
            if self._peek() == "close":
                self._at += 1
                if self._depth:
                    break
                continue
            node = self._chain("or", lambda: self._chain("and", lambda: self._negation(operator), AllOf), AnyOf)
            if node is not None:
                nodes.append(node)
        return _joined(nodes, AllOf)

    def _peek(self) -> str:
        return self._tokens[self._at].kind if self._at < len(self._tokens) else "end"

    def _chain(self, word: str, part: Callable[[], Node | None], join: type[AllOf] | type[AnyOf]) -> Node | None:
        nodes = [part()]
        while self._peek() == word:
            self._at += 1
            nodes.append(part())
        return _joined([node for node in nodes if node is not None], join)

    def _negation(self, operator: str | None) -> Node | None:
        negative = False
        while self._peek() == "minus":
            negative = not negative
            self._at += 1
        node = self._term(operator, negative=negative)
        return Not(node) if negative and node is not None else node

    def _term(self, operator: str | None, *, negative: bool) -> Node | None:
        if self._peek() in ("end", "or", "and", "close"):
            return None
        token = self._tokens[self._at]
        self._at += 1
        if token.kind in ("open", "group"):
            if token.kind == "group":
                self._at += 1
                operator = token.name
            if self._depth >= _MAX_DEPTH:
                return None
            self._depth += 1
            node = self.sequence(operator)
            self._depth -= 1
            return node
        self._terms += 1
        if self._terms > MAX_TERMS:
            return None
        name = token.name or operator
        if name is not None:
            return self._operated(name, token, negative=negative)
        return self._plain(token, negative=negative)

    def _operated(self, name: str, token: _Token, *, negative: bool) -> Node | None:
        value = token.text.strip()
        if not value:
            return None
        node = OPERATORS[name](value, self._today)
        if node is None and not (token.last and may_grow(name, value)):
            self.unknown.append(f"{name}:{value}")
        if isinstance(node, Text) and token.last and not negative:
            return Text(node.text, node.field, prefix=True)
        return node

    def _plain(self, token: _Token, *, negative: bool) -> Node | None:
        text = token.text.strip()
        if not text:
            return None
        name, colon, rest = text.partition(":")
        if colon and rest and not rest.startswith(("//", ":")) and re.fullmatch("[a-z_]{2,16}", name):
            self.unknown.append(f"{name}:")
        if "@" in text.strip("@") or (text[0] == "@" and len(text) > 2):
            return Person(text)
        # A word that is still growing and excluded would first exclude nearly everything.
        prefix = (token.last or text.endswith("*")) and not negative
        return Text(text.rstrip("*"), prefix=prefix) if text.rstrip("*") else None


def _joined(nodes: Sequence[Node], join: type[AllOf] | type[AnyOf]) -> Node | None:
    if len(nodes) < 2:
        return nodes[0] if nodes else None
    flat: list[Node] = []
    for node in nodes:
        flat.extend(node.nodes if isinstance(node, join) else [node])
    return join(tuple(flat))
