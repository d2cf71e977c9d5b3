"""The note of a restoration, which window and housekeeping change while the program runs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from desktop.store import restoration
from desktop.store.restoration import Restoration


def test_threads_that_change_the_note_lose_nothing_of_each_other(tmp_path: Path) -> None:
    failed: list[Exception] = []

    def repeat(change: Callable[[], None]) -> None:
        try:
            for _ in range(50):
                change()
        except Exception as error:
            failed.append(error)

    for _ in range(5):
        restoration.write(tmp_path, Restoration(1, "rapport-damaged.db", None, rescued=0))
        threads = [
            threading.Thread(target=repeat, args=(change,))
            for change in (
                lambda: restoration.note_told(tmp_path),
                lambda: restoration.note_strays(tmp_path, 3),
            )
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert failed == []
        assert restoration.read(tmp_path) == Restoration(1, "rapport-damaged.db", None, rescued=0, strays=3, told=True)
