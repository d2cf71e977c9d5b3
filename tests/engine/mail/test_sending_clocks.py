"""Clocks that are wrong, or were set while a mail waited: it leaves at the time that was said, once (R23)."""

from __future__ import annotations

import pytest

from desktop.base import clock
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.outbox import Stage
from tests.desk import Desk
from tests.engine.mail.test_sending import account, draft, outgoing, receiver, step
from tests.servers.smtp_receiver import SmtpReceiver

__all__ = ["account", "receiver"]

pytestmark = pytest.mark.server

HOUR_MS, DAY_MS = 3_600_000, 86_400_000


def test_r23_a_clock_that_is_set_back_sends_nothing_early_and_loses_nothing(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    services = desk.core.services
    at_ms = clock.now() + HOUR_MS
    services.outbox.send(services.compose.save(draft(account)), at_ms)

    for away_ms in (-DAY_MS, -HOUR_MS, -2 * HOUR_MS, -60_000):
        with clock.frozen(at_ms + away_ms):
            step(desk)
        assert (receiver.received, outgoing(desk).stage, outgoing(desk).asks) == ([], Stage.HELD, False)
    for _ in range(2):
        with clock.frozen(at_ms + 1000):
            step(desk)

    assert len(receiver.received) == 1
    assert services.outbox.all() == ()


def test_r23_what_is_held_for_seconds_leaves_though_the_clock_jumped_ahead(
    desk: Desk, account: MailAccount, receiver: SmtpReceiver
) -> None:
    """A computer that slept wakes a moment later by its own reckoning: nobody has to be asked about ten seconds."""
    services = desk.core.services
    services.outbox.send(services.compose.save(draft(account)), hold_s=10)

    with clock.frozen(clock.now() + HOUR_MS):
        step(desk)
        step(desk)

    assert len(receiver.received) == 1
    assert services.outbox.all() == ()
