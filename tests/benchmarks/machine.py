"""What this machine is, and what processes cost on it."""

from __future__ import annotations

import contextlib
import os
import platform
import statistics
from collections.abc import Sequence
from pathlib import Path

import psutil


def describe() -> str:
    """Return processor, memory and system in one line."""
    return ", ".join(
        (
            f"{os.cpu_count()} x {_processor()}",
            f"{psutil.virtual_memory().total / 2**30:.0f} GB",
            _system(),
            f"Python {platform.python_version()}",
        )
    )


def load() -> float:
    """Return how many processes wanted a core on average in the last minute."""
    return os.getloadavg()[0]


def pss_mb(root: psutil.Process) -> float:
    """Return the proportional set size of a process and all below it, in megabytes."""
    total = 0
    for process in (root, *root.children(recursive=True)):
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended while we counted
            total += process.memory_full_info().pss
    return total / 1e6


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def spread_of(values: Sequence[float]) -> dict[str, float]:
    """Return what is told of repeated measurements: the median and the best."""
    return {"median": round(statistics.median(values), 3), "best": round(min(values), 3), "runs": len(values)}


def _processor() -> str:
    with contextlib.suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return " ".join(line.partition(":")[2].split())
    return platform.processor() or platform.machine()


def _system() -> str:
    with contextlib.suppress(OSError):
        return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
    return f"{platform.system()} {platform.release()}"
