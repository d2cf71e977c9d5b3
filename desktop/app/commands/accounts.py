"""Finds the mail account a person named on the command line."""

from __future__ import annotations

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.mail_account import MailAccount
from desktop.services.mail.mail_accounts import MailAccounts


class NoSuchMailAccount(Problem):
    """Nobody set up an account with this address."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, named: str) -> None:
        super().__init__(_("There is no mail account {address} in this profile.").format(address=named))


def named(accounts: MailAccounts, name: str) -> MailAccount:
    """Return the account with this address, in any case of letters, or with this id. Raises NoSuchMailAccount.

    Of two with the same address the mailbox is meant; the one that only sends has its id.
    """
    wanted = name.strip().lower()
    found = [account for account in accounts.all() if wanted in (account.address.lower(), str(account.id))]
    if not found:
        raise NoSuchMailAccount(name)
    return min(found, key=lambda account: account.sends_only)
