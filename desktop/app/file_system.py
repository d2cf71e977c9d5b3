"""Says whether a folder lies on a network file system: SQLite's write-ahead log cannot work there.

The log's index is memory shared between processes of one machine (sqlite.org/wal.html, "Activating And Configuring").
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "lustre"),
        *("gpfs", "beegfs", "gfs2", "ocfs2", "pvfs2", "davfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph"),
        *("fuse.rclone", "fuse.davfs", "fuse.curlftpfs", "fuse.s3fs", "fuse.smbnetfs"),
    }
)
_ESCAPE = re.compile(rb"\\([0-7]{3})")
_DRIVE_REMOTE = 4


if sys.platform == "win32":
    import ctypes

    def network_kind(path: Path) -> str:
        """Return the kind of network file system a path lies on ("SMB"), "" for a local one."""
        drive = os.path.splitdrive(os.path.realpath(path))[0] + "\\"
        return "SMB" if ctypes.windll.kernel32.GetDriveTypeW(drive) == _DRIVE_REMOTE else ""

else:

    def network_kind(path: Path) -> str:
        """Return the kind of network file system a path lies on ("nfs4"), "" for a local or unknown one."""
        try:
            mounts = MOUNTS.read_bytes()
        except OSError:  # only Linux has the file
            return ""
        kind = kind_of(os.fsencode(os.path.realpath(path)), mounts)
        return kind if kind in NETWORK else ""


def kind_of(path: bytes, mounts: bytes) -> str:
    """Return the file system of an absolute path, "" when none is found; `mounts` as in proc_pid_mountinfo(5)."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields, _dash, rest = line.partition(b" - ")
        words = fields.split(b" ")
        if len(words) < 5 or not rest:
            continue
        point = _ESCAPE.sub(lambda found: bytes((int(found[1], 8) & 0xFF,)), words[4])
        inside = path == point or path.startswith(point.rstrip(b"/") + b"/")
        # of two mounts on one point the later one is seen
        if inside and len(point) >= best:
            best, kind = len(point), rest.split(b" ", 1)[0].decode("ascii", "replace")
    return kind
