"""The reader while its mail changes: no answer is lost, whichever of several comes first."""

from __future__ import annotations

import threading
from dataclasses import replace

from desktop.domain.mail.reading import Conversation
from desktop.ui.mail.reader_notices import Remedy
from tests.ui.mail.reading_desk import mail
from tests.ui.mail.test_reader import REMOTE, Bench, bench
from tests.ui.mail.waiting import until

__all__ = ["bench"]


async def test_of_two_changes_close_together_the_later_one_is_shown(bench: Bench) -> None:
    key = bench.desk.add(mail())
    await bench.show(key)
    gates = hold_conversations(bench)

    bench.reader.refresh(frozenset({key}))
    await until(lambda: len(gates) == 1)
    bench.desk.heads[key] = replace(bench.desk.heads[key], important=True)
    bench.reader.refresh(frozenset({key}))
    gates[0].set()
    await until(lambda: len(gates) == 2)
    gates[1].set()

    await until(lambda: bench.reader.tools.star.isChecked())


async def test_a_change_while_a_mail_is_being_opened_is_shown(bench: Bench) -> None:
    key = bench.desk.add(mail())
    bench.desk.held[key] = threading.Event()

    bench.reader.show_message(key)
    await until(lambda: bool(bench.desk.prepared))
    bench.desk.heads[key] = replace(bench.desk.heads[key], important=True)
    bench.reader.refresh(frozenset({key}))
    bench.desk.held[key].set()

    await until(lambda: bench.reader.tools.star.isChecked())


async def test_a_change_while_another_form_is_being_made_stays(bench: Bench) -> None:
    key = bench.desk.add(mail("<p>Hello</p>", html=True))
    await bench.show(key)
    bench.desk.held[key] = threading.Event()
    prepared = len(bench.desk.prepared)

    bench.reader.toggle_plain()
    await until(lambda: len(bench.desk.prepared) > prepared)
    bench.desk.heads[key] = replace(bench.desk.heads[key], important=True)
    bench.reader.refresh(frozenset({key}))
    await until(lambda: bench.reader.tools.star.isChecked())
    bench.desk.held[key].set()
    await until(lambda: bench.text() == "Hello")

    assert bench.reader.tools.star.isChecked()


async def test_a_sender_allowed_while_the_mail_changes_stays_allowed(bench: Bench) -> None:
    key = bench.desk.add(mail(REMOTE, html=True))
    await bench.show(key)
    written = threading.Event()
    allow = bench.desk.allow_images_from

    def slowly(address: str) -> None:
        assert written.wait(10)
        allow(address)

    bench.desk.allow_images_from = slowly  # type: ignore[method-assign]

    bench.reader._act_on_notice(Remedy.ALWAYS_LOAD_IMAGES)
    bench.desk.heads[key] = replace(bench.desk.heads[key], important=True)
    bench.reader.refresh(frozenset({key}))
    await until(lambda: bench.reader.tools.star.isChecked())
    written.set()

    await until(lambda: bench.reader.images_allowed)


def hold_conversations(bench: Bench) -> list[threading.Event]:
    """Let each reading of a conversation wait, with the answer it had when it began, for its event in the list."""
    gates: list[threading.Event] = []
    read = bench.desk.conversation

    def slowly(key: int) -> Conversation:
        answer, gate = read(key), threading.Event()
        gates.append(gate)
        assert gate.wait(10)
        return answer

    bench.desk.conversation = slowly  # type: ignore[method-assign]
    return gates
