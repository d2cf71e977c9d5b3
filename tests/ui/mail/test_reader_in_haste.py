"""Quick hands: what happens to one mail never stands in the way of the next, and nothing of one is done to another."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop.base.errors import Problem
from desktop.domain import settings
from desktop.domain.mail.document import CANNOT_SHOW_HTML
from desktop.domain.mail.message import Completeness
from desktop.ui.mail import reader as reader_module
from desktop.ui.mail.reader_notices import Remedy
from desktop.ui.mail.under_way import PATIENCE_MS
from desktop.ui.tasks import Tasks
from desktop.ui.web.mail_view import Failure
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import REMOTE, Bench, bench
from tests.ui.mail.waiting import until

__all__ = ["bench"]


async def open_slowly(bench: Bench, key: int) -> None:
    """Ask for a mail whose body is held back, and wait until it is being read."""
    bench.desk.held[key] = threading.Event()
    bench.reader.show_message(key)
    await until(lambda: any(known == key for known, _text in bench.desk.prepared))


async def test_c13_a_mail_that_hurt_the_browser_does_not_call_off_the_next(bench: Bench) -> None:
    wild = bench.desk.add(mail("<p>wild</p>", html=True))
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(wild)
    await open_slowly(bench, other)

    bench.painted.clear()
    bench.reader.page.body.hurt.emit(Failure.TOO_SLOW)
    bench.desk.held[other].set()
    await until(lambda: bench.painted == [other])

    assert bench.text() == "other"
    assert bench.state.get(reader_module._HURTFUL, list[int]()) == [wild]


async def test_a_button_of_the_mail_before_does_not_call_off_the_next(bench: Bench) -> None:
    before = bench.desk.add(mail("<p>before</p>", html=True))
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(before)
    await open_slowly(bench, other)

    bench.reader.toggle_plain()
    bench.desk.held[other].set()
    await until(lambda: bench.text() == "other")


async def test_the_mail_before_goes_when_the_next_takes_long(bench: Bench) -> None:
    before = bench.desk.add(mail("before"))
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(before)
    await open_slowly(bench, other)
    assert bench.reader.opened is not None

    await until(lambda: bench.reader.opened is None)
    shown = bench.reader._stack.currentWidget()
    bench.desk.held[other].set()
    await until(lambda: bench.text() == "other")

    assert shown is bench.reader.empty
    assert bench.reader._stack.currentWidget() is bench.reader.page


async def test_a_file_that_cannot_be_read_leaves_no_mail_that_is_not_chosen(
    bench: Bench, tasks: Tasks, tmp_path: Path
) -> None:
    failed: list[object] = []
    tasks.failed.connect(failed.append)
    await bench.show(bench.desk.add(mail("before")))

    bench.reader.open_file(tmp_path / "gone.eml")
    await until(lambda: bool(failed))
    await asyncio.sleep(1.2 * PATIENCE_MS / 1000)

    assert isinstance(failed[0], Problem)
    assert bench.reader._stack.currentWidget() is bench.reader.empty
    assert bench.reader.empty.title.text() == "No mail chosen"


async def test_what_changes_of_the_mail_before_does_not_keep_it_on_the_screen(bench: Bench) -> None:
    before = bench.desk.add(mail("<p>before</p>", html=True), completeness=Completeness.TEXT)
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(before)

    bench.desk.heads[before] = replace(bench.desk.heads[before], completeness=Completeness.FULL)
    bench.reader.refresh(frozenset({before}))
    await open_slowly(bench, other)
    bench.reader.refresh(frozenset({before}))
    await until(lambda: bench.reader.opened is None)
    bench.desk.held[other].set()
    await until(lambda: bench.text() == "other")


async def test_a_text_keeps_its_place_when_the_theme_changes(bench: Bench) -> None:
    await bench.show(bench.desk.add(mail("\n".join(f"line {n}" for n in range(300)))))
    bar = bench.reader.page.body.text.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    before = bar.value()

    bench.reader._theme.changed.emit()
    await until(lambda: not bench.reader.page.body.text._slices.is_running)

    assert before > 0
    assert bar.value() == before


async def test_a_mail_asked_for_again_after_an_unforeseen_error_is_shown(
    bench: Bench,
    tasks: Tasks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = bench.desk.add(mail("first"))
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(first)
    failed: list[object] = []
    tasks.failed.connect(failed.append)

    def broken(*_given: Any, **_named: Any) -> None:
        raise ValueError("a fault of ours")

    with monkeypatch.context() as patch:
        patch.setattr(bench.desk, "document", broken)
        bench.reader.show_message(other)
        await until(lambda: bool(failed))
        assert bench.reader.opened is None
    await bench.show(other)

    assert bench.text() == "other"


async def test_one_comes_back_to_the_mail_of_the_row_from_another_of_its_conversation(bench: Bench) -> None:
    other = bench.desk.add(mail("other"), conversation=7)
    row = bench.desk.add(
        mail("row", message_id="2", date="Fri, 16 Oct 2026 11:42:00 +0000"),
        conversation=7,
    )
    await bench.show(row)
    bench.painted.clear()
    bench.reader._open_in_conversation(other)
    await until(lambda: bench.painted == [other])

    bench.reader.show_message(row)  # as the list says whenever its rows are read again
    await asyncio.sleep(0.1)
    assert bench.text() == "other"
    await bench.show(row, again=True)

    assert bench.text() == "row"


@pytest.mark.parametrize("way", ["changed over", "rest of it came"])
async def test_c02_images_that_are_never_to_be_loaded_are_not(bench: Bench, way: str) -> None:
    bench.desk.settings[settings.LOAD_IMAGES.name] = settings.ShowImages.NEVER
    bench.desk.allowed = {"anna.keller@acme.example"}
    key = bench.desk.add(mail(REMOTE, html=True), completeness=Completeness.TEXT)
    await bench.show(key)
    for _time in range(2):
        bench.painted.clear()
        if way == "changed over":
            bench.reader.toggle_plain()
        else:
            head = bench.desk.heads[key]
            other = Completeness.FULL if head.completeness is Completeness.TEXT else Completeness.TEXT
            bench.desk.heads[key] = replace(head, completeness=other)
            bench.reader.refresh(frozenset({key}))
        await until(lambda: bool(bench.painted))

    assert bench.desk.fetched == []
    assert Remedy.LOAD_IMAGES in bench.offers()


async def test_a_mail_that_is_too_much_for_the_parser_is_shown_as_text_at_once_the_next_time(
    bench: Bench,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key = bench.desk.add(mail("<p>much</p>", html=True))
    other = bench.desk.add(mail("other", message_id="2"))
    real = bench.desk.document

    def too_much(key: int, **options: Any) -> Any:
        if options["text_only"]:
            return real(key, **options)
        found = real(key, **{**options, "text_only": True})
        return replace(found, warnings=(*found.warnings, CANNOT_SHOW_HTML))

    monkeypatch.setattr(bench.desk, "document", too_much)
    await bench.show(key)
    offered, known = bench.offers(), bench.state.get(reader_module._HURTFUL, list[int]())
    await bench.show(other)
    bench.desk.prepared.clear()
    await bench.show(key)

    assert offered == {Remedy.TRY_HTML}
    assert known == [key]
    assert bench.desk.prepared == [(key, True)]
