"""What makes the sample lively: mails that come by and by, and answers to what one writes. On a thread of its own."""

from __future__ import annotations

import heapq
import itertools
import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from desktop.app.demo import letters
from desktop.app.demo.letters import ADDRESS, Person
from desktop.app.demo.mailbox import Mailbox
from desktop.base import clock
from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.mime_parse import parse, parse_header

log = logging.getLogger(__name__)

_MOST_QUOTED = 2000


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast things happen, in seconds."""

    first_mail_s: float = 20.0
    next_mail_s: float = 75.0
    answer_s: float = 8.0


class Post:
    """Delivers into the Inbox of the sample. `begin` starts it; `take` may be called on any thread."""

    def __init__(self, mailbox: Mailbox, pace: Pace) -> None:
        self._mailbox, self._pace = mailbox, pace
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Callable[[int], bytes]]] = []
        self._order = itertools.count()
        self._answers: dict[str, int] = {}
        self._ends = False
        self._thread = threading.Thread(target=self._run, name="sample-post", daemon=True)

    def begin(self) -> None:
        """Start; what was not delivered in an earlier life of this mailbox comes now."""
        mailbox = self._mailbox
        here = [
            parse_header(mailbox.raw(each.id, mail.uid).partition(b"\r\n\r\n")[0])
            for each in mailbox.folders()
            for mail in mailbox.mails(each.id)
        ]
        known = {message.message_id for message in here}
        coming = [each for each in letters.letters().coming if each.id not in known]
        for number, letter in enumerate(coming):
            after_s = self._pace.first_mail_s + number * self._pace.next_mail_s
            self._later(after_s, partial(letters.octets, letter))
        self._thread.start()

    def close(self) -> None:
        """Deliver nothing any more."""
        with self._changed:
            self._ends = True
            self._changed.notify()
        if self._thread.ident is not None:
            self._thread.join(5.0)

    def take(self, recipients: tuple[str, ...], raw: bytes) -> None:
        """Take a mail of the person's: those who are known here answer, for the others a notice comes back."""
        sent = _Sent.of(raw)
        people = letters.letters().people
        unknown: list[str] = []
        for address in recipients:
            person = people.get(address.lower())
            if address.lower() == ADDRESS:
                self._later(0.0, lambda _at_ms: raw)
            elif person is None:
                unknown.append(address)
            elif person.answers:
                self._later(self._pace.answer_s, partial(sent.answered, person, self._next_answer(person)))
        if unknown:
            text = _(
                "This is a sample: nothing leaves this computer. Nobody got your mail at {addresses}. "
                "The people of this mailbox do answer."
            ).format(addresses=", ".join(unknown))
            office = Person(_("Post office of the sample"), "post@sample.example")
            self._later(0.5, partial(sent.answered, office, text))

    def _next_answer(self, person: Person) -> str:
        with self._changed:
            number = self._answers.get(person.address, 0)
            self._answers[person.address] = number + 1
        return person.answers[number % len(person.answers)]

    def _later(self, after_s: float, make: Callable[[int], bytes]) -> None:
        with self._changed:
            heapq.heappush(self._due, (clock.monotonic() + after_s, next(self._order), make))
            self._changed.notify()

    def _inbox(self) -> int:
        folder = self._mailbox.folder("INBOX")
        assert folder is not None
        return folder.id

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._ends:
                    left = self._due[0][0] - clock.monotonic() if self._due else None
                    if left is not None and left <= 0:
                        break
                    self._changed.wait(left)
                if self._ends:
                    return
                _when, _number, make = heapq.heappop(self._due)
            now = clock.now()
            self._mailbox.add(self._inbox(), make(now), now)
            log.info("a mail of the sample arrives")


@dataclass(frozen=True, slots=True)
class _Sent:
    """A mail the person sent, as far as an answer needs it."""

    id: str
    subject: str
    references: tuple[str, ...]
    text: str

    @classmethod
    def of(cls, raw: bytes) -> _Sent:
        message = parse(raw)
        own = "\n".join(line for line in message.text.splitlines() if not line.startswith(">"))
        return cls(message.message_id, one_line(message.subject), message.references, own[:_MOST_QUOTED])

    def answered(self, sender: Person, text: str, at_ms: int) -> bytes:
        references = (*self.references, self.id) if self.id else self.references
        domain = sender.address.partition("@")[2]
        return letters.answer(
            sender,
            text,
            id_=f"answer-{secrets.token_hex(8)}@{domain}",
            subject=self.subject,
            references=references,
            quoted=self.text,
            at_ms=at_ms,
        )
