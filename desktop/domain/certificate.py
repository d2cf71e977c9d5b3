"""What a server shows to prove who it is, as far as a person needs it to decide whether to trust it all the same."""

from __future__ import annotations

from dataclasses import dataclass

from desktop.base import clock
from desktop.base.i18n import _


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate, shown by one server. All words in it are the other side's: anybody can write anything there."""

    host: str
    port: int
    sha256: str
    """Of the whole certificate, in lower-case hexadecimal digits."""
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    """The hosts and addresses it is for."""
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None

    @property
    def exception(self) -> str:
        """What is kept of a person's trust: exactly this certificate on exactly this host and port."""
        return trust_key(self.host, self.port, self.sha256)

    @property
    def fingerprint(self) -> str:
        """The SHA-256 as providers print it."""
        return _printed(self.sha256)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return what there is to know, as pairs of label and words; days are those of UTC."""
        unknown = _("not said")
        server = _("{host}, port {port}").format(host=self.host, port=self.port)
        validity = unknown
        if self.valid_from_ms is not None and self.valid_to_ms is not None:
            first, last = (clock.to_datetime(at).date() for at in (self.valid_from_ms, self.valid_to_ms))
            validity = _("{first} to {last}").format(first=first.isoformat(), last=last.isoformat())
        return (
            (_("Server"), server),
            (_("Issued to"), self.subject or unknown),
            (_("Good for"), ", ".join(self.names) or unknown),
            (_("Issued by"), self.issuer or unknown),
            (_("Valid"), validity),
            (_("SHA-256"), self.fingerprint),
        )

    def replaces(self, exceptions: tuple[str, ...]) -> bool:
        """Say whether another certificate of this host and port was trusted before."""
        here = trust_key(self.host, self.port, "")
        return any(one.startswith(here) for one in exceptions) and self.exception not in exceptions


def server_and_fingerprint(exception: str) -> tuple[str, str]:
    """Return host and port of a certificate exception, and the SHA-256 as providers print it."""
    server, _slash, sha256 = exception.rpartition("/")
    return server, _printed(sha256)


def _printed(sha256: str) -> str:
    digits = sha256.upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def trust_key(host: str, port: int, sha256: str) -> str:
    """Return the text of one certificate exception: exactly this certificate on exactly this host and port."""
    return f"{host.lower()}:{port}/{sha256.lower()}"
