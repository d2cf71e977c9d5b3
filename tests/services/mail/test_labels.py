"""Places at Gmail are found by Gmail's id, without reading an account or a folder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag
from desktop.engine.mail.labelling import Labelling
from desktop.net.mail.imap.fetching import Overview
from desktop.store.database import UnitOfWork
from desktop.store.mail.labels import Labels, LabelWriter
from tests.desk import mail
from tests.shelf import Shelf

KNOWN = 1592225494819146101


@pytest.mark.parametrize(
    "ask",
    [
        lambda work: Labels(work).known(1, range(KNOWN, KNOWN + 500)),
        lambda work: Labels(work).in_use(1),
        lambda work: LabelWriter(work).join(1, 2),
        lambda work: LabelWriter(work).alone(1),
        lambda work: LabelWriter(work).add(1, 2, 0, None),
        lambda work: LabelWriter(work)._there([(n, 1, KNOWN + n, n, 0) for n in range(500)], [2]),
    ],
    ids=["known", "in use", "join", "alone", "add", "there"],
)
def test_places_are_found_by_the_id_of_the_mail(shelf: Shelf, ask: Callable[[UnitOfWork], object]) -> None:
    shelf.arrive(mail(1))
    statements: list[str] = []
    with shelf.database.write() as work:
        work.run("UPDATE place SET gm_msgid = ?", (KNOWN,))
        work.connection.set_trace_callback(statements.append)
        ask(work)
        work.connection.set_trace_callback(None)
        first = next(statement for statement in statements if "place" in statement)
        plan = [row[3] for row in work.all(f"EXPLAIN QUERY PLAN {first}")]
    assert any("place_gm_msgid" in line for line in plan), plan
    assert not any(line.startswith("SCAN") for line in plan), plan


def test_a_folder_is_read_through_for_copies_without_an_id_only_once(shelf: Shelf) -> None:
    shelf.arrive(mail(1))
    folder = next(f for f in shelf.mirror.folders(shelf.account) if f.role is Role.INBOX)
    asked: list[int] = []
    names: dict[int, tuple[int, int]] = {}

    class Session:
        has_labels = True

        def fetch_overview(self, uids: list[int]) -> dict[int, Overview]:
            asked.extend(uids)
            return {uid: Overview(uid, Flag.NONE, 0, 1, gm_msgid=KNOWN + uid) for uid in uids}

    def look(uidnext: int, uidvalidity: int = folder.uidvalidity) -> None:
        now = replace(folder, uidnext=uidnext, uidvalidity=uidvalidity)
        Labelling(Session(), None, shelf.mirror, shelf.ingest, list, set(), names).name(now)  # type: ignore[arg-type]

    look(2)
    assert asked == [1]
    with shelf.database.write() as work:
        work.run("UPDATE place SET gm_msgid = NULL")
    look(2)
    assert asked == [1], "UIDs that were given then are not looked at again"

    shelf.arrive(mail(2))  # as what is moved or put there from here, without an id
    look(3)
    assert asked == [1, 2]
    with shelf.database.write() as work:
        work.run("UPDATE place SET uidvalidity = uidvalidity + 1, gm_msgid = NULL")
    look(3, folder.uidvalidity + 1)
    assert asked == [1, 2, 2, 1], "under another numbering all are"
