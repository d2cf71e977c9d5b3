"""Reads the provider file of a person or an administrator: a provider of their own, or the client for a known one.

One JSON object. `id` and `client_id` must be there; `client_secret`, `redirect` ("loopback", "localhost", "page") and
`redirect_page` may be. A provider Rapport does not know also needs `name`, `authorise_url`, `token_url` and `scopes`,
and may have `domains`, `issuer`, `extra` (more parameters of the request) and the servers `imap` and `smtp`, each with
`host`, `port` and `security`. Of a known one the two addresses may be others on the same hosts (the tenant of an
organisation, say). Addresses are https; http is for this computer alone. Total: what cannot be used is a `Fault`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlsplit

from desktop.base.i18n import _
from desktop.domain.mail.grant import Client
from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.provider import LOOPBACK, OAuth, Provider, Redirect, Server, SignIn
from desktop.domain.mail.providers import provider_by_id

LARGEST_BYTES = 64 << 10
_LONGEST = 2000
_MOST = 100
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,62}[a-z0-9])?)*")
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
"""RFC 6749, section 3.3."""
_OURS = {
    *("client_id", "client_secret", "code", "code_challenge", "code_challenge_method", "redirect_uri"),
    *("response_mode", "response_type", "scope", "state"),
}
"""Parameters of the request that nobody else may set."""
_T = TypeVar("_T", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """What a file says."""

    provider: Provider
    client: Client


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file cannot be used, in a sentence."""

    text: str


def read(octets: bytes) -> ProviderFile | Fault:
    """Return what a provider file says, or what is wrong with it."""
    try:
        found = json.loads(octets.decode("utf-8-sig")) if len(octets) <= LARGEST_BYTES else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        return Fault(_("This is no provider file."))
    try:
        return _read(found)
    except _Wrong as wrong:
        return Fault(_("The provider file has no usable “{name}”.").format(name=wrong.name))


class _Wrong(Exception):
    """A value that is missing or cannot be used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def _read(found: Mapping[str, object]) -> ProviderFile:
    provider_id = _text(found, "id", _ID.fullmatch)
    known = provider_by_id(provider_id)
    provider = _own(found, provider_id) if known is None else _known(found, known)
    assert provider.oauth is not None
    page = ""
    if provider.oauth.redirect is Redirect.PAGE:
        page = _text(found, "redirect_page", lambda text: _is_address(text) and text.startswith("https:"))
    secret = _text(found, "client_secret") if provider.oauth.wants_secret or "client_secret" in found else ""
    return ProviderFile(provider, Client(_text(found, "client_id"), secret, page))


def _known(found: Mapping[str, object], known: Provider) -> Provider:
    """Return a provider of the table as a file changes it."""
    if known.oauth is None:
        raise _Wrong("id")
    oauth = known.oauth
    return replace(
        known,
        oauth=replace(
            oauth,
            authorise_url=_same_host(found, "authorise_url", oauth.authorise_url),
            token_url=_same_host(found, "token_url", oauth.token_url),
            redirect=_redirect(found, oauth.redirect),
        ),
    )


def _same_host(found: Mapping[str, object], name: str, known: str) -> str:
    """Return an address that stands in for a known one, or that; elsewhere a well-known name would lead astray."""
    if name not in found:
        return known
    address = _address(found, name)
    if urlsplit(address)[:2] != urlsplit(known)[:2]:
        raise _Wrong(name)
    return address


def _own(found: Mapping[str, object], provider_id: str) -> Provider:
    scopes = _texts(found, "scopes", _SCOPE.fullmatch)
    if not scopes:
        raise _Wrong("scopes")
    extra = found.get("extra", {})
    if not isinstance(extra, dict) or len(extra) > _MOST or _OURS & extra.keys():
        raise _Wrong("extra")
    oauth = OAuth(
        authorise_url=_address(found, "authorise_url"),
        token_url=_address(found, "token_url"),
        scopes=scopes,
        extra=tuple((str(name), _text(extra, name)) for name in extra),
        redirect=_redirect(found, Redirect.LOOPBACK),
        issuer=_address(found, "issuer") if "issuer" in found else "",
    )
    return Provider(
        id=provider_id,
        name=_text(found, "name"),
        domains=tuple(name.lower() for name in _texts(found, "domains", lambda text: _HOST.fullmatch(text.lower()))),
        imap=_server(found, "imap", 993),
        smtp=_server(found, "smtp", 465),
        sign_ins=(SignIn.OAUTH, SignIn.PASSWORD),
        oauth=oauth,
    )


def _text(found: Mapping[str, object], name: str, fits: Callable[[str], object] = bool) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= _LONGEST or not value.isprintable() or not fits(value):
        raise _Wrong(name)
    return value


def _texts(found: Mapping[str, object], name: str, fits: Callable[[str], object]) -> tuple[str, ...]:
    values = found.get(name, [])
    if not isinstance(values, list) or len(values) > _MOST:
        raise _Wrong(name)
    for value in values:
        _text({name: value}, name, fits)
    return tuple(values)


def _address(found: Mapping[str, object], name: str) -> str:
    return _text(found, name, _is_address)


def _is_address(text: str) -> bool:
    """Say whether a text is the address of an endpoint: https, or http on this computer."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    if not text.isascii() or " " in text or parts.username is not None or parts.fragment or port == 0:
        return False
    return (parts.scheme == "https" and bool(_HOST.fullmatch(host))) or (parts.scheme == "http" and host == LOOPBACK)


def _redirect(found: Mapping[str, object], default: Redirect) -> Redirect:
    return _member(Redirect, found.get("redirect", default.value), "redirect")


def _server(found: Mapping[str, object], name: str, port: int) -> Server | None:
    value = found.get(name)
    if value is None:
        return None
    if not isinstance(value, dict):
        raise _Wrong(name)
    number = value.get("port", port)
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 65536:
        raise _Wrong(name)
    try:
        host = _text(value, "host", lambda text: _HOST.fullmatch(text.lower()))
    except _Wrong:
        raise _Wrong(name) from None
    return Server(host.lower(), number, _member(Security, value.get("security", Security.TLS.value), name))


def _member(kind: type[_T], value: object, name: str) -> _T:
    try:
        return kind(str(value))
    except ValueError:
        raise _Wrong(name) from None
