"""Looks at the window: renders it offscreen with the sample mailbox and writes a PNG.

    python -m tests.ui.look OUT.png [--dark] [--size 1440x900] [--layout classic] [--density roomy] [--empty]
                            [--show composer|first-run-found|...]

`QT_SCALE_FACTOR=1.5` renders for such a screen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import uuid
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")

from desktop.domain.mail.discovery import Discovery, Verdict
from desktop.domain.mail.mail_account import MailAccount
from desktop.ui.web import chromium
from tests.ui.found_servers import StandIn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from desktop.app.core import Core
    from desktop.ui.window.main_window import MainWindow

SHOWN = (
    "preferences",
    "notifications",
    "keyboard",
    "keyboard-taken",
    "accounts",
    "account",
    "signature",
    "outbox",
    "operations",
    "trouble",
    "toast",
    "transfer",
    "folder-menu",
    "reader",
    "me",
    "multi",
    "search",
    "hits",
    "hover",
    "person",
    "palette",
    "palette-typed",
    "cheat-sheet",
    "snooze",
    "snoozed",
    "back",
    "follow-up",
    "composer",
    "composer-busy",
    "composer-link",
    "composer-emoji",
    "composer-table",
    "composer-later",
    "composer-remind",
    "composer-quote",
    *(f"first-run-{state}" for state in ("looking", "found", "doubt", "missing", "check", "failed", "folders")),
    *(f"first-run-{state}" for state in ("browser", "browser-waits", "client", "client-form")),
)
_SETTLE_S = 1.2
_PAINTED_WITHIN_S = 20


def main() -> int:
    """Render once and say where."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--empty", action="store_true", help="a profile without any account")
    parser.add_argument("--size", default="1440x900")
    parser.add_argument("--layout", default="vertical")
    parser.add_argument("--density", default="cards")
    parser.add_argument("--language", default="en")
    parser.add_argument("--show", choices=SHOWN, default="")
    options = parser.parse_args()

    chromium.prepare()
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    loop = qasync.QEventLoop(app)
    asyncio.set_event_loop(loop)
    render = _render_composer if options.show.startswith("composer") else _render
    with tempfile.TemporaryDirectory() as folder, loop:
        loop.run_until_complete(render(options, Path(folder), loop))
    return 0


async def _set_up(window: MainWindow, stand_in: StandIn, state: str) -> None:
    """Go on with the first run until it looks so."""
    from desktop.services.errands import TestResult
    from tests.ui import found_servers

    window.middle.begin()
    page = window.middle.page
    assert page is not None
    set_up = page.set_up
    set_up.address.name.setText("Jan Berger")
    set_up.address.address.setText("jan@firm.example")
    set_up.address.address.setFocus()
    await asyncio.sleep(_SETTLE_S)
    if state == "looking":
        return
    if state in ("browser", "client", "browser-waits", "client-form"):
        await _at_google(window, stand_in, state)
        return
    if state == "missing":
        stand_in.find(Discovery(found_servers.DOMAIN, Verdict.NO_CONNECTION))
    else:
        stand_in.find(found_servers.found(found_servers.FOREIGN if state == "doubt" else found_servers.GOOD))
    set_up.go_on()
    await asyncio.sleep(_SETTLE_S)
    if state not in ("check", "failed", "folders"):
        return
    set_up.sign_in.password.setText("secret")
    set_up.go_on()
    await asyncio.sleep(_SETTLE_S)
    if state == "failed":
        words = "imap.firm.example did not accept the user name or password of jan@firm.example."
        stand_in.fail(TestResult(False, words, "NO [AUTHENTICATIONFAILED] Authentication failed.", "sign-in"))
    else:
        stand_in.succeed()
    await asyncio.sleep(_SETTLE_S)
    if state == "folders":
        set_up.go_on()


