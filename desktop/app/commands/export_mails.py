"""`rapport export`: mails as they came, into files. Reads only."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from desktop.app.arguments import ExportMails
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base.i18n import n_
from desktop.base.paths import shown
from desktop.base.text import one_line
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.services.mail.transfer_words import exported

_PAGE = 500


def run(command: ExportMails, core: Core, console: Console) -> int:
    """Export, oldest mail first, and print the path that was made; returns 0. Raises Problem."""
    keys = sorted(_found(command.query, core) if command.query else _all(core))
    # ended by Ctrl+C it is ended by the end of the engine
    done = core.services.transfers.export(
        keys, command.form, command.to, lambda _told: None, threading.Event()
    ).result()
    console.line(shown(done.path))
    console.say(exported(done))
    folders = _not_wholly_here(core)
    if folders:
        words = n_(
            "{n} folder is not wholly on this computer; what is only on a server is not in the file: {folders}",
            "{n} folders are not wholly on this computer; what is only on a server is not in the file: {folders}",
            len(folders),
        )
        console.say(words.format(n=len(folders), folders=", ".join(folders)))
    return 0


def _not_wholly_here(core: Core) -> list[str]:
    """Return the folders mails of which may be on their server only: a search knows those that are here."""
    tree = core.services.views.folder_tree()
    folders = (folder for account in tree.accounts for folder in account.folders)
    return [
        one_line(folder.path)
        for folder in folders
        if folder.selectable and not folder.fetched and folder.on_server != 0
    ]


def _all(core: Core) -> list[int]:
    """Return the mails of all folders, Trash and Junk included."""
    lists = (Unified.ALL, Unified.TRASH, Unified.JUNK)
    views = core.services.views
    return list({key for each in lists for key in views.open_list(ListQuery(each, conversations=False)).keys})


def _found(query: str, core: Core) -> Iterator[int]:
    before: int | None = None
    while True:
        result = core.services.search.search(query, limit=_PAGE, before_key=before)
        yield from (hit.row.key for hit in result.hits)
        if result.complete or not result.hits:
            return
        before = result.hits[-1].row.key
