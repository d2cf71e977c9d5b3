"""What a provider lets be fetched in a day: counted over restarts, kept to, told, and gone on with by itself (R9)."""

from __future__ import annotations

import random
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.domain.mail.allowance import HOUR_MS
from desktop.domain.mail.mail_account import Activity, Cause
from desktop.domain.mail.provider import Provider
from desktop.engine.mail import fetch
from desktop.services.mail.traffic import DailyVolumeReached
from tests.desk import Desk, mail, until
from tests.servers.dovecot import Dovecot
from tests.servers.fault_proxy import FaultProxy

pytestmark = pytest.mark.server

DAILY_BYTES = 8_000_000
OLD, LARGE_TEXT = 360, "word " * 5000


@pytest.fixture
def limited(kept_by: Callable[..., Provider], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "BATCH_BYTES", 500_000)
    kept_by("google", daily_bytes=DAILY_BYTES)


@pytest.mark.usefixtures("limited")
def test_r09_older_mails_wait_near_the_limit_and_new_mail_comes(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(n, text=LARGE_TEXT) for n in range(1, OLD + 1)])
    account = desk.add(dovecot, imap_user, host="localhost", port=fault_proxy.port)

    desk.sync()

    here = len(desk.mails())
    assert 200 < here < OLD
    assert 0.7 * DAILY_BYTES < fault_proxy.passed["down"] < DAILY_BYTES + 1_000_000
    status = desk.core.services.accounts.status(account.key)
    assert status.activity is Activity.UP_TO_DATE
    assert "Google lets 8 MB be fetched in a day" in status.problem
    assert "25 hours" in status.problem or "24 hours" in status.problem

    dovecot.deliver(imap_user, [mail(OLD + 1)])
    desk.sync()
    assert len(desk.mails()) == here + 1
    with clock.frozen(clock.now() + 26 * HOUR_MS):
        desk.sync()
        assert len(desk.mails()) > here + 20, "it goes on the next day"


@pytest.mark.usefixtures("limited")
def test_r09_at_the_limit_nobody_asks_the_server_also_after_a_restart(
    desk: Desk, dovecot: Dovecot, fault_proxy: FaultProxy, imap_user: str, tmp_path: Path
) -> None:
    dovecot.deliver(imap_user, [mail(1)])
    account = desk.add(dovecot, imap_user, host="localhost", port=fault_proxy.port)
    desk.sync()
    dovecot.deliver(imap_user, [mail(n, text=LARGE_TEXT) for n in range(2, 500)])
    assert isinstance(desk.core.supervisor.sync_once()[account.key], DailyVolumeReached)
    came = fault_proxy.passed["down"]
    assert DAILY_BYTES < came < DAILY_BYTES + 2_000_000, "new mail goes on until the limit, and a batch or two"
    assert 250 < len(desk.mails()) < 450
    desk.close()

    again = Desk(tmp_path / "profile")
    try:
        again.core.start()
        again.core.services.accounts.sync_now(account.key)
        until(lambda: again.core.services.accounts.status(account.key).activity is Activity.WAITING)
        again.core.services.accounts.sync_now(account.key)
        problem = again.core.supervisor.sync_once()[account.key]
        status = again.core.services.accounts.status(account.key)
    finally:
        again.close()

    assert isinstance(problem, DailyVolumeReached)
    assert fault_proxy.passed["down"] == came
    assert status.cause is Cause.DAILY_VOLUME
    assert problem.wait_s > 23 * 3600


@pytest.mark.usefixtures("limited")
def test_r09_what_a_person_opens_is_tried_and_large_files_wait(
    desk: Desk, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    message = EmailMessage()
    message["From"], message["Subject"], message["Message-ID"] = "anna@acme.example", "Files", "<files@acme.example>"
    message.set_content("See the files.")
    message.add_attachment(random.Random(1).randbytes(1_000), "application", "pdf", filename="small.pdf")
    message.add_attachment(random.Random(2).randbytes(600_000), "video", "mp4", filename="large.mp4")
    dovecot.deliver(imap_user, [message.as_bytes().replace(b"\n", b"\r\n")])
    account = desk.add(dovecot, imap_user, host="localhost", size_limit_bytes=100_000)
    desk.sync()
    key = desk.mails()[0]
    desk.core.supervisor._means.mailboxes._traffic.came(account, DAILY_BYTES)

    def save(name: str) -> Path:
        [part] = [part for part in desk.core.services.views.head(key).parts if part.name == name]
        return desk.core.services.reading.fetch_part(key, part.section, tmp_path / name).result(60)

    assert save("small.pdf").stat().st_size == 1_000
    with pytest.raises(DailyVolumeReached):
        save("large.mp4")
    with clock.frozen(clock.now() + 26 * HOUR_MS):
        assert save("large.mp4").stat().st_size == 600_000


def test_r09_without_a_limit_nothing_is_counted(
    desk: Desk, dovecot: Dovecot, imap_user: str, kept_by: Callable[..., Provider]
) -> None:
    kept_by("gmx")
    dovecot.deliver(imap_user, [mail(1)])
    desk.add(dovecot, imap_user, host="localhost")

    desk.sync()

    with desk.core.database.read() as view:
        assert view.column("SELECT name FROM setting WHERE name LIKE 'received.%'") == []
