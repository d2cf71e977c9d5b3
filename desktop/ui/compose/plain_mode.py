"""Between rich and plain text: at once where nothing is lost, else after it was said what is. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.base.i18n import _
from desktop.domain.mail import written_text
from desktop.domain.mail.signature import signed_at
from desktop.domain.mail.written import Block, canonical, is_blank, is_plain, pictures
from desktop.ui.compose import signature
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.notice_bar import NoticeBar
from desktop.ui.widgets.banner import Tone

_KIND = "plain"


class PlainMode(QObject):
    """`signed` returns the signature as it was put in; `keep_pictures` lets those of the text go along as files."""

    changed = Signal()

    def __init__(
        self,
        editor: Editor,
        notices: NoticeBar,
        signed: Callable[[], tuple[Block, ...]],
        keep_pictures: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._editor, self._notices, self._signed, self._keep_pictures = editor, notices, signed, keep_pictures

    def switch(self) -> None:
        """Write the other way from now on."""
        if self._editor.is_plain:
            self._unsigned(self._load_rich)
            self.changed.emit()
            return
        blocks = canonical(self._editor.blocks())
        at = signed_at(blocks, self._signed())
        blocks = blocks[:at]  # the signature says in plain text what it says
        if is_plain(blocks):
            self._make_plain()
            return
        words = _("Plain text has no formatting: what is bold, linked or in a table becomes signs and words.")
        if pictures(blocks):
            words = _("Plain text has no formatting and no pictures: the pictures go along as files.")
        keep = partial(self._notices.take_back, _KIND)
        offers = ((_("Make it plain"), self._make_plain), (_("Keep formatting"), keep))
        self._notices.say(_KIND, words, Tone.WARNING, offers)
        self.changed.emit()

    def _make_plain(self) -> None:
        self._notices.take_back(_KIND)
        self._unsigned(self._load_plain)
        self.changed.emit()
        self._editor.setFocus()

    def _load_rich(self) -> None:
        text = self._editor.text().rstrip("\n")
        self._editor.load(canonical(written_text.blocks_of(text)))

    def _load_plain(self) -> None:
        self._keep_pictures()
        self._editor.load_plain(written_text.text_of(canonical(self._editor.blocks())))

    def _unsigned(self, change: Callable[[], None]) -> None:
        """Change the text without its signature, which then stands in it as the other way of writing has it."""
        signed = self._signed()
        is_signed = not is_blank(signed) and signature.is_there(self._editor, signed)
        if is_signed:
            signature.exchange(self._editor, signed, ())
        change()
        if is_signed:
            signature.exchange(self._editor, (), signed)
