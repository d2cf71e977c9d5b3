"""The program as a person meets it who does not see it: a process on a screen, its accessibility tree, and keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.conftest import passphrase_file, rapport
from tests.app.rapport import Rapport
from tests.desk import mail
from tests.journeys.screen import Node, Screen, on_screen
from tests.servers.dovecot import PASSWORD, Dovecot

__all__ = ["passphrase_file", "rapport"]

pytestmark = [pytest.mark.server, pytest.mark.display, pytest.mark.timeout(180)]

COUNT = 12


@pytest.fixture
def screen(rapport: Rapport, dovecot: Dovecot, imap_user: str, tmp_path: Path) -> Iterator[Screen]:
    """The program with a mailbox of `COUNT` mails on a screen of its own."""
    dovecot.deliver(imap_user, [mail(n, text=f"The zebra of day {n}.") for n in range(1, COUNT + 1)])
    server = f"127.0.0.1:{dovecot.imap_port}/plain"
    added = rapport(
        "mail-account", "add", "--address", imap_user, "--imap", server, "--password-stdin", stdin=f"{PASSWORD}\n"
    )
    assert added.returncode == 0, added
    with on_screen(rapport, tmp_path) as made:
        made.until(lambda: made.find(f"Inbox, {COUNT} unread"), "the Inbox with its number")
        made.focus("^Rapport$")
        yield made


def _mails(screen: Screen) -> list[str]:
    return [node.name for node in screen.tree() if node.role == "list item" and "Anna Keller" in node.name]


def _nameless(screen: Screen) -> list[tuple[str, ...]]:
    """Return what can have the keyboard and says nothing of itself, with what lies above it."""
    path: list[Node] = []
    found = []
    for node in screen.tree():
        del path[node.depth :]
        path.append(node)
        if node.focusable and not node.name.strip():
            found.append(tuple(f"{above.role} {above.name}" for above in path[-4:]))
    return found


def test_a_mail_is_read_archived_and_found_by_keyboard_and_screen_reader(screen: Screen) -> None:
    screen.until(lambda: len(_mails(screen)) >= 5, "the list tells its mails")
    assert _mails(screen)[0].startswith(f"Unread mail, Anna Keller, Mail {COUNT},")

    screen.open_first_mail()
    screen.until(lambda: screen.find("Text of the mail"), "the reader tells that there is a text")
    screen.until(lambda: screen.find(f"Inbox, {COUNT - 1} unread"), "what was looked at is read")

    screen.press("a")
    screen.until(lambda: not any(f"Mail {COUNT}," in name for name in _mails(screen)), "it left the list")
    screen.press("ctrl+z")
    screen.until(lambda: any(f"Mail {COUNT}," in name for name in _mails(screen)), "it is back")

    screen.press("ctrl+k")
    screen.type("subject:3")
    screen.until(lambda: len(_mails(screen)) == 1 and "Mail 3" in _mails(screen)[0], "the search found it")
    screen.press("Escape", "Escape", "Escape")
    screen.until(lambda: len(_mails(screen)) >= 5, "the folder is back")


def test_everything_that_takes_the_keyboard_has_a_name(screen: Screen) -> None:
    screen.until(lambda: len(_mails(screen)) >= 5, "the list tells its mails")
    screen.open_first_mail()
    screen.until(lambda: screen.find("Text of the mail"), "a mail is open")
    in_the_window = _nameless(screen)

    screen.press("ctrl+f")
    screen.until(lambda: screen.find("Find in message"), "the find bar")
    screen.press("Escape", "ctrl+shift+k")
    screen.until(lambda: screen.find("Close the quick filter"), "the quick filter")
    in_the_bars = _nameless(screen)
    screen.press("Escape")
    screen.until(lambda: not screen.find("Close the quick filter"), "the quick filter is gone")

    screen.act(screen.find("Preferences", "push button", "button"))
    screen.focus("Preferences")
    screen.until(lambda: screen.find("Appearance"), "the preferences")
    in_preferences = _nameless(screen)
    screen.press("Escape")
    screen.until(lambda: not screen.find("Appearance"), "the preferences are closed")
    screen.focus("^Rapport$")
    screen.press("ctrl+u")
    screen.focus("Source of")
    in_source = _nameless(screen)

    assert in_the_window == []
    assert in_the_bars == []
    assert in_preferences == []
    assert in_source == []
