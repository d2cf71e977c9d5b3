"""One thread per mail account: replay what the person did, sync, then wait for news. Owns reconnect and back-off.

A round is: sign in, replay, list folders when that is due, bring in what is new everywhere, then older mails window by
window with a look at news and the queue between two windows, replay again, then IDLE on the Inbox until something
happens or the timer rings.
"""

from __future__ import annotations

import logging
import math
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from desktop.base import backoff, clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.allowance import Want
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import AccountStatus, Activity, Cause, MailAccount
from desktop.domain.mail.providers import provider_of_account
from desktop.domain.mail.sync import FOLLOWED, SyncFolder
from desktop.engine.mail import pacing
from desktop.engine.mail.causes import cause_of
from desktop.engine.mail.fetch import Fetcher, Stopped
from desktop.engine.mail.folder_sync import FolderSync
from desktop.engine.mail.labelling import Labelling
from desktop.engine.mail.means import Means
from desktop.engine.mail.pacing import SignIns
from desktop.engine.mail.replay import Replay
from desktop.engine.mail.storing import Storing
from desktop.net import errors
from desktop.net.mail.imap.news import News
from desktop.net.mail.imap.selecting import Selected
from desktop.net.mail.imap.session import Session
from desktop.net.wake import Wake
from desktop.services.mail.traffic import DailyVolumeReached

log = logging.getLogger(__name__)

SILENCE_S = 60.0
"""How long a server may say nothing while it is asked something (R7)."""
ASK_EVERY_S = 120.0
"""How often the Inbox is asked for news where IDLE does not tell of all."""
STEADY_S = 60.0
"""A session that lived so long was no failure, whatever ended it."""
_LONGEST_WAIT_S = 3600.0
FOLDER_LIST_EVERY_S = 600.0
_MOST_OVERSIZED = 20
_MOST_ALERTS = 20


