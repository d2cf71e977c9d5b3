"""Calls to the running program: what goes through, and what does not."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from pathlib import Path

import psutil
import pytest

from desktop.app import remote
from desktop.app.calls import Calls
from desktop.app.console import Console
from desktop.app.core import Core, build_core
from desktop.app.passphrase import PASSPHRASE_FILE_VARIABLE
from desktop.app.remote import Request
from desktop.base import log
from desktop.base.clock import monotonic
from desktop.base.paths import Profile
from desktop.domain.passphrase import Asked, AskPassphrase
from tests.app.rapport import Rapport, mail, wait_for
from tests.proof import rounds, seed
from tests.servers.dovecot import Dovecot


class Heard:
    """A console that keeps what is written to it."""

    def __init__(self) -> None:
        self.out = b""
        self.words = ""
        self.console = Console(self._write, self._say)

    def _write(self, octets: bytes) -> None:
        self.out += octets

    def _say(self, words: str) -> None:
        self.words += words


@contextmanager
def serving(profile: Profile, carry_out: remote.CarryOut) -> Iterator[remote.Server]:
    server = remote.serve(profile, carry_out)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def profile(tmp_path: Path) -> Profile:
    profile = Profile(tmp_path / "profile")
    profile.create()
    return profile


def test_output_words_and_exit_code_come_back(profile: Profile) -> None:
    asked: list[Request] = []

    def carry_out(request: Request, console: Console) -> int:
        asked.append(request)
        console.write(bytes(range(256)))
        console.say("слова")
        return 7

    heard = Heard()
    request = Request(("sync", "--mail-account", "\udcff"), "/somewhere", "a password")
    with serving(profile, carry_out):
        code = remote.call(profile, request, heard.console)

    assert code == 7
    assert asked == [request]
    assert (heard.out, heard.words) == (bytes(range(256)), "слова\n")
    assert remote.call(profile, request, heard.console) is None


def test_callers_who_say_nothing_are_waited_for_together(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    patience_s, callers = 0.5, 10
    monkeypatch.setattr(remote, "_CALLS_END_WITHIN_S", patience_s)
    server = remote.serve(profile, lambda request, console: 0)
    address = json.loads((profile.root / "remote").read_text())["address"]
    silent = [Client(address) for _ in range(callers)]
    wait_for(lambda: len(server._calls) == callers)

    began = monotonic()
    server.close()
    took_s = monotonic() - began
    for connection in silent:
        connection.close()

    assert took_s < callers * patience_s / 2


def test_callers_who_never_prove_the_key_leave_their_places_to_others(
    profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_ASKS_WITHIN_S", 0.5)
    with serving(profile, lambda request, console: 5) as server:
        told = json.loads((profile.root / "remote").read_text())
        stopped = [Client(told["address"]) for _ in range(remote.CALLS_MAX - 1)]
        # the last one proves the key, but never says what he wants
        stopped.append(Client(told["address"], authkey=bytes.fromhex(told["key"])))
        wait_for(lambda: len(server._calls) == 0)
        code = remote.call(profile, Request(), Heard().console)
        for connection in stopped:
            connection.close()

    assert code == 5


@pytest.mark.parametrize("number", ["EMFILE", "ENFILE", "ECONNABORTED", "ENOMEM", "ENOBUFS"])
def test_a_passing_lack_does_not_end_the_taking_of_calls(
    number: str, profile: Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "_AGAIN_AFTER_S", 0.01)
    failed = failing_accept(monkeypatch, getattr(errno, number), times=3)
    with serving(profile, lambda request, console: 5):
        assert remote.call(profile, Request(), Heard().console) == 5

    assert len(failed) == 3


def test_a_lack_of_threads_does_not_end_the_taking_of_calls(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    start, lacking = threading.Thread.start, [True]

    def no_more(thread: threading.Thread) -> None:
        if thread.name == "call" and lacking:
            lacking.clear()
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", no_more)
    with serving(profile, lambda request, console: 5):
        answers = [remote.call(profile, Request(), Heard().console) for _ in range(2)]

    assert answers == [None, 5]


def test_a_lack_that_lasts_does_not_delay_the_end(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "_AGAIN_AFTER_S", 60)
    failed = failing_accept(monkeypatch, errno.EMFILE, times=1000)
    server = remote.serve(profile, lambda request, console: 5)
    wait_for(lambda: bool(failed))

    began = monotonic()
    server.close()

    assert monotonic() - began < remote._CALLS_END_WITHIN_S / 2


def test_where_no_calls_can_be_taken_any_more_nobody_is_sent(profile: Profile, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_accept(monkeypatch, errno.EBADF, times=1)
    server = remote.serve(profile, lambda request, console: 5)
    server._thread.join(30)
    left = [name for name in ("socket", "remote") if (profile.root / name).exists()]
    code = remote.call(profile, Request(), Heard().console)
    server.close()

    assert left == []
    assert code is None


def failing_accept(monkeypatch: pytest.MonkeyPatch, number: int, *, times: int) -> list[int]:
    """Let the next calls of `accept` fail with an error; return the list of those that did."""
    accept, failed = Listener.accept, list[int]()

    def fail(listener: Listener) -> Connection:
        if len(failed) < times:
            failed.append(number)
            raise OSError(number, os.strerror(number))
        return accept(listener)

    monkeypatch.setattr(Listener, "accept", fail)
    return failed


def test_c33_a_password_that_came_over_the_socket_is_kept_out_of_the_log() -> None:
    remote.read_request(remote.write_request(Request((), "", "canary over the socket")))

    assert log.redact("with canary over the socket", shorten_addresses=False) == "with ***"


def test_c44_socket_and_key_are_the_owners_alone(profile: Profile, wide_umask: None) -> None:
    with serving(profile, lambda request, console: 0):
        modes = {name: stat.S_IMODE((profile.root / name).stat().st_mode) for name in ("socket", "remote")}

    assert modes == {"socket": 0o600, "remote": 0o600}
    assert not (profile.root / "socket").exists()
    assert not (profile.root / "remote").exists()


def test_a_profile_with_a_long_path_has_its_socket_elsewhere(tmp_path: Path) -> None:
    profile = Profile(tmp_path / ("long" * 40) / 'wei"rd name')
    profile.create()
    with serving(profile, lambda request, console: 3):
        address = Path(json.loads((profile.root / "remote").read_text())["address"])
        folder_mode = stat.S_IMODE(address.parent.stat().st_mode)
        code = remote.call(profile, Request(), Heard().console)

    assert code == 3
    assert folder_mode == 0o700
    assert not address.parent.exists()


def test_what_a_killed_program_left_is_in_nobodys_way(profile: Profile) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(profile.root / "socket"))
    left.close()
    (profile.root / "remote").write_text("garbage")
    assert remote.call(profile, Request(), Heard().console) is None

    with serving(profile, lambda request, console: 0):
        assert remote.call(profile, Request(), Heard().console) == 0


def test_c44_without_the_key_nothing_is_carried_out(profile: Profile) -> None:
    asked: list[Request] = []

    def carry_out(request: Request, console: Console) -> int:
        asked.append(request)
        return 0

    with serving(profile, carry_out):
        told = json.loads((profile.root / "remote").read_text())
        with pytest.raises(AuthenticationError):
            Client(told["address"], authkey=b"another key")
        silent = Client(told["address"])
        rude = Client(told["address"])
        rude.send_bytes(remote.write_request(Request(("sync",), "/")))
        rude.close()
        works = remote.call(profile, Request(("sync",), "/"), Heard().console)
        silent.close()

    assert works == 0
    assert len(asked) == 1


def test_c44_a_frame_that_is_no_request_is_refused(profile: Profile) -> None:
    asked: list[Request] = []
    good = json.loads(remote.write_request(Request(("sync",), "/")))
    frames = [
        b"",
        b"\x80\x04N.",
        b"[" * 10_000,
        b"null",
        json.dumps(good | {"argv": "sync"}).encode(),
        json.dumps(good | {"argv": [1]}).encode(),
        json.dumps(good | {"argv": ["a\0b"]}).encode(),
        json.dumps(good | {"argv": ["a"] * 2000}).encode(),
        json.dumps(good | {"folder": None}).encode(),
        json.dumps(good | {"password": {"a": 1}}).encode(),
        b" " * (remote.REQUEST_MAX_BYTES + 1),
    ]

    def carry_out(request: Request, console: Console) -> int:
        asked.append(request)
        return 0

    with serving(profile, carry_out):
        told = json.loads((profile.root / "remote").read_text())
        for frame in frames:
            with Client(told["address"], authkey=bytes.fromhex(told["key"])) as connection:
                try:
                    connection.send_bytes(frame)
                    answer = json.loads(connection.recv_bytes())
                except (EOFError, OSError):
                    answer = {"exit": 2}
            assert answer == {"exit": 2}, frame[:50]
        assert remote.call(profile, Request(), Heard().console) == 0

    assert len(asked) == 1


def test_c44_random_frames_never_stop_the_server(profile: Profile) -> None:
    import random

    chance = random.Random(seed())
    good = remote.write_request(Request(("sync", "--json"), "/", "x"))
    with serving(profile, lambda request, console: 0):
        told = json.loads((profile.root / "remote").read_text())
        for _ in range(rounds(50, 1000)):
            frame = bytearray(good)
            for _change in range(chance.randrange(1, 6)):
                frame[chance.randrange(len(frame))] = chance.randrange(256)
            with Client(told["address"], authkey=bytes.fromhex(told["key"])) as connection:
                connection.send_bytes(bytes(frame))
                assert json.loads(connection.recv_bytes())["exit"] in (0, 2)


def test_a_caller_that_leaves_does_not_disturb(profile: Profile) -> None:
    left, done = threading.Event(), threading.Event()

    def carry_out(request: Request, console: Console) -> int:
        left.wait(30)
        for _ in range(100):
            console.write(b"x" * 100_000)
        done.set()
        return 0

    with serving(profile, carry_out):
        told = json.loads((profile.root / "remote").read_text())
        with Client(told["address"], authkey=bytes.fromhex(told["key"])) as connection:
            connection.send_bytes(remote.write_request(Request()))
        left.set()

        assert done.wait(30)


def test_a_failure_inside_is_a_sentence_outside(profile: Profile) -> None:
    def carry_out(request: Request, console: Console) -> int:
        raise ValueError("secret-ish")

    heard = Heard()
    with serving(profile, carry_out):
        code = remote.call(profile, Request(), heard.console)

    assert code == 1
    assert "log" in heard.words
    assert "secret-ish" not in heard.words


def test_a_stdout_nobody_reads_is_not_said_to_be_the_others_fault(profile: Profile) -> None:
    said: list[str] = []

    def closed(octets: bytes) -> None:
        raise BrokenPipeError

    def carry_out(request: Request, console: Console) -> int:
        console.write(b"x")
        return 0

    with serving(profile, carry_out), pytest.raises(BrokenPipeError):
        remote.call(profile, Request(), Console(closed, said.append))

    assert said == []


def test_a_command_whose_stdout_is_closed_ends_without_a_word(rapport: Rapport) -> None:
    with rapport.worker(), rapport.start("mail-account", "list", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        words = process.stderr.read()
        code = process.wait(60)

    assert (code, words) == (1, "")


def test_a_call_under_way_does_not_delay_the_end_and_is_answered(rapport: Rapport) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(60)
        with rapport.worker() as worker:
            rapport(
                *("mail-account", "add", "--address", "a@example.org", "--password-stdin"),
                *("--imap", f"127.0.0.1:{silent.getsockname()[1]}/plain"),
                stdin="x\n",
            )
            signing_in, _address = silent.accept()
            threads = psutil.Process(worker.pid).num_threads()
            waiting = rapport.start("sync")
            wait_for(lambda: psutil.Process(worker.pid).num_threads() > threads)
            began = monotonic()
            worker.send_signal(signal.SIGTERM)
            worker.communicate(timeout=60)
            took_s = monotonic() - began
        signing_in.close()
        words = waiting.communicate(timeout=60)[1]

    assert waiting.returncode == 1
    assert "was closed" in words
    assert took_s < remote._CALLS_END_WITHIN_S * 0.6, took_s


def test_commands_are_carried_out_by_the_worker(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    with rapport.worker():
        set_up()
        dovecot.deliver(imap_user, [mail(n, to=imap_user) for n in range(3)])
        synced = rapport.json("sync")
        dovecot.deliver(imap_user, [mail(3, to=imap_user)])
        one_more = rapport.json("sync", "--mail-account", imap_user)
        tried = rapport("mail-account", "test", imap_user)
        listed = rapport.json("mail-account", "list")
        twice = rapport(
            *("mail-account", "add", "--address", imap_user, "--imap", "localhost:1/tls", "--password-stdin"),
            stdin="x\n",
        )
        unknown = rapport("sync", "--mail-account", "nobody@example.org")
        found = rapport.json("search", "zebra")["hits"]
        removed = rapport("mail-account", "remove", imap_user)

    assert synced["accounts"][0]["mails"] == 3
    assert one_more["accounts"][0]["mails"] == 4
    assert one_more["accounts"][0]["new"] in (0, 1)  # the worker's own IDLE may have been quicker than the command
    assert (tried.returncode, tried.stderr[:13]) == (0, "localhost let")
    assert [account["address"] for account in listed] == [imap_user]
    assert (twice.returncode, twice.stderr) == (1, f"{imap_user} is already set up.\n")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert len(found) == 4
    assert removed.returncode == 0
    assert rapport.json("mail-account", "list") == []


@contextmanager
def open_window(profile: Profile, ask: AskPassphrase, *, engine: bool = True) -> Iterator[Core]:
    """A profile in use as by the window: its engine runs, its person is asked by `ask`, and calls are taken."""
    core = build_core(profile, ask)
    with serving(profile, Calls(core, engine_runs=True, open_window=lambda _file: None)) as server:
        if engine:
            core.start()
        try:
            yield core
        finally:
            server.refuse()
            core.end_work()
    core.close()


def test_a_link_goes_to_the_open_window_whole(profile: Profile) -> None:
    """However a launcher split it, and whatever folder it was clicked in."""
    opened: list[Path | str | None] = []
    link = "mailto:bo@x.example?subject=Hello world&attach=/etc/passwd"
    core, heard = build_core(profile, lambda _asked: None), Heard()
    with serving(profile, Calls(core, engine_runs=True, open_window=opened.append)):
        codes = [remote.call(profile, Request(argv, "/etc", None), heard.console) for argv in ((link,), link.split())]
    core.close()

    assert (codes, heard.words) == ([0, 0], "")
    assert opened == [link, link]


@pytest.fixture
def locked_profile(rapport: Rapport, monkeypatch: pytest.MonkeyPatch) -> Profile:
    """A profile with one account, its password in a vault. Its server is never reached."""
    added = rapport(
        *("mail-account", "add", "--address", "a@example.org", "--password-stdin", "--imap", "127.0.0.1:9/plain"),
        stdin="x\n",
    )
    assert added.returncode == 0, added
    for name in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR", PASSPHRASE_FILE_VARIABLE):
        monkeypatch.delenv(name, raising=False)
    return Profile(rapport.profile)


NEEDING_PASSWORDS = (
    ("sync",),
    ("sync", "--mail-account", "a@example.org", "--json"),
    ("mail-account", "test", "a@example.org"),
    ("mail-account", "add", "--address", "b@example.org", "--imap", "127.0.0.1:9/plain"),
)


def _calls_refused(profile: Profile) -> None:
    """Make every call that needs passwords; each must be refused with a sentence, and none may wait."""
    with ThreadPoolExecutor(1) as pool:
        for argv in NEEDING_PASSWORDS:
            heard = Heard()
            code = pool.submit(remote.call, profile, Request(argv, "/", "x"), heard.console).result(10)
            assert (code, heard.out) == (1, b""), argv
            assert heard.words == (
                "Your passwords are locked in the open window of Rapport. Unlock them there, then try again.\n"
            )


def test_passwords_locked_in_the_window_keep_nobody_waiting_while_its_person_is_asked(locked_profile: Profile) -> None:
    asked, answer = threading.Event(), threading.Event()

    def ask(_asked: Asked) -> None:
        asked.set()
        answer.wait(60)

    with open_window(locked_profile, ask):
        assert asked.wait(30)
        try:
            _calls_refused(locked_profile)
        finally:
            answer.set()


def test_passwords_locked_in_the_window_keep_nobody_waiting_once_its_person_declined(locked_profile: Profile) -> None:
    with open_window(locked_profile, lambda _asked: None) as core:
        wait_for(lambda: any(status.remedy == "unlock" for status in core.services.accounts.statuses().values()))
        _calls_refused(locked_profile)


def test_a_call_does_not_have_the_person_at_the_window_asked(locked_profile: Profile) -> None:
    asked: list[Asked] = []

    with open_window(locked_profile, asked.append, engine=False):
        _calls_refused(locked_profile)

    assert asked == []


def test_the_worker_without_a_passphrase_says_that_passwords_are_locked(
    rapport: Rapport, locked_profile: Profile
) -> None:
    rapport.passphrase_file = None
    with rapport.worker():
        answers = [rapport("sync"), rapport("mail-account", "test", "a@example.org")]

    assert [answer.returncode for answer in answers] == [1, 1]
    assert all(answer.stderr.startswith("Your passwords are locked in the running Rapport") for answer in answers)


def test_what_fails_again_as_it_failed_before_is_answered(locked_profile: Profile, rapport: Rapport) -> None:
    assert rapport.passphrase_file is not None
    rapport.passphrase_file.write_text("not the passphrase\n")
    with rapport.worker():
        answers = [rapport("sync") for _again in range(2)]

    assert [answer.returncode for answer in answers] == [1, 1]
    assert all("The passphrase does not open the password vault." in answer.stderr for answer in answers), answers


def test_the_worker_says_what_fails_as_a_command_would(rapport: Rapport, dovecot: Dovecot) -> None:
    user = dovecot.add_user("remote-strict@example.org", "the right one")
    add = (
        *("mail-account", "add", "--address", user, "--imap", f"localhost:{dovecot.imaps_port}"),
        *("--ca", os.path.relpath(dovecot.ca_file, rapport.profile.parent), "--password-stdin"),
    )
    with rapport.worker():
        assert rapport(*add, stdin="the wrong one\n").returncode == 0
        synced = rapport("sync", "--json")
        wrong = rapport("mail-account", "add", "--address", "x")

    assert synced.returncode == 1
    assert "password" in json.loads(synced.stdout)["accounts"][0]["problem"]
    assert wrong.returncode == 2


def test_c44_the_worker_does_nothing_else_for_others(rapport: Rapport, tmp_path: Path) -> None:
    (tmp_path / "mail.eml").write_bytes(mail(1, to="anna@example.org"))
    with rapport.worker():
        profile = Profile(rapport.profile)
        answers = {}
        for argv in (
            ("worker",),
            ("doctor",),
            ("search", "x"),
            ("show", "1"),
            ("--version",),
            ("--help",),
            ("mail.eml",),
        ):
            heard = Heard()
            answers[argv[0]] = remote.call(profile, Request(argv, str(tmp_path)), heard.console)

    assert answers == {"mail.eml": 1} | dict.fromkeys(("worker", "doctor", "search", "show", "--version", "--help"), 2)


def test_a_second_sync_is_carried_out_by_the_first(
    rapport: Rapport, set_up: Callable[..., None], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, to=imap_user, body="word " * 3000) for n in range(600)])
    set_up()
    first = rapport.start("sync", "--json")
    wait_for(lambda: (rapport.profile / "running").exists())

    second = rapport.json("sync")
    out, _words = first.communicate(timeout=60)

    assert json.loads(out)["accounts"][0]["mails"] == 600
    assert second["accounts"][0]["mails"] == 600
