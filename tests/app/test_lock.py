"""The lock of a profile, in this process and between processes."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.app import file_system, lock
from desktop.app.lock import Kind
from desktop.base.paths import Profile, ProfileUnusable
from tests.app.rapport import Rapport, wait_for
from tests.proof import rounds


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    return Profile(tmp_path / "profile")


def test_a_profile_has_one_holder(profile: Profile, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(profile.root)

    assert not lock.is_held(profile)
    with lock.acquire(profile, Kind.WINDOW) as ours:  # type: ignore[union-attr]
        second, by_link = lock.acquire(profile, Kind.COMMAND), lock.acquire(Profile(tmp_path / "link"), Kind.COMMAND)
        told, held = lock.holder(profile), lock.is_held(profile)
        modes = {stat.S_IMODE((profile.root / name).stat().st_mode) for name in ("lock", "running")}

    after = lock.acquire(profile, Kind.WORKER)

    assert (second, by_link, held) == (None, None, True)
    assert told is not None
    assert (told.pid, told.kind) == (os.getpid(), Kind.WINDOW)
    assert modes == {0o600}
    assert not ours.after_crash
    assert after is not None
    assert not after.after_crash
    after.release()
    after.release()
    assert lock.holder(profile) is None


def _hold(profile: Profile) -> subprocess.Popen[str]:
    script = (
        "import sys\nfrom pathlib import Path\n"
        "from desktop.app import lock\nfrom desktop.base.paths import Profile\n"
        "held = lock.acquire(Profile(Path(sys.argv[1])), lock.Kind.WORKER)\n"
        "print('held' if held else 'refused', flush=True)\nsys.stdin.read()\n"
    )
    return subprocess.Popen(
        [sys.executable, "-c", script, profile.root], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def test_r31_the_lock_of_a_killed_process_is_free_and_its_end_is_known(profile: Profile) -> None:
    holder = _hold(profile)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    refused, held = lock.acquire(profile, Kind.COMMAND), lock.is_held(profile)

    holder.kill()
    holder.communicate()
    left, held_after = lock.holder(profile), lock.is_held(profile)
    ours = lock.acquire(profile, Kind.COMMAND)

    assert (refused, held, held_after) == (None, True, False)
    assert left is not None
    assert left.pid == holder.pid
    assert ours is not None
    assert ours.after_crash
    ours.release()
    again = lock.acquire(profile, Kind.COMMAND)
    assert again is not None
    assert not again.after_crash
    again.release()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
@pytest.mark.filterwarnings("ignore:This process")
def test_r31_a_forked_copy_neither_holds_nor_gives_back_the_lock(profile: Profile) -> None:
    ours = lock.acquire(profile, Kind.WINDOW)
    assert ours is not None
    child = os.fork()
    if child == 0:
        ours.release()
        os._exit(0)
    os.waitpid(child, 0)
    stranger = _hold(profile)
    assert stranger.stdout is not None

    assert stranger.stdout.readline() == "refused\n"
    assert lock.holder(profile) is not None

    stranger.communicate("")
    ours.release()


def test_r31_what_a_crash_left_may_be_garbage_of_another_host(profile: Profile) -> None:
    for left in (b"", b"\xff\xfe", b"[]", b'{"pid": 1, "host": "elsewhere", "kind": "window"}'):
        profile.create()
        (profile.root / "running").write_bytes(left)

        ours = lock.acquire(profile, Kind.WINDOW)

        assert ours is not None
        assert ours.after_crash
        ours.release()


def test_r31_of_many_starts_at_once_one_works(rapport: Rapport) -> None:
    starts = [rapport.start("worker") for _ in range(rounds(6, 20))]
    try:
        wait_for(lambda: sum(start.poll() is None for start in starts) == 1)
        [winner] = [start for start in starts if start.poll() is None]
        wait_for(lambda: (rapport.profile / "remote").exists())
        said = [start.communicate()[1] for start in starts if start is not winner]

        assert {start.returncode for start in starts if start is not winner} == {1}
        assert set(said) == {
            f"This profile is in use by the worker of Rapport (process {winner.pid}). Stop it first.\n"
        }
        assert rapport.json("doctor")["in_use_by"] == {"pid": winner.pid, "kind": "worker"}
    finally:
        for start in starts:
            if start.poll() is None:
                start.send_signal(signal.SIGTERM)
            start.communicate(timeout=60)


def test_r31_after_a_kill_the_next_start_works(rapport: Rapport) -> None:
    for _ in range(rounds(2, 10)):
        with rapport.worker() as worker:
            worker.kill()

    assert rapport.json("sync") is not None
    assert rapport.json("doctor")["ok"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        (b"/home/anna/.local/share/rapport", "nfs4"),
        (b"/home", "nfs4"),
        (b"/homes/anna", "ext4"),
        (b"/mnt/my disk/rapport", "cifs"),
        (b"/mnt/over", "ext4"),
        (b"/\xff", "ext4"),
    ],
)
def test_r31_the_file_system_of_a_path_is_found(path: bytes, kind: str) -> None:
    mounts = (
        b"21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        b"30 21 0:40 / /home rw shared:2 - nfs4 server:/home rw\n"
        b"31 21 0:41 / /mnt/my\\040disk rw - cifs //server/disk rw\n"
        b"32 21 0:42 / /mnt/over rw - nfs server:/x rw\n"
        b"33 32 8:2 / /mnt/over rw - ext4 /dev/sdb1 rw\n"
        b"garbage\n\n"
    )

    assert file_system.kind_of(path, mounts) == kind


def test_r31_a_network_file_system_is_refused(
    profile: Profile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text("21 1 8:1 / / rw - nfs4 server:/ rw\n")
    monkeypatch.setattr(file_system, "MOUNTS", mounts)

    with pytest.raises(ProfileUnusable, match="network file system"):
        lock.acquire(profile, Kind.WINDOW)

    assert not profile.root.exists()
