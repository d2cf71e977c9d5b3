"""`rapport backup` and `rapport restore` as a person calls them: beside a running program, and never over its mail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.app.rapport import Rapport, mail, wait_for
from tests.servers.dovecot import Dovecot


def _with_mails(rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str, *numbers: int) -> None:
    dovecot.deliver(imap_user, [mail(number, to=imap_user) for number in numbers])
    set_up()
    assert rapport("sync").returncode == 0


def _hits(rapport: Rapport) -> int:
    return len(rapport.json("search", "zebra")["hits"])


def test_a_backup_is_made_beside_the_worker_and_put_into_a_new_profile(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _with_mails(rapport, set_up, dovecot, imap_user, 1, 2)
    with rapport.worker():
        made = rapport("backup", "kept", folder=tmp_path)
        refused = rapport("restore", tmp_path / "kept", "--replace")
        wait_for(lambda: _hits(rapport) == 2)
    other = Rapport(tmp_path / "other", rapport.passphrase_file)
    restored = other("restore", "kept", folder=tmp_path)

    assert (made.returncode, made.stdout) == (0, f"{tmp_path / 'kept'}\n"), made
    assert "2 mails are in the backup." in made.stderr
    assert "Passwords are not in it." in made.stderr
    assert refused.returncode == 1
    assert "worker of Rapport" in refused.stderr
    assert restored.returncode == 0, restored
    assert restored.stdout == ""
    assert _hits(other) == 2
    assert other("doctor").returncode == 0
    assert other("mail-account", "list", "--json").stdout == rapport("mail-account", "list", "--json").stdout


def test_a_profile_with_mail_is_replaced_on_demand_alone_and_set_aside(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    _with_mails(rapport, set_up, dovecot, imap_user, 1)
    assert rapport("backup", tmp_path / "kept").returncode == 0
    dovecot.deliver(imap_user, [mail(2, to=imap_user)])
    assert rapport("sync").returncode == 0

    asked = rapport("restore", tmp_path / "kept")
    before = _hits(rapport)
    done = rapport("restore", tmp_path / "kept", "--replace")
    after = _hits(rapport)
    synced = rapport("sync")

    assert (asked.returncode, before) == (1, 2)
    assert "--replace" in asked.stderr
    assert (done.returncode, after) == (0, 1), done
    [aside] = rapport.profile.glob("replaced-*")
    assert str(aside) in done.stderr
    assert rapport.json("doctor")["replaced"] == aside.name
    assert (synced.returncode, _hits(rapport)) == (0, 2), "what came since is fetched again"


def test_without_a_name_the_folder_is_made_where_one_is(
    rapport: Rapport, set_up: Callable[..., None], tmp_path: Path
) -> None:
    set_up()
    (tmp_path / "here").mkdir()

    done = rapport("backup", folder=tmp_path / "here")

    [made] = (tmp_path / "here").iterdir()
    assert done.stdout == f"{made}\n"
    assert made.name.startswith("rapport-backup-")
    assert rapport("backup", made).returncode == 1
    assert rapport("restore", tmp_path / "nowhere").returncode == 1


def test_a_profile_nobody_used_gives_no_backup(rapport: Rapport, tmp_path: Path) -> None:
    done = rapport("backup", tmp_path / "kept")

    assert done.returncode == 1
    assert "There is no mail in" in done.stderr
    assert not (tmp_path / "kept").exists()
