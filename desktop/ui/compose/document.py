"""The editor's document: how it holds the blocks of `domain.mail.written`, and `fill`, which puts them in.

`document_reading` takes them out. It holds structure and the few styles a person can set; how headings, links and the
signature look is painted over it by `marks`, so nothing of the theme is ever sent. GUI thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import cast

from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextImageFormat,
    QTextLength,
    QTextList,
    QTextListFormat,
    QTextTable,
    QTextTableFormat,
)

from desktop.domain.mail.written import (
    PLAIN,
    Block,
    Listing,
    Paragraph,
    Picture,
    Shape,
    Span,
    Style,
    Table,
    table_width_percent,
)
from desktop.domain.mail.written_html import CID
from desktop.ui.theme import font

INDENT_PX = 24
QUOTE_PX = 16
PARAGRAPH_GAP_PX = 10
_ITEM_GAP_PX = 2
_LINE_PX = 20
_CELL_PADDING_PX = 6
_BOLD = 600
_LEVELS = {Shape.TITLE: 1, Shape.HEADING: 2, Shape.SUBHEADING: 3}
_SHAPES = {level: shape for shape, level in _LEVELS.items()}
_MARKS = {
    Listing.BULLETS: (
        QTextListFormat.Style.ListDisc,
        QTextListFormat.Style.ListCircle,
        QTextListFormat.Style.ListSquare,
    ),
    Listing.NUMBERS: (
        QTextListFormat.Style.ListDecimal,
        QTextListFormat.Style.ListLowerAlpha,
        QTextListFormat.Style.ListLowerRoman,
    ),
}
SIGNATURE = QTextFormat.Property.UserProperty.value + 1
"""Set on blocks the signature was put into."""
_QUOTE = QTextFormat.Property.BlockQuoteLevel


def fill(cursor: QTextCursor, blocks: Sequence[Block], *, signature: bool = False) -> None:
    """Insert canonical blocks at a cursor, as one step to undo; a first paragraph joins the one the cursor is in."""
    cursor.beginEditBlock()
    cursor.removeSelectedText()
    lists: list[QTextList | None] = []
    fresh = False
    for number, block in enumerate(blocks):
        if isinstance(block, Table):
            lists.clear()
            if cast("QTextTable | None", cursor.currentTable()) is None:
                _insert_table(cursor, block)
            else:  # a table in a table: what it says comes one after the other
                for paragraph in (p for row in block.rows for cell in row for p in cell):
                    cursor.insertBlock()
                    _insert_spans(cursor, paragraph.spans)
            fresh = True
            continue
        if number and not fresh:
            cursor.insertBlock(QTextBlockFormat(), QTextCharFormat())
        if number or not cursor.block().text():
            _shape(cursor, block, lists, signature=signature)
        _insert_spans(cursor, block.spans)
        fresh = False
    cursor.endEditBlock()


def shape_format(shape: Shape, quote: int, *, is_item: bool, in_cell: bool = False) -> QTextBlockFormat:
    """Return the format of a paragraph: what it is, and the distances that go with it, of which a cell has none."""
    made = QTextBlockFormat()
    made.setHeadingLevel(_LEVELS.get(shape, 0))
    made.setProperty(_QUOTE, quote)
    made.setLeftMargin(QUOTE_PX * quote)
    gap = 0 if in_cell else _ITEM_GAP_PX if is_item else PARAGRAPH_GAP_PX
    made.setTopMargin(gap)
    made.setBottomMargin(gap)
    between = max(0, _LINE_PX - QFontMetrics(font("body")).height())
    made.setLineHeight(between, QTextBlockFormat.LineHeightTypes.LineDistanceHeight.value)
    return made


def shape_of(block: QTextBlock) -> Shape:
    """Return what a paragraph is."""
    return _SHAPES.get(block.blockFormat().headingLevel(), Shape.BODY)


def quote_of(block: QTextBlock) -> int:
    """Return how many levels of quoting lie around a paragraph."""
    return block.blockFormat().intProperty(_QUOTE)


def list_format(kind: Listing, depth: int) -> QTextListFormat:
    """Return the format of a list; its marks tell how deep it lies."""
    made = QTextListFormat()
    made.setStyle(_MARKS[kind][(depth - 1) % len(_MARKS[kind])])
    made.setIndent(depth)
    return made


def kind_of(listing: QTextList) -> Listing:
    """Return what kind a list is."""
    return Listing.BULLETS if listing.format().style() in _MARKS[Listing.BULLETS] else Listing.NUMBERS


def style_of(look: QTextCharFormat) -> Style:
    """Return the style a stretch of the document has."""
    colour = look.foreground().color().name() if look.hasProperty(QTextFormat.Property.ForegroundBrush.value) else ""
    return Style(
        bold=look.fontWeight() >= _BOLD,
        italic=look.fontItalic(),
        underline=look.fontUnderline(),
        strike=look.fontStrikeOut(),
        colour=colour,
        size_px=look.intProperty(QTextFormat.Property.FontPixelSize),
        href=look.anchorHref() if look.isAnchor() else "",
    )


def look_of(style: Style) -> QTextCharFormat:
    """Return the format that shows a style."""
    made = QTextCharFormat()
    if style.bold:
        made.setFontWeight(QFont.Weight.DemiBold)
    if style.italic:
        made.setFontItalic(True)
    if style.underline:
        made.setFontUnderline(True)
    if style.strike:
        made.setFontStrikeOut(True)
    if style.colour:
        made.setForeground(QColor(style.colour))
    if style.size_px:
        made.setProperty(QTextFormat.Property.FontPixelSize, style.size_px)
    if style.href:
        made.setAnchor(True)
        made.setAnchorHref(style.href)
    return made


def picture_format(picture: Picture) -> QTextImageFormat:
    """Return the format of a picture in the text."""
    made = QTextImageFormat()
    made.setName(CID + picture.content_id)
    made.setProperty(QTextFormat.Property.ImageAltText, picture.alt)
    if picture.width_px:
        made.setWidth(picture.width_px)
    return made


def picture_of(look: QTextImageFormat) -> Picture:
    """Return the picture a format shows."""
    width = look.width() if look.hasProperty(QTextFormat.Property.ImageWidth.value) else 0
    alt = look.property(QTextFormat.Property.ImageAltText.value)
    return Picture(look.name().removeprefix(CID), alt if isinstance(alt, str) else "", round(width))


def table_format(rows: int, columns: int, line: QColor) -> QTextTableFormat:
    """Return the format of a simple table."""
    made = QTextTableFormat()
    made.setBorder(1)
    made.setBorderBrush(line)
    made.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    made.setBorderCollapse(True)
    made.setCellPadding(_CELL_PADDING_PX)
    made.setCellSpacing(0)
    made.setTopMargin(4)
    made.setBottomMargin(4)
    if rows and columns:
        share = QTextLength(QTextLength.Type.PercentageLength, 100 / columns)
        made.setColumnWidthConstraints([share] * columns)
        made.setWidth(QTextLength(QTextLength.Type.PercentageLength, table_width_percent(columns)))
    return made


TABLE_LINE = QColor("#8A929C")
"""Seen on light and on dark alike: it stays in the document when the theme changes."""


def _shape(
    cursor: QTextCursor,
    paragraph: Paragraph,
    lists: list[QTextList | None],
    *,
    signature: bool = False,
    in_cell: bool = False,
) -> None:
    depth = len(paragraph.lists)
    made = shape_format(paragraph.shape, paragraph.quote, is_item=depth > 0, in_cell=in_cell)
    if signature:
        made.setProperty(SIGNATURE, True)
    before = cast("QTextList | None", cursor.block().textList())
    if before is not None and depth == 0:
        before.remove(cursor.block())
    cursor.setBlockFormat(made)
    del lists[depth:]
    if depth == 0:
        return
    kind = paragraph.lists[-1]
    current = lists[-1] if len(lists) == depth else None
    if current is not None and kind_of(current) is kind:
        current.add(cursor.block())
        return
    del lists[depth - 1 :]
    lists += [None] * (depth - 1 - len(lists))
    lists.append(cursor.createList(list_format(kind, depth)))


def _insert_spans(cursor: QTextCursor, spans: Iterable[Span]) -> None:
    for span in spans:
        if isinstance(span, Picture):
            cursor.insertImage(picture_format(span))
        else:
            cursor.insertText(span.text.replace("\n", "\u2028"), look_of(span.style))
    cursor.setCharFormat(look_of(PLAIN))


def _insert_table(cursor: QTextCursor, table: Table) -> None:
    columns = len(table.rows[0])
    made = cursor.insertTable(len(table.rows), columns, table_format(len(table.rows), columns, TABLE_LINE))
    for row, cells in enumerate(table.rows):
        for column, cell in enumerate(cells):
            inner = made.cellAt(row, column).firstCursorPosition()
            lists: list[QTextList | None] = []
            for number, paragraph in enumerate(cell):
                if number:
                    inner.insertBlock(QTextBlockFormat(), QTextCharFormat())
                _shape(inner, paragraph, lists, in_cell=True)
                _insert_spans(inner, paragraph.spans)
    cursor.setPosition(made.lastPosition() + 1)
