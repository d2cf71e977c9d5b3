"""What stands in the editor's document, as blocks of `domain.mail.written`, and where. GUI thread.

It is read with every saving, so it has to be quick: Qt keeps each format once, and so each is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from PySide6.QtGui import QTextBlock, QTextDocument, QTextFragment, QTextFrame, QTextList, QTextTable

from desktop.domain.mail.written import Block, Listing, Paragraph, Picture, Run, Shape, Span, Style, Table
from desktop.ui.compose import document


@dataclass(frozen=True, slots=True)
class Place:
    """A block and the positions it covers in the document."""

    block: Block
    start: int
    end: int


def read(text: QTextDocument) -> tuple[Block, ...]:
    """Return what stands in the document; not yet canonical."""
    return tuple(place.block for place in places(text))


def places(text: QTextDocument) -> Iterator[Place]:
    """Yield every block of the document with its place."""
    return _Reading().places(text.rootFrame())


class _Reading:
    """One walk over a document, and the formats seen on it by their numbers."""

    def __init__(self) -> None:
        self._looks: dict[int, Style | Picture] = {}
        self._shapes: dict[int, tuple[Shape, int, Listing | None, int]] = {}
        self._kinds: list[Listing] = []
        """The lists around the item that was read last."""

    def places(self, frame: QTextFrame) -> Iterator[Place]:
        for each in _children(frame):
            if isinstance(each, QTextTable):
                self._kinds.clear()
                yield Place(self._table(each), each.firstPosition(), each.lastPosition())
                self._kinds.clear()
            elif isinstance(each, QTextBlock):
                yield Place(self._paragraph(each), each.position(), each.position() + each.length() - 1)

    def _table(self, table: QTextTable) -> Table:
        rows = (
            tuple(self._cell(table, row, column) for column in range(table.columns())) for row in range(table.rows())
        )
        return Table(tuple(rows))

    def _cell(self, table: QTextTable, row: int, column: int) -> tuple[Paragraph, ...]:
        self._kinds.clear()
        found: list[Paragraph] = []
        at = table.cellAt(row, column).begin()
        while not at.atEnd():
            if cast("QTextFrame | None", at.currentFrame()) is None:
                found.append(self._paragraph(at.currentBlock()))
            at += 1
        return tuple(found)

    def _paragraph(self, block: QTextBlock) -> Paragraph:
        number = block.blockFormatIndex()
        known = self._shapes.get(number)
        if known is None:
            listing = cast("QTextList | None", block.textList())
            kind = None if listing is None else document.kind_of(listing)
            depth = 0 if listing is None else max(listing.format().indent(), 1)
            known = self._shapes[number] = (document.shape_of(block), document.quote_of(block), kind, depth)
        shape, quote, kind, depth = known
        if kind is None:
            self._kinds.clear()
        else:
            del self._kinds[depth - 1 :]
            self._kinds += [kind] * (depth - len(self._kinds))
        return Paragraph(tuple(self._spans(block)), shape, tuple(self._kinds), quote)

    def _spans(self, block: QTextBlock) -> Iterator[Span]:
        at = block.begin()
        while not at.atEnd():
            fragment = at.fragment()
            look, text = self._look(fragment), fragment.text()
            if isinstance(look, Picture):
                yield from [look] * len(text)
            else:
                yield Run(text, look)
            at += 1

    def _look(self, fragment: QTextFragment) -> Style | Picture:
        number = fragment.charFormatIndex()
        known = self._looks.get(number)
        if known is None:
            made = fragment.charFormat()
            known = document.picture_of(made.toImageFormat()) if made.isImageFormat() else document.style_of(made)
            self._looks[number] = known
        return known


def _children(frame: QTextFrame) -> Iterator[QTextFrame | QTextBlock]:
    at = frame.begin()
    while not at.atEnd():
        inner = cast("QTextFrame | None", at.currentFrame())  # its stub never heard of none
        yield inner if inner is not None else at.currentBlock()
        at += 1
