"""What a person types, from the draft to the octets a real server takes: naughty strings in every field (C25 to C28).

Each mail must arrive once, with exactly the field names it should have, for exactly whom it is addressed to, and say
what was typed. A random share is tried; `./run proof` tries all of them.
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop.app import arguments
from desktop.app.arguments import SendMail
from desktop.app.commands import send
from desktop.app.console import Console
from desktop.base.errors import Problem
from desktop.base.text import encodable
from desktop.domain.mail import mailto, mime_parse, names
from desktop.domain.mail.address import Address
from desktop.domain.mail.address_write import is_fit, spelled
from desktop.domain.mail.draft import Draft, Identity
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.services.mail.answers import Answer
from desktop.services.mail.leaving import CannotSend
from tests.captured import faults, fields_of, files
from tests.desk import Desk
from tests.domain.mail import drafts
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import Received, SmtpReceiver
from tests.typed import body_read, canonical, drawn, line

pytestmark = pytest.mark.server

BOB, CY, DI = (Address("", f"{name}@x.example") for name in ("bob", "cy", "di"))


@dataclass
class Post:
    """A program with one account, and the server that takes its mails."""

    desk: Desk
    account: MailAccount
    receiver: SmtpReceiver

    def become(self, name: str = "Ann", **changes: str) -> Identity:
        """Let the account write under a name, with a reply-to and a signature."""
        identity = Identity(self.account.address, name, **changes)
        self.desk.core.services.accounts.edit(replace(self.account, display_name=name, identities=(identity,)))
        return identity

    def sent(self, draft: Draft) -> Received:
        """Send a draft the whole way and return the one mail that arrived."""
        services = self.desk.core.services
        before = len(self.receiver.received)
        # as the composer does it: a draft is kept, read again, kept again, and handed over
        kept = services.compose.save(draft)
        services.compose.save(services.compose.draft(kept).draft, kept)
        key = services.outbox.send(kept, hold_s=0)
        self.desk.core.supervisor.senders.send_once(self.account.key)
        waiting = services.outbox.get(key)
        assert waiting is None, (waiting.problem, waiting.details)
        [received] = self.receiver.received[before:]
        return received


@pytest.fixture
def post(desk: Desk, dovecot: Dovecot, imap_user: str, smtp_receiver: Callable[..., SmtpReceiver]) -> Post:
    receiver = smtp_receiver(passwords={imap_user: PASSWORD}, utf8=True)
    account = desk.core.services.accounts.add(
        MailAccount(
            id=uuid.uuid4(),
            address=imap_user,
            display_name="Ann",
            imap=Endpoint("127.0.0.1", dovecot.imap_port, Security.PLAIN, imap_user),
            smtp=Endpoint("127.0.0.1", receiver.port, Security.PLAIN, imap_user),
            files_sent=FilesSent.BY_ITSELF,
        ),
        PASSWORD,
        PASSWORD,
    )
    desk.sync()
    return Post(desk, account, receiver)


@pytest.mark.parametrize("is_html", [False, True])
def test_c25_what_is_typed_into_every_field_arrives_and_nothing_else(post: Post, is_html: bool) -> None:
    wrong = []
    compose = post.desk.core.services.compose
    for each in drawn(16):
        page = f"<p>{html.escape(each)}</p>"
        identity = post.become(encodable(each), reply_to="answers@x.example", signature=page)
        written = Draft(
            sender=identity.mailbox,
            reply_to=(Address(each, identity.reply_to),),
            to=(Address(each, BOB.address), CY),
            cc=(Address(each, DI.address),),
            bcc=(Address(each, "hidden@x.example"),),
            subject=each,
            is_html=is_html,
            html=f'{page}<p><a href="https://x.example/?{quote(each, errors="replace")}">{html.escape(each)}</a></p>',
            text=each,
            enclosures=(compose.attach_octets(each, "text/plain", b"data"),),
            in_reply_to=each,
            references=(each, "sane@x.example"),
        )

        received = post.sent(written)

        message = mime_parse.parse(received.raw)
        found = faults(received, written, post.account.address)
        if canonical(drafts.text_of(received.raw)) != canonical(body_read(each)):
            found.append(f"text {drafts.text_of(received.raw)!r}")
        if files(message) != [names.safe_name(encodable(each)) or "file"]:
            found.append(f"files {files(message)}")
        if b"hidden@" in received.raw:
            found.append("bcc in the mail")
        if is_html and page not in drafts.html_of(received.raw) and each.isascii() and each.isprintable():
            found.append("html")
        wrong += [(each[:60], what) for what in found]

    assert wrong == []


def test_c25_what_is_typed_in_the_place_of_an_address_is_refused_or_is_one(post: Post) -> None:
    """Whatever is taken for an address is the one envelope address it is sent to; all else leaves nobody a mail."""
    wrong = []
    for each in drawn(16):
        for field in ("to", "cc", "bcc", "reply_to"):
            written = replace(
                Draft(Address("Ann", post.account.address), to=(BOB,), subject="s", text="t", is_html=False),
                **{field: (Address("", each),)},
            )
            before = len(post.receiver.received)
            try:
                received = post.sent(written)
            except CannotSend:
                if len(post.receiver.received) != before:
                    wrong.append((each[:60], field, "sent though refused"))
                continue
            meant = {spelled(one.address).lower() for one in written.recipients}  # quoted where it must be (RFC 5321)
            if {one.lower() for one in received.recipients} != meant or len(received.recipients) != len(meant):
                wrong.append((each[:60], field, str(received.recipients)))
            if field == "bcc" and each.strip().encode() in received.raw:
                wrong.append((each[:60], field, "told"))

    assert wrong == []


@pytest.mark.parametrize("kind", [Answer.REPLY_ALL, Answer.FORWARD, Answer.FORWARD_ATTACHED, Answer.EDIT_AS_NEW])
def test_c25_an_answer_to_a_hostile_mail_takes_over_no_field_of_it(post: Post, dovecot: Dovecot, kind: Answer) -> None:
    strings = [each for each in drawn(10) if len(each) < 1_000]
    dovecot.deliver(post.account.address, [hostile(number, each) for number, each in enumerate(strings)])
    post.desk.sync()
    services = post.desk.core.services
    wrong = []
    keys = post.desk.mails()
    assert len(keys) == len(strings)
    for key in keys:
        begun = services.answers.begin(kind, key, "yesterday").draft
        # one that names nobody is addressed by its writer, and what is no address is taken out
        fit = {
            name: tuple(each for each in getattr(begun, name) if is_fit(each.address))
            for name in ("to", "cc", "reply_to")
        }
        written = replace(begun, **fit)
        written = written if written.recipients else replace(written, to=(BOB,))

        found = faults(post.sent(written), written, post.account.address)

        wrong += [(begun.subject[:60], what) for what in found]
        if written.bcc:
            wrong.append((begun.subject[:60], "bcc"))

    assert wrong == []


def hostile(number: int, typed: str) -> bytes:
    """Return a mail whose every field holds a string, as it would lie in a mailbox: line ends folded."""
    octets = typed.encode("utf-8", "surrogateescape" if "\udc80" <= typed[:1] <= "\udcff" else "replace")
    value = b"\r\n ".join(octets.replace(b"\0", b"").splitlines()) or b"x"
    fields = {
        b"From": value + b" <eve@evil.example>",
        b"Reply-To": b'"' + value + b'" <reply@evil.example>, ' + value,
        b"To": b"me@own.example, " + value,
        b"Cc": value + b" <cc@evil.example>",
        b"Bcc": b"hidden@evil.example",
        b"Subject": value,
        b"Date": format_datetime(datetime.fromtimestamp(1_780_000_000 + number, UTC)).encode(),
        b"Message-ID": b"<%d." % number + value + b"@evil.example>",
        b"In-Reply-To": b"<" + value + b">",
        b"References": b"<a@b> <" + value + b"> " + value,
        b"List-Post": b"<mailto:" + value + b">",
        b"X-Other": value,
        b"Content-Type": b'text/plain; charset=utf-8; name="' + value + b'"',
    }
    head = b"".join(name + b": " + content + b"\r\n" for name, content in fields.items())
    return head + b"\r\n" + b"\r\n".join(octets.replace(b"\0", b"").splitlines()) + b"\r\n"


def test_c25_arguments_of_rapport_send_are_words_and_nothing_else(
    post: Post, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = []
    core, console = post.desk.core, Console(lambda _words: None, lambda _words: None)
    for number, typed in enumerate(drawn(12)):
        each = typed.replace("\0", "")  # no program can be given one
        body = tmp_path / f"{number}.txt"
        body.write_text(typed, "utf-8", "replace", newline="")
        options = [f"--from={post.account.address}", f"--to={BOB.address}", f"--to={each}", f"--cc={each}"]
        given = ["send", *options, f"--bcc={each}", f"--subject={each}", f"--text={body}", f"--attach={body}"]
        _profile, command = arguments.parse(given, tmp_path)
        assert isinstance(command, SendMail)
        before = len(post.receiver.received)
        try:
            send.run(command, core, console, engine_runs=False)
        except Problem as problem:
            # what is no address is said, and nothing leaves
            if not isinstance(problem, CannotSend) or len(post.receiver.received) != before:
                wrong.append((each[:60], str(problem)))
            send.run(replace(command, to=(BOB.address,), cc=(), bcc=()), core, console, engine_runs=False)
        [received] = post.receiver.received[before:]
        message = mime_parse.parse(received.raw)
        people = {one.address for one in (*message.to, *message.cc)}
        found = {
            "subject": message.subject == line(each),
            "text": canonical(drafts.text_of(received.raw)) == canonical(body_read(body.read_text("utf-8"))),
            "files": files(message) == [body.name],
            "people": people <= set(received.recipients) and BOB.address in people,
            "fields": drafts.names(received.raw) in fields_of(message),
        }
        wrong += [(each[:60], what) for what, right in found.items() if not right]

    capsys.readouterr()
    assert wrong == []


def test_c27_a_link_that_begins_a_mail_gives_words_and_nothing_else(post: Post) -> None:
    wrong = []
    identity = post.become()
    for each in drawn(16):
        value = quote(each, safe="", errors="replace")
        fields = ("to", "cc", "bcc", "subject", "body", "attach", "attachment", "from", "in-reply-to", "x-evil", each)
        uri = f"mailto:{value}?" + "&".join(f"{quote(name, errors='replace')}={value}" for name in fields)
        letter = mailto.parse(uri)
        written = post.desk.core.services.answers.new(letter)
        written = replace(written, to=written.to or (BOB,), bcc=())

        received = post.sent(written)

        found = faults(received, written, identity.address)
        if written.enclosures or "From" not in drafts.names(received.raw):
            found.append("files")
        text = canonical(drafts.text_of(received.raw))
        if text != canonical(body_read(letter.body)):
            found.append(f"text {text!r}")
        wrong += [(each[:60], what) for what in found]

    assert wrong == []
