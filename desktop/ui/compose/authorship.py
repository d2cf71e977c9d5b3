"""Whom a draft is from, and the signature that goes with it. GUI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Identity
from desktop.domain.mail.written import Block, is_blank
from desktop.ui.compose import signature
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.errands import Errands
from desktop.ui.compose.head import From, Head


class Authorship(QObject):
    """`draft` holds From and Reply-To as they are now; what else is in it stays as it came.

    `read` makes a kept signature safe and has its pictures go along.
    """

    changed = Signal()

    def __init__(
        self,
        tasks: Errands,
        head: Head,
        editor: Editor,
        draft: Draft,
        read: Callable[[str], Awaitable[tuple[Block, ...]]],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._tasks, self._head, self._editor, self._read = tasks, head, editor, read
        self._coming = 0
        self._settled = asyncio.Event()
        self._settled.set()
        self._turn = asyncio.Lock()
        """Of two signatures that are read, the one that was chosen last stands there in the end."""
        self.draft = draft
        self.choices: tuple[From, ...] = ()
        self.signature: tuple[Block, ...] = ()
        """As it was put in; blank for none."""
        head.from_chosen.connect(self._write_as)
        head.signature_chosen.connect(self._sign_soon)

    async def begin(self, found: tuple[tuple[int, Identity], ...], *, is_new: bool) -> None:
        """Offer these identities; a draft that is new gets the signature, unless it came with it."""
        self.choices = tuple(From(key, identity) for key, identity in found)
        identity = self._identity()
        if identity is not None:
            if not self.draft.sender.address:
                self.draft = _from(self.draft, identity)
            wanted = await self._signature_of(identity)
            if signature.is_there(self._editor, wanted):
                self.signature = wanted
                signature.mark(self._editor, wanted)
            elif is_new:
                self.signature = wanted
                signature.exchange(self._editor, (), wanted)
            # else it was changed or taken out: the draft stays as it is
        self._show(identity)

    async def settled(self) -> None:
        """Wait for a signature that was chosen and is still being read."""
        await self._settled.wait()

    def _identity(self) -> Identity | None:
        """Return whom the draft is from; the default where it does not say."""
        wanted = self.draft.sender.key
        for choice in self.choices:
            if choice.identity.address.lower() == wanted:
                return choice.identity
        return self.choices[0].identity if self.choices and not wanted else None

    def _write_as(self, choice: From) -> None:
        """Change From at once, and soon with it the signature nobody touched."""
        self.draft = _from(self.draft, choice.identity)
        self._head.show_from(self.draft.sender, self.choices)
        self.changed.emit()
        self._sign_soon(choice.identity)

    def _sign_soon(self, identity: Identity | None) -> None:
        self._coming += 1
        self._settled.clear()
        self._tasks.run(self._sign_as(identity))

    async def _sign_as(self, identity: Identity | None) -> None:
        try:
            async with self._turn:
                self._exchange(() if identity is None else await self._signature_of(identity))
                self._show(identity)
        finally:
            self._coming -= 1
            if not self._coming:
                self._settled.set()
        self.changed.emit()

    def _exchange(self, after: tuple[Block, ...]) -> None:
        if is_blank(self.signature) or signature.is_there(self._editor, self.signature):
            signature.exchange(self._editor, self.signature, after)
            self.signature = after

    async def _signature_of(self, identity: Identity) -> tuple[Block, ...]:
        html = signature.html_for(identity, self.draft)
        return await self._read(html) if html else ()

    def _show(self, identity: Identity | None) -> None:
        self._head.show_from(self.draft.sender, self.choices)
        self._head.show_signature(identity if not is_blank(self.signature) else None)


def _from(draft: Draft, identity: Identity) -> Draft:
    reply_to = (Address("", identity.reply_to),) if identity.reply_to else ()
    return replace(draft, sender=identity.mailbox, reply_to=reply_to)
