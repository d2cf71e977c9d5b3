"""The commands from end to end: real server, real profile, processes of their own."""

from __future__ import annotations

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.rapport import Rapport, mail, wait_for
from tests.servers.dovecot import PASSWORD, Dovecot


def test_mail_comes_in_is_found_and_shown(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, to=imap_user) for n in range(60)])
    set_up("--name", "Boris")

    first, second = rapport.json("sync"), rapport.json("sync")
    found = rapport.json("search", "zebra", "--limit", "5")
    hit = found["hits"][0]
    shown, by_key = rapport.json("show", hit["id"]), rapport.json("show", str(hit["key"]))
    raw, text, html = (rapport("show", hit["id"], option).stdout for option in ("--raw", "--text", "--html"))
    words = rapport("show", hit["id"]).stdout

    assert [(a["address"], a["ok"], a["mails"], a["new"]) for a in first["accounts"]] == [(imap_user, True, 60, 60)]
    assert [(a["mails"], a["new"]) for a in second["accounts"]] == [(60, 0)]
    assert len(found["hits"]) == 5
    assert not found["complete"]
    assert found["searched"]
    assert hit["subject"] == "Letter 59 о погоде"
    assert uuid.UUID(hit["id"]).version == 5
    assert shown == by_key
    assert shown["from"] == {"name": "Anna Example", "address": "anna59@example.org"}
    assert shown["text"] == "A zebra crosses the road."
    assert shown["unread"] is True
    assert raw.startswith("From: Anna Example")
    assert text == "A zebra crosses the road.\n"
    assert "zebra" in html
    assert "Letter 59 о погоде" in words


def test_folders_chosen_when_an_account_is_added_are_the_ones_fetched(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1, to=imap_user)])
    dovecot.deliver(imap_user, [mail(n, to=imap_user) for n in (2, 3)], "Projects")
    set_up("--folder", "Projects", "--archive-only")

    [listed] = rapport.json("mail-account", "list")
    [synced] = rapport.json("sync")["accounts"]
    [again] = rapport.json("sync")["accounts"]

    assert [folder["path"] for folder in listed["folders"] if folder["watched"]] == ["Projects"]
    assert listed["mode"] == "archive-only"
    assert (synced["mails"], again["mails"]) == (2, 2)


def test_a_folder_the_server_does_not_have_is_refused(rapport: Rapport, dovecot: Dovecot, imap_user: str) -> None:
    done = rapport(
        *("mail-account", "add", "--address", imap_user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
        *("--ca", str(dovecot.ca_file), "--password-stdin", "--folder", "No such folder"),
        stdin=f"{PASSWORD}\n",
    )

    assert done.returncode == 1
    assert "No such folder" in done.stderr
    assert "INBOX" in done.stderr
    assert rapport.json("mail-account", "list") == []


def test_what_is_wrong_with_a_new_account_is_said_before_its_password_is_asked_for(rapport: Rapport) -> None:
    add = ("mail-account", "add", "--imap", "localhost:1/tls", "--address")
    rapport(*add, "a@example.org", "--password-stdin", stdin="x\n")

    known = rapport(*add, "a@example.org")
    no_address = rapport(*add, "nothing")
    unnamed = rapport(*add, "b@example.org")

    assert (known.returncode, known.stderr) == (1, "a@example.org is already set up.\n")
    assert no_address.returncode == 1
    assert "nothing" in no_address.stderr
    assert "password" not in no_address.stderr
    assert unnamed.returncode == 2
    assert "no terminal" in unnamed.stderr


def test_an_account_is_tried_and_removed(rapport: Rapport, set_up: Callable[..., None], imap_user: str) -> None:
    set_up()

    good = rapport("mail-account", "test", imap_user.upper())
    removed = rapport("mail-account", "remove", imap_user)
    gone = rapport("mail-account", "test", imap_user)

    assert (good.returncode, good.stdout) == (0, "")
    assert good.stderr.startswith(f"localhost let {imap_user} in")
    assert removed.returncode == 0
    assert (gone.returncode, gone.stderr) == (1, f"There is no mail account {imap_user} in this profile.\n")


def test_an_address_names_the_mailbox_and_an_id_the_account_that_only_sends(rapport: Rapport) -> None:
    add = ("mail-account", "add", "--address", "a@example.org", "--password-stdin")
    for server in (("--smtp", "localhost:1/tls"), ("--imap", "localhost:2/tls")):
        assert rapport(*add, *server, stdin="secret\n").returncode == 0
    sends, keeps = rapport.json("mail-account", "list")

    rapport("mail-account", "remove", "a@example.org")
    left = rapport.json("mail-account", "list")
    rapport("mail-account", "remove", sends["id"])

    assert (sends["imap"], keeps["smtp"]) == (None, None)
    assert [each["id"] for each in left] == [sends["id"]]
    assert rapport.json("mail-account", "list") == []


def test_the_passwords_of_a_removed_account_go_with_it(rapport: Rapport, passphrase_file: Path) -> None:
    for address in ("a@example.org", "b@example.org"):
        add = ("mail-account", "add", "--address", address, "--imap", "localhost:1/tls", "--password-stdin")
        assert rapport(*add, stdin="secret\n").returncode == 0

    removed = rapport("mail-account", "remove", "a@example.org")
    passphrase_file.write_text("another one\n")
    locked = rapport("mail-account", "remove", "b@example.org")

    assert (removed.returncode, removed.stderr) == (0, "a@example.org is removed from this profile.\n")
    assert locked.returncode == 0, "an account goes also when its passwords cannot be reached"
    assert "as soon as you unlock them" in locked.stderr
    assert rapport.json("mail-account", "list") == []


def test_a_search_in_a_folder_nobody_has_says_so_once(rapport: Rapport) -> None:
    add = ("mail-account", "add", "--address", "a@example.org", "--imap", "localhost:1/tls", "--password-stdin")
    rapport(*add, stdin="secret\n")

    found = rapport("search", "in:nowhere offer")

    assert (found.returncode, found.stdout) == (0, "")
    assert found.stderr == "No folder is called “nowhere”, so no mail was searched.\n"


def test_a_removed_account_says_what_becomes_of_its_mails(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, to=imap_user) for n in (1, 2)])
    set_up()
    rapport("sync")
    kept = rapport("mail-account", "remove", imap_user)
    set_up()
    rapport("sync")
    deleted = rapport("mail-account", "remove", imap_user, "--purge")

    assert (kept.returncode, deleted.returncode) == (0, 0)
    assert "2 mails that only it had stay on this computer for 30 days." in kept.stderr
    assert "2 mails that only it had are deleted." in deleted.stderr
    with sqlite3.connect(rapport.profile / "rapport.db") as database:
        assert database.execute("SELECT count(*) FROM email").fetchone() == (0,)
    database.close()


