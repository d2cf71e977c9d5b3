"""What a server says unasked (RFC 3501, section 7: EXISTS, EXPUNGE, FETCH, and ALERT at any time), kept as one summary.

The sync engine asks "did anything change, and what of it is certain?". Message numbers are not among it: they shift
with every EXPUNGE, so whatever came without a UID only says that something changed.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.domain.mail.message import Flag
from desktop.net import errors
from desktop.net.mail.imap import fetching
from desktop.net.mail.imap.responses import Response, number, octets, pairs, uid_ranges

_FLAGS_MAX = 10_000
_ALERTS_MAX = 20


@dataclass(frozen=True, slots=True)
class FlagsChanged:
    """New flags of one mail."""

    uid: int
    flags: Flag
    keywords: frozenset[str]
    modseq: int | None


@dataclass(frozen=True, slots=True)
class News:
    """Unasked data since it was last taken; false when there was none."""

    exists: int | None = None
    """The last count of mails the server gave; None when it gave none."""
    expunged: int = 0
    """How many mails left the folder without their UID being told."""
    vanished: tuple[tuple[int, int], ...] = ()
    """Ranges of UIDs that left the folder (RFC 7162, section 3.2.10)."""
    flags: tuple[FlagsChanged, ...] = ()
    flags_of_unknown: bool = False
    """Flags changed on mails whose UID was not told, or on too many: look at all."""
    alerts: tuple[str, ...] = ()
    """Plain text a person must be shown, marked as from the server (RFC 3501, section 7.1)."""

    def __bool__(self) -> bool:
        return self.changed or bool(self.alerts)

    @property
    def changed(self) -> bool:
        """Whether the selected folder may differ from what was known."""
        return self.exists is not None or bool(self.expunged or self.vanished or self.flags or self.flags_of_unknown)


class NewsDesk:
    """Collects unasked responses of one connection; same thread as the connection."""

    def __init__(self) -> None:
        self.exists = 0
        self._alerts_told: set[str] = set()
        self._forget()

    def _forget(self) -> None:
        self._new_exists: int | None = None
        self._expunged = 0
        self._vanished: list[tuple[int, int]] = []
        self._flags: dict[int, FlagsChanged] = {}
        self._flags_of_unknown = False
        self._alerts: list[str] = []

    @property
    def has_news(self) -> bool:
        """Return whether `take` would give anything."""
        changed = self._expunged or self._vanished or self._flags or self._flags_of_unknown
        return bool(self._new_exists is not None or changed or self._alerts)

    def take(self) -> News:
        """Return what came since the last time."""
        news = News(
            self._new_exists,
            self._expunged,
            tuple(self._vanished),
            tuple(self._flags.values()),
            self._flags_of_unknown,
            tuple(self._alerts),
        )
        self._forget()
        return news

    def forget_folder(self) -> None:
        """Drop what belongs to the folder that was selected."""
        alerts = self._alerts
        self._forget()
        self._alerts = alerts
        self.exists = 0

    def note(self, response: Response) -> None:
        """Keep one response; kinds that are no news are dropped."""
        match response.kind:
            case b"EXISTS":
                self.exists = self._new_exists = response.number
            case b"EXPUNGE":
                self._expunged += 1
                self.exists = max(0, self.exists - 1)
            case b"VANISHED":
                values = response.values()
                if values and len(self._vanished) < _FLAGS_MAX:
                    ranges = uid_ranges(octets(values[-1]))
                    self._vanished += ranges
                    if not isinstance(values[0], list):
                        self.exists = max(0, self.exists - sum(high - low + 1 for low, high in ranges))
            case b"FETCH":
                self.note_fetch(response)
            case _ if response.code == "ALERT":
                self.note_alert(response.text)

    def note_fetch(self, response: Response) -> None:
        """Keep a FETCH response nobody asked for."""
        values = response.values()
        items = pairs(values[0]) if values and isinstance(values[0], list) else {}
        uid = number(items.get(b"UID"))
        if b"FLAGS" not in items:
            return
        if not uid or len(self._flags) >= _FLAGS_MAX:
            self._flags_of_unknown = True
            return
        flags, keywords = fetching.flags_of(items[b"FLAGS"])
        modseq = number(items.get(b"MODSEQ")) or None
        self._flags[uid] = FlagsChanged(uid, flags, keywords, modseq)

    def note_alert(self, text: bytes) -> None:
        """Keep an ALERT, once for each text."""
        words = errors.server_words(text)
        if words and words not in self._alerts_told and len(self._alerts_told) < _ALERTS_MAX:
            self._alerts_told.add(words)
            self._alerts.append(words)
