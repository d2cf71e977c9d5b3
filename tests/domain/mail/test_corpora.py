"""Every mail of the corpora, as it is and mutated; and how far we agree with results others expect."""

from __future__ import annotations

import email
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from desktop.domain.mail import header, mime_parse, preparing, structure, transfer
from desktop.domain.mail.document import Document
from desktop.domain.mail.message import Message, identity
from tests import corpora
from tests.proof import rounds, seed

LIMIT_S = 10.0
"""A mail that takes longer is shown as "cannot show"."""
ALREADY_READ = {"LICENCE.txt", "COPYING", "MANIFEST.tsv"}


@cache
def files() -> tuple[Path, ...]:
    root = corpora.folder()
    if not root.is_dir():
        corpora.missing(f"no corpora in {root} (set RAPPORT_CORPORA)")
    found = (Path(folder) / name for folder, _, names in os.walk(root) for name in names if name not in ALREADY_READ)
    return tuple(sorted(found))


def judged(raw: bytes, read: Callable[[bytes], Message | Document]) -> str:
    """Return what went wrong with reading a mail; "" when nothing did."""
    began = time.process_time()
    try:
        found = read(raw)
    except Exception as error:
        return f"raised {error!r}"[:200]
    if time.process_time() - began > LIMIT_S:
        return "took too long"
    noted = found.defects if isinstance(found, Message) else found.warnings
    return next((each for each in noted if each.startswith(("parser", "header unreadable"))), "")


def test_m01_every_file_of_the_corpora_parses(record_property: Callable[[str, object], None]) -> None:
    wrong = {}
    began = time.process_time()
    for path in files():
        problem = judged(path.read_bytes(), mime_parse.parse)
        if problem:
            wrong[str(path)] = problem

    record_property(
        "agreement", f"corpora: {len(files())} files parsed in {time.process_time() - began:.1f} s, {len(wrong)} wrong"
    )
    assert len(files()) > 3000
    assert wrong == {}


def test_header_alone_identifies_every_mail_of_the_corpora() -> None:
    wrong = []
    for path in files():
        raw = path.read_bytes()
        block = raw[: header.split(raw)[1]]
        if block and identity(mime_parse.parse_header(block)) != identity(mime_parse.parse(raw)):
            wrong.append(str(path))

    assert wrong == []


def test_c03_every_file_of_the_corpora_can_be_shown() -> None:
    step = rounds(8, 1)

    wrong = {str(p): problem for p in files()[::step] if (problem := judged(p.read_bytes(), preparing.prepare))}

    assert wrong == {}


@pytest.mark.timeout(7200)
def test_c15_mutated_mails_parse() -> None:
    chance = random.Random(seed())
    wrong = []
    for path in files()[:: rounds(5, 1)]:
        raw = path.read_bytes()
        for _ in range(rounds(1, 20)):
            changed = mutated(raw, chance)
            problem = judged(changed, mime_parse.parse)
            if not problem and len(changed) < 200_000 and chance.random() < 0.2:
                problem = judged(changed, preparing.prepare)
            if problem:
                wrong.append((path.name, problem, len(changed)))

    assert wrong == []


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return the mail with one to four wounds: flipped bytes, a cut, a repeated or moved piece, a doubled boundary."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        size = max(len(data), 1)
        at, other = chance.randrange(size), chance.randrange(size)
        piece = bytes(data[at : at + chance.choice((1, 8, 80, 800))])
        kind = chance.randrange(7)
        if kind == 0:
            for _ in range(chance.choice((1, 10, 100))):
                if data:
                    data[chance.randrange(len(data))] = chance.randrange(256)
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[other:other] = piece * chance.choice((1, 2, 200))
        elif kind == 3:
            del data[at : at + len(piece)]
        elif kind == 4:
            lines = [line for line in bytes(data).split(b"\n") if line.startswith(b"--")]
            data[other:other] = b"\n" + chance.choice(lines or [b"--"]) + b"\n"
        elif kind == 5:
            data[other:other] = chance.choice(WOUNDS)
        else:
            data = data.replace(b"\r\n", b"\n") if chance.random() < 0.5 else data.replace(b"\n", b"\r")
    return bytes(data)


WOUNDS = (
    b"\0",
    b"\r\n\r\n",
    b"=?utf-8?b?",
    b'"',
    b"(",
    b"<",
    b"\nContent-Type: multipart/mixed; boundary=\n",
    b"\xff\xfe",
    b"<div>" * 500,
)


# what agreed when this was written; it may only grow
STALWART = {"subject": 38, "from": 40, "to": 35, "message_id": 31, "date": 36, "text": 25, "attachments": 52}


def test_agreement_with_stalwart(record_property: Callable[[str, object], None]) -> None:
    """The rest are choices: their parser leaves wrong charsets as U+FFFD, ours guesses; ours lists no text/enriched."""
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for path in sorted(corpora.corpus("stalwart-mail-parser").rglob("*.eml")):
        beside = path.with_suffix(".json")
        if not beside.exists():
            continue
        message = mime_parse.parse(path.read_bytes())
        for what, expected, found in compared(json.loads(beside.read_text("utf-8")), message):
            total[what] += 1
            right[what] += expected == found

    line = ", ".join(f"{what} {right[what]}/{total[what]}" for what in STALWART)
    record_property("agreement", f"stalwart: {line}")
    assert {what: right[what] for what in STALWART if right[what] < STALWART[what]} == {}


