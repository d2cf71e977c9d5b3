"""Reads the certificate a server shows. Total: of what cannot be read the fingerprint is left.

The names in it are cut and cleaned like all words of servers. The cryptography is imported here and only once a
certificate was refused. Any thread.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from desktop.domain.certificate import Certificate
from desktop.net.errors import server_words

if TYPE_CHECKING:
    from cryptography import x509

_NAMES_MAX = 8


def read(der: bytes, host: str, port: int) -> Certificate:
    """Return what stands in a certificate (RFC 5280), given as DER."""
    from cryptography import x509

    sha256 = hashlib.sha256(der).hexdigest()
    try:
        found = x509.load_der_x509_certificate(der)
        return Certificate(
            host,
            port,
            sha256,
            _party(found.subject),
            _party(found.issuer),
            _names(found),
            int(found.not_valid_before_utc.timestamp() * 1000),
            int(found.not_valid_after_utc.timestamp() * 1000),
        )
    except (ValueError, x509.InvalidVersion, x509.UnsupportedGeneralNameType):
        return Certificate(host, port, sha256)


def _party(name: x509.Name) -> str:
    """Return a name as people read it: the common name, then the organisation."""
    from cryptography.x509.oid import NameOID

    parts = [
        attribute.value if isinstance(attribute.value, str) else attribute.value.decode("utf-8", "replace")
        for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for attribute in name.get_attributes_for_oid(oid)
    ]
    return server_words(", ".join(dict.fromkeys(parts)) or name.rfc4514_string())


def _names(found: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    hosts = names.get_values_for_type(x509.DNSName)
    addresses = names.get_values_for_type(x509.IPAddress)
    return tuple(server_words(str(name)) for name in (*hosts, *addresses))[:_NAMES_MAX]
