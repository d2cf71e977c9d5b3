"""The one door through which a message arrives: fetched from a server, opened from a file, pulled from a team.

One transaction a batch: Emails, people, text and search index, conversations, places, the user's view, lists.
Idempotent: the same batch twice changes nothing. Sources are kept before the rows that name them.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from desktop.base import clock, ids
from desktop.domain import events
from desktop.domain.mail.arrival import Arrival, same_text, text_digest
from desktop.domain.mail.conversation import member_hashes
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Completeness, Flag, Message, Status, effective_date_ms, identity
from desktop.domain.mail.state import UserState, state_of_flags
from desktop.services.mail import upload
from desktop.services.mail.answered import mails_came
from desktop.services.mail.own_copies import as_sent
from desktop.services.mail.own_drafts import beside_drafts
from desktop.services.mail.sources import forget_unnamed
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.blobs import Blobs, Packed, digest_of
from desktop.store.mail.conversations import Conversations
from desktop.store.mail.folders import Destination, Folders
from desktop.store.mail.joining import Joining
from desktop.store.mail.late_reminders import LateReminders
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.life import Life
from desktop.store.mail.listings import ListingWriter
from desktop.store.mail.lost_sources import LostSources
from desktop.store.mail.messages import Messages, MessageWriter
from desktop.store.mail.operations import OperationWriter
from desktop.store.mail.places import Copy, Places, PlaceWriter
from desktop.store.mail.states import States, StateWriter
from desktop.store.mail.stray_keys import StrayKeys

_RECENT_MS = 2 * 86_400_000
_BETTER = {Completeness.CANNOT_SHOW: 0, Completeness.TEXT: 1, Completeness.FULL: 2}


@dataclass(frozen=True, slots=True)
class Fetched:
    """A copy as it came from the network and out of the parser."""

    uid: int
    flags: Flag
    received_ms: int
    size_bytes: int
    raw: bytes
    """The whole source; for a mail over the size limit its header and text parts."""
    message: Message | None
    """None when the parser gave up."""
    partial: bool = False
    gm_msgid: int | None = None
    """Gmail's id of the mail; None elsewhere."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder a batch was fetched from."""

    account_key: int
    folder_key: int
    uidvalidity: int


