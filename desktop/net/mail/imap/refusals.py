"""What NO, BAD and BYE mean: from response codes (RFC 5530), else from the words servers use. Pure."""

from __future__ import annotations

import re

from desktop.net import errors
from desktop.net.mail.imap.responses import Response

_CONNECTIONS = re.compile(
    r"too many .*(connection|session)|simultaneous|(maximum|max) (number of )?(\w+ )?connections", re.IGNORECASE
)
_PAUSE = re.compile(
    r"throttl|too many (requests|commands|login)|rate.?limit|bandwidth|slow down|try again later", re.IGNORECASE
)
_TEMPORARY = re.compile(
    r"temporar|try (again )?later|unavailable|internal (server )?error|system problem|timed? ?out", re.IGNORECASE
)
_GONE = re.compile(
    r"non-?existent|does(n't| not) exist|not exist|no such|unknown (mailbox|folder)|not found|invalid mailbox",
    re.IGNORECASE,
)
_EXISTS = re.compile(r"already exist", re.IGNORECASE)
_NOT_OPENED = re.compile(r"authenticated but not connected", re.IGNORECASE)
"""Exchange Online, in answer to a sign-in or to the first command after it."""
_ALIAS = "NoPrimarySmtpAddress"
"""Exchange's, beside its other words or in place of them."""
_QUOTA = re.compile(r"over ?quota|quota exceeded|mailbox is full", re.IGNORECASE)
_PAUSES = frozenset(("LIMIT", "THROTTLED", "OVERQUOTA"))
"""Outside of a command OVERQUOTA is the volume of data (Gmail): no mailbox is so full that nobody may look at it."""
_BUSY = frozenset(("UNAVAILABLE", "INUSE", "SERVERBUG", "CONTACTADMIN"))


def at_sign_in(response: Response, host: str, user: str, *, port: int = 0) -> errors.NetProblem:
    """Return why a sign-in was refused. A wrong password is told from a server that cannot check one now (R10)."""
    words = errors.server_words(response.text)
    if _ALIAS in words:
        return errors.SignedInByAlias(host, details=words)
    if _CONNECTIONS.search(words):
        return errors.TooManyConnections(host, details=words)
    if _NOT_OPENED.search(words):
        return errors.MailboxNotOpened(host, details=words)
    if response.code in {"AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED"}:
        return errors.WrongPassword(host, user, port=port, details=words)
    if response.code in _PAUSES or _PAUSE.search(words):
        return errors.Throttled(host, details=words)
    if response.code in _BUSY or _TEMPORARY.search(words):
        return errors.SignInTemporarilyRefused(host, user, details=words)
    if response.code == "PRIVACYREQUIRED":
        return errors.SignInNotPossible(host, details=words)
    if response.kind == b"BAD":
        return errors.ServerRefused(host, code=response.code, details=words)
    return errors.WrongPassword(host, user, port=port, details=words)


def at_greeting(response: Response, host: str) -> errors.NetProblem:
    """Return why a server said BYE at once, or in mid session."""
    words = errors.server_words(response.text)
    if _ALIAS in words:
        return errors.SignedInByAlias(host, details=words)
    if _CONNECTIONS.search(words):
        return errors.TooManyConnections(host, details=words)
    if response.code in _BUSY | _PAUSES or _PAUSE.search(words):
        return errors.Throttled(host, details=words)
    return errors.ConnectionLost(host, details=words)


def of_command(response: Response, host: str, folder: str = "") -> errors.NetProblem:
    """Return why a command was refused; `folder` is the folder it was about, for people."""
    words = errors.server_words(response.text)
    code = response.code
    if _ALIAS in words:
        return errors.SignedInByAlias(host, details=words)
    if _NOT_OPENED.search(words):
        return errors.MailboxNotOpened(host, details=words)
    if folder and (code in {"NONEXISTENT", "TRYCREATE"} or (not code and _GONE.search(words))):
        return errors.FolderGone(host, folder, details=words)
    if folder and (code == "ALREADYEXISTS" or (not code and _EXISTS.search(words))):
        return errors.FolderExists(host, folder, details=words)
    if code == "OVERQUOTA":
        # Gmail says OVERQUOTA for the daily volume of data as well as for a full mailbox
        return errors.Throttled(host, details=words) if _PAUSE.search(words) else errors.OverQuota(host, details=words)
    if _CONNECTIONS.search(words):
        return errors.TooManyConnections(host, details=words)
    if code in {"UNAVAILABLE", "LIMIT", "THROTTLED", "INUSE"} or _PAUSE.search(words):
        return errors.Throttled(host, details=words)
    if _QUOTA.search(words):
        return errors.OverQuota(host, details=words)
    return errors.ServerRefused(host, code=code, details=words)
