"""The document around a mail: one page with our style, our policy, and the sanitised fragment in a box it cannot leave.

Pure text: no Qt. The fragment was sanitised before (`domain.mail.document`); the policy written here is the second
wall: nothing but pictures of our schemes, and no style sheet but the one whose nonce we made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from html import escape

MAX_TEXT_WIDTH = 860
POLICY = (
    "default-src 'none'; img-src cid: data:{remote}; style-src-elem 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

# one transparent pixel (GIF89a)
_EMPTY_PICTURE = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of a shown mail as CSS colours."""

    dark: bool = False
    ground: str = "#FFFFFF"
    text: str = "#1B1F24"
    secondary: str = "#5B6570"
    accent: str = "#4F46E5"
    border: str = "#E3E6EA"
    pill: str = "#ECEEF2"
    field: str = "#CBD1D8"


PAPER = Palette()
"""What mails with colours of their own were made for, and what is printed on."""


@dataclass(frozen=True, slots=True)
class Shell:
    """A finished document and the policy to serve it with."""

    document: bytes
    policy: str


def build(
    fragment: str,
    palette: Palette,
    *,
    darken: bool = False,
    family: str = "",
    language: str = "en",
    head: str = "",
    images: bool = True,
) -> Shell:
    """Wrap a sanitised body fragment.

    `darken` turns the colours of a light mail round (pictures keep theirs); `family` is the font of the window; `head`
    is HTML of ours put above the mail (print). Without `images` the policy forbids remote pictures, which Chromium then
    does not even ask us for, and each is drawn as an empty one of its size.
    """
    nonce = secrets.token_hex(16)  # Qt writes header values in lower case
    style = _style(PAPER if darken else palette, darken=darken, family=family)
    if not images:
        style += f'img[src^="mail:"] {{ content: url("{_EMPTY_PICTURE}"); }}'
    document = (
        f'<!DOCTYPE html><html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="color-scheme" content="{"dark" if palette.dark and not darken else "light"}">'
        f'<style nonce="{nonce}">{style}</style></head><body>{head}'
        f'<div id="rapport-mail">{fragment}</div><i id="rapport-beat" hidden></i></body></html>'
    )
    policy = POLICY.format(nonce=nonce, remote=" mail:" if images else "")
    return Shell(document.encode("utf-8", "replace"), policy)


def print_head(subject: str, fields: list[tuple[str, str]]) -> str:
    """Return the block of header fields above a printed mail; every text is escaped."""
    rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in fields)
    return f'<header id="rapport-head"><h1>{escape(subject)}</h1><table>{rows}</table></header>'


def _style(palette: Palette, *, darken: bool, family: str) -> str:
    quoted = family.replace("\\", "").replace('"', "").replace("<", "")
    fonts = f'"{quoted}", system-ui, sans-serif' if quoted else "system-ui, sans-serif"
    rules = f"""
html {{ background: {palette.ground}; color-scheme: {"dark" if palette.dark else "light"}; overflow: auto; }}
body {{ margin: 0; padding: 12px 20px 20px; background: {palette.ground}; color: {palette.text};
  font: 13px/20px {fonts}; overflow-wrap: break-word; }}
#rapport-mail {{ max-width: {MAX_TEXT_WIDTH}px; position: relative; isolation: isolate; contain: layout paint;
  overflow-x: auto; }}
.plain {{ white-space: pre-wrap; tab-size: 8; overflow-wrap: anywhere; }}
.quoted, .signature {{ color: {palette.secondary}; }}
#rapport-mail :where(p:first-child) {{ margin-top: 0; }}
#rapport-mail :where(ol, ul) {{ padding-left: 24px; }}
a {{ color: {palette.accent}; }}
img {{ max-width: 100%; }}
img:not([height]) {{ height: auto; }}
pre {{ white-space: pre-wrap; font-size: 12px; }}
table {{ overflow-wrap: normal; }}
hr {{ border: 0; border-top: 1px solid {palette.border}; }}
blockquote {{ margin: 8px 0; padding-left: 12px; border-left: 2px solid {palette.field}; color: {palette.secondary}; }}
details > summary {{ display: inline-block; list-style: none; cursor: pointer; padding: 2px 8px; margin: 4px 0;
  border-radius: 10px; background: {palette.pill}; color: {palette.secondary};
  font: 12px/16px {fonts}; white-space: normal; }}
details > summary::-webkit-details-marker {{ display: none; }}
details > summary::before {{ content: "•••"; font-size: 8px; letter-spacing: 1px; margin-right: 6px;
  vertical-align: 1px; }}
::-webkit-scrollbar {{ width: 10px; height: 10px; background: transparent; }}
::-webkit-scrollbar-thumb {{ background: {palette.field}; border: 2px solid {palette.ground}; border-radius: 5px; }}
::-webkit-scrollbar-thumb:hover {{ background: {palette.secondary}; }}
::-webkit-scrollbar-corner {{ background: transparent; }}
summary:focus-visible, a:focus-visible {{ outline: 2px solid {palette.accent}; outline-offset: 1px; }}
::selection {{ background: {palette.accent}; color: {palette.ground}; }}
#rapport-beat {{ position: fixed; right: 0; bottom: 0; width: 1px; height: 1px; background: {palette.border}; }}
#rapport-beat[hidden] {{ display: none; }}
#rapport-head {{ border-bottom: 1px solid {palette.border}; margin-bottom: 16px; padding-bottom: 12px; }}
#rapport-head h1 {{ font: 600 19px/26px {fonts}; margin: 0 0 8px; }}
#rapport-head th {{ font: 12px/18px {fonts}; color: {palette.secondary}; text-align: left; vertical-align: top;
  padding: 0 12px 0 0; white-space: nowrap; }}
#rapport-head td {{ font: 12px/18px {fonts}; }}
@media print {{ #rapport-beat {{ display: none; }} #rapport-mail {{ max-width: none; overflow: visible; }} }}
"""
    if darken:
        rules += """
html { background: #16181d; }
body { background: transparent; }
#rapport-mail { background: #fff; filter: invert(0.91) hue-rotate(180deg); }
#rapport-mail img { filter: invert(1) hue-rotate(180deg); }
"""
    return rules
