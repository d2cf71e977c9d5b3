"""The place of a step for what has to be said at the moment: one banner, or none."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.widgets.banner import Banner
from desktop.ui.widgets.buttons import Button


class News(QWidget):
    """Takes no room while there is nothing to say."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.hide()

    def say(self, banner: Banner | None) -> None:
        """Show a banner in place of the one before."""
        if self.banner is not None:
            self._column.removeWidget(self.banner)
            self.banner.hide()
            self.banner.deleteLater()
        self.banner = banner
        if banner is not None:
            self._column.addWidget(banner)
        self.setVisible(banner is not None)

    def take_keyboard(self) -> bool:
        """Give the keyboard to what is done about it, where anything is; the likeliest stands last."""
        buttons = self.banner.findChildren(Button) if self.banner is not None else []
        if buttons:
            buttons[-1].setFocus()
        return bool(buttons)
