"""A warm start of the real program on a profile with 50,000 mails: from the call to its first painted list.

The first start is not counted: it fills the caches of the system and of the profile. Afterwards the program is left
alone for a moment, and what its processes hold is counted. Times in milliseconds, memory in megabytes.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

from desktop.app.gui import PAINTED_LINE, PAINTED_VARIABLE
from tests.benchmarks import program, search_corpus
from tests.benchmarks.machine import pss_mb
from tests.benchmarks.options import Options

MAILS = 50_000
RUNS = 9
_IDLE_S = 5.0
_END_S = 60.0


def measure(options: Options) -> dict[str, object]:
    """Start again and again, and return the figures."""
    count = options.size(MAILS, quick=2_000)
    profile = search_corpus.profile(options.keep, count)
    taken = []
    for turn in range(options.size(RUNS, quick=2) + 1):
        with _started(profile) as (process, taken_ms):
            if turn == 0:
                continue
            taken.append(taken_ms)
            if len(taken) == 1:
                time.sleep(_IDLE_S)
                idle_mb = pss_mb(psutil.Process(process.pid))
    return {
        "mails": count,
        "median_ms": round(statistics.median(taken)),
        "best_ms": round(min(taken)),
        "worst_ms": round(max(taken)),
        "runs": len(taken),
        "idle_pss_mb": round(idle_mb),
    }


@contextlib.contextmanager
def _started(profile: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """Start the program and give it with the milliseconds until its list was painted; it is ended afterwards."""
    with tempfile.TemporaryDirectory() as made:
        environ = program.environment(Path(made)) | {PAINTED_VARIABLE: "1"}
        began = time.perf_counter()
        process = subprocess.Popen(
            program.command(profile), env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8"
        )
        assert process.stderr is not None
        try:
            said = []
            for line in process.stderr:
                if line.strip() == PAINTED_LINE:
                    break
                said.append(line)
            else:
                raise RuntimeError(f"the program ended before it showed a list: {''.join(said)}")
            yield process, (time.perf_counter() - began) * 1000
        finally:
            process.terminate()
            process.communicate(timeout=_END_S)
