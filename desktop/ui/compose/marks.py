"""What is painted over the text while one writes: headings, links, the signature, and the wave below misspelt words.

A highlighter of Qt lays these over the document without changing it, so nothing of the theme is saved or sent and none
of it is a step to undo. Words are looked up where one can see them; what is answered later is marked later.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import cast

from PySide6.QtCore import QTimer
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextBlock, QTextCharFormat, QTextDocument, QTextFormat

from desktop.domain.mail.spelling_words import Word, words_in
from desktop.domain.mail.written import Shape
from desktop.ui.compose import document
from desktop.ui.compose.speller import Speller
from desktop.ui.theme import Theme

_HEADING_PX = {Shape.TITLE: 19, Shape.HEADING: 16, Shape.SUBHEADING: 14}
_LOOK_AFTER_MS = 300


@dataclass(frozen=True, slots=True)
class Spelling:
    """How an editor spells: a dictionary chosen for the message ("" finds it by the alphabet), or not at all."""

    language: str = ""
    on: bool = True


class Marks(QSyntaxHighlighter):
    """Belongs to one document. `visible` returns the first and the last block one can see."""

    def __init__(
        self, theme: Theme, text: QTextDocument, speller: Speller, visible: Callable[[], tuple[QTextBlock, QTextBlock]]
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._speller = speller
        self._visible = visible
        self._spelling = Spelling()
        self.is_marking = False
        """Whether a change the document tells of is none."""
        self._names: frozenset[str] = frozenset()
        self._writing_at = -1
        self._soon = QTimer(self, singleShot=True, interval=_LOOK_AFTER_MS)
        self._soon.timeout.connect(self._look)
        theme.changed.connect(self._tint)
        speller.learned.connect(self._soon.start)

    @property
    def spelling(self) -> Spelling:
        """What is checked."""
        return self._spelling

    def _tint(self) -> None:
        # a slot of our own: a signal still calls an overridden one of Qt when the object is gone
        self.rehighlight()

    def rehighlight(self) -> None:
        self._quietly(super().rehighlight)

    def rehighlightBlock(self, block: QTextBlock) -> None:
        self._quietly(partial(super().rehighlightBlock, block))

    def _quietly(self, mark: Callable[[], None]) -> None:
        """Mark something; the document tells of it as if it had been changed."""
        before, self.is_marking = self.is_marking, True
        mark()
        self.is_marking = before

    def set_spelling(self, spelling: Spelling) -> None:
        """Check in another language, or not at all."""
        self._spelling = spelling
        self.rehighlight()
        self._soon.start()

    def set_names(self, names: frozenset[str]) -> None:
        """Take the names of the people one writes to for words."""
        if names != self._names:
            self._names = names
            self._soon.start()

    def look_soon(self) -> None:
        """Look up what one can see now, after a short rest."""
        self._soon.start()

    def set_writing_at(self, position: int) -> None:
        """Leave the word at this position alone as long as one is writing it."""
        before, self._writing_at = self._writing_at, position
        blocks = {self.document().findBlock(each).blockNumber() for each in (before, position) if each >= 0}
        if self._spelling.on and len(blocks) > 1:
            self.rehighlightBlock(self.document().findBlock(before))

    def wrong_word_at(self, position: int) -> Word | None:
        """Return the misspelt word at a position of the document, its start counted in the document."""
        block = self.document().findBlock(position)
        text = block.text()
        for word in words_in(text):
            start, end = block.position() + units(text, word.start), block.position() + units(text, word.end)
            if start <= position <= end and self._is_wrong(word):
                return Word(word.text, start, word.alphabet)
        return None

    def highlightBlock(self, text: str) -> None:
        block = self.currentBlock()
        base = QTextCharFormat()
        shape = document.shape_of(block)
        if shape in _HEADING_PX:
            base.setFontWeight(QFont.Weight.DemiBold)
            base.setProperty(QTextFormat.Property.FontPixelSize, _HEADING_PX[shape])
            self.setFormat(0, units(text, len(text)), base)
        elif block.blockFormat().hasProperty(document.SIGNATURE):
            base.setForeground(self._theme.tokens.secondary)
            self.setFormat(0, units(text, len(text)), base)
        links = self._mark_links(block, base)
        if self._spelling.on and self._speller.has_wrong:
            self._mark_words(block, text, base, links)

    def _mark_links(self, block: QTextBlock, base: QTextCharFormat) -> list[tuple[int, int]]:
        look = QTextCharFormat(base)
        look.setForeground(self._theme.tokens.accent)
        look.setFontUnderline(True)
        found: list[tuple[int, int]] = []
        at = block.begin()
        while not at.atEnd():
            fragment = at.fragment()
            if fragment.charFormat().isAnchor():
                start = fragment.position() - block.position()
                self.setFormat(start, fragment.length(), look)
                found.append((start, start + fragment.length()))
            at += 1
        return found

    def _mark_words(self, block: QTextBlock, text: str, base: QTextCharFormat, links: list[tuple[int, int]]) -> None:
        look = QTextCharFormat(base)
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SpellCheckUnderline)
        look.setUnderlineColor(self._theme.tokens.danger)
        for word in words_in(text):
            if not self._is_wrong(word):
                continue
            start, end = units(text, word.start), units(text, word.end)
            being_written = block.position() + end == self._writing_at
            if not being_written and not any(first < end and start < last for first, last in links):
                self.setFormat(start, end - start, look)

    def _is_wrong(self, word: Word) -> bool:
        if word.text in self._names:
            return False
        return self._speller.knows(word.text, word.alphabet, self._spelling.language) is False

    def _look(self) -> None:
        """Mark the words one can see, and ask for those nobody knows about yet."""
        if not self._spelling.on or cast("QTextDocument | None", self.document()) is None:
            return
        block, last = self._visible()
        language = self._spelling.language
        wanted = []
        while block.isValid():
            wanted += [
                (word.text, word.alphabet)
                for word in words_in(block.text())
                if self._speller.knows(word.text, word.alphabet, language) is None
            ]
            self.rehighlightBlock(block)
            if block == last:
                break
            block = block.next()
        self._speller.ask(wanted, language)


def units(text: str, characters: int) -> int:
    """Return how many units of UTF-16, in which Qt counts, the first characters of a text take."""
    head = text[:characters]
    return characters if head.isascii() else len(head.encode("utf-16-le", "surrogatepass")) // 2
