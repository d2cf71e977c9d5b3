"""Who one is to others under each address of a mail account: name, where answers go, signature. GUI thread.

The addresses are those of the form; what is known of one stays while it is taken away and written again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.draft import Identity
from desktop.ui.theme import Theme
from desktop.ui.widgets.choices import CheckBox, Select
from desktop.ui.widgets.fields import FormRow, LineEdit


class SignatureEditor(Protocol):
    """What a signature is written in."""

    def show_html(self, html: str) -> None:
        """Show a signature."""

    def html(self) -> str:
        """Return what it has become."""


MakeEditor = Callable[[str, QWidget], tuple[SignatureEditor, QWidget]]
"""Given its name and the widget it lies in, returns an editor and its widget, which may be the same."""


class _Below(StrEnum):
    """What stands below answers and forwarded mails."""

    SAME = "same"
    OWN = "own"
    NONE = "none"


class IdentityFields(QWidget):
    """Shows one address at a time."""

    changed = Signal()

    def __init__(self, theme: Theme, editor: MakeEditor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Identity] = {}
        self._addresses: tuple[str, ...] = ()
        self._own_name = ""
        self._default = ""
        self._shown = ""
        self.address = Select(theme, _("Address"))
        self.name = LineEdit(theme, _("Name"))
        self.reply_to = LineEdit(theme, _("Answers go to"), placeholder=_("The same address"))
        self.signature, signature = editor(_("Signature"), self)
        self.reply_signature, reply_signature = editor(_("Signature below answers"), self)
        self.below_answers = Select(theme, _("Below answers"))
        self.below_answers.addItem(_("The same signature"), _Below.SAME.value)
        self.below_answers.addItem(_("Another signature"), _Below.OWN.value)
        self.below_answers.addItem(_("No signature"), _Below.NONE.value)
        self.is_default = CheckBox(theme, _("Use for new messages"))
        self.reply_to_row = FormRow(theme, _("Answers go to"), self.reply_to)
        self.field: QWidget = self.reply_to
        self._reply_row = FormRow(theme, "", reply_signature)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for row in (
            FormRow(theme, _("Address"), self.address),
            FormRow(theme, _("Name"), self.name),
            self.reply_to_row,
            FormRow(theme, _("Signature"), signature),
            FormRow(theme, _("Below answers"), self.below_answers, hint=_("And below what you forward.")),
            self._reply_row,
        ):
            column.addWidget(row)
        column.addWidget(self.is_default)
        self.address.currentIndexChanged.connect(self._turn)
        self.below_answers.currentIndexChanged.connect(self._show_reply_row)
        self.reply_to.textChanged.connect(self.changed)

    def show_identities(self, known: Sequence[Identity]) -> None:
        """Hold what is known; the first is the default."""
        self._known = {each.address.lower(): each for each in known}
        self._default = known[0].address.lower() if known else ""
        self._shown = ""
        self._offer()

    def set_addresses(self, addresses: Sequence[str], own_name: str) -> None:
        """Offer these addresses, that of the account first, and the name of the account where one has none."""
        self._store()
        if self._addresses and addresses and addresses[0].lower() not in self._known:
            before = self._addresses[0].lower()
            if before in self._known:  # the account goes by another address: it is the same person
                self._known[addresses[0].lower()] = replace(self._known.pop(before), address=addresses[0])
                self._default = addresses[0].lower() if self._default == before else self._default
        for key, each in self._known.items():
            if each.name == self._own_name:
                self._known[key] = replace(each, name=own_name)
        self._addresses, self._own_name = tuple(addresses), own_name
        self._offer()

    def identities(self) -> tuple[Identity, ...]:
        """Return the identities of the addresses that are there, the default first."""
        self._store()
        found = [self._of(address) for address in self._addresses if address]
        return tuple(sorted(found, key=lambda each: each.address.lower() != self._default))

    def say(self, wrong: str) -> None:
        """Say what is wrong with where answers go, on the address it is about; "" takes it back."""
        if wrong:
            at = next(
                (
                    i
                    for i, each in enumerate(map(self._of, self._addresses))
                    if each.reply_to and each.reply_to in wrong
                ),
                0,
            )
            self.address.setCurrentIndex(at)
        self.reply_to_row.say(wrong)

    def _of(self, address: str) -> Identity:
        known = self._known.get(address.lower())
        return Identity(address, self._own_name) if known is None else replace(known, address=address)

    def _offer(self) -> None:
        self.address.blockSignals(True)
        self.address.clear()
        for each in self._addresses:
            self.address.addItem(one_line(each), each.lower())
        self.address.setCurrentIndex(max(self.address.findData(self._shown), 0))
        self.address.blockSignals(False)
        self._shown = ""
        self._turn()

    def _turn(self) -> None:
        self._store()
        at = self.address.currentIndex()
        if not 0 <= at < len(self._addresses):
            return
        each = self._of(self._addresses[at])
        self._shown = each.address.lower()
        self.name.setText(each.name)
        self.reply_to.setText(each.reply_to)
        self.signature.show_html(each.signature)
        self.reply_signature.show_html(each.reply_signature or "")
        below = _Below.OWN if each.reply_signature else _Below.SAME
        if each.reply_signature == "":
            below = _Below.NONE
        self.below_answers.setCurrentIndex(self.below_answers.findData(below.value))
        self._show_reply_row()
        self.is_default.setChecked(self._shown == self._default or (not self._default and at == 0))
        self.is_default.setEnabled(len(self._addresses) > 1)

    def _show_reply_row(self) -> None:
        self._reply_row.setVisible(self.below_answers.currentData() == _Below.OWN)

    def _store(self) -> None:
        """Take what stands in the fields over into what is known."""
        address = next((each for each in self._addresses if each.lower() == self._shown), "")
        if not address:
            return
        below = self.below_answers.currentData()
        answers = self.reply_signature.html() if below == _Below.OWN else ""
        self._known[self._shown] = replace(
            self._of(address),
            name=self.name.text().strip(),
            reply_to=self.reply_to.text().strip(),
            signature=self.signature.html(),
            reply_signature=None if below == _Below.SAME else answers,
        )
        if self.is_default.isChecked():
            self._default = self._shown
        elif self._default == self._shown:
            self._default = ""
