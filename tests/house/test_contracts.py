"""Each import contract refuses what it is there to refuse: one forbidden import, put into a copy of the program."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpora import PROJECT

LAYERS = "Imports only go down"

FORBIDDEN = [
    (LAYERS, {"desktop/base/injected.py": "from desktop.domain import events"}),
    (LAYERS, {"desktop/domain/injected.py": "from desktop.store import tables"}),
    (LAYERS, {"desktop/store/injected.py": "from desktop import net"}),
    (LAYERS, {"desktop/services/injected.py": "from desktop import engine"}),
    (LAYERS, {"desktop/engine/injected.py": "from desktop import ui"}),
    (LAYERS, {"desktop/ui/injected.py": "from desktop.app import main"}),
    (LAYERS, {"desktop/attic/__init__.py": ""}),
    (
        "The local truth is reached through services, never from the ui",
        {"desktop/ui/injected.py": "from desktop import store"},
    ),
    ("The outside world is reached by the engine alone", {"desktop/services/injected.py": "from desktop import net"}),
    ("Database rows stay in the store", {"desktop/services/injected.py": "from desktop.store import tables"}),
    ("Database rows stay in the store", {"desktop/engine/injected.py": "import peewee"}),
    ("Libraries that speak to servers and keyrings stay in net", {"desktop/engine/injected.py": "import ssl"}),
    ("Libraries that speak to servers and keyrings stay in net", {"desktop/app/injected.py": "import keyring"}),
    ("Qt is known to ui and app.gui only", {"desktop/services/injected.py": "from PySide6 import QtCore"}),
    ("Qt is known to ui and app.gui only", {"desktop/app/injected.py": "import qasync"}),
    (
        "Rooms of the window do not import one another",
        {"desktop/ui/mail/injected.py": "from desktop.ui import preferences"},
    ),
    (
        "No circles between neighbours",
        {
            "desktop/domain/one.py": "from desktop.domain import two",
            "desktop/domain/two.py": "from desktop.domain import one",
        },
    ),
]


def broken_contracts(project: Path) -> set[str]:
    """Return the names of the contracts import-linter finds broken."""
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=project, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    assert any(line.startswith("Contracts:") for line in lines), done.stdout + done.stderr
    # "Name BROKEN", or "Name BROKEN (2 ignored imports)"
    return {line.partition(" BROKEN")[0] for line in lines if " BROKEN" in line}


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = tmp_path_factory.mktemp("contracts")
    shutil.copytree(PROJECT / "desktop", project / "desktop", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", project)
    return project


def test_the_program_keeps_every_contract(copied: Path) -> None:
    assert broken_contracts(copied) == set()


@pytest.mark.parametrize(("contract", "files"), FORBIDDEN)
def test_a_forbidden_import_is_refused(copied: Path, contract: str, files: dict[str, str]) -> None:
    for name, line in files.items():
        (copied / name).parent.mkdir(exist_ok=True)
        (copied / name).write_text(line + "\n")

    try:
        broken = broken_contracts(copied)
    finally:
        for name in files:
            (copied / name).unlink()
        shutil.rmtree(copied / "desktop" / "attic", ignore_errors=True)

    assert contract in broken


def imports(path: Path) -> set[str]:
    """Return the top names of every module a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
    return found


def test_base_knows_the_standard_library_alone() -> None:
    for path in (PROJECT / "desktop" / "base").rglob("*.py"):
        assert imports(path) <= sys.stdlib_module_names | {"desktop"}, path


def test_libraries_that_speak_to_the_world_stay_in_net() -> None:
    wire = {
        "dns",
        "ftplib",
        "http",
        "imapclient",
        "imaplib",
        "jeepney",
        "keyring",
        "poplib",
        "psycopg",
        "requests",
        "smtplib",
        "ssl",
    }
    for path in (PROJECT / "desktop").rglob("*.py"):
        inside = path.relative_to(PROJECT / "desktop").parts[0] == "net"
        assert inside or not imports(path) & wire, path


def test_domain_does_no_io_and_has_no_clock() -> None:
    outside = {"asyncio", "multiprocessing", "os", "peewee", "shutil", "socket", "sqlite3", "ssl", "subprocess"}
    outside |= {"threading", "time"}
    for path in (PROJECT / "desktop" / "domain").rglob("*.py"):
        assert not imports(path) & outside, path


def test_nothing_needs_posix_when_it_is_imported() -> None:
    posix_only = {"fcntl", "grp", "pty", "pwd", "resource", "termios"}
    for path in (PROJECT / "desktop").rglob("*.py"):
        tops = [node for node in ast.parse(path.read_bytes()).body if isinstance(node, ast.Import | ast.ImportFrom)]
        names = {alias.name for node in tops if isinstance(node, ast.Import) for alias in node.names}
        names |= {node.module or "" for node in tops if isinstance(node, ast.ImportFrom)}
        assert not names & posix_only, path


def test_the_command_line_starts_without_qt_and_without_the_database() -> None:
    script = "import sys, desktop.app.main; print(*sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], cwd=PROJECT, capture_output=True, text=True, check=True)

    loaded = {name.split(".")[0] for name in done.stdout.split()}
    assert not loaded & {"PySide6", "shiboken6", "qasync", "jinja2", "cryptography"}


def test_packages_have_empty_init_files_and_no_drawer_for_everything() -> None:
    drawers = {"utils", "common", "helpers", "misc", "manager"}
    for path in (PROJECT / "desktop").rglob("*.py"):
        assert path.name != "__init__.py" or path.read_text() == "", path
        assert not set(path.relative_to(PROJECT).with_suffix("").parts) & drawers, path
