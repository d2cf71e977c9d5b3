"""A mail that shows no text says why: encrypted, packed into its signature, or without any."""

from __future__ import annotations

import pytest

from desktop.domain.mail import preparing
from desktop.domain.mail.document import NO_TEXT
from desktop.domain.mail.sealed import ENCRYPTED, PACKED

_PGP = (
    "--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
    "--b\nContent-Type: application/octet-stream\n\nx\n--b--"
)
_SMIME = "Content-Type: application/pkcs7-mime; smime-type={}; name=smime.p7m\n\nMIAG"
_WITH_TEXT = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nThe invoice\n--b\nContent-Type: {}\n\nMIAG\n--b--"


@pytest.mark.parametrize(
    ("mail", "why"),
    [
        (f"Content-Type: multipart/encrypted; boundary=b; protocol=x\n\n{_PGP}\n", ENCRYPTED),
        (f"Content-Type: multipart/mixed; boundary=b\n\n{_PGP}\n", ENCRYPTED),
        (_SMIME.format("enveloped-data"), ENCRYPTED),
        (_SMIME.format("authEnveloped-data"), ENCRYPTED),
        ("Content-Type: Application/X-PKCS7-Mime; name=smime.p7m\n\nMIAG", ENCRYPTED),
        (_SMIME.format("signed-data"), PACKED),
        (_WITH_TEXT.format("application/pkcs7-mime; smime-type=enveloped-data"), ENCRYPTED),
        ("Content-Type: text/plain\n\n \n", NO_TEXT),
        ("Content-Type: text/html\n\n<div><br>&nbsp;</div>", NO_TEXT),
        ("Content-Type: application/pdf; name=a.pdf\n\nJVBE", NO_TEXT),
        ('Content-Type: text/html\n\n<img src="file:///1.png">', NO_TEXT),
        ("", NO_TEXT),
    ],
)
def test_a_mail_without_readable_text_says_why(mail: str, why: str) -> None:
    assert set(preparing.prepare(f"From: a@x.example\n{mail}".encode()).warnings) & {ENCRYPTED, PACKED, NO_TEXT} == {
        why
    }


@pytest.mark.parametrize(
    "mail",
    [
        "Content-Type: text/plain\n\nHello",
        'Content-Type: text/html\n\n<img src="https://x.example/1.png">',
        (
            "Content-Type: multipart/signed; boundary=b\n\n--b\n\nHello\n"
            "--b\nContent-Type: application/pkcs7-signature\n\nx\n--b--"
        ),
        _SMIME.format("certs-only"),
        _WITH_TEXT.format("application/pkcs7-mime; name=IT123.xml.p7m"),
        _WITH_TEXT.format("application/pkcs7-mime; smime-type=signed-data"),
    ],
)
def test_other_mails_are_neither(mail: str) -> None:
    assert not {ENCRYPTED, PACKED} & set(preparing.prepare(f"From: a@x.example\n{mail}".encode()).warnings)
