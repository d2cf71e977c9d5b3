"""The project's own files agree with one another: locks, commands, figures, what lies at the top."""

from __future__ import annotations

import configparser
import json
import os
import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from desktop.app.arguments import OpenWindow, parse
from desktop.base.version import VERSION
from tests.benchmarks import readme_table
from tests.corpora import PROJECT, missing

DECLARED = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
LOCKS = ("requirements.lock", "requirements-dev.lock")
MENU_ENTRY = PROJECT / "packaging" / "linux" / "rapport.desktop"


def locked(name: str) -> dict[str, str]:
    """Return the version of every package a lock file pins."""
    pins = re.findall(r"^([\w.-]+)==([^\s;\\]+)", (PROJECT / name).read_text("utf-8"), re.MULTILINE)
    return {canonicalize_name(package): version for package, version in pins}


@pytest.mark.parametrize(
    ("lock", "declared"),
    [
        (LOCKS[0], DECLARED["dependencies"]),
        (LOCKS[1], DECLARED["dependencies"] + DECLARED["optional-dependencies"]["dev"]),
    ],
)
def test_the_locks_satisfy_what_is_declared(lock: str, declared: list[str]) -> None:
    pins = locked(lock)

    for text in declared:
        requirement = Requirement(text)
        assert pins[canonicalize_name(requirement.name)] in requirement.specifier, f"{text}: run ./run lock"
        assert any("<" in str(one) for one in requirement.specifier), f"{text} has no upper bound"


def test_developers_have_the_versions_of_users() -> None:
    assert locked(LOCKS[0]).items() <= locked(LOCKS[1]).items()


def test_the_menu_entry_names_an_icon_that_is_there_and_the_bundle_holds() -> None:
    entry = MENU_ENTRY.read_text("utf-8")
    [name] = re.findall(r"^Icon=(.+)$", entry, re.MULTILINE)
    icon = f"{name}.svg"

    assert (PROJECT / "resources" / icon).is_file()
    assert f'"resources" / "{icon}"' in (PROJECT / "packaging" / "pyinstaller" / "rapport.spec").read_text("utf-8")


def test_the_menu_entry_takes_the_links_and_files_the_program_opens() -> None:
    entry = MENU_ENTRY.read_text("utf-8")
    provided = (PROJECT / "packaging" / "linux" / "org.rapport_mail.Rapport.metainfo.xml").read_text("utf-8")
    [types] = re.findall(r"^MimeType=(.+);$", entry, re.MULTILINE)

    assert set(types.split(";")) == {"message/rfc822", "x-scheme-handler/mailto"}
    assert re.findall("<mediatype>(.+)</mediatype>", provided) == types.split(";")
    assert "Exec=rapport %u\n" in entry, "one link, which may be that of a file"


def test_the_menu_entry_offers_to_write_and_to_open_in_both_languages() -> None:
    groups = _menu_entry()
    main = groups.pop("Desktop Entry")
    actions = {f"Desktop Action {name}" for name in main["Actions"].removesuffix(";").split(";")}

    assert set(groups) == actions, "every action has its group, and none is left over"
    assert [group["Exec"] for group in groups.values()] == ["rapport mailto:", "rapport"]
    for name, group in groups.items():
        assert group["Name"], name
        assert re.search("[а-яА-Я]", group["Name[ru]"]), name
    for key in ("GenericName", "Comment", "Keywords"):
        assert re.search("[а-яА-Я]", main[f"{key}[ru]"]), key
    for group in groups.values():
        command = parse(shlex.split(group["Exec"])[1:], PROJECT)[1]
        assert isinstance(command, OpenWindow), "the program takes what its entry says"
    assert (main["SingleMainWindow"], main["X-GNOME-UsesNotifications"]) == ("true", "true")


def test_the_menu_entry_is_valid() -> None:
    validator = shutil.which("desktop-file-validate")
    if validator is None:
        missing("desktop-file-validate is not installed on this machine")

    told = subprocess.run([validator, MENU_ENTRY], capture_output=True, text=True, check=False)

    # validators of before version 1.5 of the specification (2021) know neither it nor its key
    known_of_old_ones = ('"1.5"', '"SingleMainWindow"')
    lines = (told.stdout + told.stderr).splitlines()
    assert [line for line in lines if not any(each in line for each in known_of_old_ones)] == []


def _menu_entry() -> dict[str, dict[str, str]]:
    """Return the keys of each group."""
    reader = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    reader.optionxform = str  # type: ignore[method-assign, assignment]
    reader.read(MENU_ENTRY, "utf-8")
    return {name: dict(reader[name]) for name in reader.sections()}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_has_a_hash_for_every_package(lock: str) -> None:
    text = (PROJECT / lock).read_text("utf-8")

    assert "://" not in text
    assert "index" not in text
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_version_has_an_entry_in_the_changelog() -> None:
    assert f"## [{VERSION}]" in (PROJECT / "CHANGELOG.md").read_text("utf-8")


@pytest.mark.parametrize(("shell", "script"), [("sh", "run"), ("bash", ".ci/run")])
def test_the_scripts_can_be_read_by_their_shell_and_started(shell: str, script: str) -> None:
    found = shutil.which(shell)
    if found is None:
        pytest.skip(f"no {shell} here")

    subprocess.run([found, "-n", PROJECT / script], check=True)
    assert os.access(PROJECT / script, os.X_OK)


def tracked() -> list[Path]:
    """Return the files of the repository; where this is no repository the test is skipped."""
    git = shutil.which("git")
    if git is None or not (PROJECT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run([git, "-C", PROJECT, "ls-files", "-z"], capture_output=True, check=False)
    if done.returncode != 0:
        pytest.skip("git cannot read this checkout")
    return [Path(os.fsdecode(name)) for name in done.stdout.split(b"\0") if name]


def test_the_top_of_the_project_stays_tidy() -> None:
    top = {path.parts[0] for path in tracked()}
    top = {name for name in top if not name.startswith(".")}

    assert top <= {
        *("desktop", "resources", "tests", "packaging", "pyproject.toml", "README.md", "run", *LOCKS),
        *("ARCHITECTURE.md", "CHANGELOG.md", "LICENSE"),
    }


def test_no_file_may_be_written_by_everybody() -> None:
    for path in tracked():
        assert not (PROJECT / path).exists() or (PROJECT / path).stat().st_mode & 0o002 == 0, path


def test_the_figures_in_the_readme_are_those_measured() -> None:
    readme = readme_table.README.read_text("utf-8") if readme_table.README.exists() else ""
    shown = readme_table.current_table(readme)
    if not readme_table.RESULTS.exists():
        assert shown is None, "the README shows figures that no benchmark wrote"
        return

    assert shown == readme_table.table(json.loads(readme_table.RESULTS.read_text("utf-8"))), "run ./run bench"


def test_the_table_is_a_copy_of_the_result_file(tmp_path: Path) -> None:
    results = {
        "date": "2026-01-02",
        "machine": "2 cores",
        "rows": [{"what": "start", "measured": "0.8 s", "reach": "1.0 s", "peer": "a|b"}],
    }
    (tmp_path / "results.json").write_text(json.dumps(results))
    (tmp_path / "README.md").write_text("before\n<!-- benchmarks -->\nold\n<!-- /benchmarks -->\nafter\n")

    readme_table.write(tmp_path / "results.json", tmp_path / "README.md")

    text = (tmp_path / "README.md").read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert readme_table.current_table(text) == (
        "| what | measured | reach | peer |\n|---|---|---|---|\n| start | 0.8 s | 1.0 s | a\\|b |\n\n"
        "Measured on 2026-01-02: 2 cores."
    )
