"""Snoozing mails, following up sent ones, and letting them come back. One transaction a verb, undone as one.

Only here: a snoozed mail stays in its folder on the server, and no other program knows of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import events
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.reminding import Kind, Reminder, when_due
from desktop.services.mail.mail_actions import MailActions, Portion, apply_change, take_back
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.listings import Listings, ListingWriter
from desktop.store.mail.reminders import Reminders as Rows
from desktop.store.mail.reminders import ReminderWriter
from desktop.store.mail.rows import Rows as Heads


class CannotSnooze(Problem):
    """Nothing that was chosen can come back to the Inbox."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("Drafts, mails on their way, and mails in Junk or Trash cannot be snoozed."))


class CannotFollowUp(Problem):
    """Nobody can answer what was chosen."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("Rapport can wait for an answer to mails you have sent, and to no others."))


@dataclass(frozen=True, slots=True)
class Reminded:
    """What a verb did, and all that undo needs."""

    keys: tuple[int, ...]
    before: Mapping[int, Reminder | None]
    after: Mapping[int, Reminder | None]
    portion: Portion | None = None
    """The move of those that did not lie in the Inbox."""


class Reminders:
    """The verbs on reminders, and what the timer calls."""

    def __init__(self, database: Database, actions: MailActions) -> None:
        self._database = database
        self._actions = actions

    def snooze(
        self,
        keys: Sequence[int],
        until_ms: int,
        *,
        even_if_answered: bool = False,
        conversations: Sequence[int] = (),
        list_id: ListId = Unified.ALL,
    ) -> Reminded:
        """Take mails out of the Inbox until a moment; one that lies elsewhere is moved to the Inbox for it.

        What waits for an answer, or got none in time, waits on until then. Raises CannotSnooze.
        """
        meant = self._actions.meant(keys, conversations, list_id)
        with self._database.write() as work:
            sent = {
                key: reminder
                for key, reminder in Rows(work).of(meant).items()
                if reminder.kind is Kind.FOLLOW_UP and (reminder.is_back or key in keys)
            }
            able = _able(work, [key for key in meant if key not in sent])
            inside = [key for key in able if _in_inbox(work, key)]
            able = inside or able  # of a conversation what is archived stays where it is
            if not able and not sent:
                raise CannotSnooze
            now = clock.now()
            after: dict[int, Reminder | None] = {
                key: Reminder(Kind.SNOOZE, until_ms, now, even_if_answered) for key in able
            }
            after |= {key: Reminder(Kind.FOLLOW_UP, until_ms, reminder.set_at_ms) for key, reminder in sent.items()}
            portion = apply_change(work, Change(Verb.INBOX), able) if able and not inside else None
            return _put(work, after, portion)

    def follow_up(self, keys: Sequence[int], due_at_ms: int) -> Reminded:
        """Have sent mails come up at a moment unless somebody answers before. Raises CannotFollowUp.

        A mail the person got stands for the last one he sent in its conversation.
        """
        with self._database.write() as work:
            sent = [
                head.key
                for head in Heads(work).heads(Rows(work).waited_on(keys))
                if head.outgoing and head.way is None and head.status is not Status.DRAFT
            ]
            able = Listings(work).among(Unified.ALL, sent)
            if not able:
                raise CannotFollowUp
            now = clock.now()
            return _put(work, {key: Reminder(Kind.FOLLOW_UP, due_at_ms, now) for key in able})

    def end(self, keys: Sequence[int], *, conversations: Sequence[int] = (), list_id: ListId = Unified.ALL) -> Reminded:
        """Let mails be as if nobody had put them off: a snoozed one stands in the Inbox again, at its old place."""
        meant = self._actions.meant(keys, conversations, list_id)
        with self._database.write() as work:
            return _put(work, dict.fromkeys(Rows(work).of(meant)))

    def undo(self, done: Reminded) -> None:
        """Let the reminders be as before; those that became others meanwhile stay as they are."""
        with self._database.write() as work:
            now = Rows(work).of(done.keys)
            back = {key: was for key, was in done.before.items() if now.get(key) == done.after[key]}
            if done.portion is not None:
                ReminderWriter(work).end(set(back).intersection(done.portion.keys))
                take_back(work, done.portion)
            _put(work, back)

    # what the timer calls

    def next_at(self) -> int | None:
        """Return when the next mail is to come back, in ms; None when none waits."""
        with self._database.read() as view:
            return Rows(view).next_at()

    def bring_back(self) -> tuple[int, ...]:
        """Let what is due come back to the top of the Inbox; returns its keys.

        A snoozed mail is unread again, of a conversation its newest. What was dealt with meanwhile is passed over.
        """
        now = clock.now()
        with self._database.write() as work:
            due = Rows(work).due(now)
            if not due:
                return ()
            there = set(Listings(work).among(Unified.ALL, list(due)))
            _put(work, {key: when_due(reminder, now) if key in there else None for key, reminder in due.items()})
            back = tuple(sorted(there))
            unread = {
                head.conversation_key: head.key
                for head in Heads(work).heads([key for key in back if due[key].kind is Kind.SNOOZE])
            }
            if unread:
                apply_change(work, Change(Verb.UNREAD), list(unread.values()))
            if back:
                work.emit(events.MessagesBack(back))
        return back

    def close_thread(self) -> None:
        """Close what the calling thread has of the database."""
        self._database.close_thread()


def _put(work: UnitOfWork, reminders: Mapping[int, Reminder | None], portion: Portion | None = None) -> Reminded:
    before = Rows(work).of(reminders)
    ReminderWriter(work).put(reminders)
    # what comes back, or is done with, may stay in its list and stand elsewhere in it
    lists = ListingWriter(work).refresh(reminders) | Listings(work).lists_of(list(reminders))
    if reminders:
        work.emit(events.MessagesChanged(tuple(reminders)))
    if lists:
        work.emit(events.ListsChanged(tuple(sorted(lists))))
    return Reminded(tuple(reminders), {key: before.get(key) for key in reminders}, dict(reminders), portion)


def _able(view: View, keys: Sequence[int]) -> list[int]:
    """Leave out what cannot stand in an Inbox: drafts, what is on its way, Junk, Trash, and the person's own mails."""
    there = set(Listings(view).among(Unified.ALL, keys))
    return [
        head.key
        for head in Heads(view).heads(keys)
        if head.key in there
        and head.way is None
        and head.status is not Status.DRAFT
        and (not head.outgoing or _in_inbox(view, head.key))
    ]


def _in_inbox(view: View, key: int) -> bool:
    return bool(Listings(view).among(Unified.INBOX, [key]) or Listings(view).among(Unified.SNOOZED, [key]))
