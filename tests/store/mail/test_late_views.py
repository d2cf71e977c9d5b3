"""Views that wait for their mails: each is found by its own mail, and none waits for ever."""

from __future__ import annotations

import uuid
from pathlib import Path

from desktop.base import clock
from desktop.domain.mail.state import UserState
from desktop.store.database import Database
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.states import States
from desktop.store.mail.stray_keys import StrayKeys
from desktop.store.settings import SettingValues
from tests.desk import mail
from tests.shelf import Shelf

DAY_MS = 86_400_000
STARRED = (0, 1, 0, 0, 0, 0, 0, 0)
"""A view as the columns of UserState."""


def _waiting(database: Database) -> int:
    with database.read() as view:
        return int(view.value("SELECT count(*) FROM setting WHERE name LIKE '%late-view.%'"))


def test_a_mail_that_comes_touches_no_view_of_another(database: Database) -> None:
    with database.write() as work:
        LateViews(work).keep({uuid.uuid4(): STARRED for _ in range(2000)})
        changes = work.connection.total_changes

        LateViews(work).give({uuid.uuid4(): 1})
        StrayKeys(work).found([1, 2, 3])

        assert work.connection.total_changes == changes
        largest = work.value("SELECT max(length(value)) FROM setting")
    assert largest < 100
    assert _waiting(database) == 2000
    with database.read() as view:
        assert SettingValues(view).all() == {}, "who reads the settings does not read these"


def test_a_view_that_waits_longer_than_a_month_is_not_given(database: Database, tmp_path: Path) -> None:
    shelf = Shelf(database, tmp_path)
    shelf.arrive(mail(1))
    [key] = shelf.mails()
    id_, other = uuid.uuid4(), uuid.uuid4()
    with database.write() as work:
        LateViews(work).keep({id_: STARRED, other: STARRED})

    with database.write() as work:
        LateViews(work).give({id_: key})
    with clock.frozen(clock.now() + 31 * DAY_MS), database.write() as work:
        LateViews(work).give({other: key + 1})

    with database.read() as view:
        assert States(view).of([key, key + 1]) == {key: UserState(important=True)}
    assert _waiting(database) == 0


def test_views_whose_mails_never_come_are_forgotten(database: Database) -> None:
    with database.write() as work:
        LateViews(work).keep({uuid.uuid4(): STARRED})
    with clock.frozen(clock.now() + 20 * DAY_MS), database.write() as work:
        LateViews(work).keep({uuid.uuid4(): STARRED})

    with clock.frozen(clock.now() + 31 * DAY_MS), database.write() as work:
        LateViews(work).forget_old()

    assert _waiting(database) == 1
