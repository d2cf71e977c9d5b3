"""Finding the servers of an address: who may be asked, whose word counts more, and what is to be doubted. Pure.

The order is that of mail clients everywhere: what is known of a provider, what the domain says of itself, the directory
of providers, the provider that takes its mail (MX), service records, guesses. Believed without a question is what is
known, what came over an encrypted connection to the domain or the directory, and what lies in the domain itself. A name
server can be made to lie, so where its word leads to another domain a person has to know that domain before a password
goes there (C42).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop.domain.mail.autoconfig import Config
from desktop.domain.mail.found_server import WHOLE_ADDRESS, FoundServer, SignIn, host_name, is_within
from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.provider import Provider, Server, UserName
from desktop.domain.mail.provider import SignIn as Way
from desktop.domain.mail.providers import provider_of_mx


class Source(StrEnum):
    """Who named servers; in the order in which they are believed."""

    PROVIDER = "provider"
    """What Rapport itself, or a provider file, knows of the provider that gives out such addresses."""
    AUTOCONFIG = "autoconfig"
    """https://autoconfig.DOMAIN/"""
    WELL_KNOWN = "well-known"
    """https://DOMAIN/.well-known/autoconfig/"""
    DIRECTORY = "directory"
    """The directory of providers Thunderbird keeps (ISPDB)."""
    MX = "mx"
    """The autoconfig or the directory, asked for the domain that takes the mail."""
    SRV = "srv"
    """Service records (RFC 6186, RFC 8314)."""
    GUESS = "guess"
    """Names most servers have; one answered with a certificate for its name."""


RANK: Mapping[Source, int] = {source: place for place, source in enumerate(Source)}
OF_NAME_SERVERS = (Source.MX, Source.SRV)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Servers that may be those of an address."""

    source: Source
    imap: FoundServer
    smtp: FoundServer | None = None
    provider: str = ""
    help_url: str = ""
    foreign: tuple[str, ...] = ()
    """Hosts outside the domain that only unsigned DNS vouches for; none where all is trusted."""

    @property
    def trusted(self) -> bool:
        return not self.foreign


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking one source."""

    candidate: Candidate | None = None
    reached: bool = True
    """Somebody answered, if only that there is nothing."""
    no_such_domain: bool = False
    plain_only: bool = False
    """It named servers, all without encryption."""


class Verdict(StrEnum):
    """What came of it all."""

    FOUND = "found"
    NOTHING = "nothing"
    NO_SUCH_DOMAIN = "no-such-domain"
    NO_CONNECTION = "no-connection"
    """Nobody answered at all."""


@dataclass(frozen=True, slots=True)
class Discovery:
    """The servers found for a domain."""

    domain: str
    verdict: Verdict
    best: Candidate | None = None
    plain_only: bool = False
    """Servers were named, but without encryption: those are not used."""


def is_settled(answers: Mapping[Source, Answer], asked: Collection[Source]) -> bool:
    """Say whether nothing that is still awaited could outrank what was found."""
    found = [RANK[source] for source, answer in answers.items() if answer.candidate is not None]
    awaited = [RANK[source] for source in asked if source not in answers]
    return not awaited or (bool(found) and min(found) < min(awaited))


def concluded(domain: str, answers: Mapping[Source, Answer]) -> Discovery:
    """Return what the answers come to; who did not answer in time is not among them."""
    best = next((said.candidate for source in Source if (said := answers.get(source)) and said.candidate), None)
    plain = best is None and any(answer.plain_only for answer in answers.values())
    if best is not None:
        verdict = Verdict.FOUND
    elif any(answer.no_such_domain for answer in answers.values()):
        verdict = Verdict.NO_SUCH_DOMAIN
    elif any(answer.reached for answer in answers.values()):
        verdict = Verdict.NOTHING
    else:
        verdict = Verdict.NO_CONNECTION
    return Discovery(domain, verdict, best, plain)


def of_config(source: Source, config: Config, domain: str) -> Answer:
    """Return what a published file comes to."""
    if not config.incoming:
        return Answer(plain_only=config.plain_only)
    smtp = config.outgoing[0] if config.outgoing else None
    made = Candidate(source, config.incoming[0], smtp, config.provider, config.help_url)
    return Answer(_judged(made, domain))


def of_provider(provider: Provider) -> Candidate | None:
    """Return the servers of a known provider; None where it has none that are encrypted."""
    imap = _known(provider, provider.imap)
    if imap is None:
        return None
    rule = "%EMAILLOCALPART%" if provider.user_name is UserName.LOCAL_PART else WHOLE_ADDRESS
    smtp = _known(provider, provider.smtp)
    return Candidate(Source.PROVIDER, replace(imap, user_rule=rule), smtp, provider.name, provider.help_url)


