"""What a start does without: libraries that only some mails or verbs want are loaded by these."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.corpora import PROJECT

LOADED_LATER = {
    "PySide6.QtWebEngineCore": "the browser comes with the first HTML mail",
    "PySide6.QtPdf": "what prints comes with the first print",
    "PySide6.QtPrintSupport": "what prints comes with the first print",
    "css_inline": "HTML is made safe in the import process",
    "nh3": "HTML is made safe in the import process",
    "tnefparse": "mails are taken apart in the import process",
    "jinja2": "the page around a mail comes with the first HTML mail",
    "imapclient": "what speaks IMAP comes once the first mails are on the screen",
    "dns": "name servers are asked when an account is set up",
    "desktop.ui.window.first_run.first_run": "the first run comes where there is no account",
    "desktop.ui.preferences.dialog": "windows beside the main one come when they are opened",
    "keyring": "a start waits for no keyring",
    "cryptography": "a start waits for no vault",
}


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules a process holds that has imported what the window is made of."""
    code = "import sys, desktop.app.gui, desktop.ui.window.main_window; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("module", LOADED_LATER)
def test_a_start_does_without(module: str, loaded: set[str]) -> None:
    assert "desktop.ui.mail.reader" in loaded
    assert module not in loaded, LOADED_LATER[module]
