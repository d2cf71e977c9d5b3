"""Any HTML made safe and brought to what a person can write: a draft, ours or a colleague's, a signature, a clipboard.

Everything is sanitised first, then read (C31, C45); nothing in the result can load anything from anywhere. Pure; total.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from urllib.parse import unquote

from desktop.domain.mail import html_text, sanitise, written_text
from desktop.domain.mail.vocabulary import words
from desktop.domain.mail.written import (
    PLAIN,
    Block,
    Listing,
    Paragraph,
    Picture,
    Run,
    Shape,
    Span,
    Style,
    Table,
    canonical,
)
from desktop.domain.mail.written_html import CID, cid

MAX_HTML_CHARS = 2 * 1024 * 1024
"""What is longer is taken as text alone."""

Image = Callable[[str], "str | None"]
"""Given a picture's source other than `cid:`, returns the content id under which it goes along; None drops it."""

_BOLD, _ITALIC = words("b strong th"), words("i em cite var dfn address")
_UNDERLINE, _STRIKE = words("u ins"), words("s strike del")
_SHAPES = {"h1": Shape.TITLE, "h2": Shape.HEADING, **dict.fromkeys(("h3", "h4", "h5", "h6"), Shape.SUBHEADING)}
_BREAKING = words(
    """p div h1 h2 h3 h4 h5 h6 li ul ol dl dt dd blockquote pre table tr td th caption article aside center figure
    figcaption footer header hr main menu nav section address"""
)
_VOID = words("br img hr wbr col")
_COLOUR = re.compile(r"(?:^|;)\s*color:\s*(#[0-9a-f]{6}|#[0-9a-f]{3}|rgb\([\d ,]+\)|[a-z]+)", re.IGNORECASE)
_SIZE = re.compile(r"(?:^|;)\s*font-size:\s*([\d.]+)\s*(px|pt)", re.IGNORECASE)
_WEIGHT = re.compile(r"(?:^|;)\s*font-weight:\s*(\w+)", re.IGNORECASE)
_SLANT = re.compile(r"(?:^|;)\s*font-style:\s*(\w+)", re.IGNORECASE)
_LINES = re.compile(r"(?:^|;)\s*text-decoration(?:-line)?:\s*([\w ]+)", re.IGNORECASE)
_HIDDEN = re.compile(r"(?:^|;)\s*(?:display:\s*none|visibility:\s*hidden)", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})[ ,]+(\d{1,3})[ ,]+(\d{1,3})\s*\)", re.IGNORECASE)
_NAMED = {
    "red": "#ff0000",
    "green": "#008000",
    "blue": "#0000ff",
    "orange": "#ffa500",
    "purple": "#800080",
    "teal": "#008080",
    "navy": "#000080",
    "maroon": "#800000",
    "gray": "#808080",
    "grey": "#808080",
    "silver": "#c0c0c0",
    "olive": "#808000",
    "brown": "#a52a2a",
}
_SPACES = re.compile(r"[ \t\n\r\f]+")
_WORD_JUNK = re.compile(r"<!--\[if.*?<!\[endif\]-->|<!\[if[^>]*>|<!\[endif\]>|</?o:p[^>]*>", re.DOTALL)


def read(html: str, image: Image | None = None, *, foreign: bool = False) -> tuple[Block, ...]:
    """Return any HTML as blocks, made safe first; `foreign` leaves colours and sizes of another page behind."""
    if len(html) > MAX_HTML_CHARS or html_text.hurts_parsers(html):
        return canonical(written_text.blocks_of(html_text.to_text(html)))
    reader = _Reader(foreign=foreign)
    reader.feed(sanitise.clean(_WORD_JUNK.sub("", html), _chosen(image)))
    reader.close()
    return canonical(reader.finished())


def _chosen(image: Image | None) -> sanitise.Image:
    def choose(source: str) -> str | None:
        source = source.strip()
        if source[:4].lower() == CID:
            wanted = unquote(source[4:].strip())
            return cid(wanted) if wanted else None
        given = image(source) if image is not None else None
        return cid(given) if given else None

    return choose


