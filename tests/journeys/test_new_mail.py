"""Journey 1, new mail: the server tells, the import process parses, the list shows; filing goes the way back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt
from PySide6.QtGui import QDropEvent

from desktop.domain.mail.folder import Unified
from desktop.ui.mail.mail_drag import MAILS
from desktop.ui.widgets.dialog import Dialog
from tests.desk import mail
from tests.journeys.program import CONTROL, SHIFT, Program, button
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.server


def on_server(dovecot: Dovecot, user: str, folder: str) -> dict[str, str]:
    """Return the flags of every mail of a folder by subject, as the server has them."""
    fields = dovecot.doveadm("-f", "tab", "fetch", "-u", user, "hdr.subject flags", "mailbox", folder).splitlines()[1:]
    return dict(line.split("\t", 1) for line in fields)


async def test_a_mail_arrives_is_read_answered_filed_and_deleted(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1, subject="Older"), mail(2, subject="Old")], flags="S")
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: program.subjects() == ["Old", "Older"])
    assert (program.unread(Unified.INBOX), program.unread("INBOX"), program.badge()) == (0, 0, 0)

    # nobody asks: the server tells while the window stands open
    dovecot.deliver(imap_user, [mail(3, subject="Renewal 2027", text="Two years, please.")])
    await program.until(lambda: program.subjects() == ["Renewal 2027", "Old", "Older"], "IDLE brings the mail")
    assert program.painted_lines()[0] == ("Renewal 2027", True)
    await program.until(lambda: program.unread(Unified.INBOX) == program.unread("INBOX") == program.badge() == 1)
    assert program.window.navigation.mail.accessibleName() == "Mail, 1 unread"

    # a click opens it; read here means read there
    program.click("Renewal 2027")
    await program.until(lambda: program.painted)
    opened = program.window.room.reader.opened
    assert opened is not None
    assert opened.head.subject == "Renewal 2027"
    assert "Two years, please." in program.window.room.reader.page.body.text.toPlainText()
    await program.until(lambda: program.painted_lines()[0] == ("Renewal 2027", False), "read here")
    await program.until(lambda: program.unread(Unified.INBOX) == program.unread("INBOX") == program.badge() == 0)
    await program.until(lambda: "\\Seen" in on_server(dovecot, imap_user, "INBOX")["Renewal 2027"], "read there")

    # an answer joins the conversation: one row, on top, unread again
    dovecot.deliver(
        imap_user,
        [mail(4, subject="Re: Renewal 2027", text="One year.", In_Reply_To="<3@acme.example>")],
    )
    await program.until(lambda: program.subjects() == ["Re: Renewal 2027", "Old", "Older"])
    assert program.rows()[0].count == 2
    assert program.badge() == 1
    await program.until(lambda: len(program.window.room.reader._heads) == 2, "the open conversation grows")

    # read elsewhere becomes read here
    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "unseen")
    await program.until(lambda: program.badge() == 0, "read elsewhere")
    assert program.painted_lines()[0][1] is False

    # archived by key, taken back by key; the server agrees in the end
    program.press(Qt.Key.Key_A)
    await program.until(lambda: program.subjects() == ["Old", "Older"])
    assert program.window._toast.text == "2 mails archived"
    await program.until(lambda: len(on_server(dovecot, imap_user, "Archive")) == 2, "archived there")
    program.press(Qt.Key.Key_Z, CONTROL)
    await program.until(lambda: program.subjects() == ["Re: Renewal 2027", "Old", "Older"])
    await program.until(lambda: len(on_server(dovecot, imap_user, "INBOX")) == 4, "taken back there")
    assert on_server(dovecot, imap_user, "Archive") == {}


async def test_undo_before_the_server_has_heard_leaves_everything_in_its_place(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: len(program.subjects()) == 3)
    program.click("Mail 2")

    program.press(Qt.Key.Key_A)
    await program.until(lambda: program.window._toast.text == "1 mail archived")
    program.press(Qt.Key.Key_Z, CONTROL)
    await program.until(lambda: program.subjects() == ["Mail 3", "Mail 2", "Mail 1"])
    await program.until(lambda: program.core.services.operations.waiting() == ())

    await program.until(lambda: len(on_server(dovecot, imap_user, "INBOX")) == 3)
    assert on_server(dovecot, imap_user, "Archive") == {}


async def test_mails_are_moved_by_drag_and_by_picker(program: Program, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Projects/Kranich")
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: len(program.subjects()) == 3 and program.folder("Projects/Kranich"))

    program.click("Mail 3")
    _drop(program, "Projects/Kranich")
    await program.until(lambda: program.subjects() == ["Mail 2", "Mail 1"])
    program.click("Mail 2")
    await program.until(lambda: program.window.room.browser.pane.selection().count == 1)
    program.press(Qt.Key.Key_V, CONTROL | SHIFT)
    program.type("kran")
    program.press(Qt.Key.Key_Return)
    await program.until(lambda: program.subjects() == ["Mail 1"])

    await program.until(
        lambda: set(on_server(dovecot, imap_user, "Projects/Kranich")) == {"Mail 2", "Mail 3"}, "moved there"
    )
    await program.open_folder("Projects/Kranich")
    await program.until(lambda: program.subjects() == ["Mail 3", "Mail 2"])
    assert set(on_server(dovecot, imap_user, "INBOX")) == {"Mail 1"}


async def test_deleting_for_good_asks_and_trash_does_not(program: Program, dovecot: Dovecot, imap_user: str) -> None:
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: len(program.subjects()) == 3)

    program.click("Mail 3")
    program.press(Qt.Key.Key_Delete)
    await program.until(lambda: program.subjects() == ["Mail 2", "Mail 1"])
    await program.until(lambda: set(on_server(dovecot, imap_user, "Trash")) == {"Mail 3"})

    program.click("Mail 2")
    program.press(Qt.Key.Key_Delete, SHIFT)
    await program.until(lambda: program.window.findChild(Dialog))
    button(program.window.findChild(Dialog), "Cancel").click()
    assert program.subjects() == ["Mail 2", "Mail 1"]
    await program.until(program.window.isActiveWindow, "the keyboard is back")
    program.press(Qt.Key.Key_Delete, SHIFT)
    await program.until(lambda: any(dialog.isVisible() for dialog in program.window.findChildren(Dialog)))
    question = next(dialog for dialog in program.window.findChildren(Dialog) if dialog.isVisible())
    button(question, "Delete 1 mail").click()

    await program.until(lambda: program.subjects() == ["Mail 1"])
    await program.until(lambda: set(on_server(dovecot, imap_user, "INBOX")) == {"Mail 1"}, "deleted there")
    assert set(on_server(dovecot, imap_user, "Trash")) == {"Mail 3"}


def _drop(program: Program, path: str) -> None:
    """Let go of the selected mails over a folder. Qt runs a drag in a loop of its own; its end is this event."""
    tree, node = program.window.room.tree, program.folder(path)
    assert node is not None
    index = program.window.room.browser.model.index_of_id(node.id)
    tree.expand(index.parent())
    tree.scrollTo(index)
    data = QMimeData()
    data.setData(MAILS, program.list.view.selected_load().pack())
    place = QPointF(tree.visualRect(index).center())
    move, left, plain = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tree.dropEvent(QDropEvent(place, move, data, left, plain))
