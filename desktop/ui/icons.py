"""Lucide icons in the colours of the theme. Drawn from SVG at the device's own resolution, kept in Qt's pixmap cache.

The set is drawn on a grid of 24 with lines 2 wide. Scaled down those lines would fade, so each size has its own width
on that grid. An icon of a menu or button is drawn when it is shown, in the colours of that moment: most never are, and
a change of theme asks for none anew. GUI thread only.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from desktop.base.resources import resource_dir
from desktop.ui.theme import Theme

_STROKES = {10: 2.8, 12: 2.6, 14: 2.4, 16: 2.1, 20: 1.8, 24: 1.6}
_APP_SIDES = (16, 24, 32, 48, 64, 128, 256)


def pixmap(name: str, size: int, colour: QColor, scale: float = 1.0, *, filled: QColor | None = None) -> QPixmap:
    """Return an icon `size` logical px square for a device of `scale` (its device pixel ratio).

    `filled` colours the inside of a closed shape (the star). Raises FileNotFoundError for an unknown name.
    """
    inside = "none" if filled is None else filled.name()
    key = f"icon {name} {size} {colour.rgba()} {inside} {scale}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    svg = _source(name).replace('stroke-width="2"', f'stroke-width="{_STROKES.get(size, 1.8)}"', 1)
    svg = svg.replace("currentColor", colour.name()).replace('fill="none"', f'fill="{inside}"', 1)
    side = max(1, round(size * scale))
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setOpacity(colour.alphaF())
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    made.setDevicePixelRatio(scale)
    QPixmapCache.insert(key, made)
    return made


class _Engine(QIconEngine):
    """Draws an icon in the colour of a token, accent when on or hot and pale when disabled."""

    def __init__(self, theme: Theme, name: str, size: int, colour: str) -> None:
        super().__init__()
        self._theme, self._name, self._size, self._colour = theme, name, size, colour

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        side = min(rect.width(), rect.height())
        painter.drawPixmap(rect, self._drawn(round(side * painter.device().devicePixelRatioF()), mode, state))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        # asked for in pixels of the device; Qt says afterwards how many of them are one of ours
        drawn = self._drawn(min(size.width(), size.height()), mode, state)
        drawn.setDevicePixelRatio(1.0)
        return drawn

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        side = min(self._size, size.width(), size.height())
        return QSize(side, side)

    def isNull(self) -> bool:
        return False

    def clone(self) -> QIconEngine:
        return _Engine(self._theme, self._name, self._size, self._colour)

    def _drawn(self, side_px: int, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        tokens = self._theme.tokens
        if mode is QIcon.Mode.Disabled:
            colour = tokens.disabled
        elif mode in (QIcon.Mode.Active, QIcon.Mode.Selected) or state is QIcon.State.On:
            colour = tokens.accent
        else:
            colour = tokens.named(self._colour)
        return pixmap(self._name, self._size, colour, side_px / self._size)


def icon(theme: Theme, name: str, size: int = 16, colour: str = "secondary") -> QIcon:
    """Return an icon in the colour of a token, accent when on or hot and pale when disabled; it follows the theme."""
    return QIcon(_Engine(theme, name, size, colour))


def app_icon() -> QIcon:
    """Return the program's own icon, drawn at the sizes task bars and title bars ask for."""
    drawing = QSvgRenderer(str(resource_dir() / "rapport.svg"))
    made = QIcon()
    for side in _APP_SIDES:
        drawn = QPixmap(side, side)
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        drawing.render(painter)
        painter.end()
        made.addPixmap(drawn)
    return made


@cache
def _source(name: str) -> str:
    return (resource_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
