"""What is chosen in the list that is shown, fixed at one moment: what a verb, a menu or a question falls on.

Whatever is selected, shown or wanted later changes nothing in it. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from desktop.base.i18n import n_
from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import Row
from desktop.ui import dates
from desktop.ui.mail.mail_drag import MailLoad

_ROLES: Mapping[ListId, Role] = {
    Unified.INBOX: Role.INBOX,
    Unified.IMPORTANT: Role.FLAGGED,
    Unified.SENT: Role.SENT,
    Unified.DRAFTS: Role.DRAFTS,
    Unified.ARCHIVE: Role.ARCHIVE,
    Unified.JUNK: Role.JUNK,
    Unified.TRASH: Role.TRASH,
    Unified.ALL: Role.ALL,
}


@dataclass(frozen=True, slots=True)
class Selection:
    """Mails or conversations of one list."""

    load: MailLoad
    role: Role = Role.NONE
    """What their list is for; NONE for hits of a search, which lie anywhere."""
    row: Row | None = None
    """Known when exactly one is chosen and its row was read."""
    conversations: bool = False
    any_unread: bool = True
    """One of them is unread, or not known."""
    any_unstarred: bool = True
    """One of them has no star, or is not known."""

    @property
    def count(self) -> int:
        return self.load.count

    @property
    def waits(self) -> bool:
        """Whether all of it is on its way out: before it is taken back it can be put nowhere else."""
        if self.load.list_id == Unified.OUTBOX:
            return self.count > 0
        return self.row is not None and self.row.way is not None and self.row.count <= 1

    @property
    def key(self) -> int:
        """The one mail to read; 0 for none or several."""
        return self.load.keys[0] if self.count == 1 else 0

    @property
    def summary(self) -> str:
        """What the reader says of several: "3 conversations selected"."""
        number = dates.locale().toString(self.count)
        if self.conversations and not self.load.mails:
            return n_("{n} conversation selected", "{n} conversations selected", self.count).format(n=number)
        return n_("{n} mail selected", "{n} mails selected", self.count).format(n=number)


def role_of(list_id: ListId, of_folder: Callable[[ListId], Role]) -> Role:
    """Return what a list is for; `of_folder` is asked about server folders."""
    return _ROLES[list_id] if list_id in _ROLES else of_folder(list_id)
