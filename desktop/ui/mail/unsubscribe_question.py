"""Leaving the list a mail came from: which way is offered, the question before it, and what came of it. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.text import elide, one_line
from desktop.ui.mail import link_question
from desktop.ui.mail.letter import Opened, Reading
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import confirm

WriteTo = Callable[[str], object]
"""Begins a mail to a "mailto:" URL, which the person sends."""
_LONGEST_NAME = 80


class Means(Enum):
    """How a list is left."""

    REQUEST = auto()
    """By one request of ours (RFC 8058)."""
    MAIL = auto()
    PAGE = auto()


@dataclass(frozen=True, slots=True)
class Way:
    """What is offered for the open mail. `list_name` is what the list or its sender is called."""

    means: Means
    url: str
    list_name: str


def way(opened: Opened, *, can_write: bool) -> Way | None:
    """Return how the list of a mail can be left here: by request, else by mail, else on a page. None: not at all."""
    found = None if opened.document is None else opened.document.unsubscribing
    if found is None:
        return None
    name = elide(one_line(found.list_name or opened.head.sender.display), _LONGEST_NAME)
    if found.one_click:
        return Way(Means.REQUEST, found.one_click, name)
    if found.mail and can_write:
        return Way(Means.MAIL, found.mail, name)
    return Way(Means.PAGE, found.page, name) if found.page else None


def question(chosen: Way) -> str:
    """Return the whole question: which list, and who is asked."""
    url = QUrl(chosen.url)
    if chosen.means is Means.REQUEST:
        sentence = _(
            "Rapport asks {host} to take you off the list “{name}”. The sender learns that this mail was read."
        )
    elif chosen.means is Means.PAGE:
        sentence = _("A page of {host} opens in your browser. There you can leave the list “{name}”.")
    else:
        sentence = _("A mail to {host} is begun. When you send it, you leave the list “{name}”.")
    host = link_question.real_host(url) or one_line(url.path())
    return sentence.format(host=host, name=chosen.list_name)


class Unsubscribing:
    """Asks, and does what the person answers. `write_to` is None where no mail can be written."""

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        reading: Reading,
        parent: QWidget,
        tell: Callable[[str], object],
        open_url: Callable[[QUrl], object],
        write_to: WriteTo | None,
    ) -> None:
        self._theme = theme
        self._tasks = tasks
        self._reading = reading
        self._parent = parent
        self._tell = tell
        self._open_url = open_url
        self._write_to = write_to

    def way(self, opened: Opened | None) -> Way | None:
        """Return what can be offered for a mail."""
        return None if opened is None else way(opened, can_write=self._write_to is not None)

    def ask(self, opened: Opened | None) -> None:
        """Ask whether to leave the list of a mail, where there is a way."""
        chosen = self.way(opened)
        if chosen is not None:
            confirm(
                self._theme,
                self._parent,
                title=_("Leave this mail list?"),
                text=question(chosen),
                action=_("Open page") if chosen.means is Means.PAGE else _("Unsubscribe"),
                on_yes=lambda: self._leave(chosen),
            )

    def _leave(self, chosen: Way) -> None:
        if chosen.means is Means.REQUEST:
            self._tasks.run(self._request(chosen))
        elif chosen.means is Means.PAGE:
            self._open_url(QUrl(chosen.url))
        elif self._write_to is not None:
            self._write_to(chosen.url)

    async def _request(self, chosen: Way) -> None:
        try:
            await self._tasks.errand(self._reading.unsubscribe(chosen.url))
        except Problem as problem:
            self._tell(problem.text)
        else:
            self._tell(_("You have left the list “{name}”.").format(name=chosen.list_name))
