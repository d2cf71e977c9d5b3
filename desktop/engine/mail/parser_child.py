"""The inside of the import process: reads requests from its pipe until it closes. Imports `domain` only.

The parsers are imported by `main`, in the child: who only starts one does without them.
A batch is answered in frames, so that the parent sees progress and, should a mail stop us, keeps what was done.
"""

from __future__ import annotations

import time
from multiprocessing.connection import Connection
from typing import Any

from desktop.domain.mail.document import Options
from desktop.engine.mail import limits, wire

READY = "ready"
SOME = "some"
DONE = "done"
VALUE = "value"
MISSING = "missing"
ERROR = "error"

PARSE = "parse"
PREPARE = "prepare"
QUOTE = "quote"
PART = "part"
PARTS = "parts"

FRAME_MAILS = 64
_FRAME_S = 0.25


def main(pipe: Connection, memory_bytes: int, deadline_s: float) -> None:
    """Answer requests until the pipe closes."""
    from desktop.domain.mail import mime_parse, preparing  # noqa: F401 - the first mail must not wait for them

    limits.confine(memory_bytes)
    _send(pipe, READY)
    while True:
        try:
            request = wire.loads(pipe.recv_bytes())
            limits.allow_cpu(deadline_s)
            _answer(pipe, request, deadline_s)
        except (EOFError, OSError):
            return


def _answer(pipe: Connection, request: tuple[Any, ...], deadline_s: float) -> None:
    from desktop.domain.mail import mime_parse, preparing, quotable

    kind, *arguments = request
    if kind == PARSE:
        _parse(pipe, arguments[0], deadline_s)
        return
    try:
        if kind == PREPARE:
            raw, options = arguments
            answer: object = wire.pack(preparing.prepare(raw, wire.unpack(Options, options)))
        elif kind == QUOTE:
            raw, options = arguments
            answer = wire.pack(quotable.quotable(raw, wire.unpack(Options, options)))
        elif kind == PARTS:
            answer = mime_parse.parts_bytes(*arguments)
        else:
            raw, section = arguments
            answer = mime_parse.part_bytes(raw, section)
    except mime_parse.PartMissing:
        _send(pipe, MISSING)
    except Exception as error:  # noqa: BLE001 - the parent turns it into "cannot show"
        _send(pipe, ERROR, type(error).__name__)
    else:
        _send(pipe, VALUE, answer)


def _parse(pipe: Connection, batch: object, deadline_s: float) -> None:
    from desktop.domain.mail import mime_parse

    assert isinstance(batch, tuple)
    ready: list[object] = []
    flushed = time.monotonic()
    for raw in batch:
        ready.append(wire.pack(mime_parse.parse(raw)))
        now = time.monotonic()
        if len(ready) >= FRAME_MAILS or now - flushed > _FRAME_S:
            _send(pipe, SOME, tuple(ready))
            ready.clear()
            flushed = now
            limits.allow_cpu(deadline_s)
    _send(pipe, DONE, tuple(ready))


def _send(pipe: Connection, *answer: object) -> None:
    pipe.send_bytes(wire.dumps(answer))
