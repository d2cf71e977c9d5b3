"""Shows hostile mails in one place of the program and counts every packet that leaves it. Run in a network of its own.

    unshare --net --mount python -m tests.ui.web.leak_probe PLACE [--apart]

Prints one JSON line. The sinks answer, so that a leak goes as far as it can: names resolve to this machine, which
listens for HTTP and TLS. A raw socket sees every packet, also to ports nobody listens on.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

PORTS = (80, 443, 8081)


class Sinks:
    """DNS, HTTP and TCP on the loopback, and a tap that counts packets."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.requests: list[str] = []
        self.packets: list[str] = []
        _loopback_up()
        self._tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self._tap.bind(("lo", 0))
        dns = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        dns.bind(("127.0.0.1", 53))
        self._start(self._count)
        self._start(lambda: self._answer_names(dns))
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            for port in PORTS:
                listener = socket.socket(family, socket.SOCK_STREAM)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind((address, port))
                listener.listen()
                self._start(lambda each=listener: self._answer_requests(each))

    def _start(self, loop: Any) -> None:
        threading.Thread(target=loop, daemon=True).start()

    def _count(self) -> None:
        while True:
            packet, origin = self._tap.recvfrom(2048)
            if origin[2] != socket.PACKET_OUTGOING:
                continue
            kind = struct.unpack("!H", packet[12:14])[0]
            if kind == 0x86DD and packet[20] == 58:
                continue  # ICMPv6 of the kernel setting up the interface
            self.packets.append(packet[14:60].hex())

    def _answer_names(self, dns: socket.socket) -> None:
        while True:
            query, asker = dns.recvfrom(2048)
            labels, at = [], 12
            while query[at]:
                labels.append(query[at + 1 : at + 1 + query[at]].decode("ascii", "replace"))
                at += query[at] + 1
            self.names.append(".".join(labels))
            is_a = query[at + 1 : at + 3] == b"\0\1"
            record = b"\xc0\x0c\0\1\0\1\0\0\0\0\0\4\x7f\0\0\1" if is_a else b""
            head = query[:2] + b"\x81\x80\0\1" + (b"\0\1" if is_a else b"\0\0") + b"\0\0\0\0"
            dns.sendto(head + query[12 : at + 5] + record, asker)

    def _answer_requests(self, listener: socket.socket) -> None:
        while True:
            connection, _peer = listener.accept()
            with contextlib.suppress(OSError), connection:
                connection.settimeout(2)
                self.requests.append(connection.recv(300).split(b"\r\n")[0].decode("latin-1"))
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 0\r\n\r\n")


def _loopback_up() -> None:
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))


def _resolve_here() -> None:
    """Make 127.0.0.1 the name server of this mount namespace."""
    with tempfile.NamedTemporaryFile("w", delete=False, prefix="resolv-") as file:
        file.write("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    # the link is followed: what it leads to may not exist in a container
    target = Path("/etc/resolv.conf").resolve()
    if target.exists():
        subprocess.run(["mount", "--bind", file.name, str(target)], check=True)


def main(place: str, *, apart: bool) -> dict[str, Any]:
    """Show every mail in one place and return what was seen on the wire."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    _resolve_here()
    sinks = Sinks()
    from desktop.ui.web import chromium, scheme

    if place == "control":
        os.environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
        os.environ["QTWEBENGINE_CHROMIUM_FLAGS"] = "--disable-gpu"
    else:
        chromium.prepare()
        scheme.register()
    from PySide6.QtWidgets import QApplication

    app = QApplication([sys.argv[0]])
    app.setQuitOnLastWindowClosed(False)
    import qasync

    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    from tests.ui.web import leak_places

    shown = loop.run_until_complete(getattr(leak_places, place.replace("-", "_"))(loop, apart=apart))
    return {"place": place, "shown": shown, "names": sinks.names, "requests": sinks.requests, "packets": sinks.packets}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        os.environ["XDG_CACHE_HOME"] = scratch
        result = main(sys.argv[1], apart="--apart" in sys.argv)
    print(json.dumps(result), flush=True)
    # no Python teardown of a browser that has done its work
    os._exit(0)
