"""The form of a mail account and the preferences by accessibility tree and keys, as one meets them who sees neither."""

from __future__ import annotations

import pytest

from tests.journeys.screen import Node, Screen
from tests.journeys.test_accessible_window import passphrase_file, rapport, screen

__all__ = ["passphrase_file", "rapport", "screen"]

pytestmark = [pytest.mark.server, pytest.mark.display, pytest.mark.timeout(180)]

OPENINGS = 10
MOST_TABS = 40
BUTTONS = ("Test", "Cancel", "Add account")


def _buttons(screen: Screen, *names: str) -> list[str]:
    return [n.name for n in screen.tree() if n.role in ("push button", "button") and n.name in names]


def _focused(screen: Screen) -> Node | None:
    """Return what has the keyboard in the window opened last; lists remember their cell when they have it no more."""
    nodes = screen.tree()
    last = max(at for at, node in enumerate(nodes) if node.depth == 1)
    return next((node for node in nodes[last + 1 :] if node.focused), None)


def _open_form(screen: Screen) -> None:
    screen.focus("Preferences")
    screen.act(screen.find("Add mail account", "push button", "button"))
    screen.until(lambda: screen.find("Enter servers by hand", "push button", "button"), "the first run")
    screen.act(screen.find("Enter servers by hand", "push button", "button"))
    screen.focus("Add mail account")


def _open_preferences(screen: Screen) -> None:
    screen.act(screen.find("Preferences", "push button", "button"))
    screen.focus("Preferences")
    screen.until(lambda: screen.find("Appearance"), "the preferences")
    screen.act(screen.find("Mail accounts", "push button", "button", "toggle button", "check box", "radio button"))
    screen.until(lambda: screen.find("Add mail account", "push button", "button"), "the page of accounts")


def test_no_button_of_the_form_vanishes_under_assistive_tools(screen: Screen) -> None:
    _open_preferences(screen)
    seen = []
    for _ in range(OPENINGS):
        _open_form(screen)
        screen.until(lambda: screen.find("Add account", "push button", "button"), "the form")
        screen.type("jan")
        for _tab in range(3):
            screen.press("Tab")
            screen.tree()
        seen.append(_buttons(screen, *BUTTONS))
        screen.press("Escape")
        screen.until(lambda: screen.find("Discard", "push button", "button"), "what is written is not lost by a key")
        screen.act(screen.find("Discard", "push button", "button"))
        screen.until(lambda: not screen.find("Add account", "push button", "button"), "the form is closed")

    assert seen == [["Cancel", *BUTTONS]] * OPENINGS, "that of the first run behind it, and those of the form"


def test_the_form_is_walked_by_tab_with_names_and_left_by_escape(screen: Screen) -> None:
    _open_preferences(screen)
    _open_form(screen)
    screen.until(lambda: (found := _focused(screen)) and found.name == "Address", "the keyboard is on the address")
    walked = ["Address"]
    for _ in range(MOST_TABS):
        before = walked[-1]
        screen.press("Tab")
        screen.until(lambda: _focused(screen), f"the keyboard is somewhere after {before}")
        now = _focused(screen)
        walked.append(now.name if now else "")
        if walked[-1] == "Address":
            break
    screen.press("Return")
    screen.until(lambda: screen.find("Write an address like"), "Enter tries to add, and says what is missing")
    screen.until(lambda: (found := _focused(screen)) and found.name == "Address", "the wrong field has the keyboard")
    screen.press("Escape")
    screen.until(lambda: not screen.find("Add account", "push button", "button"), "Escape leaves the form")

    assert walked == [
        "Address",
        "Your name",
        "Password",
        "Receiving (IMAP)",
        "Server",
        "Port",
        "TLS",
        "User name",
        "Sending (SMTP)",
        "What is fetched",
        "Two-way: changes here happen on the server",
        "Everything",
        "Names and signatures",
        "More",
        "Test",
        "Cancel",
        "Add account",
        "Address",
    ]
