"""Ways out of a mail list: which are offered, and which of a hostile list are not."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail import header, preparing
from desktop.domain.mail.trust import Check, Trust, Verdict
from desktop.domain.mail.unsubscribing import Unsubscribing, ways
from tests import corpora

ONE_CLICK = "List-Unsubscribe-Post: List-Unsubscribe=One-Click"
HTTPS = "https://news.shop.example/u/1?x=%0a"
UNSIGNED = Trust(Verdict.VERIFIED, "shop.example", "mx", (Check("spf", "pass", "shop.example"),))
SIGNED = Trust(Verdict.VERIFIED, "shop.example", "mx", (Check("dkim", "pass", "shop.example"),))


def found(listed: str, *more: str, trust: Trust | None = None) -> Unsubscribing | None:
    lines = "\r\n".join([f"List-Unsubscribe: {listed}", *more])
    return ways(f"From: a@shop.example\r\n{lines}\r\n".encode(), trust or Trust())


def test_every_way_of_a_list() -> None:
    listed = f"<mailto:u@shop.example?subject=leave>,\r\n <{HTTPS}>"

    assert found(listed, ONE_CLICK, 'List-Id: "Shop =?utf-8?q?n=C3=A9ws?=" <n.shop.example>') == Unsubscribing(
        "Shop néws", HTTPS, HTTPS, "mailto:u@shop.example?subject=leave"
    )
    assert found(listed) == Unsubscribing("", "", HTTPS, "mailto:u@shop.example?subject=leave")
    assert found("<http://shop.example/u>", ONE_CLICK) == Unsubscribing("", "", "http://shop.example/u", "")
    assert found("<mailto:u@shop.example>", ONE_CLICK) == Unsubscribing("", "", "", "mailto:u@shop.example")
    assert found("<https://shop.example/\r\n\tu/\r\n\t2>", ONE_CLICK) == Unsubscribing(
        "", "https://shop.example/u/2", "https://shop.example/u/2", ""
    )
    assert found("<HTTPS://shop.example/u>, <ftp://shop.example/u>") == Unsubscribing("", "", "https://shop.example/u")
    assert ways(b"From: a@shop.example\r\n", Trust()) is None


@pytest.mark.parametrize(
    "post",
    [
        (),
        ("List-Unsubscribe-Post: List-Unsubscribe=One-Click; x",),
        ("List-Unsubscribe-Post: list-unsubscribe=one-click",),
        ("List-Unsubscribe-Post: List-Unsubscribe=Two-Clicks",),
        ("List-Unsubscribe-Post:",),
        (ONE_CLICK, ONE_CLICK),
        (f"X-{ONE_CLICK}",),
    ],
)
def test_one_click_takes_exactly_the_words_of_the_standard(post: tuple[str, ...]) -> None:
    assert found(f"<{HTTPS}>", *post) == Unsubscribing("", "", HTTPS, "")


@pytest.mark.parametrize(
    ("signature", "trust", "allowed"),
    [
        ("d=shop.example; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x", SIGNED, True),
        ("d=shop.example;\r\n h=from : list-unsubscribe :\r\n list-unsubscribe-post; b=x", SIGNED, True),
        ("d=shop.example; h=From:List-Unsubscribe; b=x", SIGNED, False),
        ("d=shop.example; h=From; b=List-Unsubscribe:List-Unsubscribe-Post", SIGNED, False),
        ("d=evil.example; h=From:List-Unsubscribe:List-Unsubscribe-Post; b=x", SIGNED, False),
        ("", SIGNED, False),
        ("d=shop.example; h=From; b=x", UNSIGNED, True),
        ("", Trust(), True),
    ],
)
def test_one_click_is_signed_where_the_receiver_tells_of_signatures(
    signature: str, trust: Trust, allowed: bool
) -> None:
    offered = found(f"<{HTTPS}>", ONE_CLICK, f"DKIM-Signature: v=1; {signature}", trust=trust)

    assert offered == Unsubscribing("", HTTPS if allowed else "", HTTPS, "")


def test_a_forged_mail_gets_no_answer() -> None:
    assert found(f"<{HTTPS}>, <mailto:u@shop.example>", ONE_CLICK, trust=Trust(Verdict.FAILED)) is None


@pytest.mark.parametrize(
    "listed",
    [
        "<javascript:alert(1)>",
        "<data:text/html,x>",
        "<file:///etc/passwd>",
        "<vbscript:x>",
        "<https:shop.example>",
        "<https://>",
        "<https://localhost/u>",
        "<https://192.0.2.1/u>",
        "<https://3221225985/u>",
        "<https://0x7f.1/u>",
        "<https://[2001:db8::1]/u>",
        "<https://shop.example@evil.example/u>",
        "<https://user:pass@shop.example/u>",
        "<https://shop.example\\@evil.example/u>",
        "<https://shop.example%2f.evil.example/u>",
        "<https://shop.example:22/u>",
        "<https://shop.example:x/u>",
        "<https://sh\u043ep.example/u>",
        "<https://xn--80ak6aa92e.com/u>",
        "<https://shop.example/\x00u>",
        "<https://shop.example/\x1bu>",
        "<https://shop.example/\u2028u>",
        f"<https://shop.example/{'x' * 3000}>",
        "https://shop.example/u",
        "<mailto:>",
        "<mailto:?to=u@shop.example>",
        "<mailto:u@shop.example,v@shop.example>",
        "<mailto:u%0d%0aBcc:v@shop.example>",
        "<mailto:u%2Cv@shop.example>",
        "<mailto:v@x.example%0d%0aBcc:u@shop.example>",
        "",
        "<>",
        "<<<<",
    ],
)
def test_c25_hostile_ways_are_passed_over(listed: str) -> None:
    assert found(listed, ONE_CLICK) is None
    # and none of them stands in the way of an honest one
    assert found(f"{listed.replace('<<<<', '')},<{HTTPS}>", ONE_CLICK) == Unsubscribing("", HTTPS, HTTPS, "")


def test_c25_a_mail_is_begun_with_subject_and_text_alone() -> None:
    url = "mailto:u@shop.example?cc=v@x.example&subject=leave%20me&attach=/etc/passwd&body=x%0d%0ay&BODY=please&bcc=w@x"

    assert found(f"<{url}>") == Unsubscribing("", "", "", "mailto:u@shop.example?subject=leave%20me&body=please")


def test_c15_a_list_of_a_thousand_ways_is_read_in_no_time() -> None:
    started = time.monotonic()
    offered = found(",\r\n ".join(f"<javascript:{n}>" for n in range(1000)) + f", <{HTTPS}>", ONE_CLICK)
    found("<" * 60_000)
    found("<a" * 30_000)
    found(f"<{HTTPS}>", ONE_CLICK, "DKIM-Signature: " + "h=a:" * 15_000, trust=SIGNED)

    assert offered is None
    assert time.monotonic() - started < 2


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_field_makes_it_fail(octets: bytes) -> None:
    offered = ways(b"List-Unsubscribe: <" + octets + b">\r\nList-Id: " + octets + b"\r\n" + ONE_CLICK.encode(), Trust())

    for url in (offered.page, offered.one_click, offered.mail) if offered else ():
        assert url.isascii()
        assert url.isprintable()


def test_only_the_header_of_the_mail_itself_counts() -> None:
    raw = (
        "From: a@shop.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        f"List-Unsubscribe: <{HTTPS}>\r\nContent-Type: message/rfc822\r\n\r\n"
        f"From: b@list.example\r\nList-Unsubscribe: <{HTTPS}>\r\n{ONE_CLICK}\r\n\r\nx\r\n--b--\r\n"
    )

    assert preparing.prepare(raw.encode()).unsubscribing is None


def test_lists_of_real_mails(record_property: Callable[[str, object], None]) -> None:
    listed = offered = 0
    for name in ("spamassassin-public-corpus", "chatmail-core", "spamscope-mail-parser", "sisimai-set-of-emails"):
        for path in corpora.corpus(name).rglob("*"):
            if path.suffix not in {".eml", ".txt"} or not path.is_file():
                continue
            block, _ = header.split(path.read_bytes().lstrip(b"\r\n"))
            if b"<" not in b"".join(
                header.fields(block, frozenset({b"list-unsubscribe"})).get(b"list-unsubscribe", [])
            ):
                continue
            listed += 1
            found_ways = ways(block, Trust())
            offered += found_ways is not None
            for url in (found_ways.page, found_ways.one_click) if found_ways else ():
                assert not url or urlsplit(url).hostname

    record_property("agreement", f"List-Unsubscribe: a way out of {offered} of {listed} lists")
    assert listed > 200
    assert offered >= listed * 0.95
