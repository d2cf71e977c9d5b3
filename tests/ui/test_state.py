"""The window's state comes back, and garbage is no error."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.ui.state import State


def test_values_come_back(tmp_path: Path) -> None:
    state = State(tmp_path / "window.json")
    state.set("tree", 240)
    state.set("open", True)
    state.set("folded", ["2026-01-01"])
    state.save()

    again = State(tmp_path / "window.json")

    assert (again.get("tree", 1), again.get("open", False), again.get("folded", [""])) == (240, True, ["2026-01-01"])


def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    state = State(tmp_path / "window.json")
    state.set("folded", ["half a pair: \ud83d"])

    state.save()

    assert State(tmp_path / "window.json").get("folded", [""]) == ["half a pair: \ud83d"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b'{"tree": "wide", "open": 1, "list": [{}]}'])
def test_garbage_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "window.json"
    path.write_bytes(content)

    state = State(path)

    assert (state.get("tree", 224), state.get("open", False), state.get("list", [1])) == (224, False, [1])


def test_a_place_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    state = State(tmp_path / "missing" / "window.json")
    state.set("tree", 1)
    state.save()
    assert state.get("tree", 0) == 1


def test_only_the_owner_may_read_it(tmp_path: Path, wide_umask: None, open_to_others: object) -> None:
    state = State(tmp_path / "window.json")
    state.set("tree", 1)
    state.save()
    assert (tmp_path / "window.json").stat().st_mode & 0o077 == 0
