"""Whose word counts about the servers of an address, and what a person is asked about."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import autoconfig, discovery
from desktop.domain.mail.discovery import Answer, Candidate, ServiceRecord, Source, Verdict
from desktop.domain.mail.found_server import FoundServer, SignIn
from desktop.domain.mail.mail_account import Security
from tests.domain.mail.configs import config, server, smtp

DOMAIN = "firm.example"
IMAP = FoundServer("imap.firm.example", 993, Security.TLS)


def found(source: Source, host: str = "imap.firm.example") -> Answer:
    return Answer(Candidate(source, replace(IMAP, host=host)))


@given(st.dictionaries(st.sampled_from(Source), st.booleans(), min_size=1))
def test_the_best_known_is_taken_and_nothing_better_is_given_up(answers: dict[Source, bool]) -> None:
    said = {source: found(source) if there else Answer() for source, there in answers.items()}

    result = discovery.concluded(DOMAIN, said)
    settled = discovery.is_settled(said, tuple(Source))

    ranked = [source for source in Source if answers.get(source)]
    assert (result.best and result.best.source) == (ranked[0] if ranked else None)
    better = list(Source)[: list(Source).index(ranked[0])] if ranked else list(Source)
    assert settled is all(source in answers for source in better)


def test_the_order_is_what_is_known_domain_directory_mx_srv_guess() -> None:
    assert [source.value for source in sorted(Source, key=lambda one: discovery.RANK[one])] == [
        *("provider", "autoconfig", "well-known", "directory", "mx", "srv", "guess")
    ]


@pytest.mark.parametrize(
    ("answers", "verdict"),
    [
        ({}, Verdict.NO_CONNECTION),
        ({Source.DIRECTORY: Answer(reached=False), Source.MX: Answer(reached=False)}, Verdict.NO_CONNECTION),
        ({Source.DIRECTORY: Answer(), Source.MX: Answer(reached=False)}, Verdict.NOTHING),
        ({Source.DIRECTORY: Answer(), Source.MX: Answer(no_such_domain=True)}, Verdict.NO_SUCH_DOMAIN),
        ({Source.GUESS: found(Source.GUESS), Source.MX: Answer(no_such_domain=True)}, Verdict.FOUND),
    ],
)
def test_what_is_said_when_nothing_is_found(answers: dict[Source, Answer], verdict: Verdict) -> None:
    assert discovery.concluded(DOMAIN, answers).verdict is verdict


def test_c42_servers_without_encryption_are_told_of_and_not_taken() -> None:
    plain = discovery.of_config(Source.AUTOCONFIG, autoconfig.read(config(server(security="plain")), DOMAIN), DOMAIN)

    assert plain == Answer(plain_only=True)
    assert discovery.concluded(DOMAIN, {Source.AUTOCONFIG: plain}).plain_only
    both = discovery.concluded(DOMAIN, {Source.AUTOCONFIG: plain, Source.GUESS: found(Source.GUESS)})
    assert not both.plain_only


@pytest.mark.parametrize(
    ("source", "imap", "outgoing", "foreign"),
    [
        (Source.AUTOCONFIG, "imap.hoster.example", "smtp.hoster.example", ()),
        (Source.WELL_KNOWN, "imap.hoster.example", "smtp.hoster.example", ()),
        (Source.DIRECTORY, "imap.hoster.example", "smtp.hoster.example", ()),
        (Source.MX, "imap.hoster.example", "smtp.hoster.example", ("imap.hoster.example", "smtp.hoster.example")),
        (Source.MX, "mail.hoster.example", "mail.hoster.example", ("mail.hoster.example",)),
        (Source.MX, "imap.firm.example", "smtp.hoster.example", ("smtp.hoster.example",)),
        (Source.MX, "imap.firm.example", "smtp.firm.example", ()),
        (Source.MX, "imap.firm.example.evil.example", "smtp.firm.example", ("imap.firm.example.evil.example",)),
    ],
)
def test_c42_unsigned_dns_that_leads_to_another_domain_is_not_trusted(
    source: Source, imap: str, outgoing: str, foreign: tuple[str, ...]
) -> None:
    published = autoconfig.read(config(server(host=imap), smtp(outgoing)), DOMAIN)

    candidate = discovery.of_config(source, published, DOMAIN).candidate

    assert candidate is not None
    assert candidate.foreign == foreign
    assert candidate.trusted is not bool(foreign)


@pytest.mark.parametrize(
    ("mx", "domains"),
    [
        ("aspmx.l.google.com", ("l.google.com", "google.com")),
        ("mx1.hoster.example", ("hoster.example",)),
        ("mx.a.hoster.co.uk.", ("a.hoster.co.uk", "hoster.co.uk")),
        ("mx.hoster.co.uk", ("hoster.co.uk",)),
        ("hoster.example", ("hoster.example",)),
        ("mx.firm.example", ()),
        ("firm.example", ()),
        ("co.uk", ()),
        ("", ()),
        ("10.0.0.1", ()),
        ("localhost", ()),
    ],
)
def test_the_provider_that_takes_the_mail(mx: str, domains: tuple[str, ...]) -> None:
    assert discovery.provider_domains(mx, DOMAIN) == domains


def srv(target: str, port: int = 993, priority: int = 0, weight: int = 0) -> ServiceRecord:
    return ServiceRecord(priority, weight, port, target)


def test_service_records_by_priority_and_weight_with_tls_before_starttls() -> None:
    said = discovery.of_service_records(
        {
            "_imap._tcp": [srv("plain.firm.example", 143)],
            "_imaps._tcp": [
                srv("c.firm.example", priority=10, weight=90),
                srv("b.firm.example", priority=5, weight=1),
                srv("a.firm.example", 1993, priority=5, weight=7),
            ],
            "_submission._tcp": [srv("smtp.firm.example", 587)],
        },
        DOMAIN,
    )

    assert said.candidate == Candidate(
        Source.SRV,
        FoundServer("a.firm.example", 1993, Security.TLS),
        FoundServer("smtp.firm.example", 587, Security.STARTTLS),
    )


@pytest.mark.parametrize("target", [".", "", "127.0.0.1", "localhost"])
def test_a_service_that_is_absent_is_absent(target: str) -> None:
    records = {"_imaps._tcp": [srv(target)], "_imap._tcp": [srv("imap.firm.example", 143)]}

    one = discovery.of_service_records(records, DOMAIN).candidate
    none = discovery.of_service_records({"_imaps._tcp": [srv(target), srv("imap.firm.example", 0)]}, DOMAIN)

    assert one is not None
    assert one.imap.security is Security.STARTTLS
    assert none == Answer()


def test_c42_a_service_elsewhere_is_not_trusted() -> None:
    said = discovery.of_service_records({"_imaps._tcp": [srv("imap.evil.example")]}, DOMAIN)

    assert said.candidate is not None
    assert said.candidate.foreign == ("imap.evil.example",)


def test_guesses_stay_in_the_domain_and_take_the_first_of_each_half() -> None:
    guesses = discovery.guesses(DOMAIN)

    assert all(guess.server.host.endswith(".firm.example") for guess in guesses)
    assert [(g.server.host.split(".")[0], g.server.port) for g in guesses if g.incoming] == [
        *(("imap", 993), ("mail", 993), ("imap", 143), ("mail", 143))
    ]
    said = discovery.of_guesses(guesses[1:6]).candidate
    assert said is not None
    assert (said.imap.host, said.smtp and said.smtp.host) == ("mail.firm.example", "smtp.firm.example")
    assert said.imap.sign_in == (SignIn.PASSWORD,)
    assert discovery.of_guesses([guess for guess in guesses if not guess.incoming]) == Answer()


def test_c42_a_known_provider_that_takes_the_mail_is_named_and_doubted() -> None:
    """Its servers are known; that it takes the mail of this domain is the word of a name server."""
    found = discovery.of_mail_host("aspmx.l.google.com", DOMAIN).candidate

    assert found is not None
    assert (found.source, found.imap.host) == (Source.MX, "imap.gmail.com")
    assert found.foreign == ("imap.gmail.com", "smtp.gmail.com")
    assert discovery.of_mail_host("mx.firm.example", DOMAIN).candidate is None
