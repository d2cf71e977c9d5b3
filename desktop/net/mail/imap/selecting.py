"""What SELECT and EXAMINE answer, and the UIDs that UIDPLUS tells of copies. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.mail.message import Flag
from desktop.net.mail.imap import fetching
from desktop.net.mail.imap.news import FlagsChanged
from desktop.net.mail.imap.responses import Response, expand, number, octets, parse_values, uid_ranges

_COPIES_MAX = 1_000_000


@dataclass(frozen=True, slots=True)
class Selected:
    """An open folder as the server described it."""

    exists: int
    uidvalidity: int
    """0 when the server gives none: then no UID may be trusted in a later session."""
    uidnext: int | None
    highestmodseq: int | None
    """None without CONDSTORE and where this folder keeps none (NOMODSEQ)."""
    read_only: bool
    permanent_flags: Flag
    """Flags that STORE keeps."""
    keeps_keywords: bool
    vanished: tuple[tuple[int, int], ...] = ()
    """Ranges of UIDs gone since the modseq given to SELECT (QRESYNC); may name UIDs never known here."""
    changed: tuple[FlagsChanged, ...] = ()
    """Flags changed since that modseq (QRESYNC)."""


def selected(status: Response, data: Iterable[Response]) -> Selected:
    """Return the folder these responses describe; what came before CLOSED belongs to another (RFC 7162, 3.2.11)."""
    exists = 0
    said: dict[str, bytes] = {}
    vanished: list[tuple[int, int]] = []
    changed: dict[int, FlagsChanged] = {}
    all_flags: Flag | None = None
    for response in (*data, status):
        if response.code == "CLOSED":
            exists, said, vanished, changed, all_flags = 0, {}, [], {}, None
        elif response.is_status:
            said[response.code] = response.code_text
        elif response.kind == b"EXISTS":
            exists = response.number
        elif response.kind == b"FLAGS":
            values = response.values()
            all_flags = fetching.flags_of(values[0])[0] if values else None
        elif response.kind == b"VANISHED":
            values = response.values()
            vanished += uid_ranges(octets(values[-1])) if values else []
        elif response.kind == b"FETCH":
            change = flags_changed(response)
            if change is not None:
                changed[change.uid] = change
    permanent = parse_values([said["PERMANENTFLAGS"]]) if "PERMANENTFLAGS" in said else []
    kept = permanent[0] if permanent else None
    # without PERMANENTFLAGS all flags can be changed for good (RFC 3501, section 6.3.1)
    flags = fetching.flags_of(kept)[0] if isinstance(kept, list) else all_flags or Flag.NONE
    return Selected(
        exists=exists,
        uidvalidity=number(said.get("UIDVALIDITY")),
        uidnext=number(said.get("UIDNEXT")) or None,
        highestmodseq=None if "NOMODSEQ" in said else number(said.get("HIGHESTMODSEQ")) or None,
        read_only="READ-ONLY" in said,
        permanent_flags=flags,
        keeps_keywords=isinstance(kept, list) and b"\\*" in kept,
        vanished=tuple(vanished),
        changed=tuple(changed.values()),
    )


def flags_changed(response: Response) -> FlagsChanged | None:
    """Return UID and flags of a FETCH response; None when either is missing."""
    items = fetching.items(response)
    uid = number(items.get(b"UID"))
    if not uid or b"FLAGS" not in items:
        return None
    flags, keywords = fetching.flags_of(items[b"FLAGS"])
    return FlagsChanged(uid, flags, keywords, number(items.get(b"MODSEQ")) or None)


def copied(code_text: bytes) -> tuple[int, dict[int, int]]:
    """Return the target's UIDVALIDITY and old UID -> new UID of a COPYUID code (RFC 4315, section 3)."""
    parts = code_text.split()
    if len(parts) != 3:
        return 0, {}
    old = list(expand(uid_ranges(parts[1]), _COPIES_MAX))
    new = list(expand(uid_ranges(parts[2]), _COPIES_MAX))
    if len(old) != len(new):
        return number(parts[0]), {}
    return number(parts[0]), dict(zip(old, new, strict=True))
