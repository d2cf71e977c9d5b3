"""What Gmail says beyond IMAP (X-GM-EXT-1): the id of a mail, the same in every folder, and its labels. Pure.

A mail lies at Gmail once; a folder of labels shows it again under another UID. What makes no sense is not known (R13).
"""

from __future__ import annotations

from desktop.net.mail.imap import names
from desktop.net.mail.imap.responses import Value

CAPABILITY = "X-GM-EXT-1"
MSGID = b"X-GM-MSGID"
LABELS = b"X-GM-LABELS"

_LABELS_MAX = 1000
"""Gmail allows 5,000 labels in a whole account."""
_LABEL_MAX_BYTES = 1000


def msgid(value: Value) -> int | None:
    """Return the id of a mail; None when there is none. It has 19 digits and must fit SQLite's 63 bits."""
    if not isinstance(value, bytes) or not value.isdigit() or len(value) > 19:
        return None
    number = int(value)
    return number if 0 < number < 1 << 63 else None


def labels(value: Value) -> frozenset[str] | None:
    """Return labels as the paths of their folders; those of Gmail's own begin with a backslash and are in lower case.

    None when the server did not say. They come as atoms, quoted strings or literals, in modified UTF-7.
    """
    if not isinstance(value, list):
        return None
    found: set[str] = set()
    for label in value:
        if isinstance(label, bytes) and 0 < len(label) <= _LABEL_MAX_BYTES and len(found) < _LABELS_MAX:
            name = names.decode(label)
            found.add(name.lower() if name.startswith("\\") else name)
    return frozenset(found)
