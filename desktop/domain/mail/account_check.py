"""The steps of trying an account, as a person watches them: each with a state, words and the time it took. Pure.

Whoever shows them shows what there is: a step more is a step more in the window.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Role, ServerFolder


class CheckState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One step as it stands. A later one of the same name takes its place."""

    name: str
    title: str
    state: CheckState
    words: str = ""
    """What came of it: a sentence or less."""
    seconds: float | None = None
    """How long it took; None while it is not over."""
    details: str = ""
    """The server's own words."""


TellCheck = Callable[[Check], object]
"""Told of each change of a step, on the thread that makes it."""


class MakeCheck(Protocol):
    """Makes one step as it stands: `incoming`, `folders`, `outgoing`."""

    def __call__(
        self, state: CheckState, words: str = "", seconds: float | None = None, details: str = ""
    ) -> Check: ...


def incoming(state: CheckState, words: str = "", seconds: float | None = None, details: str = "") -> Check:
    """Return the step that signs in to the server of the mailbox."""
    titles = {
        CheckState.WAITING: _("Incoming mail"),
        CheckState.RUNNING: _("Signing in for incoming mail"),
        CheckState.DONE: _("Incoming mail works"),
        CheckState.FAILED: _("Incoming mail does not work yet"),
    }
    return Check("incoming", titles[state], state, words, seconds, details)


def folders(state: CheckState, words: str = "", seconds: float | None = None, details: str = "") -> Check:
    """Return the step that reads the list of folders."""
    titles = {
        CheckState.WAITING: _("Folders"),
        CheckState.RUNNING: _("Reading folders"),
        CheckState.DONE: _("Folders are read"),
        CheckState.FAILED: _("The folders cannot be read"),
    }
    if state is CheckState.WAITING:
        words = _("Next")
    return Check("folders", titles[state], state, words, seconds, details)


def outgoing(state: CheckState, words: str = "", seconds: float | None = None, details: str = "") -> Check:
    """Return the step that signs in where mails are sent."""
    titles = {
        CheckState.WAITING: _("Outgoing mail"),
        CheckState.RUNNING: _("Signing in for outgoing mail"),
        CheckState.DONE: _("Outgoing mail works"),
        CheckState.FAILED: _("Outgoing mail does not work yet"),
    }
    if state is CheckState.WAITING:
        words = _("Next")
    return Check("outgoing", titles[state], state, words, seconds, details)


def sending_words(*, signed_in: bool) -> str:
    """Return what a server said that takes our mails."""
    return _("Signed in") if signed_in else _("The server takes mails without a password")


def capability_words(capabilities: Collection[str]) -> str:
    """Return what a server that let us in offers, by the names of its capabilities in upper case."""
    changes = next((name for name in ("QRESYNC", "CONDSTORE") if name in capabilities), "")
    push = "IDLE" if "IDLE" in capabilities else ""
    if push and changes:
        return _("Signed in, {first} and {second} are available").format(first=push, second=changes)
    if push or changes:
        return _("Signed in, {name} is available").format(name=push or changes)
    return _("Signed in. The server is asked for new mail every few minutes.")


def folder_words(found: Iterable[ServerFolder]) -> str:
    """Return how many folders there are, and which of the special ones are known for what they are."""
    listed = [folder for folder in found if folder.selectable]
    names = {
        Role.SENT: _("Sent"),
        Role.DRAFTS: _("Drafts"),
        Role.ARCHIVE: _("Archive"),
        Role.JUNK: _("Junk"),
        Role.TRASH: _("Trash"),
    }
    known = [words for role, words in names.items() if any(folder.role is role for folder in listed)]
    count = n_("{n} folder", "{n} folders", len(listed)).format(n=len(listed))
    if not known:
        return count
    return _("{folders}, recognised: {names}").format(folders=count, names=", ".join(known))
