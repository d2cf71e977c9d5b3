"""Makes a window ready for the browser before it is shown, without the browser and without loading anything of it.

Where there is a graphics card a web view is painted through it. The first such widget of a window changes the kind of
its surface, and Qt then makes the native window anew: it vanishes for a moment, and without a window manager the
keyboard is lost. A hidden widget that is painted the same way, there from the beginning, asks for the right surface at
once. Where everything is painted in software there is nothing to ask for.
"""

from __future__ import annotations

import os

from PySide6.QtWidgets import QRhiWidget, QWidget

from desktop.ui.web import chromium


def prepare_surface(window: QWidget) -> None:
    """Give a window that was not shown yet the surface a web view will want."""
    if not chromium.draws_in_software(os.environ):
        herald = QRhiWidget(window)
        herald.resize(0, 0)
        herald.hide()
