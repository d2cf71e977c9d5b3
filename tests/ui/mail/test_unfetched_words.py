"""What an empty folder says whose mail is not here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.listing import FolderNode, ListCounts
from desktop.domain.mail.mail_account import AccountStatus, Activity
from desktop.ui.mail.empty_words import Step
from desktop.ui.mail.unfetched_words import unfetched_words

FOLDER = FolderNode(
    7, 1, "Old", "Old", None, Role.NONE, True, True, False, False, ListCounts(0, 0), fetched=False, on_server=1
)


@pytest.mark.parametrize("activity", list(Activity))
def test_every_state_says_how_many_there_are_and_offers_one_step_or_work(activity: Activity) -> None:
    words = unfetched_words(FOLDER, AccountStatus(1, activity))

    assert words is not None
    at_work = activity in (Activity.CONNECTING, Activity.SYNCING, Activity.UP_TO_DATE)
    assert "1 mail is on the server" in f"{words.title} {words.text}"
    assert bool(words.action) is not at_work
    assert words.step is (Step.NONE if at_work else Step.LOAD)


def test_what_is_here_or_empty_there_is_simply_empty() -> None:
    status = AccountStatus(1, Activity.WAITING)

    assert unfetched_words(replace(FOLDER, fetched=True), status) is None
    assert unfetched_words(replace(FOLDER, on_server=0), status) is None
    assert unfetched_words(replace(FOLDER, on_server=None), status) is not None


def test_a_watched_folder_is_told_of_by_the_first_sync_and_later_by_itself() -> None:
    watched = replace(FOLDER, watched=True)

    assert unfetched_words(watched, AccountStatus(1, Activity.SYNCING)) is None
    assert unfetched_words(watched, AccountStatus(1, Activity.SYNCING, synced_at_ms=1)) is not None
