"""`rapport send`: write a mail from files, send it and wait until its fate is known.

In a program whose engine runs already its own senders are asked; alone on the profile the steps are done here.
"""

from __future__ import annotations

import threading
from pathlib import Path

from desktop.app.arguments import SendMail
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base import clock
from desktop.base.errors import Problem
from desktop.base.i18n import _, n_
from desktop.base.text import encodable
from desktop.domain import events
from desktop.domain.mail import address_list
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Identity
from desktop.domain.mail.html_plain import plain_of
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.services.mail.compose import FileUnreadable
from desktop.services.mail.leaving import NoServerToSend

_LOOK_EVERY_S = 1.0


def run(command: SendMail, core: Core, console: Console, *, engine_runs: bool) -> int:
    """Send; returns 0 once a server has taken the mail for everybody, else 1. Raises Problem."""
    services = core.services
    sender = _identity(core, command.sender)
    draft = Draft(
        sender=sender.mailbox,
        reply_to=_people((sender.reply_to,)),
        to=_people(command.to),
        cc=_people(command.cc),
        bcc=_people(command.bcc),
        subject=command.subject,
        is_html=command.html is not None,
        html=html if (html := _read(command.html)) else "",
        text=plain_of(html) if html else _read(command.text),
        enclosures=tuple(services.compose.attach(path) for path in command.files),
    )
    kept = services.compose.save(draft)
    try:
        key = services.outbox.send(kept, hold_s=0)
    except Problem:
        services.compose.discard(kept)
        raise
    mail = _awaited(core, key) if engine_runs else _done_here(core, key)
    return _tell(mail, len(draft.recipients), core, console)


def _identity(core: Core, address: str) -> Identity:
    for _account, identity in core.services.compose.identities():
        if identity.address.lower() == address.strip().lower():
            return identity
    raise NoServerToSend(address)


def _people(written: tuple[str, ...]) -> tuple[Address, ...]:
    return tuple(person for each in written for person in address_list.parse(encodable(each).encode()))


def _read(path: Path | None) -> str:
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError as error:
        raise FileUnreadable(path.name, error.strerror or "") from error


def _awaited(core: Core, key: int) -> Outgoing | None:
    """Wait for the running engine; returns the mail as long as it is in the outbox."""
    changed = threading.Event()
    stop_listening = core.bus.subscribe(events.OutboxChanged, lambda _event: changed.set())
    try:
        while (mail := core.services.outbox.get(key)) is not None and not _is_settled(mail):
            if core.ending.is_set():
                return mail
            changed.wait(_LOOK_EVERY_S)
            changed.clear()
        return mail
    finally:
        stop_listening()


def _done_here(core: Core, key: int) -> Outgoing | None:
    """Do the steps one after another until the mail is out of the outbox, or waits for something."""
    while (mail := core.services.outbox.get(key)) is not None and mail.account_key is not None:
        if mail.stage is Stage.FAILED or mail.asks or mail.problem:
            return mail
        # what is due in a while is a second look into Sent: a mail that is to be tried again has a problem
        if core.ending.wait(max(mail.due_at_ms - clock.now(), 0) / 1000):
            return mail
        core.supervisor.senders.send_once(mail.account_key)
    return mail


def _is_settled(mail: Outgoing) -> bool:
    """Say whether nothing more will be known of a mail soon."""
    return mail.stage in (Stage.FAILED, Stage.ACCEPTED) or mail.asks or bool(mail.problem)


def _tell(mail: Outgoing | None, people: int, core: Core, console: Console) -> int:
    if mail is None or (mail.stage is Stage.ACCEPTED and not mail.refused):
        console.say(n_("Sent to {n} person.", "Sent to {n} people.", people).format(n=people))
        return 0
    if mail.problem:
        console.complain(Problem(mail.problem, details=mail.details))
    if mail.stage is Stage.UNKNOWN:
        console.say(_("Nobody knows whether the mail was sent: the connection was lost while the server took it."))
    elif mail.stage is not Stage.FAILED:
        # who believed it failed, and sent it again, would send it twice
        console.say(_("The mail waits in the outbox."))
    return 1
