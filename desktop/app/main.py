"""The command `rapport`: arguments and exit codes. The window, and with it Qt, is imported only when it is wanted."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence

from desktop.base.version import VERSION


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    multiprocessing.freeze_support()
    parser = argparse.ArgumentParser(prog="rapport", description="Mail client with a CRM inside.")
    parser.add_argument("--version", action="version", version=f"rapport {VERSION}")
    parser.add_argument("--profile", metavar="DIR", help="folder that holds mail and settings")
    parser.add_argument("file", nargs="?", metavar="FILE.eml", help="a mail to open")
    arguments = parser.parse_args(argv)

    from desktop.app import gui

    return gui.run(arguments.profile, arguments.file)


if __name__ == "__main__":
    sys.exit(main())
