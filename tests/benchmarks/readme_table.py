"""The table of figures in the README, made from the file the benchmarks write and from nothing else.

The file holds `{"machine": text, "date": "YYYY-MM-DD", "rows": [{"what", "measured", "reach", "peer"}, …]}`; every
value is a text as it is to be read, so that the table is a pure copy.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.corpora import PROJECT

RESULTS = PROJECT / "tests" / "benchmarks" / "results.json"
README = PROJECT / "README.md"
BEGIN, END = "<!-- benchmarks -->", "<!-- /benchmarks -->"
COLUMNS = ("what", "measured", "reach", "peer")


def table(results: dict[str, Any]) -> str:
    """Return the figures as Markdown, with the machine they were measured on below."""
    lines = [" | ".join(("", *COLUMNS, "")).strip(), "|---" * len(COLUMNS) + "|"]
    for row in results["rows"]:
        cells = (str(row.get(column, "")).replace("|", "\\|") for column in COLUMNS)
        lines.append(" | ".join(("", *cells, "")).strip())
    return "\n".join([*lines, "", f"Measured on {results['date']}: {results['machine']}."])


def current_table(readme: str) -> str | None:
    """Return what stands between the marks of the README, or None where there are none."""
    _before, begin, rest = readme.partition(BEGIN)
    inside, end, _after = rest.partition(END)
    return inside.strip() if begin and end else None


def write(results_path: Path = RESULTS, readme_path: Path = README) -> None:
    """Put the table of the result file between the marks of the README; raises ValueError where it has none."""
    readme = readme_path.read_text(encoding="utf-8")
    if current_table(readme) is None:
        raise ValueError(f"{readme_path.name} has no marks {BEGIN} and {END}")
    before, _begin, rest = readme.partition(BEGIN)
    after = rest.partition(END)[2]
    made = table(json.loads(results_path.read_text(encoding="utf-8")))
    readme_path.write_text(f"{before}{BEGIN}\n{made}\n{END}{after}", encoding="utf-8")
