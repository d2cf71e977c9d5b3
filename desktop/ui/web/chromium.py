"""How Chromium is started: without a network, in its sandbox, and only when the first HTML mail wants it.

The request interceptor does not see everything (a `preconnect` opens a connection past it and past any CSP), so the
network is taken away where names are resolved, and a dead proxy stands where a literal address would go.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import MutableMapping

from PySide6.QtCore import QCoreApplication, Qt

from desktop.ui import x_server

FLAGS_VARIABLE = "QTWEBENGINE_CHROMIUM_FLAGS"
SANDBOX_VARIABLE = "QTWEBENGINE_DISABLE_SANDBOX"
BACKEND_VARIABLE = "QT_QUICK_BACKEND"

_FLAGS = (
    '--host-resolver-rules="MAP * ~NOTFOUND"',
    "--proxy-server=socks5://127.0.0.1:9",
    "--proxy-bypass-list=<-loopback>",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-domain-reliability",
    "--disable-sync",
    "--no-pings",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--renderer-process-limit=1",
)
_OF_THE_PERSON = re.compile(
    r"--(?:disable-gpu(?:-compositing|-rasterization)?|ignore-gpu-blocklist"
    r"|(?:force-device-scale-factor|lang|use-angle|use-gl)=[\w.,-]+)"
)
"""Flags about drawing and language, which get a picture on the screen of an odd machine; no other passes."""


def prepare(*, in_software: bool = False) -> None:
    """Make this process ready for a browser that is loaded later; before the application is made.

    It draws without the graphics card where that is wanted, or where there is no way to one.
    """
    if in_software or x_server.lacks_glx(os.environ):
        os.environ[BACKEND_VARIABLE] = "software"
    set_flags(os.environ)
    # QtWebEngine sees to this itself only where it is loaded before the application
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)


def set_flags(env: MutableMapping[str, str]) -> None:
    """Write our flags into an environment, behind the few a person may set: Chromium takes the last of a kind.

    The sandbox is off for root only, under whom Chromium refuses to start with it (containers, tests).
    """
    flags = [flag for flag in env.get(FLAGS_VARIABLE, "").split() if _OF_THE_PERSON.fullmatch(flag)]
    if draws_in_software(env) and "--disable-gpu" not in flags:
        flags.append("--disable-gpu")
    env[FLAGS_VARIABLE] = " ".join((*flags, *_FLAGS))
    env.pop("QTWEBENGINE_REMOTE_DEBUGGING", None)
    if runs_as_root():
        env[SANDBOX_VARIABLE] = "1"
    else:
        env.pop(SANDBOX_VARIABLE, None)


def draws_in_software(environ: MutableMapping[str, str]) -> bool:
    """Return whether there is no graphics card to speak to, by what Qt was told."""
    platform = environ.get("QT_QPA_PLATFORM", "").split(":")[0]
    return platform in {"offscreen", "minimal", "vnc"} or environ.get(BACKEND_VARIABLE) == "software"


def runs_as_root() -> bool:
    """Return whether this is root on a system that has one."""
    return sys.platform != "win32" and os.geteuid() == 0
