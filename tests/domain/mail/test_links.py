"""Links and senders that deceive: what is marked, and how seldom honest mail is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from desktop.domain.mail import preparing
from desktop.domain.mail.links import LinkReason, punycode, registrable, suspicion, warnings_in
from desktop.domain.mail.sender_checks import SenderAnomaly, anomalies
from tests import corpora

DECEIVING = [
    ("www.bank.example", "http://evil.example.net/", LinkReason.OTHER_HOST),
    ("https://bank.com/login", "https://bank.com.evil.net/login", LinkReason.OTHER_HOST),
    ("bank.com", "https://evil.net/bank.com", LinkReason.OTHER_HOST),
    ("  https://bank.com ", "https://bаnk.com/", LinkReason.LOOKALIKE),
    ("click", "https://xn--80ak6aa92e.com/", LinkReason.LOOKALIKE),
    ("click", "https://раypal.com/", LinkReason.LOOKALIKE),
    ("click", "https://bank.com@evil.net/", LinkReason.USER_INFO),
    ("click", "https://bank.com%40x:y@evil.net/", LinkReason.USER_INFO),
    ("click", "http://3232235777/", LinkReason.NUMBER_HOST),
    ("click", "http://0x7f.0.0.1/", LinkReason.NUMBER_HOST),
    ("click", "http://192.0.2.1/a", LinkReason.NUMBER_HOST),
    ("click", "http://[2001:db8::1]/", LinkReason.NUMBER_HOST),
    ("bank.\u200bcom", "https://bank.com/", LinkReason.HIDDEN_CHARACTERS),
    ("bank\u202e.com", "https://evil.net/", LinkReason.HIDDEN_CHARACTERS),
    ("click", "https://ba\u00adnk.com/", LinkReason.HIDDEN_CHARACTERS),
    ("click", "https://bank.com\\@evil.net/", LinkReason.ODD_HOST),
    ("click", "https://bank.com%2fx.evil.net/", LinkReason.ODD_HOST),
    ("bob@bank.com", "mailto:eve@evil.net", LinkReason.OTHER_ADDRESS),
    ("http://bank.com", "https://tracker.example/?u=http://bank.com", LinkReason.OTHER_HOST),
    ("https://bank.co.uk", "https://evil.co.uk/", LinkReason.OTHER_HOST),
]
HONEST = [
    ("bank.com", "https://www.bank.com/login"),
    ("www.bank.co.uk", "https://login.bank.co.uk/"),
    ("Click here", "https://tracker.example/x"),
    ("read more.", "https://x.example/"),
    ("Node.js", "https://nodejs.org/"),
    ("README.md", "https://github.com/x"),
    ("3.5", "https://x.example/"),
    ("bob@x.example", "mailto:bob@x.example?subject=hi"),
    ("почта.рф", "https://почта.рф/"),
    ("книги", "https://xn--c1akjmh.xn--p1ai/"),
    ("日本語", "https://日本語.jp/"),
    ("e.g. this", "https://x.example/"),
    ("x", "mailto:a@x.example,b@x.example"),
    ("anything", "ftp://x.example"),
]


@pytest.mark.parametrize(("text", "url", "reason"), DECEIVING)
def test_c09_deceiving_links(text: str, url: str, reason: LinkReason) -> None:
    warning = suspicion(text, url)

    assert warning is not None
    assert warning.reason is reason


@pytest.mark.parametrize(("text", "url"), HONEST)
def test_c09_honest_links(text: str, url: str) -> None:
    assert suspicion(text, url) is None


def test_c09_hosts() -> None:
    assert registrable("a.b.bank.co.uk") == "bank.co.uk"
    assert registrable("a.bank.com.") == "bank.com"
    assert punycode("bücher.example") == "xn--bcher-kva.example"


PHISHING = """numeric_urls phishing1 phishing_query_multi phishing_query_nested phishing_query_overcap url3 url4 url10
    url_suspect_long_user url_suspect_numeric_ip url_suspect_user_no_password url_suspect_very_long_user""".split()


def test_c09_phishing_mails_of_a_corpus() -> None:
    folder = corpora.corpus("rspamd") / "test" / "functional" / "messages"

    missed = [name for name in PHISHING if not preparing.prepare((folder / f"{name}.eml").read_bytes()).link_warnings]

    assert missed == []


def test_c09_newsletters_are_seldom_marked(record_property: Callable[[str, object], None]) -> None:
    links = marked = 0
    honest = corpora.corpus("spamassassin-public-corpus")
    paths = [path for path in honest.rglob("*.txt") if "ham" in path.parent.name]
    paths += list(corpora.corpus("caniemail-tests").rglob("*.html"))
    for path in paths:
        raw = path.read_bytes()
        shown = preparing.prepare(raw if path.suffix == ".txt" else b"Content-Type: text/html\r\n\r\n" + raw)
        if shown.is_html:
            links += shown.html.count("<a href=")
            marked += len(shown.link_warnings)

    record_property(
        "agreement", f"links of honest mail: {marked} of {links} marked; phishing: all of {len(PHISHING)} mails"
    )
    assert links > 900
    assert marked <= links * 0.02


A = SenderAnomaly


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("From: Bob <bob@x.example>", ()),
        ("From: bob@x.example", ()),
        ("From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>", ()),
        ("From: Ольга <o@x.example>", ()),
        ('From: "bob@x.example" <bob@x.example>', ()),
        ("From: Bob <bob@x.example>\nReply-To: desk@help.x.example", ()),
        ("From: Bob <bob@x.example>\nSender: list@y.example\nList-Id: <l.y.example>", ()),
        ('From: "boss@bank.example" <eve@evil.example>', (A.NAME_IS_ADDRESS,)),
        ("From: =?utf-8?q?boss=40bank.example?= <eve@evil.example>", (A.NAME_IS_ADDRESS,)),
        ("From: boss\uff20bank.example <eve@evil.example>", (A.NAME_IS_ADDRESS,)),
        ("From: =?utf-8?q?boss=40bank.example=00?= <eve@evil.example>", (A.NAME_IS_ADDRESS, A.HIDDEN_CHARACTERS)),
        ("From: =?utf-8?q?boss=40bank.example=0A?= <eve@evil.example>", (A.NAME_IS_ADDRESS, A.HIDDEN_CHARACTERS)),
        ("From: a@x.example\nFrom: b@x.example", (A.SEVERAL,)),
        ("From: a@x.example, b@x.example", (A.SEVERAL,)),
        ("From: a@x.example, b@x.example\nSender: a@x.example", ()),
        ("From: team: a@x.example, b@x.example;", (A.SEVERAL,)),
        ("From: Bob <bob@x.example>\nSender: eve@evil.example", (A.OTHER_SENDER,)),
        ("From: Bob <bob@x.example>\nReply-To: eve@evil.test", (A.REPLY_ELSEWHERE,)),
        ("From: B\u202eob <bob@x.example>", (A.HIDDEN_CHARACTERS,)),
        ("From: B\u200bob <bob@x.example>", (A.HIDDEN_CHARACTERS,)),
        ("From: P\u0430ypal <p@x.example>", (A.LOOKALIKE,)),
        ("From: Bob <bob@p\u0430ypal.com>", (A.LOOKALIKE,)),
        ("From: Bob <bob@rapp0rt.com>", (A.LOOKALIKE,)),
        ("From: Bob <bob@rapport.com>", ()),
        ("Subject: none", (A.NO_SENDER,)),
        ("From: <>", (A.NO_SENDER,)),
        ("From: Nobody", (A.NO_SENDER,)),
    ],
)
def test_c10_senders(header: str, expected: tuple[SenderAnomaly, ...]) -> None:
    raw = header.replace("\n", "\r\n").encode() + b"\r\n\r\nx"

    found = tuple(each for each in anomalies(raw, ["rapport.com"]) if each is not A.OTHER_SENDER or each in expected)

    assert found == expected


def test_c09_words_in_place_of_a_picture_are_read_too() -> None:
    html = '<a href="https://evil.example/"><b> <img alt="https://bank.com"></b></a>'

    (warning,) = warnings_in(html)

    assert (warning.reason, warning.shown, warning.host) == (
        LinkReason.OTHER_HOST,
        "https://bank.com",
        "evil.example",
    )
    assert warnings_in('<a href="https://shop.example/"><img alt="Our shop"></a>') == []
