"""The keys of every action: find one, press other keys for it, take them away, go back to those of the set.

Whose key it was is said in a sentence before it is taken. What is changed counts at once, in every window. GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain import shortcuts
from desktop.ui.actions import Catalogue, Spec
from desktop.ui.keymap import Keymap, as_qt_writes, shown
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Button, Kind
from desktop.ui.widgets.choice_list import Choice, ChoiceList
from desktop.ui.widgets.fields import LineEdit
from desktop.ui.widgets.key_caps import KeyCaps
from desktop.ui.widgets.key_recorder import KeyRecorder
from desktop.ui.widgets.labels import ElidedLabel, Paragraph

_LIST_HEIGHT = 200


@dataclass(frozen=True, slots=True)
class _Line:
    """One action of the list."""

    catalogue: Catalogue
    spec: Spec

    @property
    def name(self) -> str:
        return self.catalogue.stored_name(self.spec)

    @property
    def words(self) -> str:
        return self.spec.words().rstrip("…")


class KeyboardPage(QWidget):
    """`changed` tells what is to be stored; the keymap has it by then."""

    changed = Signal(str)

    def __init__(
        self, theme: Theme, keymap: Keymap, catalogues: Sequence[Catalogue], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._keymap, self._catalogues = keymap, tuple(catalogues)
        self._adds = False
        """What is pressed now is to be one more key, not the only one."""
        self._wanted = ""
        self._shown: _Line | None = None
        self.field = LineEdit(theme, _("Search actions and keys"), placeholder=_("Search actions and keys"))
        self.field.textChanged.connect(self._fill)
        self.reset_all = Button(theme, _("Reset all"), Kind.GHOST)
        self.reset_all.clicked.connect(self._ask_reset_all)
        self.lines = ChoiceList(theme, _("Actions and their keys"), columns=False, walks=True)
        self.lines.setMinimumHeight(_LIST_HEIGHT)
        self.lines.chosen.connect(lambda _value: self._show_line())
        self.lines.selectionModel().currentChanged.connect(lambda _now, _before: self._show_line())
        self.lines.activated.connect(lambda _index: self.begin(adds=False))
        self.strip = QStackedWidget()
        self.strip.addWidget(self._buttons_page(theme))
        self.strip.addWidget(self._recorder_page(theme))
        self.strip.addWidget(self._question_page(theme))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.field, 1)
        top.addWidget(self.reset_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.lines, 1)
        column.addWidget(self.strip)
        keymap.changed.connect(self._fill)
        self._fill()

    def choose(self, name: str) -> None:
        """Put the cursor on an action by the name it is stored under."""
        self.lines.choose(lambda value: isinstance(value, _Line) and value.name == name)

    def begin(self, *, adds: bool) -> None:
        """Wait for keys for the action that is chosen."""
        if self._shown is None:
            return
        self._adds = adds
        self._recording.setText(
            _("Press keys for “{action}”; a second key within a second makes a chord. Esc leaves it as it is.").format(
                action=self._shown.words
            )
        )
        self.strip.setCurrentIndex(1)
        self.recorder.begin()

    # inside: what is shown

    def _buttons_page(self, theme: Theme) -> QWidget:
        self._name = ElidedLabel(theme, "", "body-strong")
        self._caps = KeyCaps(theme)
        self.change = Button(theme, _("Change…"))
        self.add = Button(theme, _("Add a key…"))
        self.clear = Button(theme, _("No key"))
        self.reset = Button(theme, _("Reset"), Kind.GHOST)
        self.change.clicked.connect(lambda: self.begin(adds=False))
        self.add.clicked.connect(lambda: self.begin(adds=True))
        self.clear.clicked.connect(lambda: self._give(()))
        self.reset.clicked.connect(self._reset)
        words = QHBoxLayout()
        words.setSpacing(8)
        words.addWidget(self._name, 1)
        words.addWidget(self._caps)
        return _page(words, (self.change, self.add, self.clear), (self.reset,))

    def _recorder_page(self, theme: Theme) -> QWidget:
        self._recording = Paragraph(theme, "", "small", "secondary")
        self.recorder = KeyRecorder()
        self.recorder.recorded.connect(self._recorded)
        self.recorder.left.connect(self._leave)
        cancel = Button(theme, _("Cancel"), Kind.GHOST)
        cancel.clicked.connect(self._leave)
        words = QHBoxLayout()
        words.addWidget(self._recording, 1)
        return _page(words, (self.recorder,), (cancel,))

    def _question_page(self, theme: Theme) -> QWidget:
        self.sentence = Paragraph(theme, "", "body")
        self.yes = Button(theme, "", Kind.PRIMARY)
        self.again = Button(theme, _("Press other keys"))
        cancel = Button(theme, _("Cancel"), Kind.GHOST)
        self.yes.clicked.connect(self._take_answer)
        self.again.clicked.connect(lambda: self.begin(adds=self._adds))
        cancel.clicked.connect(self._leave)
        self._answer: Callable[[], object] = self._leave
        words = QHBoxLayout()
        words.addWidget(self.sentence, 1)
        return _page(words, (self.yes, self.again), (cancel,))

    def _fill(self, _text: str = "") -> None:
        kept = self._shown.name if self._shown is not None else ""
        self.lines.show_choices(tuple(self._choices(self.field.text().casefold().split())), choose_first=not kept)
        if kept:
            self.choose(kept)
        if self.lines.current is None:
            self.lines.step(1)
        self._show_line()
        self.reset_all.setEnabled(bool(self._keymap.changes))

    def _choices(self, words: Sequence[str]) -> Iterator[Choice]:
        for catalogue in self._catalogues:
            keys = self._keymap.keys(catalogue)
            for group in catalogue.groups:
                lines = [_Line(catalogue, spec) for spec in group.specs]
                found = [line for line in lines if _fits(line, keys[line.name], words)]
                if found:
                    yield Choice(group.words(), heading=True)
                for line in found:
                    note = _("changed") if line.name in self._keymap.changes else ""
                    yield Choice(line.words, note=note, value=line, keys=keys[line.name])

    def _show_line(self) -> None:
        value = self.lines.current.value if self.lines.current is not None else None
        self._shown = value if isinstance(value, _Line) else None
        if self.strip.currentIndex() != 0:
            self.strip.setCurrentIndex(0)
        line = self._shown
        keys = self._keys() if line is not None else ()
        self._name.set_text(line.words if line is not None else _("No action is called so"))
        self._caps.show_keys(keys)
        for button in (self.change, self.add):
            button.setEnabled(line is not None)
        self.add.setEnabled(line is not None and 0 < len(keys) < shortcuts.MOST_KEYS)
        self.clear.setEnabled(bool(keys))
        self.reset.setEnabled(line is not None and line.name in self._keymap.changes)

    # inside: what is changed

    def _keys(self) -> tuple[str, ...]:
        return self._keymap.keys(self._shown.catalogue)[self._shown.name] if self._shown is not None else ()

    def _recorded(self, pressed: str) -> None:
        line, keys = self._shown, as_qt_writes(shortcuts.untwinned(pressed))
        if line is None:
            return
        refusal = shortcuts.refusal(keys, while_writing=line.catalogue.while_writing)
        own = line.spec.keys_in(self._keymap.key_set)
        if refusal and keys not in own:
            self._ask(refusal, _("Press other keys"), lambda: self.begin(adds=self._adds))
            return
        wanted = tuple(key for key in self._keys() if not shortcuts.collide(key, keys)) if self._adds else ()
        declared = line.catalogue.declared(self._keymap.key_set)
        owner = shortcuts.owner_of(keys, declared, self._keymap.changes, line.name)
        if not owner:
            self._give((*wanted, keys))
            return
        other = next(spec.words() for spec in line.catalogue if line.catalogue.stored_name(spec) == owner)
        sentence = _("{keys} is taken: it does “{action}”.").format(keys=shown(keys), action=other.rstrip("…"))
        self._ask(sentence, _("Use it here instead"), lambda: self._give((*wanted, keys)), again=True)

    def _ask(self, sentence: str, yes: str, answer: Callable[[], object], *, again: bool = False) -> None:
        self._answer = answer
        self.sentence.setText(sentence)
        self.yes.setText(yes)
        self.yes.setAccessibleDescription(sentence)
        self.again.setVisible(again)
        self.strip.setCurrentIndex(2)
        self.yes.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_answer(self) -> None:
        self._answer()

    def _ask_reset_all(self) -> None:
        self._ask(_("Every action gets the keys of the set again."), _("Reset all"), lambda: self._store({}))

    def _reset(self) -> None:
        if self._shown is not None:
            self._give(self._shown.spec.keys_in(self._keymap.key_set))

    def _give(self, keys: tuple[str, ...]) -> None:
        if self._shown is not None:
            declared = self._shown.catalogue.declared(self._keymap.key_set)
            self._store(shortcuts.reassigned(declared, self._keymap.changes, self._shown.name, keys))

    def _store(self, changes: shortcuts.Changes) -> None:
        self._leave()
        stored = shortcuts.with_changes(self._keymap.stored, self._keymap.key_set, changes)
        self._keymap.choose(self._keymap.key_set, stored)
        self.changed.emit(stored)

    def _leave(self) -> None:
        had_keyboard = self.strip.isAncestorOf(self.focusWidget()) if self.focusWidget() is not None else False
        self._show_line()
        if had_keyboard or self.recorder.hasFocus():
            self.lines.setFocus(Qt.FocusReason.OtherFocusReason)


def _page(words: QHBoxLayout, left: Sequence[QWidget], right: Sequence[QWidget]) -> QWidget:
    page = QWidget()
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(8)
    column.addLayout(words, 1)
    row = QHBoxLayout()
    row.setSpacing(8)
    for widget in left:
        row.addWidget(widget)
    row.addStretch(1)
    for widget in right:
        row.addWidget(widget)
    column.addLayout(row)
    return page


def _fits(line: _Line, keys: Sequence[str], words: Sequence[str]) -> bool:
    """Say whether every word occurs in what the action is called or in its keys."""
    text = " ".join((line.words, *(shown(key) for key in keys))).casefold()
    return all(word in text for word in words)
