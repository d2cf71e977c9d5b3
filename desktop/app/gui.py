"""The composition root of the window: profile, core, theme, loop and main window, put together and taken apart.

Order matters. Chromium's flags come before the application, the application before anything of Qt, and the engine,
which is not even imported before, after the first mails are on the screen. `RAPPORT_SMOKE=FILE.png` writes a picture of
the first finished window to the file and ends with 0; packaging is tested by it. `RAPPORT_TELL_PAINTED=1` writes a line
to stderr when the first mails are on the screen; the start is timed by it.
"""

from __future__ import annotations

import asyncio
import functools
import gc
import itertools
import linecache
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from desktop.app import crash, passphrase, recovery, remote
from desktop.app.calls import Calls
from desktop.app.core import Core, build_core
from desktop.app.lock import Lock
from desktop.base import backoff, i18n
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.paths import Profile
from desktop.domain import settings
from desktop.domain.passphrase import AskPassphrase
from desktop.store import backup, restoration
from desktop.ui.web import chromium
from desktop.ui.web.browser_trial import BrowserTrial

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.app.demo.sample import Sample
    from desktop.ui.theme import Theme
    from desktop.ui.window.application import Application
    from desktop.ui.window.main_window import MainWindow
    from desktop.ui.window.passphrase import PassphraseAsker

log = logging.getLogger(__name__)

SMOKE_VARIABLE = "RAPPORT_SMOKE"
PAINTED_VARIABLE = "RAPPORT_TELL_PAINTED"
PAINTED_LINE = "painted"
ENGINE_AT_LATEST_MS = 1000
_LAST_MAILS_S = 10.0
"""So long the end waits for mails that could still be taken back a moment ago."""
SWITCH_INTERVAL_S = 0.0005
"""Python's default of 5 ms lets a busy thread delay every paint."""
MOST_DOUBLINGS = 5
"""Half a minute is the longest pause between two tries to start the engine: what it waits for is on this computer."""


def open_window(
    profile: Profile,
    lock: Lock,
    wanted: Path | str | None,
    *,
    sample: Sample | None = None,
    tour: Path | None = None,
) -> int:
    """Open the window of a profile whose lock is held, and stay until it is closed.

    `wanted` is a mail file for its reader, or a mailto: link a mail is begun from. `sample` is what the profile is a
    sample of, and `tour` a folder into which pictures of it are written by themselves. Returns the exit code.
    Raises Problem when the profile cannot be opened.
    """
    trial = BrowserTrial(profile.root / "browser-trial")
    chromium.prepare(in_software=trial.failed)
    sys.setswitchinterval(SWITCH_INTERVAL_S)

    import qasync

    from desktop.ui.icons import app_icon
    from desktop.ui.theme import Theme
    from desktop.ui.window.application import Application
    from desktop.ui.window.passphrase import PassphraseAsker

    app = Application(sys.argv[:1])
    app.setApplicationName("rapport")
    app.setApplicationDisplayName("Rapport")
    app.setDesktopFileName("rapport")
    app.setWindowIcon(app_icon())
    app.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    theme, asker = Theme(), PassphraseAsker()
    # threads open the profile, and end the engine, while things of Qt are there: `ui.garbage` collects in between
    gc.disable()
    with loop:
        wanted_no_more = threading.Event()
        watch = _EndWatch(wanted_no_more.set)
        core = None
        try:
            core = _open(
                profile,
                asker,
                theme,
                wanted_no_more,
                after_crash=lock.after_crash,
                sample=sample,
                joins=tour is None,
            )
            if core is not None:
                _show(core, app, asker, theme, loop, wanted, trial, watch, sample, tour)
        finally:
            watch.end()
            asker.close()
            if core is not None:
                core.close()
    return 0


def _open(
    profile: Profile,
    asker: PassphraseAsker,
    theme: Theme,
    wanted_no_more: threading.Event,
    *,
    after_crash: bool,
    sample: Sample | None,
    joins: bool,
) -> Core | None:
    """Return the open profile; None when the person, or a signal, did not want to wait for it."""
    from desktop.ui.window.opening import opened

    def build() -> Core:
        core = build_core(
            profile,
            _passphrase_from(asker),
            after_crash=after_crash,
            secrets=sample.secrets if sample is not None else None,
            stop=wanted_no_more.is_set,
        )
        if sample is not None and joins:
            sample.join(core)
        core.database.close_thread()
        return core

    try:
        core = opened(theme, wanted_no_more, build, after_crash=after_crash)
    except backup.Stopped:
        return None
    if wanted_no_more.is_set():
        core.close()
        return None
    return core


