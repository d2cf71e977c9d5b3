"""New mail is told of: once, together where it is much, not what is in sight, and only as long as it is new."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from desktop.base import clock
from desktop.domain import settings
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.notice import Act, Heard, Shown
from desktop.domain.pause import HOUR_MS
from desktop.ui.actions import Do
from desktop.ui.window import new_mail
from desktop.ui.window.background import Background
from tests.ui.window.conftest import Desk
from tests.ui.window.telling import NotingDesktop, Panel, deliver, in_background

pytestmark = pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True)

GATHER_MS = 150


@pytest.fixture(autouse=True)
def _short_span(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(new_mail, "GATHER_MS", GATHER_MS)


@pytest.fixture
def panel() -> Panel:
    return Panel()


@pytest.fixture
def desktop() -> NotingDesktop:
    return NotingDesktop()


@pytest.fixture
def behind(desk: Desk, desktop: NotingDesktop, panel: Panel) -> Iterator[Background]:
    made = in_background(desk, desktop, panel)
    yield made
    made.close()
    assert desk.failures == []


async def _hidden(desk: Desk) -> None:
    """Have the window up and then out of sight."""
    desk.window.restore()
    desk.window.show()
    await desk.until(lambda: len(desk.window.room.list.model.keys) > 0)
    desk.window.hide()


async def _settled(desk: Desk, behind: Background) -> None:
    """Wait until all that came so far has been decided about."""
    desk.window._bridge.flush()
    notices = behind.notices
    await desk.until(lambda: not notices._new and not notices._timer.isActive())
    running = notices._settle._running
    if running is not None:
        await asyncio.wait({running})


async def test_a_new_mail_is_told_once_with_sender_and_subject(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)

    [key] = deliver(desk, "Renewal 2027")
    await desk.until(lambda: desktop.standing)
    await _settled(desk, behind)

    [notice] = desktop.calls
    assert (notice.title, notice.lines, notice.sound) == ("Anna Keller", ("Renewal 2027",), False)
    assert [act for act, _words in notice.acts] == [Act.OPEN, Act.ARCHIVE, Act.READ]
    assert behind.notices.told == {key}


async def test_first_syncs_old_mail_and_quiet_folders_are_not_told(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)

    deliver(desk, "First sync", notify=False)
    deliver(desk, "Junk", path="Junk")
    deliver(desk, "Filed by the server", path="Projects")
    deliver(desk, "Old", "News", age_ms=0)
    deliver(desk, "Very old", age_ms=3 * 86_400_000)
    await _settled(desk, behind)

    assert sorted(notice.lines[0] for notice in desktop.calls) == ["News", "Old"]


async def test_a_snoozed_mail_that_is_back_is_told_of_until_it_is_read(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    [key] = deliver(desk, "Old offer", notify=False, age_ms=9 * 86_400_000)
    reminders = desk.core.services.reminders
    reminders.snooze([key], clock.now() - 1)
    desk.core.services.actions.apply(Change(Verb.READ), [key])

    reminders.bring_back()
    await desk.until(lambda: desktop.standing)

    [notice] = desktop.calls
    assert (notice.title, notice.lines) == ("Anna Keller", ("Old offer", "Snoozed, and back now"))
    desk.core.services.actions.apply(Change(Verb.READ), [key])
    await desk.until(lambda: not desktop.standing)


async def test_what_comes_back_in_a_quiet_folder_or_in_a_pause_is_not_told(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    [key, other] = deliver(desk, "Quiet", "Paused", notify=False)
    tree = desk.core.services.views.folder_tree()
    [inbox] = [folder for folder in tree.accounts[0].folders if folder.path == "INBOX"]
    reminders = desk.core.services.reminders
    reminders.snooze([key], clock.now() - 1)
    desk.core.services.folders.notify(inbox.key, False)
    reminders.bring_back()
    await _settled(desk, behind)
    desk.core.services.folders.notify(inbox.key, True)
    desk.core.services.settings.set(settings.PAUSED_UNTIL_MS, clock.now() + HOUR_MS)
    reminders.snooze([other], clock.now() - 1)
    reminders.bring_back()
    await _settled(desk, behind)

    assert desktop.calls == []


async def test_a_mail_nobody_answered_is_told_of_and_can_only_be_opened(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    sent = desk.core.services.views.open_list(ListQuery(Unified.SENT)).keys[0]
    reminders = desk.core.services.reminders
    reminders.follow_up([sent], clock.now() - 1)

    reminders.bring_back()
    await desk.until(lambda: desktop.standing)

    [notice] = desktop.calls
    assert notice.title.startswith("No answer from ")
    assert [act for act, _words in notice.acts] == [Act.OPEN]
    reminders.end([sent])
    await desk.until(lambda: not desktop.standing)


async def test_a_folder_that_is_to_tell_tells(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    tree = desk.core.services.views.folder_tree()
    [projects] = [folder for folder in tree.accounts[0].folders if folder.path == "Projects"]
    desk.core.services.folders.notify(projects.key, True)

    [key] = deliver(desk, "In Projects", path="Projects")
    await desk.until(lambda: desktop.standing)
    desktop.heard(Heard(next(iter(desktop.standing)), Act.OPEN))

    await desk.until(lambda: desk.window.isVisible())
    room = desk.window.room
    await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == key)
    await desk.until(lambda: room.list.model.query.list_id == projects.key)


async def test_three_are_told_one_by_one_and_more_together(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)

    deliver(desk, "One", "Two", "Three")
    await desk.until(lambda: len(desktop.standing) == 3)
    keys = deliver(desk, "Four")
    await desk.until(lambda: desktop.titles == ["4 new mails"])
    deliver(desk, "Five", "Six")
    await desk.until(lambda: desktop.titles == ["6 new mails"])

    assert len(desktop.standing) == 1, "the bundle is the one that stood before"
    [notice] = desktop.standing.values()
    assert [act for act, _words in notice.acts] == [Act.OPEN, Act.READ]
    assert notice.lines[-1] == "and 3 more"
    assert set(keys) < behind.notices.told


async def test_a_batch_of_many_is_one_notice(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)

    for number in range(5):
        deliver(desk, f"Mail {number}")
    await desk.until(lambda: desktop.standing)
    await _settled(desk, behind)

    assert [notice.title for notice in desktop.calls] == ["5 new mails"]


async def test_what_is_in_sight_is_not_told(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    desk.window.restore()
    desk.window.show()
    desk.window.activateWindow()
    await desk.until(lambda: desk.window.isActiveWindow() and len(desk.window.room.list.model.keys) > 0)

    [seen] = deliver(desk, "On the screen")
    await desk.until(lambda: desk.window.sees(seen))
    await _settled(desk, behind)
    assert desktop.calls == []

    desk.window.hide()
    deliver(desk, "Behind it")
    await desk.until(lambda: desktop.standing)
    assert [notice.lines for notice in desktop.calls] == [("Behind it",)]


@pytest.mark.parametrize("verb", [Verb.READ, Verb.ARCHIVE, Verb.TRASH, Verb.DELETE])
async def test_what_is_dealt_with_elsewhere_is_withdrawn(
    desk: Desk, behind: Background, desktop: NotingDesktop, verb: Verb
) -> None:
    await _hidden(desk)
    [one, two] = deliver(desk, "One", "Two")
    await desk.until(lambda: len(desktop.standing) == 2)

    desk.core.services.actions.apply(Change(verb), [one])

    await desk.until(lambda: len(desktop.standing) == 1)
    assert behind.notices.told == {two}
    assert len(desktop.calls) == 2


async def test_a_bundle_stands_until_the_last_of_its_mails_is_read(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    keys = deliver(desk, *"abcde")
    await desk.until(lambda: desktop.titles == ["5 new mails"])

    desk.core.services.actions.apply(Change(Verb.READ), keys[:4])
    await _settled(desk, behind)
    assert desktop.titles == ["5 new mails"]
    desk.core.services.actions.apply(Change(Verb.READ), keys[4:])

    await desk.until(lambda: not desktop.standing)


async def test_acts_fall_on_the_mail_of_the_notice_and_can_be_undone(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    [one, two] = deliver(desk, "One", "Two")
    await desk.until(lambda: len(desktop.standing) == 2)
    tags = {notice.lines[0]: tag for tag, notice in desktop.standing.items()}
    views = desk.core.services.views

    desktop.heard(Heard(tags["One"], Act.READ))
    await desk.until(lambda: not views.head(one).unread)
    desktop.heard(Heard(tags["Two"], Act.ARCHIVE))
    await desk.until(lambda: two not in desk.window.room.list.model.keys)

    assert views.head(two).unread
    assert desktop.standing == {}
    assert not desk.window.isVisible(), "these bring no window forward"
    await desk.until(desk.window.actions_[Do.UNDO].isEnabled)
    desk.window.undo.undo()
    await desk.until(lambda: two in desk.window.room.list.model.keys)


async def test_a_click_opens_exactly_that_mail(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    [one, _two] = deliver(desk, "One", "Two")
    await desk.until(lambda: len(desktop.standing) == 2)
    tags = {notice.lines[0]: tag for tag, notice in desktop.standing.items()}

    desktop.heard(Heard(tags["One"], Act.OPEN, "token"))

    room = desk.window.room
    await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == one)
    assert desk.window.isVisible()
    await desk.until(lambda: room.list.view.current_key == one)


async def test_a_click_on_a_bundle_shows_the_inbox(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    deliver(desk, *"abcd")
    await desk.until(lambda: desktop.standing)

    desktop.heard(Heard(next(iter(desktop.standing)), Act.OPEN))

    await desk.until(desk.window.isVisible)
    assert desk.window.room.list.model.query.list_id == Unified.INBOX
    assert behind.notices.told == frozenset()


async def test_a_notice_the_person_waved_away_counts_no_more(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    deliver(desk, *"abc")
    await desk.until(lambda: len(desktop.standing) == 3)
    for tag in tuple(desktop.standing):
        desktop.standing.pop(tag)
        desktop.heard(Heard(tag))
        desktop.heard(Heard(tag, Act.READ))
    await desk.until(lambda: not behind.notices.told)

    deliver(desk, "d")

    await desk.until(lambda: desktop.standing)
    assert desktop.titles == ["Anna Keller"]


async def test_content_can_be_kept_from_the_screen(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    desk.core.services.settings.set(settings.NOTICE_CONTENT, False)
    desk.core.services.settings.set(settings.NOTICE_SOUND, True)

    deliver(desk, "A secret")
    await desk.until(lambda: desktop.standing)

    [notice] = desktop.calls
    assert (notice.title, notice.lines, notice.sound) == ("New mail", (), True)
    assert [act for act, _words in notice.acts] == [Act.OPEN]


async def test_during_a_pause_nothing_is_told_and_what_stood_is_gone(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    deliver(desk, "Before")
    await desk.until(lambda: desktop.standing)

    behind.pause(clock.now() + HOUR_MS)
    await desk.until(behind.notices.is_quiet)
    assert desktop.standing == {}
    deliver(desk, "During")
    await _settled(desk, behind)
    behind.pause(0)
    await desk.until(lambda: not behind.notices.is_quiet())
    deliver(desk, "After")
    await desk.until(lambda: desktop.standing)

    assert [notice.lines for notice in desktop.calls] == [("Before",), ("After",)]


async def test_in_quiet_hours_nothing_is_told(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    hour = datetime.fromtimestamp(clock.now() / 1000, UTC).astimezone().hour
    set_hour = desk.core.services.settings.set
    set_hour(settings.QUIET_FROM, (hour - 1) % 24)
    set_hour(settings.QUIET_TO, (hour + 2) % 24)
    deliver(desk, "At night")
    await _settled(desk, behind)
    assert desktop.calls == []

    set_hour(settings.QUIET_FROM, (hour + 2) % 24)
    deliver(desk, "By day")
    await desk.until(lambda: bool(desktop.standing))
    assert [notice.lines for notice in desktop.calls] == [("By day",)]


async def test_switched_off_nothing_is_told(desk: Desk, behind: Background, desktop: NotingDesktop) -> None:
    await _hidden(desk)
    deliver(desk, "Before")
    await desk.until(lambda: desktop.standing)

    desk.core.services.settings.set(settings.NOTIFY, False)
    await desk.until(lambda: not desktop.standing)
    deliver(desk, "After")
    await _settled(desk, behind)

    assert len(desktop.calls) == 1


async def test_where_the_desktop_shows_none_the_tray_does(
    desk: Desk, behind: Background, desktop: NotingDesktop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _hidden(desk)
    desktop.answer = Shown.NOT
    said: list[tuple[str, str]] = []
    monkeypatch.setattr(behind.tray, "say", lambda title, text: bool(said.append((title, text))) or True)

    [key] = deliver(desk, "Only one")
    await desk.until(lambda: said)
    assert said == [("Anna Keller", "Only one")]
    behind.tray.message_clicked.emit()

    await desk.until(desk.window.isVisible)
    room = desk.window.room
    await desk.until(lambda: room.reader.opened is not None and room.reader.opened.letter.key == key)
    desk.window.hide()
    deliver(desk, "Two", "Three")
    await desk.until(lambda: len(said) == 2)
    assert said[1] == ("2 new mails", "Anna Keller: Three\nAnna Keller: Two")


async def test_where_nobody_can_show_it_nothing_is_remembered(
    desk: Desk, behind: Background, desktop: NotingDesktop, panel: Panel
) -> None:
    await _hidden(desk)
    desktop.answer, panel.there = Shown.NOT, False
    behind.tray.look()

    deliver(desk, "Nobody hears")
    await _settled(desk, behind)

    assert behind.notices.told == frozenset()


async def test_after_the_end_nothing_stands_and_nothing_is_heard(
    desk: Desk, behind: Background, desktop: NotingDesktop
) -> None:
    await _hidden(desk)
    [key] = deliver(desk, "One")
    await desk.until(lambda: desktop.standing)
    [tag] = desktop.standing
    acted: list[object] = []
    behind.notices.acted.connect(lambda *what: acted.append(what))

    behind.close()
    desktop.heard(Heard(tag, Act.READ))
    await asyncio.sleep(0)

    assert desktop.standing == {}
    assert acted == []
    assert desk.core.services.views.head(key).unread
