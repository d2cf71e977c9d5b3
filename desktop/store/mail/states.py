"""EmailUser: each person's view of each Email, kept in step with the places of two-way accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from desktop.base import clock
from desktop.domain.mail.folder import Role
from desktop.domain.mail.message import Flag, Status
from desktop.domain.mail.state import Place, UserState, archived_state, state_from_places, status_from_places
from desktop.store.database import UnitOfWork, View
from desktop.store.mail.life import Life
from desktop.store.mail.messages import DELETED_AT_MS, chunks, marks
from desktop.store.mail.places import EFFECTIVE_FLAGS, Places
from desktop.store.mail.reminders import ReminderWriter

_COLUMNS = ("read", "important", "answered", "forwarded", "in_inbox", "in_archive", "in_junk", "in_trash")

_REPLY = (
    "r.outgoing AND r.in_reply_to <> '' AND o.message_id <> '' AND r.status <> 'draft' AND r.key <> o.key AND EXISTS "
    "(SELECT 1 FROM place p JOIN folder f ON f.key = p.folder_key WHERE p.email_key = r.key AND f.role = 'sent')"
)


class States:
    """Reads the profile's user and his view of mails."""

    def __init__(self, view: View) -> None:
        self._view = view

    def me(self) -> int:
        """Return the key of the profile's user."""
        return int(self._view.value("SELECT key FROM user WHERE is_me"))

    def of(self, email_keys: Sequence[int]) -> dict[int, UserState]:
        """Return the user's view of each Email that has one."""
        found: dict[int, UserState] = {}
        for chunk in chunks(email_keys):
            rows = self._view.all(
                f"SELECT email_key, {', '.join(_COLUMNS)} FROM email_user "
                f"WHERE user_key = ? AND email_key IN ({marks(chunk)})",
                (self.me(), *chunk),
            )
            found.update((row[0], UserState(*map(bool, row[1:]))) for row in rows)
        return found


