"""Whether the own receiver could confirm that a mail comes from the domain its From names. Pure.

Only what `receiver` believes is looked at. A mail list or a forwarder breaks what a sender signed, so "not verified" is
no accusation; a failed DMARC check is what the domain's owner asked receivers to be told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail import address_list, header
from desktop.domain.mail.auth_results import AuthResults, Result
from desktop.domain.mail.receiver import Receiver, own_results


class Verdict(StrEnum):
    """What is known of a mail's domain. The text for people is made in the ui."""

    UNKNOWN = "unknown"
    """The receiver says nothing."""
    VERIFIED = "verified"
    NOT_VERIFIED = "not-verified"
    FAILED = "failed"
    """The domain's owner has rules for its mail, and this one breaks them (RFC 7489)."""


@dataclass(frozen=True, slots=True)
class Check:
    """One method ("spf", "dkim", "dmarc"), its outcome ("pass", "fail", "none"…), and the domain it was about."""

    method: str
    outcome: str
    domain: str


@dataclass(frozen=True, slots=True)
class Trust:
    """The verdict on `domain`, that of the From, by whom, and what it rests on."""

    verdict: Verdict = Verdict.UNKNOWN
    domain: str = ""
    receiver: str = ""
    """What the receiver calls itself; "" where it does not."""
    checks: tuple[Check, ...] = ()

    def signed_by(self, domain: str) -> bool:
        """Say whether a signature of this domain was found good."""
        return Check("dkim", "pass", domain) in self.checks

    @property
    def tells_of_signatures(self) -> bool:
        """Whether the receiver looked for signatures."""
        return any(check.method == "dkim" for check in self.checks)


_DOMAINS = {
    "dmarc": ("header.from",),
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo"),
}
"""Method -> the properties that name the domain (RFC 8601, section 2.7)."""
_PASSED = {"pass", "success"}
"""Yahoo writes "success" of DMARC."""
_MOST_CHECKS = 20


def judge(block: bytes, receiver: Receiver) -> Trust:
    """Return what is known of the domain a mail's From names, given its header block."""
    said = own_results(block, receiver)
    checks = tuple(sorted(dict.fromkeys(_checks(said)), key=lambda each: each.method != "dmarc"))[:_MOST_CHECKS]
    if not checks:
        return Trust()
    domain = _domain(block)
    by = next((each.authserv_id for each in said if each.authserv_id), "")
    return Trust(_verdict(domain, checks), domain, by, checks)


def _domain(block: bytes) -> str:
    """Return the one domain that all authors of a mail share; "" where there is none, or several."""
    written = header.fields(block, frozenset({b"from"})).get(b"from", [])
    people = [each for value in written[:10] for each in address_list.parse(value, "", 20)]
    domains = {each.domain.lower().rstrip(".") for each in people}
    return domains.pop() if len(domains) == 1 else ""


def _checks(said: Iterable[AuthResults]) -> Iterable[Check]:
    for each in said:
        for result in each.results:
            if result.method in _DOMAINS:
                yield Check(result.method, _outcome(result), result.domain(*_DOMAINS[result.method]))


def _outcome(result: Result) -> str:
    return "pass" if result.outcome in _PASSED else result.outcome


def _verdict(domain: str, checks: Iterable[Check]) -> Verdict:
    dmarc = [check for check in checks if check.method == "dmarc"]
    if any(check.outcome == "fail" for check in dmarc):
        return Verdict.FAILED
    if not domain:
        return Verdict.NOT_VERIFIED
    told = [check.outcome for check in dmarc if check.outcome not in {"none", "temperror"}]
    if told:
        # more than one word on the same question is only believed where they agree
        agreed = all(check.outcome in {"pass", "none"} and _belong(check.domain, domain) for check in dmarc)
        return Verdict.VERIFIED if agreed else Verdict.NOT_VERIFIED
    vouches = any(c.outcome == "pass" and c.method != "dmarc" and _belong(c.domain, domain) for c in checks)
    return Verdict.VERIFIED if vouches else Verdict.NOT_VERIFIED


def _belong(one: str, other: str) -> bool:
    """Say whether one domain is the other or lies inside it.

    Sisters do not count: without the public suffix list two customers of one registry would pass for sisters.
    """
    inner, outer = (one, other) if len(one) > len(other) else (other, one)
    return "." in outer and (inner == outer or inner.endswith(f".{outer}"))
