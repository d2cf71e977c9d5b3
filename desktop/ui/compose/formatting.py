"""What the tool row and the keys do to the text: each function one change, one step to undo. GUI thread."""

from __future__ import annotations

from typing import cast

from PySide6.QtGui import (
    QFont,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextList,
    QTextTable,
)
from PySide6.QtWidgets import QTextEdit

from desktop.domain.mail.written import MAX_DEPTH, NO_BREAK, PLAIN, Listing, Paragraph, Shape, Style, Table
from desktop.ui.compose import document

_TAB_CHARS = 4
"""A tab is so many spaces: HTML has none."""


def toggle(edit: QTextEdit, mark: str) -> None:
    """Switch a mark of `Style` ("bold", "italic", "underline", "strike") for what is selected, or for what comes."""
    on = not has(edit, mark)
    change = QTextCharFormat()
    if mark == "bold":
        change.setFontWeight(QFont.Weight.DemiBold if on else QFont.Weight.Normal)
    elif mark == "italic":
        change.setFontItalic(on)
    elif mark == "underline":
        change.setFontUnderline(on)
    else:
        change.setFontStrikeOut(on)
    edit.mergeCurrentCharFormat(change)


def has(edit: QTextEdit, mark: str) -> bool:
    """Return whether a mark is on where the cursor stands."""
    return bool(getattr(document.style_of(edit.currentCharFormat()), mark))


def set_shape(edit: QTextEdit, shape: Shape) -> None:
    """Make the selected paragraphs body or headings; a heading is no item of a list."""
    cursor = edit.textCursor()
    cursor.beginEditBlock()
    for block in _blocks(cursor):
        listing = listing_at(block)
        if listing is not None and shape is not Shape.BODY:
            listing.remove(block)
        is_item = listing_at(block) is not None
        _dress(block, document.shape_format(shape, document.quote_of(block), is_item=is_item))
    cursor.endEditBlock()


def toggle_list(edit: QTextEdit, kind: Listing) -> None:
    """Make the selected paragraphs items of such a list, or take them out of it."""
    cursor = edit.textCursor()
    cursor.beginEditBlock()
    blocks = _blocks(cursor)
    if all((listing := listing_at(block)) is not None and document.kind_of(listing) is kind for block in blocks):
        for block in blocks:
            _leave_list(block)
    else:
        for block in blocks:
            _enter_list(block, kind, _depth(block) or 1)
    cursor.endEditBlock()


def nest(edit: QTextEdit, way: int) -> bool:
    """Move the items one level deeper (1) or out (-1); returns False where there is no list."""
    cursor = edit.textCursor()
    blocks = [block for block in _blocks(cursor) if listing_at(block) is not None]
    if not blocks:
        return False
    cursor.beginEditBlock()
    for block in blocks:
        listing = listing_at(block)
        depth = _depth(block) + way
        if listing is None or depth > MAX_DEPTH:
            continue
        if depth < 1:
            _leave_list(block)
        else:
            _enter_list(block, document.kind_of(listing), depth)
    cursor.endEditBlock()
    return True


def toggle_quote(edit: QTextEdit) -> None:
    """Put the selected paragraphs into a quote, or take them out."""
    cursor = edit.textCursor()
    blocks = _blocks(cursor)
    level = 0 if all(document.quote_of(block) for block in blocks) else 1
    cursor.beginEditBlock()
    for block in blocks:
        is_item = listing_at(block) is not None
        _dress(block, document.shape_format(document.shape_of(block), level, is_item=is_item))
    cursor.endEditBlock()


def step_out(edit: QTextEdit) -> bool:
    """Leave the list or quote of an empty paragraph; returns False where it lies in none."""
    block = edit.textCursor().block()
    if listing_at(block) is not None:
        return nest(edit, -1)
    if document.quote_of(block):
        toggle_quote(edit)
        return True
    return False


def plain_paragraph(edit: QTextEdit) -> bool:
    """Take one thing off the paragraph the cursor is in: its list, quote or heading; returns False if it has none."""
    block = edit.textCursor().block()
    if document.shape_of(block) is not Shape.BODY:
        set_shape(edit, Shape.BODY)
        return True
    return step_out(edit)


def clear(edit: QTextEdit) -> None:
    """Take every style off what is selected, or off the paragraph: text, pictures and tables stay."""
    cursor = edit.textCursor()
    cursor.beginEditBlock()
    for block in _blocks(cursor):
        _leave_list(block)
        _dress(block, document.shape_format(Shape.BODY, 0, is_item=False))
    if not cursor.hasSelection():
        cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
    start, end = cursor.selectionStart(), cursor.selectionEnd()
    for at, length in [each for block in _blocks(cursor) for each in _runs(block)]:
        inner = QTextCursor(edit.document())
        inner.setPosition(max(at, start))
        inner.setPosition(min(at + length, end), QTextCursor.MoveMode.KeepAnchor)
        if inner.hasSelection():
            inner.setCharFormat(QTextCharFormat())
    cursor.endEditBlock()
    if not edit.textCursor().hasSelection():  # else it would be set on the pictures too
        edit.setCurrentCharFormat(QTextCharFormat())


