"""Domains and senders that pass for others: how many are seen, and how few honest ones are (C10)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import address_list, header
from desktop.domain.mail.address import Address
from desktop.domain.mail.links import registrable, suspicion
from desktop.domain.mail.lookalikes import KnownDomains, _slip
from desktop.domain.mail.sender_checks import SenderAnomaly, anomalies
from tests import corpora
from tests.domain.mail import deceptions

KNOWN = KnownDomains(["rapport.com", "shop.stripeinvoices.example", "acme.example", "mail1-house.example"])
GRAVE = set(SenderAnomaly) - {SenderAnomaly.OTHER_SENDER, SenderAnomaly.REPLY_ELSEWHERE}


@pytest.mark.parametrize(
    ("domain", "passes_for"),
    [
        ("rapp0rt.com", "rapport.com"),
        ("mail.rapp0rt.com", "rapport.com"),
        ("r\u0430pport.com", "rapport.com"),
        ("raport.com", "rapport.com"),
        ("rapporrt.com", "rapport.com"),
        ("rapprot.com", "rapport.com"),
        ("rappart.com", "rapport.com"),
        ("rapport.co", "rapport.com"),
        ("strlpeinvoices.example", "stripeinvoices.example"),
        ("stripe-invoices.example", "stripeinvoices.example"),
        ("mail1-house.test", "mail1-house.example"),
    ],
)
def test_c10_a_domain_that_passes_for_a_known_one(domain: str, passes_for: str) -> None:
    assert KNOWN.like(domain) == (passes_for,)
    assert KNOWN.around(domain) == (passes_for,)


@pytest.mark.parametrize(
    "domain",
    ["rapport.com", "mail.rapport.com", "acme.test", "acmo.example", "mail2-house.example", "report.com", "", "com"],
)
def test_c10_a_domain_that_passes_for_none(domain: str) -> None:
    assert KNOWN.like(domain) == ()


def test_c10_a_known_domain_is_known_to_itself() -> None:
    assert KNOWN.around("news.rapport.com") == ("rapport.com",)
    assert KNOWN.around("elsewhere.example") == ()


@pytest.mark.parametrize(
    ("domain", "meant"),
    [
        ("rapp0rt.com", "rapport.com"),
        ("raport.com", "rapport.com"),
        ("rapprot.com", "rapport.com"),
        ("rapport.co", "rapport.com"),
        ("rapport.con", "rapport.com"),
        ("acne.example", ""),
        ("stripeinvoice.example", "stripeinvoices.example"),
        # who owns a name owns it under several endings, and digits count things
        ("rapport.de", ""),
        ("rapport2.com", ""),
        ("mail2-house.example", ""),
        ("rapport.com", ""),
        ("mail.rapport.com", ""),
        ("rapport", ""),
        ("", ""),
    ],
)
def test_c28_a_domain_that_was_mistyped(domain: str, meant: str) -> None:
    assert KNOWN.meant_by(domain) == meant


@given(st.text("ab1", max_size=5), st.text("ab1", max_size=5))
def test_a_slip_is_the_same_from_both_sides(one: str, other: str) -> None:
    found = _slip(one, other)

    assert _slip(other, one) == (None if found is None else found[::-1])
    assert found is None or one != other
    edits = {one[:i] + one[i + 1 :] for i in range(len(one))} | {other[:i] + other[i + 1 :] for i in range(len(other))}
    swapped = {one[:i] + one[i + 1] + one[i] + one[i + 2 :] for i in range(len(one) - 1)}
    replaced = {one[:i] + letter + one[i + 1 :] for i in range(len(one)) for letter in "ab1"}
    one_away = one != other and (
        other in replaced | swapped or ({one, other} & edits and abs(len(one) - len(other)) == 1)
    )
    assert (found is not None) == bool(one_away)


def test_c09_a_hundred_links_and_a_hundred_nobody_looked_at(record_property: Callable[[str, object], None]) -> None:
    tried = seen = honest = marked = 0
    for firm in (*deceptions.FIRMS, *deceptions.HELD_OUT):
        for words, url in deceptions.links(firm):
            tried += 1
            seen += suspicion(words, url) is not None
        for words, url in deceptions.honest_links(firm):
            honest += 1
            marked += suspicion(words, url) is not None

    record_property("agreement", f"C9: {seen} of {tried} lying links seen, {marked} of {honest} honest ones marked")
    assert tried == 200
    assert seen >= tried * 0.95
    assert marked == 0


def test_c10_senders_that_pretend(record_property: Callable[[str, object], None]) -> None:
    tried = seen = 0
    for firm in (*deceptions.FIRMS, *deceptions.HELD_OUT):
        for fields in deceptions.senders(firm):
            tried += 1
            seen += bool(GRAVE & set(anomalies(fields.replace("\n", "\r\n").encode() + b"\r\n\r\nx", [firm])))

    record_property("agreement", f"C10: {seen} of {tried} senders that pretend seen")
    assert tried >= 150
    assert seen >= tried * 0.95


def test_c10_honest_senders_are_seldom_marked(record_property: Callable[[str, object], None]) -> None:
    mails = corpora.corpus("spamassassin-public-corpus").rglob("*.txt")
    heads = [path.read_bytes() for path in mails if "ham" in path.parent.name]
    heads += [path.read_bytes() for path in (_messages() / "from").glob("*.eml")]
    people = [person for raw in heads for person in _people(raw)]
    known = {registrable(person.domain) for person in people if "." in person.domain}

    marked = sum(bool(GRAVE & set(anomalies(raw))) for raw in heads)
    imitating = [domain for domain in known if KnownDomains(known - {domain}).like(domain)]

    record_property(
        "agreement",
        f"C10: {marked} of {len(heads)} honest mails marked; "
        f"{len(imitating)} of {len(known)} domains of one corpus pass for another of it",
    )
    assert len(heads) > 300
    assert marked <= len(heads) * 0.02
    assert len(imitating) <= len(known) * 0.02


def _messages() -> Path:
    return corpora.corpus("rspamd") / "test" / "functional" / "messages"


def _people(raw: bytes) -> list[Address]:
    block, _ = header.split(raw.lstrip(b"\r\n"))
    found = header.fields(block, frozenset({b"from", b"to", b"cc"}))
    return [person for values in found.values() for value in values for person in address_list.parse(value, "", 50)]
