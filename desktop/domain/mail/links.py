"""Links that say one thing and do another. Pure.

Compares what a person sees with where a click goes, and looks at the target itself: hosts written to deceive (a user
name that looks like a host, numbers, mixed scripts, hidden characters).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser

from desktop.domain.mail.vocabulary import words

MAX_LINKS = 2000
MAX_IMAGES = 20
"""Pictures of one link whose words are read."""


class LinkReason(StrEnum):
    """What is wrong with a link. The text for people is made in the ui."""

    OTHER_HOST = "other-host"
    """The words name another site than the target."""
    OTHER_ADDRESS = "other-address"
    """The words name another mail address than the target."""
    USER_INFO = "user-info"
    """https://bank.example@evil.example"""
    NUMBER_HOST = "number-host"
    LOOKALIKE = "lookalike"
    """Letters of several scripts in one name, or of one that imitates Latin."""
    HIDDEN_CHARACTERS = "hidden-characters"
    ODD_HOST = "odd-host"


@dataclass(frozen=True, slots=True)
class LinkWarning:
    reason: LinkReason
    shown: str
    url: str
    host: str
    """The real host, punycode where it is not plain ASCII."""


_SHOWN = re.compile(
    r"(?:(?P<scheme>https?)://)?(?:[^\s/@]{0,64}@)?(?P<host>(?:[\w-]{1,63}\.){1,8}[^\W\d_][\w-]{1,23})(?::\d{1,5})?(?:[/?#].*)?",
    re.IGNORECASE | re.DOTALL,
)
_URL_IN_WORDS = re.compile(r"https?://(?:[^\s/@]{0,64}@)?([\w.-]{1,253})", re.IGNORECASE)
_MAIL = re.compile(r"(?:mailto:)?([^\s@<>]{1,64}@[^\s@<>?]{1,255})", re.IGNORECASE)
_HIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+)){0,3}\.?", re.IGNORECASE)
# second levels that registries hand out under a country, so that the owner is one label further left
_SECOND_LEVELS = words(
    """ac asn blogspot co com edu gen gob gov gouv go govt id in info ltd me mil ne net nhs nom or org plc sch
    school"""
)
_COMMON_TLDS = words(
    """com net org edu gov mil int info biz name pro io app dev shop online site store xyz top club live eu de uk
    us ca au nz jp cn ru fr it es nl be ch at se no dk fi pl cz sk hu ro bg gr tr ua by kz in br mx ar cl co za
    ie pt il kr tw hk sg my th vn id"""
)
# Cyrillic and Greek letters that look like Latin ones
_IMITATES = frozenset("асеорхуіјѕһԁԛԝӏьгпгтвмнкαοριυνκτεχγω")


def registrable(host: str) -> str:
    """Return the part of a host name one registers, as far as can be said without the public suffix list."""
    labels = host.lower().strip(".").split(".")
    if len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS:
        return ".".join(labels[-3:])
    return ".".join(labels[-2:])


def suspicion(text: str, url: str) -> LinkWarning | None:
    """Return what is wrong with a link that shows `text` and leads to `url`; None when nothing is seen."""
    shown = " ".join(text.split())
    # letters of another width are the same letters, and browsers take these two for dots
    read = unicodedata.normalize("NFKC", shown).replace("\u3002", ".").replace("\uff61", ".")
    if url[:7].lower() == "mailto:":
        return _mail_suspicion(read, url)
    try:
        target = urlsplit(url.replace("\\", "/"))
        host = (target.hostname or "").rstrip(".")
        netloc = target.netloc
    except ValueError:
        return LinkWarning(LinkReason.ODD_HOST, shown, url, "")
    if target.scheme.lower() not in {"http", "https"} or not host:
        return None
    reason = _host_reason(url, host, netloc)
    if reason is None and _HIDDEN.search(text.strip()) and _SHOWN.fullmatch(_HIDDEN.sub("", read)):
        reason = LinkReason.HIDDEN_CHARACTERS
    if reason is None:
        reason = _shown_reason(_HIDDEN.sub("", read), host)
    return None if reason is None else LinkWarning(reason, shown[:300], url[:2000], punycode(host))


