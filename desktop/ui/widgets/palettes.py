"""Colours of a widget that are not those of the application. GUI thread."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QWidget

ColorRole = QPalette.ColorRole


def tint(widget: QWidget, colours: Mapping[QPalette.ColorRole, QColor]) -> None:
    """Give a widget these colours, unless it has them.

    A style sheet gives a widget that finds another parent the palette it had at first, so whoever tints itself does it
    again with every `QEvent.PaletteChange`.
    """
    palette = widget.palette()
    if any(palette.color(role) != colour for role, colour in colours.items()):
        for role, colour in colours.items():
            palette.setColor(role, colour)
        widget.setPalette(palette)
