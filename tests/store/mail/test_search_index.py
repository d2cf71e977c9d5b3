"""The search index over a real SQLite file: what is found, in which order, and that no text is an error."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Flag
from desktop.domain.mail.query_parse import parse
from desktop.domain.mail.search_result import Cancelled
from desktop.store.database import Database
from desktop.store.mail.messages import MessageWriter
from desktop.store.mail.search_index import SearchIndex, interruptible
from tests.proof import rounds, seed
from tests.store.mail.search_mailbox import ANNA, JAN, Mail, add, new_database

TODAY = date(2025, 7, 1)
ROLF = Address("Rolf Stein", "rolf@helix.example")
OLGA = Address("Ольга Петрова", "olga@uni.example")
LI = Address("李明", "li@post.example")

MAILS = {
    "offer": Mail("Offer for the renewal", "Please find the offer attached.", files=("Offer-2025.pdf",), day=1),
    "renewal": Mail("Renewal", "We take the renewal to our board.", sender=ROLF, flags=Flag.FLAGGED, day=2),
    "umlaut": Mail("Grüße aus Köln", "Herr Müller bittet um Rückruf.", day=3, flags=Flag.SEEN | Flag.ANSWERED),
    "cyrillic": Mail("Счёт", "Пришлите счёт до пятницы.", sender=OLGA, day=4),
    "chinese": Mail("项目", "明天下午开会议，请准备记录", sender=LI, day=5),
    "thai": Mail("meeting", "ประชุมพรุ่งนี้เช้า", day=6),
    "copied": Mail("Minutes", "The minutes of the board.", sender=ROLF, cc=(ANNA,), day=7),
    "trashed": Mail("Old offer", "An offer nobody wanted.", folder="Trash", day=8),
    "junk": Mail("Win an offer", "Offer offer offer", folder="Junk", sender=Address("", "spam@bad.example"), day=9),
    "project": Mail("Helix pilot", "The pilot of the offer.", folder="Projects/Helix", size_bytes=6_000_000, day=10),
    "two_places": Mail("Both", "In two folders.", folder="Projects/Helix", also_in=("Projects/Kranich",), day=11),
    "list": Mail("Digest", "100% of the news_letter", list_id="news.uni.example", flags=Flag.SEEN, day=12),
    "sent": Mail("Our answer", "Dear Rolf", folder="Sent", sender=JAN, to=(ROLF,), day=13),
}  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    made = new_database(tmp_path_factory.mktemp("search"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def names(database: Database) -> dict[int, str]:
    return dict(zip(add(database, list(MAILS.values())), MAILS, strict=True))


@pytest.fixture
def found(database: Database, names: dict[int, str]):
    def search(text: str, limit: int = 50) -> list[str]:
        with database.read() as view:
            keys = SearchIndex(view).hits(parse(text, TODAY).root, limit=limit)
        assert keys == sorted(keys, reverse=True)
        return [names[key] for key in keys]

    return search


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("offer", {"offer", "project"}),
        ("offer in:anywhere", {"offer", "project", "trashed", "junk"}),
        ("offer in:trash", {"trashed"}),
        ("offer in:junk", {"junk"}),
        ("offer (in:trash OR in:junk)", {"trashed", "junk"}),
        ("ren", {"offer", "renewal"}),
        ("ren ", set()),
        ("renewal offer", {"offer"}),
        ("renewal OR minutes", {"offer", "renewal", "copied"}),
        ("renewal -offer", {"renewal"}),
        ("NOT offer in:projects", {"two_places"}),
        ('"the renewal"', {"offer", "renewal"}),
        ('"renewal the"', set()),
        ("subject:offer", {"offer"}),
        ("body:board", {"renewal", "copied"}),
        ("muller", {"umlaut"}),
        ("MÜLLER", {"umlaut"}),
        ("grusse", set()),
        ("gruß", {"umlaut"}),
        ("koln", {"umlaut"}),
        ("счет", {"cyrillic"}),
        ("СЧЁТ", {"cyrillic"}),
        ("会议", {"chinese"}),
        ("记录", {"chinese"}),
        ("录", {"chinese"}),
        ("下午开会", {"chinese"}),
        ("会议 记录", {"chinese"}),
        ("会录", set()),
        ("subject:项目", {"chinese"}),
        ("subject:会议", set()),
        ("พรุ่งนี้", {"thai"}),
        ("meeting เช้า", {"thai"}),
        ("会议 OR offer", {"chinese", "offer", "project"}),
        ("offer -会议", {"offer", "project"}),
        ("from:rolf", {"renewal", "copied"}),
        ("from:olf", {"renewal", "copied"}),
        ("from:ольга", {"cyrillic"}),
        ("from:李明", {"chinese"}),
        ("to:rolf", {"sent"}),
        ("to:anna", {"copied"}),
        ("cc:anna", {"copied"}),
        ("cc:rolf", set()),
        ('from:"rolf stein"', {"renewal", "copied"}),
        ("from:@helix.example", {"renewal", "copied"}),
        ("from:elix.exa", {"renewal", "copied"}),
        ("from:rolf minutes", {"copied"}),
        ('from:"stein helix"', set()),
        ("-from:anna -from:rolf subject:digest", set()),
        ("-from:anna subject:счёт", {"cyrillic"}),
        ("from:(rolf OR olga)", {"renewal", "copied", "cyrillic"}),
        ("rolf@helix.example", {"renewal", "copied", "sent"}),
        ("olf@heli", {"renewal", "copied", "sent"}),
        ("@uni.example", {"cyrillic"}),
        ("elix.example", {"renewal", "copied", "sent"}),
        ("anna.keller@acme.example minutes", {"copied"}),
        ("is:starred", {"renewal"}),
        ("is:starred offer", set()),
        ("is:answered", {"umlaut"}),
        ("is:answered müller", {"umlaut"}),
        ("is:read", {"umlaut", "list", "sent"}),
        ("is:unread offer", {"offer", "project"}),
        ("has:attachment", {"offer"}),
        ("-has:attachment offer", {"project"}),
        ("filename:pdf", {"offer"}),
        ("filename:offer-2025.pdf", {"offer"}),
        ("larger:5M", {"project"}),
        ("larger:5M offer", {"project"}),
        ("smaller:5M offer", {"offer"}),
        ("larger:5M OR is:starred", {"project", "renewal"}),
        ("list:uni", {"list"}),
        ("list:%", set()),
        ("list:_", set()),
        ("in:projects", {"project", "two_places"}),
        ("in:PROJECTS/heli", {"project", "two_places"}),
        ("in:kranich", {"two_places"}),
        ("in:nowhere", set()),
        ("in:inbox is:starred", {"renewal"}),
        ("in:sent", {"sent"}),
        ("-in:inbox", {"project", "two_places", "sent"}),
        ("newer_than:10d offer", {"project"}),
        ("older_than:1w offer", {"offer"}),
        ("before:2025-06-18 offer", {"offer"}),
        ("after:2025-06-24 offer", {"project"}),
        ("after:2025-06-24 before:2025-06-27", {"project", "two_places"}),
        ("after:2026", set()),
        ("!!!", set()),
        ("", set()),
        ("offer !!!", {"offer", "project"}),
    ],
)  # fmt: skip
def test_finds(found, text: str, expected: set[str]) -> None:
    assert set(found(text)) == expected


def test_pages_go_on_before_the_last_key(database: Database, names: dict[int, str]) -> None:
    root = parse("the", TODAY).root
    with database.read() as view:
        index = SearchIndex(view)
        everything = index.hits(root, limit=50)
        paged, before = [], None
        while page := index.hits(root, limit=2, before_key=before):
            paged += page
            before = page[-1]

    assert len(everything) > 4
    assert paged == everything


@pytest.mark.parametrize(
    "text",
    [
        "offer",
        "in:inbox",
        "in:projects",
        "is:unread",
        "larger:5M",
        "offer OR is:unread",
        "-offer",
        "from:rolf ren",
        "会议",
    ],
)
def test_plans_need_no_sorting(database: Database, names: dict[int, str], text: str) -> None:
    with database.read() as view:
        plan = SearchIndex(view).plan(parse(text, TODAY).root, limit=50)
        assert plan is not None
        steps = [row[3] for row in view.all(f"EXPLAIN QUERY PLAN {plan.sql}", plan.values)]

    assert not [step for step in steps if "B-TREE" in step], steps


@pytest.mark.parametrize("text", ["offer", "offer from:rolf is:unread", "offer in:trash", "offer larger:5M"])
def test_words_drive_the_plan(database: Database, names: dict[int, str], text: str) -> None:
    with database.read() as view:
        plan = SearchIndex(view).plan(parse(text, TODAY).root, limit=50)
        assert plan is not None
        first = view.all(f"EXPLAIN QUERY PLAN {plan.sql}", plan.values)[0][3]

    assert re.match(r"SCAN email_search VIRTUAL TABLE INDEX \d+:M", first), first


PROBES = ['"', "a@b.c", "-x", "AND", "col:x", "*", "\0", "'", "(", ")", "NEAR(a b)", "^a", "{a b} : c", "a + b", "a\0b"]


@pytest.mark.parametrize("probe", PROBES)
def test_m11_no_probe_is_an_error(found, probe: str) -> None:
    for text in (
        probe,
        f"{probe} offer",
        f"from:{probe}",
        f'subject:"{probe}',
        f"({probe}",
        f"-{probe}",
        f"in:{probe}",
    ):
        assert set(found(f"offer {text}")) <= set(found("offer")), "it narrows a search, or does nothing to it"
        assert len(found(text)) <= len(MAILS)


def test_c36_nothing_typed_is_an_error_or_changes_the_store(database: Database, found, names: dict[int, str]) -> None:
    chance = random.Random(seed())
    pieces = [
        *PROBES, "offer", "the", "会议", "ประ", "from:", "to:", "in:", "is:unread", "-", "NOT", "OR", "(", ")", '"',
        "; DROP TABLE email; --", "' OR 1=1 --", "UNION SELECT", "%", "_", "\\", "\ud800", "ﬀ", "İ", "before:",
        "2025-99", " ", "larger:", "9" * 30, "older_than:99999y", "list:", "filename:", "email_search", "rank",
        "MATCH", "subject:",
        "{sender}", ":", "..", "a.b", "@", "x@", "\u202e", "\U0001f600", "\n", "\t", "NEAR/2", "*", "+", "^", "label:",
    ]  # fmt: skip
    with database.read() as view:
        before = view.value("SELECT count(*) FROM email")

    for _ in range(rounds(400, 10_000)):
        text = chance.choice(("", " ")).join(chance.choices(pieces, k=chance.randint(1, 12)))
        try:
            found(text)
        except Exception as error:
            raise AssertionError(f"{text!r}") from error

    with database.read() as view:
        assert view.value("SELECT count(*) FROM email") == before


def test_deep_and_long_texts_are_cut_not_refused(found) -> None:
    found("(" * 900 + "offer")
    found("-" * 900 + "offer")
    found("a OR " * 190)
    found("(a OR (b c " * 80)
    found("x" * 100_000)
    assert set(found("((((((((((((((((((offer))))))))))")) <= {"offer", "project"}


def test_random_queries_agree_with_a_plain_reading(tmp_path: Path) -> None:
    """Words, operators and brackets at random, answered by the index and by reading every mail."""
    chance = random.Random(seed())
    words = ["red", "green", "blue", "grey", "black"]
    people = [Address("", f"{name}@x.example") for name in ("ann", "bob", "cat")]
    folders = ["INBOX", "Archive", "Trash"]
    mails = [
        Mail(
            chance.choice(words),
            " ".join(chance.choices(words, k=3)),
            sender=chance.choice(people),
            folder=chance.choice(folders),
            flags=chance.choice((Flag.NONE, Flag.SEEN, Flag.FLAGGED)),
            size_bytes=chance.choice((10, 2000)),
        )
        for _ in range(60)
    ]
    database = new_database(tmp_path)
    by_key = dict(zip(add(database, mails), mails, strict=True))

    def leaf():
        word, person = chance.choice(words), chance.choice(("ann", "bob", "cat"))
        return chance.choice(
            [
                (word, lambda m: word in f"{m.subject} {m.text}".split()),
                (f"subject:{word}", lambda m: m.subject == word),
                (f"from:{person}", lambda m: m.sender.address.startswith(person)),
                ("is:unread", lambda m: not m.flags & Flag.SEEN),
                ("is:starred", lambda m: bool(m.flags & Flag.FLAGGED)),
                ("larger:1k", lambda m: m.size_bytes >= 1000),
            ]
        )

    def tree(depth: int):
        if depth == 0 or chance.random() < 0.3:
            return leaf()
        if chance.random() < 0.25:
            text, holds = tree(depth - 1)
            return f"-({text} )", lambda m: not holds(m)
        (a, one), (b, two) = tree(depth - 1), tree(depth - 1)
        if chance.random() < 0.5:
            return f"({a} {b} )", lambda m: one(m) and two(m)
        return f"({a} OR {b} )", lambda m: one(m) or two(m)

    for _ in range(rounds(150, 3000)):
        text, holds = tree(3)
        where = chance.choice(("", "in:trash ", "in:anywhere ", "in:archive "))
        scope = {"": ("INBOX", "Archive"), "in:trash ": ("Trash",), "in:archive ": ("Archive",)}.get(where, folders)
        with database.read() as view:
            keys = SearchIndex(view).hits(parse(f"{where}{text} ", TODAY).root, limit=100)
        expected = sorted((key for key, m in by_key.items() if m.folder in scope and holds(m)), reverse=True)
        assert keys == expected, where + text
    database.close()


def test_deleted_mails_are_forgotten(tmp_path: Path) -> None:
    database = new_database(tmp_path)
    key, _other = add(database, [Mail("zebra", "会议记录"), Mail("other")])

    with database.write() as work:
        MessageWriter(work).delete([key])
        work.run("DELETE FROM listing_entry WHERE email_key = ?", (key,))
        work.run("INSERT INTO email_search (email_search, rank) VALUES ('integrity-check', 1)")
        work.run("INSERT INTO email_trigram (email_trigram, rank) VALUES ('integrity-check', 1)")

    with database.read() as view:
        assert SearchIndex(view).hits(parse("zebra in:anywhere", TODAY).root, limit=9) == []
        assert SearchIndex(view).hits(parse("会议", TODAY).root, limit=9) == []
    database.close()


def test_a_search_is_stopped_by_a_newer_one(database: Database, names: dict[int, str]) -> None:
    cancel = threading.Event()
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    threading.Timer(0.05, cancel.set).start()

    with database.read() as view, pytest.raises(Cancelled), interruptible(view, cancel):
        view.all(endless)

    with database.read() as view:  # the connection is as it was
        assert SearchIndex(view).hits(parse("offer", TODAY).root, limit=9)


def test_a_search_already_overtaken_does_not_begin(database: Database) -> None:
    cancel = threading.Event()
    cancel.set()

    with database.read() as view, pytest.raises(Cancelled), interruptible(view, cancel):
        pytest.fail("it ran")
