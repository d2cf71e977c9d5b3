"""What a person does to mails: read, star, archive, junk, trash, move, delete; and undo.

Each verb queues operations for the servers of two-way accounts, changes the user's own view of all other mails and
refreshes the lists. It shows at once and works offline; the engine replays the queue. Up to `PORTION` mails are one
transaction; more are done in portions, so that nobody else who writes waits for a whole folder, and each portion is
complete in itself: after a kill some mails are done and the others untouched.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import events
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.labels import labels_back
from desktop.domain.mail.message import Flag
from desktop.domain.mail.operation import (
    Change,
    MissingRole,
    Move,
    Operation,
    StoreFlags,
    Transfer,
    Verb,
    operations_for,
    transfers_for,
)
from desktop.domain.mail.reminding import Reminder, Standing
from desktop.domain.mail.state import Place, UserState, taken_back
from desktop.services.mail.folders import FolderInvalid, make_home, refuse_archive_only
from desktop.services.mail.ingest import look_again
from desktop.services.mail.sources import forget_unnamed
from desktop.services.mail.whole_folders import catch_up
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders
from desktop.store.mail.labels import LabelWriter
from desktop.store.mail.life import Life
from desktop.store.mail.listings import Listings, ListingWriter
from desktop.store.mail.messages import Messages, chunks
from desktop.store.mail.operations import Operations, OperationWriter
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.places import Places
from desktop.store.mail.reminders import Reminders, ReminderWriter
from desktop.store.mail.rows import Rows
from desktop.store.mail.states import States, StateWriter

PORTION = 500
"""Mails a transaction: it holds back all other writers for some 50 ms."""
_HIDDEN = {Role.TRASH: "Trash", Role.JUNK: "Spam"}
"""Folders of Gmail no label can stand in for, as Gmail calls them."""


class TooLargeToMove(Problem):
    """A mail whose attachments are still on its server cannot be copied to another."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, subject: str) -> None:
        text = _("“{subject}” is too large to be moved to another account: part of it is only on its server.")
        super().__init__(text.format(subject=subject or _("(no subject)")))


class HiddenByGmail(Problem):
    """A folder that Gmail has is not shown to us; one made in its place would be a label and no more."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, role: Role) -> None:
        text = _(
            "Gmail does not show its folder “{folder}” to other programs. Switch it on: in the settings of Gmail on "
            "the web, under Labels, “Show in IMAP”."
        )
        super().__init__(text.format(folder=_HIDDEN[role]))


class OnItsWay(Problem):
    """What is in the outbox cannot be changed, or put elsewhere, before it was taken back."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail is in the Outbox. Cancel sending first."))


@dataclass(frozen=True, slots=True)
class Transferred:
    """A mail on its way to another account: the operation that copies it, and where it came from."""

    copy_key: int
    email_key: int
    from_folder_key: int


@dataclass(frozen=True, slots=True)
class Portion:
    """What one transaction of a verb did, and all that undo needs."""

    keys: tuple[int, ...]
    """Mails that are otherwise than before: what already lay in Trash was not moved there."""
    operation_keys: tuple[int, ...] = ()
    inverse: tuple[Operation, ...] = ()
    states: tuple[tuple[int, UserState, UserState], ...] = ()
    """Views before and after the verb, of mails that had no two-way copy."""
    transfers: tuple[Transferred, ...] = ()
    """Mails that went to another account."""
    labelled: tuple[tuple[int, tuple[Place, ...]], ...] = ()
    """Mails at Gmail that were moved, and the places they had there."""
    reminders: tuple[tuple[int, Reminder], ...] = ()
    """Reminders that were over with it."""


@dataclass(frozen=True, slots=True)
class Done:
    """What a verb did."""

    change: Change
    can_undo: bool
    portions: tuple[Portion, ...] = ()
    problem: Problem | None = None
    """Why the mails of further portions were left as they are; None when all is done."""

    @property
    def keys(self) -> tuple[int, ...]:
        return tuple(key for portion in self.portions for key in portion.keys)


