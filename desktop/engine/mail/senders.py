"""The senders of all accounts: each begins with the first mail it has to send, and is woken by every change."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from desktop.base import clock
from desktop.engine.credentials import Credentials
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.services.mail.sending import Sending
from desktop.store.database import Database

if TYPE_CHECKING:
    from desktop.engine.mail.sender import Sender

_ENDS_S = 10.0
_LOOK_EVERY_S = 0.05


class Senders:
    """Any thread may call."""

    def __init__(self, sending: Sending, credentials: Credentials, mailboxes: Mailboxes, database: Database) -> None:
        self._sending = sending
        self._credentials = credentials
        self._mailboxes = mailboxes
        self._database = database
        self._lock = threading.Lock()
        self._senders: dict[int, Sender] = {}
        self._runs = False

    def start(self) -> None:
        """Begin; what was interrupted by the end of the program is looked into. Raises Problem."""
        self._sending.recover()
        with self._lock:
            self._runs = True
        for account_key in self._sending.senders():
            self.wake(account_key)

    def close(self) -> None:
        """End every sender."""
        with self._lock:
            self._runs = False
            senders = tuple(self._senders.values())
            self._senders.clear()
        for sender in senders:
            sender.stop()
        for sender in senders:
            sender.join(_ENDS_S)

    def finish(self, most_s: float) -> None:
        """Wait until nothing can be done any more, at most so long: the program ends, and what is held goes now."""
        deadline = clock.monotonic() + most_s
        while clock.monotonic() < deadline and self._sending.is_busy():
            time.sleep(_LOOK_EVERY_S)

    def wake(self, account_key: int) -> None:
        """Something changed about the outgoing mails of an account; 0 is none."""
        with self._lock:
            if not self._runs or not account_key:
                return
            sender = self._senders.get(account_key)
            if sender is None:
                sender = self._senders[account_key] = self._made(account_key)
                sender.start()
            sender.wake()

    def retry(self, account_key: int | None = None) -> None:
        """Try at once what waits for its next try, of one account or of all."""
        self._sending.try_now(account_key)
        for key in self._sending.senders():
            if account_key in (None, key):
                self.wake(key)

    def send_once(self, account_key: int) -> None:
        """Do every step of an account that is due, on this thread."""
        self._made(account_key).once()

    def _made(self, account_key: int) -> Sender:
        from desktop.engine.mail.sender import Sender  # brings in what speaks SMTP and IMAP

        return Sender(account_key, self._sending, self._credentials, self._mailboxes, self._database)
