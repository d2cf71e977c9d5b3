"""From the press on Send to the outbox: what must be right, what is asked once, saving, handing over. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.domain.mail.address import Address
from desktop.ui.compose.address_chip import wrong_words
from desktop.ui.compose.enclosing import Enclosing
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.head import Head
from desktop.ui.compose.keeping import Keeping, Kept
from desktop.ui.compose.notice_bar import Act, NoticeBar
from desktop.ui.compose.ports import Examine, Notice, Offer, Outbox, Remedy
from desktop.ui.compose.written_draft import Snapshot, finished
from desktop.ui.widgets.banner import Tone

_EXAMINED = "examined"
_SEND = "send"


class Sending(QObject):
    """`snapshot` gives the draft of this moment."""

    sent = Signal(int, object, bool)
    """Key in the outbox, for when (ms UTC, None for now), and whether the original is to be archived."""
    busy = Signal(bool)
    attach_wanted = Signal()

    def __init__(
        self,
        outbox: Outbox,
        tasks: Errands,
        head: Head,
        enclosing: Enclosing,
        keeping: Keeping,
        notices: NoticeBar,
        examine: Examine,
        snapshot: Callable[[], Snapshot],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._outbox, self._tasks, self._head, self._enclosing = outbox, tasks, head, enclosing
        self._keeping, self._notices, self._examine, self._snapshot = keeping, notices, examine, snapshot
        self._answered: set[str] = set()
        self._asked: Notice | None = None
        """What is asked about."""
        self._refused: Callable[[], bool] = lambda: False
        """Whether why nothing was sent is still so."""
        self._busy = False
        self._unread = 0
        """How many files could not be read when Send was pressed."""

    def send(self, at_ms: int | None = None, *, archive: bool = False) -> None:
        """Send, unless something is missing or was not asked yet."""
        if self._busy:
            return
        self._head.accept_all()
        self._notices.take_back(_SEND)
        if not self._is_addressed():
            return
        waiting = self._enclosing.pending
        if waiting:
            words = _("“{name}” is still being read. Send when it is attached.").format(name=waiting[0])
            self._refuse(words, lambda: waiting[0] in self._enclosing.pending)
            return
        self._unread = self._enclosing.unread
        self._set_busy(True)  # at once: who presses twice sends once
        self._tasks.run(self._send(at_ms, archive=archive))

    @property
    def is_asking(self) -> bool:
        """Whether something is said that may be so no more after the next key."""
        return self._asked is not None

    def touch(self) -> None:
        """Take back at once why nothing was sent, where that is so no more."""
        if not self._refused():
            self._notices.take_back(_SEND)

    async def look_over(self) -> None:
        """Say the most serious thing about the draft, if any, while it is being written.

        That something is missing is only said to whoever wanted to send; then it stands until it is there.
        """
        found = await self._found()
        if self._busy:
            return
        asked = self._asked.kind if self._asked is not None else ""
        question = next((each for each in found if not each.on_sending or each.kind == asked), None)
        if question is None:
            self._take_back()
        elif question != self._asked:  # else it stands there, perhaps with an offer to send all the same
            self._ask(question)

    async def _found(self) -> tuple[Notice, ...]:
        """Return what nobody answered yet, the most serious first; looked for on another thread."""
        found = await self._tasks.read(_looked_over, self._examine, self._snapshot())
        return tuple(each for each in found if each.kind not in self._answered)

    def _is_addressed(self) -> bool:
        wrong = self._head.wrong
        if wrong:
            self._refuse(wrong_words(wrong[0]), lambda: wrong[0] in self._head.wrong)
            return False
        if not self._goes_to_somebody():
            self._refuse(_("Say whom the message goes to."), lambda: not self._goes_to_somebody())
            self._head.to.line.setFocus()
            return False
        return True

    def _goes_to_somebody(self) -> bool:
        return any(field.addresses for field in self._head.fields)

    def _refuse(self, words: str, is_so: Callable[[], bool]) -> None:
        self._refused = is_so
        self._notices.say(_SEND, words, Tone.DANGER)

    def _take_back(self) -> None:
        self._asked = None
        self._notices.take_back(_EXAMINED)

    def _ask(self, notice: Notice, anyway: Act | None = None) -> None:
        wanted = notice.offers
        if anyway is not None:
            # who presses Send wants to send: the offer that changes something stays, "fine" would say the same
            wanted = tuple(offer for offer in notice.offers if offer.remedy is not Remedy.FINE)[:1]
        offers: list[Act] = [(offer.words, partial(self._do, notice, offer)) for offer in wanted]
        if anyway is not None:
            offers.append(anyway)
            self._notices.take_back(_EXAMINED)  # the same words may stand there with other offers
        self._asked = notice
        self._notices.say(_EXAMINED, notice.words, Tone.WARNING, tuple(offers[:2]))

    def _anyway(self, kind: str, at_ms: int | None, archive: bool) -> None:
        self._answered.add(kind)
        self._take_back()
        self.send(at_ms, archive=archive)

    def _do(self, notice: Notice, offer: Offer) -> None:
        self._take_back()
        if offer.remedy is Remedy.FINE:
            self._answered.add(notice.kind)
        elif offer.remedy is Remedy.ATTACH:
            self.attach_wanted.emit()
        elif offer.remedy is Remedy.SUBJECT:
            self._head.subject.setFocus()
        elif offer.remedy is Remedy.REMOVE:
            self._remove(offer.address)
        elif offer.remedy is Remedy.TO_BCC:
            self._hide_recipients()
        if offer.remedy in (Remedy.FINE, Remedy.REMOVE, Remedy.TO_BCC):
            self._tasks.run(self.look_over())

    def _remove(self, address: str) -> None:
        for field in self._head.fields:
            for each in field.addresses:
                if each.key == address.lower():
                    field.remove(each)

    def _hide_recipients(self) -> None:
        moved: list[Address] = [*self._head.to.addresses, *self._head.cc.addresses]
        self._head.to.show_addresses(())
        self._head.cc.show_addresses(())
        self._head.bcc.add(moved)

    async def _send(self, at_ms: int | None, *, archive: bool) -> None:
        try:
            waiting_key = await self._hand_over(at_ms, archive=archive)
        except Problem as problem:
            self._set_busy(False)
            self._refused = lambda: True  # what went wrong is told until it is tried again
            self._notices.say(_SEND, problem.text, Tone.DANGER, details=problem.details)
            return
        except Exception:
            self._set_busy(False)
            raise
        self._set_busy(False)
        if waiting_key is not None:
            self._keeping.give_up()
            self.sent.emit(waiting_key, at_ms, archive)

    async def _hand_over(self, at_ms: int | None, *, archive: bool) -> int | None:
        """Return the key in the outbox; None where something was asked or could not be saved."""
        question = next(iter(await self._found()), None)
        if question is not None:
            words = _("Send anyway") if at_ms is None else _("Schedule anyway")
            self._ask(question, (words, partial(self._anyway, question.kind, at_ms, archive)))
            return None
        if not await self._keep():
            return None
        key = self._keeping.key
        assert key is not None
        self._enclosing.is_shut = True
        try:
            return await self._tasks.write(self._outbox.send, key, at_ms)
        except BaseException:
            self._enclosing.is_shut = False
            raise

    async def _keep(self) -> bool:
        """Keep the draft, with the files that were dropped on it since Send was pressed; says whether it is kept."""
        while True:
            await self._enclosing.all_came()
            if self._enclosing.unread > self._unread:
                return False  # it is said, and the mail would go without what was meant to go along
            is_kept = await self._keeping.save(at_any_rate=self._keeping.draft is None)
            if is_kept and not self._enclosing.pending:
                return True
            if self._keeping.is_given_up or self._keeping.state.kept is Kept.FAILED:
                return False

    @property
    def is_busy(self) -> bool:
        """Whether the mail is just handed over."""
        return self._busy

    def _set_busy(self, busy: bool) -> None:
        self._busy = busy
        self.busy.emit(busy)


def _looked_over(examine: Examine, snapshot: Snapshot) -> tuple[Notice, ...]:
    return examine(finished(snapshot))
