"""Snoozing mails and following up sent ones: asks when, does it, and keeps the way back. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial

from PySide6.QtCore import QDateTime, QObject, QPoint, QTimeZone
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.reminding import Choice, FollowUp, choices
from desktop.services.mail.reminders import Reminded, Reminders
from desktop.ui import dates, follow_up_words
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.selection import Selection
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo
from desktop.ui.widgets.choices import CheckBox
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.moment_popup import MomentPopup, moment_text

_CORNER = QPoint(12, 44)
_POPUP_WIDTH = 340


class SnoozePopup(MomentPopup):
    """When a mail is to come back, and whether an answer brings it back before."""

    def __init__(self, theme: Theme, host: QWidget) -> None:
        super().__init__(theme, host, _("Snooze until"), _("Snooze"))
        self.stays = CheckBox(theme, _("Stay snoozed even if somebody answers"))
        here = _("Other programs and the server know nothing of it: there the mail stays in the Inbox.")
        self._here = Paragraph(theme, here, "small", "secondary")
        self._here.setContentsMargins(8, 0, 8, 4)
        self._here.setMinimumWidth(_POPUP_WIDTH)
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.stays)
        row.addStretch(1)
        self.column.addLayout(row)
        self.column.addWidget(self._here)


class ReminderActions(QObject):
    """For list and reader alike. `pane` is where what it asks is shown."""

    def __init__(
        self, reminders: Reminders, tasks: Tasks, undo: Undo, theme: Theme, host: QWidget, pane: QWidget
    ) -> None:
        super().__init__(host)
        self._reminders, self._tasks, self._undo, self._theme = reminders, tasks, undo, theme
        self._host, self._pane = host, pane
        self._load = MailLoad()
        self._button: QWidget | None = None

    @cached_property
    def snooze_popup(self) -> SnoozePopup:
        """The card that asks until when; made when it is first asked."""
        popup = SnoozePopup(self._theme, self._host)
        popup.chosen.connect(self._snooze)
        return popup

    @cached_property
    def follow_up_popup(self) -> MomentPopup:
        """The card that asks when to remind."""
        popup = MomentPopup(self._theme, self._host, _("Remind me unless they answer"), _("Remind me"))
        popup.chosen.connect(self._follow_up)
        return popup

    def open_below(self, button: QWidget) -> None:
        """Show what is asked next below the button that was pressed for it."""
        self._button = button

    def ask(self, chosen: Selection) -> None:
        """Ask until when to snooze; of what the person has sent, when to remind him unless somebody answers."""
        if can_be_followed_up(chosen):
            self.ask_follow_up(chosen.load)
        else:
            self.ask_snooze(chosen.load)
        self._button = None

    def ask_snooze(self, load: MailLoad) -> None:
        """Ask until when to snooze mails."""
        if load.count:
            where = dates.zone()
            self.snooze_popup.stays.setChecked(False)
            self.snooze_popup.offer(snooze_offers(clock.now(), where), where)
            self._open(self.snooze_popup, load)

    def ask_follow_up(self, load: MailLoad) -> None:
        """Ask when to remind of sent mails."""
        if load.count:
            self.follow_up_popup.offer(follow_up_words.offers(), dates.zone())
            self._open(self.follow_up_popup, load)

    def end(self, load: MailLoad) -> None:
        """Let mails be as if nobody had put them off."""
        if load.count:
            again = partial(self._reminders.end, load.mails, conversations=load.conversations, list_id=load.list_id)
            self._tasks.run(self._do(again, _ended, moved=False))

    # inside

    def _open(self, popup: MomentPopup, load: MailLoad) -> None:
        self._load = load
        if self._button is not None:
            popup.ask_at(self._button, QPoint(0, self._button.height()))
            return
        popup.ask_at(self._pane if self._pane.isVisible() else self._host, _CORNER)

    def _snooze(self, until_ms: int) -> None:
        load = self._load
        again = partial(
            self._reminders.snooze,
            load.mails,
            until_ms,
            even_if_answered=self.snooze_popup.stays.isChecked(),
            conversations=load.conversations,
            list_id=load.list_id,
        )
        self._tasks.run(self._do(again, lambda count: _snoozed(count, until_ms), moved=True))

    def _follow_up(self, meant: FollowUp | int) -> None:
        due_at_ms = meant.due_at_ms(clock.now()) if isinstance(meant, FollowUp) else meant
        again = partial(self._reminders.follow_up, self._load.keys, due_at_ms)
        self._tasks.run(self._do(again, lambda _count: _followed_up(due_at_ms), moved=False))

    async def _do(self, verb: Callable[[], Reminded], told: Callable[[int], str], *, moved: bool) -> None:
        done = await self._tasks.write(verb)
        if done.keys:
            self._undo.push(
                told(len(done.keys)),
                partial(self._reminders.undo, done),
                icon="alarm-clock",
                again=lambda: partial(self._reminders.undo, verb()),
                mails=done.keys if moved else (),
            )


def can_be_followed_up(chosen: Selection) -> bool:
    """Say whether one waits for an answer to what is chosen, rather than snoozing it."""
    if chosen.load.list_id in (Unified.SENT, Unified.AWAITED) or chosen.role is Role.SENT:
        return True
    return chosen.row is not None and chosen.row.outgoing and chosen.role is not Role.INBOX


def snooze_offers(now_ms: int, where: QTimeZone) -> list[tuple[str, object]]:
    """Return what is offered at a moment: words with their date, and the moment in ms UTC."""
    words = {
        Choice.LATER_TODAY: _("Later today"),
        Choice.THIS_EVENING: _("This evening"),
        Choice.TOMORROW: _("Tomorrow morning"),
        Choice.WEEKEND: _("This weekend"),
        Choice.NEXT_WEEK: _("Next week"),
    }
    return [(_with_moment(words[choice], at_ms, where), at_ms) for choice, at_ms in choices(now_ms)]


def _with_moment(words: str, at_ms: int, where: QTimeZone) -> str:
    moment = moment_text(QDateTime.fromMSecsSinceEpoch(at_ms, where))
    return _("{words}, {moment}").format(words=words, moment=moment)


def _snoozed(count: int, until_ms: int) -> str:
    date = dates.near_date(until_ms, clock.now(), dates.zone())
    words = n_("{n} mail snoozed until {date}", "{n} mails snoozed until {date}", count)
    return words.format(n=dates.locale().toString(count), date=date)


def _followed_up(due_at_ms: int) -> str:
    date = dates.near_date(due_at_ms, clock.now(), dates.zone())
    return _("You will be reminded on {date} unless somebody answers").format(date=date)


def _ended(count: int) -> str:
    words = n_("{n} mail is put off no longer", "{n} mails are put off no longer", count)
    return words.format(n=dates.locale().toString(count))
