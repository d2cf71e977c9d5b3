"""Click to painted mail, and the memory that reading costs, over real mails in a real profile.

`python -m tests.benchmarks.bench_reader FOLDER [--mails N] [--seed S]` prints one JSON object: times in milliseconds
from the call a click makes until the body is on the screen (store, parsing process, sanitiser, browser, frame), and PSS
of all processes in MB before the first HTML mail and after a hundred. FOLDER holds mails as *.txt or *.eml.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from pathlib import Path


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser()
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--mails", type=int, default=500)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    paths = sorted(path for path in given.folder.rglob("*") if path.suffix in {".txt", ".eml"})
    random.Random(given.seed).shuffle(paths)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ.setdefault("QT_QUICK_BACKEND", "software")
    # late: the parsing process imports this module anew
    from tests.benchmarks.reader_figures import figures

    print(json.dumps(figures(paths[: given.mails])))


if __name__ == "__main__":
    main()
