"""One mail as the reader asks for it: stored, or a file on disk that is only looked at.

Everything here is called on a reader thread. Sources are parsed in a process of the services, never in this one.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Collection
from concurrent.futures import Future
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Protocol, TypeVar

from desktop.base.errors import Problem
from desktop.base.i18n import _, n_
from desktop.domain import settings as declared
from desktop.domain.mail.document import Document, Options
from desktop.domain.mail.message import NO_DATE_MS, Completeness, Message, Status
from desktop.domain.mail.reading import Conversation, MessageHead
from desktop.domain.settings import Setting
from desktop.ui.mail import text_layout
from desktop.ui.mail.text_layout import Layout

T = TypeVar("T")

MOST_FILE_BYTES = 100_000_000
CURRENT = 0
"""The copy of a mail that is shown unless another is asked for."""


class Views(Protocol):
    """What the reader calls of `MailViews`."""

    def conversation(self, key: int) -> Conversation: ...


class Settings(Protocol):
    """What the reader calls of the service of that name."""

    def get(self, setting: Setting[T]) -> T: ...


class Reading(Protocol):
    """What the reader calls of the service of that name."""

    def head(self, key: int) -> MessageHead: ...
    def document(
        self, key: int, *, prefer_plain: bool = False, text_only: bool = False, quote_label: str = "…", twin: int = 0
    ) -> Document: ...
    def part(self, key: int, section: str) -> bytes: ...
    def parts(self, key: int, sections: Collection[str]) -> dict[str, bytes]: ...
    def source(self, key: int, *, twin: int = 0) -> bytes: ...
    def is_whole(self, key: int, *, twin: int = 0) -> bool: ...
    def fetch_part(
        self, key: int, section: str, to: Path, progress: Callable[[int, int], None] | None = None
    ) -> Future[Path]: ...
    def fetch_source(
        self, key: int, to: Path, progress: Callable[[int, int], None] | None = None, *, twin: int = 0
    ) -> Future[Path]: ...
    def parse(self, raw: bytes) -> Message: ...
    def prepare(self, raw: bytes, options: Options | None = None) -> Document: ...
    def part_of(self, raw: bytes, section: str) -> bytes: ...
    def parts_of(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]: ...
    def may_load_images(self, key: int) -> bool: ...
    def allow_images_from(self, address: str) -> None: ...
    def disallow_images_from(self, address: str) -> None: ...
    def remote_image(self, url: str) -> Future[bytes]: ...
    def unsubscribe(self, url: str) -> Future[None]: ...


@dataclass(frozen=True, slots=True)
class Form:
    """In which form a mail is wanted."""

    prefer_plain: bool = False
    text_only: bool = False
    """As text even where there is only HTML: for a mail that hurt the browser."""
    twin: int = CURRENT


class Letter(Protocol):
    """A mail that can be opened. `key` is 0 for one that is not stored."""

    @property
    def key(self) -> int: ...
    @property
    def twin(self) -> int: ...
    def copy(self, number: int) -> Letter:
        """Return the letter whose source and parts are those of this copy."""

    def document(self, form: Form) -> Document: ...
    def part(self, section: str) -> bytes: ...
    def parts(self, sections: Collection[str]) -> dict[str, bytes]: ...
    def source(self) -> bytes: ...
    def is_whole(self) -> bool:
        """Say whether `source` is all of it; else `Reading.fetch_source` brings it."""

    def headers(self) -> str: ...
    def may_load_images(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A mail of the store, and which of its copies: all that is shown and saved of it is of that one."""

    reading: Reading
    key: int
    twin: int = CURRENT

    def copy(self, number: int) -> StoredLetter:
        return self if number == self.twin else replace(self, twin=number)

    def document(self, form: Form) -> Document:
        def prepare(label: str) -> Document:
            return self.reading.document(
                self.key,
                prefer_plain=form.prefer_plain,
                text_only=form.text_only,
                quote_label=label,
                twin=self.twin,
            )

        return _with_quote_words(prepare)

    def part(self, section: str) -> bytes:
        if self.twin:
            return self.reading.part_of(self.source(), section)
        return self.reading.part(self.key, section)

    def parts(self, sections: Collection[str]) -> dict[str, bytes]:
        if self.twin:
            return self.reading.parts_of(self.source(), sections)
        return self.reading.parts(self.key, sections)

    def source(self) -> bytes:
        return self.reading.source(self.key, twin=self.twin)

    def is_whole(self) -> bool:
        return self.reading.is_whole(self.key, twin=self.twin)

    def headers(self) -> str:
        return headers_of(self.source())

    def may_load_images(self) -> bool:
        return self.reading.may_load_images(self.key)


