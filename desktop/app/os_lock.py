"""A lock of the operating system on an open file. It ends with the process that holds it, however that process ends.

POSIX record locks, because a forked copy does not inherit them; the price is that closing *any* handle of the same
file in this process gives the lock up, so nothing but `app.lock` may open a lock file. Windows: a locked byte.
"""

from __future__ import annotations

import os
import sys

if sys.platform == "win32":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Take the lock of an open file; False when another process has it."""
        os.lseek(handle, 0, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def try_lock(handle: int) -> bool:
        """Take the lock of an open file; False when another process has it. Raises OSError where locks do not work."""
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EAGAIN):
                return False
            raise
        return True
