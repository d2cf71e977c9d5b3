"""The list of a zip archive: read within limits, never unpacked, and a broken one is none."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import zip_listing


def archive(*names: str, comment: bytes = b"") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name in names:
            file.writestr(name, b"content")
        file.comment = comment
    return made.getvalue()


def listed(data: bytes) -> tuple[str, ...] | None:
    place = zip_listing.list_place(data[-zip_listing.END_BYTES :], len(data))
    if place is None:
        return None
    return zip_listing.names_in(data[place.start : place.start + place.length], place.count)


def test_names_are_read() -> None:
    assert listed(archive("offer.pdf", "in/счёт.exe")) == ("offer.pdf", "in/счёт.exe")


def test_an_empty_archive_holds_nothing() -> None:
    assert listed(archive()) == ()


def test_a_comment_changes_nothing() -> None:
    assert listed(archive("a.txt", comment=b"PK" * 900)) == ("a.txt",)


def end_of(*, count: int, length: int, start: int) -> bytes:
    return struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, count, count, length, start, 0)


def test_c22_an_archive_that_shows_each_reader_something_else_is_not_believed() -> None:
    whole = archive("evil.exe", "ok.txt")
    *_, length, start, _comment = struct.unpack("<4s4HIIH", whole[-22:])
    last = whole.rindex(b"PK\x01\x02")
    body = whole[:-22]

    assert listed(body + end_of(count=2, length=length, start=start)) == ("evil.exe", "ok.txt")
    assert listed(body + end_of(count=1, length=len(body) - last, start=start)) is None
    assert listed(body + end_of(count=1, length=length, start=start)) is None
    assert listed(whole + end_of(count=0, length=0, start=len(whole))) is None
    assert listed(whole + b"more") is None
    assert listed(b"MZ" + bytes(300) + whole) is None


def test_c22_a_list_that_is_too_long_is_not_read() -> None:
    end = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert zip_listing.list_place(end, 10_000_000_000) is None
    assert zip_listing.list_place(end_of(count=10_001, length=0, start=0), 22) is None


def test_c22_a_list_that_says_it_lies_outside_is_none() -> None:
    end = struct.pack("<4s4HIIH", b"PK\x05\x06", 0, 0, 1, 1, 46, 0, 0)
    assert zip_listing.list_place(end, len(end)) is None


@pytest.mark.parametrize("data", [b"", b"PK\x05\x06", b"PK\x03\x04" + bytes(50)])
def test_what_has_no_list_is_told(data: bytes) -> None:
    assert listed(data) is None


@given(st.binary(max_size=200), st.integers(0, 120))
def test_any_bytes_are_an_answer(noise: bytes, at: int) -> None:
    data = bytearray(archive("a.txt"))
    data[at : at + len(noise)] = noise
    listed(bytes(data))
