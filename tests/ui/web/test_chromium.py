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


@pytest.mark.parametrize("flag", ["--no-sandbox", "--remote-debugging-port=9222", "--disable-web-security"])
def test_c14_flags_that_open_doors_are_dropped(flag: str) -> None:
    environ = {chromium.FLAGS_VARIABLE: f"{flag} --lang=de", "QTWEBENGINE_REMOTE_DEBUGGING": "9222"}

    made = flags(environ)

    assert flag not in made
    assert "--lang=de" in made
    assert "QTWEBENGINE_REMOTE_DEBUGGING" not in environ


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
