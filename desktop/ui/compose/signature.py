"""The signature in the text: found again as long as nobody touched it, and exchanged with the identity. GUI thread."""

from __future__ import annotations

from PySide6.QtGui import QTextCursor

from desktop.domain.mail.draft import Draft, Identity
from desktop.domain.mail.signature import SIGN
from desktop.domain.mail.written import Block, Paragraph, canonical, is_blank
from desktop.domain.mail.written_text import text_of
from desktop.ui.compose import document, document_reading
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.marks import units


def html_for(identity: Identity, draft: Draft) -> str:
    """Return the signature below this draft: answers and forwarded mails may have one of their own."""
    answers = draft.origin is not None or bool(draft.in_reply_to)
    return identity.signature if identity.reply_signature is None or not answers else identity.reply_signature


def is_there(editor: Editor, signature: tuple[Block, ...]) -> bool:
    """Return whether the text has this signature as it was put in."""
    return not is_blank(signature) and _place(editor, signature) is not None


def exchange(editor: Editor, before: tuple[Block, ...], after: tuple[Block, ...]) -> None:
    """Put another signature in the place of an untouched one, or at the end where there was none."""
    if is_blank(before):
        if not is_blank(after):
            _append(editor, after)
        return
    place = _place(editor, before)
    if place is None:
        return  # somebody changed it: it is text of his now
    cursor = QTextCursor(editor.document())
    cursor.setPosition(place[0])
    cursor.setPosition(place[1], QTextCursor.MoveMode.KeepAnchor)
    cursor.beginEditBlock()
    cursor.removeSelectedText()
    if is_blank(after):
        if not editor.is_plain and cursor.position() > 0:
            cursor.deletePreviousChar()
    elif editor.is_plain:
        cursor.insertText(_plain(after))
    else:
        document.fill(cursor, after, signature=True)
    cursor.endEditBlock()


def mark(editor: Editor, signature: tuple[Block, ...]) -> None:
    """Show a signature that came with a draft as one."""
    place = None if editor.is_plain or is_blank(signature) else _place(editor, signature)
    if place is None:
        return
    block = editor.document().findBlock(place[0])
    while block.isValid() and block.position() <= place[1]:
        look = block.blockFormat()
        look.setProperty(document.SIGNATURE, True)
        QTextCursor(block).setBlockFormat(look)
        block = block.next()


def _append(editor: Editor, signature: tuple[Block, ...]) -> None:
    at_start = editor.textCursor().position() == 0
    cursor = QTextCursor(editor.document())
    cursor.beginEditBlock()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    if editor.is_plain:
        cursor.insertText("\n\n" + _plain(signature))
    else:
        document.fill(cursor, (Paragraph(), Paragraph()))
        document.fill(cursor, signature, signature=True)
    cursor.endEditBlock()
    if at_start:
        editor.moveCursor(QTextCursor.MoveOperation.Start)


def _plain(signature: tuple[Block, ...]) -> str:
    """Return the signature under the sign that readers know it by (RFC 3676, 4.3)."""
    return f"{SIGN}\n{text_of(signature)}"


def _place(editor: Editor, signature: tuple[Block, ...]) -> tuple[int, int] | None:
    """Return where the signature begins and ends in the document; the last one where it stands twice."""
    if editor.is_plain:
        text, wanted = editor.toPlainText(), _plain(signature)
        at = text.rfind(wanted)
        return None if at < 0 else (units(text, at), units(text, at + len(wanted)))
    wanted_blocks = canonical(signature)
    there = list(document_reading.places(editor.document()))
    size = len(wanted_blocks)
    for first in range(len(there) - size, -1, -1):
        window = there[first : first + size]
        if _letters(window[0].block) != _letters(wanted_blocks[0]):
            continue  # most are told apart by this, and the rest costs more
        if canonical(place.block for place in window) == wanted_blocks:
            return window[0].start, window[-1].end
    return None


def _letters(block: Block) -> str:
    return "".join(block.text.split()) if isinstance(block, Paragraph) else ""
