"""What the palette offers: actions, lists of mail, and the lines for what is typed. Pure but for the actions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop.base.i18n import _
from desktop.ui.actions import Actions
from desktop.ui.line_texts import one_line
from desktop.ui.mail.folder_nodes import Node, NodeKind
from desktop.ui.mail.move_picker import match
from desktop.ui.widgets.choice_list import Choice

_MOST_SHOWN = 80
_BEST = 6
"""So many of a kind, where all kinds are looked through: mail is to be in sight below them."""


class Prefix(StrEnum):
    """Typed first, it leaves one kind of entries."""

    ACTIONS = ">"
    FOLDERS = "#"


@dataclass(frozen=True, slots=True)
class Entry:
    """What can be chosen; `note` stands beside it: the account of a folder, the sender of a mail."""

    text: str
    icon: str
    note: str
    act: Callable[[], object]
    keys: tuple[str, ...] = ()


def of_actions(actions: Actions) -> Iterator[Entry]:
    """Yield what can be done now."""
    for spec in actions.specs:
        action = actions[spec.name]
        if action.isEnabled():
            key = actions.key_of(spec.name)
            yield Entry(action.text(), spec.icon, "", action.trigger, (key,) if key else ())


def of_folders(tops: Iterable[Node], show: Callable[[int], object]) -> Iterator[Entry]:
    """Yield the lists of the folder pane, those over all accounts first."""
    for node in tops:
        yield from _of_node(node, "", show)


def _of_node(node: Node, account: str, show: Callable[[int], object], above: str = "") -> Iterator[Entry]:
    is_account = node.kind is NodeKind.ACCOUNT
    name = above + node.name
    if node.list_id:
        yield Entry(one_line(name), node.icon or "folder", one_line(account), lambda: show(node.list_id))
    for child in node.children:
        yield from _of_node(child, node.name if is_account else account, show, "" if is_account else f"{name}/")


def split(typed: str) -> tuple[Prefix | None, str]:
    """Return the prefix of what is typed, and the words."""
    words = typed.strip()
    for prefix in Prefix:
        if words.startswith(prefix):
            return prefix, words[1:].strip()
    return None, words


def choices(
    typed: str,
    actions: Sequence[Entry],
    folders: Sequence[Entry],
    mails: Sequence[Entry],
    search: Callable[[str], object],
) -> list[Choice]:
    """Return the lines: everything while nothing is typed, else what matches, the best first, mail last.

    Mails come later than the rest: they stand where no line moves for them.
    """
    prefix, words = split(typed)
    lines: list[Choice] = []
    for kind, heading, entries in (
        (Prefix.ACTIONS, _("Actions"), actions),
        (Prefix.FOLDERS, _("Folders"), folders),
    ):
        found = (_matching(entries, words) if words else entries) if prefix in (None, kind) else ()
        if found:
            lines.append(Choice(heading, heading=True))
            most = _BEST if words and prefix is None else _MOST_SHOWN
            lines += [_line(each) for each in found[:most]]
    if words and prefix is None:
        wanted = Entry(
            _("Search mail for “{words}”").format(words=one_line(words)), "search", "", lambda: search(words)
        )
        lines += [Choice(_("Mail"), heading=True), _line(wanted), *(_line(each) for each in mails)]
    return lines or [Choice(_("Nothing is called so"), heading=True)]


def _line(entry: Entry) -> Choice:
    return Choice(entry.text, entry.icon, entry.note, entry, keys=entry.keys)


def _matching(entries: Sequence[Entry], words: str) -> list[Entry]:
    scored = [(score, at, each) for at, each in enumerate(entries) if (score := match(each.text, words))]
    return [each for _score, _at, each in sorted(scored, key=lambda one: (-one[0], one[1]))]
