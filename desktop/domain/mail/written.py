"""What a person writes, as the editor, its HTML and the plain text have it in common: paragraphs, tables, their spans.

The editor's document is flat, and so is this: a list is a run of paragraphs that say how deep in which lists they lie.
`canonical` brings any sequence of blocks into the one shape that all three agree on. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

MAX_DEPTH = 6
"""Of lists and of quotes; what lies deeper is drawn up to here."""
SIZES_PX = (8, 72)
_COLUMN_PERCENT = 25
WIDTHS_PX = (1, 2000)

NO_BREAK = "\u00a0"
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_BREAKS = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f\ufffc\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")


class Shape(StrEnum):
    """What a paragraph is: the HTML element it becomes outside of a list."""

    BODY = "p"
    TITLE = "h1"
    HEADING = "h2"
    SUBHEADING = "h3"


class Listing(StrEnum):
    """A kind of list, by its HTML element."""

    BULLETS = "ul"
    NUMBERS = "ol"


@dataclass(frozen=True, slots=True)
class Style:
    """How a stretch of text looks. A colour is `#rrggbb` or "" for that of the page, a size whole px or 0 for its."""

    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False
    colour: str = ""
    size_px: int = 0
    href: str = ""
    """http, https or mailto; "" where the text is no link."""


PLAIN = Style()


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style; "\\n" is a line break inside the paragraph."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in the text. `width_px` is 0 for its own width."""

    content_id: str
    alt: str = ""
    width_px: int = 0


Span = Run | Picture


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph or list item."""

    spans: tuple[Span, ...] = ()
    shape: Shape = Shape.BODY
    lists: tuple[Listing, ...] = ()
    """The lists it is an item of, outermost first."""
    quote: int = 0
    """So many levels of quoting lie around it."""

    @property
    def text(self) -> str:
        """Its words alone."""
        return "".join(span.text for span in self.spans if isinstance(span, Run))


@dataclass(frozen=True, slots=True)
class Table:
    """A simple table: every row has the same number of cells, every cell at least one paragraph."""

    rows: tuple[tuple[tuple[Paragraph, ...], ...], ...]

    @property
    def width_percent(self) -> int:
        """So much of the text's width it takes, as it is written and as it is sent; its columns share it equally."""
        return table_width_percent(len(self.rows[0]))


def table_width_percent(columns: int) -> int:
    """Return the width of a table with so many columns: a quarter of the text for each, at most all of it."""
    return min(100, _COLUMN_PERCENT * columns)


Block = Paragraph | Table


