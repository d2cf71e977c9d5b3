"""What the X server under the windows lacks, which Qt does not tell. GUI thread; a question costs about a millisecond.

Without GLX, as on some remote desktops, Chromium ends the whole program when it first draws. Without a compositor a
window that is partly transparent is black there. The questions go through libxcb, which Qt itself needs, so nothing is
loaded for them. Source: X11 protocol, QueryExtension, InternAtom and GetSelectionOwner; the compositor owns a selection
by EWMH 1.5, "_NET_WM_CM_Sn".
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from PySide6.QtGui import QGuiApplication

_FACT_AT = 8
"""In each of the replies asked for here, the answer follows a head of so many bytes."""


def lacks_glx(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Return whether windows will be made on an X server without GLX; False where that cannot be found out."""
    if platform != "linux" or not uses_x(environ):
        return False
    with _connection() as server:
        return server is not None and not server.has_extension(b"GLX")


@cache
def lacks_compositor() -> bool:
    """Return whether windows are on an X server where nobody mixes them; as it was when first asked."""
    if QGuiApplication.platformName() != "xcb":
        return False
    with _connection() as server:
        return server is not None and not server.has_owner(b"_NET_WM_CM_S%d" % server.screen)


def uses_x(environ: Mapping[str, str]) -> bool:
    """Return whether Qt will make its windows on an X server, by what it looks at itself."""
    chosen = environ.get("QT_QPA_PLATFORM", "").split(":")[0].split(";")[0]
    if not environ.get("DISPLAY") or chosen not in ("", "xcb"):
        return False
    return chosen == "xcb" or environ.get("XDG_SESSION_TYPE") != "wayland"


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


class _Server:
    """A connection of our own; the one of Qt is there only after the application."""

    def __init__(self, xcb: ctypes.CDLL, connection: int, screen: int) -> None:
        self._xcb = xcb
        self._connection = ctypes.c_void_p(connection)
        self.screen = screen

    def has_extension(self, name: bytes) -> bool:
        return bool(self._ask("xcb_query_extension", ctypes.c_uint16(len(name)), name, size=1))

    def has_owner(self, selection: bytes) -> bool:
        only_if_exists = ctypes.c_uint8(1)
        atom = self._ask("xcb_intern_atom", only_if_exists, ctypes.c_uint16(len(selection)), selection, size=4)
        return bool(atom and self._ask("xcb_get_selection_owner", ctypes.c_uint32(atom), size=4))

    def _ask(self, request: str, *arguments: object, size: int) -> int:
        """Send a request and return the number that is the fact in its reply; 0 without one."""
        send, receive = getattr(self._xcb, request), getattr(self._xcb, f"{request}_reply")
        send.restype, receive.restype = _Cookie, ctypes.c_void_p
        reply = receive(self._connection, send(self._connection, *arguments), None)
        if not reply:
            return 0
        fact = ctypes.string_at(reply + _FACT_AT, size)
        free = ctypes.CDLL(None).free
        free.argtypes = [ctypes.c_void_p]
        free(reply)
        return int.from_bytes(fact, sys.byteorder)


@contextmanager
def _connection() -> Iterator[_Server | None]:
    """Give a connection to the server of DISPLAY; None where there is none to be had."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        yield None
        return
    xcb.xcb_connect.restype = ctypes.c_void_p
    screen = ctypes.c_int()
    connection = xcb.xcb_connect(None, ctypes.byref(screen))
    try:
        broken = xcb.xcb_connection_has_error(ctypes.c_void_p(connection))
        yield None if broken else _Server(xcb, connection, screen.value)
    finally:
        xcb.xcb_disconnect(ctypes.c_void_p(connection))
