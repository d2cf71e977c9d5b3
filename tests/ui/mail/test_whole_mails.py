"""Saving a mail of which only header and text are here: the whole of it is fetched, or nothing is saved."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from desktop.base.errors import Problem
from desktop.domain.mail.message import Completeness
from desktop.ui.actions import Do
from desktop.ui.mail.source_window import SourceWindow
from desktop.ui.mail.whole_mails import Coming
from desktop.ui.widgets.labels import Paragraph
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import Bench, bench
from tests.ui.mail.waiting import until

__all__ = ["bench"]

WHOLE = mail("Hello") + b"and a film"


async def far(bench: Bench) -> Future[Path]:
    """Show a mail whose rest comes when its errand is answered."""
    key = bench.desk.add(mail("Hello"), completeness=Completeness.TEXT)
    errand = bench.desk.far_parts[key, ""] = Future()
    await bench.show(key)
    return errand


async def begin(bench: Bench, to: Path) -> list[Coming | None]:
    """Begin to save the open mail; returns what is told of its coming."""
    coming: list[Coming | None] = []
    bench.reader.output.coming_changed.connect(coming.append)
    opened = bench.reader.opened
    assert opened is not None
    bench.reader._tasks.run(bench.reader.output.save_to(opened.letter, to))
    await until(lambda: bool(bench.desk.far_progress))
    return coming


def drafts(folder: Path) -> list[Path]:
    return list(folder.glob(".rapport-*"))


def answer(errand: Future[Path], folder: Path) -> None:
    (draft,) = drafts(folder)
    (draft / "mail").write_bytes(WHOLE)
    errand.set_result(draft / "mail")


async def test_a_mail_over_the_size_limit_is_saved_whole(bench: Bench, tmp_path: Path) -> None:
    errand = await far(bench)
    coming = await begin(bench, tmp_path / "a.eml")

    bench.desk.far_progress[0](5, 20)
    await until(lambda: coming[-1] == Coming("a.eml", 5, 20))
    assert not (tmp_path / "a.eml").exists()
    assert bench.told == []
    answer(errand, tmp_path)
    await until(lambda: bench.told == ["a.eml saved"])

    assert (tmp_path / "a.eml").read_bytes() == WHOLE
    assert coming[-1] is None
    assert drafts(tmp_path) == []


async def test_a_mail_that_cannot_be_fetched_leaves_the_file_as_it_was(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(b"before")
    failed: list[object] = []
    bench.reader._tasks.failed.connect(failed.append)
    errand = await far(bench)
    await begin(bench, tmp_path / "a.eml")

    errand.set_exception(Problem("The server does not answer."))
    await until(lambda: bool(failed))

    assert [str(each) for each in failed] == ["The server does not answer."]
    assert bench.told == []
    assert (tmp_path / "a.eml").read_bytes() == b"before"
    assert drafts(tmp_path) == []


async def test_the_fetching_of_a_mail_is_ended_by_the_person(bench: Bench, tmp_path: Path) -> None:
    errand = await far(bench)
    coming = await begin(bench, tmp_path / "a.eml")

    bench.reader.output.end_fetching()
    await until(lambda: bool(bench.told))

    assert errand.cancelled()
    assert bench.told == ["Fetching of a.eml ended"]
    assert coming[-1] is None
    assert not (tmp_path / "a.eml").exists()


async def test_the_window_of_a_source_says_that_it_is_not_whole_and_saves_the_whole(
    bench: Bench, tmp_path: Path
) -> None:
    errand = await far(bench)

    bench.actions[Do.SOURCE].trigger()
    await until(lambda: bool(bench.reader.findChildren(SourceWindow)))
    (window,) = bench.reader.findChildren(SourceWindow)
    said = [note.text() for note in window.findChildren(Paragraph)]
    window._save(str(tmp_path / "a.eml"))
    await until(lambda: bool(bench.desk.far_progress))
    answer(errand, tmp_path)
    await until(lambda: bench.told == ["a.eml saved"])

    assert said == ["Only the header and text of this mail are on this computer. The rest is on its server."]
    assert (tmp_path / "a.eml").read_bytes() == WHOLE
    window.close()
