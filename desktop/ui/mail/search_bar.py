"""The search box: operators are chips, suggestions lie below the cursor, and what is typed is searched at once.

GUI thread. It calls the search for suggestions only; `search_results` finds the mails.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.search_result import Suggestion, SuggestionKind
from desktop.services.mail.search import Search
from desktop.ui.mail.search_chips import SearchChips
from desktop.ui.mail.search_segments import with_operator
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.choice_list import POPUP_PADDING, Choice, ChoiceList, PopupFrame
from desktop.ui.widgets.fields import SearchField
from desktop.ui.widgets.throttle import Throttle

SEARCH_WAIT_MS = 60
_SUGGEST_WAIT_MS = 90
_RECENT_STATE = "search.recent"
_MOST_RECENT = 10
_SHOWN_RECENT = 4
_NO_TEXTS: list[str] = []
_POPUP_WIDTH = 330
_POPUP_MOST = 360
_ENTERED = (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ShortcutFocusReason)
_COMES_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_ICONS = {
    SuggestionKind.OPERATOR: "search",
    SuggestionKind.PERSON: "user-round",
    SuggestionKind.FOLDER: "folder",
    SuggestionKind.DATE: "calendar",
    SuggestionKind.VALUE: "check",
}
_OPERATOR_ICONS = {
    "from:": "user-round",
    "to:": "user-round",
    "cc:": "user-round",
    "in:": "folder",
    "is:unread": "mail",
    "is:starred": "star",
    "is:answered": "reply",
    "has:attachment": "paperclip",
    "filename:": "paperclip",
    "before:": "calendar",
    "after:": "calendar",
    "older_than:": "calendar",
    "newer_than:": "calendar",
}


class SearchBar(QWidget):
    """The field of the top row."""

    search_wanted = Signal(str)
    """What to search now; "" when the person is done and wants the folder back."""
    submitted = Signal()
    """Enter: the person wants to go to the hits."""
    stepped_down = Signal()
    """Down, where no suggestions are open for it: the person wants to go to the first hit."""
    left = Signal()
    """Escape in an empty field."""

    def __init__(self, theme: Theme, search: Search, tasks: Tasks, state: State, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._search = search
        self._tasks = tasks
        self._state = state
        self._entered = False
        self._asking: asyncio.Future[object] | None = None
        self._popup: PopupFrame | None = None
        self._list: ChoiceList | None = None
        self.field = SearchField(theme, _("Search mail"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.field)
        self.setFocusProxy(self.field)
        self._searching = Throttle(self._tell, SEARCH_WAIT_MS, SEARCH_WAIT_MS * 3, self)
        self._suggesting = Throttle(self._suggest, _SUGGEST_WAIT_MS, parent=self)
        self.field.text_changed.connect(self._text_changed)
        self.field.submitted.connect(self._submit)
        self.field.left.connect(self.left)
        self.field.edit.textEdited.connect(lambda _text: self._suggesting.call())
        self.field.edit.installEventFilter(self)
        self.field.edit.setTextMargins(4, 0, 0, 0)  # room for the edge of a chip
        self.chips = SearchChips(theme, self.field.edit)

    @property
    def text(self) -> str:
        """What stands in the field."""
        return self.field.text

    @property
    def in_use(self) -> bool:
        """Whether a person writes here: Qt also puts the cursor into the field by itself, where nothing else has it."""
        return bool(self.text) or self._entered

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The suggestions in sight."""
        return self._list.choices if self._list is not None and self._popup_shown() else ()

    def open(self) -> None:
        """Put the cursor into the field and offer what was searched before."""
        self.field.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.edit.selectAll()
        self._suggest()

    def clear(self) -> None:
        """Empty the field without asking for another search."""
        self.field.reset()
        self.chips.draw()
        self._searching.cancel()
        self._hide_popup()

    def set_text(self, text: str) -> None:
        """Write a search into the field and do it."""
        self.field.edit.setText(text)

    def search(self, text: str) -> None:
        """Write a search into the field and do it at once, as if a person had pressed Enter."""
        self.set_text(text)
        self._submit()

    def narrow(self, operator: str, on: bool) -> None:
        """Put an operator before what is searched, or take it out, and search again."""
        self.set_text(with_operator(self.text, operator, on))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if self._popup_shown():
                return self._popup_key(event.key())
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if event.key() == Qt.Key.Key_Down and plain and self._search_now():
                self.stepped_down.emit()
                return True
        if event.type() is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            self._entered = self._entered or event.reason() in _ENTERED
        if event.type() is QEvent.Type.FocusOut and isinstance(event, QFocusEvent):
            self._entered = self._entered and event.reason() in _COMES_BACK
            self._hide_popup()
        return super().eventFilter(watched, event)

    # inside: searching

    def _text_changed(self, text: str) -> None:
        if text.strip():
            self._searching.call()
        else:
            self._searching.cancel()
            self._hide_popup()
            self.search_wanted.emit("")

    def _tell(self) -> None:
        self.search_wanted.emit(self.text.strip())

    def _submit(self, _text: str = "") -> None:
        if self._search_now():
            self.submitted.emit()

    def _search_now(self) -> bool:
        """Search what stands in the field without waiting for more, and remember it; False where nothing does."""
        text = self.text.strip()
        self._hide_popup()
        if text:
            recent = [text, *(kept for kept in self._state.get(_RECENT_STATE, _NO_TEXTS) if kept != text)]
            self._state.set(_RECENT_STATE, recent[:_MOST_RECENT])
            self._searching.flush()
        return bool(text)

    # inside: suggestions

    def _suggest(self) -> None:
        if self._asking is not None:
            self._asking.cancel()
        self._asking = self._tasks.run(self._show_suggestions())

    async def _show_suggestions(self) -> None:
        edit = self.field.edit
        text, cursor = edit.text(), edit.cursorPosition()
        found = await self._tasks.read(self._search.suggestions, text, cursor)
        if text != edit.text() or not edit.hasFocus():
            return
        choices = self._choices(text, found)
        if not choices:
            self._hide_popup()
            return
        popup, lines = self._made_popup()
        lines.show_choices(choices, choose_first=False)
        start = found[0].start if found else 0
        left = 38 + edit.fontMetrics().horizontalAdvance(text[:start]) - 10
        corner = self.mapTo(self.window(), QPoint(min(left, max(0, self.width() - _POPUP_WIDTH)), self.height() + 4))
        height = lines.lines_height(_POPUP_MOST) + POPUP_PADDING
        popup.place(corner, QSize(_POPUP_WIDTH, height))

    def _choices(self, text: str, found: Sequence[Suggestion]) -> list[Choice]:
        choices: list[Choice] = []
        if found:
            choices.append(Choice(_("Narrow down"), heading=True))
            choices += [
                Choice(one.text, _OPERATOR_ICONS.get(one.text, _ICONS[one.kind]), one.note, one) for one in found
            ]
        typed = text.strip().casefold()
        kept = self._state.get(_RECENT_STATE, _NO_TEXTS)
        recent = [one for one in kept if one.casefold().startswith(typed) and one.casefold() != typed]
        if recent:
            choices.append(Choice(_("Recent"), heading=True))
            choices += [Choice(one, "history", value=one) for one in recent[:_SHOWN_RECENT]]
        return choices

    def _take(self, value: object) -> None:
        edit = self.field.edit
        if isinstance(value, Suggestion):
            text = edit.text()
            end = "" if value.text.endswith(":") else " "
            edit.setText(text[: value.start] + value.text + end + text[value.end :].lstrip())
            edit.setCursorPosition(value.start + len(value.text) + len(end))
            self._suggest()
        elif isinstance(value, str):
            edit.setText(value)
            self._submit()
        edit.setFocus()

    def _popup_key(self, key: int) -> bool:
        lines = self._list
        if lines is None:
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            lines.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Escape:
            self._hide_popup()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab) and lines.current is not None:
            self._take(lines.current.value)
            return True
        return False

    def _made_popup(self) -> tuple[PopupFrame, ChoiceList]:
        if self._popup is None or self._list is None:
            self._popup = PopupFrame(self._theme, self)
            self._list = ChoiceList(self._theme, _("Suggestions"))
            self._list.chosen.connect(self._take)
            self._popup.column.addWidget(self._list)
        return self._popup, self._list

    def _popup_shown(self) -> bool:
        return self._popup is not None and self._popup.isVisible()

    def _hide_popup(self) -> None:
        self._suggesting.cancel()
        if self._asking is not None:
            self._asking.cancel()
        if self._popup is not None:
            self._popup.hide()
