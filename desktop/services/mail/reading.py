"""What the reader needs of one mail: head, safe body, parts, source; remote images by the person's leave.

Sources are parsed in the reader's own process (`ContentParser`), never on a thread of the window. Any thread.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.document import Document, Options, Quotable
from desktop.domain.mail.message import Completeness, Message, Status
from desktop.domain.mail.reading import MessageHead
from desktop.services.errands import Errands, RemotePart
from desktop.services.mail import making
from desktop.services.mail.acquaintance import Acquaintance
from desktop.services.mail.views import MailGone
from desktop.store.database import Database
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.drafts import Drafts, KeptDraft
from desktop.store.mail.messages import Messages, MessageWriter
from desktop.store.mail.places import Places
from desktop.store.mail.rows import Rows


class ContentParser(Protocol):
    """The reader's import process. Raises Problem when it had to give up."""

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        """Return a mail's body, safe to show."""

    def quotable(self, raw: bytes) -> Quotable:
        """Return a mail as an answer may quote it."""

    def part_bytes(self, raw: bytes, section: str) -> bytes:
        """Return the decoded content of one part."""

    def parts_bytes(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        """Return the decoded content of several parts; what is absent or too much is left out."""

    def parse(self, raw: bytes) -> Message:
        """Return the facts of a mail."""


class PartNotHere(Problem):
    """The part was too large to fetch with its mail: `Reading.fetch_part` brings it."""

    remedy = Remedy.RETRY

    def __init__(self) -> None:
        super().__init__(_("This attachment is still on the server."))


class PartUnreachable(Problem):
    """No server has the part any more."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This attachment is no longer on the server."))


class MailUnreachable(PartUnreachable):
    """No server has the mail any more of which only header and text are here."""

    def __init__(self) -> None:
        Problem.__init__(
            self, _("This mail is no longer on the server, and only its header and text are on this computer.")
        )


def unreachable(section: str) -> PartUnreachable:
    """Return the problem of a part, or of the whole mail, that no server has any more."""
    return PartUnreachable() if section else MailUnreachable()


class Reading:
    """The read side of single mails."""

    def __init__(self, database: Database, blobs: Blobs, parser: ContentParser, errands: Errands) -> None:
        self._database = database
        self._blobs = blobs
        self._parser = parser
        self._errands = errands
        self._acquaintance = Acquaintance(database)

    def head(self, key: int) -> MessageHead:
        """Return header facts and state. Raises MailGone."""
        with self._database.read() as view:
            heads = Rows(view).heads([key])
        if not heads:
            raise MailGone
        return heads[0]

    def document(
        self, key: int, *, prefer_plain: bool = False, text_only: bool = False, quote_label: str = "…", twin: int = 0
    ) -> Document:
        """Return the body, safe to show; `twin` n shows the n-th copy whose text differs. Raises MailGone, Problem."""
        head = self.head(key)
        options = Options(
            prefer_plain=prefer_plain,
            text_only=text_only,
            quote_label=quote_label,
            known_domains=self._acquaintance.known_around(head.sender.domain),
            receiver=self._acquaintance.receiver(head.account_keys),
        )
        return self._parser.prepare(self._kept(key, twin), options)

    def part(self, key: int, section: str) -> bytes:
        """Return the decoded content of an attachment or inline picture. Raises PartNotHere, MailGone, Problem."""
        head = self.head(key)
        if head.completeness is Completeness.TEXT:
            raise PartNotHere
        if (beside := self._files_beside(head)) and section in beside:
            return self._blobs.get(beside[section])
        return self._parser.part_bytes(self._kept(key), section)

    def _files_beside(self, head: MessageHead) -> dict[str, bytes]:
        """Return the files of a draft that lie beside its source and not in it: section -> source."""
        if head.status not in (Status.DRAFT, Status.SENDING):
            return {}
        kept = self._own_draft(head.key)
        if kept is None:
            return {}
        files = {(each.name, each.size_bytes, each.content_id): each.digest for each in kept.draft.enclosures}
        named = {part.section: files.get((part.name, part.size_bytes, part.content_id)) for part in head.parts}
        return {section: digest for section, digest in named.items() if digest is not None}

    def parts(self, key: int, sections: Collection[str]) -> dict[str, bytes]:
        """Return the inline pictures of a mail by section, read at once; those too large together are left out.

        Raises PartNotHere, MailGone, Problem.
        """
        head = self.head(key)
        if head.completeness is Completeness.TEXT:
            raise PartNotHere
        beside = {section: digest for section, digest in self._files_beside(head).items() if section in sections}
        found = self._parser.parts_bytes(self._kept(key), set(sections) - beside.keys())
        return found | {section: self._blobs.get(digest) for section, digest in beside.items()}

    def source(self, key: int, *, twin: int = 0) -> bytes:
        """Return the source as it came; of a mail over the size limit its header and text. Raises MailGone."""
        if not twin and (kept := self._own_draft(key)) is not None:
            return making.whole_draft(kept, self._blobs)
        return self._kept(key, twin)

    def _kept(self, key: int, twin: int = 0) -> bytes:
        return self._blobs.get(self._digest(key, twin)[0])

    def is_whole(self, key: int, *, twin: int = 0) -> bool:
        """Say whether `source` is the whole mail. Raises MailGone."""
        if not twin and self._own_draft(key) is not None:
            return True
        return not self._blobs.is_partial(self._digest(key, twin)[0])

    def _own_draft(self, key: int) -> KeptDraft | None:
        """Return what the person writes, whose files lie beside its source; None for a mail that is made."""
        with self._database.read() as view:
            return Drafts(view).of_email(key) if Messages(view).partial([key]) else None

    def _digest(self, key: int, twin: int) -> tuple[bytes, bool]:
        """Return the digest of a source, and whether it is that of another copy than the Email shows."""
        with self._database.read() as view:
            digest = Messages(view).raw_digest(key)
            others = Places(view).twins([key]).get(key, []) if twin else []
        if digest is None:
            raise MailGone
        other = 0 < twin <= len(others)
        return bytes(others[twin - 1] if other else digest), other

    def fetch_part(
        self, key: int, section: str, to: Path, progress: Callable[[int, int], None] | None = None
    ) -> Future[Path]:
        """Fetch a part that was too large from its server into a new file; `progress` gets (done, total) octets.

        Raises MailGone, PartUnreachable.
        """
        head = self.head(key)
        part = next((part for part in head.parts if part.section == section), None)
        if part is None:
            raise PartUnreachable
        where = self._remote(key, part.section, part.size_bytes)
        return self._errands.fetch_part(where, to, progress or (lambda done, total: None))

    def fetch_source(
        self, key: int, to: Path, progress: Callable[[int, int], None] | None = None, *, twin: int = 0
    ) -> Future[Path]:
        """Fetch the whole source of a mail over the size limit from its server into a new file, as `fetch_part` does.

        Raises MailGone, MailUnreachable.
        """
        digest, other = self._digest(key, twin)
        where = self._remote(key, "", self.head(key).size_bytes, digest if other else None)
        return self._errands.fetch_part(where, to, progress or (lambda done, total: None))

    def _remote(self, key: int, section: str, size_bytes: int, source: bytes | None = None) -> RemotePart:
        with self._database.read() as view:
            where = Places(view).on_server(key, source)
        if where is None:
            raise unreachable(section)
        return RemotePart(*where, section=section, size_bytes=size_bytes)

    def parse(self, raw: bytes) -> Message:
        """Return the facts of a mail that is not in the store (a file opened from disk)."""
        return self._parser.parse(raw)

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        """Return the body of a mail that is not in the store, safe to show."""
        return self._parser.prepare(raw, options)

    def part_of(self, raw: bytes, section: str) -> bytes:
        """Return a part of a mail that is not in the store."""
        return self._parser.part_bytes(raw, section)

    def parts_of(self, raw: bytes, sections: Collection[str]) -> dict[str, bytes]:
        """Return the inline pictures of a mail that is not in the store."""
        return self._parser.parts_bytes(raw, sections)

    def may_load_images(self, key: int) -> bool:
        """Say whether the person always lets this sender's remote images load."""
        with self._database.read() as view:
            return Messages(view).images_allowed(key)

    def senders_with_images(self) -> tuple[str, ...]:
        """Return the addresses whose remote images always load; "@acme.example" stands for all of that domain."""
        with self._database.read() as view:
            return tuple(Messages(view).senders_with_images())

    def allow_images_from(self, address: str) -> None:
        """Load the remote images of this sender from now on; "@acme.example" means every sender of that domain."""
        self._set_images(address, True)

    def disallow_images_from(self, address: str) -> None:
        """Ask again before loading this sender's images, or with "@acme.example" those of what its domain allowed."""
        self._set_images(address, False)

    def _set_images(self, address: str, allowed: bool) -> None:
        with self._database.write() as work:
            MessageWriter(work).allow_images(address, allowed)

    def remote_image(self, url: str) -> Future[bytes]:
        """Fetch a remote image the person has allowed; gives its octets."""
        return self._errands.remote_image(url)

    def unsubscribe(self, url: str) -> Future[None]:
        """Leave a mail list by its one-click address, after the person confirmed it."""
        return self._errands.unsubscribe(url)
