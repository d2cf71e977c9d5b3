"""Very long mails do not hold up the window: what takes long is done in slices, or on another thread."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QUrl
from PySide6.QtGui import QPainter, QPdfWriter, QTextDocument
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPrintSupport import QPrinter

from desktop.ui.mail.print_preview import PrintPreview, paint_pages
from desktop.ui.mail.source_window import SourceWindow, prepare
from desktop.ui.mail.text_body import TextBody
from desktop.ui.mail.text_layout import Layout, Line, Run
from tests.ui.mail.waiting import until
from tests.ui.stalls import stalls

MOST_MS = 60.0
"""The aim is 8 ms; on a slow computer a slice takes longer, but not as long as the whole, which took 100 to 800 ms."""
WORDS = "words and more " * 5
LINES = 30_000


@pytest.fixture
def body(theme, qtbot) -> TextBody:
    made = TextBody(theme)
    qtbot.addWidget(made)
    made.resize(600, 700)
    made.show()
    return made


def long_text() -> Layout:
    return Layout(tuple(Line((Run(f"{number} {WORDS}"),)) for number in range(LINES)))


async def test_a_text_of_megabytes_is_shown_and_resized_without_a_stall(body):
    layout = long_text()
    body.show_layout(Layout((Line((Run("fonts are loaded by the first text"),)),)))
    await until(lambda: not body._waits_for_paint)

    with stalls() as watch:
        body.show_layout(layout)
        await until(lambda: not body._slices.is_running)
        first = body.document().blockCount()
        body._whole = True
        body._render()
        at_once = body.document().blockCount()
        await until(lambda: not body._slices.is_running)
        body.resize(520, 640)
        await until(lambda: body._fixed_width == body._text_width())
        await until(lambda: not body._slices.is_running)

    assert first < 5_000
    assert 35 < at_once < LINES
    assert body.document().blockCount() == LINES
    assert watch.longest_ms < MOST_MS


async def test_a_long_text_made_narrower_shows_the_same_place_selection_and_match(body):
    body.show_layout(long_text())
    body.find_text("2999")
    await until(lambda: len(body._matches) == 13 and not body._slices.is_running)
    body.find_text("2999")
    line = body.document().findBlockByNumber(29_990)
    body._choose(line.position(), line.position() + 11)
    body.verticalScrollBar().setValue(body.verticalScrollBar().value() + 7)
    before = body._view()

    body.resize(420, 640)
    await until(lambda: body._fixed_width == body._text_width())
    await until(lambda: not body._slices.is_running)

    assert body._view() == before
    assert body.textCursor().selectedText() == "29990 words"
    assert body.document().idealWidth() <= body._text_width() == body.viewport().width()
    assert len(body.extraSelections()) == 13


async def test_what_is_found_is_still_marked_after_the_theme_changed_and_can_be_looked_for_again(body, theme):
    body.show_layout(Layout(long_text().lines[:30]))
    body.find_text("words")
    body.find_text("words")

    theme.changed.emit()
    await until(lambda: not body._slices.is_running)
    assert len(body.extraSelections()) == 30 * 5
    found: list[tuple[int, int]] = []
    body.found.connect(lambda at, count: found.append((at, count)))
    body.find_text("words")

    assert found == [(3, 150)]


async def test_a_search_given_up_while_a_text_is_written_marks_nothing(body):
    body.show_layout(long_text())
    body.find_text("words")
    assert body._slices.is_running

    body.find_text("")
    await until(lambda: not body._slices.is_running)

    assert body.extraSelections() == []


async def test_a_search_ended_while_a_text_is_written_anew_marks_nothing(body, theme):
    body.show_layout(long_text())
    body.find_text("2999")
    await until(lambda: len(body._matches) == 13 and not body._slices.is_running)

    theme.changed.emit()
    assert body._slices.is_running
    body.find_text("")
    await until(lambda: not body._slices.is_running)

    assert body.extraSelections() == []


async def test_matches_that_are_folded_away_are_counted_no_more(body):
    found: list[tuple[int, int]] = []
    body.found.connect(lambda at, count: found.append((at, count)))
    folded = Line((Run("needle two"),), depth=1, fold=0)
    body.show_layout(Layout((Line((Run("needle one"),)), folded), ("wrote",)))
    body.find_text("needle")
    body.find_text("needle")

    body._clicked(QUrl("rapport-fold:0"))

    assert found == [(1, 2), (2, 2), (1, 1)]
    assert len(body.extraSelections()) == 1


async def test_documents_no_longer_shown_are_freed(body, theme):
    body.show_layout(long_text())
    body.find_text(f"{LINES - 1} words")
    await until(lambda: not body._slices.is_running)

    theme.changed.emit()
    await until(lambda: not body._slices.is_running)

    await until(lambda: len(body.findChildren(QTextDocument)) == 1)
    assert body.document().blockCount() == LINES


async def test_a_short_text_keeps_its_place_when_the_theme_changes(body, theme):
    body.show_layout(Layout(long_text().lines[:500]))
    await until(lambda: not body._slices.is_running)
    body.verticalScrollBar().setValue(4_003)
    before = body._view()

    theme.changed.emit()
    await until(lambda: not body._slices.is_running)

    assert body._view() == before
    assert body.verticalScrollBar().value() == 4_003


async def test_a_search_in_a_long_text_waits_until_all_is_written(body):
    found: list[tuple[int, int]] = []
    body.found.connect(lambda at, count: found.append((at, count)))
    body.show_layout(long_text())

    body.find_text(f"{LINES - 1} words")
    await until(lambda: bool(found))

    assert found == [(1, 1)]
    assert body.textCursor().blockNumber() == LINES - 1


async def test_a_search_is_forgotten_when_another_mail_comes(body):
    found: list[tuple[int, int]] = []
    body.found.connect(lambda at, count: found.append((at, count)))
    body.show_layout(long_text())
    body.find_text("words")

    body.show_layout(Layout((Line((Run("short"),)),)))
    await asyncio.sleep(0.05)

    assert found == []
    assert body.toPlainText() == "short"


async def test_the_source_of_a_large_mail_opens_without_a_stall(theme, qtbot):
    SourceWindow(theme, "warm", prepare("fonts are loaded by the first window")).close()
    source = prepare(f"{WORDS}\n" * 25_000 + "the very end")

    with stalls() as watch:
        window = SourceWindow(theme, "Source", source)
        qtbot.addWidget(window)
        window.show()
        window.find_bar.begin("the very end")
        await until(lambda: not window._slices.is_running)
        await asyncio.sleep(0)

    assert window.view.toPlainText() == source.shown
    assert window.find_bar._count.text == "1 of 1"
    assert window.view.textCursor().selectedText() == "the very end"
    assert watch.longest_ms < MOST_MS


def test_a_letter_more_is_looked_for_where_the_letters_before_were_found(theme, qtbot):
    window = SourceWindow(theme, "Source", prepare("fir first finest\n" * 3))
    qtbot.addWidget(window)
    qtbot.waitUntil(lambda: not window._slices.is_running)
    for text in ("f", "fi", "fir", "firs"):
        window._find(text, False)

    assert window.view.textCursor().selectionStart() == 4


def pages(count: int) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    painter = QPainter(writer)
    for number in range(count):
        if number:
            writer.newPage()
        painter.drawText(100, 400, f"page {number}")
    painter.end()
    return bytes(buffer.data())


async def test_pages_are_shown_and_printed_without_a_stall(theme, tasks, qtbot, tmp_path: Path):
    pdf = pages(5)
    asked: list[tuple[QPrinter, bytes]] = []
    preview = PrintPreview(theme, "warm", pdf, "a", lambda *_: None, lambda *given: asked.append(given))
    qtbot.addWidget(preview)
    preview.show()
    await until(lambda: preview.document.pageCount() == 5)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))

    preview._print(printer)
    with stalls() as watch:
        taken = await tasks.read(paint_pages, asked[0][1], asked[0][0])

    printed = QPdfDocument()
    printed.load(str(tmp_path / "out.pdf"))
    assert taken
    assert printed.pageCount() == 5
    assert watch.longest_ms < MOST_MS


@pytest.mark.qt_log_ignore("QPainter::begin", extend=True)
def test_a_printer_that_takes_nothing_is_told(tmp_path: Path, qapp):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "no such folder" / "out.pdf"))

    assert not paint_pages(pages(1), printer)
