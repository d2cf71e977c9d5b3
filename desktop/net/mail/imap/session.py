"""One signed-in IMAP session: what the sync engine can ask of a mail server. One thread at a time; blocking.

Everything takes and gives UIDs, never message numbers (R4), and nothing is unbounded: searches run over UID windows
(M5), mails are limited against their announced size (M6). After `ConnectionLost`, `TooLarge`,
`ProtocolBroken` or `Cancelled` the session is closed and a new one is opened. `abort` is the one method for other
threads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.mail.imap import fetching, folders, guard, names, refusals, selecting, sign_in, structure, waiting
from desktop.net.mail.imap.connection import Connection, Reply
from desktop.net.mail.imap.fetching import FetchedMail, Limits, Overview, Probe
from desktop.net.mail.imap.folders import FolderStatus, Namespace
from desktop.net.mail.imap.guard import Argument, Literal
from desktop.net.mail.imap.news import News
from desktop.net.mail.imap.responses import Response, Value, expand, number, octets, pairs, uid_ranges
from desktop.net.mail.imap.selecting import Selected
from desktop.net.mail.imap.sign_in import ImapEndpoint
from desktop.net.mail.imap.structure import Leaf
from desktop.net.mail.imap.wire import LiteralLimit, small
from desktop.net.tls import TlsPolicy
from desktop.net.wake import Wake

SEARCH_STEP = 100_000
"""About how many UIDs one SEARCH answer may hold."""
FETCH_STEP = 1000
"""How many mails one FETCH command names."""
CHUNK_BYTES = 1 << 20

_FETCH = frozenset((b"FETCH",))
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,15})\b", re.IGNORECASE)
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FlagSweep:
    """Flags of a UID window; with `changed_since` only those that changed."""

    flags: dict[int, tuple[Flag, int | None]]
    """UID -> flags and modseq."""
    vanished: tuple[tuple[int, int], ...]
    """Ranges of UIDs gone, where the server can say (QRESYNC)."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Where mails went."""

    new_uids: dict[int, int]
    """Old UID -> UID in the target; empty when the server does not tell (no UIDPLUS)."""
    uidvalidity: int
    """Of the target folder; 0 when not told."""
    left_marked: bool = False
    """The originals are still there, marked \\Deleted: without UIDPLUS nothing removes just these."""


