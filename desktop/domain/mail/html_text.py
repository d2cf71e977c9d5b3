"""HTML to the text people read in it, for search, snippets and quoting. Pure; linear."""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser

from desktop.domain.mail.vocabulary import words

MAX_HTML_CHARS = 2 * 1024 * 1024
"""What lies beyond is not searched."""
MAX_DEPTH = 400
"""Every HTML parser here takes time in the square of the depth; honest newsletters nest some 60 deep."""

_BLOCK = re.compile(
    r"<(?=/?(?:p|div|br|tr|table|ul|ol|li|dl|dt|dd|h[1-6]|hr|blockquote|pre|center|section|article|header|footer|form)\b)",
    re.IGNORECASE,
)
_CELL = re.compile(r"<(?=t[dh]\b)", re.IGNORECASE)
_UNREAD = ["script", "style", "head", "title", "template", "noscript", "object", "svg", "math"]
_SPACES = re.compile(r"[ \t\r\f\v\xa0\u200b-\u200d\u034f\u00ad\ufeff]+")
_GAPS = re.compile(r" ?\n[ \n]*")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:_-]*)[^<>]*>")
_ANY_TAG = re.compile(r"<[^<>]*>")
_NEVER_NESTED = words(
    """area base br col embed hr img input link meta param source track wbr p li dt dd td th tr option"""
)


def to_text(html: str) -> str:
    """Return the readable text, one line a block, without empty lines."""
    html = html[:MAX_HTML_CHARS]
    if too_deep(html):
        plain = entities.unescape(strip_tags(html))
    else:
        marked = _CELL.sub(" <", _BLOCK.sub("\x01<", html.replace("\n", " ").replace("\x01", " ")))
        tree = LexborHTMLParser(marked)
        tree.strip_tags(_UNREAD)
        root = tree.body or tree.root
        plain = root.text(deep=True, separator="") if root else ""
        plain = plain.replace("\x01", "\n")
    plain = _GAPS.sub("\n", _SPACES.sub(" ", plain))
    return plain.strip()


def strip_tags(html: str) -> str:
    """Return the text between tags, found without a parser: for HTML that would hurt one."""
    return _ANY_TAG.sub(" ", html)


def too_deep(html: str) -> bool:
    """Say whether elements nest deeper than MAX_DEPTH; counts tags, so that the answer costs linear time."""
    if html.count("<") - html.count("</") < MAX_DEPTH:
        return False
    depth = deepest = 0
    for match in _TAG.finditer(html):
        if match[2].lower() in _NEVER_NESTED:
            continue
        if not match[1]:
            depth += 1
            if depth > MAX_DEPTH:
                deepest = depth
                break
        elif depth:
            depth -= 1
    return deepest > MAX_DEPTH
