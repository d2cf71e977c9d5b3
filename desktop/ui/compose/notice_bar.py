"""The one inline warning of the composer: of all that could be said, the most serious. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.toast import announce

_RANK = {Tone.DANGER: 0, Tone.WARNING: 1, Tone.INFO: 2, Tone.NEUTRAL: 3, Tone.SUCCESS: 4}
Act = tuple[str, Callable[[], object]]


@dataclass(frozen=True, slots=True)
class _Said:
    words: str
    tone: Tone
    actions: tuple[Act, ...]
    details: str = ""


class NoticeBar(QWidget):
    """Notices by kind; a kind says one thing at a time."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._said: dict[str, _Said] = {}
        self._banner: Banner | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 4, 16, 8)
        self.hide()

    @property
    def kind(self) -> str:
        """The kind that is shown, "" for none."""
        return min(self._said, key=lambda kind: _RANK[self._said[kind].tone], default="")

    @property
    def text(self) -> str:
        """The sentence that is shown, "" for none."""
        return self._banner.text if self._banner is not None else ""

    @property
    def banner(self) -> Banner | None:
        """What shows it."""
        return self._banner

    def say(
        self, kind: str, words: str, tone: Tone = Tone.WARNING, actions: tuple[Act, ...] = (), details: str = ""
    ) -> None:
        """Say something, or something else of the same kind."""
        before = self._said.get(kind)
        self._said[kind] = _Said(words, tone, actions, details)
        if before is None or (before.words, before.tone) != (words, tone) or self.kind != kind:
            self._show()

    def take_back(self, kind: str) -> None:
        """Say it no more."""
        if self._said.pop(kind, None) is not None:
            self._show()

    def _show(self) -> None:
        if self._banner is not None:
            self._column.removeWidget(self._banner)
            self._banner.hide()
            self._banner.deleteLater()
            self._banner = None
        said = self._said.get(self.kind)
        if said is not None:
            self._banner = Banner(
                self._theme, said.words, said.tone, actions=said.actions, details=said.details, parent=self
            )
            self._column.addWidget(self._banner)
            announce(self._banner, said.words)
        self.setVisible(said is not None)