async def _at_google(window: MainWindow, stand_in: StandIn, state: str) -> None:
    """Show the ways to sign in to a known provider, or the window one of them opens."""
    from desktop.domain.mail.discovery import of_provider
    from desktop.domain.mail.grant import Client
    from desktop.domain.mail.providers import provider_by_id
    from desktop.services.errands import SigningIn

    google = provider_by_id("google")
    assert google is not None
    assert window.middle.page is not None
    set_up = window.middle.page.set_up
    if state.startswith("browser"):
        window._services.providers.set_client("google", Client("rapport", "secret"))
    set_up.address.address.setText("jan@gmail.com")
    await asyncio.sleep(_SETTLE_S)
    stand_in.find(Discovery("gmail.com", Verdict.FOUND, of_provider(google)))
    set_up.go_on()
    await asyncio.sleep(_SETTLE_S)
    if state == "browser-waits":
        set_up._accounts.sign_in = lambda *_: SigningIn(Future(), print)  # type: ignore[method-assign]
        set_up.go_on()
    elif state == "client-form":
        set_up.sign_in.way.give.click()
    await asyncio.sleep(_SETTLE_S)


async def _put_off(window: MainWindow, core: Core, state: str) -> None:
    """Snooze mails, let some come back, or ask when."""
    from desktop.base import clock
    from desktop.domain.mail.folder import Unified
    from desktop.domain.mail.listing import ListQuery
    from desktop.ui.actions import Do

    reminders, views, day_ms = core.services.reminders, core.services.views, 86_400_000
    if state in ("snooze", "follow-up"):
        window.actions_[Do.SNOOZE if state == "snooze" else Do.FOLLOW_UP].trigger()
        return
    keys = views.open_list(ListQuery(Unified.INBOX, conversations=False)).keys
    sent = views.open_list(ListQuery(Unified.SENT, conversations=False)).keys
    with clock.frozen(clock.now() - 3 * day_ms):
        reminders.follow_up(sent[:2], clock.now() + (5 if state == "snoozed" else 3) * day_ms - 1)
        reminders.snooze(keys[3:4], clock.now() + 4 * day_ms)
        reminders.snooze(keys[5:6], clock.now() + 9 * day_ms)
        reminders.snooze(keys[6:7], clock.now() + (12 if state == "snoozed" else 3) * day_ms - 1)
        reminders.snooze(keys[8:9], clock.now() + (12 if state == "snoozed" else 1) * day_ms)
    reminders.bring_back()
    await asyncio.sleep(_SETTLE_S)
    if state == "snoozed":
        window.room.browser.show_list(Unified.SNOOZED)
        await asyncio.sleep(_SETTLE_S)
    else:
        window.room.list.view.verticalScrollBar().setValue(0)
    window.room.list.view.clearSelection()
    window.room.list.go_to(window.room.list.model.keys[0])


async def _fill_outbox(window: MainWindow) -> None:
    """Let mails wait in every state, and one be taken back for some seconds yet."""
    from desktop.base import clock
    from desktop.domain.mail.address import Address
    from desktop.domain.mail.draft import Draft
    from desktop.domain.mail.folder import Unified
    from desktop.store.mail.accounts import AccountWriter
    from desktop.store.mail.outbox import OutboxWriter

    services, hour = window._services, 3_600_000
    account = services.accounts.all()[0]
    with services.outbox._database.write() as work:
        AccountWriter(work).edit(replace(account, smtp=account.imap))
    for subject, hours, stage, more in (
        ("Renewal 2027: the offer you asked for", 2, "held", {}),
        ("Invitation to the pilot", 40, "held", {}),
        ("Minutes of Tuesday", -3, "held", {"asks": 1}),
        (
            "Question about clause 7",
            0,
            "queued",
            {"problem": "The server is away.", "due_at_ms": clock.now() + 300_000},
        ),
        ("Price list", 0, "unknown", {"asks": 1}),
        ("Price list, corrected", 0, "failed", {"problem": "smtp.firm.example refused this mail."}),
        ("Plan of the week", 0, "sending", {}),
    ):
        sender, to = Address("Jan Berger", "jan@firm.example"), (Address("Anna Keller", "anna.keller@acme.example"),)
        draft = Draft(sender, to=to, subject=subject, html="<p>Dear Anna, attached is what we spoke of.</p>")
        key = services.outbox.send(services.compose.save(draft), clock.now() + hours * hour)
        if stage != "held" or more:
            with services.outbox._database.write() as work:
                OutboxWriter(work).set(key, stage=stage, scheduled=int(stage == "held"), **more)
    window.room.browser.show_list(Unified.OUTBOX)
    await asyncio.sleep(_SETTLE_S)
    key = services.outbox.send(services.compose.save(draft))
    window.writing._sent(draft, key, None, False, ())
    await asyncio.sleep(_SETTLE_S)
    window.room.list.view.setFocus()
    window.room.list.view.next()