def warnings_in(html: str) -> list[LinkWarning]:
    """Return what is wrong with the links of a sanitised fragment."""
    if "<a " not in html:
        return []
    found = []
    for anchor in LexborHTMLParser(html).css("a[href]")[:MAX_LINKS]:
        words = anchor.text(deep=True) or ""
        if not words.strip():
            # what is read in place of a picture, and remote ones are blocked at first
            words = " ".join(image.attributes.get("alt") or "" for image in anchor.css("img")[:MAX_IMAGES])
        warning = suspicion(words, anchor.attributes.get("href") or "")
        if warning is not None:
            found.append(warning)
    return list(dict.fromkeys(found))


def punycode(host: str) -> str:
    """Return a host name in ASCII, as it goes to the network."""
    if host.isascii():
        return host
    labels = []
    for label in host[:253].split("."):
        try:
            labels.append(label if label.isascii() else "xn--" + label[:63].encode("punycode").decode("ascii"))
        except UnicodeError:
            labels.append("?")
    return ".".join(labels)


def readable(host: str) -> str:
    """Return a host name in the letters people see; what is no punycode stays as it is."""
    labels = []
    for label in host.lower().split("."):
        try:
            labels.append(label[4:67].encode("ascii").decode("punycode") if label.startswith("xn--") else label)
        except (UnicodeError, ValueError):
            labels.append(label)
    return ".".join(labels)


def imitates(host: str) -> bool:
    """Say whether a label mixes scripts, or is written in letters that pass for Latin ones."""
    for label in host.lower().split("."):
        if label.startswith("xn--"):
            try:
                label = label[4:67].encode("ascii").decode("punycode")
            except (UnicodeError, ValueError):
                return True
        if label.isascii():
            continue
        scripts = {_script(letter) for letter in label if letter.isalpha()}
        if len(scripts - {"CJK"}) > 1 and not scripts <= {"CJK", "LATIN", "HIRAGANA", "KATAKANA"}:
            return True
        if scripts & {"CYRILLIC", "GREEK"} and all(c in _IMITATES or not c.isalpha() for c in label):
            return True
    return False


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").partition(" ")[0]
    return "CJK" if name in {"CJK", "HANGUL", "BOPOMOFO"} else name


def _host_reason(url: str, host: str, netloc: str) -> LinkReason | None:
    if _HIDDEN.search(url) or _HIDDEN.search(unquote(host)):
        return LinkReason.HIDDEN_CHARACTERS
    if "@" in netloc:
        return LinkReason.USER_INFO
    if _NUMBER.fullmatch(host) or ":" in host:
        return LinkReason.NUMBER_HOST
    if imitates(host):
        return LinkReason.LOOKALIKE
    if "%" in host or "\\" in url.partition("?")[0]:
        return LinkReason.ODD_HOST
    return None


def _shown_reason(shown: str, host: str) -> LinkReason | None:
    """Say whether words that are an address name another site than the real one."""
    words = shown.strip("<>()[]\"'“”‘’.,;:!*- ")
    match = _SHOWN.fullmatch(words)
    if match is None:
        within = _URL_IN_WORDS.search(words)
        named = within[1].lower().strip(".") if within else host
        return None if registrable(named) == registrable(host) else LinkReason.OTHER_HOST
    named = match["host"].lower()
    tail = named.rpartition(".")[2]
    if not match["scheme"] and not named.startswith("www.") and tail not in _COMMON_TLDS:
        return None
    return None if registrable(named) == registrable(host) else LinkReason.OTHER_HOST


def _mail_suspicion(shown: str, url: str) -> LinkWarning | None:
    target = unquote(url[7:].partition("?")[0]).strip().lower()
    match = _MAIL.fullmatch(shown.strip("<>()[]\"'.,;: "))
    if match and target and "," not in target and match[1].lower() != target:
        return LinkWarning(LinkReason.OTHER_ADDRESS, shown[:300], url[:2000], target.rpartition("@")[2])
    return None
