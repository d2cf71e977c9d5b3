"""Pictures of an open letter: read at once, kept while it is open, and none that a browser cannot bear."""

from __future__ import annotations

import asyncio
import base64
import threading
from collections.abc import Collection

from desktop.base.errors import Problem
from desktop.domain import image_header
from desktop.domain.mail.document import Document
from desktop.ui.mail.letter import StoredLetter
from desktop.ui.mail.letter_pictures import LetterPictures
from desktop.ui.tasks import READERS, Tasks
from tests.pictures import letter, png
from tests.ui.mail.reading_desk import Desk, mail
from tests.ui.mail.waiting import until

LARGE = png(7_000, 7_000)
MOST_LARGE = image_header.LETTER_PIXELS_MAX // 49_000_000


class Shown:
    """Pictures of a mail, and what was delivered of them."""

    def __init__(self, tasks: Tasks, raw: bytes, desk: Desk | None = None) -> None:
        self.desk = desk or Desk()
        self.key = self.desk.add(raw)
        self.document: Document = self.desk.document(self.key)
        self.lost: list[int] = []
        stored = StoredLetter(self.desk, self.key)
        self.pictures = LetterPictures(tasks, self.desk, stored, self.document, self.lost.append)
        self.delivered: list[tuple[str, bytes, str]] = []

    async def inline(self, *content_ids: str) -> dict[str, tuple[bytes, str]]:
        self.delivered.clear()
        for each in content_ids:
            self.pictures.inline(each, lambda data, kind, name=each: self.delivered.append((name, data, kind)))
        await until(lambda: len(self.delivered) == len(content_ids))
        return {name: (data, kind) for name, data, kind in self.delivered}

    async def remote(self, count: int) -> list[bytes]:
        self.delivered.clear()
        for each in range(count):
            self.pictures.remote(each, lambda data, kind: self.delivered.append(("", data, kind)))
        await until(lambda: len(self.delivered) == count)
        return [data for _name, data, _kind in self.delivered]


async def test_c15_all_pictures_of_a_letter_are_read_at_once_and_kept(tasks: Tasks) -> None:
    album = {f"{n}@x": png(1, 1, padding=n) for n in range(60)}
    shown = Shown(tasks, letter(album))

    first = await shown.inline(*album)
    again = await shown.inline("7@x", "7@x")

    assert first == {name: (data, "image/png") for name, data in album.items()}
    assert again == {"7@x": (album["7@x"], "image/png")}
    assert [len(sections) for sections in shown.desk.parts_asked] == [60]


async def test_c15_a_reader_thread_is_free_while_pictures_are_read(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({f"{n}@x": png(1, 1) for n in range(2 * READERS)}))
    may_go_on = threading.Event()
    begun: list[str] = []
    honest = shown.desk.parts

    def parts(key: int, sections: Collection[str]) -> dict[str, bytes]:
        begun.append("all")
        assert may_go_on.wait(10)
        return honest(key, sections)

    def part(key: int, section: str) -> bytes:
        begun.append(section)
        assert may_go_on.wait(10)
        return b""

    shown.desk.parts, shown.desk.part = parts, part  # type: ignore[method-assign]
    asked = asyncio.ensure_future(shown.inline(*shown.document.content_ids))
    try:
        await until(lambda: bool(begun))
        listed = await asyncio.wait_for(tasks.read(lambda: "a list"), 5)
    finally:
        may_go_on.set()
    found = await asked

    assert listed == "a list"
    assert len(found) == 2 * READERS


async def test_pictures_that_are_not_here_leave_their_places_empty(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({"1@x": png(1, 1), "2@x": png(1, 1)}))
    told: list[object] = []
    tasks.failed.connect(told.append)

    def parts(key: int, sections: Collection[str]) -> dict[str, bytes]:
        raise Problem("This attachment is still on the server.")

    shown.desk.parts = parts  # type: ignore[method-assign]

    assert await shown.inline("1@x", "2@x", "unknown@x") == dict.fromkeys(("1@x", "2@x", "unknown@x"), (b"", ""))
    assert told == []


async def test_an_error_of_ours_is_told_once_and_not_of_every_picture(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({f"{n}@x": png(1, 1) for n in range(5)}))
    told: list[object] = []
    tasks.failed.connect(told.append)
    wrong = ValueError("ours")

    def parts(key: int, sections: Collection[str]) -> dict[str, bytes]:
        raise wrong

    shown.desk.parts = parts  # type: ignore[method-assign]

    assert set((await shown.inline(*shown.document.content_ids)).values()) == {(b"", "")}
    assert told == [wrong]


async def test_nothing_is_read_of_a_letter_that_was_closed(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({"1@x": png(1, 1)}, html='<img src="https://pixel.example/1.png">'))
    shown.pictures.close()

    assert await shown.inline("1@x") == {"1@x": (b"", "")}
    assert await shown.remote(1) == [b""]
    assert shown.desk.parts_asked == []
    assert shown.desk.fetched == []


async def test_c15_an_inline_picture_too_large_to_draw_is_not_delivered(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({"bomb@x": png(11_000, 11_000), "avif@x": b"\0\0\0\x1cftypavif", "small@x": png(9, 9)}))

    assert await shown.inline("bomb@x", "avif@x", "small@x") == {
        "bomb@x": (b"", ""),
        "avif@x": (b"", ""),
        "small@x": (png(9, 9), "image/png"),
    }


async def test_c15_pictures_of_a_letter_have_a_limit_together(tasks: Tasks) -> None:
    shown = Shown(tasks, letter({f"{n}@x": LARGE for n in range(8)} | {"small@x": png(9, 9)}))
    ids = [f"{n}@x" for n in range(8)]

    first = await shown.inline(*ids, "small@x")
    again = await shown.inline(*ids)

    assert [bool(first[each][0]) for each in ids] == [True] * MOST_LARGE + [False] * (8 - MOST_LARGE)
    assert first["small@x"] == (png(9, 9), "image/png")
    assert again == {name: first[name] for name in ids}


async def test_c15_pictures_in_the_html_count_with_those_of_the_parts(tasks: Tasks) -> None:
    written = f'<img src="data:image/png;base64,{base64.b64encode(LARGE).decode()}">'
    shown = Shown(tasks, letter({f"{n}@x": LARGE for n in range(8)}, html=written * 2))

    found = await shown.inline(*shown.document.content_ids)

    assert shown.document.html.count("data:image/png") == 2
    assert sum(bool(data) for data, _kind in found.values()) == MOST_LARGE - 2


async def test_c15_remote_pictures_count_as_well(tasks: Tasks) -> None:
    desk = Desk()
    urls = [f"https://pixel.example/{n}.png" for n in range(8)]
    desk.pictures = dict.fromkeys(urls, LARGE)
    raw = mail("".join(f'<img src="{url}">' for url in urls), html=True)
    shown = Shown(tasks, raw, desk)

    found = await shown.remote(8)

    assert sum(map(bool, found)) == MOST_LARGE
    assert shown.lost[-1] == 0
