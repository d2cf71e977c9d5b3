"""Drafts for tests, and what is read of the mails made from them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from desktop.domain.mail import mime_build, mime_parse, plain_html
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft, Enclosure, Stamp

ME = Address("Me", "me@own.example")
BOB = Address("Bob", "bob@x.example")
STAMP = Stamp("one@own.example", 1_790_000_000_000, 180)
FIELDS = ["Date", "Message-ID", "From", "To", "Subject", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"]
"""Of a plain mail to somebody."""


def draft(**fields: Any) -> Draft:
    return replace(Draft(ME, to=(BOB,), subject="Hello", text="Hello", html="<p>Hello</p>", is_html=False), **fields)


def enclosure(name: str, data: bytes = b"data", media_type: str = "application/pdf", content_id: str = "") -> Enclosure:
    """A file whose digest is its content, so that `content` finds it."""
    return Enclosure(name, media_type, len(data), data, content_id)


def content(each: Enclosure) -> Iterable[bytes]:
    return [each.digest[at : at + 1000] for at in range(0, len(each.digest), 1000)]


def sent(written: Draft, *, with_bcc: bool = False) -> bytes:
    """Return the mail; what every mail must keep to is checked with it."""
    pieces: list[bytes] = []
    mime_build.write(written, STAMP, content, pieces.append, with_bcc=with_bcc)
    raw = b"".join(pieces)
    lines = raw.split(b"\r\n")
    assert raw.endswith(b"\r\n")
    assert b"\0" not in raw
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    return raw


def names(raw: bytes) -> list[str]:
    """Return the names of the fields of a mail, in order."""
    block = raw.partition(b"\r\n\r\n")[0].decode()
    return [line.partition(":")[0] for line in block.split("\r\n") if line[0] not in " \t"]


def text_of(raw: bytes) -> str:
    """Return the plain text as a reader of format=flowed has it."""
    _fields, root, _defects = mime_parse.open_mail(raw)
    node = root
    while node.children:
        node = node.children[0]
    assert (node.media_type, node.type_parameters["format"]) == ("text/plain", "flowed")
    return plain_html.unflow(mime_parse.decoded_text(node).replace("\r\n", "\n").removesuffix("\n"))


def html_of(raw: bytes) -> str:
    """Return the HTML as it was sent."""
    _fields, root, _defects = mime_parse.open_mail(raw)
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.media_type == "text/html":
            return mime_parse.decoded_text(node).replace("\r\n", "\n")
        waiting += node.children
    raise LookupError("no HTML")


def kinds(raw: bytes) -> list[str]:
    """Return the media types of all parts in the order they are written."""
    return re.findall(r"^Content-Type: ([a-z0-9./-]+)", raw.decode("latin-1"), re.MULTILINE)