def test_a_certificate_that_is_refused_is_described(rapport: Rapport, dovecot: Dovecot, imap_user: str) -> None:
    server = f"localhost:{dovecot.imaps_port}/tls"
    rapport("mail-account", "add", "--address", imap_user, "--imap", server, "--password-stdin", stdin="secret\n")

    tried = rapport("mail-account", "test", imap_user)

    assert tried.returncode == 1
    assert "authority this computer does not know" in tried.stderr
    assert f"Server: localhost, port {dovecot.imaps_port}\n" in tried.stderr
    assert "Issued by: Test Authority\n" in tried.stderr
    assert re.search(r"^Valid: 20\d\d-\d\d-\d\d to 20\d\d-\d\d-\d\d$", tried.stderr, re.MULTILINE)
    assert re.search(r"^SHA-256: (?:[0-9A-F]{2}:){31}[0-9A-F]{2}$", tried.stderr, re.MULTILINE)
    assert "--ca" in tried.stderr


@pytest.mark.parametrize(("words", "complaint"), [("no certificate", "no certificate in PEM form"), ("", "PEM form")])
def test_a_file_that_holds_no_authority_is_refused(
    rapport: Rapport, tmp_path: Path, words: str, complaint: str
) -> None:
    file = tmp_path / "ca.pem"
    file.write_text(words)
    add = ("mail-account", "add", "--address", "a@example.org", "--imap", "localhost:1/tls", "--password-stdin")

    done = rapport(*add, "--ca", file, stdin="secret\n")

    assert done.returncode == 1
    assert complaint in done.stderr
    assert rapport.json("mail-account", "list") == []


def test_a_wrong_password_is_said_and_fails_the_sync(rapport: Rapport, dovecot: Dovecot) -> None:
    user = dovecot.add_user("strict@example.org", "the right one")
    rapport(
        *("mail-account", "add", "--address", user, "--imap", f"localhost:{dovecot.imaps_port}"),
        *("--ca", str(dovecot.ca_file), "--password-stdin"),
        stdin="the wrong one\n",
    )

    tried = rapport("mail-account", "test", user)
    synced = rapport("sync", "--json")

    assert tried.returncode == 1
    assert "password" in tried.stderr
    assert synced.returncode == 1
    told = json.loads(synced.stdout)
    assert told["ok"] is False
    assert told["accounts"][0]["problem"]
    assert "the wrong one" not in tried.stderr + synced.stderr + synced.stdout


