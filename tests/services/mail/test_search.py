"""Search as the window calls it: hits with rows and marks, sentences, pages, suggestions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import Flag
from desktop.domain.mail.search_result import Cancelled, Searched, SuggestionKind
from desktop.services.mail.search import Search, searched_sentence
from desktop.store.database import Database
from tests.store.mail.search_mailbox import DAY_MS, START_MS, Mail, add, new_database

ROLF = Address("Rolf Stein", "rolf@helix.example")
MAILS = [
    Mail("Offer for the renewal", "Dear Jan,\nplease find our offer attached.", files=("offer.pdf",)),
    Mail("Minutes", "Nothing of note.", sender=ROLF, flags=Flag.SEEN, day=1),
    Mail("Renewal", "The <b>renewal</b> & the rest.", sender=ROLF, day=2),
    Mail("Win", "An offer", folder="Junk", day=3),
    Mail("Pilot", "The pilot.", sender=Address("Ольга", "olga@uni.example"), folder="Projects/Helix", day=4),
]


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = new_database(tmp_path)
    add(made, MAILS)
    yield made
    made.close()


@pytest.fixture
def search(database: Database) -> Search:
    return Search(database)


def test_hits_carry_rows_and_marks_into_plain_text(search: Search) -> None:
    result = search.search("renewal")

    assert [hit.row.subject for hit in result.hits] == ["Renewal", "Offer for the renewal"]
    newest, older = result.hits
    assert newest.subject_marks == ((0, 7),)
    assert newest.snippet == "The <b>renewal</b> & the rest."
    assert [newest.snippet[a:b] for a, b in newest.snippet_marks] == ["renewal"]
    assert newest.row.sender_name == "Rolf Stein"
    assert newest.row.unread
    assert older.subject_marks == ((14, 21),)
    assert older.snippet_marks == ()
    assert older.row.has_attachment


def test_pages_follow_one_another(search: Search) -> None:
    first = search.search("in:inbox", limit=2)
    second = search.search("in:inbox", limit=2, before_key=first.hits[-1].row.key)

    assert not first.complete
    assert second.complete
    assert [hit.row.subject for hit in (*first.hits, *second.hits)] == ["Renewal", "Minutes", "Offer for the renewal"]


def test_a_full_last_page_is_complete(search: Search) -> None:
    assert search.search("in:inbox", limit=3).complete


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("offer", "Searched 4 mails that are here, in all folders but Trash and Junk."),
        ("offer in:anywhere", "Searched 5 mails that are here, in all folders."),
        ("offer in:junk", "Searched 1 mail that is here, in Junk."),
        ("offer in:helix", "Searched 1 mail that is here, in Projects/Helix."),
        ("offer in:projects", "Searched 1 mail that is here, in Projects, Projects/Helix, Projects/Kranich."),
        ("offer in:nowhere", "No folder is called “nowhere”, so no mail was searched."),
        ("offer -in:junk", "Searched 4 mails that are here, in all folders but Trash and Junk."),
    ],
)
def test_says_what_was_searched(search: Search, text: str, sentence: str) -> None:
    assert searched_sentence(search.search(text).searched) == sentence


def test_the_number_of_mails_searched_is_written_as_the_person_reads_numbers(search: Search) -> None:
    searched = Searched(12_345, (Unified.ALL,), "")

    words = searched_sentence(searched, lambda number: f"{number:,}".replace(",", "\u202f"))

    assert words == "Searched 12\u202f345 mails that are here, in all folders but Trash and Junk."


def test_names_what_was_not_understood(search: Search) -> None:
    assert search.search("is:foo offer").unknown == ("is:foo",)
    assert search.search("in:nowhere stage:won offer").unknown == ("stage:", "in:nowhere")
    assert search.search("offer").unknown == ()


def test_nothing_typed_finds_nothing(search: Search) -> None:
    for text in ("", "  ", "!!!", "from:", '""'):
        result = search.search(text)
        assert result.hits == ()
        assert result.complete


def test_relative_days_count_from_today(search: Search) -> None:
    with clock.frozen(START_MS + 2 * DAY_MS):
        hits = search.search("newer_than:1d -in:helix").hits

    assert [hit.row.subject for hit in hits] == ["Renewal", "Minutes"]


def test_a_search_overtaken_by_a_newer_one_is_quietly_cancelled(search: Search) -> None:
    cancel = threading.Event()
    cancel.set()

    with pytest.raises(Cancelled):
        search.search("offer", cancel=cancel)

    assert search.search("offer", cancel=threading.Event()).hits


def test_searches_on_several_threads(database: Database, search: Search) -> None:
    failures: list[BaseException] = []

    def run() -> None:
        try:
            for text in ("r", "re", "ren", "from:rolf", "is:unread", "in:projects"):
                search.search(text)
        except BaseException as error:
            failures.append(error)
        finally:
            database.close_thread()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not failures


def test_a_read_only_database_is_searched(database: Database) -> None:
    from desktop.base.bus import Bus

    reader = Database(database.path, Bus(), read_only=True)

    assert Search(reader).search("renewal").hits
    assert Search(reader).search("会议").complete
    reader.close()


def test_suggests_people_most_used_first(search: Search) -> None:
    found = search.suggestions("from:r", 6)

    assert [(s.kind, s.text, s.note) for s in found] == [
        (SuggestionKind.PERSON, "from:rolf@helix.example", "Rolf Stein")
    ]
    assert search.suggestions("x stein", 7)[0].text == "from:rolf@helix.example"
    assert search.suggestions("from:оль", 8)[0].text == "from:olga@uni.example"
    assert search.suggestions("to:jan", 6)[0].text == "to:jan@firm.example"


def test_suggests_folders_and_operators(search: Search) -> None:
    assert [s.text for s in search.suggestions("in:pro", 6)] == [
        "in:Projects",
        "in:Projects/Helix",
        "in:Projects/Kranich",
    ]
    assert [s.text for s in search.suggestions("in:jun", 6)] == ["in:junk"]
    assert "from:" in [s.text for s in search.suggestions("", 0)]
    assert search.suggestions("is:unread", 9) == ()
    assert search.suggestions("has:attachment", 14) == ()  # nor its other spelling, has:attachments
    assert "has:attachment" in [s.text for s in search.suggestions("has:att", 7)]


@pytest.mark.parametrize("text", ['"', "from:%", "in:_", "\0", "a" * 5000, "from:\ud800", "((((", "x:y:z", "-"])
def test_c36_suggestions_for_any_text(search: Search, text: str) -> None:
    for cursor in (0, 1, len(text), len(text) + 5, -1):
        found = search.suggestions(text, cursor)
        assert len(found) <= 8
        for suggestion in found:
            assert 0 <= suggestion.start <= suggestion.end <= len(text)
            assert suggestion.text
            suggestion.text.encode()
            typed = text[: suggestion.start] + suggestion.text + text[suggestion.end :]
            assert search.search(typed).complete, "what is offered can be searched"
