"""A disk that is really full: a small file system in memory, where the system lets us mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.corpora import missing


@pytest.fixture(scope="session")
def mounts() -> None:
    """The right to mount in a name space of one's own."""
    if sys.platform != "linux":
        pytest.skip("name spaces are of Linux")
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-m", "true"], capture_output=True, check=False).returncode:
        missing("this system lets nobody mount a small disk (unshare --mount)")


@contextmanager
def small_disk(megabytes: int, folder: Path) -> Iterator[None]:
    """Mount a memory file system of this size on a folder for this process's name space."""
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0700", "tmpfs", str(folder)],
        check=True,
        capture_output=True,
    )
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path, *, but_bytes: int = 0) -> None:
    """Leave so many octets free, in whole pages: a file `ballast` takes the others."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    os.truncate(ballast, ballast.stat().st_size - but_bytes)
