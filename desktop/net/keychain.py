"""Where passwords are kept: the keyring of the system, else the encrypted vault. There is no third place.

Only the keyrings of the systems themselves are used. Others that the `keyring` library would accept, files in plain
text, `null` that swallows what it is given, a chain that holds one of these, are as good as none (C34). A keyring may
be locked or hang while it asks the person, so every call runs on a thread of its own with a limit (R34). What goes in
or out is kept out of the log from then on. Any thread but the one of the window. The library is imported when it is
needed: that takes longer than a sign-in to a server.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as StillRunning
from pathlib import Path
from typing import Protocol, TypeVar

from desktop.base import log
from desktop.base.i18n import _
from desktop.domain.passphrase import AskPassphrase
from desktop.net import errors
from desktop.net.vault import Vault

SERVICE = "Rapport"
TIMEOUT_S = 10.0

_TRUSTED = frozenset(
    f"keyring.backends.{name}" for name in ("SecretService", "libsecret", "kwallet", "macOS", "Windows")
)
_PART_CHARACTERS = 600
"""Windows keeps 2,560 bytes an entry, in UTF-16, so longer secrets (tokens) are cut into several."""
_NOBODY = "nobody"
"""Looked up to have the keyring opened: no secret has this name."""
_PARTS = "\x01parts:"
_PARTS_MAX = 100
_SERIES = {"#": "", "~": "~"}
"""What stands between a name and the number of a part, and what the entry says of it behind the number of parts."""

_log = logging.getLogger(__name__)
_T = TypeVar("_T")


class Keyring(Protocol):
    """What a backend of the `keyring` library offers."""

    def get_password(self, service: str, username: str) -> str | None: ...
    def set_password(self, service: str, username: str, password: str) -> None: ...
    def delete_password(self, service: str, username: str) -> None: ...


def trusted(backend: object) -> Keyring | None:
    """Return the backend when it is a system's own keyring; of a chain the first that is; else None."""
    import keyring.backend

    for candidate in (backend, *_members(backend)):
        if type(candidate).__module__ in _TRUSTED and isinstance(candidate, keyring.backend.KeyringBackend):
            return candidate
    return None


def _members(backend: object) -> list[object]:
    return list(getattr(backend, "backends", ())) if type(backend).__module__ == "keyring.backends.chainer" else []


def system_keyring() -> Keyring | None:
    """Return the keyring of this system; None where there is none that may be used."""
    bus = os.environ.get("DBUS_SESSION_BUS_ADDRESS") or os.environ.get("XDG_RUNTIME_DIR")
    if sys.platform not in ("win32", "darwin") and not bus:
        # all keyrings of free desktops are reached over the session bus
        return None
    import keyring

    return trusted(keyring.get_keyring())


