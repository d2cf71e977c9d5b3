"""Two rows that turn out to be one Email: an unreadable mail a newer parser could read is what it really is.

What hung on the one goes over to the other: copies on servers, the person's view, what keeps it.
"""

from __future__ import annotations

from desktop.domain.mail.state import joined
from desktop.store.database import UnitOfWork
from desktop.store.mail.life import Life
from desktop.store.mail.messages import MessageWriter
from desktop.store.mail.reminders import ReminderWriter
from desktop.store.mail.states import States, StateWriter
from desktop.store.mail.stray_keys import StrayKeys


class Joining:
    """Works inside one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def take_over(self, key: int, other: int, text_digest: bytes) -> list[bytes]:
        """Let the Email `key` take over all that hangs on `other`, which goes; returns the sources that one named.

        `text_digest` is what the copies of `other` read as now. Where `key` was about to be deleted for good it stays,
        since `other` was not. What was kept only until a server is found to have it stays so.
        """
        until_found = StrayKeys(self._work).found([other]) and not self._work.value(
            "SELECT kept FROM email WHERE key = ?", (key,)
        )
        self._work.run("UPDATE place SET email_key = ?, text_digest = ? WHERE email_key = ?", (key, text_digest, other))
        self._work.run(
            "UPDATE email AS n SET kept = max(n.kept, o.kept), "
            "parent_type = CASE WHEN n.parent_id IS NULL THEN o.parent_type ELSE n.parent_type END, "
            "parent_id = coalesce(n.parent_id, o.parent_id), account_id = coalesce(n.account_id, o.account_id), "
            "extra = json_patch(o.extra, n.extra) FROM email AS o WHERE n.key = ? AND o.key = ?",
            (key, other),
        )
        Life(self._work).revive([key])
        if until_found:
            self._until_found(key)
        self._join_views(key, other)
        return MessageWriter(self._work).delete([other])

    def _until_found(self, key: int) -> None:
        is_there = self._work.value(
            "SELECT 1 FROM place p JOIN mail_account a ON a.key = p.account_key "
            "WHERE p.email_key = ? AND a.mode = 'two-way'",
            (key,),
        )
        if is_there:
            Life(self._work).let_go([key])
        else:
            StrayKeys(self._work).add([key])

    def _join_views(self, key: int, other: int) -> None:
        states = States(self._work).of([key, other])
        self._work.run("UPDATE OR IGNORE email_user SET email_key = ? WHERE email_key = ?", (key, other))
        if len(states) == 2:
            StateWriter(self._work).set({key: joined(states[key], states[other])})
        ReminderWriter(self._work).take_over(key, other)
        self._work.run(
            "UPDATE email_user AS n SET my_folder_key = coalesce(n.my_folder_key, o.my_folder_key) "
            "FROM email_user AS o "
            "WHERE n.email_key = ? AND o.email_key = ? AND n.user_key = o.user_key",
            (key, other),
        )
