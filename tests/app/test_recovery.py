"""A damaged database is told of wherever the person is met: on the command line, by the doctor, in the window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.base.paths import Profile
from desktop.store import backup
from tests.app.rapport import Rapport


@pytest.fixture
def damaged(rapport: Rapport) -> Rapport:
    """A profile with an account, a backup, and a database that a crash left damaged."""
    added = rapport(
        *("mail-account", "add", "--address", "anna@example.org", "--imap", "localhost:1/tls", "--password-stdin"),
        stdin="secret\n",
    )
    assert added.returncode == 0, added
    profile = Profile(rapport.profile)
    backup.make(profile.database, profile.backup, why="test")
    with profile.database.open("r+b") as file:
        file.seek(4096)
        file.write(bytes(3 * 4096))
    (profile.root / "running").write_text(json.dumps({"pid": 1, "host": "x", "kind": "window"}))
    return rapport


def aside(rapport: Rapport) -> Path:
    [found] = rapport.profile.glob("rapport-damaged-*.db")
    return found


def test_r28_a_command_says_once_what_was_done_and_the_doctor_until_the_damaged_file_is_deleted(
    damaged: Rapport,
) -> None:
    first = damaged("mail-account", "list")
    second = damaged("mail-account", "list")
    examined = damaged("doctor", "--json")
    report = json.loads(examined.stdout)

    assert (first.returncode, second.returncode) == (0, 0)
    assert first.stdout == second.stdout
    assert first.stdout.startswith("anna@example.org")
    for said in ("was damaged", "backup of 20", "fetched again", "may be missing", str(aside(damaged))):
        assert said in first.stderr
    assert second.stderr == ""
    assert (examined.returncode, report["ok"]) == (1, False)
    assert report["restored"]["damaged"] == aside(damaged).name
    assert report["restored"]["backup"] is not None
    assert str(aside(damaged)) in examined.stderr
    assert "in order" not in examined.stderr

    aside(damaged).unlink()
    assert damaged.json("doctor")["restored"] is None


def test_r28_a_sync_says_what_was_done(damaged: Rapport) -> None:
    done = damaged("sync")

    assert "was damaged" in done.stderr
    assert "Traceback" not in done.stderr