def canonical(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the blocks as the editor would hold them; doing it again changes nothing.

    Neighbours of one style are one run, empty ones go; a table has a paragraph before and behind it; spaces that HTML
    would fold do not break; an item lies in the lists of the item before it; what neither can hold is gone.
    """
    out: list[Block] = []
    around: tuple[Listing, ...] = ()
    quote = 0
    for block in blocks:
        if isinstance(block, Table):
            table = _table(block)
            if table is None:
                continue
            if not out or isinstance(out[-1], Table):
                out.append(Paragraph())
            out.append(table)
            around = ()
        else:
            made = _paragraph(block, around if block.quote == quote else ())
            around, quote = made.lists, made.quote
            out.append(made)
    if not out or isinstance(out[-1], Table):
        out.append(Paragraph())
    return tuple(out)


def is_plain(blocks: Sequence[Block]) -> bool:
    """Return whether plain text says all of it: no style, list, table, picture or link."""
    return all(
        isinstance(block, Paragraph)
        and block.shape is Shape.BODY
        and not block.lists
        and all(isinstance(span, Run) and span.style == PLAIN for span in block.spans)
        for block in blocks
    )


def is_blank(blocks: Sequence[Block]) -> bool:
    """Return whether nothing can be seen."""
    return all(
        isinstance(block, Paragraph) and not block.text.strip() and not any(isinstance(s, Picture) for s in block.spans)
        for block in blocks
    )


def pictures(blocks: Iterable[Block]) -> tuple[str, ...]:
    """Return the content ids of all pictures, each once, in order."""
    found: dict[str, None] = {}
    for paragraph in paragraphs(blocks):
        for span in paragraph.spans:
            if isinstance(span, Picture):
                found[span.content_id] = None
    return tuple(found)


def without_pictures(blocks: Iterable[Block], known: Callable[[str], bool]) -> tuple[Block, ...]:
    """Return the blocks without the pictures whose content id nobody knows."""

    def kept(paragraph: Paragraph) -> Paragraph:
        spans = tuple(s for s in paragraph.spans if not isinstance(s, Picture) or known(s.content_id))
        return replace(paragraph, spans=spans)

    return tuple(
        Table(tuple(tuple(tuple(kept(p) for p in cell) for cell in row) for row in block.rows))
        if isinstance(block, Table)
        else kept(block)
        for block in blocks
    )


def paragraphs(blocks: Iterable[Block]) -> Iterable[Paragraph]:
    """Yield every paragraph, those in tables too."""
    for block in blocks:
        if isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    yield from cell
        else:
            yield block


def _table(table: Table) -> Table | None:
    width = max((len(row) for row in table.rows), default=0)
    if width == 0:
        return None
    empty = (Paragraph(),)
    return Table(
        tuple(
            tuple(
                # what lies in a cell stands in no quote of its own
                _cell(cell) or empty
                for cell in (*row, *[empty] * (width - len(row)))
            )
            for row in table.rows
        )
    )


def _cell(paragraphs: Sequence[Paragraph]) -> tuple[Paragraph, ...]:
    out: list[Paragraph] = []
    for each in paragraphs:
        out.append(_paragraph(replace(each, quote=0), out[-1].lists if out else ()))
    return tuple(out)


def _paragraph(paragraph: Paragraph, around: tuple[Listing, ...]) -> Paragraph:
    spans: list[Span] = []
    for span in paragraph.spans:
        if isinstance(span, Picture):
            if span.content_id:
                alt = " ".join(_NO_TEXT.sub("", span.alt).split())
                low, high = WIDTHS_PX
                spans.append(replace(span, alt=alt, width_px=span.width_px if low <= span.width_px <= high else 0))
            continue
        text = _NO_TEXT.sub("", _BREAKS.sub("\n", span.text.replace("\r\n", "\n").replace("\t", "    ")))
        style = _style(span.style)
        if not text:
            continue
        last = spans[-1] if spans else None
        if isinstance(last, Run) and last.style == style:
            spans[-1] = Run(last.text + text, style)
        else:
            spans.append(Run(text, style))
    lists = paragraph.lists[:MAX_DEPTH]
    if lists:
        outer = around[: len(lists) - 1]
        lists = (*outer, *[lists[-1]] * (len(lists) - len(outer)))
    return Paragraph(
        _spaced(spans),
        Shape.BODY if lists else paragraph.shape,
        lists,
        min(max(paragraph.quote, 0), MAX_DEPTH),
    )


def _spaced(spans: Sequence[Span]) -> tuple[Span, ...]:
    """Return spans whose spaces all show: none ends a line, none begins one or follows another and breaks."""
    out: list[Span] = []
    follows_text = False
    for number, span in enumerate(spans):
        if isinstance(span, Picture):
            follows_text = True
            out.append(span)
            continue
        letters: list[str] = []
        for at, letter in enumerate(span.text):
            if letter != " ":
                follows_text = letter != "\n"
                letters.append(letter)
            elif not _ends_line(spans, number, at):
                letters.append(" " if follows_text else NO_BREAK)
                follows_text = not follows_text
        text = "".join(letters)
        last = out[-1] if out else None
        if text and isinstance(last, Run) and last.style == span.style:
            out[-1] = Run(last.text + text, last.style)
        elif text:
            out.append(Run(text, span.style))
    return tuple(out)


def _ends_line(spans: Sequence[Span], number: int, at: int) -> bool:
    """Return whether nothing but spaces follows before the line or the paragraph ends."""
    for span in spans[number:]:
        if isinstance(span, Picture):
            return False
        for letter in span.text[at:] if span is spans[number] else span.text:
            if letter != " ":
                return letter == "\n"
    return True


def _style(style: Style) -> Style:
    low, high = SIZES_PX
    colour = style.colour.lower()
    return replace(
        style,
        # a link is underlined and coloured by being one
        underline=style.underline and not style.href,
        colour=colour if _COLOUR.fullmatch(colour) and not style.href else "",
        size_px=style.size_px if low <= style.size_px <= high else 0,
    )
