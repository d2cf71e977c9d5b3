"""What the status bar says of a mail account: words, sign and colour for each thing it may be doing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QDateTime

from desktop.base.errors import Remedy
from desktop.base.i18n import _
from desktop.domain.mail.mail_account import AccountStatus, Activity, Cause
from desktop.ui.dates import locale, time_text


@dataclass(frozen=True, slots=True)
class StatusWords:
    """One item of the status bar. A dot when `icon` is empty; `colour` is a token and tints dot or icon and text."""

    text: str
    icon: str
    colour: str
    done: int = 0
    total: int = 0
    """A bar is shown when positive."""
    can_pause: bool = False
    is_trouble: bool = False
    """Told before what is well, and in stronger letters."""
    leads: bool = False
    """Pressed it leads somewhere."""


def short(address: str) -> str:
    """Return "jan@" of "jan@firm.example"."""
    return address.partition("@")[0] + "@" if "@" in address else address


def status_words(account: str, status: AccountStatus) -> StatusWords:
    """Return what to show of an account called `account`; what is fetched, or could be, leads to more about it."""
    return replace(_words(account, status), leads=status.activity is not Activity.OFF)


def status_sentence(status: AccountStatus) -> str:
    """Return how an account is doing in a whole sentence."""
    if status.activity is Activity.PAUSED:
        return _("Fetching is paused. Mail that is already here can be read.")
    if status.activity in (Activity.WAITING, Activity.TROUBLE):
        return status.problem or _("The server cannot be reached.")
    if status.activity is Activity.UP_TO_DATE:
        return status.problem or _("All mail is here. New mail is fetched as it comes.")
    return _("Mail is being fetched.")


def _words(account: str, status: AccountStatus) -> StatusWords:
    match status.activity:
        case Activity.CONNECTING:
            return StatusWords(_("{account}: connecting").format(account=account), "refresh-cw", "secondary")
        case Activity.SYNCING:
            return _syncing(account, status)
        case Activity.UP_TO_DATE:
            text = _("{account}: up to date {time}").format(account=account, time=clock(status.synced_at_ms))
            return StatusWords(text.rstrip(), "", "success")
        case Activity.WAITING:
            return _waiting(account, status)
        case Activity.TROUBLE:
            return StatusWords(_trouble(account, status.remedy), "triangle-alert", "warning", is_trouble=True)
        case Activity.PAUSED:
            return StatusWords(_("{account}: paused").format(account=account), "pause", "secondary", is_trouble=True)
    return StatusWords(_("{account}: not fetched").format(account=account), "", "disabled")


def remedy_words(remedy: str) -> str:
    """Return the word on the button of a remedy, "" when there is nothing to press."""
    return {
        Remedy.RETRY: _("Retry"),
        Remedy.SIGN_IN: _("Sign in again"),
        Remedy.SETTINGS: _("Settings"),
        Remedy.FREE_SPACE: _("Retry"),
        Remedy.TRUST_CERTIFICATE: _("Look at certificate"),
        Remedy.UNLOCK: _("Unlock"),
    }.get(Remedy(remedy) if remedy in tuple(Remedy) else Remedy.NONE, "")


def clock(at_ms: int) -> str:
    """Return the time of day in the person's zone, "" for 0."""
    if at_ms <= 0:
        return ""
    return time_text(QDateTime.fromMSecsSinceEpoch(at_ms))


def _syncing(account: str, status: AccountStatus) -> StatusWords:
    if status.total <= 0:
        text = _("{account}: syncing").format(account=account)
        return StatusWords(text, "refresh-cw", "secondary", can_pause=True)
    text = _("{account}: syncing {done} of {total}").format(
        account=account, done=locale().toString(status.done), total=locale().toString(status.total)
    )
    return StatusWords(text, "refresh-cw", "secondary", status.done, status.total, can_pause=True)


def _waiting(account: str, status: AccountStatus) -> StatusWords:
    """Say what an account waits for, by the kind of its problem: most of them are no lack of a connection."""
    texts = {
        Cause.DISK_FULL: _("{account}: the disk is full, next try {time}"),
        Cause.MAILBOX_FULL: _("{account}: the mailbox on the server is full, next try {time}"),
        Cause.ASKED_TO_WAIT: _("{account}: the server asks for a pause, next try {time}"),
        Cause.DAILY_VOLUME: _("{account}: the provider’s limit for a day is reached, goes on {time}"),
        Cause.SIGN_IN_LATER: _("{account}: no sign-in at the moment, next try {time}"),
        Cause.REFUSED: _("{account}: the server refuses, next try {time}"),
        Cause.NO_SENSE: _("{account}: the server answers nonsense, next try {time}"),
        Cause.OTHER: _("{account}: could not go on, next try {time}"),
    }
    text = texts.get(status.cause, _("{account}: no connection, next try {time}"))
    text = text.format(account=account, time=clock(status.retry_at_ms)).rstrip()
    lost = status.cause in (Cause.NONE, Cause.NO_CONNECTION)
    return StatusWords(text, "cloud-off" if lost else "triangle-alert", "warning", is_trouble=True)


def _trouble(account: str, remedy: str) -> str:
    if remedy == Remedy.SIGN_IN:
        return _("{account}: sign in again").format(account=account)
    if remedy == Remedy.SETTINGS:
        return _("{account}: check the settings").format(account=account)
    if remedy == Remedy.TRUST_CERTIFICATE:
        return _("{account}: certificate not trusted").format(account=account)
    if remedy == Remedy.UNLOCK:
        return _("{account}: locked").format(account=account)
    return _("{account}: needs attention").format(account=account)
