"""An outgoing mail on its way, and the rules of trying: what comes when, what is late, what is given up. Pure.

held -> queued -> sending -> accepted -> gone from the outbox once its copy lies in Sent; or failed; or unknown: the
program or the connection died while the server was taking it. Nothing is sent twice without the person's word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS

LATE_MS = 10 * MINUTE_MS
"""A mail the person gave a time is late when so much later nothing was tried: he is asked (R23)."""
STALE_MS = 24 * HOUR_MS
"""A mail whose next try was due so long ago is not sent unasked any more."""
GIVE_UP_MS = 48 * HOUR_MS
LOOK_AGAIN_MS = 30_000
LOOKS = 2
"""So often an unknown mail is looked for in Sent before the person is asked (R18)."""
FILE_AFTER_MS = (0, 5_000, 15_000, 30_000, 65_000)
"""When Sent is looked into after acceptance, as long as it is not known whether the server files by itself."""
FROM_BACKUP = "from-backup"
"""Stands as the remedy of a mail that a restored database has: it may have been sent since."""
_RETRY_AFTER_MS = (MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, HOUR_MS)


class Stage(StrEnum):
    """Where an outgoing mail is."""

    HELD = "held"
    """It waits for its time; until then it can be taken back."""
    QUEUED = "queued"
    """Its bytes are made; it is sent as soon as that can be."""
    SENDING = "sending"
    ACCEPTED = "accepted"
    """The server has it; its copy is not in Sent yet."""
    FAILED = "failed"
    UNKNOWN = "unknown"


class Fate(StrEnum):
    """What became of one recipient."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of the envelope; `words` are the server's where it was refused, or put off last."""

    address: str
    fate: Fate = Fate.WAITING
    words: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A mail in the outbox."""

    key: int
    email_key: int
    account_key: int | None
    """Whose server sends it; None when that account was removed."""
    stage: Stage
    due_at_ms: int
    """When the next step is to be tried."""
    scheduled: bool
    """The person gave it a time."""
    asks: bool
    """It is late, or may have been sent: the person decides."""
    sender: str
    """Of the envelope."""
    message_id: str
    queued_at_ms: int
    """When it was first to go; 0 while it is held."""
    attempts: int
    looks: int
    problem: str
    details: str
    remedy: str
    subject: str = ""
    recipients: tuple[Recipient, ...] = ()

    @property
    def waiting(self) -> tuple[str, ...]:
        """Addresses it still has to reach."""
        return tuple(each.address for each in self.recipients if each.fate is Fate.WAITING)

    @property
    def refused(self) -> tuple[Recipient, ...]:
        return tuple(each for each in self.recipients if each.fate is Fate.REFUSED)

    @property
    def was_accepted(self) -> bool:
        """A server took it for somebody."""
        return any(each.fate is Fate.ACCEPTED for each in self.recipients)

    @property
    def needs_the_person(self) -> bool:
        """Nothing more is done with it unless the person says so, and he may believe that it was sent."""
        return self.asks or self.stage is Stage.FAILED

    @property
    def leaves_by_itself(self) -> bool:
        """It goes out when its time comes, as long as the program runs."""
        return self.stage in (Stage.HELD, Stage.QUEUED, Stage.SENDING) and not self.asks

    @property
    def may_be_taken_back(self) -> bool:
        """It can become a draft again without anybody getting it: nothing of it has left, as far as is known."""
        return self.stage in (Stage.HELD, Stage.QUEUED, Stage.FAILED) and not self.was_accepted


def is_late(mail: Outgoing, now_ms: int) -> bool:
    """Say whether a mail is so late that the person is asked before it goes (R23)."""
    if mail.stage is Stage.HELD and mail.scheduled:
        return now_ms - mail.due_at_ms > LATE_MS
    if mail.stage is Stage.HELD:
        return now_ms - mail.due_at_ms > STALE_MS
    return mail.stage is Stage.QUEUED and now_ms - mail.due_at_ms > STALE_MS


def retry_at_ms(mail: Outgoing, now_ms: int, asked_ms: int = 0) -> int | None:
    """Return when to try again after a temporary failure, None to give up (R20). `asked_ms` is the server's wish."""
    if now_ms - mail.queued_at_ms > GIVE_UP_MS:
        return None
    return now_ms + max(asked_ms, _RETRY_AFTER_MS[min(mail.attempts, len(_RETRY_AFTER_MS) - 1)])


def wait_for_copy_ms(looks: int) -> int | None:
    """Return how long to wait, after so many looks into Sent, for a server to file a mail by itself (R21).

    None when it had time enough.
    """
    return FILE_AFTER_MS[looks] - FILE_AFTER_MS[looks - 1] if looks < len(FILE_AFTER_MS) else None


def given_up(recipients: tuple[Recipient, ...], words: str) -> tuple[Recipient, ...]:
    """Return recipients once no more is tried for those who still wait; `words` where the server said none."""
    return tuple(
        Recipient(each.address, Fate.REFUSED, each.words or words) if each.fate is Fate.WAITING else each
        for each in recipients
    )


def settled(recipients: tuple[Recipient, ...], refusals: Mapping[str, tuple[str, bool]]) -> tuple[Recipient, ...]:
    """Return what became of recipients after a try that the server took the mail in.

    `refusals` has words and "for good" by address; those that are not in it were accepted.
    """
    found = []
    for each in recipients:
        if each.fate is not Fate.WAITING:
            found.append(each)
        elif each.address not in refusals:
            found.append(Recipient(each.address, Fate.ACCEPTED))
        else:
            words, for_good = refusals[each.address]
            found.append(Recipient(each.address, Fate.REFUSED if for_good else Fate.WAITING, words))
    return tuple(found)
