"""Pictures of the open letter for the browser: inline parts, and remote ones through the application's own fetcher.

Lives on the GUI thread; what it reads comes by reader thread or errand. Nothing is delivered for any other mail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from desktop.base.errors import Problem
from desktop.domain.mail.document import Document
from desktop.ui.mail.letter import Letter, Reading
from desktop.ui.tasks import Tasks
from desktop.ui.web.exhibit import Deliver

MOST_REMOTE_PICTURES = 100


class LetterPictures:
    """Made with each letter that is shown, closed when another takes its place."""

    def __init__(
        self,
        tasks: Tasks,
        reading: Reading,
        letter: Letter,
        document: Document,
        tell_lost: Callable[[int], object] = lambda _count: None,
    ) -> None:
        """`tell_lost` hears how many remote pictures could not be fetched, whenever none is on its way any more."""
        self._tasks = tasks
        self._reading = reading
        self._letter = letter
        self._document = document
        self._types = {part.section: part.media_type for part in document.parts}
        self._tell_lost = tell_lost
        self._on_their_way = 0
        self._lost = 0
        self._running: set[asyncio.Future[Any]] = set()

    def inline(self, content_id: str, deliver: Deliver) -> None:
        """Deliver a picture of this mail; nothing for any other id."""
        section = self._document.content_ids.get(content_id)
        if section is None:
            deliver(b"", "")
        else:
            self._start(self._inline(section, deliver))

    def remote(self, number: int, deliver: Deliver) -> None:
        """Have a remote picture fetched and deliver it; nothing beyond MOST_REMOTE_PICTURES."""
        urls = self._document.remote_images[:MOST_REMOTE_PICTURES]
        if number >= len(urls):
            deliver(b"", "")
        else:
            self._start(self._remote(urls[number], deliver))

    def close(self) -> None:
        """Forget what is on its way; fetches are cancelled."""
        for task in tuple(self._running):
            task.cancel()
        self._running.clear()

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> None:
        task = self._tasks.run(coroutine)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _inline(self, section: str, deliver: Deliver) -> None:
        try:
            data = await self._tasks.read(self._letter.part, section)
        except (Problem, LookupError):
            data = b""  # a picture that is not here leaves its place empty
        # by its bytes first: mails call pictures application/octet-stream
        deliver(data, sniffed(data) or self._types.get(section, ""))

    async def _remote(self, url: str, deliver: Deliver) -> None:
        self._on_their_way += 1
        try:
            data, media_type = await self._tasks.errand(self._reading.remote_image(url))
        except Problem:
            data, media_type = b"", ""
            self._lost += 1
        deliver(data, media_type)
        self._on_their_way -= 1
        if not self._on_their_way:
            self._tell_lost(self._lost)


def sniffed(data: bytes) -> str:
    """Return the media type of a picture by its first bytes; "" when it is none we know."""
    for start, media_type in (
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"BM", "image/bmp"),
    ):
        if data.startswith(start):
            return media_type
    return "image/webp" if data[:4] == b"RIFF" and data[8:12] == b"WEBP" else ""