def link_at(cursor: QTextCursor) -> tuple[QTextCursor, str] | None:
    """Return the whole link the cursor stands in, selected, and its target."""
    block = cursor.block()
    at = cursor.selectionStart() - block.position()
    found: list[tuple[int, int, str]] = []
    step = block.begin()
    while not step.atEnd():
        fragment = step.fragment()
        look = fragment.charFormat()
        start = fragment.position() - block.position()
        if look.isAnchor() and look.anchorHref():
            if found and found[-1][1] == start and found[-1][2] == look.anchorHref():
                found[-1] = (found[-1][0], start + fragment.length(), look.anchorHref())
            else:
                found.append((start, start + fragment.length(), look.anchorHref()))
        step += 1
    for start, end, href in found:
        if start <= at <= end:
            whole = QTextCursor(block)
            whole.setPosition(block.position() + start)
            whole.setPosition(block.position() + end, QTextCursor.MoveMode.KeepAnchor)
            return whole, href
    return None


def set_link(edit: QTextEdit, text: str, href: str) -> None:
    """Make the selection, or the link the cursor is in, a link with these words; an empty target unmakes it."""
    cursor = edit.textCursor()
    around = link_at(cursor)
    if around is not None:
        cursor = around[0]
    before = QTextCursor(cursor)
    before.setPosition(cursor.selectionStart() + 1 if cursor.hasSelection() else cursor.position())
    style = document.style_of(before.charFormat()) if cursor.hasSelection() else PLAIN
    cursor.beginEditBlock()
    cursor.insertText(
        text or href.removeprefix("mailto:"),
        document.look_of(Style(style.bold, style.italic, strike=style.strike, size_px=style.size_px, href=href)),
    )
    cursor.endEditBlock()
    cursor.setCharFormat(document.look_of(PLAIN))
    edit.setTextCursor(cursor)
    edit.setCurrentCharFormat(document.look_of(PLAIN))


def step_off_link(edit: QTextEdit) -> None:
    """Let what is typed at an edge of a link stand beside it; only within its words it grows."""
    cursor = edit.textCursor()
    style = document.style_of(edit.currentCharFormat())
    if not style.href or cursor.hasSelection():
        return
    before, behind = (_href_at(cursor, offset) for offset in (0, 1))
    if before != behind:
        edit.setCurrentCharFormat(
            document.look_of(Style(style.bold, style.italic, strike=style.strike, size_px=style.size_px))
        )


def _href_at(cursor: QTextCursor, offset: int) -> str:
    """Return where the letter before the cursor leads (offset 0), or the one behind it (1); "" where there is none."""
    at = cursor.positionInBlock() + offset
    if not 0 < at < cursor.block().length():
        return ""
    letter = QTextCursor(cursor.block())
    letter.setPosition(cursor.block().position() + at)
    return document.style_of(letter.charFormat()).href


def indent(edit: QTextEdit, way: int) -> None:
    """Put in what Tab does where it means nothing else (1), or take one out before the cursor (-1)."""
    cursor = edit.textCursor()
    if way > 0:
        cursor.insertText(NO_BREAK * _TAB_CHARS)
        return
    before = cursor.block().text()[: cursor.positionInBlock()][-_TAB_CHARS:]
    spaces = len(before) - len(before.rstrip(f" {NO_BREAK}\t"))
    if spaces and not cursor.hasSelection():
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, spaces)
        cursor.removeSelectedText()


def insert_table(edit: QTextEdit, rows: int, columns: int) -> None:
    """Insert an empty table where there is none yet, and go to its first cell."""
    cursor = edit.textCursor()
    if table_at(cursor) is not None:
        return
    start = cursor.selectionStart()
    empty = ((Paragraph(),),) * columns
    document.fill(cursor, (Paragraph(), Table((empty,) * rows), Paragraph()))
    first = QTextCursor(edit.document())
    first.setPosition(start)
    while table_at(first) is None and first.movePosition(QTextCursor.MoveOperation.NextBlock):
        pass
    edit.setTextCursor(first)


def table_at(cursor: QTextCursor) -> QTextTable | None:
    """Return the table the cursor is in."""
    return cast("QTextTable | None", cursor.currentTable())


