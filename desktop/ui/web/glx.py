"""Asks the X server whether it has GLX. Chromium draws through it and ends the whole program where it is missing.

Some remote desktops have none. The question costs a millisecond; it goes through libxcb, which Qt itself needs, so
nothing is loaded for it. Source: X11 protocol, QueryExtension; `xcb_query_extension` in xcb/xproto.h.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Mapping

_NAME = b"GLX"
_PRESENT_AT = 8
"""Of the reply: byte 8 says whether the extension is there."""


def is_missing(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether windows are made on an X server that has no GLX; False where that cannot be found out."""
    return platform == "linux" and uses_x(environ) and _lacks_glx()


def uses_x(environ: Mapping[str, str]) -> bool:
    """Return whether Qt will make its windows on an X server, by what it looks at itself."""
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if not environ.get("DISPLAY") or chosen not in ("", "xcb"):
        return False
    return chosen == "xcb" or environ.get("XDG_SESSION_TYPE") != "wayland"


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


def _lacks_glx() -> bool:
    try:
        xcb, c = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL(None)
    except OSError:
        return False
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.c_void_p]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    xcb.xcb_query_extension.restype = _Cookie
    xcb.xcb_query_extension.argtypes = [ctypes.c_void_p, ctypes.c_uint16, ctypes.c_char_p]
    xcb.xcb_query_extension_reply.restype = ctypes.c_void_p
    xcb.xcb_query_extension_reply.argtypes = [ctypes.c_void_p, _Cookie, ctypes.c_void_p]
    c.free.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(None, None)
    try:
        if xcb.xcb_connection_has_error(connection):
            return False
        cookie = xcb.xcb_query_extension(connection, len(_NAME), _NAME)
        reply = xcb.xcb_query_extension_reply(connection, cookie, None)
        if not reply:
            return False
        present = ctypes.string_at(reply, _PRESENT_AT + 1)[_PRESENT_AT]
        c.free(reply)
        return not present
    finally:
        xcb.xcb_disconnect(connection)
