"""The servers a person is about to sign in to, as a card: nothing is sent to a host he has not seen here."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.discovery import Candidate
from desktop.domain.mail.found_server import FoundServer
from desktop.ui.icons import pixmap
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.labels import ElidedLabel
from desktop.ui.widgets.paint import rounded
from desktop.ui.window.first_run.words import security_words, way_words

_ROW_PX = 40
_LABEL_PX = 88
_SIDE_PX = 14
_LINK_PADDING_PX = 6
"""Of a link, whose words are to end where the other rows do."""


class ServerCard(QWidget):
    """Three rows: incoming, outgoing, and how one signs in. `edit` opens the form with all of it."""

    def __init__(self, theme: Theme, edit: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.incoming, self.outgoing = _ServerRow(theme, _("Incoming")), _ServerRow(theme, _("Outgoing"))
        self._way = ElidedLabel(theme)
        self.edit = Button(theme, _("Edit by hand"), Kind.LINK, height=SMALL)
        self.edit.clicked.connect(lambda _checked=False: edit())
        sign_in = _row(theme, _("Sign-in"))
        sign_in.addWidget(self._way, 1)
        sign_in.addWidget(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(_SIDE_PX, 4, _SIDE_PX - _LINK_PADDING_PX, 4)
        column.setSpacing(0)
        column.addWidget(self.incoming)
        column.addWidget(self.outgoing)
        last = QWidget()
        last.setLayout(sign_in)
        last.setFixedHeight(_ROW_PX)
        column.addWidget(last)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_candidate(self, candidate: Candidate, address: str, *, by_browser: bool) -> None:
        """Show servers and the name one signs in with."""
        self.incoming.show_server(candidate.imap)
        self.outgoing.show_server(candidate.smtp)
        self._way.set_text(way_words(candidate, address, by_browser=by_browser))

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect(), 6, t.surface)
        for line in (1, 2):
            painter.fillRect(_SIDE_PX, 4 + line * _ROW_PX, self.width() - 2 * _SIDE_PX, 1, t.border)


class _ServerRow(QWidget):
    def __init__(self, theme: Theme, label: str) -> None:
        super().__init__()
        self._theme = theme
        self._label = label
        self.setFixedHeight(_ROW_PX)
        # the end of a host name says whose it is
        self.host = ElidedLabel(theme, kind="body-strong", elide=Qt.TextElideMode.ElideLeft)
        self.port = ElidedLabel(theme, colour="secondary")
        self._lock = QLabel()
        self._security = ElidedLabel(theme, kind="small-medium", colour="success")
        row = _row(theme, label)
        row.setContentsMargins(0, 0, _LINK_PADDING_PX, 0)
        row.addWidget(self.host)
        row.addSpacing(4)
        row.addWidget(self.port)
        row.addStretch(1)
        row.addWidget(self._lock)
        row.addWidget(self._security)
        self.setLayout(row)
        theme.changed.connect(self._tint)
        self._tint()

    def show_server(self, server: FoundServer | None) -> None:
        """Show a server, or that there is none."""
        there = server is not None
        self.host.set_text(server.host if server else _("Not found; you can add it later"))
        self.host.set_colour("text" if there else "secondary")
        self.port.set_text(str(server.port) if server else "")
        self._security.set_text(security_words(server) if server else "")
        self._lock.setVisible(there)
        said = f"{server.host}, {server.port}, {security_words(server)}" if server else self.host.text
        self.setAccessibleName(f"{self._label}: {said}")

    def _tint(self) -> None:
        self._lock.setPixmap(pixmap("lock", 14, self._theme.tokens.success, self.devicePixelRatioF()))


def _row(theme: Theme, label: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    words = ElidedLabel(theme, label, colour="secondary")
    words.setFixedWidth(_LABEL_PX - 6)
    row.addWidget(words)
    return row
