"""The text one writes: a rich editor as high as its content, which the window scrolls. GUI thread.

It never loads anything: pictures are those handed to it by content id. What is pasted or dropped is told to the window,
which has files kept and foreign HTML made safe away from this thread; plain text goes in at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QMimeData, QPoint, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QImage,
    QInputMethodEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextDocumentFragment,
    QTextOption,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QTextEdit, QWidget

from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain.mail import written_text
from desktop.domain.mail.written import Block, Shape, canonical
from desktop.domain.mail.written_html import CID, write
from desktop.ui.compose import document, document_reading, formatting
from desktop.ui.compose.marks import Marks
from desktop.ui.compose.speller import Speller
from desktop.ui.theme import Theme
from desktop.ui.widgets.palettes import ColorRole, tint

_SIDE_PX, _TOP_PX = 20, 16
_LEAST_PX = 120
_PICTURE_MOST_PX = 640


class Editor(QTextEdit):
    """One text. `scrolled_in` returns what of it one can see, in its own coordinates."""

    html_pasted = Signal(str, object)
    """HTML of another program and a cursor that stays where it belongs."""
    files_given = Signal(object, bool)
    """Paths a person dropped or pasted, and whether pictures among them go into the text."""
    picture_given = Signal(object)
    """A QImage that was pasted or dropped."""
    menu_wanted = Signal(QPoint, QPoint)
    """Where on the screen, and where in the editor."""
    edited = Signal()
    """The content changed, not only its look."""

    def __init__(
        self, theme: Theme, speller: Speller, scrolled_in: Callable[[], QRect], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._scrolled_in = scrolled_in
        self._pictures: dict[str, QImage] = {}
        self._is_plain = False
        self._loading = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font("body"))
        self.setAccessibleName(_("Message text"))
        self.setAccessibleDescription(_("Tab indents. F6 or Ctrl+Tab leaves the text."))
        self.setPlaceholderText(_("Write your message"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.document().setDocumentMargin(0)
        self.document().setIndentWidth(document.INDENT_PX)
        self.setViewportMargins(_SIDE_PX, _TOP_PX, _SIDE_PX, 0)
        self.marks = Marks(theme, self.document(), speller, self._visible_blocks)
        self.document().documentLayout().documentSizeChanged.connect(lambda _size: self._fit())
        self.document().contentsChanged.connect(self._changed)
        self.cursorPositionChanged.connect(self._moved)
        theme.changed.connect(self._tint)
        self._dress_first()
        self._tint()

    # ------------------------------------------------------------------------------------------------------- content

    @property
    def is_plain(self) -> bool:
        """Whether plain text is written."""
        return self._is_plain

    def blocks(self) -> tuple[Block, ...]:
        """Return what was written; not yet canonical."""
        return document_reading.read(self.document())

    def text(self) -> str:
        """Return what was written in plain mode, line for line."""
        return encodable(self.toPlainText())

    def load(self, blocks: tuple[Block, ...]) -> None:
        """Show blocks in place of everything, with no step to undo."""
        self._is_plain = False
        self._begin_anew()
        document.fill(QTextCursor(self.document()), blocks)
        self._loaded()

    def load_plain(self, text: str) -> None:
        """Write plain text from now on, beginning with this."""
        self._is_plain = True
        self._begin_anew()
        cursor = QTextCursor(self.document())
        cursor.setBlockFormat(QTextBlockFormat())
        cursor.insertText(text)
        self._loaded()

    def insert(self, blocks: tuple[Block, ...], cursor: QTextCursor | None = None) -> None:
        """Insert blocks at a cursor; in plain mode their text."""
        at = cursor or self.textCursor()
        at.setKeepPositionOnInsert(False)  # from here on it goes along with what is inserted
        if self._is_plain:
            at.insertText(written_text.text_of(canonical(blocks)))
        else:
            document.fill(at, blocks)
        self.ensure_cursor_seen()

    def add_picture(self, content_id: str, image: QImage) -> None:
        """Know a picture the text may show."""
        self._pictures[content_id] = image
        address = QUrl(CID + content_id)
        self.document().addResource(QTextDocument.ResourceType.ImageResource.value, address, image)
        self.document().markContentsDirty(0, self.document().characterCount())

    def picture(self, content_id: str) -> QImage | None:
        """Return a picture that is known."""
        return self._pictures.get(content_id)

    def fitting_width(self, image: QImage) -> int:
        """Return how wide a picture is shown; 0 for as wide as it is."""
        most = max(80, min(_PICTURE_MOST_PX, self.viewport().width() - 8))
        return most if image.width() > most else 0

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """Give what is known, and never look anywhere else: not in files, not in the network."""
        address = name.toString() if isinstance(name, QUrl) else name
        return self._pictures.get(address.removeprefix(CID), _nothing())

    # ------------------------------------------------------------------------------------------------- paste and drop

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        return source.hasText() or source.hasHtml() or source.hasImage() or source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = files_in(source)
        if files:
            self.files_given.emit(files, True)
        elif source.hasImage() and not source.hasHtml() and not self._is_plain:
            self.picture_given.emit(image_of(source.imageData()))
        elif source.hasHtml() and not self._is_plain:
            self.textCursor().removeSelectedText()
            self.html_pasted.emit(source.html(), self.place())
        elif source.hasText():
            self.paste_text(source.text())

    def place(self) -> QTextCursor:
        """Return the cursor's place, for what is inserted later: what is typed meanwhile comes behind it."""
        made = QTextCursor(self.textCursor())
        made.setKeepPositionOnInsert(True)
        return made

    def paste_text(self, text: str) -> None:
        """Insert plain text: what looks like HTML in it stays text."""
        text = encodable(text)
        if self._is_plain:
            self.textCursor().insertText(text)
        else:
            document.fill(self.textCursor(), canonical(written_text.blocks_of(text)))
        self.ensure_cursor_seen()

    def createMimeDataFromSelection(self) -> QMimeData:
        made = QMimeData()
        held = QTextDocument()
        QTextCursor(held).insertFragment(QTextDocumentFragment(self.textCursor()))
        blocks = canonical(document_reading.read(held))
        if self._is_plain:
            made.setText(encodable(self.textCursor().selection().toPlainText()))
        else:
            made.setHtml(write(blocks))
            made.setText(written_text.text_of(blocks))
        return made

    # ------------------------------------------------------------------------------------------------------- keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._takes(event):
            super().keyPressEvent(event)

    def inputMethodEvent(self, e: QInputMethodEvent) -> None:
        super().inputMethodEvent(e)
        self.ensure_cursor_seen()

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        return False

    def _takes(self, event: QKeyEvent) -> bool:
        """Do what a key means here and nowhere else; returns whether it meant anything."""
        key, shift = event.key(), bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        plain_key = not event.modifiers() & ~(Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and plain_key:
            way = -1 if key == Qt.Key.Key_Backtab or shift else 1
            if self._is_plain or not (formatting.to_cell(self, way) or formatting.nest(self, way)):
                formatting.indent(self, way)
            return True
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and plain_key:
            self._turn_page(1 if key == Qt.Key.Key_PageDown else -1, keep=shift)
            return True
        if key == Qt.Key.Key_Escape:
            event.ignore()
            return True
        if self._is_plain or not plain_key:
            return False
        cursor = self.textCursor()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not shift:
            return self._new_paragraph(cursor)
        if key == Qt.Key.Key_Backspace and not cursor.hasSelection() and cursor.atBlockStart():
            return formatting.plain_paragraph(self)
        return False

    def _new_paragraph(self, cursor: QTextCursor) -> bool:
        block = cursor.block()
        if not block.text() and not cursor.hasSelection() and formatting.step_out(self):
            return True
        if document.shape_of(block) is not Shape.BODY and cursor.atBlockEnd():
            in_cell = formatting.table_at(cursor) is not None
            look = document.shape_format(Shape.BODY, document.quote_of(block), is_item=False, in_cell=in_cell)
            cursor.insertBlock(look, QTextCharFormat())
            self.setTextCursor(cursor)
            return True
        return False

    def _turn_page(self, way: int, *, keep: bool) -> None:
        """Move by what one can see: the editor itself is as high as its text."""
        at = self.cursorRect().center() + QPoint(0, way * max(20, self._scrolled_in().height() - 40))
        target = self.cursorForPosition(at).position()
        cursor = self.textCursor()
        mode = QTextCursor.MoveMode.KeepAnchor if keep else QTextCursor.MoveMode.MoveAnchor
        cursor.setPosition(target, mode)
        self.setTextCursor(cursor)

    # ------------------------------------------------------------------------------------------------- size and looks

    def sizeHint(self) -> QSize:
        return QSize(400, self._needed_height())

    def minimumSizeHint(self) -> QSize:
        return QSize(120, self._needed_height())

    def resizeEvent(self, e: QResizeEvent) -> None:
        super().resizeEvent(e)
        self._fit()

    def wheelEvent(self, e: QWheelEvent) -> None:
        e.ignore()  # the window scrolls

    def focusInEvent(self, e: QFocusEvent) -> None:
        super().focusInEvent(e)
        self.marks.look_soon()

    def contextMenuEvent(self, e: QContextMenuEvent) -> None:
        self.menu_wanted.emit(e.globalPos(), e.pos())

    def changeEvent(self, e: QEvent) -> None:
        super().changeEvent(e)
        if e.type() is QEvent.Type.PaletteChange:
            self._tint()

    def paintEvent(self, e: QPaintEvent) -> None:
        super().paintEvent(e)
        painter = QPainter(self.viewport())
        layout = self.document().documentLayout()
        block = self.cursorForPosition(e.rect().topLeft()).block()
        while block.isValid():
            place = layout.blockBoundingRect(block)
            if place.top() > e.rect().bottom():
                break
            level = document.quote_of(block)
            height = place.height()
            if level and block.next().isValid() and document.quote_of(block.next()):
                height = max(height, layout.blockBoundingRect(block.next()).top() - place.top())
            for each in range(level):
                bar = QRectF(document.QUOTE_PX * each, place.top(), 2, height)
                painter.fillRect(bar, self._theme.tokens.field)
            block = block.next()

    def ensure_cursor_seen(self) -> None:
        """Have the window scroll to the cursor."""
        self.cursorPositionChanged.emit()

    def _needed_height(self) -> int:
        return max(_LEAST_PX, round(self.document().size().height()) + _TOP_PX + 8)

    def _fit(self) -> None:
        self.updateGeometry()

    def _visible_blocks(self) -> tuple[QTextBlock, QTextBlock]:
        seen = self._scrolled_in().intersected(self.viewport().rect())
        first = self.cursorForPosition(seen.topLeft()).block()
        return first, self.cursorForPosition(seen.bottomLeft()).block()

    def _moved(self) -> None:
        self.marks.set_writing_at(self.textCursor().position())
        if not self._loading:
            formatting.step_off_link(self)

    def _changed(self) -> None:
        if not self._loading and not self.marks.is_marking:
            self.marks.look_soon()
            self.edited.emit()

    def _begin_anew(self) -> None:
        self._loading = True
        self.document().clear()
        self.setCurrentCharFormat(QTextCharFormat())
        self.setAcceptRichText(not self._is_plain)
        self._dress_first()
        self.document().setUndoRedoEnabled(False)

    def _loaded(self) -> None:
        self.document().setUndoRedoEnabled(True)
        self._loading = False
        self.moveCursor(QTextCursor.MoveOperation.Start)
        self.marks.look_soon()

    def _dress_first(self) -> None:
        if not self._is_plain:
            look = document.shape_format(Shape.BODY, 0, is_item=False)
            QTextCursor(self.document()).setBlockFormat(look)

    def _tint(self) -> None:
        tint(self, {ColorRole.Base: self._theme.tokens.bg, ColorRole.Text: self._theme.tokens.text})


def files_in(source: QMimeData) -> tuple[Path, ...]:
    """Return the files a person dragged or copied in a file manager (C45).

    A web page can give any text, so only a list of nothing but local files that comes without any HTML counts; a
    `file:` link inside a text never does.
    """
    if not source.hasUrls() or source.hasHtml():
        return ()
    urls = source.urls()
    if not all(url.isLocalFile() and url.host() in ("", "localhost") for url in urls):
        return ()
    return tuple(Path(url.toLocalFile()) for url in urls)


def image_of(data: object) -> QImage:
    """Return the picture of a clipboard or a drag; a null one where there is none."""
    if isinstance(data, QPixmap):
        return data.toImage()
    return data if isinstance(data, QImage) else QImage()


def _nothing() -> QImage:
    """Return a small grey square: where a picture is that did not come yet."""
    made = QImage(16, 16, QImage.Format.Format_ARGB32)
    made.fill(Qt.GlobalColor.lightGray)
    return made
