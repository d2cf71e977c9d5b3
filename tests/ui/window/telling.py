"""What a window is in the background: on a desktop that notes what it is shown, with a panel that comes and goes."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from concurrent.futures import Future

from desktop.base import clock
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.domain.notice import Heard, Notice, Shown
from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders
from desktop.ui.window.background import Background
from tests.desk import mail
from tests.ui.window.conftest import Desk

_NUMBERS = itertools.count(5000)


class NotingDesktop:
    """Shows notices, or as `answer` says; `heard` does what a person does."""

    def __init__(self) -> None:
        self.answer = Shown.SILENTLY
        self.calls: list[Notice] = []
        self.standing: dict[int, Notice] = {}
        self.heard: Callable[[Heard], object] = lambda _heard: None

    def listen(self, heard: Callable[[Heard], object]) -> None:
        self.heard = heard

    def show(self, notice: Notice) -> Future[Shown]:
        shown: Future[Shown] = Future()
        if self.answer is not Shown.NOT:
            self.calls.append(notice)
            self.standing[notice.tag] = notice
        shown.set_result(self.answer)
        return shown

    def withdraw(self, tag: int) -> None:
        self.standing.pop(tag, None)

    @property
    def titles(self) -> list[str]:
        return [notice.title for notice in self.standing.values()]


class Panel:
    """A desktop with or without a tray."""

    there = True

    def __call__(self) -> bool:
        return self.there


def in_background(desk: Desk, desktop: NotingDesktop | None, panel: Panel) -> Background:
    """Give a window of tests what `app.gui` gives it."""
    window, core = desk.window, desk.core
    return Background(window, core.services, window._tasks, window._bridge, window._state, desktop, panel)


def deliver(
    desk: Desk,
    *subjects: str,
    path: str = "INBOX",
    flags: Flag = Flag.NONE,
    notify: bool = True,
    age_ms: int = 0,
    text: str = "Hello\n",
    **headers: str,
) -> list[int]:
    """Let mails arrive in a folder of the first account, in one batch; returns the new keys, oldest first."""
    with desk.core.database.read() as view:
        nodes = {(node.account_key, node.path): node.key for node in Folders(view).nodes()}
    home = Home(desk.accounts[0], nodes[desk.accounts[0], path], 1)
    batch = []
    for subject in subjects:
        number = next(_NUMBERS)
        raw, at = mail(number, subject=subject, text=text, **{"Date": "", **headers}), clock.now() - age_ms
        batch.append(Fetched(number, flags, at, len(raw), raw, parse(raw)))
    blobs = Blobs(desk.core.profile.raw)
    try:
        return sorted(Ingest(desk.core.database, blobs).take(home, batch, notify=notify))
    finally:
        blobs.close()
