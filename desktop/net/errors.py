"""Everything the outside world can do wrong, as sentences for a person.

Raised by `net` alone and on any thread. Exceptions of libraries end in `net`: `from_os_error` is the one translation of
what a socket says. No text, `details` or `repr` here ever holds a password: constructors take none.
"""

from __future__ import annotations

import errno
import socket
import ssl
from enum import StrEnum

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.certificate import Certificate
from desktop.domain.mail import provider_words

_DETAILS_MAX = 500


class Untrusted(StrEnum):
    """Why a certificate was refused."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    WRONG_HOST = "wrong-host"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown-issuer"
    OTHER = "other"


def server_words(text: str | bytes) -> str:
    """Return what a server said, fit to be shown: one line, no control characters, at most 500 characters."""
    plain = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return "".join(c if c.isprintable() else " " for c in plain[: 2 * _DETAILS_MAX])[:_DETAILS_MAX].strip()


class NetProblem(Problem):
    """Base of all problems with servers and keyrings. `back_off_s` is the shortest sensible wait before a new try."""

    back_off_s: float = 0.0

    def __init__(self, text: str, *, details: str | bytes = "") -> None:
        super().__init__(text, details=server_words(details))


class Cancelled(NetProblem):
    """The caller asked to stop; no fault of anybody."""

    remedy = Remedy.NONE

    def __init__(self, host: str) -> None:
        super().__init__(_("The connection to {host} was stopped.").format(host=host))


class NotificationsUnavailable(NetProblem):
    """The desktop has nothing that shows notifications, or it does not answer."""

    can_retry = False

    def __init__(self, *, details: str = "") -> None:
        super().__init__(_("This desktop shows no notifications."), details=details)


class ConnectionLost(NetProblem):
    """The connection ended or fell silent."""

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        super().__init__(_("The connection to {host} was lost.").format(host=host), details=details)


class HostUnreachable(NetProblem):
    """No address of the host took a connection. `refused`: the host is there, and nobody listens on the port."""

    def __init__(self, host: str, port: int, *, refused: bool = False, details: str | bytes = "") -> None:
        text = _("{host} does not answer on port {port}.").format(host=host, port=port)
        super().__init__(_with_help(text, provider_words.help_when_unreachable(host, port)), details=details)
        self.refused = refused


class NameNotFound(NetProblem):
    """DNS knows no such host, or there is no network."""

    remedy = Remedy.SETTINGS

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("The server {host} was not found. Check the name and your internet connection.")
        super().__init__(text.format(host=host), details=details)


class TlsFailed(NetProblem):
    """No encrypted connection came about; there is no unencrypted second try."""

    remedy = Remedy.SETTINGS

    def __init__(self, host: str, port: int, *, too_old: bool = False, details: str | bytes = "") -> None:
        if too_old:
            text = _("{host} offers only encryption that is too old to be safe (below TLS 1.2).")
        else:
            text = _("No encrypted connection to {host} on port {port} was possible. Check port and encryption.")
        super().__init__(text.format(host=host, port=port), details=details)


class CertificateUntrusted(NetProblem):
    """The server could not prove who it is. A person may accept `certificate`; None where nobody can be asked."""

    remedy = Remedy.TRUST_CERTIFICATE
    can_retry = False

    def __init__(
        self, host: str, reason: Untrusted, certificate: Certificate | None = None, *, details: str | bytes = ""
    ) -> None:
        texts = {
            Untrusted.EXPIRED: _("The certificate of {host} has expired."),
            Untrusted.NOT_YET_VALID: _("The certificate of {host} is not valid yet. Check the clock of this computer."),
            Untrusted.WRONG_HOST: _("The certificate shown by {host} belongs to another server."),
            Untrusted.SELF_SIGNED: _("The certificate of {host} is signed only by itself."),
            Untrusted.UNKNOWN_ISSUER: _(
                "The certificate of {host} was issued by an authority this computer does not know."
            ),
            Untrusted.OTHER: _("The certificate of {host} cannot be trusted."),
        }
        super().__init__(texts[reason].format(host=host), details=details)
        self.reason = reason
        self.certificate = certificate
        if certificate is None:
            self.remedy = Remedy.SETTINGS


class NetworkNeedsLogin(NetProblem):
    """A captive portal answers in place of the server."""

    def __init__(self, host: str) -> None:
        text = _(
            "This network asks you to sign in first. Open a web page in your browser; {host} is tried again after that."
        )
        super().__init__(text.format(host=host))


class CaFileUnusable(NetProblem):
    """The account's own file of certificate authorities is gone or holds none."""

    remedy = Remedy.SETTINGS

    def __init__(self, path: object, *, details: str | bytes = "") -> None:
        text = _("The file of certificate authorities cannot be used: {path}")
        super().__init__(text.format(path=server_words(str(path))), details=details)


