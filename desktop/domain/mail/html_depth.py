"""How deep the elements of foreign HTML nest at most, told without building its tree. Pure; linear.

Parsers take time in the square of the depth, so the depth must be known before one is let at a mail. What lowers it
must be believed only where every parser would: a closing tag in a comment, in a value, in a `textarea`, for an element
that is not open, or across the wall of a table cell closes nothing (HTML, 13.2.5 and 13.2.6). Where the rules are
intricate this counts too much, never too little: `b` and its kind (formatting elements), which parsers open again
after what was around them ended, go with their own closing tag or their cell only; and where parsers differ on what is
text, every tag that follows counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from desktop.domain.mail.vocabulary import words

_ATTRIBUTE = r"""=?[^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|(?!["'])[^\s>]*+))?"""
_ATTRIBUTES = rf"(?:[\s/]*+(?!>){_ATTRIBUTE}){{0,1000}}[\s/]*+(?P<end>>)?"
"""So many at a time: a repeated group remembers all that it took."""
_TOKEN = re.compile(
    rf"""<(?:(?P<empty>!---?>)|(?P<comment>!--)|(?P<data>!\[CDATA\[)|[!?]|/(?![a-zA-Z])
    |(?P<slash>/?)(?P<name>[a-zA-Z][^\s/>]*+){_ATTRIBUTES})""",
    re.VERBOSE,
)
# Nothing after a repeated group can fail, so that none is tried again with less. Possessive groups would say so, but
# Python before 3.11.5 matches them wrongly (python/cpython#106052).
_MORE = re.compile(_ATTRIBUTES)
_COMMENT_END = re.compile("--!?>")
_ANY_TAG = re.compile("<[a-zA-Z]")

_NEVER_OPEN = words("area base br col embed hr img input link meta param source track wbr option")
_LINES = words("p li dt dd")
"""They end by themselves and never nest; while they are open, they are special."""
_FORMATTING = words("a b big code em font i nobr s small strike strong tt u")
_SPECIAL = _LINES | words(
    "address article aside blockquote body center details dir div dl fieldset figcaption figure footer form frameset h1"
    " h2 h3 h4 h5 h6 head header hgroup html keygen listing main menu nav ol pre search section summary ul"
)
"""They close what was left open in them, and no other closing tag reaches through them (HTML, 13.2.4.2)."""
_CELLS = words("td th caption")
_ROWS = words("tr tbody thead tfoot colgroup")
_RAW = words("textarea title style script xmp iframe noembed noframes noscript plaintext")
"""What they hold is text up to their own closing tag."""
_WALLS = _RAW | words(
    "select object applet marquee template button desc foreignobject mi mo mn ms mtext annotation-xml"
)
"""Closing tags between them reach nothing outside; what is left open between them stays counted."""
_FOREIGN = words("svg math")
"""Within them a row or a cell is an element like others, which ends no cell around them."""
_NEVER_CLOSED = words("form desc foreignobject mi mo mn ms mtext annotation-xml")
"""What a form holds stays in it also when it has ended; the others are of SVG and MathML, where more is to be known."""


def is_deeper(html: str, limit: int) -> bool:
    """Return whether elements may nest more than `limit` deep; rows and cells of tables count as part of the table."""
    if html.count("<") - html.count("</") <= limit:
        return False
    nesting, at = _Nesting(), 0
    while (token := _TOKEN.search(html, at)) is not None:
        at = token.end()
        name = (token["name"] or "").lower()
        if name:
            more: re.Match[str] | None = token
            while more is not None and more["end"] is None and more.end() < len(html):
                more = _MORE.match(html, more.end())
            if more is None or more["end"] is None:
                break  # it never ends: no parser makes an element of it
            at = more.end()
        if name and token["slash"]:
            nesting.closed(name)
        elif name:
            nesting.opened(name)
            if nesting.depth > limit:
                return True
            if name in _RAW or name == "frameset":
                end = _end_of_text(html, at, name)
                if nesting.is_uncertain or end < 0:
                    return nesting.depth + len(_ANY_TAG.findall(html, at)) > limit
                at = end
        elif token["data"] and nesting.is_uncertain:
            # text up to "]]>" within SVG, a comment up to ">" elsewhere
            return nesting.depth + len(_ANY_TAG.findall(html, at)) > limit
        elif token["comment"]:
            comment_end = _COMMENT_END.search(html, at)
            at = comment_end.end() if comment_end is not None else len(html)
        elif token["empty"] is None:
            at = html.find(">", at) + 1 or len(html)
    return False


def _end_of_text(html: str, at: int, name: str) -> int:
    """Return where the closing tag of a raw element stands, the end of `html` without one; -1 where parsers differ."""
    if name in {"noscript", "frameset"}:
        return -1
    found = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at) if name != "plaintext" else None
    end = found.start() if found is not None else len(html)
    return -1 if name == "script" and html.find("<!--", at, end) >= 0 else end


@dataclass(slots=True)
class _Room:
    """What is open since an element whose inside is closed off from the outside.

    Lines stand once between two other elements, so that the list is never much longer than the depth allowed.
    """

    kind: str
    open: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(name not in _LINES for name in self.open)

    def add(self, name: str) -> None:
        """Take in an element."""
        at = len(self.open)
        while name in _LINES and at and self.open[at - 1] in _LINES:
            at -= 1
            if self.open[at] == name:
                return
        self.open.append(name)

    def close(self, name: str) -> bool:
        """Close the innermost element of this name alone; False where a parser might not."""
        if name in _NEVER_CLOSED or name not in self.open:
            return False
        at = len(self.open) - 1 - self.open[::-1].index(name)
        if name not in _SPECIAL and name not in _FORMATTING and not _SPECIAL.isdisjoint(self.open[at:]):
            return False
        begin, end = at, at + 1
        while begin and self.open[begin - 1] in _LINES:
            begin -= 1
        while end < len(self.open) and self.open[end] in _LINES:
            end += 1
        self.open[begin:end] = dict.fromkeys(self.open[begin:at] + self.open[at + 1 : end])
        return True


class _Nesting:
    """Counts what is open; `depth` is never less than that of a parser's tree, but for rows, cells and lines."""

    def __init__(self) -> None:
        self.depth = 0
        self.is_uncertain = False
        """There was something in which parsers read on by other rules: SVG, MathML, a list of choices."""
        self._rooms = [_Room("")]

    def opened(self, name: str) -> None:
        """Take in an opening tag."""
        room = self._rooms[-1]
        if name in _NEVER_OPEN:
            return
        if name in _LINES:
            room.add(name)
            return
        if name in _CELLS or name in _ROWS:
            if _FOREIGN.isdisjoint(room.open):
                self._leave_cell()
            if name in _CELLS and self._rooms[-1].kind == "table":
                self._rooms.append(_Room(name))
            return
        self.depth += 1
        self.is_uncertain = self.is_uncertain or name in {"svg", "math", "select"}
        if name == "table" or name in _WALLS:
            self._rooms.append(_Room(name))
        else:
            room.add(name)

    def closed(self, name: str) -> None:
        """Take in a closing tag."""
        room = self._rooms[-1]
        if name == "table":
            self._leave_cell()
            if self._rooms[-1].kind == "table":
                self._leave()
        elif name in _CELLS or name in _ROWS:
            # the end of a group of rows may be that of another one, which closes nothing
            if room.kind == name or (name == "tr" and room.kind in {"td", "th"}):
                self._leave_cell()
        elif name in _WALLS:
            if room.kind == name and name not in _NEVER_CLOSED:
                self._leave()
        elif room.close(name) and name not in _LINES:
            self.depth -= 1

    def _leave_cell(self) -> None:
        """End the cell we are in: all it holds ends with it."""
        if self._rooms[-1].kind in _CELLS:
            self.depth -= self._rooms.pop().size

    def _leave(self) -> None:
        """End a table or a wall; what stays open belongs to what is around it from now on."""
        room, around = self._rooms.pop(), self._rooms[-1]
        kept = [name for name in room.open if room.kind != "table" or name in _FORMATTING]
        self.depth -= 1 + room.size - sum(name not in _LINES for name in kept)
        for name in kept:
            around.add(name)
