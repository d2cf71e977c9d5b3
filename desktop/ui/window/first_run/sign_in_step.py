"""The second step: the servers that were found, to be looked at before a password is written (C42)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.discovery import Candidate, Discovery, Verdict
from desktop.ui.preferences.sign_in_way import SignInWay
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.choices import CheckBox
from desktop.ui.widgets.fields import FormRow, LineEdit
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.window.first_run import words
from desktop.ui.window.first_run.address_step import SearchLine
from desktop.ui.window.first_run.news import News
from desktop.ui.window.first_run.server_card import ServerCard
from desktop.ui.window.first_run.server_search import ServerSearch

if TYPE_CHECKING:
    from desktop.services.mail.sign_in_providers import WayIn

_FIELD_PX = 160
"""Where the fields of a form begin, behind their labels."""


class SignInStep(QWidget):
    """Shows a search that is under way, the servers it found, or why there are none."""

    submitted = Signal()

    def __init__(
        self, theme: Theme, edit: Callable[[], object], again: Callable[[], object], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._edit, self._again = edit, again
        self._shown: Discovery | None = None
        self._address = ""
        self._title = Paragraph(theme, "", "title")
        self._origin = Paragraph(theme, "", "body", "secondary")
        self.progress = SearchLine(theme)
        self.servers = ServerCard(theme, edit)
        self.news = News()
        self.consent = CheckBox(theme, "")
        words_missing = _("Tick this first: your password goes to that server.")
        self._consent_wrong = Paragraph(theme, words_missing, "small", "danger")
        self.way = SignInWay(theme)
        self.way.changed.connect(self._show_way)
        self.password = LineEdit(theme, _("Password"))
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self._password_row = FormRow(theme, _("Password"), self.password)
        self._hint = Paragraph(theme, "", "small", "secondary")
        self._help_url = ""
        self._help = Button(theme, "", Kind.LINK, icon="external-link", height=SMALL)
        self.consent.toggled.connect(self._consent_wrong.hide)
        self.password.returnPressed.connect(self.submitted)
        self.password.textChanged.connect(self._take_back)
        self._help.clicked.connect(lambda _checked=False: QDesktopServices.openUrl(QUrl(self._help_url)))
        self._lay_out()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        heads, below = QVBoxLayout(), QVBoxLayout()
        heads.setSpacing(4)
        below.setSpacing(4)
        below.setContentsMargins(_FIELD_PX, 0, 0, 0)
        heads.addWidget(self._title)
        heads.addWidget(self._origin)
        below.addWidget(self._hint)
        # aligned: else the layout takes the width of the button for all it may have, and lets the words wrap in it
        below.addWidget(self._help, 0, Qt.AlignmentFlag.AlignLeft)
        column.addLayout(heads)
        self._ways = FormRow(self._theme, _("Sign-in"), self.way)
        for widget in (
            self.progress,
            self.servers,
            self.news,
            self.consent,
            self._consent_wrong,
            self._ways,
            self._password_row,
        ):
            column.addWidget(widget)
        column.addLayout(below)

    def _take_back(self) -> None:
        self._password_row.say("")

    @property
    def candidate(self) -> Candidate | None:
        """The servers that are seen."""
        return self._shown.best if self._shown is not None else None

    def show_search(self, search: ServerSearch, address: str) -> None:
        """Show how far the search is, or what it found."""
        found, there = search.found, search.found.best if search.found is not None else None
        if found is not self._shown:
            self._shown = found
            self.consent.setChecked(False)
            self.news.say(self._banner(found) if found is not None else None)
            self.way.show_way(None)
        self.progress.setVisible(found is None)
        for widget in (self._origin, self.servers):
            widget.setVisible(there is not None)
        self._show_way()
        self._help.setVisible(there is not None and bool(there.help_url))
        self.consent.setVisible(there is not None and not there.trusted)
        self._consent_wrong.hide()
        if found is None:
            self._title.setText(words.looking_words(search.domain))
            self.setAccessibleName(self._title.text())
            self.progress.say(words.answered_words(search.answered, search.asked) if search.asked else "", busy=True)
        elif there is None:
            self._title.setText(_("Mail servers of {domain}").format(domain=found.domain))
        else:
            self._show_servers(there, found.domain, address)

    def _show_servers(self, there: Candidate, domain: str, address: str) -> None:
        # a name anybody can give himself is shown for servers that are believed
        name = there.provider if there.trusted and there.provider else domain
        self._title.setText(_("Sign in to {name}").format(name=name))
        self._origin.setText(words.origin_words(there, domain))
        self._address = address
        self._show_way()
        self._hint.setText(words.password_hint(there))
        self.consent.setText(words.consent_words(there))
        self._help_url = there.help_url
        self._help.setText(_("Help on {host}").format(host=QUrl(there.help_url).host()))
        self._help.setToolTip(there.help_url)
        self._help.updateGeometry()

    def show_way(self, way: WayIn | None) -> None:
        """Show the ways to sign in to these servers."""
        self.way.show_way(way)
        self._show_way()

    @property
    def by_browser(self) -> bool:
        """Whether the person signs in through the browser."""
        return self.way.by_browser

    def _show_way(self) -> None:
        there = self.candidate
        self._ways.setVisible(there is not None and not self.way.isHidden())
        self._password_row.setVisible(there is not None and not self.by_browser)
        # what is known of the provider says more
        self._hint.setVisible(there is not None and self.way.isHidden())
        if there is not None:
            self.servers.show_candidate(there, self._address, by_browser=self.by_browser)

    def complain(self) -> bool:
        """Say what is missing before a password may be sent; returns whether something is."""
        if self.candidate is None:
            return True
        if not self.candidate.trusted and not self.consent.isChecked():
            self._consent_wrong.show()
            self.consent.setFocus()
            return True
        if not self.by_browser and not self.password.text():
            self._password_row.say(_("Write your password."))
            self.password.setFocus()
            return True
        return False

    def take_keyboard(self) -> None:
        """Give the keyboard to what is to be done next."""
        there = self.candidate
        if there is not None:
            if not there.trusted and not self.consent.isChecked():
                self.consent.setFocus()
            elif not self.by_browser:
                self.password.setFocus()
        elif not self.news.take_keyboard():
            self.setFocus()  # on no button while it is looked for: one Enter more would press it

    def _banner(self, found: Discovery) -> Banner | None:
        """Return what has to be said of what was found, or of what was not."""
        if found.best is None:
            by_hand, again = (_("Enter servers by hand"), self._edit), (_("Look again"), self._again)
            actions = (again, by_hand) if found.verdict is Verdict.NOTHING else (by_hand, again)
            return Banner(self._theme, words.missing_words(found), Tone.WARNING, actions=actions)
        if not found.best.trusted:
            return Banner(self._theme, words.doubt_words(found.best, found.domain), Tone.WARNING)
        return None
