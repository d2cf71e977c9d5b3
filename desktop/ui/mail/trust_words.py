"""What is said of a sender, in words: the quiet mark in the header, or the sentence of a banner.

A banner warns of what is odd or forged. Only where none does the header say whether the mail was verified: a good word
never stands beside a warning. GUI thread.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail.document import Document
from desktop.domain.mail.sender_checks import USUAL, SenderAnomaly
from desktop.domain.mail.trust import Check, Trust, Verdict
from desktop.ui.mail.letter import Opened


@dataclass(frozen=True, slots=True)
class Mark:
    """The words in the header. `explained` says in a sentence what they rest on, `checked` has a line a check."""

    text: str
    icon: str
    explained: str
    checked: str


def mark(document: Document | None) -> Mark | None:
    """Return what the header says of the sender; None where it has nothing to say, or a banner warns of him."""
    if document is None or not set(_odd(document)) <= USUAL:
        return None
    trust = document.trust
    domain = one_line(trust.domain)
    if trust.verdict is Verdict.VERIFIED:
        explained = _("Your mail server found that this mail really comes from {domain}.").format(domain=domain)
        return Mark(_("Verified: mail of {domain}").format(domain=domain), "shield-check", explained, checked(trust))
    if trust.verdict is Verdict.NOT_VERIFIED:
        explained = _("Your mail server could not find out whether this mail really comes from its sender.")
        return Mark(_("Not verified"), "shield-question-mark", explained, checked(trust))
    return None


def warning(opened: Opened) -> str:
    """Return what has to be said of the sender above the mail: the gravest oddity, and a failed check; "" is none."""
    document = opened.document
    if document is None:
        return ""
    said = []
    address = one_line(opened.head.sender.address)
    odd = _odd(document)
    if odd:
        sender, others = opened.head.sender, opened.head.reply_to
        elsewhere = next((one_line(each.address) for each in others if each.domain not in ("", sender.domain)), "")
        said.append(_oddity(odd[0]).format(address=address, elsewhere=elsewhere or _("another address")))
    if document.trust.verdict is Verdict.FAILED:
        sentence = _(
            "This mail fails the checks of {domain}: its sender may be forged, or a mail list changed it on its way."
        )
        said.append(sentence.format(domain=one_line(document.trust.domain) or address))
    return " ".join(said)


def checked(trust: Trust) -> str:
    """Return what the receiver found out, a line each; "" where it said nothing."""
    lines = [_check_words(check) for check in trust.checks]
    if lines and trust.receiver:
        lines.append(_("Checked by {host}").format(host=one_line(trust.receiver)))
    return "\n".join(lines)


def _odd(document: Document) -> tuple[SenderAnomaly, ...]:
    """Return the oddities worth a word, the gravest first: whom the domain's owner lets send for him is none."""
    found = document.sender_anomalies
    verified = document.trust.verdict is Verdict.VERIFIED
    dropped = SenderAnomaly.OTHER_SENDER if verified else None
    return tuple(each for each in SenderAnomaly if each in found and each is not dropped)


def _check_words(check: Check) -> str:
    name = {"dmarc": _("DMARC"), "dkim": _("DKIM signature"), "spf": _("SPF")}[check.method]
    outcome = {
        "pass": _("passed"),
        "fail": _("failed"),
        "softfail": _("failed"),
        "hardfail": _("failed"),
        "none": _("not set up"),
        "neutral": _("no statement"),
    }.get(check.outcome, one_line(check.outcome))
    if not check.domain:
        return _("{check}: {outcome}").format(check=name, outcome=outcome)
    return _("{check} of {domain}: {outcome}").format(check=name, domain=one_line(check.domain), outcome=outcome)


def _oddity(anomaly: SenderAnomaly) -> str:
    match anomaly:
        case SenderAnomaly.NO_SENDER:
            return _("This mail does not say who sent it.")
        case SenderAnomaly.SEVERAL:
            return _("This mail names several senders. It came from {address} at best.")
        case SenderAnomaly.NAME_IS_ADDRESS:
            return _("The name of the sender shows another address than the one the mail comes from: {address}.")
        case SenderAnomaly.HIDDEN_CHARACTERS:
            return _("The sender's name holds invisible characters. The mail comes from {address}.")
        case SenderAnomaly.LOOKALIKE:
            return _("The sender's name or address imitates another one. The mail comes from {address}.")
        case SenderAnomaly.OTHER_SENDER:
            return _("This mail was sent by another organisation than the one of {address}.")
        case SenderAnomaly.REPLY_ELSEWHERE:
            return _("If you answer this mail, your answer goes to {elsewhere}, not to {address}.")
