"""The fields of one server in the form of a mail account: name, port, security, user."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.mail_account import Security
from desktop.ui.preferences.account_draft import Server
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import Select
from desktop.ui.widgets.fields import FormRow, LineEdit


class ServerFields(QWidget):
    """What the person has not touched follows the guesses from the address. `hint` says what no server means."""

    changed = Signal()

    def __init__(self, theme: Theme, ports: dict[Security, int], hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ports = ports
        self.host = LineEdit(theme, _("Server"))
        self.port = LineEdit(theme, _("Port"))
        self.port.setFixedWidth(72)
        self.security = Select(theme, _("Security"))
        for security, words in (
            (Security.TLS, _("TLS")),
            (Security.STARTTLS, _("STARTTLS")),
            (Security.PLAIN, _("None: readable on the way")),
        ):
            self.security.addItem(words, security.value)
        self.user = LineEdit(theme, _("User name"))
        where = QWidget()
        row = QHBoxLayout(where)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.port)
        row.addWidget(self.security, 1)
        self.host_row = FormRow(theme, _("Server"), self.host, hint=hint)
        self.port_row = FormRow(theme, _("Port and security"), where)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.host_row)
        column.addWidget(self.port_row)
        column.addWidget(FormRow(theme, _("User name"), self.user))
        self._guess = Server("", str(ports[Security.TLS]), Security.TLS, "")
        self.security.currentIndexChanged.connect(self._security_picked)
        for edit in (self.host, self.port, self.user):
            edit.textChanged.connect(self.changed)

    def show_server(self, server: Server) -> None:
        """Fill the fields."""
        self.security.setCurrentIndex(max(self.security.findData(server.security.value), 0))
        self.host.setText(server.host)
        self.port.setText(server.port)
        self.user.setText(server.user)

    def server(self) -> Server:
        """Return what stands in the fields."""
        return Server(
            self.host.text().strip(),
            self.port.text().strip(),
            Security(self.security.currentData()),
            self.user.text().strip(),
        )

    def guess(self, host: str, user: str) -> None:
        """Propose a server; fields the person wrote in stay."""
        if self.host.text() == self._guess.host:
            self.host.setText(host)
        if self.user.text() == self._guess.user:
            self.user.setText(user)
        self._guess = Server(host, self._guess.port, self._guess.security, user)

    def _security_picked(self) -> None:
        usual = {str(port) for port in self._ports.values()}
        if self.port.text() in usual or not self.port.text():
            self.port.setText(str(self._ports[Security(self.security.currentData())]))
        self.changed.emit()
