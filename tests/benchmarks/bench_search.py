"""How long search as you type takes on a large mailbox: every beginning of typical searches, typed letter by letter.

Times in milliseconds, each for the first 50 hits with their rows, marks and snippets. Where notmuch is installed, the
same mails are indexed by it and the searches it can say are timed in the same run, each in a process of its own as a
script would call it; `start_ms` is what of that is the start.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop.base.bus import Bus
from desktop.services.mail.search import Search
from desktop.store.database import Database
from tests.benchmarks import search_corpus
from tests.benchmarks.options import Options

MAILS = 200_000
HITS = 50
TYPED = (
    "a",
    "invoice",
    "meeting tomorrow",
    "the contract renewal",
    "please send the report",
    "have you been there",
    "anna keller",
    "müller invoice",
    "zyzzyva",
)
"""Searches that notmuch can say too, as words and a growing last one."""
OURS = (
    "from:anna invoice",
    "from:eller budget",
    "anna.keller@acme.example",
    "@kranich-logistik.example shipment",
    "to:rolf warranty",
    "cc:anna the",
    "subject:offer from:jan",
    "is:unread invoice",
    "is:starred report",
    "is:answered the",
    "is:forwarded the",
    "has:attachment contract",
    "in:archive proposal",
    "in:helix budget",
    "in:trash the",
    "in:anywhere delivery",
    '"next week" the',
    "invoice -the",
    "-the -invoice",
    "invoice OR contract",
    "(offer OR order) -report customer",
    "after:2025-06 shipment",
    "older_than:2y customs",
    "larger:5M",
    "filename:pdf audit",
    "list:uni the",
    "会议记录",
    "会议 the",
)


def beginnings(searches: Sequence[str]) -> list[str]:
    """Return every text that is seen while the searches are typed."""
    return [text[:end] for text in searches for end in range(1, len(text) + 1)]


@dataclass(frozen=True, slots=True)
class Sample:
    """One timed search; `cpu_ms` is what this thread computed, which others on the machine cannot stretch."""

    wall_ms: float
    cpu_ms: float
    text: str


def figures(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return what is reported of timed searches."""
    wall = sorted(sample.wall_ms for sample in samples)
    cpu = sorted(sample.cpu_ms for sample in samples)
    slowest = sorted(samples, key=lambda sample: sample.wall_ms, reverse=True)[:5]
    return {
        "searches": len(samples),
        "p50_ms": round(statistics.median(wall), 1),
        "p95_ms": round(wall[int(len(wall) * 0.95)], 1),
        "max_ms": round(wall[-1], 1),
        "p95_cpu_ms": round(cpu[int(len(cpu) * 0.95)], 1),
        "slowest": [f"{sample.text!r}: {sample.wall_ms:.1f} (cpu {sample.cpu_ms:.1f})" for sample in slowest],
    }


def timed(texts: Sequence[str], run: Callable[[str], object]) -> list[Sample]:
    """Return how long each search took."""
    samples = []
    for text in texts:
        began, cpu_began = time.perf_counter(), time.thread_time()
        run(text)
        wall, cpu = time.perf_counter() - began, time.thread_time() - cpu_began
        samples.append(Sample(wall * 1000, cpu * 1000, text))
    return samples


def measure(options: Options) -> dict[str, Any]:
    """Search both and return the figures."""
    count = options.size(MAILS, quick=5_000)
    return {"rapport": ours(options.keep, count), "notmuch": notmuch(options.keep, count)}


def ours(folder: Path, count: int) -> dict[str, Any]:
    """Build the mailbox where it is not there yet, and time our searches."""
    began = time.perf_counter()
    path = search_corpus.profile(folder, count) / "rapport.db"
    built = time.perf_counter() - began
    database = Database(path, Bus(), read_only=True)
    search = Search(database)
    timed(("warm", "the up"), search.search)
    words = timed(beginnings(TYPED), search.search)
    operators = timed(beginnings(OURS), search.search)
    database.close()
    return {
        "mails": count,
        "built_s": round(built, 1),
        "database_mb": path.stat().st_size // 1_000_000,
        "all": figures(words + operators),
        "words": figures(words),
    }


def notmuch(folder: Path, count: int) -> dict[str, Any] | None:
    """Index the same mails with notmuch and time what it can say; None without it."""
    if shutil.which("notmuch") is None:
        return None
    maildir = folder / f"maildir-{count}"
    config = folder / f"notmuch-{count}.config"
    environment = {**os.environ, "NOTMUCH_CONFIG": str(config), "HOME": str(folder)}
    began = time.perf_counter()
    done = config.with_suffix(".done")
    if not done.exists():
        search_corpus.write_maildir(maildir, count)
        config.write_text(
            f"[database]\npath={maildir}\n[user]\nname=Me\nprimary_email=me@firm.example\n[new]\ntags=inbox\n"
        )
        subprocess.run(["notmuch", "new", "--quiet"], env=environment, check=True)
        done.touch()

    def run(text: str) -> None:
        query = f"{text}*" if text[-1].isalnum() else text
        subprocess.run(
            ["notmuch", "search", f"--limit={HITS}", "--sort=newest-first", "--", query],
            env=environment,
            check=False,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    built = time.perf_counter() - began
    start = timed(
        ["--"] * 5, lambda _text: subprocess.run(["notmuch", "--version"], stdout=subprocess.DEVNULL, check=True)
    )
    timed(("warm", "the up"), run)
    return {
        "built_s": round(built, 1),
        "start_ms": round(statistics.median(sample.wall_ms for sample in start), 1),
        "words": {
            name: value for name, value in figures(timed(beginnings(TYPED), run)).items() if name != "p95_cpu_ms"
        },
    }
