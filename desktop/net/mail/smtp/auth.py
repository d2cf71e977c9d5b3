"""Signing in by SASL (RFC 4954): XOAUTH2 with a token; PLAIN, else LOGIN, else CRAM-MD5 with a password. Blocking.

A connection that comes here is encrypted, or a person chose one in clear; even then a token is not shown (RFC 6750,
section 5.3). No text or cause of an error holds the secret, not even where a server repeats it.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable

from desktop.net import errors
from desktop.net.credentials import Bearer, Credential
from desktop.net.mail.smtp import guard, replies
from desktop.net.mail.smtp.client import SIGN_IN_GOES_ON, Client
from desktop.net.mail.smtp.replies import Reply

_ROUNDS_MAX = 5
_COMMAND_MAX = 500
"""A longer first answer waits for the server's go-ahead (RFC 4954, section 4)."""
_SECRET_MIN = 4
"""What is shorter stands in every other sentence."""
_NOT_UNDERSTOOD = frozenset((500, 501, 502, 504))

Answer = Callable[[bytes], bytes | None]
"""Given what the server asks, what to say; None gives up."""


class _Dialogue:
    """One sign-in. What it says is told by no reply it returns."""

    def __init__(self, client: Client, secret: str) -> None:
        self._client = client
        self._secrets = [secret]

    def run(self, mechanism: str, first: bytes | None, answer: Answer = lambda _question: None) -> Reply:
        """Run one mechanism to its end; `first` is what it says unasked."""
        command = f"AUTH {mechanism}"
        if first is not None and len(command) + len(first) * 4 // 3 < _COMMAND_MAX:
            reply = self._ask(command, self._coded(first))
        else:
            reply = self._ask(command)
            if reply.code == SIGN_IN_GOES_ON and first is not None:
                reply = self._ask(self._coded(first))
        for _ in range(_ROUNDS_MAX):
            if reply.code != SIGN_IN_GOES_ON:
                return Reply(reply.code, self.without_secrets(reply.words))
            given = answer(_challenge(reply.words))
            reply = self._ask("*" if given is None else self._coded(given))
        self._client.close()
        raise errors.ProtocolBroken(self._client.server, details="sign-in without an end")

    def without_secrets(self, words: str) -> str:
        """Return what a server said with all taken out that it repeats."""
        for secret in self._secrets:
            if len(secret) >= _SECRET_MIN:
                words = words.replace(secret, "…")
        return words

    def _ask(self, command: str, argument: str = "") -> Reply:
        return self._client.ask(command, argument, goes_on=SIGN_IN_GOES_ON)

    def _coded(self, answer: bytes) -> str:
        coded = base64.b64encode(answer).decode("ascii")
        self._secrets.append(coded)
        return coded


def sign_in(client: Client, user: str, credential: Credential) -> None:
    """Sign in, or raise why that was not possible."""
    secret = credential.token if isinstance(credential, Bearer) else credential.secret
    # refused here, before anything is sent
    guard.refuse_control(user, "user name")
    guard.refuse_control(secret, "password")
    bearer = isinstance(credential, Bearer)
    dialogue = _Dialogue(client, secret)
    for mechanism in _for_token(client) if bearer else _for_password(client):
        reply = _MECHANISMS[mechanism](dialogue, _octets(user), _octets(secret))
        # one that is offered and not understood; a refusal is an answer and never asked for again
        if reply.code not in _NOT_UNDERSTOOD:
            break
    if not reply.done:
        raise replies.at_sign_in(reply, client.server, user, bearer=bearer, port=client.wire.port)


def _for_token(client: Client) -> list[str]:
    if not client.wire.encrypted:
        raise errors.TokenNotPossible(client.server, clear=True)
    if "XOAUTH2" not in client.mechanisms:
        raise errors.TokenNotPossible(client.server)
    return ["XOAUTH2"]


def _for_password(client: Client) -> list[str]:
    offered = client.mechanisms
    usable: list[str] = [name for name in ("PLAIN", "LOGIN") if name in offered]
    if not usable and "CRAM-MD5" in offered:
        usable = ["CRAM-MD5"]
    if not usable:
        raise errors.SignInNotPossible(client.server, details="AUTH " + " ".join(sorted(offered)))
    return usable


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _plain(dialogue: _Dialogue, user: bytes, secret: bytes) -> Reply:
    return dialogue.run("PLAIN", b"\0" + user + b"\0" + secret)


def _login(dialogue: _Dialogue, user: bytes, secret: bytes) -> Reply:
    # the server's questions are "Username:" and "Password:" in this order, whatever it calls them
    answers = iter((user, secret))
    return dialogue.run("LOGIN", None, lambda _question: next(answers, None))


def _cram_md5(dialogue: _Dialogue, user: bytes, secret: bytes) -> Reply:
    def answer(question: bytes) -> bytes:
        return user + b" " + hmac.new(secret, question, "md5").hexdigest().encode("ascii")

    return dialogue.run("CRAM-MD5", None, answer)


def _xoauth2(dialogue: _Dialogue, user: bytes, secret: bytes) -> Reply:
    reasons: list[bytes] = []

    def note(reason: bytes) -> bytes:
        # why, as JSON; the refusal itself comes when that was answered with nothing
        reasons.append(reason)
        return b""

    reply = dialogue.run("XOAUTH2", b"user=" + user + b"\1auth=Bearer " + secret + b"\1\1", note)
    if not reasons:
        return reply
    reason = dialogue.without_secrets(errors.server_words(reasons[0]))
    return Reply(reply.code, f"{reply.words} {reason}")


_MECHANISMS: dict[str, Callable[[_Dialogue, bytes, bytes], Reply]] = {
    "CRAM-MD5": _cram_md5,
    "LOGIN": _login,
    "PLAIN": _plain,
    "XOAUTH2": _xoauth2,
}


def _challenge(words: str) -> bytes:
    try:
        return base64.b64decode(words, validate=True)
    except (binascii.Error, ValueError):
        return b""
