"""Provider files: read when they make sense, refused in a sentence when not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail.mail_account import Security
from desktop.domain.mail.provider import Redirect, Server
from desktop.domain.mail.provider_file import LARGEST_BYTES, Fault, ProviderFile, read

GOOD: dict[str, Any] = {
    "id": "acme",
    "name": "Acme Mail",
    "domains": ["Acme.example", "acme.org"],
    "authorise_url": "https://id.acme.example/authorise?tenant=1",
    "token_url": "https://id.acme.example:8443/token",
    "scopes": ["mail", "offline_access"],
    "client_id": "rapport",
    "client_secret": "not very",
    "extra": {"prompt": "consent"},
    "issuer": "https://id.acme.example",
    "imap": {"host": "imap.acme.example"},
    "smtp": {"host": "SMTP.acme.example", "port": 587, "security": "starttls"},
}


def octets(**changes: object) -> bytes:
    """Return the good file with changes; a value of `...` leaves it out."""
    return json.dumps({name: value for name, value in (GOOD | changes).items() if value is not ...}).encode()


def test_a_file_makes_a_provider_and_a_client() -> None:
    found = read(octets())

    assert isinstance(found, ProviderFile)
    assert (found.client.id, found.client.secret) == ("rapport", "not very")
    provider = found.provider
    assert (provider.id, provider.name, provider.domains) == ("acme", "Acme Mail", ("acme.example", "acme.org"))
    assert provider.imap == Server("imap.acme.example", 993, Security.TLS)
    assert provider.smtp == Server("smtp.acme.example", 587, Security.STARTTLS)
    oauth = provider.oauth
    assert oauth is not None
    assert oauth.token_url == "https://id.acme.example:8443/token"
    assert (oauth.scopes, oauth.extra) == (("mail", "offline_access"), (("prompt", "consent"),))
    assert (oauth.redirect, oauth.issuer) == (Redirect.LOOPBACK, "https://id.acme.example")
    assert "not very" not in repr(found)


def test_what_need_not_be_there_may_be_left_out() -> None:
    left_out: dict[str, object] = dict.fromkeys(("client_secret", "extra", "issuer", "imap", "smtp", "domains"), ...)

    found = read(octets(**left_out))

    assert isinstance(found, ProviderFile)
    assert found.client.secret == ""


def test_a_client_for_a_known_provider() -> None:
    tenant = "https://login.microsoftonline.com/11-22/oauth2/v2.0/"
    microsoft = read(b'\xef\xbb\xbf{"id": "microsoft", "client_id": "abc"}')
    of_tenant = read(
        json.dumps(
            {
                "id": "microsoft",
                "client_id": "abc",
                "authorise_url": f"{tenant}authorize",
                "token_url": f"{tenant}token",
                "redirect": "loopback",
            }
        ).encode()
    )

    assert isinstance(microsoft, ProviderFile)
    assert microsoft.provider.oauth is not None
    assert microsoft.provider.oauth.redirect is Redirect.LOCALHOST
    assert isinstance(of_tenant, ProviderFile)
    assert of_tenant.provider.oauth is not None
    assert of_tenant.provider.oauth.token_url == f"{tenant}token"
    assert of_tenant.provider.oauth.redirect is Redirect.LOOPBACK
    assert of_tenant.provider.imap == microsoft.provider.imap


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({"id": "google", "client_id": "abc"}, "client_secret"),
        ({"id": "yahoo", "client_id": "abc", "client_secret": "s"}, "redirect_page"),
        (
            {"id": "yahoo", "client_id": "a", "client_secret": "s", "redirect_page": "http://127.0.0.1/"},
            "redirect_page",
        ),
        ({"id": "icloud", "client_id": "abc"}, "id"),
        ({"id": "microsoft"}, "client_id"),
        ({"id": "microsoft", "client_id": "a", "token_url": "https://evil.example/token"}, "token_url"),
        ({"id": "microsoft", "client_id": "a", "token_url": "https://login.microsoftonline.com:1/t"}, "token_url"),
        ({"id": "microsoft", "client_id": "a", "authorise_url": "http://127.0.0.1/a"}, "authorise_url"),
    ],
)
def test_a_client_that_cannot_work_is_refused(said: dict[str, object], missing: str) -> None:
    found = read(json.dumps(said).encode())

    assert isinstance(found, Fault)
    assert f"“{missing}”" in found.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", ...),
        ("id", "Acme"),
        ("id", "a/b"),
        ("id", 5),
        ("name", ...),
        ("name", ""),
        ("name", "two\nlines"),
        ("name", "x" * 3000),
        ("domains", "acme.example"),
        ("domains", ["not a host"]),
        ("domains", [5]),
        ("domains", ["a.example"] * 101),
        ("authorise_url", ...),
        ("authorise_url", "http://id.acme.example/"),
        ("authorise_url", "http://127.0.0.1.evil.example/"),
        ("authorise_url", "http://localhost/"),
        ("authorise_url", "ftp://id.acme.example/"),
        ("authorise_url", "javascript:alert(1)"),
        ("authorise_url", "https://user:pw@id.acme.example/"),
        ("authorise_url", "https://id.acme.example/#part"),
        ("authorise_url", "https://id.acme.example/ space"),
        ("authorise_url", "https://id.acme.example/ä"),
        ("authorise_url", "https://[bad/"),
        ("authorise_url", "https://id.acme.example:99999/"),
        ("authorise_url", "https://id.acme.example:0/"),
        ("authorise_url", "https:///path"),
        ("token_url", "file:///etc/passwd"),
        ("scopes", ...),
        ("scopes", []),
        ("scopes", ["two words"]),
        ("scopes", "mail"),
        ("client_id", ...),
        ("client_id", ""),
        ("client_secret", 7),
        ("extra", []),
        ("extra", {"state": "mine"}),
        ("extra", {"redirect_uri": "https://evil.example"}),
        ("issuer", "acme"),
        ("redirect", "custom"),
        ("redirect", ["loopback"]),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: object) -> None:
    found = read(octets(**{name: value}))

    assert isinstance(found, Fault)
    assert f"“{name}”" in found.text


@pytest.mark.parametrize(
    "server",
    [
        *("imap.acme.example", {}, {"host": "-"}, {"host": "a", "port": 0}, {"host": "a", "port": True}),
        *({"host": "a", "port": "993"}, {"host": "a", "security": "none"}, {"host": "a\r\nb"}),
    ],
)
def test_a_server_that_cannot_be_used_is_refused(server: object) -> None:
    assert isinstance(read(octets(imap=server)), Fault)


def test_http_is_for_this_computer_alone() -> None:
    assert isinstance(read(octets(token_url="http://127.0.0.1:8080/token")), ProviderFile)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b"[" * 60_000, b" " * (LARGEST_BYTES + 1), b'{"id": NaN}']
)
def test_what_is_no_provider_file_is_refused(content: bytes) -> None:
    assert isinstance(read(content), Fault)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from([*GOOD, "redirect", "redirect_page"]), JSON, max_size=4))
def test_any_object_is_a_provider_or_a_fault(changes: dict[str, object]) -> None:
    found = read(octets(**changes))

    assert isinstance(found, Fault) or found.provider.oauth is not None


@given(st.binary(max_size=200))
def test_any_octets_are_a_provider_or_a_fault(content: bytes) -> None:
    assert isinstance(read(content), ProviderFile | Fault)
