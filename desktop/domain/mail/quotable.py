"""A mail as an answer or a forwarded mail may hold it: safe HTML, the same in plain text, its pictures. Pure.

Runs in the import process, as it loads the libraries that take HTML apart.

It is what the reader shows: the same alternative, style sheets inlined in the same way, the same sanitiser, but hidden
text is gone, as another program may show it (C7). Pictures from the net keep their address: whether they are loaded is
up to the program of who gets the answer. Our composer never loads them.
"""

from __future__ import annotations

from urllib.parse import quote, unquote

from desktop.domain.mail import (
    bodies,
    header_write,
    hidden_text,
    html_plain,
    html_text,
    inline_css,
    mime_parse,
    plain_html,
    preparing,
    sanitise,
    structure,
)
from desktop.domain.mail.document import Options, Quotable
from desktop.domain.mail.structure import Node


def quotable(raw: bytes, options: Options | None = None) -> Quotable:
    """Return a mail as it may be quoted; `options` say how it is read, as for `preparing.prepare`. Never raises."""
    options = options or Options()
    _fields, root, _defects = mime_parse.open_mail(raw)
    maker = _Maker(root, text_only=options.text_only)
    for node in bodies.choose(root, prefer_plain=options.prefer_plain).shown:
        maker.add(node)
    if not maker.texts:
        maker.add_plain(mime_parse.parse(raw).text)
    html = "\n".join(maker.pages)
    shown = {each: section for each, section in maker.used_ids.items() if _cid(each) in html}
    return Quotable(html, "\n\n".join(maker.texts), maker.is_html, shown)


def _cid(content_id: str) -> str:
    return "cid:" + quote(content_id, safe="@.$!*+-_=~")


class _Maker:
    """Collects the texts of one mail, each twice."""

    def __init__(self, root: Node, *, text_only: bool) -> None:
        self.pages: list[str] = []
        self.texts: list[str] = []
        self.is_html = False
        self.used_ids: dict[str, str] = {}
        self._text_only = text_only
        self._ids = {
            node.content_id: node.section
            for node in reversed(structure.leaves(root))
            if header_write.is_identifier(node.content_id)
            and node.media_type.startswith("image/")
            and node.media_type != "image/svg+xml"
        }

    def add(self, node: Node) -> None:
        text = "" if node.raw is None else mime_parse.decoded_text(node)
        if node.media_type != "text/html":
            self.add_plain(text, flowed=node.is_flowed, del_space=node.deletes_space)
        elif self._text_only or preparing.unbearable(text):
            self.add_plain(html_text.to_text(text))
        else:
            self._add_page(text)

    def add_plain(self, text: str, *, flowed: bool = False, del_space: bool = False) -> None:
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")[: preparing.MAX_PLAIN_CHARS]
        text = (plain_html.unflow(text, del_space=del_space) if flowed else text).strip("\n").rstrip()
        if text:
            self.pages.append(plain_html.fragment(text))
            self.texts.append(text)

    def _add_page(self, html: str) -> None:
        safe = sanitise.clean(inline_css.inlined(html), self._image)
        # the sanitiser is the last to write markup
        seen = sanitise.clean(hidden_text.dropped(safe), lambda source: source)
        text = html_plain.plain_of(seen)
        if text or "<img" in seen:
            self.is_html = True
            self.pages.append(f"<div>{seen}</div>")
            self.texts.append(text)

    def _image(self, source: str) -> str | None:
        source = source.strip()
        head = source[:8].lower()
        if head.startswith("cid:"):
            wanted = unquote(source[4:].strip())
            if wanted not in self._ids:
                return None
            self.used_ids[wanted] = self._ids[wanted]
            return _cid(wanted)
        if head.startswith("data:"):
            return sanitise.data_image(source)
        if head.startswith(("http:", "https:", "//")):
            return sanitise.link(f"https:{source}" if source.startswith("//") else source)
        return None
