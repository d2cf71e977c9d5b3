"""`rapport import` and `rapport export`: for scripts, beside a running program, and killed midway."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

from desktop.domain.mail import mbox
from tests import desk
from tests.app.rapport import Rapport
from tests.proof import rounds, seed
from tests.servers.dovecot import Dovecot


def _box(path: Path, numbers: range) -> Path:
    raws = (desk.mail(n, text=f"A zebra, number {n}.", X_Mozilla_Status="0001") for n in numbers)
    path.write_bytes(b"".join(mbox.boxed(raw, "", 1_780_000_000_000) for raw in raws))
    return path


def _hits(rapport: Rapport) -> list[str]:
    return [hit["subject"] for hit in rapport.json("search", "zebra", "--limit", "10000")["hits"]]


def test_mails_come_out_of_files_and_go_into_files(rapport: Rapport, tmp_path: Path) -> None:
    _box(tmp_path / "box", range(1, 4))

    first = rapport("import", "box", folder=tmp_path)
    again = rapport("import", tmp_path / "box", tmp_path / "nowhere")
    written = rapport("export", "--to", "out", "--format", "eml", "zebra", "-subject:2", folder=tmp_path)
    everything = rapport("export", "--to", tmp_path / "all.mbox")

    assert (first.returncode, first.stdout, first.stderr) == (0, "", "3 mails imported.\n")
    assert (again.returncode, again.stderr) == (1, "3 were here already. 1 file could not be read.\n")
    assert _hits(rapport) == ["Mail 3", "Mail 2", "Mail 1"]
    assert (written.returncode, written.stdout) == (0, f"{tmp_path / 'out'}\n"), written
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "2026-05-28 Mail 1.eml",
        "2026-05-28 Mail 3.eml",
    ]
    assert everything.returncode == 0, everything
    assert (tmp_path / "all.mbox").read_bytes().count(b"Message-ID: ") == 3


def test_mails_go_to_a_folder_of_a_server_through_the_program_that_runs(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    set_up()
    assert rapport("sync").returncode == 0
    _box(tmp_path / "box", range(1, 3))
    with rapport.worker():
        lost = rapport("import", tmp_path / "box", "--into", "Nowhere")
        done = rapport("import", "box", "--into", "archive", "--mail-account", imap_user, folder=tmp_path)
        synced = rapport("sync")

    assert (lost.returncode, done.returncode, synced.returncode) == (1, 0, 0), (lost, done, synced)
    assert "There is no folder Nowhere" in lost.stderr
    assert done.stderr == "2 mails imported. They go to the server with the next sync.\n".replace(". They", ".\nThey")
    assert len(list((dovecot.maildir(imap_user, "Archive") / "cur").iterdir())) == 2


def test_an_export_says_what_is_on_the_server_only(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    set_up()
    dovecot.deliver(imap_user, [desk.mail(1)], "Travel")
    assert rapport("sync").returncode == 0

    done = rapport("export", "--to", tmp_path / "travel.mbox", "in:Travel")

    assert done.returncode == 0, done
    assert "Travel" in done.stderr
    assert "only on a server" in done.stderr


def test_wrong_usage_is_told(rapport: Rapport, tmp_path: Path) -> None:
    assert rapport("import").returncode == 2
    assert rapport("import", "x", "--mail-account", "a@b.example").returncode == 2
    assert rapport("export").returncode == 2
    assert rapport("export", "--to", "x", "--format", "pst").returncode == 2
    assert rapport("export", "--to", tmp_path / "x").returncode == 1, "nobody used the profile"


def test_an_import_killed_at_any_moment_is_done_by_the_next(rapport: Rapport, tmp_path: Path) -> None:
    chance = random.Random(seed())
    mails = 600
    box = _box(tmp_path / "box", range(mails))
    for _ in range(rounds(3, 60)):
        process = rapport.start("import", box)
        time.sleep(chance.uniform(0.3, 4.0))
        process.kill()
        process.communicate()

    done = rapport("import", box)

    assert done.returncode == 0, done
    assert sorted(_hits(rapport)) == sorted(f"Mail {n}" for n in range(mails))
    report = rapport.json("doctor")
    assert report["counts"]["mails"] == mails
    assert report["problems"] == []
