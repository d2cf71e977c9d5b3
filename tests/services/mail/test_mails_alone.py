"""Mails that are made of a source alone: what the person did to them before holds."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import Flag, identity
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.state import UserState
from desktop.services.mail.ingest import Fetched
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.states import States
from tests.desk import mail
from tests.shelf import Shelf

STARRED_IN_TRASH = (False, True, False, False, False, False, False, True)
"""A view as the columns of UserState."""


def _alone(shelf: Shelf, raw: bytes, *, readable: bool = True) -> int | None:
    message = parse(raw) if readable else None
    mail = Fetched(0, Flag.SEEN, 1_780_000_000_000, len(raw), raw, message)
    return shelf.ingest.take_alone(mail, until_found=True)


@pytest.mark.parametrize(
    ("view", "expected"),
    [
        (None, UserState(read=True)),
        (STARRED_IN_TRASH, UserState(important=True, in_trash=True)),
    ],
)
def test_a_mail_alone_has_the_view_that_waits_for_it_or_is_read(
    shelf: Shelf, view: tuple[bool, ...] | None, expected: UserState
) -> None:
    raw = mail(1)
    if view is not None:
        with shelf.database.write() as work:
            LateViews(work).keep({identity(parse(raw)): view})

    key = _alone(shelf, raw)

    assert key is not None
    with shelf.database.read() as look:
        assert States(look).of([key]) == {key: expected}
    assert shelf.mails(Unified.TRASH) == ([key] if expected.in_trash else [])
