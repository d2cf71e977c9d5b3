"""Subjects, names, addresses and file names without a single space: they never dictate how wide a pane is."""

from __future__ import annotations

import pytest

from desktop.domain.mail.message import Part
from tests.ui.mail.reading_desk import mail, mixed
from tests.ui.mail.test_reader import Bench, bench

__all__ = ["bench"]

ENDLESS = "x" * 400
READER_LEAST_PX = 460


@pytest.mark.parametrize(
    "raw",
    [
        mail(subject=ENDLESS),
        mail(sender=f"{ENDLESS} <{ENDLESS}@acme.example>"),
        mail(to=f"{ENDLESS} <{ENDLESS}@acme.example>, b@firm.example"),
        mixed(b"Content-Type: text/plain\n\nHello", (f"{ENDLESS}.pdf", "application/pdf", b"x" * 9)),
        mail(ENDLESS),
        mail(f"<p>{ENDLESS}</p>", html=True),
    ],
    ids=["subject", "sender", "recipient", "attachment", "text", "html"],
)
async def test_the_reader_keeps_its_width(bench: Bench, raw: bytes) -> None:
    await bench.show(bench.desk.add(raw))
    bench.reader.page.header._to.setChecked(True)

    assert bench.reader.minimumSizeHint().width() <= READER_LEAST_PX
    assert bench.reader.page.header.height() < bench.window.height()


async def test_many_recipients_leave_room_for_the_mail(bench: Bench) -> None:
    people = ", ".join(f"Person {n} <person{n}@firm.example>" for n in range(150))
    await bench.show(bench.desk.add(mail(to=people)))
    bench.reader.page.header._to.setChecked(True)
    bench.reader.resize(600, 700)

    assert bench.reader.minimumSizeHint().height() < 500
    assert bench.reader.page.body.height() > 150


async def test_a_long_subject_leaves_room_for_the_mail(bench: Bench) -> None:
    bench.window.resize(460, 500)
    bench.reader.resize(460, 500)
    await bench.show(bench.desk.add(mail(subject="long " * 200)))

    assert bench.reader.page.subject.text().startswith("long long")
    assert bench.reader.page.body.height() > 120


def test_many_attachments_are_one_strip(theme, qtbot) -> None:
    from desktop.ui.mail.attachment_bar import AttachmentBar

    bar = AttachmentBar(theme)
    qtbot.addWidget(bar)
    bar.show_parts([Part(str(n), f"{ENDLESS}{n}.pdf", "application/pdf", 9) for n in range(40)])

    assert bar.minimumSizeHint().width() <= READER_LEAST_PX
    assert bar.cards()[0].toolTip() == f"{ENDLESS}0.pdf"
