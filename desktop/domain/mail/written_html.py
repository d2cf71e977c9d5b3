"""HTML of what a person wrote, as small and clean as it can be. `written_reading.read` of it gives the same blocks.

p, h1 to h3, ul, ol, li, blockquote, table, tr, td, br, b, i, u, s, a, img with `cid:`, and a span only where a colour
or a size was set. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from urllib.parse import quote

from desktop.domain.mail.written import NO_BREAK, Block, Listing, Paragraph, Picture, Run, Shape, Span, Table

CID = "cid:"
"""Before the content id of a picture that goes along (RFC 2392)."""
_TABLE = '<table border="1" cellpadding="6" cellspacing="0" width="{}%" style="border-collapse:collapse">'
_SAFE_IN_CID = "@.$!*+-_=~"


def write(blocks: Sequence[Block], source: Callable[[str], str] | None = None) -> str:
    """Return canonical blocks as HTML; `source` gives the address of a picture that does not go along."""
    writer = _Writer(source or cid)
    for block in blocks:
        writer.add(block)
    writer.close(0, ())
    return "".join(writer.out)


def cid(content_id: str) -> str:
    """Return the address of a picture that goes along."""
    return CID + quote(content_id, safe=_SAFE_IN_CID)


class _Writer:
    """Opens and closes lists and quotes as the flat blocks ask for it."""

    def __init__(self, source: Callable[[str], str]) -> None:
        self._source = source
        self.out: list[str] = []
        self._quote = 0
        self._lists: list[Listing] = []

    def add(self, block: Block) -> None:
        if isinstance(block, Table):
            self.close(0, ())
            self.out.append(_TABLE.format(block.width_percent))
            share = f' width="{100 // len(block.rows[0])}%"'
            for row in block.rows:
                cells = "".join(f"<td{share}>{_cell(cell, self._source)}</td>" for cell in row)
                self.out.append(f"<tr>{cells}</tr>")
                share = ""  # the first row says it for all
            self.out.append("</table>")
            return
        self.close(block.quote, block.lists)
        while self._quote < block.quote:
            self.out.append("<blockquote>")
            self._quote += 1
        inner = _inner(block, self._source)
        if not block.lists:
            self.out.append(f"<{block.shape}>{inner}</{block.shape}>")
            return
        if len(self._lists) == len(block.lists):
            self.out.append("</li><li>")
        while len(self._lists) < len(block.lists):
            kind = block.lists[len(self._lists)]
            self._lists.append(kind)
            self.out.append(f"<{kind}><li>")
        self.out.append(inner)

    def close(self, quote_level: int, lists: tuple[Listing, ...]) -> None:
        """End the lists and quotes that what follows does not lie in."""
        same = 0
        if quote_level == self._quote:
            while same < min(len(self._lists), len(lists)) and self._lists[same] is lists[same]:
                same += 1
        while len(self._lists) > same:
            self.out.append(f"</li></{self._lists.pop()}>")
        while self._quote > quote_level:
            self.out.append("</blockquote>")
            self._quote -= 1


def _cell(paragraphs: Sequence[Paragraph], source: Callable[[str], str]) -> str:
    """Return what stands in a cell: one paragraph without the distances that would make the row higher."""
    only = paragraphs[0]
    if len(paragraphs) == 1 and only.shape is Shape.BODY and not only.lists and not only.quote:
        return _inner(only, source)
    return write(paragraphs, source)


def _inner(paragraph: Paragraph, source: Callable[[str], str]) -> str:
    # without anything in it a paragraph has no height, and a break at its end is not seen
    last = paragraph.spans[-1] if paragraph.spans else Run("\n")
    padding = "<br>" if isinstance(last, Run) and last.text.endswith("\n") else ""
    return "".join(_written(span, source) for span in paragraph.spans) + padding


def _written(span: Span, source: Callable[[str], str]) -> str:
    if isinstance(span, Picture):
        alt = f' alt="{escape(span.alt)}"' if span.alt else ""
        width = f' width="{span.width_px}"' if span.width_px else ""
        return f'<img src="{escape(source(span.content_id))}"{alt}{width}>'
    style = span.style
    text = escape(span.text, quote=False).replace(NO_BREAK, "&nbsp;").replace("\n", "<br>")
    css = ";".join(
        filter(
            None,
            (f"color:{style.colour}" if style.colour else "", f"font-size:{style.size_px}px" if style.size_px else ""),
        )
    )
    for on, tag in ((style.strike, "s"), (style.underline, "u"), (style.italic, "i"), (style.bold, "b")):
        if on:
            text = f"<{tag}>{text}</{tag}>"
    if css:
        text = f'<span style="{css}">{text}</span>'
    return f'<a href="{escape(style.href)}">{text}</a>' if style.href else text
