"""Trying the servers of an account before mail is fetched: signs in, sees what the server can, lists its folders.

On an errand thread. What it says of each step is of `domain.mail.account_check`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.domain.mail import account_check
from desktop.domain.mail.account_check import CheckState, TellCheck
from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.mail_account import MailAccount

if TYPE_CHECKING:
    from desktop.net.mail.imap.session import Session
    from desktop.net.mail.smtp.session import SmtpSession

TIMEOUT_S = 20.0


@dataclass(slots=True)
class _Outcome:
    words: str = ""


def try_incoming(
    account: MailAccount, signed_in: AbstractContextManager[Session], tell: TellCheck
) -> tuple[ServerFolder, ...]:
    """Return the folders of an account; it must have an IMAP half. Raises NetProblem, once the step is told of."""
    tell(account_check.folders(CheckState.WAITING))
    if account.smtp is not None:
        tell(account_check.outgoing(CheckState.WAITING))
    with ExitStack() as open_session:
        with _step(account_check.incoming, tell) as outcome:
            session = open_session.enter_context(signed_in)
            outcome.words = account_check.capability_words(session.capabilities)
        with _step(account_check.folders, tell) as outcome:
            found = tuple(session.list_folders())
            outcome.words = account_check.folder_words(found)
    return found


def try_outgoing(sign_in: Callable[[], SmtpSession], tell: TellCheck) -> None:
    """Sign in where mails are sent. Raises NetProblem, once that is told of."""
    with _step(account_check.outgoing, tell) as outcome:
        session = sign_in()
        session.close()
        outcome.words = account_check.sending_words(signed_in=session.signed_in)


@contextmanager
def _step(make: account_check.MakeCheck, tell: TellCheck) -> Iterator[_Outcome]:
    """Tell of a step: that it begins, and how it ends."""
    began, outcome = clock.monotonic(), _Outcome()
    tell(make(CheckState.RUNNING))
    try:
        yield outcome
    except Problem as problem:
        tell(make(CheckState.FAILED, problem.text, clock.monotonic() - began, problem.details))
        raise
    tell(make(CheckState.DONE, outcome.words, clock.monotonic() - began))