class StartTlsRefused(NetProblem):
    """Encryption by STARTTLS is required and the server does not do it (or somebody in between removed it)."""

    remedy = Remedy.SETTINGS

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _(
            "{host} did not start encryption, so nothing was sent. Choose TLS in the settings of the mail account."
        )
        super().__init__(text.format(host=host), details=details)


class SignInNotPossible(NetProblem):
    """The server allows no sign-in by password on this connection (LOGINDISABLED, no common method)."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("{host} does not allow signing in with a password on this connection.")
        super().__init__(text.format(host=host), details=details)


class WrongPassword(NetProblem):
    """The server knows the connection but not this user and password. `sends`: it is the one mail is sent through."""

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, host: str, user: str, *, sends: bool = False, port: int = 0, details: str | bytes = "") -> None:
        text = _("{host} did not accept the user name or password of {user}.").format(host=host, user=user)
        known = provider_words.help_after_refusal(host, sends=sends, port=port, user=user)
        super().__init__(_with_help(text, known), details=details)


class SmtpSwitchedOff(NetProblem):
    """The mailbox may not send by SMTP, whoever signs in and however (Microsoft: 535 5.7.139)."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, host: str, user: str, *, details: str | bytes = "") -> None:
        text = _(
            "Sending by SMTP is switched off for {user} on {host}. Whoever manages the mailbox can switch it on: "
            "https://aka.ms/smtp_auth_disabled"
        )
        super().__init__(text.format(host=host, user=user), details=details)


class SignInRequired(NetProblem):
    """The server takes mail only from those who sign in, and nobody did."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("{host} sends mail only for those who sign in. Enter a user name in the settings of the mail account.")
        super().__init__(text.format(host=host), details=details)


class EncryptionRequired(NetProblem):
    """The server takes neither sign-in nor mail on a connection in clear."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _(
            "{host} takes mail only over an encrypted connection. Choose TLS or STARTTLS in the settings of the mail "
            "account."
        )
        super().__init__(text.format(host=host), details=details)


class PasswordMissing(NetProblem):
    """There is no password of the account on this computer."""

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, user: str) -> None:
        super().__init__(_("The password of {user} is not on this computer.").format(user=server_words(user)))


class TokenRefused(NetProblem):
    """The server does not take a token that was to be good: it was revoked, or is for another mailbox.

    `sends` says that it is the server mail is sent through.
    """

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, host: str, user: str, *, sends: bool = False, details: str | bytes = "") -> None:
        text = _("{host} did not accept the browser sign-in for {user}. Sign in again.").format(host=host, user=user)
        super().__init__(_with_help(text, provider_words.help_when_not_opened(host, sends=sends)), details=details)


