"""Journey: being told of new mail, from the mail server to the notification server of the desktop and back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from desktop.domain import settings
from desktop.ui.window.background import Background
from tests.desk import mail
from tests.journeys.program import Program
from tests.journeys.test_new_mail import on_server
from tests.servers.dovecot import Dovecot
from tests.servers.notifications import ALL, NotificationDesk, notification_server, session_bus

pytestmark = [
    pytest.mark.server,
    pytest.mark.qt_log_ignore("systemTrayWindowChanged", extend=True),
]


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationDesk]:
    """What the desktop shows."""
    with session_bus() as address, notification_server(address, *ALL) as desk:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield desk


@pytest.fixture
def behind(screen: NotificationDesk, start: Callable[[], Program]) -> Iterator[tuple[Program, Background]]:
    """The program with what it is in the background, and a tray."""
    program = start()
    made = Background(
        program.window,
        program.core.services,
        program._tasks,
        program._bridge,
        program.window._state,
        program.core.desktop,
        lambda: True,
    )
    yield program, made
    made.close()


def _texts(screen: NotificationDesk) -> list[tuple[str, str]]:
    return [(notice["title"], notice["body"]) for notice in screen.standing]


async def test_new_mail_is_told_acted_upon_and_taken_back(
    behind: tuple[Program, Background], screen: NotificationDesk, dovecot: Dovecot, imap_user: str
) -> None:
    program, background = behind
    program.core.services.settings.set(settings.CLOSE_TO_TRAY, True)
    dovecot.deliver(imap_user, [mail(n) for n in range(1, 4)])
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: len(program.subjects()) == 3)
    assert screen.calls == [], "nothing is told of a first sync"

    # closed to the tray it goes on fetching, and says so once
    program.window.close()
    await program.until(lambda: [title for title, _body in _texts(screen)] == ["Rapport is still running"])
    await program.until(lambda: background.tray.badge == "3")

    # one mail, one notice, with what it is
    dovecot.deliver(imap_user, [mail(10, subject="Offer <b>now</b>")])
    await program.until(lambda: ("Anna Keller", "Offer &lt;b&gt;now&lt;/b&gt;") in _texts(screen), "told")
    await program.until(lambda: background.tray.badge == "4")
    offer = screen.standing[-1]["number"]

    # read by another program it is news no longer
    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "subject", "Offer")
    await program.until(lambda: offer not in [notice["number"] for notice in screen.standing], "withdrawn")

    # archived from the notice, there too
    dovecot.deliver(imap_user, [mail(11, subject="To be filed")])
    await program.until(lambda: ("Anna Keller", "To be filed") in _texts(screen))
    screen.say("invoke", screen.standing[-1]["number"], "archive")
    await program.until(lambda: set(on_server(dovecot, imap_user, "Archive")) == {"To be filed"}, "archived there")
    assert not program.window.isVisible()

    # a click opens exactly that mail, in the window
    dovecot.deliver(imap_user, [mail(12, subject="Read me")])
    await program.until(lambda: ("Anna Keller", "Read me") in _texts(screen))
    screen.say("invoke", screen.standing[-1]["number"], "default")
    reader = program.window.room.reader
    await program.until(lambda: reader.opened is not None and reader.opened.head.subject == "Read me")
    assert program.window.isVisible()
    told = [call["body"] for call in screen.shown if call["title"] == "Anna Keller"]
    assert told == ["Offer &lt;b&gt;now&lt;/b&gt;", "To be filed", "Read me"], "each once"


async def test_five_mails_at_once_are_one_notice(
    behind: tuple[Program, Background], screen: NotificationDesk, dovecot: Dovecot, imap_user: str
) -> None:
    program, background = behind
    dovecot.deliver(imap_user, [mail(1)])
    await program.add_account(dovecot, imap_user)
    await program.until(lambda: len(program.subjects()) == 1)
    program.window.hide()

    dovecot.deliver(imap_user, [mail(n, subject=f"Mail {n}") for n in range(10, 15)])
    await program.until(lambda: screen.standing, "told")

    [notice] = screen.standing
    assert notice["title"] == "5 new mails"
    assert notice["body"].splitlines()[-1] == "and 2 more"
    assert len(screen.shown) == 1
    dovecot.doveadm("flags", "add", "-u", imap_user, "\\Seen", "mailbox", "INBOX", "all")
    await program.until(lambda: not screen.standing, "all are read")
    assert background.notices.told == frozenset()
