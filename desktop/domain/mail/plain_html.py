"""Plain text of a mail as HTML: escaped, then linked; quotations nested and folded, signature dimmed. Pure; linear.

Every piece of text passes `escape` exactly once, right where it is written; links are found in the raw text and their
target and words are escaped on their own.
"""

from __future__ import annotations

import re
from html import escape

from desktop.domain.mail import quote_words, quotes, sanitise

MAX_NESTING = 8
MAX_LINKS = 5000
MAX_AT_SIGNS = 20_000
"""More of them are no addresses but an attack on whoever looks for some."""

_SHOWN_QUOTE = '<blockquote class="quoted">'

_URL = re.compile(
    r"(?:https?://|www\.)[^\s<>\"\x00-\x1f\u200b-\u200f\u2028-\u202f\u2066-\u2069]{1,2000}", re.IGNORECASE
)
_LOCAL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63}\Z")
_DOMAIN = re.compile(
    r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?){1,8}"
)
_COLLAPSING = re.compile(" (?= )|^ ", re.MULTILINE)
_TRAILING = ".,;:!?'\"*_~|»”’>"
_CLOSERS = {")": "(", "]": "[", "}": "{"}


def render(
    text: str,
    *,
    flowed: bool = False,
    del_space: bool = False,
    fold_quotes: bool = True,
    quote_label: str = "…",
) -> str:
    """Return a `div.plain`; `flowed` and `del_space` as the part's format and delsp say (RFC 3676)."""
    found = quotes.split(_unix(text, flowed=flowed, del_space=del_space))
    links = _Links()
    signature_at, quote_at = (found.signature_at, found.quote_at)
    out = ['<div class="plain">', _lines(found.lines[:signature_at], links)]
    if signature_at < quote_at:
        out.append(f'<div class="signature">{_lines(found.lines[signature_at:quote_at], links)}</div>')
    quoted = found.lines[quote_at:]
    if quoted:
        inside = _lines(quoted, links)
        if fold_quotes and any(line.strip() for line in found.lines[:quote_at]):
            label = escape(quote_label.replace("{n}", str(len(quoted))))
            out.append(f'<details class="quote"><summary>{label}</summary>{inside}</details>')
        else:
            out.append(inside)
    out.append("</div>")
    return "".join(out)


def fragment(text: str, *, flowed: bool = False, del_space: bool = False) -> str:
    """Return text as HTML that needs no style sheet, for mails in HTML that quote it."""
    lines = tuple(_unix(text, flowed=flowed, del_space=del_space).expandtabs(4).split("\n"))
    # no tag has two spaces, nor does one begin a line with a space
    spaced = _COLLAPSING.sub("&nbsp;", _lines(lines, _Links(), quote_words.SENT_TAG, "<br>\n"))
    return f"<div>{spaced}</div>"


def _unix(text: str, *, flowed: bool, del_space: bool) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return (unflow(text, del_space=del_space) if flowed else text).rstrip()


def unflow(text: str, *, del_space: bool = False) -> str:
    """Join the soft-broken lines of format=flowed (RFC 3676, section 4.1)."""
    out: list[str] = []
    paragraph: list[str] = []
    level = -1
    for line in text.split("\n"):
        now, content = quotes.depth(line) if line.startswith(">") else (0, line.removeprefix(" "))
        soft = content.endswith(" ") and content != "-- "
        if paragraph and (now != level or content == "-- "):
            out.append(_quoted("".join(paragraph), level))
            paragraph.clear()
        level = now
        paragraph.append(content[:-1] if soft and del_space else content)
        if not soft:
            out.append(_quoted("".join(paragraph), level))
            paragraph.clear()
    if paragraph:
        out.append(_quoted("".join(paragraph), level))
    return "\n".join(out)


def _quoted(content: str, level: int) -> str:
    return f"{'>' * level} {content}" if level > 0 else content


def _lines(lines: tuple[str, ...], links: _Links, quote: str = _SHOWN_QUOTE, line_end: str = "\n") -> str:
    """Return lines as HTML; runs of quoted lines become nested quotations without their marks."""
    out: list[str] = []
    level = 0
    first = True
    for line in lines:
        now, content = quotes.depth(line) if line[:1] == ">" else (0, line)
        now = min(now, MAX_NESTING)
        if now > level:
            out.append(quote * (now - level))
        elif now < level:
            out.append("</blockquote>" * (level - now))
        elif not first:
            out.append(line_end)
        out.append(links.linked(content))
        level, first = now, False
    out.append("</blockquote>" * level)
    return "".join(out)


class _Links:
    """Writes text with its web and mail addresses as links, up to a number of them."""

    def __init__(self) -> None:
        self._left = MAX_LINKS
        self._at_signs = MAX_AT_SIGNS

    def linked(self, text: str) -> str:
        """Return the escaped text with links."""
        if self._left <= 0 or not ("@" in text or "://" in text or "www." in text or "WWW." in text):
            return escape(text)
        out: list[str] = []
        at = 0
        for match in _URL.finditer(text):
            start = match.start()
            if start and (text[start - 1].isalnum() or text[start - 1] in "@/."):
                continue
            shown = _trimmed(match[0])
            target = sanitise.link(shown if "://" in shown[:8] else "http://" + shown)
            if target is None or "." not in shown[4:]:
                continue
            out.append(self._mailed(text[at:start]))
            out.append(_anchor(target, shown))
            at = start + len(shown)
            self._left -= 1
            if self._left <= 0:
                break
        out.append(self._mailed(text[at:]))
        return "".join(out)

    def _mailed(self, text: str) -> str:
        out: list[str] = []
        at = 0
        sign = text.find("@")
        while sign >= 0 and self._left > 0 and self._at_signs > 0:
            self._at_signs -= 1
            local = _LOCAL.search(text, max(at, sign - 64), sign)
            domain = _DOMAIN.match(text, sign + 1)
            if local and domain:
                start, end = local.start(), domain.end()
                address = text[start:end]
                out.append(escape(text[at:start]))
                out.append(_anchor("mailto:" + address, address))
                at = end
                self._left -= 1
            sign = text.find("@", max(sign + 1, at))
        out.append(escape(text[at:]))
        return "".join(out)


def _anchor(target: str, shown: str) -> str:
    return f'<a href="{escape(target)}" rel="noopener noreferrer nofollow">{escape(shown)}</a>'


def _trimmed(url: str) -> str:
    """Return a URL without the punctuation of its sentence; a closing bracket stays if it was opened inside."""
    end = len(url)
    surplus = {closer: url.count(closer) - url.count(opener) for closer, opener in _CLOSERS.items()}
    while end:
        last = url[end - 1]
        if last in _CLOSERS:
            if surplus[last] <= 0:
                break
            surplus[last] -= 1
        elif last not in _TRAILING:
            break
        end -= 1
    return url[:end]
