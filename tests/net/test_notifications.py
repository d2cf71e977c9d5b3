"""The notification server of a desktop, on a real bus: what it is told, and what it says."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from desktop.domain.notice import Act, Notice
from desktop.net import notifications
from desktop.net.errors import NotificationsUnavailable
from desktop.net.notifications import NotificationServer, Told
from tests.payloads import own
from tests.servers.notifications import ALL, NotificationDesk, notification_server, session_bus

ACTS = ((Act.OPEN, "Open"), (Act.ARCHIVE, "Archive"), (Act.READ, "Mark as read"))


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def desk(bus: str) -> Iterator[NotificationDesk]:
    with notification_server(bus, *ALL) as desk:
        yield desk


def _heard(server: NotificationServer, count: int) -> list[Told]:
    found: list[Told] = []
    deadline = time.monotonic() + 20
    while len(found) < count:
        assert time.monotonic() < deadline, found
        found += server.told()
        time.sleep(0.01)
    return found


def test_a_notice_says_what_it_is_and_makes_no_sound(desk: NotificationDesk) -> None:
    server = NotificationServer()

    number = server.show(Notice(1, "Anna Keller", ("Offer", "second line"), ACTS))

    desk.until(lambda: desk.shown, "shown")
    [shown] = desk.shown
    assert (shown["number"], shown["replaces"], shown["lasts"]) == (number, 0, -1)
    assert (shown["app"], shown["icon"]) == ("Rapport", "rapport")
    assert (shown["title"], shown["body"]) == ("Anna Keller", "Offer\nsecond line")
    assert shown["acts"] == ["default", "Open", "archive", "Archive", "read", "Mark as read"]
    assert shown["hints"] == {
        "desktop-entry": "rapport",
        "category": "email.arrived",
        "urgency": 1,
        "suppress-sound": True,
    }
    server.close()


def test_a_sound_is_asked_for_by_name(desk: NotificationDesk) -> None:
    server = NotificationServer()

    server.show(Notice(1, "Anna", sound=True))

    desk.until(lambda: desk.shown, "shown")
    assert desk.shown[0]["hints"]["sound-name"] == "message-new-email"
    assert "suppress-sound" not in desk.shown[0]["hints"]
    server.close()


def test_c12_a_server_that_reads_markup_gets_none(desk: NotificationDesk) -> None:
    server = NotificationServer()
    texts = [*(text for _name, text in own()), "null \0 and half a pair \ud83d"]

    for tag, text in enumerate(texts):
        server.show(Notice(tag, text, (text,)))

    desk.until(lambda: len(desk.shown) == len(texts), "all are shown")
    for text, shown in zip(texts, desk.shown, strict=True):
        body = shown["body"]
        assert not {"<", ">"} & set(body)
        assert body.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == text.replace("\0", "").replace(
            "\ud83d", "\ufffd"
        )
        assert shown["title"] == text.replace("\0", "").replace("\ud83d", "\ufffd"), (
            "of a title the protocol says that it is plain"
        )
    server.close()


def test_a_server_that_can_do_less_is_asked_for_less(bus: str) -> None:
    with notification_server(bus, "body") as desk:
        server = NotificationServer()

        server.show(Notice(1, "Anna", ("1 < 2 & 3",), ACTS))

        desk.until(lambda: desk.shown, "shown")
        assert desk.shown[0]["acts"] == []
        assert desk.shown[0]["body"] == "1 < 2 & 3"
        server.close()


def test_what_a_person_does_is_told_in_order(desk: NotificationDesk) -> None:
    server = NotificationServer()
    number = server.show(Notice(1, "Anna", acts=ACTS))

    desk.say("invoke", number, "no-such-act")
    desk.say("token", number, "wayland-1")
    desk.say("invoke", number, "default")
    desk.say("close", number, 2)

    assert _heard(server, 3) == [
        Told(number, token="wayland-1"),
        Told(number, Act.OPEN),
        Told(number, closed=True),
    ]
    server.close()


def test_a_notice_is_replaced_and_withdrawn(desk: NotificationDesk) -> None:
    server = NotificationServer()
    number = server.show(Notice(1, "One"))

    assert server.show(Notice(1, "Two"), number) == number
    server.withdraw(number)

    desk.until(lambda: len(desk.calls) == 3, "all three calls")
    assert [call["call"] for call in desk.calls] == ["notify", "notify", "close"]
    assert desk.standing == []
    server.close()


def test_without_a_server_there_are_no_notifications(bus: str) -> None:
    with pytest.raises(NotificationsUnavailable):
        NotificationServer()


@pytest.mark.parametrize("address", ["", "unix:path=/nowhere", "tcp:host=localhost,port=1", "nonsense", None])
def test_without_a_bus_there_are_no_notifications(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    if address is not None:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)

    with pytest.raises(NotificationsUnavailable):
        NotificationServer()


def test_a_server_that_is_silent_or_dead_is_given_up(desk: NotificationDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notifications, "TIMEOUT_S", 0.2)
    server = NotificationServer()
    desk.say("hush")
    desk.until(lambda: desk.calls, "it is silent")

    with pytest.raises(NotificationsUnavailable):
        server.show(Notice(1, "Anna"))

    desk.kill()
    with pytest.raises(NotificationsUnavailable):
        server.show(Notice(1, "Anna"))
    server.withdraw(1)
    server.close()
