"""What is said above a mail, and what a click on a link asks."""

from __future__ import annotations

from dataclasses import replace
from email.utils import formataddr
from typing import Any

import pytest
from PySide6.QtCore import QUrl

from desktop.base.errors import Problem
from desktop.domain.mail.links import LinkReason, LinkWarning
from desktop.domain.mail.message import Completeness
from desktop.domain.mail.reminding import FollowUp
from desktop.ui.mail import link_question, reader_notices, trust_words
from desktop.ui.mail.letter import Form, Opened, StoredLetter, open_letter
from desktop.ui.mail.reader_notices import Remedy, Situation
from desktop.ui.widgets.banner import Tone
from tests.ui.mail.reading_desk import Desk, mail

REMOTE = '<p>x</p><img src="https://pixel.example/1.png">'


def opened(body: str = "Hello", *, html: bool = False, **facts: Any) -> Opened:
    desk = Desk()
    key = desk.add(mail(body, html=html), **facts)
    return open_letter(StoredLetter(desk, key), desk.heads[key], Form(), desk)


def said(letter: Opened, situation: Situation | None = None) -> list[str]:
    return [notice.text for notice in reader_notices.notices(letter, situation or Situation())]


def test_an_ordinary_mail_needs_no_words() -> None:
    assert said(opened()) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        (
            "Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\n1\n--b--",
            "This mail is encrypted, and Rapport cannot decrypt it yet.",
        ),
        (
            "Content-Type: application/pkcs7-mime; smime-type=signed-data",
            "The text of this mail is packed into its signature, which Rapport cannot open yet.",
        ),
        ("Content-Type: text/plain", "This mail has no text."),
    ],
)
def test_a_mail_with_nothing_to_read_says_why(fields: str, sentence: str) -> None:
    desk = Desk()
    key = desk.add(f"From: anna@acme.example\n{fields}\n\n".encode())

    assert said(open_letter(StoredLetter(desk, key), desk.heads[key], Form(), desk)) == [sentence]


def test_a_mail_on_its_way_says_when_one_will_be_reminded_of_it() -> None:
    assert said(opened(follow_up=FollowUp(3))) == ["Reminder 3 days after sending"]


def test_blocked_images_are_offered() -> None:
    (notice,) = reader_notices.notices(opened(REMOTE, html=True), Situation())

    assert [remedy for _words, remedy in notice.offers] == [
        Remedy.LOAD_IMAGES,
        Remedy.ALWAYS_LOAD_IMAGES,
        Remedy.ALWAYS_LOAD_DOMAIN,
    ]
    assert notice.offers[-1][0] == "Always for acme.example"
    assert notice.tone is Tone.NEUTRAL


def test_shown_images_are_not_mentioned() -> None:
    assert said(opened(REMOTE, html=True), Situation(images_shown=True)) == []


def test_a_mail_from_a_file_cannot_allow_its_sender() -> None:
    last = reader_notices.notices(opened(REMOTE, html=True), Situation(from_file=True))[-1]

    assert [remedy for _words, remedy in last.offers] == [Remedy.LOAD_IMAGES]


@pytest.mark.parametrize(
    ("name", "address", "odd"),
    [
        ("Anna Keller", "anna@acme.example", False),
        ("anna@acme.example", "anna@acme.example", False),
        ("ANNA@acme.example", "anna@ACME.example", False),
        ("service@bank.example", "eve@evil.example", True),
        ("Bank <service@bank.example>", "eve@evil.example", True),
        ("Anna Keller (anna@acme.example)", "anna@acme.example", False),
        ("Anna @ ACME", "anna@acme.example", False),
        ("@anna", "anna@acme.example", False),
        ("a@b", "anna@acme.example", False),
        ("", "anna@acme.example", False),
    ],
)
def test_c10_a_name_that_shows_another_address_is_told(name: str, address: str, odd: bool) -> None:
    desk = Desk()
    sender = formataddr((name, address))
    raw = f"From: {sender}\r\nTo: me@example.org\r\nSubject: Hi\r\n\r\nHello".encode()
    key = desk.add(raw)
    letter = open_letter(StoredLetter(desk, key), desk.heads[key], Form(), desk)

    words = trust_words.warning(letter)

    assert bool(words) is odd
    assert not odd or address in words


