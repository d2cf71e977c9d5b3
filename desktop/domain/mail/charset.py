"""Bytes to text, whatever the label says. Pure; never raises.

Order: UTF-8, then the label, then a guess by chardet. Measured on real 8-bit mail this reads more parts right than
trusting the label first: many programs label UTF-8 as something else, and nothing else looks like UTF-8 by chance.
Charsets that are 7-bit on the wire (ISO-2022, UTF-7, HZ) or hold NUL bytes (UTF-16) must come first by their label,
and UTF-7 is never guessed: it is the old way to smuggle markup past a filter.
"""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

GUESS_BYTES = 4096
"""How much of a text the guess reads; more does not make it better, only slower."""

# What senders mean when they name a narrower set: the Windows superset that holds their extra characters.
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "cp950",
    "iso2022_jp": "iso2022_jp_2",
}
_ALIASES = {
    "cp-850": "cp850",
    "dos-866": "cp866",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-8-i": "iso8859-8",
    "ks_c_5601-1987": "cp949",
    "ksc5601": "cp949",
    "unicode-1-1-utf-7": "utf-7",
    "utf8mb4": "utf-8",
    "visual": "iso8859-8",
    "windows-874": "cp874",
    "windows-31j": "cp932",
    "windows-949": "cp949",
    "x-euc-jp": "euc_jp",
    "x-gbk": "gb18030",
    "x-mac-cyrillic": "mac_cyrillic",
    "x-mac-roman": "mac_roman",
    "x-sjis": "cp932",
    "x-unicode-2-0-utf-7": "utf-7",
}
# Codecs that are no charsets: some transform (idna, punycode: quadratic), some run escapes.
_REFUSED = frozenset({"idna", "mbcs", "oem", "punycode", "raw-unicode-escape", "undefined", "unicode-escape"})
_LABEL_FIRST = ("iso2022", "utf-7", "utf-16", "utf-32", "hz")
_BOMS = ((codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"))
_BOM_CODECS = (*_BOMS, (codecs.BOM_UTF16_BE, "utf-16"))
_SHORT_BYTES = 100
_ASCII = bytes(range(128))
_SURROGATE = re.compile("[\ud800-\udfff]")


@lru_cache(maxsize=512)
def codec_name(label: str) -> str:
    """Return Python's name of the charset a label means; "" for none known or none allowed."""
    name = label.strip().strip("\"'").lower()
    if not name or len(name) > 40 or not name.isascii() or not name.isprintable():
        return ""
    try:
        found = codecs.lookup(_ALIASES.get(name, name))
    except (LookupError, ValueError):
        return ""
    if not found._is_text_encoding or found.name in _REFUSED:
        return ""
    return _MEANT.get(found.name, found.name)


def decode(data: bytes, label: str = "") -> str:
    """Return the text of `data`; NUL bytes and lone surrogates are left out, undecodable bytes become U+FFFD."""
    name = codec_name(label) if label else ""
    if data.isascii() and not name.startswith(_LABEL_FIRST):
        if b"\x1b$" in data:
            return _clean(_strict(data, "iso2022_jp_2") or data.decode("ascii"))
        text = data.decode("ascii")
        return text.replace("\0", "") if "\0" in text else text
    return _clean(_decode_wide(data, name))


def _decode_wide(data: bytes, name: str) -> str:
    for mark, codec in _BOM_CODECS:
        if data.startswith(mark):
            return data.decode(codec, "replace")
    if name.startswith(_LABEL_FIRST):
        return data.decode(name, "replace")
    text = _strict(data, "utf-8-sig")
    if text is None and name and name != "utf-8":
        text = _strict(data, name)
    if text is not None:
        return text
    if name == "utf-8" and _mostly_utf8(data):
        return data.decode("utf-8", "replace")
    guess = _guess(data)
    if guess:
        text = _strict(data, guess)
        if text is not None:
            return text
    return data.decode(name or guess or "cp1252", "replace")


def _strict(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except ValueError:
        return None


def _mostly_utf8(data: bytes) -> bool:
    """Say whether a text labelled UTF-8 is damaged UTF-8 (cut, one bad byte) and not another charset."""
    broken = data.decode("utf-8", "replace").count("\ufffd")
    return broken * 8 <= len(data.translate(None, _ASCII))


def _guess(data: bytes) -> str:
    high = data.translate(None, _ASCII)
    if len(high) * 50 < len(data) or (len(data) < _SHORT_BYTES and len(high) * 2 < len(data)):
        # a few signs among ASCII letters: the guess is seldom right about them, and slow
        return "cp1252"
    import chardet  # loads its models: only mails that need a guess pay for them

    first = data.index(high[:1])
    return _guessed_codec(chardet.detect(data[max(first - 100, 0) : first + GUESS_BYTES]).get("encoding"))


def _guessed_codec(encoding: object) -> str:
    name = codec_name(encoding) if isinstance(encoding, str) else ""
    return "" if name == "utf-7" else name


def _clean(text: str) -> str:
    if "\0" in text:
        text = text.replace("\0", "")
    if _SURROGATE.search(text):
        text = _SURROGATE.sub("\ufffd", text)
    return text
