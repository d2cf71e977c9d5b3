"""Rows of the README's table: made of figures, honest about what was missed, replaced a benchmark at a time."""

from __future__ import annotations

import json
from pathlib import Path

from tests.benchmarks import results
from tests.benchmarks.options import NAMES
from tests.benchmarks.rows import MISSED, rows

WINDOW = {"mails": 6046, "p50_ms": 0.2, "p99_ms": 24.0, "max_ms": 60.0}
MEMORY = {"html_mails": 100, "start_mb": 110, "before_mb": 130, "after_mb": 360}


def readme(folder: Path) -> Path:
    path = folder / "README.md"
    path.write_text("<!-- benchmarks -->\n<!-- /benchmarks -->\n", encoding="utf-8")
    return path


def test_a_reach_that_was_missed_is_called_so() -> None:
    [met] = rows("window", WINDOW, quick=False)
    [missed] = rows("window", WINDOW | {"max_ms": 101.0}, quick=False)

    assert met["measured"] == "**24 / 60 ms**"
    assert missed["measured"] == f"**24 / 101 ms**{MISSED}"


def test_a_quick_run_says_so_in_every_row() -> None:
    start = {"mails": 2000, "median_ms": 900, "best_ms": 880, "worst_ms": 950, "runs": 2, "idle_pss_mb": 100}

    assert all("quick run" in row["what"] for row in rows("start", start, quick=True))


def test_without_the_peer_no_ratio_is_told() -> None:
    [row] = rows("sync", {"mails": 6046, "rapport": {"median": 7.0, "best": 6.8, "runs": 3}}, quick=False)

    assert row["peer"] == "not installed"
    assert " x" not in row["measured"]


def test_a_run_of_one_benchmark_replaces_its_rows_alone(tmp_path: Path) -> None:
    paths = {"results_path": tmp_path / "results.json", "readme_path": readme(tmp_path)}

    results.keep("memory", MEMORY, quick=False, **paths)
    results.keep("window", WINDOW, quick=True, **paths)
    results.keep("window", WINDOW, quick=False, **paths)

    kept = json.loads(paths["results_path"].read_text("utf-8"))["rows"]
    assert [row["name"] for row in kept] == ["window", "memory"]
    assert "quick" not in paths["readme_path"].read_text("utf-8")
    assert "130 / 360 MB" in paths["readme_path"].read_text("utf-8")


def test_every_benchmark_has_a_module() -> None:
    folder = Path(results.__file__).parent

    assert {path.stem for path in folder.glob("bench_*.py")} == {f"bench_{name}" for name in NAMES}
