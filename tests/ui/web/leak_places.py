"""The places where a mail can be seen, each fed with every hostile mail. Used by `leak_probe` in its own process."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from desktop.ui.mail.letter import Form, StoredLetter, open_letter
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.reader import Reader
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.web import shell
from desktop.ui.web.exhibit import Exhibit
from desktop.ui.web.mail_view import MailView
from tests.ui.mail.reading_desk import Desk
from tests.ui.web import leak_vectors

SETTLE_S = 1.5
DEADLINE_S = 30


async def _until(loop: asyncio.AbstractEventLoop, signals: list[Any], act: Any) -> None:
    """Do something and wait for the first of some signals."""
    done: asyncio.Future[None] = loop.create_future()

    def tell(*_values: object) -> None:
        if not done.done():
            done.set_result(None)

    for each in signals:
        each.connect(tell)
    act()
    await asyncio.wait_for(done, DEADLINE_S)
    for each in signals:
        each.disconnect(tell)


def _reader(loop: asyncio.AbstractEventLoop, desk: Desk) -> Reader:
    folder = Path(tempfile.mkdtemp())
    theme = Theme("light")
    made = Reader(theme, Tasks(loop), desk, desk, desk, State(folder / "state.json"), PrivateFiles(folder))
    made.resize(700, 700)
    made.show()
    return made


async def reader(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:
    """Show each mail in the reader."""
    desk = Desk()
    keys = [desk.add(raw) for _name, raw in leak_vectors.mails(apart=apart)]
    shown = _reader(loop, desk)
    for key in keys:
        await _until(loop, [shown.painted], lambda each=key: shown.show_message(each))
    await asyncio.sleep(SETTLE_S)
    return len(keys) if not desk.fetched else -1


async def images_allowed(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:
    """Show each mail with its remote pictures allowed: the browser still has no network, the fetcher alone is asked."""
    desk = Desk()
    keys = [desk.add(raw) for _name, raw in leak_vectors.mails(apart=apart)]
    desk.allowed = {"eve@leak.test"}
    shown = _reader(loop, desk)
    for key in keys:
        await _until(loop, [shown.painted], lambda each=key: shown.show_message(each))
    await asyncio.sleep(SETTLE_S)
    return len(keys) if desk.fetched else -1


async def unsanitised(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:
    """Show each page as if the sanitiser had let everything through: policy, interceptor and flags stand alone."""
    view = MailView()
    view.resize(700, 700)
    view.show()
    count = 0
    for _name, body in leak_vectors.pages(apart=apart):
        made = shell.build(body, shell.PAPER)
        exhibit = Exhibit(made.document, made.policy)
        await _until(loop, [view.painted, view.failed], lambda each=exhibit: view.show_mail(each, QColor("#FFFFFF")))
        bare = Exhibit(f"<!DOCTYPE html><html><head>{body}</head></html>".encode(), made.policy)
        await _until(loop, [view.painted, view.failed], lambda each=bare: view.show_mail(each, QColor("#FFFFFF")))
        count += 1
    await asyncio.sleep(SETTLE_S)
    return count


async def print(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:  # noqa: A001  # named by its place
    """Lay each mail out on pages and show the preview."""
    desk = Desk()
    shown = _reader(loop, desk)
    count = 0
    for _name, raw in leak_vectors.mails(apart=apart):
        key = desk.add(raw)
        opened = open_letter(StoredLetter(desk, key), desk.heads[key], Form(), desk)
        previews: list[Any] = []
        shown.output.previewed.connect(previews.append)
        await _until(loop, [shown.output.previewed], lambda each=opened: shown.output.print(each, images=False))
        shown.output.previewed.disconnect(previews.append)
        assert previews[0].document.pageCount() >= 1
        previews[0].setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        previews[0].close()
        count += 1
    await asyncio.sleep(SETTLE_S)
    return count


async def source(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:
    """Show each mail as text, its source and its headers."""
    desk = Desk()
    desk.settings["reading.plain-text-only"] = True
    keys = [desk.add(raw) for _name, raw in leak_vectors.mails(apart=apart)]
    shown = _reader(loop, desk)
    for key in keys:
        await _until(loop, [shown.painted], lambda each=key: shown.show_message(each))
        assert shown.opened is not None
        shown.output.show_source(shown.opened)
        shown.output.show_headers(shown.opened)
    await asyncio.sleep(SETTLE_S)
    return len(keys)


async def control(loop: asyncio.AbstractEventLoop, *, apart: bool) -> int:
    """Show the pages in a browser without defences: proves that the sinks see what leaks."""
    from PySide6.QtWebEngineWidgets import QWebEngineView

    view = QWebEngineView()
    view.resize(700, 700)
    view.show()
    view.setHtml("\n".join(leak_vectors.vectors().values()))
    await asyncio.sleep(4)
    return 1
