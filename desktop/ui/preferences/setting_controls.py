"""Controls made from the declarations of settings. What is changed here counts at once; there is nothing to save."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QHBoxLayout, QSpinBox, QWidget

from desktop.domain.settings import Setting
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox, Segment, Select
from desktop.ui.widgets.fields import FormRow

SEGMENT_MOST = 4
"""Up to so many short values stand side by side."""
_SEGMENT_LETTERS = 36

AnySetting = Setting[bool] | Setting[int] | Setting[str]
Value = bool | int | str


class SettingControl(QWidget):
    """One setting with its words. `changed` is called with what the person picked."""

    def __init__(
        self,
        theme: Theme,
        setting: AnySetting,
        value: Value,
        changed: Callable[[Value], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setting = setting
        self._changed = changed
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        label, hint = setting.label(), setting.hint()
        if isinstance(setting.default, bool) and not setting.choices:
            self.control: QWidget = self._check_box(theme, label, bool(value))
            row.addWidget(self.control)
            row.addStretch(1)
            return
        if setting.choices:
            words = [choice.label() for choice in setting.choices]
            brief = len(words) <= SEGMENT_MOST and sum(map(len, words)) <= _SEGMENT_LETTERS
            self.control = self._segment(theme, words) if brief else self._select(theme, label, words)
        else:
            self.control = self._number(label, cast("Setting[int]", setting))
        self.show_value(value)
        held = QWidget()
        inner = QHBoxLayout(held)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(self.control)
        inner.addStretch(1)
        row.addWidget(FormRow(theme, label, held, hint=hint))

    def show_value(self, value: Value) -> None:
        """Show a value that came from elsewhere."""
        control = self.control
        values = [choice.value for choice in self.setting.choices]
        index = values.index(value) if value in values else 0
        with QSignalBlocker(control):
            if isinstance(control, CheckBox):
                control.setChecked(bool(value))
            elif isinstance(control, Segment):
                control.set_current(index)
            elif isinstance(control, Select):
                control.setCurrentIndex(index)
            elif isinstance(control, QSpinBox):
                control.setValue(int(value))

    def _check_box(self, theme: Theme, label: str, on: bool) -> CheckBox:
        box = CheckBox(theme, label)
        box.setChecked(on)
        box.toggled.connect(self._toggled)
        return box

    def _segment(self, theme: Theme, words: list[str]) -> Segment:
        segment = Segment(theme, words, self.setting.label())
        segment.chosen.connect(self._picked)
        return segment

    def _select(self, theme: Theme, label: str, words: list[str]) -> Select:
        select = Select(theme, label)
        select.addItems(words)
        select.activated.connect(self._picked)
        return select

    def _number(self, label: str, setting: Setting[int]) -> QSpinBox:
        box = QSpinBox()
        box.setAccessibleName(label)
        box.setRange(setting.minimum, setting.maximum)
        box.setSuffix(setting.unit())
        box.valueChanged.connect(self._counted)
        return box

    def _picked(self, index: int) -> None:
        self._changed(self.setting.choices[index].value)

    def _toggled(self, on: bool) -> None:
        self._changed(on)

    def _counted(self, number: int) -> None:
        self._changed(number)
