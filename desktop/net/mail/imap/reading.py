"""Reading the folder that is open: UIDs, flags, headers, whole mails, parts (RFC 3501, sections 6.4.4, 6.4.5).

Searches run over UID windows and fetches name at most `FETCH_STEP` mails, so no answer is unbounded (M5); a mail is
limited against its announced size (M6). Only data that carries a UID that was asked for is believed (R4). On the
session's thread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.mail.imap import fetching, gmail, guard, refusals, selecting, structure
from desktop.net.mail.imap.connection import Connection
from desktop.net.mail.imap.fetching import FetchedMail, Limits, Overview, Probe
from desktop.net.mail.imap.guard import Argument
from desktop.net.mail.imap.responses import Response, Value, expand, number, octets, uid_ranges
from desktop.net.mail.imap.structure import Leaf
from desktop.net.mail.imap.wire import LiteralLimit, small

SEARCH_STEP = 100_000
"""About how many UIDs one SEARCH answer may hold."""
SEARCH_MOST = 1_000_000
"""How many UIDs of one SEARCH are believed, whatever the server claims."""
FETCH_STEP = 1000
"""How many mails one FETCH command names."""
CHUNK_BYTES = 1 << 20
"""How much of a part one command asks for."""

_PLAUSIBLE = 20_000_000
"""No folder holds more mails than this; a server that says so is not searched in ever more steps."""
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
    labels: dict[int, frozenset[str]] = field(default_factory=dict)
    """UID -> Gmail's labels, as `gmail.labels` has them, where they were asked for and told."""


