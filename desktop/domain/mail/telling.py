"""Which new mails a person is told of, and in which words. Pure.

Told is what shows in the Inbox, unless the person said otherwise of its folder: neither what is old, read, his own, a
draft, junk or deleted, nor what only a folder holds that every mail passes through. What comes back is news again: a
snoozed mail under the same rules, a mail nobody answered wherever it lies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from desktop.base import text
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Role
from desktop.domain.mail.reminding import Reminder, Standing

RECENT_MS = 2 * 86_400_000
MOST_ALONE = 3
"""So many mails are told of one by one; more of them together."""
_LINES = 4
_TITLE, _LINE = 100, 160
_SILENT = frozenset({Role.ALL, Role.DRAFTS, Role.FLAGGED, Role.JUNK, Role.SENT, Role.TRASH})


@dataclass(frozen=True, slots=True)
class Copy:
    """Where a copy of a mail lies, and what the person said of that folder (None: nothing)."""

    folder_key: int
    role: Role
    shows_in_inbox: bool
    notify: bool | None


@dataclass(frozen=True, slots=True)
class NewMail:
    """What decides about telling of a mail, and what is told of it."""

    key: int
    received_ms: int
    sender_name: str
    sender_address: str
    subject: str
    came: bool
    """From somebody else: neither a draft nor one of the person's own."""
    read: bool
    in_inbox: bool
    put_away: bool
    """In Junk or Trash."""
    copies: tuple[Copy, ...]
    recipients: str = ""
    reminder: Reminder | None = None

    @property
    def news_ms(self) -> int:
        """Since when it is news."""
        back_at_ms = None if self.reminder is None else self.reminder.back_at_ms
        return self.received_ms if back_at_ms is None else back_at_ms

    @property
    def is_back(self) -> bool:
        """It was snoozed and is back."""
        return self.reminder is not None and self.reminder.standing is Standing.BACK

    @property
    def unanswered(self) -> bool:
        """The person has sent it, and nobody answered in time."""
        return self.reminder is not None and self.reminder.standing is Standing.UNANSWERED


@dataclass(frozen=True, slots=True)
class Words:
    """A title of one line, and the lines below it; plain text."""

    title: str
    lines: tuple[str, ...] = ()


def can_notify(role: Role) -> bool:
    """Say whether a person can be told of new mail in a folder of this role at all."""
    return role not in _SILENT


def notifies(role: Role, shows_in_inbox: bool, said: bool | None) -> bool:
    """Say whether new mail in a folder is told of; `said` is what the person said of it."""
    return can_notify(role) and (shows_in_inbox if said is None else said)


def is_worth(mail: NewMail) -> bool:
    """Say whether a mail is one to tell of, and not yet dealt with."""
    if mail.put_away:
        return False
    if mail.unanswered:
        return True
    if mail.read or not (mail.came or mail.is_back):
        return False
    return any(notifies(copy.role, copy.shows_in_inbox, copy.notify) for copy in mail.copies)


def is_fresh(mail: NewMail, now_ms: int) -> bool:
    """Say whether a mail came so lately that it is news; one from the future has a wrong clock behind it and is."""
    return mail.news_ms > now_ms - RECENT_MS


def of_one(mail: NewMail, *, content: bool) -> Words:
    """Return what is told of a single mail; without `content` only that it is there."""
    subject = text.elide(_subject(mail), _LINE)
    if mail.unanswered:
        title = _("No answer from {people}").format(people=_recipients(mail))
        return Words(text.elide(title, _TITLE), (subject,)) if content else Words(_("A mail of yours got no answer"))
    if mail.is_back:
        back = _("Snoozed, and back now")
        return Words(text.elide(_sender(mail), _TITLE), (subject, back)) if content else Words(back)
    return Words(text.elide(_sender(mail), _TITLE), (subject,)) if content else Words(_("New mail"))


def of_many(mails: Sequence[NewMail], *, content: bool) -> Words:
    """Return what is told of several mails, the first of which are named."""
    count = len(mails)
    title = n_("{n} new mail", "{n} new mails", count).format(n=count)
    if all(mail.is_back or mail.unanswered for mail in mails):
        title = n_("{n} mail is back", "{n} mails are back", count).format(n=count)
    if not content:
        return Words(title)
    named = mails if count <= _LINES else mails[: _LINES - 1]
    line = _("{sender}: {subject}")
    lines = [text.elide(line.format(sender=_who(mail), subject=_subject(mail)), _LINE) for mail in named]
    if more := count - len(named):
        lines.append(n_("and {n} more", "and {n} more", more).format(n=more))
    return Words(title, tuple(lines))


def newest_first(mails: Iterable[NewMail]) -> tuple[NewMail, ...]:
    """Return the mails in the order they are told in."""
    return tuple(sorted(mails, key=lambda mail: (mail.news_ms, mail.key), reverse=True))


def _who(mail: NewMail) -> str:
    return _("No answer from {people}").format(people=_recipients(mail)) if mail.unanswered else _sender(mail)


def _recipients(mail: NewMail) -> str:
    return _plain(mail.recipients) or _("(no recipients)")


def _sender(mail: NewMail) -> str:
    return _plain(mail.sender_name) or _plain(mail.sender_address) or _("(no sender)")


def _subject(mail: NewMail) -> str:
    return _plain(mail.subject) or _("(no subject)")


def _plain(value: str) -> str:
    """Return text from outside as one line that cannot turn the direction of what stands beside it."""
    return text.encodable(text.one_line(text.without_direction_marks(value[: 4 * _LINE])))
