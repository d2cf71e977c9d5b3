"""Raw mail in, `Message` out: total, bounded, fast. Pure; runs in the import process, which adds a deadline.

The hot path of a first sync is here: thousands of mails a second on one core. So fields are found by one regular
expression, parts by searching for boundaries, and only what a list, a search or a rule needs is decoded.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import unquote

from desktop.domain.mail import address_list, bodies, charset, header, names, snippet, structure, tnef, transfer
from desktop.domain.mail.address import Address
from desktop.domain.mail.html_text import to_text
from desktop.domain.mail.message import Message, Part
from desktop.domain.mail.structure import Node

MAX_TEXT_CHARS = 256 * 1024
MAX_SUBJECT_CHARS = 1000
MAX_CALENDAR_CHARS = 256 * 1024
MAX_NAME_CHARS = 200

_WANTED = frozenset(
    b"""message-id date subject from sender reply-to to cc bcc in-reply-to references list-id
    auto-submitted x-autoreply x-autorespond precedence content-type content-transfer-encoding content-disposition
    content-id content-description""".split()
)
_DAEMONS = ("mailer-daemon", "postmaster")
_CID = re.compile(r"cid:([^\s\"'<>)]{1,998})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_META_BYTES = 2048


class PartMissing(LookupError):
    """The mail has no part of that section number."""


def parse(raw: bytes) -> Message:
    """Return what the mail says. Never raises: the worst bytes give a Message whose `defects` tell so."""
    try:
        fields, root, defects = open_mail(raw)
        return _assemble(fields, root, defects)
    except Exception as error:  # noqa: BLE001 - the one promise of this module; the headers are tried alone
        return _salvage(raw, f"parser: {type(error).__name__}")


def parse_header(raw_header: bytes) -> Message:
    """Return the header facts alone: no text, no parts. Never raises."""
    block, _ = header.split(_unix_lines(raw_header))
    fields = header.fields(block, _WANTED)
    return _message(fields, _hint(fields), defects=["header too long"] if len(block) >= header.MAX_HEADER_BYTES else [])


def open_mail(raw: bytes) -> tuple[header.Fields, Node, tuple[str, ...]]:
    """Return the wanted header fields, the MIME tree and defects of the raw mail."""
    raw = _unix_lines(raw)
    block, start = header.split(raw)
    fields = header.fields(block, _WANTED)
    root, defects = structure.scan(raw, fields, start)
    if len(block) >= header.MAX_HEADER_BYTES:
        defects = (*defects, "header too long")
    return fields, root, defects


def part_bytes(raw: bytes, section: str) -> bytes:
    """Return the decoded content of the part with this section number ("2.1"; "2#1" for a file packed inside).

    Raises PartMissing.
    """
    number, _, inner = section.partition("#")
    _fields, root, _defects = open_mail(raw)
    for node in structure.leaves(root):
        if node.section == number:
            content = transfer.decode(node.body, node.encoding)
            return packed_file(content, node.media_type, inner) if inner else content
    raise PartMissing(section)


def parts_bytes(raw: bytes, sections: Collection[str], most_bytes: int) -> dict[str, bytes]:
    """Return the decoded content of those of these parts that the mail has, the mail taken apart once.

    In the order of the mail; a part that would bring their sum above `most_bytes` is left out. Nothing packed inside.
    """
    wanted = set(sections)
    _fields, root, _defects = open_mail(raw)
    found: dict[str, bytes] = {}
    for node in structure.leaves(root):
        if node.section in wanted:
            content = transfer.decode(node.body, node.encoding)
            if len(content) <= most_bytes:
                found[node.section] = content
                most_bytes -= len(content)
    return found


def packed_file(content: bytes, media_type: str, inner: str) -> bytes:
    """Return the file number `inner` (from 1) packed into a part by TNEF or uuencode. Raises PartMissing."""
    files: Sequence[tnef.TnefFile | transfer.TextFile]
    files = transfer.uuencoded_files(content)[1] if media_type.startswith("text/") else tnef.read(content).files
    if not inner.isdecimal() or not 1 <= int(inner) <= len(files):
        raise PartMissing(f"#{inner}")
    return files[int(inner) - 1].data


def decoded_text(node: Node, content: bytes | None = None) -> str:
    """Return the text of a text part; HTML without a label is asked for its meta charset."""
    data = transfer.decode(node.body, node.encoding) if content is None else content
    label = node.charset
    if not label and node.media_type == "text/html":
        match = _META_CHARSET.search(data[:_META_BYTES])
        label = match[1].decode("ascii") if match else ""
        # a meta element cannot be read in UTF-16 or UTF-7, so one that says so is wrong or a trick
        label = "" if label.lower().startswith(("utf-16", "utf-7", "utf-32")) else label
    return charset.decode(data, label)


def _assemble(fields: header.Fields, root: Node, found: tuple[str, ...]) -> Message:
    defects = list(found)
    chosen = bodies.choose(root)
    texts: list[str] = []
    parts: list[Part] = []
    referenced: set[str] = set()
    has_html, room = False, MAX_TEXT_CHARS
    for node in chosen.shown:
        if node.raw is None:
            continue
        if node.media_type == "text/html":
            has_html = True
            html = decoded_text(node)
            if "cid:" in html or "CID:" in html:
                referenced.update(unquote(each) for each in _CID.findall(html))
            text = to_text(html) if room > 0 else ""
        else:
            text, packed = _plain_text(node)
            parts += packed
        if text and room > 0:
            texts.append(text[:room])
            room -= len(text) + 1
    calendar = ""
    for node in chosen.others:
        if node.media_type in {"text/calendar", "application/ics"} and not calendar and node.raw is not None:
            calendar = decoded_text(node)[:MAX_CALENDAR_CHARS]
        listed, text = _listed(node, referenced)
        parts += listed
        if text and not texts:
            texts.append(text[:MAX_TEXT_CHARS])
    # of the header alone: the same mail fetched without its body must be decoded, and so identified, alike
    hint = _hint(fields)
    if room < 0:
        defects.append("text too long")
    if not texts and not parts and not calendar and _hides_text(root):
        texts.append(hidden_text(root))
    whole = "\n".join(texts)
    return _message(
        fields,
        hint,
        defects,
        text=whole,
        snippet=snippet.of(whole),
        parts=tuple(parts[: structure.MAX_PARTS]),
        has_html=has_html,
        calendar=calendar,
    )


def _hides_text(root: Node) -> bool:
    """Say whether boundaries that collide hide everything: no part holds anything, but what follows the last does.

    A mail whose parts are blank, as those of a draft without a text, hides nothing.
    """
    found = structure.leaves(root)
    if root.raw is None or not root.children or any(leaf.body.strip() for leaf in found):
        return False
    behind = root.raw[max(leaf.end for leaf in found) : root.end]
    return any(line.strip() and not line.startswith(b"--") for line in behind.split(b"\n"))


def hidden_text(root: Node) -> str:
    """Return the undivided body of a mail whose parts came out empty; "" where nothing is in it."""
    return charset.decode(root.body[: 2 * MAX_TEXT_CHARS]).strip()[:MAX_TEXT_CHARS]


def _plain_text(node: Node) -> tuple[str, list[Part]]:
    data = transfer.decode(node.body, node.encoding)
    packed: tuple[transfer.TextFile, ...] = ()
    if b"begin " in data:
        data, packed = transfer.uuencoded_files(data)
    text = decoded_text(node, data)
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    return text.strip(), [
        Part(f"{node.section}#{n}", names.safe_name(header.text(each.name)), "application/octet-stream", len(each.data))
        for n, each in enumerate(packed, 1)
    ]


def _listed(node: Node, referenced: set[str]) -> tuple[list[Part], str]:
    """Return a leaf as the parts a person may save, and the text found inside a winmail.dat."""
    given = node.given_name[: MAX_NAME_CHARS * 10]
    name = names.safe_name(given) if given else ""
    if node.raw is not None and is_tnef(node, name):
        inside = tnef.read(transfer.decode(node.body, node.encoding))
        text = inside.text.strip() or (to_text(inside.html) if inside.html else "")
        if inside.files or text:
            return [
                Part(f"{node.section}#{n}", names.safe_name(each.name), "application/octet-stream", len(each.data))
                for n, each in enumerate(inside.files, 1)
            ], text
    if node.media_type == "message/rfc822" and not name:
        name = _subject_name(node)
    inline = bool(node.content_id) and node.content_id in referenced
    return [Part(node.section, name, node.media_type, _decoded_size(node), node.content_id, inline)], ""


def is_tnef(node: Node, name: str) -> bool:
    """Say whether a leaf is Outlook's container."""
    return node.media_type in {"application/ms-tnef", "application/vnd.ms-tnef"} or name.lower() == "winmail.dat"


