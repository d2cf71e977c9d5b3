"""What to ask about before a mail is sent: a forgotten file, a wrong recipient. Pure; the composer finds the words.

Each check would rather say nothing than raise a false alarm: a warning that is mostly wrong is clicked away unread.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail import attachment_words, header_write, links, meanwhile, quotes, sender_checks, subject_words
from desktop.domain.mail.address import Address
from desktop.domain.mail.address_write import comparable
from desktop.domain.mail.draft import Draft, Relation
from desktop.domain.mail.lookalikes import KnownDomains
from desktop.domain.mail.meanwhile import ThreadMail
from desktop.domain.mail.public_domains import PUBLIC_DOMAINS

MANY_RECIPIENTS = 15
"""So many who see each other's addresses: most would rather be in Bcc."""
MAX_SCANNED_CHARS = 20_000

_SENTENCE_CHARS = 400
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?<!см\.)\s+|\n\s*\n|\n(?=\s*[-*•])", re.IGNORECASE)
_PROMISE = re.compile(rf"(?<!\w)(?:{attachment_words.PROMISES})(?!\w)", re.IGNORECASE)
_DENIAL = re.compile(rf"(?<!\w)(?:{attachment_words.DENIALS})(?!\w)", re.IGNORECASE)


class Kind(StrEnum):
    """What to ask about. The text for people is made in the ui."""

    MISSING_ATTACHMENT = "missing-attachment"
    EMPTY_SUBJECT = "empty-subject"
    EMPTY_TEXT = "empty-text"
    MANY_RECIPIENTS = "many-recipients"
    """Many see each other's addresses; Bcc is offered."""
    LOOKALIKE = "lookalike"
    """A domain that is nearly one the person writes to: `like`."""
    OTHER_ADDRESS = "other-address"
    """Another address than the one known for that name, or than the one the name holds: `like`."""
    NEW_ON_THREAD = "new-on-thread"
    """Strangers to the mail that is answered, from outside."""
    ANSWERED_MEANWHILE = "answered-meanwhile"
    """Somebody wrote in the conversation since the answer was begun: `mail`."""


@dataclass(frozen=True, slots=True)
class SendingWarning:
    """One thing to ask about."""

    kind: Kind
    people: tuple[Address, ...] = ()
    """Whom it is about."""
    like: str = ""
    mail: ThreadMail | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of whom the person writes to."""

    people: tuple[Address, ...] = ()
    """Those written to before and the contacts."""
    own: tuple[str, ...] = ()
    """The person's own addresses."""
    thread: tuple[Address, ...] = ()
    """Everybody in the mails of the conversation that is answered."""
    mails: tuple[ThreadMail, ...] = ()
    """These mails, as they are now."""
    there: frozenset[int] = frozenset()
    """Keys of those that were there when the answer was begun."""


def warnings(draft: Draft, known: Known) -> tuple[SendingWarning, ...]:
    """Return what to ask about before the draft is sent, the gravest first."""
    found = [
        *_mistaken(draft, known),
        *_strangers(draft, known),
        *_meanwhile(draft, known),
        *_texts(draft),
    ]
    visible = {each.key: each for each in (*draft.to, *draft.cc) if each.address}
    if len(visible) >= MANY_RECIPIENTS:
        found.append(SendingWarning(Kind.MANY_RECIPIENTS, tuple(visible.values())))
    return tuple(found)


def promises_attachment(text: str) -> bool:
    """Say whether somebody's own words say that a file goes along; quotation and signature do not count."""
    own = [
        line for line in quotes.split(text[:MAX_SCANNED_CHARS]).reply.split("\n") if not line.lstrip().startswith(">")
    ]
    for sentence in _SENTENCE_END.split("\n".join(own)):
        line = " ".join(sentence[:_SENTENCE_CHARS].split())
        if _PROMISE.search(line) and not _DENIAL.search(line):
            return True
    return False


def _texts(draft: Draft) -> Iterable[SendingWarning]:
    has_files = any(not each.content_id for each in draft.enclosures)  # a pasted picture or a logo is none
    if not has_files and (
        promises_attachment(draft.text) or (draft.origin is None and promises_attachment(draft.subject))
    ):
        yield SendingWarning(Kind.MISSING_ATTACHMENT)
    if subject_words.says_nothing(header_write.one_line(draft.subject)):
        yield SendingWarning(Kind.EMPTY_SUBJECT)
    is_forward = draft.origin is not None and draft.origin.relation is Relation.FORWARD
    own = quotes.split(draft.text[:MAX_SCANNED_CHARS]).reply
    if not (own or has_files or is_forward or "<img" in draft.html):
        yield SendingWarning(Kind.EMPTY_TEXT)


def _mistaken(draft: Draft, known: Known) -> Iterable[SendingWarning]:
    """Yield recipients that are nearly somebody else."""
    addresses = {comparable(each.address) for each in (*known.people, *known.thread)}
    addresses.update(map(comparable, known.own))
    domains = KnownDomains({*map(_organisation, addresses), *PUBLIC_DOMAINS})
    names = _addresses_of_names((*known.people, *known.thread))
    for each in draft.recipients:
        if comparable(each.address) in addresses:
            continue
        like = domains.meant_by(_organisation(each.address))
        if like or links.imitates(each.domain):
            yield SendingWarning(Kind.LOOKALIKE, (each,), like)
            continue
        other = sender_checks.other_address(each) or names.get(_name(each), "")
        if other:
            yield SendingWarning(Kind.OTHER_ADDRESS, (each,), other)


def _strangers(draft: Draft, known: Known) -> Iterable[SendingWarning]:
    """Yield recipients of an answer who had no part in it; colleagues are no strangers."""
    if draft.origin is None or draft.origin.relation is not Relation.REPLY or not known.thread:
        return
    there = {comparable(each.address) for each in known.thread}
    there.update(map(comparable, known.own))
    home = set(map(_organisation, known.own)) - PUBLIC_DOMAINS
    new = tuple(
        each
        for each in draft.recipients
        if comparable(each.address) not in there and _organisation(each.address) not in home
    )
    if new:
        yield SendingWarning(Kind.NEW_ON_THREAD, new)


def _meanwhile(draft: Draft, known: Known) -> Iterable[SendingWarning]:
    """Yield what came into the conversation since the answer was begun."""
    if draft.origin is None or draft.origin.relation is not Relation.REPLY:
        return
    mail = meanwhile.came_since(known.there, known.mails)
    if mail is not None:
        yield SendingWarning(Kind.ANSWERED_MEANWHILE, (mail.sender,), mail=mail)


def _organisation(address: str) -> str:
    return links.registrable(comparable(address).rpartition("@")[2])


def _name(person: Address) -> str:
    """Return a name as it is compared; "" for one of a single word, which many have."""
    parts = person.name.casefold().replace(",", " ").split()
    return " ".join(sorted(parts)) if len(parts) > 1 else ""


def _addresses_of_names(people: Iterable[Address]) -> dict[str, str]:
    """Return the address of each name; "" where people of that name have several."""
    found: dict[str, str] = {}
    for each in people:
        name = _name(each)
        if name and each.address:
            found[name] = "" if found.get(name, each.key) != each.key else each.key
    return found
