"""Connections to one mailbox: never more than may be, in order, and fewer once the server has said so (R9)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from desktop.base import clock
from desktop.engine.mail.admission import LOWERED_S, Admission
from desktop.net import errors
from tests.desk import until


class Guest:
    """Wants a connection on a thread of its own, and has it until it is let go."""

    def __init__(self, admission: Admission, log: list[str], name: str, **how: Callable[[], None]) -> None:
        self.name = name
        self.cancel = threading.Event()
        self.leave = threading.Event()
        self.problem: errors.NetProblem | None = None
        self._admission, self._log, self._how = admission, log, how
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def _work(self) -> None:
        try:
            with self._admission.entered(self.cancel, give_way=self._how.get("give_way")):
                self._log.append(self.name)
                self.leave.wait(30)
        except errors.NetProblem as problem:
            self.problem = problem

    def gone(self) -> None:
        self.leave.set()
        self.thread.join(30)


@pytest.fixture
def log() -> list[str]:
    return []


@pytest.fixture
def let_in(log: list[str]) -> Iterator[Callable[..., Guest]]:
    """Let guests come one after another, each when the one before is in or in line."""
    guests: list[Guest] = []

    def come(admission: Admission, name: str, **how: Callable[[], None]) -> Guest:
        waiting = len(admission._line)
        guests.append(guest := Guest(admission, log, name, **how))
        until(lambda: name in log or len(admission._line) > waiting)
        return guest

    yield come
    for guest in guests:
        guest.cancel.set()
        guest.gone()


def test_r09_who_waits_comes_in_order(let_in: Callable[..., Guest], log: list[str]) -> None:
    admission = Admission("mail.example", 2)
    first, _second, third, fourth = (let_in(admission, name) for name in "abcd")
    assert log == ["a", "b"]

    first.gone()
    until(lambda: len(log) == 3)
    third.gone()
    until(lambda: len(log) == 4)

    assert log == ["a", "b", "c", "d"]
    assert fourth.problem is None


def test_r09_who_waits_can_be_cancelled_and_holds_up_nobody(let_in: Callable[..., Guest], log: list[str]) -> None:
    admission = Admission("mail.example", 1)
    first, second, _third = (let_in(admission, name) for name in "abc")

    second.cancel.set()
    second.thread.join(30)
    first.gone()

    until(lambda: log == ["a", "c"])
    assert isinstance(second.problem, errors.Cancelled)


def test_r09_a_server_that_bears_no_more_has_fewer_for_an_hour_and_is_left_alone(
    let_in: Callable[..., Guest], log: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now_s = clock.monotonic()
    monkeypatch.setattr(clock, "monotonic", lambda: now_s)
    admission = Admission("mail.example", 4)
    let_in(admission, "a")
    let_in(admission, "b")

    with pytest.raises(errors.TooManyConnections), admission.entered():
        raise errors.TooManyConnections("mail.example")

    assert admission.most == 2
    with pytest.raises(errors.TooManyConnections) as told, admission.entered():
        log.append("a server was asked")
    assert told.value.back_off_s >= 90
    now_s += 91
    let_in(admission, "c")
    assert log == ["a", "b"]
    now_s += LOWERED_S
    until(lambda: log == ["a", "b", "c"])
    assert admission.most == 4


def test_r09_a_person_who_insists_is_tried_and_the_last_connection_is_never_taken_away() -> None:
    admission = Admission("mail.example", 4)
    with pytest.raises(errors.TooManyConnections), admission.entered():
        raise errors.TooManyConnections("mail.example")
    assert admission.most == 1

    with ExitStack() as inside:
        inside.enter_context(admission.entered(insists=True))
        assert len(admission._inside) == 1


def test_who_only_waits_for_news_gives_way_where_the_server_bears_one_connection(
    let_in: Callable[..., Guest], log: list[str]
) -> None:
    admission = Admission("mail.example", 1)
    asked = threading.Event()
    news = let_in(admission, "news", give_way=asked.set)
    let_in(admission, "download")

    assert asked.wait(30)
    news.gone()

    until(lambda: log == ["news", "download"])


def test_nobody_gives_way_while_another_connection_is_about_to_end(
    let_in: Callable[..., Guest], log: list[str]
) -> None:
    admission = Admission("mail.example", 2)
    asked = threading.Event()
    let_in(admission, "news", give_way=asked.set)
    download = let_in(admission, "download")
    let_in(admission, "another")

    download.gone()

    until(lambda: log == ["news", "download", "another"])
    assert not asked.is_set()
