"""`rapport show`: one mail as summary, JSON, source, safe HTML or text. Reads only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from desktop.app.arguments import Form, ShowMail
from desktop.app.commands import moment
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.address import Address
from desktop.domain.mail.message import Part
from desktop.domain.mail.reading import MessageHead
from desktop.services.mail.views import MailGone

_LARGEST_KEY = (1 << 63) - 1


class NoSuchMail(Problem):
    """No mail in the profile has the id that was typed."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, name: str) -> None:
        super().__init__(_("There is no mail with the id “{id}”.").format(id=one_line(name)))


def run(command: ShowMail, core: Core, console: Console) -> int:
    """Print the mail; returns 0. Raises NoSuchMail, Problem."""
    key = _key(command.id, core)
    reading = core.services.reading
    match command.form:
        case Form.RAW:
            console.write(reading.source(key))
            if not reading.is_whole(key):
                console.say(_("Only the header and text of this mail are on this computer. The rest is on its server."))
        case Form.HTML:
            console.write(reading.document(key).html.encode("utf-8", "replace") + b"\n")
        case Form.TEXT:
            console.text(reading.parse(reading.source(key)).text)
        case Form.JSON:
            console.json(_facts(core, key))
        case Form.SUMMARY:
            _summary(reading.head(key), console)
            console.text(reading.parse(reading.source(key)).text)
    return 0


def _key(name: str, core: Core) -> int:
    """Return the local key: the number itself, or that of a UUID. Raises NoSuchMail."""
    try:
        if not (name.isascii() and name.isdigit()):
            return core.services.views.key_of(uuid.UUID(name))
        # longer numbers are no keys, and Python would refuse to read very long ones
        key = int(name) if len(name) < 20 else 0
        if 0 < key <= _LARGEST_KEY:
            core.services.views.head(key)
            return key
    except (ValueError, MailGone):
        pass
    raise NoSuchMail(name)


def _summary(head: MessageHead, console: Console) -> None:
    day = moment.in_words(head.date_ms, "%Y-%m-%d %H:%M %z")
    console.line(_("From: {people}").format(people=_spelled([head.sender])))
    for words, people in ((_("To: {people}"), head.to), (_("Cc: {people}"), head.cc)):
        if people:
            console.line(words.format(people=_spelled(people)))
    console.line(_("Date: {date}").format(date=day))
    console.line(_("Subject: {subject}").format(subject=head.subject))
    for part in head.parts:
        if not part.inline:
            size = _("Attachment: {name} ({size_bytes} bytes)")
            console.line(size.format(name=part.name or part.media_type, size_bytes=part.size_bytes))
    console.line("")


def _spelled(people: Iterable[Address]) -> str:
    return ", ".join(f"{one.name} <{one.address}>" if one.name else one.address for one in people)


def _facts(core: Core, key: int) -> dict[str, object]:
    head = core.services.reading.head(key)
    message = core.services.reading.parse(core.services.reading.source(key))
    return {
        "id": str(core.services.views.ids_of([key])[key]),
        "key": key,
        "conversation": head.conversation_key,
        "message_id": head.message_id,
        "date": moment.for_programs(head.date_ms),
        "received": moment.for_programs(head.received_ms),
        "from": _person(head.sender),
        "reply_to": [_person(one) for one in head.reply_to],
        "to": [_person(one) for one in head.to],
        "cc": [_person(one) for one in head.cc],
        "bcc": [_person(one) for one in head.bcc],
        "subject": head.subject,
        "in_reply_to": message.in_reply_to,
        "references": list(message.references),
        "unread": head.unread,
        "starred": head.important,
        "answered": head.answered,
        "forwarded": head.forwarded,
        "size_bytes": head.size_bytes,
        "completeness": head.completeness.value,
        "gone": head.gone,
        "parts": [_part(part) for part in head.parts],
        "defects": list(message.defects),
        "text": message.text,
    }


def _person(address: Address) -> dict[str, str]:
    return {"name": address.name, "address": address.address}


def _part(part: Part) -> dict[str, object]:
    return {
        "section": part.section,
        "name": part.name,
        "media_type": part.media_type,
        "size_bytes": part.size_bytes,
        "inline": part.inline,
    }
