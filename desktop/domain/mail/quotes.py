"""Plain text taken apart into what was written, what was quoted and what is a signature. Pure; linear.

Only what stands at the end is quotation: `>` lines with answers between them are a conversation the writer wanted to be
read. Attribution lines ("On … wrote:") are known by their verb in some thirty languages together with a date or an
address; blocks of copied headers by two fields in a row.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.domain.mail import quote_words

MAX_SCANNED_LINES = 3000
"""Below them only marked lines are known as quotation: nobody writes an answer of that length."""
_WRAPPED_CHARS = 66
MAX_LINE_CHARS = 1000
"""Longer lines are nobody's attribution."""


@dataclass(frozen=True, slots=True)
class Split:
    """Line numbers: the reply is lines[:signature_at], the signature goes to quote_at, the quotation to the end."""

    lines: tuple[str, ...]
    signature_at: int
    quote_at: int

    @property
    def reply(self) -> str:
        return "\n".join(self.lines[: self.signature_at]).strip()

    @property
    def signature(self) -> str:
        return "\n".join(self.lines[self.signature_at : self.quote_at]).strip()


_ATTRIBUTION = re.compile(rf"(?:{quote_words.WROTE})(?!\w)[^:：]{{0,120}}[:：]\s*$", re.IGNORECASE)
_DATE_OR_ADDRESS = re.compile(r"@|\d[:./-]\d")
_HAS_WHEN_OR_WHO = re.compile(r"\d|@")
_ATTRIBUTION_PLAIN_END = re.compile(
    r"^(?:On|Am|Le|El|Il|Em|Op|Den|Dne|Dnia|W dniu)\b.{6,300}"
    r"(?:wrote|schrieb|escribió|escreveu|ha scritto|schreef|skrev)"
    r"\s*$"
    r"|^(?=[^<]{0,120}\d)[^<>]{6,160}<[^<>\s]{1,64}@[^<>\s]{3,100}>\s*[:：]\s*$"
    r"|^\d{4}[-/.年]\s?\d{1,2}[-/.月]\s?\d{1,2}.{0,80}<[^<>]{3,100}@[^<>]{3,100}>\s*:?\s*$",
    re.IGNORECASE,
)
_BEGINS = re.compile(rf"\s*(?:[-*]+\s*)?(?:{quote_words.BEGINNINGS})(?=\s|,|\d)", re.IGNORECASE)
_RULES = re.compile(rf"\s*(?:[-_*=]{{2,40}}\s*)?(?:{quote_words.RULES})\s*:?\s*(?:[-_*=]{{2,40}})?\s*$", re.IGNORECASE)
_RULE_LINE = re.compile(r"\s*[-=_*]{3,120}\s*$")
_DASHED = re.compile(r"\s*[-_*=]{2}")
_UNDERSCORES = re.compile(r"\s*[_-]{20,120}\s*$")
_FIELD = re.compile(
    rf"\s*[*>]{{0,3}}\s*(?:(?P<from>{quote_words.FROM_FIELDS})|(?:{quote_words.OTHER_FIELDS}))\s*[*]{{0,2}}\s*[:：][*]{{0,2}}",
    re.IGNORECASE,
)
_SIGNATURE = re.compile(r"\s?(?:--|—|–|__)\s?$|-- $|-{3,5}\s*$|_{3,19}\s*$")

_MOBILE = re.compile(rf"\s*(?:[-–—]{{1,2}}\s*)?\(?(?:{quote_words.SENT_FROM})", re.IGNORECASE)


def split(text: str) -> Split:
    """Return where the signature and the trailing quotation of a text begin."""
    lines = tuple(text.replace("\r\n", "\n").split("\n"))
    quote_at = _quote_start(lines)
    return Split(lines, _signature_start(lines, quote_at), quote_at)


def depth(line: str) -> tuple[int, str]:
    """Return how many times a line is quoted, and the line without its marks (RFC 3676, section 4.5; "> > " too)."""
    level, at, size = 0, 0, len(line)
    while at < size and level < 100:
        if line[at] == ">":
            level += 1
            at += 1
        elif line[at] == " " and at + 1 < size and line[at + 1] == ">" and level:
            at += 1
        else:
            break
    if level and at < size and line[at] == " ":
        at += 1
    return level, line[at:]


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\ufeff")[:1] == ">"


def _quote_start(lines: tuple[str, ...]) -> int:
    """Return the line the trailing quotation begins with; len(lines) when there is none."""
    hard = _hard_start(lines)
    start = hard
    # what stands before is quotation too, if it is nothing but quoted and empty lines
    at = hard
    while at > 0 and (not lines[at - 1].strip() or _is_quoted(lines[at - 1]) or _is_torn(lines, at - 1)):
        at -= 1
        if _is_quoted(lines[at]):
            start = at
    if start == len(lines):
        return start
    return _with_attribution(lines, start)


