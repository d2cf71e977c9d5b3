"""One thread per sending account: makes, sends and files its outgoing mails, one step after another.

Every step is noted before a server hears of it (`services.mail.sending`), so a kill at any moment leaves a mail unsent,
sent, or unknown and asked about: never sent twice by itself, never lost.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.domain.mail.address_write import spelled
from desktop.domain.mail.folder import Role
from desktop.domain.mail.mail_account import FilesSent
from desktop.domain.mail.message import Flag
from desktop.domain.mail.outbox import HOUR_MS, MINUTE_MS, Outgoing, Stage
from desktop.engine.credentials import Credentials
from desktop.engine.mail.lying import is_sent_here
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.engine.mail.sessions import open_sending
from desktop.net import errors
from desktop.net.credentials import Credential
from desktop.net.mail.imap import names
from desktop.net.mail.imap.session import Session
from desktop.net.mail.smtp.session import SmtpSession
from desktop.services.mail.leaving import NoServerToSend
from desktop.services.mail.sending import Filing, Sending
from desktop.store.database import Database, DiskFull

log = logging.getLogger(__name__)

_LONGEST_WAIT_S = 3600.0
_FULL_DISK_S = 60.0
_FILE_AGAIN_MS = 5 * MINUTE_MS


class Sender:
    """Sends what one account has in the outbox until it is stopped; `once` does what is due on the caller's thread."""

    def __init__(
        self, account_key: int, sending: Sending, credentials: Credentials, mailboxes: Mailboxes, database: Database
    ) -> None:
        self._account_key = account_key
        self._sending = sending
        self._credentials = credentials
        self._mailboxes = mailboxes
        self._database = database
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._session: SmtpSession | None = None
        self._owed: Callable[[], None] | None = None
        """What came of the last try, as long as it is not written."""
        self._refusal: Problem | None = None
        """What the server said of one mail and goes for all that are due: it is not asked again for them (R9, R10)."""
        self._thread = threading.Thread(target=self._run, name=f"sender-{account_key}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wake(self) -> None:
        """Something about the outbox changed."""
        self._wake.set()

    def stop(self) -> None:
        """Ask the thread to end. What a server is taking at this moment is unknown then, and looked for later."""
        self._stop.set()
        self._wake.set()

    def join(self, timeout_s: float = 10.0) -> None:
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def once(self) -> None:
        """Do every step that is due now."""
        self._pay()
        self._refusal = None
        try:
            while not self._stop.is_set() and (mail := self._sending.next(self._account_key)) is not None:
                self._step(mail)
        finally:
            self._hang_up()

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            wait_s = _LONGEST_WAIT_S
            try:
                self.once()
                at_ms = self._sending.next_at(self._account_key)
                if at_ms is not None:
                    wait_s = min(max(at_ms - clock.now(), 0) / 1000, _LONGEST_WAIT_S)
            except DiskFull:
                wait_s = _FULL_DISK_S
            except Exception:
                log.exception("a sender failed")
                wait_s = _FULL_DISK_S
            self._wake.wait(wait_s)
        self._database.close_thread()

    def _step(self, mail: Outgoing) -> None:
        match mail.stage:
            case Stage.HELD:
                self._sending.make(mail)
            case Stage.QUEUED:
                self._send(mail)
            case Stage.ACCEPTED:
                self._file(mail)
            case Stage.UNKNOWN:
                self._look(mail)

    # sending

    def _send(self, mail: Outgoing) -> None:
        if self._refusal is not None:
            self._sending.put_off(mail, self._refusal, _wish_ms(self._refusal), counts=False)
            return
        try:
            session = self._connected(mail.sender)
        except errors.Cancelled:
            return
        except Problem as problem:
            # not the fault of the mail: that is no try (R18)
            self._refusal = problem
            self._sending.put_off(mail, problem, _wish_ms(problem), counts=False)
            return
        parcel = self._sending.begin(mail)
        if parcel is None:
            return
        written = {spelled(address): address for address in parcel.recipients}
        try:
            receipt = session.send(
                spelled(parcel.sender), list(written), parcel.size_bytes, self._sending.pieces(parcel)
            )
        except errors.OutcomeUnknown:
            self._owed = partial(self._sending.lost, mail)
        except errors.Cancelled as problem:
            self._owed = partial(self._sending.put_off, mail, problem, counts=False)
        except Problem as problem:
            if problem.can_retry:
                if _is_for_all(problem):
                    self._refusal = problem
                self._owed = partial(self._sending.put_off, mail, problem, _asked_ms(problem))
            else:
                self._owed = partial(self._sending.fail, mail, problem)
        except BaseException:
            self._hang_up()
            self._sending.lost(mail)
            raise
        else:
            refused = receipt.refused.items()
            refusals = {written.get(address, address): (each.words, each.permanent) for address, each in refused}
            self._owed = partial(self._sending.taken, mail, refusals)
            self._pay()
            return
        self._hang_up()
        self._pay()

    def _pay(self) -> None:
        """Write what came of the last try; what a full disk keeps from it is written before anything else."""
        if self._owed is not None:
            self._owed()
            self._owed = None

    def _connected(self, sender: str) -> SmtpSession:
        if self._session is None:
            account = self._sending.account(self._account_key)
            if account is None or account.smtp is None:
                raise NoServerToSend(sender)

            def sign_in(credential: Credential | None) -> SmtpSession:
                return open_sending(account, credential, cancel=self._stop)

            self._session = self._credentials.sending(account, sign_in, cancel=self._stop)
        return self._session

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    # the copy in Sent

    def _file(self, mail: Outgoing) -> None:
        self._hang_up()
        filing = self._sending.filing(mail)
        if filing is None or filing.is_done_by_server:
            self._sending.filed(mail, filing, by_itself=False)
            return
        try:
            with self._mailboxes.session(filing.account, cancel=self._stop) as session:
                self._file_in(session, mail, filing)
        except errors.Cancelled:
            return
        except Problem as problem:
            self._sending.file_later(mail, problem, max(_asked_ms(problem), _FILE_AGAIN_MS))

    def _file_in(self, session: Session, mail: Outgoing, filing: Filing) -> None:
        wire_name = filing.folder.wire_name if filing.folder is not None else _sent_folder(session)
        selected = session.select(wire_name)
        may_file_itself = filing.habit is not FilesSent.NOT
        if is_sent_here(session, filing.account, selected, filing.sent):
            self._sending.filed(mail, filing, by_itself=may_file_itself)
            return
        if may_file_itself and self._sending.not_filed_yet(mail):
            return
        self._sending.files_itself_not(filing)
        size_bytes = len(filing.head) + filing.parcel.size_bytes
        where = session.append(
            wire_name,
            filing.head,
            Flag.SEEN,
            clock.now(),
            rest=self._sending.pieces(filing.parcel),
            rest_bytes=filing.parcel.size_bytes,
        )
        self._sending.filed(mail, filing, by_itself=False, where=(*where, size_bytes) if where else None)

    def _look(self, mail: Outgoing) -> None:
        """Look for a mail that may have been sent where its server keeps what it has sent (R18)."""
        self._hang_up()
        filing = self._sending.filing(mail)
        if filing is None:
            self._sending.looked(mail, False)
            return
        try:
            with self._mailboxes.session(filing.account, cancel=self._stop) as session:
                self._sending.looked(mail, _is_in_sent(session, filing))
        except errors.Cancelled:
            return
        except Problem as problem:
            self._sending.look_later(mail, max(_asked_ms(problem), MINUTE_MS))


_FOR_THE_PERSON = (Remedy.SIGN_IN, Remedy.TRUST_CERTIFICATE, Remedy.SETTINGS, Remedy.UNLOCK)


def _wish_ms(problem: Problem) -> int:
    """Return how long to wait at least; only the person can help with a password or a certificate."""
    return HOUR_MS if problem.remedy in _FOR_THE_PERSON else _asked_ms(problem)


def _asked_ms(problem: Problem) -> int:
    return int(problem.back_off_s * 1000) if isinstance(problem, errors.NetProblem) else 0


def _is_for_all(problem: Problem) -> bool:
    """Say whether a server would take no other mail of the account either."""
    if isinstance(problem, errors.SendingPostponed):
        return problem.for_all
    return isinstance(problem, errors.NetProblem) and problem.back_off_s > 0


def _is_in_sent(session: Session, filing: Filing) -> bool:
    for folder in session.list_folders():
        if folder.selectable and folder.role in (Role.SENT, Role.ALL):
            selected = session.select(folder.wire_name, read_only=True)
            if is_sent_here(session, filing.account, selected, filing.sent):
                return True
    return False


def _sent_folder(session: Session) -> bytes:
    """Return the folder for sent mail, made where there is none."""
    for folder in session.list_folders():
        if folder.role is Role.SENT and folder.selectable:
            return folder.wire_name
    wire_name = session.personal_prefix() + names.encode("Sent")
    session.create(wire_name, Role.SENT)
    return wire_name
