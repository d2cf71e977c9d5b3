"""A profile of its own for every test of the program."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.rapport import PASSPHRASE, Rapport
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.small_disk import mounts

__all__ = ["mounts"]


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    path = tmp_path / "passphrase"
    path.write_text(f"{PASSPHRASE}\n")
    path.chmod(0o600)
    return path


@pytest.fixture
def rapport(tmp_path: Path, passphrase_file: Path) -> Rapport:
    """The program with a profile that does not exist yet."""
    return Rapport(tmp_path / "profile", passphrase_file)


@pytest.fixture
def set_up(rapport: Rapport, dovecot: Dovecot, imap_user: str) -> Callable[..., None]:
    """Add the fresh user of the real server as a mail account."""

    def add(*options: str) -> None:
        done = rapport(
            *("mail-account", "add", "--address", imap_user, "--imap", f"localhost:{dovecot.imaps_port}/tls"),
            *("--ca", str(dovecot.ca_file), "--password-stdin", *options),
            stdin=f"{PASSWORD}\n",
        )
        assert done.returncode == 0, done

    return add
