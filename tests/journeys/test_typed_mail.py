"""Naughty strings in every field of the real composer, to the octets the server takes (C12, C25, C28, C45)."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton

from desktop.base.text import encodable
from desktop.domain.mail import names
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mime_parse import parse
from desktop.ui.actions import Do
from desktop.ui.compose import formatting
from desktop.ui.compose.catalogue import Write
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.compose.popups import full_link
from tests.captured import faults, files
from tests.domain.mail import drafts
from tests.journeys.program import Program
from tests.proof import rounds
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.smtp_receiver import SmtpReceiver
from tests.typed import drawn

pytestmark = pytest.mark.server

BOB, CY, DI = (Address("", f"{name}@x.example") for name in ("bob", "cy", "di"))
PARTS = rounds(1, 24)


def fill(window: ComposeWindow, typed: str, file: Path) -> None:
    """Write a mail of one string, as far as each field takes it."""
    head = window.head
    head.open_cc()
    head.open_bcc()
    head.to.add([BOB])
    head.to.line.insert(f"{typed} <{CY.address}>")
    head.cc.add([Address(encodable(typed), DI.address)])  # as it comes out of the suggestions
    head.bcc.line.insert(typed)
    head.bcc.add([Address(encodable(typed), "hidden@x.example")])
    head.accept_all()
    for field in head.fields:
        for person in field.wrong:
            field.remove(person)
    head.subject.insert(typed)
    window.editor.setFocus()
    window.editor.paste_text(typed)
    target = full_link(encodable(typed))
    if target is not None:
        formatting.set_link(window.editor, typed, target)
    window.enclosing.attach([file])


@pytest.mark.parametrize("part", range(PARTS))
async def test_c25_what_is_typed_in_the_window_arrives_and_nothing_else(
    program: Program,
    dovecot: Dovecot,
    imap_user: str,
    smtp_receiver: Callable[..., SmtpReceiver],
    tmp_path: Path,
    part: int,
) -> None:
    receiver = smtp_receiver(passwords={imap_user: PASSWORD}, utf8=True)
    account = await program.add_account(dovecot, imap_user, smtp_port=receiver.port, name="Ann")
    writing, outbox = program.window.writing, program.core.services.outbox
    wrong = []
    for number, typed in enumerate(drawn(4)[part::PARTS]):
        identity = Identity(imap_user, encodable(typed), signature=f"<p>{html.escape(encodable(typed))}</p>")
        program.core.services.accounts.edit(replace(account, display_name=identity.name, identities=(identity,)))
        file = tmp_path / str(number) / (encodable(typed).replace("/", "_").replace("\0", "").strip(".")[:50] or "x")
        file.parent.mkdir()
        file.write_bytes(b"data")
        program.window.actions_[Do.NEW].trigger()
        await program.until(lambda: writing.windows and writing.windows[-1].is_ready)
        window = writing.windows[-1]
        if number % 2:
            window.actions_[Write.PLAIN_TEXT].trigger()
        fill(window, typed, file)
        await program.until(lambda w=window: not w.enclosing.pending and w.enclosing.files)  # type: ignore[misc]
        written = window.draft()
        before = len(receiver.received)
        window.sending.send()

        def left() -> bool:
            for composer in writing.windows:
                for offered in composer.findChildren(QPushButton):
                    if offered.text() == "Send anyway" and offered.isVisible():
                        offered.click()
            return not writing.windows

        await program.until(left)
        for waiting in outbox.all():
            outbox.send_now(waiting.key)
        await program.until(lambda: outbox.all() == ())
        [received] = receiver.received[before:]
        found = faults(received, written, imap_user)
        text = drafts.text_of(received.raw)
        if words(typed) not in words(text):
            found.append(f"text {text!r}")
        if files(parse(received.raw)) != [names.safe_name(encodable(file.name)) or "file"]:
            found.append(f"files {files(parse(received.raw))}")
        if b"hidden@" in received.raw:
            found.append("bcc in the mail")
        wrong += [(typed[:60], what) for what in found]

    assert wrong == []


def words(text: str) -> str:
    """Return a text without what the editor may lay out in another way."""
    return "".join(each for each in encodable(text) if each.isprintable() and not each.isspace())
