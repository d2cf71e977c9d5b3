"""Ids are of the right kind, rise, and are the same on every desktop."""

from __future__ import annotations

import threading
import uuid

from desktop.base import clock, ids


def test_new_ids_are_version_7_and_rise_even_while_the_clock_stands() -> None:
    with clock.frozen(1_800_000_000_000):
        made = [ids.new_id() for _ in range(10_000)]

    assert all(one.version == 7 and one.variant == uuid.RFC_4122 for one in made)
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_new_ids_differ_across_threads() -> None:
    made: list[uuid.UUID] = []
    threads = [threading.Thread(target=lambda: made.extend(ids.new_id() for _ in range(2_000))) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(set(made)) == 8_000


def test_addresses_and_mails_have_fixed_ids() -> None:
    assert ids.address_id("Anna@Example.org") == ids.address_id("anna@example.org")
    assert ids.mail_id("x") == uuid.uuid5(uuid.UUID("6f0b7a5e-3c0d-5a7b-9a64-5b8c3f6d2e11"), "mail\nx")
    assert ids.mail_id("x") != ids.address_id("x")
