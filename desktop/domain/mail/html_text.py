"""HTML to the text people read in it, for search, snippets and quoting. Pure; linear."""

from __future__ import annotations

import html as entities
import re

from selectolax.lexbor import LexborHTMLParser

from desktop.domain.mail.html_depth import is_deeper
from desktop.domain.mail.vocabulary import words

MAX_HTML_CHARS = 2 * 1024 * 1024
"""What lies beyond is not searched."""
MAX_DEPTH = 400
"""Every HTML parser here takes time in the square of the depth; honest newsletters nest some 60 deep."""
MAX_ATTRIBUTES = 1000
"""Of one tag: each is compared with all before it. Words of values count too, which costs honest mail nothing."""

# the first letter is looked at before the name: most tags are no blocks, and this is the hot path
_BLOCK = re.compile(
    r"<(?=/?[pdbtuolhcsPDBTUOLHCSaAfF])(?=/?(?:p|div|br|tr|table|ul|ol|li|dl|dt|dd|h[1-6]|hr|blockquote|pre|center"
    r"|section|article|header|footer|form)\b)",
    re.IGNORECASE,
)
_CELL = re.compile(r"<(?=t[dh]\b)", re.IGNORECASE)
_UNREAD = list(words("script style head title template noscript noframes noembed iframe object svg math"))
_INVISIBLE = re.compile("[\u200b-\u200d\u034f\u00ad\ufeff]+")
# a quote begins a value after "=" alone (HTML, 13.2.5.37); possessive, so that no text makes it go back
_OPEN_TAG = re.compile(r"""<[a-zA-Z](?:[^=>]++|=\s*+(?:"[^"]*+"|'[^']*+')?)*""")
_QUOTED = re.compile(r"""=\s*+(?:"[^"]*+"|'[^']*+')""")
_LONG_TAG = 2 * MAX_ATTRIBUTES
_ANY_TAG = re.compile(r"<[^<>]*>")


def to_text(html: str) -> str:
    """Return the readable text, one line a block, without empty lines."""
    html = html[:MAX_HTML_CHARS]
    if hurts_parsers(html):
        plain = entities.unescape(strip_tags(html))
    else:
        # line ends become the marks of blocks: white space alone stays where it stands, also between rows of a table
        marked = _CELL.sub(" <", _BLOCK.sub("\n<", html.replace("\n", " ")))
        tree = LexborHTMLParser(marked)
        tree.strip_tags(_UNREAD)
        root = tree.body or tree.root
        plain = root.text(deep=True, separator="") if root else ""
    if not plain.isascii():
        plain = _INVISIBLE.sub("", plain)
    return "\n".join(filter(None, [" ".join(line.split()) for line in plain.split("\n")]))


def strip_tags(html: str) -> str:
    """Return the text between tags, found without a parser: for HTML that would hurt one."""
    return _ANY_TAG.sub(" ", html)


def hurts_parsers(html: str) -> bool:
    """Say whether elements nest deeper than MAX_DEPTH or a tag has more than MAX_ATTRIBUTES; in linear time."""
    return is_deeper(html, MAX_DEPTH) or _overloaded(html)


def _overloaded(html: str) -> bool:
    if max(map(len, html.split("<"))) < _LONG_TAG and max(map(len, html.split(">"))) < _LONG_TAG:
        return False
    return any(_attributes(tag[0]) > MAX_ATTRIBUTES for tag in _OPEN_TAG.finditer(html) if len(tag[0]) >= _LONG_TAG)


def _attributes(tag: str) -> int:
    """Return at least how many attributes a tag has; white space, slashes and ends of values part them."""
    return len(tag.split()) + tag.count('"') // 2 + tag.count("'") // 2 + _QUOTED.sub("", tag).count("/")
