"""Why a mail may show no text although it has one: encrypted, or packed into its signature. Pure; looks at types alone.

RFC 1847 and 3156 (OpenPGP), RFC 8551 (S/MIME). What Exchange makes of an OpenPGP mail (a mixed one with the same two
parts) counts too.
"""

from __future__ import annotations

from desktop.domain.mail.structure import Node

ENCRYPTED = "encrypted"
PACKED = "packed-in-signature"
"""The text lies inside an S/MIME signature (signed-data, not multipart/signed)."""

_SMIME = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_READABLE_SMIME = frozenset({"signed-data", "compressed-data", "certs-only"})


def sealed(root: Node, *, has_text: bool) -> str:
    """Return ENCRYPTED, PACKED, or "" for a mail whose parts lie open.

    Of a mail that has a text besides, an S/MIME part is taken for an attachment unless it says that it is encrypted.
    """
    found = ""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        waiting += node.children
        if node.media_type in ("multipart/encrypted", "application/pgp-encrypted"):
            return ENCRYPTED
        if node.media_type in _SMIME:
            kind = node.type_parameters.get("smime-type", "").lower()
            if kind == "signed-data":
                found = "" if has_text else PACKED
            elif kind not in _READABLE_SMIME and (kind or not has_text):
                return ENCRYPTED
    return found
