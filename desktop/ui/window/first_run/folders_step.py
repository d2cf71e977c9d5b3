"""The last step: which folders are fetched by themselves and how far back, and at first whether new mail is told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _
from desktop.domain import settings
from desktop.domain.mail.folder import ServerFolder
from desktop.ui.preferences.folder_picks import FolderPicks, in_order
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone
from desktop.ui.widgets.choices import CheckBox, Segment
from desktop.ui.widgets.fields import FormRow
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.window.first_run.news import News

_FOLDERS_PX = 216
_DAYS = (30, 365, 0)
_ALL = 2


class FoldersStep(QWidget):
    """Made for one list of folders after another. `notify` is asked with the first account: it is for all of them."""

    def __init__(self, theme: Theme, *, is_first: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._are_any = False
        self.spans = Segment(theme, (_("30 days"), _("1 year"), _("Everything")), _("Fetch"))
        self.spans.set_current(_ALL)
        span = QWidget()
        beside = QHBoxLayout(span)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addWidget(self.spans)
        beside.addStretch(1)
        self.picks = FolderPicks(theme)
        self._area = QScrollArea()
        self._area.setWidget(self.picks)
        self._area.setWidgetResizable(True)
        for ground in (self.picks, self._area.viewport()):
            ground.setAutoFillBackground(False)  # the card is seen through
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its boxes bring themselves into sight
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        folders = FormRow(
            theme,
            _("Folders to watch"),
            self._area,
            hint=_("Mail of these is fetched as it comes, that of other folders once you open them."),
        )
        self._wrong = Paragraph(theme, _("Pick at least one folder."), "small", "danger")
        self._wrong.hide()
        self.picks.changed.connect(self._wrong.hide)
        self.notify = CheckBox(theme, settings.NOTIFY.label())
        self.notify.setChecked(settings.NOTIFY.default)
        telling = FormRow(theme, _("Notifications"), self.notify)
        if not is_first:
            telling.hide()
        self.news = News()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(Paragraph(theme, _("What is fetched"), "title"))
        text = _("The newest mail comes first. All of this can be changed later in the account settings.")
        column.addWidget(Paragraph(theme, text, "body", "secondary"))
        column.addSpacing(4)
        column.addWidget(FormRow(theme, _("Fetch"), span, hint=_("Mail from before stays on the server.")))
        column.addWidget(folders)
        column.addWidget(self._wrong)
        column.addWidget(telling)
        column.addWidget(self.news)

    def show_folders(self, folders: Sequence[ServerFolder]) -> None:
        """Offer the folders of the server; what was picked before stays."""
        self._are_any = any(folder.selectable for folder in folders)
        self.picks.show_folders(in_order(folders))
        self._area.setFixedHeight(min(self.picks.sizeHint().height() + 2, _FOLDERS_PX))

    @property
    def since(self) -> str:
        """The first day mail is fetched from, YYYY-MM-DD; "" for everything."""
        days = _DAYS[self.spans.current]
        today = clock.to_datetime(clock.now()).date()
        return (today - timedelta(days=days)).isoformat() if days else ""

    def complain(self) -> bool:
        """Say that a folder has to be picked; returns whether one has, of a server that shows any."""
        wrong = self._are_any and not self.picks.picked()
        self._wrong.setVisible(wrong)
        return wrong

    def say(self, text: str = "", details: str = "") -> None:
        """Say why the account could not be added; nothing takes it back."""
        self.news.say(Banner(self._theme, text, Tone.DANGER, details=details) if text else None)
