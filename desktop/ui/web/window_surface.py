"""Makes a window ready for the browser before it is shown, without the browser.

A web view is painted through Qt Quick, by the graphics card where there is one. The first Qt Quick widget of a window
changes the kind of its surface, and Qt then makes the native window anew: it vanishes for a moment, and without a
window manager the keyboard is lost. A hidden Qt Quick widget that is there from the beginning asks for the right
surface at once; where everything is painted in software it asks for nothing. No renderer is started by it.
"""

from __future__ import annotations

from PySide6.QtQuickWidgets import QQuickWidget
from PySide6.QtWidgets import QWidget


def prepare_surface(window: QWidget) -> None:
    """Give a window that was not shown yet the surface a web view will want."""
    herald = QQuickWidget(window)
    herald.resize(0, 0)
    herald.hide()
