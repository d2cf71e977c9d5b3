"""An import process as services see it, that of readers or that of imports: its failures become plain sentences."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.document import Document, Options, Quotable
from desktop.domain.mail.message import Message
from desktop.engine.mail.importer import CannotShow, Failure, ParserProcess, ParserUnavailable

T = TypeVar("T")


class CannotBeShown(Problem):
    """The mail is too wild to be taken apart."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, details: str = "") -> None:
        super().__init__(_("This mail cannot be shown. Its source is kept."), details=details)


class PartAbsent(Problem):
    """The mail has no such part."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail has no such attachment."))


class Content:
    """Prepares mails for reading in a process of its own."""

    def __init__(self, process: ParserProcess) -> None:
        self._process = process

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        """Return the body, safe to show. Raises CannotBeShown."""
        return self._guarded(lambda: self._process.prepare(raw, options))

    def quotable(self, raw: bytes) -> Quotable:
        """Return the mail as an answer may quote it. Raises CannotBeShown."""
        return self._guarded(lambda: self._process.quotable(raw))

    def part_bytes(self, raw: bytes, section: str) -> bytes:
        """Return the decoded content of one part. Raises PartAbsent, CannotBeShown."""
        return self._guarded(lambda: self._process.part_bytes(raw, section))

    def parts_bytes(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        """Return the decoded content of several parts, as far as they are there. Raises CannotBeShown."""
        return self._guarded(lambda: self._process.parts_bytes(raw, sections))

    def parse(self, raw: bytes) -> Message:
        """Return the facts of a mail. Raises CannotBeShown."""
        [message] = self._guarded(lambda: self._process.parse([raw]))
        if isinstance(message, Failure):
            raise CannotBeShown(message.reason)
        return message

    def begin(self, batch: Sequence[bytes]) -> Callable[[], list[Message | None]]:
        """Begin to parse mails; returns what waits for the facts of each, None where the parser gave up.

        Raises ParserUnavailable.
        """
        ticket = self._process.submit(batch)
        return lambda: [None if isinstance(found, Failure) else found for found in self._process.result(ticket)]

    @staticmethod
    def _guarded(ask: Callable[[], T]) -> T:
        from desktop.domain.mail.mime_parse import PartMissing

        try:
            return ask()
        except PartMissing as error:
            raise PartAbsent from error
        except (CannotShow, ParserUnavailable) as error:
            raise CannotBeShown(str(error)) from error
