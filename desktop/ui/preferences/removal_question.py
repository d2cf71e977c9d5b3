"""Asks before a mail account is removed: what goes, when, and what stays."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _, n_
from desktop.domain.mail.removal import KEPT_GONE_DAYS, Removal
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.choices import CheckBox
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph


class RemovalQuestion(Dialog):
    """Opened with `open`; the safe answer has the keyboard. `on_yes` is told whether the mails go at once."""

    def __init__(
        self, theme: Theme, address: str, removal: Removal, on_yes: Callable[[bool], object], parent: QWidget
    ) -> None:
        title = _("Remove this mail account?")
        super().__init__(theme, title, parent)
        self._on_yes = on_yes
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.fit_width(460)
        self.body.addWidget(Paragraph(theme, title, "section"))
        self.body.addWidget(Paragraph(theme, address, "body-strong"))
        for sentence in sentences(removal):
            self.body.addWidget(Paragraph(theme, sentence, "body", "secondary"))
        self.purge = CheckBox(theme, _("Delete its mails from this computer now"))
        self.purge.setVisible(removal.mails > 0)
        self.body.addWidget(self.purge)
        self.footer.row.addStretch(1)
        cancel = self.add_button(_("Cancel"), self.reject)
        self.add_button(_("Remove account"), self._yes, Kind.FINAL)
        cancel.setFocus()

    def _yes(self) -> None:
        self.accept()
        self._on_yes(self.purge.isChecked())


def sentences(removal: Removal) -> tuple[str, ...]:
    """Return what goes, when, and what stays, a sentence each."""
    said = [_("Its settings and passwords leave this computer at once.")]
    if removal.mails:
        mails = n_(
            "{n} mail that no other account has leaves all lists at once. It is kept unseen for {days} days "
            "and then deleted from this computer.",
            "{n} mails that no other account has leave all lists at once. They are kept unseen for {days} days "
            "and then deleted from this computer.",
            removal.mails,
        )
        said.append(mails.format(n=removal.mails, days=KEPT_GONE_DAYS))
    if removal.waiting:
        waiting = n_(
            "{n} change that waits for the server is not carried out.",
            "{n} changes that wait for the server are not carried out.",
            removal.waiting,
        )
        said.append(waiting.format(n=removal.waiting))
    said.append(_("On the server everything stays as it is."))
    return tuple(said)
