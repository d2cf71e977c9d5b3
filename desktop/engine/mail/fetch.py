"""Brings mails from an open folder, newest first: fetched in batches, parsed in the import process meanwhile.

While the child parses one batch, the next comes over the network. Mails over the size limit come as header and text
parts only, put together as a small mail of their own.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from desktop.base import clock
from desktop.domain.mail.message import Message, Part
from desktop.domain.mail.names import safe_name
from desktop.engine.mail.importer import Failure, ParserProcess, Ticket
from desktop.net.mail.imap.fetching import FetchedMail, Limits, Overview
from desktop.net.mail.imap.session import Session
from desktop.net.mail.imap.structure import Leaf
from desktop.services.mail.ingest import Fetched

log = logging.getLogger(__name__)

BATCH_MAILS = 200
BATCH_BYTES = 4_000_000
TEXT_PART_BYTES = 256 * 1024
"""How much of each text part of a mail over the limit is fetched."""
_BOUNDARY = b"=_rapport_text_parts"


class Stop(Protocol):
    def is_set(self) -> bool: ...


class Stopped(Exception):
    """The account's thread was asked to end."""


class Fetcher:
    """Fetches and parses; one import process serves every account.

    `check` is called before each batch, and ends the fetching with what it raises.
    """

    def __init__(self, parser: ParserProcess, stop: Stop, check: Callable[[], None]) -> None:
        self._parser = parser
        self._stop = stop
        self._check = check

    def fetch(
        self, session: Session, overviews: Mapping[int, Overview], limit_bytes: int, oversized: Collection[int] = ()
    ) -> Iterator[list[Fetched]]:
        """Yield batches of the mails with these UIDs, newest first; UIDs that are gone are left out.

        `oversized` mails are over the limit whatever the server says. Raises Stopped between batches, and the
        session's problems.
        """
        most = min(limit_bytes, Limits().mail_bytes)
        large = sorted((uid for uid, o in overviews.items() if o.size_bytes > most or uid in oversized), reverse=True)
        small = sorted(overviews.keys() - set(large), reverse=True)
        parsing: deque[tuple[Ticket, list[FetchedMail]]] = deque()
        for batch in self._batches(session, small, overviews):
            parsing.append((self._parser.submit([mail.raw for mail in batch]), batch))
            if len(parsing) > 1:
                yield _fetched(*parsing.popleft(), overviews)
            if self._stop.is_set():
                raise Stopped
        while parsing:
            yield _fetched(*parsing.popleft(), overviews)
        for uid in large:
            self._check()
            yield [self._text_of(session, uid, overviews[uid])]
            if self._stop.is_set():
                raise Stopped

    def _batches(
        self, session: Session, uids: Sequence[int], overviews: Mapping[int, Overview]
    ) -> Iterator[list[FetchedMail]]:
        start = 0
        while start < len(uids):
            end, size = start, 0
            while end < len(uids) and end - start < BATCH_MAILS and (end == start or size < BATCH_BYTES):
                size += overviews[uids[end]].size_bytes
                end += 1
            self._check()
            batch = list(session.fetch_full(uids[start:end], Limits()))
            if batch:
                yield batch
            start = end

    def _text_of(self, session: Session, uid: int, overview: Overview) -> Fetched:
        header = session.fetch_headers([uid]).get(uid, b"")
        leaves = session.fetch_structure([uid]).get(uid, [])
        texts = [leaf for leaf in leaves if leaf.media_type in ("text/plain", "text/html") and not leaf.name][:4]
        bodies = [(leaf, session.fetch_section(uid, leaf.section, 0, TEXT_PART_BYTES)) for leaf in texts]
        raw = shortened(header, bodies)
        [message] = self._parser.parse([raw])
        if isinstance(message, Message):
            message = replace(message, parts=tuple(_part(leaf) for leaf in leaves if leaf not in texts))
        return Fetched(
            uid=uid,
            flags=overview.flags,
            received_ms=overview.internal_date_ms or clock.now(),
            size_bytes=overview.size_bytes,
            raw=raw,
            message=message if isinstance(message, Message) else None,
            partial=True,
            gm_msgid=overview.gm_msgid,
        )


def _fetched(ticket: Ticket, mails: Sequence[FetchedMail], overviews: Mapping[int, Overview]) -> list[Fetched]:
    found = []
    for mail, message in zip(mails, ticket.result(), strict=True):
        if isinstance(message, Failure):
            log.warning("a mail cannot be shown: %s", message.reason)
        found.append(
            Fetched(
                uid=mail.uid,
                flags=mail.flags,
                received_ms=mail.internal_date_ms or clock.now(),
                size_bytes=mail.size_bytes or len(mail.raw),
                raw=mail.raw,
                message=None if isinstance(message, Failure) else message,
                gm_msgid=overviews[mail.uid].gm_msgid,
            )
        )
    return found


def shortened(header: bytes, texts: Sequence[tuple[Leaf, bytes]]) -> bytes:
    """Return a mail of this header and these text parts, each as it is encoded on the server."""
    kept, skip = [], False
    for line in header.replace(b"\r\n", b"\n").rstrip(b"\n").split(b"\n"):
        if line[:1] not in (b" ", b"\t"):
            skip = line[:13].lower() in (b"content-type:", b"content-trans") or line.lower().startswith(
                b"mime-version:"
            )
        if not skip:
            kept.append(line)
    kind = b"alternative" if len({leaf.media_type for leaf, _ in texts}) > 1 else b"mixed"
    lines = [*kept, b"MIME-Version: 1.0", b'Content-Type: multipart/%s; boundary="%s"' % (kind, _BOUNDARY), b""]
    for leaf, body in texts:
        charset = f'; charset="{leaf.charset}"' if leaf.charset.replace("-", "").replace("_", "").isalnum() else ""
        encoding = leaf.encoding if leaf.encoding.replace("-", "").isalnum() else "8bit"
        lines += [
            b"--" + _BOUNDARY,
            f"Content-Type: {leaf.media_type}{charset}".encode("ascii", "replace"),
            f"Content-Transfer-Encoding: {encoding}".encode("ascii", "replace"),
            b"",
            body,
        ]
    return b"\r\n".join([*lines, b"--" + _BOUNDARY + b"--", b""])


def _part(leaf: Leaf) -> Part:
    encoded = leaf.size_bytes
    return Part(
        section=leaf.section,
        name=safe_name(leaf.name) if leaf.name else "",
        media_type=leaf.media_type,
        size_bytes=encoded * 3 // 4 if leaf.encoding == "base64" else encoded,
        content_id=leaf.content_id,
        inline=False,
    )
