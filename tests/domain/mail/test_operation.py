"""What a verb means for the copies of a mail on their servers."""

from __future__ import annotations

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import Change, Move, Verb, operations_for
from desktop.domain.mail.state import Place

ARCHIVE, ALL = 90, 91
HOMES = {(1, Role.ARCHIVE): ARCHIVE}


def _place(key: int, role: Role = Role.NONE, *, inbox: bool = False) -> Place:
    return Place(
        key=key, account_key=1, folder_key=key, role=role, shows_in_inbox=inbox, two_way=True, flags=Flag.NONE, uid=key
    )


def _archived(*places: Place) -> list[int]:
    moves = [move for move in operations_for(Change(Verb.ARCHIVE), [places], HOMES) if isinstance(move, Move)]
    assert all(move.target_key == ARCHIVE for move in moves)
    return [key for move in moves for key in move.place_keys]


@pytest.mark.parametrize(
    ("places", "moved"),
    [
        ([_place(1, Role.INBOX, inbox=True)], [1]),
        ([_place(2)], [2]),
        ([_place(1, Role.INBOX, inbox=True), _place(2)], [1]),
        ([_place(3, Role.JUNK)], [3]),
        ([_place(4, Role.SENT)], []),
        ([_place(ARCHIVE, Role.ARCHIVE)], []),
        ([_place(2), _place(ALL, Role.ALL)], []),
    ],
    ids=["inbox", "folder", "inbox first", "junk", "sent", "archived already", "a label where all mail is kept"],
)
def test_archive_takes_a_mail_out_of_the_inbox_else_out_of_its_folder(places: list[Place], moved: list[int]) -> None:
    assert _archived(*places) == moved
