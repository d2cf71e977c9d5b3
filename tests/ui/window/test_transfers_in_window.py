"""An import in the window: its progress stands in the status bar, what came of it in a toast."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QPushButton

from desktop.domain.mail import mbox
from desktop.domain.mail.folder import Unified
from tests.desk import mail
from tests.ui.window.conftest import Desk


async def test_an_import_is_told_while_it_runs_and_when_it_is_done(desk: Desk, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(b"".join(mbox.boxed(mail(n), "", 1_780_000_000_000) for n in range(5)))
    window = desk.window
    window.restore()
    window.show()
    browser = window.room.browser
    await desk.until(lambda: browser.model.node_of_list(int(Unified.ALL)) is not None)
    seen: list[str] = []
    browser.transfers.changed.connect(lambda _now: seen.append(window.status_bar._transfer.words.accessibleName()))

    browser.transfers.import_files(None, [box])
    await desk.until(lambda: window._toast.text == "5 mails imported.")

    assert seen[0] == "Making a backup before the import"
    assert "Importing: 0 mails" in seen, "the backup is done"
    assert not window.status_bar._transfer.isVisible()
    assert window.status_bar._transfer.findChildren(QPushButton)
    assert not desk.failures
