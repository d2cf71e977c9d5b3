"""Recipients: chips in as many lines as they take, and a line to type the next one in. GUI thread.

Enter, comma and semicolon accept, Tab accepts and goes on; a pasted list is split. Backspace in an empty line chooses
the last chip, once more removes it; arrows walk among the chips; F2, Enter or a double click writes one anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from desktop.base.i18n import _
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Suggestion
from desktop.domain.mail.recipients import split
from desktop.ui.compose.address_chip import HEIGHT, AddressChip, brought, carried, written, wrong_words
from desktop.ui.compose.suggestions import SuggestionPopup
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.paint import rounded

_GAP = 6
_PADDING = 8
_LEAST_LINE_PX = 120
_SEPARATORS = (Qt.Key.Key_Comma, Qt.Key.Key_Semicolon)


class AddressField(QWidget):
    """One of To, Cc and Bcc. `ask` looks up what is typed and calls back with who it may be."""

    changed = Signal()
    left = Signal(int)
    """Tab or Shift+Tab: the keyboard goes on."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        ask: Callable[[str, Callable[[tuple[Suggestion, ...]], None]], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ask = ask
        self._name = name
        self._chips: list[AddressChip] = []
        self._notes: dict[str, str] = {}
        self._dropping = False
        self.line = QLineEdit(self)
        self.line.setProperty("bare", True)
        self.line.setFont(theme.font("body"))
        self.line.setTextMargins(-2, 0, 0, 0)  # of a bare line Qt keeps two
        self.line.setAccessibleName(name)
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._typed)
        self._wrong = Paragraph(theme, "", "micro", "danger", self)
        self._wrong.hide()
        self.popup = SuggestionPopup(theme, self)
        self.popup.chosen.connect(self._take_suggestion)
        self.setFocusProxy(self.line)
        self.setAcceptDrops(True)
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    # ------------------------------------------------------------------------------------------------------- content

    @property
    def addresses(self) -> tuple[Address, ...]:
        """Who stands here, what is typed and not yet accepted left out."""
        return tuple(chip.address for chip in self._chips)

    @property
    def wrong(self) -> tuple[Address, ...]:
        """Those no mail can go to."""
        return tuple(chip.address for chip in self._chips if chip.is_wrong)

    @property
    def chips(self) -> tuple[AddressChip, ...]:
        """The chips, in order."""
        return tuple(self._chips)

    def show_addresses(self, addresses: Sequence[Address]) -> None:
        """Show these and nobody else, without telling of it."""
        for chip in self._chips:
            chip.hide()
            chip.deleteLater()
        self._chips = [self._chip(address) for address in addresses]
        self._settled()

    def add(self, addresses: Sequence[Address], at: int | None = None) -> None:
        """Add those who are not here yet."""
        present = {chip.address.key for chip in self._chips if chip.address.address}
        place = len(self._chips) if at is None else at
        for address in addresses:
            if address.address and address.key in present:
                continue
            present.add(address.key)
            self._chips.insert(place, self._chip(address))
            place += 1
        self._settled()
        self.changed.emit()

    def remove(self, address: Address) -> None:
        """Take somebody out."""
        for chip in self._chips:
            if chip.address == address:
                self._remove(chip)
                return

    def accept(self) -> bool:
        """Make chips of what is typed; returns whether there was anything."""
        self.popup.hide()
        found = split(self.line.text())
        self.line.clear()
        if found:
            self.add(found)
        return bool(found)

    # ------------------------------------------------------------------------------------------------------- keyboard

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self.popup.is_open:
                event.accept()  # it closes the list and not the window
                return True
        elif event.type() is QEvent.Type.FocusOut:
            if QGuiApplication.focusWindow() is not None and not self.popup.underMouse():
                self.accept()
            self.popup.hide()
            self.update()
        elif event.type() is QEvent.Type.FocusIn:
            self.update()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        key, typed = event.key(), bool(self.line.text().strip())
        if event.matches(QKeySequence.StandardKey.Paste):
            return self._paste()
        if self.popup.is_open and key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.popup.step(1 if key == Qt.Key.Key_Down else -1)
            return True
        if key == Qt.Key.Key_Escape and self.popup.is_open:
            self.popup.hide()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if not self._take_current():
                self.accept()
            return True
        if key in _SEPARATORS and typed and self.line.text().count('"') % 2 == 0:
            if not (key == Qt.Key.Key_Comma and self._take_current()):
                self.accept()
            return True
        if key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            if key == Qt.Key.Key_Tab and typed and not self._take_current():
                self.accept()
            self.left.emit(1 if key == Qt.Key.Key_Tab else -1)
            return True
        at_start = self.line.cursorPosition() == 0 and not self.line.hasSelectedText()
        if key in (Qt.Key.Key_Backspace, Qt.Key.Key_Left) and at_start and self._chips:
            self._chips[-1].setFocus(Qt.FocusReason.OtherFocusReason)
            return True
        return False

    def focusNextPrevChild(self, next: bool) -> bool:  # noqa: A002
        self.left.emit(1 if next else -1)
        return True

    # ------------------------------------------------------------------------------------------------------- internals

    def _chip(self, address: Address) -> AddressChip:
        chip = AddressChip(self._theme, address, self._notes.get(address.key, ""), self)
        chip.removed.connect(self._remove)
        chip.dragged_away.connect(self._remove)
        chip.edit_wanted.connect(self._edit)
        chip.menu_wanted.connect(self._menu)
        chip.stepped.connect(self._step)
        chip.show()
        return chip

    def _remove(self, chip: AddressChip) -> None:
        if chip not in self._chips:
            return
        at = self._chips.index(chip)
        had_keyboard = chip.hasFocus()
        self._chips.remove(chip)
        if had_keyboard:
            follower = self._chips[at - 1] if at and at == len(self._chips) else None
            (follower or self.line).setFocus()
        chip.hide()
        chip.deleteLater()
        self._settled()
        self.changed.emit()

    def _edit(self, chip: AddressChip) -> None:
        self.accept()
        self.line.setText(written(chip.address))
        self._remove(chip)
        self.line.setFocus()
        self.line.selectAll()

    def _step(self, chip: AddressChip, way: int) -> None:
        target = self._chips.index(chip) + way
        if target >= len(self._chips):
            self.line.setFocus()
            self.line.setCursorPosition(0 if way == 1 else len(self.line.text()))
        else:
            self._chips[max(target, 0)].setFocus(Qt.FocusReason.OtherFocusReason)

    def _menu(self, chip: AddressChip, where: QPoint) -> None:
        menu = Menu(self._theme, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.add(_("Edit"), lambda: self._edit(chip), icon="pencil", shortcut="F2")
        menu.add(_("Copy address"), lambda: _copy(chip.address), icon="copy")
        menu.add(_("Remove"), lambda: self._remove(chip), icon="x", shortcut="Del")
        menu.popup(where)

    def _typed(self, text: str) -> None:
        self._say_wrong()
        words = text.strip()
        if not words:
            self.popup.hide()
            return

        def show(found: tuple[Suggestion, ...]) -> None:
            if self.line.text().strip() == words and self.line.hasFocus():
                present = {chip.address.key for chip in self._chips}
                left = tuple(each for each in found if each.address.lower() not in present)
                self.popup.show_suggestions(left, self.line.mapTo(self.window(), QPoint(0, self.line.height() + 4)))

        self._ask(words, show)

    def _take_current(self) -> bool:
        current = self.popup.current if self.popup.is_open else None
        if current is None:
            return False
        self._take_suggestion(current)
        return True

    def _take_suggestion(self, who: Suggestion) -> None:
        self.popup.hide()
        self.line.clear()
        self._notes[who.address.lower()] = who.note
        self.add((Address(who.name, who.address),))
        self.line.setFocus()

    def _paste(self) -> bool:
        """Split what is pasted where it names several, or a whole one into an empty line."""
        source = QGuiApplication.clipboard().mimeData()
        ours = brought(source)
        found = split(source.text()) if ours is None else ours
        whole = not self.line.text() and any(each.address for each in found)
        if len(found) > 1 or ours or whole:
            self.add(found)
            return True
        return False

    def _settled(self) -> None:
        self._say_wrong()
        self._place()
        self.updateGeometry()
        self.update()

    def _say_wrong(self) -> None:
        wrong = self.wrong
        self._wrong.setText(wrong_words(wrong[0]) if wrong else "")
        if self._wrong.isHidden() is bool(wrong):
            self._wrong.setVisible(bool(wrong))
            self.updateGeometry()

    # ---------------------------------------------------------------------------------------------------------- place

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._lay_out(width, move=False)

    def sizeHint(self) -> QSize:
        return QSize(300, self._lay_out(max(self.width(), 200), move=False))

    def minimumSizeHint(self) -> QSize:
        return QSize(160, HEIGHT + 2 * _PADDING)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        self.updateGeometry()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.line.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._dropping:
            t = self._theme.tokens
            rounded(QPainter(self), self.rect().adjusted(0, 2, 0, -2), 6, t.soft, t.accent)

    def _place(self) -> None:
        self._lay_out(self.width(), move=True)

    def _lay_out(self, width: int, *, move: bool) -> int:
        """Put chips and line where they belong in a width; returns the height they take."""
        x, y = 0, _PADDING
        for chip in self._chips:
            size = chip.sizeHint()
            wide = min(size.width(), width)
            if x and x + wide > width:
                x, y = 0, y + HEIGHT + _GAP
            if move:
                chip.setGeometry(x, y, wide, HEIGHT)
            x += wide + _GAP
        if x and x + _LEAST_LINE_PX > width:
            x, y = 0, y + HEIGHT + _GAP
        if move:
            self.line.setGeometry(x, y, width - x, HEIGHT)
        y += HEIGHT
        if not self._wrong.isHidden():
            high = self._wrong.heightForWidth(width)
            if move:
                self._wrong.setGeometry(QRect(0, y + 4, width, high))
            y += 4 + high
        return y + _PADDING

    # ----------------------------------------------------------------------------------------------------------- drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if brought(event.mimeData()) is not None or (event.mimeData().hasText() and not event.mimeData().hasUrls()):
            event.acceptProposedAction()
            self._dropping = True
            self.update()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._dropping = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._dropping = False
        self.update()
        ours = brought(event.mimeData())
        source = event.source()
        if isinstance(source, AddressChip) and source in self._chips:
            return  # it is here already
        self.add(split(event.mimeData().text()) if ours is None else ours)
        event.acceptProposedAction()


def _copy(address: Address) -> None:
    QGuiApplication.clipboard().setMimeData(carried((address,)))
