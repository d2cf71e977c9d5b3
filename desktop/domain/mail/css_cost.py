"""How long it takes at most to apply the style sheets of foreign HTML, told without applying them. Pure; linear.

The inliner is quick for honest mail, but its time grows with elements x selectors, with elements x declarations x
properties, and with the way to the ancestors and siblings a selector asks for. Each of these is counted here
with the time one step was measured to take, rather too much than too little: what is no plain declaration counts as
selectors, and where a name might be hidden by a comment, an escape or an entity, it counts as one of its own.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from math import inf

from selectolax.lexbor import LexborHTMLParser, LexborNode

_SHEET_END = re.compile(r"</style[\t\n\f\r />]")
_FOREIGN = re.compile(r"<(?:svg|math)[\t\n\f\r />]")
"""Within them the rules are others of what ends a sheet: all that follows counts as one."""
_PIECE = re.compile(r"([^;{}]*)([;{}]|\Z)")
_COMMENTS = re.compile(r"(?:\s*+/\*[^*]*\*/)+")
_DECLARATION = re.compile(r"\s*+[-\w]++\s*+:[^\[\]\\]*+")
_PLAIN_NAME = re.compile(r"[-\w]+")
_DESCENDANT = re.compile(r"[^\s,>+~]\s+(?![\s,>+~])")
_PLAIN_LIST = re.compile(r"[-\w\s.#:>+~*,]*")
_LAST = re.compile(r"(?:^|[\s>+~])(\.?[-\w]++)[-\w.#:]*+$")
"""The tag, or the class with its dot, an element must have for a plain selector to be tried on it."""
_SIBLING = re.compile("~(?!=)")

MAX_ELEMENTS = 50_000
MAX_PIECES = 50_000

# nanoseconds
_CHAR = 5.0
"""An element and a character of the sheets: to read it in a selector, or to write it."""
_MATCHED = 60.0
"""An element and a selector."""
_COMPARED = 5.0
"""A declaration compared with one an element has already."""
_ANCESTOR = 22.0
_BROTHER = 45.0
_SEARCHED = 2.5
"""A character of the classes, or of all attributes, for a selector that asks for them."""


@dataclass(frozen=True, slots=True)
class _Tree:
    elements: int
    depth: int
    siblings: int
    class_chars: int
    named: Counter[str]
    """Elements of each tag, and of each class with its dot."""


@dataclass(slots=True)
class _Told:
    """What is in style sheets."""

    declarations: int = 0
    properties: int = 0
    selectors: list[str] = field(default_factory=list)
    """Each a list of them, or a piece of one."""


def sheets(html: str) -> str:
    """Return the style sheets with their tags, in lower case; more than these where parsers might differ."""
    lower = html.lower()
    found, at = [], 0
    foreign = _FOREIGN.search(lower)
    whole = len(lower) if foreign is None else foreign.start()
    while 0 <= (begin := lower.find("<style", at)) < whole:
        end = _SHEET_END.search(lower, begin)
        at = end.start() if end is not None else len(lower)
        found.append(lower[begin:at])
    if foreign is not None and lower.find("<style", max(at, whole)) >= 0:
        found.append(lower[max(at, whole) :])
    return ";".join(found)


def seconds(html: str, css: str) -> float:
    """Return how long it may take to apply `css`, the sheets of `html`. Only for HTML that does not hurt parsers."""
    tree = _tree(html)
    if tree is None or sum(map(css.count, ";{}")) > MAX_PIECES:
        return inf
    told = _told_apart(css)
    work = _CHAR * tree.elements * len(css)
    work += _COMPARED * told.declarations * (told.properties * tree.elements + html.count(":"))
    for piece in told.selectors:
        work += _SEARCHED * tree.class_chars * piece.count(".")
        for selector in piece.split(",") if _PLAIN_LIST.fullmatch(piece) else [piece]:
            work += _matching(selector, tree)
    work += _SEARCHED * len(html) * css.count("[")
    return work / 1e9


def _matching(selector: str, tree: _Tree) -> float:
    """Return the time to try a selector, or a piece that may hold several, on all elements."""
    tried, last = tree.elements, _LAST.search(selector.strip())
    if last is not None and _PLAIN_LIST.fullmatch(selector):
        tried = tree.named[last[1]]
    ancestors = tree.depth * len(_DESCENDANT.findall(selector.strip()))
    work = _MATCHED * tried * (1 + selector.count(",")) + _ANCESTOR * tried * ancestors
    if "~" in selector:
        brothers = min(tree.siblings * (tree.depth if ancestors else 1), tree.elements)
        work += _BROTHER * tried * brothers * len(_SIBLING.findall(selector))
    return work


def _told_apart(css: str) -> _Told:
    told, names, hidden = _Told(), set[str](), css.count("&")
    for found, end in _PIECE.findall(css):
        comments = _COMMENTS.match(found)
        piece = found if comments is None else found[comments.end() :]
        commented = "/*" in piece or "*/" in piece
        if end == "{" or commented or not _DECLARATION.fullmatch(piece):
            told.selectors.append(piece)
        name, colon, _value = piece.partition(":")
        if commented or "\\" in name:
            hidden += 1
        elif colon and _PLAIN_NAME.fullmatch(name.strip()):
            names.add(name.strip())
            told.declarations += 1
    told.properties = len(names) + hidden
    told.declarations += hidden
    return told


def _tree(html: str) -> _Tree | None:
    """Return the size of the tree parsers make, with what they add and open again; None where it is out of bounds."""
    root = LexborHTMLParser(html).root
    level = [] if root is None else [root]
    elements = deepest = widest = classes = 0
    named = Counter[str]()
    while level:
        deepest += 1
        below: list[LexborNode] = []
        for node in level:
            children = list(node.iter())
            widest = max(widest, len(children))
            own = (node.attributes.get("class") or "").lower()
            classes += len(own)
            named[(node.tag or "").lower()] += 1
            named.update("." + each for each in set(own.split()))
            below += children
            elements += 1
            if elements + len(below) > MAX_ELEMENTS:
                return None
        level = below
    return _Tree(elements, deepest, widest, classes, named)
