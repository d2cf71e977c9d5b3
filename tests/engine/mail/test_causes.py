"""Which kind of problem is told of an account."""

from __future__ import annotations

import pytest

from desktop.base.errors import Problem
from desktop.domain.mail.mail_account import Cause
from desktop.engine.mail.causes import cause_of
from desktop.net import errors
from desktop.store.database import DatabaseBusy, DiskFailed, DiskFull

HOST = "imap.firm.example"


@pytest.mark.parametrize(
    ("problem", "cause"),
    [
        (errors.ConnectionLost(HOST), Cause.NO_CONNECTION),
        (errors.HostUnreachable(HOST, 993), Cause.NO_CONNECTION),
        (errors.NetworkNeedsLogin(HOST), Cause.NO_CONNECTION),
        (errors.OverQuota(HOST), Cause.MAILBOX_FULL),
        (errors.Throttled(HOST), Cause.ASKED_TO_WAIT),
        (errors.TooManyConnections(HOST), Cause.ASKED_TO_WAIT),
        (errors.SignInTemporarilyRefused(HOST, "jan"), Cause.SIGN_IN_LATER),
        (errors.ServerRefused(HOST), Cause.REFUSED),
        (errors.ProtocolBroken(HOST), Cause.NO_SENSE),
        (DiskFull(), Cause.DISK_FULL),
        (DiskFailed("EIO"), Cause.OTHER),
        (DatabaseBusy(), Cause.OTHER),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Problem) else str(value),
)
def test_only_what_is_no_connection_is_told_as_such(problem: Problem, cause: Cause) -> None:
    assert cause_of(problem) is cause
