"""How much a long test does: a small count by default, in full with `RAPPORT_PROOF=1` (`./run proof`)."""

from __future__ import annotations

import os
import random


def in_full() -> bool:
    """Return whether the long tests run in full."""
    return os.environ.get("RAPPORT_PROOF", "") == "1"


def rounds(small: int, full: int) -> int:
    """Return how often to kill, cut or mutate in this run."""
    return full if in_full() else small


def seed() -> int:
    """Return a fresh seed and print it, so that a failure can be repeated with `RAPPORT_SEED`."""
    chosen = os.environ.get("RAPPORT_SEED")
    value = int(chosen) if chosen else random.SystemRandom().randrange(1 << 32)
    print(f"RAPPORT_SEED={value}")
    return value
