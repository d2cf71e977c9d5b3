"""What the person's accounts know that helps to judge a sender: who receives his mail, and whose domains he knows.

The domains of people he wrote to are read at times and not with every mail that is opened. Any thread.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence

from desktop.base import clock
from desktop.domain.mail import receiver
from desktop.domain.mail.lookalikes import KnownDomains
from desktop.domain.mail.receiver import Receiver
from desktop.store.database import Database
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.messages import Messages

KEPT_S = 1800.0
MOST_MAILS = 10_000
"""The newest of those he sent: to read them takes some 50 ms, which somebody waits for."""


class Acquaintance:
    """Answers for mails that are opened."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._known = KnownDomains(())
        self._read_at_s: float | None = None

    def receiver(self, account_keys: Sequence[int]) -> Receiver:
        """Return who receives the mails of these accounts; of none of them nobody is believed."""
        if not account_keys:
            return Receiver()
        with self._database.read() as view:
            return receiver.of_accounts(a for a in Accounts(view).all() if a.key in account_keys)

    def known_around(self, domain: str) -> tuple[str, ...]:
        """Return which known domains this one passes for, or itself where it is known."""
        return self._known_domains().around(domain)

    def _known_domains(self) -> KnownDomains:
        with self._lock:
            now_s = clock.monotonic()
            if self._read_at_s is None or now_s - self._read_at_s > KEPT_S:
                with self._database.read() as view:
                    own = {address.rpartition("@")[2] for address in Accounts(view).own_addresses()}
                    self._known = KnownDomains(own | Messages(view).domains_written_to(MOST_MAILS))
                self._read_at_s = now_s
            return self._known
