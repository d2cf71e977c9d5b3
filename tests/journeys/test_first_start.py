"""The first start of a new person, keyboard only: from his address to his mail; and one without a connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.domain.mail.folder import Unified
from desktop.net import connect
from desktop.net.discovery import discover
from desktop.net.discovery.records import Records
from desktop.ui.window.account_popup import AccountPopup
from tests.desk import mail
from tests.domain.mail.configs import config, server
from tests.journeys.program import CONTROL, Program
from tests.servers.dovecot import ALIAS, PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy
from tests.servers.internet import Internet, Page

pytestmark = pytest.mark.server

MOST_TABS = 60


@pytest.fixture
def internet(tmp_path: Path, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Internet]:
    """The internet of this test: whatever the program asks the world for is asked here."""
    (tmp_path / "internet").mkdir()
    made = Internet(tmp_path / "internet")
    made.place(ALIAS, dovecot.imaps_port, dovecot.imaps_port)
    records = Records(("127.0.0.1",), port=made.names.port, timeout_s=1)
    looks = partial(discover.Discoverer, made.policy, resolve=made.resolve, records=records)
    monkeypatch.setattr(discover, "Discoverer", looks)
    monkeypatch.setattr(connect, "resolve", made.resolve)
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.ca_file))
    yield made
    made.close()


async def test_a_new_person_names_his_address_and_password_and_reads_his_mail(
    program: Program, dovecot: Dovecot, imap_user: str, internet: Internet
) -> None:
    """By keyboard: servers are found, a wrong password is said in words, the list fills newest first."""
    dovecot.doveadm("mailbox", "create", "-u", imap_user, "-s", "Lists")
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 31)])
    dovecot.deliver(imap_user, [mail(40, subject="From a list")], "Lists")
    published = config(server(host=ALIAS, port=dovecot.imaps_port), name="Example Mail")
    internet.page("autoconfig.example.org", {"/mail/config-v1.1.xml": Page(published)})
    window = program.window
    await program.until(lambda: window.middle.page is not None)
    page = window.middle.page
    assert page is not None
    set_up = page.set_up

    _write(program, set_up.address.name, "Jan Berger")
    _write(program, set_up.address.address, imap_user)
    await program.until(lambda: ALIAS in set_up.address.news.words.text(), "servers are found while he looks")
    program.press(Qt.Key.Key_Return)
    await program.until(set_up.sign_in.password.hasFocus, "the servers are shown, and the password is asked for")
    assert set_up.sign_in.servers.incoming.host.text == ALIAS

    # the wrong password
    program.type("wrong")
    program.press(Qt.Key.Key_Return)
    await program.until(lambda: set_up.check.news.banner is not None, "the trial fails in words")
    assert "did not accept" in set_up.check.checks.rows["incoming"].words.text()
    program.press(Qt.Key.Key_Escape)
    await program.until(set_up.sign_in.password.hasFocus)

    # the right one: each step is seen, and the server's folders are offered
    _write(program, set_up.sign_in.password, PASSWORD)
    program.press(Qt.Key.Key_Return)
    await program.until(set_up.foot.onward.hasFocus, "the trial succeeds")
    words = {name: row.accessibleName() for name, row in set_up.check.checks.rows.items()}
    assert "IDLE" in words["incoming"]
    assert "Sent" in words["folders"]
    program.press(Qt.Key.Key_Space)
    _tab_to(program, set_up.folders.picks._boxes["Lists"])
    program.press(Qt.Key.Key_Space)
    _tab_to(program, set_up.foot.onward)
    program.press(Qt.Key.Key_Space)

    await program.until(lambda: window.middle.page is None, "the mail room opens")
    newest_first = ["From a list", *(f"Mail {n}" for n in range(30, 0, -1))]
    await program.until(lambda: program.subjects() == newest_first, "newest first, of both folders")
    await program.until(lambda: program.says("up to date"))
    await program.until(lambda: program.badge() == 31)
    await program.until(lambda: (program.unread("INBOX"), program.unread("Lists")) == (30, 1))
    (account,) = program.core.services.accounts.all()
    assert (account.display_name, account.imap_host, account.smtp) == ("Jan Berger", ALIAS, None)
    assert "imap.example.org" in internet.resolved
    assert not any(imap_user.encode() in heard for heard in internet.seen), "the address stays here"


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
