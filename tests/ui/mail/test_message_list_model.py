"""The model of a list: lines, days, rows on demand, and small signals for small changes."""

from __future__ import annotations

import random
from array import array
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt, QTimeZone
from PySide6.QtTest import QAbstractItemModelTester

from desktop.base import clock
from desktop.domain.mail.listing import ListQuery, SortBy
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_line import HitMarks, ListRole
from desktop.ui.mail.message_list_model import MessageListModel
from tests.proof import rounds, seed
from tests.ui.mail.rows import DAY, MINUTE, NOW_MS, key, row, snapshot

UTC = QTimeZone(b"UTC")


@pytest.fixture
def model(qapp) -> Iterator[MessageListModel]:
    with clock.frozen(NOW_MS):
        made = MessageListModel(where=UTC)
        tester = QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)
        yield made
        tester.deleteLater()


def shown(model: MessageListModel) -> list[int | str]:
    lines = (model.line(number) for number in range(model.rowCount()))
    return [f"{line.title} {line.count}" if line.kind is LineKind.HEAD else line.key for line in lines]


TODAY, LATER, OLD = key(MINUTE), key(2 * MINUTE), key(DAY)


def test_mails_stand_under_their_days(model):
    model.open(snapshot([TODAY, LATER, OLD]))

    assert shown(model) == ["Today 2", TODAY, LATER, "Yesterday 1", OLD]


def test_other_orders_have_no_days(model):
    model.open(snapshot([OLD, TODAY], ListQuery(-1, sort_by=SortBy.SENDER)))

    assert shown(model) == [OLD, TODAY]


def test_a_collapsed_day_keeps_its_head_and_its_selection_of_others(model):
    model.open(snapshot([TODAY, LATER, OLD]))
    old = QPersistentModelIndex(model.index(4))

    model.toggle_group(0)

    assert shown(model) == ["Today 2", "Yesterday 1", OLD]
    assert model.key_at(old.row()) == OLD
    assert model.line_of(TODAY) is None
    model.toggle_group(0)
    assert model.key_at(old.row()) == OLD


def test_new_mail_is_one_inserted_line(model, qtbot):
    model.open(snapshot([LATER, OLD]))

    with qtbot.waitSignal(model.rowsInserted) as inserted:
        model.update(snapshot([TODAY, LATER, OLD]))

    assert inserted.args[1:] == [1, 1]
    assert shown(model)[0] == "Today 2"


def test_the_first_mail_of_a_day_brings_its_head(model, qtbot):
    model.open(snapshot([OLD]))

    with qtbot.waitSignal(model.rowsInserted) as inserted:
        model.update(snapshot([TODAY, OLD]))

    assert inserted.args[1:] == [0, 1]
    assert shown(model) == ["Today 1", TODAY, "Yesterday 1", OLD]


def test_the_last_mail_of_a_day_takes_its_head_along(model, qtbot):
    model.open(snapshot([TODAY, OLD]))

    with qtbot.waitSignal(model.rowsRemoved) as removed:
        model.update(snapshot([TODAY]))

    assert removed.args[1:] == [2, 3]


