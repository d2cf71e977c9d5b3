"""`rapport import`: mails of files, taken in by this process or by the one that holds the profile."""

from __future__ import annotations

import threading

from desktop.app.arguments import ImportMails
from desktop.app.commands.accounts import named
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.listing import AccountNode
from desktop.services.mail.transfer_words import imported


class NoSuchFolder(Problem):
    """The account has no folder of that name, or nobody can say which account is meant."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, folder: str, *, which_account: bool) -> None:
        if which_account:
            text = _("There are several mail accounts: say with --mail-account which one has the folder {folder}.")
        else:
            text = _("There is no folder {folder} in this mail account.")
        super().__init__(text.format(folder=folder))


def run(command: ImportMails, core: Core, console: Console) -> int:
    """Import and say what came of it; returns 0, or 1 when something could not be read. Raises Problem."""
    folder_key = _folder_key(command, core) if command.into else None
    # ended by Ctrl+C it is ended by the end of the engine
    done = core.services.transfers.import_files(
        command.paths, folder_key, lambda _told: None, threading.Event()
    ).result()
    console.say(imported(done))
    if folder_key is not None and done.taken:
        console.say(_("They go to the server with the next sync."))
    return 1 if done.faults or done.problem is not None or done.cancelled else 0


def _folder_key(command: ImportMails, core: Core) -> int:
    accounts: tuple[AccountNode, ...] = core.services.views.folder_tree().accounts
    if command.account is not None:
        key = named(core.services.accounts, command.account).key
        accounts = tuple(account for account in accounts if account.key == key)
    if len(accounts) != 1:
        raise NoSuchFolder(command.into, which_account=len(accounts) > 1)
    wanted = command.into.casefold()
    for folder in accounts[0].folders:
        if wanted in (folder.path.casefold(), folder.role.value) and folder.selectable:
            return folder.key
    raise NoSuchFolder(command.into, which_account=False)