class Reader:
    """Reads one folder while it is selected. `path` is its name for people, `modseq` whether it counts changes."""

    def __init__(self, connection: Connection, path: str, *, modseq: bool) -> None:
        self._connection = connection
        self.path = path
        self._modseq = b" MODSEQ" if modseq else b""

    def window(self, low: int, high: int, since: date | None = None) -> list[int]:
        """Return the UIDs between two bounds, rising; `since` leaves out mails received on earlier days."""
        found: set[int] = set()
        steps = min(self._connection.news.exists, high - low + 1, _PLAUSIBLE) // SEARCH_STEP + 1
        width = max((high - low) // steps + 1, 1)
        for start in range(low, high + 1, width):
            end = min(start + width - 1, high)
            criteria = b"UID " + guard.uid_range(start, end)
            if since is not None:
                criteria += b" SINCE " + guard.search_date(since)
            found.update(self._search(start, end, criteria))
        return sorted(found)

    def find_message_id(self, message_id: str) -> list[int]:
        """Return the UIDs of mails with this Message-ID, given without brackets."""
        found = self._search(1, guard.UID_MAX, b"HEADER Message-ID", guard.string(message_id, "Message-ID"))
        return sorted(set(found))

    def find_msgid(self, msgid: int) -> int | None:
        """Return the UID of the mail Gmail knows by this id, None when it is not in the folder."""
        found = self._search(1, guard.UID_MAX, gmail.MSGID + b" %d" % msgid)
        return found[0] if found else None

    def _search(self, low: int, high: int, *criteria: Argument) -> list[int]:
        """Return what was found between two UIDs."""
        esearch = self._connection.has("ESEARCH")
        command = b"UID SEARCH RETURN (ALL)" if esearch else b"UID SEARCH"
        reply = self._connection.run(command, *criteria, wanted=frozenset((b"SEARCH", b"ESEARCH")))
        found: list[int] = []
        for response in reply.data:
            values = response.values()
            if response.kind == b"SEARCH":
                found += [uid for uid in map(number, values) if low <= uid <= high]
                continue
            at = next((i for i, v in enumerate(values) if isinstance(v, bytes) and v.upper() == b"ALL"), len(values))
            if at + 1 < len(values):
                # a range may claim four billion mails, and so may EXISTS: neither is believed
                most = min(max(2 * self._connection.news.exists, 10_000), SEARCH_MOST)
                inside = [(max(a, low), min(b, high)) for a, b in uid_ranges(octets(values[at + 1]))]
                found += expand(inside, most)
        return found

    def overview(self, uids: Iterable[int], *, labels: bool = False) -> dict[int, Overview]:
        """Return flags, date and size of mails, at Gmail their id and, if asked for, `labels`; the gone are missing."""
        more = self._modseq + self._msgid + self._labels(labels)
        found: dict[int, Overview] = {}
        for uid, items in self._fetch(uids, b"(" + fetching.OVERVIEW + more + b")", b"RFC822.SIZE"):
            found[uid] = fetching.overview(items)
        return found

    def flags(self, low: int, high: int, changed_since: int | None = None, *, labels: bool = False) -> FlagSweep:
        """Return the flags of a UID window; `changed_since` a modseq asks only for what changed (CONDSTORE).

        With `labels` also those, at Gmail.
        """
        wanted = b"(UID FLAGS" + self._modseq + self._labels(labels) + b")"
        command: list[Argument] = [b"UID FETCH", guard.uid_range(low, high), wanted]
        if changed_since and self._modseq:
            command.append(
                b"(CHANGEDSINCE %d%s)" % (changed_since, b" VANISHED" if "QRESYNC" in self._connection.enabled else b"")
            )
        found: dict[int, tuple[Flag, int | None]] = {}
        vanished: list[tuple[int, int]] = []
        labelled: dict[int, frozenset[str]] = {}
        for response in self._stream(command, frozenset((b"FETCH", b"VANISHED"))):
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
                if labels and (told := gmail.labels(fetching.items(response).get(gmail.LABELS))) is not None:
                    labelled[change.uid] = told
        return FlagSweep(found, tuple(vanished), labelled)

    @property
    def _msgid(self) -> bytes:
        return b" " + gmail.MSGID if self._connection.has(gmail.CAPABILITY) else b""

    def _labels(self, wanted: bool) -> bytes:
        return b" " + gmail.LABELS if wanted and self._connection.has(gmail.CAPABILITY) else b""

    def headers(self, uids: Iterable[int]) -> dict[int, bytes]:
        """Return the whole header of mails."""
        found: dict[int, bytes] = {}
        for uid, items in self._fetch(uids, b"(UID BODY.PEEK[HEADER])", b"BODY[HEADER]"):
            header = fetching.body(items)
            if header is not None:
                found[uid] = header
        return found

    def probe(self, uids: Iterable[int]) -> dict[int, Probe]:
        """Return what tells a mail from others, to find it again after UIDVALIDITY changed (R1)."""
        items_wanted = b"(" + fetching.OVERVIEW + self._modseq + self._msgid + b" " + fetching.PROBE_HEADERS + b")"
        found: dict[int, Probe] = {}
        for uid, items in self._fetch(uids, items_wanted, b"RFC822.SIZE"):
            found[uid] = Probe(fetching.overview(items), fetching.body(items) or b"")
        return found

    def full(self, uids: Iterable[int], limits: Limits | None = None) -> Iterator[FetchedMail]:
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
                for response in self._stream([b"UID FETCH", uid_set, command], _FETCH, limit):
                    mail = fetching.mail(fetching.items(response))
                    if mail is None:
                        self._connection.note(response)
                    elif mail.uid in asked:
                        yield mail
            except errors.TooLarge as error:
                uid = _UID.search(about[0])
                raise errors.TooLarge(
                    self._connection.host, error.limit_bytes, uid=int(uid[1]) if uid else 0
                ) from error

    def structure(self, uids: Iterable[int]) -> dict[int, list[Leaf]]:
        """Return the parts of mails as the server sees them."""
        found: dict[int, list[Leaf]] = {}
        for uid, items in self._fetch(uids, b"(UID BODYSTRUCTURE)", b"BODYSTRUCTURE"):
            if b"BODYSTRUCTURE" in items:  # and not only something whose name begins so
                found[uid] = structure.leaves(items[b"BODYSTRUCTURE"])
        return found

    def section(self, uid: int, section: str, offset: int = 0, length: int = CHUNK_BYTES) -> bytes:
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

    def _fetch(
        self, uids: Iterable[int], items: bytes, needed: bytes, limit: LiteralLimit = small
    ) -> Iterator[tuple[int, dict[bytes, Value]]]:
        """Yield UID and data of the mails asked for; what lacks the needed item was said unasked and is news."""
        asked = set(uids)
        for uid_set in guard.uid_sets(asked, at_most=FETCH_STEP):
            for response in self._stream([b"UID FETCH", uid_set, items], _FETCH, limit):
                found = fetching.items(response)
                uid = number(found.get(b"UID"))
                if uid in asked and any(name.startswith(needed) for name in found):
                    yield uid, found
                else:
                    self._connection.note(response)

    def _stream(
        self, command: list[Argument], wanted: frozenset[bytes], limit: LiteralLimit = small
    ) -> Iterator[Response]:
        status = yield from self._connection.stream(*command, wanted=wanted, limit=limit)
        # NO may only mean that some of the mails are gone (RFC 2180, section 4.1; RFC 5530): what came is good
        if status.kind != b"OK" and status.code != "EXPUNGEISSUED":
            raise refusals.of_command(status, self._connection.host, self.path)