def _subject_name(node: Node) -> str:
    """Name an enclosed mail after its own subject."""
    content = transfer.decode(node.body[: 2 * header.MAX_FIELD_BYTES], node.encoding)
    block, _ = header.split(content)
    subject = header.fields(block, frozenset({b"subject"})).get(b"subject", [b""])[0]
    name = names.safe_name(header.text(subject)[:120])
    return f"{name}.eml" if name else ""


def _decoded_size(node: Node) -> int:
    """Return the size after decoding, without decoding: base64 is counted, other encodings count as they are."""
    if node.raw is None:
        return node.encoded_size * 3 // 4 if node.encoding == "base64" else node.encoded_size
    size = node.end - node.start
    if node.encoding != "base64":
        return size
    raw = node.raw
    breaks = raw.count(b"\n", node.start, node.end) + raw.count(b"\r", node.start, node.end)
    padding = raw.count(b"=", max(node.start, node.end - 6), node.end)
    return max((size - breaks) * 3 // 4 - padding, 0)


def _message(
    fields: header.Fields,
    hint: str,
    defects: list[str],
    *,
    text: str = "",
    snippet: str = "",
    parts: tuple[Part, ...] = (),
    has_html: bool = False,
    calendar: str = "",
) -> Message:
    written = fields.get
    senders = _addresses(fields, b"from", hint, defects)
    if len(written(b"from", ())) > 1:
        defects.append("two From fields")
    if not senders:
        defects.append("no sender")
    dates = written(b"date", ())
    sent_ms = header.date_ms(dates[0]) if dates else None
    if sent_ms is None:
        defects.append("no date")
    subjects = written(b"subject", ())
    list_id = header.source(written(b"list-id", [b""])[0])
    return Message(
        message_id=_message_id(fields),
        date_ms=sent_ms,
        subject=header.text(subjects[0], hint)[:MAX_SUBJECT_CHARS] if subjects else "",
        sender=senders[0] if senders else Address("", ""),
        reply_to=_addresses(fields, b"reply-to", hint, defects),
        to=_addresses(fields, b"to", hint, defects),
        cc=_addresses(fields, b"cc", hint, defects),
        bcc=_addresses(fields, b"bcc", hint, defects),
        in_reply_to=next(iter(_ids(fields, b"in-reply-to")), ""),
        references=_ids(fields, b"references"),
        text=text,
        snippet=snippet,
        parts=parts,
        has_html=has_html,
        is_auto_reply=_is_auto_reply(fields),
        by_machine=_is_by_machine(fields, senders),
        list_id=header.clean(header.words(list_id.rpartition("<")[2].partition(">")[0] if "<" in list_id else list_id))[
            :255
        ],
        calendar=calendar,
        defects=tuple(dict.fromkeys(defects)),
    )


def _addresses(fields: header.Fields, name: bytes, hint: str, defects: list[str]) -> tuple[Address, ...]:
    values = fields.get(name)
    if not values:
        return ()
    found = address_list.parse(values[0], hint)
    for value in values[1:100]:
        found += address_list.parse(value, hint, address_list.MAX_ADDRESSES - len(found))
    if len(found) >= address_list.MAX_ADDRESSES:
        defects.append("too many addresses")
    return found


def _ids(fields: header.Fields, name: bytes) -> tuple[str, ...]:
    values = fields.get(name)
    return header.message_ids(values[0]) if values else ()


def _message_id(fields: header.Fields) -> str:
    values = fields.get(b"message-id")
    if not values:
        return ""
    found = header.message_ids(values[0])
    return found[0] if found else header.text(values[0]).strip("<> ")[:998]


def _is_auto_reply(fields: header.Fields) -> bool:
    if b"x-autoreply" in fields or b"x-autorespond" in fields:
        return True
    return header.token(fields.get(b"auto-submitted", [b""])[0]) == "auto-replied"


def _is_by_machine(fields: header.Fields, senders: tuple[Address, ...]) -> bool:
    """Say whether no person wrote a mail (RFC 3834, section 5; RFC 6522 for reports; the rest is what servers do)."""
    if _is_auto_reply(fields) or header.token(fields.get(b"precedence", [b""])[0]) == "auto_reply":
        return True
    if header.token(fields.get(b"auto-submitted", [b""])[0]) not in ("", "no"):
        return True
    types = fields.get(b"content-type")
    if types and structure.describe({b"content-type": types}).media_type == "multipart/report":
        return True
    return any(sender.key.partition("@")[0] in _DAEMONS for sender in senders[:1])


def _hint(fields: header.Fields) -> str:
    types = fields.get(b"content-type")
    return structure.describe({b"content-type": types}).charset if types else ""


def _unix_lines(raw: bytes) -> bytes:
    """Return the mail without empty lines before its header; bare CR as line end (old Macs) becomes LF."""
    if raw.startswith((b"\n", b"\r", b"\xef\xbb\xbf")):
        raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if raw.startswith((b" ", b"\t")):
        # pasted and re-wrapped mails; a text that only begins with spaces stays as it is
        unindented = raw.lstrip(b" \t\r\n")
        raw = unindented if header.begins(unindented) else raw
    if b"\r" in raw[:1000] and b"\n" not in raw[:1000]:
        return raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def _salvage(raw: bytes, defect: str) -> Message:
    try:
        block, _ = header.split(raw)
        fields = header.fields(block, _WANTED)
        return _message(fields, _hint(fields), [defect])
    except Exception:  # noqa: BLE001 - as in parse
        return Message(defects=(defect, "header unreadable"))
