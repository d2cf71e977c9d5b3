"""A pile of mails for the reader: prepared by the real domain, kept in memory, with errands that answer at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from desktop.base.errors import Problem
from desktop.domain.mail import mime_parse, preparing
from desktop.domain.mail.document import INLINE_BYTES_MAX, Document, Options
from desktop.domain.mail.message import KEY_STEP, Completeness, Message, Status
from desktop.domain.mail.reading import Conversation, MessageHead
from desktop.domain.mail.receiver import Receiver

DAY_MS = 86_400_000


class Desk:
    """Plays `MailViews`, `Reading` and `Settings` for the reader."""

    def __init__(self) -> None:
        self.raws: dict[int, bytes] = {}
        self.heads: dict[int, MessageHead] = {}
        self.settings: dict[str, Any] = {}
        self.allowed: set[str] = set()
        self.fetched: list[str] = []
        self.fetched_files: list[int] = []
        self.pictures: dict[str, bytes] = {}
        self.parts_asked: list[tuple[str, ...]] = []
        self.is_offline = False
        self.prepared: list[tuple[int, bool]] = []
        self.twins: dict[int, bytes] = {}
        """Another copy of some mails, with another text."""
        self.held: dict[int, threading.Event] = {}
        """Mails whose body is only given once the event is set."""
        self.receiver = Receiver()
        self.unsubscribed: list[str] = []
        self.far_parts: dict[tuple[int, str], Future[Path]] = {}
        """By mail and section, "" for the whole mail: errands that the test answers."""
        self.far_progress: list[Callable[[int, int], None]] = []

    def add(self, raw: bytes, *, conversation: int = 0, **facts: Any) -> int:
        """Put a mail on the pile and return its key."""
        message = mime_parse.parse(raw)
        date_ms = message.date_ms or DAY_MS
        key = date_ms * KEY_STEP + len(self.raws)
        self.raws[key] = raw
        given: dict[str, Any] = {
            "key": key,
            "conversation_key": conversation or key,
            "message_id": message.message_id,
            "subject": message.subject,
            "sender": message.sender,
            "reply_to": message.reply_to,
            "to": message.to,
            "cc": message.cc,
            "bcc": message.bcc,
            "date_ms": date_ms,
            "received_ms": date_ms,
            "size_bytes": len(raw),
            "unread": False,
            "important": False,
            "answered": False,
            "forwarded": False,
            "completeness": Completeness.FULL,
            "status": Status.ARCHIVED,
            "parts": message.parts,
            "snippet": message.snippet,
            "has_html": message.has_html,
        }
        self.heads[key] = MessageHead(**{**given, **facts})
        return key

    def conversation(self, key: int) -> Conversation:
        wanted = self.head(key).conversation_key
        heads = sorted((h for h in self.heads.values() if h.conversation_key == wanted), key=lambda h: h.key)
        return Conversation(wanted, heads[0].subject, tuple(heads))

    def get(self, setting: Any) -> Any:
        return self.settings.get(setting.name, setting.default)

    def head(self, key: int) -> MessageHead:
        if key not in self.heads:
            raise Problem("This mail is no longer here.")
        return self.heads[key]

    def document(
        self, key: int, *, prefer_plain: bool = False, text_only: bool = False, quote_label: str = "…", twin: int = 0
    ) -> Document:
        self.prepared.append((key, text_only))
        if key in self.held:
            assert self.held[key].wait(10)
        options = Options(
            prefer_plain=prefer_plain, text_only=text_only, quote_label=quote_label, receiver=self.receiver
        )
        return preparing.prepare(self.source(key, twin=twin), options)

    def part(self, key: int, section: str) -> bytes:
        return mime_parse.part_bytes(self.raws[key], section)

    def parts(self, key: int, sections: Collection[str]) -> dict[str, bytes]:
        return self.parts_of(self.raws[key], sections)

    def source(self, key: int, *, twin: int = 0) -> bytes:
        return self.twins[key] if twin else self.raws[key]

    def fetch_part(
        self, key: int, section: str, to: Path, progress: Callable[[int, int], None] | None = None
    ) -> Future[Path]:
        future: Future[Path] = Future()
        if (key, section) in self.far_parts:
            return self.far_parts[key, section]
        to.write_bytes(self.part(key, section))
        self.fetched_files.append(to.stat().st_ino)
        if progress is not None:
            progress(1, 1)
        future.set_result(to)
        return future

    def is_whole(self, key: int, *, twin: int = 0) -> bool:
        return (key, "") not in self.far_parts

    def fetch_source(
        self, key: int, to: Path, progress: Callable[[int, int], None] | None = None, *, twin: int = 0
    ) -> Future[Path]:
        assert progress is not None
        self.far_progress.append(progress)
        return self.far_parts[key, ""]

    def parse(self, raw: bytes) -> Message:
        return mime_parse.parse(raw)

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        return preparing.prepare(raw, options)

    def part_of(self, raw: bytes, section: str) -> bytes:
        return mime_parse.part_bytes(raw, section)

    def parts_of(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        self.parts_asked.append(tuple(sections))
        return mime_parse.parts_bytes(raw, sections, INLINE_BYTES_MAX)

    def may_load_images(self, key: int) -> bool:
        sender = self.heads[key].sender
        return bool({sender.key, f"@{sender.domain}"} & self.allowed)

    def allow_images_from(self, address: str) -> None:
        self.allowed.add(address.lower())

    def disallow_images_from(self, address: str) -> None:
        self.allowed.discard(address.lower())

    def remote_image(self, url: str) -> Future[bytes]:
        self.fetched.append(url)
        future: Future[bytes] = Future()
        if self.is_offline:
            future.set_exception(Problem("The server of the image did not answer."))
        else:
            future.set_result(self.pictures.get(url, b""))
        return future

    def unsubscribe(self, url: str) -> Future[None]:
        self.unsubscribed.append(url)
        future: Future[None] = Future()
        if self.is_offline:
            future.set_exception(Problem("The server of the list did not answer."))
        else:
            future.set_result(None)
        return future


def mail(
    body: str = "Hello",
    *,
    html: bool = False,
    subject: str = "Subject",
    sender: str = "Anna Keller <anna.keller@acme.example>",
    to: str = "jan@firm.example",
    extra: str = "",
    date: str = "Fri, 16 Oct 2026 10:42:00 +0000",
    message_id: str = "1@acme.example",
) -> bytes:
    """Return the source of a simple mail."""
    kind = "html" if html else "plain"
    return (
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nDate: {date}\nMessage-ID: <{message_id}>\n{extra}"
        f"MIME-Version: 1.0\nContent-Type: text/{kind}; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n{body}"
    ).encode()


def mixed(body: bytes, *attachments: tuple[str, str, bytes], subject: str = "With attachments") -> bytes:
    """Return a mail with attachments (name, media type, content); `body` is its first part with its header."""
    import base64

    pieces = [
        f"From: Anna Keller <anna.keller@acme.example>\nTo: jan@firm.example, Maria Lopes <maria@firm.example>\n"
        f"Subject: {subject}\nDate: Fri, 16 Oct 2026 10:42:00 +0000\nMessage-ID: <mixed@acme.example>\n"
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x1\n\n".encode(),
        b"--x1\n" + body + b"\n",
    ]
    for name, media_type, content in attachments:
        pieces.append(
            f'--x1\nContent-Type: {media_type}\nContent-Disposition: attachment; filename="{name}"\n'
            "Content-Transfer-Encoding: base64\n\n".encode()
            + base64.encodebytes(content)
        )
    return b"".join([*pieces, b"--x1--\n"])
