"""Finding a mail in a folder by its Message-ID, or, where its server changes that, by what it does not change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from desktop.domain.mail.claiming import SentMail, is_copy
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse_header
from desktop.domain.mail.providers import provider_of_account
from desktop.net.mail.imap.selecting import Selected
from desktop.net.mail.imap.session import Session

_NEWEST = 500
"""Among so many of the newest UIDs a mail that was just sent is looked for."""


def uids_here(session: Session, message_id: str, size_bytes: int | None = None) -> list[int]:
    """Return the UIDs in the selected folder of mails with exactly this Message-ID, and this size where given.

    SEARCH finds parts of a header too ("1@a.example" in "11@a.example"), and without UIDPLUS what left a folder lies
    there still, marked as deleted; what is taken for a copy by mistake would be lost.
    """
    probes = session.fetch_probe(session.find_message_id(message_id)) if message_id else {}
    return sorted(
        uid
        for uid, probe in probes.items()
        if not probe.overview.flags & Flag.DELETED
        and parse_header(probe.headers).message_id == message_id
        and (size_bytes is None or probe.overview.size_bytes == size_bytes)
    )


def is_sent_here(session: Session, account: MailAccount, selected: Selected, sent: SentMail) -> bool:
    """Say whether the selected folder of an account has the copy of a mail sent from here."""
    if uids_here(session, sent.message_id):
        return True
    if not provider_of_account(account).rewrites_message_ids:
        return False
    top = selected.uidnext or (1 << 32) - 1
    day = (datetime.fromtimestamp(sent.date_ms / 1000, UTC) - timedelta(days=1)).date()
    uids = session.uid_window(max(1, top - _NEWEST), top, day)
    return any(
        is_copy(parse_header(probe.headers), sent, rewrites_message_ids=True)
        for probe in session.fetch_probe(uids).values()
        if not probe.overview.flags & Flag.DELETED
    )
