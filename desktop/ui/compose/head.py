"""The rows above the text: From with the signature, To, Cc and Bcc where they are wanted, Subject. GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSizePolicy, QVBoxLayout, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Suggestion
from desktop.domain.mail.draft import Identity
from desktop.ui.compose.address_field import AddressField
from desktop.ui.icons import pixmap
from desktop.ui.line_texts import one_line
from desktop.ui.theme import Theme
from desktop.ui.widgets.buttons import SMALL, Button, Kind
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import LEFT, hairline, line_of_text, rounded, text_width
from desktop.ui.widgets.painted_button import PaintedButton

LABEL_PX = 56
_ROW, _HIGH_ROW = 36, 40
_SIDE_PX = 16
LONGEST_SUBJECT = 2000


@dataclass(frozen=True, slots=True)
class From:
    """Whom one writes as, and the key of the mail account it is sent by."""

    account_key: int
    identity: Identity


class _PickButton(PaintedButton):
    """Words one can choose others for: the first part in text, the second in grey, and a caret."""

    def __init__(self, theme: Theme, *, quiet: bool = False) -> None:
        super().__init__(theme, "", 6, None)
        self._quiet = quiet
        self._first = self._second = ""
        self._caret = True
        self.setFont(theme.font("small" if quiet else "body-medium"))
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def show_words(self, first: str, second: str = "", *, can_choose: bool = True) -> None:
        """Say what is chosen."""
        self._first, self._second, self._caret = one_line(first), one_line(second), can_choose
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        width = text_width(self.font(), self._first) + (18 if self._caret else 0)
        if self._second:
            width += 6 + text_width(self._theme.font("body"), self._second)
        return QSize(width + 14, SMALL)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, SMALL)

    def paintEvent(self, event: QPaintEvent) -> None:
        t = self._theme.tokens
        painter = QPainter(self)
        if (self._hot or self.isDown()) and self._caret:
            rounded(painter, self.rect(), 6, t.hover2)
        colour = t.secondary if self._quiet else t.text
        room = self.width() - 12 - (18 if self._caret else 0)
        used = min(text_width(self.font(), self._first), room)
        line_of_text(painter, QRect(6, 0, used, self.height()), self._first, self.font(), colour, LEFT)
        if self._second:
            face = self._theme.font("body")
            rest = min(text_width(face, self._second), max(room - used - 6, 0))
            area = QRect(6 + used + 6, 0, rest, self.height())
            line_of_text(painter, area, self._second, face, t.secondary, LEFT)
            used += 6 + rest
        if self._caret:
            caret = pixmap("chevron-down", 14, t.secondary, self.devicePixelRatioF())
            painter.drawPixmap(QPoint(6 + used + 4, (self.height() - 14) // 2), caret)


class _Subject(QLineEdit):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("bare", True)
        self.setFont(theme.font("body-strong"))
        self.setTextMargins(-2, 0, 0, 0)  # of a bare line Qt keeps two
        self.setMaxLength(LONGEST_SUBJECT)
        self.setAccessibleName(_("Subject"))

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        """Go on to the text: the tools between are reached with F6."""
        if next:
            self.returnPressed.emit()
            return True
        return super().focusNextPrevChild(next)

    def focusInEvent(self, arg__1: QFocusEvent) -> None:
        super().focusInEvent(arg__1)
        if arg__1.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.deselect()


class _Row(QWidget):
    """A label of 56, what it is the label of, and a hairline below."""

    def __init__(self, theme: Theme, label: str, control: QWidget, *trailing: QWidget, indent: int = 0) -> None:
        super().__init__()
        self._theme = theme
        high = _HIGH_ROW if isinstance(control, AddressField) else _ROW
        self._label = QLabel(label)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setFont(theme.font("body"))
        self._label.setFixedSize(LABEL_PX, high)
        self._label.setBuddy(control)
        row = QHBoxLayout(self)
        row.setContentsMargins(_SIDE_PX, 0, _SIDE_PX, 1)
        row.setSpacing(8 - indent)
        row.addWidget(self._label, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(control, 1)
        for each in trailing:
            row.addWidget(each, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        palette = self._label.palette()
        palette.setColor(self._label.foregroundRole(), self._theme.tokens.secondary)
        self._label.setPalette(palette)

    def paintEvent(self, event: QPaintEvent) -> None:
        hairline(QPainter(self), self.rect(), self._theme.tokens.subtle, Qt.Edge.BottomEdge)


class Head(QWidget):
    """`ask` looks up recipients for the fields."""

    changed = Signal()
    from_chosen = Signal(object)
    """The From a person picked."""
    signature_chosen = Signal(object)
    """The Identity whose signature is wanted, None for none."""
    done = Signal()
    """The keyboard goes on to the text."""

    def __init__(
        self,
        theme: Theme,
        ask: Callable[[str, Callable[[tuple[Suggestion, ...]], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices: tuple[From, ...] = ()
        self._sender = ""
        self.from_button = _PickButton(theme)
        self.from_button.clicked.connect(self._choose_from)
        self.signature = _PickButton(theme, quiet=True)
        self.signature.clicked.connect(self._choose_signature)
        for pick in (self.from_button, self.signature):
            pick.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keyboard where the person writes
        self.to = AddressField(theme, _("To"), ask)
        self.cc = AddressField(theme, _("Cc"), ask)
        self.bcc = AddressField(theme, _("Bcc"), ask)
        self.subject = _Subject(theme)
        self.want_cc = Button(theme, _("Cc"), Kind.LINK, height=SMALL)
        self.want_bcc = Button(theme, _("Bcc"), Kind.LINK, height=SMALL)
        for button, act in ((self.want_cc, self.open_cc), (self.want_bcc, self.open_bcc)):
            button.clicked.connect(act)
        ask_for = QWidget()
        asking = QHBoxLayout(ask_for)
        asking.setContentsMargins(0, 8, 0, 8)
        asking.setSpacing(0)
        asking.addWidget(self.want_cc)
        asking.addWidget(self.want_bcc)
        sender = QWidget()
        inner = QHBoxLayout(sender)
        inner.setContentsMargins(0, 6, 0, 6)
        inner.setSpacing(8)
        inner.addWidget(self.from_button)
        inner.addStretch(1)
        inner.addWidget(self.signature)
        self._rows = (
            _Row(theme, _("From"), sender, indent=6),
            _Row(theme, _("To"), self.to, ask_for),
            _Row(theme, _("Cc"), self.cc),
            _Row(theme, _("Bcc"), self.bcc),
            _Row(theme, _("Subject"), self.subject),
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for row in self._rows:
            column.addWidget(row)
        for field in self.fields:
            field.changed.connect(self._changed)
            field.left.connect(partial(self._on, field))
            field.line.textEdited.connect(self.changed)
        self.subject.textEdited.connect(self.changed)
        self.subject.returnPressed.connect(self.done)
        self._show_rows()

    @property
    def fields(self) -> tuple[AddressField, AddressField, AddressField]:
        """To, Cc and Bcc."""
        return self.to, self.cc, self.bcc

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody in any of them."""
        return tuple(address for field in self.fields for address in field.addresses)

    @property
    def wrong(self) -> tuple[Address, ...]:
        """Recipients no mail can go to."""
        return tuple(address for field in self.fields for address in field.wrong)

    def show_recipients(self, to: Sequence[Address], cc: Sequence[Address], bcc: Sequence[Address]) -> None:
        """Show these recipients."""
        for field, addresses in zip(self.fields, (to, cc, bcc), strict=True):
            field.show_addresses(addresses)
        self._show_rows()

    def show_from(self, address: Address, choices: Sequence[From]) -> None:
        """Show whom one writes as, and offer the others."""
        self._choices, self._sender = tuple(choices), address.key
        self.from_button.show_words(
            address.name or address.address, address.address if address.name else "", can_choose=len(choices) > 1
        )
        self.from_button.setAccessibleName(_("From: {sender}").format(sender=one_line(str(address))))
        self.from_button.setToolTip(_("Write as somebody else") if len(choices) > 1 else "")
        self.from_button.setEnabled(len(choices) > 1)

    def show_signature(self, owner: Identity | None) -> None:
        """Say whose signature stands below the text."""
        signed = [choice for choice in self._choices if choice.identity.signature]
        self.signature.setVisible(bool(signed))
        name = one_line(owner.name or owner.address) if owner is not None else _("none")
        words = _("Signature: {name}").format(name=name)
        self.signature.show_words(words)
        self.signature.setAccessibleName(words)
        self.signature.setToolTip(_("Choose a signature"))

    def accept_all(self) -> None:
        """Make recipients of what is typed and not yet accepted."""
        for field in self.fields:
            field.accept()

    def open_cc(self) -> None:
        """Show Cc and go there."""
        self._rows[2].show()
        self.want_cc.hide()
        self.cc.line.setFocus()

    def open_bcc(self) -> None:
        """Show Bcc and go there."""
        self._rows[3].show()
        self.want_bcc.hide()
        self.bcc.line.setFocus()

    def focus_first(self) -> bool:
        """Go to the first thing that is missing; returns False where nothing is."""
        if not self.to.addresses and not self.cc.addresses and not self.bcc.addresses:
            self.to.line.setFocus()
        elif not self.subject.text():
            self.subject.setFocus()
        else:
            return False
        return True

    def _show_rows(self) -> None:
        for row, field, button in ((self._rows[2], self.cc, self.want_cc), (self._rows[3], self.bcc, self.want_bcc)):
            wanted = bool(field.addresses)
            row.setVisible(wanted)
            button.setVisible(not wanted)

    def _changed(self) -> None:
        for row, field, button in ((self._rows[2], self.cc, self.want_cc), (self._rows[3], self.bcc, self.want_bcc)):
            if field.addresses and row.isHidden():
                row.show()
                button.hide()
        self.changed.emit()

    def _on(self, field: AddressField, way: int) -> None:
        """Go from one field to the next that can be seen."""
        stops: list[QWidget] = [self.from_button] if self.from_button.isEnabled() else []
        stops += [each.line for each in self.fields if not each.isHidden() and each.isVisibleTo(self)]
        stops.append(self.subject)
        at = stops.index(field.line) + way
        if 0 <= at < len(stops):
            reason = Qt.FocusReason.TabFocusReason if way > 0 else Qt.FocusReason.BacktabFocusReason
            stops[at].setFocus(reason)
        else:
            self.focusNextPrevChild(way > 0)

    def _pick(self, chosen: SignalInstance, what: From | Identity | None) -> None:
        """Tell what was chosen; whoever came to the button by keyboard goes on to the text."""
        chosen.emit(what)
        if self.window().focusWidget() in (self.from_button, self.signature):
            self.done.emit()

    def _choose_from(self) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for choice in self._choices:
            words, is_now = one_line(str(choice.identity.mailbox)), choice.identity.address.lower() == self._sender
            menu.add(words, partial(self._pick, self.from_chosen, choice), checked=is_now)
        menu.popup(self.from_button.mapToGlobal(QPoint(0, self.from_button.height() + 2)))

    def _choose_signature(self) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add(_("No signature"), partial(self._pick, self.signature_chosen, None))
        for choice in self._choices:
            identity = choice.identity
            if identity.signature:
                words = one_line(str(identity.mailbox))
                menu.add(words, partial(self._pick, self.signature_chosen, identity), icon="pencil")
        menu.popup(self.signature.mapToGlobal(QPoint(0, self.signature.height() + 2)))
