"""Parts that are still on the server: a fetch goes on whatever is shown, and ends when its card is pressed."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from desktop.domain.mail.message import Completeness
from tests.ui.mail.reading_desk import mixed
from tests.ui.mail.test_reader import Bench, bench
from tests.ui.mail.waiting import until

__all__ = ["bench"]


def far(bench: Bench, subject: str = "Far") -> int:
    """Add a mail whose one attachment never comes until its errand is answered."""
    return bench.desk.add(
        mixed(
            b"Content-Type: multipart/alternative; boundary=x2\n\n--x2\nContent-Type: text/plain\n\nHello\n"
            b"--x2\nContent-Type: text/html\n\n<p>Hello</p>\n--x2--",
            ("a.pdf", "application/pdf", b"%PDF-1.4 far away"),
            subject=subject,
        ),
        completeness=Completeness.TEXT,
    )


def held(bench: Bench, key: int) -> Future[Path]:
    errand: Future[Path] = Future()
    bench.desk.far_parts[key, bench.reader.page.attachments.parts[0].section] = errand
    return errand


async def begin(bench: Bench, key: int, to: Path) -> Future[Path]:
    """Show a mail and begin to save its attachment."""
    await bench.show(key)
    errand = held(bench, key)
    opened = bench.reader.opened
    assert opened is not None
    part = bench.reader.page.attachments.parts[0]
    bench.reader._tasks.run(bench.reader.attachments.save_to(opened, part, to))
    await until(lambda: any(fetch.errand for each in bench.reader.attachments._fetches.values() for fetch in each))
    return errand


def answer(errand: Future[Path], folder: Path) -> None:
    (draft,) = folder.glob(".rapport-*")
    (draft / "part").write_bytes(b"%PDF-1.4 far away")
    errand.set_result(draft / "part")


async def test_opening_another_mail_does_not_end_a_fetch(bench: Bench, tmp_path: Path) -> None:
    first, second = far(bench), far(bench, "Other")
    errand = await begin(bench, first, tmp_path / "a.pdf")

    await bench.show(second)
    (card,) = bench.reader.page.attachments.cards()
    assert card.progress is None, "the other mail's part has the same number"
    assert not errand.cancelled()
    answer(errand, tmp_path)
    await until(lambda: bench.told == ["a.pdf saved"])

    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF-1.4 far away"


async def test_another_form_of_the_same_mail_does_not_end_a_fetch_and_still_shows_it(
    bench: Bench, tmp_path: Path
) -> None:
    key = far(bench)
    errand = await begin(bench, key, tmp_path / "a.pdf")

    bench.painted.clear()
    bench.reader.toggle_plain()
    await until(lambda: bool(bench.painted))

    assert not errand.cancelled()
    (card,) = bench.reader.page.attachments.cards()
    assert card.progress == 0.0
    answer(errand, tmp_path)
    await until(lambda: bench.told == ["a.pdf saved"])
    assert card.progress is None


async def test_a_press_on_the_card_ends_the_fetch_and_says_so(bench: Bench, tmp_path: Path) -> None:
    errand = await begin(bench, far(bench), tmp_path / "a.pdf")

    (card,) = bench.reader.page.attachments.cards()
    card.click()
    await until(lambda: bool(bench.told))

    assert errand.cancelled()
    assert bench.told == ["Fetching of a.pdf ended"]
    await until(lambda: not list(tmp_path.glob(".rapport-*")))
    assert not (tmp_path / "a.pdf").exists()


async def test_a_press_on_the_card_of_another_mail_ends_nothing(bench: Bench, tmp_path: Path) -> None:
    first, second = far(bench), far(bench, "Other")
    errand = await begin(bench, first, tmp_path / "a.pdf")
    await bench.show(second)
    other = held(bench, second)

    bench.reader.page.attachments.cards()[0].click()
    await until(lambda: len(bench.reader.attachments._fetches) == 2)

    assert not errand.cancelled()
    assert not other.cancelled()