class Session:
    """A mailbox that is open for us. Made by `open`; `close` says goodbye."""

    def __init__(self, connection: Connection, endpoint: ImapEndpoint) -> None:
        self._connection = connection
        self._endpoint = endpoint
        self._selected: Selected | None = None
        self._selected_name = b""

    @classmethod
    def open(
        cls,
        endpoint: ImapEndpoint,
        password: str,
        tls_policy: TlsPolicy,
        *,
        timeout_s: float = 60.0,
        cancel: Stop | None = None,
    ) -> Session:
        """Connect, encrypt and sign in. `timeout_s` is the longest silence borne, also later."""
        dialer = sign_in.Dialer(endpoint, tls_policy, timeout_s, cancel)
        return cls(sign_in.open_connection(dialer, password), endpoint)

    def __repr__(self) -> str:
        return f"Session({self._endpoint.host})"

    # what the server can do

    @property
    def capabilities(self) -> frozenset[str]:
        return self._connection.capabilities

    @property
    def has_condstore(self) -> bool:
        return "CONDSTORE" in self.capabilities or self.has_qresync

    @property
    def has_qresync(self) -> bool:
        return "QRESYNC" in self._connection.enabled

    @property
    def has_move(self) -> bool:
        return "MOVE" in self.capabilities

    @property
    def has_uidplus(self) -> bool:
        return "UIDPLUS" in self.capabilities

    @property
    def has_special_use(self) -> bool:
        return "SPECIAL-USE" in self.capabilities

    @property
    def has_idle(self) -> bool:
        return "IDLE" in self.capabilities

    @property
    def is_gmail(self) -> bool:
        return "X-GM-EXT-1" in self.capabilities

    @property
    def encrypted(self) -> bool:
        return self._connection.wire.encrypted

    @property
    def closed(self) -> bool:
        return self._connection.wire.closed

    @property
    def received_bytes(self) -> int:
        """Octets received so far, for byte budgets."""
        return self._connection.wire.received_bytes

    # folders

    def list_folders(self) -> list[ServerFolder]:
        """Return every mailbox with role and subscription."""
        extended = "LIST-EXTENDED" in self.capabilities
        if extended:
            options = b"(SUBSCRIBED CHILDREN SPECIAL-USE)" if self.has_special_use else b"(SUBSCRIBED CHILDREN)"
            try:
                reply = self._run(b"LIST", b'""', b'"*"', b"RETURN", options, wanted=frozenset((b"LIST",)))
            except errors.ServerRefused:
                extended = False
            else:
                return folders.folder_list(reply.data, None)
        command = b"XLIST" if "XLIST" in self.capabilities and not self.has_special_use else b"LIST"
        listed = self._run(command, b'""', b'"*"', wanted=frozenset((command,)))
        subscriptions = self._run(b"LSUB", b'""', b'"*"', wanted=frozenset((b"LSUB",)))
        parsed = (folders.folder_of(response) for response in subscriptions.data)
        subscribed = {folders.key(found[0].wire_name) for found in parsed if found is not None}
        return folders.folder_list(listed.data, subscribed)

    def personal_namespace(self) -> Namespace | None:
        """Return where the person's own folders lie (RFC 2342); None when the server does not say."""
        if "NAMESPACE" not in self.capabilities:
            return None
        reply = self._run(b"NAMESPACE", wanted=frozenset((b"NAMESPACE",)))
        return folders.personal_namespace(reply.data[0]) if reply.data else None

    def status(self, wire_name: bytes) -> FolderStatus:
        """Return the counts of a folder that is not selected."""
        reply = self._run(
            b"STATUS",
            guard.mailbox(wire_name),
            self._status_items(),
            wanted=frozenset((b"STATUS",)),
            folder=names.decode(wire_name),
        )
        for response in reply.data:
            found = folders.status_of(response)
            if found is not None:
                return found[1]
        return FolderStatus(None, None, None, None, None)

    def status_of_all(self) -> dict[bytes, FolderStatus]:
        """Return the counts of every folder in one round trip (RFC 5819); empty when the server cannot."""
        if "LIST-STATUS" not in self.capabilities:
            return {}
        options = b"(STATUS " + self._status_items() + b")"
        reply = self._run(b"LIST", b'""', b'"*"', b"RETURN", options, wanted=frozenset((b"STATUS",)))
        return dict(found for found in map(folders.status_of, reply.data) if found is not None)

    def create(self, wire_name: bytes) -> None:
        """Make a folder; `names.encode` makes a wire name of what a person typed."""
        self._on_folder(b"CREATE", wire_name)

    def rename(self, wire_name: bytes, new_wire_name: bytes) -> None:
        """Rename a folder, its children with it."""
        self._on_folder(b"RENAME", wire_name, guard.mailbox(new_wire_name))

    def delete(self, wire_name: bytes) -> None:
        """Delete a folder and its mails."""
        self._on_folder(b"DELETE", wire_name)

    def subscribe(self, wire_name: bytes) -> None:
        """Mark a folder as one the person wants to see."""
        self._on_folder(b"SUBSCRIBE", wire_name)

    def unsubscribe(self, wire_name: bytes) -> None:
        """Take that mark away."""
        self._on_folder(b"UNSUBSCRIBE", wire_name)

    def select(self, wire_name: bytes, *, read_only: bool = False, qresync: tuple[int, int] | None = None) -> Selected:
        """Open a folder. `qresync`, the UIDVALIDITY and modseq last seen, brings the changes since along (RFC 7162)."""
        command: list[Argument] = [b"EXAMINE" if read_only else b"SELECT", guard.mailbox(wire_name)]
        if qresync is not None and self.has_qresync and min(qresync) > 0:
            command.append(b"(QRESYNC (%d %d))" % qresync)
        elif self.has_condstore:
            command.append(b"(CONDSTORE)")
        self._selected = None
        self._connection.news.forget_folder()
        wanted = frozenset((b"EXISTS", b"FLAGS", b"OK", b"VANISHED", b"FETCH"))
        reply = self._run(*command, wanted=wanted, folder=names.decode(wire_name))
        opened = selecting.selected(reply.status, reply.data)
        if opened.uidnext is None or not opened.uidvalidity:
            opened = self._completed(opened, wire_name)
        self._connection.news.forget_folder()
        self._connection.news.exists = opened.exists
        self._selected = opened
        self._selected_name = wire_name
        return opened

    def _completed(self, opened: Selected, wire_name: bytes) -> Selected:
        """Ask STATUS for what SELECT kept to itself (R2); some servers refuse that for the open folder."""
        try:
            status = self.status(wire_name)
        except (errors.ServerRefused, errors.FolderGone):
            return opened
        return Selected(
            opened.exists,
            opened.uidvalidity or status.uidvalidity or 0,
            opened.uidnext or status.uidnext,
            opened.highestmodseq,
            opened.read_only,
            opened.permanent_flags,
            opened.keeps_keywords,
            opened.vanished,
            opened.changed,
        )

    # what is in the selected folder

    def uid_window(self, low: int, high: int, since: date | None = None) -> list[int]:
        """Return the UIDs between two bounds, rising; `since` leaves out mails received on earlier days."""
        found: set[int] = set()
        steps = self._connection.news.exists // SEARCH_STEP + 1
        width = max((high - low) // steps + 1, 1)
        for start in range(low, high + 1, width):
            end = min(start + width - 1, high)
            criteria = b"UID " + guard.uid_range(start, end)
            if since is not None:
                criteria += b" SINCE " + guard.search_date(since)
            found.update(uid for uid in self._search(criteria) if start <= uid <= end)
        return sorted(found)

    def find_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of mails with this Message-ID, given without brackets."""
        return sorted(set(self._search(b"HEADER Message-ID", guard.string(message_id, "Message-ID"))))

    def _search(self, *criteria: Argument) -> list[int]:
        esearch = "ESEARCH" in self.capabilities
        command = b"UID SEARCH RETURN (ALL)" if esearch else b"UID SEARCH"
        reply = self._run(command, *criteria, wanted=frozenset((b"SEARCH", b"ESEARCH")))
        found: list[int] = []
        for response in reply.data:
            values = response.values()
            if response.kind == b"SEARCH":
                found += [uid for uid in map(number, values) if uid]
                continue
            at = next((i for i, v in enumerate(values) if isinstance(v, bytes) and v.upper() == b"ALL"), len(values))
            if at + 1 < len(values):
                # a range may claim four billion mails; more than a folder can plausibly hold is not believed
                most = max(2 * self._connection.news.exists, 10_000)
                found += expand(uid_ranges(octets(values[at + 1])), most)
        return found

    def fetch_overview(self, uids: Iterable[int]) -> dict[int, Overview]:
        """Return flags, date and size of mails; UIDs that are gone are missing."""
        found: dict[int, Overview] = {}
        for uid, items in self._fetch(uids, b"(" + fetching.OVERVIEW + self._modseq() + b")", b"RFC822.SIZE"):
            found[uid] = fetching.overview(items)
        return found

    def fetch_flags(self, low: int, high: int, changed_since: int | None = None) -> FlagSweep:
        """Return the flags of a UID window; `changed_since` a modseq asks only for what changed (CONDSTORE)."""
        command: list[Argument] = [b"UID FETCH", guard.uid_range(low, high), b"(UID FLAGS" + self._modseq() + b")"]
        if changed_since and self.has_condstore:
            command.append(b"(CHANGEDSINCE %d%s)" % (changed_since, b" VANISHED" if self.has_qresync else b""))
        found: dict[int, tuple[Flag, int | None]] = {}
        vanished: list[tuple[int, int]] = []
        for response in self._connection_stream(command, frozenset((b"FETCH", b"VANISHED"))):
            if response.kind == b"VANISHED":
                values = response.values()
                vanished += uid_ranges(octets(values[-1])) if values else []
                if values and not isinstance(values[0], list):
                    # not "(EARLIER)": the folder shrank just now
                    self._connection.note(response)
                continue
            change = selecting.flags_changed(response)
            if change is None or not low <= change.uid <= high:
                self._connection.note(response)
            else:
                found[change.uid] = (change.flags, change.modseq)
        return FlagSweep(found, tuple(vanished))

    def fetch_headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the whole header of mails."""
        found: dict[int, bytes] = {}
        for uid, items in self._fetch(uids, b"(UID BODY.PEEK[HEADER])", b"BODY[HEADER]"):
            header = fetching.body(items)
            if header is not None:
                found[uid] = header
        return found

    def fetch_probe(self, uids: Iterable[int]) -> dict[int, Probe]:
        """Return what tells a mail from others, to find it again after UIDVALIDITY changed (R1)."""
        items_wanted = b"(" + fetching.OVERVIEW + self._modseq() + b" " + fetching.PROBE_HEADERS + b")"
        found: dict[int, Probe] = {}
        for uid, items in self._fetch(uids, items_wanted, b"RFC822.SIZE"):
            found[uid] = Probe(fetching.overview(items), fetching.body(items) or b"")
        return found

    def fetch_full(self, uids: Iterable[int], limits: Limits | None = None) -> Iterator[FetchedMail]:
        """Yield whole mails as they arrive, unread ones stay unread. UIDs that are gone or empty are left out.

        A mail beyond the limits raises `TooLarge` with its UID and closes the session: its octets cannot be skipped.
        """
        bounds = limits or Limits()
        about: list[bytes] = [b""]

        def limit(fragments: list[bytes]) -> int:
            about[0] = fragments[0]
            announced = _SIZE.search(fragments[0])
            return bounds.allowed(int(announced[1]) if announced else 0)

        asked = set(uids)
        command = b"(" + fetching.OVERVIEW + b" BODY.PEEK[])"
        for uid_set in guard.uid_sets(asked, at_most=FETCH_STEP):
            try:
                for response in self._connection_stream([b"UID FETCH", uid_set, command], _FETCH, limit):
                    mail = fetching.mail(fetching.items(response))
                    if mail is None:
                        self._connection.note(response)
                    elif mail.uid in asked:
                        yield mail
            except errors.TooLarge as error:
                uid = _UID.search(about[0])
                raise errors.TooLarge(self._endpoint.host, error.limit_bytes, uid=int(uid[1]) if uid else 0) from error

    def fetch_structure(self, uids: Iterable[int]) -> dict[int, list[Leaf]]:
        """Return the parts of mails as the server sees them."""
        found: dict[int, list[Leaf]] = {}
        for uid, items in self._fetch(uids, b"(UID BODYSTRUCTURE)", b"BODYSTRUCTURE"):
            found[uid] = structure.leaves(items[b"BODYSTRUCTURE"])
        return found

    def fetch_section(self, uid: int, section: str, offset: int = 0, length: int = CHUNK_BYTES) -> bytes:
        """Return octets of a part as it is encoded in the mail; fewer than `length` at its end.

        `section` "" is the whole mail, "HEADER" its header, "2.1.MIME" the header of a part (RFC 3501, 6.4.5).
        """
        if offset < 0 or length < 1:
            raise errors.UnsafeArgument("offset")
        item = b"(UID BODY.PEEK[" + guard.section(section) + b"]<%d.%d>)" % (offset, length)
        found = b""
        for _, items in self._fetch([uid], item, b"BODY[", lambda _: length + (64 << 10)):
            found = fetching.body(items) or found
        return found[:length]

    def download_section(self, uid: int, section: str, file: BinaryIO, *, limit_bytes: int) -> int:
        """Append what is missing of a part to a file, in chunks, and return its size.

        Where the file ends is where the part goes on, so an interrupted download is resumed by calling again.
        """
        size = file.seek(0, 2)
        while True:
            chunk = self.fetch_section(uid, section, size)
            size += file.write(chunk)
            if len(chunk) < CHUNK_BYTES:
                return size
            if size > limit_bytes:
                raise errors.TooLarge(self._endpoint.host, limit_bytes, uid=uid)

    # changes

    def store_flags(
        self, uids: Iterable[int], add: Flag = Flag.NONE, remove: Flag = Flag.NONE, *, keywords: Iterable[str] = ()
    ) -> None:
        """Set and clear flags of mails; `keywords` are set as well."""
        added = guard.flag_list(add, keywords)
        for uid_set in guard.uid_sets(uids):
            if added != b"()":
                self._change(b"UID STORE", uid_set, b"+FLAGS.SILENT", added)
            if remove:
                self._change(b"UID STORE", uid_set, b"-FLAGS.SILENT", guard.flag_list(remove))

    def copy(self, uids: Iterable[int], target: bytes) -> Moved:
        """Copy mails to another folder."""
        return self._file(b"UID COPY", uids, target)

    def move(self, uids: Iterable[int], target: bytes) -> Moved:
        """Move mails to another folder: MOVE (RFC 6851), else COPY and removal of exactly these originals."""
        wanted = list(uids)
        if self.has_move:
            return self._file(b"UID MOVE", wanted, target)
        moved = self._file(b"UID COPY", wanted, target)
        self.store_flags(wanted, add=Flag.DELETED)
        return Moved(moved.new_uids, moved.uidvalidity, left_marked=not self.expunge(wanted))

    def expunge(self, uids: Iterable[int]) -> bool:
        """Remove mails that are marked \\Deleted; False, and nothing done, where the server lacks UIDPLUS.

        A plain EXPUNGE would also remove what another program marked.
        """
        if not self.has_uidplus:
            return False
        for uid_set in guard.uid_sets(uids):
            self._change(b"UID EXPUNGE", uid_set)
        return True

    def append(
        self, wire_name: bytes, raw: bytes, flags: Flag = Flag.NONE, date_ms: int | None = None
    ) -> tuple[int, int] | None:
        """Put a mail into a folder; return UIDVALIDITY and UID where the server tells (UIDPLUS).

        NUL cannot be sent in an ordinary literal and is refused.
        """
        if b"\0" in raw:
            raise errors.UnsafeArgument("mail")
        command: list[Argument] = [b"APPEND", guard.mailbox(wire_name), guard.flag_list(flags)]
        if date_ms is not None:
            command.append(guard.internal_date(date_ms))
        reply = self._run(*command, Literal(raw, patient=True), folder=names.decode(wire_name))
        told = reply.code("APPENDUID")
        parts = told.code_text.split() if told is not None else []
        return (number(parts[0]), number(parts[1])) if len(parts) == 2 else None

    # news

    def wait_for_news(self, timeout_s: float, wake: Wake | None = None, *, renew_s: float = 9 * 60.0) -> News:
        """Wait until the selected folder changes, the time is up or another thread sets `wake`; return what came."""
        waiting.for_news(self._connection, timeout_s, wake, renew_s)
        return self._connection.news.take()

    def noop(self) -> None:
        """Keep the session alive and let the server tell its news."""
        self._run(b"NOOP")

    def take_unsolicited(self) -> News:
        """Return what the server said unasked since the last time."""
        return self._connection.news.take()

    def close(self) -> None:
        """Log out if that takes less than two seconds, and close."""
        wire = self._connection.wire
        if wire.closed:
            return
        try:
            wire.set_timeout(2.0)
            self._connection.run(b"LOGOUT")
        except errors.NetProblem:
            # BYE is the expected answer; a server that gives none is left alone
            return
        finally:
            wire.close()

    def abort(self) -> None:
        """End the session from another thread: its own thread gets `ConnectionLost` at once."""
        self._connection.wire.abort()

    # plumbing

    def _run(self, *arguments: Argument, wanted: frozenset[bytes] = frozenset(), folder: str = "") -> Reply:
        return self._connection.run(*arguments, wanted=wanted, folder=folder)

    def _change(self, *arguments: Argument) -> None:
        self._run(*arguments, folder=names.decode(self._selected_name))

    def _on_folder(self, command: bytes, wire_name: bytes, *more: Argument) -> None:
        self._run(command, guard.mailbox(wire_name), *more, folder=names.decode(wire_name))

    def _file(self, command: bytes, uids: Iterable[int], target: bytes) -> Moved:
        new_uids: dict[int, int] = {}
        uidvalidity = 0
        for uid_set in guard.uid_sets(uids):
            # MOVE tells COPYUID in an untagged OK (RFC 6851, section 4.3)
            reply = self._run(
                command, uid_set, guard.mailbox(target), wanted=frozenset((b"OK",)), folder=names.decode(target)
            )
            told = reply.code("COPYUID")
            if told is not None:
                uidvalidity, pairs_told = selecting.copied(told.code_text)
                new_uids.update(pairs_told)
        return Moved(new_uids, uidvalidity)

    def _fetch(
        self, uids: Iterable[int], items: bytes, needed: bytes, limit: LiteralLimit = small
    ) -> Iterator[tuple[int, dict[bytes, Value]]]:
        """Yield UID and data of the mails asked for; what lacks the needed item was said unasked and is news."""
        asked = set(uids)
        for uid_set in guard.uid_sets(asked, at_most=FETCH_STEP):
            for response in self._connection_stream([b"UID FETCH", uid_set, items], _FETCH, limit):
                values = response.values()
                found = pairs(values[0]) if values and isinstance(values[0], list) else {}
                uid = number(found.get(b"UID"))
                if uid in asked and any(name.startswith(needed) for name in found):
                    yield uid, found
                else:
                    self._connection.note(response)

    def _connection_stream(
        self, command: list[Argument], wanted: frozenset[bytes], limit: LiteralLimit = small
    ) -> Iterator[Response]:
        status = yield from self._connection.stream(*command, wanted=wanted, limit=limit)
        # NO may only mean that some of the mails are gone (RFC 2180, section 4.1; RFC 5530): what came is good
        if status.kind != b"OK" and status.code != "EXPUNGEISSUED":
            raise refusals.of_command(status, self._endpoint.host, names.decode(self._selected_name))

    def _modseq(self) -> bytes:
        tracked = self._selected is not None and self._selected.highestmodseq is not None
        return b" MODSEQ" if tracked and self.has_condstore else b""

    def _status_items(self) -> bytes:
        return folders.STATUS_ITEMS_MODSEQ if self.has_condstore else folders.STATUS_ITEMS
