"""Replies, quotations and signatures of plain text told apart, and how long that takes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from desktop.domain.mail import bodies, mime_parse, plain_html
from desktop.domain.mail.quotes import split
from tests import corpora


@pytest.mark.parametrize(
    "quotation",
    [
        "On Tue, 3 Nov 2026 at 10:00, Bob Smith <bob@x.example> wrote:\n> Hello\n> can we meet?",
        "On Tue, 3 Nov 2026 at 10:00, Bob with a long name\n<bob@x.example> wrote:\n\n> Hello",
        "-----Original Message-----\nFrom: Bob <b@x.example>\nSent: Monday\nTo: Jane\nSubject: Hi\n\nHello",
        "________________________________\nFrom: Bob <b@x.example>\nSent: Monday\nTo: Jane\nSubject: Hi\n\nHello",
        "From: Bob <b@x.example>\nSent: Monday, 1 Nov 2026\nTo: Jane\nSubject: Hi\n\nHello",
        "Am 03.11.2026 um 10:00 schrieb Bob Schmidt:\n> Hallo Jana",
        "Le mar. 3 nov. 2026 à 10:00, Bob <bob@x.example> a écrit :\n> Bonjour",
        "El mar, 3 nov 2026 a las 10:00, Bob (<bob@x.example>) escribió:\n\n> Hola",
        "вт, 3 нояб. 2026 г. в 10:00, Борис <b@x.example>:\n\n> Привет",
        "03.11.2026 10:00, Борис пишет:\n> Привет",
        "-------- Исходное сообщение --------\nОт: b@x.example\nДата: 3.11.2026\nКому: me\n\nПривет",
        "2026年11月3日(火) 10:00 太郎 <taro@x.example>:\n> こんにちは",
        "> only marks\n> and no attribution",
    ],
)
def test_trailing_quotations(quotation: str) -> None:
    found = split(f"Thanks, that works.\n\nBest,\nJane\n\n{quotation}\n")

    assert found.reply == "Thanks, that works.\n\nBest,\nJane"
    assert "\n".join(found.lines[found.quote_at :]).strip() == quotation


def test_answers_between_quoted_lines_stay() -> None:
    text = "On 3 Nov 2026, Bob <b@x.example> wrote:\n> can we meet?\nYes\n> when?\nTomorrow"

    assert split(text).reply == text


@pytest.mark.parametrize(
    "signature", ["-- \nJane Doe\n+1 555", "Sent from my iPhone", "Отправлено с iPhone", "Get Outlook for iOS"]
)
def test_signatures(signature: str) -> None:
    found = split(f"ok\n\n{signature}\n\nOn 3 Nov 2026, at 10:00, Bob <b@x.example> wrote:\n\n> hi\n")

    assert (found.reply, found.signature) == ("ok", signature)


@pytest.mark.parametrize(
    "text",
    [
        "He wrote: yes",
        "To: do\nlists",
        "From: here to there",
        "I wrote 3 books:\n- one",
        "a -- b",
        "Von: mir\nAn: dich",
        "",
    ],
)
def test_what_only_looks_like_a_quotation(text: str) -> None:
    assert split(text).reply == text


def test_agreement_with_reply_parsers(record_property: Callable[[str, object], None]) -> None:
    """Their fixtures share one first paragraph: it, and nothing after it, is the reply."""
    begins, ends = "Fusce bibendum, quam hendrerit", "aliquet nec nec nibh."
    right = total = 0
    for name in ("email-reply-parser-crisp", "email-reply-parser-willdurand"):
        for path in sorted(corpora.corpus(name).rglob("*.txt")):
            text = path.read_text("utf-8", "replace")
            if begins in text and ends in text:
                reply = split(text).reply or text.strip()
                total += 1
                right += reply.startswith(begins) and reply.endswith(ends)

    record_property("agreement", f"reply parsers (crisp, willdurand): {right}/{total} replies exact")
    assert total >= 30
    assert right >= 36


def test_agreement_with_talon(record_property: Callable[[str, object], None]) -> None:
    """Thunderbird's answer stands below the quotation there: a conversation here, so eight of nine."""
    right = total = 0
    for path in sorted((corpora.corpus("mailgun-talon") / "tests" / "fixtures" / "standard_replies").glob("*.eml")):
        root = mime_parse.open_mail(path.read_bytes())[1]
        text = "\n".join(map(mime_parse.decoded_text, bodies.choose(root, prefer_plain=True).shown))
        total += 1
        right += (split(text).reply or text.strip()) == "Hello"

    record_property("agreement", f"talon standard replies: {right}/{total} exact")
    assert right >= 8


