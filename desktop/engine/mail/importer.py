"""The import process seen from outside: hostile bytes in, frozen dataclasses out, never a hang.

A `ParserProcess` owns one thread, which owns one spawned child. The thread carries out requests in order; what
takes longer than the deadline, or kills the child, costs that child: it is replaced, the rest of the batch goes on mail
by mail, and only the culprit is reported as `Failure`. A Python process pool can do neither: it cannot stop a running
task, and it dies with its child.

All methods may be called from any thread. The engine keeps one instance for import (pipelined: `submit` the next
batch while one is parsed) and one for readers (`prepare`, `parts_bytes`). This side imports what parses only for the
types of answers: a start of the program waits for no HTML library.
"""

from __future__ import annotations

import logging
import multiprocessing
import queue
import threading
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Protocol

from desktop.base.clock import monotonic
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail.document import CANNOT_SHOW_HTML, INLINE_BYTES_MAX, Document, Options, Quotable
from desktop.domain.mail.message import Message
from desktop.engine.mail import parser_child, wire

log = logging.getLogger(__name__)

DEADLINE_S = 10.0
MEMORY_BYTES = 768 * 1024 * 1024
_START_S = 60.0
_GET_READY = "get-ready"
_SEND_S = 60.0
_MAX_FRAME_BYTES = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Failure:
    """A mail that could not be parsed: shown as "cannot show", its source kept and tried again after an update."""

    reason: str


class CannotShow(Exception):
    """The process gave up on this one request (deadline, memory, crash)."""


class ParserUnavailable(Problem):
    """No import process could be started, or this one was closed: says nothing about the mail; try later."""

    def __init__(self, reason: str) -> None:
        super().__init__(_("The part of Rapport that reads mails could not be started."), details=reason)


class _Lost(Exception):
    """The child did not answer in time, died, or talked nonsense."""


class Ticket(Protocol):
    """A batch on its way."""

    def result(self, timeout: float | None = None) -> list[Message | Failure]: ...


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    request: tuple[Any, ...]
    future: Future[Any]


