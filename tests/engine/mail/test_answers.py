"""Answers begin with the right people, identity and words of the original; its files go along where they are wanted."""

from __future__ import annotations

from dataclasses import replace
from email.message import EmailMessage

import pytest

from desktop.domain import settings
from desktop.domain.mail.draft import Identity, Relation
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.mail_account import Endpoint, Security
from desktop.domain.mail.mailto import parse
from desktop.domain.settings import WriteIn
from desktop.services.mail.answers import Answer, FilesNotHere, NotFromAList
from desktop.services.mail.leaving import NoServerToSend
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def original() -> bytes:
    message = EmailMessage()
    message["From"] = "Anna Keller <anna@acme.example>"
    message["To"] = "sales@firm.example, Rolf <rolf@acme.example>"
    message["Cc"] = "Maria <maria@acme.example>"
    message["Subject"] = "Renewal"
    message["Message-ID"] = "<renewal-1@acme.example>"
    message["Date"] = "Thu, 15 Oct 2026 09:00:00 +0200"
    message["Delivered-To"] = "jan@firm.example"
    message.set_content("Plain words")
    message.add_alternative(
        '<p>Rich <b>words</b> <img src="cid:pic@acme"></p><div style="display:none">unseen</div>', subtype="html"
    )
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(PNG, "image", "png", cid="<pic@acme>", filename="pic.png")  # type: ignore[union-attr]
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Angebot.pdf")
    return message.as_bytes()


@pytest.fixture
def key(desk: Desk, dovecot: Dovecot, imap_user: str) -> int:
    account = desk.add(dovecot, imap_user, display_name="Jan")
    smtp = Endpoint("127.0.0.1", 1, Security.PLAIN, imap_user)
    sales = Identity("sales@firm.example", "Sales", signature="<p>Sales team</p>")
    desk.core.services.accounts.edit(replace(account, smtp=smtp, identities=(Identity(imap_user, "Jan"), sales)))
    dovecot.deliver(imap_user, [original()])
    desk.sync()
    [key] = desk.mails()
    return key


def test_a_reply_to_all_goes_to_everybody_else_as_whom_the_mail_was_meant_for(desk: Desk, key: int) -> None:
    draft = desk.core.services.answers.begin(Answer.REPLY_ALL, key, "15 October 2026").draft

    assert draft.sender.address == "sales@firm.example"
    assert [each.address for each in draft.to] == ["anna@acme.example", "rolf@acme.example"]
    assert [each.address for each in draft.cc] == ["maria@acme.example"]
    assert (draft.subject, draft.in_reply_to) == ("Re: Renewal", "renewal-1@acme.example")
    assert draft.references == ("renewal-1@acme.example",)
    assert "On 15 October 2026, Anna Keller wrote:" in draft.quote_text
    assert "<b>words</b>" in draft.quote_html
    assert "unseen" not in draft.quote_html + draft.quote_text
    assert "Sales team" in draft.html
    assert [(each.name, each.content_id) for each in draft.enclosures] == [("pic.png", "pic@acme")]
    assert draft.origin is not None
    assert draft.origin.relation is Relation.REPLY


def test_what_is_forwarded_takes_its_files_along(desk: Desk, key: int) -> None:
    services = desk.core.services
    draft = services.answers.begin(Answer.FORWARD, key, "15 October 2026").draft

    assert (draft.to, draft.subject) == ((), "Fwd: Renewal")
    assert sorted(each.name for each in draft.enclosures) == ["Angebot.pdf", "pic.png"]
    pdf = next(each for each in draft.enclosures if each.name == "Angebot.pdf")
    assert services.compose.content(pdf) == b"%PDF-1.4"
    kept = services.compose.save(draft)
    [email] = desk.mails(Unified.DRAFTS)
    parts = services.reading.head(email).parts
    assert [part.size_bytes for part in parts if part.name == "Angebot.pdf"] == [8]
    assert services.reading.part(email, next(p.section for p in parts if p.name == "Angebot.pdf")) == b"%PDF-1.4"
    services.compose.discard(kept)


def test_a_mail_forwarded_as_a_file_is_its_source(desk: Desk, key: int) -> None:
    services = desk.core.services
    draft = services.answers.begin(Answer.FORWARD_ATTACHED, key, "").draft

    [enclosure] = draft.enclosures
    assert (enclosure.name, enclosure.media_type) == ("Renewal.eml", "message/rfc822")
    assert services.compose.content(enclosure) == services.reading.source(key)


def test_a_mail_can_be_written_anew(desk: Desk, key: int) -> None:
    draft = desk.core.services.answers.begin(Answer.EDIT_AS_NEW, key, "").draft
    assert (draft.subject, draft.origin, draft.quote_html) == ("Renewal", None, "")
    assert "<b>words</b>" in draft.html


def test_files_still_on_the_server_are_told_of(desk: Desk, dovecot: Dovecot, imap_user: str, key: int) -> None:
    account = desk.core.services.accounts.all()[0]
    desk.core.services.accounts.edit(replace(account, size_limit_bytes=50_000))
    message = EmailMessage()
    message["From"] = "anna@acme.example"
    message["Subject"] = "Large"
    message.set_content("text")
    message.add_attachment(bytes(200_000), maintype="application", subtype="zip", filename="large.zip")
    dovecot.deliver(imap_user, [message.as_bytes()])
    desk.sync()
    large = next(each for each in desk.mails() if each != key)

    with pytest.raises(FilesNotHere):
        desk.core.services.answers.begin(Answer.FORWARD, large, "")
    assert desk.core.services.answers.begin(Answer.REPLY, large, "").draft.enclosures == ()


