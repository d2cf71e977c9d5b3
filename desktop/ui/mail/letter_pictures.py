"""Pictures of the open letter for the browser: inline parts, and remote ones through the application's own fetcher.

Lives on the GUI thread; what it reads comes by reader thread or errand. Nothing is delivered for any other mail.
Inline parts are read all at once when the first is asked for, and kept: taking a mail apart costs by the size of the
whole, and a reader thread that is busy with pictures answers no list and no search. No picture is delivered that
would take too much memory to draw, by itself or with those before it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Coroutine
from typing import Any, TypeAlias

from desktop.base.errors import Problem
from desktop.domain import image_header
from desktop.domain.image_header import Header
from desktop.domain.mail.document import Document
from desktop.ui.mail.letter import Letter, Reading
from desktop.ui.tasks import Tasks
from desktop.ui.web.exhibit import Deliver

MOST_REMOTE_PICTURES = 100

Picture: TypeAlias = tuple[bytes, Header]


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
        self._parts: asyncio.Future[dict[str, Picture]] | None = None
        self._pixels = document.data_pixels
        self._admitted: set[str | int] = set()
        """Sections and numbers of the pictures whose pixels are counted."""
        self._tell_lost = tell_lost
        self._closed = False
        self._on_their_way = 0
        self._lost = 0
        self._running: set[asyncio.Future[Any]] = set()

    def inline(self, content_id: str, deliver: Deliver) -> None:
        """Deliver a picture of this mail; nothing for any other id."""
        section = self._document.content_ids.get(content_id)
        if section is None or self._closed:
            deliver(b"", "")
        else:
            self._start(self._inline(section, deliver))

    def remote(self, number: int, deliver: Deliver) -> None:
        """Have a remote picture fetched and deliver it; nothing beyond MOST_REMOTE_PICTURES."""
        urls = self._document.remote_images[:MOST_REMOTE_PICTURES]
        if number >= len(urls) or self._closed:
            deliver(b"", "")
        else:
            self._start(self._remote(number, urls[number], deliver))

    def close(self) -> None:
        """Forget what is on its way and what was kept; fetches are cancelled, and nothing more is delivered."""
        self._closed = True
        self._parts = None
        for task in tuple(self._running):
            task.cancel()
        self._running.clear()

    def _start(self, coroutine: Coroutine[Any, Any, object]) -> asyncio.Future[Any]:
        task = self._tasks.run(coroutine)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def _inline(self, section: str, deliver: Deliver) -> None:
        parts = self._parts
        if parts is None:
            parts = self._parts = self._start(self._read_parts())
        await asyncio.wait((parts,))
        # what went wrong is told of the reading, once, and not of every picture that waited for it
        picture = None if parts.cancelled() or parts.exception() else parts.result().get(section)
        if picture is not None and self._admits(section, picture[1]):
            deliver(picture[0], picture[1].media_type)
        else:
            deliver(b"", "")

    async def _read_parts(self) -> dict[str, Picture]:
        sections = sorted(set(self._document.content_ids.values()))
        try:
            return await self._tasks.read(_read_pictures, self._letter, sections)
        except (Problem, LookupError):
            return {}  # pictures that are not here leave their places empty

    def _admits(self, name: str | int, header: Header) -> bool:
        """Say whether a picture may be drawn beside those delivered before it; the same one counts once."""
        if name in self._admitted:
            return True
        if not header.fits or self._pixels + header.pixels > image_header.LETTER_PIXELS_MAX:
            return False
        self._admitted.add(name)
        self._pixels += header.pixels
        return True

    async def _remote(self, number: int, url: str, deliver: Deliver) -> None:
        self._on_their_way += 1
        try:
            data = await self._tasks.errand(self._reading.remote_image(url))
        except Problem:
            data = b""
            self._lost += 1
        header = image_header.read(data)
        if header is not None and self._admits(number, header):
            deliver(data, header.media_type)
        else:
            deliver(b"", "")
        self._on_their_way -= 1
        if not self._on_their_way:
            self._tell_lost(self._lost)


def _read_pictures(letter: Letter, sections: Collection[str]) -> dict[str, Picture]:
    """Return those of these parts that can be drawn, whatever type their mail gives them (reader thread)."""
    found = letter.parts(sections).items()
    return {section: (data, header) for section, data in found if (header := image_header.read(data)) and header.fits}
