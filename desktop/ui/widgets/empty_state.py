"""What a pane shows when it has nothing to show: what would be here, and the one next step."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import NORMAL, Button, Kind
from desktop.ui.widgets.labels import Paragraph

_TEXT_PX = 300


class EmptyState(QWidget):
    """An icon, a heading, a sentence, a button; in the middle of the pane and at most 300 wide."""

    def __init__(
        self,
        theme: Theme,
        icon: str,
        title: str,
        text: str = "",
        *,
        action: str = "",
        act: Callable[[], object] | None = None,
        kind: Kind = Kind.DEFAULT,
        height: int = NORMAL,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._name = icon
        self._icon = QLabel(alignment=Qt.AlignmentFlag.AlignHCenter)
        self.title = Paragraph(theme, title, "body-strong")
        self.text = Paragraph(theme, text, "body", "secondary")
        self.button = Button(theme, action, kind, height=height)
        if act is not None:
            self.button.clicked.connect(lambda _checked=False: act())
        column = QVBoxLayout(self)
        column.setSpacing(4)
        column.addStretch(2)
        column.addWidget(self._icon)
        column.addSpacing(4)
        for words in (self.title, self.text):
            words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            words.setFixedWidth(_TEXT_PX)
            column.addWidget(words, 0, Qt.AlignmentFlag.AlignHCenter)
        self.text.setVisible(bool(text))
        column.addSpacing(8)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        self.button.setVisible(bool(action))
        column.addStretch(3)
        theme.changed.connect(self._tint)
        self._fit()
        self._tint()

    def say(self, icon: str, title: str, text: str = "", action: str = "") -> None:
        """Show other words; an empty `action` takes the button away."""
        self._name = icon
        self.title.setText(title)
        self.text.setText(text)
        self.text.setVisible(bool(text))
        self.button.setText(action)
        self.button.setVisible(bool(action))
        self._fit()
        self._tint()

    def _fit(self) -> None:
        """Give wrapped words their height: a layout asks an aligned label for one line only."""
        for words in (self.title, self.text):
            words.setFixedHeight(max(words.heightForWidth(_TEXT_PX), 0))

    def _tint(self) -> None:
        self._icon.setPixmap(pixmap(self._name, 24, self._theme.tokens.secondary, self.devicePixelRatioF()))
