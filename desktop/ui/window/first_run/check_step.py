"""The third step: the servers are tried, and one sees it happen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.discovery import Candidate
from desktop.services.errands import TestResult
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.window.first_run import words
from desktop.ui.window.first_run.check_list import CheckList
from desktop.ui.window.first_run.news import News
from desktop.ui.window.first_run.server_card import ServerCard


class CheckStep(QWidget):
    """Told of each step of the trial, and of its end."""

    def __init__(self, theme: Theme, edit: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._title = Paragraph(theme, "", "title")
        self._origin = Paragraph(theme, "", "body", "secondary")
        self._by_browser = False
        self.servers = ServerCard(theme, edit)
        self.checks = CheckList(theme)
        self.news = News()
        heads = QVBoxLayout()
        heads.setSpacing(4)
        heads.addWidget(self._title)
        heads.addWidget(self._origin)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(heads)
        column.addWidget(self.servers)
        column.addWidget(self.checks)
        column.addWidget(self.news)

    def begin(self, candidate: Candidate, domain: str, address: str, *, by_browser: bool) -> None:
        """Show the servers that are tried, and nothing of an earlier trial."""
        self._by_browser = by_browser
        self._title.setText(_("Connecting {address}").format(address=address))
        self.setAccessibleName(self._title.text())
        self._origin.setText(words.origin_words(candidate, domain))
        self.servers.show_candidate(candidate, address, by_browser=by_browser)
        self.checks.clear()
        self.news.say(None)

    def show_failure(self, result: TestResult, actions: tuple[tuple[str, Callable[[], object]], ...]) -> None:
        """Say what can be done about a step that failed; its row says what is wrong."""
        advice = words.advice(result.remedy, by_browser=self._by_browser)
        self.news.say(Banner(self._theme, advice, Tone.DANGER, details=result.details, actions=actions))