def test_one_account_that_fails_does_not_keep_others_from_their_mail(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    from tests.servers.dovecot import free_ports

    [nobody] = free_ports(1)
    dovecot.deliver(imap_user, [mail(1, to=imap_user)])
    rapport(
        *("mail-account", "add", "--address", "away@example.org", "--imap", f"localhost:{nobody}/tls"),
        "--password-stdin",
        stdin="secret\n",
    )
    set_up()

    everybody = rapport("sync", "--json")
    one = rapport("sync", "--mail-account", imap_user)

    assert everybody.returncode == 1
    assert [account["ok"] for account in json.loads(everybody.stdout)["accounts"]] == [False, True]
    assert one.returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        ("sync", "--json"),
        ("search", "zebra", "--json"),
        ("search", "zebra"),
        ("show", "{id}", "--json"),
        ("show", "{id}", "--html"),
        ("show", "{id}"),
        ("doctor", "--json"),
        ("doctor",),
        ("mail-account", "list"),
        ("mail-account", "test", "{user}"),
        ("--version",),
        ("--help",),
    ],
    ids=" ".join,
)
def test_qt_is_imported_by_the_window_only(
    profile_with_mail: tuple[Rapport, str, str], command: tuple[str, ...]
) -> None:
    rapport, user, mail_id = profile_with_mail
    arguments = ["--profile", str(rapport.profile), *(word.format(id=mail_id, user=user) for word in command)]
    script = (
        "import sys\n"
        "from desktop.app.main import main\n"
        f"code = main({arguments!r})\n"
        "found = [name for name in sys.modules if name.split('.')[0] in ('PySide6', 'shiboken6', 'qasync')]\n"
        "sys.exit(f'imported: {found}' if found else code)\n"
    )

    done = subprocess.run(
        [sys.executable, "-c", script], env=rapport.environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def profile_with_mail(dovecot: Dovecot, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rapport, str, str]:
    folder = tmp_path_factory.mktemp("used")
    secret = folder / "passphrase"
    secret.write_text("a passphrase\n")
    secret.chmod(0o600)
    rapport, user = Rapport(folder / "profile", secret), dovecot.new_user()
    dovecot.deliver(user, [mail(1, to=user)])
    rapport(
        *("mail-account", "add", "--address", user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
        *("--ca", str(dovecot.ca_file), "--password-stdin"),
        stdin=f"{PASSWORD}\n",
    )
    assert rapport.json("sync")["ok"]
    return rapport, user, rapport.json("search", "zebra")["hits"][0]["id"]


def test_an_id_no_mail_has_is_said(profile_with_mail: tuple[Rapport, str, str]) -> None:
    rapport = profile_with_mail[0]
    names = ("abc", "999999999999", "0", "9" * 40, "00000000-0000-5000-8000-000000000000", "a\nb")
    answers = [rapport("show", name) for name in names]

    assert {answer.returncode for answer in answers} == {1}
    assert [answer.stderr for answer in answers] == [
        f"There is no mail with the id “{name.replace(chr(10), ' ')}”.\n" for name in names
    ]


def test_a_search_says_what_was_not_understood(profile_with_mail: tuple[Rapport, str, str]) -> None:
    rapport = profile_with_mail[0]
    bracket, phrase, whole = (
        rapport("search", query) for query in ("(", 'zebra "crosses the', '(zebra) "crosses the"')
    )

    assert (bracket.returncode, phrase.returncode, whole.returncode) == (0, 0, 0)
    assert "Not understood: (\n" in bracket.stderr
    assert 'Not understood: "crosses the\n' in phrase.stderr
    assert "Not understood" not in whole.stderr
    assert rapport.json("search", "zebra)")["unknown"] == [")"]


def test_the_doctor_tells_no_secret_and_no_whole_address(profile_with_mail: tuple[Rapport, str, str]) -> None:
    rapport, user, _mail_id = profile_with_mail

    report = rapport.json("doctor")
    words = rapport("doctor")

    assert report["ok"]
    assert report["integrity"] == "ok"
    assert report["schema"] == report["schema_of_program"]
    assert report["counts"]["mails"] == 1
    assert report["secrets"] == {"kept_in": "vault", "vault_exists": True}
    assert report["parser"]["works"]
    assert report["private"] is True
    assert report["in_use_by"] is None
    for told in (json.dumps(report), words.stdout, words.stderr):
        assert user not in told
        assert PASSWORD not in told


def test_the_doctor_says_what_is_wrong(rapport: Rapport, set_up: Callable[..., None]) -> None:
    set_up()
    database = rapport.profile / "rapport.db"
    content = bytearray(database.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    database.write_bytes(content)

    done = rapport("doctor", "--json")

    assert done.returncode == 1
    assert json.loads(done.stdout)["problems"]
    assert "damaged" in done.stderr


def test_words_on_a_terminal_hold_no_escapes_of_a_sender(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    raw = mail(1, to=imap_user).replace(b"Letter 1", b"\x1b]0;owned\x07\x1b[31mLetter")
    dovecot.deliver(imap_user, [raw.replace(b"A zebra", b"A zebra \x1b[2J\xc2\x9b31m")])
    set_up()
    rapport("sync")

    told = rapport("search", "zebra")
    as_json = rapport("search", "zebra", "--json")
    key = told.stdout.split()[0]
    shown = rapport("show", key)

    for text in (told.stdout, as_json.stdout, shown.stdout):
        assert not any((ord(c) < 32 and c not in "\n\t") or 0x7F <= ord(c) < 0xA0 for c in text)


def test_the_source_of_a_mail_over_the_size_limit_is_said_to_be_not_whole(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    large = mail(1, to=imap_user) + b"zebra\r\n" * 10_000
    dovecot.deliver(imap_user, [mail(2, to=imap_user), large])
    set_up()
    with contextlib.closing(sqlite3.connect(rapport.profile / "rapport.db", isolation_level=None)) as database:
        database.execute("UPDATE mail_account SET size_limit_bytes = 20000")
    rapport("sync")
    keys = {hit["subject"][:8]: str(hit["key"]) for hit in rapport.json("search", "zebra")["hits"]}

    shown, whole = rapport("show", keys["Letter 1"], "--raw"), rapport("show", keys["Letter 2"], "--raw")

    assert (shown.returncode, whole.returncode) == (0, 0)
    assert shown.stdout.startswith("From: Anna Example")
    assert shown.stderr == ("Only the header and text of this mail are on this computer. The rest is on its server.\n")
    assert whole.stderr == ""


def test_a_worker_fetches_new_mail_and_ends_cleanly(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    set_up()
    with rapport.worker() as worker:
        dovecot.deliver(imap_user, [mail(1, to=imap_user)])
        wait_for(lambda: rapport.json("search", "zebra")["hits"])
        worker.send_signal(signal.SIGTERM)
        _out, words = worker.communicate(timeout=60)

    assert worker.returncode == 0
    assert "Traceback" not in words
    left = {path.name for path in rapport.profile.iterdir()}
    assert not left & {"running", "remote", "socket"}
    assert (rapport.profile / "rapport.db-wal").stat().st_size == 0 if "rapport.db-wal" in left else True


def test_a_sync_that_is_asked_to_end_gives_the_profile_back(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, to=imap_user, body="word " * 2000) for n in range(800)])
    set_up()
    running = rapport.start("sync")
    wait_for(lambda: (rapport.profile / "running").exists())

    running.send_signal(signal.SIGTERM)
    running.communicate(timeout=60)

    assert running.returncode in (0, 128 + signal.SIGTERM)
    assert not (rapport.profile / "running").exists()
    assert rapport.json("sync")["accounts"][0]["mails"] == 800


def test_output_may_be_cut_off(profile_with_mail: tuple[Rapport, str, str]) -> None:
    rapport, _user, _mail_id = profile_with_mail
    process = subprocess.Popen(
        rapport.command("search", "zebra", "--json"),
        env=rapport.environ,
        cwd=rapport.profile.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    assert process.stderr is not None
    words = process.stderr.read()
    process.stderr.close()
    process.wait(60)

    assert "Traceback" not in words
    assert "Exception" not in words


def test_russian_words(profile_with_mail: tuple[Rapport, str, str]) -> None:
    rapport, _user, _mail_id = profile_with_mail
    speaking = Rapport(rapport.profile, rapport.passphrase_file, {"LANGUAGE": "ru"})

    assert speaking("show", "99").returncode == 1
    assert speaking("search", "zebra", "--json").returncode == 0


def test_a_file_is_found_from_where_the_caller_stands(rapport: Rapport, tmp_path: Path) -> None:
    (tmp_path / "a mail.eml").write_bytes(mail(1, to="anna@example.org"))

    done = rapport("a mail.eml", folder=tmp_path)

    assert done.returncode == 1
    assert "display" in done.stderr
    assert not rapport.profile.exists()
