"""Content-Transfer-Encoding undone (RFC 2045, section 6; uuencode as mailers of old wrote it). Pure; never raises."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass

MAX_FILES = 50
"""More files than this in one uuencoded text are left as text."""

_LOOKED_AT = 100
_WORDS_SHARE = 20
"""One space in so many characters makes words."""

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_LETTERS_AND_PADS = re.compile(rb"[^=]+|=+")
_QP_LINE_MAX = 4096
"""A longer line is decoded before its end is here."""
_UU_BEGIN = re.compile(rb"^begin[ \t]+[0-7]{3,4}[ \t]+([^\r\n]{1,255})\r?\n", re.MULTILINE)
_UU_END = re.compile(rb"^[ \t`]?\r?\n?end[ \t]*\r?$", re.MULTILINE)
_UU_LINE = re.compile(rb"[\x20-\x60]{1,100}\r?\n")


@dataclass(frozen=True, slots=True)
class TextFile:
    """A file written into a text by uuencode: its name as given and its bytes."""

    name: bytes
    data: bytes


@dataclass(slots=True)
class Decoder:
    """Decodes a body that comes piece by piece; `feed` it, then `finish`. Its fields are all it remembers.

    Gives what `decode` gives, but for uuencode, which stays as it is.
    """

    encoding: str
    rest: bytes = b""
    """What was taken and cannot be decoded before more is here; a few octets."""
    ended: bool = False
    """The padding of base64 came: what follows is not of it."""
    begun: bool = False

    def feed(self, piece: bytes) -> bytes:
        """Return what can be decoded with this piece; the first should hold a hundred octets or more."""
        if self.encoding == "base64" and not self.begun and _is_words(piece):
            self.encoding = ""
        self.begun = self.begun or bool(piece)
        if self.encoding == "base64":
            return self._base64(piece)
        if self.encoding == "quoted-printable":
            data = self.rest + piece
            end = _end_of_lines(data)
            self.rest = data[end:]
            return binascii.a2b_qp(data[:end])
        return piece

    def finish(self) -> bytes:
        """Return what was held back; there is no more."""
        rest, self.rest = self.rest, b""
        if self.encoding == "quoted-printable":
            return binascii.a2b_qp(rest)
        return b"" if self.ended else _unpadded(rest)

    def _base64(self, piece: bytes) -> bytes:
        if self.ended:
            return b""
        letters, held = bytearray(), b""
        data = self.rest + piece.translate(None, _NOT_BASE64)
        for match in _LETTERS_AND_PADS.finditer(data):
            run = match[0]
            if not run.startswith(b"="):
                letters += run
            elif (there := len(letters) % 4) >= 2:
                self.ended = there + len(run) >= 4
                if self.ended:
                    self.rest = b""
                    return _unpadded(bytes(letters))
                held = run if match.end() == len(data) else b""
        whole = len(letters) // 4 * 4
        self.rest = bytes(letters[whole:]) + held
        return binascii.a2b_base64(letters[:whole])


def _end_of_lines(data: bytes) -> int:
    """Return up to where quoted-printable can be decoded without what follows."""
    end = data.rfind(b"\n") + 1
    if len(data) - end <= _QP_LINE_MAX:
        return end
    escape = data.rfind(b"=", len(data) - 3)
    return escape if escape >= 0 else len(data)


def decode(body: bytes, encoding: str) -> bytes:
    """Return the decoded content; an unknown or absent encoding gives the bytes as they are."""
    if not encoding or encoding in {"7bit", "8bit", "binary"}:
        return body
    if encoding == "base64":
        return base64(body)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(body)
    if encoding in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        files = uuencoded_files(body)[1]
        return files[0].data if files else body
    return body


def base64(body: bytes) -> bytes:
    """Decode base64 as far as it goes: foreign characters, missing and early padding do not stop it.

    What is written in words is no base64, whatever it is called, and stays.
    """
    if _is_words(body):
        return body
    try:
        return binascii.a2b_base64(body)
    except binascii.Error:
        pass  # padding is missing or the length is odd: decoded below with what there is
    return _unpadded(body.translate(None, _NOT_BASE64).replace(b"=", b""))


def _is_words(body: bytes) -> bool:
    return b" " in body[:_LOOKED_AT].strip() and body.count(b" ") * _WORDS_SHARE > len(body)


def _unpadded(letters: bytes) -> bytes:
    """Decode letters of base64 whatever their count; a single one too many says nothing."""
    letters = letters.replace(b"=", b"")
    letters = letters[: len(letters) - 1] if len(letters) % 4 == 1 else letters
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def uuencoded_files(body: bytes) -> tuple[bytes, tuple[TextFile, ...]]:
    """Return the text without its uuencoded files, and the files. Linear in the size of `body`."""
    if b"begin " not in body:
        return body, ()
    text: list[bytes] = []
    files: list[TextFile] = []
    at = 0
    while len(files) < MAX_FILES:
        begin = _UU_BEGIN.search(body, at)
        if begin is None:
            break
        if not _UU_LINE.match(body, begin.end()):
            text.append(body[at : begin.end()])
            at = begin.end()
            continue
        end = _UU_END.search(body, begin.end())
        if end is None:
            break  # no later file can end either
        text.append(body[at : begin.start()])
        files.append(TextFile(begin[1].strip(), _uudecode(body[begin.end() : end.start()])))
        at = end.end()
    text.append(body[at:])
    return b"".join(text), tuple(files)


def _uudecode(block: bytes) -> bytes:
    out = []
    for line in block.splitlines():
        if not line:
            continue
        try:
            out.append(binascii.a2b_uu(line))
        except binascii.Error:
            # some encoders write trailing rubbish: take what the length character promises
            size = ((line[0] - 32 & 63) * 4 + 5) // 3
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except binascii.Error:
                continue
    return b"".join(out)