@dataclass(frozen=True, slots=True)
class FileLetter:
    """A mail file that a person opened. Nothing of it is kept."""

    reading: Reading
    raw: bytes
    key: int = 0
    twin: int = CURRENT

    def copy(self, number: int) -> FileLetter:
        return self

    def document(self, form: Form) -> Document:
        def prepare(label: str) -> Document:
            options = Options(prefer_plain=form.prefer_plain, text_only=form.text_only, quote_label=label)
            return self.reading.prepare(self.raw, options)

        return _with_quote_words(prepare)

    def part(self, section: str) -> bytes:
        return self.reading.part_of(self.raw, section)

    def parts(self, sections: Collection[str]) -> dict[str, bytes]:
        return self.reading.parts_of(self.raw, sections)

    def source(self) -> bytes:
        return self.raw

    def is_whole(self) -> bool:
        return True

    def headers(self) -> str:
        return headers_of(self.raw)

    def may_load_images(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Opened:
    """All that is needed to show a mail. `document` is None where it cannot be shown; `problem` says why."""

    letter: Letter
    head: MessageHead
    form: Form
    document: Document | None
    layout: Layout
    """Of a text mail; empty for HTML."""
    images_allowed: bool = False
    problem: Problem | None = None


def open_letter(letter: Letter, head: MessageHead, form: Form, settings: Settings) -> Opened:
    """Read a mail and prepare its body. A mail that cannot be prepared is an answer, not an error."""
    letter = letter.copy(form.twin)
    if head.completeness is Completeness.CANNOT_SHOW:
        return Opened(letter, head, form, None, Layout(()))
    try:
        document = letter.document(form)
        may = settings.get(declared.LOAD_IMAGES) == declared.ShowImages.CHOSEN
        allowed = may and bool(document.remote_images) and not document.doubts_sender and letter.may_load_images()
    except Problem as problem:
        return Opened(letter, head, form, None, Layout(()), problem=problem)
    layout = Layout(()) if document.is_html else text_layout.read(document.html)
    return Opened(letter, head, form, document, layout, allowed)


def load_file(reading: Reading, path: Path) -> tuple[FileLetter, MessageHead]:
    """Read a mail file and its header facts; raises Problem where that fails."""
    try:
        if path.stat().st_size > MOST_FILE_BYTES:
            raise Problem(_("{name} is too large to be a mail.").format(name=path.name))
        raw = path.read_bytes()
    except OSError as error:
        sentence = _("{name} could not be read: {reason}.")
        raise Problem(sentence.format(name=path.name, reason=error.strerror or error), details=str(error)) from error
    message = reading.parse(raw)
    sent_ms = max(message.date_ms or 0, NO_DATE_MS)
    head = MessageHead(
        key=0,
        conversation_key=0,
        message_id=message.message_id,
        subject=message.subject,
        sender=message.sender,
        reply_to=message.reply_to,
        to=message.to,
        cc=message.cc,
        bcc=message.bcc,
        date_ms=sent_ms,
        received_ms=sent_ms,
        size_bytes=len(raw),
        unread=False,
        important=False,
        answered=False,
        forwarded=False,
        completeness=Completeness.FULL,
        status=Status.ARCHIVED,
        parts=message.parts,
        snippet=message.snippet,
        has_html=message.has_html,
    )
    return FileLetter(reading, raw), head


def headers_of(raw: bytes) -> str:
    """Return every header line of a source as text."""
    ends = [end for end in (raw.find(b"\r\n\r\n"), raw.find(b"\n\n")) if end >= 0]
    return raw[: min(ends, default=len(raw))].decode("utf-8", "replace").replace("\r\n", "\n")


def quote_words(lines: int) -> str:
    """Return what stands on a folded quotation of so many lines."""
    return n_("Quoted text, {n} line", "Quoted text, {n} lines", lines).format(n=lines)


def _with_quote_words(prepare: Callable[[str], Document]) -> Document:
    """Return what `prepare` makes with a label for folded quotations, with our words in place of it.

    The label only holds their numbers of lines, as the words depend on these; no mail can know it.
    """
    lot = secrets.token_hex(8)
    document = prepare(f"[quote-{lot}-{{n}}]")
    html = re.sub(rf"\[quote-{lot}-(\d+)\]", lambda found: escape(quote_words(int(found[1]))), document.html)
    return replace(document, html=html)
