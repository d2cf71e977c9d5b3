"""Sleep and jumps of the clock."""

from __future__ import annotations

from desktop.domain.mail.mail_account import Activity
from desktop.engine.clock_watch import GAP_S, TICK_S, slept
from tests.desk import Desk, mail, until
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy


def test_r08_a_gap_is_sleep_and_a_busy_moment_is_not() -> None:
    assert not slept(TICK_S, TICK_S)
    assert not slept(TICK_S + 3, TICK_S + 3)
    assert slept(1200, 1200), "stopped"
    assert slept(1200, TICK_S), "suspended: the steady clock stood still"
    assert not slept(TICK_S - 86_400, TICK_S), "the wall clock was set back"
    assert slept(TICK_S + GAP_S + 1, TICK_S)


def test_r08_after_sleep_the_connection_is_made_anew_and_mail_is_here(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, port=fault_proxy.port, interval_s=3600)
    desk.core.start()
    until(lambda: desk.core.services.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    connections = fault_proxy.connections

    dovecot.deliver(imap_user, [mail(2)])
    desk.core.supervisor._resumed()

    until(lambda: desk.subjects() == ["Mail 2", "Mail 1"])
    assert fault_proxy.connections > connections
