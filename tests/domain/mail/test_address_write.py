"""Addresses as they stand in what is sent, and what is none."""

from __future__ import annotations

import pytest

from desktop.domain.mail import address_write, mime_build, mime_parse
from desktop.domain.mail.address import Address
from tests.domain.mail import drafts
from tests.domain.mail.drafts import BOB, STAMP, draft, sent


@pytest.mark.parametrize(
    "address",
    [
        "",
        "bob",
        "@x.example",
        "bob@",
        "bob@x..example",
        "bob@.example",
        "bob@x.example.",
        "bob@x example",
        "bob@-x.example",
        "bob@x.example\r\nBcc: eve@evil.example",
        "bob\r\n@x.example",
        "bob\0@x.example",
        "bob\u2028@x.example",
        "b\u202eob@x.example",
        "b\u200bob\u0439@x.example",
        "a<b@x.example",
        'a"b@x.example',
        "a\\b@x.example",
        "<bob@x.example>",
        '""@x.example',
        "=?utf-8?q?bob?=@x.example",
        "bob@[127.0.0.1",
        "bob@℀.example",
        "bob@" + "x" * 64 + ".example",
        "bob@" + "я" * 63 + ".example",
        "b" * 300 + "@x.example",
        "bob@" + "x." * 150 + "example",
        "\ud800@x.example",
    ],
)
def test_c25_what_cannot_be_an_address_is_named_and_nothing_is_written(address: str) -> None:
    pieces: list[bytes] = []
    for field in ("to", "cc", "bcc", "reply_to"):
        with pytest.raises(address_write.AddressRefused) as refused:
            mime_build.write(
                draft(**{field: (BOB, Address("Bob", address))}), STAMP, drafts.content, pieces.append, with_bcc=True
            )
        assert refused.value.address == address
    assert pieces == []
    assert not address_write.is_fit(address)
    assert mime_build.size_of(draft(to=(Address("", address),))) > 0


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Bob.Smith+tag@X.example", "Bob.Smith+tag@X.example"),
        (" bob@x.example ", "bob@x.example"),
        ("john doe@x.example", '"john doe"@x.example'),
        ('"john doe"@x.example', '"john doe"@x.example'),
        ('"bob"@x.example', "bob@x.example"),
        ("a..b.@x.example", '"a..b."@x.example'),
        ("a,b;c:d@e(f)@x.example", '"a,b;c:d@e(f)"@x.example'),
        ("bob@[192.0.2.1]", "bob@[192.0.2.1]"),
        ("bob@[IPv6:2001:db8::1]", "bob@[IPv6:2001:db8::1]"),
        ("иван@пример.рф", "иван@xn--e1afmkfd.xn--p1ai"),
        ("bob@Bücher.example", "bob@xn--bcher-kva.example"),
        ("bob@straße.example", "bob@xn--strae-oqa.example"),
        ("bob@ｅｘａｍｐｌｅ。ｃｏｍ", "bob@example.com"),
        ("bob@localhost", "bob@localhost"),
    ],
)
def test_addresses_are_spelled_as_servers_want_them(address: str, expected: str) -> None:
    assert address_write.spelled(address) == expected

    message = mime_parse.parse(sent(draft(to=(Address("Bob, the builder", address), Address("", address)))))

    assert message.to == (Address("Bob, the builder", expected), Address("", expected))


@pytest.mark.parametrize(
    "address", ["a.b+tag@b-c.example", "jürgen@müller.example", "a@localhost", "o'neil@x.example", "a@[127.0.0.1]"]
)
def test_mail_can_be_written_there(address: str) -> None:
    assert address_write.is_fit(address)


@pytest.mark.parametrize("address", ['"a b"@x.example', "a b@x.example", "!@#$%^&*", "a@b@c\x00"])
def test_m8_mail_cannot_be_written_there(address: str) -> None:
    assert not address_write.is_fit(address)
