"""Errands: what a person waits for and only the network can give, on threads of their own.

What speaks IMAP is imported by the first errand that needs it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from desktop.base.errors import Problem
from desktop.domain.mail.account_check import Check, TellCheck
from desktop.domain.mail.allowance import Want
from desktop.domain.mail.discovery import Discovery, Verdict, of_provider
from desktop.domain.mail.folder import ServerFolder
from desktop.domain.mail.found_server import domain_of
from desktop.domain.mail.grant import Client, Grant
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Provider
from desktop.engine.credentials import Credentials, policy_of
from desktop.engine.downloads import Downloads, Source, Stopped
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.net import errors
from desktop.net.connect import Stop
from desktop.net.credentials import Bearer, Credential, Password
from desktop.services.errands import RemotePart, Secrets, SigningIn, TestResult
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.reading import unreachable

if TYPE_CHECKING:
    from desktop.net.mail.imap.session import Session
    from desktop.net.mail.smtp.session import SmtpSession

T = TypeVar("T")

LARGEST_PART_BYTES = 2 << 30
MOST_SESSIONS = 2
"""Of an account, beside that of its thread (R9)."""


class NetworkErrands:
    """Does errands on threads of their kind: four, four for images, and two of each account for its downloads.

    A download that waits its turn lies in the queue of its account and holds no thread, so that nothing else waits.
    `find_provider` returns the provider of an address.
    """

    def __init__(
        self,
        mirror: Mirror,
        secrets: Secrets,
        credentials: Credentials,
        mailboxes: Mailboxes,
        downloads: Downloads,
        find_provider: Callable[[str], Provider | None],
    ) -> None:
        self._find_provider = find_provider
        self._mirror = mirror
        self._secrets = secrets
        self._credentials = credentials
        self._mailboxes = mailboxes
        self._downloads = downloads
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(4, "errand")
        self._images = ThreadPoolExecutor(4, "image")
        self._fetchers: dict[int, ThreadPoolExecutor] = {}
        self._unlocking: Future[None] | None = None
        self._stop = threading.Event()

    def close(self) -> None:
        """Cancel what waits and end."""
        with self._lock:
            self._stop.set()
            fetchers = tuple(self._fetchers.values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._images.shutdown(wait=False, cancel_futures=True)
        for fetcher in fetchers:
            fetcher.shutdown(wait=False)  # those in the queue cancel themselves, so that nobody waits for them

    def test_account(
        self,
        account: MailAccount,
        password: str | None,
        sending: str | None = None,
        tell: TellCheck | None = None,
        grant: Grant | None = None,
    ) -> Future[TestResult]:
        """Sign in, list folders, and sign in where mails are sent; never raises for the servers' faults."""
        return self._cancellable(lambda cancel: self._test(account, password, sending, grant, tell or _untold, cancel))

    def _test(
        self,
        account: MailAccount,
        password: str | None,
        sending: str | None,
        grant: Grant | None,
        tell: TellCheck,
        cancel: Stop,
    ) -> TestResult:
        from desktop.engine.mail.account_trial import TIMEOUT_S, try_incoming, try_outgoing
        from desktop.engine.mail.sessions import open_sending

        def send(credential: Credential | None) -> SmtpSession:
            return open_sending(account, credential, cancel=cancel)

        if grant is not None:
            account = replace(account, oauth_provider=grant.provider_id)
        token = Bearer(grant.access_token) if grant is not None else None
        shown = token or (Password(password) if password is not None else None)
        sent = Password(sending) if sending is not None else token
        folders: tuple[ServerFolder, ...] = ()
        sends = False
        try:
            if account.imap is not None:
                incoming = self._mailboxes.session(
                    account, shown=shown, timeout_s=TIMEOUT_S, cancel=cancel, by_person=True
                )
                folders = try_incoming(account, incoming, tell)
            sends = account.smtp is not None
            if sends:
                try_outgoing(partial(self._credentials.sending, account, send, shown=sent, cancel=cancel), tell)
        except Problem as problem:
            certificate = problem.certificate if isinstance(problem, errors.CertificateUntrusted) else None
            return TestResult(False, problem.text, problem.details, problem.remedy.value, certificate, folders, sends)
        return TestResult(ok=True, folders=folders)

    def discover(self, address: str, progress: Callable[[int, int], None]) -> Future[Discovery]:
        """Look for the servers of an address."""
        return self._cancellable(lambda cancel: self._discover(address, progress, cancel))

    def _discover(self, address: str, progress: Callable[[int, int], None], cancel: Stop) -> Discovery:
        domain = domain_of(address)
        if not domain:
            return Discovery("", Verdict.NOTHING)
        provider = self._find_provider(address)
        known = of_provider(provider) if provider is not None else None
        if known is not None:
            return Discovery(domain, Verdict.FOUND, known)
        from desktop.net.discovery.discover import Discoverer

        return Discoverer().discover(domain, progress, cancel)

    def _cancellable(self, do: Callable[[Stop], T]) -> Future[T]:
        """Do something that looks whether it was cancelled, on an errand thread."""
        future: Future[T] = Future()
        with self._lock:
            if self._stop.is_set():
                _end(future)
            else:
                begun = self._pool.submit(_carry_out, future, do, _Cancel(self._stop, future))
                begun.add_done_callback(lambda its_turn: _end(future) if its_turn.cancelled() else None)
        return future

    def sign_in(
        self,
        provider: Provider,
        client: Client,
        address: str,
        open_browser: Callable[[str], None],
        account: MailAccount | None = None,
    ) -> SigningIn:
        """Let a person sign in in the browser, on a thread of its own: he may take minutes."""
        from desktop.net.oauth.flow import Flow

        future: Future[Grant] = Future()
        flow = Flow(provider, client, address, policy_of(account) if account is not None else None)
        cancel = _Cancel(self._stop, future)

        def work() -> None:
            try:
                grant = flow.run(open_browser, cancel)
            except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
                if future.set_running_or_notify_cancel():
                    future.set_exception(error)
            else:
                if future.set_running_or_notify_cancel():
                    future.set_result(grant)

        threading.Thread(target=work, name="browser-sign-in", daemon=True).start()
        return SigningIn(future, flow.paste)

    def unlock(self) -> Future[None]:
        """Get at the passwords, asking the person where it takes him; who asks meanwhile waits for the same answer.

        It waits as long as he needs, on a thread of its own that keeps nobody from ending the program.
        """
        with self._lock:
            if self._unlocking is None or self._unlocking.done():
                self._unlocking = Future()
                self._unlocking.set_running_or_notify_cancel()
                threading.Thread(
                    target=self._unlock, args=(self._unlocking,), name="errand-unlock", daemon=True
                ).start()
            return self._unlocking

    def _unlock(self, answer: Future[None]) -> None:
        try:
            self._secrets.unlock(patiently=True)
        except Exception as error:  # noqa: BLE001 - who waits is told
            answer.set_exception(error)
        else:
            answer.set_result(None)

    def remote_image(self, url: str) -> Future[bytes]:
        """Fetch an image by the application's own hands."""

        def fetch() -> bytes:
            from desktop.net import remote_image

            return remote_image.fetch(url, cancel=self._stop)

        return self._images.submit(fetch)

    def unsubscribe(self, url: str) -> Future[None]:
        """Leave a mail list by one request."""

        def ask() -> None:
            from desktop.net import unsubscribe

            unsubscribe.unsubscribe(url, cancel=self._stop)

        return self._pool.submit(ask)

    def fetch_part(self, part: RemotePart, to: Path, progress: Callable[[int, int], None]) -> Future[Path]:
        """Download a part, or a mail, and put it, decoded and whole, in place. To cancel the future ends it."""
        future: Future[Path] = Future()
        with self._lock:
            if self._stop.is_set():
                _end(future)
            else:
                fetcher = self._fetchers.get(part.account_key)
                if fetcher is None:
                    fetcher = ThreadPoolExecutor(MOST_SESSIONS, f"download-{part.account_key}")
                    self._fetchers[part.account_key] = fetcher
                fetcher.submit(self._fetch_part, future, part, to, progress)
        return future

    def _fetch_part(
        self, future: Future[Path], part: RemotePart, to: Path, progress: Callable[[int, int], None]
    ) -> None:
        def download(cancel: _Cancel) -> Path:
            self._download(part, to, progress, cancel)
            return to

        _carry_out(future, download, _Cancel(self._stop, future))

    def _download(self, part: RemotePart, to: Path, progress: Callable[[int, int], None], cancel: _Cancel) -> None:
        account = self._mirror.account(part.account_key)
        folder = self._mirror.folder(part.folder_key)
        if account is None or folder is None or account.imap is None:
            raise unreachable(part.section)
        from desktop.net.mail.imap.reading import CHUNK_BYTES

        with self._mailboxes.session(account, cancel=cancel) as session:
            selected = session.select(folder.wire_name, read_only=True)
            announced = _announced(session, part) if selected.uidvalidity == part.uidvalidity else None
            if announced is None:
                raise unreachable(part.section)
            encoding, size_bytes = announced
            is_large = size_bytes > account.size_limit_bytes

            def read(offset: int) -> bytes:
                if is_large:  # what a person opens is tried, whatever came today
                    self._mailboxes.check_volume(account, Want.MUCH)
                if offset > LARGEST_PART_BYTES:
                    raise errors.TooLarge(account.imap_host, LARGEST_PART_BYTES, uid=part.uid)
                chunk = session.fetch_section(part.uid, part.section, offset)
                if not chunk and offset < size_bytes and not session.fetch_overview([part.uid]):
                    # deleted meanwhile: what is here is not the whole
                    raise unreachable(part.section)
                return chunk

            name = (account.id, folder.wire_name, part.uidvalidity, part.uid, part.section)
            source = Source(name, encoding, size_bytes, CHUNK_BYTES, read)
            try:
                self._downloads.fetch(source, to, progress, cancel)
            except (Stopped, errors.Cancelled) as error:
                if cancel.by_person:
                    self._downloads.forget(source)
                raise errors.Cancelled(account.imap_host) from error