def test_an_answer_to_the_list_of_a_mail_that_came_through_none_goes_to_nobody(desk: Desk, key: int) -> None:
    with pytest.raises(NotFromAList):
        desk.core.services.answers.begin(Answer.REPLY_LIST, key, "")


@pytest.mark.parametrize(
    ("wanted", "of_rich", "of_plain", "new"),
    [
        (WriteIn.RICH, True, True, True),
        (WriteIn.LIKE_ORIGINAL, True, False, True),
        (WriteIn.PLAIN, False, False, False),
    ],
)
def test_mails_are_begun_as_the_person_wants_them(
    desk: Desk,
    dovecot: Dovecot,
    imap_user: str,
    key: int,
    wanted: WriteIn,
    of_rich: bool,
    of_plain: bool,
    new: bool,
) -> None:
    """Row 72: "reply in HTML even to plain" is the default."""
    dovecot.deliver(imap_user, [b"From: bo@example.org\r\nSubject: Plain\r\n\r\nwords\r\n"])
    desk.sync()
    plain = next(each for each in desk.mails() if each != key)
    answers = desk.core.services.answers
    is_default = desk.core.services.settings.get(settings.WRITE_IN) == WriteIn.RICH
    desk.core.services.settings.set(settings.WRITE_IN, wanted.value)

    assert is_default
    for kind in (Answer.REPLY, Answer.REPLY_ALL, Answer.FORWARD):
        assert answers.begin(kind, key, "").draft.is_html is of_rich
        assert answers.begin(kind, plain, "").draft.is_html is of_plain
    assert answers.new().is_html is new


def test_a_link_begins_a_mail_as_the_person(desk: Desk, key: int) -> None:
    draft = desk.core.services.answers.new(parse("mailto:bo@example.org?subject=Hi&attach=/etc/passwd"))
    assert ([each.address for each in draft.to], draft.subject, draft.enclosures) == (["bo@example.org"], "Hi", ())


def test_who_cannot_send_is_told(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    desk.add(dovecot, imap_user)
    dovecot.deliver(imap_user, [mail(1)])
    desk.sync()
    with pytest.raises(NoServerToSend):
        desk.core.services.answers.begin(Answer.REPLY, desk.mails()[0], "")


def test_those_one_writes_to_are_suggested_first(desk: Desk, key: int, dovecot: Dovecot, imap_user: str) -> None:
    compose = desk.core.services.compose
    sent = EmailMessage()
    sent["From"], sent["To"], sent["Subject"] = imap_user, "Anton Meier <anton@acme.example>", "Offer"
    sent.set_content("x")
    dovecot.deliver(imap_user, [sent.as_bytes()], folder="Sent")
    desk.sync()

    found = compose.suggest("an", 5)

    assert [each.address for each in found][:2] == ["anton@acme.example", "anna@acme.example"]
    assert compose.suggest("keller acme", 5)[0].name == "Anna Keller"
    assert compose.suggest('%_"', 5) == ()
    assert compose.suggest("", 5) == ()


def test_whom_one_writes_to_is_suggested_among_hundreds_who_are_called_alike(
    desk: Desk, dovecot: Dovecot, imap_user: str
) -> None:
    desk.add(dovecot, imap_user)
    heard = [
        mail(n, From=f"Anna <anna{n}@acme.example>", To=f"{imap_user}, Nobody <n{n}@x.example>") for n in range(250)
    ]
    dovecot.deliver(imap_user, heard)
    written = mail(-1, From=imap_user, To="Anna Zorn <zorn@acme.example>")
    dovecot.deliver(imap_user, [written], folder="Sent")
    desk.sync()

    found = desk.core.services.compose.suggest("ann", 5)

    assert (found[0].name, found[0].address) == ("Anna Zorn", "zorn@acme.example")
    assert found[1].address == "anna249@acme.example"


def test_c28_who_got_a_mail_unseen_is_not_told_by_forwarding_it(
    desk: Desk, key: int, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(2, subject="Unseen", Bcc="secret@acme.example")])
    desk.sync()
    services = desk.core.services
    [unseen] = [each for each in desk.mails() if services.reading.head(each).subject == "Unseen"]

    [enclosure] = services.answers.begin(Answer.FORWARD_ATTACHED, unseen, "").draft.enclosures

    assert b"secret@acme.example" in services.reading.source(unseen)
    assert b"secret@acme.example" not in services.compose.content(enclosure)


def test_a_draft_of_another_program_is_gone_on_with_all_of_it(
    desk: Desk, key: int, dovecot: Dovecot, imap_user: str
) -> None:
    begun = mail(3, subject="Begun", Bcc="secret@acme.example", In_Reply_To="<renewal-1@acme.example>")
    dovecot.deliver(imap_user, [begun], "Drafts")
    desk.sync()
    [there] = desk.mails(Unified.DRAFTS)

    draft = desk.core.services.answers.begin(Answer.EDIT_AS_NEW, there, "").draft

    assert [each.address for each in draft.bcc] == ["secret@acme.example"]
    assert draft.in_reply_to == "renewal-1@acme.example"
