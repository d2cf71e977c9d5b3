"""Style sheets of a mail moved into `style` attributes, so that the sanitiser judges each value. Pure; no network."""

from __future__ import annotations

import re
from functools import cache

import css_inline

MAX_SHEET_CHARS = 512 * 1024

_LINK = re.compile(r"<(?=link\b)", re.IGNORECASE)
_BODY = re.compile(r"<(/?)body\b([^<>]{0,4000}>)?", re.IGNORECASE)
_BODY_COLOUR = re.compile(r"\s(bgcolor|text|style)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)


def inlined(html: str) -> str:
    """Return the HTML with its style sheets applied; unchanged where it has none, or where they are no CSS.

    `body` becomes a `div`: the sanitiser returns a fragment, and colours are mostly set on the body.
    """
    if 0 < _sheet_chars(html.lower()) <= MAX_SHEET_CHARS:
        try:
            # links go first: a sheet is never read from anywhere but the mail
            html = _inliner().inline(_LINK.sub("<x-", html))
        except (css_inline.InlineError, ValueError):
            return _BODY.sub(_as_div, html)
    return _BODY.sub(_as_div, html)


def _sheet_chars(lower: str) -> int:
    """Return the size of all style sheets with their tags; 0 without any."""
    size, at = 0, 0
    while (begin := lower.find("<style", at)) >= 0:
        end = lower.find("</style", begin)
        at = end if end >= 0 else len(lower)
        size += at - begin
    return size


def _as_div(match: re.Match[str]) -> str:
    """Return the tag of the div a body becomes: its colours as a style, nothing else of it."""
    if match[1]:
        return "</div>" if match[2] else "</div"
    if not match[2]:
        return "<div"
    found = {name.lower(): a or b or c for name, a, b, c in _BODY_COLOUR.findall(match[2])}
    style = [
        f"{css}:{found[name]}" for name, css in (("bgcolor", "background-color"), ("text", "color")) if name in found
    ]
    style.append(found.get("style", "").replace('"', "'"))
    written = ";".join(each for each in style if each)
    return f'<div style="{written}">' if written else "<div>"


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False, keep_link_tags=False)
