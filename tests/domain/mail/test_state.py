"""What the copies of a mail on their servers make of a person's view, and the other way round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop.domain.mail.arrival import same_text, text_digest
from desktop.domain.mail.folder import Role
from desktop.domain.mail.membership import is_unread
from desktop.domain.mail.message import Flag, Message, Part, Status
from desktop.domain.mail.state import (
    Place,
    UserState,
    after_sender,
    archived_state,
    copy_flags,
    state_from_places,
    status_from_places,
    taken_back,
)


def _place(
    role: Role = Role.NONE, flags: Flag = Flag.NONE, *, inbox: bool | None = None, two_way: bool = True
) -> Place:
    shows = role is Role.INBOX if inbox is None else inbox
    return Place(key=1, account_key=1, folder_key=1, role=role, shows_in_inbox=shows, two_way=two_way, flags=flags)


INBOX, OTHER, ARCHIVE, ALL, SENT = map(_place, (Role.INBOX, Role.NONE, Role.ARCHIVE, Role.ALL, Role.SENT))
TRASH, JUNK, DRAFTS = map(_place, (Role.TRASH, Role.JUNK, Role.DRAFTS))
LABEL, LABELLED_ALL, LABELLED_SENT = (replace(place, gm_msgid=7) for place in (OTHER, ALL, SENT))
FLAGGED_DRAFT = _place(Role.NONE, Flag.DRAFT)


@pytest.mark.parametrize(
    ("places", "where"),
    [
        ([INBOX], "in_inbox"),
        ([_place(Role.NONE, inbox=True)], "in_inbox"),
        ([OTHER], ""),
        ([SENT], ""),
        ([ARCHIVE], "in_archive"),
        ([ALL], "in_archive"),
        ([INBOX, ARCHIVE], "in_inbox"),
        ([INBOX, ALL], "in_inbox"),
        ([OTHER, ALL], ""),
        ([LABEL, LABELLED_ALL], "in_archive"),
        ([LABEL, LABELLED_ALL, INBOX], "in_inbox"),
        ([LABEL, LABELLED_ALL, LABELLED_SENT], ""),
        ([LABEL], ""),
        ([LABELLED_ALL, TRASH], "in_trash"),
        ([TRASH], "in_trash"),
        ([TRASH, ALL], "in_trash"),
        ([TRASH, INBOX], "in_inbox"),
        ([TRASH, OTHER], ""),
        ([TRASH, SENT], ""),
        ([JUNK], "in_junk"),
        ([JUNK, TRASH], "in_junk"),
        ([JUNK, INBOX], "in_inbox"),
        ([JUNK, ARCHIVE], "in_archive"),
        ([_place(Role.JUNK, inbox=True)], "in_inbox in_junk"),
    ],
)
def test_where_a_mail_stands_follows_from_its_copies(places: list[Place], where: str) -> None:
    for order in (places, places[::-1]):
        state = state_from_places(order)
        assert state is not None
        names = ("in_inbox", "in_archive", "in_junk", "in_trash")
        assert " ".join(name for name in names if getattr(state, name)) == where


def test_a_mark_on_any_copy_is_one_of_the_mail() -> None:
    flags = (Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED, Flag.FORWARDED)
    state = state_from_places([_place(Role.ALL, flag) for flag in flags])
    assert state == UserState(read=True, important=True, answered=True, forwarded=True, in_archive=True)
    assert state_from_places([INBOX]) == UserState(in_inbox=True)


def test_copies_in_archives_say_nothing() -> None:
    archived = _place(Role.INBOX, Flag.SEEN, two_way=False)
    assert state_from_places([archived]) is None
    assert state_from_places([]) is None
    assert state_from_places([archived, OTHER]) == UserState()


@pytest.mark.parametrize(
    ("places", "status"),
    [
        ([DRAFTS], Status.DRAFT),
        ([FLAGGED_DRAFT], Status.DRAFT),
        ([DRAFTS, ALL], Status.DRAFT),
        ([DRAFTS, TRASH], Status.DRAFT),
        ([_place(Role.TRASH, Flag.DRAFT)], Status.DRAFT),
        ([TRASH], Status.ARCHIVED),
        ([DRAFTS, INBOX], Status.ARCHIVED),
        ([DRAFTS, SENT], Status.ARCHIVED),
        ([INBOX], Status.ARCHIVED),
    ],
)
@pytest.mark.parametrize("before", [Status.DRAFT, Status.ARCHIVED])
def test_a_draft_lies_among_drafts_alone(places: list[Place], status: Status, before: Status) -> None:
    assert status_from_places(before, places) is status


@pytest.mark.parametrize("before", [Status.SENDING, Status.SENT, Status.FAILED])
def test_what_was_sent_from_here_is_no_draft_whatever_its_copies_say(before: Status) -> None:
    assert status_from_places(before, [DRAFTS]) is before


@pytest.mark.parametrize("before", list(Status))
def test_without_a_copy_a_mail_stays_what_it_was(before: Status) -> None:
    assert status_from_places(before, []) is before


@pytest.mark.parametrize(
    ("read", "in_inbox", "outgoing", "status", "unread"),
    [
        (False, True, False, Status.ARCHIVED, True),
        (False, False, False, Status.ARCHIVED, True),
        (False, True, True, Status.ARCHIVED, True),
        (False, False, True, Status.ARCHIVED, False),
        (False, True, False, Status.DRAFT, False),
        (True, True, False, Status.ARCHIVED, False),
        (True, True, True, Status.ARCHIVED, False),
    ],
)
def test_what_waits_to_be_read(read: bool, in_inbox: bool, outgoing: bool, status: Status, unread: bool) -> None:
    assert is_unread(read=read, in_inbox=in_inbox, outgoing=outgoing, status=status) is unread


@pytest.mark.parametrize(
    ("role", "outgoing", "shows", "view"),
    [
        (Role.INBOX, False, True, UserState(in_inbox=True)),
        (Role.NONE, False, False, UserState(in_inbox=True)),
        (Role.SENT, True, False, UserState()),
        (Role.INBOX, True, True, UserState(in_inbox=True)),
        (Role.JUNK, False, False, UserState(in_junk=True)),
        (Role.TRASH, True, True, UserState(in_trash=True)),
    ],
)
def test_the_first_view_of_a_mail_in_an_archive(role: Role, outgoing: bool, shows: bool, view: UserState) -> None:
    assert archived_state(None, Flag.NONE, role, outgoing=outgoing, shows_in_inbox=shows) == view
    assert archived_state(None, Flag.SEEN | Flag.FLAGGED, role, outgoing=outgoing, shows_in_inbox=shows).read


@pytest.mark.parametrize(
    ("before", "shows", "after"),
    [
        (UserState(), True, UserState(in_inbox=True)),
        (UserState(read=True), False, UserState(read=True)),
        (UserState(in_archive=True), True, UserState(in_archive=True)),
        (UserState(in_trash=True), True, UserState(in_trash=True)),
    ],
)
def test_a_further_copy_in_an_archive_moves_only_what_stands_nowhere(
    before: UserState, shows: bool, after: UserState
) -> None:
    assert archived_state(before, Flag.NONE, Role.INBOX, outgoing=True, shows_in_inbox=shows) == after


@pytest.mark.parametrize(
    ("before", "outgoing", "shows", "after"),
    [
        (UserState(in_inbox=True), True, False, UserState()),
        (UserState(in_inbox=True), True, True, UserState(in_inbox=True)),
        (UserState(in_archive=True), True, False, UserState(in_archive=True)),
        (UserState(), False, False, UserState(in_inbox=True)),
        (UserState(in_junk=True), False, True, UserState(in_junk=True)),
    ],
)
def test_a_mail_of_an_archive_once_its_sender_is_known_better(
    before: UserState, outgoing: bool, shows: bool, after: UserState
) -> None:
    assert after_sender(before, outgoing=outgoing, shows_in_inbox=shows) == after


def test_a_new_copy_is_marked_as_the_person_sees_the_mail_and_never_deleted() -> None:
    copies = [_place(Role.NONE, Flag.SEEN | Flag.DELETED), _place(Role.NONE, Flag.DRAFT | Flag.FLAGGED)]
    assert copy_flags(UserState(important=True, answered=True), copies) == Flag.FLAGGED | Flag.ANSWERED | Flag.DRAFT
    assert copy_flags(UserState(read=True, forwarded=True), []) == Flag.SEEN | Flag.FORWARDED


def test_a_verb_taken_back_leaves_what_was_done_since() -> None:
    before, after = UserState(in_inbox=True), UserState(in_archive=True)
    now = UserState(in_archive=True, read=True, answered=True)
    assert taken_back(now, before, after) == UserState(in_inbox=True, read=True, answered=True)
    assert taken_back(now, before, before) == now


def test_texts_are_the_same_unless_their_digests_tell_otherwise() -> None:
    def mail(text: str = "text", size_bytes: int = 7, name: str = "a.pdf") -> Message:
        return Message(subject="s", text=text, parts=(Part("2", name, "application/pdf", size_bytes),))

    full, part = text_digest(mail(), whole=True), text_digest(mail(size_bytes=6), whole=False)
    for digest in (full, part, b"", None):
        assert same_text(full, digest)
        assert same_text(digest, part)
    assert not same_text(full, text_digest(mail(size_bytes=6), whole=True))
    for other in (mail("other"), mail(name="b.pdf"), Message(subject="s", text="text")):
        for whole in (True, False):
            assert not same_text(full, text_digest(other, whole=whole))
            assert not same_text(part, text_digest(other, whole=whole))
