"""What typed searches mean; and that every text means something."""

from __future__ import annotations

import random
import time
from datetime import date

import pytest

from desktop.domain.mail.folder import Unified
from desktop.domain.mail.query import (
    EVERYWHERE,
    AllOf,
    AnyOf,
    Dated,
    FromList,
    HasAttachment,
    InFolder,
    InList,
    Mark,
    Marked,
    Not,
    Person,
    PersonRole,
    Query,
    Sized,
    Text,
    TextField,
    leaves,
)
from desktop.domain.mail.query_parse import MAX_TERMS, parse, unfinished
from desktop.domain.mail.query_values import day_range, days_ago, size_bytes
from tests.proof import rounds, seed

TODAY = date(2026, 11, 20)
A, B, C = Text("a"), Text("b"), Text("c")
SENDER = (PersonRole.SENDER,)


def root(text: str):
    return parse(text, TODAY).root


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", None),
        ("   ", None),
        ("a ", A),
        ("a b ", AllOf((A, B))),
        ("a AND b ", AllOf((A, B))),
        ("a OR b ", AnyOf((A, B))),
        ("a b OR c ", AllOf((A, AnyOf((B, C))))),
        ("a AND b OR c ", AnyOf((AllOf((A, B)), C))),
        ("(a b) OR c ", AnyOf((AllOf((A, B)), C))),
        ("a or b ", AllOf((A, Text("or"), B))),
        ("-a b ", AllOf((Not(A), B))),
        ("NOT a b ", AllOf((Not(A), B))),
        ("NOT -a ", A),
        ("-(a b) ", Not(AllOf((A, B)))),
        ("a - b ", AllOf((A, Text("-"), B))),
        ("e-mail ", Text("e-mail")),
        ('"a b" c ', AllOf((Text("a b"), C))),
        ("“a b” ", Text("a b")),
        ('"a b', Text("a b")),
        ('""', None),
        ("a) b ", AllOf((A, B))),
        ("(a b ", AllOf((A, B))),
        ("()", None),
        ("OR a ", A),
        ("a OR", A),
        ("AND OR NOT", None),
    ],
)
def test_words_and_their_logic(text: str, expected: object) -> None:
    assert root(text) == expected


def test_the_last_word_is_a_prefix_while_it_is_typed() -> None:
    assert root("a b") == AllOf((A, Text("b", prefix=True)))
    assert root("a b ") == AllOf((A, B))
    assert root('a "b"') == AllOf((A, B))
    assert root("b* a ") == AllOf((Text("b", prefix=True), A))
    assert root("subject:b") == Text("b", TextField.SUBJECT, prefix=True)


def test_an_excluded_word_is_never_a_prefix() -> None:
    assert root("a -b") == AllOf((A, Not(B)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from:anna", Person("anna", SENDER)),
        ("FROM:anna", Person("anna", SENDER)),
        ('from:"anna keller"', Person("anna keller", SENDER)),
        ("from: anna", Person("anna", SENDER)),
        ("to:anna", Person("anna", (PersonRole.RECIPIENT, PersonRole.COPY))),
        ("cc:anna", Person("anna", (PersonRole.COPY,))),
        ("from:(a OR b)", AnyOf((Person("a", SENDER), Person("b", SENDER)))),
        ("-from:anna", Not(Person("anna", SENDER))),
        ("anna@acme.example", Person("anna@acme.example")),
        ("@acme.example", Person("@acme.example")),
        ("body:a ", Text("a", TextField.BODY)),
        ("filename:pdf ", Text("pdf", TextField.FILES, prefix=True)),
        ('subject:"re: offer"', Text("re: offer", TextField.SUBJECT)),
        ("subject:re:offer ", Text("re:offer", TextField.SUBJECT)),
        ("is:unread", Marked(Mark.UNREAD)),
        ("is:read", Marked(Mark.UNREAD, False)),
        ("is:important", Marked(Mark.STARRED)),
        ("is:replied", Marked(Mark.ANSWERED)),
        ("has:attachment", HasAttachment()),
        ("in:INBOX", InList("inbox", (Unified.INBOX,))),
        ("in:anywhere", InList("anywhere", EVERYWHERE)),
        ("in:spam", InList("spam", (Unified.JUNK,))),
        ("in:Projects/Helix", InFolder("Projects/Helix")),
        ('in:"My folder"', InFolder("My folder")),
        ("larger:5M", Sized(at_least=5_000_000)),
        ("smaller:200k", Sized(below=200_000)),
        ("list:news", FromList("news")),
        ("before:2026-09", Dated(end=date(2026, 9, 1))),
        ("after:2026", Dated(start=date(2026, 1, 1))),
        ('since:"last month"', Dated(start=date(2026, 10, 1))),
        ("since:yesterday", Dated(start=date(2026, 11, 19))),
        ("older_than:2w", Dated(end=date(2026, 11, 6))),
        ("newer_than:1y", Dated(start=date(2025, 11, 20))),
        ("from:", None),
        ("from: is:unread", Marked(Mark.UNREAD)),
    ],
)
def test_operators(text: str, expected: object) -> None:
    assert parse(text, TODAY) == Query(expected)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("is:foo", ("is:foo",)),
        ("is:unr x", ("is:unr",)),
        ("before:soon x", ("before:soon",)),
        ("larger:big x", ("larger:big",)),
        ("stage:proposal x", ("stage:",)),
        ("http://a.example/b 10:30 Re: std::vector", ()),
    ],
)
def test_what_is_not_understood_is_named(text: str, unknown: tuple[str, ...]) -> None:
    assert parse(text, TODAY).unknown == unknown


