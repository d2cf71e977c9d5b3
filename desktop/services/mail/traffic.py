"""What came from mailboxes whose providers limit that by the day: counted, and kept over restarts. Any thread."""

from __future__ import annotations

from desktop.base import clock
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import n_
from desktop.domain.mail import allowance
from desktop.domain.mail.allowance import HOUR_MS, Want
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider import Provider
from desktop.domain.mail.providers import provider_of_account
from desktop.store.database import Database
from desktop.store.settings import RECEIVED, SettingValues


class DailyVolumeReached(Problem):
    """As much came from a mailbox within a day as its provider allows; nobody asks its server meanwhile."""

    remedy = Remedy.NONE

    def __init__(self, provider: Provider, until_ms: int) -> None:
        self.wait_s = max((until_ms - clock.now()) / 1000, 1.0)
        hours = max(1, round(self.wait_s * 1000 / HOUR_MS))
        text = n_(
            "{provider} lets {limit} MB be fetched in a day, and that is nearly or wholly reached. It goes on by "
            "itself in about an hour.",
            "{provider} lets {limit} MB be fetched in a day, and that is nearly or wholly reached. It goes on by "
            "itself in about {n} hours.",
            hours,
        )
        super().__init__(text.format(provider=provider.name, limit=provider.daily_bytes // 1_000_000, n=hours))


class Traffic:
    """Counts by account."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def came(self, account: MailAccount, octets: int) -> None:
        """Octets came from the mailbox of an account."""
        if not octets or not _is_limited(account):
            return
        with self._database.write() as work:
            values = SettingValues(work)
            received = allowance.load(values.get(_name(account)) or "{}")
            values.put(work, _name(account), received.plus(octets, clock.now()).dump())

    def check(self, account: MailAccount, want: Want) -> None:
        """Raise DailyVolumeReached where something must wait."""
        if not _is_limited(account):
            return
        with self._database.read() as view:
            received = allowance.load(SettingValues(view).get(_name(account)) or "{}")
        provider, now_ms = provider_of_account(account), clock.now()
        at_ms = allowance.may_fetch_at_ms(want, received, provider.daily_bytes, now_ms)
        if at_ms > now_ms:
            raise DailyVolumeReached(provider, at_ms)


def _is_limited(account: MailAccount) -> bool:
    return bool(account.key and provider_of_account(account).daily_bytes)


def _name(account: MailAccount) -> str:
    return f"{RECEIVED}{account.id}"
