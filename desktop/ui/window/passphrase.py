"""Asks for the passphrase of the vault, where the system has no keyring. Called on any thread but the window's own.

The caller waits for the person; the window does not, and neither does he: mail can be read behind the question.
Closing the program answers "nobody" to who still waits.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QThread, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.base.i18n import _
from desktop.domain.passphrase import Answer, Asked, Lost
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog, confirm
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph

LEAST_LETTERS = 8
_COMMANDING = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


class PassphraseAsker(QObject):
    """One question at a time; give `ask` to whoever opens the vault."""

    _asked = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme: Theme | None = None
        self._window: QWidget | None = None
        self._one_at_a_time = threading.Lock()
        self._waiting: Future[Answer] | None = None
        self._closed = False
        self._asked.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def attach(self, theme: Theme, window: QWidget) -> None:
        """Questions belong to this window from now on."""
        self._theme, self._window = theme, window

    def ask(self, asked: Asked) -> Answer:
        """Return what the person wrote; None when he declines or there is no window to ask in."""
        if QThread.currentThread() is self.thread():
            return None
        with self._one_at_a_time:
            answer: Future[Answer] = Future()
            self._waiting = answer
            if self._closed:
                return None
            self._asked.emit(asked, answer)
            return answer.result()

    def close(self) -> None:
        """Answer "nobody" to who waits and to who asks later."""
        self._closed = True
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _show(self, asked: Asked, answer: Future[Answer]) -> None:
        if answer.done():
            return
        if self._theme is None or self._window is None:
            answer.set_result(None)
            return
        question = PassphraseQuestion(self._theme, asked, self._window)

        def finished() -> None:
            if not answer.done():
                answer.set_result(question.answer)

        question.finished.connect(finished)
        _KeysUntilActive(question, self._window)
        question.show()
        question.raise_()
        question.activateWindow()


class _KeysUntilActive(QObject):
    """Gives keys typed in the window behind to a question that is there but does not have the keyboard yet.

    A window manager takes its time, or never lets a new window have it: the first letters of a passphrase would be
    commands to the mail behind. Ends when the question has the keyboard, or the person turns to the window behind. Who
    writes in a field there goes on writing.
    """

    def __init__(self, question: PassphraseQuestion, behind: QWidget) -> None:
        super().__init__(question)
        self._question = question
        self._behind = behind
        self._application = QCoreApplication.instance()
        assert self._application is not None
        self._application.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.WindowActivate and watched is self._question:
            self._end()
        elif isinstance(watched, QWidget) and watched.window() is self._behind:
            if kind == QEvent.Type.MouseButtonPress:
                self._end()
            elif isinstance(event, QKeyEvent) and not event.modifiers() & _COMMANDING and not _is_written_in(watched):
                if kind == QEvent.Type.KeyPress:
                    QCoreApplication.sendEvent(self._question.keyboard, event.clone())
                event.accept()
                return True
        return False

    def _end(self) -> None:
        assert self._application is not None
        self._application.removeEventFilter(self)


def _is_written_in(widget: QWidget) -> bool:
    return widget.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


class PassphraseQuestion(Dialog):
    """One field, or two when the passphrase is chosen. `answer` is None until the person goes on."""

    def __init__(self, theme: Theme, asked: Asked, parent: QWidget) -> None:
        title = _("Choose a passphrase for your passwords") if asked.is_new else _("Unlock your passwords")
        super().__init__(theme, title, parent)
        self.answer: Answer = None
        self.fit_width(480)
        self.body.addWidget(Paragraph(theme, title, "section"))
        for sentence in _sentences(asked):
            self.body.addWidget(Paragraph(theme, sentence, "body", "secondary"))
        self._first, self._second = LineEdit(theme, _("Passphrase")), LineEdit(theme, _("Again"))
        hint = _("At least {n} characters; a few words are good.").format(n=LEAST_LETTERS) if asked.is_new else ""
        self._rows = [FormRow(theme, _("Passphrase"), self._first, hint=hint)]
        if asked.is_new:
            self._rows.append(FormRow(theme, _("Again"), self._second))
        for row, edit in zip(self._rows, (self._first, self._second), strict=False):
            edit.setEchoMode(QLineEdit.EchoMode.Password)
            self.body.addWidget(row)
        if asked.wrong:
            self._rows[0].say(_("This passphrase was wrong. Try again."))
            self.add_button(_("Forgotten…"), self._ask_to_give_up, Kind.GHOST)
        self.footer.row.addStretch(1)
        self.add_button(_("Cancel") if asked.is_new else _("Not now"), self.reject)
        self.add_button(_("Continue") if asked.is_new else _("Unlock"), self._accept, Kind.PRIMARY)
        self._first.setFocus()

    @property
    def keyboard(self) -> QWidget:
        """What takes the keys once the question has the keyboard."""
        return cast("QWidget | None", self.focusWidget()) or self._first

    def _accept(self) -> None:
        written = self._first.text()
        for row in self._rows:
            row.say("")
        if not written:
            self._rows[0].say(_("Write the passphrase."))
        elif len(self._rows) > 1 and len(written) < LEAST_LETTERS:
            self._rows[0].say(_("Take at least {n} characters.").format(n=LEAST_LETTERS))
        elif len(self._rows) > 1 and written != self._second.text():
            self._rows[1].say(_("The two are not the same."))
        else:
            self.answer = written
            self.accept()

    def _ask_to_give_up(self) -> None:
        confirm(
            self.theme,
            self,
            title=_("Give up the stored passwords?"),
            text=_("You write the password of each mail account again, under a new passphrase. Your mail stays."),
            action=_("Give up passwords"),
            on_yes=self._give_up,
        )

    def _give_up(self) -> None:
        self.answer = Lost.LOST
        self.accept()


def _sentences(asked: Asked) -> tuple[str, ...]:
    if not asked.is_new:
        return (
            _("Your passwords lie in an encrypted file. Its passphrase is asked for once after each start."),
            _("Without it your mail can be read here, but nothing is fetched or sent."),
        )
    return (
        _(
            "This system has no keyring, so Rapport keeps your passwords in an encrypted file of its own. "
            "The passphrase opens that file; you are asked for it once after each start."
        ),
        _("Nobody can tell you a forgotten passphrase. Your mail would stay, but you would set up its passwords anew."),
    )
