"""HTML of mail made safe: an allowlist of elements, attributes and values (nh3), nothing else survives. Pure.

Blocklists of the trade kept failing (SVG animation, CSS escapes, link prefetch, forms); so what is not known to be
harmless goes, and SVG, MathML, `style`, `link`, `meta`, `base`, frames, media and form controls go with it. After nh3
only line ends are added: its own serialisation is what a browser reads, and reading it again changes nothing.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Callable
from urllib.parse import urlsplit

import nh3

from desktop.domain.mail import styles
from desktop.domain.mail.vocabulary import words

MAX_DATA_IMAGE_CHARS = 3 * 1024 * 1024
MAX_URL_CHARS = 8000

Image = Callable[[str], "str | None"]
"""Given the source of a picture as written, returns what stands there in the result; None drops it."""

TAGS = words(
    """a abbr acronym address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd
    del dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main
    mark menu nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time
    tr tt u ul var wbr"""
)
REMOVED_WHOLE = words(
    """script style title head template noscript noembed noframes iframe frame frameset object embed applet audio
    video source track canvas svg math select option optgroup datalist textarea button input keygen output
    progress meter portal dialog marquee bgsound xmp plaintext map area param link meta base basefont isindex
    slot"""
)
_EVERYWHERE = {"align", "dir", "lang", "style", "title"}
_BOX = {"width", "height", "bgcolor", "valign", "nowrap", "border"}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href"},
    "img": {"src", "alt", "width", "height", "border", "hspace", "vspace"},
    "table": _BOX | {"cellpadding", "cellspacing", "rules", "frame"},
    "td": _BOX | {"colspan", "rowspan", "abbr"},
    "th": _BOX | {"colspan", "rowspan", "abbr"},
    "tr": _BOX,
    "tbody": _BOX,
    "thead": _BOX,
    "tfoot": _BOX,
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"face", "size", "color"},
    "ol": {"start", "type"},
    "ul": {"type"},
    "li": {"value", "type"},
    "hr": {"size", "width", "color", "noshade"},
    "br": {"clear"},
    "time": {"datetime"},
}
_MEASURE = re.compile(r"\s*\+?\d{1,3}(?:\.\d{1,3})?\s*(?:%|px)?\s*|[12]\d{3}\s*(?:px)?\s*", re.IGNORECASE)
_COUNT = re.compile(r"\s*-?\+?\d{1,4}\s*")
_WORD = re.compile(r"[\w #.,()%/:+-]{0,100}")
_MEASURED = {"width", "height", "border", "hspace", "vspace", "cellpadding", "cellspacing"}
_COUNTED = {"colspan", "rowspan", "span", "size", "start", "value"}
_HIDDEN_IN_URL = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff]+")
_WRITTEN_TAG = re.compile(r"""<[a-z][a-z0-9]*+(?:[ ][^\s="<>]++="[^"]*+")*>\n?""")
_DATA_IMAGE = re.compile(r"data:image/(png|gif|jpe?g|webp|bmp);base64,([A-Za-z0-9+/]+={0,2})", re.IGNORECASE)


def clean(html: str, image: Image) -> str:
    """Return the safe fragment of `html`. The result is a fixed point: cleaning it again changes nothing."""

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return styles.safe(value) or None
        if name == "href":
            return link(value)
        if name == "src":
            return image(value)
        if name in _MEASURED:
            return value if _MEASURE.fullmatch(value) else None
        if name in _COUNTED:
            return value if _COUNT.fullmatch(value) else None
        if name in {"alt", "title", "abbr", "rel"}:
            return value
        return value if _WORD.fullmatch(value) else None

    safe = nh3.clean(
        html,
        tags=set(TAGS),
        clean_content_tags=set(REMOVED_WHOLE),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "cid", "data", "mail"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
    )
    return _WRITTEN_TAG.sub(_first_line_kept, safe) if "<pre" in safe else safe


def _first_line_kept(tag: re.Match[str]) -> str:
    """Return a tag with the line end after it: browsers drop the first one of a `pre` (HTML, 13.1.2.5)."""
    return f"{tag[0]}\n" if tag[0].startswith("<pre") and tag[0].endswith("\n") else tag[0]


def link(url: str) -> str | None:
    """Return the target of a link if it is http, https or mailto, hidden characters removed; else None."""
    url = _HIDDEN_IN_URL.sub(" ", url).strip().replace(" ", "%20")
    if len(url) > MAX_URL_CHARS:
        return None
    scheme, colon, rest = url.partition(":")
    scheme = scheme.lower()
    if not colon or scheme not in {"http", "https", "mailto"}:
        return None
    if scheme == "mailto":
        return url
    return f"{scheme}:{rest}" if web_host(f"{scheme}:{rest}") else None


def web_host(url: str) -> str:
    """Return the host of an http or https URL as browsers see it; "" when there is none."""
    try:
        return urlsplit(url.replace("\\", "/")).hostname or ""
    except ValueError:
        return ""


def data_image(url: str) -> str | None:
    """Return an inline raster picture within the size limit; None for anything else (SVG carries script)."""
    if len(url) > MAX_DATA_IMAGE_CHARS:
        return None
    match = _DATA_IMAGE.fullmatch("".join(url.split()))
    return f"data:image/{match[1].lower()};base64,{match[2]}" if match else None


def data_of(url: str) -> bytes:
    """Return the octets of a picture that `data_image` returned; none where its base64 is cut short."""
    letters = url.partition(",")[2].rstrip("=")
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except binascii.Error:
        return b""
