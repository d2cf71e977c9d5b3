"""A letter half written, as the picture of the composer's design shows it."""

from __future__ import annotations

import uuid
from dataclasses import replace

from desktop.domain.mail.draft import Draft, Enclosure, Origin, Relation
from desktop.ui.compose.compose_window import ComposeWindow
from desktop.ui.compose.ports import Notice, Offer, Remedy
from tests.ui.compose.fakes import JAN, MemoryCompose, person

HTML = (
    "<p>Hi Anna,</p><p>both points are fine. The split you asked for:</p>"
    "<ol><li>Licence, 118 seats: <b>35,400 EUR</b> for two years</li>"
    "<li>Support, business hours: <b>7,100 EUR</b> for two years</li></ol>"
    "<p>The 25 Linz seats cost the same if they start by 31 March.<br>The board template is filled in and attached.</p>"
    "<p>Jan Berger<br>jan@firm.example</p>"
)
BUSY = (
    "<h2>Offer</h2><p>Some <i>words</i> that are <u>misspeled</u>, <s>gone</s> or a "
    "<a href='https://firm.example'>link</a>. "
    "Привет, превет и договор.</p><ul><li>one<ul><li>two</li></ul></li><li>three</li></ul>"
    "<blockquote><p>What about Linz?<br>Rolf</p></blockquote>"
    "<table><tr><td>Seats</td><td>118</td></tr><tr><td>Linz</td><td>25</td></tr></table>"
)


def half_written(compose: MemoryCompose, *, busy: bool = False) -> Draft:
    """Return the draft."""
    anna, rolf = person("Anna Keller", "anna@acme.example"), person("Rolf Stein", "rolf@acme.example")
    draft = Draft(
        sender=JAN.mailbox,
        to=(anna, rolf),
        cc=(person("Maria Lopes", "maria@acme.example"),),
        subject="Re: Renewal 2027 – offer",
        html=HTML,
        quote_html="<p>quoted</p>",
        quote_text="\n".join(f"line {n}" for n in range(36)),
        enclosures=(
            Enclosure("Renewal-2027-v3.pdf", "application/pdf", 214_000, b"1" * 32),
            Enclosure("board-template.xlsx", "application/vnd.ms-excel", 118_000, b"2" * 32),
        ),
        in_reply_to="a@acme.example",
        origin=Origin(Relation.REPLY, uuid.UUID(int=1)),
    )
    if busy:
        draft = replace(draft, to=(anna, person("Rolf", "rolf at acme")), html=BUSY, origin=None, in_reply_to="")
    return draft


def write_on(window: ComposeWindow) -> None:
    """Write the last word, so that there is something to save."""
    editor = window.editor
    found = editor.document().find("attached.")
    if found.isNull():
        found = editor.document().find("three")
    found.setPosition(found.selectionEnd())
    editor.setTextCursor(found)
    editor.insertPlainText(" ")


def examine(draft: Draft) -> tuple[Notice, ...]:
    """Say what the picture says."""
    if not any(each.name == "Rolf Stein" for each in draft.to):
        return ()
    words = "Rolf Stein is new on this thread. He was not on Anna’s mail."
    offers = (Offer("Remove him", Remedy.REMOVE, "rolf@acme.example"), Offer("Fine", Remedy.FINE))
    return (Notice("new-on-thread", words, offers),)
