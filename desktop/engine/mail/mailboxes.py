"""The one door to the mailboxes of accounts: every IMAP session there is, of whatever kind, is opened and counted here.

What is known of the provider of an account (`domain.mail.providers`) is applied here, so that nobody behind the door
need think of it. Any thread; what speaks IMAP is imported with the first session.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from desktop.domain.mail.allowance import Want
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.providers import provider_of_account
from desktop.engine.credentials import Credentials
from desktop.engine.mail.admission import Admission
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Credential
from desktop.services.mail.traffic import Traffic

if TYPE_CHECKING:
    from desktop.net.mail.imap.session import Session


class Mailboxes:
    """Opens sessions."""

    def __init__(self, credentials: Credentials, traffic: Traffic) -> None:
        self._credentials = credentials
        self._traffic = traffic
        self._lock = threading.Lock()
        self._admissions: dict[tuple[str, str], Admission] = {}
        self._uncounted: dict[int, dict[Session, int]] = {}
        """Account -> its open sessions, and how much of what each received is counted."""

    @contextmanager
    def session(
        self,
        account: MailAccount,
        *,
        shown: Credential | None = None,
        timeout_s: float = 60.0,
        cancel: Stop | None = None,
        give_way: Callable[[], None] | None = None,
        by_person: bool = False,
        tried: Callable[[errors.NetProblem | None], None] | None = None,
    ) -> Iterator[Session]:
        """Give a session of an account, which must have an IMAP half, for a `with` block.

        It is closed politely where all went well, at once where not. Who wants more connections than the provider
        bears waits in line; `give_way` is as `Admission.entered` has it, and `by_person` says that a person insists.
        `shown` stands in for the credential that is kept, `timeout_s` is the longest silence borne, and `tried` hears
        of every sign-in what came of it. Raises NetProblem.
        """
        from desktop.engine.mail import sessions

        provider = provider_of_account(account)

        def sign_in(credential: Credential) -> Session:
            try:
                opened = sessions.open_session(account, credential, provider, timeout_s=timeout_s, cancel=cancel)
            except errors.NetProblem as problem:
                if tried is not None:
                    tried(problem)
                raise
            if tried is not None:
                tried(None)
            return opened

        admission = self._admission(account, provider.most_connections)
        with admission.entered(cancel, give_way=give_way, insists=by_person):
            session = self._credentials.fetching(account, sign_in, shown=shown, cancel=cancel)
            with self._lock:
                self._uncounted.setdefault(account.key, {})[session] = 0
            try:
                yield session
            except BaseException:
                session.abort()
                raise
            finally:
                session.close()
                try:
                    self._count(account)
                finally:
                    with self._lock:
                        del self._uncounted[account.key][session]

    def check_volume(self, account: MailAccount, want: Want) -> None:
        """Raise DailyVolumeReached where something must wait, so that a provider is not asked for more than it gives.

        Called between portions: what open sessions of the account have received meanwhile is counted here.
        """
        self._count(account)
        self._traffic.check(account, want)

    def _count(self, account: MailAccount) -> None:
        octets = 0
        with self._lock:
            sessions = self._uncounted.get(account.key, {})
            for session, counted in sessions.items():
                sessions[session] = session.received_bytes
                octets += sessions[session] - counted
        self._traffic.came(account, octets)

    def _admission(self, account: MailAccount, most: int) -> Admission:
        """Return who watches over the connections to a mailbox; accounts that lead to the same one share it."""
        with self._lock:
            mailbox = (account.imap_host.lower(), account.imap_user)
            if mailbox not in self._admissions:
                self._admissions[mailbox] = Admission(account.imap_host, most)
            return self._admissions[mailbox]
