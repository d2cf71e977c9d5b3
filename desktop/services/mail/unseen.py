"""Mails at Gmail that left the last folder we are shown, where All Mail is hidden from us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from desktop.domain.mail.state import UserState
from desktop.store.database import UnitOfWork
from desktop.store.mail.life import Life
from desktop.store.mail.states import States, StateWriter
from desktop.store.mail.stray_keys import StrayKeys


def keep_unseen(work: UnitOfWork, email_keys: Sequence[int]) -> None:
    """Keep those of these mails that have no copy left, as archived, until one is found again.

    Another program has archived them, most likely, and Gmail has them still: what a person sees must not go in a month
    because he once switched All Mail off. The reader says that they are no longer on the server. What was deleted
    elsewhere stays here too where it was not seen in Trash: better one mail too many than one too few.
    """
    alone = Life(work).alone(email_keys)
    hidden = set(Life(work).hidden(alone))
    keys = [key for key in alone if key not in hidden]
    Life(work).keep(keys)
    StrayKeys(work).add(keys)
    states = States(work).of(keys)
    StateWriter(work).set({key: replace(states.get(key, UserState()), in_inbox=False, in_archive=True) for key in keys})
