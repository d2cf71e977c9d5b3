"""What came of a sign-in in the browser: the right to get tokens, kept as one secret; and the client it was given to.

A refresh token is good only with the client that got it (RFC 6749, section 6), so both are kept together and outlive
changed settings. Neither `repr` nor any error text tells a secret.
"""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Client:
    """Rapport as the provider knows it: what whoever registered it was given."""

    id: str
    secret: str = ""
    """Not confidential for a program that is given away (RFC 8252, section 8.5); "" for a public client."""
    page: str = ""
    """The address its answers go to, where the provider takes none on this computer (`Redirect.PAGE`)."""


@dataclass(frozen=True, slots=True, repr=False)
class Grant:
    """A right that lasts. The access token is good for an hour or so, and is never kept."""

    provider_id: str
    client: Client
    refresh_token: str
    access_token: str = ""
    good_for_s: float = 0.0
    """How long `access_token` is good from when it came."""
    address: str = ""
    """Who signed in, as the provider says; "" where it does not."""
    refused: bool = False
    """The provider said that the refresh token is good for nothing any more."""


def dump(grant: Grant) -> str:
    """Return the secret that is kept of a grant."""
    kept: dict[str, object] = {
        "provider": grant.provider_id,
        "client": grant.client.id,
        "refresh_token": grant.refresh_token,
    }
    if grant.client.secret:
        kept["client_secret"] = grant.client.secret
    if grant.address:
        kept["address"] = grant.address
    if grant.refused:
        kept["refused"] = True
    return json.dumps(kept, separators=(",", ":"))


def load(secret: str) -> Grant | None:
    """Return the grant a secret was kept of; None when it is none."""
    try:
        kept = json.loads(secret)
    except (ValueError, RecursionError):
        return None
    if not isinstance(kept, dict):
        return None
    provider, client, token = (kept.get(name) for name in ("provider", "client", "refresh_token"))
    client_secret = kept.get("client_secret", "")
    if not (isinstance(provider, str) and isinstance(client, str) and isinstance(token, str)):
        return None
    address = kept.get("address", "")
    if not isinstance(client_secret, str) or not isinstance(address, str) or not token:
        return None
    refused = kept.get("refused") is True
    return Grant(provider, Client(client, client_secret), token, address=address, refused=refused)