class StateWriter:
    """Writes EmailUser rows inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def set(self, states: Mapping[int, UserState]) -> None:
        """Store the user's view of Emails; reminders that have no point then are over."""
        me = States(self._work).me()
        updates = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS)
        self._work.many(
            f"INSERT INTO email_user (email_key, user_key, {', '.join(_COLUMNS)}) "
            f"VALUES (?, ?, {marks(_COLUMNS)}) ON CONFLICT DO UPDATE SET {updates}",
            [
                (
                    key,
                    me,
                    s.read,
                    s.important,
                    s.answered,
                    s.forwarded,
                    s.in_inbox,
                    s.in_archive,
                    s.in_junk,
                    s.in_trash,
                )
                for key, s in states.items()
            ],
        )
        ReminderWriter(self._work).end_pointless(states)

    def follow_places(self, email_keys: Iterable[int]) -> frozenset[int]:
        """Bring EmailUser, status and "no longer on the server" in step with the effective places of these Emails.

        Returns other Emails that count as answered now, or no longer.
        """
        asked = list(dict.fromkeys(email_keys))
        answered = self._answered_by(asked)
        keys = [*asked, *(answered - set(asked))]
        places = Places(self._work).of_emails(keys)
        self._set_status(places)
        self._show_what_is_there(list(places))
        states = {key: state for key in keys if (state := state_from_places(places.get(key, ()))) is not None}
        self.set(states | self._archived([key for key in keys if key not in states]))
        # of a mail deleted for good copies in archive-only accounts are left: they alone bring it back to nobody
        Life(self._work).revive([key for key in keys if any(place.two_way for place in places.get(key, ()))])
        self._work.many(
            f"UPDATE email SET gone_at_ms = NULL WHERE key = ? AND gone_at_ms > {DELETED_AT_MS}",
            [(key,) for key in keys if places.get(key)],
        )
        self._work.many(
            "UPDATE email SET gone_at_ms = ? WHERE key = ? AND gone_at_ms IS NULL",
            [(clock.now(), key) for key in keys if not places.get(key)],
        )
        marked = self._mark_answered(keys)
        no_longer = {key for key, state in States(self._work).of(list(answered)).items() if not state.answered}
        return frozenset((marked - answered) | no_longer) - set(asked)

    def _archived(self, email_keys: Sequence[int]) -> dict[int, UserState]:
        """Return the views that copies in archive-only accounts give to Emails, where they are not as they were.

        A copy marked as deleted counts too: an archive keeps what its server is about to lose.
        """
        before = States(self._work).of(email_keys)
        after: dict[int, UserState] = {}
        for chunk in chunks(email_keys):
            for key, flags, role, shows, outgoing in self._work.all(
                f"SELECT e.key, {EFFECTIVE_FLAGS}, f.role, f.shows_in_inbox, e.outgoing FROM email e "
                "JOIN place p ON p.email_key = e.key JOIN folder f ON f.key = p.folder_key "
                "JOIN mail_account a ON a.key = p.account_key AND a.mode <> 'two-way' "
                f"WHERE e.key IN ({marks(chunk)}) ORDER BY p.key",
                chunk,
            ):
                state = after.get(key, before.get(key))
                after[key] = archived_state(
                    state, Flag(flags), Role(role), outgoing=bool(outgoing), shows_in_inbox=bool(shows)
                )
        return {key: state for key, state in after.items() if state != before.get(key)}

    def _answered_by(self, email_keys: Sequence[int]) -> frozenset[int]:
        """Return the Emails that count as answered and that these are replies to.

        Their view follows their copies alone, so the mark is made anew with every change of a reply: also of one that
        was the person's own until now.
        """
        found: list[int] = []
        for chunk in chunks(email_keys):
            found += self._work.column(
                "SELECT DISTINCT o.key FROM email r JOIN email o ON o.message_id = r.in_reply_to "
                "JOIN email_user u ON u.email_key = o.key AND u.user_key = (SELECT key FROM user WHERE is_me) "
                f"WHERE r.key IN ({marks(chunk)}) AND r.in_reply_to <> '' AND r.key <> o.key "
                "AND u.answered",
                chunk,
            )
        return frozenset(found)

    def _mark_answered(self, email_keys: Sequence[int]) -> frozenset[int]:
        """Count Emails as answered to which a reply of the person's own lies in Sent, and return those not so before.

        Looks at these Emails and at what they are replies to. The mark is for the eye: servers are told nothing, since
        the first look at an old Sent folder would change flags by the thousand.
        """
        answered: list[int] = []
        for chunk in chunks(email_keys):
            inside = marks(chunk)
            answered += self._work.column(
                "UPDATE email_user SET answered = 1 WHERE NOT answered "
                "AND user_key = (SELECT key FROM user WHERE is_me) AND email_key IN ("
                "SELECT o.key FROM email o JOIN email r ON r.in_reply_to = o.message_id "
                f"WHERE o.key IN ({inside}) AND {_REPLY} "
                "UNION SELECT o.key FROM email r JOIN email o ON o.message_id = r.in_reply_to "
                f"WHERE r.key IN ({inside}) AND {_REPLY}) RETURNING email_key",
                (*chunk, *chunk),
            )
        return frozenset(answered)

    def _set_status(self, places: Mapping[int, Sequence[Place]]) -> None:
        changed: list[tuple[Status, int]] = []
        for chunk in chunks(list(places)):
            for key, value in self._work.all(f"SELECT key, status FROM email WHERE key IN ({marks(chunk)})", chunk):
                status = status_from_places(Status(value), places[key])
                if status is not Status(value):
                    changed.append((status, key))
        self._work.many("UPDATE email SET status = ? WHERE key = ?", changed)

    def _show_what_is_there(self, email_keys: Sequence[int]) -> None:
        """Let Emails whose text no copy has any more take the source of a copy that is there, to be read again.

        Whoever sends a forged copy first, and sees it removed, must not hide the genuine one that came after.
        """
        self._work.many(
            "UPDATE email SET raw_digest = p.raw_digest, text_digest = p.text_digest, partial = p.partial, "
            "size_bytes = p.size_bytes, completeness = CASE WHEN p.partial THEN 'text' ELSE 'full' END, "
            "parser_version = 0, snippet = '', parts = '[]', has_attachment = 0 FROM place p "
            "WHERE p.key = ? AND email.key = ?",
            [(place, key) for key, place in Places(self._work).unshown(email_keys).items()],
        )