def _sign(window: MainWindow) -> QWidget:
    """Open the form of an account where signatures are written."""
    from desktop.ui.preferences.fold import Fold
    from desktop.ui.preferences.mail_account_form import MailAccountForm

    window._add_by_hand(MailAccount(uuid.uuid4(), "jan@firm.example", "Jan Berger"), "")
    form = window._dialogs["account"]
    assert isinstance(form, MailAccountForm)
    for fold in form.findChildren(Fold):
        fold.heading.setChecked(fold.isAncestorOf(form.fields.identities))
    who = form.fields.identities
    who.signature.show_html(
        "<p><b>Jan Berger</b><br>Sales North, Nordlicht Systems</p>"
        '<p><a href="https://nordlicht.example">nordlicht.example</a></p>'
    )
    who.below_answers.setCurrentIndex(1)
    who.reply_signature.show_html("<p>Jan Berger</p>")
    form.fields.ensureWidgetVisible(who.is_default)
    who.is_default.setFocus()
    return form


async def _render(options: argparse.Namespace, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
    from PySide6.QtCore import QPoint, Qt
    from PySide6.QtGui import QPainter
    from PySide6.QtWidgets import QApplication

    from desktop.app.core import build_core
    from desktop.base import i18n
    from desktop.base.paths import Profile
    from desktop.domain import settings
    from desktop.store.mail.blobs import Blobs
    from desktop.ui.bridge import Bridge
    from desktop.ui.mail.people_text import PeopleText
    from desktop.ui.state import State
    from desktop.ui.tasks import Tasks
    from desktop.ui.theme import Theme
    from desktop.ui.widgets.dialog import Dialog
    from desktop.ui.widgets.menu import Menu
    from desktop.ui.window.arrangement import Pane
    from desktop.ui.window.main_window import MainWindow
    from tests.ui import sample

    i18n.set_language(options.language)
    profile = Profile(folder / "profile")
    core = build_core(profile, lambda _new: "a passphrase")
    stand_in = StandIn()
    core.services.accounts._errands.discover = stand_in.discover  # type: ignore[method-assign]
    core.services.accounts._errands.test_account = stand_in.test_account  # type: ignore[method-assign]
    if not options.empty:
        blobs = Blobs(profile.raw)
        keys = sample.fill(core.database, blobs)
        blobs.close()
        board = core.services.accounts._statuses
        for status in sample.statuses(keys):
            board.set(status)
    core.services.settings.set(settings.LAYOUT, options.layout)
    core.services.settings.set(settings.DENSITY, options.density)
    theme = Theme(settings.Theme.DARK if options.dark else settings.Theme.LIGHT)
    tasks, bridge = Tasks(loop), Bridge(core.bus)
    window = MainWindow(core.services, tasks, bridge, theme, State(folder / "window.json"), profile.cache)
    tasks.failed.connect(lambda error: print("failed:", repr(error), file=sys.stderr))
    window.restore()
    width, height = map(int, options.size.split("x"))
    window.resize(width, height)
    window.show()
    window.activateWindow()
    await asyncio.sleep(_SETTLE_S)
    window.room.list.view.setFocus()
    if not options.empty:
        painted: asyncio.Future[object] = loop.create_future()
        window.room.reader.painted.connect(lambda key: painted.done() or painted.set_result(key))
        window.room.list.view.next()
        await asyncio.wait([painted], timeout=_PAINTED_WITHIN_S)
        await asyncio.sleep(_SETTLE_S)
    over: list[tuple[QWidget, QPoint]] = []
    middle = QPoint(width // 4, height // 8)
    if options.show in ("preferences", "notifications", "accounts", "keyboard", "keyboard-taken"):
        window._show_preferences(page="accounts" if options.show == "accounts" else "")
        if options.show == "notifications":
            window._dialogs["preferences"].show_page("notifications")  # type: ignore[attr-defined]
            await asyncio.sleep(_SETTLE_S)
        if options.show.startswith("keyboard"):
            dialog = window._dialogs["preferences"]
            dialog.show_page("keyboard")  # type: ignore[attr-defined]
            if options.show == "keyboard-taken":
                dialog.keyboard.choose("window.archive")  # type: ignore[attr-defined]
                dialog.keyboard._recorded("S")  # type: ignore[attr-defined]
            await asyncio.sleep(_SETTLE_S)
        over.append((window._dialogs["preferences"], middle))
    elif options.show == "account":
        window._add_by_hand(MailAccount(uuid.uuid4(), "jan@firm.example", "Jan Berger"), "")
        over.append((window._dialogs["account"], middle))
    elif options.show == "outbox":
        await _fill_outbox(window)
    elif options.show == "signature":
        over.append((_sign(window), middle))
    elif options.show.startswith("first-run-"):
        await _set_up(window, stand_in, options.show.removeprefix("first-run-"))
        over.extend((dialog, QPoint(width // 3, height // 4)) for dialog in window.findChildren(Dialog))
    elif options.show.startswith("palette"):
        window._show_palette()
        window.palette_.field.setText("re" if options.show == "palette-typed" else "")
    elif options.show == "cheat-sheet":
        window._show_cheat_sheet()
        over.append((window._dialogs["cheat-sheet"], QPoint(24, 24)))
    elif options.show == "operations":
        window._show_operations()
        over.append((window._dialogs["operations"], middle))
    elif options.show == "trouble":
        key = max(window.status_bar._items)
        window.status_bar.explain(key)
        popup = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "AccountPopup" and w.isVisible())
        over.append((popup, window.mapFromGlobal(popup.pos())))
    elif options.show == "toast":
        window._toast.show_text("3 mails archived", "Undo", lambda: None, icon="archive")
        window._toast._clock.setCurrentTime(2500)
    elif options.show == "transfer":
        window.status_bar.show_transfer("Importing: 1,204 mails", 3, 10)
        window._toast.show_text("1,204 mails imported. 36 were here already. 2 files could not be read.", icon="info")
    elif options.show == "folder-menu":
        browser = window.room.browser
        browser._open_menu(next(node for node, folder in browser.model.folders() if node.takes_files), QPoint(5, 5))
        menu = browser.tree.findChildren(Menu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
        over.append((menu, QPoint(70, 60)))
    elif options.show == "reader":
        window.room.panes.go_to(Pane.READER)
    elif options.show == "multi":
        window.room.list.view.selectAll()
    elif options.show in ("search", "hits"):
        window.room.search.open()
        window.room.search.set_text("from:anna has:attachment after:2026-09-01 renewal")
        if options.show == "hits":
            window.room.list.view.setFocus()
    elif options.show in ("snooze", "snoozed", "back", "follow-up"):
        await _put_off(window, core, options.show)
    elif options.show == "hover":
        view = window.room.list.view
        view._hover_at(view.viewport().rect().topLeft() + QPoint(view.viewport().width() - 60, 140))
    elif options.show == "person":
        header = window.room.reader.page.header
        header._to.setChecked(True)
        await asyncio.sleep(_SETTLE_S)
        header._to._hover(header._to._named[0] if header._to._named else None)
        header._name._hot = True
        for each in header.findChildren(PeopleText):
            each._hover(0)
        window.room.reader._show_person_menu(header._head.sender, header._date.mapToGlobal(QPoint(0, 90)))
        menu = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Menu" and w.isVisible())
        over.append((menu, window.mapFromGlobal(menu.pos())))
    elif options.show == "me":
        window.navigation.me.click()
        menu = next(w for w in QApplication.topLevelWidgets() if type(w).__name__ == "Menu" and w.isVisible())
        over.append((menu, window.mapFromGlobal(menu.pos())))
    if options.show not in (
        "trouble",
        "me",
        "person",
        "folder-menu",
    ):  # popups close when the loop finds them without the pointer
        await asyncio.sleep(_SETTLE_S)
    picture = window.grab()
    painter = QPainter(picture)
    for widget, place in over:
        painter.fillRect(widget.rect().translated(place).adjusted(-1, -1, 1, 1), theme.tokens.border)
        painter.drawPixmap(place, widget.grab())
    painter.end()
    picture.save(str(options.out))
    print(options.out)
    window.close()
    bridge.close()
    tasks.close()
    window.deleteLater()
    core.close()


async def _render_composer(options: argparse.Namespace, folder: Path, loop: asyncio.AbstractEventLoop) -> None:
    """Render the composer alone, with a letter half written."""
    from desktop.base import i18n
    from desktop.domain import settings
    from desktop.ui.compose.catalogue import Write
    from desktop.ui.compose.compose_window import SIZE, ComposeWindow
    from desktop.ui.compose.speller import Speller
    from desktop.ui.tasks import Tasks
    from desktop.ui.theme import Theme
    from tests.ui.compose import letter
    from tests.ui.compose.fakes import MemoryCompose, MemoryOutbox

    i18n.set_language(options.language)
    theme = Theme(settings.Theme.DARK if options.dark else settings.Theme.LIGHT)
    tasks = Tasks(loop)
    tasks.failed.connect(lambda error: print("failed:", repr(error), file=sys.stderr))
    compose, speller = MemoryCompose(), Speller(folder / "words", tasks)
    draft = letter.half_written(compose, busy=options.show == "composer-busy")
    window = ComposeWindow(compose, MemoryOutbox(compose), tasks, theme, speller, letter.examine, draft, key=7)
    given = options.size != "1440x900"
    window.resize(*(map(int, options.size.split("x")) if given else SIZE))
    done: asyncio.Future[None] = loop.create_future()
    window.ready.connect(lambda: done.done() or done.set_result(None))
    window.show()
    window.activateWindow()
    await done
    window.editor.setFocus()
    letter.write_on(window)
    await asyncio.sleep(_SETTLE_S + 3.5 * (options.show == "composer-busy"))
    await window.keeping.save()
    await asyncio.sleep(_SETTLE_S / 4)
    if options.show in ("composer-link", "composer-emoji", "composer-table"):
        window.actions_[Write(options.show.removeprefix("composer-"))].trigger()
        await asyncio.sleep(_SETTLE_S)
    elif options.show == "composer-later":
        window.actions_[Write.SEND_LATER].trigger()
        await asyncio.sleep(_SETTLE_S)
    elif options.show == "composer-remind":
        window.actions_[Write.REMIND].trigger()
        window.reminding.popup.offers[2].click()
        await asyncio.sleep(_SETTLE_S)
        window.reminding.mark.click()
        await asyncio.sleep(_SETTLE_S)
    elif options.show == "composer-quote":
        window.quote.pill.click()
        await asyncio.sleep(_SETTLE_S)
    elif options.show == "composer-busy":
        window.head.to.line.setFocus()
        window.head.to.line.setText("ann")
        window.head.to.line.textEdited.emit("ann")
        await asyncio.sleep(_SETTLE_S)
    window.grab().save(str(options.out))
    print(options.out)
    window._let_go()
    speller.close()
    tasks.close()


if __name__ == "__main__":
    sys.exit(main())
