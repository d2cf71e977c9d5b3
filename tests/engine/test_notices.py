"""The thread that shows notices, on a real bus: what it passes on, and how it bears the loss of a server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop.domain.notice import Act, Heard, Notice, Shown
from desktop.engine.notices import DesktopNotices
from tests.desk import until
from tests.servers.notifications import ALL, NotificationDesk, notification_server, session_bus

ACTS = ((Act.OPEN, "Open"), (Act.ARCHIVE, "Archive"))
WITHIN_S = 20


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def desk(bus: str) -> Iterator[NotificationDesk]:
    with notification_server(bus, *ALL) as desk:
        yield desk


@pytest.fixture
def notices() -> Iterator[DesktopNotices]:
    made = DesktopNotices()
    yield made
    made.close()


def test_what_is_done_to_a_notice_is_heard_with_its_tag_and_token(
    desk: NotificationDesk, notices: DesktopNotices
) -> None:
    heard: list[Heard] = []
    notices.listen(heard.append)
    assert notices.show(Notice(70, "Anna", ("Offer",), ACTS)).result(WITHIN_S) is Shown.SILENTLY
    assert notices.show(Notice(71, "Boris", ("Order",), ACTS)).result(WITHIN_S) is Shown.SILENTLY
    desk.until(lambda: len(desk.shown) == 2, "both")
    anna, boris = (shown["number"] for shown in desk.shown)

    desk.say("token", boris, "wayland-7")
    desk.say("invoke", boris, "default")
    desk.say("invoke", anna, "archive")
    desk.say("close", boris, 2)
    desk.say("invoke", boris, "default")
    desk.say("close", 99, 2)
    desk.say("close", anna, 1)

    until(lambda: len(heard) == 4)
    assert heard == [Heard(71, Act.OPEN, "wayland-7"), Heard(70, Act.ARCHIVE), Heard(71), Heard(70)]


def test_a_notice_with_the_tag_of_another_takes_its_place(desk: NotificationDesk, notices: DesktopNotices) -> None:
    notices.show(Notice(1, "3 new mails")).result(WITHIN_S)
    notices.show(Notice(1, "4 new mails")).result(WITHIN_S)

    desk.until(lambda: len(desk.shown) == 2, "both")
    assert [shown["title"] for shown in desk.standing] == ["4 new mails"]


def test_a_sound_is_left_to_a_server_that_plays_it(bus: str, notices: DesktopNotices) -> None:
    with notification_server(bus, "sound"):
        assert notices.show(Notice(1, "Anna", sound=True)).result(WITHIN_S) is Shown.WHOLE


def test_the_end_takes_away_what_nobody_would_answer(desk: NotificationDesk) -> None:
    notices = DesktopNotices()
    for tag in (1, 2, 3):
        notices.show(Notice(tag, "Anna")).result(WITHIN_S)
    notices.withdraw(2)

    notices.close()

    desk.until(lambda: not desk.standing, "all are gone")
    assert len(desk.calls) == 6
    assert notices.show(Notice(4, "late")).result(WITHIN_S) is Shown.NOT


def test_without_a_bus_nothing_is_shown_and_nothing_fails(
    notices: DesktopNotices, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")

    assert notices.show(Notice(1, "Anna")).result(WITHIN_S) is Shown.NOT
    notices.withdraw(1)
    assert notices.show(Notice(2, "Boris")).result(WITHIN_S) is Shown.NOT


def test_a_server_that_crashed_is_found_again(bus: str, notices: DesktopNotices) -> None:
    heard: list[Heard] = []
    notices.listen(heard.append)
    with notification_server(bus, *ALL) as first:
        assert notices.show(Notice(1, "Anna")).result(WITHIN_S) is Shown.SILENTLY
        first.kill()
        assert notices.show(Notice(2, "Boris")).result(WITHIN_S) is Shown.NOT
    assert heard == [Heard(1)], "what the server showed went with it"

    with notification_server(bus, *ALL) as second:
        assert notices.show(Notice(3, "Carla")).result(WITHIN_S) is Shown.SILENTLY
        second.until(lambda: second.standing, "shown")


def test_a_server_that_is_started_anew_gives_the_numbers_of_our_notices_to_others(
    bus: str, notices: DesktopNotices
) -> None:
    heard: list[Heard] = []
    notices.listen(heard.append)
    with notification_server(bus, *ALL) as first:
        assert notices.show(Notice(1, "Anna", acts=ACTS)).result(WITHIN_S) is Shown.SILENTLY
        first.until(lambda: first.standing, "shown")
        number = first.shown[0]["number"]
        first.kill()

    with notification_server(bus, *ALL) as second:
        until(lambda: heard == [Heard(1)])
        second.say("invoke", number, "default")  # a notice of another program
        notices.withdraw(1)
        assert notices.show(Notice(1, "Boris", acts=ACTS)).result(WITHIN_S) is Shown.SILENTLY
        second.until(lambda: second.standing, "shown")
        second.say("invoke", second.shown[0]["number"], "archive")
        until(lambda: len(heard) > 1)
        assert heard == [Heard(1), Heard(1, Act.ARCHIVE)]

    assert [(call["call"], call.get("replaces")) for call in second.calls] == [("notify", 0)]


def test_a_bus_that_ended_is_noticed_by_who_waits(monkeypatch: pytest.MonkeyPatch, notices: DesktopNotices) -> None:
    heard: list[Heard] = []
    notices.listen(heard.append)
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        with notification_server(address, *ALL):
            assert notices.show(Notice(1, "Anna")).result(WITHIN_S) is Shown.SILENTLY

    until(lambda: heard == [Heard(1)])
