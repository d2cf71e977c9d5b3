"""The command `rapport`: arguments and exit codes. Everything else is imported when it is wanted, Qt for the window.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 and 143 ended by Ctrl+C and SIGTERM.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.app import arguments, crash, signals
from desktop.app.arguments import (
    AddMailAccount,
    BackUp,
    Command,
    Examine,
    ExportMails,
    HelpWanted,
    OpenWindow,
    Restore,
    SearchMails,
    ShowMail,
    ShowSample,
    Sync,
    TellVersion,
    UsageError,
    Work,
)
from desktop.app.console import Console, here
from desktop.app.display import has_display
from desktop.base import i18n, log
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.paths import Profile
from desktop.base.version import VERSION

_NOWHERE = Path(os.devnull)
_DONE, _FAILED, _WRONG_USAGE, _INTERRUPTED, _SIGNALLED = 0, 1, 2, 130, 128


def main(argv: Sequence[str] | None = None) -> int:
    """Run the program and return its exit code."""
    multiprocessing.freeze_support()
    i18n.set_language(None)
    crash.install()
    console = here()
    words = tuple(sys.argv[1:] if argv is None else argv)
    folder = _working_folder()
    try:
        chosen, command = arguments.parse(words, folder)
        if isinstance(command, ShowSample):
            with signals.unwinding():
                return _show_sample(chosen, command, console)
        profile = Profile.choose(chosen)
        if folder == _NOWHERE:
            os.chdir(os.sep)  # no child process starts without a working folder
        with signals.unwinding():
            return _run(profile, command, words, folder, console)
    except HelpWanted as wanted:
        console.text(str(wanted).rstrip())
        return _DONE
    except UsageError as error:
        console.say(f"{error.usage}\nrapport: {error.sentence}")
        return _WRONG_USAGE
    except Problem as problem:
        console.complain(problem)
        return _FAILED
    except BrokenPipeError:
        # who read our output has enough; the interpreter must not try to flush it once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return _FAILED
    except signals.Terminated as end:
        return _SIGNALLED + end.number
    except KeyboardInterrupt:
        return _INTERRUPTED


def _working_folder() -> Path:
    """Return the folder relative names are taken from; where it was removed, one in which nothing is found."""
    try:
        return Path.cwd()
    except OSError:
        return _NOWHERE


def _run(profile: Profile, command: Command, argv: tuple[str, ...], folder: Path, console: Console) -> int:
    match command:
        case TellVersion():
            console.line(f"rapport {VERSION}")
            return _DONE
        case OpenWindow():
            return _open_window(profile, command, argv, folder, console)
        case SearchMails() | ShowMail() | ExportMails():
            return _read(profile, command, console)
        case BackUp():
            from desktop.app.commands import backup

            log.start(None)
            return backup.run(command, profile, console)
        case Restore():
            return _restore(profile, command, console)
        case Examine():
            from desktop.app import doctor

            log.start(None)
            return doctor.run(command, profile, console)
        case _:
            return _write(profile, command, argv, folder, console)


def _open_window(profile: Profile, command: OpenWindow, argv: tuple[str, ...], folder: Path, console: Console) -> int:
    if not has_display():
        console.say(_("Rapport needs a graphical display to open its window, and there is none."))
        return _FAILED
    from desktop.app.claim import claim
    from desktop.app.lock import Kind

    claimed = claim(profile, Kind.WINDOW, console, argv, folder=str(folder))
    if isinstance(claimed, int):
        return claimed
    with claimed:
        crash.install(profile.log, log.start(profile.log))
        gc.disable()  # until the window is on the screen: what is imported stays, and to look at it takes a while
        from desktop.app import gui

        return gui.open_window(profile, claimed, command.wanted)


def _show_sample(chosen: str | None, command: ShowSample, console: Console) -> int:
    """Open the window on the sample, or write pictures of it without any display."""
    if command.tour is not None:
        os.environ.update(QT_QPA_PLATFORM="offscreen", QT_QUICK_BACKEND="software")
    elif not has_display():
        console.say(_("Rapport needs a graphical display to open its window, and there is none."))
        return _FAILED
    from desktop.app.claim import claim
    from desktop.app.demo.post import Pace
    from desktop.app.demo.sample import Sample, sample_profile
    from desktop.app.lock import Kind

    with sample_profile(chosen) as profile:
        claimed = claim(profile, Kind.WINDOW, console, () if command.tour is None else None)
        if isinstance(claimed, int):
            return claimed
        with claimed:
            crash.install(profile.log, log.start(profile.log))
            # pictures are the same whenever they are taken
            sample = Sample(profile, Pace() if command.tour is None else Pace(first_mail_s=3600.0))
            try:
                from desktop.app import gui

                return gui.open_window(profile, claimed, None, sample=sample, tour=command.tour)
            finally:
                sample.close()


def _read(profile: Profile, command: SearchMails | ShowMail | ExportMails, console: Console) -> int:
    from desktop.app.reading_only import open_to_read

    log.start(None)
    core = open_to_read(profile)
    try:
        if isinstance(command, SearchMails):
            from desktop.app.commands import search

            return search.run(command, core, console)
        if isinstance(command, ExportMails):
            from desktop.app.commands import export_mails

            return export_mails.run(command, core, console)
        from desktop.app.commands import show

        return show.run(command, core, console)
    finally:
        core.close()


def _restore(profile: Profile, command: Restore, console: Console) -> int:
    from desktop.app.claim import claim
    from desktop.app.lock import Kind

    claimed = claim(profile, Kind.COMMAND, console)
    if isinstance(claimed, int):
        return claimed
    with claimed:
        crash.install(profile.log, log.start(profile.log))
        from desktop.app.commands import restore

        return restore.run(command, profile, console)


def _write(profile: Profile, command: Command, argv: tuple[str, ...], folder: Path, console: Console) -> int:
    """Carry out a command that needs the profile for itself, or let its holder do it."""
    from desktop.app import passphrase
    from desktop.app.claim import claim
    from desktop.app.lock import Kind

    password = None
    if isinstance(command, AddMailAccount):
        from desktop.app.commands import mail_account

        mail_account.check(command, profile)
        password = _password(command)
    works = isinstance(command, Work)
    claimed = claim(
        profile,
        Kind.WORKER if works else Kind.COMMAND,
        console,
        None if works else argv,
        folder=str(folder),
        password=password,
    )
    if isinstance(claimed, int):
        return claimed
    with claimed:
        crash.install(profile.log, log.start(profile.log))
        parts = None
        if isinstance(command, Sync):
            from desktop.app import ahead

            parts = ahead.begin(profile)
        from desktop.app import recovery
        from desktop.app.core import build_core

        core = build_core(
            profile,
            passphrase.vault_passphrase,
            after_crash=claimed.after_crash,
            secrets=parts.secrets if parts else None,
            importing=parts.importing if parts else None,
        )
        try:
            if core.restored is not None:
                console.say(" ".join(recovery.words(profile, core.restored)))
            from desktop.app.calls import Calls

            calls = Calls(core, engine_runs=works, ends=not works)
            if not isinstance(command, Work | Sync):
                return calls.run(command, console, password)
            from desktop.app import remote, worker

            server = remote.serve(profile, calls)
            try:
                if works:
                    return worker.run(core, console)
                code = calls.run(command, console, password)
                server.refuse()
                server.await_calls()
                return code
            finally:
                # who called is answered by the engine's end, and before the database is closed
                server.refuse()
                core.end_work()
                server.close()
        finally:
            core.close()


def _password(command: AddMailAccount) -> str:
    """Return the password of a new mail account. Raises UsageError when nobody gives one."""
    from desktop.app import passphrase

    given = passphrase.password_from_stdin() if command.password_stdin else passphrase.account_password(command.address)
    if given is None:
        if command.password_stdin:
            sentence = _("The first line of stdin holds no password.")
        else:
            sentence = _("There is no terminal to ask for the password; give it with --password-stdin.")
        raise UsageError("rapport mail-account add --address A [...] --password-stdin", sentence)
    return given


if __name__ == "__main__":
    sys.exit(main())
