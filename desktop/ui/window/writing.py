"""The composers of a window: which are open, what they begin with, and what becomes of what was written. GUI thread.

One window a draft. Each saves itself when it is closed; `close_all` waits for that. What is sent can be taken back as
long as it is held, and opens again then.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.paths import open_private
from desktop.base.text import one_line
from desktop.domain.mail import mailto
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Enclosure
from desktop.domain.mail.message import Status
from desktop.domain.mail.names import safe_name
from desktop.domain.mail.operation import Change, Verb
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.domain.mail.sending_checks import Known
from desktop.services.mail.answers import Answer, Begun
from desktop.services.mail.outbox import TooLate
from desktop.ui import dates
from desktop.ui.keymap import Keymap
from desktop.ui.mail.notice import Remedy
from desktop.ui.mail.private_files import PrivateFiles
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.undo import Undo

if TYPE_CHECKING:
    from desktop.services.services import Services
    from desktop.ui.compose.compose_window import ComposeWindow
    from desktop.ui.compose.send_later import SendLaterPopup
    from desktop.ui.compose.signature_field import SignatureField
    from desktop.ui.compose.speller import Speller


class Writing(QObject):
    """Lives as long as the main window."""

    told = Signal(str)
    account_wanted = Signal()
    """There is no account that can send."""
    kept = Signal(int)
    """Key of a draft that is left by a composer that was closed."""
    open_changed = Signal(object)
    """Keys of the drafts that are being written, as a list."""
    stays = Signal()
    """A composer that was to close could not."""

    _reopened = Signal(int)
    _restored = Signal(object)

    def __init__(
        self,
        services: Services,
        tasks: Tasks,
        theme: Theme,
        keymap: Keymap,
        undo: Undo,
        files: PrivateFiles,
        own_words: Path,
        parent: QWidget,
        anchor: Callable[[], QWidget],
    ) -> None:
        """`own_words` is the file of words the person added to the dictionaries; below `anchor` he is asked things."""
        super().__init__(parent)
        self._host, self._anchor = parent, anchor
        self._services, self._tasks, self._theme, self._undo = services, tasks, theme, undo
        self._keymap, self._files, self._own_words = keymap, files, own_words
        self._speller: Speller | None = None
        self._windows: list[ComposeWindow] = []
        self._open_keys: list[int] = []
        self._timed = 0
        """Key of the mail of which was asked when it is to leave."""
        self._closed: Callable[[], object] | None = None
        self._reopened.connect(self._reopen_soon)
        self._restored.connect(self._restore)

    @property
    def windows(self) -> tuple[ComposeWindow, ...]:
        """The composers that are open, the newest last."""
        return tuple(self._windows)

    def new(self, account_key: int | None = None) -> None:
        """Begin a mail, in the name of an account where one is given."""
        self._tasks.run(self._new(None, account_key))

    def test(self, account_key: int) -> None:
        """Begin a mail to oneself that shows whether an account sends; the person may send it to somebody else."""
        self._tasks.run(self._test(account_key))

    def follow(self, uri: str) -> None:
        """Begin what a mailto link asks for; a file is never taken along (C27)."""
        self._tasks.run(self._new(mailto.parse(uri), None))

    def answer(self, kind: Answer, email_key: int) -> None:
        """Begin an answer to a mail."""
        self._tasks.run(self._answer(kind, email_key))

    def edit(self, email_key: int) -> None:
        """Write on at a draft; what is on its way is taken back for it."""
        self._tasks.run(self._edit(email_key))

    def act(self, remedy: Remedy, email_key: int) -> None:
        """Do what the reader offers of a mail that is being written or sent."""
        if remedy is Remedy.EDIT:
            self.edit(email_key)
        elif remedy is Remedy.CHANGE_TIME:
            self._tasks.run(self._ask_time(email_key))
        elif remedy is Remedy.CANCEL:
            self._tasks.run(self._cancel(email_key))
        elif remedy is Remedy.DELETE:
            self._tasks.run(self._throw_away(email_key))
        else:
            self._tasks.run(self._act(remedy, email_key))

    def go_on(self, draft_keys: Sequence[int]) -> None:
        """Write on at drafts that were kept; those that are gone are passed over."""
        for key in draft_keys:
            self._reopen_soon(key)

    def close_all(self, then: Callable[[], object]) -> bool:
        """Close every composer; True when there is none, else `then` is called once the last is closed and saved."""
        if not self._windows:
            return True
        self._closed = then
        for window in tuple(self._windows):
            window.close()
        return False

    def close(self) -> None:
        """End what works for the composers; there is none any more."""
        if self._speller is not None:
            self._speller.close()

    def signature_editor(self, name: str, parent: QWidget) -> tuple[SignatureField, QWidget]:
        """Return a field in which a signature is written."""
        from desktop.ui.compose.signature_field import SignatureField

        made = SignatureField(self._theme, self._keymap, self._tasks, self._spelling, name, parent)
        return made, made

    def _spelling(self) -> Speller:
        from desktop.ui.compose.speller import Speller

        if self._speller is None:
            self._speller = Speller(self._own_words, self._tasks, self)
        return self._speller

    async def _new(self, letter: mailto.Mailto | None, account_key: int | None) -> None:
        answers = self._services.answers
        if not await self._can_send():
            return
        self._open(await self._tasks.read(lambda: answers.new(letter, account_key=account_key)))

    async def _test(self, account_key: int) -> None:
        account = await self._tasks.read(self._services.accounts.get, account_key)
        letter = mailto.Mailto(
            to=(Address("", account.address),),
            subject=_("Test mail from Rapport"),
            body=_("If you can read this where it was sent to, sending works."),
        )
        await self._new(letter, account_key)

    async def _can_send(self) -> bool:
        if await self._tasks.read(self._services.compose.identities):
            return True
        self.told.emit(_("To write mail, add a server for outgoing mail to a mail account."))
        self.account_wanted.emit()
        return False

    async def _answer(self, kind: Answer, email_key: int) -> None:
        if await self._can_send():
            begun = await self._tasks.write(_begin, self._services, kind, email_key)
            self._open(begun.draft, elsewhere=begun.elsewhere)

    async def _edit(self, email_key: int) -> None:
        found = await self._tasks.write(_draft_of, self._services, email_key)
        self._open(*found)

    async def _act(self, remedy: Remedy, email_key: int) -> None:
        outbox = self._services.outbox
        verbs = {
            Remedy.SEND_NOW: outbox.send_now,
            Remedy.SEND_AGAIN: outbox.send_again,
            Remedy.WAS_SENT: outbox.was_sent,
            Remedy.DISMISS: outbox.dismiss,
        }
        mail = await self._outgoing(email_key)
        await self._tasks.write(verbs[remedy], mail.key)

    async def _outgoing(self, email_key: int) -> Outgoing:
        """Return a mail that waits. Raises TooLate: who wanted something of it is told that it has left."""
        mail = await self._tasks.read(self._services.outbox.of_email, email_key)
        if mail is None:
            raise TooLate
        return mail

    async def _ask_time(self, email_key: int) -> None:
        """Ask when a mail that waits is to leave."""
        mail, where = await self._outgoing(email_key), dates.zone()
        self._timed = email_key
        now, planned = (QDateTime.fromMSecsSinceEpoch(at_ms, where) for at_ms in (clock.now(), mail.due_at_ms))
        self._time_popup.ask(self._anchor(), now, where, planned if mail.scheduled else None)

    @cached_property
    def _time_popup(self) -> SendLaterPopup:
        from desktop.ui.compose.send_later import SendLaterPopup

        popup = SendLaterPopup(self._theme, self._host)
        popup.chosen.connect(lambda at_ms: self._tasks.run(self._put_off(self._timed, at_ms)))
        return popup

    async def _put_off(self, email_key: int, at_ms: int) -> None:
        mail = await self._outgoing(email_key)
        await self._tasks.write(self._services.outbox.put_off, mail.key, at_ms)
        self.told.emit(_("The message will be sent on {date}").format(date=dates.full_date(at_ms, dates.zone())))

    async def _cancel(self, email_key: int) -> None:
        """Make a draft again of a mail that waits."""
        mail = await self._outgoing(email_key)
        await self._tasks.write(self._services.outbox.take_back, mail.key)
        self.told.emit(_("The message is a draft again and will not be sent"))

    async def _throw_away(self, email_key: int) -> None:
        draft = await self._tasks.write(_thrown_away, self._services, email_key)
        text = _("Message deleted: it will not be sent")
        self._undo.push(text, lambda: self._restored.emit(draft), icon="trash-2")

    def _open(
        self,
        draft: Draft,
        key: int | None = None,
        instead_of: int | None = None,
        *,
        elsewhere: tuple[Address, ...] = (),
    ) -> None:
        """Show a draft in a window of its own, or the window that has it already."""
        if not self._is_open(key):
            self._tasks.run(self._show(draft, key, instead_of, elsewhere))

    def _is_open(self, key: int | None) -> bool:
        """Bring the window of a draft forward; says whether there is one."""
        window = next((each for each in self._windows if key is not None and each.keeping.key == key), None)
        if window is not None:
            window.raise_()
            window.activateWindow()
        return window is not None

    async def _show(
        self, draft: Draft, key: int | None, instead_of: int | None, elsewhere: tuple[Address, ...]
    ) -> None:
        from desktop.ui.compose import examining
        from desktop.ui.compose.compose_window import ComposeWindow

        known: Known = await self._tasks.read(self._services.compose.known, draft, key)
        if self._is_open(key):
            return
        window = ComposeWindow(
            self._services.compose,
            self._services.outbox,
            self._tasks,
            self._theme,
            self._spelling(),
            # what came into the conversation is asked each time: it may come as one writes
            lambda now: examining.notices(now, replace(known, mails=self._services.compose.thread(now)), elsewhere),
            draft,
            key,
            instead_of=instead_of,
            keymap=self._keymap,
        )
        self._windows.append(window)
        window.sent.connect(
            lambda outbox_key, at_ms, archive: self._sent(draft, outbox_key, at_ms, archive, window.left_out)
        )
        window.discarded.connect(self._discarded)
        window.open_wanted.connect(self._open_file)
        window.kept.connect(self._tell_kept)
        window.closed.connect(lambda: self._forget(window))
        window.keeping.state_changed.connect(lambda _state: self._note_open())
        window.stays.connect(self._stay)
        window.show()

    def _stay(self) -> None:
        """One of them has something to say: what was to end with the last of them goes on."""
        self._closed = None
        self.stays.emit()

    def _forget(self, window: ComposeWindow) -> None:
        if window in self._windows:
            self._windows.remove(window)
        self._note_open()
        key = window.keeping.key
        if key is not None:
            # called here and now: the program may end before a coroutine begins
            self._tasks.run(_heard(self._tasks.write(self._services.compose.put_on_server, key)))
        if not self._windows and self._closed is not None:
            then, self._closed = self._closed, None
            then()

    def _tell_kept(self, draft_key: int) -> None:
        if self._closed is None:  # else the program ends
            self.kept.emit(draft_key)

    def _note_open(self) -> None:
        """Tell which drafts a crash would interrupt, when they are others than before."""
        keys = [each.keeping.key for each in self._windows if each.keeping.key and each.keeping.draft is not None]
        if keys != self._open_keys:
            self._open_keys = keys
            self.open_changed.emit(keys)

    def _sent(self, draft: Draft, outbox_key: int, at_ms: int | None, archive: bool, left_out: tuple[str, ...]) -> None:
        self._tasks.run(self._tell_sent(draft, outbox_key, at_ms, archive, left_out))

    async def _tell_sent(
        self, draft: Draft, outbox_key: int, at_ms: int | None, archive: bool, left_out: tuple[str, ...]
    ) -> None:
        mail = await self._tasks.read(self._services.outbox.get, outbox_key)
        people = [one_line(each.address) for each in mail.recipients] if mail is not None else []
        if left_out:
            text = _("The message is going out without “{file}”, which came too late").format(file=left_out[0])
        elif at_ms is not None:
            text = _("The message will be sent on {date}").format(date=dates.full_date(at_ms, dates.zone()))
        elif len(people) == 1:
            text = _("Message to {person} is going out").format(person=people[0])
        else:
            text = _("The message is going out")
        undone = _("The message was taken back")
        if len(people) == 1:
            undone = _("Message to {person} was taken back").format(person=people[0])
        if mail is None or mail.scheduled or mail.stage is not Stage.HELD:
            self._undo.push(text, lambda: self._taken_back(outbox_key), icon="send", undone=undone)
        else:
            self._undo.push(
                text,
                lambda: self._taken_back(outbox_key),
                icon="send",
                undone=undone,
                until_ms=mail.due_at_ms,
                counting=partial(_counted, left_out[0] if left_out else ""),
            )
        if archive and draft.origin is not None:
            keys = await self._tasks.read(self._services.compose.emails_of, draft.origin)
            await self._tasks.write(self._services.actions.apply, Change(Verb.ARCHIVE), keys)

    def _taken_back(self, outbox_key: int) -> None:
        """Take a mail back, on the writer thread; its draft opens again."""
        key = self._services.outbox.take_back(outbox_key)
        self._reopened.emit(key)

    def _restore(self, draft: Draft) -> None:
        self._tasks.run(self._keep_again(draft))

    async def _keep_again(self, draft: Draft) -> None:
        """Bring a discarded draft back: kept at once, as it was before."""
        self._open(draft, await self._tasks.write(self._services.compose.save, draft))

    def _reopen_soon(self, draft_key: int) -> None:
        self._tasks.run(self._reopen(draft_key))

    def _open_file(self, enclosure: Enclosure) -> None:
        self._tasks.run(self._show_file(enclosure))

    async def _show_file(self, enclosure: Enclosure) -> None:
        """Give a copy of a file that goes along to the program it belongs to."""
        path = await self._tasks.read(_written, self._files, enclosure, self._services.compose.content)
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(path))):
            self.told.emit(_("No program was found to open “{file}”.").format(file=one_line(enclosure.name)))

    async def _reopen(self, draft_key: int) -> None:
        kept = await self._tasks.read(self._services.compose.draft, draft_key)
        self._open(kept.draft, kept.key)

    def _discarded(self, draft: Draft) -> None:
        self._undo.push(_("Draft discarded"), lambda: self._restored.emit(draft), icon="trash-2")


def _counted(left_out: str, seconds: int) -> str:
    if left_out:
        return n_(
            "Sending in {n} s, without “{file}”, which came too late",
            "Sending in {n} s, without “{file}”, which came too late",
            seconds,
        ).format(n=seconds, file=left_out)
    return n_("Sending in {n} s", "Sending in {n} s", seconds).format(n=seconds)


async def _heard(called: Awaitable[object]) -> None:
    await called


def _written(files: PrivateFiles, enclosure: Enclosure, content: Callable[[Enclosure], bytes]) -> Path:
    path = files.new_folder() / safe_name(enclosure.name)
    with open_private(path) as file:
        file.write(content(enclosure))
    path.chmod(0o400)
    return path


def _begin(services: Services, kind: Answer, email_key: int) -> Begun:
    head = services.reading.head(email_key)
    return services.answers.begin(kind, email_key, dates.full_date(head.date_ms, dates.zone()))


def _thrown_away(services: Services, email_key: int) -> Draft:
    """Take a mail back and delete its draft; returns it for a way back."""
    mail = services.outbox.of_email(email_key)
    if mail is None:
        raise TooLate
    key = services.outbox.take_back(mail.key)
    draft = services.compose.draft(key).draft
    services.compose.discard(key)
    return draft


def _draft_of(services: Services, email_key: int) -> tuple[Draft, int | None, int | None]:
    """Return the draft of an Email, its key, and the Email it stands for where another program wrote that one."""
    mail = services.outbox.of_email(email_key)
    if mail is not None:
        kept = services.compose.draft(services.outbox.take_back(mail.key))
        return kept.draft, kept.key, None
    kept_here = services.compose.of_email(email_key)
    if kept_here is not None:
        return kept_here.draft, kept_here.key, None
    if services.reading.head(email_key).status is not Status.DRAFT:
        raise TooLate  # it left meanwhile: a draft must not stand for what was sent
    return services.answers.begin(Answer.EDIT_AS_NEW, email_key, "").draft, None, email_key
