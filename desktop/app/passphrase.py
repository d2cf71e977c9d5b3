"""Asks for secrets without a window: the vault's passphrase, and the password of a new mail account.

A terminal is there when stdin or stderr is one; then `getpass` asks there, though stdin may be a pipe.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop.base import log
from desktop.base.i18n import _
from desktop.domain.passphrase import Answer, Asked, Exhausted

PASSPHRASE_FILE_VARIABLE = "RAPPORT_VAULT_PASSPHRASE_FILE"  # noqa: S105 - a name, not a secret
_TRIES = 3
_LINE_MAX_BYTES = 4096


def has_terminal() -> bool:
    """Return whether there is somebody to ask."""
    return any(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def comes_from_file() -> bool:
    """Return whether the vault is opened without asking a person."""
    return bool(os.environ.get(PASSPHRASE_FILE_VARIABLE))


def vault_passphrase(asked: Asked) -> Answer:
    """Return the vault's passphrase: from the file the environment names, else from the terminal, twice when new.

    Exhausted when there is no other answer than the one that was wrong, None when the person declines. Raises
    SecretsUnavailable when the file cannot be used and when there is nobody to ask.
    """
    named = os.environ.get(PASSPHRASE_FILE_VARIABLE)
    if named:
        from desktop.net.vault import passphrase_from_file

        return Exhausted.EXHAUSTED if asked.wrong else _protected(passphrase_from_file(Path(named)))
    if not has_terminal():
        from desktop.net.errors import SecretsUnavailable

        text = _(
            "This system has no keyring, and there is no passphrase for the password vault. "
            "Without a terminal it is read from the file named by RAPPORT_VAULT_PASSPHRASE_FILE."
        )
        raise SecretsUnavailable(text)
    if asked.is_new:
        return _chosen()
    if asked.wrong:
        print(_("This passphrase does not open the password vault."), file=sys.stderr)
    return _ask(_("Passphrase of the password vault: ")) if asked.wrong < _TRIES else Exhausted.EXHAUSTED


def _chosen() -> str | None:
    for _try in range(_TRIES):
        first = _ask(_("Choose a passphrase for the password vault: "))
        if not first or first == _ask(_("The same once more: ")):
            return first
        print(_("The two are not the same."), file=sys.stderr)
    return None


def account_password(address: str) -> str | None:
    """Ask for the password of a mail account; None when there is nobody to ask or nothing was typed."""
    return _ask(_("Password of {address}: ").format(address=log.escape(address))) if has_terminal() else None


def password_from_stdin() -> str | None:
    """Return the first line of stdin; None when it is empty or no UTF-8."""
    if sys.stdin is None:
        return None
    line = sys.stdin.buffer.readline(_LINE_MAX_BYTES)
    try:
        return _protected(line.decode("utf-8").rstrip("\r\n"))
    except UnicodeDecodeError:
        return None


def _ask(prompt: str) -> str | None:
    import getpass

    try:
        return _protected(getpass.getpass(prompt))
    except EOFError:
        return None


def _protected(secret: str) -> str | None:
    log.protect(secret)
    return secret or None
