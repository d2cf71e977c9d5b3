"""What of a mail stands in an answer: what was seen, safe, and nothing that only appears once it is forwarded."""

from __future__ import annotations

import time
import uuid

import pytest

from desktop.domain.mail import answering, hidden_text, html_text, preparing, quotable, sanitise
from desktop.domain.mail.answering import Original, Person
from desktop.domain.mail.document import Options
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.quotable import Quotable
from tests.domain.mail import drafts
from tests.domain.mail.test_corpora import files
from tests.domain.mail.test_sanitise import faults
from tests.payloads import payloads
from tests.proof import rounds


def html(text: str, options: Options | None = None) -> Quotable:
    raw = b"From: a@x.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + text.encode("utf-8", "replace")
    return quotable.quotable(raw, options)


def plain(text: str, kind: str = "") -> Quotable:
    return quotable.quotable(
        b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8" + (kind + "\r\n\r\n" + text).encode()
    )


HIDDEN = [
    '<p style="display:none">evil</p>',
    '<p style="DISPLAY : NONE !important">evil</p>',
    "<style>.k{display:none}</style><p class=k>evil</p>",
    "<style>p.k{visibility:hidden}</style><p class=k>e<b>vil</b></p>",
    '<p style="visibility:collapse">evil</p>',
    '<p style="font-size:0">evil</p>',
    '<p style="font-size:0px">evil</p>',
    '<p style="font-size:1px;line-height:1px">evil</p>',
    '<p style="font-size:0.01em">evil</p>',
    '<div style="font-size:2px"><p style="font-size:10%">evil</p></div>',
    '<p style="font:0/0 a">evil</p>',
    '<p style="color:#fff">evil</p>',
    '<p style="color:white">evil</p>',
    '<p style="color:rgb(255, 255, 255)">evil</p>',
    '<p style="color:#fefefe">evil</p>',
    '<font color="#ffffff">evil</font>',
    '<div style="background-color:#123456"><span style="color:#123457">evil</span></div>',
    '<table bgcolor="black"><tr><td><font color="black">evil</font></td></tr></table>',
    '<body bgcolor="#000" text="#000">evil</body>',
    "<style>body{background:#eee} .k{color:#eeeeee}</style><body><i class=k>evil</i></body>",
    '<p style="color:transparent">evil</p>',
    '<p style="color:rgba(0,0,0,0)">evil</p>',
    '<p style="color:#0000">evil</p>',
    '<div style="max-height:0;overflow:hidden"><p>evil</p></div>',
    '<div style="height:0px;overflow:hidden">evil<img src="https://x.example/evil.png"></div>',
    '<div style="width:0;overflow:hidden">evil</div>',
    '<a href="https://x.example" style="color:#fff">evil</a>',
    '<div style="background-color:madeup;color:madeup">evil</div>',
]


@pytest.mark.parametrize("hidden", HIDDEN)
def test_c07_what_nobody_saw_is_not_passed_on(hidden: str) -> None:
    """C7: letters that are shown only after forwarding are dropped, from both halves."""
    found = html(f"<p>seen</p>{hidden}<p>also seen</p>")

    assert "evil" not in found.html + found.text
    assert found.text.split() == ["seen", "also", "seen"]


VISIBLE = [
    "<p>words</p>",
    '<p style="color:#000">words</p>',
    '<p style="color:#777">words</p>',
    '<p style="color:#e0e0e0">words</p>',
    '<div style="background-color:#000"><p style="color:#fff">words</p></div>',
    '<table bgcolor="#000000"><tr><td style="color:white">words</td></tr></table>',
    '<table><tr bgcolor="#003366"><td><font color="white">words</font></td></tr></table>',
    '<body bgcolor="#222" text="#eee">words</body>',
    '<td style="font-size:0"><span style="font-size:13px">words</span></td>',
    '<table style="font-size:0px"><tr><td style="font-size:1rem">words</td></tr></table>',
    '<div style="visibility:hidden"><b style="visibility:visible">words</b></div>',
    '<div style="overflow:hidden;height:100px">words</div>',
    '<div style="height:0">words</div>',
    '<div style="opacity:0">words</div>',
    '<div style="position:absolute;left:-9999px">words</div>',
    '<div style="background-color:#0000ee"><a href="https://x.example">words</a></div>',
    '<p style="color:transparent"><b style="color:#000">words</b></p>',
    '<p style="background-color:transparent;color:#333">words</p>',
    '<p style="font:12px/1 Arial">words</p>',
    '<p style="font-size:small">words</p>',
    '<font size="0">words</font>',
]


@pytest.mark.parametrize("visible", VISIBLE)
def test_c07_what_was_seen_is_passed_on(visible: str) -> None:
    """C7: what the reader shows is there, also where the sanitiser made it visible."""
    found = html(f"<div>{visible}</div>")

    assert found.text.removesuffix(" <https://x.example>") == "words"
    assert "words" in found.html


def test_c07_a_forwarded_mail_shows_what_the_mail_showed() -> None:
    """C7: read again by our reader, the forwarded mail has the words that were seen, and hides none."""
    for source in (*VISIBLE, *HIDDEN):
        found = html(f"<p>seen</p>{source}")
        original = Original(uuid.UUID(int=1), html=found.html, text=found.text)
        draft = answering.forward(original, Person((Identity("me@own.example"),), Identity("me@own.example")))
        page = preparing.prepare(drafts.sent(draft), Options(fold_quotes=False)).html
        assert hidden_text.dropped(page) == page
        assert html_text.to_text(page).split()[-1] == ("words" if source in VISIBLE else "seen")
        assert "evil" not in page


