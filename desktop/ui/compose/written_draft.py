"""The draft at one moment: taken from the window quickly, finished into a `Draft` on another thread. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.mail.draft import Draft
from desktop.domain.mail.written import Block, canonical, is_blank, pictures
from desktop.domain.mail.written_html import write
from desktop.domain.mail.written_text import text_of


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`draft` holds all but what was written, and every enclosure the window knows."""

    draft: Draft
    blocks: tuple[Block, ...] = ()
    plain: str | None = None
    """What was written in plain mode; None in the other."""


def finished(snapshot: Snapshot) -> Draft:
    """Return the draft: its HTML, its plain text, and of the pictures for the text those that stand in it."""
    draft = snapshot.draft
    if snapshot.plain is not None:
        attached = tuple(each for each in draft.enclosures if not each.content_id)
        return replace(draft, is_html=False, html="", text=snapshot.plain, enclosures=attached)
    blocks = canonical(snapshot.blocks)
    shown = set(pictures(blocks))
    return replace(
        draft,
        is_html=True,
        html="" if is_blank(blocks) else write(blocks),
        text="" if is_blank(blocks) else text_of(blocks),
        enclosures=tuple(each for each in draft.enclosures if not each.content_id or each.content_id in shown),
    )
