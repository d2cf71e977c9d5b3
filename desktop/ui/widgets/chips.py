"""Chips, badges and avatars as pixmaps, drawn once for each text, theme and screen, for widgets and delegates alike."""

from __future__ import annotations

import zlib

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap, QPixmapCache

from desktop.ui.theme import FontKind, Theme, Tokens, font
from desktop.ui.widgets.paint import CENTER, line_of_text, rounded, text_width

_AVATAR_FONT_PX = {20: 9, 24: 10, 32: 12, 40: 15}


def avatar(
    theme: Theme, name: str, address: str, size: int = 32, scale: float = 1.0, *, company: bool = False
) -> QPixmap:
    """Return the initials of a person on his colour: round, or a rounded square for a company."""
    tokens = theme.tokens
    letters = initials(name, address)
    fill = zlib.crc32(address.lower().encode("utf-8", "replace")) % len(tokens.avatars)
    key = f"avatar {letters} {fill} {size} {scale} {company} {tokens.dark}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    ground, text = tokens.avatars[fill]
    made, painter = _canvas(size, size, scale)
    radius = (4 if size <= 20 else 6) if company else size / 2
    rounded(painter, QRect(0, 0, size, size), radius, ground)
    face = QFont(font("badge"))
    face.setPixelSize(_AVATAR_FONT_PX.get(size, round(size * 0.38)))
    line_of_text(painter, QRect(0, 0, size, size), letters, face, text, CENTER, Qt.TextElideMode.ElideNone)
    painter.end()
    QPixmapCache.insert(key, made)
    return made


def initials(name: str, address: str) -> str:
    """Return one or two letters for a person: first and last word of the name, else the first of the mailbox."""
    firm = name.partition(",")[0]
    # "Tarnow Papier, Einkauf" is a firm and its department, "Keller, Anna" one person
    words = [word for word in (_letters(word) for word in (firm if " " in firm.strip() else name).split()) if word]
    if not words:
        words = [word for word in (_letters(word) for word in address.partition("@")[0].split(".")) if word]
    if not words:
        return "?"
    if len(words) == 1:
        return words[0][:1].upper()
    return (words[0][:1] + words[-1][:1]).upper()


def _letters(word: str) -> str:
    """Return the word from its first letter or digit on."""
    for index, character in enumerate(word):
        if character.isalnum():
            return word[index:]
    return ""


def alert_badge(theme: Theme, count: int, scale: float = 1.0) -> QPixmap:
    """Return the number on an icon of the rail; above 99 it says 99+."""
    tokens = theme.tokens
    text = str(count) if count <= 99 else "99+"
    return _number("alert", tokens, text, scale, tokens.fill, tokens.on_fill, height=16, kind="badge")


def _number(
    what: str, tokens: Tokens, text: str, scale: float, ground: QColor, colour: QColor, *, height: int, kind: FontKind
) -> QPixmap:
    key = f"{what} {text} {scale} {tokens.dark}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    face = font(kind)
    # more than two characters stand closer to the edge: what the badge lies on must stay readable
    width = max(height, text_width(face, text) + (10 if len(text) < 3 else 6))
    made, painter = _canvas(width, height, scale)
    rounded(painter, QRect(0, 0, width, height), height / 2, ground)
    line_of_text(painter, QRect(0, 0, width, height), text, face, colour, CENTER)
    painter.end()
    QPixmapCache.insert(key, made)
    return made


def _canvas(width: int, height: int, scale: float) -> tuple[QPixmap, QPainter]:
    made = QPixmap(max(1, round(width * scale)), max(1, round(height * scale)))
    made.setDevicePixelRatio(scale)
    made.fill(Qt.GlobalColor.transparent)
    return made, QPainter(made)