class AccountRunner:
    """Runs one account until it is stopped. `once` does a single pass on the caller's thread instead.

    `after` is the runner it takes over from: an account never has two at work, so it waits for that one's end.
    """

    def __init__(self, account: MailAccount, means: Means, after: AccountRunner | None = None) -> None:
        self._account = account
        self._provider = provider_of_account(account)
        self._means = means
        self._after = after
        self._stop = threading.Event()
        self._retry = threading.Event()
        self._anew = threading.Event()
        self._wants = Want.NEW
        self._insists = False
        """A person cut the last pause short."""
        self._gives_way = threading.Event()
        """Another connection of this mailbox is wanted, and the server bears no second beside ours."""
        self._wake = Wake()
        self._session: Session | None = None
        self._opened: set[int] = set()
        self._thread = threading.Thread(target=self._run, name=f"account-{account.key}", daemon=True)
        self._storing = Storing(means.ingest, means.database)
        self._status = AccountStatus(account.key)
        self._list_at_s = 0.0
        self._misses_folder = False
        self._missed: set[int] = set()
        self._numbering = 0
        self._failures = 0
        self._sign_ins = SignIns()
        self._alerts_told: set[str] = set()
        self._oversized: dict[int, set[int]] = {}
        """Folder key -> UIDs of mails that are larger than their server says: only their text is fetched (R16)."""
        self._hidden_labels: set[str] = set()
        self._named: dict[int, tuple[int, int]] = {}

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something waits to be done for this account. A pause after a failure is not cut short by it (R9, R10)."""
        if threading.current_thread() is not self._thread:  # what it did itself is no news to it
            self._wake.set()

    def retry(self) -> None:
        """A person wants mail now, or has changed what the account signs in with."""
        self._retry.set()
        self._wake.set()

    def reconnect(self) -> None:
        """Give up the present connection, which may be dead without knowing it, and sign in again at once.

        Where a server asked for a pause, or only the person can help, nothing is tried sooner (R9, R10).
        """
        self._anew.set()
        if (session := self._session) is not None:
            session.abort()
        self._wake.set()

    def open_folder(self, folder_key: int) -> None:
        """A person looks at a folder: bring it up to date next."""
        self._opened.add(folder_key)
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end; it leaves the store consistent, and says nothing more of the account."""
        self._stop.set()
        self._wake.set()
        if (session := self._session) is not None:
            session.abort()

    def join(self, timeout_s: float | None = 10.0) -> None:
        """Wait for the thread to end; None waits as long as it takes."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout_s)

    def once(self) -> Problem | None:
        """Do one full pass, older mails included; returns what went wrong, None when all is here."""
        try:
            self._pass_in_session()
        except Problem as problem:
            self._show_problem(problem, Activity.TROUBLE, 0)
            return problem
        finally:
            self._close()
        return None

    def _pass_in_session(self) -> None:
        """Do a pass; once more for every mail that turned out to be larger than its server says."""
        for _pass in range(_MOST_OVERSIZED):
            known = sum(map(len, self._oversized.values()))
            try:
                self._insists = True
                with self._signed_in() as session:
                    self._pass(session)
                return
            except errors.TooLarge:
                if sum(map(len, self._oversized.values())) == known:
                    raise

    def _run(self) -> None:
        if self._after is not None:
            self._after.join(None)
            self._after = None
        while not self._stop.is_set():
            wait_s: float
            began_s = clock.monotonic()
            try:
                with self._signed_in(self._give_way) as session:
                    self._serve(session)
                # it gave way: two accounts that live in one mailbox must not take turns without end
                wait_s, patient = self._sign_ins.wait_s(clock.monotonic()), False
            except (Stopped, errors.Cancelled):
                continue  # to end, or to connect anew
            except Problem as problem:
                if self._stop.is_set():
                    break
                if clock.monotonic() - began_s >= STEADY_S:
                    self._failures = 0
                wait_s = self._pause_after(problem)
                patient = math.isinf(wait_s) or (isinstance(problem, errors.NetProblem) and problem.back_off_s > 0)
                self._failures += 1
            except Exception:
                log.exception("the thread of an account failed")
                wait_s, patient = backoff.CEILING_S, True
                self._set(
                    activity=Activity.WAITING,
                    problem=_("Something went wrong inside Rapport. Its log says what."),
                    details="",
                    remedy=Remedy.RETRY.value,
                    cause=Cause.OTHER,
                    certificate=None,
                    retry_at_ms=clock.now() + int(wait_s * 1000),
                    done=0,
                    total=0,
                )
            self._wait(wait_s, patient=patient)
        self._close()

    def _close(self) -> None:
        self._storing.close()
        self._wake.close()
        self._means.database.close_thread()

    def _pause_after(self, problem: Problem) -> float:
        """Show a problem and return how long to wait."""
        if isinstance(problem, errors.FolderGone):
            self._misses_folder = True
        wait_s = max(pacing.pause_s(problem, self._failures, random.random()), self._sign_ins.wait_s(clock.monotonic()))
        if math.isinf(wait_s):
            self._show_problem(problem, Activity.TROUBLE, 0)
            return wait_s
        log.info("an account waits %.0f s: %s", wait_s, type(problem).__name__)
        self._show_problem(problem, Activity.WAITING, clock.now() + int(wait_s * 1000))
        return wait_s

    def _wait(self, seconds: float, *, patient: bool) -> None:
        """Wait, but for a person; where not `patient`, also no longer than until the computer is awake again."""
        until_s = clock.monotonic() + seconds
        while True:
            self._wake.clear()
            left_s = until_s - clock.monotonic()
            resumed = self._anew.is_set() and not patient
            if self._stop.is_set() or self._retry.is_set() or resumed or left_s <= 0:
                break
            self._wake.wait(min(left_s, _LONGEST_WAIT_S))
        self._insists = self._retry.is_set()
        self._retry.clear()

    # one session

    @contextmanager
    def _signed_in(self, give_way: Callable[[], None] | None = None) -> Iterator[Session]:
        self._check_volume()
        self._set(activity=Activity.CONNECTING, done=0, total=0)
        self._anew.clear()
        self._gives_way.clear()
        insists, self._insists = self._insists, False
        with self._means.mailboxes.session(
            self._account,
            timeout_s=SILENCE_S,
            cancel=_Either(self._stop, self._anew),
            give_way=give_way,
            by_person=insists,
            tried=self._tried,
        ) as session:
            self._session = session
            self._numbering = max(clock.now(), self._numbering + 1)  # in ms: too large for a server's own
            try:
                yield session
            finally:
                self._forget_session()

    def _tried(self, problem: errors.NetProblem | None) -> None:
        """Count a sign-in, but for one that no server heard of."""
        if problem is None or problem.back_off_s or not problem.can_retry:
            self._sign_ins.made(clock.monotonic())

    def _give_way(self) -> None:
        self._gives_way.set()
        self._wake.set()

    def _forget_session(self) -> None:
        if (session := self._session) is not None:
            self._hear(session, session.take_unsolicited())
        self._session = None

    def _hear(self, session: Session, news: News) -> News:
        """Let a person know what the server wants him to know, each thing once; in clear anybody could have said it."""
        alerts = [text for text in news.alerts if session.encrypted and text not in self._alerts_told]
        if alerts and len(self._alerts_told) < _MOST_ALERTS:
            self._alerts_told.update(alerts)
            self._set(alert=" ".join(alerts))
        return news

    def _serve(self, session: Session) -> None:
        while not self._stop.is_set():
            self._retry.clear()
            self._wake.clear()
            self._pass(session)
            self._failures = 0
            if not self._gives_way.is_set():
                self._wait_for_news(session)
            if self._gives_way.is_set():
                return

    def _pass(self, session: Session) -> None:
        """Bring everything up to date once."""
        self._set(
            activity=Activity.SYNCING,
            problem="",
            details="",
            remedy="",
            cause=Cause.NONE,
            certificate=None,
            retry_at_ms=0,
        )
        self._means.mirror.check_space()
        sync = self._sync(session)
        if self._misses_folder:
            self._list_folders(session)
        # then what the person did to folders: LIST would show them under their old names
        self._replay(session, sync)
        if self._misses_folder or clock.monotonic() >= self._list_at_s:
            self._list_folders(session)
        for folder in self._due():
            self._check()
            self._check_volume()
            self._bring_up_to_date(session, sync, folder)
        waits = ""
        try:
            self._older(session, sync)
        except DailyVolumeReached as problem:
            waits = problem.text
        self._replay(session, sync)
        self._means.mirror.synced(self._account.key)
        self._set(activity=Activity.UP_TO_DATE, done=0, total=0, problem=waits, synced_at_ms=clock.now())

    def _list_folders(self, session: Session) -> None:
        listed = session.list_folders()
        numbered: dict[bytes, int] = {}
        for wire_name in self._means.mirror.strange_folders(self._account.key, listed):
            try:
                numbered[wire_name] = session.status(wire_name).uidvalidity or 0
            except (errors.FolderGone, errors.ServerRefused):
                log.info("a new folder does not tell its numbering")
        self._means.mirror.folder_list(self._account.key, listed, numbered, self._totals(session, listed))
        self._misses_folder = False
        self._list_at_s = clock.monotonic() + FOLDER_LIST_EVERY_S
        hidden = session.has_labels and not any(f.role is Role.ALL and f.selectable for f in listed)
        self._set(note=_all_mail_is_hidden() if hidden else "")

    def _totals(self, session: Session, listed: Sequence[ServerFolder]) -> dict[bytes, int]:
        """Return how many mails the server has in its folders, as long as one of them was never fetched."""
        fetched = {folder.wire_name for folder in self._means.mirror.folders(self._account.key) if folder.uidvalidity}
        if all(folder.wire_name in fetched for folder in listed if folder.selectable):
            return {}
        counted = session.status_of_all().items()
        return {wire_name: status.messages for wire_name, status in counted if status.messages is not None}

    def _bring_up_to_date(self, session: Session, sync: FolderSync, folder: SyncFolder) -> None:
        if folder.key in self._opened and not folder.opened:
            self._means.mirror.progress(folder, opened=1)
        now = sync.update(folder)
        if now is not None and now.role is Role.INBOX and now.synced_down_to == now.uidnext and not now.complete:
            sync.older(now)  # the first screenful, before any other folder
        self._opened.discard(folder.key)

    def _older(self, session: Session, sync: FolderSync) -> None:
        """Bring in older mails, window by window, folder by folder; what is new and what the person does goes first."""
        for waiting in self._due():
            folder: SyncFolder | None = self._means.mirror.folder(waiting.key)
            if folder is None or folder.complete or not folder.uidvalidity:
                continue
            folder = sync.update(folder)
            while folder is not None and not folder.complete:
                self._check()
                if self._gives_way.is_set():
                    return
                self._means.mirror.check_space()
                self._set(activity=Activity.SYNCING, **self._progress())
                self._wants = Want.MUCH
                try:
                    self._check_volume()
                    folder = sync.older(folder)
                finally:
                    self._wants = Want.NEW
                if folder is not None and (
                    self._wake.is_set() or self._hear(session, session.take_unsolicited()).changed
                ):
                    self._wake.clear()
                    self._replay(session, sync)
                    for key in list(self._opened):
                        if (opened := self._means.mirror.folder(key)) is not None:
                            self._bring_up_to_date(session, sync, opened)
                        self._opened.discard(key)
                    folder = sync.update(folder)

    def _due(self) -> list[SyncFolder]:
        """Return the folders to look at, the most important first."""
        folders = self._means.mirror.folders(self._account.key)
        wanted = [f for f in folders if f.watched]
        if self._account.two_way:
            wanted += [f for f in folders if f.role in FOLLOWED and not f.watched]
            if self._session is not None and self._session.has_labels:
                # the last of them: most of its mails are here by another label then
                wanted += [f for f in folders if f.role is Role.ALL and not f.watched]
        wanted += [f for f in folders if (f.opened or f.key in self._opened) and f not in wanted]
        asked = [f for f in wanted if f.key in self._opened]
        return asked + [f for f in wanted if f not in asked]

    def _progress(self) -> dict[str, int]:
        here, total = self._means.mirror.count(self._account.key)
        return {"done": here, "total": total}

    def _replay(self, session: Session, sync: FolderSync) -> None:
        def sync_folder(key: int, enough: Callable[[], bool]) -> None:
            folder = self._means.mirror.folder(key)
            if folder is not None:
                folder = sync.update(folder)
            while folder is not None and not folder.complete and not enough():
                self._check()
                folder = sync.older(folder)

        key, queue = self._account.key, self._means.queue
        replay = Replay(session, key, queue, sync_folder, self._stop.is_set, self._numbering, self._missed)
        replay.run()
        self._misses_folder = replay.misses_folder

    def _wait_for_news(self, session: Session) -> None:
        """Wait on the Inbox until the server has news, another thread wakes us, or the timer rings."""
        inbox = next((f for f in self._due() if f.role is Role.INBOX), None) or next(iter(self._due()), None)
        if inbox is not None and _moved_on(inbox, session.select(inbox.wire_name)):
            return  # something came between the sync and now
        timeout_s = float(self._account.interval_s)
        if (due_ms := self._means.queue.next_try_at(self._account.key)) is not None:
            timeout_s = min(timeout_s, max(0.1, (due_ms - clock.now()) / 1000))
        renew_s, ask = float(self._provider.renew_idle_s), self._provider.poll
        if ask:
            renew_s = min(renew_s, ASK_EVERY_S)
        self._hear(session, session.wait_for_news(timeout_s, self._wake, renew_s=renew_s, ask=ask))
        self._check()

    def _sync(self, session: Session) -> FolderSync:
        fetcher = Fetcher(self._means.parser, self._stop, self._check_volume)
        means = self._means
        labelling = Labelling(
            session,
            self._account,
            means.mirror,
            means.ingest,
            lambda: self._list_folders(session),
            self._hidden_labels,
            self._named,
        )
        return FolderSync(
            session,
            self._account,
            means.mirror,
            means.ingest,
            fetcher,
            self._storing,
            labelling,
            self._numbering,
            self._oversized,
        )

    def _check_volume(self) -> None:
        """Raise DailyVolumeReached where what is fetched at present must wait."""
        self._means.mailboxes.check_volume(self._account, self._wants)

    def _check(self) -> None:
        if self._stop.is_set():
            raise Stopped

    # what people see

    def _set(self, **changes: object) -> None:
        if self._stop.is_set():
            return  # whoever stopped it knows better: paused, removed, taken over
        self._status = replace(self._status, **changes)  # type: ignore[arg-type]
        self._means.statuses.set(self._status)

    def _show_problem(self, problem: Problem, activity: Activity, retry_at_ms: int) -> None:
        certificate = problem.certificate if isinstance(problem, errors.CertificateUntrusted) else None
        self._set(
            activity=activity,
            problem=problem.text,
            details=problem.details,
            remedy=problem.remedy.value,
            cause=cause_of(problem),
            certificate=certificate,
            retry_at_ms=retry_at_ms,
            done=0,
            total=0,
        )


def _all_mail_is_hidden() -> str:
    return _(
        "Gmail does not show “All Mail” to other programs, so mail that you archive elsewhere cannot be followed. "
        "Switch it on: in the settings of Gmail on the web, under Labels, “Show in IMAP”."
    )


def _moved_on(folder: SyncFolder, selected: Selected) -> bool:
    """Say whether a folder is no longer as the last sync left it."""
    if selected.uidnext is not None and selected.uidnext > folder.uidnext:
        return True
    return selected.uidvalidity not in (0, folder.uidvalidity) or selected.exists != folder.server_total


class _Either:
    """Set when one of two events is."""

    def __init__(self, *events: threading.Event) -> None:
        self._events = events

    def is_set(self) -> bool:
        return any(event.is_set() for event in self._events)
