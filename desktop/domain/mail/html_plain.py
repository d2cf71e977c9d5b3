"""HTML that people write, or quote, as the plain text sent beside it: lists, links, tables, quotations. Pure; linear.

`html_text` gives words for a search; this gives a text that reads like the original. Needs the parser of HTML, so it is
no work for the GUI thread when the HTML is a quotation.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from selectolax.lexbor import LexborHTMLParser, LexborNode

from desktop.domain.mail import html_text
from desktop.domain.mail.vocabulary import words

MAX_QUOTES = 20
MAX_INDENT = 10

_UNREAD = words("script style head title template noscript noframes iframe object svg math")
_SPACED = words("p h1 h2 h3 h4 h5 h6 blockquote pre table ul ol dl")
"""Between them and their neighbours is an empty line."""
_BLOCKS = _SPACED | words(
    "div li dt dd tr hr address article section header footer main nav aside figure figcaption form center caption"
    " details"
)
_LISTS = words("ul ol")
_NESTING = words("ul ol li blockquote pre")
"""They change what stands before the next line, or how it is written."""
_SPACE = re.compile(r"[ \t\r\n\f]+")
_TIGHT = re.compile(r"margin\s*:\s*0(?:px|pt)?\s*(?:;|$)|margin-top\s*:\s*0(?![^;]*[1-9])", re.IGNORECASE)
_RULE = "-" * 40
_SIGNATURE_RULE = "-- "
_BAR = " | "


def plain_of(html: str) -> str:
    """Return HTML as plain text, without line ends around it; what would hurt the parser as its words alone."""
    html = html[: html_text.MAX_HTML_CHARS]
    if html_text.hurts_parsers(html):
        return html_text.to_text(html)
    tree = LexborHTMLParser(html)
    root = tree.body or tree.root
    if root is None:
        return ""
    writer = _Writer()
    open_nodes: list[LexborNode] = []
    node = root.child
    while node is not None or open_nodes:
        if node is None:
            left = open_nodes.pop()
            writer.leave(left)
            node = left.next
        elif writer.enter(node):
            open_nodes.append(node)
            node = node.child
        else:
            node = node.next
    return writer.text()


@dataclass(slots=True)
class _List:
    """An open list: its number is 0 where its items have none."""

    number: int
    hang: int = 2


@dataclass(slots=True)
class _Writer:
    """What was written so far, and what is open."""

    lines: list[str] = field(default_factory=list)
    line: list[str] = field(default_factory=list)
    """The pieces of the last one."""
    bullet: str = ""
    quotes: int = 0
    quotes_before: int = 0
    """At the line before."""
    verbatim: int = 0
    lists: list[_List] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    """Of each open link its target and where its words begin: how many lines there were, and pieces in the line."""
    breaks: bool = False
    """The next words begin a line."""
    spaced: bool = False
    """They have an empty line above them."""
    begins_cell: bool = False
    ends_cell: bool = False

    def enter(self, node: LexborNode) -> bool:
        """Take a node on the way down; False where what is in it is not read."""
        tag = node.tag or ""
        if tag == "-text":
            self._words(node.text_content or "")
            return False
        if tag.startswith("-") or tag in _UNREAD:
            return False
        attributes = node.attributes
        if tag in _BLOCKS:
            self._block(spaced=self._is_spaced(tag, attributes))
        if tag in _NESTING:
            self._end_line()
        if tag == "br":
            self._break()
        elif tag == "hr":
            self._words(_RULE)
        elif tag == "img":
            self._words(f"[{alt}]" if (alt := (attributes.get("alt") or "").strip()) else "")
        elif tag in _LISTS:
            start = attributes.get("start") or "1"
            self.lists.append(_List(0 if tag == "ul" else int(start) if start.isdecimal() and len(start) < 6 else 1))
        elif tag == "li":
            self._item()
        elif tag in {"td", "th"}:
            self.begins_cell = True
        elif tag == "blockquote":
            self.quotes += 1
        elif tag == "pre":
            self.verbatim += 1
        elif tag == "a":
            self.links.append((attributes.get("href") or "", len(self.lines), len(self.line)))
        if "signature" in (attributes.get("class") or "").split():
            self._signature(node)
        return True

    def leave(self, node: LexborNode) -> None:
        """Take a node on the way up."""
        tag = node.tag or ""
        if tag in _BLOCKS:
            self._block(spaced=self._is_spaced(tag, node.attributes))
        if tag == "blockquote":
            self._end_line()
            self.quotes -= 1
        elif tag == "pre":
            self.verbatim -= 1
        elif tag in _LISTS and self.lists:
            self._end_line()
            self.lists.pop()
            self.spaced = not self.lists
        elif tag in {"td", "th"}:
            self.begins_cell = self.breaks = self.spaced = False
            self.ends_cell = bool(self.line)
        elif tag == "tr":
            self.ends_cell = False
            self._block(spaced=False)
        elif tag == "a" and self.links:
            self._target(*self.links.pop())

    def text(self) -> str:
        """Return all that was written."""
        self._end_line()
        return "\n".join(self.lines).strip("\n")

    def _is_spaced(self, tag: str, attributes: dict[str, str | None]) -> bool:
        return tag in _SPACED and not self.lists and not _TIGHT.search((attributes.get("style") or "")[:500])

    def _block(self, *, spaced: bool) -> None:
        if self.begins_cell:
            return
        self.breaks = True
        self.spaced = self.spaced or spaced

    def _item(self) -> None:
        current = self.lists[-1] if self.lists else _List(0)
        self.bullet = f"{current.number}. " if current.number else "- "
        current.hang = len(self.bullet)
        current.number += 1 if current.number else 0

    def _words(self, written: str) -> None:
        if self.verbatim:
            for count, line in enumerate(written.replace("\r\n", "\n").split("\n")):
                if count:
                    self._break()
                if line:
                    self._begin()
                    self.line.append(line)
            return
        written = _SPACE.sub(" ", written)
        at_begin = self.breaks or not self.line or self.line[-1].endswith(" ")
        written = written.lstrip(" ") if at_begin else written
        if not written or (written == " " and self.ends_cell):
            return
        if written != " ":
            self._begin()
        self.line.append(written)

    def _begin(self) -> None:
        """Get ready for words: end the line before, set empty lines, bars between cells."""
        if self.breaks:
            self._end_block()
        if self.ends_cell and self.line:
            self.line[-1:] = [self.line[-1].rstrip(), _BAR]
        self.begins_cell = self.ends_cell = False

    def _break(self) -> None:
        """End the line also where it is empty."""
        if self.breaks:
            self._end_block()
        if not self.line:
            self.lines.append(_marks(self.quotes).rstrip())
        self._end_line()

    def _end_block(self) -> None:
        self._end_line()
        if self.spaced and self.lines and self.lines[-1].strip("> ") not in {"", "--"}:
            self.lines.append(_marks(min(self.quotes, self.quotes_before)).rstrip())
        self.breaks = self.spaced = False

    def _end_line(self) -> None:
        self.ends_cell = False
        line = "".join(self.line) if self.verbatim else "".join(self.line).replace("\xa0", " ")
        self.line = []
        if not line.strip():
            return
        line = _SIGNATURE_RULE if line.strip() == _SIGNATURE_RULE.strip() else line.rstrip()
        depth = len(self.lists[:MAX_INDENT])
        hang = sum(each.hang for each in self.lists[:depth])
        if self.bullet:
            hang -= self.lists[-1].hang if self.lists else 0
        self.lines.append(f"{_marks(self.quotes)}{' ' * max(hang, 0)}{self.bullet}{line}")
        self.bullet, self.quotes_before = "", self.quotes

    def _target(self, target: str, lines: int, start: int) -> None:
        """Write where a link leads, where its words do not say it."""
        shown = "".join(self.line[start:]).strip() if lines == len(self.lines) else ""
        bare = target.strip().removeprefix("mailto:")
        if not bare or target.startswith(("#", "cid:", "data:")) or (lines == len(self.lines) and not shown):
            return
        if _same(shown) != _same(bare):
            self.line[-1:] = [self.line[-1].rstrip() if self.line else "", f" <{bare}>"]

    def _signature(self, node: LexborNode) -> None:
        if not (node.text(deep=True) or "").lstrip().startswith("--"):
            self.breaks = True
            self._words("--")
            self._break()


def _marks(quotes: int) -> str:
    return ">" * min(quotes, MAX_QUOTES) + " " if quotes else ""


def _same(address: str) -> str:
    """Return what of an address people compare."""
    bare = address.lower().rstrip("/")
    for scheme in ("https://", "http://", "www."):
        bare = bare.removeprefix(scheme)
    return bare
