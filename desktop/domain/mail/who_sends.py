"""Which account sends for each address of the person, where several write as it: one rule for From and for sending.

A mailbox and the server that sends for it may stand in two accounts of the same address, and an account may have the
address of another among its own. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import MailAccount


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends for an address."""

    account: MailAccount
    identity: Identity

    @property
    def _rank(self) -> tuple[bool, bool]:
        """Smaller is better: the account the address is that of, before one that has it beside its own; then one with a
        mailbox, which knows its mails, before one that only sends.
        """
        is_own = self.identity.address.lower() == self.account.address.lower()
        return not is_own, self.account.imap is None

    def goes_before(self, other: Sender) -> bool:
        """Say whether this one is to send and not the other, which the person put before it."""
        return self._rank < other._rank


def senders(accounts: Iterable[MailAccount]) -> dict[str, Sender]:
    """Return who sends for each address, which is in lower case; in the order of the accounts, the default first."""
    found: dict[str, Sender] = {}
    for account in accounts:
        for identity in account.writes_as if account.smtp is not None else ():
            sender, address = Sender(account, identity), identity.address.lower()
            if address not in found or sender.goes_before(found[address]):
                found[address] = sender
    return found
