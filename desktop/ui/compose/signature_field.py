"""The field in which a signature is written: the editor and the tools of the composer, small. GUI thread.

Pictures come in by paste, drop and a dialog; they are made small, read away from this thread, and kept in the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QTextCursor
from PySide6.QtWidgets import QApplication, QFileDialog, QVBoxLayout, QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail import signature
from desktop.domain.mail.signature import Signature
from desktop.domain.mail.written import Block, Paragraph, Picture, canonical
from desktop.ui.actions import Actions
from desktop.ui.compose import signature_picture
from desktop.ui.compose.catalogue import CATALOGUE, Write
from desktop.ui.compose.editing import OF_THE_TEXT, Editing
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.page import Page
from desktop.ui.compose.speller import Speller
from desktop.ui.compose.tool_row import ToolRow
from desktop.ui.keymap import Keymap
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.labels import Paragraph as Words
from desktop.ui.widgets.paint import rounded

_TOOLS = (
    (Write.BOLD, Write.ITALIC, Write.UNDERLINE),
    (Write.BULLETS,),
    (Write.LINK, Write.PICTURE),
    (Write.CLEAR,),
)
_CATALOGUE = replace(
    CATALOGUE,
    groups=tuple(
        replace(group, specs=tuple(spec for spec in group.specs if spec.name in OF_THE_TEXT))
        for group in CATALOGUE.groups
    ),
)
_PAGE_PX = 124
_PICTURES = "*.png *.jpg *.jpeg *.gif *.webp *.bmp"


class SignatureField(QWidget):
    """Holds one signature at a time."""

    def __init__(
        self,
        theme: Theme,
        keymap: Keymap | None,
        tasks: Tasks,
        speller: Callable[[], Speller],
        name: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = Errands(tasks)
        self._html = ""
        self._pictures: dict[str, bytes] = {}
        self._edited = False
        self._dialog: QFileDialog | None = None
        self.setAccessibleName(name)
        actions = Actions(self, theme, keymap, _CATALOGUE)
        self.tools = ToolRow(theme, actions, self, _TOOLS)
        self.page = Page(theme, speller())
        self.editor = self.page.editor
        self.editor.setAccessibleName(name)
        self.editor.setPlaceholderText("")
        self.page.setFixedHeight(_PAGE_PX)
        self.editing = Editing(theme, self.editor, self.tools, actions, speller(), self)
        self.actions_ = actions
        self.wrong = Words(theme, "", "small", "danger")
        self.wrong.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self.page)
        column.addWidget(self.wrong)
        self.setFocusProxy(self.editor)
        actions.connect(Write.PICTURE, self.ask_picture)
        self.editor.edited.connect(self._note_edited)
        self.editor.installEventFilter(self)
        self.editor.files_given.connect(self.take_files)
        self.editor.picture_given.connect(lambda image: self._run(signature_picture.of_image, image))
        self.editor.html_pasted.connect(lambda html, place: self._tasks.run(self._paste(html, place)))
        self.destroyed.connect(self._tasks.stop)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._focus_changed)

    def show_html(self, html: str) -> None:
        """Show a signature as it is kept. What still came for the one before does not go into this one."""
        self._tasks.stop()
        self._html = html
        self._pictures.clear()
        self._load(signature.read(html) if html else Signature())
        self._edited = False
        self.wrong.hide()

    def html(self) -> str:
        """Return the signature to keep: as it came where nobody touched it."""
        return signature.write(self.editor.blocks(), self._pictures) if self._edited else self._html

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let Tab leave the field, which stands among others: here nobody indents."""
        if watched is self.editor and isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            back = event.key() == Qt.Key.Key_Backtab or bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            others = event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and not others:
                self.focusNextPrevChild(not back)
                return True
        return False

    def ask_picture(self) -> None:
        """Ask for a picture to put in."""
        if self._dialog is None:
            self._dialog = FileDialog(self, _("Insert picture"))
            self._dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
            self._dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
            self._dialog.setNameFilter(_("Pictures ({patterns})").format(patterns=_PICTURES))
            self._dialog.filesSelected.connect(lambda chosen: self.take_files([Path(each) for each in chosen]))
        self._dialog.open()

    def take_files(self, paths: Sequence[Path], _into_text: bool = True) -> None:
        """Put pictures of files in."""
        for path in paths:
            self._run(signature_picture.of_file, path)

    def _run(self, make: Callable[[Any], tuple[bytes, QImage]], source: object) -> None:
        self._tasks.run(self._put_in(make, source, self.editor.place()))

    async def _put_in(self, make: Callable[[Any], tuple[bytes, QImage]], source: object, place: QTextCursor) -> None:
        try:
            octets, image = await self._tasks.read(make, source)
        except Problem as problem:
            self._say(problem.text)
            return
        self._say("")
        content_id = self._know(octets, image)
        picture = Picture(content_id, "", min(image.width(), signature_picture.WIDEST_PX))
        self.editor.insert((Paragraph((picture,)),), place)
        self._note_edited()

    async def _paste(self, html: str, place: QTextCursor) -> None:
        found, images = await self._tasks.read(_foreign, html)
        for content_id, image in images.items():
            self._know(found.pictures[content_id], image)
        self.editor.insert(found.blocks, place)

    def _load(self, kept: Signature) -> None:
        for octets in kept.pictures.values():
            self._know(octets, QImage.fromData(octets))
        blocks: tuple[Block, ...] = kept.blocks or canonical(())
        self.editor.load(blocks)

    def _know(self, octets: bytes, image: QImage) -> str:
        content_id = signature.content_id_of(octets)
        self._pictures[content_id] = octets
        self.editor.add_picture(content_id, image)
        return content_id

    def _note_edited(self) -> None:
        self._edited = True

    def _say(self, words: str) -> None:
        self.wrong.setText(words)
        self.wrong.setVisible(bool(words))

    def _focus_changed(self, *widgets: object) -> None:
        if self.editor in widgets:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        frame = t.accent if self.editor.hasFocus() else t.field
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self.rect()
        if not self.wrong.isHidden():
            area.setBottom(self.page.geometry().bottom() + 1)
        rounded(painter, area, 6, t.bg, frame)


def _foreign(html: str) -> tuple[Signature, dict[str, QImage]]:
    found = signature.read(html, foreign=True)
    return found, {content_id: QImage.fromData(octets) for content_id, octets in found.pictures.items()}