@pytest.mark.parametrize(
    "text", ["is:unr", "has:att", "before:20", "before:2026-", "before:yes", "older_than:3", "larger:5"]
)
def test_a_value_that_is_still_typed_is_not_called_unknown(text: str) -> None:
    assert parse(text, TODAY).unknown == ()


@pytest.mark.parametrize(
    ("value", "first", "after"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026-12", date(2026, 12, 1), date(2027, 1, 1)),
        ("2024-02-29", date(2024, 2, 29), date(2024, 3, 1)),
        ("2026/9/1", date(2026, 9, 1), date(2026, 9, 2)),
        ("1.9.2026", date(2026, 9, 1), date(2026, 9, 2)),
        ("1 Sep 2026", date(2026, 9, 1), date(2026, 9, 2)),
        ("september 2026", date(2026, 9, 1), date(2026, 10, 1)),
        ("today", TODAY, date(2026, 11, 21)),
        ("this week", date(2026, 11, 16), date(2026, 11, 23)),
        ("last-week", date(2026, 11, 9), date(2026, 11, 16)),
        ("last_year", date(2025, 1, 1), date(2026, 1, 1)),
    ],
)
def test_days(value: str, first: date, after: date) -> None:
    assert day_range(value, TODAY) == (first, after)


@pytest.mark.parametrize(
    "value", ["", "2026-13", "2026-02-30", "0000", "1969", "9999-12-31", "soon", "1 foo 2026", "٢٠٢٦-99"]
)
def test_not_days(value: str) -> None:
    assert day_range(value, TODAY) is None


def test_spans_end_on_the_last_day_a_month_has() -> None:
    assert days_ago("1m", date(2026, 3, 31)) == date(2026, 2, 28)
    assert days_ago("99999y", TODAY) == date(1970, 1, 1)
    assert days_ago("99999d", TODAY) is not None
    assert days_ago("x", TODAY) is None


def test_sizes() -> None:
    assert size_bytes("1.5M") == 1_500_000
    assert size_bytes("2 GB") == 2_000_000_000
    assert size_bytes("10") == 10
    assert size_bytes("M") is None


def test_terms_and_depth_are_bounded() -> None:
    assert len(list(leaves(root("word " * 500)))) <= MAX_TERMS
    assert root("(" * 5000 + "a") is None or len(list(leaves(root("(" * 5000 + "a")))) == 1


def test_c16_long_texts_take_no_time() -> None:
    texts = [
        '"' * 100_000,
        "from:" * 20_000,
        "(" * 100_000,
        "a" * 100_000,
        " " * 100_000,
        "-" * 100_000,
        "a:b " * 25_000,
    ]
    for text in texts:
        began = time.perf_counter()
        parse(text, TODAY)
        assert time.perf_counter() - began < 0.5


def test_c36_every_text_is_a_query() -> None:
    chance = random.Random(seed())
    letters = 'ab:"()-*. @\0\n“«会ё\ud800٣²' + "0123456789"
    words = ["from:", "is:", "OR", "AND", "NOT", "before:", "older_than:", "in:", "larger:", "label:"]
    for _ in range(rounds(2_000, 50_000)):
        text = "".join(chance.choice(words) if chance.random() < 0.2 else chance.choice(letters) for _ in range(20))
        query = parse(f"{text} zebra", TODAY)
        assert "zebra" in repr(query), f"a word is dropped in silence: {text!r}"
        found = [leaf for leaf, _wanted in leaves(query.root)]
        assert len(found) <= MAX_TERMS
        for leaf in found:
            assert "\0" not in str(leaf)
            str(leaf).encode()


def test_what_is_forgiven_to_who_still_types_is_told_of_a_finished_text() -> None:
    today = date(2026, 11, 26)

    assert unfinished("after:2026-13-99", today) == ("after:2026-13-99",)
    assert unfinished('(a "b', today) == ("(", '"b')
