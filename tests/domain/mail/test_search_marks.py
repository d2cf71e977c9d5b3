"""Which stretches of subjects and texts are set off."""

from __future__ import annotations

from datetime import date

import pytest

from desktop.domain.mail.query_parse import parse
from desktop.domain.mail.search_marks import SNIPPET_CHARS, Marker


def marker(query: str) -> Marker:
    return Marker(parse(query, date(2026, 11, 20)).root)


def words(text: str, marks: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in marks]


@pytest.mark.parametrize(
    ("query", "subject", "marked"),
    [
        ("renewal ", "Renewal of the renewals", ["Renewal"]),
        ("renew", "Renewal of the renewals", ["Renewal", "renewals"]),
        ("muller ", "Herr Müller und Frau Mu\u0308ller", ["Müller", "Mu\u0308ller"]),
        ("müller ", "MULLER", ["MULLER"]),
        ("ёлка ", "Елка и ёлка", ["Елка", "ёлка"]),
        ("会议", "明天会议记录", ["会议"]),
        ('"offer for" ', "Your offer: for you", ["offer: for"]),
        ("a.b ", "see a.b or a-b", ["a.b", "a-b"]),
        ("offer -renewal ", "offer renewal", ["offer"]),
        ("from:offer ", "offer", []),
        ("body:offer ", "offer", []),
        ("subject:offer ", "offer", ["offer"]),
        ("!!! ", "!!!", []),
        (".* ", "abc", []),
        ("is:unread", "unread", []),
        ("", "abc", []),
    ],
)
def test_subjects(query: str, subject: str, marked: list[str]) -> None:
    assert words(subject, marker(query).subject(subject)) == marked


def test_the_snippet_shows_the_first_match_in_one_line() -> None:
    body = "Dear all,\n" + "filling words " * 50 + "now the\r\nneedle\tand  more " + "words " * 200

    text, marks = marker("needle ").snippet(body, "Dear all")

    assert text.startswith("… ")
    assert text.endswith("…")
    assert len(text) <= SNIPPET_CHARS
    assert "now the needle and more" in text
    assert words(text, marks) == ["needle"]


def test_without_a_match_the_first_words_are_shown() -> None:
    assert marker("needle ").snippet("Dear all, nothing here", "Dear all") == ("Dear all", ())


def test_a_match_beyond_the_window_is_not_marked_outside_the_text() -> None:
    text, marks = marker("a").snippet("a " * 1000, "")

    assert all(0 <= start < end <= len(text) for start, end in marks)


def test_direction_marks_do_not_reach_the_list() -> None:
    text, _marks = marker("needle ").snippet("\u202egpj.exe needle", "")

    assert "\u202e" not in text
