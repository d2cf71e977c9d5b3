"""The program as a person starts it: a process of its own on a fresh profile, its account on a local Dovecot.

Passwords go into the vault, since a benchmark has no business in the keyring of whoever runs it.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.options import PASSPHRASE
from tests.corpora import PROJECT
from tests.servers.dovecot import PASSWORD, Dovecot

_HIDDEN = ("DBUS_SESSION_BUS_ADDRESS", "RAPPORT_PROFILE", "RAPPORT_SMOKE", "LANGUAGE", "LC_ALL", "LC_MESSAGES")


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of the program: no screen, no keyring, English, a passphrase file in `folder`."""
    file = folder / "passphrase"
    if not file.exists():
        file.touch(mode=0o600)
        file.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if name not in _HIDDEN}
    environ |= {
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(PROJECT),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring",
        "QT_QPA_PLATFORM": "offscreen",
        "QT_QUICK_BACKEND": "software",
        "RAPPORT_VAULT_PASSPHRASE_FILE": str(file),
    }
    if os.name == "posix" and os.geteuid() == 0:
        # Chromium refuses to run as root with its sandbox on
        environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    return environ


def command(profile: Path, *arguments: str) -> list[str]:
    """Return the command line of `rapport` with a profile."""
    return [sys.executable, "-P", "-m", "desktop", "--profile", str(profile), *arguments]


def run(profile: Path, *arguments: str, stdin: str = "") -> str:
    """Run a command of `rapport` that must succeed and return what it printed."""
    done = subprocess.run(
        command(profile, *arguments),
        env=environment(profile.parent),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"rapport {arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def add_account(profile: Path, server: Dovecot, user: str, *, smtp: str = "") -> None:
    """Set up the user of the server as a mail account, over TLS; `smtp` is where its mails leave, if they do."""
    where = ["--imap", f"{server.host}:{server.imaps_port}/tls", "--ca", str(server.ca_file)]
    where += ["--smtp", smtp] * bool(smtp)
    run(profile, "mail-account", "add", "--address", user, *where, "--password-stdin", stdin=f"{PASSWORD}\n")


@contextlib.contextmanager
def server_with(paths: Sequence[Path]) -> Iterator[tuple[Dovecot, str]]:
    """Start a Dovecot and give it with a user whose INBOX holds the mails of these files."""
    server = Dovecot.start()
    try:
        user = server.new_user()
        server.deliver(user, (path.read_bytes() for path in paths))
        # a mailbox that was open once has its index, as one in use has
        server.doveadm("mailbox", "status", "-u", user, "messages", "INBOX")
        yield server, user
    finally:
        server.stop()
