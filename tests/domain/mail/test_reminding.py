"""When snoozed mails come back, what ends a reminder before, and what is offered at any moment in any zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.folder import Unified
from desktop.domain.mail.membership import Facts, lists_of
from desktop.domain.mail.message import Message, Status
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.reminding import (
    Cause,
    Choice,
    FollowUp,
    Kind,
    Reminder,
    Standing,
    after_answer,
    after_own_answer,
    answers,
    choices,
    days_after,
    is_answer,
    when_due,
)
from desktop.domain.mail.state import UserState

HOUR_MS = 3_600_000
ZONES = [ZoneInfo(n) for n in ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")]
MOMENTS = st.integers(1_500_000_000_000, 2_200_000_000_000)
SNOOZE = Reminder(Kind.SNOOZE, 2_000, 1_000)
FOLLOW_UP = Reminder(Kind.FOLLOW_UP, 2_000, 1_000)


def _at(zone: ZoneInfo, *parts: int) -> int:
    return int(datetime(*parts, tzinfo=zone).timestamp()) * 1000  # type: ignore[misc,arg-type]


def _local(at_ms: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at_ms / 1000, zone)


@given(MOMENTS, st.sampled_from(ZONES))
def test_every_choice_lies_ahead_none_twice_and_the_soonest_comes_first(now_ms: int, zone: ZoneInfo) -> None:
    offered = choices(now_ms, zone)

    moments = [at_ms for _choice, at_ms in offered]
    assert moments == sorted(set(moments))
    assert all(now_ms < at_ms < now_ms + 9 * 24 * HOUR_MS for at_ms in moments)
    assert len({choice for choice, _at_ms in offered}) == len(offered)
    assert Choice.TOMORROW in dict(offered)


@given(MOMENTS, st.sampled_from(ZONES))
def test_a_choice_means_the_hour_of_the_persons_own_day(now_ms: int, zone: ZoneInfo) -> None:
    now = _local(now_ms, zone)

    for choice, at_ms in choices(now_ms, zone):
        at = _local(at_ms, zone)
        ahead = (at.date() - now.date()).days
        match choice:
            case Choice.LATER_TODAY:
                assert ahead == 0
                assert at.minute % 15 == 0
            case Choice.THIS_EVENING:
                assert (ahead, at.hour, at.minute) == (0, 18, 0)
            case Choice.TOMORROW:
                assert (ahead, at.hour, at.minute) == (1, 8, 0)
            case Choice.WEEKEND:
                assert (at.weekday(), at.hour) == (5, 9)
            case Choice.NEXT_WEEK:
                assert (at.weekday(), at.hour) == (0, 8)
                assert ahead > 1


@given(MOMENTS, st.integers(1, 30), st.sampled_from(ZONES))
def test_days_later_is_the_same_time_of_day_also_over_a_change_of_the_clocks(
    now_ms: int, days: int, zone: ZoneInfo
) -> None:
    now, then = _local(now_ms, zone), _local(days_after(now_ms, days, zone), zone)

    assert then.replace(tzinfo=None) - now.replace(second=0, microsecond=0, tzinfo=None) in (
        timedelta(days=days),
        timedelta(days=days, hours=1),  # that time of day is left out by the clocks
        timedelta(days=days, minutes=30),
    )


def test_tomorrow_at_eight_is_eight_after_the_clocks_went_forward() -> None:
    berlin = ZONES[0]

    found = dict(choices(_at(berlin, 2026, 3, 28, 20, 0), berlin))

    assert found[Choice.TOMORROW] == _at(berlin, 2026, 3, 29, 8, 0)
    assert found[Choice.TOMORROW] - _at(berlin, 2026, 3, 28, 20, 0) == 11 * HOUR_MS


def test_a_time_the_clocks_leave_out_is_an_hour_later() -> None:
    berlin = ZONES[0]

    assert _local(days_after(_at(berlin, 2026, 3, 28, 2, 30), 1, berlin), berlin).hour == 3


@pytest.mark.parametrize(
    ("parts", "offered"),
    [
        ((2026, 11, 25, 9, 10), ["later-today", "this-evening", "tomorrow", "weekend", "next-week"]),  # a Wednesday
        ((2026, 11, 25, 16, 0), ["this-evening", "later-today", "tomorrow", "weekend", "next-week"]),
        ((2026, 11, 25, 23, 30), ["tomorrow", "weekend", "next-week"]),
        ((2026, 11, 27, 20, 30), ["later-today", "tomorrow", "next-week"]),  # Saturday is tomorrow
        ((2026, 11, 28, 10, 0), ["later-today", "this-evening", "tomorrow", "next-week"]),
        ((2026, 11, 29, 20, 30), ["later-today", "tomorrow"]),  # Monday is tomorrow
    ],
)
def test_what_is_offered(parts: tuple[int, ...], offered: list[str]) -> None:
    assert [choice.value for choice, _at_ms in choices(_at(ZONES[0], *parts), ZONES[0])] == offered


def test_a_follow_up_counts_from_when_its_mail_left() -> None:
    berlin = ZONES[0]
    sent_ms = _at(berlin, 2026, 10, 24, 9, 30)

    assert FollowUp(days=3).due_at_ms(sent_ms, berlin) == _at(berlin, 2026, 10, 27, 9, 30)
    assert FollowUp(at_ms=sent_ms + HOUR_MS).due_at_ms(sent_ms, berlin) == sent_ms + HOUR_MS
    assert FollowUp(at_ms=sent_ms - HOUR_MS).due_at_ms(sent_ms, berlin) == _at(berlin, 2026, 10, 25, 9, 30)


def test_an_answer_brings_a_snoozed_mail_back_at_once_unless_it_is_to_stay_away() -> None:
    assert after_answer(SNOOZE, 1_500) == replace(SNOOZE, back_at_ms=1_500, cause=Cause.ANSWERED)
    stays = replace(SNOOZE, even_if_answered=True)
    assert after_answer(stays, 1_500) == stays
    back = when_due(SNOOZE, 2_000)
    assert after_answer(back, 3_000) == back, "it is back since two, whatever comes after"


def test_an_answer_ends_a_follow_up_and_a_mail_of_ones_own_only_one_that_has_come_up() -> None:
    assert after_answer(FOLLOW_UP, 1_500) is None
    assert after_answer(when_due(FOLLOW_UP, 2_000), 2_500) is None
    assert after_own_answer(FOLLOW_UP) == FOLLOW_UP
    assert after_own_answer(when_due(FOLLOW_UP, 2_000)) is None
    assert after_own_answer(SNOOZE) == SNOOZE


def test_what_came_long_before_a_reminder_answers_nothing() -> None:
    reminder = Reminder(Kind.SNOOZE, 0, 10 * HOUR_MS)

    assert answers(10 * HOUR_MS + 1, reminder)
    assert answers(10 * HOUR_MS - HOUR_MS // 2, reminder), "the server's clock may be behind"
    assert not answers(8 * HOUR_MS, reminder)


def test_late_is_what_came_back_long_after_its_time() -> None:
    assert when_due(SNOOZE, SNOOZE.due_at_ms + HOUR_MS).is_late
    assert not when_due(SNOOZE, SNOOZE.due_at_ms + 5_000).is_late
    assert not replace(SNOOZE, back_at_ms=HOUR_MS, cause=Cause.ANSWERED).is_late


_HEADS = {
    "a person": (b"From: anna@acme.example", True),
    "auto-submitted: no": (b"From: anna@acme.example\r\nAuto-Submitted: no", True),
    "out of office": (b"From: anna@acme.example\r\nAuto-Submitted: auto-replied (vacation)", False),
    "a system": (b"From: tickets@acme.example\r\nAuto-Submitted: auto-generated", False),
    "an old responder": (b"From: anna@acme.example\r\nX-Autoreply: yes", False),
    "precedence": (b"From: anna@acme.example\r\nPrecedence: auto_reply", False),
    "a mail list": (b"From: anna@acme.example\r\nPrecedence: list", True),
    "a bounce": (b"From: x@acme.example\r\nContent-Type: multipart/report; report-type=delivery-status; b=c", False),
    "a daemon": (b"From: Mail Delivery <MAILER-DAEMON@mx.acme.example>", False),
    "a comment only": (b"From: anna@acme.example\r\nAuto-Submitted: (x", True),
}


@pytest.mark.parametrize("name", _HEADS)
def test_who_answers_and_what_only_says_that_nobody_is_there(name: str) -> None:
    head, counts = _HEADS[name]

    assert is_answer(parse(head + b"\r\n\r\nHello"), own=False, put_away=False) is counts


def test_neither_ones_own_mail_nor_junk_is_an_answer() -> None:
    assert is_answer(Message(), own=False, put_away=False)
    assert not is_answer(Message(), own=True, put_away=False)
    assert not is_answer(Message(), own=False, put_away=True)


def _facts(standing: Standing, *, outgoing: bool = False, **state: bool) -> Facts:
    return Facts(UserState(**state), Status.ARCHIVED, outgoing, False, False, (7, 8), (7,), standing)


def test_a_snoozed_mail_stands_in_no_inbox_but_everywhere_else() -> None:
    assert lists_of(_facts(Standing.SNOOZED, in_inbox=True)) == {8, Unified.ALL, Unified.SNOOZED}
    assert lists_of(_facts(Standing.BACK, in_inbox=True)) == {7, 8, Unified.ALL, Unified.INBOX}
    assert lists_of(_facts(Standing.SNOOZED, in_archive=True)) == {7, 8, Unified.ALL, Unified.ARCHIVE}
    assert lists_of(_facts(Standing.SNOOZED, in_trash=True)) == {7, 8, Unified.TRASH}


def test_a_sent_mail_waits_beside_sent_and_comes_to_the_inbox_unanswered() -> None:
    waiting = lists_of(_facts(Standing.AWAITED, outgoing=True))
    assert waiting == {7, 8, Unified.ALL, Unified.SENT, Unified.AWAITED}
    assert lists_of(_facts(Standing.UNANSWERED, outgoing=True)) == waiting | {Unified.INBOX}
    assert lists_of(_facts(Standing.UNANSWERED, outgoing=True, in_trash=True)) == {7, 8, Unified.TRASH}