class MailActions:
    """The verbs on mails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def apply(
        self,
        change: Change,
        keys: Sequence[int],
        *,
        conversations: Sequence[int] = (),
        list_id: ListId = Unified.ALL,
    ) -> Done:
        """Do a verb to mails, and to what a list has of the conversations of others; mails gone are passed over.

        Raises Problem when nothing was done; what goes wrong after the first portion is told by `Done.problem`.
        """
        with self._database.read() as view:
            wanted = _without_outgoing(view, change, _meant(view, keys, conversations, list_id))
            if change.folder_key is not None and len(wanted) > PORTION:
                _refuse_too_large(view, change.folder_key, wanted)
        if change.verb is Verb.DELETE:
            return self._delete(change, wanted)
        done = self._in_portions(change, wanted, lambda work, some: apply_change(work, change, some, list_id))
        catch_up(self._database)  # with folders that were made the home of a role
        return done

    def meant(self, keys: Sequence[int], conversations: Sequence[int], list_id: ListId) -> tuple[int, ...]:
        """Return the mails `apply` would take, to be counted before they are deleted for good."""
        with self._database.read() as view:
            return tuple(_meant(view, keys, conversations, list_id))

    def undo(self, done: Done) -> None:
        """Take a verb back: operations not yet begun are withdrawn, others get their opposite queued."""
        if not done.can_undo:
            return
        for portion in reversed(done.portions):
            with self._database.write() as work:
                take_back(work, portion)

    def mark_list_read(self, list_id: ListId) -> Done:
        """Mark every mail of a list read."""
        with self._database.read() as view:
            keys = Listings(view).unread(list_id)
        return self.apply(Change(Verb.READ), keys)

    def empty_trash(self, account_key: int | None = None) -> Done:
        """Delete for good what lies in Trash, of one account or of all."""
        return self._empty(Unified.TRASH, account_key)

    def empty_junk(self, account_key: int | None = None) -> Done:
        """Delete for good what lies in Junk, of one account or of all."""
        return self._empty(Unified.JUNK, account_key)

    def _empty(self, list_id: Unified, account_key: int | None) -> Done:
        with self._database.read() as view:
            keys = Listings(view).members(list_id, account_key)
        return self._delete(Change(Verb.DELETE), keys, list_id)

    def _delete(self, change: Change, keys: Sequence[int], still_in: ListId | None = None) -> Done:
        """Delete mails for good; with `still_in` those alone that stand in this list when their turn comes.

        What was taken out of the Trash a moment ago must not go with the rest, nor what came in meanwhile.
        """
        dropped: list[bytes] = []

        def delete(work: UnitOfWork, some: Sequence[int]) -> Portion:
            doomed = some if still_in is None else Listings(work).among(still_in, some)
            dropped.extend(delete_for_good(work, doomed))
            return Portion(tuple(doomed))

        def forget() -> None:
            forget_unnamed(self._database, self._blobs, dropped)
            dropped.clear()

        return replace(self._in_portions(change, keys, delete, forget), can_undo=False)

    def _in_portions(
        self,
        change: Change,
        keys: Sequence[int],
        do: Callable[[UnitOfWork, Sequence[int]], Portion],
        afterwards: Callable[[], None] = lambda: None,
    ) -> Done:
        """Do something to mails, a transaction a portion; `afterwards` is called after each commit."""
        done: list[Portion] = []
        try:
            for some in chunks(keys, PORTION):
                with self._database.write() as work:
                    portion = do(work, some)
                done.append(portion)
                afterwards()
        except Problem as problem:
            if not done:
                raise
            return Done(change, True, tuple(done), problem)
        return Done(change, True, tuple(done))


def _meant(view: View, keys: Sequence[int], conversations: Sequence[int], list_id: ListId) -> list[int]:
    whole = Listings(view).mates(conversations, list_id) if conversations else []
    return list(dict.fromkeys((*whole, *keys)))


def _without_outgoing(view: View, change: Change, keys: Sequence[int]) -> list[int]:
    """Leave out what is in the outbox where a verb would put it somewhere else. Raises OnItsWay when that is all."""
    if change.verb in (Verb.READ, Verb.UNREAD, Verb.STAR, Verb.UNSTAR):
        return list(keys)
    outgoing = {mail.email_key for mail in OutboxRows(view).of_emails(keys)}
    if outgoing and outgoing.issuperset(keys):
        raise OnItsWay
    return [key for key in keys if key not in outgoing]


def take_back(work: UnitOfWork, portion: Portion) -> None:
    """Undo what one transaction of a verb did, inside a unit of work."""
    writer = OperationWriter(work)
    touched = list(portion.keys)
    since = Reminders(work).of(touched)
    accounts: set[int] = set()
    for key, inverse in zip(portion.operation_keys, portion.inverse, strict=True):
        if Operations(work).is_untouched(key):
            touched += writer.withdraw(key)
        elif (possible := Operations(work).still_possible(inverse)) is not None:
            writer.queue([possible])
        accounts.add(inverse.account_key)
    for email, before in portion.labelled:
        _label_again(work, email, before)
    for transferred in portion.transfers:
        _bring_back(work, transferred)
    now = States(work).of([key for key, _before, _after in portion.states])
    StateWriter(work).set(
        {key: taken_back(now[key], before, after) for key, before, after in portion.states if key in now}
    )
    StateWriter(work).follow_places(touched)
    ReminderWriter(work).put({key: reminder for key, reminder in portion.reminders if key not in since})
    look_again(work, touched)
    for account in accounts:
        work.emit(events.OperationsChanged(account))


def _label_again(work: UnitOfWork, email: int, before: Sequence[Place]) -> None:
    """Give a mail at Gmail the labels it had, and take others off, whatever became of its places meanwhile."""
    there = [place for place in Places(work).of_emails([email]).get(email, []) if place.two_way]
    for account, msgid in dict.fromkeys((place.account_key, place.gm_msgid) for place in before):
        was, now = (
            [place for place in places if (place.account_key, place.gm_msgid) == (account, msgid)]
            for places in (before, there)
        )
        everywhere = Operations(work).home(account, Role.ALL)
        moves, labels = labels_back(was, now, everywhere.key if everywhere is not None else None)
        possible = [move for move in map(Operations(work).still_possible, moves) if move is not None]
        if everywhere is not None and now and (possible or not moves):
            source = LabelWriter(work).add(now[0].key, everywhere.key, 0, None) if labels else 0
            possible += [Move(account, everywhere.key, (source,), label) for label in labels]
        OperationWriter(work).queue(possible)


def apply_change(work: UnitOfWork, change: Change, keys: Sequence[int], list_id: ListId | None = None) -> Portion:
    """Do a verb to mails inside a unit of work. Raises MissingRole's kin as `MailActions.apply` does.

    What stands in the Inbox only because nobody answered it is put away by being done with: its copy stays in Sent.
    """
    reminders = Reminders(work).of(keys)
    followed_up = [key for key, reminder in reminders.items() if reminder.standing is Standing.UNANSWERED]
    every = keys
    if change.verb in (Verb.ARCHIVE, Verb.MOVE):
        ReminderWriter(work).end(followed_up)
    if change.verb is Verb.ARCHIVE:
        inside = {key for key, state in States(work).of(followed_up).items() if state.in_inbox}
        keys = [key for key in keys if key not in followed_up or key in inside]
    places = Places(work).of_emails(keys)
    transfers = _transfer(work, change.folder_key, places) if change.folder_key is not None else ()
    operations = _operations(work, change, list(places.values()), list_id)
    before = {place.key: place for some in places.values() for place in some}
    split = [part for operation in operations for part in _undoable(operation, before)]
    operation_keys = OperationWriter(work).queue([operation for operation, _ in split])
    alone = [key for key in keys if not any(place.two_way for place in places.get(key, ()))]
    states = States(work).of(alone)
    transferred = {transfer.email_key for transfer in transfers}
    own = {key: _changed(state, change.verb) for key, state in states.items() if key not in transferred}
    StateWriter(work).set(own)
    StateWriter(work).follow_places(key for key in keys if key not in own)
    after = own | States(work).of([key for key in states if key in transferred])
    touched = {place_key for operation in operations for place_key in operation.place_keys}
    changed = {key for key, state in states.items() if state != after[key]} | transferred
    changed |= {key for key, some in places.items() if any(place.key in touched for place in some)}
    moved = {key for operation in operations if isinstance(operation, Move) for key in operation.place_keys}
    labelled = {key: tuple(p for p in some if p.gm_msgid is not None) for key, some in places.items()}
    left = Reminders(work).of(every)
    over = tuple((key, reminder) for key, reminder in reminders.items() if key not in left)
    changed |= {key for key, _reminder in over}
    lists = ListingWriter(work).refresh(every)
    work.emit(events.MessagesChanged(tuple(every)))
    if lists:
        work.emit(events.ListsChanged(tuple(sorted(lists))))
    accounts = {operation.account_key for operation, _ in split}
    if transfers:
        accounts.update(account.key for account in Accounts(work).all())
    for account in accounts:
        work.emit(events.OperationsChanged(account))
    return Portion(
        tuple(key for key in every if key in changed),
        operation_keys=operation_keys,
        inverse=tuple(inverse for _, inverse in split),
        states=tuple((key, state, after[key]) for key, state in states.items()),
        transfers=transfers,
        labelled=tuple((key, some) for key, some in labelled.items() if any(place.key in moved for place in some)),
        reminders=over,
    )


def _transfer(work: UnitOfWork, folder_key: int, places: Mapping[int, Sequence[Place]]) -> tuple[Transferred, ...]:
    """Send mails that have no copy in the account of a folder there. Raises TooLargeToMove; then nothing changed."""
    transfers = _transfers(work, folder_key, places)
    done: list[Transferred] = []
    for key, transfer in transfers.items():
        copy, *_removals = OperationWriter(work).transfer(transfer, key)
        done.append(Transferred(copy, key, places[key][0].folder_key))
    return tuple(done)


def _refuse_too_large(view: View, folder_key: int, keys: Sequence[int]) -> None:
    """Raise TooLargeToMove before the first of many portions when one of the mails cannot follow the others."""
    for some in chunks(keys, PORTION):
        _transfers(view, folder_key, Places(view).of_emails(some))


def _transfers(view: View, folder_key: int, places: Mapping[int, Sequence[Place]]) -> dict[int, Transfer]:
    """Return what carries mails to the account of a folder that has none of them.

    Raises TooLargeToMove, and FolderInvalid where nothing may be moved to a folder.
    """
    target = Folders(view).get(folder_key)
    if target is None:
        raise FolderInvalid(_("This folder is no longer there."))
    refuse_archive_only(view, target.account_key)
    transfers = {
        key: transfer
        for key, copies in places.items()
        for transfer in transfers_for([copies], folder_key, target.account_key)
    }
    for key in Messages(view).partial(list(transfers)):
        raise TooLargeToMove(Rows(view).heads([key])[0].subject)
    return transfers


def _bring_back(work: UnitOfWork, transferred: Transferred) -> None:
    """Undo a move to another account: withdrawn where it has not begun, else the mail goes the same way back."""
    if Operations(work).is_untouched(transferred.copy_key):
        look_again(work, [transferred.email_key, *OperationWriter(work).withdraw(transferred.copy_key)])
    else:
        apply_change(work, Change(Verb.MOVE, transferred.from_folder_key), [transferred.email_key])


def _operations(
    work: UnitOfWork, change: Change, mails: Sequence[Sequence[Place]], list_id: ListId | None = None
) -> tuple[Operation, ...]:
    """Return the operations, making the folder of a role the account lacks. Raises HiddenByGmail."""
    target = Folders(work).get(change.folder_key) if change.folder_key is not None else None
    while True:
        try:
            account = target.account_key if target else None
            return operations_for(change, mails, Folders(work).homes(), account, list_id)
        except MissingRole as missing:
            if missing.labelled and missing.role in _HIDDEN:
                raise HiddenByGmail(missing.role) from missing
            make_home(work, missing.account_key, missing.role)


def _undoable(operation: Operation, before: Mapping[int, Place]) -> list[tuple[Operation, Operation]]:
    """Return the operation with its inverse; a flag change is cut so that only flags it really changes come back."""
    match operation:
        case StoreFlags():
            groups: dict[tuple[Flag, Flag], list[int]] = {}
            for key in operation.place_keys:
                flags = before[key].flags
                groups.setdefault((operation.add & ~flags, operation.remove & flags), []).append(key)
            return [
                (
                    replace(operation, place_keys=tuple(keys), add=add, remove=remove),
                    replace(operation, place_keys=tuple(keys), add=remove, remove=add),
                )
                for (add, remove), keys in groups.items()
            ]
        case Move():
            # mails at Gmail go back by their labels
            keys_back = tuple(key for key in operation.place_keys if before[key].gm_msgid is None)
            folder, target = operation.target_key, operation.folder_key
            return [(operation, Move(operation.account_key, folder, keys_back, target))]
        case _:
            return []


def _changed(state: UserState, verb: Verb) -> UserState:
    """Return the user's own view after a verb (mails that have no two-way copy)."""
    away = replace(state, in_inbox=False, in_archive=False, in_junk=False, in_trash=False)
    match verb:
        case Verb.READ:
            return replace(state, read=True)
        case Verb.UNREAD:
            return replace(state, read=False)
        case Verb.STAR:
            return replace(state, important=True)
        case Verb.UNSTAR:
            return replace(state, important=False)
        case Verb.ARCHIVE:
            return replace(away, in_archive=True)
        case Verb.JUNK:
            return replace(away, in_junk=True)
        case Verb.TRASH:
            return replace(away, in_trash=True)
        case Verb.INBOX:
            return replace(away, in_inbox=True)
        case Verb.ANSWERED:
            return replace(state, answered=True)
        case Verb.FORWARDED:
            return replace(state, forwarded=True)
        case _:
            return state


def delete_for_good(work: UnitOfWork, keys: Sequence[int]) -> list[bytes]:
    """Delete mails for good: server copies by queued operations, the rest at once. Returns the sources they named."""
    places = Places(work).of_emails(keys)
    operations = _operations(work, Change(Verb.DELETE), list(places.values()))
    OperationWriter(work).queue(operations)
    Life(work).delete(keys)
    lists = ListingWriter(work).refresh(keys)
    _here_only, dropped = Life(work).purge_deleted(keys)
    work.emit(events.MessagesRemoved(tuple(keys)))
    if lists:
        work.emit(events.ListsChanged(tuple(sorted(lists))))
    for account in {operation.account_key for operation in operations}:
        work.emit(events.OperationsChanged(account))
    return dropped
