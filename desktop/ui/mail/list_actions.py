"""What a person does to the mails of a list: verbs on the selection, told in a sentence and kept for undo. GUI thread.

Each verb goes to the writer thread at once, as one deed; the list follows when the store says that it changed. What
rows stand for is decided before, once: a `MailLoad` names its list, a `Selection` also what that list is for.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from operator import attrgetter

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import ListId, Role
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.operation import Change, Verb
from desktop.services.mail.mail_actions import Done, MailActions
from desktop.ui import dates
from desktop.ui.line_texts import one_line
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.selection import Selection
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
from desktop.ui.widgets.dialog import Dialog, confirm

_QUIET = frozenset({Verb.READ, Verb.UNREAD, Verb.STAR, Verb.UNSTAR})
"""Verbs whose result is in plain sight: no toast, but Ctrl+Z takes them back."""
_ICONS = {
    Verb.ARCHIVE: "archive",
    Verb.TRASH: "trash-2",
    Verb.JUNK: "octagon-alert",
    Verb.INBOX: "inbox",
    Verb.MOVE: "folder-input",
}


class ListActions(QObject):
    """Verbs on mails, for the list, the tree and the reader alike."""

    def __init__(
        self,
        verbs: MailActions,
        tasks: Tasks,
        undo: Undo,
        theme: Theme,
        host: QWidget,
        called: Callable[[FolderNode], str] = attrgetter("name"),
    ) -> None:
        super().__init__(host)
        self.called = called
        """What the person knows a folder by."""
        self._verbs = verbs
        self._tasks = tasks
        self._undo = undo
        self._theme = theme
        self._host = host
        self._asking: asyncio.Future[object] | None = None

    def apply(self, verb: Verb, load: MailLoad, folder: FolderNode | None = None) -> None:
        """Do a verb; MOVE needs the folder."""
        if load.count:
            change = Change(verb, folder.key if folder is not None else None)
            name = one_line(self.called(folder)) if folder is not None else ""
            self._tasks.run(self._apply(change, load, name, quiet=verb in _QUIET))

    def toggle_read(self, chosen: Selection) -> None:
        """Mark read when one of the mails is unread or not known, else unread."""
        self.apply(Verb.READ if chosen.any_unread else Verb.UNREAD, chosen.load)

    def toggle_star(self, chosen: Selection) -> None:
        """Star when one of the mails has no star or is not known, else take the stars away."""
        self.apply(Verb.STAR if chosen.any_unstarred else Verb.UNSTAR, chosen.load)

    def trash(self, chosen: Selection) -> None:
        """Move to Trash. In a Trash there is nowhere further to go: ask whether to delete for good."""
        if chosen.role is Role.TRASH:
            self.delete(chosen.load)
        else:
            self.apply(Verb.TRASH, chosen.load)

    def mark_conversations_read(self, chosen: Selection) -> None:
        """Mark read what the list has of the conversations of these mails."""
        load = MailLoad(chosen.load.keys, (), chosen.load.list_id)
        # where each mail has a row, most of those marked may be out of sight
        self._tasks.run(self._apply(Change(Verb.READ), load, "", quiet=chosen.conversations))

    def mark_seen(self, key: int) -> None:
        """Mark a mail read because it was looked at; nothing to undo."""
        self._tasks.run(self._mark_seen(key))

    def delete(self, load: MailLoad) -> None:
        """Ask, saying how many mails it is, then delete exactly these for good: what arrives meanwhile is spared."""
        if self._asking is not None:
            self._asking.cancel()
        if load.count:
            self._asking = self._tasks.run(self._ask(load))

    async def _ask(self, load: MailLoad) -> None:
        keys = await self._tasks.read(self._verbs.meant, load.mails, load.conversations, load.list_id)
        count = len(keys)
        number = dates.locale().toString(count)
        confirm(
            self._theme,
            self._host.window(),
            title=n_("Delete {n} mail permanently?", "Delete {n} mails permanently?", count).format(n=number),
            text=_("It will be deleted here and on the server. This cannot be undone.")
            if count == 1
            else _("They will be deleted here and on the server. This cannot be undone."),
            action=n_("Delete {n} mail", "Delete {n} mails", count).format(n=number),
            on_yes=lambda: self.apply(Verb.DELETE, MailLoad(mails=keys)),
        )

    def mark_list_read(self, list_id: ListId) -> None:
        """Mark every mail of a list read. Most of them are out of sight: it is told, whatever reading one mail is."""
        self._tasks.run(self._call(lambda: self._verbs.mark_list_read(list_id)))

    def empty(self, junk: bool, account_key: int | None = None) -> Dialog:
        """Ask, then delete for good what lies in Trash or Junk, of one account or of all."""
        call = self._verbs.empty_junk if junk else self._verbs.empty_trash
        return confirm(
            self._theme,
            self._host.window(),
            title=_("Empty Junk?") if junk else _("Empty Trash?"),
            text=_("All mails in it will be deleted here and on the server. This cannot be undone."),
            action=_("Empty Junk") if junk else _("Empty Trash"),
            on_yes=lambda: self._tasks.run(self._call(lambda: call(account_key))),
        )

    async def _apply(self, change: Change, load: MailLoad, folder: str, *, quiet: bool) -> None:
        done = await self._tasks.write(
            self._verbs.apply, change, load.mails, conversations=load.conversations, list_id=load.list_id
        )
        self._note(done, folder, quiet=quiet)
        _raise_problem(done)

    async def _mark_seen(self, key: int) -> None:
        await self._tasks.write(self._verbs.apply, Change(Verb.READ), (key,))

    async def _call(self, call: Callable[[], Done]) -> None:
        done = await self._tasks.write(call)
        self._note(done, "", quiet=False)
        _raise_problem(done)

    def _note(self, done: Done, folder: str, *, quiet: bool) -> None:
        verb, count = done.change.verb, len(done.keys)
        if count and done.can_undo:
            text, take_back, again = (
                told(verb, count, folder),
                partial(self._verbs.undo, done),
                partial(self._again, done),
            )
            mails = () if verb in _QUIET else tuple(done.keys)
            self._undo.push(text, take_back, icon=_ICONS.get(verb, "check"), quiet=quiet, again=again, mails=mails)

    def _again(self, done: Done) -> Callable[[], None]:
        """Do to the same mails once more what was taken back (writer thread)."""
        return partial(self._verbs.undo, self._verbs.apply(done.change, done.keys))


def _raise_problem(done: Done) -> None:
    """Raise what cut a verb short; what was done till then is noted all the same."""
    if done.problem is not None:
        raise done.problem


def told(verb: Verb, count: int, folder: str = "") -> str:
    """Return the sentence that says what was done to so many mails."""
    number = dates.locale().toString(count)
    sentences: dict[Verb, Callable[[], str]] = {
        Verb.READ: lambda: n_("{n} mail marked as read", "{n} mails marked as read", count),
        Verb.UNREAD: lambda: n_("{n} mail marked as unread", "{n} mails marked as unread", count),
        Verb.STAR: lambda: n_("{n} mail starred", "{n} mails starred", count),
        Verb.UNSTAR: lambda: n_("Star taken from {n} mail", "Stars taken from {n} mails", count),
        Verb.ARCHIVE: lambda: n_("{n} mail archived", "{n} mails archived", count),
        Verb.INBOX: lambda: n_("{n} mail moved to the Inbox", "{n} mails moved to the Inbox", count),
        Verb.JUNK: lambda: n_("{n} mail marked as junk", "{n} mails marked as junk", count),
        Verb.TRASH: lambda: n_("{n} mail moved to Trash", "{n} mails moved to Trash", count),
        Verb.MOVE: lambda: n_("{n} mail moved to {folder}", "{n} mails moved to {folder}", count),
        Verb.DELETE: lambda: n_("{n} mail deleted", "{n} mails deleted", count),
    }
    return sentences[verb]().format(n=number, folder=folder)
