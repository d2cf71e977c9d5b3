"""Address fields of hostile mail: From, To, Cc and their kind (RFC 5322, section 3.4). Pure; never raises.

One pass over tokens, no recursion: 20,000 addresses or 5,000 open parentheses cost milliseconds.
"""

from __future__ import annotations

import re

from desktop.domain.mail import header
from desktop.domain.mail.address import Address

MAX_ADDRESSES = 1000

_TOKEN = re.compile(r'"((?:[^"\\]+|\\.)*)"?|<([^<>]*)>|<([^<>,;]*)|([,;:])|(\()|([^"<>,;:()]+)|(.)', re.DOTALL)
# one mailbox written as nearly all are; the length limit keeps its backtracking small
_SIMPLE = re.compile(
    r"""\s*(?:(?:"(?P<quoted>[^"\\<>]*)"\s*|(?P<name>[^"<>(),:;@\\]*))<(?P<angle>[^<>\s,;:"'()\\=]+@[^<>\s,;:"'()\\=]+)>
    |(?P<bare>[^<>\s,;:"'()\\=]+@[^<>\s,;:"'()\\=]+))\s*""",
    re.VERBOSE,
)
_SIMPLE_CHARS = 200
_PAREN = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PIECE = re.compile(r"<([^<>\s]+)>|([^\s<>,;:\"']+)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_NOT_IN_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")


def parse(value: bytes, hint: str = "", limit: int = MAX_ADDRESSES) -> tuple[Address, ...]:
    """Return the mailboxes of a field, groups opened, at most `limit`; names decoded after the list was taken apart."""
    written = header.source(value, hint)
    if len(written) <= _SIMPLE_CHARS and written.isascii():
        line = written.strip()
        simple = _SIMPLE.fullmatch(line) if line.isprintable() else None
        if simple is not None and limit > 0:
            return (_simple(simple),)
    reader = _Reader(limit)
    at, size, closable = 0, len(written), True
    while at < size and len(reader.found) < limit:
        match = _TOKEN.match(written, at)
        if match is None:
            break
        at = match.end()
        kind = match.lastindex
        if kind == 1:
            quoted = match[1]
            reader.words.append(_ESCAPED.sub(r"\1", quoted) if "\\" in quoted else quoted)
            if written.startswith("@", at):
                reader.words[-1] = f'"{quoted}"'
            reader.quoted_end = at
        elif kind in {2, 3}:
            if reader.angle is not None:
                reader.finish()
            reader.angle = match[kind]
        elif kind == 4:
            reader.separator(match[4])
        elif kind == 5:
            end = _comment_end(written, at) if closable else -1
            if end < 0:
                closable = False
            else:
                reader.comments.append(written[at : end - 1])
                at = end
        elif kind == 6:
            reader.run(match[6], match.start())
    reader.finish()
    return tuple(reader.found)


def _simple(match: re.Match[str]) -> Address:
    address = match["angle"] or match["bare"]
    name = (match["quoted"] or match["name"] or "").strip()
    if "=?" in name:
        name = header.clean(header.words(name))
    elif "  " in name:
        name = " ".join(name.split())
    if len(name) > 1 and name[0] == name[-1] == "'":
        name = name[1:-1].strip()
    return Address("" if name == address else name, address)


class _Reader:
    """The mailbox that is being read, and those read before."""

    def __init__(self, limit: int) -> None:
        self.found: list[Address] = []
        self.words: list[str] = []
        self.comments: list[str] = []
        self.angle: str | None = None
        self.quoted_end = -1
        self._limit = limit
        self._looked_at = 0
        """So many of the first words have no "@"."""

    def run(self, piece: str, start: int) -> None:
        """Take unquoted text; one that follows a quoted local part directly belongs to it."""
        if piece.startswith("@") and self.quoted_end == start and self.words:
            self.words[-1] += piece.rstrip()
        elif self.words and self.words[-1].endswith(":") and "@[" in self.words[-1]:
            self.words[-1] += piece.strip()
        elif piece.strip():
            self.words.append(piece.strip())

    def separator(self, sign: str) -> None:
        """End the mailbox at a comma or semicolon; a colon ends the name of a group, which is dropped."""
        if sign != ":":
            self.finish()
        elif self._names_an_address():
            self.words[-1] += ":"
        else:
            self.words.clear()
            self.comments.clear()
            self._looked_at = 0

    def _names_an_address(self) -> bool:
        """Return whether a word has an "@". Each is looked at once, but for the last, which may still grow."""
        last = len(self.words) - 1
        while self._looked_at < last and "@" not in self.words[self._looked_at]:
            self._looked_at += 1
        return self._looked_at < last or (last >= 0 and "@" in self.words[last])

    def finish(self) -> None:
        """Add the mailbox read so far, if it names anybody."""
        words, comments, angle = self.words, self.comments, self.angle
        self.words, self.comments, self.angle, self._looked_at = [], [], None, 0
        if len(self.found) >= self._limit or not (words or angle or comments):
            return
        address = _bare(angle) if angle else ""
        if not address and words:
            address, words = _out_of(words)
        name = header.clean(header.words(" ".join(words)))
        if not name and comments:
            name = header.clean(header.words(_ESCAPED.sub(r"\1", comments[-1])))
        if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
            name = name[1:-1].strip()
        if name == address:
            name = ""
        if name or address:
            self.found.append(Address(name, address))


def _bare(angle: str) -> str:
    """Return what stands between angle brackets as an address, source routes and hidden characters removed."""
    if "=?" in angle:
        angle = header.words(angle)
    if angle.startswith("@") and ":" in angle:
        angle = angle.rpartition(":")[2]
    angle = _CONTROL.sub("", angle) if angle.startswith('"') else _NOT_IN_ADDRESS.sub("", angle)
    return angle.removeprefix("mailto:")


def _out_of(words: list[str]) -> tuple[str, list[str]]:
    """Find the address among words without angle brackets; return it and the words left as a name."""
    for index, word in enumerate(words):
        if "@" not in word:
            continue
        if word.startswith('"'):
            return _bare(word), words[:index] + words[index + 1 :]
        tokens = word.split()
        position = next((n for n, each in enumerate(tokens) if "@" in each), 0)
        left = [*words[:index], *tokens[:position], *tokens[position + 1 :], *words[index + 1 :]]
        return _bare(tokens[position]), left
    joined = " ".join(words)
    if "=?" in joined:
        # a mailer that encoded the whole field: only now, when there is no address outside of encoded words
        decoded = header.clean(header.words(joined))
        for piece in _PIECE.finditer(decoded):
            written = piece[1] or piece[2]
            if "@" in written[1:-1]:
                return written, [decoded[: piece.start()]]
    return "", words


def _comment_end(written: str, at: int) -> int:
    """Return the place after the parenthesis that closes the comment beginning at `at`; -1 when none does."""
    depth = 1
    for match in _PAREN.finditer(written, at):
        sign = match[0]
        if sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return match.end()
    return -1
