"""The command `rapport`: arguments and exit codes. The window, and with it Qt, is imported only when it is wanted."""

from __future__ import annotations

import argparse
import multiprocessing
import sys
from collections.abc import Sequence

from desktop.app.display import has_display
from desktop.base import i18n
from desktop.base.i18n import _
from desktop.base.version import VERSION


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code: 0 done, 1 failed, 2 wrong usage."""
    multiprocessing.freeze_support()
    i18n.set_language(None)
    parser = argparse.ArgumentParser(prog="rapport", description=_("A mail client with a CRM inside."))
    parser.add_argument("--version", action="version", version=f"rapport {VERSION}")
    parser.add_argument("--profile", metavar="DIR", help=_("folder that holds mail and settings"))
    parser.add_argument("file", nargs="?", metavar="FILE.eml", help=_("a mail to open"))
    arguments = parser.parse_args(argv)

    if not has_display():
        print(_("Rapport needs a graphical display to open its window, and there is none."), file=sys.stderr)
        return 1
    from desktop.app import gui

    return gui.run(arguments.profile, arguments.file)


if __name__ == "__main__":
    sys.exit(main())
