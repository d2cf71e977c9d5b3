"""What a person does to mails, and the server operations that follow from it.

An operation is an intent in terms of folder and UID that may be replayed: adding a flag twice, or moving what has
already moved, changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.domain.mail.state import Place


class Verb(StrEnum):
    """A verb a person would say of mails."""

    READ = "read"
    UNREAD = "unread"
    STAR = "star"
    UNSTAR = "unstar"
    ARCHIVE = "archive"
    INBOX = "inbox"
    JUNK = "junk"
    TRASH = "trash"
    MOVE = "move"
    DELETE = "delete"
    ANSWERED = "answered"
    """It was answered, from here."""
    FORWARDED = "forwarded"


@dataclass(frozen=True, slots=True)
class Change:
    """A verb, and for MOVE the folder it goes to."""

    verb: Verb
    folder_key: int | None = None


@dataclass(frozen=True, slots=True)
class StoreFlags:
    """Add and take away flags on places of one folder (UID STORE, RFC 3501, section 6.4.6)."""

    account_key: int
    folder_key: int
    place_keys: tuple[int, ...]
    add: Flag = Flag.NONE
    remove: Flag = Flag.NONE


@dataclass(frozen=True, slots=True)
class Move:
    """Move places of one folder to another of the same account (UID MOVE, RFC 6851)."""

    account_key: int
    folder_key: int
    place_keys: tuple[int, ...]
    target_key: int


@dataclass(frozen=True, slots=True)
class Expunge:
    """Remove places for good (UID EXPUNGE, RFC 4315)."""

    account_key: int
    folder_key: int
    place_keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Copy one mail to a folder of another account (APPEND, RFC 3501, section 6.3.11), then remove its old places."""

    account_key: int
    """The account it goes to."""
    folder_key: int
    place_keys: tuple[int, ...]
    """Places it leaves."""


