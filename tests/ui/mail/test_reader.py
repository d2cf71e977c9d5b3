"""The reader with the real domain and the real browser; mails lie on a desk in memory."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6 import QtGui
from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop.base import i18n
from desktop.base.errors import Problem
from desktop.domain import settings
from desktop.domain.mail.message import Completeness
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.receiver import Receiver
from desktop.ui.actions import Actions, Do
from desktop.ui.mail import reader as reader_module
from desktop.ui.mail.letter import FileLetter, Form, StoredLetter
from desktop.ui.mail.letter_output import head_fields
from desktop.ui.mail.print_preview import PrintPreview
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.reader import Reader
from desktop.ui.mail.reader_menu import message_menu
from desktop.ui.mail.reader_notices import Remedy
from desktop.ui.mail.source_window import SourceWindow
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web.mail_view import Failure
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.wrapped_text import SelectableText
from tests.ui.mail.reading_desk import Desk, mail, mixed
from tests.ui.mail.waiting import until

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
REMOTE = '<p>Hello</p><img src="https://pixel.example/1.png"><img src="https://pixel.example/2.png">'


class Bench:
    """A reader, its desk, and what it asked for."""

    def __init__(self, theme: Theme, tasks: Tasks, folder: Path) -> None:
        self.desk = Desk()
        self.folder = folder
        self.state = State(folder / "window.json")
        self.window = QWidget()
        self.actions = Actions(self.window, theme)
        self.opened_urls: list[QUrl] = []
        self.has_programs = True
        self.reader = Reader(
            theme,
            tasks,
            self.desk,
            self.desk,
            self.desk,
            self.state,
            PrivateFiles(folder),
            actions=self.actions,
            open_url=self._open_url,
            parent=self.window,
        )
        self.reader.resize(600, 700)
        self.window.resize(600, 700)
        self.window.show()
        self.painted: list[int] = []
        self.asked: list[tuple[Verb, tuple[int, ...]]] = []
        self.told: list[str] = []
        self.reader.painted.connect(self.painted.append)
        self.reader.action_requested.connect(lambda verb, keys: self.asked.append((verb, keys)))
        self.reader.told.connect(self.told.append)

    def _open_url(self, url: QUrl) -> bool:
        self.opened_urls.append(url)
        return self.has_programs

    async def show(self, key: int, **options: Any) -> None:
        """Show a mail and wait until it is painted."""
        self.painted.clear()
        self.reader.show_message(key, **options)
        await until(lambda: bool(self.painted))

    async def act(self, remedy: Remedy) -> None:
        """Press a button of a banner and wait until the mail is painted again."""
        self.painted.clear()
        self.reader._act_on_notice(remedy)
        await until(lambda: bool(self.painted))

    def offers(self) -> set[Remedy]:
        return {remedy for notice in self.reader.page.notices.shown for _words, remedy in notice.offers}

    def said(self) -> str:
        return " ".join(notice.text for notice in self.reader.page.notices.shown)

    def text(self) -> str:
        return self.reader.page.body.text.toPlainText()


@pytest.fixture
def bench(theme: Theme, tasks: Tasks, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(theme, tasks, tmp_path)
    yield made
    made.reader.close_browser()
    made.window.close()
    made.window.deleteLater()


def read(path: Path) -> bytes | None:
    """Return what a file holds, None when it is not there."""
    return path.read_bytes() if path.exists() else None


async def in_page(bench: Bench, expression: str) -> object:
    """Evaluate an expression of ours in the shown document."""
    page = bench.reader.page.body.web.page
    assert page is not None
    answers: list[object] = []
    page.runJavaScript(expression, page.OUR_WORLD, answers.append)
    await until(lambda: bool(answers))
    return answers[0]


async def test_a_text_mail_needs_no_browser(bench: Bench) -> None:
    key = bench.desk.add(mail("Hello\nworld"))

    await bench.show(key)

    assert bench.text() == "Hello\nworld"
    assert bench.reader.page.body.web.page is None
    assert bench.painted == [key]


async def test_an_html_mail_is_shown_sanitised(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>Hello <b>world</b></p><script>document.title='ran'</script>", html=True))

    await bench.show(key)

    assert await in_page(bench, "document.querySelector('b').textContent") == "world"
    assert await in_page(bench, "document.scripts.length") == 0


async def test_the_sender_is_shown_with_the_real_address(bench: Bench) -> None:
    key = bench.desk.add(mail(sender='"service@bank.example" <eve@evil.example>'))

    await bench.show(key)

    assert bench.reader.page.header._name.text() == "service@bank.example"
    assert bench.reader.page.header._address.text() == "eve@evil.example"
    assert "eve@evil.example" in bench.said()


async def test_a_conversation_opens_its_oldest_unread_message(bench: Bench) -> None:
    first = bench.desk.add(mail("one", message_id="1", date="Mon, 12 Oct 2026 10:00:00 +0000"))
    second = bench.desk.add(
        mail("two", message_id="2", date="Tue, 13 Oct 2026 10:00:00 +0000"), conversation=first, unread=True
    )
    third = bench.desk.add(mail("three", message_id="3"), conversation=first, unread=True)

    await bench.show(third)

    assert bench.text() == "two"
    assert bench.reader.page.older.keys() == (first,)
    assert bench.reader.page.newer.keys() == (third,)
    assert bench.reader.opened is not None
    assert bench.reader.opened.letter.key == second


async def test_a_flat_list_shows_the_mail_alone(bench: Bench) -> None:
    first = bench.desk.add(mail("one", message_id="1"), unread=True)
    second = bench.desk.add(mail("two", message_id="2"), conversation=first)

    await bench.show(second, conversations=False)

    assert bench.text() == "two"
    assert bench.reader.page.older.keys() == ()


async def test_a_folded_message_opens_in_place(bench: Bench) -> None:
    first = bench.desk.add(mail("one", message_id="1", date="Mon, 12 Oct 2026 10:00:00 +0000"))
    second = bench.desk.add(mail("<p>two</p>", html=True, message_id="2"), conversation=first)
    await bench.show(second)

    bench.painted.clear()
    bench.reader.page.older.chosen.emit(first)
    await until(lambda: bench.painted == [first])

    assert bench.text() == "one"
    assert bench.reader.page.newer.keys() == (second,)


async def test_an_opened_mail_is_marked_read_after_the_delay(bench: Bench) -> None:
    bench.desk.settings["reading.mark-read-after-ms"] = 0
    key = bench.desk.add(mail(), unread=True)

    await bench.show(key)
    await until(lambda: bool(bench.asked))

    assert bench.asked == [(Verb.READ, (key,))]


async def test_a_mail_left_before_the_delay_stays_unread(bench: Bench) -> None:
    bench.desk.settings["reading.mark-read-after-ms"] = 5000
    key = bench.desk.add(mail(), unread=True)
    await bench.show(key)

    bench.reader.show_nothing()

    assert not bench.reader._mark.isActive()
    assert bench.asked == []


async def test_marking_by_hand_only_asks_for_nothing(bench: Bench) -> None:
    bench.desk.settings["reading.mark-read-after-ms"] = -1
    key = bench.desk.add(mail(), unread=True)

    await bench.show(key)

    assert not bench.reader._mark.isActive()


async def test_remote_pictures_are_blocked_until_asked_for(bench: Bench) -> None:
    bench.desk.pictures = {"https://pixel.example/1.png": PIXEL}
    key = bench.desk.add(mail(REMOTE, html=True))
    await bench.show(key)
    before = list(bench.desk.fetched)

    await bench.act(Remedy.LOAD_IMAGES)

    assert before == []
    assert sorted(bench.desk.fetched) == ["https://pixel.example/1.png", "https://pixel.example/2.png"]
    assert Remedy.LOAD_IMAGES not in bench.offers()
    assert bench.desk.allowed == set()


async def test_pictures_that_could_not_be_loaded_are_told_and_tried_again(bench: Bench) -> None:
    bench.desk.is_offline = True
    await bench.show(bench.desk.add(mail(REMOTE, html=True)))
    bench.window.activateWindow()
    await until(bench.window.isActiveWindow)
    load = next(each for each in bench.reader.page.notices.findChildren(Button) if each.text() == "Load")
    load.setFocus()

    load.click()
    await until(lambda: bench.offers() == {Remedy.RETRY_IMAGES})

    await until(lambda: bench.said() == "2 images could not be loaded")  # the first may be told of alone
    focused = bench.window.focusWidget()
    assert focused is bench.reader.page.body or bench.reader.page.body.isAncestorOf(focused)
    bench.desk.is_offline = False
    await bench.act(Remedy.RETRY_IMAGES)
    assert bench.reader.page.notices.shown == ()


async def test_a_sender_can_be_allowed_for_good(bench: Bench) -> None:
    key = bench.desk.add(mail(REMOTE, html=True))
    again = bench.desk.add(mail(REMOTE, html=True, message_id="2"))
    await bench.show(key)

    await bench.act(Remedy.ALWAYS_LOAD_IMAGES)
    await until(lambda: bench.desk.allowed == {"anna.keller@acme.example"})
    bench.desk.fetched.clear()
    await bench.show(again)

    assert len(bench.desk.fetched) == 2
    assert bench.offers() == set()


async def test_everybody_of_a_domain_can_be_allowed_and_taken_back(bench: Bench) -> None:
    key = bench.desk.add(mail(REMOTE, html=True))
    await bench.show(key)

    await bench.act(Remedy.ALWAYS_LOAD_DOMAIN)
    await until(lambda: bench.desk.allowed == {"@acme.example"})
    bench.desk.fetched.clear()
    other = bench.desk.add(b"From: <otto@acme.example>\r\nContent-Type: text/html\r\n\r\n" + REMOTE.encode())
    await bench.show(other)
    assert len(bench.desk.fetched) == 2

    bench.reader.ask_before_images()
    await until(lambda: bench.desk.allowed == set())


@pytest.mark.parametrize("allowed", ["anna.keller@acme.example", "@acme.example"])
async def test_a_forged_mail_of_an_allowed_sender_loads_nothing_and_offers_nothing_for_good(
    bench: Bench, allowed: str
) -> None:
    bench.desk.receiver = Receiver(("firm.example",))
    bench.desk.allowed = {allowed}
    checked = "Authentication-Results: mx.firm.example; dmarc=fail header.from=acme.example\n"
    entered = "Received: from mail.sender.example (mail.sender.example [203.0.113.4]) by mx.firm.example\n"
    key = bench.desk.add((checked + entered).encode() + mail(REMOTE, html=True))

    await bench.show(key)

    assert bench.desk.fetched == []
    assert bench.offers() == {Remedy.LOAD_IMAGES}


async def test_an_allowed_sender_can_be_taken_back(bench: Bench) -> None:
    bench.desk.allowed = {"anna.keller@acme.example"}
    key = bench.desk.add(mail(REMOTE, html=True))
    await bench.show(key)
    menu = message_menu(bench.reader, bench.reader, bench.reader._theme)
    (take_back,) = [line for line in menu.actions() if line.text().startswith("Ask again")]

    take_back.trigger()
    await until(lambda: bench.desk.allowed == set())
    await until(lambda: not bench.reader.images_allowed)

    assert Remedy.ALWAYS_LOAD_IMAGES in bench.offers()


async def test_the_setting_never_wins_over_an_allowed_sender(bench: Bench) -> None:
    bench.desk.settings["reading.load-images"] = settings.ShowImages.NEVER.value
    bench.desk.allowed = {"anna.keller@acme.example"}
    key = bench.desk.add(mail(REMOTE, html=True))

    await bench.show(key)

    assert bench.desk.fetched == []
    assert Remedy.LOAD_IMAGES in bench.offers()


async def test_images_loaded_for_one_mail_are_not_loaded_for_the_next(bench: Bench) -> None:
    first = bench.desk.add(mail(REMOTE, html=True))
    second = bench.desk.add(mail(REMOTE, html=True, message_id="2"))
    await bench.show(first)
    await bench.act(Remedy.LOAD_IMAGES)
    bench.desk.fetched.clear()

    await bench.show(second)

    assert bench.desk.fetched == []


async def test_c05_a_mail_cannot_show_the_picture_of_another(bench: Bench) -> None:
    related = (
        b"Content-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<img src='cid:logo@x'>\n--r\n"
        b"Content-Type: image/png\nContent-ID: <logo@x>\nContent-Transfer-Encoding: base64\n\n"
        + __import__("base64").encodebytes(PIXEL)
        + b"--r--\n"
    )
    head = b"From: a@x.example\nSubject: s\nDate: Fri, 16 Oct 2026 10:42:00 +0000\nMIME-Version: 1.0\n"
    owner = bench.desk.add(head + b"Message-ID: <1@x>\n" + related)
    thief = bench.desk.add(mail("<p>x</p><img src='cid:logo@x'>", html=True, message_id="2"))
    await bench.show(owner)
    assert await in_page(bench, "document.images.length && document.images[0].getAttribute('src')") == "cid:logo@x"

    await bench.show(thief)

    opened = bench.reader.opened
    assert opened is not None
    assert opened.document is not None
    assert opened.document.content_ids == {}
    assert await in_page(bench, "[...document.images].filter(i => i.naturalWidth > 1).length") == 0


HOSTILE = [
    "<b>bold</b>",
    "<img src=x onerror=alert(1)>",
    "<a href='http://x.example'>x</a>",
    "&lt;i&gt;",
    "<!DOCTYPE html><html><body><h1>x",
    "<table><tr><td>x",
    "\x00\x1b[31m",
    "{{7*7}} {name} %s %(x)s",
]


@pytest.mark.parametrize("text", HOSTILE)
async def test_c12_fields_of_a_mail_are_never_markup(bench: Bench, text: str) -> None:
    clean = text.replace("\x00", "").replace('"', "")
    raw = mixed(
        b"Content-Type: text/plain\n\nHello",
        (clean.replace("/", "_") + ".pdf", "application/pdf", b"%PDF-1.4 xxxxxxxx"),
        subject=clean,
    ).replace(b"Anna Keller", clean.encode())
    key = bench.desk.add(raw)
    await bench.show(key)
    bench.reader.page.header._to.setChecked(True)

    labels = [label for label in bench.reader.findChildren(QLabel) if label.text()]

    assert labels
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    for widget in bench.reader.findChildren(QWidget):
        tip = widget.toolTip()
        assert not QtGui.Qt.mightBeRichText(tip) or (tip.startswith("<qt>") and "<" not in tip[4:-5])


async def test_c13_a_mail_that_hurts_the_browser_is_shown_as_text_and_not_tried_again(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>wild</p>", html=True))
    await bench.show(key)

    bench.painted.clear()
    bench.reader.page.body.hurt.emit(Failure.TOO_SLOW)
    await until(lambda: bool(bench.painted))
    first = (bench.text(), Remedy.TRY_HTML in bench.offers())
    bench.reader.show_nothing()
    bench.desk.prepared.clear()
    await bench.show(key)

    assert first == ("wild", True)
    assert bench.desk.prepared == [(key, True)]
    assert State(bench.folder / "window.json").get("reader.hurtful", list[int]()) == [key], "also after a restart"


async def test_c13_the_person_may_try_again(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>wild</p>", html=True))
    bench.state.set("reader.hurtful", [key])
    await bench.show(key)

    await bench.act(Remedy.TRY_HTML)

    assert await in_page(bench, "document.querySelector('p').textContent") == "wild"


async def test_c13_the_reader_outlives_its_renderer(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>first</p>", html=True))
    other = bench.desk.add(mail("<p>second</p>", html=True, message_id="2"))
    await bench.show(key)
    page = bench.reader.page.body.web.page
    assert page is not None

    bench.painted.clear()
    os.kill(page.renderProcessPid(), 9)
    await until(lambda: bool(bench.painted))
    as_text = bench.text()
    await bench.show(other)

    assert as_text == "first"
    assert await in_page(bench, "document.querySelector('p').textContent") == "second"


async def test_a_mail_that_cannot_be_read_offers_its_source(bench: Bench) -> None:
    key = bench.desk.add(mail(), completeness=Completeness.CANNOT_SHOW)

    await bench.show(key)

    assert bench.offers() == {Remedy.VIEW_SOURCE}


async def test_marks_of_a_mail_are_said(bench: Bench) -> None:
    key = bench.desk.add(mail(), gone=True, twins=2)

    await bench.show(key)

    assert "not on a mail server" in bench.said(), "true also of what was imported and never was on one"
    assert "2 other copies" in bench.said()
    assert Remedy.OTHER_COPY in bench.offers()


async def test_a_link_is_opened_outside(bench: Bench) -> None:
    key = bench.desk.add(mail('<a href="https://acme.example/a">our site</a>', html=True))
    await bench.show(key)

    bench.reader.page.body.link_clicked.emit(QUrl("https://acme.example/a"))

    assert bench.opened_urls == [QUrl("https://acme.example/a")]


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "mail:x", "data:text/html,x", "http:", "x"]
)
async def test_c05_no_other_link_is_opened(bench: Bench, url: str) -> None:
    key = bench.desk.add(mail())
    await bench.show(key)

    bench.reader.page.body.link_clicked.emit(QUrl(url))

    assert bench.opened_urls == []


async def test_a_link_that_lies_is_asked_about(bench: Bench) -> None:
    key = bench.desk.add(mail('<a href="https://evil.example/a">www.bank.com</a>', html=True))
    await bench.show(key)

    bench.reader.page.body.link_clicked.emit(QUrl("https://evil.example/a"))

    assert bench.opened_urls == []
    (question,) = [each for each in bench.reader.findChildren(QWidget) if each.isWindow() and each.isVisible()]
    words = " ".join(label.text() for label in question.findChildren(QLabel))
    assert "evil.example" in words
    assert "www.bank.com" in words
    question.close()


async def test_found_words_are_counted_in_text_and_html(bench: Bench) -> None:
    plain = bench.desk.add(mail("one two one\none"))
    html = bench.desk.add(mail("<p>one two <b>one</b></p>", html=True, message_id="2"))
    counts: list[tuple[int, int]] = []
    bench.reader.page.body.found.connect(lambda at, count: counts.append((at, count)))

    await bench.show(plain)
    bench.actions[Do.FIND].trigger()
    bench.reader.page.find_bar._field.setText("one")
    bench.actions[Do.FIND_NEXT].trigger()
    in_text = counts[-1]
    await bench.show(html)
    bench.actions[Do.FIND].trigger()
    bench.reader.page.find_bar._field.setText("")
    bench.reader.page.find_bar._field.setText("one")
    await until(lambda: counts[-1][1] == 2)

    assert in_text == (2, 3)


async def test_a_quotation_unfolds(bench: Bench) -> None:
    quoted = "".join(f"> line {n}\n" for n in range(6))
    key = bench.desk.add(mail(f"Hello\n\nJan wrote:\n{quoted}"))
    await bench.show(key)
    folded = bench.text()

    bench.reader.page.body.text.anchorClicked.emit(QUrl("rapport-fold:0"))

    assert "line 3" not in folded
    assert "line 3" in bench.text()


async def test_zoom_is_remembered(bench: Bench) -> None:
    key = bench.desk.add(mail())
    await bench.show(key)

    bench.actions[Do.ZOOM_IN].trigger()

    assert bench.reader.page.body.zoom == 1.1
    assert bench.state.get("reader.zoom", 100) == 110


async def test_space_scrolls_and_then_goes_on(bench: Bench) -> None:
    key = bench.desk.add(mail("\n".join(f"line {n}" for n in range(80))))
    await bench.show(key)
    gone: list[bool] = []
    bench.reader.go_next.connect(lambda: gone.append(True))

    steps = 0
    while not gone and steps < 50:
        QTest.keyClick(bench.reader, Qt.Key.Key_Space)
        steps += 1

    bar = bench.reader.page.body.text.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert 2 < steps < 50


async def test_a_mail_file_is_shown_and_not_stored(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail("<p>from disk</p>", html=True))

    bench.reader.open_file(path)
    await until(lambda: bool(bench.painted))

    assert await in_page(bench, "document.querySelector('p').textContent") == "from disk"
    assert "not stored" in bench.said()
    assert bench.desk.raws == {}


async def test_a_mail_file_without_a_date_says_so(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "a.eml"
    path.write_bytes(mail().replace(b"Date: Fri, 16 Oct 2026 10:42:00 +0000\n", b""))

    bench.reader.open_file(path)
    await until(lambda: bool(bench.painted))
    header = bench.reader.page.header
    header._to.setChecked(True)
    opened = bench.reader.opened
    assert opened is not None

    assert (header._date.text, header._date.toolTip()) == ("no date", "no date")
    assert "no date" in [text.text() for text in header.findChildren(SelectableText)]
    assert [title for title, _value in head_fields(opened.head)] == ["From", "To"]


async def test_a_mail_is_laid_out_for_print_with_its_header(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>Body words</p>" + REMOTE, html=True, subject="Offer <b>x</b>"))
    await bench.show(key)
    previews: list[PrintPreview] = []
    bench.reader.output.previewed.connect(previews.append)

    bench.actions[Do.PRINT].trigger()
    await until(lambda: bool(previews))

    document = previews[0].document
    await until(lambda: document.pageCount())
    words = document.getAllText(0).text()
    assert document.pageCount() == 1
    assert "Offer <b>x</b>" in words
    assert "anna.keller@acme.example" in words
    assert "Body words" in words
    assert bench.desk.fetched == []
    previews[0].close()


@pytest.mark.parametrize("html", [True, False])
async def test_a_folded_quotation_is_printed_with_the_rest(bench: Bench, html: bool) -> None:
    words = (
        '<p>My answer</p><div class="gmail_quote">Anna wrote:<blockquote>The old offer<br>was 40</blockquote></div>'
        if html
        else "My answer\n\nOn 3 Nov 2026, Anna wrote:\n> The old offer\n> was 40"
    )
    await bench.show(bench.desk.add(mail(words, html=html)))
    assert bench.reader.opened is not None
    assert bench.reader.opened.document is not None
    assert "<details" in bench.reader.opened.document.html
    previews: list[PrintPreview] = []
    bench.reader.output.previewed.connect(previews.append)

    bench.actions[Do.PRINT].trigger()
    await until(lambda: bool(previews))

    document = previews[0].document
    await until(lambda: document.pageCount())
    printed = document.getAllText(0).text()
    assert "The old offer" in printed
    assert "was 40" in printed
    assert "Quoted text" not in printed
    previews[0].close()


@pytest.mark.parametrize(
    ("language", "lines", "words"),
    [
        ("en", 1, "Quoted text, 1 line"),
        ("en", 3, "Quoted text, 3 lines"),
        ("ru", 1, "Цитата, 1 строка"),
        ("ru", 3, "Цитата, 3 строки"),
        ("ru", 5, "Цитата, 5 строк"),
    ],
)
def test_the_lines_of_a_folded_quotation_are_counted_in_the_persons_language(
    language: str, lines: int, words: str
) -> None:
    desk, fields = Desk(), "<i>[quote-{n}]</i>"
    raw = mail(f"My answer {fields}\n\n" + "> old\n" * lines)
    i18n.set_language(language)
    try:
        stored = StoredLetter(desk, desk.add(raw)).document(Form())
        from_file = FileLetter(desk, raw).document(Form())
    finally:
        i18n.set_language("en")

    assert f"<summary>{words}</summary>" in stored.html
    assert "[quote-{n}]" in stored.html
    assert from_file.html == stored.html


async def test_source_and_headers_are_windows_of_text(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>x</p>", html=True))
    await bench.show(key)
    assert bench.reader.opened is not None

    bench.actions[Do.SOURCE].trigger()
    bench.reader.output.show_headers(bench.reader.opened)
    await until(lambda: len(bench.reader.findChildren(SourceWindow)) == 2)

    texts = sorted(window.view.toPlainText() for window in bench.reader.findChildren(SourceWindow))
    assert all(text.startswith("From: Anna Keller") for text in texts)
    assert ["<p>x</p>" in text for text in texts] == [False, True]
    for window in bench.reader.findChildren(SourceWindow):
        window.close()


async def test_a_mail_is_saved_as_it_came(bench: Bench, tmp_path: Path) -> None:
    raw = mail("Hello")
    key = bench.desk.add(raw)
    await bench.show(key)
    assert bench.reader.opened is not None

    await bench.reader.output.save_to(bench.reader.opened.letter, tmp_path / "a.eml")

    assert (tmp_path / "a.eml").read_bytes() == raw
    assert bench.told == ["a.eml saved"]


async def test_plain_and_html_can_be_changed_over(bench: Bench) -> None:
    raw = (
        b"From: a@x.example\nSubject: s\nMessage-ID: <1@x>\nDate: Fri, 16 Oct 2026 10:42:00 +0000\nMIME-Version: 1.0\n"
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain\n\nplain words\n"
        b"--a\nContent-Type: text/html\n\n<p>html words</p>\n--a--\n"
    )
    key = bench.desk.add(raw)
    await bench.show(key)

    bench.painted.clear()
    bench.reader.toggle_plain()
    await until(lambda: bool(bench.painted))
    as_text = bench.text()
    bench.painted.clear()
    bench.reader.toggle_plain()
    await until(lambda: bool(bench.painted))

    assert as_text.strip() == "plain words"
    assert await in_page(bench, "document.querySelector('p').textContent") == "html words"


async def test_c07_only_one_message_has_a_document(bench: Bench) -> None:
    first = bench.desk.add(mail("<p style='color:red'>one</p>", html=True, message_id="1"))
    second = bench.desk.add(
        mail("<style>p{color:blue}</style><p>two</p>", html=True, message_id="2"), conversation=first
    )

    await bench.show(second)

    assert await in_page(bench, "document.querySelectorAll('p').length") == 1


async def test_a_late_answer_for_another_mail_is_dropped(bench: Bench) -> None:
    slow = bench.desk.add(mail("slow"))
    fast = bench.desk.add(mail("fast", message_id="2"))

    bench.reader.show_message(slow)
    await bench.show(fast)

    assert bench.text() == "fast"
    assert bench.painted == [fast]


async def test_changes_are_shown_without_reading_the_body_again(bench: Bench) -> None:
    key = bench.desk.add(mail(), unread=True)
    await bench.show(key)
    prepared = len(bench.desk.prepared)

    bench.desk.heads[key] = reader_module.replace(bench.desk.heads[key], unread=False, important=True)
    bench.reader.refresh(frozenset({key}))
    await until(lambda: bench.reader.tools.star.isChecked())

    assert len(bench.desk.prepared) == prepared


async def test_a_mail_that_came_whole_while_another_was_opened_does_not_come_back(bench: Bench, tasks: Tasks) -> None:
    key = bench.desk.add(mail("large"), completeness=Completeness.TEXT)
    other = bench.desk.add(mail("other", message_id="2"))
    await bench.show(key)
    bench.desk.heads[key] = reader_module.replace(bench.desk.heads[key], completeness=Completeness.FULL)
    bench.desk.held[key] = threading.Event()
    prepared = len(bench.desk.prepared)

    bench.reader.refresh(frozenset({key}))
    await until(lambda: len(bench.desk.prepared) > prepared)
    await bench.show(other)
    bench.desk.held[key].set()
    await until(lambda: not tasks._running)

    assert bench.text() == "other"


async def test_images_loaded_for_one_copy_are_not_loaded_for_its_twin(bench: Bench) -> None:
    key = bench.desk.add(mail(REMOTE, html=True), twins=1)
    bench.desk.twins[key] = mail(REMOTE + "<p>more</p>", html=True)
    await bench.show(key)
    await bench.act(Remedy.LOAD_IMAGES)
    await until(lambda: len(bench.desk.fetched) == 2)

    await bench.act(Remedy.OTHER_COPY)

    assert not bench.reader.images_shown
    assert Remedy.LOAD_IMAGES in bench.offers()
    assert len(bench.desk.fetched) == 2


async def test_all_that_is_shown_and_saved_of_another_copy_is_of_that_one(bench: Bench, tmp_path: Path) -> None:
    text = b"Content-Type: text/plain\n\nHello"
    key = bench.desk.add(mixed(text, ("first.pdf", "application/pdf", b"first")), twins=1)
    bench.desk.twins[key] = mixed(text, ("twin.pdf", "application/pdf", b"twin"), subject="Twin")
    await bench.show(key)

    await bench.act(Remedy.OTHER_COPY)
    opened, (part,) = bench.reader.opened, bench.reader.page.attachments.parts
    assert opened is not None
    await bench.reader.attachments.save_to(opened, part, tmp_path / "a.pdf")

    assert part.name == "twin.pdf"
    assert (tmp_path / "a.pdf").read_bytes() == b"twin"
    assert opened.letter.source() == bench.desk.twins[key]
    assert "Subject: Twin" in opened.letter.headers()


async def test_attachments_are_listed_and_dangerous_ones_marked(bench: Bench) -> None:
    key = bench.desk.add(
        mixed(
            b"Content-Type: text/plain\n\nHello",
            ("offer.pdf", "application/pdf", b"%PDF-1.4 xxxxxxxx"),
            ("setup.exe", "application/octet-stream", b"MZ" + bytes(100)),
        )
    )

    await bench.show(key)

    cards = bench.reader.page.attachments.cards()
    assert [card.part.name for card in cards] == ["offer.pdf", "setup.exe"]
    assert [card.danger is not None for card in cards] == [False, True]


@pytest.mark.parametrize(
    ("name", "media_type", "content"),
    [
        ("setup.exe", "application/octet-stream", b"MZ" + bytes(100)),
        ("offer.pdf", "application/pdf", b"MZ\x90\0" + bytes(100)),
        ("page.html", "text/html", b"<html><script>x</script>"),
        ("run.desktop", "text/plain", b"[Desktop Entry]\nExec=x"),
        ("macro.docm", "application/vnd.ms-word.document.macroEnabled.12", b"PK\x03\x04xxxx"),
    ],
)
async def test_c21_a_dangerous_attachment_is_never_opened(
    bench: Bench, name: str, media_type: str, content: bytes
) -> None:
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", (name, media_type, content)))
    await bench.show(key)

    bench.reader.page.attachments.cards()[0].click()
    await until(lambda: any(each.isWindow() and each.isVisible() for each in bench.reader.findChildren(QWidget)))

    (question,) = [each for each in bench.reader.findChildren(QWidget) if each.isWindow() and each.isVisible()]
    assert "Save" in question.windowTitle()
    assert bench.opened_urls == []
    assert not (bench.folder / "opened").exists()
    question.close()


async def test_c21_a_safe_attachment_is_opened_after_a_question_as_a_copy(bench: Bench) -> None:
    content = b"%PDF-1.4 xxxxxxxx"
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", ("offer.pdf", "application/pdf", content)))
    await bench.show(key)
    (card,) = bench.reader.page.attachments.cards()

    card.click()
    await until(lambda: any(each.isWindow() and each.isVisible() for each in bench.reader.findChildren(QWidget)))
    assert bench.opened_urls == []
    (question,) = [each for each in bench.reader.findChildren(QWidget) if each.isWindow() and each.isVisible()]
    next(button for button in question.findChildren(QWidget) if getattr(button, "isDefault", bool)()).click()
    await until(lambda: bool(bench.opened_urls))

    copy = Path(bench.opened_urls[0].toLocalFile())
    assert read(copy) == content


def _questions(bench: Bench) -> list[QWidget]:
    return [each for each in bench.reader.findChildren(QWidget) if each.isWindow() and each.isVisible()]


async def test_an_attachment_no_program_was_found_for_can_be_saved(bench: Bench) -> None:
    bench.has_programs = False
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", ("a.qqq", "application/x-qqq", b"content")))
    await bench.show(key)

    bench.reader.page.attachments.cards()[0].click()
    await until(lambda: bool(_questions(bench)))
    next(each for each in _questions(bench)[0].findChildren(Button) if each.text() == "Open").click()
    await until(lambda: [each.windowTitle() for each in _questions(bench)] == ["Attachment not opened"])

    (told,) = _questions(bench)
    assert any(each.text() == "No program was found for “a.qqq”" for each in told.findChildren(Paragraph))
    next(each for each in told.findChildren(Button) if each.text() == "Save as…").click()
    await until(lambda: [type(each) for each in _questions(bench)] == [FileDialog])
    _questions(bench)[0].close()


async def test_a_link_no_program_was_found_for_is_told(bench: Bench) -> None:
    bench.has_programs = False
    await bench.show(bench.desk.add(mail("https://acme.example/")))

    bench.reader.follow_link(QUrl("https://acme.example/"))

    assert bench.told == ["No program was found to open this link."]


@pytest.mark.parametrize(("name", "media_type"), [("old.eml", "application/octet-stream"), ("", "message/rfc822")])
async def test_an_attached_mail_is_read_here(bench: Bench, name: str, media_type: str) -> None:
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", (name, media_type, mail("Inner", subject="In"))))
    bench.reader.file_wanted.connect(bench.reader.open_file)
    await bench.show(key)

    bench.reader.page.attachments.cards()[0].click()
    await until(lambda: bench.reader.opened is not None and bench.reader.opened.head.subject == "In")

    assert _questions(bench) == []
    assert bench.opened_urls == []


async def test_all_attachments_are_saved_under_their_names(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nHello", ("a.pdf", "application/pdf", b"1"), ("a.pdf", "text/plain", b"2"))
    )
    await bench.show(key)
    folder = tmp_path / "to"
    folder.mkdir()

    opened = bench.reader.opened
    assert opened is not None
    await bench.reader.attachments.save_all_to(opened, bench.reader.page.attachments.parts, folder)

    assert sorted(path.name for path in folder.iterdir()) == ["a (2).pdf", "a.pdf"]
    assert bench.told == ["2 attachments saved"]


async def test_what_is_saved_is_of_the_mail_it_was_asked_for(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", ("a.pdf", "application/pdf", b"%PDF asked for")))
    other = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nOther", ("b.pdf", "application/pdf", b"of another"), subject="Other")
    )
    await bench.show(key)
    attachments = bench.reader.attachments

    attachments.save(bench.reader.page.attachments.parts[0])
    await bench.show(other)
    chooser = bench.reader.findChild(QFileDialog)
    assert isinstance(chooser, QFileDialog)
    chooser.fileSelected.emit(str(tmp_path / "a.pdf"))
    chooser.reject()
    await until(lambda: bool(bench.told))

    assert (tmp_path / "a.pdf").read_bytes() == b"%PDF asked for"


def inodes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in folder.iterdir()}


async def test_a_part_still_on_the_server_is_fetched_for_saving(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nHello", ("a.pdf", "application/pdf", b"%PDF far away")),
        completeness=Completeness.TEXT,
    )
    await bench.show(key)
    shares: list[object] = []
    bench.reader.attachments.progress.connect(lambda _section, share: shares.append(share))

    opened = bench.reader.opened
    assert opened is not None
    to = tmp_path / "to"
    to.mkdir()
    await bench.reader.attachments.save_to(opened, bench.reader.page.attachments.parts[0], to / "a.pdf")

    assert (to / "a.pdf").read_bytes() == b"%PDF far away"
    assert inodes(to) == {"a.pdf": bench.desk.fetched_files[0]}, "moved there, not read into memory"
    assert shares[0] == 0.0
    assert shares[-1] is None


async def test_parts_still_on_the_server_are_saved_side_by_side(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nHello", ("a.pdf", "application/pdf", b"1"), ("a.pdf", "text/plain", b"2")),
        completeness=Completeness.TEXT,
    )
    await bench.show(key)
    opened = bench.reader.opened
    assert opened is not None

    to = tmp_path / "to"
    to.mkdir()
    await bench.reader.attachments.save_all_to(opened, bench.reader.page.attachments.parts, to)

    first, second = bench.desk.fetched_files
    assert inodes(to) == {"a.pdf": first, "a (2).pdf": second}


async def test_a_part_still_on_the_server_that_cannot_be_saved_is_said(
    bench: Bench, tasks: Tasks, tmp_path: Path
) -> None:
    failed: list[object] = []
    tasks.failed.connect(failed.append)
    key = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nHello", ("a.pdf", "application/pdf", b"%PDF far away")),
        completeness=Completeness.TEXT,
    )
    await bench.show(key)
    opened = bench.reader.opened
    assert opened is not None

    part = bench.reader.page.attachments.parts[0]
    tasks.run(bench.reader.attachments.save_to(opened, part, tmp_path / "gone" / "a.pdf"))
    await until(lambda: bool(failed))

    assert isinstance(failed[0], Problem)
    assert "could not be saved" in failed[0].text


async def test_a_mail_that_is_gone_is_said_in_words(bench: Bench) -> None:
    bench.reader.show_message(4711)

    await until(lambda: bench.reader.empty.title.text() == "This mail cannot be opened")

    assert bench.reader.empty.isVisible()
    bench.reader.show_nothing()
    assert bench.reader.empty.title.text() == "No mail chosen"


async def test_a_mail_deleted_while_it_is_open_is_left_alone(bench: Bench, tasks: Tasks) -> None:
    failed: list[object] = []
    tasks.failed.connect(failed.append)
    key = bench.desk.add(mail("Hello"))
    await bench.show(key)

    del bench.desk.heads[key]
    bench.reader.refresh(frozenset({key}))
    await until(lambda: not tasks._running)

    assert failed == []
    assert bench.text() == "Hello"


async def test_several_mails_are_summed_up(bench: Bench) -> None:
    key = bench.desk.add(mail())
    await bench.show(key)

    bench.reader.show_selection(3, conversations=False)

    assert bench.reader.summary.isVisible()
    assert bench.reader.summary._words.text() == "3 mails chosen"
    assert bench.reader.opened is None


async def test_the_menu_speaks_of_the_open_message(bench: Bench) -> None:
    key = bench.desk.add(mail(REMOTE, html=True), unread=True)
    await bench.show(key)

    from desktop.ui.mail import reader_menu

    menu = reader_menu.message_menu(bench.reader, bench.reader, bench.reader._theme)
    words = {action.text().partition("\t")[0]: action for action in menu.actions()}
    words["Mark this message as read"].trigger()
    words["Copy address of the sender"].trigger()

    assert bench.asked == [(Verb.READ, (key,))]
    assert {"Load remote images", "Show as plain text", "View source", "All headers"} <= words.keys()
    menu.deleteLater()


async def test_nothing_is_dragged_that_is_dangerous(bench: Bench, qtbot: QtBot) -> None:
    key = bench.desk.add(
        mixed(b"Content-Type: text/plain\n\nHello", ("setup.exe", "application/octet-stream", b"MZ" + bytes(100)))
    )
    await bench.show(key)
    (card,) = bench.reader.page.attachments.cards()

    QTest.mousePress(card, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    QTest.mouseMove(card, QPoint(150, 40))
    bench.reader.attachments.drag(card.part)

    assert not (bench.folder / "opened").exists()
    QTest.mouseRelease(card, Qt.MouseButton.LeftButton, pos=QPoint(150, 40))


async def test_the_find_bar_gives_the_keyboard_back(bench: Bench) -> None:
    from PySide6.QtWidgets import QApplication, QLineEdit

    other = QLineEdit(bench.window)
    other.show()
    bench.window.activateWindow()
    await bench.show(bench.desk.add(mail("Hello")))
    other.setFocus()
    await until(lambda: QApplication.focusWidget() is other)

    bench.actions[Do.FIND].trigger()
    QTest.keyClicks(bench.reader.page.find_bar._field, "hel")
    QTest.keyClick(bench.reader.page.find_bar._field, Qt.Key.Key_Escape)

    assert QApplication.focusWidget() is other
    assert bench.reader.page.find_bar.isHidden()
