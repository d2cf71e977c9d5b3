"""The quick filter and the orders of a list, in every alphabet and over whole conversations."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.store.database import Database
from desktop.store.mail.search_names import SearchNames
from tests.desk import mail
from tests.shelf import Shelf


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(database, tmp_path)


def _subjects(store: Shelf, query: ListQuery) -> list[str]:
    return [row.subject for row in store.views.rows(store.views.open_list(query).keys, conversations=False)]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("договор", {"Договор подписан"}),
        ("ДОГОВОР", {"Договор подписан"}),
        ("müller", {"MÜLLER 100% [sic] a_b"}),
        ("100%", {"MÜLLER 100% [sic] a_b"}),
        ("ü*", set()),
        ("müller 100% [SIC] A_B", {"MÜLLER 100% [sic] a_b"}),
        ("LLER 100", {"MÜLLER 100% [sic] a_b"}),
        ("_", {"MÜLLER 100% [sic] a_b"}),
        ("ё", {"Всё"}),
        ("борис", {"Всё"}),
        ("%" * 30_000, set()),
        ("ж" * 30_000, set()),
        ("\udcff", set()),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "",
)
@pytest.mark.parametrize("conversations", [True, False])
def test_the_quick_filter_finds_text_whatever_its_case(
    store: Shelf, typed: str, found: set[str], conversations: bool
) -> None:
    store.arrive(mail(1, subject="Договор подписан"))
    store.arrive(mail(2, subject="MÜLLER 100% [sic] a_b"))
    store.arrive(mail(3, subject="Всё", From="Борис <b@firm.example>"))

    query = ListQuery(Unified.INBOX, conversations=conversations, contains=typed)

    assert set(_subjects(store, query)) == found


def test_lists_are_in_the_order_of_the_alphabet_whatever_the_case(store: Shelf) -> None:
    subjects = ["Ящик", "янв", "арбуз", "Берег", "apple", "Zebra"]
    for number, subject in enumerate(subjects, 1):
        store.arrive(mail(number, subject=subject, From=f"{subject} <a@x.example>"))

    for sort_by in (SortBy.SUBJECT, SortBy.SENDER):
        query = ListQuery(Unified.INBOX, conversations=False, sort_by=sort_by, descending=False)
        assert _subjects(store, query) == sorted(subjects, key=str.casefold)


def test_a_conversation_is_found_by_each_of_its_mails_in_the_list(store: Shelf) -> None:
    store.arrive(mail(1, subject="Budget", From="Zoe <zoe@x.example>"))
    store.arrive(mail(2, subject="Re: hi", In_Reply_To="<1@acme.example>"))
    store.arrive(mail(3, subject="Re: elsewhere", In_Reply_To="<1@acme.example>"), Role.TRASH)
    [newest, _oldest] = store.mails()

    def found(contains: str) -> list[int]:
        return list(store.views.open_list(ListQuery(Unified.INBOX, contains=contains)).keys)

    assert found("zoe") == [newest]
    assert found("budget") == [newest]
    assert found("elsewhere") == [], "that mail stands in another list"


def test_people_are_found_by_any_word_of_their_names_whatever_the_case(store: Shelf) -> None:
    store.arrive(mail(1, From='"Ларс фон Триер" <lars@x.example>', To="100%_sure <sure@x.example>"))

    with store.database.read() as view:
        names = SearchNames(view)
        for typed in ("ларс", "ФОН", "трИЕР", "Lars@"):
            assert names.people(typed, 8) == [Address("Ларс фон Триер", "lars@x.example")], typed
        assert names.people("арс", 8) == []
        assert [person.address for person in names.people("100%_", 8)] == ["sure@x.example"]
        assert names.people("100_", 8) == []
