"""The body of the open message: native text, or HTML in the one web view. Owns zoom and the view's life. GUI thread.

Text mails never start a browser. HTML mails share one view; a mail the browser could not show is told by `hurt`.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.base.i18n import language
from desktop.domain.mail.document import Document
from desktop.ui.mail.link_question import shown_url
from desktop.ui.mail.text_body import TextBody
from desktop.ui.mail.text_layout import Layout
from desktop.ui.theme import Theme
from desktop.ui.web import shell
from desktop.ui.web.exhibit import Exhibit, Pictures
from desktop.ui.web.mail_view import MailView
from desktop.ui.web.shell import Palette
from desktop.ui.widgets.paint import LEFT, line_of_text, rounded

ZOOMS = (0.5, 0.67, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)
LEAST_PX = 40
"""So high is a body at least: two lines."""
_DARKENED = QColor("#16181D")


class Body(QStackedWidget):
    """Shows one letter's body at a time."""

    painted = Signal()
    hurt = Signal(object)
    """A `Failure`: the browser could not show the mail."""
    link_clicked = Signal(QUrl)
    found = Signal(int, int)
    menu_requested = Signal(object, str, QUrl)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._blank = QWidget()
        self.text = TextBody(theme)
        self.web = MailView()
        for each in (self._blank, self.text, self.web):
            self.addWidget(each)
        for view in (self.text, self.web):
            view.painted.connect(self.painted)
            view.link_clicked.connect(self.link_clicked)
            view.link_hovered.connect(self._hovered)
            view.found.connect(self.found)
            view.menu_requested.connect(self.menu_requested)
        self.web.failed.connect(self.hurt)
        self._target = _LinkTarget(theme, self)
        self._zoom = 1.0

    @property
    def current(self) -> TextBody | MailView | None:
        """The view in use."""
        widget = self.currentWidget()
        return widget if isinstance(widget, TextBody | MailView) else None

    @property
    def zoom(self) -> float:
        return self._zoom

    def show_html(self, document: Document, pictures: Pictures, *, images: bool, darken: bool = False) -> None:
        """Show an HTML mail. `darken` turns a light mail's colours round in the dark theme."""
        self._target.say("")
        made = build_shell(document, self._theme, darken=darken, images=images)
        self.setCurrentWidget(self.web)
        self.web.set_zoom(self._zoom)
        exhibit = Exhibit(made.document, made.policy, pictures, allow_remote=images)
        self.web.show_mail(exhibit, _DARKENED if darken else QColor(palette_for(document, self._theme).ground))
        self._lead_keyboard_to(self.web)

    def show_text(self, layout: Layout) -> None:
        """Show a text mail."""
        self._target.say("")
        self.web.clear()
        self.setCurrentWidget(self.text)
        self.text.show_layout(layout)
        self._lead_keyboard_to(self.text)

    def clear(self) -> None:
        """Show nothing."""
        self._target.say("")
        self.web.clear()
        self.setCurrentWidget(self._blank)
        self._lead_keyboard_to(self._blank)

    def set_zoom(self, factor: float) -> None:
        """Scale this mail and those that follow."""
        self._zoom = min(max(factor, ZOOMS[0]), ZOOMS[-1])
        self.text.set_zoom(self._zoom)
        self.web.set_zoom(self._zoom)

    def zoom_step(self, direction: int) -> None:
        """Go to the next larger (+1) or smaller (-1) size."""
        nearest = min(range(len(ZOOMS)), key=lambda at: abs(ZOOMS[at] - self._zoom))
        self.set_zoom(ZOOMS[min(max(nearest + direction, 0), len(ZOOMS) - 1)])

    def close_browser(self) -> None:
        """End the browser before the application ends."""
        self.web.close_browser()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), LEAST_PX)

    def sizeHint(self) -> QSize:
        """What stands around it takes the room it needs; the body has the rest."""
        return QSize(super().sizeHint().width(), LEAST_PX)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._target.place()

    def _lead_keyboard_to(self, view: QWidget) -> None:
        """Have keys scroll what is shown; whoever gives the body the keyboard gives it to that."""
        focused = self.window().focusWidget()
        inside = focused is self or self.isAncestorOf(focused)
        self.setFocusProxy(view)
        if inside:
            view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _hovered(self, target: str) -> None:
        self._target.say(shown_url(QUrl(target)) if target else "")


class _LinkTarget(QWidget):
    """Where the link under the pointer leads, at the lower left of the mail: ours, not the mail's."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def say(self, text: str) -> None:
        """Show an address; "" hides it."""
        self._text = text
        self.setVisible(bool(text))
        if text:
            self.place()
            self.raise_()
            self.update()

    def place(self) -> None:
        """Stand at the lower left of the body."""
        owner = self.parentWidget()
        if owner is not None and self._text:
            width = min(QFontMetrics(self._theme.font("small")).horizontalAdvance(self._text) + 20, owner.width() - 24)
            self.setGeometry(QRect(QPoint(0, owner.height() - 24), self.size()))
            self.resize(max(width, 20), 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        rounded(painter, self.rect().adjusted(-6, 0, 0, 6), 6, t.surface, t.border)
        area = self.rect().adjusted(8, 0, -8, 0)
        line_of_text(painter, area, self._text, self._theme.font("small"), t.secondary, LEFT)


def palette_for(document: Document, theme: Theme) -> Palette:
    """Return the colours a mail is shown in: the theme's, or paper for a mail that brings colours of its own."""
    t = theme.tokens
    if t.dark and document.sets_colours:
        return shell.PAPER
    return Palette(
        dark=t.dark,
        ground=t.bg.name(),
        text=t.text.name(),
        secondary=t.secondary.name(),
        accent=t.accent.name(),
        border=t.border.name(),
        pill=(t.hover2 if t.dark else t.sunken).name(),
        field=t.field.name(),
    )


def build_shell(document: Document, theme: Theme, *, images: bool, darken: bool = False) -> shell.Shell:
    """Return the page around a mail in the colours of the theme."""
    family = theme.font("body").family()
    palette = palette_for(document, theme)
    return shell.build(document.html, palette, darken=darken, family=family, language=language(), images=images)
