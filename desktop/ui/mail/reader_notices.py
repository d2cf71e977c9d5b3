"""What the reader says about a mail, in banners of the window above the body, where no mail can imitate or hide them.

`notices` decides, `NoticeColumn` shows. GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.message import Completeness, Status
from desktop.ui.mail.letter import Opened
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone


class Remedy(Enum):
    """What a banner offers to do."""

    LOAD_IMAGES = auto()
    ALWAYS_LOAD_IMAGES = auto()
    VIEW_SOURCE = auto()
    TRY_HTML = auto()
    OTHER_COPY = auto()
    RETRY = auto()


@dataclass(frozen=True, slots=True)
class Notice:
    """One banner: its sentence, how serious it is, and what can be done."""

    text: str
    tone: Tone = Tone.NEUTRAL
    icon: str = ""
    offers: tuple[tuple[str, Remedy], ...] = ()
    details: str = ""


@dataclass(frozen=True, slots=True)
class Situation:
    """What besides the mail itself decides about its banners."""

    images_shown: bool = False
    hurt: bool = False
    """The browser could not show it."""
    from_file: bool = False


def notices(opened: Opened, situation: Situation) -> tuple[Notice, ...]:
    """Return what has to be said about a mail, the most serious first."""
    said: list[Notice] = []
    head, document = opened.head, opened.document
    source = (_("View source"), Remedy.VIEW_SOURCE)
    if opened.problem is not None:
        retry = ((_("Retry"), Remedy.RETRY),) if opened.problem.can_retry else ()
        said.append(Notice(opened.problem.text, Tone.DANGER, offers=(*retry, source), details=opened.problem.details))
    elif head.completeness is Completeness.CANNOT_SHOW or document is None:
        sentence = _("This mail could not be read. It is kept and will be tried again after an update.")
        said.append(Notice(sentence, Tone.WARNING, "file-warning", (source,)))
    impostor = sender_warning(opened)
    if impostor:
        said.append(Notice(impostor, Tone.WARNING, "shield-alert"))
    if document is not None and document.link_warnings:
        count = len(document.link_warnings)
        sentence = n_(
            "A link in this mail does not lead where it says.",
            "{n} links in this mail do not lead where they say.",
            count,
        )
        said.append(Notice(sentence.format(n=count), Tone.WARNING, "link"))
    if situation.hurt:
        sentence = _("This mail took too long to show and is shown as text.")
        said.append(Notice(sentence, Tone.WARNING, "file-text", ((_("Try again"), Remedy.TRY_HTML),)))
    elif document is not None and {"too-big", "too-deep"} & set(document.warnings):
        said.append(
            Notice(_("This mail is too large or too deep to be laid out and is shown as text."), offers=(source,))
        )
    if head.twins:
        sentence = n_(
            "There is another copy of this mail with a different text.",
            "There are {n} other copies of this mail with different texts.",
            head.twins,
        )
        offer = ((_("Show another copy"), Remedy.OTHER_COPY),)
        said.append(Notice(sentence.format(n=head.twins), Tone.WARNING, "copy", offer))
    if head.completeness is Completeness.TEXT:
        said.append(
            Notice(_("This mail is large: its attachments are fetched when you ask for them."), icon="download")
        )
    if head.gone:
        said.append(Notice(_("This mail is no longer on the server. This is the copy kept here."), icon="cloud-off"))
    if situation.from_file:
        said.append(Notice(_("This mail was opened from a file and is not stored."), icon="file"))
    if document is not None and document.remote_images and not situation.images_shown:
        offers = [(_("Load"), Remedy.LOAD_IMAGES)]
        if head.sender.address and head.status is Status.ARCHIVED and not situation.from_file:
            offers.append((_("Always from this sender"), Remedy.ALWAYS_LOAD_IMAGES))
        said.append(Notice(_("Remote images are blocked"), icon="image-off", offers=tuple(offers)))
    return tuple(said)


def sender_warning(opened: Opened) -> str:
    """Return what is odd about the sender's name; "" when nothing is.

    A name that shows another mail address than the real one is the oldest trick there is.
    """
    sender = opened.head.sender
    name = one_line(sender.name).lower()
    at = name.find("@")
    if at < 1 or not sender.address:
        return ""
    claimed = _around(name, at)
    if "." not in claimed.partition("@")[2] or claimed == sender.key:
        return ""
    sentence = _("The name of the sender shows another address than the one the mail comes from: {address}.")
    return sentence.format(address=one_line(sender.address))


def _around(text: str, at: int) -> str:
    """Return the address-like word around an @."""
    allowed = "._%+-"
    start, end = at, at + 1
    while start and (text[start - 1].isalnum() or text[start - 1] in allowed):
        start -= 1
    while end < len(text) and (text[end].isalnum() or text[end] in ".-"):
        end += 1
    return text[start:end].strip(".-")


class NoticeColumn(QWidget):
    """The banners of the open mail, one below the other."""

    def __init__(self, theme: Theme, act: Callable[[Remedy], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._act = act
        self._shown: tuple[Notice, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(20, 0, 20, 8)
        self._column.setSpacing(6)
        self.hide()

    @property
    def shown(self) -> tuple[Notice, ...]:
        """What is said now."""
        return self._shown

    def show_notices(self, said: Sequence[Notice]) -> None:
        """Show these banners in place of the ones before."""
        if tuple(said) == self._shown:
            return
        self._shown = tuple(said)
        while (item := self._column.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for notice in self._shown:
            actions = tuple((words, self._doing(remedy)) for words, remedy in notice.offers)
            banner = Banner(
                self._theme, notice.text, notice.tone, icon=notice.icon, details=notice.details, actions=actions
            )
            self._column.addWidget(banner)
        self.setVisible(bool(self._shown))

    def _doing(self, remedy: Remedy) -> Callable[[], object]:
        return lambda: self._act(remedy)
