"""Quotations at the end of an HTML mail found and folded away. Pure.

Two steps around the sanitiser, because it shall be the last to write markup: `mark` sets two words of text, drawn by
lot, around the quotation; `folded` turns them into a `details` element where they still stand well.
"""

from __future__ import annotations

import html as entities
import re
import secrets
from dataclasses import dataclass

from selectolax.lexbor import LexborHTMLParser, LexborNode

from desktop.domain.mail.vocabulary import words


@dataclass(frozen=True, slots=True)
class Marked:
    """HTML with the place of its quotation; `opening` is "" when nothing is to be folded."""

    html: str
    opening: str = ""
    closing: str = ""


# what mail programs put around the mail they answer, outermost first
_CONTAINERS = (
    "div.gmail_quote_container",
    "div.gmail_quote",
    "blockquote.gmail_quote",
    "div.yahoo_quoted",
    "div.protonmail_quote",
    "div.tutanota_quote",
    "blockquote.tutanota_quote",
    "div.zmail_extra",
    "div#divRplyFwdMsg",
    "div#appendonsend",
    "div#mail-editor-reference-message-container",
    "div.moz-cite-prefix",
    "div.OutlookMessageHeader",
    "div.WordSection1 > div > div[style*='border-top:solid']",
    "div[style*='border-top:solid #E1E1E1']",
    "div[style*='border-top:solid #B5C4DF']",
    "div[style*='border-top: solid #E1E1E1']",
    "blockquote[type=cite]",
    "blockquote",
)
_FOLLOWED = ("div#divRplyFwdMsg", "div#appendonsend", "div.moz-cite-prefix", "div.OutlookMessageHeader")
_NO_PLACE = words("table tbody thead tfoot tr ul ol dl colgroup")
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?:\s+[a-z-]+="[^"]*")*)\s*/?>')
_VOID = words("br hr img col wbr")
_MAX_TAIL_NODES = 400


def unmarked(html: str) -> Marked:
    """Return the HTML as it is: for readers who want no folding."""
    return Marked(html)


def mark(html: str) -> Marked:
    """Find the quotation a mail ends with and set marks around it."""
    if "<blockquote" not in html and "class=" not in html and "border-top" not in html and "<div id=" not in html:
        return Marked(html)
    tree = LexborHTMLParser(html)
    for selector in _CONTAINERS:
        node = tree.css_first(selector)
        if node is None:
            continue
        followed = selector in _FOLLOWED or "border-top" in selector
        if followed:
            node = _outermost(node)
        if node.parent is None or node.parent.tag in _NO_PLACE:
            continue
        if _is_last(node, whole_rest=followed) and _has_text_before(node):
            return _set_marks(tree, node, followed=followed)
    return Marked(html)


def folded(safe: str, marked: Marked, label: str) -> str:
    """Return the sanitised HTML with the quotation in a closed `details` element."""
    if not marked.opening:
        return safe
    before, first, rest = safe.partition(marked.opening)
    inside, second, after = rest.partition(marked.closing)
    if not (first and second) or marked.opening in inside + after or not _is_balanced(inside):
        return safe.replace(marked.opening, "").replace(marked.closing, "")
    lines = inside.count("<br") + inside.count("<p") + inside.count("<div") + 1
    summary = entities.escape(label.replace("{n}", str(lines)))
    return f'{before}<details class="quote"><summary>{summary}</summary>{inside}</details>{after}'


def _set_marks(tree: LexborHTMLParser, node: LexborNode, *, followed: bool) -> Marked:
    lot = secrets.token_hex(8)
    opening, closing = f"[fold-{lot}]", f"[/fold-{lot}]"
    last = node
    while followed and last.next is not None:
        last = last.next
    last.insert_after(closing)
    (node if followed else _intro(node)).insert_before(opening)
    return Marked(tree.html or "", opening, closing)


def _outermost(node: LexborNode) -> LexborNode:
    """Return the outermost element that holds nothing but this one: Outlook wraps its line of fields."""
    while node.parent is not None and node.parent.tag == "div":
        if any((child.text(deep=True) or "").strip() for child in node.parent.iter(include_text=True) if child != node):
            break
        node = node.parent
    return node


def _intro(node: LexborNode) -> LexborNode:
    """Return the element that introduces a bare quotation ("On … wrote:"), if one stands right before it."""
    if node.tag != "blockquote":
        return node
    before = node.prev
    while before is not None and before.tag == "-text" and not (before.text_content or "").strip():
        before = before.prev
    if (
        before is not None
        and before.tag in {"div", "p", "span"}
        and (before.text(deep=True) or "").strip().endswith(":")
    ):
        return before
    return node


def _is_last(node: LexborNode, *, whole_rest: bool) -> bool:
    """Say whether nothing readable follows; with `whole_rest` what follows beside the node belongs to it."""
    current: LexborNode | None = node
    seen = 0
    if whole_rest:
        current = node.parent
    while current is not None and current.tag not in {"body", "html"}:
        sibling = current.next
        while sibling is not None:
            seen += 1
            if seen > _MAX_TAIL_NODES:
                return False
            text = sibling.text_content if sibling.tag == "-text" else sibling.text(deep=True)
            if sibling.tag not in {"style", "script"} and (text or "").strip("\xa0\u200b \t\r\n"):
                return False
            if sibling.tag == "img" or (sibling.tag != "-text" and sibling.css_first("img") is not None):
                return False
            sibling = sibling.next
        current = current.parent
    return True


def _has_text_before(node: LexborNode) -> bool:
    """A mail that is nothing but a quotation (a forward) is not folded away."""
    current: LexborNode | None = node
    while current is not None and current.tag not in {"body", "html"}:
        sibling = current.prev
        while sibling is not None:
            text = sibling.text_content if sibling.tag == "-text" else sibling.text(deep=True)
            if sibling.tag not in {"style", "script", "head", "title"} and (text or "").strip("\xa0\u200b \t\r\n"):
                return True
            sibling = sibling.prev
        current = current.parent
    return False


def _is_balanced(inside: str) -> bool:
    depth: list[str] = []
    for match in _TAG.finditer(inside):
        name = match[2]
        if name in _VOID:
            continue
        if not match[1]:
            depth.append(name)
        elif not depth or depth.pop() != name:
            return False
    return not depth
