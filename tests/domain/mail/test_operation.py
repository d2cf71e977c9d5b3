"""What a verb means for the copies of a mail on their servers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.labels import labels_back
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import (
    Change,
    Expunge,
    MissingRole,
    Move,
    Operation,
    StoreFlags,
    Transfer,
    Verb,
    operations_for,
    transfers_for,
)
from desktop.domain.mail.state import Place

ARCHIVE, ALL, TRASH, JUNK, INBOX, TARGET = 90, 91, 92, 93, 94, 95
HOMES = {
    (1, Role.ARCHIVE): ARCHIVE,
    (1, Role.TRASH): TRASH,
    (1, Role.JUNK): JUNK,
    (1, Role.INBOX): INBOX,
    (2, Role.TRASH): 2 * TRASH,
}


def _place(
    key: int,
    role: Role = Role.NONE,
    *,
    inbox: bool = False,
    account: int = 1,
    two_way: bool = True,
    flags: Flag = Flag.NONE,
    folder: int = 0,
) -> Place:
    """Return a copy; its folder has the number of the place where none is given."""
    return Place(
        key=key,
        account_key=account,
        folder_key=folder or key,
        role=role,
        shows_in_inbox=inbox,
        two_way=two_way,
        flags=flags,
        uid=key,
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


def _moved(verb: Verb, places: list[Place]) -> dict[int, int]:
    """Return place -> folder it goes to."""
    target = TARGET if verb is Verb.MOVE else None
    operations = operations_for(Change(verb, target), [places], HOMES, 1 if verb is Verb.MOVE else None)
    assert all(isinstance(operation, Move) for operation in operations)
    return {key: move.target_key for move in operations for key in move.place_keys if isinstance(move, Move)}


IN_INBOX = _place(INBOX, Role.INBOX, inbox=True)
IN_ALL, IN_TRASH, IN_JUNK = _place(ALL, Role.ALL), _place(TRASH, Role.TRASH), _place(JUNK, Role.JUNK)
IN_ARCHIVE, IN_SENT, IN_DRAFTS = _place(ARCHIVE, Role.ARCHIVE), _place(4, Role.SENT), _place(5, Role.DRAFTS)
ELSEWHERE = _place(6, account=2)
ARCHIVED_ONLY = _place(7, Role.INBOX, inbox=True, account=3, two_way=False)


@pytest.mark.parametrize(
    ("verb", "places", "moved"),
    [
        (Verb.TRASH, [IN_INBOX], {INBOX: TRASH}),
        (Verb.TRASH, [IN_INBOX, _place(1), IN_SENT], {INBOX: TRASH, 1: TRASH, 4: TRASH}),
        (Verb.TRASH, [IN_TRASH], {}),
        (Verb.TRASH, [IN_TRASH, _place(1)], {1: TRASH}),
        (Verb.TRASH, [_place(1), IN_ALL], {1: TRASH}),
        (Verb.TRASH, [IN_ALL], {ALL: TRASH}),
        (Verb.TRASH, [_place(1), ELSEWHERE], {1: TRASH, 6: 2 * TRASH}),
        (Verb.TRASH, [ARCHIVED_ONLY], {}),
        (Verb.TRASH, [ARCHIVED_ONLY, _place(1)], {1: TRASH}),
        (Verb.JUNK, [IN_INBOX, _place(1)], {INBOX: JUNK, 1: JUNK}),
        (Verb.JUNK, [IN_ALL], {ALL: JUNK}),
        (Verb.JUNK, [IN_JUNK], {}),
        (Verb.INBOX, [IN_TRASH], {TRASH: INBOX}),
        (Verb.INBOX, [IN_JUNK], {JUNK: INBOX}),
        (Verb.INBOX, [IN_ARCHIVE], {ARCHIVE: INBOX}),
        (Verb.INBOX, [IN_TRASH, _place(1)], {TRASH: INBOX}),
        (Verb.INBOX, [_place(1)], {1: INBOX}),
        (Verb.INBOX, [_place(1), _place(2)], {1: INBOX}),
        (Verb.INBOX, [IN_INBOX], {}),
        (Verb.INBOX, [IN_ALL], {ALL: INBOX}),
        (Verb.MOVE, [IN_INBOX], {INBOX: TARGET}),
        (Verb.MOVE, [IN_INBOX, _place(1)], {INBOX: TARGET, 1: TARGET}),
        (Verb.MOVE, [IN_INBOX, IN_SENT, IN_ALL, IN_DRAFTS], {INBOX: TARGET}),
        (Verb.MOVE, [IN_SENT], {4: TARGET}),
        (Verb.MOVE, [IN_TRASH], {TRASH: TARGET}),
        (Verb.MOVE, [_place(TARGET)], {}),
        (Verb.MOVE, [IN_INBOX, ELSEWHERE], {INBOX: TARGET}),
        (Verb.MOVE, [ELSEWHERE], {}),
        (Verb.MOVE, [ARCHIVED_ONLY], {}),
    ],
)
def test_which_copies_a_verb_moves_and_where(verb: Verb, places: list[Place], moved: dict[int, int]) -> None:
    assert _moved(verb, places) == moved


def _label(key: int, role: Role = Role.NONE, *, msgid: int = 70, uid: int | None = 1) -> Place:
    """Return a place at Gmail."""
    return replace(_place(key, role, inbox=role is Role.INBOX), gm_msgid=msgid, uid=uid)


AT_GMAIL = {(1, Role.ALL): ALL} | HOMES
G_INBOX, G_ALL, G_TRASH = _label(INBOX, Role.INBOX), _label(ALL, Role.ALL), _label(TRASH, Role.TRASH)
WORK, HOME, UNSEEN = _label(1), _label(2), _label(3, uid=None)


@pytest.mark.parametrize(
    ("verb", "places", "list_key", "moved"),
    [
        (Verb.TRASH, [G_ALL, UNSEEN, G_INBOX], None, [INBOX, ALL, 3]),
        (Verb.JUNK, [G_ALL, WORK], None, [1, ALL]),
        (Verb.ARCHIVE, [G_INBOX, G_ALL, WORK], None, [INBOX]),
        (Verb.ARCHIVE, [G_ALL, WORK], None, []),
        (Verb.ARCHIVE, [WORK], None, []),
        (Verb.ARCHIVE, [G_TRASH], None, [TRASH]),
        (Verb.INBOX, [WORK, G_ALL], None, [ALL]),
        (Verb.INBOX, [WORK, G_ALL, G_INBOX], None, []),
        (Verb.INBOX, [G_TRASH], None, [TRASH]),
        (Verb.MOVE, [G_INBOX, WORK, G_ALL], None, [INBOX]),
        (Verb.MOVE, [G_INBOX, WORK, G_ALL], 1, [1]),
        (Verb.MOVE, [WORK, HOME, G_ALL], None, [1, 2]),
        (Verb.MOVE, [_label(4, Role.SENT), _label(5, Role.FLAGGED), G_ALL], 4, [ALL]),
        (Verb.MOVE, [G_TRASH], None, [TRASH]),
    ],
)
def test_which_labels_a_verb_takes_off(verb: Verb, places: list[Place], list_key: int | None, moved: list[int]) -> None:
    move = verb is Verb.MOVE

    operations = operations_for(
        Change(verb, TARGET if move else None), [places], AT_GMAIL, 1 if move else None, list_key
    )

    assert [key for operation in operations for key in operation.place_keys] == moved


def test_a_mail_at_gmail_is_marked_by_one_of_its_labels() -> None:
    other = _label(8, msgid=71)

    [one, two] = operations_for(Change(Verb.READ), [[UNSEEN, WORK, G_ALL], [other]], AT_GMAIL)

    assert one == StoreFlags(1, ALL, (3, 1, ALL), add=Flag.SEEN)
    assert two == StoreFlags(1, 8, (8,), add=Flag.SEEN)


def test_a_mail_at_gmail_goes_to_trash_before_it_is_deleted() -> None:
    junk = _label(JUNK, Role.JUNK, msgid=71)

    operations = operations_for(Change(Verb.DELETE), [[G_ALL, G_INBOX], [junk]], AT_GMAIL)

    assert operations == (
        Move(1, INBOX, (INBOX,), TRASH),
        Move(1, ALL, (ALL,), TRASH),
        Expunge(1, TRASH, (INBOX, ALL)),
        Expunge(1, JUNK, (JUNK,)),
    )


@pytest.mark.parametrize("verb", [Verb.TRASH, Verb.DELETE])
def test_a_folder_that_gmail_hides_is_named_as_such(verb: Verb) -> None:
    with pytest.raises(MissingRole) as missing:
        operations_for(Change(verb), [[G_INBOX]], {})
    assert missing.value.labelled
    assert missing.value.role is Role.TRASH


@pytest.mark.parametrize(
    ("before", "now", "moves", "labels"),
    [
        ([G_INBOX, G_ALL], [G_INBOX, G_ALL], [], []),
        ([G_INBOX, G_ALL], [G_ALL], [], [INBOX]),
        ([G_INBOX, WORK, G_ALL], [G_TRASH], [(TRASH, INBOX)], [1]),
        ([G_ALL], [G_TRASH], [(TRASH, ALL)], []),
        ([G_INBOX, G_ALL], [WORK, G_ALL], [(1, INBOX)], []),
        ([G_ALL], [WORK, G_ALL], [(1, ALL)], []),
        ([G_TRASH], [G_INBOX, G_ALL], [(INBOX, TRASH)], []),
        ([G_INBOX, G_ALL], [], [], [INBOX]),
    ],
)
def test_labels_are_made_what_they_were(
    before: list[Place], now: list[Place], moves: list[tuple[int, int]], labels: list[int]
) -> None:
    back, more = labels_back(before, now, ALL)

    assert [(move.place_keys[0], move.target_key) for move in back] == moves
    assert more == labels


def test_mails_of_one_folder_go_together() -> None:
    mails = [[_place(key, folder=8)] for key in (1, 2)] + [[_place(3, folder=9)]]
    assert operations_for(Change(Verb.TRASH), mails, HOMES) == (Move(1, 8, (1, 2), TRASH), Move(1, 9, (3,), TRASH))


@pytest.mark.parametrize(
    ("verb", "role"),
    [(Verb.ARCHIVE, Role.ARCHIVE), (Verb.TRASH, Role.TRASH), (Verb.JUNK, Role.JUNK), (Verb.INBOX, Role.INBOX)],
)
def test_a_folder_an_account_lacks_is_named(verb: Verb, role: Role) -> None:
    place = _place(1, Role.INBOX if verb is not Verb.INBOX else Role.NONE, inbox=verb is not Verb.INBOX)
    with pytest.raises(MissingRole) as missing:
        operations_for(Change(verb), [[place]], {})
    assert (missing.value.account_key, missing.value.role) == (1, role)


def test_archiving_goes_to_all_mail_where_there_is_no_archive() -> None:
    [move] = operations_for(Change(Verb.ARCHIVE), [[IN_INBOX]], {(1, Role.ALL): ALL})
    assert move == Move(1, INBOX, (INBOX,), ALL)


@pytest.mark.parametrize(
    ("verb", "flags", "operations"),
    [
        (Verb.READ, Flag.NONE, (StoreFlags(1, 8, (1,), add=Flag.SEEN),)),
        (Verb.READ, Flag.SEEN, ()),
        (Verb.UNREAD, Flag.SEEN | Flag.FLAGGED, (StoreFlags(1, 8, (1,), remove=Flag.SEEN),)),
        (Verb.UNREAD, Flag.FLAGGED, ()),
        (Verb.STAR, Flag.SEEN, (StoreFlags(1, 8, (1,), add=Flag.FLAGGED),)),
        (Verb.UNSTAR, Flag.FLAGGED, (StoreFlags(1, 8, (1,), remove=Flag.FLAGGED),)),
    ],
)
def test_flags_are_stored_where_they_change_something(
    verb: Verb, flags: Flag, operations: tuple[Operation, ...]
) -> None:
    assert operations_for(Change(verb), [[_place(1, folder=8, flags=flags), ARCHIVED_ONLY]], HOMES) == operations


def test_deleting_removes_every_copy_but_those_of_archives() -> None:
    mail = [_place(1, folder=8), IN_ALL, IN_TRASH, ELSEWHERE, ARCHIVED_ONLY]
    assert operations_for(Change(Verb.DELETE), [mail, [_place(2, folder=8)]], {}) == (
        Expunge(1, 8, (1, 2)),
        Expunge(1, ALL, (ALL,)),
        Expunge(1, TRASH, (TRASH,)),
        Expunge(2, 6, (6,)),
    )


@pytest.mark.parametrize(
    ("places", "leaving"),
    [
        ([_place(1)], (1,)),
        ([_place(1), _place(2)], (1, 2)),
        ([_place(1), IN_ALL], (1,)),
        ([IN_ALL], ()),
        ([ARCHIVED_ONLY], ()),
        ([ARCHIVED_ONLY, _place(1)], (1,)),
        ([_place(1), ELSEWHERE], None),
        ([ELSEWHERE], None),
        ([], None),
    ],
    ids=[
        "one copy",
        "all copies",
        "all mail keeps its copy",
        "nothing but all mail",
        "an archive keeps its copy",
        "archive and mailbox",
        "there already",
        "there alone",
        "no copy at all",
    ],
)
def test_what_goes_to_another_account_and_what_it_leaves(places: list[Place], leaving: tuple[int, ...] | None) -> None:
    wanted = () if leaving is None else (Transfer(2, TARGET, leaving),)
    assert transfers_for([places], TARGET, 2) == wanted


def test_where_gmail_hides_trash_a_draft_still_goes() -> None:
    homes = {key: folder for key, folder in HOMES.items() if key != (1, Role.TRASH)}
    draft = _label(1, Role.DRAFTS)

    assert operations_for(Change(Verb.DELETE), [[draft]], homes) == (Expunge(1, 1, (1,)),)
    with pytest.raises(MissingRole):
        operations_for(Change(Verb.DELETE), [[_label(1, Role.INBOX)]], homes)
