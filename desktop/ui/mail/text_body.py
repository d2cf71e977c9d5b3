"""The body of a text mail in a native widget: themed, linked, quotations folded; needs no browser. GUI thread.

Also what shows a mail whose HTML the browser could not paint in time. Its text is set by cursor as plain text, so
nothing in it is ever interpreted, and it loads no resource.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import reduce

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextOption,
)
from PySide6.QtWidgets import QAbstractSlider, QTextBrowser, QTextEdit, QWidget

from desktop.base.i18n import _
from desktop.ui.mail.text_layout import NO_FOLD, Layout, Line
from desktop.ui.theme import Theme
from desktop.ui.web.shell import MAX_TEXT_WIDTH
from desktop.ui.widgets.documents import retire
from desktop.ui.widgets.palettes import ColorRole, tint
from desktop.ui.widgets.slices import Slices

_LINE_PX = 20
_MARGIN = 20
_TOP = 12
_MOST_MATCHES = 1000
_RESIZED_AFTER_MS = 150
"""A long text is written anew when its width has been the same for so long."""
_FOLD = "rapport-fold:"
_ALL = "rapport-all:"
_STEPS = {
    Qt.Key.Key_Up: QAbstractSlider.SliderAction.SliderSingleStepSub,
    Qt.Key.Key_Down: QAbstractSlider.SliderAction.SliderSingleStepAdd,
    Qt.Key.Key_PageUp: QAbstractSlider.SliderAction.SliderPageStepSub,
    Qt.Key.Key_PageDown: QAbstractSlider.SliderAction.SliderPageStepAdd,
    Qt.Key.Key_Home: QAbstractSlider.SliderAction.SliderToMinimum,
    Qt.Key.Key_End: QAbstractSlider.SliderAction.SliderToMaximum,
}
"""What keys do that scroll."""


@dataclass(frozen=True, slots=True)
class _View:
    """What of a text one looks at: the character at the top and how many pixels it lies below, selection, match."""

    top: int
    below: int
    anchor: int = 0
    position: int = 0
    looked_for: str = ""
    match: int = -1


class TextBody(QTextBrowser):
    """Shows one text at a time."""

    painted = Signal()
    link_clicked = Signal(QUrl)
    link_hovered = Signal(str)
    found = Signal(int, int)
    menu_requested = Signal(object, str, QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout_read = Layout(())
        self._zoom = 1.0
        self._opened: set[int] = set()
        self._first = True
        self._whole = False
        self._waits_for_paint = False
        self._pills: list[QTextBlock] = []
        self._matches: list[QTextCursor] = []
        self._looked_for = ""
        self._match = -1
        self._written: QTextDocument | None = None
        self._wish: _View | None = None
        """Where to go back to once all is written."""
        self._fixed_width: int | None = None
        """How wide a long text was written: laying it out again at every step of a resize would hold up the window."""
        self._resized = QTimer(self, interval=_RESIZED_AFTER_MS, singleShot=True)
        self._resized.timeout.connect(self._fit_width)
        self._search: tuple[str, bool] | None = None
        """What to look for once all is written."""
        self._slices = Slices(self)
        self._slices.finished.connect(self._all_written)
        self.setOpenLinks(False)
        self.setUndoRedoEnabled(False)
        self.setAcceptDrops(False)
        self.setAutoFillBackground(True)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextBrowserInteraction | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setAccessibleName(_("Text of the mail"))
        self.anchorClicked.connect(self._clicked)
        self.highlighted.connect(lambda url: self.link_hovered.emit("" if _is_ours(url) else url.toString()))
        theme.changed.connect(self._render_again)
        self.viewport().installEventFilter(self)

    def show_layout(self, layout: Layout) -> None:
        """Show a text from its beginning."""
        self._layout_read = layout
        self._opened.clear()
        self._whole = False
        self._search = self._wish = None
        self._waits_for_paint = True
        self._render()
        self.verticalScrollBar().setValue(0)
        self.viewport().update()

    def set_zoom(self, factor: float) -> None:
        """Scale the text."""
        if factor != self._zoom:
            self._zoom = factor
            self._render_again()

    def find_text(self, text: str, *, backward: bool = False) -> None:
        """Mark all matches and go to the next one; folded quotations are opened first."""
        self._search = None
        if self._wish is not None:
            self._wish = replace(self._wish, looked_for="", match=-1)
        if text != self._looked_for:
            self._open_all_folds()
            if text and self._slices.is_running:
                self._search = (text, backward)
                return
            self._looked_for = text
            self._matches = self._all_matches(text) if text else []
            self._match = -1
        if self._matches:
            step = -1 if backward else 1
            self._match = (self._match + step) % len(self._matches) if self._match >= 0 else (-1 if backward else 0)
            self._match %= len(self._matches)
            cursor = QTextCursor(self._matches[self._match])
            cursor.setPosition(cursor.selectionStart())
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
        self._mark()
        self.found.emit(self._match + 1 if self._matches else 0, len(self._matches))

    def select_all(self) -> None:
        self.selectAll()

    def scroll_page(self, direction: int) -> bool:
        """Scroll by nearly a window height; False at the end."""
        bar = self.verticalScrollBar()
        before = bar.value()
        bar.setValue(before + direction * (self.viewport().height() - 40))
        return bar.value() != before

    def loadResource(self, _kind: int, _name: QUrl | str) -> object:
        """Load nothing, whatever asks."""
        return None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        link = QUrl(self.anchorAt(event.pos()))
        self.menu_requested.emit(
            event.globalPos(), self.textCursor().selectedText(), QUrl() if _is_ours(link) else link
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._set_margins()
        if self._fixed_width not in (None, self._text_width()):
            self._resized.start()

    def changeEvent(self, e: QEvent) -> None:
        super().changeEvent(e)
        if e.type() is QEvent.Type.PaletteChange:
            self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # space belongs to the reader
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Backspace):
            event.ignore()
            return
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            # moving a cursor nobody sees would look like nothing; with Shift it selects
            self.verticalScrollBar().triggerAction(step)
            return
        super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._waits_for_paint and event.type() is QEvent.Type.Paint:
            self._waits_for_paint = False
            QTimer.singleShot(0, self.painted.emit)
        return super().eventFilter(watched, event)

    def _fit_width(self) -> None:
        if self._fixed_width not in (None, self._text_width()):
            self._render_again()

    def _render_again(self) -> None:
        """Write the same lines once more, and come back to what one was looking at."""
        wish = self._wish or self._view()
        self._render()
        self._go_back_to(wish)

    def _tint(self) -> None:
        tokens = self._theme.tokens
        tint(self, {ColorRole.Base: tokens.bg, ColorRole.Window: tokens.bg, ColorRole.Text: tokens.text})

    def _render(self) -> None:
        self._tint()
        document = QTextDocument(self)
        document.setUndoRedoEnabled(False)
        document.setDocumentMargin(_TOP)
        face = QFont(self._theme.font("body"))
        face.setPixelSize(max(6, round(13 * self._zoom)))
        document.setDefaultFont(face)
        document.setDefaultTextOption(QTextOption(self.document().defaultTextOption()))
        self.setExtraSelections([])  # Qt compares them with the next ones, also when their document is gone
        self.setDocument(document)
        self.setCursorWidth(0)  # nobody writes here, and a caret says that one can; it is the document's
        if self._written is not None:
            retire(self._written)
        self._written = document
        self._set_margins()
        self._wrap()
        self._matches, self._looked_for, self._match = [], "", -1
        self._pills = []
        self._first = True
        cursor = QTextCursor(document)

        def in_one_edit(write: Callable[[], None]) -> None:
            cursor.beginEditBlock()
            write()
            cursor.endEditBlock()

        self._slices.start(self._write(cursor), in_one_edit)

    def _wrap(self) -> None:
        """Let a text follow the width by itself, but not a long one."""
        is_long = self._whole and self._layout_read.first() is not self._layout_read
        self._fixed_width = self._text_width() if is_long else None
        if self._fixed_width is None:
            self.setLineWrapMode(QTextEdit.LineWrapMode.WidgetWidth)
        else:
            self.setLineWrapMode(QTextEdit.LineWrapMode.FixedPixelWidth)
            self.setLineWrapColumnOrWidth(self._fixed_width)

    def _write(self, cursor: QTextCursor) -> Iterator[None]:
        """Write the lines that are shown, one a step."""
        shown = self._layout_read if self._whole else self._layout_read.first()
        fold = NO_FOLD
        for line in shown.lines:
            if line.fold not in (fold, NO_FOLD):
                self._write_pill(cursor, line.fold)
            fold = line.fold
            if fold == NO_FOLD or fold in self._opened:
                self._write_line(cursor, line)
                yield
        if shown is not self._layout_read:
            self._new_block(cursor)
            cursor.insertText(_("This text is very long. Show all of it"), self._link_format(_ALL))

    def _view(self) -> _View:
        """Return what one is looking at."""
        document, scrolled = self.document(), self.verticalScrollBar().value()
        layout = document.documentLayout()

        def top_of(number: int) -> float:
            return layout.blockBoundingRect(document.findBlockByNumber(number)).top()

        number = max(0, bisect_right(range(document.blockCount()), float(scrolled), key=top_of) - 1)
        block = document.findBlockByNumber(number)
        lines = [block.layout().lineAt(line) for line in range(block.layout().lineCount())]
        above = [line.textStart() for line in lines if top_of(number) + line.y() <= scrolled]
        top = QTextCursor(block)
        top.setPosition(block.position() + (above[-1] if above else 0))
        chosen = self.textCursor()
        return _View(
            top.position(),
            self.cursorRect(top).top(),
            chosen.anchor(),
            chosen.position(),
            self._looked_for,
            self._match,
        )

    def _go_back_to(self, wish: _View) -> None:
        """Go there now if all is written, else when it is."""
        self._wish = wish
        if not self._slices.is_running:
            self._all_written()

    def _all_written(self) -> None:
        self._go_to_start()
        wish, self._wish = self._wish, None
        if wish is not None:
            self._look_at(wish)
        search, self._search = self._search, None
        if search is not None:
            self.find_text(search[0], backward=search[1])

    def _go_to_start(self) -> None:
        """Take the cursor back from the end, to which the writing pushed it, so that Shift selects from the start."""
        cursor = self.textCursor()
        if cursor.atEnd() and not cursor.hasSelection():
            self._choose(0, 0)

    def _look_at(self, wish: _View) -> None:
        self._choose(wish.anchor, wish.position)
        if wish.looked_for:
            self._looked_for = wish.looked_for
            self._matches = self._all_matches(wish.looked_for)
            self._match = min(wish.match, len(self._matches) - 1)
            self._mark()
            self.found.emit(self._match + 1, len(self._matches))
        top = QTextCursor(self.document())
        top.setPosition(min(wish.top, self._end()))
        bar = self.verticalScrollBar()
        bar.setValue(bar.value() + self.cursorRect(top).top() - wish.below)

    def _choose(self, anchor: int, position: int) -> None:
        """Set the selection without scrolling to it."""
        scrolled = self.verticalScrollBar().value()
        cursor = self.textCursor()
        cursor.setPosition(min(anchor, self._end()))
        cursor.setPosition(min(position, self._end()), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scrolled)

    def _end(self) -> int:
        return self.document().characterCount() - 1

    def _write_pill(self, cursor: QTextCursor, fold: int) -> None:
        tokens = self._theme.tokens
        self._new_block(cursor)
        pill = QTextCharFormat(self._link_format(f"{_FOLD}{fold}"))
        pill.setForeground(tokens.secondary)
        pill.setProperty(QTextCharFormat.Property.FontPixelSize, max(6, round(12 * self._zoom)))
        self._pills.append(cursor.block())
        cursor.insertText(f"\u00a0 \u2022\u2022\u2022\u2002{self._layout_read.folds[fold]} \u00a0", pill)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._pills:
            self._paint_pills(event.rect())
        super().paintEvent(event)

    def _paint_pills(self, seen: QRect) -> None:
        """Paint the grounds under the words of folded quotations."""
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.hover2 if self._theme.tokens.dark else self._theme.tokens.sunken)
        radius = _LINE_PX * self._zoom / 2
        for place in self._pill_places():
            if place.intersects(seen):
                painter.drawRoundedRect(place, radius, radius)
        painter.end()

    def _pill_places(self) -> Iterator[QRectF]:
        """Give where the grounds of the pills are, in the viewport."""
        over = QPointF(0, self.verticalScrollBar().value())
        for block in self._pills:
            layout = block.layout()
            lines = [layout.lineAt(number).naturalTextRect() for number in range(layout.lineCount())]
            if lines:
                around = (_LINE_PX * self._zoom - lines[0].height()) / 2
                words = reduce(QRectF.united, lines).adjusted(0, -around, 0, around)
                yield words.translated(self.document().documentLayout().blockBoundingRect(block).topLeft() - over)

    def _write_line(self, cursor: QTextCursor, line: Line) -> None:
        self._new_block(cursor, line.depth)
        plain = QTextCharFormat()
        dim = line.depth or line.signature
        plain.setForeground(self._theme.tokens.secondary if dim else self._theme.tokens.text)
        for run in line.runs:
            cursor.insertText(run.text, self._link_format(run.target) if run.target else plain)

    def _new_block(self, cursor: QTextCursor, depth: int = 0) -> None:
        block = QTextBlockFormat()
        block.setLineHeight(_LINE_PX * self._zoom, QTextBlockFormat.LineHeightTypes.MinimumHeight.value)
        block.setLeftMargin(14 * depth)
        if self._first:
            cursor.setBlockFormat(block)
            self._first = False
        else:
            cursor.insertBlock(block)

    def _link_format(self, target: str) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setAnchor(True)
        made.setAnchorHref(target)
        made.setForeground(QColor(self._theme.tokens.accent))
        made.setFontUnderline(not _is_ours(QUrl(target)))
        return made

    def _set_margins(self) -> None:
        """Keep lines from becoming too long; margins of the document itself would cost a layout of all of it."""
        bar = self.verticalScrollBar()
        room = self.width() - 2 * _MARGIN - (bar.width() if bar.isVisible() else 0)
        side = _MARGIN - _TOP
        right = side + max(0, room - round(MAX_TEXT_WIDTH * self._zoom))
        if self.viewportMargins().right() != right:
            self.setViewportMargins(side, 0, right, 0)

    def _text_width(self) -> int:
        """Return how wide the viewport is beside a scroll bar, which a long text always has."""
        room = self.width() - 2 * _MARGIN - self.verticalScrollBar().sizeHint().width()
        return min(room, round(MAX_TEXT_WIDTH * self._zoom)) + 2 * _TOP

    def _clicked(self, url: QUrl) -> None:
        written = url.toString()
        if written.startswith(_ALL):
            self._whole = True
        elif written.startswith(_FOLD):
            self._opened ^= {int(written.removeprefix(_FOLD))}
        else:
            self.link_clicked.emit(url)
            return
        seen = self._wish or self._view()
        self._render()
        self._go_back_to(replace(seen, anchor=0, position=0))

    def _open_all_folds(self) -> None:
        folds = set(range(len(self._layout_read.folds)))
        if folds - self._opened or not self._whole:
            self._opened |= folds
            self._whole = True
            self._render()

    def _all_matches(self, text: str) -> list[QTextCursor]:
        found: list[QTextCursor] = []
        cursor = QTextCursor(self.document())
        while len(found) < _MOST_MATCHES:
            cursor = self.document().find(text, cursor)
            if cursor.isNull():
                break
            found.append(QTextCursor(cursor))
        return found

    def _mark(self) -> None:
        marks = []
        for number, cursor in enumerate(self._matches):
            mark = QTextEdit.ExtraSelection()
            current = number == self._match
            mark.format.setBackground(self._theme.tokens.fill if current else self._theme.tokens.search_hit)
            mark.format.setForeground(self._theme.tokens.on_fill if current else self._theme.tokens.text)
            mark.cursor = cursor
            marks.append(mark)
        self.setExtraSelections(marks)


def _is_ours(url: QUrl) -> bool:
    return url.scheme() in ("rapport-fold", "rapport-all")
