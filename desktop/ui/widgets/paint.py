"""Strokes every control shares: rounded grounds, hairlines and one line of elided text. GUI thread, inside a paint."""

from __future__ import annotations

from math import ceil

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QFontMetricsF, QPainter, QPen, QTextLayout, QTextOption

LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
CENTER = Qt.AlignmentFlag.AlignCenter


def rounded(
    painter: QPainter, rect: QRect | QRectF, radius: float, ground: QColor | None, frame: QColor | None = None
) -> None:
    """Fill a rounded rectangle, with a frame of 1 px inside its edge."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect)
    if frame is not None:
        area.adjust(0.5, 0.5, -0.5, -0.5)
        radius -= 0.5
    painter.setPen(Qt.PenStyle.NoPen if frame is None else QPen(frame, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush if ground is None else ground)
    painter.drawRoundedRect(area, radius, radius)


def soft_shadow(
    painter: QPainter, rect: QRect, radius: float, reach: int, *, dark: bool, strength: float = 0.10
) -> None:
    """Darken what lies around `rect`, more below than above: layers of a rounded rectangle, each fainter.

    `strength` is how dark it is at the edge; on dark grounds it takes three times as much to be seen.
    """
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    veil = QColor(0, 0, 0) if dark else QColor(16, 20, 30)
    veil.setAlphaF((3 * strength if dark else strength) / reach)
    painter.setBrush(veil)
    for spread in range(reach, 0, -1):
        area = QRectF(rect).adjusted(-spread, -spread * 0.5, spread, spread)
        painter.drawRoundedRect(area, radius + spread, radius + spread)


def hairline(painter: QPainter, rect: QRect, colour: QColor, edge: Qt.Edge) -> None:
    """Draw a line of one device pixel along an edge of `rect`."""
    width = 1 / painter.device().devicePixelRatioF()
    area = QRectF(rect)
    if edge is Qt.Edge.TopEdge:
        area.setHeight(width)
    elif edge is Qt.Edge.BottomEdge:
        area.setTop(area.bottom() - width)
    elif edge is Qt.Edge.LeftEdge:
        area.setWidth(width)
    else:
        area.setLeft(area.right() - width)
    painter.fillRect(area, colour)


def text_width(font: QFont, text: str) -> int:
    """Return the whole px a text needs, rounded up, so that it is never cut in a place made for it."""
    return ceil(QFontMetricsF(font).horizontalAdvance(text))


def line_of_text(
    painter: QPainter,
    rect: QRect,
    text: str,
    font: QFont,
    colour: QColor,
    align: Qt.AlignmentFlag = LEFT,
    elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
) -> None:
    """Draw plain text in one line, cut with an ellipsis where it does not fit."""
    painter.setFont(font)
    painter.setPen(colour)
    shown = QFontMetrics(font).elidedText(text, elide, rect.width())
    painter.drawText(rect, align | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip, shown)


def lines_of_text(text: str, font: QFont, width: int, most: int) -> tuple[str, ...]:
    """Return plain text as the lines it takes in `width` px, `most` of them; the last is cut with an ellipsis."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    # positions of Qt count UTF-16 units, two for an emoji
    units = text.encode("utf-16-le", "surrogatepass")
    starts: list[int] = []
    layout.beginLayout()
    while len(starts) <= most and (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:], len(units) // 2]
    lines = [
        units[2 * start : 2 * end].decode("utf-16-le", "replace").strip()
        for start, end in zip(starts[:most], ends, strict=False)
    ]
    if len(starts) > most:
        rest = units[2 * starts[most - 1] :].decode("utf-16-le", "replace")
        lines[-1] = QFontMetrics(font).elidedText(rest, Qt.TextElideMode.ElideRight, width)
    return tuple(lines)


def draw_text(painter: QPainter, text: str, left: int, baseline: int) -> None:
    """Draw one line of plain text in its own reading direction; font and pen are the painter's."""
    if text.isascii():  # the common case needs no look at its direction
        painter.drawText(QPointF(left, baseline), text)
        return
    rightwards = painter.layoutDirection()
    if is_right_to_left(text):
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    painter.drawText(QPointF(left, baseline), text)
    painter.setLayoutDirection(rightwards)


def is_right_to_left(text: str) -> bool:
    """Return whether the first strong letter is written from right to left (Hebrew, Arabic and their kin)."""
    for character in text[:64]:
        if character.isalpha():
            return "\u0590" <= character <= "\u08ff" or "\ufb1d" <= character <= "\ufefc"
    return False
