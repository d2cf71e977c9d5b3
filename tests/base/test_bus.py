"""Events reach exactly those who asked."""

from __future__ import annotations

import logging
from dataclasses import dataclass

import pytest

from desktop.base.bus import Bus


@dataclass(frozen=True, slots=True)
class Happened:
    number: int


@dataclass(frozen=True, slots=True)
class OtherHappened:
    number: int


def test_handlers_get_events_of_exactly_their_type() -> None:
    bus, seen = Bus(), list[object]()
    bus.subscribe(Happened, seen.append)

    bus.publish(Happened(1))
    bus.publish(OtherHappened(2))

    assert seen == [Happened(1)]


def test_an_ended_subscription_hears_nothing() -> None:
    bus, seen, kept = Bus(), list[object](), list[object]()
    end = bus.subscribe(Happened, lambda event: seen.append(event))
    bus.subscribe(Happened, kept.append)

    end()
    end()
    bus.publish(Happened(1))

    assert (seen, kept) == ([], [Happened(1)])


def test_a_handler_that_fails_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    bus, seen = Bus(), list[object]()

    def failing(_event: Happened) -> None:
        raise ValueError("broken")

    bus.subscribe(Happened, failing)
    bus.subscribe(Happened, seen.append)

    with caplog.at_level(logging.ERROR):
        bus.publish(Happened(1))

    assert seen == [Happened(1)]
    assert "Happened failed" in caplog.text
