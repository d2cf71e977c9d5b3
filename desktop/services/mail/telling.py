"""Which mails a person is to be told of now. Reads only; any thread."""

from __future__ import annotations

from collections.abc import Collection

from desktop.base import clock
from desktop.domain.mail.telling import NewMail, is_fresh, is_worth, newest_first
from desktop.store.database import Database
from desktop.store.mail.new_mails import NewMails


class Telling:
    """The read side of notifications."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def worth_telling(self, new: Collection[int], told: Collection[int]) -> tuple[NewMail, ...]:
        """Return those of the new mails a person is to be told of, and of those told before which still matter.

        Newest first. What is read, moved away or gone by now is left out.
        """
        wanted = sorted({*new, *told})
        if not wanted:
            return ()
        with self._database.read() as view:
            mails = NewMails(view).of(wanted)
        now = clock.now()
        before = frozenset(told)
        return newest_first(mail for mail in mails if is_worth(mail) and (mail.key in before or is_fresh(mail, now)))
