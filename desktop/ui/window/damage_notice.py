"""Tells that the mail database was found damaged while it is in use: only the next start can repair it."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph

_WIDTH_PX = 480


class DamageNotice(Dialog):
    """Stays until the person closes it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        title = _("Restart Rapport to repair its database")
        super().__init__(theme, title, parent)
        self.fit_width(_WIDTH_PX)
        self.body.addWidget(Paragraph(theme, title, "section"))
        text = _("The mail database is damaged. Close Rapport soon and open it again: it then repairs what it can.")
        self.body.addWidget(Paragraph(theme, text, "body", "secondary"))
        self.footer.row.addStretch(1)
        self.add_button(_("Close"), self.accept, Kind.PRIMARY)