def of_mail_host(host: str, domain: str) -> Answer:
    """Return what the host that takes the mail of a domain comes to, where it is that of a known provider."""
    provider = provider_of_mx(host)
    candidate = of_provider(provider) if provider is not None else None
    return Answer(_judged(replace(candidate, source=Source.MX), domain) if candidate is not None else None)


def _known(provider: Provider, server: Server | None) -> FoundServer | None:
    if server is None or server.security is Security.PLAIN:
        return None
    ways = {Way.OAUTH: SignIn.BROWSER, Way.PASSWORD: SignIn.PASSWORD}
    sign_in = tuple(ways[way] for way in provider.sign_ins if way in ways)
    return FoundServer(server.host, server.port, server.security, sign_in=sign_in)


def _judged(candidate: Candidate, domain: str) -> Candidate:
    """Return a candidate with what is to be doubted about it."""
    if candidate.source not in OF_NAME_SERVERS:
        return candidate
    hosts = dict.fromkeys(server.host for server in (candidate.imap, candidate.smtp) if server is not None)
    return replace(candidate, foreign=tuple(host for host in hosts if not is_within(host, domain)))


# the provider that takes the mail

_SECOND_LEVEL = {"ac", "co", "com", "edu", "gob", "gov", "go", "ne", "net", "nom", "or", "org"}


def provider_domains(mx_host: str, domain: str) -> tuple[str, ...]:
    """Return the domains to ask instead, by the host that takes the mail; none where that is the domain itself.

    Its name without the first label, then its registrable domain, as far as that can be told without a list of all
    registries: two labels, three below a country's "co", "com" and the like.
    """
    host = host_name(mx_host)
    if not host or is_within(host, domain):
        return ()
    labels = host.split(".")
    size = 3 if len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    if len(labels) < size:
        return ()
    without_first = ".".join(labels[1:]) if len(labels) > size else host
    return tuple(dict.fromkeys((without_first, ".".join(labels[-size:]))))


# service records

SRV_INCOMING = (("_imaps._tcp", Security.TLS), ("_imap._tcp", Security.STARTTLS))
SRV_OUTGOING = (("_submissions._tcp", Security.TLS), ("_submission._tcp", Security.STARTTLS))


@dataclass(frozen=True, slots=True)
class ServiceRecord:
    """One SRV record (RFC 2782)."""

    priority: int
    weight: int
    port: int
    target: str


def of_service_records(records: Mapping[str, Sequence[ServiceRecord]], domain: str) -> Answer:
    """Return what the records of a domain come to, by the names of `SRV_INCOMING` and `SRV_OUTGOING`.

    Encryption from the first octet is preferred (RFC 8314, section 5.1); a target "." means that there is no such
    service (RFC 6186, section 3.4). Of equal priority the heaviest is taken: a client that keeps what it found cannot
    share out its load.
    """
    imap, smtp = (_first_service(records, names) for names in (SRV_INCOMING, SRV_OUTGOING))
    return Answer(_judged(Candidate(Source.SRV, imap, smtp), domain)) if imap is not None else Answer()


def _first_service(
    records: Mapping[str, Sequence[ServiceRecord]], names: Iterable[tuple[str, Security]]
) -> FoundServer | None:
    for name, security in names:
        for record in sorted(records.get(name, ()), key=lambda one: (one.priority, -one.weight)):
            host = host_name(record.target)
            if host and 0 < record.port < 65536:
                return FoundServer(host, record.port, security)
    return None


# guesses


@dataclass(frozen=True, slots=True)
class Guess:
    """One server that may exist."""

    incoming: bool
    server: FoundServer


def guesses(domain: str) -> tuple[Guess, ...]:
    """Return what to try for a domain, the likeliest first."""
    ports = (
        (True, "imap", 993, Security.TLS),
        (True, "imap", 143, Security.STARTTLS),
        (False, "smtp", 465, Security.TLS),
        (False, "smtp", 587, Security.STARTTLS),
    )
    return tuple(
        Guess(incoming, FoundServer(f"{label}.{domain}", port, security))
        for incoming, usual, port, security in ports
        for label in (usual, "mail")
    )


def of_guesses(answered: Sequence[Guess]) -> Answer:
    """Return what the guesses that were right come to, in the order of `guesses`."""
    imap = next((guess.server for guess in answered if guess.incoming), None)
    smtp = next((guess.server for guess in answered if not guess.incoming), None)
    return Answer(Candidate(Source.GUESS, imap, smtp)) if imap is not None else Answer()