class Secrets:
    """Gets, sets and deletes secrets by name. `find` returns the keyring to use; tests give their own."""

    def __init__(
        self,
        vault_path: Path,
        ask_passphrase: AskPassphrase,
        *,
        find: Callable[[], Keyring | None] = system_keyring,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._vault = Vault(vault_path, ask_passphrase)
        self._find = find
        self._timeout_s = timeout_s
        self._turn = threading.Lock()
        self._searched = False
        self._keyring: Keyring | None = None

    def __repr__(self) -> str:
        return "Secrets()"

    @property
    def uses_vault(self) -> bool:
        """Whether this system has no keyring that may be used."""
        return self._backend() is None

    @property
    def waits_for_person(self) -> bool:
        """Whether the next use may wait until the person has given the passphrase of the vault, or be refused."""
        return self._backend() is None and self._vault.is_locked

    def unlock(self, *, patiently: bool = False) -> None:
        """Make ready what needs the person: where there is no keyring the vault is opened, and he is asked for it.

        A keyring may ask him for its password, or for a new one: `patiently` waits for that as long as he needs. What
        an older vault holds may ask him again. Raises SecretsUnavailable.
        """
        backend = self._backend()
        if backend is None:
            self._vault.unlock()
            return
        if patiently:
            self._within_time(lambda: backend.get_password(SERVICE, _NOBODY), None)
        self._vault.may_ask_again()

    def open_ahead(self) -> None:
        """Open the vault where there is one, so that the next `get` need not wait; what fails will be said by that."""
        if self._vault.exists:
            try:
                self._vault.get("")
            except errors.SecretsUnavailable:
                _log.info("the vault could not be opened ahead")

    def get(self, name: str) -> str | None:
        """Return a secret, None when there is none; raises SecretsUnavailable."""
        backend = self._backend()
        if backend is not None:
            found = self._timely(lambda: _read(backend, name))
            if found is not None:
                return _protected(found)
        # kept there in a time without keyring, perhaps
        return _protected(self._vault.get(name)) if self._vault.exists else None

    def set(self, name: str, secret: str) -> None:
        """Keep a secret under a name; raises SecretsUnavailable."""
        log.protect(secret)
        backend = self._backend()
        if backend is None:
            self._vault.set(name, secret)
        else:
            self._timely(lambda: _write(backend, name, secret))

    def exchange(self, name: str, before: str, after: str) -> bool:
        """Keep a secret in the place of another; returns False where that one is not there any more.

        It is one step among all threads of this process, and only one process at a time holds the profile. Raises
        SecretsUnavailable.
        """
        log.protect(after)
        backend = self._backend()
        if backend is not None:
            done = self._timely(lambda: _exchange(backend, name, before, after))
            if done is not None:
                return done
        # kept there in a time without keyring, perhaps: there it stays
        return self._vault.exists and self._vault.exchange(name, before, after)

    def delete(self, name: str) -> None:
        """Forget a secret wherever it is kept, asking nobody for the vault.

        Raises SecretsUnavailable, of which ForgottenLater says that it goes with the next opening of the vault.
        """
        try:
            backend = self._backend()
            if backend is not None:
                self._timely(lambda: _remove(backend, name))
        finally:
            self._vault.delete(name)

    def _backend(self) -> Keyring | None:
        if not self._searched:
            self._keyring = self._timely(self._find)
            self._searched = True
            _log.info("secrets are kept in the %s", "keyring" if self._keyring is not None else "vault")
        return self._keyring

    def _timely(self, call: Callable[[], _T]) -> _T:
        return self._within_time(call, self._timeout_s)

    def _within_time(self, call: Callable[[], _T], limit_s: float | None) -> _T:
        """Run a call of the keyring on a thread that is left behind when it hangs; until it ends no other is made."""
        if not self._turn.acquire(timeout=-1 if limit_s is None else limit_s):
            raise _no_answer()
        future: Future[_T] = Future()

        def work() -> None:
            try:
                future.set_result(call())
            except Exception as error:  # noqa: BLE001 - a backend is foreign code on a system bus: it raises anything
                future.set_exception(error)
            finally:
                self._turn.release()

        threading.Thread(target=work, name="keyring", daemon=True).start()
        try:
            problem = future.exception(limit_s)
        except StillRunning:
            raise _no_answer() from None
        if problem is not None:
            from keyring.errors import KeyringLocked

            if isinstance(problem, KeyringLocked):
                raise errors.SecretsUnavailable(_("The keyring is locked. Unlock it and try again."))
            # the text of a backend's error may quote what it was given
            raise errors.SecretsUnavailable(_("The keyring gives an error."), details=type(problem).__name__)
        return future.result()


def _protected(secret: str | None) -> str | None:
    if secret is not None:
        log.protect(secret)
    return secret


def _no_answer() -> errors.SecretsUnavailable:
    return errors.SecretsUnavailable(_("The keyring does not answer. It may be waiting for you to unlock it."))


def _read(backend: Keyring, name: str) -> str | None:
    found = backend.get_password(SERVICE, name)
    if found is None or not found.startswith(_PARTS):
        return found
    series, count = _cut(found)
    parts = [backend.get_password(SERVICE, f"{name}{series}{i}") for i in range(count)]
    return None if None in parts else "".join(part for part in parts if part is not None)


def _write(backend: Keyring, name: str, secret: str) -> None:
    """Write a secret so that at any moment there is the old or the new one: no part goes over one that is in use."""
    in_use, _count = _cut(backend.get_password(SERVICE, name))
    parts = [secret[i : i + _PART_CHARACTERS] for i in range(0, len(secret), _PART_CHARACTERS)]
    entry = secret
    series = next(one for one in _SERIES if one != in_use)
    if len(parts) <= 1 and not secret.startswith(_PARTS):
        parts = []
    else:
        entry = f"{_PARTS}{len(parts)}{_SERIES[series]}"
    for i, part in enumerate(parts):
        backend.set_password(SERVICE, f"{name}{series}{i}", part)
    backend.set_password(SERVICE, name, entry)
    for one in _SERIES:
        _forget_parts(backend, name + one, len(parts) if one == series else 0)


def _exchange(backend: Keyring, name: str, before: str, after: str) -> bool | None:
    """Write a secret in the place of another, if it is there; returns None where there is none."""
    found = _read(backend, name)
    if found == before:
        _write(backend, name, after)
    return None if found is None else found == before


def _remove(backend: Keyring, name: str) -> None:
    if backend.get_password(SERVICE, name) is not None:
        _forget(backend, name)
    for series in _SERIES:
        _forget_parts(backend, name + series, 0)


def _forget_parts(backend: Keyring, stem: str, first: int) -> None:
    """Forget the parts of a series from one on; the last first, so that a kill leaves no gap that hides others."""
    last = first
    while last < _PARTS_MAX and backend.get_password(SERVICE, f"{stem}{last}") is not None:
        last += 1
    for i in reversed(range(first, last)):
        _forget(backend, f"{stem}{i}")


def _forget(backend: Keyring, name: str) -> None:
    from keyring.errors import PasswordDeleteError

    try:
        backend.delete_password(SERVICE, name)
    except PasswordDeleteError:
        # gone already: what was asked for
        return


def _cut(entry: str | None) -> tuple[str, int]:
    """Return the series and the number of the parts an entry stands for; "" and 0 where it is the secret itself."""
    number = entry.removeprefix(_PARTS) if entry is not None and entry.startswith(_PARTS) else ""
    series = next(one for one, mark in reversed(_SERIES.items()) if number.endswith(mark))
    number = number.removesuffix(_SERIES[series])
    return (series, min(int(number), _PARTS_MAX)) if number.isdigit() else ("", 0)
