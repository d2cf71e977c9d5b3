"""A program that sends mails one after another until it is killed: run as a process by `test_sending_faults`.

Writes "sent NUMBER" to stdout once the outbox has promised to keep a mail, "end" when the outbox is empty.
"""

from __future__ import annotations

import sys
from pathlib import Path

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from tests.desk import Desk


def main(folder: str, first: int, mails: int) -> None:
    desk = Desk(Path(folder), after_crash=True)
    services = desk.core.services
    [account] = services.accounts.all()
    senders = desk.core.supervisor.senders
    senders.start()
    print("ready", flush=True)
    for number in range(first, first + mails):
        draft = Draft(
            sender=Address("Ann", account.address),
            to=(Address("", "bo@example.org"),),
            subject=f"Mail {number}",
            is_html=False,
            text="word " * 500,
        )
        services.outbox.send(services.compose.save(draft), hold_s=0)
        print(f"sent {number}", flush=True)
        senders.wake(account.key)
    while any(not mail.asks for mail in services.outbox.all()):
        senders.retry(account.key)
        senders._senders[account.key]._thread.join(0.05)
    print("end", flush=True)
    desk.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