def _announced(session: Session, part: RemotePart) -> tuple[str, int] | None:
    """Return how a part is encoded and its size in octets as the server tells it; None where it is not there."""
    if not part.section:
        mail = session.fetch_overview([part.uid]).get(part.uid)
        return None if mail is None else ("", mail.size_bytes)
    leaves = session.fetch_structure([part.uid]).get(part.uid, [])
    return next(((leaf.encoding, leaf.size_bytes) for leaf in leaves if leaf.section == part.section), None)


def _untold(_check: Check) -> None:
    """Tell nobody of a step."""


def _carry_out(future: Future[T], do: Callable[[_Cancel], T], cancel: _Cancel) -> None:
    """Do something and give the future what came of it.

    The future stays pending until the end: one that is said to run can no longer be cancelled.
    """
    if cancel.is_set():
        _end(future)
        return
    try:
        result = do(cancel)
    except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
        if future.set_running_or_notify_cancel():
            future.set_exception(error)
    else:
        if future.set_running_or_notify_cancel():
            future.set_result(result)


def _end(future: Future[T]) -> None:
    """Cancel what has not begun."""
    future.cancel()
    future.set_running_or_notify_cancel()


class _Cancel:
    """Set once what a future stands for is cancelled, or the program ends."""

    def __init__(self, stop: threading.Event, future: Future[Any]) -> None:
        self._stop = stop
        self._future = future

    @property
    def by_person(self) -> bool:
        return self._future.cancelled() and not self._stop.is_set()

    def is_set(self) -> bool:
        return self._stop.is_set() or self._future.cancelled()
