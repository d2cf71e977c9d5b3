"""What an empty message list says: what would be here, and the one next step. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.mail_account import AccountStatus, Activity
from desktop.ui.dates import locale


class Step(StrEnum):
    """The next step an empty list offers."""

    NONE = ""
    GET_MAIL = "get-mail"
    ADD_ACCOUNT = "add-account"
    CLEAR_FILTER = "clear-filter"
    LEAVE_SEARCH = "leave-search"
    OPEN_INBOX = "open-inbox"
    LOAD = "load"


@dataclass(frozen=True, slots=True)
class EmptyWords:
    """Words and step of an empty list."""

    icon: str
    title: str
    text: str = ""
    action: str = ""
    step: Step = Step.NONE


def empty_words(
    query: ListQuery, name: str, *, has_accounts: bool = True, statuses: Iterable[AccountStatus] = ()
) -> EmptyWords:
    """Return what a list without mails says; `statuses` are those of the accounts whose mail it would show."""
    if not has_accounts:
        text = _("Add a mail account and your mail appears here.")
        return EmptyWords("inbox", _("No mail account yet"), text, _("Add mail account"), Step.ADD_ACCOUNT)
    if query.contains or query.unread or query.starred or query.with_attachment:
        text = _("No mail in {folder} matches the filter.").format(folder=name)
        return EmptyWords("list-filter", _("Nothing found"), text, _("Clear filter"), Step.CLEAR_FILTER)
    return _not_fetched(statuses) or _nothing_here(query, name)


def _not_fetched(statuses: Iterable[AccountStatus]) -> EmptyWords | None:
    """Return words for a list that is empty because its mail has not come yet; None once it has."""
    new = [status for status in statuses if not status.synced_at_ms]
    coming = [status for status in new if status.activity in (Activity.CONNECTING, Activity.SYNCING)]
    if coming:
        done, total = sum(status.done for status in coming), sum(status.total for status in coming)
        text = _("The newest mails appear here in a moment.")
        if total > 0:
            text = n_("{done} of {n} mail so far.", "{done} of {n} mails so far.", total)
            text = text.format(done=locale().toString(done), n=locale().toString(total))
        return EmptyWords("refresh-cw", _("Mail is being fetched"), text)
    stuck = next((status for status in new if status.activity in (Activity.WAITING, Activity.TROUBLE)), None)
    if stuck is not None:
        text = stuck.problem or _("The server cannot be reached.")
        return EmptyWords("cloud-off", _("Mail could not be fetched yet"), text, _("Get mail"), Step.GET_MAIL)
    return None


def _nothing_here(query: ListQuery, name: str) -> EmptyWords:
    match query.list_id:
        case Unified.INBOX:
            text = _("You have dealt with everything. New mail appears here by itself.")
            return EmptyWords("inbox", _("The Inbox is empty"), text, _("Get mail"), Step.GET_MAIL)
        case Unified.IMPORTANT:
            return _to_inbox("star", _("No starred mail"), _("Star a mail with S to find it here again."))
        case Unified.SENT:
            return _to_inbox("send", _("Nothing sent yet"), _("Copies of the mails you send appear here."))
        case Unified.DRAFTS:
            return _to_inbox("file-pen", _("No drafts"), _("Mails you have begun to write are kept here."))
        case Unified.OUTBOX:
            return _to_inbox("clock", _("Nothing waits to be sent"), _("Mails stay here until their server has them."))
        case Unified.SNOOZED:
            text = _("Snooze a mail with H, and it comes back when you want to deal with it.")
            return _to_inbox("alarm-clock", _("Nothing is snoozed"), text)
        case Unified.AWAITED:
            text = _("Be reminded of a sent mail, and it waits here until somebody answers.")
            return _to_inbox("hourglass", _("No answers to wait for"), text)
        case Unified.ARCHIVE:
            text = _("Archive a mail with A to take it out of the Inbox and keep it here.")
            return _to_inbox("archive", _("The archive is empty"), text)
        case Unified.JUNK:
            return _to_inbox("octagon-alert", _("No junk"), _("Mails marked as junk appear here."))
        case Unified.TRASH:
            return _to_inbox("trash-2", _("The trash is empty"), _("Deleted mails stay here until you empty it."))
        case Unified.ALL:
            return EmptyWords(
                "mails", _("No mail yet"), _("All mails of all accounts appear here."), _("Get mail"), Step.GET_MAIL
            )
    text = _("Drag mails here, or move them with Ctrl+Shift+V.")
    return EmptyWords("folder", _("No mail in {folder}").format(folder=name), text, _("Get mail"), Step.GET_MAIL)


def _to_inbox(icon: str, title: str, text: str) -> EmptyWords:
    return EmptyWords(icon, title, text, _("Go to the Inbox"), Step.OPEN_INBOX)


def no_hits(searched: str) -> EmptyWords:
    """Return what a search without hits says; `searched` is the sentence what was searched."""
    return EmptyWords("search", _("No mail found"), searched, _("Leave the search"), Step.LEAVE_SEARCH)


def list_title(list_id: int) -> str:
    """Return the name of a unified list; "" for a server folder."""
    titles = {
        Unified.INBOX: _("Inbox"),
        Unified.IMPORTANT: _("Important"),
        Unified.SENT: _("Sent"),
        Unified.DRAFTS: _("Drafts"),
        Unified.OUTBOX: _("Outbox"),
        Unified.SNOOZED: _("Snoozed"),
        Unified.AWAITED: _("Waiting for an answer"),
        Unified.ARCHIVE: _("Archive"),
        Unified.JUNK: _("Junk"),
        Unified.TRASH: _("Trash"),
        Unified.ALL: _("All mail"),
    }
    return titles.get(Unified(list_id), "") if list_id < 0 else ""
