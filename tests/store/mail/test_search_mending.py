"""A damaged search index: SQLite's check does not see it, search tells it, upkeep mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.base import clock
from desktop.services.mail.search import Search
from desktop.services.mail.upkeep import CHECK_EVERY_MS, Upkeep
from desktop.store import backup
from desktop.store.database import Database, DiskFull, SearchIndexDamaged
from desktop.store.mail import search_mending
from desktop.store.space import Space
from tests.desk import mail
from tests.shelf import Shelf


@pytest.fixture
def store(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(database, tmp_path)


@pytest.fixture
def upkeep(store: Shelf, tmp_path: Path) -> Upkeep:
    return Upkeep(store.database, store.blobs, store.ingest, Space(tmp_path), tmp_path / "backup")


def _found(store: Shelf, text: str) -> int:
    return len(Search(store.database).search(text).hits)


def _damage(store: Shelf, index: str = "email_search") -> None:
    with store.database.write() as work:
        work.run(f"DELETE FROM {index}_data WHERE id > 10")


def test_a_damaged_index_is_told_and_mended_and_the_database_is_not_suspected(store: Shelf, upkeep: Upkeep) -> None:
    store.arrive(mail(1, text="needle"))
    told: list[str] = []
    store.database.when_index_damaged = lambda: told.append("index")
    store.database.when_damaged = lambda: told.append("database")
    _damage(store)

    with pytest.raises(SearchIndexDamaged):
        _found(store, "needle")
    assert told == ["index"]
    upkeep.mend_search()

    assert _found(store, "needle") == 1


@pytest.mark.parametrize("index", ["email_search", "email_trigram"])
def test_the_weekly_check_looks_into_the_indexes_and_mends_them(store: Shelf, upkeep: Upkeep, index: str) -> None:
    store.arrive(mail(1, text="needle"))
    store.arrive(mail(2, subject="会议通知"))
    upkeep.run()
    _damage(store, index)
    assert backup.damage(store.database.path) == ""

    with clock.frozen(clock.now() + CHECK_EVERY_MS + 1):
        upkeep.run()

    assert _found(store, "needle") == 1
    assert _found(store, "会议通知") == 1


@pytest.mark.parametrize("index", ["email_search", "email_trigram"])
@pytest.mark.parametrize("damage", ["DELETE FROM {}_config", "UPDATE {}_config SET v = 9"])
def test_an_index_that_lost_what_it_keeps_about_itself_is_told_found_and_mended(
    store: Shelf, tmp_path: Path, upkeep: Upkeep, index: str, damage: str
) -> None:
    store.arrive(mail(1, text="needle"))
    with store.database.write() as work:
        config = work.all(f"SELECT k, v FROM {index}_config ORDER BY k")
        work.run(damage.format(index))
    store.database.close()
    told: list[str] = []
    store.database.when_index_damaged = lambda: told.append("index")

    with pytest.raises(SearchIndexDamaged):
        store.arrive(mail(2, text="needle"))
    assert told == ["index"]
    assert "fts5" in search_mending.damage(backup.make(store.database.path, tmp_path / "copies", why="test"))
    upkeep.run()

    store.arrive(mail(2, text="needle"))
    assert _found(store, "needle") == 2
    with store.database.read() as view:
        assert view.all(f"SELECT k, v FROM {index}_config ORDER BY k") == config


def test_what_fails_after_the_weekly_backup_does_not_let_it_be_made_again(
    store: Shelf, tmp_path: Path, upkeep: Upkeep, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(copy: Path) -> str:
        raise DiskFull

    monkeypatch.setattr(search_mending, "damage", fails)
    with pytest.raises(DiskFull):
        upkeep.run()

    with clock.frozen(clock.now() + 3_600_000):
        upkeep.run()

    assert len(list((tmp_path / "backup").glob("*.db"))) == 1


def test_an_index_that_is_whole_is_found_whole_after_all_that_changes_it(
    store: Shelf, tmp_path: Path, upkeep: Upkeep
) -> None:
    for number in range(1, 20):
        store.arrive(mail(number, text=f"Straße №{number} ёлка 会议 \u0e1b\u0e23\u0e30 e\u0301"))
    for key in store.mails()[:5]:
        with store.database.write() as work:
            work.run("UPDATE email SET gone_at_ms = 1, kept = 0 WHERE key = ?", (key,))
            work.run("DELETE FROM place WHERE email_key = ?", (key,))
    with clock.frozen(clock.now() + CHECK_EVERY_MS * 10):
        upkeep.run()

    copy = backup.make(store.database.path, tmp_path / "copies", why="test")

    assert search_mending.damage(copy) == ""


def test_mending_makes_the_kept_lists_anew(store: Shelf, upkeep: Upkeep) -> None:
    store.arrive(mail(1))
    keys = store.mails()
    with store.database.write() as work:
        work.run("DELETE FROM listing_entry")

    upkeep.mend_search()

    assert store.mails() == keys