def _show(
    core: Core,
    app: Application,
    asker: PassphraseAsker,
    theme: Theme,
    loop: asyncio.AbstractEventLoop,
    wanted: Path | str | None,
    trial: BrowserTrial,
    watch: _EndWatch,
    sample: Sample | None,
    tour: Path | None,
) -> None:
    """Make the window and run the loop until it is closed."""
    from PySide6.QtCore import QTimer

    from desktop.ui.bridge import Bridge
    from desktop.ui.garbage import GarbageCollector
    from desktop.ui.state import State
    from desktop.ui.tasks import Tasks
    from desktop.ui.window.background import Background
    from desktop.ui.window.first_list import when_painted
    from desktop.ui.window.main_window import MainWindow
    from desktop.ui.window.picture import take_picture

    _speak(core)
    theme.choose(core.services.settings.get(settings.THEME))
    state = State(core.profile.root / "window.json")
    tasks, bridge = Tasks(loop, _crashed), Bridge(core.bus)
    explore = _explore_sample if sample is None or tour is not None else None
    window = MainWindow(core.services, tasks, bridge, theme, state, core.profile.cache, explore=explore)
    asker.attach(theme, window)
    window.closed.connect(loop.stop)
    _tell_in_window(loop, window.tell_failure)
    _watch_browser(trial, window)
    window.restore()
    if wanted is None and not core.services.accounts.all():
        window.middle.begin()  # the first thing seen is no empty room
    window.show()
    if wanted is not None:
        window.open(wanted)
    watch.closes(window.quit)
    app.quit_wanted.connect(window.quit)
    background = Background(window, core.services, tasks, bridge, state, core.desktop)
    if sample is not None:
        window.setWindowTitle(_("Sample"))
    if sample is not None and tour is None:
        window.tell(_("This is a sample: nothing leaves this computer."))
    picture = os.environ.get(SMOKE_VARIABLE)
    if picture:
        take_picture(window, window.room.reader if isinstance(wanted, Path) else None, Path(picture), window.quit)
    server = remote.serve(core.profile, Calls(core, engine_runs=True, open_window=window.called.emit))
    collector = GarbageCollector()
    starting = threading.Thread(target=_start_engine, args=(core, window.failed.emit), name="starting", daemon=True)

    def begin_work() -> None:
        if starting.ident is None:
            linecache.clearcache()  # Qt for Python looked into the source of every module
            collector.start()
            starting.start()

    when_painted(window.room.list, begin_work)
    QTimer.singleShot(ENGINE_AT_LATEST_MS, begin_work)  # a list may stay empty, or hidden behind the welcome
    if os.environ.get(PAINTED_VARIABLE):
        when_painted(window.room.list, lambda: print(PAINTED_LINE, file=sys.stderr, flush=True))
    _tell_of_restoration(core.profile, theme, window)
    touring = None
    if sample is not None and tour is not None:
        from desktop.ui.window import tour as pictures

        touring = tasks.run(pictures.take(window, tasks, theme, tour, functools.partial(sample.join, core)))
        touring.add_done_callback(lambda _done: window.close())
    try:
        loop.run_forever()
        if touring is not None and touring.done():
            touring.result()
    finally:
        collector.close()
        # nobody is waited for who waits himself: first the questions and the engine end, then who called is answered
        server.refuse()
        watch.end()
        try:
            core.send_what_is_held(_LAST_MAILS_S)
        except Problem as problem:
            log.warning("what is held stays in the outbox: %s", problem.text)
        asker.close()
        core.end_work()
        if starting.ident is not None:
            starting.join()
        server.close()
        background.close()
        bridge.close()
        tasks.close()
        window.deleteLater()


