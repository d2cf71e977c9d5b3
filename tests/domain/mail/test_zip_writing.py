"""An archive that is made is read by others as it was meant."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import zip_listing
from desktop.domain.mail.zip_writing import Moment, ZipWriter

NOON = Moment(2026, 11, 27, 12, 30, 58)
NAMES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20).map(lambda name: f"f/{name}x")


@given(st.dictionaries(NAMES, st.binary(max_size=300), max_size=6))
def test_what_was_put_in_comes_out(files: dict[str, bytes]) -> None:
    writer = ZipWriter()
    for name, octets in files.items():
        writer.add(name, octets, NOON)
    made = writer.archive()

    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert {each.filename: archive.read(each) for each in archive.infolist()} == files
        assert {each.date_time for each in archive.infolist()} <= {(2026, 11, 27, 12, 30, 58)}
        assert [each.external_attr >> 16 for each in archive.infolist()] == [0o100644] * len(files)
    place = zip_listing.list_place(made[-zip_listing.END_BYTES :], len(made))
    assert place is not None
    assert (place.count, writer.count) == (len(files), len(files))


@pytest.mark.parametrize(("year", "kept"), [(1969, (1980, 1, 1, 0, 0, 0)), (2200, (2107, 11, 27, 12, 30, 58))])
def test_years_an_archive_does_not_know_become_the_nearest(year: int, kept: tuple[int, ...]) -> None:
    writer = ZipWriter()
    writer.add("a", b"", Moment(year, 11, 27, 12, 30, 58))

    with zipfile.ZipFile(io.BytesIO(writer.archive())) as archive:
        assert archive.infolist()[0].date_time == kept


def test_what_is_long_is_made_smaller() -> None:
    writer = ZipWriter()
    writer.add("a", b"x" * 1_000_000, NOON)

    assert len(writer.archive()) < 10_000
