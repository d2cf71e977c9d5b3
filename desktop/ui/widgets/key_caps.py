"""Keys drawn as caps: one for what is pressed at once, two beside one another for a chord. GUI thread."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.domain.shortcuts import strokes_of
from desktop.ui.theme import Theme
from desktop.ui.widgets.paint import CENTER, line_of_text, rounded, text_width

_HEIGHT, _PADDING, _LEAST = 18, 12, 20
_IN_CHORD, _BETWEEN = 3, 8


def read_out(keys: Sequence[str]) -> str:
    """Return keys as one reads them, for a screen reader."""
    return ", ".join(" ".join(_strokes(key)) for key in keys)


def caps_width(theme: Theme, keys: Sequence[str]) -> int:
    """Return how wide the caps of these keys are, the gaps between them included."""
    face = theme.font("micro")
    return sum(_IN_CHORD + _cap(text_width(face, stroke)) for key in keys for stroke in _strokes(key)) + sum(
        _BETWEEN - _IN_CHORD for _key in keys[1:]
    )


def draw_caps(painter: QPainter, theme: Theme, keys: Sequence[str], area: QRect) -> None:
    """Draw the caps of keys at the right end of `area`, in the middle of its height."""
    face, right = theme.font("micro"), area.right() + 1
    for number, key in enumerate(reversed(keys)):
        right -= (_BETWEEN - _IN_CHORD) * bool(number)
        for stroke in reversed(_strokes(key)):
            width = _cap(text_width(face, stroke))
            cap = QRect(right - width, area.top() + (area.height() - _HEIGHT) // 2, width, _HEIGHT)
            rounded(painter, cap, 4, theme.tokens.raised, theme.tokens.border)
            line_of_text(painter, cap, stroke, face, theme.tokens.secondary, CENTER)
            right -= width + _IN_CHORD


class KeyCaps(QWidget):
    """The keys of one action."""

    def __init__(self, theme: Theme, keys: Sequence[str] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._keys = tuple(keys)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.show_keys(keys)
        theme.changed.connect(self.update)

    def show_keys(self, keys: Sequence[str]) -> None:
        """Show other keys."""
        self._keys = tuple(keys)
        self.setAccessibleName(read_out(self._keys))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(caps_width(self._theme, self._keys), _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_caps(QPainter(self), self._theme, self._keys, self.rect())


def _cap(words: int) -> int:
    return max(_LEAST, words + _PADDING)


def _strokes(key: str) -> tuple[str, ...]:
    """Return what is pressed one after the other, as written on the keys of this system."""
    return tuple(QKeySequence(stroke).toString(QKeySequence.SequenceFormat.NativeText) for stroke in strokes_of(key))
