"""Events of any thread arrive on the GUI thread, together and soon."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from desktop.base.bus import Bus
from desktop.domain import events
from desktop.ui.bridge import COALESCE_MS, Bridge


def test_many_events_become_one_signal_on_the_gui_thread(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    told: list[tuple[frozenset[int], threading.Thread]] = []
    bridge.messages_changed.connect(lambda keys: told.append((keys, threading.current_thread())))

    def publish() -> None:
        for key in range(100):
            bus.publish(events.MessagesChanged((key, key + 1)))

    with qtbot.waitSignal(bridge.messages_changed, timeout=5000):
        thread = threading.Thread(target=publish)
        thread.start()
        thread.join()

    assert told == [(frozenset(range(101)), threading.main_thread())]
    bridge.close()


def test_what_was_removed_is_not_also_changed(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    changed: list[frozenset[int]] = []
    removed: list[frozenset[int]] = []
    bridge.messages_changed.connect(changed.append)
    bridge.messages_removed.connect(removed.append)

    bus.publish(events.MessagesChanged((1, 2)))
    bus.publish(events.MessagesRemoved((2,)))
    bridge.flush()

    assert (changed, removed) == ([frozenset({1})], [frozenset({2})])
    bridge.close()


def test_every_event_has_its_signal(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    told: list[str] = []
    bridge.messages_arrived.connect(lambda _keys: told.append("messages_arrived"))
    for name in ("lists_changed", "folders_changed", "accounts_changed", "status_changed"):
        getattr(bridge, name).connect(lambda _ids, name=name: told.append(name))
    bridge.operations_changed.connect(lambda _ids: told.append("operations_changed"))
    bridge.settings_changed.connect(lambda names: told.extend(sorted(names)))

    for event in (
        events.MessagesArrived((1,), 1),
        events.ListsChanged((-1,)),
        events.FoldersChanged(1),
        events.MailAccountsChanged((1,)),
        events.MailAccountStatusChanged(1),
        events.OperationsChanged(1),
        events.SettingsChanged(("appearance.theme",)),
    ):
        bus.publish(event)
    bridge.flush()

    assert sorted(told) == sorted(
        [
            "messages_arrived",
            "lists_changed",
            "folders_changed",
            "accounts_changed",
            "status_changed",
            "operations_changed",
            "appearance.theme",
        ]
    )
    bridge.close()


def test_a_closed_bridge_is_silent(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    told: list[object] = []
    bridge.messages_changed.connect(told.append)

    bridge.close()
    bus.publish(events.MessagesChanged((1,)))
    bridge.flush()

    assert told == []


def test_only_news_is_told_as_mail_that_came(qtbot: QtBot) -> None:
    bus = Bus()
    bridge = Bridge(bus)
    arrived: list[object] = []
    came: list[object] = []
    bridge.messages_arrived.connect(arrived.append)
    bridge.mail_came.connect(came.append)

    bus.publish(events.MessagesArrived((1, 2), 1))
    bus.publish(events.MessagesArrived((3, 4), 1, True))
    bus.publish(events.MessagesRemoved((4,)))
    bridge.flush()

    assert (arrived, came) == ([frozenset({1, 2, 3})], [frozenset({3})])
    bridge.close()


def test_what_was_on_its_way_when_it_was_closed_is_told_to_nobody(qtbot: QtBot) -> None:
    """Who listened may be gone by then."""
    bus = Bus()
    bridge = Bridge(bus)
    told: list[frozenset[int]] = []
    bridge.folders_changed.connect(told.append)
    bus.publish(events.FoldersChanged(1))
    bridge.close()
    qtbot.wait(4 * COALESCE_MS)

    assert told == []
