"""What a server is shown to let somebody in: a password, or a token an identity provider gave (RFC 6750).

Neither `repr` nor any error text tells the secret.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Password:
    """For SASL PLAIN and LOGIN."""

    secret: str


@dataclass(frozen=True, slots=True, repr=False)
class Bearer:
    """For SASL XOAUTH2; good for an hour or so."""

    token: str


Credential = Password | Bearer
