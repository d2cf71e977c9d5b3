"""The sign of life where opening the profile takes long: after a crash the whole database is examined, after an
update it is copied and brought to the new schema.

The work runs on a thread of its own, and most of the time is done before anybody sees that there is a window for it.
No asyncio loop runs yet, so a loop of Qt waits here.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.progress import Spinner

T = TypeVar("T")

SHOW_AFTER_MS = 500
_WIDTH_PX = 420


class _End(QObject):
    """Carries the end of the work from its thread to the window's."""

    came = Signal()


def opened(theme: Theme, wanted_no_more: threading.Event, work: Callable[[], T], *, after_crash: bool) -> T:
    """Return what `work` returns or raise what it raises; a person who will not wait sets the event.

    `after_crash` says why it takes long: the last user of the profile did not end cleanly.
    """
    waiting, end = QEventLoop(), _End()
    end.came.connect(waiting.quit, Qt.ConnectionType.QueuedConnection)
    windows: list[OpeningWindow] = []

    def show() -> None:
        windows.append(OpeningWindow(theme, after_crash=after_crash))
        windows[0].rejected.connect(wanted_no_more.set)
        windows[0].show()

    patience = QTimer(singleShot=True, interval=SHOW_AFTER_MS)
    patience.timeout.connect(show)

    def tell(_result: Future[T]) -> None:
        end.came.emit()

    with ThreadPoolExecutor(1, "opening") as pool:
        result = pool.submit(work)
        result.add_done_callback(tell)
        patience.start()
        waiting.exec()
    patience.stop()
    for window in windows:
        window.accept()
        window.deleteLater()
    return result.result()


class OpeningWindow(Dialog):
    """Says what is going on. To close it is to quit, which is not taken back."""

    def __init__(self, theme: Theme, *, after_crash: bool) -> None:
        super().__init__(theme, "Rapport")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        self.fit_width(_WIDTH_PX)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(Spinner(theme))
        if after_crash:
            title = _("Rapport examines its database…")
            sentence = _(
                "It did not end cleanly the last time. With many mails this takes a moment; nothing is lost by it."
            )
        else:
            title = _("Rapport opens its database…")
            sentence = _("With many mails, and after an update, this takes a moment; nothing is lost by it.")
        row.addWidget(Paragraph(theme, title, "section"), 1)
        self.body.addLayout(row)
        self.body.addWidget(Paragraph(theme, sentence, "body", "secondary"))
        self.footer.row.addStretch(1)
        self.add_button(_("Quit"), self.reject)
