"""What every test stands on: no screen, and neither keyring, profile nor language of the person who runs it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

pytest_plugins = ["tests.servers.fixtures"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    # Chromium refuses to run as root with its sandbox on
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
for _variable in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "RAPPORT_PROFILE", "RAPPORT_VAULT_PASSPHRASE_FILE"):
    os.environ.pop(_variable, None)
os.environ["LANG"] = "C.UTF-8"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Every test begins and ends in English."""
    from desktop.base import i18n

    i18n.set_language("en")
    yield
    i18n.set_language("en")


@pytest.fixture(scope="session", autouse=True)
def _profiles_stay_private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """C32: after all tests of this process, no profile any of them used has a file somebody else may touch."""
    yield
    if os.name == "posix":
        databases = tmp_path_factory.getbasetemp().rglob("rapport.db")
        # a folder with these beside the database was made by Profile.create
        profiles = [
            path.parent for path in databases if (path.parent / "raw").is_dir() and (path.parent / "log").is_dir()
        ]
        assert [name for profile in profiles for name in _open_to_others(profile)] == []


def _open_to_others(root: Path) -> list[str]:
    paths = [root, *root.rglob("*")]
    return [str(path) for path in paths if not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) & 0o077]


@pytest.fixture
def wide_umask() -> Iterator[None]:
    """Let every permission bit through, so that a file that is private is so by our doing."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.fixture
def open_to_others() -> Callable[[Path], list[str]]:
    """Return a function that lists the paths below a folder which somebody else may read, write or enter."""
    return _open_to_others


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make what a test printed or logged encodable: half a surrogate pair would end a test process of pytest-xdist."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode("utf-8")) for name, text in report.sections
    ]
    return report