def to_cell(edit: QTextEdit, way: int) -> bool:
    """Go to the next cell (1) or the one before (-1); behind the last a row is added. False outside of tables."""
    cursor = edit.textCursor()
    table = table_at(cursor)
    if table is None:
        return False
    cell = table.cellAt(cursor)
    number = cell.row() * table.columns() + cell.column() + way
    if number >= table.rows() * table.columns():
        cursor.beginEditBlock()
        table.appendRows(1)
        _settle(table)
        cursor.endEditBlock()
    if number >= 0:
        target = table.cellAt(*divmod(number, table.columns())).firstCursorPosition()
        target.movePosition(QTextCursor.MoveOperation.EndOfBlock)
        edit.setTextCursor(target)
    return True


def remove_from_table(edit: QTextEdit, *, row: bool) -> None:
    """Remove the row or the column the cursor is in."""
    cursor = edit.textCursor()
    table = table_at(cursor)
    if table is not None:
        cell = table.cellAt(cursor)
        is_last = (table.rows() if row else table.columns()) == 1
        at, column = cell.row(), cell.column()
        cursor.beginEditBlock()
        if row:
            table.removeRows(at, 1)
        else:
            table.removeColumns(column, 1)
        if not is_last:
            beside = table.cellAt(min(at, table.rows() - 1), min(column, table.columns() - 1))
            edit.setTextCursor(beside.firstCursorPosition())
            _settle(table)
        cursor.endEditBlock()


def add_to_table(edit: QTextEdit, *, row: bool) -> None:
    """Add a row below or a column after the one the cursor is in."""
    cursor = edit.textCursor()
    table = table_at(cursor)
    if table is not None:
        cell = table.cellAt(cursor)
        cursor.beginEditBlock()
        if row:
            table.insertRows(cell.row() + 1, 1)
        else:
            table.insertColumns(cell.column() + 1, 1)
        _settle(table)
        cursor.endEditBlock()


def _settle(table: QTextTable) -> None:
    """Give a table as it is now the width that it is sent with, and cells that are new the look of the others."""
    table.setFormat(document.table_format(table.rows(), table.columns(), document.TABLE_LINE))
    plain = document.shape_format(Shape.BODY, 0, is_item=False, in_cell=True)
    for number in range(table.rows() * table.columns()):
        block = table.cellAt(*divmod(number, table.columns())).firstCursorPosition().block()
        if not block.blockFormat().hasProperty(QTextFormat.Property.LineHeight.value):
            _dress(block, QTextBlockFormat(plain))


def _blocks(cursor: QTextCursor) -> list[QTextBlock]:
    block = cursor.document().findBlock(cursor.selectionStart())
    last = cursor.document().findBlock(cursor.selectionEnd())
    found = [block]
    while block != last and block.next().isValid():
        block = block.next()
        found.append(block)
    return found


def _runs(block: QTextBlock) -> list[tuple[int, int]]:
    """Return place and length of the stretches of text, pictures left out."""
    found: list[tuple[int, int]] = []
    at = block.begin()
    while not at.atEnd():
        fragment = at.fragment()
        if not fragment.charFormat().isImageFormat():
            found.append((fragment.position(), fragment.length()))
        at += 1
    return found


def listing_at(block: QTextBlock) -> QTextList | None:
    """Return the list a paragraph is an item of."""
    return cast("QTextList | None", block.textList())


def _depth(block: QTextBlock) -> int:
    listing = listing_at(block)
    return max(listing.format().indent(), 1) if listing is not None else 0


def _leave_list(block: QTextBlock) -> None:
    listing = listing_at(block)
    if listing is not None:
        listing.remove(block)
        _dress(block, document.shape_format(document.shape_of(block), document.quote_of(block), is_item=False))


def _enter_list(block: QTextBlock, kind: Listing, depth: int) -> None:
    """Join the list before or after the block where it is of the kind and depth, else begin one."""
    before = listing_at(block)
    if before is not None:
        before.remove(block)
    _dress(block, document.shape_format(Shape.BODY, document.quote_of(block), is_item=True))
    for neighbour in (_upwards(block, depth), block.next()):
        listing = listing_at(neighbour) if neighbour.isValid() else None
        if (
            listing is not None
            and document.kind_of(listing) is kind
            and listing.format().indent() == depth
            and document.quote_of(neighbour) == document.quote_of(block)
        ):
            listing.add(block)
            return
    QTextCursor(block).createList(document.list_format(kind, depth))


def _upwards(block: QTextBlock, depth: int) -> QTextBlock:
    """Return the nearest item above that is not deeper."""
    above = block.previous()
    while above.isValid() and _depth(above) > depth:
        above = above.previous()
    return above


def _dress(block: QTextBlock, look: QTextBlockFormat) -> None:
    if table_at(QTextCursor(block)) is not None:
        look.setTopMargin(0)
        look.setBottomMargin(0)
    look.setObjectIndex(block.blockFormat().objectIndex())  # of the list it is in, which would else forget it
    QTextCursor(block).setBlockFormat(look)