def test_any_change_leads_to_the_lines_of_a_fresh_list(model):
    chance = random.Random(seed())
    pool = [key(chance.randrange(60) * DAY // 4, n) for n in range(60)]
    for _round in range(rounds(150, 5_000)):
        before = sorted(chance.sample(pool, chance.randrange(40)), reverse=True)
        model.open(snapshot(before))
        model.set_collapsed(chance.sample(["today", "yesterday", "month-2026-11"], chance.randrange(3)))
        if before and (top := chance.choice(before)):
            model.unfold(top, [1, 2])
        kept = {number: model.key_at(number) for number in range(model.rowCount())}
        persistent = {model.key_at(n): QPersistentModelIndex(model.index(n)) for n in kept if kept[n] > 2}
        after = set(before) - set(chance.sample(before, chance.randrange(min(4, len(before)) + 1)))
        after |= set(chance.sample(pool, chance.randrange(4)))
        ordered = sorted(after, reverse=True)
        resets: list[bool] = []
        model.update_ends.connect(resets.append)

        model.update(snapshot(ordered))

        model.update_ends.disconnect(resets.append)
        fresh = MessageListModel(where=UTC)
        fresh.open(snapshot(ordered))
        fresh.set_collapsed(model.collapsed)
        if before and model.is_unfolded(top):
            fresh.unfold(top, [1, 2])
        assert shown(model) == shown(fresh)
        if resets == [False]:
            assert {k: model.key_at(index.row()) for k, index in persistent.items() if k in after} == {
                k: k for k in persistent if k in after and model.line_of(k) is not None
            }


def test_a_conversation_unfolds_in_place(model):
    model.open(snapshot([TODAY, OLD]))

    model.unfold(TODAY, [11, 12])

    assert shown(model) == ["Today 1", TODAY, 11, 12, "Yesterday 1", OLD]
    assert model.line(2).kind is LineKind.CHILD
    assert model.line_of(12) == 3
    model.fold(TODAY)
    assert shown(model) == ["Today 1", TODAY, "Yesterday 1", OLD]


def test_one_call_gives_a_whole_row_and_missing_ones_are_named(model):
    model.open(snapshot([TODAY, LATER, OLD]), [row(TODAY)])

    line = model.data(model.index(1), ListRole.LINE)

    assert line.row == row(TODAY)
    assert model.data(model.index(2), ListRole.LINE).row is None
    assert model.missing(0, 4) == [LATER, OLD]


def test_stale_rows_are_shown_until_they_are_read_again(model, qtbot):
    model.open(snapshot([TODAY]), [row(TODAY, unread=True)])

    model.make_stale([TODAY])

    assert model.line(1).row is not None
    assert model.missing(0, 1) == [TODAY]
    with qtbot.waitSignal(model.dataChanged):
        model.put_rows([row(TODAY)])
    assert model.missing(0, 1) == []


def test_search_hits_have_marks_and_no_days(model):
    marks = {TODAY: HitMarks(((0, 7),), "… the renewal", ((6, 13),))}

    model.open(snapshot([TODAY, OLD]), [row(TODAY)], marks)

    assert shown(model) == [TODAY, OLD]
    assert model.line(0).marks == marks[TODAY]
    assert model.line(1).marks is None


def test_every_row_speaks(model):
    model.open(snapshot([TODAY, OLD]), [row(TODAY, unread=True, has_attachment=True, important=True, count=3)])

    said = [model.data(model.index(n), Qt.ItemDataRole.AccessibleTextRole) for n in range(model.rowCount())]

    assert said[0] == "Today, 1 mail, expanded"
    assert said[1].startswith("Unread mail, Anna Keller, Renewal 2027 – offer, ")
    assert said[1].endswith("3 mails, Starred, Has attachments")
    assert said[3] == "Loading…"


def test_heads_cannot_be_selected(model):
    model.open(snapshot([TODAY]))
    chosen = QItemSelectionModel(model)

    chosen.select(model.index(0), QItemSelectionModel.SelectionFlag.Select)
    chosen.select(model.index(1), QItemSelectionModel.SelectionFlag.Select)

    assert not chosen.isSelected(model.index(0))
    assert chosen.isSelected(model.index(1))


def test_200_000_keys_open_and_take_new_mail_at_once(qapp):
    keys = array("q", (key(n * 10 * MINUTE) for n in range(200_000)))
    with clock.frozen(NOW_MS):
        model = MessageListModel(where=UTC)
        model.open(snapshot(keys))
        newer = array("q", [key(-MINUTE), *keys])
        changes: list[tuple[int, int]] = []
        model.rowsInserted.connect(lambda _parent, first, last: changes.append((first, last)))

        model.update(snapshot(newer))

    assert len(model.keys) == 200_001
    assert changes == [(1, 1)]
    assert model.position_of(keys[-1]) == 200_000
