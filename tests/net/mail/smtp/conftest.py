"""What the tests of SMTP share: an authority to believe, and a way to sign in to any of the test servers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.servers.tls_certs import variants


@pytest.fixture
def ca_file(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(variants().ca)
    return path
