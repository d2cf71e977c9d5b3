"""What a line says of a mail on its way out, and what it offers: nothing that would be refused."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QTimeZone

from desktop.domain.mail.outbox import Fate, Outgoing, Recipient, Stage
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.outbox_line import spoken_way, verbs_of, way_words
from tests.ui.mail.rows import NOW_MS

WAITING = {"Send now", "Change time…", "Edit", "Cancel sending", "Delete"}
UTC = QTimeZone.utc()
HOUR_MS = 3_600_000
HELD = Outgoing(1, 2, 3, Stage.HELD, NOW_MS + 10_000, False, False, "jan@firm.example", "", 0, 0, 0, "", "", "")
LATER = replace(HELD, scheduled=True, due_at_ms=NOW_MS + 26 * HOUR_MS)
REACHED = (Recipient("a@example.org", Fate.ACCEPTED), Recipient("b@example.org", Fate.REFUSED))


@pytest.mark.parametrize(
    ("mail", "icon", "colour", "offers"),
    [
        (HELD, "send", "secondary", WAITING),
        (LATER, "clock", "secondary", WAITING),
        (
            replace(LATER, asks=True),
            "clock",
            "warning",
            WAITING,
        ),
        (replace(HELD, stage=Stage.QUEUED), "send", "secondary", {"Send now", "Edit", "Cancel sending", "Delete"}),
        (
            replace(HELD, stage=Stage.QUEUED, problem="Away"),
            "clock",
            "warning",
            {"Try again", "Edit", "Cancel sending", "Delete"},
        ),
        (replace(HELD, stage=Stage.QUEUED, problem="x", recipients=REACHED), "clock", "warning", {"Try again"}),
        (replace(HELD, stage=Stage.SENDING), "send", "secondary", set()),
        (replace(HELD, stage=Stage.ACCEPTED), "circle-check", "secondary", set()),
        (replace(HELD, stage=Stage.UNKNOWN), "search", "secondary", set()),
        (replace(HELD, stage=Stage.UNKNOWN, asks=True), "circle-alert", "warning", {"Send again", "It was sent"}),
        (
            replace(HELD, stage=Stage.FAILED, problem="No"),
            "circle-alert",
            "danger",
            {"Try again", "Edit", "Cancel sending", "Delete"},
        ),
        (replace(HELD, stage=Stage.FAILED, recipients=REACHED), "circle-alert", "danger", {"Dismiss"}),
    ],
)
def test_each_state_has_its_words_and_verbs(mail: Outgoing, icon: str, colour: str, offers: set[str]) -> None:
    words = way_words(mail, NOW_MS, UTC)

    assert (words.icon, words.colour) == (icon, colour)
    assert words.words
    assert set(verbs_of(mail).values()) == offers


def test_a_time_is_said_as_short_as_it_can_be() -> None:
    def said(hours: int) -> str:
        return way_words(replace(LATER, due_at_ms=NOW_MS + hours * HOUR_MS), NOW_MS, UTC).words

    assert len(said(0)) <= 8
    assert said(26).partition(" ")[0].isalpha()
    assert said(24 * 30).partition(" ")[0].isdecimal()
    assert spoken_way(LATER, NOW_MS, UTC).startswith("Will be sent ")
    assert spoken_way(HELD, NOW_MS, UTC) == "Going out"


def test_only_what_can_be_taken_back_is_offered_to_be() -> None:
    for stage in set(Stage) - {Stage.HELD}:  # what is held has reached nobody
        for recipients in ((), REACHED):
            mail = replace(HELD, stage=stage, recipients=recipients)
            if not mail.may_be_taken_back:
                assert not {Remedy.EDIT, Remedy.CANCEL, Remedy.DELETE, Remedy.CHANGE_TIME} & set(verbs_of(mail))
