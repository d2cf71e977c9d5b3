"""Which lists an Email stands in: one pure function, so that counts and lists cannot disagree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntFlag

from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.message import Status
from desktop.domain.mail.reminding import Standing
from desktop.domain.mail.state import UserState


class EntryFlag(IntFlag):
    """What quick filters and counts need, kept with each list entry."""

    NONE = 0
    UNREAD = 1
    STARRED = 2
    ATTACHMENT = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What decides the lists of one Email for one user."""

    state: UserState
    status: Status
    outgoing: bool
    has_attachment: bool
    gone: bool
    """No server copy is left and nothing else keeps it."""
    folder_keys: tuple[int, ...]
    """Server folders it lies in, queued moves done."""
    inbox_keys: tuple[int, ...] = ()
    """Those of them that show in the Inbox."""
    standing: Standing = Standing.NONE


def lists_of(facts: Facts) -> frozenset[ListId]:
    """Return every list the Email stands in. Trash and Junk take it out of all unified lists but themselves.

    A snoozed mail stands in no Inbox, neither here nor in that of its account, though it lies there on the server.
    """
    if facts.gone:
        return frozenset()
    lists: set[ListId] = set(facts.folder_keys)
    state = facts.state
    if facts.standing is Standing.SNOOZED and state.in_inbox:
        lists.difference_update(facts.inbox_keys)
    if state.in_trash:
        lists.add(Unified.TRASH)
    elif state.in_junk:
        lists.add(Unified.JUNK)
    else:
        lists.add(Unified.ALL)
        lists.update(_unified(facts))
    return frozenset(lists)


def _unified(facts: Facts) -> Iterable[Unified]:
    state = facts.state
    if state.important:
        yield Unified.IMPORTANT
    if facts.status is Status.DRAFT:
        yield Unified.DRAFTS
        return
    if facts.status in (Status.SENDING, Status.FAILED):
        yield Unified.OUTBOX
        return
    if state.in_inbox:
        yield Unified.SNOOZED if facts.standing is Standing.SNOOZED else Unified.INBOX
    elif state.in_archive:
        yield Unified.ARCHIVE
    if facts.outgoing or facts.status is Status.SENT:
        yield Unified.SENT
    if facts.standing in (Standing.AWAITED, Standing.UNANSWERED):
        yield Unified.AWAITED
    if facts.standing is Standing.UNANSWERED:
        yield Unified.INBOX


def is_unread(*, read: bool, in_inbox: bool, outgoing: bool, status: Status) -> bool:
    """Say whether a mail waits to be read. Drafts never do, nor do one's own mails outside the Inbox.

    In the Inbox they do: a note to oneself must be seen, and a forged sender must not hide a mail.
    """
    return not read and status is not Status.DRAFT and (in_inbox or not outgoing)


def entry_flags(facts: Facts) -> EntryFlag:
    """Return the flags of its entries."""
    flags = EntryFlag.NONE
    state = facts.state
    if is_unread(read=state.read, in_inbox=state.in_inbox, outgoing=facts.outgoing, status=facts.status):
        flags |= EntryFlag.UNREAD
    if facts.state.important:
        flags |= EntryFlag.STARRED
    if facts.has_attachment:
        flags |= EntryFlag.ATTACHMENT
    return flags
