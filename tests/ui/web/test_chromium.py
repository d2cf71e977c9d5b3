"""How Chromium is started."""

from __future__ import annotations

import pytest

from desktop.ui.web import chromium


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
