"""The icon of the tray: the program's own with the number of unread mails on it. GUI thread.

Panels are light or dark and do not say which, so the badge carries its own ground, and a gap around it parts it from
the icon on either.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QIcon, QPainter, QPainterPath, QPixmap

from desktop.ui.icons import app_icon

SIDES = (16, 22, 24, 32, 48, 64)
"""What panels ask for, in pixels of the device."""
_MOST = 99
_GROUND, _INK = QColor("#dc2626"), QColor("#ffffff")
_SMALL, _LARGE, _GAP = (0.66, 0.62), (0.56, 0.48), 0.06
"""Parts of the icon's side: the height of the badge and of its letters, up to 24 px and beyond; the gap around it."""


def badge_text(unread: int) -> str:
    """Return what stands on the icon; "" for nothing unread."""
    return "" if unread <= 0 else str(unread) if unread <= _MOST else f"{_MOST}+"


def tray_icon(badge: str) -> QIcon:
    """Return the icon with a badge, "" for none."""
    plain = app_icon()
    made = QIcon()
    for side in SIDES:
        made.addPixmap(_with_badge(plain.pixmap(side, side), side, badge) if badge else plain.pixmap(side, side))
    return made


def _with_badge(plain: QPixmap, side: int, badge: str) -> QPixmap:
    drawn = QPixmap(side, side)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.drawPixmap(0, 0, side, side, plain)
    height, size = _SMALL if side <= 24 else _LARGE
    high = round(side * height)
    face, letters = _face(badge, round(side * size), side - 2)
    wide = min(float(side), max(float(high), letters.width() + side * 0.16))
    place = QRectF(side - wide, side - high, wide, high)
    gap = max(1.0, side * _GAP)
    around = QPainterPath()
    around.addRoundedRect(place.adjusted(-gap, -gap, gap, gap), high / 2 + gap, high / 2 + gap)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Clear)
    painter.fillPath(around, Qt.GlobalColor.transparent)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
    ground = QPainterPath()
    ground.addRoundedRect(place, high / 2, high / 2)
    painter.fillPath(ground, _GROUND)
    # by their own outline: what a font leaves above and below its digits would put them off the middle
    outline = QPainterPath()
    outline.addText(0, 0, face, badge)
    outline.translate(place.center() - outline.boundingRect().center())
    painter.fillPath(outline, _INK)
    painter.end()
    return drawn


def _face(badge: str, size_px: int, room_px: float) -> tuple[QFont, QRectF]:
    """Return the largest bold face up to this size in which the badge fits, and what it covers."""
    face = QFont()
    face.setBold(True)
    while True:
        face.setPixelSize(size_px)
        covered = QFontMetricsF(face).tightBoundingRect(badge)
        if covered.width() <= room_px or size_px <= 6:
            return face, covered
        size_px -= 1
