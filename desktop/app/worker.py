"""`rapport worker`: the engine without a window, until a signal asks it to end. For servers and group mailboxes."""

from __future__ import annotations

import os
import threading

from desktop.app import signals
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base.i18n import _
from desktop.base.paths import shown
from desktop.domain import events


def run(core: Core, console: Console) -> int:
    """Fetch until SIGTERM or SIGINT; returns 0. The caller closes the core."""
    end = threading.Event()
    with signals.setting(end):
        stop_telling = core.bus.subscribe(events.MailAccountStatusChanged, lambda event: _tell(core, console, event))
        try:
            core.start()
            words = _("The worker takes care of {path} (process {pid}).")
            console.say(words.format(path=shown(core.profile.root), pid=os.getpid()))
            end.wait()
            console.say(_("The worker ends."))
        finally:
            stop_telling()
    return 0


def _tell(core: Core, console: Console, event: events.MailAccountStatusChanged) -> None:
    """Say on stderr, which a service manager keeps, what keeps an account from its mail."""
    status = core.services.accounts.status(event.account_key)
    if status.problem:
        console.say(status.problem)