class ParserProcess:
    """One child process that parses; started on first use, restarted when lost, stopped when idle or closed."""

    def __init__(
        self,
        *,
        deadline_s: float = DEADLINE_S,
        memory_bytes: int = MEMORY_BYTES,
        child_main: Callable[[Connection, int, float], None] = parser_child.main,
    ) -> None:
        self._deadline_s = deadline_s
        self._memory_bytes = memory_bytes
        self._child_main = child_main
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._idle_s: float | None = None
        # touched by the owning thread only
        self._child: BaseProcess | None = None
        self._pipe: Connection | None = None

    def submit(self, batch: Sequence[bytes]) -> Ticket:
        """Queue raw mails for parsing; the ticket's `result()` gives one Message or Failure a mail, in order."""
        return self._enqueue((parser_child.PARSE, tuple(batch)))

    def result(self, ticket: Ticket) -> list[Message | Failure]:
        """Wait for a batch. Raises ParserUnavailable."""
        return ticket.result()

    def parse(self, batch: Sequence[bytes]) -> list[Message | Failure]:
        """Parse raw mails and wait. Raises ParserUnavailable."""
        return self.submit(batch).result()

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        """Return the mail made safe to show; as text, with the warning "cannot-show-html", if its HTML was too much.

        Raises CannotShow, ParserUnavailable.
        """
        options = options or Options()
        try:
            return self._prepared(raw, options)
        except CannotShow:
            if options.text_only:
                raise
        found = self._prepared(raw, replace(options, text_only=True))
        return replace(found, warnings=(*found.warnings, CANNOT_SHOW_HTML))

    def _prepared(self, raw: bytes, options: Options) -> Document:
        found: Document = self._enqueue((parser_child.PREPARE, raw, wire.pack(options))).result()
        return found

    def quotable(self, raw: bytes, options: Options | None = None) -> Quotable:
        """Return the mail as an answer quotes it; as text if its HTML was too much.

        Raises CannotShow, ParserUnavailable.
        """
        options = options or Options()
        try:
            found: Quotable = self._enqueue((parser_child.QUOTE, raw, wire.pack(options))).result()
        except CannotShow:
            if options.text_only:
                raise
            return self.quotable(raw, replace(options, text_only=True))
        return found

    def part_bytes(self, raw: bytes, section: str) -> bytes:
        """Return the decoded content of one part. Raises mime_parse.PartMissing, CannotShow, ParserUnavailable."""
        found: bytes = self._enqueue((parser_child.PART, raw, section)).result()
        return found

    def parts_bytes(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        """Return the decoded content of several parts by section; a part that is absent or too much is left out.

        Together they take no more than INLINE_BYTES_MAX. Raises CannotShow, ParserUnavailable.
        """
        request = (parser_child.PARTS, raw, tuple(sections), INLINE_BYTES_MAX)
        found: dict[str, bytes] = self._enqueue(request).result()
        return found

    def get_ready(self) -> None:
        """Start the child now, so that the first request need not wait for it."""
        self._enqueue((_GET_READY,))

    def stop_when_idle(self, after_s: float | None) -> None:
        """Let the child go after that many seconds without work (None: keep it); the next request starts another."""
        self._idle_s = after_s

    def close(self, timeout_s: float = 5.0) -> None:
        """End the child; queued requests fail with ParserUnavailable."""
        with self._lock:
            self._closed = True
            thread = self._thread
        self._jobs.put(None)
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout_s)

    @property
    def child_pid(self) -> int | None:
        """The child's process id; None while there is none."""
        child = self._child
        return child.pid if child is not None else None

    def _enqueue(self, request: tuple[Any, ...]) -> Future[Any]:
        future: Future[Any] = Future()
        with self._lock:
            if self._closed:
                raise ParserUnavailable("closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="parser", daemon=True)
                self._thread.start()
            self._jobs.put(_Job(request, future))
        return future

    def _run(self) -> None:
        while True:
            try:
                job = self._jobs.get(timeout=self._idle_s if self._child is not None else None)
            except queue.Empty:
                self._drop_child()
                continue
            if job is None or self._closed:
                break
            if job.future.set_running_or_notify_cancel():
                try:
                    job.future.set_result(self._carry_out(job.request))
                except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
                    job.future.set_exception(error)
        self._drop_child()
        while job is not None or not self._jobs.empty():
            if job is not None and job.future.set_running_or_notify_cancel():
                job.future.set_exception(ParserUnavailable("closed"))
            job = None if self._jobs.empty() else self._jobs.get()

    def _carry_out(self, request: tuple[Any, ...]) -> Any:
        if request[0] == _GET_READY:
            if self._child is None:
                self._start_child()
            return None
        if request[0] == parser_child.PARSE:
            return self._parse(request[1])
        try:
            kind, *content = self._exchange(request)
            if kind == parser_child.MISSING:
                from desktop.domain.mail import mime_parse

                raise mime_parse.PartMissing(request[2])
            if kind == parser_child.VALUE and request[0] == parser_child.PREPARE:
                return wire.unpack(Document, content[0])
            if kind == parser_child.VALUE and request[0] == parser_child.QUOTE:
                return wire.unpack(Quotable, content[0])
            if kind == parser_child.VALUE and request[0] == parser_child.PARTS:
                return _parts(content[0], request[2])
            if kind == parser_child.VALUE and type(content[0]) is bytes:
                return content[0]
            if kind != parser_child.ERROR:
                raise _Lost("nonsense")
        except (_Lost, wire.WireError, IndexError) as error:
            self._drop_child()
            raise CannotShow(str(error)) from error
        raise CannotShow(str(content[:1]))

    def _parse(self, batch: tuple[bytes, ...]) -> list[Message | Failure]:
        results: list[Message | Failure] = []
        together = True
        while len(results) < len(batch):
            left = batch[len(results) :] if together else batch[len(results) : len(results) + 1]
            try:
                self._parse_into(results, left)
            except (_Lost, wire.WireError, IndexError) as error:
                self._drop_child()
                if together and len(left) > 1:
                    # somebody in this batch: the next tries go one by one until he is found
                    together = False
                    continue
                log.warning("a mail could not be parsed: %s", error)
                results.append(Failure(str(error)))
                together = True
        return results

    def _parse_into(self, results: list[Message | Failure], batch: tuple[bytes, ...]) -> None:
        """Append the Message of each mail of `batch` as answers come. Raises _Lost."""
        goal = len(results) + len(batch)
        kind, *content = self._exchange((parser_child.PARSE, batch))
        while True:
            if kind not in {parser_child.SOME, parser_child.DONE} or len(results) + len(content[0]) > goal:
                raise _Lost("nonsense")
            results += [wire.unpack(Message, each) for each in content[0]]
            if kind == parser_child.DONE:
                break
            kind, *content = self._receive(self._deadline_s)
        if len(results) != goal:
            raise _Lost("nonsense")

    def _exchange(self, request: tuple[Any, ...]) -> tuple[Any, ...]:
        """Send a request, starting a child if need be; return its answer. Raises _Lost, ParserUnavailable."""
        if self._child is not None and not self._child.is_alive():
            self._drop_child()
        if self._child is None:
            self._start_child()
        child, pipe = self._child, self._pipe
        assert child is not None
        assert pipe is not None
        # a child that does not read would block us for ever
        watch = threading.Timer(_SEND_S, child.kill)
        watch.daemon = True
        watch.start()
        try:
            pipe.send_bytes(wire.dumps(request))
        except OSError as error:
            raise _Lost("died") from error
        finally:
            watch.cancel()
        return self._receive(self._deadline_s)

    def _receive(self, timeout_s: float) -> tuple[Any, ...]:
        pipe = self._pipe
        assert pipe is not None
        until = monotonic() + timeout_s
        try:
            while not pipe.poll(max(until - monotonic(), 0)):
                if monotonic() >= until:
                    raise _Lost("deadline")
            answer = wire.loads(pipe.recv_bytes(_MAX_FRAME_BYTES))
        except (EOFError, OSError) as error:
            raise _Lost("died") from error
        if type(answer) is not tuple or not answer:
            raise _Lost("nonsense")
        return answer

    def _start_child(self) -> None:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        child = context.Process(
            target=self._child_main,
            args=(theirs, self._memory_bytes, self._deadline_s),
            name="rapport-parser",
            daemon=True,
        )
        try:
            child.start()
        except OSError as error:
            ours.close()
            raise ParserUnavailable(str(error)) from error
        finally:
            theirs.close()
        self._child, self._pipe = child, ours
        try:
            ready = self._receive(_START_S)[0] == parser_child.READY
        except (_Lost, wire.WireError) as error:
            self._drop_child()
            raise ParserUnavailable(str(error)) from error
        if not ready:
            self._drop_child()
            raise ParserUnavailable("nonsense")

    def _drop_child(self) -> None:
        child, pipe = self._child, self._pipe
        self._child = self._pipe = None
        if pipe is not None:
            pipe.close()
        if child is not None:
            child.kill()
            child.join(5)
            child.close()


def _parts(answer: object, sections: tuple[str, ...]) -> dict[str, bytes]:
    """Return the parts a child answered with, no more than were asked for. Raises _Lost."""
    if type(answer) is not dict or not answer.keys() <= set(sections):
        raise _Lost("nonsense")
    if any(type(each) is not bytes for each in answer.values()) or sum(map(len, answer.values())) > INLINE_BYTES_MAX:
        raise _Lost("nonsense")
    return answer