class _Reader(HTMLParser):
    """Walks over safe HTML; each element that breaks a paragraph ends the one before it."""

    def __init__(self, *, foreign: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._foreign = foreign
        self._styles: list[tuple[str, Style]] = []
        self._style = PLAIN
        self._shape = Shape.BODY
        self._lists: list[Listing] = []
        self._quote = 0
        self._hidden = 0
        self._pre = 0
        self._open: list[str] = []
        self._targets: list[list[Block]] = [[]]
        self._tables: list[list[list[list[Block]]]] = []
        self._spans: list[Span] = []
        self._begun = False
        """Whether there is a paragraph even if nothing more stands in it."""
        self._in_item = False
        self._around: list[tuple[list[Listing], bool, int]] = []
        """The lists and quotes around the cells that are open."""
        self._space: Style | None = None
        """Of a space that shows once something follows it in the line."""

    def finished(self) -> list[Block]:
        """Return what was read."""
        self._end_paragraph()
        return self._targets[0]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag not in _VOID:
            self._open.append(tag)
            self._styles.append((tag, self._style))
            if self._hidden or _HIDDEN.search(values.get("style", "")):
                self._hidden += 1
            self._style = _styled(self._style, tag, values, foreign=self._foreign)
        if self._hidden:
            return
        if tag in _BREAKING:
            self._start_block(tag)
        elif tag == "br":
            self._begun = True
            self._space = None
            self._add("\n")
        elif tag == "img":
            self._picture(values)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID or tag not in self._open:
            return
        while self._open:
            ended = self._open.pop()
            _tag, self._style = self._styles.pop()
            if self._hidden:
                self._hidden -= 1
            else:
                self._end_block(ended)
            if ended == tag:
                return

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._pre:
            self._add(data)
            return
        # browsers fold white space; a no-break space is none of it
        folded = _SPACES.sub(" ", data)
        if folded.startswith(" ") and self._space is None:
            self._space = self._style
        text = folded.strip(" ")
        if text:
            self._add_space()
            self._add(text)
            if folded.endswith(" "):
                self._space = self._style

    def _start_block(self, tag: str) -> None:
        if tag in {"ul", "ol", "menu"}:
            self._end_paragraph()
            self._lists.append(Listing.NUMBERS if tag == "ol" else Listing.BULLETS)
            self._in_item = False
        elif tag == "li":
            self._end_paragraph()
            if not self._lists:
                self._lists.append(Listing.BULLETS)
            self._in_item = True
        elif tag == "blockquote":
            self._end_paragraph()
            self._quote += 1
        elif tag == "table":
            self._end_paragraph()
            self._tables.append([])
        elif tag == "tr":
            self._end_paragraph()
            if self._tables:
                self._tables[-1].append([])
        elif tag in {"td", "th"} and self._tables:
            self._end_paragraph()
            cell: list[Block] = []
            if not self._tables[-1]:
                self._tables[-1].append([])
            self._tables[-1][-1].append(cell)
            self._targets.append(cell)
            self._around.append((self._lists, self._in_item, self._quote))
            self._lists, self._in_item, self._quote = [], False, 0
        elif tag == "div":
            self._end_line()
        else:
            self._between()
            self._shape = _SHAPES.get(tag, self._shape)
            self._pre += tag == "pre"

    def _end_block(self, tag: str) -> None:
        if tag in {"ul", "ol", "menu"}:
            self._end_paragraph()
            if self._lists:
                self._lists.pop()
            # what follows inside the item around this list is an item of its own
            self._in_item = bool(self._lists)
        elif tag == "li":
            self._end_paragraph()
            self._in_item = False
        elif tag == "blockquote":
            self._end_paragraph()
            self._quote = max(0, self._quote - 1)
        elif tag in {"td", "th"} and len(self._targets) > 1:
            self._end_paragraph()
            self._targets.pop()
            self._lists, self._in_item, self._quote = self._around.pop()
        elif tag == "table" and self._tables:
            self._end_paragraph()
            rows = self._tables.pop()
            if len(self._targets) > 1:  # a table in a cell: what is in it stays, one paragraph after the other
                self._targets[-1] += [block for row in rows for cell in row for block in cell]
            elif any(rows):
                self._targets[-1].append(Table(tuple(tuple(map(_paragraphs, row)) for row in rows)))
        elif tag == "div":
            self._end_line()
        elif tag in _BREAKING:
            self._pre -= tag == "pre"
            self._between()
            if tag in _SHAPES:
                self._shape = Shape.BODY

    def _between(self) -> None:
        """End a paragraph; inside one list item a second becomes a line of it."""
        if self._in_item and self._spans:
            if not self._ends_line():
                self._spans.append(Run("\n"))
            self._space = None
        elif not self._in_item:
            self._end_paragraph()

    def _end_line(self) -> None:
        """End a line, as most mail programs use `div`: one with nothing in it ends a paragraph."""
        if self._in_item or not self._spans:
            self._between()
            return
        ended = self._ends_line()
        blank = all(isinstance(span, Run) and span.text == "\n" for span in self._spans[-2:])
        if ended and blank:
            if len(self._spans) > 1:
                self._spans.pop()
            self._end_paragraph()
        elif not ended:
            self._spans.append(Run("\n"))
        self._space = None

    def _end_paragraph(self) -> None:
        self._space = None
        spans, begun = self._spans, self._begun
        self._spans, self._begun = [], False
        if spans and isinstance(spans[-1], Run) and spans[-1].text == "\n":
            spans.pop()  # the break that keeps a paragraph from being empty, or stands before the end of one
        if not spans and not begun:
            return
        lists = tuple(self._lists) if self._lists and self._in_item else ()
        self._targets[-1].append(Paragraph(tuple(spans), self._shape, lists, self._quote))

    def _add(self, text: str) -> None:
        self._spans.append(Run(text, self._style))

    def _add_space(self) -> None:
        """Let the space before what follows be seen; at the start of a line there is none."""
        if self._space is not None and self._spans and not self._ends_line():
            self._spans.append(Run(" ", self._space))
        self._space = None

    def _ends_line(self) -> bool:
        last = self._spans[-1]
        return isinstance(last, Run) and last.text.endswith("\n")

    def _picture(self, values: dict[str, str]) -> None:
        source = values.get("src", "")
        if not source.startswith(CID):
            return
        self._add_space()
        width = values.get("width", "").removesuffix("px").strip()
        width_px = int(width) if width.isdecimal() and width.isascii() else 0
        self._spans.append(Picture(unquote(source[4:]), values.get("alt", ""), width_px))


def _paragraphs(cell: Sequence[Block]) -> tuple[Paragraph, ...]:
    return tuple(block for block in cell if isinstance(block, Paragraph))


def _styled(style: Style, tag: str, values: dict[str, str], *, foreign: bool) -> Style:
    """Return the style inside an element."""
    if tag in _BOLD:
        style = replace(style, bold=True)
    elif tag in _ITALIC:
        style = replace(style, italic=True)
    elif tag in _UNDERLINE:
        style = replace(style, underline=True)
    elif tag in _STRIKE:
        style = replace(style, strike=True)
    elif tag == "a":
        style = replace(style, href=sanitise.link(values.get("href", "")) or "")
    css = values.get("style", "")
    if css:
        style = _dressed(style, css, foreign=foreign)
    if tag == "font" and not foreign and (colour := _colour(values.get("color", ""))):
        style = replace(style, colour=colour)
    return style


def _dressed(style: Style, css: str, *, foreign: bool) -> Style:
    if (weight := _WEIGHT.search(css)) is not None:
        number = weight[1].lower()
        style = replace(style, bold=int(number) >= 600 if number.isdecimal() else number in {"bold", "bolder"})
    if (slant := _SLANT.search(css)) is not None:
        style = replace(style, italic=slant[1].lower() in {"italic", "oblique"})
    if (lines := _LINES.search(css)) is not None:
        drawn = lines[1].lower().split()
        style = replace(
            style,
            underline=(style.underline or "underline" in drawn) and "none" not in drawn,
            strike=(style.strike or "line-through" in drawn) and "none" not in drawn,
        )
    if foreign:
        return style
    if (colour := _COLOUR.search(css)) is not None:
        style = replace(style, colour=_colour(colour[1]))
    if (size := _SIZE.search(css)) is not None:
        style = replace(style, size_px=round(float(size[1]) * (4 / 3 if size[2].lower() == "pt" else 1)))
    return style


def _colour(written: str) -> str:
    written = written.strip().lower()
    if (rgb := _RGB.fullmatch(written)) is not None:
        red, green, blue = (min(int(part), 255) for part in rgb.groups())
        return f"#{red:02x}{green:02x}{blue:02x}"
    if re.fullmatch(r"#[0-9a-f]{3}", written):
        return "#" + "".join(2 * digit for digit in written[1:])
    return written if re.fullmatch(r"#[0-9a-f]{6}", written) else _NAMED.get(written, "")
