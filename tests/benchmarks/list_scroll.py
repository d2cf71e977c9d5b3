"""How long a message list of 200,000 mails takes to open and a frame of scrolling to paint, on the software renderer.

Run it by itself: `python -m tests.benchmarks.list_scroll`. It prints one JSON object; times in milliseconds. Rows are
made up in memory: what is measured is the model, the view and the delegate, not the store.
"""

from __future__ import annotations

import json
import os
import statistics
import time
from array import array

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QTimeZone
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from desktop.base import clock
from desktop.domain import settings
from desktop.domain.mail.listing import ListQuery, ListSnapshot, Row, SortBy
from desktop.domain.settings import Density
from desktop.ui.mail.message_list import MessageList
from desktop.ui.mail.message_list_model import MessageListModel
from desktop.ui.theme import Theme
from tests.ui.mail.rows import MINUTE, NOW_MS, key, row

MAILS = 200_000
FRAMES = 600
STEP_PX = 72
"""One notch of a wheel."""
_SUBJECTS = ("Renewal 2027 – offer", "Re: Акт сверки за III квартал", "Invoice 1042: one line is wrong", "会議の議事録")
_NAMES = ("Anna Keller", "Дмитрий Соколов", "Bo Trent", "山田太郎", "Jürgen Talhoff")


def main() -> None:
    """Measure and print."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    with clock.frozen(NOW_MS):
        print(json.dumps(measure(app)))


def measure(app: QApplication) -> dict[str, float]:
    """Return the figures by name."""
    theme = Theme(settings.Theme.LIGHT)
    keys = array("q", (key(n * 20 * MINUTE) for n in range(MAILS)))
    figures: dict[str, float] = {}
    for density in (Density.CARDS, Density.COMPACT):
        model = MessageListModel(where=QTimeZone(b"Europe/Berlin"))
        view = MessageList(model, theme)
        view.set_density(density)
        view.resize(376, 848)
        view.show()
        app.processEvents()
        began = time.perf_counter()
        snapshot = ListSnapshot(ListQuery(-1, sort_by=SortBy.DATE), keys, 0)
        model.open(snapshot, [_row(number, keys[number]) for number in range(60)])
        image = QImage(view.viewport().size(), QImage.Format.Format_RGB32)
        _paint(view, image)
        figures[f"open {density}"] = _ms(time.perf_counter() - began)
        whole, scrolled = [], []
        for _frame in range(FRAMES):
            _feed(view, model)
            bar = view.verticalScrollBar()
            began = time.perf_counter()
            bar.setValue(bar.value() + STEP_PX)
            app.processEvents()
            scrolled.append(time.perf_counter() - began)
            began = time.perf_counter()
            _paint(view, image)
            whole.append(time.perf_counter() - began)
        for name, times in (("scroll", scrolled), ("whole frame", whole)):
            times.sort()
            figures[f"{name} {density} median"] = _ms(statistics.median(times))
            figures[f"{name} {density} p99"] = _ms(times[len(times) * 99 // 100])
        newer = array("q", [key(-MINUTE), *keys])
        began = time.perf_counter()
        model.update(ListSnapshot(ListQuery(-1), newer, 0))
        figures[f"one new mail {density}"] = _ms(time.perf_counter() - began)
        view.close()
    return figures


def _paint(view: MessageList, image: QImage) -> None:
    view.viewport().render(image)


def _feed(view: MessageList, model: MessageListModel) -> None:
    """Give the model the rows the loader would have read."""
    wanted = view.wanted_keys()
    if wanted:
        model.put_rows(_row(number, of) for number, of in enumerate(wanted))


def _row(number: int, of: int) -> Row:
    return row(
        of,
        subject=f"{_SUBJECTS[number % len(_SUBJECTS)]} {number}",
        sender_name=_NAMES[number % len(_NAMES)],
        sender_address=f"{number}@acme.example",
        unread=number % 3 == 0,
        important=number % 5 == 0,
        has_attachment=number % 4 == 0,
        count=number % 7 + 1,
    )


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


if __name__ == "__main__":
    main()