class TokenNotPossible(NetProblem):
    """A token is not shown to this server: it takes none (no XOAUTH2), or the connection is `clear` (RFC 6750, 5.3)."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, host: str, *, clear: bool = False) -> None:
        if clear:
            text = _("A browser sign-in is shown to {host} only over an encrypted connection. Choose TLS.")
        else:
            text = _("{host} takes no browser sign-in. Use a password for this mail account.")
        super().__init__(text.format(host=host))


class MailboxNotOpened(NetProblem):
    """The server knows who asks and does not open the mailbox; often for good, at Microsoft also for a while."""

    remedy = Remedy.SETTINGS
    back_off_s = 90.0

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _(
            "{host} accepted the sign-in but does not open the mailbox. Perhaps you signed in as another person."
        ).format(host=host)
        super().__init__(_with_help(text, provider_words.help_when_not_opened(host)), details=details)


class SignedInByAlias(NetProblem):
    """The server took the sign-in and knows no mailbox of that name: an alias has none (Exchange)."""

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _(
            "{host} finds no mailbox for this sign-in, as happens with an alias. Sign in again with the main address "
            "of your account there, and use it as the user name too."
        )
        super().__init__(text.format(host=host), details=details)


class SignInEnded(NetProblem):
    """The right a person gave in the browser is gone: withdrawn, or too old (RFC 6749, section 5.2, invalid_grant)."""

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, user: str, *, details: str | bytes = "") -> None:
        text = _("The sign-in for {user} is no longer valid. Sign in again; the mails of the account stay.")
        super().__init__(text.format(user=server_words(user)), details=details)


class AccessDenied(NetProblem):
    """Whoever was asked in the browser said no (RFC 6749, section 4.1.2.1)."""

    remedy = Remedy.SIGN_IN
    can_retry = False

    def __init__(self, provider: str, *, by_administrator: bool = False, details: str | bytes = "") -> None:
        if by_administrator:
            text = _("{provider} lets you in only after the administrator of your organisation has agreed to Rapport.")
        else:
            text = _("Rapport was not given access at {provider}.")
        super().__init__(text.format(provider=provider), details=details)


class ClientRefused(NetProblem):
    """The provider does not know the client id, its secret, or does not let it ask for what was asked."""

    remedy = Remedy.SETTINGS
    can_retry = False

    def __init__(self, provider: str, *, details: str | bytes = "") -> None:
        text = _("{provider} does not accept the client id that Rapport was given for it.")
        super().__init__(text.format(provider=provider), details=details)


class SignInFailed(NetProblem):
    """The sign-in in the browser came to no usable end."""

    def __init__(self, provider: str, *, details: str | bytes = "") -> None:
        super().__init__(_("The sign-in at {provider} failed.").format(provider=provider), details=details)


class NobodySignedIn(NetProblem):
    """The browser brought no answer in time."""

    def __init__(self, provider: str) -> None:
        super().__init__(_("Nobody signed in at {provider} in time.").format(provider=provider))


class ForeignAnswer(NetProblem):
    """An address a person copied from the browser is not the end of this sign-in."""

    remedy = Remedy.NONE

    def __init__(self) -> None:
        text = _("This is not the address the browser shows after the sign-in. Copy the whole address.")
        super().__init__(text)


class SignInTemporarilyRefused(NetProblem):
    """The server cannot check passwords at the moment (RFC 5530, UNAVAILABLE)."""

    back_off_s = 90.0

    def __init__(self, host: str, user: str, *, details: str | bytes = "") -> None:
        text = _("{host} cannot sign {user} in at the moment. It is tried again later.")
        super().__init__(text.format(host=host, user=user), details=details)


class TooManyConnections(NetProblem):
    """The server's limit of connections for one user is reached."""

    back_off_s = 90.0

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("{host} allows no more connections at the moment. It is tried again later.")
        super().__init__(text.format(host=host), details=details)


class Throttled(NetProblem):
    """The server asks to be left alone for a while (UNAVAILABLE, LIMIT, THROTTLED, OVERQUOTA of bandwidth)."""

    back_off_s = 90.0

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("{host} asks for a pause. It is tried again later.")
        super().__init__(text.format(host=host), details=details)


class ServerRefused(NetProblem):
    """The server understood a request and said no; `code` is its response code (RFC 5530), upper case or ""."""

    def __init__(self, host: str, *, code: str = "", details: str | bytes = "") -> None:
        super().__init__(_("{host} refused a request.").format(host=host), details=details)
        self.code = code


