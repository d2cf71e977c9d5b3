"""What may stay of mails deleted for good: no people, and no source that a loss of power makes a mail want again."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.operation import Verb
from desktop.services.mail.search import Search
from desktop.services.mail.upkeep import Upkeep
from desktop.store.mail.messages import MessageWriter
from desktop.store.space import Space
from tests.desk import mail
from tests.shelf import Shelf
from tests.store.power import Disk, needs_names, reading


def _addresses(shelf: Shelf) -> set[str]:
    with shelf.database.read() as view:
        return set(view.column("SELECT address FROM email_address"))


def _people(shelf: Shelf, text: str) -> list[str]:
    return [suggestion.text for suggestion in Search(shelf.database).suggestions(text, len(text))]


def test_people_go_with_their_last_mail(shelf: Shelf, tmp_path: Path) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1, From="Zoe <zoe@x.example>", To="kim@x.example"))
    shelf.arrive(mail(2, From="Kim <kim@x.example>"))
    shelf.arrive(mail(3, From="Pic <pic@x.example>"))
    with shelf.database.write() as work:
        MessageWriter(work).allow_images("pic@x.example", True)
    assert any("zoe@x.example" in text for text in _people(shelf, "from:zo"))
    newest, _second, oldest = shelf.mails()

    shelf.do(Verb.DELETE, newest, oldest)

    assert not any("zoe@x.example" in text for text in _people(shelf, "from:zo")), "at once"
    Upkeep(shelf.database, shelf.blobs, shelf.ingest, Space(tmp_path), tmp_path / "backup").run()
    left = _addresses(shelf)
    assert "zoe@x.example" not in left
    assert {"kim@x.example", "pic@x.example"} <= left, "one mail names the one; the other's images may load"


@needs_names
@pytest.mark.parametrize("reader", [False, True])
def test_a_source_goes_only_after_the_rows_that_named_it_have_gone_for_good(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reader: bool
) -> None:
    shelf.become(Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), Role.INBOX)
    disk = Disk(monkeypatch, shelf.database.path)
    dropped: list[bytes] = []
    drop = shelf.blobs.drop

    def watch(digests: Sequence[bytes]) -> None:
        connection = sqlite3.connect(disk.after_power_loss(tmp_path / "found"))
        assert connection.execute("SELECT count(*) FROM mail_account").fetchone() == (1,)
        named = {bytes(row[0]) for row in connection.execute("SELECT raw_digest FROM email")}
        connection.close()
        assert named.isdisjoint(digests)
        dropped.extend(digests)
        drop(digests)

    monkeypatch.setattr(shelf.blobs, "drop", watch)

    with reading(shelf.database.path) if reader else nullcontext():
        shelf.do(Verb.DELETE, *shelf.mails())

    assert len(dropped) == 1
