"""A large attachment over a bad line: in chunks, resumed, without memory (R11)."""

from __future__ import annotations

import base64
import hashlib
import random
import tracemalloc
from pathlib import Path

import pytest

from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from tests.proof import rounds, seed
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.fault_proxy import FaultProxy

pytestmark = pytest.mark.server


def test_r11_large_attachment_is_resumed_after_three_cuts(
    dovecot: Dovecot, imap_user: str, fault_proxy: FaultProxy, tmp_path: Path
) -> None:
    chance = random.Random(seed())
    content = chance.randbytes(rounds(6, 100) << 20)
    encoded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\ntext\r\n--b\r\n'
    head += b"Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    dovecot.deliver(imap_user, [head + encoded + b"--b--\r\n"])
    digest, size = hashlib.sha256(content).digest(), len(encoded)
    del content, encoded
    cuts = [size // 4, size // 5, size // 6]
    path = tmp_path / "big"
    path.touch()
    tracemalloc.start()

    while True:
        session = Session.open(
            ImapEndpoint("localhost", fault_proxy.port, Security.PLAIN, imap_user), PASSWORD, TlsPolicy()
        )
        session.select(b"INBOX", read_only=True)
        (leaf,) = [leaf for leaf in session.fetch_structure([1])[1] if leaf.name == "big.zip"]
        if cuts:
            fault_proxy.cut_after(cuts.pop())
        try:
            with path.open("r+b") as file:
                session.download_section(1, leaf.section, file, limit_bytes=1 << 30)
            session.close()
            break
        except errors.ConnectionLost:
            fault_proxy.heal()

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    received = fault_proxy.passed["down"]
    assert cuts == []
    assert hashlib.sha256(base64.b64decode(path.read_bytes())).digest() == digest
    assert peak < 50 << 20
    # at most a chunk is fetched again after each cut
    assert received < size + (5 << 20)
