"""Keyring and vault: nothing in plain text, nothing that blocks (C34, R34)."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import keyring.backend
import keyring.errors
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from keyring.backends import SecretService, chainer, fail, null

from desktop.base import clock, log
from desktop.base.errors import Remedy
from desktop.domain.passphrase import Answer, Asked, Exhausted, Lost
from desktop.net import errors, keychain
from desktop.net.keychain import Keyring, Secrets, trusted
from desktop.net.vault import Vault, _derive, passphrase_from_file

CANARY = "canary-Ω-password"


class Memory:
    """A keyring that keeps its entries in memory, none longer than Windows allows."""

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.entries.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        assert len(password.encode("utf-16-le")) <= 2560
        self.entries[username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.entries.pop(username, None) is None:
            raise keyring.errors.PasswordDeleteError(username)


def secrets(tmp_path: Path, backend: Keyring | None, passphrase: str | None = None, timeout_s: float = 10) -> Secrets:
    return Secrets(tmp_path / "vault", lambda _asked: passphrase, find=lambda: backend, timeout_s=timeout_s)


@pytest.mark.parametrize("secret", [CANARY, "", "\x01parts:3", "t" * 5000, "𝄞" * 2000])
def test_keyring_keeps_secrets_of_any_length(tmp_path: Path, secret: str) -> None:
    backend = Memory()
    kept = secrets(tmp_path, backend)

    kept.set("imap", "t" * 9000)
    kept.set("imap", secret)
    found = kept.get("imap")
    kept.delete("imap")
    kept.delete("imap")

    assert found == secret
    assert kept.get("imap") is None
    assert backend.entries == {}
    assert not (tmp_path / "vault").exists()


@pytest.mark.parametrize("backend", [Memory(), None], ids=["keyring", "vault"])
def test_c33_what_is_kept_or_given_out_never_reaches_the_log(
    tmp_path: Path, backend: Keyring | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = secrets(tmp_path, backend, "canary-passphrase")
    kept.set("imap", CANARY)
    set_and_said = log.redact(f"could not send {CANARY}", shorten_addresses=False)
    monkeypatch.setattr(log, "_secrets", ())

    secrets(tmp_path, backend, "canary-passphrase").get("imap")

    assert set_and_said == "could not send ***"
    assert CANARY not in log.redact(f"could not send {CANARY}", shorten_addresses=False)
    assert backend is not None or "canary" not in log.redact("with canary-passphrase", shorten_addresses=False)


class PlainText(keyring.backend.KeyringBackend):
    """What a third-party backend that writes a file looks like."""

    priority = 99  # type: ignore[assignment]

    def get_password(self, service: str, username: str) -> str | None:
        return None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise AssertionError("a secret was given to a backend that is not trusted")


def test_c34_only_the_keyrings_of_systems_are_trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = chainer.ChainerBackend()
    safe = SecretService.Keyring()
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [PlainText(), safe])

    assert trusted(fail.Keyring()) is None
    assert trusted(null.Keyring()) is None
    assert trusted(PlainText()) is None
    assert trusted(Memory()) is None
    assert trusted(safe) is safe
    assert trusted(chain) is safe


@pytest.mark.parametrize("backend", [fail.Keyring(), null.Keyring(), PlainText()])
def test_c34_without_a_trusted_keyring_the_vault_keeps(tmp_path: Path, backend: object) -> None:
    kept = Secrets(tmp_path / "vault", lambda _asked: "a passphrase", find=lambda: trusted(backend))

    kept.set("imap", CANARY)

    assert kept.uses_vault
    assert kept.get("imap") == CANARY
    assert CANARY.encode() not in (tmp_path / "vault").read_bytes()


def test_c34_no_keyring_and_no_passphrase_keeps_nothing(tmp_path: Path) -> None:
    kept = secrets(tmp_path, None)

    with pytest.raises(errors.SecretsUnavailable) as caught:
        kept.set("imap", CANARY)

    assert caught.value.remedy is Remedy.UNLOCK
    assert "RAPPORT_" not in caught.value.text
    assert list(tmp_path.iterdir()) == []
    assert kept.get("imap") is None


class Raising(Memory):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [keyring.errors.KeyringLocked("no"), keyring.errors.InitError(CANARY), RuntimeError(CANARY), OSError(5, "bus")],
)
def test_r34_locked_or_broken_keyring_is_a_sentence(tmp_path: Path, error: Exception) -> None:
    kept = secrets(tmp_path, Raising(error), "a passphrase")

    with pytest.raises(errors.SecretsUnavailable) as caught:
        kept.set("imap", CANARY)

    assert CANARY not in repr(caught.value) + caught.value.text + caught.value.details
    assert list(tmp_path.iterdir()) == []


def test_r34_hanging_keyring_costs_its_limit_and_comes_back(tmp_path: Path) -> None:
    freed = threading.Event()

    class Hanging(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            freed.wait(60)
            return super().get_password(service, username)

    backend = Hanging()
    backend.entries["imap"] = CANARY
    kept = secrets(tmp_path, backend, timeout_s=0.2)
    before = clock.monotonic()

    for _ in range(2):
        with pytest.raises(errors.SecretsUnavailable):
            kept.get("imap")

    assert clock.monotonic() - before < 30
    freed.set()
    deadline = clock.monotonic() + 10
    found = None
    while found is None and clock.monotonic() < deadline:
        try:
            found = kept.get("imap")
        except errors.SecretsUnavailable:
            continue
    assert found == CANARY


def test_a_keyring_that_asks_for_a_new_password_is_waited_for_as_long_as_the_person_needs(tmp_path: Path) -> None:
    typed = threading.Event()

    class Asking(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            assert typed.wait(60)
            return super().get_password(service, username)

    kept = secrets(tmp_path, Asking(), timeout_s=0.2)
    ready: list[bool] = []

    def unlock() -> None:
        kept.unlock(patiently=True)
        ready.append(True)

    waiting = threading.Thread(target=unlock)
    waiting.start()
    waiting.join(1)
    assert waiting.is_alive()
    with pytest.raises(errors.SecretsUnavailable):
        kept.set("imap", CANARY)
    typed.set()
    waiting.join(10)
    kept.set("imap", CANARY)

    assert ready == [True]
    assert kept.get("imap") == CANARY


def test_two_threads_wait_for_each_other(tmp_path: Path) -> None:
    backend = Memory()
    backend.entries["imap"] = CANARY
    kept = secrets(tmp_path, backend)
    found: list[str | None] = []
    threads = [threading.Thread(target=lambda: found.append(kept.get("imap"))) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [CANARY] * 8


@pytest.mark.usefixtures("wide_umask")
def test_vault_survives_a_restart_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    first = Vault(path, lambda asked: "pass" if asked.is_new else None)
    first.set("one", CANARY)
    first.set("two", "other")
    first.delete("two")

    again = Vault(path, lambda _asked: "pass")

    assert again.get("one") == CANARY
    assert again.get("two") is None
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["vault"]
    assert CANARY.encode() not in path.read_bytes()


def test_a_wrong_passphrase_is_asked_for_again_until_it_is_right(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    answers = iter(["wrong", "worse", "right"])
    asked: list[Asked] = []

    def ask(what: Asked) -> str:
        asked.append(what)
        return next(answers)

    vault = Vault(path, ask)

    assert vault.get("one") == CANARY
    assert vault.get("one") == CANARY
    assert [(what.is_new, what.wrong) for what in asked] == [(False, 0), (False, 1), (False, 2)]


def test_who_has_no_other_passphrase_is_told_that_it_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    before = path.read_bytes()
    vault = Vault(path, lambda asked: Exhausted.EXHAUSTED if asked.wrong else "wrong")

    with pytest.raises(errors.WrongPassphrase) as caught:
        vault.get("one")
    with pytest.raises(errors.WrongPassphrase):
        vault.set("one", "new")

    assert path.read_bytes() == before
    assert (caught.value.remedy, caught.value.can_retry) == (Remedy.UNLOCK, False)


def test_who_declines_after_a_wrong_passphrase_is_told_that_passwords_are_locked(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    vault = Vault(path, lambda asked: None if asked.wrong else "wrong")

    for _again in range(2):
        with pytest.raises(errors.VaultLocked):
            vault.get("one")


def test_who_declines_is_asked_no_more_until_he_wants_to_be(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    answers: list[str | None] = [None]
    asked: list[Asked] = []

    def ask(what: Asked) -> str | None:
        asked.append(what)
        return answers[-1]

    kept = Secrets(path, ask, find=lambda: None)
    for _thread in range(3):
        with pytest.raises(errors.VaultLocked) as caught:
            kept.get("one")
    declined = len(asked)
    answers.append("right")
    kept.unlock()

    assert declined == 1
    assert (caught.value.remedy, caught.value.can_retry) == (Remedy.UNLOCK, False)
    assert kept.get("one") == CANARY
    assert len(asked) == 2


def test_who_has_lost_the_passphrase_starts_anew_and_the_old_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    before = path.read_bytes()
    answers: list[Answer] = ["new", Lost.LOST, "wrong"]
    kept = Secrets(path, lambda _asked: answers.pop(), find=lambda: None)

    nothing = kept.get("one")
    left = len(answers)
    kept.set("one", "typed again")

    assert (nothing, left) == (None, 1)
    assert (tmp_path / "vault.lost").read_bytes() == before
    assert Vault(path, lambda _asked: "new").get("one") == "typed again"


def test_a_passphrase_chosen_ahead_is_the_one_of_the_vault(tmp_path: Path) -> None:
    asked: list[Asked] = []

    def ask(what: Asked) -> str:
        asked.append(what)
        return "chosen"

    kept = Secrets(tmp_path / "vault", ask, find=lambda: None)
    kept.unlock()
    empty = list(tmp_path.iterdir())
    kept.set("one", CANARY)

    assert empty == []
    assert [what.is_new for what in asked] == [True]
    assert Vault(tmp_path / "vault", lambda _asked: "chosen").get("one") == CANARY


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "foreign", "costly"])
def test_damaged_vault_is_a_sentence(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", CANARY)
    whole = path.read_bytes()
    path.write_bytes(
        {
            "empty": b"",
            "cut": whole[:40],
            "flipped": whole[:-1] + bytes((whole[-1] ^ 1,)),
            "foreign": b"something else" * 20,
            "costly": whole[:32] + b"\xff\xff\xff" + whole[35:],
        }[damage]
    )

    with pytest.raises(errors.SecretsUnavailable):
        Vault(path, lambda asked: None if asked.wrong else "right").get("one")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no file modes")
def test_passphrase_file_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "passphrase"
    path.write_text("let me in\nsecond line\n")
    path.chmod(0o600)
    assert passphrase_from_file(path) == "let me in"

    for mode in (0o640, 0o604, 0o666):
        path.chmod(mode)
        with pytest.raises(errors.SecretsUnavailable):
            passphrase_from_file(path)
    path.chmod(0o600)
    path.write_text("\n")
    for bad in (path, tmp_path / "absent", tmp_path):
        with pytest.raises(errors.SecretsUnavailable):
            passphrase_from_file(bad)


def test_a_closed_vault_forgets_a_secret_with_its_next_opening_and_asks_nobody(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    before = Vault(path, lambda _asked: "right")
    before.set("gone", CANARY)
    before.set("stays", CANARY)
    asked: list[Asked] = []

    def ask(what: Asked) -> str:
        asked.append(what)
        return "right"

    kept = Vault(path, ask)
    with pytest.raises(errors.ForgottenLater):
        kept.delete("gone")
    assert asked == []

    assert Vault(path, ask).get("stays") == CANARY
    assert json.loads(_sealed_in(path)) == {"stays": CANARY}
    assert [entry.name for entry in tmp_path.iterdir()] == ["vault"]


def test_a_closed_vault_forgets_while_somebody_is_asked_for_its_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("gone", CANARY)
    is_asked, answer = threading.Event(), threading.Event()

    def ask(_asked: Asked) -> str:
        is_asked.set()
        assert answer.wait(30)
        return "right"

    kept = Vault(path, ask)
    asking = threading.Thread(target=kept.unlock)
    asking.start()
    assert is_asked.wait(30)
    try:
        with pytest.raises(errors.ForgottenLater):
            kept.delete("gone")
    finally:
        answer.set()
        asking.join()

    assert kept.get("gone") is None
    assert json.loads(_sealed_in(path)) == {}


def test_a_secret_kept_anew_is_not_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "vault"
    Vault(path, lambda _asked: "right").set("one", "old")
    kept = Vault(path, lambda _asked: "right")
    with pytest.raises(errors.ForgottenLater):
        kept.delete("one")

    kept.set("one", "new")

    assert Vault(path, lambda _asked: "right").get("one") == "new"


def test_what_the_vault_holds_goes_though_the_keyring_fails(tmp_path: Path) -> None:
    class Failing(Memory):
        def get_password(self, service: str, username: str) -> str | None:
            raise keyring.errors.KeyringError("no")

    in_vault = secrets(tmp_path, None, "right")
    in_vault.set("one", CANARY)
    kept = secrets(tmp_path, Failing(), "right")
    kept.open_ahead()

    with pytest.raises(errors.SecretsUnavailable, match="gives an error"):
        kept.delete("one")

    assert json.loads(_sealed_in(tmp_path / "vault")) == {}


def _sealed_in(path: Path) -> bytes:
    """Return what a vault with the passphrase "right" holds on the disk."""
    content = path.read_bytes()
    head, nonce, sealed = content[:35], content[35:47], content[47:]
    return AESGCM(_derive("right", head)).decrypt(nonce, sealed, head)


class Killed(BaseException):
    """The program ends here."""


class Mortal(Memory):
    """A keyring under a program that is killed after so many changes."""

    left = 1_000_000

    def _change(self) -> None:
        if self.left == 0:
            raise Killed
        self.left -= 1

    def set_password(self, service: str, username: str, password: str) -> None:
        self._change()
        super().set_password(service, username, password)

    def delete_password(self, service: str, username: str) -> None:
        self._change()
        super().delete_password(service, username)


@pytest.mark.parametrize(("old", "new"), [("o" * 1500, "n" * 1900), ("o" * 1900, "n" * 1300), ("old", "n" * 1500)])
def test_r43_a_kill_while_a_long_secret_is_replaced_leaves_the_old_or_the_new_one(old: str, new: str) -> None:
    found = []
    for changes in range(20):
        backend = Mortal()
        keychain._write(backend, "oauth", old)
        keychain._write(backend, "oauth", old[::-1])
        backend.left = changes
        with contextlib.suppress(Killed):
            keychain._write(backend, "oauth", new)
        backend.left = 1_000_000
        found.append(keychain._read(backend, "oauth"))
        keychain._remove(backend, "oauth")
        assert backend.entries == {}

    assert set(found) == {old[::-1], new}
    assert found[-1] == new


@pytest.mark.parametrize("in_vault", [False, True])
def test_r43_a_secret_takes_the_place_of_another_only_while_that_one_is_there(tmp_path: Path, in_vault: bool) -> None:
    kept = secrets(tmp_path, None if in_vault else Memory(), "right")

    assert not kept.exchange("oauth", "one", "two")
    assert kept.get("oauth") is None
    kept.set("oauth", "one")
    assert not kept.exchange("oauth", "other", "two")
    assert kept.exchange("oauth", "one", "two" * 800)
    assert not kept.exchange("oauth", "one", "three")
    assert kept.get("oauth") == "two" * 800
    kept.delete("oauth")
    assert not kept.exchange("oauth", "two" * 800, "three")
    assert kept.get("oauth") is None


def test_r43_a_secret_of_a_time_without_keyring_is_exchanged_where_it_lies(tmp_path: Path) -> None:
    secrets(tmp_path, None, "right").set("oauth", "one")
    backend = Memory()
    kept = secrets(tmp_path, backend, "right")

    assert kept.exchange("oauth", "one", "two")

    assert (kept.get("oauth"), backend.entries) == ("two", {})
    # a new sign-in goes to the keyring, and what it replaced is not taken for it
    kept.set("oauth", "new")
    assert not kept.exchange("oauth", "two", "three")
    assert kept.get("oauth") == "new"


@pytest.mark.parametrize("in_vault", [False, True])
def test_r43_of_many_who_exchange_a_secret_at_once_one_does(tmp_path: Path, in_vault: bool) -> None:
    kept = secrets(tmp_path, None if in_vault else Memory(), "right")
    kept.set("oauth", "before")
    ready = threading.Barrier(8)

    def exchange(number: int) -> bool:
        ready.wait(20)
        return kept.exchange("oauth", "before", f"of {number}")

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(exchange, range(8)))

    assert done.count(True) == 1
    assert kept.get("oauth") == f"of {done.index(True)}"


def test_secrets_cut_into_parts_by_an_earlier_version_are_read_and_replaced() -> None:
    backend = Memory()
    backend.entries = {"imap": "\x01parts:2", "imap#0": "a" * 600, "imap#1": "b"}

    before = keychain._read(backend, "imap")
    keychain._write(backend, "imap", "c" * 700)

    assert before == "a" * 600 + "b"
    assert keychain._read(backend, "imap") == "c" * 700
    assert len(backend.entries) == 3
