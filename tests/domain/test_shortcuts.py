"""Keys follow from the set and what was changed of it; whatever is stored, no key means two things."""

from __future__ import annotations

import json

import pytest

from desktop.domain.shortcuts import (
    Declared,
    KeySet,
    changes_of,
    collide,
    effective,
    owner_of,
    reassigned,
    refusal,
    untwinned,
    with_changes,
    with_twins,
)

DECLARED = (Declared("w.reply", ("Ctrl+R",)), Declared("w.archive", ("A",)), Declared("w.star", ("S",)))


def test_a_change_takes_the_key_of_another_and_gives_it_back() -> None:
    changes = reassigned(DECLARED, {}, "w.star", ("S", "A"))

    assert changes == {"w.star": ("S", "A")}
    assert effective(DECLARED, changes) == {"w.reply": ("Ctrl+R",), "w.archive": (), "w.star": ("S", "A")}
    assert reassigned(DECLARED, changes, "w.star", ("S",)) == {}, "as declared is no change"


def test_the_changed_owner_of_a_key_loses_it_for_good() -> None:
    changes = reassigned(DECLARED, {"w.archive": ("Y", "E")}, "w.star", ("E",))

    assert effective(DECLARED, changes) == {"w.reply": ("Ctrl+R",), "w.archive": ("Y",), "w.star": ("E",)}


def test_a_key_taken_away_stays_away() -> None:
    changes = reassigned(DECLARED, {}, "w.archive", ())

    assert changes == {"w.archive": ()}
    assert effective(DECLARED, changes)["w.archive"] == ()
    assert owner_of("A", DECLARED, changes, "w.star") == ""
    assert owner_of("A", DECLARED, {}, "w.star") == "w.archive"


def test_an_action_that_lost_its_own_key_can_take_it_back() -> None:
    lost = reassigned(DECLARED, {}, "w.star", ("A",))
    back = reassigned(DECLARED, lost, "w.archive", ("A",))

    assert effective(DECLARED, back) == {"w.reply": ("Ctrl+R",), "w.archive": ("A",), "w.star": ()}


@pytest.mark.parametrize(
    "stored",
    [
        *("", "null", "[]", "{", '"x"', '{"thunderbird": 7}', '{"thunderbird": {"w.star": "A"}}'),
        *('{"thunderbird": {"w.star": [7]}}', '{"thunderbird": {"w.star": [""]}}', '{"other": {"w.star": ["A"]}}'),
        '{"thunderbird": {"w.star": ["' + "A" * 61 + '"]}}',
        '{"thunderbird": {"w.star": ' + json.dumps(["Q"] * 7) + "}}",
        "[" * 100_000,
    ],
)
def test_what_cannot_be_understood_leaves_the_keys_of_the_set(stored: str) -> None:
    assert changes_of(stored, KeySet.THUNDERBIRD) == {}


def test_unknown_actions_and_forbidden_keys_that_are_stored_change_nothing() -> None:
    changes = {"w.gone": ("R",), "w.star": ("Return",), "w.archive": ("Ctrl+C",)}

    assert effective(DECLARED, changes) == {one.name: one.keys for one in DECLARED}


def test_two_stored_changes_never_share_a_key() -> None:
    found = effective(DECLARED, {"w.star": ("G",), "w.archive": ("G, I",)})

    assert found == {"w.reply": ("Ctrl+R",), "w.archive": ("G, I",), "w.star": ()}


def test_each_set_keeps_its_own_changes() -> None:
    stored = with_changes("{}", KeySet.GMAIL, {"w.star": ("Y",)})
    stored = with_changes(stored, KeySet.THUNDERBIRD, {"w.archive": ("E",)})

    assert changes_of(stored, KeySet.GMAIL) == {"w.star": ("Y",)}
    assert changes_of(stored, KeySet.THUNDERBIRD) == {"w.archive": ("E",)}
    assert with_changes(with_changes(stored, KeySet.GMAIL, {}), KeySet.THUNDERBIRD, {}) == "{}"
    assert json.loads(with_changes("nonsense", KeySet.GMAIL, {"w.star": ()})) == {"gmail": {"w.star": []}}


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        *(("G", "G", True), ("G", "G, I", True), ("G, I", "G, S", False), ("S", "G, S", False)),
        *(("Ctrl+,", "Ctrl+,", True), ("*", "*, A", True), ("Shift+R", "R", False)),
    ],
)
def test_a_chord_shares_its_beginning_with_no_key(one: str, other: str, clash: bool) -> None:
    assert collide(one, other) is clash
    assert collide(other, one) is clash


@pytest.mark.parametrize("keys", ["Return", "Tab", "Shift+Tab", "Esc", "Space", "Down", "Ctrl+C", "G, Return"])
def test_what_every_window_needs_is_given_to_nothing(keys: str) -> None:
    assert refusal(keys, while_writing=False)
    assert refusal(keys, while_writing=True)


@pytest.mark.parametrize("keys", ["A", "Shift+A", "G, I", "/", "Ctrl+A", "Ctrl+Z", "Del"])
def test_a_letter_alone_is_text_while_one_writes(keys: str) -> None:
    assert refusal(keys, while_writing=True)
    assert not refusal(keys, while_writing=False)


@pytest.mark.parametrize("keys", ["F7", "Ctrl+B", "Alt+Left", "Ctrl++", "Ctrl+Return", "Ctrl+K, Ctrl+S"])
def test_other_keys_can_be_had_everywhere(keys: str) -> None:
    assert not refusal(keys, while_writing=True)
    assert not refusal(keys, while_writing=False)


def test_three_keys_in_a_row_are_too_many() -> None:
    assert refusal("G, I, I", while_writing=False)


def test_keys_work_on_a_russian_keyboard_too() -> None:
    keys = {"a": ("A",), "chord": ("G, I",), "held": ("Ctrl+R", "Shift+J"), "slash": ("/",), "plus": ("Ctrl++",)}

    assert with_twins(keys) == {
        "a": ("A", "Ф"),
        "chord": ("G, I", "П, Ш"),
        "held": ("Ctrl+R", "Shift+J", "Shift+О"),
        "slash": ("/", "."),
        "plus": ("Ctrl++",),
    }


def test_a_russian_twin_takes_nothing_from_another_action() -> None:
    assert with_twins({"slash": ("/",), "dot": (".",)}) == {"slash": ("/",), "dot": (".",)}


def test_what_a_russian_keyboard_gave_is_kept_as_the_latin_key() -> None:
    assert untwinned("Ф") == "A"
    assert untwinned("Shift+О") == "Shift+J"
    assert untwinned("П, Ш") == "G, I"
    assert untwinned("Ctrl+K") == "Ctrl+K"
