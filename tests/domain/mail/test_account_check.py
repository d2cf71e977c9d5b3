"""The words of a trial: what a server offers, and which folders are known for what they are."""

from __future__ import annotations

import pytest

from desktop.domain.mail.account_check import CheckState, capability_words, folder_words, folders, incoming
from desktop.domain.mail.folder import Role, ServerFolder


@pytest.mark.parametrize(
    ("capabilities", "words"),
    [
        ({"IMAP4REV1", "IDLE", "CONDSTORE", "QRESYNC"}, "Signed in, IDLE and QRESYNC are available"),
        ({"IDLE", "CONDSTORE"}, "Signed in, IDLE and CONDSTORE are available"),
        ({"IDLE"}, "Signed in, IDLE is available"),
        ({"QRESYNC"}, "Signed in, QRESYNC is available"),
        (set(), "Signed in. The server is asked for new mail every few minutes."),
    ],
)
def test_what_a_server_offers(capabilities: set[str], words: str) -> None:
    assert capability_words(capabilities) == words


def listed(*roles: Role) -> list[ServerFolder]:
    return [ServerFolder(role.encode(), role or "x", "/", role) for role in roles]


def test_folders_are_counted_and_the_special_ones_named() -> None:
    unseen = ServerFolder(b"[Mail]", "[Mail]", "/", Role.TRASH, selectable=False)

    assert folder_words(listed(Role.INBOX)) == "1 folder"
    assert folder_words([*listed(Role.INBOX, Role.DRAFTS, Role.SENT), unseen]) == "3 folders, recognised: Sent, Drafts"


def test_a_step_is_named_for_its_state() -> None:
    titles = [make(state).title for make in (incoming, folders) for state in CheckState]

    assert len(set(titles)) == len(titles)
