"""The draft at one moment: taken from the window quickly, finished into a `Draft` on another thread. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.domain.mail.draft import Draft
from desktop.domain.mail.signature import SIGN, signed_at
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
    signature: tuple[Block, ...] = ()
    """As it was put in; the text beside the HTML marks it, where it ends the mail."""


def says_nothing(snapshot: Snapshot, begun: Snapshot, signature: tuple[Block, ...]) -> bool:
    """Say whether a new draft holds nothing but what it began with: the signature may be another one by now."""
    if _head(snapshot.draft) != _head(begun.draft):
        return False
    if snapshot.plain is not None:
        return not snapshot.plain.replace(text_of(canonical(signature)), "").strip(" \n-")
    blocks, sign = canonical(snapshot.blocks), canonical(signature)
    if blocks == canonical(begun.blocks):
        return True
    at = next((n for n in range(len(blocks), -1, -1) if blocks[n : n + len(sign)] == sign), len(blocks))
    return is_blank((*blocks[:at], *blocks[at + len(sign) :]))


def _head(draft: Draft) -> object:
    """Return all of a draft but its sender and what was written."""
    attached = tuple(each for each in draft.enclosures if not each.content_id)
    return draft.to, draft.cc, draft.bcc, draft.subject, draft.quote_html, draft.quote_text, attached


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
        text="" if is_blank(blocks) else _text(blocks, () if draft.quote_text else snapshot.signature),
        enclosures=tuple(each for each in draft.enclosures if not each.content_id or each.content_id in shown),
    )


def _text(blocks: tuple[Block, ...], signature: tuple[Block, ...]) -> str:
    """Return the text; what follows the sign counts as signature, so there is none above a quoted original."""
    at = signed_at(blocks, signature)
    if at is None:
        return text_of(blocks)
    said = text_of(blocks[:at])
    return "\n".join([*([said, ""] if said else ()), SIGN, text_of(blocks[at:])])
