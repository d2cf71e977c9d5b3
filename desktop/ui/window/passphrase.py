"""Asks for the passphrase of the vault, where the system has no keyring. Called on any thread but the window's own.

The caller waits for the person; the window does not. Closing the program answers "nobody" to who still waits.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future

from PySide6.QtCore import QObject, Qt, QThread, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph

LEAST_LETTERS = 8


class PassphraseAsker(QObject):
    """One question at a time; give `ask` to whoever opens the vault."""

    _asked = Signal(bool, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._window: QWidget | None = None
        self._one_at_a_time = threading.Lock()
        self._waiting: Future[str | None] | None = None
        self._closed = False
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def attach(self, theme: Theme, window: QWidget) -> None:
        """Questions belong to this window from now on."""
        self._theme, self._window = theme, window

    def ask(self, is_new: bool) -> str | None:
        """Return what the person wrote; None when he declines or there is no window to ask in."""
        if QThread.currentThread() is self.thread():
            return None
        with self._one_at_a_time:
            answer: Future[str | None] = Future()
            self._waiting = answer
            if self._closed:
                return None
            self._asked.emit(is_new, answer)
            return answer.result()

    def close(self) -> None:
        """Answer "nobody" to who waits and to who asks later."""
        self._closed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _show(self, is_new: bool, answer: Future[str | None]) -> None:
        if answer.done():
            return
        if self._theme is None or self._window is None:
            answer.set_result(None)
            return
        question = PassphraseQuestion(self._theme, is_new, self._window)

        def finished() -> None:
            if not answer.done():
                answer.set_result(question.passphrase)

        question.finished.connect(finished)
        question.open()


class PassphraseQuestion(Dialog):
    """One field, or two when the passphrase is chosen."""

    def __init__(self, theme: Theme, is_new: bool, parent: QWidget) -> None:
        title = _("Choose a passphrase for your passwords") if is_new else _("Open your passwords")
        super().__init__(theme, title, parent)
        self.passphrase: str | None = None
        self.setFixedWidth(460)
        self.body.addWidget(Paragraph(theme, title, "section"))
        sentence = (
            _("This system has no keyring, so Rapport keeps passwords in an encrypted file of its own.")
            if is_new
            else _("Passwords lie in an encrypted file. Its passphrase is asked for once after each start.")
        )
        self.body.addWidget(Paragraph(theme, sentence, "body", "secondary"))
        self._first, self._second = LineEdit(theme, _("Passphrase")), LineEdit(theme, _("Again"))
        self._rows = [FormRow(theme, _("Passphrase"), self._first)]
        if is_new:
            self._rows.append(FormRow(theme, _("Again"), self._second))
        for row, edit in zip(self._rows, (self._first, self._second), strict=False):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.body.addWidget(row)
        self.footer.row.addStretch(1)
        self.add_button(_("Cancel"), self.reject)
        self.add_button(_("Continue"), self._accept, Kind.PRIMARY)
        self._first.setFocus()

    def _accept(self) -> None:
        written = self._first.text()
        if len(self._rows) > 1:
            if len(written) < LEAST_LETTERS:
                self._rows[0].say(_("Take at least {n} characters.").format(n=LEAST_LETTERS))
                return
            self._rows[0].say("")
            if written != self._second.text():
                self._rows[1].say(_("The two are not the same."))
                return
        if written:
            self.passphrase = written
            self.accept()
