"""Asks whether a certificate that proves nothing is to be trusted all the same, with all there is to know about it.

What stands in a certificate anybody can write: it is shown as plain text, and only the fingerprint tells two apart.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.certificate import Certificate
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph


class CertificateQuestion(Dialog):
    """Opened with `open`; the safe answer has the keyboard. `on_trust` is called for the other."""

    def __init__(
        self,
        theme: Theme,
        reason: str,
        certificate: Certificate,
        on_trust: Callable[[], object],
        parent: QWidget,
        *,
        changed: bool = False,
    ) -> None:
        """`reason` says why it was refused; `changed` that another one was trusted there before."""
        title = _("Trust this certificate?")
        super().__init__(theme, title, parent)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.fit_width(540)
        self._on_trust = on_trust
        self.body.addWidget(Paragraph(theme, title, "section"))
        self.body.addWidget(Paragraph(theme, reason))
        self.body.addWidget(Banner(theme, _warning(changed), Tone.DANGER if changed else Tone.WARNING))
        self.body.addWidget(_Facts(theme, certificate))
        promise = _("Your trust counts for exactly this certificate on this server and port. Any other is asked about.")
        self.body.addWidget(Paragraph(theme, promise, "small", "secondary"))
        self.footer.row.addStretch(1)
        cancel = self.add_button(_("Cancel"), self.reject)
        self.add_button(_("Trust certificate"), self._trust, Kind.FINAL)
        cancel.setFocus()

    def _trust(self) -> None:
        self.accept()
        self._on_trust()


class _Facts(QWidget):
    """Labels and values in two columns; the values can be marked and copied."""

    def __init__(self, theme: Theme, certificate: Certificate) -> None:
        super().__init__()
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for line, (label, words) in enumerate(certificate.facts()):
            grid.addWidget(Paragraph(theme, label, "small", "secondary"), line, 0, Qt.AlignmentFlag.AlignTop)
            value = Paragraph(theme, _halved(words, certificate.fingerprint), "small")
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setAccessibleName(f"{label}: {words}")
            grid.addWidget(value, line, 1)


def _halved(words: str, fingerprint: str) -> str:
    """Return the words; a fingerprint, which has no place to wrap, on two lines."""
    half = (len(fingerprint) + 1) // 2
    return f"{words[:half]}\n{words[half:]}" if words == fingerprint else words


def _warning(changed: bool) -> str:
    danger = _(
        "Somebody between you and the server could read your password and your mail. Trust it only when you know "
        "why it was refused and your provider told you this fingerprint."
    )
    if changed:
        return _("This server showed another certificate before, which you trusted.") + " " + danger
    return danger
