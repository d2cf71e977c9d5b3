"""Mails that are begun, written and sent in a window: what they begin with, what is asked, and what leaves."""

from __future__ import annotations

import hashlib
import threading
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QAbstractButton, QApplication

from desktop.base import clock
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.listing import ListQuery
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.services.mail.answers import Answer
from desktop.services.mail.ingest import Fetched, Home, Ingest
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders
from desktop.ui.compose.catalogue import Write
from desktop.ui.compose.compose_window import ComposeWindow
from tests.ui.compose.test_compose_window import picture
from tests.ui.window.conftest import Desk
from tests.ui.window.test_unfinished import begun, desk, typed

__all__ = ["desk"]


def arrive(desk: Desk, sender: str, answered: str) -> None:
    """Let an answer come, one of the person's own into Sent."""
    role = Role.SENT if "jan@" in sender else Role.INBOX
    with desk.core.database.read() as view:
        folder = next(
            each for each in Folders(view).nodes() if each.role is role and each.account_key == desk.accounts[0]
        )
    now_ms = clock.now()
    date = format_datetime(clock.to_datetime(now_ms))
    raw = (
        f"From: {sender}\r\nTo: anna@acme.example\r\nSubject: Re: it\r\nDate: {date}\r\n"
        f"Message-ID: <meanwhile@x.example>\r\nIn-Reply-To: <{answered}>\r\n\r\nDone.\r\n"
    ).encode()
    home = Home(folder.account_key, folder.key, 1)
    blobs = Blobs(desk.core.profile.raw)
    Ingest(desk.core.database, blobs).take(home, [Fetched(900, Flag.SEEN, now_ms, len(raw), raw, parse(raw))])
    blobs.close()


def drop(composer: ComposeWindow, path: Path) -> None:
    """Drop a file on the text, as a file manager does."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    viewport, at = composer.editor.viewport(), QPointF(20, 20)
    QApplication.sendEvent(viewport, QDragEnterEvent(at.toPoint(), copy, data, left, none))
    QApplication.sendEvent(viewport, QDropEvent(at, copy, data, left, none))


def leaving(desk: Desk) -> EmailMessage:
    """Return the only mail in the outbox as it goes to the server."""
    [mail] = desk.core.services.outbox.all()
    desk.core.services.outbox.send_now(mail.key)
    steps = desk.core.supervisor.senders._sending
    [mail] = desk.core.services.outbox.all()
    steps.make(mail)
    [mail] = desk.core.services.outbox.all()
    parcel = steps.begin(mail)
    assert parcel is not None
    found = BytesParser(policy=policy.default).parsebytes(b"".join(steps.pieces(parcel)))
    assert isinstance(found, EmailMessage)
    return found


@pytest.mark.parametrize("second_start", [False, True])
async def test_a_link_begins_a_mail_and_takes_no_file_along(desk: Desk, tmp_path: Path, second_start: bool) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("mine")
    link = (
        f"mailto:bo@x.example?cc=ann@x.example&subject=Hello world&body=One%0ATwo&attach={secret}&attachment={secret}"
    )
    window = desk.window
    window.restore()
    window.show()
    if second_start:
        thread = threading.Thread(target=window.called.emit, args=(link,))
        thread.start()
        thread.join()
    else:
        window.open(link)
    await desk.until(lambda: bool(window.writing.windows) and window.writing.windows[-1].is_ready)
    [composer] = window.writing.windows
    draft = composer.draft()

    assert ([each.address for each in draft.to], [each.address for each in draft.cc]) == (
        ["bo@x.example"],
        ["ann@x.example"],
    )
    assert draft.subject == "Hello world"
    assert ("One" in draft.html, "Two" in draft.html) == (True, True)
    assert draft.enclosures == ()
    assert str(secret) not in draft.html


async def test_a_press_on_the_sender_of_a_mail_begins_one_to_him(desk: Desk) -> None:
    [key, *_rest] = desk.core.services.views.open_list(ListQuery(int(Unified.INBOX), conversations=False)).keys
    sender = desk.core.services.reading.head(key).sender
    window = desk.window
    window.restore()
    window.show()
    window.room.reader.show_message(key)
    await desk.until(lambda: window.room.reader.opened is not None)
    window.room.reader.page.header._name.click()
    await desk.until(lambda: bool(window.writing.windows) and window.writing.windows[-1].is_ready)
    draft = window.writing.windows[-1].draft()

    assert (draft.to, draft.subject) == ((sender,), "")


@pytest.mark.parametrize("own", [False, True])
async def test_who_answered_meanwhile_is_told_before_an_answer_is_sent(desk: Desk, own: bool) -> None:
    """UI.md 4: asked when Send is pressed, not when the composer opened."""
    services, window = desk.core.services, desk.window
    [key, *_rest] = services.views.open_list(ListQuery(int(Unified.INBOX), conversations=False)).keys
    window.restore()
    window.show()
    window.writing.answer(Answer.REPLY, key)
    await desk.until(lambda: bool(window.writing.windows) and window.writing.windows[-1].is_ready)
    [composer] = window.writing.windows
    typed(composer.editor, "Fine with me.")
    asked_at_first = composer.notices.text
    sender = "Jan <jan@firm.example>" if own else "Bo Trent <bo@x.example>"
    arrive(desk, sender, services.reading.head(key).message_id)
    composer.actions_[Write.SEND].trigger()
    await desk.until(lambda: composer.notices.text != "")
    said = composer.notices.text
    assert composer.notices.banner is not None
    buttons = {each.text(): each for each in composer.notices.banner.findChildren(QAbstractButton)}
    waiting = services.outbox.all()
    buttons["Send anyway"].click()
    await desk.until(lambda: services.outbox.all() != ())

    assert asked_at_first == ""
    assert waiting == ()
    who = "You have answered this mail yourself" if own else "Bo Trent has answered this mail"
    assert said.startswith(f"{who} meanwhile (")


async def test_a_picture_file_dropped_on_the_text_leaves_as_a_picture_in_the_text(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "chart.png"
    assert picture(300, 200).save(str(path), "PNG")  # type: ignore[call-overload]
    desk.window.restore()
    desk.window.show()
    composer = await begun(desk, desk.window)
    typed(composer.head.to.line, "bo@x.example,")
    typed(composer.head.subject, "Chart")
    typed(composer.editor, "Look:")
    drop(composer, path)
    await desk.until(lambda: len(composer.draft().enclosures) == 1)
    cards = composer.strip.isVisible()
    composer.actions_[Write.SEND].trigger()
    await desk.until(lambda: desk.core.services.outbox.all() != ())
    mail = leaving(desk)
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    html, image = related.iter_parts()
    octets = image.get_payload(decode=True)

    assert not cards, "it is no file beside the text"
    assert isinstance(octets, bytes)
    assert (image.get_content_type(), image.get_content_disposition()) == ("image/png", "inline")
    assert hashlib.sha256(octets).digest() == hashlib.sha256(path.read_bytes()).digest()
    assert image["Content-ID"].startswith("<")
    assert f'src="cid:{image["Content-ID"][1:-1]}"' in html.get_content()
    assert not [part for part in mail.walk() if part.get_content_disposition() == "attachment"]
