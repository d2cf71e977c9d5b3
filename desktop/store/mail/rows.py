"""Read-side views in plain SQL: rows of lists, heads of messages, members of conversations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from desktop.domain.mail.address import Address
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import Row
from desktop.domain.mail.membership import EntryFlag, is_unread
from desktop.domain.mail.message import Completeness, Status
from desktop.domain.mail.outbox import Outgoing
from desktop.domain.mail.reading import Conversation, MessageHead
from desktop.domain.mail.reminding import Reminder
from desktop.store.database import View
from desktop.store.mail.drafts import Drafts
from desktop.store.mail.messages import chunks, marks, parts_from_json
from desktop.store.mail.outbox import OutboxRows
from desktop.store.mail.places import EFFECTIVE_FOLDER, THERE, Places
from desktop.store.mail.reminders import Reminders

_ME = "u.email_key = e.key AND u.user_key = (SELECT key FROM user WHERE is_me)"

_ON_ITS_WAY = (Status.SENDING, Status.FAILED)


class Rows:
    """Reads what lists and the reader show."""

    def __init__(self, view: View) -> None:
        self._view = view

    def rows(self, keys: Sequence[int], *, conversations: bool) -> list[Row]:
        """Return the rows of these Emails in the same order; those that are gone are left out.

        With `conversations` a row is unread or starred when any mail of its conversation is.
        """
        found: dict[int, Row] = {}
        for chunk in chunks(keys):
            data = self._view.all(
                "SELECT e.key, e.conversation_key, e.date_ms, e.subject, e.from_name, e.from_address, e.recipients, "
                "e.outgoing, e.snippet, u.read, u.important, u.answered, "
                "u.forwarded, e.has_attachment, e.size_bytes, e.completeness, e.status, u.in_inbox "
                f"FROM email e JOIN email_user u ON {_ME} WHERE e.key IN ({marks(chunk)})",
                chunk,
            )
            members = self._members([row[1] for row in data]) if conversations else {}
            reminders = self._reminders(chunk, conversations=conversations)
            leaving = [row[0] for row in data if row[16] in _ON_ITS_WAY]
            ways = {mail.email_key: mail for mail in OutboxRows(self._view).of_emails(leaving)}
            for row in data:
                reminder = reminders.get(row[0]) or reminders.get(-row[1])
                found[row[0]] = _row(row, members.get(row[1]), reminder, ways.get(row[0]))
        return [found[key] for key in keys if key in found]

    def _members(self, conversation_keys: Sequence[int]) -> dict[int, tuple[int, int]]:
        """Return mails and gathered entry flags of conversations, all folders but Trash and Junk."""
        rows = self._view.all(
            "SELECT conversation_key, mails, flags FROM listing_conversation "
            f"WHERE list_id = ? AND conversation_key IN ({marks(conversation_keys)})",
            (int(Unified.ALL), *conversation_keys),
        )
        return {conversation: (mails, flags) for conversation, mails, flags in rows}

    def _reminders(self, keys: Sequence[int], *, conversations: bool) -> dict[int, Reminder]:
        """Return the reminders of Emails by key, and by the key of a conversation, as negative, that of a mail back."""
        found = Reminders(self._view).of(keys)
        if conversations:
            for conversation, _key, reminder in Reminders(self._view).beside(keys):
                if reminder.is_back:
                    found[-conversation] = reminder
        return found

    def heads(self, keys: Sequence[int]) -> list[MessageHead]:
        """Return the heads of these Emails, in the same order; those that are gone are left out."""
        found: dict[int, MessageHead] = {}
        for chunk in chunks(keys):
            inside = marks(chunk)
            people: dict[int, dict[str, list[Address]]] = {}
            for key, kind, name, address in self._view.all(
                "SELECT p.email_key, p.kind, p.name, a.spelling FROM email_person p "
                "JOIN email_address a ON a.key = p.address_key "
                f"WHERE p.email_key IN ({inside}) ORDER BY p.email_key, p.kind, p.position",
                chunk,
            ):
                people.setdefault(key, {}).setdefault(kind, []).append(Address(name, address))
            accounts: dict[int, set[int]] = {}
            folders: dict[int, list[int]] = {}
            twins = Places(self._view).twins(chunk)
            reminders = Reminders(self._view).of(chunk)
            ways = {mail.email_key: mail for mail in OutboxRows(self._view).of_emails(chunk)}
            kept = {key: Drafts(self._view).of_email(key) for key in ways}
            follow_ups = {key: each.draft.follow_up for key, each in kept.items() if each is not None}
            for key, account, folder in self._view.all(
                f"SELECT p.email_key, p.account_key, {EFFECTIVE_FOLDER} FROM place p "
                f"WHERE p.email_key IN ({inside}) AND {THERE}",
                chunk,
            ):
                accounts.setdefault(key, set()).add(account)
                folders.setdefault(key, []).append(folder)
            for row in self._view.all(
                "SELECT e.key, e.conversation_key, e.message_id, e.subject, e.from_name, e.from_address, e.date_ms, "
                "e.received_ms, e.size_bytes, u.read, u.important, "
                "u.answered, u.forwarded, e.completeness, e.status, e.parts, e.snippet, e.gone_at_ms, e.outgoing, "
                "e.has_html, u.in_inbox "
                f"FROM email e JOIN email_user u ON {_ME} WHERE e.key IN ({inside})",
                chunk,
            ):
                key = row[0]
                by_kind = {kind: tuple(some) for kind, some in people.get(key, {}).items()}
                found[key] = MessageHead(
                    key=key,
                    conversation_key=row[1],
                    message_id=row[2],
                    subject=row[3],
                    sender=Address(row[4], row[5]),
                    reply_to=by_kind.get("reply-to", ()),
                    to=by_kind.get("to", ()),
                    cc=by_kind.get("cc", ()),
                    bcc=by_kind.get("bcc", ()),
                    date_ms=row[6],
                    received_ms=row[7],
                    size_bytes=row[8],
                    unread=is_unread(
                        read=bool(row[9]), in_inbox=bool(row[20]), outgoing=bool(row[18]), status=Status(row[14])
                    ),
                    important=bool(row[10]),
                    answered=bool(row[11]),
                    forwarded=bool(row[12]),
                    completeness=Completeness(row[13]),
                    status=Status(row[14]),
                    parts=parts_from_json(row[15]),
                    snippet=row[16],
                    account_keys=tuple(sorted(accounts.get(key, ()))),
                    folder_keys=tuple(sorted(folders.get(key, ()))),
                    gone=row[17] is not None,
                    twins=len(twins.get(key, ())),
                    outgoing=bool(row[18]),
                    has_html=bool(row[19]),
                    way=ways.get(key),
                    reminder=reminders.get(key),
                    follow_up=follow_ups.get(key),
                )
        return [found[key] for key in keys if key in found]

    def conversation(self, key: int) -> Conversation | None:
        """Return the conversation of an Email, oldest mail first; mails in Trash or Junk only when `key` is there."""
        row = self._view.first("SELECT conversation_key, subject FROM email WHERE key = ?", (key,))
        if row is None:
            return None
        keys = self._view.column(
            "SELECT e.key FROM email e JOIN listing_entry l ON l.email_key = e.key AND l.list_id = ? "
            "WHERE e.conversation_key = ? ORDER BY e.key",
            (int(Unified.ALL), row[0]),
        )
        if key not in keys:
            keys = [key]
        heads = self.heads(keys)
        return Conversation(row[0], heads[0].subject if heads else row[1], tuple(heads))


def _row(row: tuple[Any, ...], members: tuple[int, int] | None, reminder: Reminder | None, way: Outgoing | None) -> Row:
    count, flags = members or (1, 0)
    unread = is_unread(read=bool(row[9]), in_inbox=bool(row[17]), outgoing=bool(row[7]), status=Status(row[16]))
    return Row(
        key=row[0],
        conversation_key=row[1],
        date_ms=row[2],
        subject=row[3],
        sender_name=row[4],
        sender_address=row[5],
        recipients=row[6],
        outgoing=bool(row[7]),
        snippet=row[8],
        unread=unread or bool(flags & EntryFlag.UNREAD),
        important=bool(row[10]) or bool(flags & EntryFlag.STARRED),
        answered=bool(row[11]),
        forwarded=bool(row[12]),
        has_attachment=bool(row[13]) or bool(flags & EntryFlag.ATTACHMENT),
        size_bytes=row[14],
        completeness=Completeness(row[15]),
        status=Status(row[16]),
        way=way,
        count=count,
        reminder=reminder,
    )
