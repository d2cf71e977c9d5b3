"""What a person does to mails, and the server operations that follow from it.

An operation is an intent in terms of folder and UID that may be replayed: adding a flag twice, or moving what has
already moved, changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
_HOMES: Mapping[Verb, tuple[Role, ...]] = {
    Verb.ARCHIVE: (Role.ARCHIVE, Role.ALL),
    Verb.INBOX: (Role.INBOX,),
    Verb.JUNK: (Role.JUNK,),
    Verb.TRASH: (Role.TRASH,),
}


class MissingRole(Exception):
    """An account has no folder for what was asked. `account_key` says which, `role` what is missing."""

    def __init__(self, account_key: int, role: Role) -> None:
        super().__init__(f"account {account_key} has no {role} folder")
        self.account_key = account_key
        self.role = role


def operations_for(
    change: Change,
    mails: Iterable[Iterable[Place]],
    homes: Mapping[tuple[int, Role], int],
    target_account: int | None = None,
) -> tuple[Operation, ...]:
    """Return the operations that carry `change` to the servers of two-way accounts.

    `mails` gives the places of each mail; `target_account` is that of the folder of a MOVE, which leaves copies of
    other accounts alone (see `transfers_for`); `homes` maps (account key, role) to the folder playing it. Copies in All
    Mail stay where they are as long as another copy can be moved instead. Raises MissingRole.
    """
    copies = [[place for place in places if place.two_way] for places in mails]
    mine = [place for places in copies for place in places]
    if change.verb in _FLAGS:
        add, remove = _FLAGS[change.verb]
        wrong = [p for p in mine if (p.flags & add) != add or p.flags & remove]
        return tuple(StoreFlags(account, folder, keys, add, remove) for (account, folder), keys in _by_folder(wrong))
    if change.verb is Verb.DELETE:
        return tuple(Expunge(account, folder, keys) for (account, folder), keys in _by_folder(mine))
    moves: dict[tuple[int, int, int], list[int]] = defaultdict(list)
    for places in copies:
        for account in dict.fromkeys(place.account_key for place in places):
            if change.verb is Verb.MOVE and account != target_account:
                continue
            for place in _to_move(change.verb, [p for p in places if p.account_key == account]):
                target = change.folder_key if change.verb is Verb.MOVE else _home(homes, account, change.verb)
                if target is not None and target != place.folder_key:
                    moves[account, place.folder_key, target].append(place.key)
    return tuple(Move(account, source, tuple(keys), target) for (account, source, target), keys in moves.items())


def transfers_for(mails: Iterable[Iterable[Place]], folder_key: int, account_key: int) -> tuple[Transfer, ...]:
    """Return what carries mails without a copy in an account to one of its folders. Archive-only copies stay."""
    found = []
    for places in mails:
        copies = list(places)
        if copies and all(place.account_key != account_key for place in copies):
            leaving = tuple(place.key for place in copies if place.two_way and place.role is not Role.ALL)
            found.append(Transfer(account_key, folder_key, leaving))
    return tuple(found)


def after_folder_is_gone(kind: str, mails_gone: int, mails_elsewhere: int) -> Aftermath:
    """Return what becomes of an operation when its folder is gone from the server, and with it some of its mails.

    Mails that were to be kept elsewhere are lost, which must be told; a mark on a mail that is gone means nothing.
    """
    goes_on = kind in ("flags", "move", "expunge") and mails_elsewhere > 0
    is_told = mails_gone > 0 if kind == "move" else kind in ("append", "create-folder", "rename-folder")
    return Aftermath(goes_on, is_told)


def _to_move(verb: Verb, copies: list[Place]) -> list[Place]:
    """Pick the copies of one mail in one account that a verb moves."""
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


def _home(homes: Mapping[tuple[int, Role], int], account: int, verb: Verb) -> int:
    wanted = _HOMES[verb]
    for role in wanted:
        if (account, role) in homes:
            return homes[account, role]
    raise MissingRole(account, wanted[0])


def _by_folder(places: Iterable[Place]) -> list[tuple[tuple[int, int], tuple[int, ...]]]:
    groups: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in places:
        groups[place.account_key, place.folder_key].append(place.key)
    return [(where, tuple(keys)) for where, keys in groups.items()]
