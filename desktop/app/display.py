"""Says whether a window can open at all, before Qt is asked: Qt ends the process when it finds no display."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping


def has_display(platform: str = sys.platform, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether Qt will find a display: on Linux the one of X11 or Wayland, or a platform chosen by hand."""
    if platform != "linux":
        return True
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