def test_c10_who_sends_for_another_is_said_but_not_warned_of() -> None:
    desk = Desk()
    key = desk.add(b"From: anna@acme.example\r\nReply-To: eve@other.example\r\nSubject: Hi\r\n\r\nHello")
    letter = open_letter(StoredLetter(desk, key), desk.heads[key], Form(), desk)

    [notice] = reader_notices.notices(letter, Situation())

    assert notice.text == "If you answer this mail, your answer goes to eve@other.example, not to anna@acme.example."
    assert notice.tone is Tone.NEUTRAL


def test_problems_come_first_with_their_details() -> None:
    letter = replace(opened(), document=None, problem=Problem("It is broken.", details="NO [X]"))

    notice = reader_notices.notices(letter, Situation())[0]

    assert (notice.text, notice.details, notice.tone) == ("It is broken.", "NO [X]", Tone.DANGER)
    assert Remedy.VIEW_SOURCE in {remedy for _words, remedy in notice.offers}


def test_a_large_mail_says_where_its_attachments_are() -> None:
    assert any("fetched when you ask" in text for text in said(opened(completeness=Completeness.TEXT)))


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://bank.com@evil.example/", LinkReason.USER_INFO),
        ("http://2130706433/", LinkReason.NUMBER_HOST),
        ("http://192.0.2.7/x", LinkReason.NUMBER_HOST),
        ("https://аррӏе.com/", LinkReason.LOOKALIKE),
    ],
)
def test_c09_a_target_that_deceives_by_itself_is_asked_about(url: str, reason: LinkReason) -> None:
    warning = link_question.warning_for(QUrl(url), ())

    assert warning is not None
    assert warning.reason is reason


def test_c09_the_question_names_the_real_host() -> None:
    url = QUrl("https://evil.example/login?user=x")
    warning = LinkWarning(LinkReason.OTHER_HOST, "www.bank.com", url.toString(), "evil.example")

    words = link_question.question(url, warning)

    assert "Site: evil.example" in words
    assert "Shown: www.bank.com" in words


def test_c09_an_address_is_shown_encoded_and_without_the_user() -> None:
    assert link_question.shown_url(QUrl("https://bank.com:x@evil.example/a b")) == "https://evil.example/a%20b"
    assert "xn--" in link_question.shown_url(QUrl("https://аррӏе.com/"))
    assert link_question.shown_url(QUrl("mailto:anna@acme.example")) == "mailto:anna@acme.example"
    assert len(link_question.shown_url(QUrl("https://x.example/" + "a" * 5000))) == 300


def test_an_honest_link_is_not_asked_about() -> None:
    assert link_question.warning_for(QUrl("https://acme.example/a"), ()) is None


@pytest.mark.parametrize(
    ("written", "clicked"),
    [
        ("https://evil.example", "https://evil.example/"),
        ("https://evil.example:443/a", "https://evil.example/a"),
        ("https://evil.example/a/../b", "https://evil.example/b"),
        ("https://evil.example/a/%2e%2e/b", "https://evil.example/b"),
        ("https://evil.example/a|b?c='d'", "https://evil.example/a|b?c=%27d%27"),
        ("https:\\\\evil.example\\b", "https://evil.example/b"),
        ("https:evil.example", "https://evil.example/"),
        ("https:////evil.example", "https://evil.example/"),
        ("https://%65vil.example/", "https://evil.example/"),
        ("https://ｅvil.example/ы", "https://evil.example/%D1%8B"),
        ("mailto:x@evil.example", "mailto:x@evil.example"),
    ],
)
def test_c09_a_link_that_lies_is_asked_about_as_the_browser_writes_it(written: str, clicked: str) -> None:
    warning = LinkWarning(LinkReason.OTHER_HOST, "www.bank.com", written, "evil.example")

    assert link_question.warning_for(QUrl(clicked), (warning,)) is warning


def test_c09_a_warning_does_not_spread_to_the_honest_links_beside_it() -> None:
    warning = LinkWarning(LinkReason.OTHER_HOST, "www.shop.com", "https://clicks.example/1", "clicks.example")

    assert link_question.warning_for(QUrl("https://clicks.example/2"), (warning,)) is None
