"""What a Drafts folder gives back: copies of drafts written here, and what other programs made of them (R37)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.base import ids
from desktop.domain.mail.arrival import Arrival, same_text
from desktop.store.database import UnitOfWork
from desktop.store.mail.drafts import Drafts
from desktop.store.mail.messages import Messages
from desktop.store.mail.places import Places


def beside_drafts(
    work: UnitOfWork, folder_key: int, uidvalidity: int, arrivals: Sequence[Arrival]
) -> tuple[list[Arrival], frozenset[int]]:
    """Return arrivals in a Drafts folder as they are to be stored, and the UIDs of copies of our own drafts.

    One that has the id of a draft written here and another text was changed by another program: it is kept apart.
    """
    known = Messages(work).keys_of(arrival.id for arrival in arrivals)
    drafts = Drafts(work).of_emails(list(known.values()))
    if not drafts:
        return list(arrivals), frozenset()
    shown = Messages(work).shown(list(drafts))
    waiting = Places(work).waiting(folder_key, uidvalidity, list(drafts))
    stored, ours = [], set()
    for arrival in arrivals:
        key = known.get(arrival.id)
        if key not in drafts or key is None:
            stored.append(arrival)
            continue
        is_awaited = any(place.size_bytes == arrival.size_bytes for place in waiting.get(key, ()))
        if is_awaited or same_text(arrival.text_digest, shown[key][1]):
            stored.append(arrival)
            ours.add(arrival.uid)
        else:
            stored.append(replace(arrival, id=ids.mail_id("draft of another\n" + arrival.raw_digest.hex())))
    return stored, frozenset(ours)
