"""The reader: shows the conversation of a mail with one message open, and carries out what concerns that message.

`Reader` decides what is shown and when; widgets are in `message_page`, banners in `reader_notices`, the browser behind
`body`. Mails are read on reader threads; an answer for a mail that is no longer wanted is dropped. GUI thread.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail import mailto
from desktop.domain.mail.address import Address
from desktop.domain.mail.document import CANNOT_SHOW_HTML
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.reading import MessageHead
from desktop.domain.mail.search_suggestions import quoted
from desktop.ui.actions import Actions, Do
from desktop.ui.mail import link_question, reader_menu, reader_notices, trust_words
from desktop.ui.mail.attachment_actions import AttachmentActions, OpenUrl, listed
from desktop.ui.mail.letter import CURRENT, Form, Letter, Opened, Reading, Settings, Views, load_file, open_letter
from desktop.ui.mail.letter_output import LetterOutput
from desktop.ui.mail.letter_pictures import LetterPictures
from desktop.ui.mail.message_page import MessagePage
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.mail.reader_loading import Loaded, Wish, heads_of, load
from desktop.ui.mail.reader_notices import NoticeColumn, Situation
from desktop.ui.mail.reader_tools import ReaderTools
from desktop.ui.mail.selection_summary import SelectionSummary
from desktop.ui.mail.under_way import UnderWay
from desktop.ui.mail.unsubscribe_question import Unsubscribing, WriteTo
from desktop.ui.rereading import Rereading
from desktop.ui.state import State
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.empty_state import EmptyState
from desktop.ui.widgets.focus_ring import PaneRing

T = TypeVar("T")

_ZOOM = "reader.zoom"
_HURTFUL = "reader.hurtful"
_MOST_HURTFUL = 200
_OF_WRITING = (Remedy.EDIT, Remedy.SEND_NOW, Remedy.CHANGE_TIME, Remedy.SEND_AGAIN, Remedy.WAS_SENT, Remedy.DISMISS)
_ALWAYS: dict[Remedy, Callable[[Address], str]] = {
    Remedy.ALWAYS_LOAD_IMAGES: lambda sender: sender.address,
    Remedy.ALWAYS_LOAD_DOMAIN: lambda sender: f"@{sender.domain}",
}
"""Whom each offer allows: as `Reading.allow_images_from` takes it."""
_OF_REMINDERS = (Remedy.PUT_OFF, Remedy.END_REMINDER, Remedy.WRITE_ON)


class Reader(QWidget):
    """One reader of a window. Call `close_browser` before the application ends."""

    action_requested = Signal(object, object)
    """A Verb and the keys of the mails it is for."""
    go_next = Signal()
    go_previous = Signal()
    painted = Signal(object)
    """Key of the mail whose body is now on the screen."""
    told = Signal(str)
    """A sentence about something done."""
    writing_requested = Signal(object, object)
    """What the person wants of a mail that is being written or sent: a Remedy, and the key of the mail."""
    reminder_requested = Signal(object, object)
    """What the person wants of a mail that is put off, or is to be: a Remedy, and its MessageHead."""
    search_wanted = Signal(str)
    """A search for the mails of somebody."""
    file_wanted = Signal(object)
    """The path of a mail that was attached to the open one."""

    def __init__(
        self,
        theme: Theme,
        tasks: Tasks,
        views: Views,
        reading: Reading,
        settings: Settings,
        state: State,
        files: PrivateFiles,
        *,
        actions: Actions | None = None,
        open_url: OpenUrl = QDesktopServices.openUrl,
        write_to: WriteTo | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._tasks = tasks
        self._views = views
        self._reading = reading
        self._settings = settings
        self._state = state
        self.catalogue = actions
        self._open_url = open_url
        self._wanted: tuple[int, bool] | None = None
        self._stepped = False
        """Whether another message of the conversation was opened than the one that was wanted."""
        self._under_way = UnderWay(tasks, self)
        self._under_way.late.connect(self._turn_away)
        self._heads: tuple[MessageHead, ...] = ()
        self._opened: Opened | None = None
        self._changed_while_loading: frozenset[int] = frozenset()
        self._rereading = Rereading(tasks, self._refresh)
        self._pictures: LetterPictures | None = None
        self._images_shown = False
        self._images_lost = 0
        self._darken = False
        self._hurt = False
        self._mark_when_painted = False
        self._mark = QTimer(self, singleShot=True)
        self._mark.timeout.connect(self._mark_read)

        self.tools = ReaderTools(theme, actions)
        self.tools.menu_requested.connect(self._show_menu)
        self.page = MessagePage(theme, NoticeColumn(theme, self._act_on_notice), actions)
        self.summary = SelectionSummary(theme, actions)
        self.empty = EmptyState(theme, "mail-open", _("No mail chosen"), _("Choose a mail to read it here."))
        self._stack = QStackedWidget()
        for each in (self.empty, self.page, self.summary):
            self._stack.addWidget(each)
        for shown in (self.empty, self.page.body, self.summary):
            PaneRing(theme, shown)
        for page in (self.empty, self.summary):
            page.setAccessibleName(_("Reader"))  # they have the keyboard where there is no mail
        self.setFocusProxy(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(self._stack, 1)
        self.setAccessibleName(_("Reader"))

        self.attachments = AttachmentActions(theme, tasks, reading, state, files, self, open_url)
        self.output = LetterOutput(theme, tasks, reading, files, self)
        self._write_to = write_to
        self.unsubscribing = Unsubscribing(theme, tasks, reading, self, self.told.emit, self._open_link, write_to)
        self._connect_page()
        if actions is not None:
            self._connect_actions(actions)
        theme.changed.connect(self._follow_theme)
        self.page.body.set_zoom(state.get(_ZOOM, 100) / 100)

    @property
    def opened(self) -> Opened | None:
        """The message that is open."""
        return self._opened

    @property
    def images_shown(self) -> bool:
        """Whether remote pictures of the open message are loaded."""
        return self._images_shown

    @property
    def images_allowed(self) -> bool:
        """Whether the person always lets the sender of the open message load pictures."""
        return self._opened is not None and self._opened.images_allowed

    def sees(self, key: int) -> bool:
        """Return whether a mail, or the conversation it belongs to, is in sight."""
        shown = self._stack.currentWidget() is self.page and self.isVisible()
        return shown and any(head.key == key for head in self._heads)

    def show_message(self, key: int, *, conversations: bool = True, again: bool = False, exactly: bool = False) -> None:
        """Show a mail: alone, or in its conversation with its oldest unread message open, else the mail itself.

        `again` comes back to it from another message of its conversation; `exactly` opens this message of it.
        """
        is_here = self._under_way.another or self._stack.currentWidget() is self.page
        if not exactly and self._wanted == (key, conversations) and is_here and not (again and self._stepped):
            return
        self._wanted = (key, conversations)
        self._stepped = False
        self._start(self._show(key, conversations=conversations, choose=not exactly))

    def follow(self, before: int, now: int) -> None:
        """Stay in the conversation that stood in the list as the mail `before` and stands there as `now`.

        What is open stays open: a mail that arrives must not take the place of the one that is read. Only where the
        open mail itself is what the list no longer has, the one before it is shown.
        """
        keys = {head.key for head in self._heads}
        waits = self._under_way.another
        is_here = self._wanted is not None and (self._wanted[0] == before or (not waits and before in keys))
        if self._wanted is None or not is_here or (now < before and self._open_key() in (0, before)):
            return
        self._wanted = (now, self._wanted[1])
        self.refresh(frozenset({before}) if waits else frozenset(keys))

    def show_selection(self, count: int, *, conversations: bool = True) -> None:
        """Show that several mails are chosen."""
        self._leave()
        self.summary.say(count, conversations=conversations)
        self._turn_to(self.summary)

    def show_nothing(self) -> None:
        """Show that no mail is chosen."""
        self._leave()
        self.empty.say("mail-open", _("No mail chosen"), _("Choose a mail to read it here."))
        self._turn_to(self.empty)

    def open_file(self, path: Path) -> None:
        """Show a mail file without storing it."""
        self._wanted = None
        self._stepped = False
        self._start(self._show_file(path))

    def set_position(self, number: int, count: int) -> None:
        """Say which mail of how many in its list this is; number 0 says nothing."""
        self.tools.set_position(number, count)

    def set_own_addresses(self, addresses: Iterable[str]) -> None:
        """Say which addresses are the person's own."""
        self.page.header.set_own_addresses(addresses)

    def refresh(self, keys: frozenset[int]) -> None:
        """Read the shown conversation again where one of these mails belongs to it."""
        if self._under_way.another:
            self._changed_while_loading |= keys
        elif keys & {head.key for head in self._heads}:
            self._rereading.ask()

    def outbox_changed(self) -> None:
        """Read again where the open message is on its way out."""
        if not self._under_way.another and any(head.way is not None for head in self._heads):
            self._rereading.ask()

    def select_all(self) -> None:
        """Select the text of the open message."""
        view = self.page.body.current
        if self._stack.currentWidget() is self.page and view is not None:
            view.select_all()

    def page_or_next(self, direction: int = 1) -> None:
        """Scroll on; at the end go to the next unread message of the conversation, else to the next mail."""
        view = self.page.body.current
        if self._stack.currentWidget() is self.page and view is not None and view.scroll_page(direction):
            return
        unread = [head.key for head in self._heads if head.unread and head.key != self._open_key()]
        if direction > 0 and unread:
            self._open_in_conversation(unread[0])
        elif direction > 0:
            self.go_next.emit()
        else:
            self.go_previous.emit()

    def close_browser(self) -> None:
        """End the browser before the application ends."""
        self._leave()
        self.page.body.close_browser()
        self.output.close_browser()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.page_or_next(-1 if back else 1)
        else:
            super().keyPressEvent(event)

    # what is shown

    async def _show(self, key: int, *, conversations: bool, choose: bool) -> None:
        hurtful = frozenset(self._state.get(_HURTFUL, list[int]()))
        wish = Wish(key, conversations, choose, hurtful)
        try:
            loaded = await self._tasks.read(load, self._views, self._reading, self._settings, wish)
        except Exception as error:
            self._leave()
            problem = error if isinstance(error, Problem) else None
            self.empty.say("cloud-off", _("This mail cannot be opened"), "" if problem is None else problem.text)
            self._turn_to(self.empty)
            if problem is None:
                raise
            return  # mostly: it was deleted in the meantime
        self._display(loaded, hurt=loaded.opened.letter.key in hurtful)

    async def _show_file(self, path: Path) -> None:
        try:
            letter, head = await self._tasks.read(load_file, self._reading, path)
            opened = await self._tasks.read(open_letter, letter, head, Form(), self._settings)
        except Exception:
            self.show_nothing()
            raise
        self._display(Loaded((head,), opened, -1))

    async def _reopen(self, letter: Letter, form: Form, *, hurt: bool = False) -> None:
        """Show the open letter in another form, with what is known of it when that form is ready."""
        before = self._opened
        while before is not None and before.letter == letter:
            head = before.head
            opened = await self._tasks.read(open_letter, letter, head, form, self._settings)
            before = self._opened
            if before is not None and before.letter == letter and before.head.completeness is head.completeness:
                self._display(Loaded(self._heads, replace(opened, head=before.head), -1), hurt=hurt)
                return

    def _display(self, loaded: Loaded, *, hurt: bool = False) -> None:
        opened = loaded.opened
        self._under_way.arrived()
        same = self._is_of_open_copy(opened)
        self._opened, self._heads = opened, loaded.heads
        self._images_shown = opened.images_allowed or (same and self._images_shown)
        self._darken = self._darken and same
        if not hurt and opened.document is not None and CANNOT_SHOW_HTML in opened.document.warnings:
            hurt = True
            self._note_hurtful(opened.letter.key)
        self._hurt = hurt
        self._mark.stop()
        if loaded.mark_after_ms >= 0 and opened.head.unread:
            self._mark.setInterval(loaded.mark_after_ms)
            self._mark_when_painted = True
        else:
            self._mark_when_painted = False
        inside = self._has_keyboard()
        self.page.find_bar.end()
        way = self.unsubscribing.way(opened)
        list_name = "" if way is None else way.list_name
        self.page.show_heads(loaded.heads, opened.head, trust_words.mark(opened.document), list_name)
        self.page.attachments.show_parts(listed(opened))
        self.attachments.set_letter(opened)
        self.tools.set_state(unread=opened.head.unread, starred=opened.head.important)
        self._turn_to(self.page)
        self._show_body()
        if inside and not same:
            self.page.body.setFocus(Qt.FocusReason.OtherFocusReason)
        changed, self._changed_while_loading = self._changed_while_loading, frozenset()
        if changed & {head.key for head in loaded.heads}:
            self._rereading.ask()

    def _show_body(self) -> None:
        opened = self._opened
        if opened is None:
            return
        self._close_pictures()
        self._images_lost = 0
        self._show_notices()
        document, body = opened.document, self.page.body
        if document is None:
            body.clear()
            QTimer.singleShot(0, self._body_painted)
        elif document.is_html:
            self._pictures = LetterPictures(self._tasks, self._reading, opened.letter, document, self._tell_lost_images)
            darken = self._darken and self._theme.tokens.dark
            body.show_html(document, self._pictures, images=self._images_shown, darken=darken)
        else:
            body.show_text(opened.layout)

    def _follow_theme(self) -> None:
        """Show an HTML mail in the colours of the theme; text follows by itself, and keeps its place."""
        opened = self._opened
        if opened is not None and opened.document is not None and opened.document.is_html:
            self._show_body()

    def _show_notices(self) -> None:
        opened, notices = self._opened, self.page.notices
        if opened is None:
            return
        situation = Situation(self._images_shown, self._images_lost, self._hurt, from_file=not opened.letter.key)
        inside, before = notices.isAncestorOf(self.window().focusWidget()), notices.shown
        notices.show_notices(reader_notices.notices(opened, situation))
        if inside and notices.shown != before:  # the button pressed is gone, and Qt would leave the reader
            self.page.body.setFocus(Qt.FocusReason.OtherFocusReason)

    def _tell_lost_images(self, count: int) -> None:
        self._images_lost = count
        self._show_notices()

    async def _refresh(self) -> None:
        """Read the conversation of the open message again; of its body only what has come since."""
        key = self._open_key()
        if not key or self._wanted is None:
            return
        try:
            heads = await self._tasks.read(heads_of, self._views, self._reading, key, self._wanted[1])
        except Problem:
            return  # gone; the list will choose another
        now = next((head for head in heads if head.key == key), None)
        opened = self._opened
        if opened is None or opened.letter.key != key or now is None:
            return
        self._heads = heads
        self._opened = replace(opened, head=now)
        if now.completeness is not opened.head.completeness:
            await self._reopen(opened.letter, opened.form)
            return
        self.page.show_rows(heads, now)
        self.tools.set_state(unread=now.unread, starred=now.important)
        self._show_notices()

    def _turn_to(self, widget: QWidget) -> None:
        """Show a page of the reader; the keyboard goes to it, in a mail to its text."""
        inside = self._has_keyboard()
        self.setFocusProxy(self.page.body if widget is self.page else widget)
        self._stack.setCurrentWidget(widget)
        if inside and widget is not self.page:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _has_keyboard(self) -> bool:
        """Say whether the keyboard is in what is read, not in the buttons above it."""
        focused = self.window().focusWidget()
        return focused is self or self._stack.isAncestorOf(focused)

    def _leave(self) -> None:
        """Let go of the open message and of the one that was wanted."""
        self._wanted = None
        self._stepped = False
        self._under_way.stop()
        self._changed_while_loading = frozenset()
        self._let_go()

    def _turn_away(self) -> None:
        """Show the mail before no longer: what is done in the reader now is done to the one that is wanted."""
        self._let_go()
        self.empty.say("mail-open", _("Opening…"))
        self._turn_to(self.empty)

    def _let_go(self) -> None:
        """Let go of the open message."""
        self._mark.stop()
        self._opened, self._heads = None, ()
        self._rereading.stop()
        self._close_pictures()
        self.attachments.set_letter(None)
        self.page.find_bar.end()
        self.page.body.clear()

    def _close_pictures(self) -> None:
        if self._pictures is not None:
            self._pictures.close()
            self._pictures = None

    def _start(self, show: Coroutine[Any, Any, None]) -> None:
        """Begin to show another message."""
        self._rereading.stop()
        self._close_pictures()
        self._under_way.start(show)

    def _start_again(self, letter: Letter, form: Form, *, hurt: bool = False) -> None:
        """Begin to show the open message in another form."""
        self._under_way.start_again(self._reopen(letter, form, hurt=hurt))

    def _open_key(self) -> int:
        return 0 if self._opened is None else self._opened.letter.key

    def _is_of_open_copy(self, opened: Opened) -> bool:
        """Return whether this is the text that is open: what was allowed for one copy is not allowed for its twin."""
        before = self._opened
        return before is not None and before.letter == opened.letter

    def _open_in_conversation(self, key: int) -> None:
        if self._wanted is not None:
            self._stepped = True
            self._start(self._show(key, conversations=self._wanted[1], choose=False))

    # what happens to it

    def _body_painted(self) -> None:
        if self._opened is None:
            return
        if self._mark_when_painted:
            self._mark_when_painted = False
            self._mark.start()
        self.painted.emit(self._opened.letter.key)

    def request(self, verb: Verb) -> None:
        """Ask for a verb on the open message alone."""
        if self._opened is not None and self._opened.letter.key:
            self.action_requested.emit(verb, (self._opened.letter.key,))

    def put_off(self) -> None:
        """Ask until when the open message is to be snoozed; of one's own, when to be reminded of it."""
        if self._opened is not None and self._opened.letter.key:
            self.reminder_requested.emit(Remedy.PUT_OFF, self._opened.head)

    def _mark_read(self) -> None:
        if self._opened is not None and self._opened.head.unread:
            self.request(Verb.READ)

    def _body_hurt(self, _failure: object) -> None:
        """Show as text what the browser could not, and remember it, so that it is not tried again by itself."""
        opened = self._opened
        if opened is None:
            return
        self._note_hurtful(opened.letter.key)
        self._start_again(opened.letter, replace(opened.form, text_only=True), hurt=True)

    def _note_hurtful(self, key: int) -> None:
        if key:
            known = [each for each in self._state.get(_HURTFUL, list[int]()) if each != key]
            self._state.set(_HURTFUL, [*known[-_MOST_HURTFUL + 1 :], key])
            self._state.save()

    def _act_on_notice(self, remedy: Remedy) -> None:
        opened = self._opened
        if opened is None:
            return
        if remedy in (*_ALWAYS, Remedy.LOAD_IMAGES, Remedy.RETRY_IMAGES):
            self.load_images()
            if remedy in _ALWAYS:
                self._tasks.run(self._allow_images(opened, _ALWAYS[remedy](opened.head.sender)))
        elif remedy is Remedy.VIEW_SOURCE:
            self.output.show_source(opened)
        elif remedy is Remedy.DELETE:
            self.request(Verb.TRASH)
        elif remedy in _OF_WRITING:
            self.writing_requested.emit(remedy, opened.letter.key)
        elif remedy in _OF_REMINDERS:
            self.reminder_requested.emit(remedy, opened.head)
        elif remedy is Remedy.OTHER_COPY:
            twin = opened.form.twin + 1 if opened.form.twin < opened.head.twins else CURRENT
            self._start_again(opened.letter, replace(opened.form, twin=twin))
        else:
            self._start_again(opened.letter, replace(opened.form, text_only=False))

    async def _allow_images(self, opened: Opened, whom: str) -> None:
        await self._tasks.write(self._reading.allow_images_from, whom)
        self._note_images_allowed(opened, True)

    async def _disallow_images(self, opened: Opened) -> None:
        """Take back whatever lets the sender's pictures load: that he himself may, and that his domain may."""
        for whom_of in _ALWAYS.values():
            await self._tasks.write(self._reading.disallow_images_from, whom_of(opened.head.sender))
        self._note_images_allowed(opened, False)

    def _note_images_allowed(self, opened: Opened, allowed: bool) -> None:
        if self._opened is not None and self._opened.letter == opened.letter:
            self._opened = replace(self._opened, images_allowed=allowed)

    def load_images(self) -> None:
        """Load the remote pictures of the open message."""
        self._images_shown = True
        self._show_body()

    def ask_before_images(self) -> None:
        """Take back that the pictures of this sender are always loaded."""
        opened = self._opened
        if opened is not None:
            self._tasks.run(self._disallow_images(opened))
            self._images_shown = False
            self._show_body()

    def toggle_plain(self) -> None:
        """Show the plain text of the open message, or its HTML again."""
        opened = self._opened
        if opened is not None:
            plain = opened.document is not None and opened.document.is_html
            form = replace(opened.form, prefer_plain=plain, text_only=plain)
            self._start_again(opened.letter, form)

    def toggle_darken(self) -> None:
        """Show a light mail dark in the dark theme, or as it came."""
        self._darken = not self._darken
        self._show_body()

    @property
    def darkened(self) -> bool:
        """Whether the open message's colours are turned round."""
        return self._darken

    # wiring

    def _connect_page(self) -> None:
        page, body = self.page, self.page.body
        body.painted.connect(self._body_painted)
        if page.answers is not None:
            page.answers.chosen.connect(self._act_on_notice)
        body.hurt.connect(self._body_hurt)
        body.link_clicked.connect(self.follow_link)
        body.menu_requested.connect(self._show_body_menu)
        body.found.connect(page.find_bar.tell)
        page.find_bar.wanted.connect(self._find)
        page.older.chosen.connect(self._open_in_conversation)
        page.newer.chosen.connect(self._open_in_conversation)
        page.header.menu_requested.connect(self._show_menu)
        page.header.unsubscribe_requested.connect(self.unsubscribe)
        page.header.person_chosen.connect(self.write_to)
        page.header.person_menu_requested.connect(self._show_person_menu)
        page.attachments.open_requested.connect(self.attachments.open)
        page.attachments.menu_requested.connect(self.attachments.show_menu)
        page.attachments.drag_requested.connect(self.attachments.drag)
        page.attachments.save_all_requested.connect(lambda: self.attachments.save_all(page.attachments.parts))
        self.attachments.progress.connect(page.attachments.set_progress)
        self.attachments.told.connect(self.told)
        self.attachments.danger_found.connect(page.attachments.set_danger)
        self.attachments.mail_wanted.connect(self.file_wanted)
        self.output.told.connect(self.told)

    def _connect_actions(self, actions: Actions) -> None:
        find_bar = self.page.find_bar
        for name, act in (
            (Do.PRINT, lambda _opened: self.print()),
            (Do.SAVE_AS, self.output.save),
            (Do.SOURCE, self.output.show_source),
            (Do.FIND, lambda _opened: find_bar.begin()),
            (Do.FIND_NEXT, lambda _opened: find_bar.again()),
            (Do.FIND_PREVIOUS, lambda _opened: find_bar.again(backward=True)),
        ):
            actions.connect(name, self._with_opened(act))
        actions.connect(Do.NEXT_MESSAGE, partial(self._step_in_conversation, 1))
        actions.connect(Do.PREVIOUS_MESSAGE, partial(self._step_in_conversation, -1))
        for name in (Do.FIND_NEXT, Do.FIND_PREVIOUS):
            actions[name].changed.connect(self._show_keys)
        self._show_keys()
        for name, direction in ((Do.ZOOM_IN, 1), (Do.ZOOM_OUT, -1), (Do.ZOOM_RESET, 0)):
            actions.connect(name, partial(self._zoom, direction))

    def _with_opened(self, act: Callable[[Opened], object]) -> Callable[[], None]:
        def call() -> None:
            if self._opened is not None:
                act(self._opened)

        return call

    def _show_keys(self) -> None:
        if self.catalogue is not None:
            key_of = self.catalogue.key_of
            self.page.find_bar.show_keys(key_of(Do.FIND_NEXT), key_of(Do.FIND_PREVIOUS))

    def _step_in_conversation(self, way: int) -> None:
        keys = sorted(head.key for head in self._heads)  # in the order of their dates
        at = keys.index(self._open_key()) + way if self._open_key() in keys else -1
        if 0 <= at < len(keys):
            self._open_in_conversation(keys[at])

    def print(self) -> None:
        """Show the pages of the open message, to print or to save as PDF."""
        if self._opened is not None:
            self.output.print(self._opened, images=self._images_shown)

    def _find(self, text: str, backward: bool) -> None:
        view = self.page.body.current
        if view is not None:
            view.find_text(text, backward=backward)

    def _zoom(self, direction: int) -> None:
        body = self.page.body
        body.zoom_step(direction) if direction else body.set_zoom(1.0)
        self._state.set(_ZOOM, round(body.zoom * 100))

    def follow_link(self, url: QUrl) -> None:
        """Open a link of the open message, after a question where it is suspicious."""
        document = None if self._opened is None else self._opened.document
        warnings = () if document is None else document.link_warnings
        link_question.follow(self._theme, self, url, warnings, self._open_link)

    def unsubscribe(self) -> None:
        """Ask whether to leave the list the open message came from."""
        self.unsubscribing.ask(self._opened)

    def write_to(self, person: Address) -> None:
        """Begin a mail to somebody."""
        self._open_link(QUrl(mailto.link(person)))

    def find_mails_of(self, person: Address) -> None:
        """Ask for the mails somebody wrote."""
        self.search_wanted.emit(f"from:{quoted(person.address)}")

    def _open_link(self, url: QUrl) -> None:
        if self._write_to is not None and url.scheme() == "mailto":
            self._write_to(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        elif not self._open_url(url):
            self.told.emit(_("No program was found to open this link."))

    def _show_menu(self, at: QPoint) -> None:
        reader_menu.message_menu(self, self, self._theme).popup(at)

    def _show_person_menu(self, person: Address, at: QPoint) -> None:
        reader_menu.person_menu(self, self, self._theme, person).popup(at)

    def _show_body_menu(self, at: QPoint, selected: str, link: QUrl) -> None:
        reader_menu.body_menu(self, self, self._theme, selected, link).popup(at)

    def copy(self, text: str) -> None:
        """Put a text on the clipboard."""
        QGuiApplication.clipboard().setText(text)
