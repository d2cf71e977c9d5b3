"""Profiles that are odd, unreadable or full, and secrets that must not be found anywhere."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.rapport import PASSPHRASE, Rapport, mail, wait_for
from tests.corpora import PROJECT
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.small_disk import fill, small_disk

CANARY = "canary-Zk83-password"


@pytest.mark.parametrize(
    "name",
    [
        "with space",
        "quo'te\"s",
        "per%cent%20?query#hash&x=1",
        "кириллица",
        os.fsdecode(b"not utf-8 \xff\xfe"),
        "-dash",
        "a;b$(x)`y`\n",
    ],
    ids=ascii,
)
def test_r33_any_name_of_a_folder_will_do(
    name: str, tmp_path: Path, passphrase_file: Path, dovecot: Dovecot, imap_user: str
) -> None:
    rapport = Rapport(tmp_path / name / "profile", passphrase_file)
    (tmp_path / name).mkdir()
    dovecot.deliver(imap_user, [mail(1, to=imap_user)])
    added = rapport(
        *("mail-account", "add", "--address", imap_user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
        *("--ca", str(dovecot.ca_file), "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )

    synced = rapport.json("sync")
    found = rapport.json("search", "zebra")["hits"]
    report = rapport.json("doctor")

    assert added.returncode == 0, added
    assert synced["accounts"][0]["mails"] == 1
    assert len(found) == 1
    assert report["ok"], report
    assert {path.name for path in tmp_path.iterdir()} == {name, "passphrase"}


def test_r33_what_cannot_be_a_profile_is_said(tmp_path: Path, passphrase_file: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for root in (tmp_path / "file", tmp_path / "file" / "below", Path("/proc/nowhere"), Path("/dev/null")):
        rapport = Rapport(root, passphrase_file)
        for command in (("sync",), ("worker",), ("search", "x"), ("mail-account", "list")):
            done = rapport(*command, folder=tmp_path)

            assert done.returncode == 1, (root, command, done)
            assert done.stdout == ""
            assert len(done.stderr.splitlines()) == 1, done.stderr
        examined = rapport("doctor", "--json", folder=tmp_path)
        report = json.loads(examined.stdout)
        assert (examined.returncode, report["ok"], report["used"]) == (1, False, False)
        assert report["parser"]["works"]


def test_the_doctor_examines_the_installation_also_before_there_is_a_profile(rapport: Rapport) -> None:
    examined = rapport("doctor", "--json")

    report = json.loads(examined.stdout)
    assert (examined.returncode, report["ok"], report["used"]) == (0, True, False)
    assert report["parser"]["works"]
    assert report["secrets"]["kept_in"] in ("vault", "keyring")
    assert report["qt"]
    assert report["disk"]["free_bytes"] > 0
    assert "at its first start" in examined.stderr
    assert not rapport.profile.exists()


@pytest.mark.skipif(os.name != "posix", reason="a folder in use can be removed on POSIX only")
def test_a_working_folder_that_was_removed_is_in_nobodys_way(rapport: Rapport, tmp_path: Path) -> None:
    def away(*arguments: str | Path, profile: str | Path = rapport.profile) -> subprocess.CompletedProcess[str]:
        folder = tmp_path / "gone"
        folder.mkdir()
        script = 'rmdir "$PWD" && exec "$@"'
        command = [sys.executable, "-P", "-m", "desktop", "--profile", profile, *arguments]
        return subprocess.run(
            ["sh", "-c", script, "sh", *command],
            cwd=folder,
            env=rapport.environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )

    version, listed, synced = away("--version"), away("mail-account", "list"), away("sync", "--json")
    examined = away("doctor", "--json")
    wrong_file, wrong_profile = away("a.eml"), away("mail-account", "list", profile="relative")

    for done in (version, listed, synced, examined):
        assert done.returncode == 0, done
    for done in (wrong_file, wrong_profile):
        assert done.returncode == (2 if done is wrong_file else 1), done
        assert "Traceback" not in done.stderr


def test_r33_a_profile_that_may_only_be_read_is_said(
    mounts: None, rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1, to=imap_user)])
    set_up()
    rapport.json("sync")
    setting = 'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"'
    key = str(rapport.json("search", "zebra")["hits"][0]["key"])
    answers = {}
    for command in (("sync",), ("mail-account", "list"), ("worker",), ("search", "zebra"), ("show", key), ("doctor",)):
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", setting, "sh", rapport.profile, *rapport.command(*command)],
            env=rapport.environ,
            cwd=rapport.profile.parent,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=60,
        )
        answers[command[0]] = (done.returncode, done.stderr)

    for command, (code, words) in answers.items():
        assert code == (0 if command in ("search", "show", "doctor") else 1), answers
        assert "Traceback" not in words
        assert words.strip() or command == "show"


def test_r30_a_full_disk_is_said_reading_works_and_freeing_space_helps(
    mounts: None, tmp_path: Path, passphrase_file: Path, dovecot: Dovecot, imap_user: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    rapport = Rapport(disk / "profile", passphrase_file)
    with small_disk(200, disk):
        dovecot.deliver(imap_user, [mail(1, to=imap_user)])
        added = rapport(
            *("mail-account", "add", "--address", imap_user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
            *("--ca", str(dovecot.ca_file), "--password-stdin"),
            stdin=f"{PASSWORD}\n",
            folder=tmp_path,
        )
        first = rapport("sync", folder=tmp_path)
        dovecot.deliver(imap_user, [mail(n, to=imap_user, body=os.urandom(60_000).hex()) for n in range(2, 60)])
        answers = []
        for free in (0, 64 << 10, 1 << 20):
            fill(disk, but_bytes=free)
            answers.append((rapport("sync", folder=tmp_path), rapport("search", "zebra", "--json", folder=tmp_path)))
            (disk / "ballast").unlink()
        later = rapport("sync", "--json", folder=tmp_path)
        report = rapport("doctor", "--json", folder=tmp_path)

    assert (added.returncode, first.returncode) == (0, 0), (added, first)
    for full, found in answers:
        assert full.returncode == 1, full
        assert "Traceback" not in full.stderr
        assert "full" in full.stderr
        assert found.returncode == 0, found
        assert len(json.loads(found.stdout)["hits"]) == 1
    assert later.returncode == 0, later
    assert json.loads(later.stdout)["accounts"][0]["mails"] == 59
    assert json.loads(report.stdout)["integrity"] == "ok"


def test_r30_a_disk_without_a_byte_left_is_said(mounts: None, tmp_path: Path, passphrase_file: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    rapport = Rapport(disk / "profile", passphrase_file)
    with small_disk(1, disk):
        fill(disk)
        answers = [rapport(*command, folder=tmp_path) for command in (("sync",), ("mail-account", "list"), ("worker",))]

    for done in answers:
        assert done.returncode == 1, done
        assert len(done.stderr.splitlines()) == 1, done.stderr


def test_c32_every_file_of_a_session_is_the_owners_alone(
    rapport: Rapport,
    set_up: Callable[..., None],
    dovecot: Dovecot,
    imap_user: str,
    wide_umask: None,
    open_to_others: Callable[[Path], list[str]],
) -> None:
    dovecot.deliver(imap_user, [mail(1, to=imap_user), mail(2, to=imap_user, body=os.urandom(900_000).hex())])
    set_up()
    rapport.json("sync")
    with rapport.worker():
        while_working = open_to_others(rapport.profile)
        rapport.json("sync")
        rapport("show", "1")

    assert while_working == []
    assert open_to_others(rapport.profile) == []
    assert stat.S_IMODE((rapport.profile / "log" / "rapport.log").stat().st_mode) == 0o600


def test_c33_a_password_is_found_nowhere(rapport: Rapport, dovecot: Dovecot) -> None:
    user = dovecot.add_user("canary@example.org", CANARY)
    dovecot.deliver(user, [mail(1, to=user)])
    printed = []
    add = (
        *("mail-account", "add", "--address", user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
        *("--smtp", "localhost:1/tls", "--ca", str(dovecot.ca_file), "--password-stdin"),
    )
    with rapport.worker() as worker:
        printed.append(rapport(*add, stdin=f"{CANARY}\n"))
        running = rapport.start("sync", "--json")
        lines, environments = _processes(worker.pid, running.pid)
        running.communicate(timeout=60)
        wait_for(lambda: rapport.json("search", "zebra")["hits"])
        more_lines, more_environments = _processes(worker.pid)
        printed += [rapport("mail-account", "list", "--json"), rapport("mail-account", "test", user), rapport("doctor")]

    kept = b"".join(path.read_bytes() for path in rapport.profile.rglob("*") if path.is_file())
    said = "".join(done.stdout + done.stderr for done in printed)
    for secret in (CANARY, PASSPHRASE):
        assert secret.encode() not in kept
        assert secret not in said
        assert secret.encode() not in lines + more_lines + environments + more_environments


def _processes(*roots: int) -> tuple[bytes, bytes]:
    """Return command lines and environments of these processes and their children."""
    if not sys.platform.startswith("linux"):
        return b"", b""
    lines, environments = b"", b""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_bytes().rpartition(b")")[2].split()[1])
            if int(folder.name) in roots or parent in roots:
                lines += (folder / "cmdline").read_bytes()
                environments += (folder / "environ").read_bytes()
        except OSError:  # it ended while we looked
            continue
    return lines, environments


def test_r34_without_keyring_terminal_and_passphrase_it_says_so(tmp_path: Path, dovecot: Dovecot) -> None:
    rapport = Rapport(tmp_path / "profile")
    add = ("mail-account", "add", "--address", "a@example.org", "--imap", "localhost:1/tls", "--password-stdin")

    missing = rapport(*add, stdin="secret\n")
    open_to_all = tmp_path / "open"
    open_to_all.write_text("a passphrase\n")
    open_to_all.chmod(0o644)
    refused = Rapport(tmp_path / "profile", open_to_all)(*add, stdin="secret\n")
    absent = Rapport(tmp_path / "profile", tmp_path / "absent")(*add, stdin="secret\n")

    assert (missing.returncode, refused.returncode, absent.returncode) == (1, 1, 1)
    assert "RAPPORT_VAULT_PASSPHRASE_FILE" in missing.stderr
    assert "0600" in refused.stderr
    assert "absent" in absent.stderr
    assert not (tmp_path / "profile" / "vault").exists()
    assert rapport.json("mail-account", "list") == []


def test_r34_another_passphrase_does_not_open_the_vault(
    rapport: Rapport, set_up: Callable[..., None], imap_user: str, tmp_path: Path
) -> None:
    set_up()
    other = tmp_path / "other"
    other.write_text("another passphrase\n")
    other.chmod(0o600)

    done = Rapport(rapport.profile, other)("mail-account", "test", imap_user)

    assert done.returncode == 1
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "failing",
    ["raise ValueError(secret + ' of boris@example.org')", "threading.Thread(target=fail).start()"],
    ids=["main thread", "other thread"],
)
def test_c33_a_crash_report_says_where_it_is_and_holds_no_secret(tmp_path: Path, failing: str) -> None:
    script = (
        "import logging, sys, threading\nfrom pathlib import Path\n"
        "from desktop.app import crash\nfrom desktop.base import log\n"
        f"secret = {CANARY!r}\nlog.protect(secret)\n"
        "crash.install(Path(sys.argv[1]), log.start(Path(sys.argv[1])))\n"
        "logging.getLogger('desktop.x').info('before %s of anna@example.org', secret)\n"
        "def fail():\n    raise RuntimeError(f'inside {secret} of boris@example.org')\n"
        f"{failing}\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
    )

    [report] = tmp_path.glob("crash-*.txt")
    text = report.read_text()
    assert str(report) in done.stderr
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert "Traceback" in text
    assert "before" in text
    everything = done.stderr + "".join(path.read_text() for path in tmp_path.iterdir())
    for hidden in (CANARY, "anna@example.org", "boris@example.org"):
        assert hidden not in everything


def test_c33_an_error_of_ours_in_a_command_leaves_a_report(rapport: Rapport, set_up: Callable[..., None]) -> None:
    set_up()
    script = (
        "import sys\nfrom desktop.app.commands import mail_account\nfrom desktop.app.main import main\n"
        "def fail(*arguments):\n    raise RuntimeError('broken')\n"
        "mail_account.run = fail\n"
        f"sys.exit(main(['--profile', {str(rapport.profile)!r}, 'mail-account', 'list']))\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env=rapport.environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert len(list((rapport.profile / "log").glob("crash-*.txt"))) == 1
    assert "RuntimeError" not in done.stderr
    assert rapport.json("doctor")["in_use_by"] is None


def test_r26_a_sync_killed_at_any_moment_is_taken_up_again(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    import random

    from tests.proof import rounds, seed

    chance = random.Random(seed())
    dovecot.deliver(imap_user, [mail(n, to=imap_user, body="word " * 1000) for n in range(700)])
    set_up()
    for _ in range(rounds(2, 100)):
        running = rapport.start("sync")
        wait_for(lambda: (rapport.profile / "running").exists())
        try:
            running.wait(chance.random() * 1.5)
        except subprocess.TimeoutExpired:
            running.send_signal(signal.SIGKILL)
        running.communicate()
        assert rapport.json("doctor")["integrity"] == "ok"

    assert rapport.json("sync")["accounts"][0]["mails"] == 700