class Ingest:
    """Takes in batches of fetched mails."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self._database = database
        self._blobs = blobs

    def take(self, home: Home, batch: Sequence[Fetched], *, notify: bool = False) -> tuple[int, ...]:
        """Store a batch and return the keys of new Emails. Raises DiskFull; then nothing is half-stored."""
        if not batch:
            return ()
        arrivals = [_arrival(fetched) for fetched in batch]
        packed = self._pack(arrivals, batch)
        with self._database.write() as work:
            into = Folders(work).destination(home.folder_key)
            if into is None:
                return ()  # the folder, or its whole account, was removed while its mails were on their way
            deleted = set() if into.two_way else Places(work).deleted(into.account_key, [a.id for a in arrivals])
            PlaceWriter(work).skip(home.folder_key, home.uidvalidity, [a.uid for a in arrivals if a.id in deleted])
            wanted = [a for a in arrivals if a.id not in deleted]
            self._blobs.keep(source for source, a in zip(packed, arrivals, strict=True) if a.id not in deleted)
            new = _store(work, home, into, wanted)
            if new:
                limit = clock.now() - _RECENT_MS
                fresh = notify and any(a.received_ms > limit for a in wanted)
                work.emit(events.MessagesArrived(tuple(new), home.account_key, fresh))
        return tuple(new)

    def take_alone(self, mail: Fetched, *, until_found: bool = False) -> int | None:
        """Store a mail that lies on no server: kept, in All mail. Returns its key, None when it is here already.

        It is read, unless a view of the person's waits for it. With `until_found` it follows its server again once a
        two-way account is found to have it, and one the person is known to have deleted for good is not taken.
        Raises DiskFull.
        """
        arrival = _arrival(mail)
        packed = self._pack([arrival], [mail])
        with self._database.write() as work:
            if Messages(work).keys_of([arrival.id]) or (until_found and Places(work).deleted_anywhere(arrival.id)):
                return None
            self._blobs.keep(packed)
            _known, [key], moved = _emails(work, [arrival])
            Life(work).keep([key])
            if until_found:
                StrayKeys(work).add([key])
            if not States(work).of([key]):
                StateWriter(work).set({key: UserState(read=True)})
            lists = ListingWriter(work).refresh([key, *moved])
            work.emit(events.MessagesArrived((key,), 0, False))
            work.emit(events.ListsChanged(tuple(sorted(lists))))
        return key

    def take_files(self, batch: Sequence[Fetched], folder_key: int | None = None) -> int:
        """Store mails of files, marked as their flags say; returns how many were not here, or not where they should be.

        Each is kept, in All mail. With a folder of a two-way account those that account does not have go there, and
        follow its server once it has them; one that was deleted or lost its last server is brought back.
        Raises DiskFull, and NoTarget where nothing can be put into the folder.
        """
        arrivals = list({arrival.id: arrival for arrival in map(_arrival, batch)}.values())
        sources = {digest_of(mail.raw): mail.raw for mail in batch}
        with self._database.read() as view:
            likely = {arrival.raw_digest for arrival in _wanted(view, arrivals)[0]}
        packed = {source.digest: source for source in self._blobs.pack((each, sources[each]) for each in likely)}
        with self._database.write() as work:
            account = upload.account_of(work, folder_key)
            wanted, known = _wanted(work, arrivals)
            late = {arrival.raw_digest for arrival in wanted} - packed.keys()  # wanted only since a moment ago
            self._blobs.keep((*packed.values(), *self._blobs.pack((each, sources[each]) for each in late)))
            stored, new, moved = _emails(work, wanted)
            keys = known | stored
            hidden = Life(work).hidden(list(known.values()))
            fresh = [*new, *hidden]
            Life(work).keep(fresh)
            seen = States(work).of(new)
            views = {keys[arrival.id]: state_of_flags(arrival.flags) for arrival in arrivals}
            StateWriter(work).set({key: views[key] for key in fresh if key not in seen})
            sent: list[int] = []
            if folder_key is not None:
                StrayKeys(work).add(fresh)
                sent = upload.send(work, account, folder_key, list(keys.values()))
                work.emit(events.OperationsChanged(account))
            if new:
                work.emit(events.MessagesArrived(tuple(new), 0, False))
            look_again(work, [*stored.values(), *hidden, *sent, *moved])
        return len({*fresh, *sent})

    def _pack(self, arrivals: Sequence[Arrival], batch: Sequence[Fetched]) -> list[Packed]:
        partial = frozenset(arrival.raw_digest for arrival in arrivals if arrival.partial)
        return self._blobs.pack(((a.raw_digest, f.raw) for a, f in zip(arrivals, batch, strict=True)), partial)

    def attach(self, home: Home, copies: Sequence[Copy]) -> set[int]:
        """Note further copies of Emails that are here; returns the UIDs of those that still were."""
        with self._database.write() as work:
            here = Messages(work).ids_of([copy.email_key for copy in copies])
            there = [copy for copy in copies if copy.email_key in here]
            PlaceWriter(work).add(home.folder_key, home.uidvalidity, there)
            if found := StrayKeys(work).found(list(here)):
                Life(work).let_go(found)
            look_again(work, list(here))
        return {copy.uid for copy in there}

    def read_again(self, key: int, raw: bytes, message: Message) -> None:
        """Let an Email be what its source reads as: one the parser could not read before, or not the one it read.

        Of the former identity, date and so key follow the header: it arrives as if it came now, or is known by another
        copy already, and takes over what hung on the unreadable one.
        """
        with self._database.write() as work:
            found = Messages(work).unread_source(key)
            if found is None:
                return
            received_ms, size_bytes, partial = found
            arrival = _arrival(Fetched(0, Flag.NONE, received_ms, size_bytes, raw, message, partial))
            if Messages(work).keys_of([arrival.id]).get(arrival.id) == key:
                MessageWriter(work).replace_content([(key, arrival)])
                look_again(work, [key])
                return
            known, _new, moved = _emails(work, [arrival])
            now = known[arrival.id]
            dropped = Joining(work).take_over(now, key, arrival.text_digest)
            work.emit(events.MessagesRemoved((key,)))
            if lists := ListingWriter(work).refresh([key]):
                work.emit(events.ListsChanged(tuple(sorted(lists))))
            look_again(work, [now, *moved])
        forget_unnamed(self._database, self._blobs, dropped)


def enter(work: UnitOfWork, arrival: Arrival, status: Status) -> int:
    """Make an Email of what the person has written here, read by him and kept; returns its key."""
    known, _new, moved = _emails(work, [arrival])
    key = known[arrival.id]
    Life(work).keep([key])
    MessageWriter(work).set_status(key, status)
    StateWriter(work).set({key: UserState(read=True)})
    look_again(work, [key, *moved])
    work.emit(events.MessagesArrived((key,), 0, False))
    return key


def look_again(work: UnitOfWork, email_keys: Sequence[int]) -> None:
    """Bring the user's view and the lists of Emails in step with their places, and say what changed."""
    keys = tuple(dict.fromkeys(email_keys))
    if not keys:
        return
    answered = StateWriter(work).follow_places(keys)
    lists = ListingWriter(work).refresh(keys)
    work.emit(events.MessagesChanged((*keys, *answered)))
    if lists:
        work.emit(events.ListsChanged(tuple(sorted(lists))))


def _wanted(view: View, arrivals: Sequence[Arrival]) -> tuple[list[Arrival], dict[uuid.UUID, int]]:
    """Return the mails that are not here, or of which less is here than in a file; and the keys of those that are."""
    known = Messages(view).keys_of(arrival.id for arrival in arrivals)
    shown = Messages(view).shown(list(known.values()))
    lost = LostSources(view).among(list(known.values()))
    wanted = [
        arrival
        for arrival in arrivals
        if (key := known.get(arrival.id)) is None
        or key in lost
        or _BETTER[arrival.completeness] > _BETTER[shown[key][0]]
    ]
    return wanted, known


