"""The draft an answer begins with: to whom, as whom, under which subject, with what of the original below it. Pure.

`Original` has no Bcc, so that nothing here can tell anybody who else got a mail. HTML and text of the original come
from `quotable`: safe, and as they were seen.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from html import escape

from desktop.base.i18n import _
from desktop.domain.mail import flowed, header_write, html_plain, links, mailto, mime_build, quote_words, subject_words
from desktop.domain.mail.address import Address
from desktop.domain.mail.address_write import comparable
from desktop.domain.mail.draft import Draft, Enclosure, Identity, Origin, Relation
from desktop.domain.mail.message import NOBODY


@dataclass(frozen=True, slots=True)
class Original:
    """The mail that is answered, forwarded or written anew."""

    email_id: uuid.UUID
    subject: str = ""
    sender: Address = NOBODY
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    """What Delivered-To and X-Original-To say, if anything."""
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    list_post: str = ""
    """The field List-Post (RFC 2369) as it came."""
    when: str = ""
    """Its date in the person's words and time zone."""
    html: str = ""
    text: str = ""
    is_html: bool = True
    """How it was written."""
    enclosures: tuple[Enclosure, ...] = ()
    """Its files; pictures of the text with their Content-ID as in `html`."""


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever answers."""

    identities: tuple[Identity, ...]
    """Of all mail accounts."""
    default: Identity
    """Of the account the mail came to."""
    addresses: frozenset[str] = frozenset()
    """More addresses that lead to the person."""

    def owns(self, address: str) -> bool:
        """Say whether mail to an address comes to the person, also by a tag ("me+shop@…")."""
        own = {comparable(each.address) for each in (self.default, *self.identities)}
        own.update(map(comparable, self.addresses))
        return comparable(address) in own or _untagged(address) in own


def identity_for(original: Original, person: Person) -> Identity:
    """Return the identity a mail was meant for.

    Of a mail of the person's own its sender; else the first that stands in To, Cc or Delivered-To, as it is before
    with a tag; else the default.
    """
    known: dict[str, Identity] = {}
    for each in (person.default, *person.identities):
        known.setdefault(comparable(each.address), each)
    named = [each.address for each in (original.sender, *original.to, *original.cc)]
    named += [each.strip("<> ") for each in original.delivered_to]
    for address in (*map(comparable, named), *map(_untagged, named)):
        if address in known:
            return known[address]
    return person.default


def reply(original: Original, person: Person, *, html: bool = True) -> Draft:
    """Return an answer to who wrote, or to whom he wants answers sent."""
    return _answer(original, person, _answered(original, person), (), html=html)


def reply_all(original: Original, person: Person, *, html: bool = True) -> Draft:
    """Return an answer to everybody but the person; who got a copy gets one again."""
    to = _once((*_answered(original, person), *_others(original.to, person)))
    cc = _others(original.cc, person)
    post = list_address(original.list_post)
    if post and post in {each.key for each in original.reply_to}:
        # who set the list as where answers go is answered himself, and the list as well
        cc = (*cc, Address("", post))
    cc = _once(cc, without={each.key for each in to})
    return _answer(original, person, to or cc, cc if to else (), html=html)


def reply_to_list(original: Original, person: Person, *, html: bool = True) -> Draft:
    """Return an answer to the mailing list alone; the original came through one."""
    post = list_address(original.list_post)
    known = [each for each in (*original.to, *original.cc, *original.reply_to) if each.key == post]
    return _answer(original, person, (known[0] if known else Address("", post),), (), html=html)


def forward(original: Original, person: Person, *, html: bool = True) -> Draft:
    """Return a mail with the original and its files below what will be written."""
    head = _forward_head(original)
    page = "<br>\n".join(map(escape, head))
    return _with_files(
        replace(
            _begun(original, person, html=html),
            subject=subject_words.forwarded(header_write.one_line(original.subject)),
            quote_html=f"<p>{page}</p>{original.html}",
            quote_text="\n".join([*head, "", original.text]),
            origin=Origin(Relation.FORWARD, original.email_id),
        ),
        original.enclosures,
    )


def forward_attached(original: Original, person: Person, mail: Enclosure, *, html: bool = True) -> Draft:
    """Return a mail with the original as a file: `mail` is its source."""
    return replace(
        _begun(original, person, html=html),
        subject=subject_words.forwarded(header_write.one_line(original.subject)),
        enclosures=(mail,),
        origin=Origin(Relation.FORWARD, original.email_id),
    )


def edit_as_new(original: Original, person: Person) -> Draft:
    """Return the original as a new mail, all of it to be changed. It answers nothing, and has no Bcc."""
    identity = identity_for(original, person)
    fresh = new(identity, html=original.is_html)
    return _with_files(
        replace(
            fresh,
            to=_once(original.to),
            cc=_once(original.cc),
            subject=header_write.one_line(original.subject),
            html=original.html,
            text=original.text,
        ),
        original.enclosures,
    )


def new(identity: Identity, letter: mailto.Mailto | None = None, *, html: bool = True) -> Draft:
    """Return an empty mail with the identity's signature, or what a mailto link begins."""
    letter = letter or mailto.Mailto()
    page, text = signature(identity.signature)
    body = "".join(f"<p>{escape(line) or '<br>'}</p>" for line in letter.body.split("\n")) if letter.body else ""
    return Draft(
        sender=identity.mailbox,
        reply_to=(Address("", identity.reply_to),) if identity.reply_to else (),
        to=letter.to,
        cc=letter.cc,
        bcc=letter.bcc,
        subject=letter.subject,
        is_html=html,
        html=body + page,
        text=letter.body + text,
    )


