"""What an attachment holds decides, not what it is called: it is looked at before it is written, and asked about."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget

from desktop.domain.mail.message import Part
from desktop.domain.mail.names import Danger
from desktop.ui.mail import foreign_mark
from desktop.ui.mail.attachment_bar import danger_words
from desktop.ui.mail.attachment_danger import danger_of
from desktop.ui.widgets.buttons import Button
from desktop.ui.widgets.labels import Paragraph
from tests.ui.mail.reading_desk import mixed
from tests.ui.mail.test_reader import Bench, bench, inodes
from tests.ui.mail.waiting import until

__all__ = ["bench"]

PROGRAM = b"MZ\x90\0" + bytes(100)


def archive(*names: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for name in names:
            file.writestr(name, b"content")
    return made.getvalue()


def part(name: str) -> Part:
    return Part("1", name, "application/octet-stream", 100)


@pytest.mark.parametrize(
    ("name", "content", "danger"),
    [
        ("offer.pdf", b"%PDF-1.4 xxxxxxx", None),
        ("offer.pdf", PROGRAM, Danger.DISGUISED),
        ("all.zip", archive("a.txt", "b/c.html"), None),
        ("all.zip", archive("a.txt", "b/setup.exe"), Danger.PACKED),
        ("all.zip", archive("invoice\u202efdp.txt"), Danger.PACKED),
        ("all", archive("macro.docm"), Danger.PACKED),
        ("all.zip", archive("a.txt")[:-10], Danger.SEALED),
        ("all.zip", archive("a.txt", "b/more.tar.gz"), Danger.SEALED),
        ("all.zip", archive("a.txt", "b/more.zip"), Danger.SEALED),
        ("all.zip", archive("more.rar", "b/setup.exe"), Danger.PACKED),
        ("all.tar", bytes(257) + b"ustar\0" + bytes(249), Danger.SEALED),
        ("all", bytes(257) + b"ustar  \0" + bytes(247), Danger.SEALED),
        ("letter.docx", archive("word/vbaData.bin", "word/document.xml"), None),
    ],
)
def test_c21_content_is_looked_at(name: str, content: bytes, danger: Danger | None, tmp_path: Path) -> None:
    draft = tmp_path / "part"
    draft.write_bytes(content)

    assert danger_of(part(name), content) is danger
    assert danger_of(part(name), draft) is danger


async def test_c21_a_program_in_disguise_is_saved_only_after_a_question(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", ("invoice.pdf", "application/pdf", PROGRAM)))
    await bench.show(key)
    opened = bench.reader.opened
    assert opened is not None
    (card,) = bench.reader.page.attachments.cards()
    to = tmp_path / "to"
    to.mkdir()

    saving = bench.reader._tasks.run(bench.reader.attachments.save_to(opened, card.part, to / "invoice.pdf"))
    await press(bench, "Cancel")
    await saving
    assert inodes(to) == {}
    assert bench.told == []

    saving = bench.reader._tasks.run(bench.reader.attachments.save_to(opened, card.part, to / "invoice.pdf"))
    await press(bench, "Save")
    await saving
    assert list(inodes(to)) == ["invoice.pdf"]


@pytest.mark.parametrize(
    ("answer", "saved"),
    [
        ("Cancel", []),
        ("Save all but these", ["offer.pdf"]),
        ("Save all", ["all.zip", "invoice.pdf", "offer.pdf", "setup.exe"]),
    ],
)
async def test_c21_of_several_the_dangerous_ones_are_asked_about_once(
    bench: Bench, tmp_path: Path, answer: str, saved: list[str]
) -> None:
    key = bench.desk.add(
        mixed(
            b"Content-Type: text/plain\n\nHello",
            ("setup.exe", "application/octet-stream", PROGRAM),
            ("invoice.pdf", "application/pdf", PROGRAM),
            ("offer.pdf", "application/pdf", b"%PDF-1.4 xxxxxxx"),
            ("all.zip", "application/zip", archive("a.txt", "b/setup.exe")),
        )
    )
    await bench.show(key)
    opened, bar = bench.reader.opened, bench.reader.page.attachments
    assert opened is not None
    to = tmp_path / "to"
    to.mkdir()

    saving = bench.reader._tasks.run(bench.reader.attachments.save_all_to(opened, bar.parts, to))
    await until(lambda: bool(windows(bench)))
    (question,) = windows(bench)
    said = [each.text() for each in question.findChildren(Paragraph)]
    assert inodes(to) == {}
    await press(bench, answer)
    await saving

    assert sorted(inodes(to)) == saved
    assert [line.partition(": ")[0] for line in said[1:]] == ["setup.exe", "invoice.pdf", "all.zip"]
    assert said[3].endswith(danger_words(Danger.PACKED))
    assert windows(bench) == []
    # what was seen in them stays marked, also after another mail was read
    await bench.show(bench.desk.add(mixed(b"Content-Type: text/plain\n\nOther", subject="Other")))
    await bench.show(key)
    found = [card.danger for card in bar.cards()]
    assert found == [Danger.PROGRAM, Danger.DISGUISED, None, Danger.PACKED]
    assert danger_words(Danger.PACKED) in bar.cards()[3].toolTip()


async def test_c21_where_all_are_dangerous_there_is_nothing_to_save_without_them(bench: Bench, tmp_path: Path) -> None:
    key = bench.desk.add(mixed(b"Content-Type: text/plain\n\nHello", ("a.exe", "application/octet-stream", PROGRAM)))
    await bench.show(key)
    opened, parts = bench.reader.opened, bench.reader.page.attachments.parts
    assert opened is not None

    saving = bench.reader._tasks.run(bench.reader.attachments.save_all_to(opened, parts, tmp_path))
    await until(lambda: bool(windows(bench)))
    (question,) = windows(bench)

    assert [each.text() for each in question.findChildren(Button)] == ["Cancel", "Save all"]
    question.close()
    await saving
    assert bench.told == []


def test_c21_the_mark_of_each_system(tmp_path: Path) -> None:
    file = tmp_path / "offer.pdf"
    marks: list[tuple[str, bytes]] = []

    foreign_mark.mark(file, "win32")
    foreign_mark.mark(file, "darwin", lambda _path, name, value: marks.append((name, value)))
    foreign_mark.mark(file, "linux")

    assert [path.name for path in tmp_path.iterdir()] == ["offer.pdf:Zone.Identifier"]
    assert (tmp_path / "offer.pdf:Zone.Identifier").read_bytes() == b"[ZoneTransfer]\r\nZoneId=3\r\n"
    ((name, value),) = marks
    assert name == "com.apple.quarantine"
    assert [len(field) for field in value.split(b";")] == [4, 8, 7, 0]


def test_c21_a_file_system_without_marks_is_no_error(tmp_path: Path) -> None:
    foreign_mark.mark(tmp_path / "gone" / "offer.pdf", "win32")


def windows(bench: Bench) -> list[QWidget]:
    """The windows that are open beside the reader's."""
    return [each for each in bench.reader.findChildren(QWidget) if each.isWindow() and each.isVisible()]


async def press(bench: Bench, words: str) -> None:
    """Wait for the question and answer it."""

    def buttons() -> list[Button]:
        return [button for window in windows(bench) for button in window.findChildren(Button) if button.text() == words]

    await until(buttons)
    buttons()[0].click()
