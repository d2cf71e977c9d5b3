"""The preferences: sections at the left, built from the declared settings, and the page of mail accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop.base.i18n import _
from desktop.domain.settings import KEY_CHANGES, KEY_SET, LOAD_IMAGES, SECTIONS, Section, Setting
from desktop.ui.actions import Catalogue
from desktop.ui.bridge import Bridge
from desktop.ui.icons import pixmap
from desktop.ui.keymap import Keymap
from desktop.ui.preferences.account_list import AccountList
from desktop.ui.preferences.keyboard_page import KeyboardPage
from desktop.ui.preferences.provider_files import ProviderFiles
from desktop.ui.preferences.revocable_list import Allowed, RevocableList
from desktop.ui.preferences.setting_controls import AnySetting, SettingControl, Value
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import ReturningDialog
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded
from desktop.ui.widgets.painted_button import PaintedButton

if TYPE_CHECKING:
    from desktop.services.mail.mail_accounts import MailAccounts
    from desktop.services.mail.reading import Reading
    from desktop.services.mail.sign_in_providers import SignInProviders
    from desktop.services.settings import Settings

ACCOUNTS = "accounts"
_SIDE_PX = 200


class _SectionButton(PaintedButton):
    """A line of the side list, drawn like a folder."""

    def __init__(self, theme: Theme, icon: str, text: str) -> None:
        super().__init__(theme, text, 6, None)
        self._icon = icon
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(_SIDE_PX - 16, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        on = self.isChecked()
        if on or self._hot:
            rounded(painter, self.rect(), 6, t.selected_folder if on else t.hover2)
        colour = t.accent if on else t.secondary
        painter.drawPixmap(QPoint(8, 6), pixmap(self._icon, 16, colour, self.devicePixelRatioF()))
        face = self._theme.font("body-strong" if on else "body")
        area = self.rect().adjusted(32, 0, -8, 0)
        line_of_text(painter, area, self.text(), face, t.accent if on else t.text, LEFT)


class _Side(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedWidth(_SIDE_PX)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.surface)
        hairline(painter, self.rect(), self._theme.tokens.border, Qt.Edge.RightEdge)


class Preferences(ReturningDialog):
    """Stays beside the main window; everything set here counts at once."""

    add_account_requested = Signal()
    edit_account_requested = Signal(int)

    def __init__(
        self,
        settings: Settings,
        accounts: MailAccounts,
        reading: Reading,
        providers: SignInProviders,
        tasks: Tasks,
        bridge: Bridge,
        theme: Theme,
        keymap: Keymap,
        catalogues: Sequence[Catalogue],
        parent: QWidget | None = None,
    ) -> None:
        """`catalogues` name all actions that have keys."""
        super().__init__(parent)
        self._settings, self._accounts, self._reading = settings, accounts, reading
        self._tasks, self._theme = tasks, theme
        self.setWindowTitle(_("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(760, 520)
        self._controls: dict[str, SettingControl] = {}
        self._names: list[str] = []
        self._storing: Counter[str] = Counter()
        """Settings the person changed here and that are not stored yet: what is read of them is older."""
        self._read_settings = Rereading(tasks, self._show_settings)
        self._read_accounts = Rereading(tasks, self._show_accounts)
        self._read_senders = Rereading(tasks, self._show_senders)
        self.senders = RevocableList(
            theme, _("Senders whose images always load"), _("Remove one to be asked again for each of its mails.")
        )
        self.senders.taken_back.connect(lambda address: self._tasks.run(self._ask_again(address)))
        self._keymap = keymap
        self.keyboard = KeyboardPage(theme, keymap, catalogues)
        self.keyboard.changed.connect(lambda stored: self._tasks.run(self._store_keys(stored)))
        self._side = _Side(theme)
        self._side_column = QVBoxLayout(self._side)
        self._side_column.setContentsMargins(8, 12, 8, 12)
        self._side_column.setSpacing(0)
        self._pages = QStackedWidget()
        self._group = QButtonGroup(self)
        self._group.idToggled.connect(self._turned)  # a screen reader toggles where a mouse clicks
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._side)
        row.addWidget(self._pages, 1)
        for section in SECTIONS:
            self._add_page(section.name, section.label(), section.icon, self._settings_page(section))
        self._list = AccountList(theme)
        self._list.add_requested.connect(self.add_account_requested)
        self._list.edit_requested.connect(self.edit_account_requested)
        self.provider_files = ProviderFiles(providers, accounts, tasks, theme)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        column.addWidget(self._list, 1)
        column.addWidget(self.provider_files)
        self._add_page(ACCOUNTS, _("Mail accounts"), "at-sign", page)
        self._side_column.addStretch(1)
        self.show_page(SECTIONS[0].name)
        bridge.settings_changed.connect(self._settings_changed)
        bridge.accounts_changed.connect(self._accounts_changed)
        bridge.status_changed.connect(self._accounts_changed)
        self._read_settings.ask()
        self._read_accounts.ask()
        self._read_senders.ask()
        self.finished.connect(self._forget)

    def show_page(self, name: str) -> None:
        """Turn to a section."""
        self._group.button(self._names.index(name)).setChecked(True)

    def _turned(self, index: int, on: bool) -> None:
        if on:
            self._pages.setCurrentIndex(index)
            self.provider_files.ask()  # and a client given while an account is set up
            self._read_senders.ask()  # a sender is allowed while a mail is read, beside this window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._in_side():
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            button = self._group.button((self._pages.currentIndex() + step) % self._pages.count())
            button.click()
            button.setFocus(Qt.FocusReason.TabFocusReason)
            return
        super().keyPressEvent(event)

    def _in_side(self) -> bool:
        button = self._group.checkedButton()
        return button is not None and button.hasFocus()

    def _add_page(self, name: str, title: str, icon: str, content: QWidget) -> None:
        index = len(self._names)
        self._names.append(name)
        button = _SectionButton(self._theme, icon, title)
        self._group.addButton(button, index)
        self._side_column.addWidget(button)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(16)
        column.addWidget(ElidedLabel(self._theme, title, "section"))
        column.addWidget(content, 1)
        scroll = QScrollArea()
        scroll.setWidget(page)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its controls bring themselves into sight
        self._pages.addWidget(scroll)

    def _settings_page(self, section: Section) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for setting in section.settings:
            control = SettingControl(self._theme, setting, setting.default, partial(self._set, setting))
            self._controls[setting.name] = control
            column.addWidget(control)
            if setting is LOAD_IMAGES:
                column.addWidget(self.senders)
            if setting is KEY_SET:
                column.addWidget(self.keyboard, 1)
        if KEY_SET not in section.settings:
            column.addStretch(1)
        return page

    def _set(self, setting: AnySetting, value: Value) -> None:
        self._storing[setting.name] += 1
        self._tasks.run(self._store(cast("Setting[Any]", setting), value))

    async def _store(self, setting: Setting[Any], value: Value) -> None:
        try:
            await self._tasks.write(self._settings.set, setting, value)
        finally:
            self._storing[setting.name] -= 1

    async def _store_keys(self, stored: str) -> None:
        try:
            await self._tasks.write(self._settings.set, KEY_CHANGES, stored)
        except Exception:
            self._keymap.choose(self._settings.get(KEY_SET), self._settings.get(KEY_CHANGES))
            raise

    def _settings_changed(self, names: frozenset[str]) -> None:
        if not names.isdisjoint(self._controls):
            self._read_settings.ask()

    def _accounts_changed(self, _keys: frozenset[int]) -> None:
        self._read_accounts.ask()

    def _forget(self) -> None:
        self._read_settings.stop()
        self._read_accounts.stop()
        self._read_senders.stop()
        self.provider_files.stop()

    async def _show_settings(self) -> None:
        for control in self._controls.values():
            setting = control.setting
            value = await self._tasks.read(self._settings.get, cast("Setting[Any]", setting))
            if not self._storing[setting.name]:
                control.show_value(value)

    async def _show_accounts(self) -> None:
        accounts = await self._tasks.read(self._accounts.all)
        statuses = await self._tasks.read(self._accounts.statuses)
        self._list.show_accounts(accounts, statuses)

    async def _show_senders(self) -> None:
        addresses = await self._tasks.read(self._reading.senders_with_images)
        self.senders.show_allowed([Allowed(address, _whom(address)) for address in addresses])

    async def _ask_again(self, address: str) -> None:
        await self._tasks.write(self._reading.disallow_images_from, address)
        self._read_senders.ask()


def _whom(address: str) -> str:
    """Return whose images load, in words."""
    return _("Everybody of {domain}").format(domain=address[1:]) if address.startswith("@") else address
