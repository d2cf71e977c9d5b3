"""What the first run says about servers, their finding and how far they are to be believed. Pure."""

from __future__ import annotations

from desktop.base.errors import Remedy
from desktop.base.i18n import _
from desktop.domain.mail.discovery import Candidate, Discovery, Source, Verdict
from desktop.domain.mail.found_server import FoundServer, SignIn
from desktop.domain.mail.mail_account import Security


def looking_words(domain: str) -> str:
    """Return what is said while servers are looked for."""
    return _("Looking for the mail servers of {domain}").format(domain=domain)


def answered_words(answered: int, all_: int) -> str:
    """Return how far the search is."""
    return _("Answers so far: {n} of {all}").format(n=answered, all=all_)


def origin_words(candidate: Candidate, domain: str) -> str:
    """Return where servers were found, and what signing in does not do."""
    texts = {
        Source.PROVIDER: _("Rapport knows the servers of {provider}."),
        Source.AUTOCONFIG: _("Found through the provider’s autoconfig."),
        Source.WELL_KNOWN: _("Found through the provider’s autoconfig."),
        Source.DIRECTORY: _("Found in the directory of mail providers."),
        Source.MX: _("Found through the provider that takes the mail of {domain}."),
        Source.SRV: _("Found in the service records of {domain}."),
        Source.GUESS: _("These servers answer under their usual names."),
    }
    origin = texts[candidate.source].format(domain=domain, provider=candidate.provider)
    return origin + " " + _("Nothing is changed on the server.")


def missing_words(found: Discovery) -> str:
    """Return why there are no servers to sign in to."""
    if found.plain_only:
        text = _(
            "The provider names only servers without encryption for {domain}. Rapport does not send your password to "
            "these by itself."
        )
    elif found.verdict is Verdict.NO_SUCH_DOMAIN:
        text = _("There is no {domain} on the internet. Check how the address is written, and your connection.")
    elif found.verdict is Verdict.NO_CONNECTION:
        text = _("Nobody could be asked about {domain}. Check your internet connection and try again.")
    else:
        text = _("No servers were found for {domain}. Your provider can tell you their names.")
    return text.format(domain=found.domain)


def doubt_words(candidate: Candidate, domain: str) -> str:
    """Return what a person has to know before a password goes to a server only name servers vouch for."""
    text = _(
        "Only the name servers of {domain} lead to {hosts}, and such an answer can be forged on the way. Go on only if "
        "you know that your provider has its servers there."
    )
    return text.format(domain=domain, hosts=", ".join(candidate.foreign))


def consent_words(candidate: Candidate) -> str:
    """Return the sentence a person ticks."""
    return _("Yes, my provider uses {hosts}").format(hosts=", ".join(candidate.foreign))


def way_words(candidate: Candidate, address: str, *, by_browser: bool) -> str:
    """Return how the person signs in."""
    if by_browser:
        return _("In the browser, as {user}").format(user=candidate.imap.endpoint(address).user)
    text = _("With your password, as {user}")
    if SignIn.PASSWORD not in candidate.imap.sign_in:
        text = _("With an app password, as {user}")
    return text.format(user=candidate.imap.endpoint(address).user)


def password_hint(candidate: Candidate) -> str:
    """Return what helps with the password."""
    if SignIn.PASSWORD not in candidate.imap.sign_in:
        return _("This provider wants an app password: make one on its website and write it here.")
    return _("Kept encrypted on this computer.")


def advice(remedy: str, *, by_browser: bool) -> str:
    """Return what to do about a trial that failed, by the remedy of its problem (`base.errors.Remedy`)."""
    if remedy == Remedy.SIGN_IN and by_browser:
        return _("Sign in again in the browser, as the person this mailbox belongs to.")
    if remedy == Remedy.SIGN_IN:
        return _(
            "Check your address and your password. Many providers want an app password, which is made on their website."
        )
    if remedy == Remedy.TRUST_CERTIFICATE:
        return _("Your password was not sent. Look at what the server shows before you trust it.")
    if remedy == Remedy.SETTINGS:
        return _("Check the servers: you can correct them by hand.")
    return _("Try again, or correct the servers by hand.")


def security_words(server: FoundServer) -> str:
    """Return the name of the encryption."""
    return _("TLS") if server.security is Security.TLS else _("STARTTLS")
