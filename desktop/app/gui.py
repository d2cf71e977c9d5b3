"""The composition root of the window: profile, core, theme, loop and main window, put together and taken apart.

Order matters. Chromium's flags and schemes come before the application, the application before anything of Qt, the
window before the engine, so that it is on the screen while connections are made. `RAPPORT_SMOKE=FILE.png` writes a
picture of the first finished window to the file and ends with 0; packaging is tested by it.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from desktop.app.core import Core, build_core
from desktop.base import i18n
from desktop.base.errors import Problem
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.ui.web import chromium

log = logging.getLogger(__name__)

SMOKE_VARIABLE = "RAPPORT_SMOKE"
SWITCH_INTERVAL_S = 0.0005
"""Python's default of 5 ms lets a busy thread delay every paint; see ARCHITECTURE.md, part 5."""


def run(profile_option: str | None, file: str | None) -> int:
    """Open the window and stay until it is closed. Returns the exit code."""
    chromium.prepare()
    from PySide6 import QtWebEngineCore  # noqa: F401  # Qt wants it loaded before the application is made

    from desktop.ui.web import scheme

    scheme.register()
    sys.setswitchinterval(SWITCH_INTERVAL_S)

    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    app.setApplicationName("rapport")
    app.setApplicationDisplayName("Rapport")
    app.setDesktopFileName("rapport")
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    with loop:
        return _run(loop, Profile.choose(profile_option), Path(file) if file else None)


def _run(loop: asyncio.AbstractEventLoop, profile: Profile, file: Path | None) -> int:
    from desktop.ui.bridge import Bridge
    from desktop.ui.state import State
    from desktop.ui.tasks import Tasks
    from desktop.ui.theme import Theme
    from desktop.ui.window.main_window import MainWindow
    from desktop.ui.window.passphrase import PassphraseAsker
    from desktop.ui.window.picture import take_picture

    asker = PassphraseAsker()
    try:
        core = build_core(profile, asker.ask)
    except Problem as problem:
        print(problem.text, file=sys.stderr)
        return 1
    try:
        _speak(core)
        theme = Theme(core.services.settings.get(settings.THEME))
        state = State(profile.root / "window.json")
        tasks = Tasks(loop, _crashed)
        bridge = Bridge(core.bus)
        window = MainWindow(core.services, tasks, bridge, theme, state, profile.cache)
        asker.attach(theme, window)
        _hook_crashes(loop, window.tell_failure)
        window.restore()
        window.show()
        if file is not None:
            window.open_file(file)
        picture = os.environ.get(SMOKE_VARIABLE)
        if picture:
            take_picture(window, window.room.reader if file is not None else None, Path(picture))
        core.start()
        loop.run_forever()
        asker.close()
        bridge.close()
        tasks.close()
        window.deleteLater()
    finally:
        asker.close()
        core.close()
    return 0


def _speak(core: Core) -> None:
    """Speak the person's language, Qt's own words included."""
    from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
    from PySide6.QtWidgets import QApplication

    chosen = core.services.settings.get(settings.LANGUAGE)
    language = i18n.set_language(chosen or None)
    if QLocale.system().name().partition("_")[0] != language:
        QLocale.setDefault(QLocale(language))
    translator = QTranslator(QApplication.instance())
    if translator.load(QLocale(), "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        QApplication.installTranslator(translator)


def _crashed(error: BaseException) -> None:
    log.critical("an error of Rapport", exc_info=error)


def _hook_crashes(loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]) -> None:
    """Log what nobody caught, on any thread, and tell the person in the window."""

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        _crashed(error)
        tell(error)

    def uncaught_in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            _crashed(args.exc_value)

    def uncaught_in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            _crashed(error)
        else:
            log.error("the loop complains: %s", context.get("message"))

    sys.excepthook = uncaught
    threading.excepthook = uncaught_in_thread
    loop.set_exception_handler(uncaught_in_loop)