class FolderGone(NetProblem):
    """The folder was deleted or renamed by another program."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, folder: str, *, details: str | bytes = "") -> None:
        text = _("The folder {folder} is no longer on {host}.").format(folder=server_words(folder), host=host)
        super().__init__(text, details=details)
        self.folder = folder


class FolderExists(NetProblem):
    """A folder of that name is there already."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, folder: str, *, details: str | bytes = "") -> None:
        text = _("There already is a folder {folder} on {host}.").format(folder=server_words(folder), host=host)
        super().__init__(text, details=details)
        self.folder = folder


class OverQuota(NetProblem):
    """The mailbox is full."""

    remedy = Remedy.NONE
    back_off_s = 90.0

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        super().__init__(_("The mailbox on {host} is full.").format(host=host), details=details)


class ProtocolBroken(NetProblem):
    """The server answered nonsense; the connection is closed."""

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        super().__init__(_("{host} gave an answer that makes no sense.").format(host=host), details=details)


class UnsafeArgument(NetProblem):
    """A name or text holds a line break or NUL and could be read by the server as a command of its own."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, what: str) -> None:
        super().__init__(_("A line break or NUL is not allowed here: {what}").format(what=server_words(what)))


class TooLarge(NetProblem):
    """The other side announced or sent more than is taken. `limit_bytes` is what would have been taken."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, limit_bytes: int, *, uid: int = 0) -> None:
        text = _("{host} wanted to send more than the allowed {limit} MB at once.")
        super().__init__(text.format(host=host, limit=max(1, limit_bytes >> 20)))
        self.limit_bytes = limit_bytes
        self.uid = uid


class MessageRefused(NetProblem):
    """The server will never send this mail as it is; `details` are its words. Nobody got it."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "", text: str = "") -> None:
        super().__init__(text or _("{host} refused to send the mail.").format(host=host), details=details)


class MessageTooLarge(MessageRefused):
    """The mail is larger than the server takes (RFC 1870). `limit_bytes` is None where it does not tell its limit."""

    def __init__(self, host: str, limit_bytes: int | None, *, details: str | bytes = "") -> None:
        if limit_bytes is None:
            text = _("The mail is larger than {host} allows.")
        else:
            text = _("The mail is larger than the {limit} MB that {host} allows.")
        megabytes = max(1, (limit_bytes or 0) // 1_000_000)
        super().__init__(host, details=details, text=text.format(host=host, limit=megabytes))
        self.limit_bytes = limit_bytes


class SendingPostponed(NetProblem):
    """The server cannot send the mail now; it may be tried again, not before `back_off_s`. Nobody got it yet.

    `for_all` says that it would send no other mail of this person either.
    """

    def __init__(
        self, host: str, *, back_off_s: float, for_all: bool = False, details: str | bytes = "", text: str = ""
    ) -> None:
        super().__init__(text or _("{host} cannot send the mail now.").format(host=host), details=details)
        self.back_off_s = back_off_s
        self.for_all = for_all


class SendingLimitReached(SendingPostponed):
    """As much was sent in a day as the server lets one person send (Gmail: 500 recipients)."""

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("{host} sends no more mails for you today. This one goes as soon as it does again.")
        super().__init__(host, back_off_s=3600.0, for_all=True, details=details, text=text.format(host=host))


class OutcomeUnknown(NetProblem):
    """The connection ended after the whole mail was sent and before the answer: nobody knows who got it (R19).

    It is never sent again by itself; who wants to know looks for it among the sent mails.
    """

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        text = _("The connection to {host} was lost at the last moment, so the mail may have been sent or not.")
        super().__init__(text.format(host=host), details=details)


class AddressNotSendable(NetProblem):
    """Mail cannot be sent to or from `address`; nothing was sent. `host`: the server lacks SMTPUTF8 (RFC 6531)."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, address: str, *, host: str = "") -> None:
        if host:
            text = _("{host} cannot send to or from {address}, because it knows only addresses in Latin letters.")
        else:
            text = _("{address} is not an address mail can be sent to or from.")
        super().__init__(text.format(host=host, address=server_words(address)))
        self.address = address


