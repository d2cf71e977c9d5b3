"""Header fields of a mail that is sent: one line of free text each, encoded, folded, never a field more. Pure.

What comes out is ASCII with CRLF. Free text is taken to be hostile, as it may be copied from a hostile mail: line ends
and control characters in it become spaces before anything else is done (C25).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from email import base64mime, quoprimime
from urllib.parse import quote

from desktop.base import text
from desktop.domain.mail import header

MAX_LINE = 76
"""RFC 2047, section 2: no line with an encoded word is longer; others keep to it where they have a space."""
MAX_SUBJECT_CHARS = 1000
"""As many as `mime_parse` reads."""
MAX_NAME_CHARS = 500
"""Of a person or a file; what is longer is cut."""
MAX_REFERENCES = 20

_WORD_OCTETS = 39
_WORD_CHARS = 52
"""An encoded word of so much fits beside the longest field name that holds one."""
_LONGEST_PLAIN = 64
_SEGMENT_CHARS = 70
_TOKEN = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,60}")
# no semicolon: many take it for the end of a value also between quotes
_QUOTABLE = re.compile(r"[ !#-:<-\[\]-~]{1,60}")
_SANE_ID = re.compile(r"[!#-'*+./0-:=?@A-\[\]-~-]{1,500}")


def one_line(written: str, limit: int = MAX_SUBJECT_CHARS) -> str:
    """Return free text as it goes into a field: no line ends, controls or overrides of direction, spaces folded."""
    return text.one_line(header.clean(text.one_line(text.encodable(written))))[:limit].rstrip()


def field(name: str, tokens: Iterable[str]) -> bytes:
    """Return a field folded between its tokens, each of them free of line ends; the first stays beside the name."""
    lines, line = [], f"{name}:"
    for count, token in enumerate(tokens):
        if count and len(line) + 1 + len(token) > MAX_LINE:
            lines.append(line)
            line = ""
        line += f" {token}"
    return "\r\n".join([*lines, line, ""]).encode()


def words(line: str) -> list[str]:
    """Return the tokens of an unstructured field: its words, those in need as encoded words (RFC 2047, section 5)."""
    plain = line.split(" ")
    odd = [place for place, word in enumerate(plain) if needs_encoding(word)]
    if not odd:
        return plain
    first, last = odd[0], odd[-1] + 1
    return [*plain[:first], *encoded(" ".join(plain[first:last])), *plain[last:]]


def needs_encoding(word: str) -> bool:
    """Say whether a word must not stand in a header as it is: foreign, too long for a line, or like an encoded one."""
    return not word.isascii() or len(word) > _LONGEST_PLAIN or "=?" in word


def encoded(line: str) -> list[str]:
    """Return text as encoded words of whole characters, in the shorter of the two encodings."""
    octets = line.encode()
    short = quoprimime.header_length(octets) <= len(octets) * 4 // 3
    most = _WORD_CHARS if short else _WORD_OCTETS
    found, piece, room = [], bytearray(), most
    for letter in line:
        data = letter.encode()
        size = quoprimime.header_length(data) if short else len(data)
        if size > room:
            found.append(bytes(piece))
            piece, room = bytearray(), most
        piece += data
        room -= size
    found.append(bytes(piece))
    encode = quoprimime.header_encode if short else base64mime.header_encode
    return [encode(each, "utf-8") for each in found]


def identifiers(ids: Iterable[str]) -> list[str]:
    """Return Message-IDs in their brackets; what is none, and would be syntax, is left out."""
    return [f"<{each}>" for each in ids if is_identifier(each)]


def is_identifier(written: str) -> bool:
    """Say whether a Message-ID or Content-ID can be written (RFC 5322, section 3.6.4, and what programs make)."""
    return _SANE_ID.fullmatch(written) is not None


def references(chain: Iterable[str]) -> list[str]:
    """Return the ids an answer refers to, each once; of more than MAX_REFERENCES the first and the newest."""
    ids = list(dict.fromkeys(identifiers(chain)))
    return ids if len(ids) <= MAX_REFERENCES else [ids[0], *ids[1 - MAX_REFERENCES :]]


def structured(name: str, value: str, parameters: Iterable[tuple[str, str]]) -> bytes:
    """Return a field like Content-Type with its parameters (RFC 2045, section 5.1; RFC 2231 where they need it)."""
    tokens = [value]
    for parameter, content in parameters:
        for piece in _parameter(parameter, content):
            tokens[-1] += ";"
            tokens.append(piece)
    return field(name, tokens)


def _parameter(name: str, content: str) -> list[str]:
    if _TOKEN.fullmatch(content):
        return [f"{name}={content}"]
    if _QUOTABLE.fullmatch(content) and "=?" not in content:
        return [f'{name}="{content}"']
    pieces, piece = [], "utf-8''"
    for letter in content:
        written = quote(letter, safe="")
        if len(name) + len(piece) + len(written) > _SEGMENT_CHARS:
            pieces.append(piece)
            piece = ""
        piece += written
    pieces.append(piece)
    if len(pieces) == 1:
        return [f"{name}*={piece}"]
    return [f"{name}*{number}*={each}" for number, each in enumerate(pieces)]


def plain_name(name: str) -> str:
    """Return a file name in ASCII for programs that know no other; "" where more than accents would be lost."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    return bare if _QUOTABLE.fullmatch(bare) and "=?" not in bare else ""
