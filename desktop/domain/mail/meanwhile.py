"""Who wrote in a conversation while somebody answers a mail of it: two answers that do not know of each other are one
too many. Pure.

Like every check before sending it would rather say nothing than raise a false alarm: what a machine wrote in somebody's
absence, what was put away, and what has not left do not count.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Status

_LEFT = frozenset({Status.SENDING, Status.SENT, Status.ARCHIVED})


@dataclass(frozen=True, slots=True)
class ThreadMail:
    """A mail of the conversation that is answered, as far as it matters to who answers too."""

    key: int
    sender: Address
    date_ms: int
    received_ms: int
    is_answer: bool
    """It answers the same mail, not another one of the conversation."""
    is_newer: bool
    """It is of a later date than the mail that is answered; one that is fetched late may be older."""
    own: bool = False
    """The person wrote it, perhaps elsewhere."""
    by_machine: bool = False
    put_away: bool = False
    """It lies in Junk or Trash."""
    status: Status = Status.ARCHIVED

    @property
    def counts(self) -> bool:
        """Say whether who answers would want to have read it."""
        from_somebody = self.status in _LEFT and not self.by_machine and not self.put_away
        return from_somebody and (self.is_answer or self.is_newer)


def there_at(begun_ms: int | None, mails: Iterable[ThreadMail]) -> frozenset[int]:
    """Return the keys of the mails that were there when an answer was begun; None: it is begun now."""
    return frozenset(each.key for each in mails if begun_ms is None or each.received_ms <= begun_ms)


def came_since(there: AbstractSet[int], mails: Iterable[ThreadMail]) -> ThreadMail | None:
    """Return what to tell of the mails that were not there: an answer to the same mail first, then the newest."""
    new = [each for each in mails if each.counts and each.key not in there]
    return max(new, key=lambda each: (each.is_answer, each.date_ms, each.key), default=None)
