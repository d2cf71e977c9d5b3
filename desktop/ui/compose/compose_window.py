"""The window one writes a mail in. GUI thread; services are called through `ui.tasks` alone.

It holds no draft of its own: what stands in its fields is the draft, and `keeping` saves it as one writes. Closing
saves first; only what was sent, discarded or let go by the person is not kept.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QDateTime, QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QPainter,
    QPaintEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QVBoxLayout, QWidget

from desktop.base import clock
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail import written_reading, written_text
from desktop.domain.mail.address import Address
from desktop.domain.mail.correspondence import Suggestion
from desktop.domain.mail.draft import Draft, Priority
from desktop.domain.mail.written import Block, canonical, without_pictures
from desktop.domain.mail.written_html import write
from desktop.ui import dates
from desktop.ui.actions import Actions
from desktop.ui.compose import signature
from desktop.ui.compose.attachment_strip import AttachmentStrip
from desktop.ui.compose.authorship import Authorship
from desktop.ui.compose.catalogue import CATALOGUE, Write
from desktop.ui.compose.editing import Editing
from desktop.ui.compose.editor import files_in
from desktop.ui.compose.enclosing import Enclosing
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.foot import Foot
from desktop.ui.compose.head import Head
from desktop.ui.compose.keeping import Keeping, Kept, State
from desktop.ui.compose.notice_bar import NoticeBar
from desktop.ui.compose.page import Page
from desktop.ui.compose.plain_mode import PlainMode
from desktop.ui.compose.ports import Compose, Examine, Outbox
from desktop.ui.compose.reminding import Reminding
from desktop.ui.compose.send_later import SendLaterPopup
from desktop.ui.compose.sending import Sending
from desktop.ui.compose.speller import Speller
from desktop.ui.compose.tool_row import ToolRow
from desktop.ui.compose.written_draft import Snapshot, finished, says_nothing
from desktop.ui.keymap import Keymap
from desktop.ui.line_texts import one_line
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.banner import Tone
from desktop.ui.widgets.file_dialog import FileDialog
from desktop.ui.widgets.menu import Menu
from desktop.ui.widgets.throttle import Throttle

SIZE = (852, 748)
_LEAST = (560, 420)
_SUGGESTED_MOST = 8
_ASK_AFTER_MS = 80
_LOOK_OVER_AFTER_MS = 800
_LOOK_AGAIN_AFTER_MS = 150
"""What is asked about goes as soon as it is so no more."""
_PICTURES = "*.png *.jpg *.jpeg *.gif *.webp *.bmp"


class ComposeWindow(QWidget):
    """One draft: a new one where `key` is None, which may stand for another program's Email. Closed it is gone."""

    ready = Signal()
    """All of the draft is shown and can be written on."""
    sent = Signal(int, object, bool)
    """Key in the outbox, for when (ms UTC, None for now), and whether the original is to be archived."""
    discarded = Signal(object)
    """The Draft that was thrown away, for a way back."""
    open_wanted = Signal(object)
    """The Enclosure a person wants to open."""
    kept = Signal(int)
    """Key of the draft that is left as it closes: what was written is in it."""
    closed = Signal()
    stays = Signal()
    """It was to close, and could not: it has something to say first."""

    def __init__(
        self,
        compose: Compose,
        outbox: Outbox,
        tasks: Tasks,
        theme: Theme,
        speller: Speller,
        examine: Examine,
        draft: Draft,
        key: int | None = None,
        parent: QWidget | None = None,
        *,
        instead_of: int | None = None,
        keymap: Keymap | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._compose, self._theme = compose, theme
        self._tasks = errands = Errands(tasks)
        self._draft = draft
        self._is_new = key is None and instead_of is None
        self._begun: Snapshot | None = None
        """As a new draft was before a person wrote; None for one that was here before."""
        self._quote_html, self._quote_text = draft.quote_html, draft.quote_text
        self._priority, self._asks_receipt = draft.priority, draft.asks_receipt
        self._lets_go = False
        self._closes = False
        """It is to be closed once the files that come are there."""
        self._is_ready = False
        self._dialogs: dict[str, QFileDialog] = {}
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptDrops(True)
        self.resize(*SIZE)
        self.setMinimumSize(*_LEAST)
        self.actions_ = Actions(self, theme, keymap, CATALOGUE)
        self.head = Head(theme, self._ask)
        self.page = Page(theme, speller)
        self.editor, self.quote = self.page.editor, self.page.quote
        self.tools = ToolRow(theme, self.actions_)
        self.strip = AttachmentStrip(theme)
        self.notices = NoticeBar(theme)
        self.reminding = Reminding(theme, self, draft.follow_up)
        self.foot = Foot(theme, self.actions_, self.reminding.mark)
        self.editing = Editing(theme, self.editor, self.tools, self.actions_, speller, self)
        self.enclosing = Enclosing(compose, errands, self.strip, self.editor, self.notices, self)
        self.authorship = Authorship(self._tasks, self.head, self.editor, draft, self.enclosing.sign, self)
        self.keeping = Keeping(
            *(compose, errands, key, self._snapshot, self._says_nothing, self.authorship.settled, self),
            instead_of=instead_of,
        )
        self.sending = Sending(
            outbox, errands, self.head, self.enclosing, self.keeping, self.notices, examine, self._snapshot, self
        )
        self.mode = PlainMode(
            self.editor, self.notices, lambda: self.authorship.signature, self.enclosing.keep_pictures_as_files, self
        )
        self._later = SendLaterPopup(theme, self)
        self._asking = Throttle(self._look_up, _ASK_AFTER_MS, parent=self)
        self._asked: tuple[str, Any] = ("", None)
        self._looking_over = Throttle(self._look_over, _LOOK_OVER_AFTER_MS, 5 * _LOOK_OVER_AFTER_MS, self)
        self._looking_again = Throttle(self._look_over, _LOOK_AGAIN_AFTER_MS, _LOOK_AGAIN_AFTER_MS, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.tools)
        column.addWidget(self.page, 1)
        for each in (self.strip, self.notices, self.foot):
            column.addWidget(each)
        self._connect()
        self._show_head()
        self._name_window()
        self.editor.setReadOnly(True)
        self.head.setEnabled(False)
        self._tasks.run(self._load())

    # ---------------------------------------------------------------------------------------------------------- draft

    @property
    def is_ready(self) -> bool:
        """Whether one can write: the draft is shown."""
        return self._is_ready

    def draft(self) -> Draft:
        """Return the draft of this moment."""
        return finished(self._snapshot())

    def _snapshot(self) -> Snapshot:
        to, cc, bcc = (field.addresses for field in self.head.fields)
        draft = replace(
            self.authorship.draft,
            to=to,
            cc=cc,
            bcc=bcc,
            subject=one_line(self.head.subject.text()),
            quote_html=self._quote_html,
            quote_text=self._quote_text,
            enclosures=self.enclosing.enclosures,
            follow_up=self.reminding.follow_up,
            priority=self._priority,
            asks_receipt=self._asks_receipt,
        )
        if self.editor.is_plain:
            return Snapshot(draft, plain=self.editor.text())
        return Snapshot(draft, self.editor.blocks(), signature=self.authorship.signature)

    def _says_nothing(self) -> bool:
        """Return whether nobody wrote anything yet."""
        return self._begun is not None and says_nothing(self._snapshot(), self._begun, self.authorship.signature)

    # -------------------------------------------------------------------------------------------------------- loading

    async def _load(self) -> None:
        """Show the draft: all HTML is made safe first, away from this thread (C31)."""
        draft = self._draft
        blocks: tuple[Block, ...] = ()
        if draft.is_html:
            blocks = await self._tasks.read(_blocks_of, draft)
        self.enclosing.show_enclosures(draft.enclosures)
        await self.enclosing.show_pictures()
        if draft.is_html:
            self.editor.load(blocks)
        else:
            self.editor.load_plain(draft.text)
        self.editing.set_plain(not draft.is_html)
        self.actions_[Write.PLAIN_TEXT].setChecked(not draft.is_html)
        self.quote.show_quote(self._quote_text)
        try:
            found = await self._tasks.read(self._compose.identities)
        except Problem as problem:
            found = ()
            self.notices.say("identities", problem.text, Tone.DANGER, details=problem.details)
        await self.authorship.begin(found, is_new=self.keeping.key is None)
        self.editor.document().clearUndoRedoStacks()
        begun = self._snapshot()
        self._begun = begun if self._is_new else None
        self.keeping.start_from(begun)
        self.editor.setReadOnly(False)
        self.head.setEnabled(True)
        self.editor.marks.set_names(_names(self.head.recipients))
        self._is_ready = True
        if not self.head.focus_first():
            self.editor.setFocus()
        self.ready.emit()
        self._look_over()

    # -------------------------------------------------------------------------------------------------------- changes

    def _mode_changed(self) -> None:
        plain = self.editor.is_plain
        self.editing.set_plain(plain)
        self.actions_[Write.PLAIN_TEXT].setChecked(plain)
        signature.mark(self.editor, self.authorship.signature)
        self._touched()

    async def _edit_quote(self) -> None:
        """Take the original into the text, where it can be changed."""
        blocks = await self._tasks.read(written_reading.read, self._quote_html or _paragraphs(self._quote_text))
        cursor = QTextCursor(self.editor.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertBlock()
        known = {each.content_id for each in self.enclosing.enclosures}
        self.editor.insert(without_pictures(blocks, known.__contains__), cursor)
        self._remove_quote()

    def _remove_quote(self) -> None:
        self._quote_html = self._quote_text = ""
        self.quote.show_quote("")
        self._touched()
        self.editor.setFocus()

    def _touched(self) -> None:
        if self._is_ready:
            self.editor.marks.set_names(_names(self.head.recipients))
            self.keeping.touch()
            self.sending.touch()
            self._looking_over.call()
            if self.sending.is_asking:
                self._looking_again.call()

    def _look_over(self) -> None:
        if self._is_ready:
            self._tasks.run(self.sending.look_over())

    # ------------------------------------------------------------------------------------------------------- keyboard

    def _walk_panes(self, way: int) -> None:
        """Go to the next part of the window (F6)."""
        stops: list[QWidget] = [self.head.to.line, self.tools.shape, self.editor]
        if not self.quote.isHidden():
            stops.append(self.quote.pill)
        if not self.strip.isHidden():
            stops.append(next(iter(self.strip.cards), self.strip.drop))
        banner = self.notices.banner
        if banner is not None:
            stops += banner.findChildren(QAbstractButton)[:1]
        stops.append(self.foot.send)
        parts: list[QWidget] = [self.head, self.tools, self.editor, self.quote, self.strip, self.notices, self.foot]
        now = QApplication.focusWidget()
        here = next((part for part in parts if now is not None and (part is now or part.isAncestorOf(now))), None)
        at = next(
            (n for n, stop in enumerate(stops) if here is not None and (here is stop or here.isAncestorOf(stop))), -1
        )
        stops[(at + way) % len(stops)].setFocus(Qt.FocusReason.ShortcutFocusReason)

    # --------------------------------------------------------------------------------------------------- files, menus

    def ask_files(self) -> None:
        """Ask which files to attach."""
        self._open_dialog("files", _("Attach files"), _("All files (*)"), into_text=False)

    def ask_picture(self) -> None:
        """Ask for pictures to put into the text."""
        pattern = _("Pictures ({patterns})").format(patterns=_PICTURES)
        self._open_dialog("picture", _("Insert picture"), pattern, into_text=True)

    def _open_dialog(self, name: str, title: str, pattern: str, *, into_text: bool) -> None:
        dialog = self._dialogs.get(name)
        if dialog is None:
            dialog = self._dialogs[name] = FileDialog(self, title)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
            dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
            dialog.setNameFilter(pattern)
            dialog.filesSelected.connect(
                lambda chosen: self.enclosing.attach([Path(each) for each in chosen], into_text)
            )
        dialog.open()

    def _fill_more(self, menu: Menu) -> None:
        plain = self.actions_[Write.PLAIN_TEXT]
        menu.add(plain.text(), plain.trigger, checked=plain.isChecked())
        self.editing.add_languages(menu)
        priorities = Menu(self._theme, menu, _("Priority"))
        for priority, words in ((Priority.HIGH, _("High")), (Priority.NORMAL, _("Normal")), (Priority.LOW, _("Low"))):
            priorities.add(words, partial(self._set_priority, priority), checked=self._priority is priority)
        menu.addMenu(priorities)
        menu.add(_("Ask for a read receipt"), self._switch_receipt, checked=self._asks_receipt)
        menu.addSeparator()
        save = self.actions_[Write.SAVE]
        menu.add(save.text(), save.trigger, icon="save", shortcut=self.actions_.key_of(Write.SAVE))

    def _set_priority(self, priority: Priority) -> None:
        self._priority = priority
        self._touched()

    def _switch_receipt(self) -> None:
        self._asks_receipt = not self._asks_receipt
        self._touched()

    def _send_later(self) -> None:
        where = dates.zone()
        self._later.ask(self.foot.caret, QDateTime.fromMSecsSinceEpoch(clock.now(), where), where)

    # --------------------------------------------------------------------------------------------------- saved, closed

    def _show_state(self, state: State) -> None:
        if state.kept is not Kept.FAILED and state.at_ms:  # when last: all else would flicker as one types
            at = dates.time_text(QDateTime.fromMSecsSinceEpoch(state.at_ms, dates.zone()))
            self.foot.say(_("Draft saved {time}").format(time=at), icon="check")
        elif state.kept is Kept.SAVING:
            self.foot.say(_("Saving…"))
        elif state.kept is Kept.FAILED:
            self.foot.say(_("Not saved"), icon="triangle-alert", colour="danger", whole=state.problem)
            again = (_("Try again"), lambda: self._tasks.run(self.keeping.save()))
            self.notices.say("save", state.problem, Tone.DANGER, (again,))
        else:
            self.foot.say("")
        if state.kept in (Kept.SAVED, Kept.UNTOUCHED):
            self.notices.take_back("save")

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._lets_go and (self.sending.is_busy or self.keeping.is_given_up):
            event.ignore()  # it closes by itself once it is sent or thrown away, or stays to ask
            return
        if not self._lets_go and self.enclosing.pending:
            event.ignore()
            self._closes = True
            return
        if self._lets_go or not self._is_ready or self._nothing_to_keep():
            is_kept = not (self.keeping.is_given_up or self.keeping.is_behind)
            self.keeping.give_up()
            self._tasks.stop()
            event.accept()
            if is_kept and self.keeping.key is not None and self.keeping.draft is not None:
                self.kept.emit(self.keeping.key)
            self.closed.emit()
            return
        event.ignore()
        self._tasks.run(self._save_and_close())

    def _close_after_all(self, taken: bool) -> None:
        if not taken and self._closes:
            self._closes = False
            self.stays.emit()  # what could not be read is to be seen
        elif self._closes and not self.enclosing.pending:
            self._closes = False
            self.close()

    async def _save_and_close(self) -> None:
        self.head.accept_all()
        if await (self._throw_away() if self._says_nothing() else self.keeping.save()):
            self._let_go()
            return
        problem = self.keeping.state.problem
        if problem:
            offers = (
                (_("Try again"), self.close),
                (_("Close without saving"), self._let_go),
            )
            self.notices.take_back("save")
            self.notices.say("save", problem, Tone.DANGER, offers)
        self.stays.emit()

    def _nothing_to_keep(self) -> bool:
        typed = any(field.line.text().strip() for field in self.head.fields)
        is_left = self.keeping.key is not None and self._says_nothing()  # of what was taken out again
        return not (self.keeping.is_behind or typed or self.enclosing.pending or is_left)

    def _let_go(self) -> None:
        self._lets_go = True
        self.close()

    def _sent(self, key: int, at_ms: int | None, archive: bool) -> None:
        self.sent.emit(key, at_ms, archive)
        self._let_go()

    def discard(self) -> None:
        """Throw the draft away; `discarded` gives it to whoever offers the way back."""
        if self._is_ready:
            self._tasks.run(self._discard())

    async def _discard(self) -> None:
        if await self._throw_away():
            self.discarded.emit(self.draft())
            self._let_go()
        else:
            self.stays.emit()

    async def _throw_away(self) -> bool:
        """Delete the draft where it was kept; returns whether it is gone."""
        await self.keeping.end()
        if self.keeping.key is not None:
            try:
                await self._tasks.write(self._compose.discard, self.keeping.key)
            except Problem as problem:
                self.notices.say("discard", problem.text, Tone.DANGER, details=problem.details)
                self.keeping.go_on()
                return False
        return True

    # ------------------------------------------------------------------------------------------------------- internals

    def _connect(self) -> None:
        do = self.actions_
        do.connect(Write.SEND, self.sending.send)
        do.connect(Write.SEND_LATER, self._send_later)
        do.connect(Write.SEND_AND_ARCHIVE, lambda: self.sending.send(archive=True))
        do.connect(Write.REMIND, self.reminding.ask)
        do.connect(Write.SAVE, lambda: self._tasks.run(self.keeping.save()))
        do.connect(Write.CLOSE, self.close)
        do.connect(Write.DISCARD, self.discard)
        do.connect(Write.ATTACH, self.ask_files)
        do.connect(Write.PICTURE, self.ask_picture)
        do.connect(Write.PLAIN_TEXT, self.mode.switch)
        do.connect(Write.CC, self.head.open_cc)
        do.connect(Write.BCC, self.head.open_bcc)
        do.connect(Write.NEXT_PANE, lambda: self._walk_panes(1))
        do.connect(Write.PREVIOUS_PANE, lambda: self._walk_panes(-1))
        do[Write.PLAIN_TEXT].setCheckable(True)
        do[Write.SEND_AND_ARCHIVE].setVisible(self._draft.origin is not None)
        self.head.changed.connect(self._touched)
        self.head.subject.textChanged.connect(lambda _text: self._name_window())
        self.head.done.connect(self.editor.setFocus)
        self.authorship.changed.connect(self._touched)
        self.mode.changed.connect(self._mode_changed)
        self.editor.edited.connect(self._touched)
        self.quote.edit_wanted.connect(lambda: self._tasks.run(self._edit_quote()))
        self.quote.removed.connect(self._remove_quote)
        self.strip.add_wanted.connect(self.ask_files)
        self.strip.open_wanted.connect(self.open_wanted)
        self.enclosing.changed.connect(self._touched)
        self.enclosing.settled.connect(self._close_after_all)
        self.keeping.state_changed.connect(self._show_state)
        self.sending.sent.connect(self._sent)
        self.sending.attach_wanted.connect(self.ask_files)
        self.sending.busy.connect(self._show_busy)
        self.foot.more_wanted.connect(self._fill_more)
        self._later.chosen.connect(self.sending.send)
        self._later.closed.connect(self.editor.setFocus)
        self.reminding.popup.closed.connect(self.editor.setFocus)
        self.reminding.changed.connect(self._touched)

    def _show_head(self) -> None:
        self.head.show_recipients(self._draft.to, self._draft.cc, self._draft.bcc)
        self.head.subject.setText(one_line(self._draft.subject))
        self.head.show_from(self._draft.sender, ())
        self.head.show_signature(None)

    def _show_busy(self, busy: bool) -> None:
        for each in (self.head, self.tools, self.strip, self.foot.send, self.foot.caret):
            each.setEnabled(not busy)
        self.editor.setReadOnly(busy)

    def _name_window(self) -> None:
        self.setWindowTitle(one_line(self.head.subject.text()) or _("New message"))

    def _ask(self, words: str, give: Any) -> None:
        self._asked = (words, give)
        self._asking.call()

    def _look_up(self) -> None:
        words, give = self._asked
        self._tasks.run(self._suggest(words, give))

    async def _suggest(self, words: str, give: Any) -> None:
        found: tuple[Suggestion, ...] = await self._tasks.read(self._compose.suggest, words, _SUGGESTED_MOST)
        give(found)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and not self.isActiveWindow() and self._is_ready:
            self.keeping.flush()  # who goes elsewhere may not come back

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(event.rect(), self._theme.tokens.bg)

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of files that came too late for the mail that is on its way."""
        return tuple(self.enclosing.left_out)

    # ----------------------------------------------------------------------------------------------------------- drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if files_in(event.mimeData()):
            event.acceptProposedAction()
            self.strip.set_target(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.strip.set_target(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.strip.set_target(False)
        files = files_in(event.mimeData())
        if files:
            event.acceptProposedAction()
            self.enclosing.attach(files)


def _names(people: tuple[Address, ...]) -> frozenset[str]:
    """Return the words of names, which are spelt as they are."""
    return frozenset(word for each in people for word in one_line(each.name).replace("-", " ").split())


def _blocks_of(draft: Draft) -> tuple[Block, ...]:
    """Return what a draft says; one that has only text becomes HTML by being opened as such."""
    if draft.html:
        return written_reading.read(draft.html)
    return canonical(written_text.blocks_of(draft.text))


def _paragraphs(text: str) -> str:
    return write(canonical(written_text.blocks_of(text)))
