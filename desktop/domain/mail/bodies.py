"""Which leaves of a mail are its body and which are attachments (RFC 2046, section 5.1; RFC 2183). Pure."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop.domain.mail.structure import Node

_TEXTS = frozenset({"text/html", "text/plain"})
# shown by programs that can; in an alternative they are the same words once more, never an attachment
_REPEATS = frozenset({"text/x-amp-html", "text/enriched", "text/richtext", "text/watch-html", "application/rtf"})


@dataclass(slots=True)
class Bodies:
    """`shown`: text leaves in reading order; `others`: what a person may save."""

    shown: list[Node] = field(default_factory=list)
    others: list[Node] = field(default_factory=list)


def choose(root: Node, *, prefer_plain: bool = False) -> Bodies:
    """Return what is read and what is attached; of alternatives the HTML one is shown, or the plain one."""
    if not root.children:
        if root.media_type in _TEXTS and root.disposition != "attachment":
            return Bodies([root])
        return Bodies([], [root])
    found = _walk(root, prefer_plain)
    if not found.shown:
        first = next((n for n in found.others if n.media_type in _TEXTS and n.disposition != "attachment"), None)
        if first is not None:
            found.shown.append(first)
            found.others.remove(first)
    return found


def _walk(node: Node, prefer_plain: bool) -> Bodies:
    if not node.children:
        if node.media_type in _TEXTS and node.disposition != "attachment" and not node.given_name:
            return Bodies([node])
        return Bodies([], [node])
    inside = [_walk(child, prefer_plain) for child in node.children]
    found = Bodies()
    if node.media_type == "multipart/alternative":
        found.shown = _best(inside, "text/plain" if prefer_plain else "text/html")
        for child in inside:
            found.others += [n for n in child.others if n.media_type not in _REPEATS]
        return found
    if node.media_type == "multipart/related" and inside[0].shown:
        # the first part is the document; further texts belong to it, they are not read one after another
        found.shown = inside[0].shown
        found.others += inside[0].others
        for child in inside[1:]:
            found.others += [*child.shown, *child.others]
        return found
    for child in inside:
        found.shown += child.shown
        found.others += child.others
    return found


def _best(choices: list[Bodies], wanted: str) -> list[Node]:
    """Return the last choice that has the wanted type, else the last that has any text."""
    with_text = [c.shown for c in choices if c.shown]
    for shown in reversed(with_text):
        if any(n.media_type == wanted for n in shown):
            return shown
    return with_text[-1] if with_text else []
