"""Strings that broke programs of others, and what has to arrive of each where a person typed it."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from desktop.base import text
from desktop.domain.mail import header, header_write
from tests import payloads
from tests.corpora import corpus
from tests.proof import in_full, seed

HOSTILE = (
    "a\r\nBcc: eve@evil.example",
    "a\n\nbody",
    "a\rX-Evil: 1",
    "a\0b",
    "a\u2028Bcc: eve@evil.example",
    "a\u2029b",
    "a\x85b\x0bc\x0cd\x1ce",
    "=?utf-8?q?a=0D=0ABcc=3A_eve=40evil.example?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    "\ud800 lone",
    "\u202eexe.fdp",
    "x" * 2000,
    "я" * 2000,
    '"quoted" \\ and <angle@x.example>, "',
    "a: b; c, d (e) @f [g]",
    "  many   spaces  ",
    "\t",
    "",
    "?==?utf-8?q??=",
)
_AT_THE_WIRE = (
    "a\r\n.\r\nMAIL FROM:<eve@evil.example>\r\nRCPT TO:<eve@evil.example>\r\nDATA\r\n",
    "a\n.\nb",
    "a\r.\rb",
    ".",
    "..",
    "\r\n.\r\n",
    "From eve@evil.example",
    "a\r\n\r\n--boundary\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "eve@evil.example",
    "<eve@evil.example>",
    "a>, eve@evil.example, <b",
    "a\u3000; eve@evil.example; b",
    "%0d%0aBcc:%20eve@evil.example",
    "{{ secret }} %s %n ${HOME} `id` $(id)",
    "/etc/passwd",
    "--attach=/etc/passwd",
)


def naughty() -> list[str]:
    """Return the Big List of Naughty Strings and what is aimed at header fields."""
    path = corpus("naughty-strings") / "blns.json"
    return [*json.loads(path.read_text("utf-8")), *HOSTILE]


def drawn(small: int) -> Sequence[str]:
    """Return so many strings of all there are by a fresh seed; in full every naughty one and a hundred of markup."""
    markup = [html for _name, html in payloads.payloads()]
    every = list(dict.fromkeys([*naughty(), *_AT_THE_WIRE]))
    chance = random.Random(seed())
    if in_full():
        return [*every, *chance.sample(markup, 1_000)]
    return [
        *chance.sample([*HOSTILE, *_AT_THE_WIRE], small // 2),
        *chance.sample([*every, *markup], small - small // 2),
    ]


def line(written: str, limit: int = header_write.MAX_SUBJECT_CHARS) -> str:
    """Return free text as it is to be read again: no controls, white space folded."""
    return text.one_line(header.clean(header_write.one_line(written, limit)))


def name_read(written: str) -> str:
    """Return a person's name as our parser has it: without quotes all around."""
    name = line(written, header_write.MAX_NAME_CHARS)
    if len(name) > 1 and name[0] == name[-1] and name[0] in "'\"":
        name = name[1:-1].strip()
    return name


def body_read(written: str) -> str:
    """Return a text as it is to be read again."""
    lines = re.sub("\r\n|\r|\u2028|\u2029", "\n", written)
    lines = re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f]", " ", text.encodable(lines))
    kept = [each if each == "-- " else each.rstrip(" ") for each in lines.replace("\ufeff", "").rstrip().split("\n")]
    return "\n".join(kept)


def canonical(written: str) -> str:
    """Return a text whose quotation marks are written in one way."""
    return re.sub(r"^(?:> ?)+", lambda marks: ">" * marks[0].count(">") + " ", written, flags=re.MULTILINE).strip()
