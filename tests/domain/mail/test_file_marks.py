"""What files of other programs say of a mail's state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import file_marks
from desktop.domain.mail.message import Flag

_FLAGS = [Flag.SEEN, Flag.FLAGGED, Flag.ANSWERED, Flag.DRAFT, Flag.FORWARDED, Flag.DELETED]


@pytest.mark.parametrize(
    ("fields", "flags"),
    [
        (b"Subject: x\n", None),
        (b"Status: RO\nX-Status: AF\n", Flag.SEEN | Flag.ANSWERED | Flag.FLAGGED),
        (b"Status: O\n", Flag.NONE),
        (b"X-Status: D\n", Flag.DELETED),
        (b"X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n", Flag.SEEN),
        (b"X-Mozilla-Status: 1007\n", Flag.SEEN | Flag.ANSWERED | Flag.FLAGGED | Flag.FORWARDED),
        (b"X-Mozilla-Status: 0009\n", Flag.SEEN | Flag.DELETED),
        (b"X-Mozilla-Status: \xff\xff none\n", Flag.NONE),
        (b"Status:\n" * 1000, Flag.NONE),
    ],
)
def test_fields_of_other_programs(fields: bytes, flags: Flag | None) -> None:
    assert file_marks.of_header(b"From: a@b.example\n" + fields + b"\nStatus: R\n") == flags


def test_names_of_a_maildir() -> None:
    told = file_marks.of_maildir_name("1780000000.M1P2.host,S=5:2,FRSa", is_new=False)

    assert told == file_marks.Marks(Flag.FLAGGED | Flag.ANSWERED | Flag.SEEN, 1_780_000_000_000)
    assert file_marks.of_maildir_name("1780000000.M1P2.host:2,S", is_new=True).flags == Flag.NONE
    assert file_marks.of_maildir_name("odd", is_new=False) == file_marks.Marks(Flag.NONE, None)


@given(st.integers(1, 10**6), st.integers(0, 4 * 10**12), st.lists(st.sampled_from(_FLAGS)))
def test_a_name_says_what_was_put_into_it(number: int, date_ms: int, some: list[Flag]) -> None:
    flags = Flag.NONE
    for flag in some:
        flags |= flag

    told = file_marks.of_maildir_name(file_marks.maildir_name(number, date_ms, flags), is_new=False)

    assert told == file_marks.Marks(flags, date_ms // 1000 * 1000)
