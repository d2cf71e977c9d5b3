"""Language and theme at the top right of the first run: two settings one wants before all others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.base import i18n
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.settings import Setting
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.menu import Menu

if TYPE_CHECKING:
    from desktop.services.settings import Settings


class Appearance(QWidget):
    """Two buttons with menus. What is chosen is stored at once."""

    told = Signal(str)
    """A sentence for the person."""

    def __init__(self, theme: Theme, store: Settings, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._store, self._tasks = theme, store, tasks
        self.language = self._button("languages", lambda: self._offer(settings.LANGUAGE, self.language))
        self.theme = self._button("laptop", lambda: self._offer(settings.THEME, self.theme))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.language)
        row.addWidget(self.theme)
        self._show_words()

    def _button(self, icon: str, act: Callable[[], object]) -> Button:
        button = Button(self._theme, "", Kind.GHOST, icon=icon, height=SMALL)
        button.clicked.connect(lambda _checked=False: act())
        return button

    def _show_words(self) -> None:
        spoken = {str(choice.value): choice.label() for choice in settings.LANGUAGE.choices}
        self.language.setText(spoken.get(i18n.language(), spoken[""]))
        self.language.setAccessibleName(_("Language: {name}").format(name=self.language.text()))
        names = {
            settings.Theme.SYSTEM.value: _("System theme"),
            settings.Theme.LIGHT.value: _("Light theme"),
            settings.Theme.DARK.value: _("Dark theme"),
        }
        self.theme.setText(names[self._theme.choice])
        self.theme.setAccessibleName(self.theme.text())

    def _offer(self, setting: Setting[str], button: Button) -> None:
        self._tasks.run(self._show_menu(setting, button))

    async def _show_menu(self, setting: Setting[str], button: Button) -> None:
        chosen = await self._tasks.read(self._store.get, setting)
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in setting.choices:
            value = choice.value
            menu.add(choice.label(), partial(self._choose, setting, value), checked=value == chosen)
        menu.popup(button.mapToGlobal(QPoint(0, button.height() + 4)))

    def _choose(self, setting: Setting[str], value: str) -> None:
        self._tasks.run(self._keep(setting, value))

    async def _keep(self, setting: Setting[str], value: str) -> None:
        await self._tasks.write(self._store.set, setting, value)
        if setting is settings.THEME:
            self._theme.choose(value)
            self._show_words()
        else:
            self.told.emit(setting.hint())
