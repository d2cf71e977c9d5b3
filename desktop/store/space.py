"""Room on the disk: when to stop filling it, and a reserve that lets a person delete mails on a disk that is full.

SQLite needs space even to delete. The reserve is a file given up when a write fails for lack of room, and made again
when there is room.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from desktop.base.paths import open_private
from desktop.store.database import DiskFull

log = logging.getLogger(__name__)

RESERVE_BYTES = 16 << 20
SHORT_BYTES = 64 << 20
"""With less than this free nothing more is fetched."""


class Space:
    """The disk a profile lies on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._reserve = folder / "reserve"

    def check(self, for_bytes: int = 0) -> None:
        """Raise DiskFull when so little is left, or would be after a file of this size, that fetching must wait."""
        if shutil.disk_usage(self._folder).free < SHORT_BYTES + for_bytes:
            raise DiskFull

    def keep_reserve(self) -> None:
        """Make the reserve where it is missing and there is room for it."""
        if self._is_whole() or shutil.disk_usage(self._folder).free < SHORT_BYTES + RESERVE_BYTES:
            return
        try:
            with open_private(self._reserve) as file:
                # real octets: a sparse file would keep nothing free
                file.write(os.urandom(1 << 16) * (RESERVE_BYTES >> 16))
        except OSError:
            self._reserve.unlink(missing_ok=True)
            log.info("there is no room for the reserve")

    def _is_whole(self) -> bool:
        """A kill while it was written leaves a part of it, which must be made anew."""
        try:
            return self._reserve.stat().st_size >= RESERVE_BYTES
        except FileNotFoundError:
            return False

    def give_up_reserve(self) -> None:
        """Free the reserve: what the person does now must succeed."""
        if self._reserve.exists():
            log.warning("the disk is full; the reserve is given up")
            self._reserve.unlink(missing_ok=True)
