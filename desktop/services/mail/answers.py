"""Beginning an answer: from a mail to the draft its writer finds in the composer. Any thread."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail import answering, header
from desktop.domain.mail.address import Address
from desktop.domain.mail.answering import Original, Person
from desktop.domain.mail.document import Quotable
from desktop.domain.mail.draft import Draft, Enclosure
from desktop.domain.mail.mailto import Mailto
from desktop.domain.mail.message import Completeness, Part, Status
from desktop.domain.mail.mime_parse import parse_header
from desktop.domain.mail.reading import MessageHead
from desktop.domain.settings import WriteIn
from desktop.services.mail.compose import Compose
from desktop.services.mail.leaving import NoServerToSend
from desktop.services.mail.reading import ContentParser, Reading
from desktop.services.settings import Settings
from desktop.store.database import Database
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.messages import Messages

_HIDDEN = frozenset({b"bcc", b"resent-bcc"})
"""Who got a mail unseen is nobody else's business (C28)."""
_FIELDS = frozenset({b"delivered-to", b"x-original-to", b"list-post"})


class Answer(StrEnum):
    """What may grow out of a mail."""

    REPLY = "reply"
    REPLY_ALL = "reply-all"
    REPLY_LIST = "reply-list"
    FORWARD = "forward"
    FORWARD_ATTACHED = "forward-attached"
    EDIT_AS_NEW = "edit-as-new"


@dataclass(frozen=True, slots=True)
class Begun:
    """The draft an answer begins with."""

    draft: Draft
    elsewhere: tuple[Address, ...] = ()
    """Where the sender wants answers that is another organisation's than his own (C28)."""


class FilesNotHere(Problem):
    """Files of a large mail are still on its server, and cannot go along before they are fetched."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("The attachments of this mail are still on its server. Save them first, then attach them."))


class NotFromAList(Problem):
    """An answer to its mailing list is wanted of a mail that names none (RFC 2369, section 3.4)."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail did not come through a mailing list."))


class Answers:
    """The first drafts of answers."""

    def __init__(
        self, database: Database, reading: Reading, parser: ContentParser, compose: Compose, chosen: Settings
    ) -> None:
        self._database = database
        self._reading = reading
        self._parser = parser
        self._compose = compose
        self._settings = chosen

    def new(self, letter: Mailto | None = None, *, account_key: int | None = None) -> Draft:
        """Return an empty draft, or what a mailto link begins; of an account in its name. Raises NoServerToSend."""
        person = self._person((account_key,) if account_key is not None else ())
        return answering.new(person.default, letter, html=self._is_rich())

    def begin(self, kind: Answer, email_key: int, when: str) -> Begun:
        """Return the draft of an answer; `when` is the date of the mail in the person's words.

        Raises MailGone, NoServerToSend, NotFromAList, FilesNotHere, Problem where the mail cannot be read, DiskFull.
        """
        head = self._reading.head(email_key)
        raw = self._reading.source(email_key)
        person = self._person(head.account_keys)
        if kind is Answer.FORWARD_ATTACHED:
            if head.completeness is Completeness.TEXT:
                raise FilesNotHere
            name = f"{head.subject or _('Mail')}.eml"
            shown = header.without(raw, _HIDDEN)
            enclosure = self._compose.attach_octets(name, "message/rfc822", shown)
            original = self._original(email_key, head, raw, Quotable(), when)
            return Begun(answering.forward_attached(original, person, enclosure, html=self._is_rich()))
        quoted = self._parser.quotable(raw)
        original = self._original(email_key, head, raw, quoted, when)
        takes_files = kind in (Answer.FORWARD, Answer.EDIT_AS_NEW)
        original = replace(original, enclosures=self._files(head, raw, quoted, all_of_them=takes_files))
        html = self._is_rich(quoted)
        match kind:
            case Answer.REPLY:
                return Begun(answering.reply(original, person, html=html), answering.answers_elsewhere(original))
            case Answer.REPLY_ALL:
                return Begun(answering.reply_all(original, person, html=html), answering.answers_elsewhere(original))
            case Answer.REPLY_LIST:
                if not answering.list_address(original.list_post):
                    raise NotFromAList
                return Begun(answering.reply_to_list(original, person, html=html))
            case Answer.FORWARD:
                return Begun(answering.forward(original, person, html=html))
        draft = answering.edit_as_new(original, person)
        if head.status is Status.DRAFT:  # begun elsewhere: it is gone on with, all of it
            draft = replace(draft, bcc=head.bcc, in_reply_to=original.in_reply_to, references=original.references)
        return Begun(draft)

    def _is_rich(self, quoted: Quotable | None = None) -> bool:
        """Say whether a mail is begun in rich text, where one is answered as that is."""
        wanted = self._settings.get(settings.WRITE_IN)
        return wanted == WriteIn.RICH or (wanted == WriteIn.LIKE_ORIGINAL and (quoted is None or quoted.is_html))

    def _person(self, account_keys: tuple[int, ...]) -> Person:
        """Return who answers; the default is what one of these accounts writes as, whichever account sends that."""
        known = {each.address.lower(): each for _account, each in self._compose.identities()}
        if not known:
            raise NoServerToSend("")
        with self._database.read() as view:
            accounts, own = Accounts(view).all(), Accounts(view).own_addresses()
        theirs = (each for account in accounts if account.key in account_keys for each in account.writes_as)
        written = (known[each.address.lower()] for each in theirs if each.address.lower() in known)
        identities = tuple(known.values())
        return Person(identities, next(written, identities[0]), own)

    def _original(self, email_key: int, head: MessageHead, raw: bytes, quoted: Quotable, when: str) -> Original:
        block, _body = header.split(raw)
        fields = header.fields(block, _FIELDS)
        said = parse_header(block)
        with self._database.read() as view:
            email_id = Messages(view).ids_of([email_key])[email_key]
        delivered = (*fields.get(b"delivered-to", ()), *fields.get(b"x-original-to", ()))
        return Original(
            email_id,
            subject=head.subject,
            sender=head.sender,
            reply_to=head.reply_to,
            to=head.to,
            cc=head.cc,
            delivered_to=tuple(header.text(value) for value in delivered),
            message_id=head.message_id,
            in_reply_to=said.in_reply_to,
            references=said.references,
            list_post=header.text(fields.get(b"list-post", [b""])[0]),
            when=when,
            html=quoted.html,
            text=quoted.text,
            is_html=quoted.is_html,
        )

    def _files(self, head: MessageHead, raw: bytes, quoted: Quotable, *, all_of_them: bool) -> tuple[Enclosure, ...]:
        """Return the pictures a quotation shows, and where wanted the other files. Raises FilesNotHere."""
        ids = {section: content_id for content_id, section in quoted.content_ids.items()}
        wanted = [part for part in head.parts if all_of_them or part.section in ids]
        if wanted and head.completeness is Completeness.TEXT:
            if all_of_them:
                raise FilesNotHere
            return ()
        return tuple(self._file(raw, part, ids.get(part.section, "")) for part in wanted)

    def _file(self, raw: bytes, part: Part, content_id: str) -> Enclosure:
        octets = self._parser.part_bytes(raw, part.section)
        return self._compose.attach_octets(part.name, part.media_type, octets, content_id)
