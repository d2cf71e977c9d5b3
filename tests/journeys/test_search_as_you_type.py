"""Journey 4, search as you type: letter by letter over a mailbox the engine fetched; Escape leads back."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt

from desktop.domain.mail.folder import Unified
from desktop.domain.mail.search_result import Cancelled, SearchResult
from tests.desk import mail
from tests.journeys.program import CONTROL, Program
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.server

COUNT = 400
SUBJECTS = ("Renewal of the contract", "Invoice", "Zebra crossing", "Minutes of the meeting")


def mailbox() -> list[bytes]:
    """Return mails, the newest last: every fourth is a renewal, every tenth comes from Berta."""
    mails = []
    for number in range(1, COUNT + 1):
        sender = "Berta Ohm <berta@ohm.example>" if number % 10 == 0 else "Anna Keller <anna@acme.example>"
        subject = f"{SUBJECTS[number % 4]} {number}"
        mails.append(mail(number, subject=subject, text=f"The zucchini of day {number} weighs a lot.", From=sender))
    return mails


async def _ready(program: Program, dovecot: Dovecot, user: str) -> None:
    dovecot.deliver(user, mailbox()[: COUNT // 2], flags="S")
    dovecot.deliver(user, mailbox()[COUNT // 2 :])
    await program.add_account(dovecot, user)
    await program.until(lambda: program.total("INBOX") == COUNT, "all mails come")


async def test_letters_find_more_and_more_exactly_newest_first(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    await _ready(program, dovecot, imap_user)
    head, model = program.list.search_head.words, program.list.model

    program.press(Qt.Key.Key_K, CONTROL)
    for typed in ("r", "e", "n", "e", "w"):
        program.type(typed)
        await program.until(lambda: program.list.searching and len(model.keys) == 50, f"hits after {typed}")
    await program.until(lambda: all(s.startswith("Renewal") for s in program.subjects()) and program.subjects())

    numbers = [int(subject.split()[-1]) for subject in program.subjects()]
    assert numbers == sorted(numbers, reverse=True)
    assert numbers[0] == COUNT
    line = model.line(0)
    assert line.marks is not None
    assert [line.row.subject[start:end] for start, end in line.marks.subject_marks] == ["Renewal"]  # type: ignore[union-attr]
    assert head.text().startswith("The newest 50 mails, more below. Searched 400 mails")

    # further down come further hits
    bar = program.list.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    await program.until(lambda: len(model.keys) == 100)
    assert head.text().startswith("100 mails, newest first.")


async def test_operators_narrow_and_what_is_not_understood_is_said(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    await _ready(program, dovecot, imap_user)
    for typed, count in (
        ("from:berta", 40),
        ("from:berta is:unread", 20),
        ("from:berta is:unread -subject:renewal", 10),
        ("zucchini (from:berta OR subject:zebra) is:unread", 65),
        ('"zucchini of day 7"', 1),
        ("in:trash zucchini", 0),
    ):
        program.press(Qt.Key.Key_K, CONTROL)
        program.type(typed)
        await program.until(
            lambda n=count: program.list.searching and len(program.list.model.keys) == min(n, 50), typed
        )
        said = f"{min(count, 50)} mail"
        if count:
            await program.until(lambda words=said: words in program.list.search_head.words.text(), typed)
        else:
            await program.until(lambda: "in Trash" in program.list._empty.text.text(), typed)

    program.press(Qt.Key.Key_K, CONTROL)
    program.type("in:nowhere zucchini")
    await program.until(lambda: "Not understood: in:nowhere." in program.list.search_head.words.text())


async def test_escape_leads_back_to_the_folder_and_the_mail_one_came_from(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Projects")
    dovecot.deliver(imap_user, [mail(1000 + n, subject=f"Plan {n}") for n in range(1, 6)], "Projects")
    await _ready(program, dovecot, imap_user)
    await program.open_folder("Projects")
    plans = [f"Plan {n}" for n in range(5, 0, -1)]
    await program.until(lambda: program.subjects() == plans)

    program.press(Qt.Key.Key_K, CONTROL)
    program.type("zucch")
    await program.until(lambda: program.list.searching and len(program.list.model.keys) == 50)
    program.press(Qt.Key.Key_Return)
    await program.until(lambda: program.list.view.hasFocus(), "Enter leads to the hits")
    program.press(Qt.Key.Key_Down)
    await program.until(lambda: program.painted, "a hit is read")
    program.press(Qt.Key.Key_Escape)

    await program.until(lambda: program.subjects() == plans, "Escape leads back")
    assert program.window.room.search.text == ""
    assert program.window.room.tree.current_node.name == "Projects"
    assert program.list.model.query.list_id != Unified.ALL


async def test_an_older_query_is_interrupted_by_the_next_letter(
    program: Program, dovecot: Dovecot, imap_user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _ready(program, dovecot, imap_user)
    service = program.core.services.search
    search, begun, ended = service.search, threading.Event(), []

    def slow_first(text: str, *, cancel: threading.Event, **rest: int) -> SearchResult:
        if text == "zu":
            begun.set()
            cancel.wait(20)  # a query that takes until it is told to stop
        try:
            return search(text, cancel=cancel, **rest)  # type: ignore[arg-type]
        except Cancelled:
            ended.append(text)
            raise

    monkeypatch.setattr(service, "search", slow_first)
    program.press(Qt.Key.Key_K, CONTROL)
    program.type("zu")
    await program.until(begun.is_set)
    program.press(Qt.Key.Key_Backspace)
    program.press(Qt.Key.Key_Backspace)
    program.type("renewal")

    await program.until(lambda: program.list.searching and len(program.list.model.keys) == 50)
    await program.until(lambda: ended == ["zu"])
    assert all(subject.startswith("Renewal") for subject in program.subjects())
