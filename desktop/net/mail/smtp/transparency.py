"""What a mail looks like between DATA and the final dot (RFC 5321, section 4.5.2). Pure; holds one piece at a time.

A line ends in CRLF and in nothing else, so that no server on the way reads a dot between odd line ends as the end of
the mail and what follows as another one ("SMTP smuggling", C26): a CR or LF alone becomes CRLF, and a dot that begins
a line is doubled. The end of the last line is held back and goes out with the final dot, in one call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

PIECE_BYTES = 1 << 16
END = b"\r\n.\r\n"
"""The end of the last line, and the dot."""

_LINE_END = re.compile(rb"\r\n|\r|\n")


def pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a mail, given in any portions, as it goes over the wire: all of it but `END`, which must follow.

    A mail that is empty, or whose last line has no end, gets a line end. Pieces are at most twice `PIECE_BYTES`.
    """
    # a line end before the first line makes its dot one that follows a line end; it is cut off again
    held = b"\r\n"
    cut = len(held)
    for chunk in chunks:
        for at in range(0, len(chunk), PIECE_BYTES):
            text = held + chunk[at : at + PIECE_BYTES]
            # what belongs to a CR is seen with the next piece
            held = b"\r" if text.endswith(b"\r") else b""
            text = _LINE_END.sub(b"\r\n", text[: len(text) - len(held)])
            if not held and text.endswith(b"\r\n"):
                held, text = b"\r\n", text[:-2]
            text = text.replace(b"\r\n.", b"\r\n..")
            if text:
                yield text[cut:]
                cut = 0