Operation = StoreFlags | Move | Expunge


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What becomes of an operation whose folder is gone from the server."""

    goes_on: bool
    """For those of its mails that lie in another folder."""
    is_told: bool
    """The person learns what could not be done; else it came true by itself, or means nothing any more."""


_FLAGS: Mapping[Verb, tuple[Flag, Flag]] = {
    Verb.READ: (Flag.SEEN, Flag.NONE),
    Verb.UNREAD: (Flag.NONE, Flag.SEEN),
    Verb.STAR: (Flag.FLAGGED, Flag.NONE),
    Verb.UNSTAR: (Flag.NONE, Flag.FLAGGED),
    Verb.ANSWERED: (Flag.ANSWERED, Flag.NONE),
    Verb.FORWARDED: (Flag.FORWARDED, Flag.NONE),
}
_BINS = (Role.TRASH, Role.JUNK)
"""At Gmail what lies there lies nowhere else."""
_HOMES: Mapping[Verb, tuple[Role, ...]] = {
    Verb.ARCHIVE: (Role.ARCHIVE, Role.ALL),
    Verb.INBOX: (Role.INBOX,),
    Verb.JUNK: (Role.JUNK,),
    Verb.TRASH: (Role.TRASH,),
}


class MissingRole(Exception):
    """An account has no folder for what was asked. `account_key` says which, `role` what is missing.

    `labelled` says that it is one at Gmail, which has the folder and does not show it.
    """

    def __init__(self, account_key: int, role: Role, *, labelled: bool) -> None:
        super().__init__(f"account {account_key} has no {role} folder")
        self.account_key = account_key
        self.role = role
        self.labelled = labelled


def operations_for(
    change: Change,
    mails: Iterable[Iterable[Place]],
    homes: Mapping[tuple[int, Role], int],
    target_account: int | None = None,
    list_key: int | None = None,
) -> tuple[Operation, ...]:
    """Return the operations that carry `change` to the servers of two-way accounts.

    `mails` gives the places of each mail; `target_account` is that of the folder of a MOVE, which leaves copies of
    other accounts alone (see `transfers_for`); `homes` maps (account key, role) to the folder playing it; `list_key` is
    the list it was done in. Copies in All Mail stay where they are as long as another copy can be moved instead. Raises
    MissingRole.
    """
    copies = [[place for place in places if place.two_way] for places in mails]
    if change.verb in _FLAGS:
        add, remove = _FLAGS[change.verb]
        marked = _to_mark(copies, add, remove)
        return tuple(StoreFlags(account, folder, tuple(keys), add, remove) for (account, folder), keys in marked)
    if change.verb is Verb.DELETE:
        return _deletions(copies, homes)
    moves: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for places in copies:
        for account in dict.fromkeys(place.account_key for place in places):
            if change.verb is Verb.MOVE and account != target_account:
                continue
            for place in _to_move(change.verb, [p for p in places if p.account_key == account], list_key):
                target = change.folder_key if change.verb is Verb.MOVE else _home(homes, place, change.verb)
                if target is not None and target != place.folder_key:
                    moves[account, place.folder_key, target].append(place.key)
    return _moves(moves)


def _moves(moves: Mapping[tuple[int, int, int], Sequence[int]]) -> tuple[Move, ...]:
    return tuple(Move(account, source, tuple(keys), target) for (account, source, target), keys in moves.items())


def _to_mark(mails: Iterable[Sequence[Place]], add: Flag, remove: Flag) -> Iterable[tuple[tuple[int, int], list[int]]]:
    """Return the places to mark by account and folder; those of one mail at Gmail go with one of them."""
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for places in mails:
        wrong = [p for p in places if (p.flags & add) != add or p.flags & remove]
        for place in wrong:
            same = [p for p in wrong if p is place or _are_one(p, place)]
            best = min(same, key=lambda p: (p.uid is None, p.role is not Role.ALL))
            groups[best.account_key, best.folder_key].append(place.key)
    return groups.items()


def _deletions(mails: Iterable[Sequence[Place]], homes: Mapping[tuple[int, Role], int]) -> tuple[Operation, ...]:
    """Remove every copy. At Gmail that takes a label off and no more, but in Trash and Junk: they go to Trash first.

    Where Gmail does not show Trash, a draft is removed from Drafts alone: it must not keep a mail from being sent.
    """
    moves: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    doomed: dict[tuple[int, int], list[int]] = defaultdict(list)
    for places in mails:
        for place in sorted(places, key=_least_work):
            folder = place.folder_key
            stays = place.role is Role.DRAFTS and (place.account_key, Role.TRASH) not in homes
            if place.gm_msgid is not None and place.role not in _BINS and not stays:
                folder = _home(homes, place, Verb.TRASH)
                moves[place.account_key, place.folder_key, folder].append(place.key)
            doomed[place.account_key, folder].append(place.key)
    removals = (Expunge(account, folder, tuple(keys)) for (account, folder), keys in doomed.items())
    return (*_moves(moves), *removals)


def _are_one(one: Place, other: Place) -> bool:
    """Say whether two places are labels of one mail."""
    return one.gm_msgid is not None and (one.account_key, one.gm_msgid) == (other.account_key, other.gm_msgid)


def _least_work(place: Place) -> tuple[bool, bool]:
    """Order places of a mail at Gmail: once the first is in Trash the others are gone. The order of others stays."""
    labelled = place.gm_msgid is not None
    return (labelled and place.uid is None, labelled and place.role is Role.ALL)


def transfers_for(mails: Iterable[Iterable[Place]], folder_key: int, account_key: int) -> tuple[Transfer, ...]:
    """Return what carries mails without a copy in an account to one of its folders. Archive-only copies stay."""
    found = []
    for places in mails:
        copies = list(places)
        if copies and all(place.account_key != account_key for place in copies):
            mine = sorted((place for place in copies if place.two_way), key=_least_work)
            leaving = tuple(p.key for p in mine if p.role is not Role.ALL or p.gm_msgid is not None)
            found.append(Transfer(account_key, folder_key, leaving))
    return tuple(found)


def after_folder_is_gone(kind: str, mails_gone: int, mails_elsewhere: int) -> Aftermath:
    """Return what becomes of an operation when its folder is gone from the server, and with it some of its mails.

    Mails that were to be kept elsewhere are lost, which must be told; a mark on a mail that is gone means nothing.
    """
    goes_on = kind in ("flags", "move", "expunge") and mails_elsewhere > 0
    is_told = mails_gone > 0 if kind == "move" else kind in ("append", "create-folder", "rename-folder")
    return Aftermath(goes_on, is_told)


def _to_move(verb: Verb, copies: list[Place], list_key: int | None) -> list[Place]:
    """Pick the copies of one mail in one account that a verb moves."""
    if any(place.gm_msgid is not None for place in copies):
        return _labels_to_move(verb, sorted(copies, key=_least_work), list_key)
    if verb in (Verb.TRASH, Verb.JUNK):
        labelled = [p for p in copies if p.role is not Role.ALL]
        return labelled or copies
    if verb is Verb.ARCHIVE:
        waiting = [p for p in copies if p.shows_in_inbox or p.role in (Role.TRASH, Role.JUNK)]
        if waiting or any(p.role is Role.ALL for p in copies):  # where all mail is kept, a folder is a label
            return waiting
        return [p for p in copies if p.role is Role.NONE]
    if verb is Verb.INBOX:
        return [p for p in copies if p.role in (Role.TRASH, Role.JUNK, Role.ARCHIVE)] or copies[:1]
    return [p for p in copies if p.role not in (Role.ALL, Role.SENT, Role.DRAFTS)] or copies[:1]


def _labels_to_move(verb: Verb, copies: list[Place], list_key: int | None) -> list[Place]:
    """Pick the labels of a mail at Gmail that give way to another one; from All Mail it gets a label more.

    To Trash and Junk go all, since the mail stands nowhere else then. Else labels stay that have nothing to do with it:
    a mail leaves the list it is moved in, or the Inbox.
    """
    if verb in (Verb.TRASH, Verb.JUNK):
        return copies
    binned = [p for p in copies if p.role in _BINS]
    in_inbox = [p for p in copies if p.shows_in_inbox]
    everywhere = [p for p in copies if p.role is Role.ALL]
    if verb is Verb.ARCHIVE:
        return [p for p in copies if p in in_inbox or p in binned]
    if verb is Verb.INBOX:
        there = any(p.role is Role.INBOX for p in copies)
        return [] if there else binned or everywhere or copies[:1]
    movable = [p for p in copies if p.role not in (Role.ALL, Role.SENT, Role.DRAFTS, Role.FLAGGED)]
    listed = [p for p in movable if p.folder_key == list_key]
    return listed or binned or in_inbox or movable or everywhere or copies[:1]


def _home(homes: Mapping[tuple[int, Role], int], place: Place, verb: Verb) -> int:
    account, wanted, labelled = place.account_key, _HOMES[verb], place.gm_msgid is not None
    # at Gmail an "Archive" is a label like any other
    for role in reversed(wanted) if labelled else wanted:
        if (account, role) in homes:
            return homes[account, role]
    raise MissingRole(account, wanted[0], labelled=labelled)
