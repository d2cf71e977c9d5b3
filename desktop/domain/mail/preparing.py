"""Makes a mail ready to be shown. Pure; runs in the import process, as it loads the libraries that take HTML apart."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

from desktop.domain import image_header
from desktop.domain.mail import (
    bodies,
    fold,
    header,
    html_text,
    inline_css,
    links,
    mime_parse,
    plain_html,
    sanitise,
    sealed,
    sender_checks,
    structure,
    trust,
    unsubscribing,
)
from desktop.domain.mail.document import NO_TEXT, Document, Options
from desktop.domain.mail.structure import Node

MAX_HTML_CHARS = 16 * 1024 * 1024
MAX_TAGS = 200_000
MAX_REMOTE_IMAGES = 500
MAX_PLAIN_CHARS = 4 * 1024 * 1024

_COLOURS = re.compile(r"""(?:[";]|^)(?:background-)?color:|\bbgcolor="|<font[^>]{0,200} color=\"""")
_REMOTE = re.compile(r"(?:https?:)?//[^\s]", re.IGNORECASE)


def prepare(raw: bytes, options: Options | None = None) -> Document:
    """Return the mail made safe to show."""
    options = options or Options()
    message = mime_parse.parse(raw)
    _fields, root, _defects = mime_parse.open_mail(raw)
    chosen = bodies.choose(root, prefer_plain=options.prefer_plain)
    other = bodies.choose(root, prefer_plain=not options.prefer_plain)
    maker = _Maker(options, root)
    for node in chosen.shown:
        maker.add(node)
    if message.text and not any(map(mime_parse.decoded_text, chosen.shown)):
        # text out of a winmail.dat, or of parts that could not be taken apart
        maker.add_plain(message.text)
    has_text = bool(message.text.strip())
    is_empty = not has_text and not maker.shows_picture
    fields, _body = header.split(raw.lstrip(b"\r\n"))
    trusted = trust.judge(fields, options.receiver)
    maker.warnings.append(sealed.sealed(root, has_text=has_text) or (NO_TEXT if is_empty else ""))
    return Document(
        html="\n".join(maker.out),
        is_html=maker.is_html,
        sets_colours=maker.is_html and any(_COLOURS.search(piece) for piece in maker.out),
        remote_images=tuple(maker.remote),
        content_ids=dict(maker.used_ids),
        data_pixels=maker.data_pixels,
        parts=message.parts,
        has_alternative=[n.section for n in other.shown] != [n.section for n in chosen.shown],
        link_warnings=tuple(maker.link_warnings),
        sender_anomalies=sender_checks.anomalies(raw, options.known_domains),
        trust=trusted,
        unsubscribing=unsubscribing.ways(fields, trusted),
        warnings=tuple(dict.fromkeys([*filter(None, maker.warnings), *message.defects])),
    )


def unbearable(html: str) -> str:
    """Return why HTML would hurt who takes it apart, as a warning of a Document; "" where it would not."""
    if len(html) > MAX_HTML_CHARS or html.count("<") > MAX_TAGS:
        return "too-big"
    return "too-deep" if html_text.hurts_parsers(html) else ""


class _Maker:
    """Collects the pieces of one document."""

    def __init__(self, options: Options, root: Node) -> None:
        self.options = options
        self.out: list[str] = []
        self.is_html = False
        self.remote: list[str] = []
        self.used_ids: dict[str, str] = {}
        self.data_pixels = 0
        self.shows_picture = False
        self.warnings: list[str] = []
        self.link_warnings: list[links.LinkWarning] = []
        self._remote_index: dict[str, int] = {}
        self._ids = {
            node.content_id: node.section
            for node in reversed(structure.leaves(root))
            if node.content_id and node.media_type.startswith("image/") and node.media_type != "image/svg+xml"
        }

    def add(self, node: Node) -> None:
        if node.raw is None:
            return
        text = mime_parse.decoded_text(node)
        if node.media_type != "text/html":
            self.add_plain(text, flowed=node.is_flowed, del_space=node.deletes_space)
            return
        reason = "" if self.options.text_only else unbearable(text)
        if self.options.text_only or reason:
            self.warnings.append(reason)
            self.add_plain(html_text.to_text(text))
            return
        self.is_html = True
        prepared = (
            fold.mark(inline_css.inlined(text)) if self.options.fold_quotes else fold.unmarked(inline_css.inlined(text))
        )
        safe = sanitise.clean(prepared.html, self._image)
        self.link_warnings += links.warnings_in(safe)
        self.out.append(f'<div class="part">{fold.folded(safe, prepared, self.options.quote_label)}</div>')

    def add_plain(self, text: str, *, flowed: bool = False, del_space: bool = False) -> None:
        self.out.append(
            plain_html.render(
                text[:MAX_PLAIN_CHARS],
                flowed=flowed,
                del_space=del_space,
                fold_quotes=self.options.fold_quotes,
                quote_label=self.options.quote_label,
            )
        )

    def _image(self, source: str) -> str | None:
        url = self._allowed_image(source.strip())
        self.shows_picture |= url is not None
        return url

    def _allowed_image(self, source: str) -> str | None:
        head = source[:8].lower()
        if head.startswith("cid:"):
            wanted = unquote(source[4:].strip())
            section = self._ids.get(wanted)
            if section is None:
                return None
            self.used_ids[wanted] = section
            return "cid:" + quote(wanted, safe="@.$!*+-_=~")
        if head.startswith("data:"):
            return self._data_image(source)
        if not _REMOTE.match(source):
            return None
        url = sanitise.link("https:" + source if source.startswith("//") else source)
        if url is None:
            return None
        number = self._remote_index.get(url)
        if number is None:
            if len(self.remote) >= MAX_REMOTE_IMAGES:
                return None
            number = self._remote_index[url] = len(self.remote)
            self.remote.append(url)
        return f"mail:remote/{number}"

    def _data_image(self, source: str) -> str | None:
        """Return a picture written into the HTML if the browser can bear to draw it, with all before it."""
        url = sanitise.data_image(source)
        header = None if url is None else image_header.read(sanitise.data_of(url))
        if header is None or not header.fits:
            return None
        if self.data_pixels + header.pixels > image_header.LETTER_PIXELS_MAX:
            return None
        self.data_pixels += header.pixels
        return url
