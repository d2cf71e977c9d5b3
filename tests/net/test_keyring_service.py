"""The keyring of a real desktop: gnome-keyring on a session bus of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpora import missing

SCRIPT = """
import sys
from pathlib import Path
from desktop.net.keychain import Secrets

kept = Secrets(Path(sys.argv[1]), lambda new: None)
kept.set("imap", "s3cret \\u00fc" * 300)
assert not kept.uses_vault
assert kept.get("imap") == "s3cret \\u00fc" * 300
kept.delete("imap")
assert kept.get("imap") is None
print("kept and forgotten")
"""


@pytest.fixture
def keyring_service() -> None:
    """The programs a keyring needs."""
    for program in ("gnome-keyring-daemon", "dbus-run-session"):
        if shutil.which(program) is None:
            missing(f"{program} is not installed on this machine")


@pytest.mark.skipif(sys.platform != "linux", reason="the secret service is of Linux desktops")
def test_secrets_in_the_keyring_of_the_system(keyring_service: None, tmp_path: Path) -> None:
    environment = {
        k: v for k, v in os.environ.items() if k not in {"PYTHON_KEYRING_BACKEND", "DBUS_SESSION_BUS_ADDRESS"}
    }
    (tmp_path / "run").mkdir(mode=0o700)
    environment |= {"HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path / "run"), "PYTHONPATH": str(Path.cwd())}
    environment["PASSWORD_OF_KEYRING"] = "test"
    unlock = (
        'printf "%s\\n" "$PASSWORD_OF_KEYRING" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1'
    )

    run = subprocess.run(
        [
            "dbus-run-session",
            "--",
            "sh",
            "-c",
            unlock + '; exec "$@"',
            "sh",
            sys.executable,
            "-c",
            SCRIPT,
            str(tmp_path / "vault"),
        ],
        env=environment,
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )

    assert "kept and forgotten" in run.stdout, run.stderr
    assert not (tmp_path / "vault").exists()
