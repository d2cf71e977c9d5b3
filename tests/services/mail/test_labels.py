"""Places at Gmail are found by Gmail's id, without reading an account or a folder."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.store.database import UnitOfWork
from desktop.store.mail.labels import Labels, LabelWriter
from tests.desk import mail
from tests.shelf import Shelf

KNOWN = 1592225494819146101


@pytest.mark.parametrize(
    "ask",
    [
        lambda work: Labels(work).known(1, [KNOWN]),
        lambda work: Labels(work).in_use(1),
        lambda work: LabelWriter(work).join(1, 2),
        lambda work: LabelWriter(work).alone(1),
        lambda work: LabelWriter(work).add(1, 2, 0, None),
        lambda work: LabelWriter(work)._there([(1, 1, KNOWN, 1, 0)], [2]),
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
