"""Content-Transfer-Encoding undone piece by piece: the same as all at once, wherever the pieces are cut."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import transfer
from desktop.domain.mail.transfer import Decoder

PIECES = st.lists(st.binary(max_size=40), max_size=8)


def in_pieces(pieces: list[bytes], encoding: str) -> bytes:
    """Decode, and between two pieces forget all but the decoder's fields, as a restart of the program does."""
    decoder = Decoder(encoding)
    found = b""
    for piece in pieces:
        decoder = Decoder(decoder.encoding, decoder.rest, decoder.ended, decoder.begun)
        found += decoder.feed(piece)
        assert len(decoder.rest) <= 5000
    return found + decoder.finish()


@given(st.lists(st.text("ABab01+/=\r\n-_", max_size=12).map(str.encode), max_size=8))
def test_base64_in_pieces_is_base64(pieces: list[bytes]) -> None:
    assert in_pieces(pieces, "base64") == transfer.decode(b"".join(pieces), "base64")


@given(st.lists(st.text("AF09=\r\n \t", max_size=12).map(str.encode), max_size=8))
def test_quoted_printable_in_pieces_is_quoted_printable(pieces: list[bytes]) -> None:
    assert in_pieces(pieces, "quoted-printable") == transfer.decode(b"".join(pieces), "quoted-printable")


@given(PIECES, st.sampled_from(["", "7bit", "8bit", "binary", "x-unknown"]))
def test_other_encodings_leave_every_octet(pieces: list[bytes], encoding: str) -> None:
    assert in_pieces(pieces, encoding) == b"".join(pieces)


@pytest.mark.parametrize("step", [1, 2, 3, 5, 76, 1000])
def test_what_was_encoded_comes_back(step: int) -> None:
    content = bytes(range(256)) * 40
    for encoding, encoded in (
        ("base64", base64.encodebytes(content).replace(b"\n", b"\r\n")),
        ("quoted-printable", quopri.encodestring(content)),
        ("quoted-printable", b"=00" * 10_000),
    ):
        pieces = [encoded[at : at + step] for at in range(0, len(encoded), step)]
        assert in_pieces(pieces, encoding) == transfer.decode(encoded, encoding)


def test_words_that_are_called_base64_stay() -> None:
    words = [b"This is a text that somebody called base64, and it is none of that. " * 3, b"More words."]

    assert in_pieces(words, "base64") == b"".join(words)


def test_a_footer_below_the_padding_is_not_of_the_file() -> None:
    assert in_pieces([b"SGVsbG8=\r\n", b"____\r\nlist footer"], "base64") == b"Hello"
