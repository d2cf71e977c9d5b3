"""Provider files that are taken over: kept where passwords are, found by id and address, forgotten."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from desktop.domain.mail.grant import Client
from desktop.domain.mail.providers import provider_by_id
from desktop.domain.settings import PROVIDER_FILES
from desktop.services.mail.sign_in_providers import ProviderFileUnusable, SignInProviders
from desktop.services.settings import Settings
from tests.shelf import NoSecrets, Shelf

ACME: dict[str, object] = {
    "id": "acme",
    "name": "Acme Mail",
    "domains": ["acme.example"],
    "authorise_url": "https://id.acme.example/authorise",
    "token_url": "https://id.acme.example/token",
    "scopes": ["mail"],
    "client_id": "rapport",
    "client_secret": "canary-secret",
}


@pytest.fixture
def kept() -> NoSecrets:
    return NoSecrets()


@pytest.fixture
def providers(shelf: Shelf, kept: NoSecrets) -> SignInProviders:
    return SignInProviders(Settings(shelf.database), kept)


GOOGLE: dict[str, object] = {"id": "google", "client_id": "rapport", "client_secret": "canary-secret"}


def write(folder: Path, said: dict[str, object] = ACME, **changes: object) -> Path:
    path = folder / "provider.json"
    path.write_text(json.dumps(said | changes))
    return path


def test_no_client_is_shipped(providers: SignInProviders) -> None:
    assert providers.own() == ()
    for provider_id in ("google", "microsoft", "yahoo", "fastmail"):
        assert providers.get(provider_id) == provider_by_id(provider_id)
        assert providers.client(provider_id) is None


def test_a_file_is_taken_over(providers: SignInProviders, shelf: Shelf, kept: NoSecrets, tmp_path: Path) -> None:
    taken = providers.take(write(tmp_path))

    again = SignInProviders(Settings(shelf.database), kept)
    assert again.get("acme") == taken.provider
    assert again.client("acme") == taken.client
    assert again.of_address("ann@acme.example") == taken.provider
    assert again.of_address("ann@gmail.com") == provider_by_id("google")
    assert [file.provider.id for file in again.own()] == ["acme"]


def test_c34_a_client_secret_is_kept_where_passwords_are(
    providers: SignInProviders, shelf: Shelf, kept: NoSecrets, tmp_path: Path
) -> None:
    providers.take(write(tmp_path))

    assert Settings(shelf.database).get(PROVIDER_FILES) == '["acme"]'
    assert [name for name, value in kept.items() if "canary-secret" in value] == ["sign-in-provider/acme"]


def test_a_file_of_the_same_id_replaces_the_one_before(providers: SignInProviders, tmp_path: Path) -> None:
    providers.take(write(tmp_path))
    providers.take(write(tmp_path, GOOGLE))

    providers.take(write(tmp_path, client_id="second"))

    client = providers.client("acme")
    assert client is not None
    assert client.id == "second"
    assert [file.provider.id for file in providers.own()] == ["google", "acme"]


def test_a_file_that_is_forgotten_leaves_the_table(providers: SignInProviders, kept: NoSecrets, tmp_path: Path) -> None:
    providers.take(write(tmp_path))
    providers.take(write(tmp_path, GOOGLE))

    providers.forget("acme")
    providers.forget("google")
    providers.forget("never-there")

    assert providers.own() == ()
    assert providers.get("acme") is None
    assert providers.get("google") == provider_by_id("google")
    assert not kept


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe", b"x" * 200_000])
def test_a_file_that_makes_no_sense_changes_nothing(providers: SignInProviders, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "provider.json"
    path.write_bytes(content)

    for odd in (path, tmp_path, tmp_path / "missing", Path("nul\0")):
        with pytest.raises(ProviderFileUnusable) as caught:
            providers.take(odd)
        assert caught.value.text
    assert providers.own() == ()


@pytest.mark.parametrize("damage", ["", "{}", "null", '{"id": "other"}'])
def test_what_is_kept_and_damaged_is_as_good_as_none(
    providers: SignInProviders, kept: NoSecrets, tmp_path: Path, damage: str
) -> None:
    providers.take(write(tmp_path))
    kept["sign-in-provider/acme"] = damage

    assert providers.get("acme") is None
    assert providers.client("acme") is None
    assert providers.own() == ()


def test_a_client_one_was_given_opens_the_way_through_the_browser(providers: SignInProviders) -> None:
    before = providers.way_in("ann@gmail.com", "imap.gmail.com")
    providers.set_client("google", Client("rapport", "canary-secret"))
    after = providers.way_in("ann@firm.example", "imap.gmail.com")

    assert before is not None
    assert after is not None
    assert (before.by_browser, before.by_password) == (False, True)
    assert (after.by_browser, after.provider.id) == (True, "google")
    assert providers.client("google") == Client("rapport", "canary-secret")


def test_a_client_without_what_its_provider_wants_is_not_kept(providers: SignInProviders) -> None:
    with pytest.raises(ProviderFileUnusable, match="client_secret"):
        providers.set_client("google", Client("rapport"))

    assert providers.own() == ()


def test_the_server_says_who_keeps_a_mailbox_and_the_address_where_it_is_here(providers: SignInProviders) -> None:
    assert providers.way_in("ann@gmail.com", "imap.firm.example") is None
    assert providers.way_in("ann@firm.example", "") is None
    bridge = providers.way_in("ann@proton.me", "127.0.0.1")
    assert bridge is not None
    assert (bridge.provider.id, bridge.by_browser) == ("proton", False)


def test_of_two_providers_with_one_server_the_address_decides(providers: SignInProviders) -> None:
    found = [providers.way_in(address, "outlook.office365.com") for address in ("ann@outlook.com", "ann@firm.example")]

    assert [way and way.provider.id for way in found] == ["outlook", "microsoft"]
