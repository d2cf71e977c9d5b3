"""Builds the bundle and tries it as a person would get it: away from checkout and venv, with an empty profile.

    python packaging/pyinstaller/smoke.py            build into dist/ and try
    python packaging/pyinstaller/smoke.py --no-build try what lies in dist/

It passes when the bundle says its version, opens its window offscreen with an HTML mail painted in it, and finds the
profile it made sound. The mail's background is a colour nothing else has, looked for in a picture of the window.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DIST = PROJECT / "dist"
BUNDLE = DIST / "rapport"

# a colour of neither theme
PAINTED = (18, 171, 205)
MAIL = """\
From: Anna Example <anna@example.org>
To: Boris Example <boris@example.org>
Subject: Smoke
Date: Mon, 02 Nov 2026 10:00:00 +0000
Message-ID: <smoke@example.org>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body style="margin: 0">
<table width="100%"><tr><td style="background-color: rgb(18, 171, 205); height: 400px">It is painted.</td></tr></table>
</body></html>
"""


def build() -> None:
    """Make the bundle in dist/."""
    shutil.rmtree(BUNDLE, ignore_errors=True)
    spec = PROJECT / "packaging" / "pyinstaller" / "rapport.spec"
    options = ["--noconfirm", "--log-level", "WARN", "--distpath", DIST, "--workpath", PROJECT / "build"]
    subprocess.run([sys.executable, "-m", "PyInstaller", *options, spec], cwd=PROJECT, check=True)


def run(home: Path, *arguments: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the bundle with nothing of the environment but what every system has."""
    program = BUNDLE / ("rapport.exe" if os.name == "nt" else "rapport")
    environ = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT", "TEMP") if name in os.environ}
    environ |= {"HOME": str(home), "LANG": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", **variables}
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        environ["QTWEBENGINE_DISABLE_SANDBOX"] = "1"
    command = [program, *arguments]
    return subprocess.run(
        command,
        cwd=home,
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def expect(holds: bool, what: str, done: subprocess.CompletedProcess[str]) -> None:
    """Go on when it holds; otherwise end with what the bundle said."""
    print(f"{'ok    ' if holds else 'FAILED'}  {what}", flush=True)
    if not holds:
        sys.exit(f"exit {done.returncode}\n--- stdout\n{done.stdout[-4000:]}\n--- stderr\n{done.stderr[-8000:]}")


def share_of_colour(picture: Path) -> float:
    """Return how much of the picture has the colour of the mail, 0 to 1."""
    from PySide6.QtGui import QImage

    image = QImage(str(picture)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = bytes(image.constBits())
    wanted = bytes((*reversed(PAINTED), 255))
    return sum(pixels[at : at + 4] == wanted for at in range(0, len(pixels), 4)) / max(1, len(pixels) // 4)


def try_bundle() -> None:
    """Run the steps; ends the process with a message at the first that fails."""
    size = sum(path.stat().st_size for path in BUNDLE.rglob("*") if path.is_file() and not path.is_symlink())
    print(f"        the bundle has {size / 1e6:.0f} MB", flush=True)
    with tempfile.TemporaryDirectory(prefix="rapport-smoke-") as folder:
        home = Path(folder)
        profile, picture, mail = home / "profile", home / "window.png", home / "smoke mail.eml"
        mail.write_bytes(MAIL.replace("\n", "\r\n").encode())

        done = run(home, "--version")
        expect(done.returncode == 0 and done.stdout.startswith("rapport "), "it says its version", done)

        shared = {path.name for path in BUNDLE.rglob("share/**/rapport.*")}
        complete = sys.platform != "linux" or shared == {"rapport.desktop", "rapport.svg"}
        expect(complete, "menu entry and icon are in it", done)

        began = time.monotonic()
        done = run(home, "--profile", profile, mail, RAPPORT_SMOKE=str(picture))
        took = time.monotonic() - began
        for report in profile.glob("log/crash-*.txt"):
            print(report.read_text(encoding="utf-8"), flush=True)
        expect(done.returncode == 0 and picture.exists(), f"it opens its window ({took:.1f} s)", done)
        share = share_of_colour(picture)
        expect(share > 0.02, f"the window shows the HTML mail ({share:.0%} of it in the mail's colour)", done)

        done = run(home, "--profile", profile, "doctor", "--json")
        expect(done.returncode == 0, "the profile it made is sound", done)


def main() -> int:
    """Build and try the bundle."""
    parser = argparse.ArgumentParser(description="Build the bundle and try it.")
    parser.add_argument("--no-build", action="store_true", help="try the bundle that lies in dist/")
    arguments = parser.parse_args()
    if not arguments.no_build:
        build()
    try_bundle()
    print("the bundle works")
    return 0


if __name__ == "__main__":
    sys.exit(main())
