"""What the reader says about a mail, in banners of the window above the body, where no mail can imitate or hide them.

`notices` decides, `NoticeColumn` shows. GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.text import one_line
from desktop.domain.mail.document import NO_TEXT, Document
from desktop.domain.mail.message import Completeness, Status
from desktop.domain.mail.public_domains import is_public
from desktop.domain.mail.sealed import ENCRYPTED, PACKED
from desktop.ui import dates, follow_up_words
from desktop.ui.mail import reminder_words, trust_words
from desktop.ui.mail.letter import Opened
from desktop.ui.mail.notice import Notice, Remedy
from desktop.ui.mail.outbox_notices import written_here
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Banner, Tone


@dataclass(frozen=True, slots=True)
class Situation:
    """What besides the mail itself decides about its banners."""

    images_shown: bool = False
    images_lost: int = 0
    """How many remote images could not be fetched."""
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
    impostor = trust_words.warning(opened)
    if document is not None and impostor:
        tone = Tone.WARNING if document.doubts_sender else Tone.NEUTRAL
        said.append(Notice(impostor, tone, "shield-alert", details=trust_words.checked(document.trust)))
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
    closed = _closed_words(document)
    if closed:
        said.append(closed)
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
    if (here := written_here(head)) is not None:
        said.insert(0, here)
    elif head.gone and head.status is not Status.SENT:
        # an imported one never was on a server, and the store does not tell them apart
        words = _("This mail is not on a mail server. This is the copy kept on this computer.")
        said.append(Notice(words, icon="cloud-off"))
    if head.reminder is not None:
        said.insert(0, reminder_words.notice(head.reminder, clock.now(), dates.zone()))
    elif head.follow_up is not None:
        said.append(Notice(follow_up_words.words(head.follow_up), icon="hourglass"))
    if situation.from_file:
        said.append(Notice(_("This mail was opened from a file and is not stored."), icon="file"))
    if document is not None and document.remote_images and not situation.images_shown:
        offers = [(_("Load"), Remedy.LOAD_IMAGES)]
        received = head.status is Status.ARCHIVED and not situation.from_file
        if head.sender.address and received and not document.doubts_sender:
            offers.append((_("Always from this sender"), Remedy.ALWAYS_LOAD_IMAGES))
            if not is_public(head.sender.domain):
                words = _("Always for {domain}").format(domain=one_line(head.sender.domain))
                offers.append((words, Remedy.ALWAYS_LOAD_DOMAIN))
        said.append(Notice(_("Remote images are blocked"), icon="image-off", offers=tuple(offers)))
    elif situation.images_lost:
        lost = situation.images_lost
        sentence = n_("{n} image could not be loaded", "{n} images could not be loaded", lost)
        said.append(Notice(sentence.format(n=lost), icon="image-off", offers=((_("Retry"), Remedy.RETRY_IMAGES),)))
    return tuple(said)


def _closed_words(document: Document | None) -> Notice | None:
    """Say why there is nothing to read, where there is nothing."""
    warnings = () if document is None else document.warnings
    if ENCRYPTED in warnings:
        return Notice(_("This mail is encrypted, and Rapport cannot decrypt it yet."), icon="lock")
    if PACKED in warnings:
        return Notice(
            _("The text of this mail is packed into its signature, which Rapport cannot open yet."), icon="lock"
        )
    if NO_TEXT in warnings:
        return Notice(_("This mail has no text."), icon="file-text")
    return None


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
