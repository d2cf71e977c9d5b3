"""Copies of mails sent from here, as their servers keep them: one whose header was changed there is no other mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.domain.mail.arrival import Arrival
from desktop.domain.mail.claiming import SentMail, is_copy
from desktop.domain.mail.conversation import member_hashes
from desktop.domain.mail.providers import provider_of_account
from desktop.store.database import UnitOfWork
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.conversations import Conversations
from desktop.store.mail.messages import Messages
from desktop.store.mail.outbox import SentMails


def as_sent(
    work: UnitOfWork, account_key: int, arrivals: Sequence[Arrival]
) -> tuple[list[Arrival], frozenset[int], set[int]]:
    """Return arrivals among an account's sent mails as they are to be stored, those from here with the id they have.

    Also the UIDs of these, and Emails that came to another conversation: answers name the Message-ID the server gave.
    """
    account = Accounts(work).get(account_key)
    known = Messages(work).keys_of(arrival.id for arrival in arrivals)
    strange = [arrival for arrival in arrivals if arrival.id not in known]
    if account is None or not strange:
        return list(arrivals), frozenset(), set()
    rewrites = provider_of_account(account).rewrites_message_ids
    stored, ours, moved = [], set[int](), set[int]()
    claimed: set[int] = set(known.values())
    for arrival in arrivals:
        key = None
        if arrival in strange and arrival.message.date_ms is not None:
            for candidate, sent in _likest_first(work, account_key, arrival):
                if candidate not in claimed and is_copy(arrival.message, sent, rewrites_message_ids=rewrites):
                    key = candidate
                    named = (*arrival.message.references, sent.message_id)
                    hashes = member_hashes(replace(arrival.message, references=named))
                    moved |= Conversations(work).place([(key, hashes)])[1]
                    break
        if key is None:
            stored.append(arrival)
            continue
        claimed.add(key)
        ours.add(arrival.uid)
        stored.append(replace(arrival, id=Messages(work).ids_of([key])[key]))
    return stored, frozenset(ours), moved


def _likest_first(work: UnitOfWork, account_key: int, arrival: Arrival) -> list[tuple[int, SentMail]]:
    """Return the mails sent in the second of an arrival; of two alike in all but their text each gets its own copy."""
    assert arrival.message.date_ms is not None
    sent = SentMails(work).of_second(account_key, arrival.message.date_ms)
    shown = Messages(work).shown(list(sent)) if len(sent) > 1 else {}
    return sorted(sent.items(), key=lambda each: each[0] in shown and shown[each[0]][1] != arrival.text_digest)
