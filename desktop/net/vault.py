"""An encrypted file of secrets, for systems without a keyring. Never plain text, not even for a moment on disk.

The key comes from a passphrase by scrypt (RFC 7914); the secrets are one JSON object under AES-256-GCM, written anew
under a fresh nonce with every change, beside the old file and then over it. Names to forget while it is closed are
noted beside it. A lost passphrase loses the secrets, which can all be typed again. Any thread; one process, the one
that holds the profile. Systems with a keyring never import the cryptography.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import stat
import sys
import threading
from pathlib import Path

from desktop.base import log
from desktop.base.i18n import _
from desktop.base.paths import open_private, sync_folder
from desktop.domain.passphrase import Asked, AskPassphrase, Exhausted, Lost
from desktop.net import errors

_log = logging.getLogger(__name__)

_MAGIC = b"RAPPORT-VAULT-1\n"
_SALT, _NONCE = 16, 12
_LOG2_N, _R, _P = 16, 8, 1
"""64 MB and about 0.2 s for each guess."""
_LOG2_N_MAX, _R_MAX, _P_MAX = 20, 16, 4
_FILE_MAX_BYTES = 16 << 20


class Vault:
    """The file, opened with the first use; the key stays in memory after that.

    A wrong passphrase is asked for again. Who declines is left alone until `unlock`. Who has lost it starts anew; the
    old file stays beside the new one, should he remember.
    """

    def __init__(self, path: Path, ask: AskPassphrase) -> None:
        self._path = path
        self._doomed = path.with_name(path.name + ".forget")
        self._ask = ask
        self._lock = threading.Lock()
        self._noting = threading.Lock()
        self._key: bytes | None = None
        self._head = b""
        self._refused: type[errors.VaultLocked | errors.WrongPassphrase] | None = None

    def __repr__(self) -> str:
        return "Vault()"

    @property
    def exists(self) -> bool:
        return self._path.exists()

    @property
    def is_locked(self) -> bool:
        """Whether there are secrets that only the passphrase gives; tells at once, also while it is asked for."""
        return self.exists and self._key is None

    def unlock(self) -> None:
        """Open the vault, asking once more who declined; of a new one the passphrase is chosen.

        Raises VaultLocked, WrongPassphrase, SecretsUnavailable.
        """
        with self._lock:
            self._refused = None
            self._load(to_write=True)

    def may_ask_again(self) -> None:
        """Let the next use ask who declined."""
        with self._lock:
            self._refused = None

    def get(self, name: str) -> str | None:
        """Return a secret; None when it is not kept here."""
        with self._lock:
            return self._load().get(name) if self.exists else None

    def set(self, name: str, secret: str) -> None:
        """Keep a secret."""
        with self._lock:
            kept = self._load(to_write=True)
            kept[name] = secret
            self._save(kept)

    def exchange(self, name: str, before: str, after: str) -> bool:
        """Keep a secret in the place of another; returns False where that one is not there any more."""
        with self._lock:
            kept = self._load()
            if kept.get(name) != before:
                return False
            kept[name] = after
            self._save(kept)
            return True

    def delete(self, name: str) -> None:
        """Forget a secret; unknown ones are forgotten already. Asks nobody, and waits for nobody who is asked.

        Raises ForgottenLater where the vault is closed: then it goes with the next opening.
        """
        if not self.exists:
            return
        if self._key is None:
            self._doom(name)
            raise errors.ForgottenLater
        with self._lock:
            kept = self._load()
            if kept.pop(name, None) is not None:
                self._save(kept)

    def _doom(self, name: str) -> None:
        """Note a name that is to go when the vault is open."""
        with self._noting:
            names = sorted({*self._doomed_names(), name})
            fresh = self._doomed.with_name(self._doomed.name + ".new")
            try:
                with open_private(fresh) as file:
                    file.write(json.dumps(names).encode())
                    file.flush()
                    os.fsync(file.fileno())
                fresh.replace(self._doomed)
                sync_folder(self._doomed.parent)
            except OSError as error:
                raise _unwritable(error) from error

    def _doomed_names(self) -> list[str]:
        try:
            return [str(name) for name in json.loads(self._doomed.read_bytes())]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError):
            _log.warning("the note of what the vault is to forget cannot be read")
            return []

    def _forget_doomed(self, kept: dict[str, str]) -> None:
        """Take out what was to go while the vault was closed; tried again with the next use where the disk fails."""
        with self._noting:
            names = self._doomed_names()
            found = [name for name in names if kept.pop(name, None) is not None]
            try:
                if found:
                    self._save(kept)
                self._doomed.unlink(missing_ok=True)
            except (OSError, errors.SecretsUnavailable):
                _log.warning("the vault could not forget what it was told to")

    def _load(self, *, to_write: bool = False) -> dict[str, str]:
        """Return the secrets; `to_write` has the passphrase of a new vault chosen."""
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self.exists:
            if self._key is None and to_write:
                chosen = self._passphrase(Asked(is_new=True))
                self._head = _MAGIC + secrets.token_bytes(_SALT) + bytes((_LOG2_N, _R, _P))
                self._key = _derive(chosen, self._head)
            self._forget_doomed({})
            return {}
        head, nonce, sealed = self._read()
        wrong = 0
        key = self._key if head == self._head else None
        while True:
            try:
                key = key or _derive(self._passphrase(Asked(is_new=False, wrong=wrong)), head)
                kept = json.loads(AESGCM(key).decrypt(nonce, sealed, head))
            except InvalidTag:
                self._key = key = None
                wrong += 1
            except _StartAnew:
                return self._load(to_write=to_write)
            else:
                self._key, self._head = key, head
                secrets_by_name = {str(name): str(secret) for name, secret in kept.items()}
                self._forget_doomed(secrets_by_name)
                return secrets_by_name

    def _read(self) -> tuple[bytes, bytes, bytes]:
        """Return head, nonce and sealed content of the file."""
        try:
            with self._path.open("rb") as file:
                content = file.read(_FILE_MAX_BYTES)
        except OSError as error:
            raise errors.SecretsUnavailable(_("The password vault cannot be read."), details=str(error)) from error
        size = len(_MAGIC) + _SALT + 3
        head, nonce, sealed = content[:size], content[size : size + _NONCE], content[size + _NONCE :]
        log2_n, r, p = head[-3:] if len(head) == size else (0, 0, 0)
        known = head.startswith(_MAGIC) and len(nonce) == _NONCE
        if not known or not (1 <= log2_n <= _LOG2_N_MAX and 1 <= r <= _R_MAX and 1 <= p <= _P_MAX):
            raise errors.SecretsUnavailable(_("The password vault is damaged."))
        return head, nonce, sealed

    def _save(self, kept: dict[str, str]) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        assert self._key is not None
        nonce = secrets.token_bytes(_NONCE)
        sealed = AESGCM(self._key).encrypt(nonce, json.dumps(kept).encode(), self._head)
        fresh = self._path.with_name(self._path.name + ".new")
        try:
            fresh.unlink(missing_ok=True)
            with open_private(fresh, "xb") as file:
                file.write(self._head + nonce + sealed)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            sync_folder(self._path.parent)
        except OSError as error:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
            raise _unwritable(error) from error

    def _passphrase(self, asked: Asked) -> str:
        if self._refused is not None:
            raise self._refused
        passphrase = self._ask(asked)
        if isinstance(passphrase, Lost):
            self._set_aside()
            raise _StartAnew
        if isinstance(passphrase, Exhausted):
            self._refused = errors.WrongPassphrase
            raise self._refused
        if not passphrase and asked.is_new:
            raise errors.VaultLocked(is_new=True)
        if not passphrase:
            self._refused = errors.VaultLocked
            raise self._refused
        log.protect(passphrase)
        return passphrase

    def _set_aside(self) -> None:
        try:
            self._path.replace(self._path.with_name(self._path.name + ".lost"))
        except OSError as error:
            raise _unwritable(error) from error


class _StartAnew(Exception):
    """The vault was set aside while it was to be opened."""


def passphrase_from_file(path: Path) -> str:
    """Return the first line of a passphrase file; refused when anybody but its owner may read it."""
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            if sys.platform != "win32" and (not stat.S_ISREG(status.st_mode) or status.st_mode & 0o077):
                text = _("The passphrase file {path} can be read by others. Give it the mode 0600.")
                raise errors.SecretsUnavailable(text.format(path=path))
            line = file.readline(4096).decode("utf-8", "surrogateescape").rstrip("\r\n")
    except OSError as error:
        text = _("The passphrase file {path} cannot be read.")
        raise errors.SecretsUnavailable(text.format(path=path), details=error.strerror or "") from error
    if not line:
        raise errors.SecretsUnavailable(_("The passphrase file {path} is empty.").format(path=path))
    return line


def _unwritable(error: OSError) -> errors.SecretsUnavailable:
    return errors.SecretsUnavailable(_("The password vault cannot be written."), details=str(error))


def _derive(passphrase: str, head: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log2_n, r, p = head[-3:]
    salt = head[len(_MAGIC) : len(_MAGIC) + _SALT]
    return Scrypt(salt=salt, length=32, n=1 << log2_n, r=r, p=p).derive(passphrase.encode("utf-8", "surrogateescape"))
