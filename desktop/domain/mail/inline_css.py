"""Style sheets of a mail moved into `style` attributes, so that the sanitiser judges each value. Pure; no network."""

from __future__ import annotations

import re
from functools import cache

import css_inline

from desktop.domain.mail import css_cost

MAX_SHEET_CHARS = 512 * 1024
MAX_SECONDS = 1.2
"""By the estimate; sheets that may take longer are left out. Of the mails in the corpora none is told to take 0.3 s."""
MAX_GROWTH_CHARS = 4 * 1024 * 1024
"""What the sheets may add to a mail: all of it goes through the sanitiser afterwards."""

_LINK = re.compile(r"<(?=link\b)", re.IGNORECASE)
_BODY = re.compile(r"<(/?)body\b([^<>]{0,4000}>)?", re.IGNORECASE)
_BODY_COLOUR = re.compile(r"\s(bgcolor|text|style)\s*=\s*(?:\"([^\"<>]*)\"|'([^'<>]*)'|([^\s\"'<>]+))", re.IGNORECASE)


def inlined(html: str) -> str:
    """Return the HTML with its style sheets applied; unchanged where it has none, or where they are no CSS.

    Sheets that would take too long to apply are left out, too: whoever looks at a mail is not kept waiting by another.

    `body` becomes a `div`: the sanitiser returns a fragment, and colours are mostly set on the body.
    """
    return _BODY.sub(_as_div, _with_sheets(html))


def _with_sheets(html: str) -> str:
    sheets = css_cost.sheets(html)
    if not 0 < len(sheets) <= MAX_SHEET_CHARS or css_cost.seconds(html, sheets) > MAX_SECONDS:
        return html
    try:
        # links go first: a sheet is never read from anywhere but the mail
        done = _inliner().inline(_LINK.sub("<x-", html))
    except (css_inline.InlineError, ValueError):
        return html
    return done if len(done) <= len(html) + MAX_GROWTH_CHARS else html


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
