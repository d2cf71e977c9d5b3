"""What stored or received data must never be handed to, looked for in the program's own source."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.corpora import PROJECT

UNPICKLING = {"desktop/engine/mail/wire.py"}
"""The import process's answers: an unpickler that can name no class at all (tested there)."""
FOREIGN_CODE = {"pickle", "marshal", "shelve", "dill", "yaml", "xml.sax", "xml.dom", "xml.etree", "imp", "code"}
RUNNERS = {"eval", "exec", "compile"}
PACKERS = {"desktop/ui/compose/folder_zip.py"}
"""Write archives of the person's own files, and read none."""
OPENERS = {"zipfile", "tarfile", "lzma", "bz2", "gzip", "py7zr", "rarfile", "docx", "openpyxl"}


def _imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def _sources() -> list[Path]:
    return sorted((PROJECT / "desktop").rglob("*.py"))


def test_c43_nothing_stored_is_ever_run() -> None:
    found = {
        (str(path.relative_to(PROJECT)), name)
        for path in _sources()
        for name in _imports(path)
        if any(name == bad or name.startswith(f"{bad}.") for bad in FOREIGN_CODE)
    }
    assert {place for place, _ in found} <= UNPICKLING, found
    calls = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in _sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in RUNNERS
    ]
    assert calls == []


def test_c22_archives_and_office_files_are_never_opened_in_process() -> None:
    opened = {
        (str(path.relative_to(PROJECT)), name) for path in _sources() for name in _imports(path) if name in OPENERS
    }
    assert {place for place, _ in opened} <= PACKERS, opened
    modes = [
        [ast.literal_eval(mode) for mode in node.args[1:2]]
        for place in PACKERS
        for node in ast.walk(ast.parse((PROJECT / place).read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "ZipFile"
    ]
    assert modes == [["w"]]
