"""How server copies and a person's view hang together: pure functions and what they speak of.

Lists read only `UserState`. For two-way accounts it follows from the places (`state_from_places`); what a person
does becomes operations on places (`domain.mail.operation.operations_for`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag, Status


@dataclass(frozen=True, slots=True)
class Place:
    """One server copy as it will be once all queued operations are done."""

    key: int
    account_key: int
    folder_key: int
    role: Role
    shows_in_inbox: bool
    """The folder is INBOX, or a watched folder set to "show in Inbox"."""
    two_way: bool
    flags: Flag
    uid: int | None = None
    """None while a queued move has not yet told the new one, and where Gmail's labels alone tell of the place."""
    gm_msgid: int | None = None
    """At Gmail the id of the mail: places with the same one are one mail, and their folders its labels."""


@dataclass(frozen=True, slots=True)
class UserState:
    """One person's view of one Email (the row EmailUser)."""

    read: bool = False
    important: bool = False
    answered: bool = False
    forwarded: bool = False
    in_inbox: bool = False
    in_archive: bool = False
    in_junk: bool = False
    in_trash: bool = False


def state_from_places(places: Iterable[Place]) -> UserState | None:
    """Return what the two-way places say, or None when there are none.

    A mail is read once any copy is read (a copy in Sent or All Mail is the same mail). It is in the Inbox as long as
    one copy lies there; in Trash or Junk only when no copy lies elsewhere, so that a second copy is never hidden.
    """
    mine = [place for place in places if place.two_way]
    if not mine:
        return None
    flags = Flag.NONE
    for place in mine:
        flags |= place.flags
    homes = _homes(mine)
    in_inbox = any(p.shows_in_inbox for p in homes)
    in_trash = all(p.role is Role.TRASH for p in homes)
    in_junk = not in_trash and all(p.role in (Role.JUNK, Role.TRASH) for p in homes)
    in_archive = not in_inbox and any(p.role in (Role.ARCHIVE, Role.ALL) for p in homes)
    return UserState(
        read=bool(flags & Flag.SEEN),
        important=bool(flags & Flag.FLAGGED),
        answered=bool(flags & Flag.ANSWERED),
        forwarded=bool(flags & Flag.FORWARDED),
        in_inbox=in_inbox,
        in_archive=in_archive,
        in_junk=in_junk,
        in_trash=in_trash,
    )


def joined(one: UserState, other: UserState) -> UserState:
    """Return the view of a mail that stood here as two: what `state_from_places` would say of both their copies."""
    in_trash = one.in_trash and other.in_trash
    in_inbox = one.in_inbox or other.in_inbox
    return UserState(
        read=one.read or other.read,
        important=one.important or other.important,
        answered=one.answered or other.answered,
        forwarded=one.forwarded or other.forwarded,
        in_inbox=in_inbox,
        in_archive=not in_inbox and (one.in_archive or other.in_archive),
        in_junk=not in_trash and (one.in_junk or one.in_trash) and (other.in_junk or other.in_trash),
        in_trash=in_trash,
    )


def archived_state(
    before: UserState | None, flags: Flag, role: Role, *, outgoing: bool, shows_in_inbox: bool
) -> UserState:
    """Return the view of a mail of archive-only accounts after a copy came in; `before` is None for a new mail.

    It is the person's own from the first copy on. But a mail of one's own that stands nowhere yet comes to the Inbox
    with a copy that lies there: a note to oneself, or a mail under a forged name.
    """
    if before is not None:
        stands = before.in_inbox or before.in_archive or before.in_junk or before.in_trash
        return before if stands or not shows_in_inbox else replace(before, in_inbox=True)
    return replace(
        state_of_flags(flags),
        in_inbox=role not in (Role.JUNK, Role.TRASH) and (shows_in_inbox or not outgoing),
        in_junk=role is Role.JUNK,
        in_trash=role is Role.TRASH,
    )


def state_of_flags(flags: Flag) -> UserState:
    """Return the view of a mail that is nowhere yet, as its flags have it."""
    return UserState(
        read=bool(flags & Flag.SEEN),
        important=bool(flags & Flag.FLAGGED),
        answered=bool(flags & Flag.ANSWERED),
        forwarded=bool(flags & Flag.FORWARDED),
    )


def copy_flags(state: UserState, places: Iterable[Place]) -> Flag:
    """Return the flags of a new copy of a mail: as the person sees it, and a draft where a copy is one."""
    flags = Flag.NONE
    for place in places:
        flags |= place.flags & Flag.DRAFT
    for seen, flag in (
        (state.read, Flag.SEEN),
        (state.important, Flag.FLAGGED),
        (state.answered, Flag.ANSWERED),
        (state.forwarded, Flag.FORWARDED),
    ):
        flags |= flag if seen else Flag.NONE
    return flags


def taken_back(now: UserState, before: UserState, after: UserState) -> UserState:
    """Return a view without what led from `before` to `after`; what was done since stays."""
    return replace(
        now,
        **{
            field.name: getattr(before, field.name)
            for field in fields(UserState)
            if getattr(before, field.name) is not getattr(after, field.name)
        },
    )


def after_sender(state: UserState, *, outgoing: bool, shows_in_inbox: bool) -> UserState:
    """Return the view of a mail of archive-only accounts once its sender turned out to be the person, or not.

    What he has sent leaves the Inbox unless a copy lies in a folder that shows there (`shows_in_inbox`); what he has
    not, and stands nowhere, comes there.
    """
    if outgoing:
        return replace(state, in_inbox=state.in_inbox and shows_in_inbox)
    return replace(state, in_inbox=state.in_inbox or not (state.in_archive or state.in_junk or state.in_trash))


def status_from_places(status: Status, places: Iterable[Place]) -> Status:
    """Return what a mail is after its copies changed.

    A draft has no copy but drafts: one that lies elsewhere too was sent, or is kept as a mail. Copies in Trash and Junk
    decide only where there are no others. Without a copy it stays what it was; so does what was sent from here.
    """
    homes = _homes(list(places))
    if not homes or status not in (Status.DRAFT, Status.ARCHIVED):
        return status
    lasting = [p for p in homes if p.role not in (Role.TRASH, Role.JUNK)] or homes
    is_draft = all(p.role is Role.DRAFTS or p.flags & Flag.DRAFT for p in lasting)
    return Status.DRAFT if is_draft else Status.ARCHIVED


def _homes(places: list[Place]) -> list[Place]:
    """Leave out Gmail's All Mail, which holds every mail: it only counts as a home when there is no other.

    A label of the person's is none: what has it and left the Inbox is archived.
    """
    homes = [place for place in places if place.role is not Role.ALL]
    if any(place.gm_msgid is not None for place in places) and all(p.role in (Role.NONE, Role.FLAGGED) for p in homes):
        return places
    return homes or places
