"""Certificates for tests, good and bad ones, made on the spot."""

from __future__ import annotations

import datetime as dt
import hashlib
import ipaddress
import ssl
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Credential:
    """A certificate with its key, as PEM; `sha256` is the fingerprint of the certificate."""

    certificate: bytes
    key: bytes
    sha256: str

    def write(self, certificate: Path, key: Path) -> None:
        """Write both files, the key private."""
        certificate.write_bytes(self.certificate)
        key.touch(mode=0o600)
        key.write_bytes(self.key)

    def server_context(self, *, maximum: ssl.TLSVersion | None = None) -> ssl.SSLContext:
        """Return a context that serves with this certificate, at most with this version of TLS."""
        import warnings

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        with tempfile.TemporaryDirectory() as folder:
            paths = Path(folder) / "cert.pem", Path(folder) / "key.pem"
            self.write(*paths)
            context.load_cert_chain(*paths)
        if maximum is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DeprecationWarning)
                context.set_ciphers("ALL:@SECLEVEL=0")
                context.minimum_version = maximum
                context.maximum_version = maximum
        return context


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Authority:
    """An authority that issues certificates; `pem` is what a client must be given to believe it."""

    def __init__(self, name: str = "Test Authority") -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(name)
        now = dt.datetime.now(dt.UTC)
        self._certificate = (
            x509.CertificateBuilder()
            .subject_name(self._name)
            .issuer_name(self._name)
            .public_key(self._key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 10 * DAY)
            .not_valid_after(now + 10 * DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.pem = self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(
        self,
        host: str,
        *,
        aliases: Sequence[str] = (),
        addresses: Sequence[str] = (),
        days: tuple[int, int] = (-1, 5),
        self_signed: bool = False,
        names: bool = True,
    ) -> Credential:
        """Return a certificate for a host and its aliases; `days` is its life relative to today."""
        key = ec.generate_private_key(ec.SECP256R1())
        now = dt.datetime.now(dt.UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(host))
            .issuer_name(_name(host) if self_signed else self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * DAY)
            .not_valid_after(now + days[1] * DAY)
        )
        if names:
            alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in (host, *aliases)]
            alternatives += [x509.IPAddress(ipaddress.ip_address(address)) for address in addresses]
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        signed = builder.sign(key if self_signed else self._key, hashes.SHA256())
        return Credential(
            signed.public_bytes(serialization.Encoding.PEM),
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            hashlib.sha256(signed.public_bytes(serialization.Encoding.DER)).hexdigest(),
        )


@dataclass(frozen=True)
class Variants:
    """The certificates of row R40 for localhost; only `good` is one that may be accepted, by `ca`."""

    ca: bytes
    good: Credential
    bad: dict[str, Credential]


@cache
def variants() -> Variants:
    """Return one good and eight bad certificates for localhost."""
    ours, other = Authority(), Authority("Other Authority")
    loopback = ("127.0.0.1", "::1")
    return Variants(
        ca=ours.pem,
        good=ours.issue("localhost", addresses=loopback),
        bad={
            "expired": ours.issue("localhost", addresses=loopback, days=(-9, -1)),
            "not-yet-valid": ours.issue("localhost", addresses=loopback, days=(1, 9)),
            "wrong-host": ours.issue("mail.example.org"),
            "no-names": ours.issue("localhost", names=False),
            "self-signed": ours.issue("localhost", addresses=loopback, self_signed=True),
            "unknown-issuer": other.issue("localhost", addresses=loopback),
            "expired-wrong-host": ours.issue("mail.example.org", days=(-9, -1)),
            "self-signed-wrong-host": ours.issue("mail.example.org", self_signed=True),
        },
    )