def compared(expected: dict[str, Any], message: Message) -> Iterator[tuple[str, object, object]]:
    """Yield (what, expected, found) for what both know."""
    head: dict[str, Any] = {}
    for field in expected["parts"][0]["headers"]:
        name = field["name"] if isinstance(field["name"], str) else next(iter(field["name"].values()))
        head.setdefault(name, field["value"])
    if "subject" in head:
        value = head["subject"].get("Text", "") if isinstance(head["subject"], dict) else ""
        yield "subject", " ".join(value.split()), message.subject
    if "from" in head:
        yield "from", people(head["from"])[:1], [(message.sender.name, message.sender.address)]
    if "to" in head:
        yield "to", people(head["to"]), [(each.name, each.address) for each in message.to]
    if isinstance(head.get("message_id"), dict):
        yield "message_id", head["message_id"].get("Text"), message.message_id
    if isinstance(head.get("date"), dict):
        yield "date", milliseconds(head["date"]["DateTime"]), message.date_ms
    shown = [expected["parts"][n]["body"] for n in expected["html_body"]]
    if shown and all("Text" in each for each in shown):
        text = " ".join("\n".join(each["Text"] for each in shown).split())
        yield "text", text[:3000], " ".join(message.text.split())[:3000]
    yield "attachments", len(expected["attachments"]), len(message.parts)


def people(value: Any) -> list[tuple[str, str]]:
    inside = value.get("Address") if isinstance(value, dict) else None
    if not inside:
        return []
    listed = inside.get("List") or [each for group in inside.get("Group", ()) for each in group["addresses"]]
    return [(" ".join((each.get("name") or "").split()), each.get("address") or "") for each in listed]


def milliseconds(when: dict[str, Any]) -> int | None:
    try:
        local = datetime(*(when[each] for each in ("year", "month", "day", "hour", "minute", "second")), tzinfo=UTC)
    except ValueError:
        return None
    offset = timedelta(hours=when["tz_hour"], minutes=when["tz_minute"])
    return round((local + offset if when["tz_before_gmt"] else local - offset).timestamp() * 1000)


def test_agreement_with_the_standard_library(record_property: Callable[[str, object], None]) -> None:
    """Leaves, types and contents as `email` finds them; what differs it reads worse, or was cut."""
    right = total = 0
    for name in ("spamassassin-public-corpus", "sisimai-set-of-emails", "chatmail-core", "mikel-mail", "enmime"):
        for path in sorted(corpora.corpus(name).rglob("*.*")):
            raw = path.read_bytes()
            if path.suffix in {".eml", ".txt", ".raw"} and b"\n" in raw[:1000] and path.name not in ALREADY_READ:
                total += 1
                right += [(n.media_type, unwrapped(transfer.decode(n.body, n.encoding))) for n in leaves(raw)] == [
                    (p.get_content_type(), unwrapped(p.get_payload(decode=True))) for p in theirs(raw)
                ]

    record_property("agreement", f"standard library: {right}/{total} mails taken apart alike")
    assert total - right <= STDLIB_OTHERWISE


STDLIB_OTHERWISE = 22


def leaves(raw: bytes) -> list[structure.Node]:
    return [n for n in structure.leaves(mime_parse.open_mail(raw)[1]) if not n.media_type.startswith("message/")]


def theirs(raw: bytes) -> list[Any]:
    found, waiting = [], [email.message_from_bytes(raw)]
    while waiting:
        part = waiting.pop(0)
        if part.get_content_maintype() == "message":
            continue
        if part.is_multipart():
            waiting[:0] = part.get_payload()
        else:
            found.append(part)
    return found


def unwrapped(data: bytes | None) -> bytes:
    return (data or b"").replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip()


def test_agreement_with_mailcore(record_property: Callable[[str, object], None]) -> None:
    """Asian and other mails with wrong or no charsets: subject and words of the body as in their summaries."""
    folder = corpora.corpus("mailcore2") / "unittest" / "data" / "summary"
    subjects = bodies = total = 0
    for path in sorted((folder / "input").iterdir()):
        beside = folder / "output" / f"{path.stem}.txt"
        if not beside.exists():
            continue
        message = mime_parse.parse(path.read_bytes())
        head, _, body = beside.read_bytes().decode("utf-8", "replace").partition("\n\n")
        subject = next((line[9:] for line in head.split("\n") if line.startswith("Subject: ")), "")
        total += 1
        subjects += subject in {message.subject, "No Subject"}
        expected = set(re.findall(r"\w{2,}", body))
        bodies += len(expected & set(re.findall(r"\w{2,}", message.text))) >= 0.8 * len(expected)

    record_property("agreement", f"mailcore2: subjects {subjects}/{total}, bodies {bodies}/{total}")
    assert (subjects >= MAILCORE_SUBJECTS, bodies >= MAILCORE_BODIES) == (True, True)


MAILCORE_SUBJECTS, MAILCORE_BODIES = 21, 19
