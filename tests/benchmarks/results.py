"""The result file: rows of all benchmarks, each with the name of its own, in the order of the table."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import machine, readme_table
from tests.benchmarks.options import NAMES
from tests.benchmarks.rows import Figures, rows


def keep(
    name: str,
    figures: Figures,
    *,
    quick: bool,
    results_path: Path = readme_table.RESULTS,
    readme_path: Path = readme_table.README,
) -> None:
    """Put the rows of a benchmark in the place of its old ones, in the result file and in the README."""
    known: dict[str, Any] = {"rows": []}
    if results_path.exists():
        known = json.loads(results_path.read_text(encoding="utf-8"))
    kept = [row for row in known["rows"] if row["name"] != name] + rows(name, figures, quick=quick)
    kept.sort(key=lambda row: NAMES.index(row["name"]))
    made = {"machine": machine.describe(), "date": datetime.now(UTC).date().isoformat(), "rows": kept}
    results_path.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    readme_table.write(results_path, readme_path)
