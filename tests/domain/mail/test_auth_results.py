"""Authentication-Results taken apart (RFC 8601), written well, badly and by enemies."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail.auth_results import MAX_RESULTS, parse


def results(value: str) -> tuple[str, list[tuple[str, str, dict[str, str]]]]:
    found = parse(value.encode())
    return found.authserv_id, [(each.method, each.outcome, each.properties) for each in found.results]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        # RFC 8601, appendix B
        ("example.org 1; none", ("example.org", [])),
        (
            "example.com;\r\n\tspf=pass smtp.mailfrom=example.net",
            ("example.com", [("spf", "pass", {"smtp.mailfrom": "example.net"})]),
        ),
        (
            'example.com;\n dkim=pass reason="good signature"\n header.i=@mail-router.example.net',
            ("example.com", [("dkim", "pass", {"header.i": "@mail-router.example.net"})]),
        ),
        (
            (
                "foo.example.net (foobar) 1 (baz);\n dkim (Because I like it) / 1 (One yay) = (wait for it) fail\n"
                " policy (A dot can go here) . (like that) expired (this surprised me) = (unexpected) 1362471462"
            ),
            ("foo.example.net", [("dkim", "fail", {})]),
        ),
        # in the wild
        (
            "mx.google.com; dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=outlook.com",
            ("mx.google.com", [("dmarc", "pass", {"header.from": "outlook.com"})]),
        ),
        (
            "spf=pass (sender IP is 1.2.3.4) smtp.mailfrom=x.example; dkim=none header.d=none",
            ("", [("spf", "pass", {"smtp.mailfrom": "x.example"}), ("dkim", "none", {"header.d": "none"})]),
        ),
        ("MX.Example.; DKIM=Pass Header.D=A.example", ("mx.example", [("dkim", "pass", {"header.d": "A.example"})])),
        # what a sender puts into a value stays one
        (
            'mx.example; spf=fail smtp.mailfrom="a; dmarc=pass header.from=bank.example"@evil.example',
            (
                "mx.example",
                [("spf", "fail", {"smtp.mailfrom": '"a; dmarc=pass header.from=bank.example"@evil.example'})],
            ),
        ),
        (
            'mx.example; spf=pass smtp.mailfrom="x@bank.example"@evil.example',
            ("mx.example", [("spf", "pass", {"smtp.mailfrom": '"x@bank.example"@evil.example'})]),
        ),
        (
            "mx.example; spf=fail (a; dmarc=pass header.from=bank.example) smtp.helo=x",
            ("mx.example", [("spf", "fail", {"smtp.helo": "x"})]),
        ),
        (
            r"mx.example; spf=fail (a \) ; dmarc=pass) smtp.helo=x",
            ("mx.example", [("spf", "fail", {"smtp.helo": "x"})]),
        ),
        ("mx.example; spf=fail (never closed; dmarc=pass", ("mx.example", [("spf", "fail", {})])),
        ("", ("", [])),
        (";;;", ("", [])),
        ("mx.example", ("mx.example", [])),
    ],
)
def test_what_a_field_says(value: str, expected: tuple[str, list[tuple[str, str, dict[str, str]]]]) -> None:
    assert results(value) == expected


@settings(deadline=None)  # the first octets that are no ASCII load what guesses charsets
@given(st.binary(max_size=400))
def test_nothing_makes_it_fail(value: bytes) -> None:
    found = parse(value)

    assert len(found.results) <= MAX_RESULTS
    assert found.authserv_id == found.authserv_id.lower()


@pytest.mark.parametrize("piece", [b"(", b")", b'"', b"\\", b";", b" ", b"a=b;", b"a/", b"a=b c.d=e ", b'"\\'])
def test_c15_a_field_of_one_thing_is_read_in_no_time(piece: bytes) -> None:
    started = time.monotonic()
    parse(b"mx.example; spf=pass " + piece * (65_536 // len(piece)))

    assert time.monotonic() - started < 2
