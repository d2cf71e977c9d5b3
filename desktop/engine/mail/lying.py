"""Finding a mail in a folder by its Message-ID."""

from __future__ import annotations

from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse_header
from desktop.net.mail.imap.session import Session


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
