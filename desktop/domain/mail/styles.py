"""Inline CSS of mail reduced to what dresses text, tables and pictures: names and values by allowlist. Pure; linear.

A declaration survives only when its property is known and every token of its value has a known shape. So there is
no url(), no function but colours, no escape, no comment, nothing that leaves its place in the page (position, negative
margins, z-index, transforms), nothing that moves (animation), nothing bigger than a page, and no `!important`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from desktop.domain.mail.vocabulary import words

MAX_STYLE_CHARS = 4000
MAX_LENGTH_PX = 2000
MAX_FONT_PX = 120

_LENGTHS = words(
    """border border-bottom border-bottom-width border-left border-left-width border-radius
    border-bottom-left-radius border-bottom-right-radius border-top-left-radius border-top-right-radius
    border-right border-right-width border-spacing border-top border-top-width border-width height
    letter-spacing line-height margin margin-bottom margin-left margin-right margin-top max-height max-width
    min-height min-width padding padding-bottom padding-left padding-right padding-top text-indent width
    word-spacing"""
)
_COLOURS = words(
    """background background-color border-color border-bottom-color border-left-color border-right-color
    border-top-color color text-decoration-color"""
)
_WORDS = words(
    """border-collapse border-style border-bottom-style border-left-style border-right-style border-top-style
    box-sizing caption-side clear direction empty-cells float font-style font-variant font-weight list-style
    list-style-position list-style-type table-layout text-align text-decoration text-decoration-line
    text-decoration-style text-transform unicode-bidi vertical-align visibility white-space word-break word-wrap
    overflow-wrap hyphens"""
)
_ENUMERATED = {
    "display": words(
        """none block inline inline-block list-item table inline-table table-row table-cell table-row-group
    table-column table-header-group table-footer-group table-column-group table-caption"""
    ),
    "overflow": frozenset({"hidden", "visible"}),
    "float": frozenset({"left", "right", "none"}),
}
_FONTS = frozenset({"font", "font-family", "font-size"})

_IMPORTANT = re.compile(r"!\s*important\s*$", re.IGNORECASE)
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<number>[+]?(?:\d{1,6}(?:\.\d{0,8})?|\.\d{1,8}))(?P<unit>px|pt|pc|em|ex|ch|rem|in|cm|mm|%)?(?![\w.%-])
    | (?P<colour>\#[0-9a-f]{3,8}\b|(?:rgb|hsl)a?\([\d\s,.%/]{1,60}\))
    | (?P<word>-?[a-z][a-z0-9-]{0,40})(?![\w(\\-])
    | (?P<text>"[\w .,-]{1,80}"|'[\w .,-]{1,80}')
    )\s*(?P<comma>[,/]?)""",
    re.IGNORECASE | re.VERBOSE,
)
_PX = {
    "px": 1.0,
    "pt": 4 / 3,
    "pc": 16.0,
    "em": 16.0,
    "rem": 16.0,
    "ex": 8.0,
    "ch": 8.0,
    "in": 96.0,
    "cm": 37.8,
    "mm": 3.8,
}
_NO_WORDS = frozenset({"expression", "inherit", "initial", "unset", "revert", "attr", "env", "var", "fixed", "sticky"})


@lru_cache(maxsize=4096)
def safe(style: str) -> str:
    """Return the declarations that may stay, normalised; "" when none may."""
    if len(style) > MAX_STYLE_CHARS or "\\" in style:
        return ""
    kept: list[str] = []
    for declaration in style.split(";"):
        name, colon, value = declaration.partition(":")
        name = name.strip().lower()
        if not colon or not name:
            continue
        written = _value(name, _IMPORTANT.sub("", value.strip()).strip())
        if written:
            kept.append(f"{'background-color' if name == 'background' else name}:{written}")
    return ";".join(kept)


def _value(name: str, value: str) -> str:
    """Return the value if all of it is of the shape its property takes; else ""."""
    if not value or len(value) > 300:
        return ""
    known = name in _LENGTHS or name in _COLOURS or name in _WORDS or name in _FONTS or name in _ENUMERATED
    if not known:
        return ""
    if name in _ENUMERATED:
        return value.lower() if value.lower() in _ENUMERATED[name] else ""
    limit = MAX_FONT_PX if name in _FONTS or name == "line-height" else MAX_LENGTH_PX
    at = 0
    out: list[str] = []
    while at < len(value):
        match = _TOKEN.match(value, at)
        if match is None or match.end() == at:
            return ""
        if match["number"] is not None:
            if name in _COLOURS or not _fits(name, float(match["number"]), match["unit"] or "", limit):
                return ""
        elif match["word"] is not None:
            if match["word"].lower() in _NO_WORDS:
                return ""
        elif (match["text"] is not None and name not in _FONTS) or (
            match["colour"] is not None and name in _WORDS | _FONTS
        ):
            return ""
        out.append(match[0].strip())
        at = match.end()
    return " ".join(out).replace('"', "'")


def _fits(name: str, number: float, unit: str, limit: int) -> bool:
    if unit == "%":
        return number <= (500 if name in _FONTS or name == "line-height" else 100)
    if not unit:
        # a bare number: a factor (line-height), a weight, or 0
        return number <= 1000 if name in _WORDS | {"font"} else number <= (10 if name == "line-height" else limit)
    return number * _PX[unit.lower()] <= limit