def signature(written: str) -> tuple[str, str]:
    """Return an identity's signature as it stands below what is written, as HTML and as text.

    One with a picture is left to the composer, which has its octets go along.
    """
    text = html_plain.plain_of(written).removeprefix("-- \n")
    if not text or "<img" in written:
        return "", ""
    return f'<p><br></p><div class="signature">{written}</div>', f"\n\n-- \n{text}"


def list_address(list_post: str) -> str:
    """Return the address a List-Post field names, in lower case; "" where it names none, or forbids to post."""
    for part in list_post[:2000].split("<")[1:]:
        to = mailto.parse(part.partition(">")[0].strip()).to
        if to:
            return to[0].key
    return ""


def answers_elsewhere(original: Original) -> tuple[Address, ...]:
    """Return where answers are asked for at another organisation than the sender's (C28); a mailing list is none."""
    home, post = links.registrable(original.sender.domain), list_address(original.list_post)
    return tuple(
        each
        for each in original.reply_to
        if each.domain and links.registrable(each.domain) != home and each.key != post
    )


def _untagged(address: str) -> str:
    local, _at, domain = comparable(address).rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _once(people: Iterable[Address], without: Collection[str] = ()) -> tuple[Address, ...]:
    """Return each address once, as it stood first."""
    found: dict[str, Address] = {}
    for each in people:
        if each.address and each.key not in without:
            found.setdefault(each.key, each)
    return tuple(found.values())


def _others(people: Iterable[Address], person: Person) -> tuple[Address, ...]:
    return _once(each for each in people if not person.owns(each.address))


def _answered(original: Original, person: Person) -> tuple[Address, ...]:
    """Return who is answered; of a mail of one's own, to whom it went."""
    if person.owns(original.sender.address):
        return _others(original.to, person) or _once(original.to) or _once([original.sender])
    asked = _others(original.reply_to, person)
    if {each.key for each in asked} == {list_address(original.list_post)}:
        asked = ()  # set by the list and not by the sender; there is a verb of its own for the list
    return asked or _once([original.sender]) or _once(original.reply_to)


def _begun(original: Original, person: Person, *, html: bool) -> Draft:
    """Return what answers and forwarded mails have in common."""
    identity = identity_for(original, person)
    answers = identity.signature if identity.reply_signature is None else identity.reply_signature
    chain = original.references or tuple(filter(None, [original.in_reply_to]))
    return replace(
        new(replace(identity, signature=answers), html=html),
        references=tuple(dict.fromkeys(filter(None, (*chain, original.message_id)))),
    )


def _answer(
    original: Original, person: Person, to: tuple[Address, ...], cc: tuple[Address, ...], *, html: bool
) -> Draft:
    intro = _introduction(original)
    return _with_files(
        replace(
            _begun(original, person, html=html),
            to=to,
            cc=cc,
            subject=subject_words.replied(header_write.one_line(original.subject)),
            quote_html=f"<p>{escape(intro)}</p>{quote_words.SENT_TAG}{original.html}</blockquote>",
            quote_text=f"{intro}\n{flowed.quoted(original.text)}",
            in_reply_to=original.message_id,
            origin=Origin(Relation.REPLY, original.email_id),
        ),
        (),
        pictures=original.enclosures,
    )


def _introduction(original: Original) -> str:
    name = header_write.one_line(original.sender.display, header_write.MAX_NAME_CHARS) or "?"
    if not original.when:
        return _("{name} wrote:").format(name=name)
    return _("On {date}, {name} wrote:").format(date=original.when, name=name)


def _forward_head(original: Original) -> list[str]:
    """Return the lines above a forwarded mail; who got a blind copy is not among them."""
    head = [f"-------- {_('Forwarded message')} --------"]
    if original.sender.display:
        head.append(_("From: {people}").format(people=_named([original.sender])))
    if original.when:
        head.append(_("Date: {date}").format(date=original.when))
    head.append(_("Subject: {subject}").format(subject=header_write.one_line(original.subject)))
    if original.to:
        head.append(_("To: {people}").format(people=_named(original.to)))
    if original.cc:
        head.append(_("Cc: {people}").format(people=_named(original.cc)))
    return head


def _named(people: Iterable[Address]) -> str:
    return ", ".join(header_write.one_line(str(each)) for each in people)


def _with_files(draft: Draft, files: tuple[Enclosure, ...], pictures: tuple[Enclosure, ...] = ()) -> Draft:
    """Return the draft with files, those the text shows as pictures; of `pictures` it gets only what it shows."""
    shown = mime_build.shown_pictures(replace(draft, enclosures=(*files, *pictures)))
    others = tuple(replace(each, content_id="") for each in files if each not in shown)
    return replace(draft, enclosures=(*shown, *others))
