"""What an SMTP server says, and what it means. Pure.

Told by the reply code (RFC 5321), the enhanced code (RFC 3463), else by the words servers use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop.net import errors

THROTTLED_S = 90.0
"""Shortest wait after a server asked for a pause."""
LATER_S = 60.0

_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")
_CONNECTIONS = re.compile(
    r"too many .*(connection|session)|simultaneous|concurrent|(maximum|max) (number of )?(\w+ )?connections",
    re.IGNORECASE,
)
_PAUSE = re.compile(
    r"throttl|too many (requests|commands|messages|login|recipients)|rate.?limit|quota|slow down|limit exceeded",
    re.IGNORECASE,
)
_DAILY = re.compile(r"daily (\w+ ){0,3}(limit|quota)|(limit|quota) (\w+ ){0,4}(per|a) day", re.IGNORECASE)
_DAILY_CODES = frozenset(("5.4.5", "4.4.5", "5.1.90"))
"""Gmail's and Exchange Online's for somebody who has sent as much as he may in a day."""
_SWITCHED_OFF = re.compile(r"SmtpClientAuth\w* is disabled", re.IGNORECASE)
_NO_PASSWORDS = re.compile(r"basic auth\w* is disabled", re.IGNORECASE)
_ALIAS = "NoPrimarySmtpAddress"
_CLEAR = re.compile(r"STARTTLS|\bTLS\b|\bSSL\b|encrypt", re.IGNORECASE)
_PARTING = re.compile(rb"([45]\d\d)(?:[ -](.*?))?\r?\n")


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply; `words` are in one line and fit to be shown, the enhanced code in front where there is one."""

    code: int
    words: str

    @property
    def done(self) -> bool:
        return 200 <= self.code < 300

    @property
    def permanent(self) -> bool:
        return self.code >= 500

    @property
    def enhanced(self) -> str:
        """ "5.7.8"; "" where there is none."""
        match = _ENHANCED.match(self.words)
        return match[0] if match else ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why the server took no mail for one recipient. One that is not permanent may be tried again later (R20)."""

    code: int
    words: str
    """The server's own, with its enhanced code in front."""
    permanent: bool


def parting(octets: bytes) -> Reply | None:
    """Return the refusal a server sent before it ended the connection; None where it sent none."""
    match = _PARTING.match(octets)
    return Reply(int(match[1]), errors.server_words(match[2] or b"")) if match else None


def at_greeting(reply: Reply, host: str) -> errors.NetProblem:
    """Return why a server does not want to talk, said in place of a greeting or to EHLO."""
    if _CONNECTIONS.search(reply.words):
        return errors.TooManyConnections(host, details=reply.words)
    if not reply.permanent:
        return errors.Throttled(host, details=reply.words)
    return errors.ServerRefused(host, code=reply.enhanced, details=reply.words)


def at_sign_in(reply: Reply, host: str, user: str, *, bearer: bool, port: int = 0) -> errors.NetProblem:
    """Return why a sign-in was refused. A wrong password is told from a server that cannot check one now (R10)."""
    words = reply.words
    if _CONNECTIONS.search(words):
        return errors.TooManyConnections(host, details=words)
    if not reply.permanent:
        if _PAUSE.search(words):
            return errors.Throttled(host, details=words)
        return errors.SignInTemporarilyRefused(host, user, details=words)
    if _ALIAS in words:
        return errors.SignedInByAlias(host, details=words)
    if _SWITCHED_OFF.search(words):
        return errors.SmtpSwitchedOff(host, user, details=words)
    if reply.code == 538 or (reply.code == 530 and _CLEAR.search(words)):
        return errors.EncryptionRequired(host, details=words)
    if not bearer and _NO_PASSWORDS.search(words):
        return errors.SignInNotPossible(host, details=words)
    if reply.code in {534, 535} or reply.enhanced == "5.7.8":
        if bearer:
            return errors.TokenRefused(host, user, sends=True, details=words)
        return errors.WrongPassword(host, user, sends=True, port=port, details=words)
    return errors.ServerRefused(host, code=reply.enhanced, details=words)


def is_daily_limit(reply: Reply) -> bool:
    """Say whether a refusal is about how much somebody has sent today, not about the mail or who is to get it."""
    return reply.enhanced in _DAILY_CODES or bool(_DAILY.search(reply.words))


def of_message(reply: Reply, host: str, *, limit_bytes: int | None = None) -> errors.NetProblem:
    """Return why a mail was not taken, said to MAIL, DATA or the final dot; `limit_bytes` is the server's SIZE."""
    words = reply.words
    if is_daily_limit(reply):
        return errors.SendingLimitReached(host, details=words)
    if reply.code == 421 and _CONNECTIONS.search(words):
        return errors.TooManyConnections(host, details=words)
    if not reply.permanent:
        for_all = reply.code in {421, 432} or bool(_PAUSE.search(words) or _CONNECTIONS.search(words))
        wait_s = THROTTLED_S if for_all or reply.code == 452 else LATER_S
        return errors.SendingPostponed(host, back_off_s=wait_s, for_all=for_all, details=words)
    if reply.code == 530:
        needs = errors.EncryptionRequired if _CLEAR.search(words) else errors.SignInRequired
        return needs(host, details=words)
    if reply.enhanced in {"5.2.3", "5.3.4"} or (reply.code == 552 and not reply.enhanced):
        return errors.MessageTooLarge(host, limit_bytes, details=words)
    return errors.MessageRefused(host, details=words)
