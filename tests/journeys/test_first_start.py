"""The first start of a new person, keyboard only, and the second one without a connection."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.domain.mail.folder import Unified
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.widgets.banner import Banner
from desktop.ui.window.account_popup import AccountPopup
from tests.desk import mail
from tests.journeys.program import CONTROL, Program
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy

pytestmark = pytest.mark.server

MOST_TABS = 60


async def test_a_new_person_adds_an_account_by_keyboard_and_reads_his_mail(
    program: Program, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Lists")
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 31)])
    dovecot.deliver(imap_user, [mail(40, subject="From a list")], "Lists")
    window = program.window
    await program.until(lambda: window._welcome.isVisible())

    _tab_to(program, window._welcome.state.button)
    program.press(Qt.Key.Key_Space)
    form = window.findChild(MailAccountForm)
    assert form is not None
    await program.until(form.isActiveWindow)

    # the wrong password
    _write(program, form.fields.address, imap_user)
    _write(program, form.fields.name, "Jan Berger")
    _write(program, form.fields.password, "wrong")
    _write(program, form.fields.imap.host, "localhost")
    _write(program, form.fields.imap.port, str(dovecot.imap_port))
    _tab_to(program, form.fields.imap.security)
    program.press(Qt.Key.Key_End)
    form.fields.smtp.host.clear()  # the sending half is folded away; nothing listens there in this test
    _tab_to(program, form.test_button)
    program.press(Qt.Key.Key_Space)
    await program.until(lambda: _banner(form) is not None, "the test fails in words")
    banner = _banner(form)
    assert banner is not None
    assert "password" in banner.text
    assert not banner._details.isVisible()

    # the right one: the server's folders are offered
    _write(program, form.fields.password, PASSWORD)
    _tab_to(program, form.test_button)
    program.press(Qt.Key.Key_Space)
    await program.until(lambda: form.fields.picks.picked() == ("INBOX",), "folders are offered")
    _tab_to(program, form.fields.picks._boxes["Lists"])
    program.press(Qt.Key.Key_Space)
    _tab_to(program, form.save_button)
    program.press(Qt.Key.Key_Space)

    await program.until(lambda: not window._welcome.isVisible(), "the mail room opens")
    newest_first = ["From a list", *(f"Mail {n}" for n in range(30, 0, -1))]
    await program.until(lambda: program.subjects() == newest_first, "newest first, of both folders")
    await program.until(lambda: program.says("up to date"))
    await program.until(lambda: program.badge() == 31)
    await program.until(lambda: (program.unread("INBOX"), program.unread("Lists")) == (30, 1))
    (account,) = program.core.services.accounts.all()
    assert (account.display_name, account.smtp) == ("Jan Berger", None)


async def test_mails_are_readable_without_the_server_and_it_recovers_by_itself(
    start: Callable[[], Program], dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Projects")
    dovecot.deliver(imap_user, [mail(100 + n, subject=f"Plan {n}") for n in range(1, 6)], "Projects")
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 6)], flags="S")
    with FaultProxy(dovecot.imap_port) as proxy:
        first = start()
        await first.add_account(dovecot, imap_user, port=proxy.port)
        await first.open_folder("Projects")
        await first.until(lambda: len(first.subjects()) == 5)
        first.click("Plan 4")
        await first.until(lambda: first.painted)
        first.window.resize(700, 560)
        first.quit()

        # the server is gone
        proxy.cut_after(0, "up")
        proxy.drop()
        second = start()
        plans = [f"Plan {n}" for n in range(5, 0, -1)]
        await second.until(lambda: second.subjects() == plans, "the folder that was open opens again")
        assert second.window.size().toTuple() == (700, 560)
        second.click("Plan 2")
        second.press(Qt.Key.Key_Return)  # a window so narrow shows one pane at a time
        await second.until(lambda: second.painted, "what was fetched is readable")
        await second.until(lambda: second.says("no connection, next try"), "the status bar says so")

        # what is done now waits
        second.press(Qt.Key.Key_A)
        await second.until(lambda: "Plan 2" not in second.subjects())
        await second.until(lambda: second.window.status_bar._waiting.isVisible())
        (item,) = second.window.status_bar._items.values()
        item.words.click()
        popup = next(each for each in second.window.findChildren(AccountPopup) if each.isVisible())
        popup.close()

        # and is back
        dovecot.deliver(imap_user, [mail(50, subject="While you were away")])
        proxy.heal()
        await second.until(lambda: second.says("up to date"), "it recovers by itself")
        await second.until(lambda: second.unread(Unified.INBOX) == second.badge() == 1)
        await second.until(lambda: not second.window.status_bar._waiting.isVisible(), "what waited is done")
    archived = dovecot.doveadm("fetch", "-u", imap_user, "hdr.subject", "mailbox", "Archive")
    assert archived.split() == ["hdr.subject:", "Plan", "2"]


def _tab_to(program: Program, wanted: QWidget) -> None:
    """Go there as one without a mouse does."""
    for _ in range(MOST_TABS):
        focused = program.focused()
        if focused is wanted or wanted.isAncestorOf(focused):
            return
        program.press(Qt.Key.Key_Tab)
    pytest.fail(f"{wanted.accessibleName() or wanted} cannot be reached by Tab")


def _write(program: Program, field: QWidget, text: str) -> None:
    """Replace what stands in a field."""
    _tab_to(program, field)
    program.press(Qt.Key.Key_A, CONTROL)
    program.type(text)


def _banner(form: MailAccountForm) -> Banner | None:
    return next((banner for banner in form.findChildren(Banner) if banner.isVisible()), None)
