"""The MIME tree of a mail as offsets into its bytes (RFC 2045, 2046). Pure; never raises; nothing is copied or decoded.

The standard library's parser reads line by line and recurses; this one searches for boundaries with `bytes.find`, so
that depth and size cost neither stack nor time. A part that is a mail itself stays a leaf: its headers and its
parts are its own affair until a person opens it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from desktop.domain.mail import header

MAX_DEPTH = 50
MAX_PARTS = 1000
_MAX_BOUNDARY = 200

_MIME_FIELDS = frozenset(
    {b"content-type", b"content-transfer-encoding", b"content-disposition", b"content-id", b"content-description"}
)
_DASHED_LINE = re.compile(rb"^--([^\s-][^\r\n]*+)\r?$", re.MULTILINE)
_LONGEST_MARK = 70
_TYPE = re.compile(r"[ \t\r\n]*([A-Za-z0-9!#$&^_.+*-]{1,80})/([A-Za-z0-9!#$&^_.+*-]{1,80})")


@dataclass(slots=True)
class Node:
    """One part. A leaf has its still encoded content in raw[start:end]; `raw` is None when it was not fetched."""

    media_type: str = "text/plain"
    type_parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    disposition: str = ""
    """"inline", "attachment" or ""; anything unknown counts as "attachment" (RFC 2183, section 2.8)."""
    disposition_parameters: dict[str, str] = field(default_factory=dict)
    content_id: str = ""
    raw: bytes | None = None
    start: int = 0
    end: int = 0
    encoded_size: int = 0
    children: list[Node] = field(default_factory=list)
    section: str = "1"

    @property
    def body(self) -> bytes:
        """The content as it was sent, still encoded."""
        return b"" if self.raw is None else self.raw[self.start : self.end]

    @property
    def charset(self) -> str:
        return self.type_parameters.get("charset", "")

    @property
    def is_flowed(self) -> bool:
        """Say whether its lines may be joined (RFC 3676)."""
        return self.type_parameters.get("format", "").lower() == "flowed"

    @property
    def deletes_space(self) -> bool:
        """Say whether joining them takes the space between them away."""
        return self.type_parameters.get("delsp", "").lower() == "yes"

    @property
    def given_name(self) -> str:
        """The file name as the sender gave it: decoded, not yet safe."""
        return self.disposition_parameters.get("filename") or self.type_parameters.get("name", "")


def describe(fields: header.Fields, default_type: str = "text/plain") -> Node:
    """Return an empty node with what the MIME fields of a part say about it."""
    node = Node(default_type)
    for raw_type in fields.get(b"content-type", ())[:1]:
        written = header.source(raw_type)
        match = _TYPE.match(written)
        if match:
            node.media_type = f"{match[1]}/{match[2]}".lower()
            if ";" in written:
                node.type_parameters = header.parameters(written)
        else:
            word = written.partition(";")[0].strip().lower()
            node.media_type = "text/plain" if word in {"text", ""} else "application/octet-stream"
            node.type_parameters = header.parameters(written)
    for raw_encoding in fields.get(b"content-transfer-encoding", ())[:1]:
        node.encoding = header.token(raw_encoding)
    for raw_disposition in fields.get(b"content-disposition", ())[:1]:
        written = header.source(raw_disposition)
        word = written.partition(";")[0].strip().lower()
        node.disposition = word if word in {"inline", ""} else "attachment"
        node.disposition_parameters = header.parameters(written)
    for raw_id in fields.get(b"content-id", ())[:1]:
        node.content_id = header.clean(header.source(raw_id)).strip("<> ")[:998]
    return node


def scan(raw: bytes, fields: header.Fields, start: int) -> tuple[Node, tuple[str, ...]]:
    """Return the tree of a mail whose header was read already, and what was odd about it."""
    root = describe(fields)
    root.raw, root.start, root.end = raw, start, len(raw)
    defects: list[str] = []
    count = 1
    waiting = [(root, 1)]
    while waiting:
        node, depth = waiting.pop()
        if not node.media_type.startswith("multipart/"):
            continue
        if depth > MAX_DEPTH:
            defects.append("nested too deep")
            node.media_type = "application/octet-stream"
            continue
        spans, closed = _spans(raw, node.start, node.end, node.type_parameters.get("boundary", ""))
        if not spans:
            # a multipart without parts is shown as the text it is
            defects.append("multipart without parts")
            node.media_type = "text/plain"
            continue
        if not closed:
            defects.append("multipart not closed")
        default = "message/rfc822" if node.media_type == "multipart/digest" else "text/plain"
        for begin, end in spans:
            if count >= MAX_PARTS:
                defects.append("too many parts")
                break
            count += 1
            block, body = header.split(raw, begin, end)
            child = describe(header.fields(block, _MIME_FIELDS), default) if block else Node(default)
            child.raw, child.start, child.end = raw, min(body, end), end
            node.children.append(child)
            waiting.append((child, depth + 1))
    if root.children:
        number(root)
    return root, tuple(dict.fromkeys(defects))


def number(root: Node) -> None:
    """Give every node its IMAP section number (RFC 3501, section 6.4.5)."""
    waiting = [(root, "")]
    while waiting:
        node, prefix = waiting.pop()
        for index, child in enumerate(node.children, 1):
            child.section = f"{prefix}{index}"
            if child.children:
                waiting.append((child, child.section + "."))


def leaves(root: Node) -> list[Node]:
    """Return the leaves in the order they were written."""
    found: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.children:
            waiting.extend(reversed(node.children))
        else:
            found.append(node)
    return found


def _spans(raw: bytes, start: int, end: int, boundary: str) -> tuple[list[tuple[int, int]], bool]:
    """Return where the parts of a multipart lie, and whether its closing line was there."""
    mark = boundary.rstrip()[:_MAX_BOUNDARY].encode("utf-8", "replace")
    spans, closed = _between(raw, start, end, mark) if mark else ([], False)
    if not spans:
        guess = _boundary_in_use(raw, start, end)
        if guess and guess != mark:
            spans, closed = _between(raw, start, end, guess)
    return spans, closed


def _boundary_in_use(raw: bytes, start: int, end: int) -> bytes:
    """Return the mark of the first line that may be a boundary (RFC 2046, section 5.1.1); empty without one."""
    for line in _DASHED_LINE.finditer(raw, start, end):
        mark = line[1].rstrip(b" \t").removesuffix(b"--")
        if 0 < len(mark) <= _LONGEST_MARK:
            return mark
    return b""


def _between(raw: bytes, start: int, end: int, mark: bytes) -> tuple[list[tuple[int, int]], bool]:
    delimiter = b"--" + mark
    spans: list[tuple[int, int]] = []
    begin = -1
    at = start
    while len(spans) < MAX_PARTS:
        at = raw.find(delimiter, at, end)
        if at < 0:
            break
        after = at + len(delimiter)
        if at > start and raw[at - 1] != 10:
            at = after
            continue
        line_end = raw.find(b"\n", after, end)
        rest = raw[after : end if line_end < 0 else line_end].strip()
        if rest not in {b"", b"--"}:
            at = after  # a longer boundary that begins alike
            continue
        if begin >= 0:
            last = at - 1 if at > begin else at
            spans.append((begin, last - 1 if last > begin and raw[last - 1] == 13 else last))
        if rest or line_end < 0:
            return spans, bool(rest)
        begin = at = line_end + 1
    if begin >= 0 and len(spans) < MAX_PARTS:
        spans.append((begin, end))
    return spans, False