def _arrival(fetched: Fetched) -> Arrival:
    raw_digest = digest_of(fetched.raw)
    message = fetched.message
    if message is None:
        return Arrival(
            id=ids.mail_id("unreadable\n" + raw_digest.hex()),
            message=Message(),
            completeness=Completeness.CANNOT_SHOW,
            raw_digest=raw_digest,
            text_digest=raw_digest,
            size_bytes=fetched.size_bytes,
            received_ms=fetched.received_ms,
            flags=fetched.flags,
            uid=fetched.uid,
            partial=fetched.partial,
            gm_msgid=fetched.gm_msgid,
        )
    return Arrival(
        id=identity(message),
        message=message,
        completeness=Completeness.TEXT if fetched.partial else Completeness.FULL,
        raw_digest=raw_digest,
        text_digest=text_digest(message, whole=not fetched.partial),
        size_bytes=fetched.size_bytes,
        received_ms=fetched.received_ms,
        flags=fetched.flags,
        uid=fetched.uid,
        partial=fetched.partial,
        gm_msgid=fetched.gm_msgid,
    )


def _store(work: UnitOfWork, home: Home, into: Destination, arrivals: Sequence[Arrival]) -> list[int]:
    ours: frozenset[int] = frozenset()
    if into.role is Role.DRAFTS:
        arrivals, ours = beside_drafts(work, home.folder_key, home.uidvalidity, arrivals)
    joined: set[int] = set()
    if into.role in (Role.SENT, Role.ALL):
        arrivals, ours, joined = as_sent(work, into.account_key, arrivals)
    known, new, moved = _emails(work, arrivals)
    moved |= joined
    PlaceWriter(work).add(
        home.folder_key,
        home.uidvalidity,
        [
            Copy(
                a.uid,
                known[a.id],
                a.flags,
                a.size_bytes,
                a.received_ms,
                None if a.uid in ours else a.raw_digest or None,
                None if a.uid in ours else a.text_digest,
                partial=a.partial,
                gm_msgid=a.gm_msgid,
            )
            for a in arrivals
        ],
    )
    touched = list(dict.fromkeys(known[a.id] for a in arrivals))
    if not into.two_way:
        Life(work).keep(touched)
    elif found := StrayKeys(work).found(touched):
        Life(work).let_go(found)
    answered = StateWriter(work).follow_places(touched)
    came = {known[a.id]: a for a in arrivals if known[a.id] in set(new)}
    reminded = mails_came(work, came, Messages(work).own(new))
    misread = Messages(work).misread(touched)
    MessageWriter(work).replace_content(
        [(known[a.id], a) for a in arrivals if misread.get(known[a.id]) == a.raw_digest]
    )
    lists = ListingWriter(work).refresh([*touched, *moved, *reminded])
    changed = tuple(((set(touched) | reminded) - set(new)) | moved | answered)
    if changed:
        work.emit(events.MessagesChanged(changed))
    if lists:
        work.emit(events.ListsChanged(tuple(sorted(lists))))
    return new


def _emails(work: UnitOfWork, arrivals: Sequence[Arrival]) -> tuple[dict[uuid.UUID, int], list[int], set[int]]:
    """Make the Emails that are not here yet, and give others the content of a better copy.

    Returns the keys of all by id, the new ones among them, and Emails that moved to another conversation.
    """
    known = Messages(work).keys_of(a.id for a in arrivals)
    first: dict[bytes, Arrival] = {}
    better: dict[int, Arrival] = {}
    back: list[int] = []
    held = Messages(work).shown(list(known.values()))
    lost = LostSources(work).among(list(known.values()))
    for arrival in arrivals:
        key = known.get(arrival.id)
        if key is None:
            first.setdefault(arrival.id.bytes, arrival)
        elif (key in lost or _BETTER[arrival.completeness] > _BETTER[held[key][0]]) and same_text(
            arrival.text_digest, held[key][1]
        ):
            better[key] = arrival
            if key in lost:
                lost.remove(key)
                back.append(key)
            held[key] = (arrival.completeness, arrival.text_digest)
    fresh = list(first.values())
    keys = Messages(work).free_keys([effective_date_ms(a.message.date_ms, a.received_ms) for a in fresh])
    conversations, moved = Conversations(work).place(
        [(key, member_hashes(a.message)) for key, a in zip(keys, fresh, strict=True)]
    )
    own = Accounts(work).own_addresses()
    writer = MessageWriter(work)
    writer.insert(
        [(key, conversations[key], a.message.sender.key in own, a) for key, a in zip(keys, fresh, strict=True)]
    )
    given = {a.id: key for key, a in zip(keys, fresh, strict=True)}
    LateViews(work).give(given)
    LateReminders(work).give(given)
    writer.replace_content(list(better.items()))
    for account in OperationWriter(work).source_is_back(back):
        work.emit(events.OperationsChanged(account))
    known.update((a.id, key) for key, a in zip(keys, fresh, strict=True))
    return known, keys, moved
