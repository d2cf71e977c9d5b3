"""How Chromium is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop.base.version import VERSION
from desktop.ui import x_server
from desktop.ui.web import chromium
from desktop.ui.web.browser_trial import BrowserTrial


def flags(environ: dict[str, str]) -> str:
    chromium.set_flags(environ)
    return environ[chromium.FLAGS_VARIABLE]


def test_m12_names_resolve_nowhere_and_the_proxy_is_dead() -> None:
    made = flags({})

    assert '--host-resolver-rules="MAP * ~NOTFOUND"' in made
    assert "--proxy-server=socks5://127.0.0.1:9" in made


@pytest.mark.parametrize(
    "typed",
    [
        "--no-sandbox",
        "--remote-debugging-port=9222",
        "--disable-web-security",
        "--single-process",
        "--disable-seccomp-filter-sandbox",
        "--disable-namespace-sandbox",
        "--in-process-gpu",
        "--host-resolver-rules= --proxy-server=direct://",
        '--host-resolver-rules="MAP * 127.0.0.1"',
        "--proxy-bypass-list=*",
        "--proxy-pac-url=data:,x",
        "--enable-features=x",
        '"--no-sandbox"',
        "--lang=de;--no-sandbox",
        '--lang="de --no-sandbox"',
        "-no-sandbox",
        "http://192.0.2.1/",
    ],
)
def test_c14_m12_flags_that_open_doors_are_dropped(typed: str) -> None:
    environ = {chromium.FLAGS_VARIABLE: f"{typed} --lang=ru", "QTWEBENGINE_REMOTE_DEBUGGING": "9222"}

    made = flags(environ)

    assert made == f"--lang=ru {flags({})}"
    assert "QTWEBENGINE_REMOTE_DEBUGGING" not in environ


def test_m12_flags_of_the_person_are_about_drawing_and_stand_before_ours() -> None:
    typed = "--use-gl=angle --force-device-scale-factor=1.5 --ignore-gpu-blocklist --disable-gpu-compositing"

    assert flags({chromium.FLAGS_VARIABLE: typed}) == f"{typed} {flags({})}"


@pytest.mark.parametrize(("root", "expected"), [(True, "1"), (False, None)])
def test_c14_the_sandbox_is_off_for_root_only(
    root: bool, expected: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chromium, "runs_as_root", lambda: root)
    environ = {chromium.SANDBOX_VARIABLE: "1"}

    flags(environ)

    assert environ.get(chromium.SANDBOX_VARIABLE) == expected


def test_a_machine_without_a_graphics_card_draws_in_software() -> None:
    assert "--disable-gpu" in flags({"QT_QPA_PLATFORM": "offscreen:size=800"})
    assert "--disable-gpu" not in flags({"QT_QPA_PLATFORM": "xcb"})
    assert flags({"QT_QPA_PLATFORM": "offscreen"}).count("--disable-gpu") == 1


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({"DISPLAY": ":0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "xcb"}, True),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland"}, False),
        ({"DISPLAY": ":0", "XDG_SESSION_TYPE": "wayland", "QT_QPA_PLATFORM": "xcb;wayland"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        ({"QT_QPA_PLATFORM": "xcb"}, False),
    ],
)
def test_only_windows_on_an_x_server_need_glx(environ: dict[str, str], expected: bool) -> None:
    assert x_server.uses_x(environ) is expected


def test_a_display_that_does_not_answer_is_left_to_qt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":64999")
    assert x_server.lacks_glx({"DISPLAY": ":64999"}, "linux") is False


def test_c13_a_browser_that_ended_the_program_twice_does_so_no_more(tmp_path: Path) -> None:
    note = tmp_path / "browser-trial"
    for _start in range(2):
        trial = BrowserTrial(note)
        assert not trial.failed
        trial.begin()

    third = BrowserTrial(note)
    assert third.failed
    third.begin()
    third.succeed()
    assert BrowserTrial(note).failed, "it works only because the graphics card is left alone"

    note.write_text(note.read_text().replace(VERSION, VERSION + "1"))
    assert not BrowserTrial(note).failed, "another version may do better"


def test_c13_an_end_from_outside_while_the_browser_starts_is_forgotten_once_it_painted(tmp_path: Path) -> None:
    note = tmp_path / "browser-trial"
    BrowserTrial(note).begin()
    again = BrowserTrial(note)
    again.begin()
    again.succeed()
    BrowserTrial(note).begin()

    assert not BrowserTrial(note).failed


@pytest.mark.parametrize("content", ["", "\n", "x", f"{VERSION}\nx", VERSION, "\u00e9"])
def test_c13_a_note_that_makes_no_sense_is_none(tmp_path: Path, content: str) -> None:
    note = tmp_path / "browser-trial"
    note.write_text(content, encoding="latin-1")

    assert not BrowserTrial(note).failed


def test_c13_a_browser_that_painted_is_trusted(tmp_path: Path) -> None:
    trial = BrowserTrial(tmp_path / "browser-trial")
    trial.begin()
    trial.succeed()

    assert not BrowserTrial(tmp_path / "browser-trial").failed
    assert list(tmp_path.iterdir()) == []
