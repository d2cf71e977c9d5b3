"""The first step: whose mail it is. Servers are looked for while he still types."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.discovery import Verdict
from desktop.ui.theme import Theme
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.progress import Spinner
from desktop.ui.window.first_run import words
from desktop.ui.window.first_run.server_search import ServerSearch


class AddressStep(QWidget):
    """`submitted` is Enter in a field."""

    submitted = Signal()

    def __init__(self, theme: Theme, *, is_first: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _("Welcome to Rapport") if is_first else _("Add mail account")
        text = _(
            "Write your address, and Rapport finds your mail servers. Your mail appears here, newest first, and stays "
            "readable without a connection."
        )
        self.name = LineEdit(theme, _("Your name"))
        self.address = LineEdit(theme, _("Address"), placeholder="name@example.org")
        self._address_row = FormRow(theme, _("Address"), self.address)
        self.news = SearchLine(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Paragraph(theme, title, "title"))
        column.addWidget(Paragraph(theme, text, "body", "secondary"))
        column.addSpacing(4)
        column.addWidget(FormRow(theme, _("Your name"), self.name, hint=_("As others see it.")))
        column.addWidget(self._address_row)
        column.addWidget(FormRow(theme, "", self.news))
        for edit in (self.name, self.address):
            edit.returnPressed.connect(self.submitted)
        self.address.textChanged.connect(lambda _text: self.complain(""))

    def complain(self, wrong: str) -> None:
        """Say what is wrong with the address; "" takes it back."""
        self._address_row.say(wrong)
        if wrong:
            self.address.setFocus()

    def show_search(self, search: ServerSearch) -> None:
        """Say how the search is going."""
        if search.looking:
            self.news.say(words.looking_words(search.domain), busy=True)
        elif search.found is None:
            self.news.say("")
        elif search.found.best is not None:
            text = _("Found: {host}").format(host=search.found.best.imap.host)
            self.news.say(text)
        else:
            is_typo = search.found.verdict is Verdict.NO_SUCH_DOMAIN
            self.news.say(words.missing_words(search.found), "warning" if is_typo else "secondary")


class SearchLine(QWidget):
    """One line about the search. It keeps its place when it says nothing."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spinner = Spinner(theme)
        self.words = Paragraph(theme, "", "small", "secondary")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._spinner)
        row.addWidget(self.words, 1)
        self.setMinimumHeight(20)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        self._spinner.hide()

    def say(self, text: str, colour: str = "secondary", *, busy: bool = False) -> None:
        """Say something, "" for nothing."""
        self._spinner.setVisible(busy)
        self.words.set_colour(colour)
        self.words.setText(text)
