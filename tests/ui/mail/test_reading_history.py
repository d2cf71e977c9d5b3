"""Back and forward in the mails that were read."""

from __future__ import annotations

from desktop.ui.mail.reading_history import ReadingHistory, Visit

A, B, C, D = (Visit(-1, number) for number in range(1, 5))


def read(*visits: Visit) -> ReadingHistory:
    history = ReadingHistory()
    for visit in visits:
        history.note(visit)
    return history


def test_one_goes_back_and_forward() -> None:
    history = read(A, B, C)

    steps = [history.step(way, lambda _visit: True) for way in (1, -1, -1, -1, 1, 1, 1)]

    assert steps == [None, B, A, None, B, C, None]


def test_what_is_gone_is_passed_over() -> None:
    history = read(A, B, C)

    assert history.step(-1, lambda visit: visit != B) == A
    assert history.step(1, lambda visit: visit == D) is None
    assert history.step(1, lambda _visit: True) == B


def test_reading_on_from_an_older_mail_forgets_what_came_after() -> None:
    history = read(A, B, C)
    history.step(-1, lambda _visit: True)
    history.note(B)
    history.note(D)

    assert history.step(1, lambda _visit: True) is None
    assert history.step(-1, lambda _visit: True) == B


def test_it_does_not_grow_without_end() -> None:
    history = read(*(Visit(-1, number) for number in range(500)))

    steps = 0
    while history.step(-1, lambda _visit: True):
        steps += 1

    assert steps == 99
