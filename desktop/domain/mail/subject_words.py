"""What mail programs put before the subject of an answer or a forwarded mail, in the languages they speak. Pure."""

from __future__ import annotations

import re

REPLY = "Re: "
FORWARD = "Fwd: "
"""Written in every language, as programs everywhere know them (RFC 5322, section 3.6.5)."""

_REPLY_WORDS = (
    r"re|aw|antw|antwort|sv|vs|ré|réf|res|resp|odp|ynt|yan|cevap|отв|ответ|відп|atb|bls|vá|válasz|απ|σχετ|rif|r"
    r"|回复|回覆|答复|答覆|返信|回信|회신|답장|תגובה|השב|رد"
)
_FORWARD_WORDS = (
    r"fwd?|wg|wtr|weiterl|tr|rv|enc|vb|vl|doorst|pd|ilt|i̇lt|пересл|fs|továbbítás|μτθ|πρθ|trs"
    r"|转发|轉寄|轉發|転送|전달|הועבר|إعادة توجيه"
)
_COUNT = r"(?:\s?[\[(^*]\s?\d{1,4}\s?[\])]?)?"
_REPLIES = re.compile(rf"\s*(?:{_REPLY_WORDS}){_COUNT}\s?[:：]\s*", re.IGNORECASE)
_FORWARDS = re.compile(rf"\s*(?:{_FORWARD_WORDS}){_COUNT}\s?[:：]\s*", re.IGNORECASE)


def replied(subject: str) -> str:
    """Return the subject of an answer: one "Re:", whatever stood for it before."""
    return f"{REPLY}{_without(_REPLIES, subject)}".rstrip()


def forwarded(subject: str) -> str:
    """Return the subject of a forwarded mail: one "Fwd:", before what kind of answer it ever was."""
    return f"{FORWARD}{_without(_FORWARDS, subject)}".rstrip()


def says_nothing(subject: str) -> bool:
    """Say whether a subject is empty, or nothing but such words."""
    at = 0
    while match := _REPLIES.match(subject, at) or _FORWARDS.match(subject, at):
        at = match.end()
    return not subject[at:].strip()


def _without(words: re.Pattern[str], subject: str) -> str:
    at = 0
    while match := words.match(subject, at):
        at = match.end()
    return subject[at:].strip()
