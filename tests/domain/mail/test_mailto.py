"""Links that begin a mail: what they may say, and that no file and no further field comes with them."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import answering, mailto, mime_parse
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mailto import Mailto
from tests.domain.mail import drafts

BOB = Address("", "bob@x.example")
ANN = Address("", "ann@x.example")
IDENTITY = Identity("me@own.example", "Me")

# what comes of each link; nothing else may
LINKS = [
    ("mailto:bob@x.example", Mailto((BOB,))),
    ("MAILTO:bob@x.example", Mailto((BOB,))),
    ("mailto:", Mailto()),
    ("mailto:?", Mailto()),
    ("mailto:?&&=&a&=b", Mailto()),
    ("mailto:bob@x.example,ann@x.example", Mailto((BOB, ANN))),
    ("mailto:bob@x.example?to=ann@x.example&TO=bob@x.example", Mailto((BOB, ANN))),
    ("mailto:?to=bob@x.example,%20ann@x.example", Mailto((BOB, ANN))),
    (
        "mailto:bob@x.example?cc=ann@x.example&bcc=eve@x.example",
        Mailto((BOB,), (ANN,), (Address("", "eve@x.example"),)),
    ),
    (
        "mailto:bob@x.example?subject=Hello%20you&body=One%0D%0ATwo",
        Mailto((BOB,), subject="Hello you", body="One\nTwo"),
    ),
    ("mailto:bob@x.example?subject=a&amp;body=b", Mailto((BOB,), subject="a", body="b")),
    ("mailto:bob@x.example?SubJect=a&BODY=b", Mailto((BOB,), subject="a", body="b")),
    ("mailto:bob@x.example?subject=first&subject=second", Mailto((BOB,), subject="first")),
    ("mailto:bob@x.example?subject=a+b", Mailto((BOB,), subject="a+b")),
    ("mailto:bob@x.example?subject=Bug #12", Mailto((BOB,), subject="Bug #12")),
    ("mailto:bob@x.example?subject=a=b", Mailto((BOB,), subject="a=b")),
    ("mailto:Bob%20B%20%3Cbob@x.example%3E", Mailto((Address("Bob B", "bob@x.example"),))),
    ("mailto:%22B,%20Bob%22%20%3Cbob@x.example%3E", Mailto()),
    ("mailto:%22B%2C%20Bob%22%20%3Cbob@x.example%3E", Mailto((Address("B, Bob", "bob@x.example"),))),
    (
        "mailto:%D0%B8%D0%B2%D0%B0%D0%BD@%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84",
        Mailto((Address("", "иван@пример.рф"),)),
    ),
    ("mailto:иван@пример.рф?subject=Привет", Mailto((Address("", "иван@пример.рф"),), subject="Привет")),
    # C27: files
    ("mailto:bob@x.example?attach=/etc/passwd", Mailto((BOB,))),
    ("mailto:bob@x.example?attachment=/etc/passwd", Mailto((BOB,))),
    ("mailto:bob@x.example?Attach=file:///etc/passwd&body=x", Mailto((BOB,), body="x")),
    ("mailto:bob@x.example?%61ttach=/etc/passwd", Mailto((BOB,))),
    ("mailto:bob@x.example?insert=/etc/passwd", Mailto((BOB,))),
    ("mailto:bob@x.example?attach=~/.ssh/id_rsa&insert=.&file=/etc/passwd&enclosure=x&url=file:///x", Mailto((BOB,))),
    ("mailto:bob@x.example?body=file:///etc/passwd", Mailto((BOB,), body="file:///etc/passwd")),
    ("mailto:bob@x.example?from=eve@x.example&reply-to=eve@x.example&x-evil=1&in-reply-to=a@b", Mailto((BOB,))),
    # C27: line ends
    ("mailto:bob@x.example?subject=a%0d%0aBcc:%20eve@x.example", Mailto((BOB,), subject="a Bcc: eve@x.example")),
    ("mailto:bob@x.example%0d%0aBcc:eve@x.example", Mailto()),
    ("mailto:bob@x.example%00,ann@x.example", Mailto((ANN,))),
    ("mailto:bob@x.example?cc=ann@x.example%0aBcc:eve@x.example", Mailto((BOB,))),
    ("mailto:bob@x.example?subject%0d%0aBcc:eve@x.example=a", Mailto((BOB,))),
    ("mailto:bob@x.example?subject=%E2%80%A8Bcc:eve", Mailto((BOB,), subject="Bcc:eve")),
    ("mailto:bob@x.example?body=a%00b%1B%E2%80%AEc", Mailto((BOB,), body="abc")),
    # encoded again inside: decoded once
    ("mailto:bob@x.example?subject=%250d%250aBcc", Mailto((BOB,), subject="%0d%0aBcc")),
    ("mailto:bob%2540x.example", Mailto()),
    ("mailto:bob@x.example?subject=%FF%FE", Mailto((BOB,), subject="\ufffd\ufffd")),
    ("mailto:bob@x.example?subject=%", Mailto((BOB,), subject="%")),
    # C27: what looks like an option is none
    ("mailto:--attach=/etc/passwd", Mailto()),
    ("mailto:--help@x.example", Mailto((Address("", "--help@x.example"),))),
    ("mailto: --attach /etc/passwd", Mailto()),
    ("--attach=/etc/passwd", Mailto()),
    ("-mailto:bob@x.example", Mailto()),
    ("http://x.example/?mailto:bob@x.example", Mailto()),
    ("file:///etc/passwd", Mailto()),
    ("", Mailto()),
    ("mailto://bob@x.example", Mailto((Address("", "//bob@x.example"),))),
]


@pytest.mark.parametrize(("uri", "expected"), LINKS, ids=[uri[:50] for uri, _expected in LINKS])
def test_c27_a_link_says_to_whom_about_what_and_a_text(uri: str, expected: Mailto) -> None:
    """C27: files, options and line ends in a link come to nothing; the mail made from it has the expected fields."""
    assert mailto.parse(uri) == expected
    assert mailto.is_mailto(uri) == uri.lower().startswith("mailto:")

    written = answering.new(IDENTITY, mailto.parse(uri), html=False)
    raw = drafts.sent(written)
    message = mime_parse.parse(raw)

    assert written.enclosures == ()
    assert drafts.names(raw).count("Subject") == 1
    assert "Bcc" not in drafts.names(raw)
    assert message.subject == expected.subject
    assert b"root:" not in raw


def test_c27_a_link_of_a_megabyte_is_cut() -> None:
    for unit in ("a", "%0A", "&to=a@b.example", ",a@b.example", "%25", "&amp;", "?", "<", '"', "(", "%3C"):
        for start in ("mailto:", "mailto:?body=", "mailto:?subject=", "mailto:?to="):
            began = time.process_time()
            found = mailto.parse(start + unit * (1_000_000 // len(unit)))
            assert time.process_time() - began < 1
            assert len(found.to) <= mailto.MAX_PEOPLE
            assert len(found.body) <= mailto.MAX_BODY_CHARS
            assert len(found.subject) <= 1000


def test_a_link_becomes_a_draft_with_the_signature_below() -> None:
    identity = Identity("me@own.example", "Me", signature="<p>Me</p>")
    written = answering.new(identity, mailto.parse("mailto:bob@x.example?subject=s&body=a%0A%0A<b>"), html=True)

    assert written.text == "a\n\n<b>\n\n-- \nMe"
    assert written.html.startswith("<p>a</p><p><br></p><p>&lt;b&gt;</p>")
    assert written.html.endswith('<div class="signature"><p>Me</p></div>')


@given(st.text(max_size=200))
def test_any_text_is_a_link_or_none(text: str) -> None:
    for uri in (text, f"mailto:{text}", f"mailto:?{text}", f"mailto:?subject={text}&body={text}&to={text}"):
        found = mailto.parse(uri)
        assert "\n" not in found.subject
        drafts.sent(answering.new(IDENTITY, found, html=False), with_bcc=True)


@pytest.mark.parametrize(
    ("person", "link"),
    [
        (Address("", "bob@x.example"), "mailto:bob@x.example"),
        (Address("Bob", "bob@x.example"), "mailto:%22Bob%22%20%3Cbob@x.example%3E"),
        (Address("Bob", ""), "mailto:"),
        (Address("Bob", "a@x.example, eve@x.example"), "mailto:"),
        (Address("", "a?bcc=eve@пример.рф"), "mailto:a%3Fbcc%3Deve@%D0%BF%D1%80%D0%B8%D0%BC%D0%B5%D1%80.%D1%80%D1%84"),
    ],
)
def test_the_link_to_a_person(person: Address, link: str) -> None:
    assert mailto.link(person) == link


@given(
    st.text(max_size=40), st.sampled_from(["bob@x.example", "a?b&c=d%41@x.example", "иван@пример.рф", "a+b@x.example"])
)
def test_a_link_to_a_person_begins_a_mail_to_him_alone(name: str, address: str) -> None:
    """Whatever he calls himself."""
    found = mailto.parse(mailto.link(Address(name, address)))

    assert [each.address for each in found.to] == [address]
    assert found == Mailto(found.to)
