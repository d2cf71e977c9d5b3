"""Windows of plain text: the source of a mail and all its headers, to read, search, copy and save.

GUI thread, but for `prepare`, which is called on a reader thread. A long text is put into its window in slices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeySequence, QShortcut, QTextCursor, QTextDocument
from PySide6.QtWidgets import QFileDialog, QPlainTextEdit, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.ui.mail.find_bar import FindBar
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.slices import Slices

FIRST_BYTES = 2_000_000
"""What is shown of a source; saving writes all of it."""
_LONGEST_LINE = 4_000
_STEP_CHARACTERS = 8_000


@dataclass(frozen=True, slots=True)
class Source:
    """A text made ready for its window."""

    whole: str
    shown: str
    """Its beginning, endless lines broken, as laying them out takes long."""
    folded: str
    """What is shown, without the difference of small and capital letters, to count matches in."""


class SourceWindow(Dialog):
    """Shows text that nobody interprets, below a note about it. `on_save` gets the file a person chose."""

    def __init__(
        self,
        theme: Theme,
        title: str,
        source: Source,
        *,
        note: str = "",
        file_name: str = "",
        on_save: Callable[[Path], object] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(theme, one_line(title), parent)
        self.resize(820, 640)
        self._file_name = file_name
        self._on_save = on_save
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setUndoRedoEnabled(False)
        self.view.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.view.setAccessibleName(title)
        self.view.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._source = source
        self._looked_for = ""
        self._slices = Slices(self)
        self._slices.finished.connect(self._find_what_waits)
        self._waiting: tuple[str, bool] | None = None
        self.find_bar = FindBar(theme)
        self.find_bar.wanted.connect(self._find)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(0)
        if note:
            said = Paragraph(theme, note, "small", "secondary")
            said.setContentsMargins(20, 10, 20, 10)
            self.body.addWidget(said)
        self.body.addWidget(self.view, 1)
        self.body.addWidget(self.find_bar)
        self.add_button(_("Copy all"), lambda: QGuiApplication.clipboard().setText(source.whole))
        if on_save is not None:
            self.add_button(_("Save as…"), self._choose_file)
        self.footer.row.addStretch(1)
        self.add_button(_("Close"), self.close, Kind.PRIMARY)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.find_bar.begin)
        QShortcut(QKeySequence("F3"), self, self.find_bar.again)
        QShortcut(QKeySequence("Shift+F3"), self, lambda: self.find_bar.again(backward=True))
        self._slices.start(self._write())

    def _write(self) -> Iterator[None]:
        """Put the text into the window; the cursor that reads stays at its beginning."""
        cursor, shown = QTextCursor(self.view.document()), self._source.shown
        for start in range(0, len(shown), _STEP_CHARACTERS):
            cursor.insertText(shown[start : start + _STEP_CHARACTERS])
            if not start:
                self.view.moveCursor(QTextCursor.MoveOperation.Start)
            yield

    def _find_what_waits(self) -> None:
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self._find(*waiting)

    def _find(self, text: str, backward: bool) -> None:
        if not text:
            self._looked_for = ""
            self.find_bar.tell(0, 0)
            return
        if self._slices.is_running:
            self._waiting = (text, backward)
            return
        if text != self._looked_for:  # a letter more is looked for from where the letters before were found
            self._looked_for = text
            cursor = self.view.textCursor()
            cursor.setPosition(cursor.selectionStart())
            self.view.setTextCursor(cursor)
        wanted = text.casefold()
        count = self._source.folded.count(wanted)
        if not count:
            self.find_bar.tell(0, 0)
            return
        flag = QTextDocument.FindFlag.FindBackward if backward else QTextDocument.FindFlag(0)
        found = self.view.find(text, flag)
        if not found:
            self.view.moveCursor(QTextCursor.MoveOperation.End if backward else QTextCursor.MoveOperation.Start)
            found = self.view.find(text, flag)
        here = self.view.textCursor().selectionStart()
        at = self._source.folded.count(wanted, 0, here + len(wanted)) if found else 0
        self.find_bar.tell(at, count)

    def _choose_file(self) -> None:
        chooser = FileDialog(self, _("Save mail as"), self._file_name)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter(_("Mail (*.eml)"))
        chooser.setDefaultSuffix("eml")
        chooser.fileSelected.connect(self._save)
        chooser.open()

    def _save(self, path: str) -> None:
        if self._on_save is not None and path:
            self._on_save(Path(path))


def prepare(text: str) -> Source:
    """Make a text ready for its window (reader thread)."""
    lines: list[str] = []
    for line in text[:FIRST_BYTES].replace("\0", "\ufffd").splitlines():
        lines.extend(line[at : at + _LONGEST_LINE] for at in range(0, max(len(line), 1), _LONGEST_LINE))
    if len(text) > FIRST_BYTES:
        lines += ["", _("[The rest is not shown; save the mail to read all of it.]")]
    shown = "\n".join(lines)
    return Source(text, shown, shown.casefold())
