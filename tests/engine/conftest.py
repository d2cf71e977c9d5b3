"""The desk: a profile of its own, closed after the test. And a server of a provider that runs on this computer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.mail import providers
from desktop.domain.mail.provider import Provider, Server
from desktop.net import vault
from tests.desk import Desk
from tests.small_disk import mounts

__all__ = ["mounts"]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(vault, "_LOG2_N", 4)  # hundreds of vaults are made here, and nobody wants into any
    made = Desk(tmp_path / "profile")
    yield made
    made.close()


@pytest.fixture
def kept_by(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Provider]:
    """Let "localhost" be the mail server of a provider: `kept_by("microsoft", most_connections=1)`."""

    def keep(provider_id: str, **changes: object) -> Provider:
        [known] = [each for each in providers.TABLE if each.id == provider_id]
        here = replace(known, imap=Server("localhost", 993), smtp=Server("localhost", 465), **changes)  # type: ignore[arg-type]
        others = tuple(each for each in providers.TABLE if each.id != provider_id)
        monkeypatch.setattr(providers, "TABLE", (*others, here))
        return here

    return keep
