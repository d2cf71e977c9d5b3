"""A new person's first day, in the real program on a real screen: set up, write, take back, schedule, be told.

Nothing is done behind the program's back: keys go in, what screen readers are told and notices come out.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.mail.mail_account import Security
from tests.app.conftest import passphrase_file, rapport
from tests.app.rapport import Rapport
from tests.desk import mail
from tests.display import running
from tests.journeys.screen import Screen, on_screen
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.notifications import ALL, NotificationDesk, notification_server
from tests.servers.smtp_receiver import SmtpReceiver

__all__ = ["passphrase_file", "rapport"]

pytestmark = [pytest.mark.server, pytest.mark.display, pytest.mark.timeout(240)]


WATCHER = Path(__file__).parents[1] / "servers" / "status_watcher.py"


@pytest.fixture
def receiver(smtp_receiver: Callable[..., SmtpReceiver], dovecot: Dovecot, imap_user: str) -> SmtpReceiver:
    return smtp_receiver(
        security=Security.TLS,
        tls=dovecot.tls_context(),
        lmtp_port=dovecot.lmtp_port,
        passwords={imap_user: PASSWORD},
    )


@pytest.fixture
def screen(rapport: Rapport, dovecot: Dovecot, tmp_path: Path) -> Iterator[Screen]:
    rapport.variables["SSL_CERT_FILE"] = str(dovecot.ca_file)
    with on_screen(rapport, tmp_path) as made:
        made.until(lambda: made.find("Welcome to Rapport"), "the first run")
        made.focus("^Rapport$")
        yield made


@pytest.fixture
def told(screen: Screen) -> Iterator[NotificationDesk]:
    """What the desktop shows. It has a tray too."""
    command = [sys.executable, str(WATCHER)]
    bus = screen.environ["DBUS_SESSION_BUS_ADDRESS"]
    with running(command, env=screen.environ, stdout=subprocess.PIPE) as tray, notification_server(bus, *ALL) as desk:
        assert tray.stdout is not None
        assert tray.stdout.readline() == "ready\n"
        yield desk


BUTTON = ("push button", "button")


def set_up(screen: Screen, address: str, imap_port: int, smtp_port: int) -> None:
    """Add an account by the form."""
    screen.act(screen.find("Enter servers by hand", *BUTTON))
    screen.focus("Add mail account")
    screen.until(lambda: screen.find("Add account", *BUTTON), "the form")
    fields = {"Address": address, "Your name": "Jan Berger", "Server": "localhost", "Port": str(imap_port)}
    for name, value in fields.items():
        screen.put(screen.last(name, "text"), value)
    screen.put(screen.last("Password", "password text"), PASSWORD)
    screen.act(screen.find("Sending (SMTP)", "check box"))
    screen.until(lambda: len([n for n in screen.tree() if (n.name, n.role) == ("Server", "text")]) == 2, "its fields")
    screen.put(screen.last("Server", "text"), "localhost")
    screen.put(screen.last("Port", "text"), str(smtp_port))
    screen.act(screen.last("Add account", *BUTTON))


def write(screen: Screen, to: str, subject: str, text: str) -> None:
    """Begin a mail; it is left with the keyboard in its text."""
    screen.press("ctrl+n")
    screen.focus("^New message")
    screen.until(lambda: screen.last("To", "text"), "a composer")
    screen.type(to)
    screen.press("Return")
    screen.put(screen.last("Subject", "text"), subject)
    screen.press("Tab")
    screen.type(text)


def test_a_new_person_lives_in_it(
    screen: Screen, told: NotificationDesk, dovecot: Dovecot, imap_user: str, receiver: SmtpReceiver
) -> None:
    dovecot.deliver(imap_user, [mail(1, subject="Welcome")])
    set_up(screen, imap_user, dovecot.imaps_port, receiver.port)
    screen.until(lambda: screen.find("Inbox, 1 unread"), "the mail is there")
    screen.focus("^Rapport")
    friend = dovecot.new_user()
    write(screen, friend, "Lunch", "Shall we eat at noon?")
    screen.press("ctrl+Return")
    screen.until(lambda: screen.find("Outbox, 1"), "it waits to leave")
    screen.focus("^Rapport")
    screen.press("ctrl+z")
    screen.focus("^Lunch")
    screen.until(lambda: screen.find("Message text", "text"), "it is back in a composer")
    assert receiver.received == []
    screen.press("ctrl+Return")
    [sent] = receiver.wait_for(1, 30)
    assert sent.recipients == [friend]
    assert b"Shall we eat at noon?" in sent.raw
    assert dovecot.doveadm("search", "-u", friend, "subject", "Lunch").strip(), "the friend has it"
    screen.until(lambda: not screen.find("Outbox, 1"), "nothing waits any more")

    # one for later
    screen.focus("^Rapport")
    write(screen, friend, "Report", "Here it is.")
    screen.press("ctrl+shift+Return")
    screen.until(lambda: screen.find("Schedule", *BUTTON), "when?")
    screen.press("Return")
    screen.until(lambda: screen.find("Outbox, 1"), "it waits for its time")
    screen.focus("^Rapport")
    screen.press("ctrl+shift+p")
    screen.type("Outbox")
    screen.press("Return")
    screen.until(lambda: screen.find(f"To: {friend}, Report, ", "list item"), "the outbox")
    screen.focus("^Rapport$")
    screen.open_first_mail()
    screen.until(lambda: screen.find("Send now", *BUTTON), "it can go earlier")
    assert len(receiver.received) == 1
    screen.act(screen.find("Send now", *BUTTON))
    receiver.wait_for(2, 30)

    # to the tray
    screen.act(screen.find("Preferences", *BUTTON))
    screen.focus("Preferences")
    screen.act(screen.find("Notifications", "push button", "button", "toggle button", "check box", "radio button"))
    screen.until(lambda: screen.find("Quit Rapport"), "what closing does")
    screen.act(screen.find("Keep running in the tray"))
    screen.press("Escape")
    screen.until(lambda: not screen.find("Quit Rapport"), "the preferences are closed")
    screen.close("^Rapport$")
    screen.until(lambda: not screen.shows("^Rapport$"), "only the icon in the tray is left")
    assert screen.program.poll() is None

    # the friend answers
    message_id = re.search(rb"^Message-ID: *(\S+)", sent.raw, re.MULTILINE)
    assert message_id is not None
    answered = {"In-Reply-To": message_id[1].decode(), "From": f"Bo Trent <{friend}>", "To": imap_user}
    dovecot.deliver(imap_user, [mail(2, subject="Re: Lunch", text="Noon it is.", **answered)])
    told.until(lambda: [notice for notice in told.standing if notice["title"] == "Bo Trent"], "the answer is told")
    [notice] = [notice for notice in told.standing if notice["title"] == "Bo Trent"]
    assert notice["body"] == "Re: Lunch"
    told.say("invoke", notice["number"], "default")
    screen.until(lambda: screen.shows("^Rapport$"), "the window is back")
    screen.until(lambda: screen.find("Text of the mail"), "the answer is open")
    screen.until(lambda: screen.find("Inbox, 1 unread"), "and counts as read")
    screen.focus("^Rapport$")
    screen.press("ctrl+k")
    screen.type("noon")
    screen.until(lambda: screen.find("Bo Trent, Re: Lunch", "list item"), "it is found again")
