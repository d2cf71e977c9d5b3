"""A draft as it is kept: all of it comes back, and what an earlier version kept is read."""

from __future__ import annotations

import json
import uuid

from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Enclosure, Origin, Priority, Relation
from desktop.store.mail.drafts import from_json, to_json

DRAFT = Draft(
    Address("Ann", "ann@example.org"),
    reply_to=(Address("", "answers@example.org"),),
    to=(Address("Bo", "bo@example.org"),),
    subject="Plan",
    html="<p>Hi</p>",
    text="Hi",
    enclosures=(Enclosure("a.pdf", "application/pdf", 4, b"\x01" * 32),),
    references=("x@y",),
    origin=Origin(Relation.REPLY, uuid.UUID(int=7)),
    priority=Priority.HIGH,
    asks_receipt=True,
)


def test_all_of_a_draft_comes_back() -> None:
    assert from_json(to_json(DRAFT)) == DRAFT


def test_a_draft_of_before_has_no_wishes() -> None:
    kept = json.loads(to_json(DRAFT))
    del kept["priority"], kept["asks_receipt"]
    found = from_json(json.dumps(kept))

    assert (found.priority, found.asks_receipt, found.subject) == (Priority.NORMAL, False, "Plan")