class SecretsUnavailable(NetProblem):
    """Neither keyring nor vault can give or keep a password now."""

    def __init__(self, text: str, *, details: str | bytes = "") -> None:
        super().__init__(text, details=details)


class VaultLocked(SecretsUnavailable):
    """The person did not give the passphrase of the vault. Who asks again is refused until he unlocks it."""

    remedy = Remedy.UNLOCK
    can_retry = False

    def __init__(self, *, is_new: bool = False) -> None:
        locked = _("Your passwords are locked, so nothing is fetched or changed on the server.")
        super().__init__(_("Without a passphrase no password can be kept on this computer.") if is_new else locked)


class ForgottenLater(SecretsUnavailable):
    """The vault is closed, so what it is to forget goes with its next opening."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("Your passwords are locked. Those of this account are deleted as soon as you unlock them."))


class WrongPassphrase(SecretsUnavailable):
    """The passphrase does not open the vault, and nobody can be asked for another."""

    remedy = Remedy.UNLOCK
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("The passphrase does not open the password vault."))


class ImageRefused(NetProblem):
    """A remote image is not fetched or not shown."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, *, details: str | bytes = "") -> None:
        super().__init__(_("An image from {host} was not loaded.").format(host=server_words(host)), details=details)


class UnsubscribeRefused(NetProblem):
    """The server of a list did not take the wish to leave it, or may not be asked."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, host: str, *, answer: str = "", details: str | bytes = "") -> None:
        if answer:
            text = _("You are still on the list: {host} answered “{answer}”.")
        else:
            text = _("You are still on the list: its address at {host} cannot be used.")
        super().__init__(text.format(host=server_words(host), answer=server_words(answer)), details=details or answer)


def _with_help(text: str, help_text: str) -> str:
    return f"{text} {help_text}" if help_text else text


_TOO_OLD = (
    "UNSUPPORTED_PROTOCOL",
    "PROTOCOL_VERSION",
    "NO_PROTOCOLS_AVAILABLE",
    "HANDSHAKE_FAILURE",
    "INSUFFICIENT_SECURITY",
)
_UNREACHABLE = {
    errno.ECONNREFUSED,
    errno.EHOSTUNREACH,
    errno.ENETUNREACH,
    errno.ENETDOWN,
    errno.EHOSTDOWN,
    errno.EADDRNOTAVAIL,
}
_VERIFY = {
    9: Untrusted.NOT_YET_VALID,
    10: Untrusted.EXPIRED,
    18: Untrusted.SELF_SIGNED,
    19: Untrusted.SELF_SIGNED,
    20: Untrusted.UNKNOWN_ISSUER,
    21: Untrusted.UNKNOWN_ISSUER,
    62: Untrusted.WRONG_HOST,
    64: Untrusted.WRONG_HOST,
}
"""OpenSSL's X509_V_ERR_* numbers (x509_vfy.h)."""


def untrusted_reason(error: ssl.SSLCertVerificationError) -> Untrusted:
    """Return why OpenSSL refused a certificate."""
    return _VERIFY.get(error.verify_code, Untrusted.OTHER)


def from_os_error(error: OSError, host: str, port: int) -> NetProblem:
    """Return the Problem a socket's exception stands for. The original's text becomes `details`."""
    words = str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateUntrusted(host, untrusted_reason(error), details=words)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return ConnectionLost(host, details=words)
    if isinstance(error, ssl.SSLError):
        reason = error.reason or words.upper().replace(" ", "_")
        return TlsFailed(host, port, too_old=any(mark in reason for mark in _TOO_OLD), details=words)
    if isinstance(error, socket.gaierror):
        return NameNotFound(host, details=words)
    if error.errno in _UNREACHABLE:
        return HostUnreachable(host, port, refused=error.errno == errno.ECONNREFUSED, details=words)
    return ConnectionLost(host, details=words)