def _explore_sample() -> bool:
    """Start the sample as a program of its own, on a profile of its own; False where that fails."""
    from PySide6.QtCore import QProcess

    package = Path(__file__).resolve().parents[1]
    arguments = ["demo"] if getattr(sys, "frozen", False) else ["-m", package.name, "demo"]
    started, _number = QProcess.startDetached(sys.executable, arguments, str(package.parent))
    return started


def _start_engine(core: Core, tell: Callable[[BaseException], object]) -> None:
    """Start the engine, again and again where that may help; what keeps it from starting is told, the first time."""
    try:
        for attempt in itertools.count():
            try:
                core.start()
                return
            except Problem as problem:
                log.warning("the engine does not start: %s", problem.text)
                if attempt == 0 or not problem.can_retry:
                    tell(problem)
                if not problem.can_retry or core.ending.wait(backoff.delay_s(min(attempt, MOST_DOUBLINGS))):
                    return
    except Exception as error:
        tell(error)
        raise
    finally:
        core.database.close_thread()


def _tell_of_restoration(profile: Profile, theme: Theme, window: QWidget) -> None:
    """Say that the database was restored, by this start or by a command nobody watched, until it was read."""
    done = restoration.read(profile.root)
    if done is None or done.told:
        return
    from desktop.ui.window.restored_notice import RestoredNotice

    RestoredNotice(theme, recovery.words(profile, done), lambda: restoration.note_told(profile.root), window).open()


def _passphrase_from(asker: PassphraseAsker) -> AskPassphrase:
    """Return what gives the vault's passphrase: the file the environment names, else the person at the window."""
    if passphrase.comes_from_file():
        return passphrase.vault_passphrase
    return asker.ask


class _EndWatch:
    """Closes what is open when the system asks for an end: the opening of the profile first, its window then.

    Qt waits in C, where Python's handlers do not run, so the signal is also written to a socket that wakes the loop.
    One watch stands over both, since a signal that falls between two would be lost. A second signal of the kind ends
    the process at once, also while the window is closing.
    """

    def __init__(self, close: Callable[[], object]) -> None:
        from PySide6.QtCore import QSocketNotifier
        from PySide6.QtWidgets import QApplication

        self._close = close
        self._told, self._ours = socket.socketpair()
        for end in (self._told, self._ours):
            end.setblocking(False)
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            number = getattr(signal, name, None)
            # what is ignored from outside (nohup) stays ignored
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, lambda number, _frame: signal.signal(number, signal.SIG_DFL))
        signal.set_wakeup_fd(self._ours.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._told.fileno(), QSocketNotifier.Type.Read, QApplication.instance())
        self._notifier.activated.connect(self._wake)

    def closes(self, close: Callable[[], object]) -> None:
        """Close something else from now on; where an end was asked for already, as soon as the loop runs."""
        from PySide6.QtCore import QTimer

        self._close = close
        if not self._notifier.isEnabled():
            QTimer.singleShot(0, close)

    def end(self) -> None:
        """Watch no more; the second time does nothing."""
        if self._told.fileno() >= 0:
            self._notifier.setEnabled(False)
            signal.set_wakeup_fd(-1)
            self._told.close()
            self._ours.close()

    def _wake(self) -> None:
        self._notifier.setEnabled(False)
        self._close()


def _watch_browser(trial: BrowserTrial, window: MainWindow) -> None:
    """Note how the first HTML mail goes, and say so where one went wrong before."""
    web = window.room.reader.page.body.web
    web.starting.connect(trial.begin)
    for ended in (web.painted, web.failed, window.closed):
        ended.connect(lambda *_how: trial.succeed())
    if trial.failed:
        window.tell(_("Showing a mail ended Rapport before. Mails are drawn without the graphics card now."))


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
    crash.report(error, "window")


def _tell_in_window(loop: asyncio.AbstractEventLoop, tell: Callable[[BaseException], None]) -> None:
    """Beside the report, let the window say that something failed in one of its slots or in the loop."""
    report = sys.excepthook

    def uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(kind, error, trace)
        if isinstance(error, Exception):
            tell(error)

    def uncaught_in_loop(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            _crashed(error)

    sys.excepthook = uncaught
    loop.set_exception_handler(uncaught_in_loop)
