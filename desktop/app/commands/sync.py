"""`rapport sync`: one full pass over the mail accounts, bodies included.

Alone on the profile the pass runs on this thread. In a program whose engine runs already (window, worker) its own
threads are asked, and the answer is awaited: two passes over one account at a time would only be in each other's way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass

from desktop.app.arguments import Sync
from desktop.app.commands.accounts import named
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _, n_
from desktop.domain import events
from desktop.domain.mail.mail_account import Activity, MailAccount

_PROGRESS_EVERY_S = 1.0
_LOOK_EVERY_S = 1.0
_BUSY = (Activity.CONNECTING, Activity.SYNCING)
_FAILED = (Activity.WAITING, Activity.TROUBLE, Activity.PAUSED)


class NotFetched(Problem):
    """The account is paused, switched off or only sends."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, address: str) -> None:
        super().__init__(_("{address} is paused or has no server to fetch mail from.").format(address=address))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one account. `mails` lie there now, `new` of them since this call."""

    address: str
    ok: bool
    problem: str
    details: str
    mails: int
    new: int
    seconds: float


Pass = Callable[[MailAccount], tuple[str, str]]
"""Brings one account up to date; returns problem and details, ("", "") when all went well."""


def run(command: Sync, core: Core, console: Console) -> int:
    """Fetch on this thread; returns 0, or 1 when an account failed. Raises Problem."""

    def one_pass(account: MailAccount) -> tuple[str, str]:
        [problem] = core.supervisor.sync_once(frozenset({account.key})).values()
        return ("", "") if problem is None else (problem.text, problem.details)

    return _run(command, core, console, one_pass)


def ask_engine(command: Sync, core: Core, console: Console) -> int:
    """Let the running engine fetch, and wait; returns 0, or 1 when an account failed. Raises Problem."""
    return _run(command, core, console, lambda account: _await_pass(core, account))


def _run(command: Sync, core: Core, console: Console, one_pass: Pass) -> int:
    began = clock.monotonic()
    accounts = _wanted(command, core)
    outcomes = []
    with _progress(core, console):
        for account in accounts:
            _before, mark = core.services.accounts.mails_here(account.key)
            at = clock.monotonic()
            problem, details = one_pass(account)
            mails, _mark = core.services.accounts.mails_here(account.key)
            new, _mark = core.services.accounts.mails_here(account.key, since=mark)
            seconds = round(clock.monotonic() - at, 3)
            outcomes.append(Outcome(account.address, not problem, problem, details, mails, new, seconds))
    failed = any(not outcome.ok for outcome in outcomes)
    for outcome in outcomes:
        _tell(outcome, console)
    if not outcomes:
        console.say(_("There is no mail account to fetch from."))
    if command.as_json:
        console.json(
            {
                "ok": not failed,
                "seconds": round(clock.monotonic() - began, 3),
                "accounts": [asdict(outcome) for outcome in outcomes],
            }
        )
    return 1 if failed else 0


def _wanted(command: Sync, core: Core) -> tuple[MailAccount, ...]:
    """Return the accounts to fetch for. Raises NoSuchMailAccount, NotFetched."""
    fetched = core.services.accounts.fetched()
    if command.account is None:
        return fetched
    account = named(core.services.accounts, command.account)
    if account.key not in {one.key for one in fetched}:
        raise NotFetched(account.address)
    return (account,)


def _await_pass(core: Core, account: MailAccount) -> tuple[str, str]:
    """Have the engine do a whole pass that begins after this call; returns problem and details."""
    changed, tried = threading.Event(), threading.Event()

    def hear(event: events.MailAccountStatusChanged) -> None:
        if event.account_key == account.key and core.services.accounts.status(account.key).activity in _BUSY:
            tried.set()
        changed.set()

    stop_listening = core.bus.subscribe(events.MailAccountStatusChanged, hear)
    try:
        # the pass under way may have looked at the Inbox before the mail came that the caller waits for
        passes = 2 if core.services.accounts.status(account.key).activity in _BUSY else 1
        for _pass in range(passes):
            asked_ms = clock.now()
            before = core.services.accounts.status(account.key)
            tried.clear()
            core.services.accounts.sync_now(account.key)
            while True:
                status = core.services.accounts.status(account.key)
                if status.activity is Activity.UP_TO_DATE and status.synced_at_ms >= asked_ms:
                    break
                # what failed as it did before is told from what was not tried yet by the try between
                if status.activity in _FAILED and (tried.is_set() or status != before):
                    return status.problem, status.details
                if core.ending.is_set() or (status.activity is Activity.OFF and status != before):
                    return _("The running Rapport was closed."), ""
                changed.wait(_LOOK_EVERY_S)
                changed.clear()
    finally:
        stop_listening()
    return "", ""


@contextmanager
def _progress(core: Core, console: Console) -> Iterator[None]:
    """Tell how far accounts are, once a second at most."""
    last = clock.monotonic()

    def tell(event: events.MailAccountStatusChanged) -> None:
        nonlocal last
        status = core.services.accounts.status(event.account_key)
        now = clock.monotonic()
        if status.activity is Activity.SYNCING and status.total and now - last >= _PROGRESS_EVERY_S:
            last = now
            console.say(_("{done} of {total} mails are here").format(done=status.done, total=status.total))

    stop_listening = core.bus.subscribe(events.MailAccountStatusChanged, tell)
    try:
        yield
    finally:
        stop_listening()


def _tell(outcome: Outcome, console: Console) -> None:
    if not outcome.ok:
        problem = Problem(outcome.problem, details=outcome.details)
        console.say(_("{address} could not be fetched:").format(address=outcome.address))
        console.complain(problem)
        return
    words = n_(
        "{address}: {n} new mail, {mails} in all, {seconds:.1f} s",
        "{address}: {n} new mails, {mails} in all, {seconds:.1f} s",
        outcome.new,
    )
    console.say(words.format(address=outcome.address, n=outcome.new, mails=outcome.mails, seconds=outcome.seconds))
