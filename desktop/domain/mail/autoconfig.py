"""What a provider publishes about its servers: Thunderbird's autoconfig format, version 1.1. Pure and total.

The file comes from whoever answers, so it is small, shallow and without a document type: entities are what hostile XML
is made of (C40), and there is no use for them here. Only servers with encryption are taken (C42); a block that lacks
something, or says what makes no sense, is left out and the next one is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit
from xml.parsers import expat

from desktop.domain.mail.found_server import FoundServer, SignIn, filled, host_name, user_rule
from desktop.domain.mail.mail_account import Security

LIMIT_BYTES = 128 * 1024
_DEPTH_MAX = 16
_ELEMENTS_MAX = 2000
_SERVERS_MAX = 10
_URL_MAX = 500
_PROVIDER_MAX = 60
_ENCODINGS = {"utf-8": "utf-8", "utf8": "utf-8", "us-ascii": "ascii", "iso-8859-1": "latin-1", "windows-1252": "cp1252"}
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_.-]{1,40})["']""")
_SECURITY = {"SSL": Security.TLS, "STARTTLS": Security.STARTTLS}
_SIGN_IN = {
    "password-cleartext": SignIn.PASSWORD,
    "plain": SignIn.PASSWORD,
    # inside TLS the same password is asked for; how it is proven is agreed with the server
    "password-encrypted": SignIn.PASSWORD,
    "secure": SignIn.PASSWORD,
    "OAuth2": SignIn.BROWSER,
}


class Fault(StrEnum):
    """Why a file is no configuration at all."""

    NONE = ""
    TOO_LARGE = "too-large"
    NOT_XML = "not-xml"
    DOCUMENT_TYPE = "document-type"
    """It has a DTD or declares entities."""
    NO_PROVIDER = "no-provider"


@dataclass(frozen=True, slots=True)
class Config:
    """What a file offers, in its order of preference."""

    provider: str = ""
    """How the provider calls itself: one line."""
    incoming: tuple[FoundServer, ...] = ()
    """IMAP."""
    outgoing: tuple[FoundServer, ...] = ()
    """SMTP."""
    help_url: str = ""
    """A page of the provider about setting up, https only."""
    plain_only: bool = False
    """It names IMAP servers, and none of them with encryption."""
    fault: Fault = Fault.NONE


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    text: str = ""
    children: list[_Element] = field(default_factory=list)

    def all(self, name: str) -> Iterator[_Element]:
        return (child for child in self.children if child.name == name)

    def value(self, name: str) -> str:
        """Return the text of the first child of that name, "" without one."""
        return next((child.text.strip() for child in self.all(name)), "")


def read(xml: bytes, domain: str) -> Config:
    """Return what a file says for addresses of a domain."""
    if len(xml) > LIMIT_BYTES:
        return Config(fault=Fault.TOO_LARGE)
    root = _parsed(xml)
    if isinstance(root, Fault):
        return Config(fault=root)
    provider = next(root.all("emailProvider"), None) if root.name == "clientConfig" else None
    if provider is None:
        return Config(fault=Fault.NO_PROVIDER)
    blocks = _of_type(provider, "incomingServer", "imap")
    incoming = _servers(blocks, domain)
    return Config(
        provider=_name(provider),
        incoming=incoming,
        outgoing=_servers(_of_type(provider, "outgoingServer", "smtp"), domain),
        help_url=_help_url(provider),
        plain_only=not incoming and any(one.value("socketType").lower() == "plain" for one in blocks),
    )


def _of_type(provider: _Element, name: str, kind: str) -> list[_Element]:
    return [one for one in provider.all(name) if one.attributes.get("type") == kind]


def _servers(blocks: list[_Element], domain: str) -> tuple[FoundServer, ...]:
    found = (_server(block, domain) for block in blocks[:_SERVERS_MAX])
    return tuple(dict.fromkeys(server for server in found if server is not None))


def _server(block: _Element, domain: str) -> FoundServer | None:
    """Return a block as a server; None where it lacks something, makes no sense or is without encryption."""
    host = host_name(filled(block.value("hostname"), f"@{domain}") or "")
    port = block.value("port")
    security = _SECURITY.get(block.value("socketType").upper())
    rule = user_rule(block.value("username"))
    said = (_SIGN_IN.get(one.text.strip()) for one in block.all("authentication"))
    sign_in = tuple(dict.fromkeys(one for one in said if one is not None))
    if not (host and security and rule and sign_in and re.fullmatch("[0-9]{1,5}", port) and 0 < int(port) < 65536):
        return None
    return FoundServer(host, int(port), security, rule, sign_in)


def _name(provider: _Element) -> str:
    words = provider.value("displayShortName") or provider.value("displayName")
    shown = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return shown[:_PROVIDER_MAX].rstrip()


def _help_url(provider: _Element) -> str:
    pages = (_web_page(each.attributes.get("url", "")) for each in provider.all("documentation"))
    return next((page for page in pages if page), "")


def _web_page(text: str) -> str:
    url = text.strip()
    try:
        parts = urlsplit(url)
        plain = parts.scheme == "https" and bool(host_name(parts.hostname or "")) and "@" not in parts.netloc
    except ValueError:
        return ""
    return url if plain and len(url) <= _URL_MAX and url.isascii() and url.isprintable() and " " not in url else ""


class _Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def _parsed(xml: bytes) -> _Element | Fault:
    """Return the root element; expat is given UTF-8 alone, so that no codec is named by the file."""
    declared = _DECLARED.match(xml)
    if xml.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding: str | None = "utf-16"
    else:
        encoding = _ENCODINGS.get(declared[1].decode("ascii").lower()) if declared else "utf-8-sig"
    if encoding is None:
        return Fault.NOT_XML
    plain = xml.decode(encoding, "replace").encode("utf-8")
    top = _Element("", {})
    parser = expat.ParserCreate("utf-8")
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.buffer_text = True
    _build(parser, top)
    try:
        parser.Parse(plain, True)
    except _Refused as refused:
        return refused.fault
    except expat.ExpatError:
        return Fault.NOT_XML
    return top.children[0]


def _build(parser: expat.XMLParserType, top: _Element) -> None:
    """Let a parser hang its elements below `top`."""
    open_: list[_Element] = [top]
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _ELEMENTS_MAX or len(open_) > _DEPTH_MAX:
            raise _Refused(Fault.TOO_LARGE)
        element = _Element(name, attributes)
        open_[-1].children.append(element)
        open_.append(element)

    def end(_name: str) -> None:
        open_.pop()

    def data(text: str) -> None:
        open_[-1].text += text

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = data
    parser.StartDoctypeDeclHandler = _refuse_document_type
    parser.EntityDeclHandler = _refuse_document_type
    parser.ExternalEntityRefHandler = _refuse_document_type


def _refuse_document_type(*_said: object) -> int:
    raise _Refused(Fault.DOCUMENT_TYPE)
