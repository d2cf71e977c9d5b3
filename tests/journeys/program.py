"""The program as `app.gui` puts it together (core with engine, window, bridge, tasks), and what a person sees of it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from desktop.app.core import Core, build_core
from desktop.base.paths import Profile
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.listing import ListCounts, Row
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.ui.bridge import Bridge
from desktop.ui.mail.folder_nodes import Node
from desktop.ui.mail.lines import LineKind
from desktop.ui.mail.list_pane import ListPane
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.window.main_window import MainWindow
from desktop.ui.window.passphrase import PassphraseAsker
from tests.desk import PASSPHRASE
from tests.servers.dovecot import PASSWORD, Dovecot

DEADLINE_S = 30.0
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Program:
    """Runs from here on. `failures` are what the window would have told as "Something went wrong"."""

    def __init__(
        self, folder: Path, theme: Theme, loop: asyncio.AbstractEventLoop, *, asks_in_window: bool = False
    ) -> None:
        """With `asks_in_window` the person is asked for the vault's passphrase, else it is known."""
        profile = Profile(folder)
        self._asker = PassphraseAsker()
        self.core: Core = build_core(profile, self._asker.ask if asks_in_window else lambda _asked: PASSPHRASE)
        self._tasks, self._bridge = Tasks(loop), Bridge(self.core.bus)
        state = State(profile.root / "window.json")
        self.window = MainWindow(self.core.services, self._tasks, self._bridge, theme, state, profile.cache)
        self._asker.attach(theme, self.window)
        self.failures: list[object] = []
        self.painted: list[int] = []
        self._tasks.failed.connect(self.failures.append)
        self.window.room.reader.painted.connect(self.painted.append)
        self.window.restore()
        if not (profile.root / "window.json").exists():  # the screen of the offscreen platform is small
            self.window.resize(1440, 900)
        self.window.show()
        self.window.activateWindow()
        self.core.start()
        self._runs = True

    def quit(self) -> None:
        """Close the window and end every thread; the profile can be opened again."""
        if self._runs:
            self._runs = False
            self._asker.close()
            self.window.close()
            self._bridge.close()
            self._tasks.close()
            self.window.deleteLater()
            self.core.close()

    async def add_account(
        self, dovecot: Dovecot, user: str, *, port: int = 0, smtp_port: int = 0, name: str = ""
    ) -> MailAccount:
        """Add an account behind the form's back and wait until its Inbox is the list that is shown."""
        endpoint = Endpoint("127.0.0.1", port or dovecot.imap_port, Security.PLAIN, user)
        account = MailAccount(id=uuid.uuid4(), address=user, imap=endpoint, display_name=name)
        if smtp_port:
            smtp = Endpoint("127.0.0.1", smtp_port, Security.PLAIN, user)
            account = replace(account, smtp=smtp, files_sent=FilesSent.NOT)
        account = await self._tasks.write(
            self.core.services.accounts.add, account, PASSWORD, PASSWORD if smtp_port else None
        )
        await self.until(lambda: self.folder("INBOX") is not None and self.says("up to date"))
        return account

    async def until(self, condition: Callable[[], object], what: str = "") -> None:
        """Let the loop run until the condition holds; fail at the deadline, saying what the window shows."""
        deadline = time.monotonic() + DEADLINE_S
        while not condition():
            assert time.monotonic() < deadline, f"{what or 'the window did not come to this'}: {self.described()}"
            assert not self.failures, self.failures
            await asyncio.sleep(0.01)

    # what a person sees

    @property
    def list(self) -> ListPane:
        return self.window.room.list

    def rows(self) -> list[Row]:
        """Return the rows of the list that are read, top down."""
        model = self.list.model
        return [row for key in model.keys if (row := model.row(key)) is not None]

    def subjects(self) -> list[str]:
        """Return the subjects in the list; none while rows are still being read."""
        rows = self.rows()
        return [row.subject for row in rows] if len(rows) == len(self.list.model.keys) else []

    def painted_lines(self) -> list[tuple[str, bool]]:
        """Return what is in sight of the list: subject and whether it is drawn as unread."""
        view, model = self.list.view, self.list.model
        sight = view.viewport().rect()
        lines = [
            model.line(number)
            for number in range(model.rowCount())
            if view.visualRect(model.index(number)).intersects(sight)
        ]
        return [(line.row.subject, line.row.unread) for line in lines if line.kind is not LineKind.HEAD and line.row]

    def unread(self, what: str | Unified) -> int:
        """Return the unread number beside a folder (its path on the server) or a unified list."""
        return self._counts(what).unread

    def total(self, what: str | Unified) -> int:
        return self._counts(what).total

    def badge(self) -> int:
        """Return the number on the rail."""
        return self.window.navigation.mail._count

    def folder(self, path: str) -> Node | None:
        """Return the node of a server folder in the tree."""
        return next((node for node, folder in self.window.room.browser.model.folders() if folder.path == path), None)

    def says(self, words: str) -> bool:
        """Return whether the status bar says this of some account."""
        return any(words in item.words.accessibleName() for item in self.window.status_bar._items.values())

    def described(self) -> str:
        """Return what the window shows in one line, for failed tests."""
        states = [item.words.accessibleName() for item in self.window.status_bar._items.values()]
        return f"list {self.subjects()[:8]} of {len(self.list.model.keys)}, status {states}"

    # what a person does

    def line_of(self, subject: str) -> int:
        """Return the line a mail stands on."""
        key = next(row.key for row in self.rows() if row.subject == subject)
        line = self.list.model.line_of(key)
        assert line is not None
        return line

    def click(self, subject: str) -> None:
        """Click a mail in the list."""
        view = self.list.view
        place = view.visualRect(self.list.model.index(self.line_of(subject)))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place.center())

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key where the keyboard is."""
        QTest.keyClick(self.focused(), key, modifiers)

    def type(self, text: str) -> None:
        """Type letters where the keyboard is."""
        QTest.keyClicks(self.focused(), text)

    def focused(self) -> QWidget:
        from PySide6.QtWidgets import QApplication

        return QApplication.focusWidget() or self.window

    async def open_folder(self, path: str) -> None:
        """Click a server folder in the tree."""
        node = self.folder(path)
        assert node is not None
        tree = self.window.room.tree
        index = self.window.room.browser.model.index_of_id(node.id)
        tree.scrollTo(index)
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
        await self.until(lambda: self.list.shows_list and self.list.model.query.list_id == node.list_id)

    async def open_inbox(self) -> None:
        """Click the unified Inbox."""
        tree = self.window.room.tree
        index = self.window.room.browser.model.index_of_list(int(Unified.INBOX))
        QTest.mouseClick(tree.viewport(), Qt.MouseButton.LeftButton, pos=tree.visualRect(index).center())
        await self.until(lambda: self.list.model.query.list_id == Unified.INBOX and not self.list.searching)

    def _counts(self, what: str | Unified) -> ListCounts:
        if isinstance(what, Unified):
            node = self.window.room.browser.model.node_of_list(int(what))
        else:
            node = self.folder(what)
        return node.counts if node is not None and node.counts is not None else ListCounts(0, 0)


def button(inside: QWidget, words: str) -> QPushButton:
    """Return the visible button with these words."""
    return next(each for each in inside.findChildren(QPushButton) if each.text() == words and each.isVisible())
