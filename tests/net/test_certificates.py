"""What is told of a certificate: all a person needs, nothing that could be markup or command, whatever stands in it."""

from __future__ import annotations

import datetime as dt
import hashlib
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from desktop.domain.certificate import Certificate
from desktop.net import certificates
from tests.servers.tls_certs import Authority


def test_a_certificate_is_told_with_its_names_its_issuer_and_its_life() -> None:
    credential = Authority("An Authority").issue("mail.example.org", addresses=("127.0.0.1",), days=(-3, 4))
    der = ssl.PEM_cert_to_DER_cert(credential.certificate.decode())

    found = certificates.read(der, "Mail.Example.org", 993)

    assert (found.subject, found.issuer) == ("mail.example.org", "An Authority")
    assert found.names == ("mail.example.org", "127.0.0.1")
    assert found.valid_from_ms is not None
    assert found.valid_to_ms is not None
    assert found.valid_to_ms - found.valid_from_ms == 7 * 86_400_000
    assert found.exception == f"mail.example.org:993/{credential.sha256}"
    assert found.fingerprint.replace(":", "").lower() == credential.sha256


@pytest.mark.parametrize("der", [b"", b"no certificate", b"0\x82\xff\xff" + bytes(100)])
def test_what_cannot_be_read_keeps_its_fingerprint(der: bytes) -> None:
    assert certificates.read(der, "h", 1) == Certificate("h", 1, hashlib.sha256(der).hexdigest())


def test_words_of_a_certificate_are_one_harmless_line() -> None:
    evil = "bank.example\n\x1b[2J\u202egnp.exe" + "x" * 20
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, evil),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "<b>Bank</b>"),
        ]
    )
    key = ec.generate_private_key(ec.SECP256R1())
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )

    found = certificates.read(made.public_bytes(serialization.Encoding.DER), "h", 1)

    assert found.subject.isprintable()
    assert found.subject.endswith(", <b>Bank</b>")
    assert found.names == ()


def test_another_certificate_of_the_same_server_is_known_for_a_change() -> None:
    first, second = Certificate("h", 993, "aa"), Certificate("h", 993, "bb")

    assert not first.replaces(())
    assert not first.replaces((first.exception,))
    assert second.replaces((first.exception,))
    assert not Certificate("h", 99, "bb").replaces((first.exception,))
