"""Which conversation each Message-ID belongs to, and joining conversations that turn out to be one."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.domain.mail.conversation import surviving
from desktop.store.database import UnitOfWork
from desktop.store.mail.messages import chunks, marks


class Conversations:
    """Works inside one unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def place(self, mails: Sequence[tuple[int, tuple[int, ...]]]) -> tuple[dict[int, int], set[int]]:
        """Give each mail (key, hashes of the ids it has or names) its conversation.

        Returns the conversation of each mail, and the keys of Emails already here that moved to another one.
        """
        wanted = list(dict.fromkeys(h for _, hashes in mails for h in hashes))
        known = self._known(wanted)
        joined: dict[int, int] = {}
        of_mail: dict[int, int] = {}
        fresh: dict[int, int] = {}

        def current(conversation: int) -> int:
            while conversation in joined:
                conversation = joined[conversation]
            return conversation

        for key, hashes in mails:
            found = {current(known[h]) for h in hashes if h in known}
            conversation = surviving(found) if found else key
            for other in found - {conversation}:
                joined[other] = conversation
            for h in hashes:
                if h not in known:
                    fresh[h] = conversation
                known[h] = conversation
            of_mail[key] = conversation
        self._work.many(
            "INSERT INTO conversation_member (message_hash, conversation_key) VALUES (?, ?)",
            [(h, current(conversation)) for h, conversation in fresh.items()],
        )
        moved: set[int] = set()
        for old in joined:
            new = current(old)
            moved.update(self._work.column("SELECT key FROM email WHERE conversation_key = ?", (old,)))
            self._work.run("UPDATE email SET conversation_key = ? WHERE conversation_key = ?", (new, old))
            self._work.run("UPDATE conversation_member SET conversation_key = ? WHERE conversation_key = ?", (new, old))
        return {key: current(conversation) for key, conversation in of_mail.items()}, moved

    def _known(self, hashes: Sequence[int]) -> dict[int, int]:
        known: dict[int, int] = {}
        for chunk in chunks(hashes):
            sql = (
                f"SELECT message_hash, conversation_key FROM conversation_member WHERE message_hash IN ({marks(chunk)})"
            )
            known.update(self._work.all(sql, chunk))
        return known
