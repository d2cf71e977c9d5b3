"""Lucide icons in the colours of the theme. Drawn from SVG at the device's own resolution, kept in Qt's pixmap cache.

The set is drawn on a grid of 24 with lines 2 wide. Scaled down those lines would fade, so each size has its own width
on that grid. GUI thread only.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from desktop.base.resources import resource_dir
from desktop.ui.theme import Theme

_STROKES = {10: 2.8, 12: 2.6, 14: 2.4, 16: 2.1, 20: 1.8, 24: 1.6}
_SCALES = (1.0, 1.5, 2.0)
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


def icon(theme: Theme, name: str, size: int = 16, colour: str = "secondary") -> QIcon:
    """Return an icon in the colour of a token, accent when on or hot and pale when disabled.

    It keeps the colours of the moment: ask again when the theme has changed.
    """
    tokens = theme.tokens
    made = QIcon()
    for scale in _SCALES:
        made.addPixmap(pixmap(name, size, tokens.named(colour), scale))
        made.addPixmap(pixmap(name, size, tokens.disabled, scale), QIcon.Mode.Disabled)
        made.addPixmap(pixmap(name, size, tokens.accent, scale), QIcon.Mode.Active)
        made.addPixmap(pixmap(name, size, tokens.accent, scale), QIcon.Mode.Selected)
        made.addPixmap(pixmap(name, size, tokens.accent, scale), QIcon.Mode.Normal, QIcon.State.On)
    return made


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
