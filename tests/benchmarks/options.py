"""What one run of the benchmarks was asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

NAMES = ("sync", "window", "importing", "writing", "lists", "search", "reader", "start", "memory")
"""The benchmarks in the order of the table; `bench_*.py` beside this file."""
PASSPHRASE = "passphrase-of-the-benchmark"
"""Of the vaults in profiles of benchmarks."""


@dataclass(frozen=True, slots=True)
class Options:
    """`corpus` holds real mails, `keep` the made-up mailboxes; both are used again where they are there already."""

    corpus: Path
    keep: Path
    quick: bool = False
    """Small sizes, to see that everything works; the figures mean little."""
    why: bool = False
    """Tell on stderr where time was lost."""

    def size(self, full: int, *, quick: int) -> int:
        """Return the size of this run."""
        return quick if self.quick else full
