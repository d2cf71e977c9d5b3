"""Round corners of windows of their own, menus and popups: where a compositor mixes windows, else square ones.

Without one, what is transparent is black (`design`, part 7: border only). GUI thread.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.ui import x_server

SQUARE = "square"
"""The property the style sheet looks at."""


def round_corners(popup: QWidget) -> bool:
    """Prepare a popup that was not shown yet; returns whether its corners are round."""
    if x_server.lacks_compositor():
        popup.setProperty(SQUARE, True)
        return False
    popup.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
    return True
