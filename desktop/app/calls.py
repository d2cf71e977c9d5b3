"""What the commands of the command line do with an open profile, and what others may ask of the program that holds it.

A fixed list (C44): show the window, open a mail file, begin a mail, import mails, and the commands that change or use
accounts.
Each is parsed again here, by the same parser and with the same checks as on a command line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path

from desktop.app import passphrase, remote
from desktop.app.arguments import (
    AddMailAccount,
    Command,
    HelpWanted,
    ImportMails,
    ListMailAccounts,
    OpenWindow,
    RemoveMailAccount,
    SendMail,
    Sync,
    TestMailAccount,
    UsageError,
    parse,
)
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _

OpenFile = Callable[[Path | str | None], None]
"""Raises the window; with a path shows that mail, with a mailto: link begins one.

Called on a thread of the server, so it must hop to its own.
"""


class PasswordsLocked(Problem):
    """The call needs passwords that the program which holds the profile can get from its own person alone."""

    remedy = Remedy.UNLOCK
    can_retry = False

    def __init__(self, *, has_window: bool) -> None:
        if has_window:
            text = _("Your passwords are locked in the open window of Rapport. Unlock them there, then try again.")
        else:
            text = _(
                "Your passwords are locked in the running Rapport, which has no window. Type their passphrase in its "
                "terminal, or start it with RAPPORT_VAULT_PASSPHRASE_FILE."
            )
        super().__init__(text)


class Calls:
    """Carries commands out on an open profile: `run` for this process, the object itself for `remote.serve`."""

    def __init__(
        self, core: Core, *, engine_runs: bool, open_window: OpenFile | None = None, ends: bool = False
    ) -> None:
        self._core = core
        self._engine_runs = engine_runs
        self._open_window = open_window
        self._ends = ends
        self._one_sync = threading.Lock()

    def __call__(self, request: remote.Request, console: Console) -> int:
        """Carry out what came over the socket; returns the exit code."""
        try:
            _profile, command = parse(request.argv, Path(request.folder))
        except UsageError as error:
            console.say(f"{error.usage}\nrapport: {error.sentence}")
            return 2
        except HelpWanted:
            return 2
        try:
            if isinstance(command, OpenWindow):
                return self._raise_window(command, console)
            self._refuse_locked(command)
            return self.run(command, console, request.password, may_ask=passphrase.comes_from_file())
        except Problem as problem:
            console.complain(problem)
            return 1
        except CancelledError:  # what the engine was to do for it, when the program ended
            console.say(_("The running Rapport was closed."))
            return 1
        finally:
            self._core.database.close_thread()

    def run(self, command: Command, console: Console, password: str | None, *, may_ask: bool = True) -> int:
        """Carry out one command; returns its exit code. `may_ask`: a person may be waited for. Raises Problem."""
        match command:
            case AddMailAccount() | ListMailAccounts() | TestMailAccount() | RemoveMailAccount():
                from desktop.app.commands import mail_account

                return mail_account.run(command, self._core, console, password, may_ask=may_ask)
            case ImportMails():
                from desktop.app.commands import import_mails

                return import_mails.run(command, self._core, console)
            case Sync():
                from desktop.app.commands import sync

                if self._engine_runs:
                    return sync.ask_engine(command, self._core, console)
                with self._one_sync:
                    if self._core.ending.is_set():
                        return remote.LATER
                    return sync.run(command, self._core, console)
            case SendMail():
                from desktop.app.commands import send

                return send.run(command, self._core, console, engine_runs=self._engine_runs)
            case _:
                console.say(_("The running Rapport does not do this for others."))
                return 2

    def _refuse_locked(self, command: Command) -> None:
        """Raise PasswordsLocked where the command would wait for a person: who called may be a script, or far away."""
        if not isinstance(command, AddMailAccount | TestMailAccount | Sync | SendMail):
            return
        if self._core.secrets.waits_for_person and not passphrase.comes_from_file():
            raise PasswordsLocked(has_window=self._open_window is not None)

    def _raise_window(self, command: OpenWindow, console: Console) -> int:
        if self._open_window is not None:
            self._open_window(command.wanted)
            return 0
        if self._ends:
            return remote.LATER
        console.say(_("This profile is in use by the worker of Rapport, which has no window. Stop it first."))
        return 1
