"""An import process that does what hostile mail might make the real one do. Runs in the child of `test_importer`."""

from __future__ import annotations

import os
import pickle
import sys
import time
from collections.abc import Collection
from multiprocessing.connection import Connection

from desktop.domain.mail import mime_parse, preparing
from desktop.domain.mail.document import Document, Options
from desktop.domain.mail.message import Message
from desktop.engine.mail import parser_child, wire


class Exploit:
    """Makes a file when unpickled without care."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return open, (self.path, "w")


def main(pipe: Connection, memory_bytes: int, deadline_s: float) -> None:
    """Serve as the real child does, but obey orders found in mails."""
    honest = mime_parse.parse

    def parse(raw: bytes) -> Message:
        if raw.startswith(b"HANG"):
            while True:
                time.sleep(1)
        if raw.startswith(b"DIE"):
            os._exit(9)
        if raw.startswith(b"EAT"):
            hoard = [bytes(1 << 20) for _ in range(1 << 16)]
            assert hoard
        if raw.startswith(b"EXPLOIT "):
            pipe.send_bytes(pickle.dumps((parser_child.DONE, (Exploit(raw[8:].decode()),))))
        if raw.startswith(b"LIE"):
            pipe.send_bytes(wire.dumps((parser_child.DONE, (("not", "a", "message"),))))
        if raw.startswith(b"MANY"):
            one = wire.pack(honest(b"From: a@x.example\n\nx"))
            pipe.send_bytes(wire.dumps((parser_child.DONE, (one,) * 1000)))
        if raw.startswith(b"MODULES"):
            return Message(text=" ".join(sorted(sys.modules)))
        return honest(raw)

    whole_document = preparing.prepare

    def prepare(raw: bytes, options: Options | None = None) -> Document:
        if b"HEAVY HTML" in raw and not (options and options.text_only):
            os._exit(9)
        return whole_document(raw, options)

    def parts_bytes(raw: bytes, sections: Collection[str], most_bytes: int) -> dict[str, bytes]:
        if raw.startswith(b"LIE"):
            return {"not asked for": b"x"}
        if raw.startswith(b"TEXT"):
            return dict.fromkeys(sections, "text")  # type: ignore[arg-type]
        return {"1": bytes(most_bytes + 1)}

    mime_parse.parse = parse
    mime_parse.parts_bytes = parts_bytes
    preparing.prepare = prepare
    parser_child.main(pipe, memory_bytes, deadline_s)
