"""An encrypted file of secrets, for systems without a keyring. Never plain text, not even for a moment on disk.

The key comes from a passphrase by scrypt (RFC 7914); the secrets are one JSON object under AES-256-GCM, written anew
under a fresh nonce with every change, beside the old file and then over it. A lost passphrase loses the secrets, which
can all be typed again. Any thread; one process, the one that holds the profile. Systems with a keyring never import the
cryptography.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from desktop.base import log
from desktop.base.i18n import _
from desktop.base.paths import open_private, sync_folder
from desktop.net import errors

_MAGIC = b"RAPPORT-VAULT-1\n"
_SALT, _NONCE = 16, 12
_LOG2_N, _R, _P = 16, 8, 1
"""64 MB and about 0.2 s for each guess."""
_LOG2_N_MAX, _R_MAX, _P_MAX = 20, 16, 4
_FILE_MAX_BYTES = 16 << 20

AskPassphrase = Callable[[bool], str | None]
"""Called with True when the vault is new and the passphrase is being chosen; None means there is nobody to ask."""


class Vault:
    """The file, opened with the first use; the key stays in memory after that."""

    def __init__(self, path: Path, ask: AskPassphrase) -> None:
        self._path = path
        self._ask = ask
        self._lock = threading.Lock()
        self._key: bytes | None = None
        self._head = b""

    def __repr__(self) -> str:
        return "Vault()"

    @property
    def exists(self) -> bool:
        return self._path.exists()

    def get(self, name: str) -> str | None:
        """Return a secret; None when it is not kept here."""
        with self._lock:
            return self._load().get(name) if self.exists else None

    def set(self, name: str, secret: str) -> None:
        """Keep a secret."""
        with self._lock:
            kept = self._load()
            kept[name] = secret
            self._save(kept)

    def delete(self, name: str) -> None:
        """Forget a secret; unknown ones are forgotten already."""
        with self._lock:
            kept = self._load() if self.exists else {}
            if kept.pop(name, None) is not None:
                self._save(kept)

    def _load(self) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        if not self.exists:
            self._head = _MAGIC + secrets.token_bytes(_SALT) + bytes((_LOG2_N, _R, _P))
            self._key = _derive(self._passphrase(new=True), self._head)
            return {}
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
        key = self._key if self._key is not None and head == self._head else _derive(self._passphrase(new=False), head)
        try:
            kept = json.loads(AESGCM(key).decrypt(nonce, sealed, head))
        except InvalidTag as error:
            self._key = None
            raise errors.WrongPassphrase from error
        self._key, self._head = key, head
        return {str(name): str(secret) for name, secret in kept.items()}

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
            raise errors.SecretsUnavailable(_("The password vault cannot be written."), details=str(error)) from error

    def _passphrase(self, *, new: bool) -> str:
        passphrase = self._ask(new)
        if not passphrase:
            raise errors.SecretsUnavailable(
                _(
                    "This system has no keyring, and there is no passphrase for the password vault. "
                    "Without a terminal it is read from the file named by RAPPORT_VAULT_PASSPHRASE_FILE."
                )
            )
        log.protect(passphrase)
        return passphrase


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


def _derive(passphrase: str, head: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    log2_n, r, p = head[-3:]
    salt = head[len(_MAGIC) : len(_MAGIC) + _SALT]
    return Scrypt(salt=salt, length=32, n=1 << log2_n, r=r, p=p).derive(passphrase.encode("utf-8", "surrogateescape"))
