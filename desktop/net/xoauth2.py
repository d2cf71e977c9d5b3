"""SASL XOAUTH2, as Google and Microsoft describe it: a token in place of a password, for IMAP and SMTP. Pure.

The client speaks once. A server that does not take the token answers with a challenge, a JSON object that says why, and
waits for an empty response before it says NO.
"""

from __future__ import annotations

import json
import re

from desktop.net import errors

MECHANISM = "XOAUTH2"
_TOLD = ("error", "error_description", "status", "scope")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f]")


class Exchange:
    """What answers the server's questions, one after another. `user` is the mailbox, the token may be another's.

    Raises UnsafeArgument: the mechanism parts its fields by a control character.
    """

    def __init__(self, user: str, token: str) -> None:
        if _UNSAFE.search(user):
            raise errors.UnsafeArgument("user name")
        if _UNSAFE.search(token):
            raise errors.UnsafeArgument("token")
        self._token = token
        self._answers = iter((f"user={user}\x01auth=Bearer {token}\x01\x01".encode("utf-8", "surrogatepass"), b""))
        self._challenge = b""

    def __call__(self, challenge: bytes) -> bytes | None:
        """Return the next response; None when there is no more to say, which ends the exchange."""
        self._challenge = challenge or self._challenge
        return next(self._answers, None)

    def refusal(self, said: str) -> str:
        """Return why the token was refused, in the server's words: `said` with its NO, and the challenge before."""
        words = "; ".join(word for word in (said, _told(self._challenge)) if word)
        # a server may quote what it was shown
        return words.replace(self._token, "***")


def _told(challenge: bytes) -> str:
    try:
        found = json.loads(challenge)
    except (ValueError, RecursionError):
        return ""
    if not isinstance(found, dict):
        return ""
    return ", ".join(f"{name}: {found[name]}" for name in _TOLD if isinstance(found.get(name), str | int))
