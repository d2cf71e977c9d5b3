"""A mail without some of its header fields."""

from __future__ import annotations

from desktop.domain.mail import header


def test_c28_fields_are_left_out_and_nothing_else_changes() -> None:
    raw = b"From: a@b.example\r\nBCC: x@y.example,\r\n\tz@y.example\r\nSubject: Bcc: no\r\n\r\nBcc: in the text\r\n"

    assert header.without(raw, frozenset({b"bcc"})) == (
        b"From: a@b.example\r\nSubject: Bcc: no\r\n\r\nBcc: in the text\r\n"
    )
    assert header.without(raw, frozenset({b"cc"})) == raw
    assert header.without(b"", frozenset({b"cc"})) == b""
