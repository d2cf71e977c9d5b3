"""Whose remote pictures load: a sender's, or those of everybody at a domain."""

from __future__ import annotations

import pytest

from desktop.services.mail.reading import Reading
from tests.desk import mail
from tests.shelf import NoErrands, Shelf

ANNA, OTTO, DEEPER = "anna@acme.example", "Otto@ACME.example", "x@mail.acme.example"


@pytest.mark.parametrize(
    ("allowed", "load"),
    [
        ((), set()),
        ((ANNA,), {ANNA}),
        (("@acme.example",), {ANNA, OTTO}),
        (("@Acme.Example", DEEPER), {ANNA, OTTO, DEEPER}),
        (("@example",), set()),
    ],
)
def test_a_sender_or_his_whole_domain_may_load_pictures(shelf: Shelf, allowed: tuple[str, ...], load: set[str]) -> None:
    reading = Reading(shelf.database, shelf.blobs, None, NoErrands())  # type: ignore[arg-type]
    for number, address in enumerate((ANNA, OTTO, DEEPER, '"x@acme.example"@evil.example'), 1):
        shelf.arrive(mail(number, From=address))
    for each in allowed:
        reading.allow_images_from(each)

    loading = {reading.head(key).sender.address for key in shelf.mails() if reading.may_load_images(key)}
    assert loading == load

    for each in allowed:
        reading.disallow_images_from(each)
    assert not any(reading.may_load_images(key) for key in shelf.mails())
