"""The menu of mails: what can be done with those that were chosen when it opened. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.message import Status
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.outbox import Outgoing
from desktop.domain.mail.reminding import Standing
from desktop.services.mail.answers import Answer
from desktop.ui.actions import Do
from desktop.ui.line_texts import one_line
from desktop.ui.mail.list_actions import ListActions
from desktop.ui.mail.mail_drag import MailLoad
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.outbox_line import verbs_of
from desktop.ui.mail.reminder_actions import can_be_followed_up
from desktop.ui.mail.selection import Selection
from desktop.ui.mail.transfer_menu import add_export
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu

_MOST_RECENT = 5
_NEVER_PUT_OFF = (Role.TRASH, Role.JUNK, Role.DRAFTS)
_OUTGOING = {
    Remedy.SEND_NOW: ("send", Do.SEND_NOW),
    Remedy.CHANGE_TIME: ("clock", Do.CHANGE_TIME),
    Remedy.EDIT: ("pencil", Do.EDIT_OUTGOING),
    Remedy.CANCEL: ("undo-2", Do.CANCEL_SENDING),
    Remedy.DELETE: ("trash-2", Do.TRASH),
    Remedy.SEND_AGAIN: ("send", Do.SEND_NOW),
    Remedy.WAS_SENT: ("circle-check", None),
    Remedy.DISMISS: ("check", None),
}
"""Icon and action of what is done with a mail on its way out."""


@dataclass(frozen=True, slots=True)
class MailSteps:
    """What the menu leads to beside verbs."""

    actions: ListActions
    open: Callable[[int], object]
    """Show a mail by itself."""
    choose_folder: Callable[[MailLoad], object]
    """Ask for a folder and move there."""
    answer: Callable[[Answer, int], object]
    """Begin an answer to a mail."""
    put_off: Callable[[Selection], object]
    """Ask until when to snooze, or when to remind."""
    end: Callable[[MailLoad], object]
    """Put off no longer."""
    export: Callable[[MailLoad, ExportForm], object]
    """Ask where mails should go as files."""
    key_of: Callable[[Do], str]
    """The key of an action, to be shown beside it."""
    outgoing: Callable[[Remedy, int], object]
    """Do something with a mail on its way out."""


def list_menu(theme: Theme, parent: QWidget, steps: MailSteps, chosen: Selection, recent: Sequence[FolderNode]) -> Menu:
    """Return the menu for what is chosen now, whatever is chosen when one clicks; `recent` were last moved to."""
    actions, key_of, row, role = steps.actions, steps.key_of, chosen.row, chosen.role

    def does(verb: Verb, folder: FolderNode | None = None) -> Callable[[], None]:
        return lambda: actions.apply(verb, chosen.load, folder)

    menu = Menu(theme, parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if row is not None:
        draft = row.status is Status.DRAFT
        words, icon = (_("Edit"), "pencil") if draft else (_("Open"), "mail-open")
        menu.add(words, lambda: steps.open(chosen.key), icon=icon, shortcut="Return")
        menu.addSeparator()
        if row.way is not None:
            _add_outgoing(menu, row.way, steps, row.key)
            return menu
        if not draft and row.status is not Status.SENDING:
            _add_answers(menu, steps, row.key)
    if row is None:
        menu.add(_("Mark as read"), does(Verb.READ), icon="mail-open", shortcut=key_of(Do.READ))
        menu.add(_("Mark as unread"), does(Verb.UNREAD), icon="mail")
        menu.add(_("Star"), does(Verb.STAR), icon="star", shortcut=key_of(Do.STAR))
        menu.add(_("Take the star away"), does(Verb.UNSTAR))
    else:
        read = _("Mark as read") if row.unread else _("Mark as unread")
        menu.add(
            read,
            lambda: actions.toggle_read(chosen),
            icon="mail-open" if row.unread else "mail",
            shortcut=key_of(Do.READ),
        )
        star = _("Take the star away") if row.important else _("Star")
        menu.add(star, lambda: actions.toggle_star(chosen), icon="star", shortcut=key_of(Do.STAR))
    menu.addSeparator()
    if chosen.waits:
        add_export(theme, menu, lambda form: steps.export(chosen.load, form))
        return menu
    if role is not Role.ARCHIVE:
        menu.add(_("Archive"), does(Verb.ARCHIVE), icon="archive", shortcut=key_of(Do.ARCHIVE))
    if role in (Role.ARCHIVE, Role.TRASH):
        menu.add(_("Move to the Inbox"), does(Verb.INBOX), icon="inbox")
    _add_reminder(menu, steps, chosen)
    move = Menu(theme, menu, _("Move to"))
    for folder in recent[:_MOST_RECENT]:
        move.add(one_line(actions.called(folder)), does(Verb.MOVE, folder), icon="folder")
    if recent:
        move.addSeparator()
    move.add(
        _("Choose a folder…"), lambda: steps.choose_folder(chosen.load), icon="folder-input", shortcut=key_of(Do.MOVE)
    )
    menu.addMenu(move)
    add_export(theme, menu, lambda form: steps.export(chosen.load, form))
    menu.addSeparator()
    if role is Role.JUNK:
        menu.add(_("Not junk"), does(Verb.INBOX), icon="inbox", shortcut=key_of(Do.NOT_JUNK))
    else:
        menu.add(_("Mark as junk"), does(Verb.JUNK), icon="octagon-alert", shortcut=key_of(Do.JUNK))
    if role is not Role.TRASH:
        menu.add(_("Move to Trash"), does(Verb.TRASH), icon="trash-2", shortcut=key_of(Do.TRASH))
    menu.add(
        _("Delete permanently…"),
        lambda: actions.delete(chosen.load),
        icon="trash-2",
        shortcut=key_of(Do.DELETE),
        colour="danger",
    )
    return menu


def _add_answers(menu: Menu, steps: MailSteps, key: int) -> None:
    """Add the answers a mail is mostly given."""
    for kind, words, icon, name in (
        (Answer.REPLY, _("Reply"), "reply", Do.REPLY),
        (Answer.REPLY_ALL, _("Reply to all"), "reply-all", Do.REPLY_ALL),
        (Answer.FORWARD, _("Forward"), "forward", Do.FORWARD),
    ):
        menu.add(words, partial(steps.answer, kind, key), icon=icon, shortcut=steps.key_of(name))
    menu.addSeparator()


def _add_reminder(menu: Menu, steps: MailSteps, chosen: Selection) -> None:
    """Add what puts mails off, and what ends that where one is put off."""
    list_id = chosen.load.list_id
    if chosen.role in _NEVER_PUT_OFF or list_id == Unified.OUTBOX:
        return
    reminder = chosen.row.reminder if chosen.row is not None else None
    follows_up = can_be_followed_up(chosen)
    words = _("Remind me unless they answer…") if follows_up else _("Snooze…")
    icon = "hourglass" if follows_up else "alarm-clock"
    menu.add(words, lambda: steps.put_off(chosen), icon=icon, shortcut=steps.key_of(Do.SNOOZE))
    if reminder is not None or list_id in (Unified.SNOOZED, Unified.AWAITED):
        is_snoozed = list_id == Unified.SNOOZED or (reminder is not None and reminder.standing is Standing.SNOOZED)
        words = _("Back to the Inbox now") if is_snoozed else _("Done")
        if list_id == Unified.AWAITED or (reminder is not None and reminder.standing is Standing.AWAITED):
            words = _("Stop waiting")
        menu.add(words, lambda: steps.end(chosen.load), icon="check", shortcut=steps.key_of(Do.END_REMINDER))


def _add_outgoing(menu: Menu, mail: Outgoing, steps: MailSteps, key: int) -> None:
    """Add what can be done with a mail on its way out."""
    for remedy, words in verbs_of(mail).items():
        icon, name = _OUTGOING[remedy]
        if remedy is Remedy.DELETE:
            menu.addSeparator()
        menu.add(
            words,
            partial(steps.outgoing, remedy, key),
            icon=icon,
            shortcut=steps.key_of(name) if name is not None else "",
            colour="danger" if remedy is Remedy.DELETE else "secondary",
        )
