"""Joins the editor to its tools: actions, the row above it, the small cards, the context menu. GUI thread."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QLocale, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.spelling_words import Word
from desktop.domain.mail.written import Listing, Shape
from desktop.ui.actions import Actions
from desktop.ui.compose import document, formatting
from desktop.ui.compose.catalogue import Write
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.marks import Spelling, units
from desktop.ui.compose.popups import EmojiPopup, LinkPopup, TablePopup
from desktop.ui.compose.speller import Speller
from desktop.ui.compose.tool_row import CHECKABLE, ToolRow
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu

_RICH = (*CHECKABLE, Write.NEST, Write.NEST_LESS, Write.LINK, Write.TABLE, Write.CLEAR, Write.PICTURE)
OF_THE_TEXT = frozenset({*_RICH, Write.EMOJI, Write.PASTE_PLAIN, Write.SPELLING})
"""The actions this stands on."""
_MARK_NAMES = (Write.BOLD, Write.ITALIC, Write.UNDERLINE, Write.STRIKE)


class Editing(QObject):
    """Lives with the window."""

    def __init__(
        self, theme: Theme, editor: Editor, row: ToolRow, actions: Actions, speller: Speller, window: QWidget
    ) -> None:
        super().__init__(window)
        self._theme, self._editor, self._row, self._actions, self._speller = theme, editor, row, actions, speller
        self._link = LinkPopup(theme, window)
        self._emoji = EmojiPopup(theme, window)
        self._table = TablePopup(theme, window)
        edit = editor

        def place(name: Write) -> QWidget:
            return row.buttons.get(name, row)  # a small row has no button for everything that has a key

        for name in _MARK_NAMES:
            actions.connect(name, partial(formatting.toggle, edit, name.value))
        actions.connect(Write.NUMBERS, lambda: formatting.toggle_list(edit, Listing.NUMBERS))
        actions.connect(Write.BULLETS, lambda: formatting.toggle_list(edit, Listing.BULLETS))
        actions.connect(Write.QUOTE, lambda: formatting.toggle_quote(edit))
        actions.connect(Write.NEST, lambda: formatting.nest(edit, 1))
        actions.connect(Write.NEST_LESS, lambda: formatting.nest(edit, -1))
        actions.connect(Write.CLEAR, lambda: formatting.clear(edit))
        actions.connect(Write.LINK, self.ask_link)
        actions.connect(Write.EMOJI, lambda: self._emoji.open_below(place(Write.EMOJI), self._emoji.buttons[0]))
        actions.connect(Write.TABLE, lambda: self._table.open_below(place(Write.TABLE), self._table.grid))
        actions.connect(Write.PASTE_PLAIN, self._paste_plain)
        actions[Write.SPELLING].setCheckable(True)
        actions[Write.SPELLING].setChecked(True)
        actions.connect(Write.SPELLING, self._toggle_spelling)
        for name in (*_RICH, Write.PASTE_PLAIN):
            actions.connect(name, self.show_state)
            if name is not Write.PICTURE:
                # in a field of the head Ctrl+B makes nothing bold
                window.removeAction(actions[name])
                editor.addAction(actions[name])
                actions[name].setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        for name in (Write.PICTURE, Write.EMOJI, Write.SPELLING):
            # two fields of a window would take the key from one another
            actions[name].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        row.shape_chosen.connect(self._set_shape)
        self._link.chosen.connect(self._set_link)
        self._emoji.chosen.connect(self._insert_emoji)
        self._table.chosen.connect(self._insert_table)
        for popup in (self._link, self._emoji, self._table):
            popup.closed.connect(editor.setFocus)
        editor.cursorPositionChanged.connect(self.show_state)
        editor.currentCharFormatChanged.connect(lambda _look: self.show_state())
        editor.menu_wanted.connect(self._open_menu)
        self.show_state()

    def show_state(self) -> None:
        """Show in the row what is on where the cursor stands."""
        block = self._editor.textCursor().block()
        on = {name for name in _MARK_NAMES if formatting.has(self._editor, name.value)}
        listing = formatting.listing_at(block)
        if listing is not None:
            on.add(Write.NUMBERS if document.kind_of(listing) is Listing.NUMBERS else Write.BULLETS)
        if document.quote_of(block):
            on.add(Write.QUOTE)
        self._row.show_state(frozenset(on), document.shape_of(block))
        for name in (Write.NEST, Write.NEST_LESS):
            self._actions[name].setEnabled(listing is not None)

    def set_plain(self, plain: bool) -> None:
        """Leave only what plain text can have."""
        for name in _RICH:
            self._actions[name].setEnabled(not plain)
        self._row.shape.setEnabled(not plain)
        self.show_state()

    def ask_link(self) -> None:
        """Ask where the selected words lead, or the link the cursor is in."""
        cursor = self._editor.textCursor()
        around = formatting.link_at(cursor)
        words, target = (cursor.selectedText(), "") if around is None else (around[0].selectedText(), around[1])
        if not target and words.startswith(("http://", "https://")):
            target = words
        self._link.ask(self._row.buttons[Write.LINK], words.replace("\u2029", " "), target)

    def _set_link(self, words: str, href: str) -> None:
        if words or href:
            formatting.set_link(self._editor, words, href)

    def _set_shape(self, shape: Shape) -> None:
        formatting.set_shape(self._editor, shape)
        self._editor.setFocus()
        self.show_state()

    def _insert_emoji(self, emoji: str) -> None:
        self._editor.textCursor().insertText(emoji)

    def _insert_table(self, rows: int, columns: int) -> None:
        formatting.insert_table(self._editor, rows, columns)

    def _paste_plain(self) -> None:
        text = QGuiApplication.clipboard().text()
        if text and self._editor.hasFocus():
            self._editor.paste_text(text)

    # ------------------------------------------------------------------------------------------------------ spelling

    def _toggle_spelling(self) -> None:
        before = self._editor.marks.spelling
        self._editor.marks.set_spelling(Spelling(before.language, not before.on))

    def _speak(self, code: str) -> None:
        self._editor.marks.set_spelling(Spelling(code, True))
        self._actions[Write.SPELLING].setChecked(True)

    def add_languages(self, menu: Menu) -> None:
        """Add to a menu what the message is spelt in."""
        spelling = self._editor.marks.spelling
        inner = Menu(self._theme, menu, _("Spelling"))
        inner.add(_("Do not check"), self._set_off, checked=not spelling.on)
        automatic = spelling.on and not spelling.language
        inner.add(_("By the letters typed"), lambda: self._speak(""), checked=automatic)
        for code in self._speller.codes:
            chosen = spelling.on and spelling.language == code
            inner.add(language_words(code), partial(self._speak, code), checked=chosen)
        menu.addMenu(inner)

    def _set_off(self) -> None:
        self._editor.marks.set_spelling(Spelling(self._editor.marks.spelling.language, False))
        self._actions[Write.SPELLING].setChecked(False)

    # --------------------------------------------------------------------------------------------------- context menu

    def _open_menu(self, where: QPoint, at: QPoint) -> None:
        menu = Menu(self._theme, self._editor)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        cursor = self._editor.cursorForPosition(at)
        if not self._editor.textCursor().hasSelection():
            self._editor.setTextCursor(cursor)
        word = self._editor.marks.wrong_word_at(cursor.position())
        if word is not None:
            self._offer_spelling(menu, word)
        if formatting.link_at(cursor) is not None:
            menu.add(_("Edit link…"), self.ask_link, icon="link", shortcut=self._actions.key_of(Write.LINK))
            menu.addSeparator()
        if formatting.table_at(cursor) is not None:
            self._offer_table(menu)
        edit = self._editor
        text = edit.document()
        selected = edit.textCursor().hasSelection()
        menu.add(_("Undo"), edit.undo, icon="undo-2", shortcut="Ctrl+Z", enabled=text.isUndoAvailable())
        menu.add(_("Redo"), edit.redo, shortcut="Ctrl+Shift+Z", enabled=text.isRedoAvailable())
        menu.addSeparator()
        menu.add(_("Cut"), edit.cut, shortcut="Ctrl+X", enabled=selected)
        menu.add(_("Copy"), edit.copy, icon="copy", shortcut="Ctrl+C", enabled=selected)
        menu.add(_("Paste"), edit.paste, shortcut="Ctrl+V", enabled=edit.canPaste())
        keys = self._actions.key_of(Write.PASTE_PLAIN)
        menu.add(_("Paste without formatting"), self._paste_plain, shortcut=keys, enabled=edit.canPaste())
        menu.add(_("Select all"), edit.selectAll, shortcut="Ctrl+A")
        menu.addSeparator()
        self.add_languages(menu)
        menu.popup(where)

    def _offer_spelling(self, menu: Menu, word: Word) -> None:
        waiting = menu.add(_("Looking for suggestions…"), lambda: None, enabled=False)
        menu.add(_("Add to my dictionary"), lambda: self._speller.add(word.text), icon="plus")
        menu.addSeparator()
        shown = [True]
        menu.aboutToHide.connect(shown.clear)

        def offer(found: tuple[str, ...]) -> None:
            if not shown:
                return
            for each in found:
                action = menu.add(each, partial(self._replace, word, each))
                menu.removeAction(action)
                menu.insertAction(waiting, action)
            if found:
                menu.removeAction(waiting)
            else:
                waiting.setText(_("No suggestions"))

        self._speller.suggest(word.text, word.alphabet, self._editor.marks.spelling.language, offer)

    def _replace(self, word: Word, better: str) -> None:
        cursor = QTextCursor(self._editor.document())
        cursor.setPosition(word.start)
        cursor.setPosition(word.start + units(word.text, len(word.text)), QTextCursor.MoveMode.KeepAnchor)
        if cursor.selectedText() == word.text:
            look = QTextCharFormat(cursor.charFormat())
            cursor.insertText(better, look)

    def _offer_table(self, menu: Menu) -> None:
        edit = self._editor
        menu.add(_("Add a row"), lambda: formatting.add_to_table(edit, row=True), icon="plus")
        menu.add(_("Add a column"), lambda: formatting.add_to_table(edit, row=False), icon="plus")
        menu.add(_("Remove the row"), lambda: formatting.remove_from_table(edit, row=True), icon="minus")
        menu.add(_("Remove the column"), lambda: formatting.remove_from_table(edit, row=False), icon="minus")
        menu.addSeparator()


def language_words(code: str) -> str:
    """Return the name of a dictionary's language in itself: "English", "Deutsch (Österreich)"."""
    locale = QLocale(code)
    if locale.language() is QLocale.Language.C:
        return code
    name = locale.nativeLanguageName() or QLocale.languageToString(locale.language())
    name = name.partition("(")[0].strip()
    name = "English" if code == "en" or code.startswith("en_") else name[:1].upper() + name[1:]
    territory = locale.nativeTerritoryName() if "_" in code or "-" in code else ""
    return f"{name} ({territory})" if territory else name
