"""Makes the pictures of the README: the real window with the sample mailbox, light and dark, as small PNG files.

    python packaging/screenshots.py

Run it in the developers' environment, which `./run test` makes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDER = PROJECT / "resources" / "screenshots"
SIZE = "1440x900"
MOST_BYTES = 200_000


def main() -> int:
    """Render them, and say how large they are; 1 when one is too large for a page."""
    FOLDER.mkdir(exist_ok=True)
    too_large = False
    for name, options in (
        ("mail-light", ()),
        ("mail-dark", ("--dark",)),
        ("composer-light", ("--show", "composer")),
        ("composer-dark", ("--show", "composer", "--dark")),
    ):
        target = FOLDER / f"{name}.png"
        with tempfile.TemporaryDirectory() as made:
            picture = Path(made) / "picture.png"
            command = [sys.executable, "-m", "tests.ui.look", str(picture), "--size", SIZE, *options]
            environ = os.environ | {"QT_QPA_PLATFORM": "offscreen", "LANG": "C.UTF-8"}
            subprocess.run(command, cwd=PROJECT, env=environ, check=True, stdout=subprocess.DEVNULL)
            shrink(picture, target)
        size = target.stat().st_size
        too_large |= size > MOST_BYTES
        print(f"{target.relative_to(PROJECT)}: {size // 1000} kB")
    return 1 if too_large else 0


def shrink(source: Path, target: Path) -> None:
    """Write a picture with a palette of its own 256 colours, undithered; ImageMagick chooses them well, Qt does not."""
    packed = ("-define", "png:compression-level=9", "-define", "png:compression-filter=0")
    command = ["convert", str(source), "-strip", "+dither", "-colors", "256", *packed, f"PNG8:{target}"]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    sys.exit(main())