def test_a_quotation_of_a_quotation_says_the_same() -> None:
    for source in (*VISIBLE, *HIDDEN):
        once = html(f"<p>seen</p>{source}")
        twice = html(once.html)
        assert (twice.text, twice.html) == (once.text, f"<div>{once.html}</div>")


def test_c01_pictures_from_the_net_keep_their_address_and_nothing_else_does() -> None:
    found = html(
        '<img src="https://x.example/a.png?b=1&amp;c=2"><img src="//x.example/b.png"><img src="file:///etc/passwd">'
        '<img src="cid:none@x"><img src="javascript:x"><img src="mail:remote/1"><p background="https://x.example/c">x</p>'
        '<p style="background-image:url(https://x.example/d.png)">y</p><link rel=stylesheet href="https://x.example/e.css">'
    )

    assert found.html.count("https://") == 2
    assert 'src="https://x.example/a.png?b=1&amp;c=2"' in found.html
    assert not any(
        word in found.html for word in ("file:", "cid:", "javascript", "mail:", "background", "url(", "link")
    )


def test_pictures_of_the_mail_are_named_so_that_they_go_along() -> None:
    def picture(name: str, kind: str = "image/png") -> str:
        return f"--b\nContent-Type: {kind}\nContent-ID: <{name}>\nContent-Transfer-Encoding: base64\n\niVBORw0K\n"

    page = (
        '<img src="cid:a@x"><img src="CID:b%40x"><img src="cid:svg@x">'
        '<div style="display:none"><img src="cid:c@x"></div>'
        '<img src="cid:o,dd@x">'
    )
    raw = f"From: a@x.example\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n{page}\n"
    raw += (
        picture("a@x")
        + picture("b@x")
        + picture("c@x")
        + picture("svg@x", "image/svg+xml")
        + picture("o,dd@x")
        + "--b--\n"
    )
    found = quotable.quotable(raw.encode())

    assert found.content_ids == {"a@x": "2", "b@x": "3"}
    assert found.html.count("cid:") == 2


def test_plain_text_is_quoted_as_html_and_as_it_is() -> None:
    found = plain("Hello <b>\r\n> you\r\n\r\nsee https://x.example\r\n")

    assert not found.is_html
    assert found.text == "Hello <b>\n> you\n\nsee https://x.example"
    assert "Hello &lt;b&gt;" in found.html
    assert "<blockquote" in found.html
    assert 'href="https://x.example"' in found.html


def test_lines_that_flow_are_joined() -> None:
    assert plain("one \r\ntwo\r\n-- \r\nme", "; format=flowed").text == "one two\n-- \nme"
    assert plain("one \r\ntwo", "; format=flowed; delsp=yes").text == "onetwo"


def test_the_same_alternative_as_in_the_reader() -> None:
    raw = (
        b"From: a@x.example\nContent-Type: multipart/alternative; boundary=b\n\n--b\n"
        b"Content-Type: text/plain\n\nplain\n--b\nContent-Type: text/html\n\n<p>page</p>\n--b--\n"
    )

    assert quotable.quotable(raw).text == "page"
    assert quotable.quotable(raw, Options(prefer_plain=True)).text == "plain"
    assert quotable.quotable(raw, Options(text_only=True)).html == "<div>page</div>"


def test_c16_html_that_would_hurt_is_quoted_as_text() -> None:
    found = html("<div>" * 2000 + "words")

    assert not found.is_html
    assert found.text == "words"


def test_c03_payloads_leave_nothing_that_runs() -> None:
    wrong = []
    for name, source in list(payloads())[:: rounds(10, 1)]:
        found = [each for each in faults(html(source).html) if not each.startswith("remote ")]
        wrong += [(name, each) for each in found]
    assert wrong == []


def test_every_mail_of_the_corpora_can_be_quoted() -> None:
    wrong = []
    for path in files()[:: rounds(15, 1)]:
        raw = path.read_bytes()
        began = time.process_time()
        found = quotable.quotable(raw)
        if time.process_time() - began > 5:
            wrong.append((path.name, "slow"))
        bad = [each for each in faults(found.html) if not each.startswith("remote ")]
        wrong += [(path.name, each) for each in bad]
        if not found.text.strip() and html_text.to_text(preparing.prepare(raw).html):
            wrong.append((path.name, "empty"))
    assert wrong == []


def test_hidden_text_is_looked_for_in_proportion_to_the_size() -> None:
    for unit in ('<p style="color:#fff">a</p>', '<b style="font-size:0">', '<p style="display:none">a</p>', "<i>a</i>"):
        seconds = []
        for size in (100_000, 200_000):
            source = sanitise.clean(
                '<p style="color:red">x</p>' + unit * min(size // len(unit), 10**9 if "</" in unit else 300),
                lambda each: each,
            )
            began = time.process_time()
            hidden_text.dropped(source)
            seconds.append(time.process_time() - began)
        assert seconds[1] < max(3 * seconds[0], 0.3), unit
