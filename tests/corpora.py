"""Third-party mail corpora: they lie beside the project and are never copied into it.

`RAPPORT_CORPORA` names their folder; without it `../shared/corpora`, seen from the project, is used.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT = Path(__file__).resolve().parents[1]


def in_ci() -> bool:
    """Return whether a missing server or corpus is a failure here and not a reason to skip."""
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def folder() -> Path:
    """Return where corpora are looked for."""
    return Path(os.environ.get("RAPPORT_CORPORA") or PROJECT.parent / "shared" / "corpora")


def corpus(name: str) -> Path:
    """Return the folder of one corpus; where it is missing the test is skipped, in CI it fails."""
    path = folder() / name
    if not path.is_dir():
        missing(f"the corpus {name} is not in {folder()} (set RAPPORT_CORPORA)")
    return path


def missing(reason: str) -> NoReturn:
    """Skip the running test for want of something outside the project; in CI fail it."""
    if in_ci():
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
