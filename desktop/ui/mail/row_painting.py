"""Small things painted often: avatars, icons, count badges and runs of text. GUI thread.

What costs is kept: avatars and icons as pixmaps by content, colours and device scale. Text is always plain, in its
own reading direction, so that a right-to-left subject stands right in a left-to-right row.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPixmap, QTextCharFormat, QTextLayout, QTextOption

from desktop.ui import icons
from desktop.ui.theme import FontKind, Tokens, font
from desktop.ui.widgets.paint import is_right_to_left

_AVATAR_FONT_PX = {20: 9, 24: 10, 32: 12, 40: 15}
_KEPT = 2_000
BADGE_HEIGHT = 14


class Brushwork:
    """Pixmaps and metrics for one theme and one device scale; make a new one when either changes."""

    def __init__(self, tokens: Tokens, scale: float) -> None:
        self.tokens = tokens
        self.scale = scale
        self._pixmaps: dict[object, QPixmap] = {}
        self._metrics: dict[FontKind, QFontMetrics] = {}

    def metrics(self, kind: FontKind) -> QFontMetrics:
        """Return the metrics of a kind of text."""
        found = self._metrics.get(kind)
        if found is None:
            found = self._metrics[kind] = QFontMetrics(font(kind))
        return found

    def icon(self, name: str, size: int, colour: QColor, filled: QColor | None = None) -> QPixmap:
        """Return an icon in a colour."""
        wanted = (name, size, colour.rgba(), filled.rgba() if filled else None)
        found = self._pixmaps.get(wanted)
        if found is None:
            found = self._keep(wanted, icons.pixmap(name, size, colour, self.scale, filled=filled))
        return found

    def avatar(self, letters: str, address: str, size: int) -> QPixmap:
        """Return the round avatar of an address, in one of eight fills chosen by it."""
        fill = crc32(address.lower().encode("utf-8", "replace")) % len(self.tokens.avatars)
        wanted = ("avatar", letters, fill, size)
        found = self._pixmaps.get(wanted)
        if found is None:
            ground, ink = self.tokens.avatars[fill]
            found = self._disc(size, ground)
            painter = QPainter(found)
            lettering = QFont(font("small-strong"))
            lettering.setPixelSize(_AVATAR_FONT_PX.get(size, 12))
            painter.setFont(lettering)
            painter.setPen(ink)
            painter.drawText(QRect(0, 0, size, size), Qt.AlignmentFlag.AlignCenter, letters)
            painter.end()
            self._keep(wanted, found)
        return found

    def check(self, size: int) -> QPixmap:
        """Return the disc with a check that stands for the avatar of one of several selected rows."""
        wanted = ("check", size)
        found = self._pixmaps.get(wanted)
        if found is None:
            found = self._disc(size, self.tokens.fill)
            painter = QPainter(found)
            painter.drawPixmap((size - 16) // 2, (size - 16) // 2, self.icon("check", 16, self.tokens.on_fill))
            painter.end()
            self._keep(wanted, found)
        return found

    def dot(self, size: int) -> QPixmap:
        """Return the dot before an unread mail."""
        found = self._pixmaps.get(("dot", size))
        return found if found is not None else self._keep(("dot", size), self._disc(size, self.tokens.accent))

    def badge(self, number: str, width: int, selected: bool) -> QPixmap:
        """Return how many mails a conversation has, on its rounded ground."""
        wanted = ("badge", number, width, selected)
        found = self._pixmaps.get(wanted)
        if found is None:
            tokens, height = self.tokens, BADGE_HEIGHT
            found = QPixmap(max(1, round(width * self.scale)), max(1, round(height * self.scale)))
            found.setDevicePixelRatio(self.scale)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.soft2 if selected else tokens.count_badge)
            painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
            painter.setFont(font("micro"))
            painter.setPen(tokens.accent if selected else tokens.secondary)
            painter.drawText(QRect(0, 0, width, height), Qt.AlignmentFlag.AlignCenter, number)
            painter.end()
            self._keep(wanted, found)
        return found

    def _disc(self, size: int, ground: QColor) -> QPixmap:
        side = max(1, round(size * self.scale))
        made = QPixmap(side, side)
        made.setDevicePixelRatio(self.scale)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawEllipse(QRectF(0, 0, size, size))
        painter.end()
        return made

    def _keep(self, wanted: object, pixmap: QPixmap) -> QPixmap:
        if len(self._pixmaps) > _KEPT:
            self._pixmaps.clear()
        self._pixmaps[wanted] = pixmap
        return pixmap


def marked_text(
    text: str, marks: Sequence[tuple[int, int]], kind: FontKind, width: int, tokens: Tokens, metrics: QFontMetrics
) -> QTextLayout:
    """Return a laid-out line, elided to `width`, with a ground behind the marked stretches."""
    elided = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
    whole = len(elided) if elided == text else max(0, len(elided) - 1)
    layout = QTextLayout(elided, font(kind))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(
        Qt.LayoutDirection.RightToLeft if is_right_to_left(elided) else Qt.LayoutDirection.LeftToRight
    )
    option.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute)
    layout.setTextOption(option)
    look = QTextCharFormat()
    look.setBackground(tokens.search_hit)
    look.setForeground(tokens.text)
    formats = []
    for start, end in marks:
        if start < whole:
            stretch = QTextLayout.FormatRange()
            stretch.start, stretch.length, stretch.format = start, min(end, whole) - start, look
            formats.append(stretch)
    layout.setFormats(formats)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(width)
    layout.endLayout()
    return layout