def _with_attribution(lines: tuple[str, ...], start: int) -> int:
    """Return where the attribution right before line `start` begins, else `start`."""
    at = start
    while at > 0 and not lines[at - 1].strip():
        at -= 1
    if at == 0 or start - at > 3:
        return start
    found = _attribution_at(lines, at - 1)
    if found >= 0:
        return found
    return at - 1 if _RULE_LINE.match(lines[at - 1]) else start


def _hard_start(lines: tuple[str, ...]) -> int:
    """Return the first line after which all is quotation: a copied header or an attribution without marks."""
    answers = _Answers(lines)
    for n, line in enumerate(lines[:MAX_SCANNED_LINES]):
        if len(line) > MAX_LINE_CHARS or not line or _is_quoted(line):
            continue
        if _RULES.match(line) and (_DASHED.match(line) or _fields_follow(lines, n + 1)):
            return n
        if _UNDERSCORES.match(line) and _fields_follow(lines, n + 1):
            return n
        if _fields_follow(lines, n, direct=True):
            return n
        begin = _attribution_at(lines, n)
        if begin >= 0 and not answers.follow(n + 1):
            return begin
    return len(lines)


def _attribution_at(lines: tuple[str, ...], last: int) -> int:
    """Return the first line of an attribution that ends with line `last`; -1 when that line ends none."""
    line = lines[last].rstrip()
    if len(line) > MAX_LINE_CHARS or not line or _is_quoted(line):
        return -1
    near = lines[max(last - 3, 0) : last + 1]
    if not any(_HAS_WHEN_OR_WHO.search(each[:MAX_LINE_CHARS]) for each in near):
        return -1
    ends = line[-1] in ":：" and _ATTRIBUTION.search(" ".join(near[-2:])[-400:])
    joined, first = line, last
    if not ends and not _ATTRIBUTION_PLAIN_END.match(joined.strip()):
        return -1
    # it may have been wrapped: the date stands up to three lines above
    while first > 0 and last - first < 3 and not _begins(joined):
        above = lines[first - 1]
        if not above.strip() or len(above) > MAX_LINE_CHARS or _is_quoted(above):
            break
        first -= 1
        joined = above.rstrip() + " " + joined
    if not _begins(joined):
        joined, first = line, last
    if len(joined) > 500 or not (_begins(joined) or _DATE_OR_ADDRESS.search(joined)):
        return -1
    return first


def _begins(text: str) -> bool:
    return bool(_BEGINS.match(text)) and bool(_HAS_WHEN_OR_WHO.search(text))


class _Answers:
    """Knows of each line whether quoted lines follow and own words after them: then it opens a conversation.

    Where a quoted run ends is found once for all attributions in front of it.
    """

    def __init__(self, lines: tuple[str, ...]) -> None:
        self._lines = lines
        self._run = range(0)

    def follow(self, at: int) -> bool:
        """Return whether they follow from line `at` on; asked in rising order."""
        lines, count = self._lines, len(self._lines)
        while at < count and not lines[at].strip():
            at += 1
        if at == count or not _is_quoted(lines[at]):
            return False
        if at not in self._run:
            end = at
            while end < count and (_is_quoted(lines[end]) or not lines[end].strip() or _is_torn(lines, end)):
                end += 1
            self._run = range(at, end)
        return self._run.stop < count


def _is_torn(lines: tuple[str, ...], at: int) -> bool:
    """Say whether a line is the rest of the long quoted line above it, broken off by a mailer that wraps."""
    return at > 0 and _is_quoted(lines[at - 1]) and len(lines[at - 1]) >= _WRAPPED_CHARS > len(lines[at])


def _fields_follow(lines: tuple[str, ...], at: int, *, direct: bool = False) -> bool:
    """Say whether a block of copied header fields begins at line `at` (or after empty lines)."""
    seen_from, others = False, 0
    wanted = 2 if direct else 1
    n = at
    while n < len(lines) and n - at < 12:
        line = lines[n]
        n += 1
        if not line.strip():
            if direct or seen_from or others:
                break
            continue
        if len(line) > MAX_LINE_CHARS:
            break
        match = _FIELD.match(line)
        if match is None:
            if not (seen_from or others):
                return False
            continue  # a folded value
        if match["from"]:
            seen_from = True
        else:
            others += 1
        if n - 1 == at and not match["from"]:
            wanted += 2
    return seen_from and others >= wanted


def _signature_start(lines: tuple[str, ...], end: int) -> int:
    """Return the line the signature begins with; `end` when there is none."""
    body_end = end
    while body_end > 0 and not lines[body_end - 1].strip():
        body_end -= 1
    found = end
    for n in range(body_end - 1, max(body_end - 40, -1), -1):
        line = lines[n]
        if _is_quoted(line):
            break
        if (len(line) <= 20 and _SIGNATURE.match(line) and (line.rstrip() == "--" or body_end - n <= 15)) or (
            len(line) <= 200 and body_end - n <= 6 and _MOBILE.match(line)
        ):
            found = n
    return found
