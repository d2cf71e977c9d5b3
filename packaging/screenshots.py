"""Makes the pictures of the README: the real window on the sample mailbox, light and dark, as small PNG files.

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
NAMES = ("mail-light", "mail-dark", "composer-light", "composer-dark")
MOST_BYTES = 200_000


def main() -> int:
    """Render them, and say how large they are; 1 when one is too large for a page."""
    FOLDER.mkdir(exist_ok=True)
    too_large = False
    with tempfile.TemporaryDirectory() as made:
        command = [sys.executable, "-m", "desktop", "demo", "--tour", made]
        subprocess.run(command, cwd=PROJECT, env=os.environ | {"LANG": "C.UTF-8"}, check=True)
        for name in NAMES:
            target = FOLDER / f"{name}.png"
            shrink(Path(made) / f"{name}.png", target)
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
