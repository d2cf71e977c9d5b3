"""The document around a mail: one page with our style, our policy, and the sanitised fragment in a box it cannot leave.

Text only, made of the templates in `resources/templates`: no Qt. The fragment was sanitised before
(`domain.mail.preparing`); the policy written here is the second wall: nothing but pictures of our schemes, and no style
sheet but the one whose nonce we made.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from desktop.base.resources import resource_dir

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_TEXT_WIDTH = 860
POLICY = (
    "default-src 'none'; img-src cid: data:{remote}; style-src-elem 'nonce-{nonce}'; style-src-attr 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


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


@dataclass(frozen=True, slots=True)
class PrintHead:
    """The block above a printed mail: its subject and (name, value) of the fields shown."""

    subject: str
    fields: tuple[tuple[str, str], ...]


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape  # with the first HTML mail

    # what is not marked as safe is escaped in HTML; a value nobody gave is a fault of ours
    return Environment(
        loader=FileSystemLoader(resource_dir() / "templates"),
        autoescape=select_autoescape(("html",)),
        undefined=StrictUndefined,
    )


def build(
    fragment: str,
    palette: Palette,
    *,
    darken: bool = False,
    family: str = "",
    language: str = "en",
    head: PrintHead | None = None,
    images: bool = True,
) -> Shell:
    """Wrap a sanitised body fragment.

    `darken` turns the colours of a light mail round (pictures keep theirs); `family` is the font of the window; `head`
    is put above the mail (print). Without `images` the policy forbids remote pictures, which Chromium then does not
    even ask us for, and each is drawn as an empty one of its size.
    """
    from markupsafe import Markup

    nonce = secrets.token_hex(16)  # Qt writes header values in lower case
    style = (
        _templates()
        .get_template("mail.css")
        .render(
            palette=PAPER if darken else palette,
            darken=darken,
            images=images,
            fonts=_fonts(family),
            max_text_width=MAX_TEXT_WIDTH,
        )
    )
    document = (
        _templates()
        .get_template("mail.html")
        .render(
            fragment=Markup(fragment),  # noqa: S704 - sanitised in `domain.mail.preparing`, and served under `policy`
            style=Markup(style),  # noqa: S704 - our own, and the family is cleaned in `_fonts`
            nonce=nonce,
            palette=palette,
            darken=darken,
            language=language,
            head=head,
        )
    )
    policy = POLICY.format(nonce=nonce, remote=" mail:" if images else "")
    return Shell(document.encode("utf-8", "replace"), policy)


def _fonts(family: str) -> str:
    quoted = family.replace("\\", "").replace('"', "").replace("<", "")
    return f'"{quoted}", system-ui, sans-serif' if quoted else "system-ui, sans-serif"
