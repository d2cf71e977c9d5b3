"""Mails that are here and go to a folder of a two-way account as well: by queued appends, as everything does."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.operation import Transfer
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.folders import Folders
from desktop.store.mail.messages import Messages
from desktop.store.mail.operations import OperationWriter
from desktop.store.mail.places import Places


class NoTarget(Problem):
    """Nothing may be put into a folder, or it is gone."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("No mail can be put into this folder. Choose one of an account that is not archived only."))


def account_of(view: View, folder_key: int | None) -> int:
    """Return the account of a folder mails may be put into, 0 for no folder. Raises NoTarget."""
    if folder_key is None:
        return 0
    into = Folders(view).destination(folder_key)
    if into is None or not into.two_way:
        raise NoTarget
    return into.account_key


def send(work: UnitOfWork, account_key: int, folder_key: int, keys: Sequence[int]) -> list[int]:
    """Let those mails go to a folder that its account does not have and that are here in full; returns them."""
    places = Places(work).of_emails(keys)
    partial = set(Messages(work).partial(keys))
    sent = [
        key
        for key in keys
        if key not in partial and not any(place.account_key == account_key for place in places.get(key, ()))
    ]
    for key in sent:
        OperationWriter(work).transfer(Transfer(account_key, folder_key, ()), key)
    return sent