BOMBS = {
    "marks": "> " * 500_000,
    "quoted lines": "> a\n" * 250_000,
    "verbs": "wrote:\n" * 140_000,
    "dated verbs": "On 3 Nov 2026 Bob <b@x.example> wrote:\nx\n" * 25_000,
    "begins": "On 3 Nov\n" * 100_000,
    "fields": "From: a\nTo: b\n" * 70_000,
    "underscores": "_" * 1_000_000,
    "rules": "-----Original Message-----\n" * 37_000,
    "dashes": "-- \n" * 250_000,
    "one line": "x" * 1_000_000,
    "spaces": " " * 1_000_000,
    "colons": ":" * 1_000_000,
    "urls": "http://x.example/ " * 55_000,
    "www": "www." * 250_000,
    "http": "http://" * 140_000,
    "at": "a@" * 500_000,
    "addresses": "aaaaaaaa@x.example " * 50_000,
    "local parts": "a" * 500_000 + "@" * 500_000,
    "brackets": "http://x.example/" + "(" * 500_000 + ")" * 400_000,
    "closing": ("http://x.example/" + ")" * 1900 + " ") * 500,
    "markup": "<b>&amp;</b>" * 83_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_c11_c16_plain_text_takes_linear_time(name: str) -> None:
    """The bar is 200 ms a MB for a page and 100 ms per 100 KB for finding quotations, on a machine that is busy."""
    text = BOMBS[name]

    began = time.process_time()
    split(text)
    splitting = time.process_time() - began
    plain_html.render(text, flowed=True)
    whole = time.process_time() - began

    assert splitting < 1.0 * len(text) / 1e6
    assert whole < 3.0


def test_c16_quote_bomb_of_a_corpus() -> None:
    for name in ("email-reply-parser-crisp", "quotequail", "mailgun-talon", "mail-parser-reply"):
        for path in corpora.corpus(name).rglob("*.*"):
            text = path.read_text("utf-8", "replace")
            began = time.process_time()
            split(text)
            assert time.process_time() - began < 0.1 + len(text) / 1e6, path.name


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('http://x.example/"onclick="alert(1)', '<a href="http://x.example/" rel='),
        ("http://x.example/<b>", "http://x.example/</a>&lt;b&gt;"),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("see http://x.example/a_(b).", 'href="http://x.example/a_(b)"'),
        ("(http://x.example)", '(<a href="http://x.example"'),
        ("www.x.example", 'href="http://www.x.example"'),
        ("bob@x.example.", '<a href="mailto:bob@x.example"'),
        ("http://x.example/?a=1&b='2'", 'href="http://x.example/?a=1&amp;b=&#x27;2"'),
        ("http://x.example/\u202egnp.exe", 'href="http://x.example/"'),
    ],
)
def test_c11_text_is_escaped_then_linked(text: str, expected: str) -> None:
    assert expected in plain_html.render(text)


def test_flowed_text_is_joined() -> None:
    text = "one \ntwo\n> three \n> four\n-- \nsig \nnature"

    assert plain_html.unflow(text) == "one two\n> three four\n-- \nsig nature"
    assert plain_html.unflow("Wort \nteil", del_space=True) == "Wortteil"
