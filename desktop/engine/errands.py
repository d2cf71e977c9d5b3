"""Errands: what a person waits for and only the network can give, on threads of their own."""

from __future__ import annotations

import base64
import hashlib
import logging
import os
import quopri
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

from desktop.base.errors import Problem
from desktop.domain.mail.mail_account import MailAccount
from desktop.engine.mail.account_runner import endpoint_of, tls_of
from desktop.net import errors
from desktop.net.mail.imap.session import Session
from desktop.services.errands import RemotePart, Secrets, TestResult, imap_secret
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.reading import PartUnreachable

log = logging.getLogger(__name__)

LARGEST_PART_BYTES = 2 << 30


class NetworkErrands:
    """Does errands on up to four threads; images have four of their own, so that no download holds them up."""

    def __init__(self, mirror: Mirror, secrets: Secrets) -> None:
        self._mirror = mirror
        self._secrets = secrets
        self._pool = ThreadPoolExecutor(4, "errand")
        self._images = ThreadPoolExecutor(4, "image")
        self._stop = threading.Event()

    def close(self) -> None:
        """Cancel what waits and end."""
        self._stop.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._images.shutdown(wait=False, cancel_futures=True)

    def test_account(self, account: MailAccount, password: str | None) -> Future[TestResult]:
        """Sign in and list folders; never raises for the server's faults."""
        return self._pool.submit(self._test, account, password)

    def _test(self, account: MailAccount, password: str | None) -> TestResult:
        if account.imap is None:
            return TestResult(ok=True)
        try:
            if password is None:
                raise errors.WrongPassword(account.imap.host, account.imap.user or account.address)
            session = Session.open(endpoint_of(account), password, tls_of(account), timeout_s=20, cancel=self._stop)
            try:
                return TestResult(ok=True, folders=tuple(session.list_folders()))
            finally:
                session.close()
        except Problem as problem:
            fingerprint = problem.exception if isinstance(problem, errors.CertificateUntrusted) else ""
            return TestResult(False, problem.text, problem.details, problem.remedy.value, fingerprint)

    def remote_image(self, url: str) -> Future[tuple[bytes, str]]:
        """Fetch an image by the application's own hands."""

        def fetch() -> tuple[bytes, str]:
            from desktop.net import remote_image

            image = remote_image.fetch(url)
            return image.data, image.media_type

        return self._images.submit(fetch)

    def fetch_part(self, part: RemotePart, to: Path, progress: Callable[[int, int], None]) -> Future[Path]:
        """Download a part in chunks beside `to`, decode it, and put it in place. To cancel the future ends it."""
        future: Future[Path] = Future()
        self._pool.submit(self._fetch_part, future, part, to, progress)
        return future

    def _fetch_part(
        self, future: Future[Path], part: RemotePart, to: Path, progress: Callable[[int, int], None]
    ) -> None:
        # the future stays pending until the end: one that is said to run can no longer be cancelled
        try:
            path = self._download(part, to, progress, _Cancel(self._stop, future))
        except Exception as error:  # noqa: BLE001 - whoever waits for the result gets it
            if future.set_running_or_notify_cancel():
                future.set_exception(error)
        else:
            if future.set_running_or_notify_cancel():
                future.set_result(path)

    def _download(self, part: RemotePart, to: Path, progress: Callable[[int, int], None], cancel: _Cancel) -> Path:
        account = self._mirror.account(part.account_key)
        folder = self._mirror.folder(part.folder_key)
        if account is None or folder is None or account.imap is None:
            raise PartUnreachable
        password = self._secrets.get(imap_secret(account)) or ""
        # what is gone on with must be of the very same part, not of another mail's file of that name
        mark = hashlib.sha256(repr(part).encode()).hexdigest()[:16]
        half = to.with_name(f".{to.name[:100]}.{mark}.part")
        session = Session.open(endpoint_of(account), password, tls_of(account), cancel=cancel)
        try:
            selected = session.select(folder.wire_name, read_only=True)
            leaf = next(
                (
                    leaf
                    for leaf in session.fetch_structure([part.uid]).get(part.uid, [])
                    if leaf.section == part.section
                ),
                None,
            )
            if selected.uidvalidity != part.uidvalidity or leaf is None:
                raise PartUnreachable
            descriptor = os.open(half, os.O_RDWR | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "r+b") as file:
                size = file.seek(0, 2)
                while True:
                    if cancel.is_set():
                        raise errors.Cancelled(account.imap.host)
                    chunk = session.fetch_section(part.uid, part.section, size)
                    size += file.write(chunk)
                    progress(size, leaf.size_bytes)
                    if not chunk or size >= leaf.size_bytes:
                        break
                    if size > LARGEST_PART_BYTES:
                        raise errors.TooLarge(account.imap.host, LARGEST_PART_BYTES, uid=part.uid)
        finally:
            session.close()
        descriptor = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            with os.fdopen(descriptor, "wb") as plain:
                _decode(half, plain, leaf.encoding)
        except (OSError, ValueError):
            to.unlink(missing_ok=True)
            raise
        half.unlink(missing_ok=True)
        return to


class _Cancel:
    """Set once a download is cancelled, or the program ends."""

    def __init__(self, stop: threading.Event, future: Future[Path]) -> None:
        self._stop = stop
        self._future = future

    def is_set(self) -> bool:
        return self._stop.is_set() or self._future.cancelled()


def _decode(source: Path, plain: BinaryIO, encoding: str) -> None:
    """Decode a downloaded part chunk by chunk."""
    with source.open("rb") as encoded:
        if encoding == "base64":
            rest = b""
            while chunk := encoded.read(1 << 20):
                letters = rest + chunk.translate(None, b"\r\n \t")
                whole = len(letters) // 4 * 4
                plain.write(base64.b64decode(letters[:whole]))
                rest = letters[whole:]
            plain.write(base64.b64decode(rest + b"=" * (-len(rest) % 4)))
        elif encoding == "quoted-printable":
            quopri.decode(encoded, plain)
        else:
            while chunk := encoded.read(1 << 20):
                plain.write(chunk)
