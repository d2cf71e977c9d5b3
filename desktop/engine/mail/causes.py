"""What kind of problem keeps an account from going on: a full disk is not told as a missing connection. Pure."""

from __future__ import annotations

from desktop.base.errors import Problem, Remedy
from desktop.domain.mail.mail_account import Cause
from desktop.net import errors
from desktop.services.mail.traffic import DailyVolumeReached


def cause_of(problem: Problem) -> Cause:
    """Return the kind of a problem."""
    match problem:
        case DailyVolumeReached():
            return Cause.DAILY_VOLUME
        case errors.OverQuota():
            return Cause.MAILBOX_FULL
        case errors.Throttled() | errors.TooManyConnections():
            return Cause.ASKED_TO_WAIT
        case errors.SignInTemporarilyRefused():
            return Cause.SIGN_IN_LATER
        case errors.ServerRefused() | errors.MailboxNotOpened() | errors.FolderGone() | errors.FolderExists():
            return Cause.REFUSED
        case errors.ProtocolBroken() | errors.TooLarge():
            return Cause.NO_SENSE
        case (
            errors.ConnectionLost()
            | errors.HostUnreachable()
            | errors.NameNotFound()
            | errors.TlsFailed()
            | errors.NetworkNeedsLogin()
        ):
            return Cause.NO_CONNECTION
    return Cause.DISK_FULL if problem.remedy is Remedy.FREE_SPACE else Cause.OTHER
