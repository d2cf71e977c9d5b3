"""Tells once that the mail database was damaged and what was done about it; it stays until the person closes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import Kind
from desktop.ui.widgets.dialog import Dialog
from desktop.ui.widgets.labels import Paragraph

_WIDTH_PX = 480


class RestoredNotice(Dialog):
    """`sentences` say everything; `told` is called when it is closed."""

    def __init__(self, theme: Theme, sentences: Sequence[str], told: Callable[[], object], parent: QWidget) -> None:
        title = _("The mail database was damaged")
        super().__init__(theme, title, parent)
        self.fit_width(_WIDTH_PX)
        self.body.addWidget(Paragraph(theme, title, "section"))
        for sentence in sentences:
            self.body.addWidget(Paragraph(theme, sentence, "body", "secondary"))
        self.footer.row.addStretch(1)
        self.add_button(_("Close"), self.accept, Kind.PRIMARY)
        self.finished.connect(lambda _result: told())
