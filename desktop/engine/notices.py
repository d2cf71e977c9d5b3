"""Notices on a Linux desktop, on a thread of their own: it shows them, and hears what is done to them.

The thread, and what speaks to the session bus, begin with the first notice. A bus or server that went is looked for
again with the next; until it is there, whoever asks hears that nothing is shown.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import selectors
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TYPE_CHECKING

from desktop.domain.notice import Heard, Notice, Shown
from desktop.net import errors
from desktop.net.wake import Wake

if TYPE_CHECKING:
    from desktop.net.notifications import NotificationServer, Told

log = logging.getLogger(__name__)

_END_S = 6.0
"""So long the end waits for the thread: a call of a server takes at most five seconds."""
_Job = Callable[[], None]


class DesktopNotices:
    """Shows notices until it is closed; then those that still stand are taken away, since nobody would answer them."""

    def __init__(self) -> None:
        self._wake = Wake()
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._heard: Callable[[Heard], object] = lambda _heard: None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._closed = False
        # of the thread alone
        self._server: NotificationServer | None = None
        self._numbers: dict[int, int] = {}
        self._tokens: dict[int, str] = {}

    def listen(self, heard: Callable[[Heard], object]) -> None:
        """Call `heard`, on the thread, with what a person does to notices."""
        self._heard = heard

    def show(self, notice: Notice) -> Future[Shown]:
        """Show a notice; NOT where this desktop shows none."""
        shown: Future[Shown] = Future()

        def job() -> None:
            try:
                shown.set_result(self._show(notice))
            except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
                shown.set_exception(error)

        if not self._put(job):
            shown.set_result(Shown.NOT)
        return shown

    def withdraw(self, tag: int) -> None:
        """Take a notice away; one that is gone already is no fault."""
        self._put(lambda: self._withdraw(tag))

    def close(self) -> None:
        """Take away what stands and end."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._jobs.put(None)
            self._wake.set()
        if thread is None:
            self._wake.close()
        else:
            thread.join(_END_S)

    def _put(self, job: _Job) -> bool:
        with self._lock:
            if self._closed:
                return False
            self._jobs.put(job)
            self._wake.set()
            if self._thread is None:
                # a bus that hangs must not keep the program from its end
                self._thread = threading.Thread(target=self._run, name="notices", daemon=True)
                self._thread.start()
            return True

    # on the thread

    def _run(self) -> None:
        while True:
            with selectors.DefaultSelector() as waited:
                for end in (self._wake, self._server):
                    if end is not None:
                        waited.register(end, selectors.EVENT_READ)
                waited.select()
            self._wake.clear()
            self._hear()  # first: the numbers of a server that went are those of other notices now
            with contextlib.suppress(queue.Empty):
                while True:
                    job = self._jobs.get_nowait()
                    if job is None:
                        self._end()
                        return
                    job()
            self._hear()

    def _show(self, notice: Notice) -> Shown:
        before = self._server
        shown = self._try(notice)
        if shown is Shown.NOT and before is not None:
            return self._try(notice)  # the server may have been started anew
        return shown

    def _try(self, notice: Notice) -> Shown:
        replaces = self._numbers.pop(notice.tag, 0)
        try:
            if self._server is None:
                from desktop.net.notifications import NotificationServer

                self._server = NotificationServer()
            self._numbers[notice.tag] = self._server.show(notice, replaces)
        except errors.NotificationsUnavailable as problem:
            self._lose(problem)
            return Shown.NOT
        return Shown.WHOLE if self._server.plays_sounds else Shown.SILENTLY

    def _withdraw(self, tag: int) -> None:
        number = self._numbers.pop(tag, None)
        if number is not None and self._server is not None:
            try:
                self._server.withdraw(number)
            except errors.NotificationsUnavailable as problem:
                self._lose(problem)

    def _hear(self) -> None:
        if self._server is None:
            return
        try:
            told = self._server.told()
        except errors.NotificationsUnavailable as problem:
            self._lose(problem)
            return
        for each in told:
            self._pass_on(each)

    def _pass_on(self, told: Told) -> None:
        tag = next((tag for tag, number in self._numbers.items() if number == told.number), None)
        if tag is None:
            return
        if told.token:
            self._tokens[tag] = told.token
            return
        if told.closed:
            del self._numbers[tag]
        self._heard(Heard(tag, told.act, self._tokens.pop(tag, "")))

    def _lose(self, problem: errors.NotificationsUnavailable) -> None:
        """Let go of a server: what it showed is gone with it."""
        log.info("no notifications: %s", problem.details)
        if self._server is not None:
            self._server.close()
            self._server = None
        gone, self._numbers, self._tokens = self._numbers, {}, {}
        for tag in gone:
            self._heard(Heard(tag))

    def _end(self) -> None:
        for tag in tuple(self._numbers):
            self._withdraw(tag)
        if self._server is not None:
            self._server.close()
        self._wake.close()
