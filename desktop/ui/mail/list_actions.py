"""What a person does to the mails of a list: verbs on the selection, told in a sentence and kept for undo. GUI thread.

Each verb goes to the writer thread at once; the list follows when the store says that it changed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import ListId
from desktop.domain.mail.listing import FolderNode, Row
from desktop.domain.mail.operation import Change, Verb
from desktop.services.mail.mail_actions import Done, MailActions
from desktop.ui.mail import dates
from desktop.ui.mail.mail_drag import MailLoad
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

    def __init__(self, verbs: MailActions, tasks: Tasks, undo: Undo, theme: Theme, host: QWidget) -> None:
        super().__init__(host)
        self._verbs = verbs
        self._tasks = tasks
        self._undo = undo
        self._theme = theme
        self._host = host

    def apply(self, verb: Verb, load: MailLoad, list_id: ListId, folder: FolderNode | None = None) -> None:
        """Do a verb; MOVE needs the folder."""
        if load.keys:
            change = Change(verb, folder.key if folder is not None else None)
            self._tasks.run(self._apply(change, load, list_id, folder.name if folder is not None else ""))

    def toggle_read(self, rows: Sequence[Row | None], load: MailLoad, list_id: ListId) -> None:
        """Mark read when one of the mails is unread or not known, else unread."""
        read = any(row is None or row.unread for row in rows)
        self.apply(Verb.READ if read else Verb.UNREAD, load, list_id)

    def toggle_star(self, rows: Sequence[Row | None], load: MailLoad, list_id: ListId) -> None:
        """Star when one of the mails has no star or is not known, else take the stars away."""
        star = any(row is None or not row.important for row in rows)
        self.apply(Verb.STAR if star else Verb.UNSTAR, load, list_id)

    def mark_seen(self, key: int) -> None:
        """Mark a mail read because it was looked at; nothing to undo."""
        self._tasks.run(self._mark_seen(key))

    def delete(self, load: MailLoad, list_id: ListId) -> Dialog | None:
        """Ask, then delete for good."""
        count = len(load.keys)
        if not count:
            return None
        number = dates.locale().toString(count)
        return confirm(
            self._theme,
            self._host.window(),
            title=n_("Delete {n} mail permanently?", "Delete {n} mails permanently?", count).format(n=number),
            text=_("It will be deleted here and on the server. This cannot be undone.")
            if count == 1
            else _("They will be deleted here and on the server. This cannot be undone."),
            action=n_("Delete {n} mail", "Delete {n} mails", count).format(n=number),
            on_yes=lambda: self.apply(Verb.DELETE, load, list_id),
        )

    def mark_list_read(self, list_id: ListId) -> None:
        """Mark every mail of a list read."""
        self._tasks.run(self._call(Verb.READ, lambda: self._verbs.mark_list_read(list_id)))

    def empty(self, junk: bool, account_key: int | None = None) -> Dialog:
        """Ask, then delete for good what lies in Trash or Junk, of one account or of all."""
        call = self._verbs.empty_junk if junk else self._verbs.empty_trash
        return confirm(
            self._theme,
            self._host.window(),
            title=_("Empty Junk?") if junk else _("Empty Trash?"),
            text=_("All mails in it will be deleted here and on the server. This cannot be undone."),
            action=_("Empty Junk") if junk else _("Empty Trash"),
            on_yes=lambda: self._tasks.run(self._call(Verb.DELETE, lambda: call(account_key))),
        )

    async def _apply(self, change: Change, load: MailLoad, list_id: ListId, folder: str) -> None:
        done: list[Done] = []
        try:
            for keys, whole in ((load.conversations, True), (load.mails, False)):
                if keys:
                    done.append(await self._tasks.write(self._call_apply, change, keys, whole, list_id))
                    _raise_problem(done[-1])
        except Problem:
            self._note(change.verb, done, folder)
            raise
        self._note(change.verb, done, folder)

    def _call_apply(self, change: Change, keys: Sequence[int], whole: bool, list_id: ListId) -> Done:
        return self._verbs.apply(change, keys, whole_conversations=whole, list_id=list_id)

    async def _mark_seen(self, key: int) -> None:
        await self._tasks.write(self._verbs.apply, Change(Verb.READ), (key,))

    async def _call(self, verb: Verb, call: Callable[[], Done]) -> None:
        done = await self._tasks.write(call)
        self._note(verb, [done], "")
        _raise_problem(done)

    def _note(self, verb: Verb, done: Sequence[Done], folder: str) -> None:
        count = sum(len(part.keys) for part in done)
        back = [part for part in done if part.can_undo]
        if not count or not back:
            return

        def take_back() -> None:
            for part in reversed(back):
                self._verbs.undo(part)

        self._undo.push(told(verb, count, folder), take_back, icon=_ICONS.get(verb, "check"), quiet=verb in _QUIET)


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
