"""Who one can sign in to in the browser, and as which client: what provider files say, beside the table of the domain.

No client is shipped with Rapport; the person, or whoever manages his computers, gives one by a provider file. It may
hold a client secret, so it is kept where passwords are, whole; the settings only know which there are. Any thread but
that of the window: a keyring may take its time.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail import provider_file, providers
from desktop.domain.mail.grant import Client
from desktop.domain.mail.provider import Provider, SignIn
from desktop.domain.mail.provider_file import Fault, ProviderFile
from desktop.domain.settings import PROVIDER_FILES
from desktop.services.errands import Secrets
from desktop.services.settings import Settings

_MOST = 100


class ProviderFileUnusable(Problem):
    """A provider file cannot be read or makes no sense."""

    remedy = Remedy.NONE
    can_retry = False


@dataclass(frozen=True, slots=True)
class WayIn:
    """How one signs in at a provider."""

    provider: Provider
    client: Client | None = None
    """As whom Rapport is known there; None where nobody gave it a client: then there is no sign-in by browser."""
    is_locked: bool = False
    """A client is kept, where nobody can get at it now."""

    @property
    def by_browser(self) -> bool:
        """Whether one can sign in through the browser."""
        return self.provider.oauth is not None and self.client is not None

    @property
    def by_password(self) -> bool:
        """Whether the provider takes passwords, if only ones made for the purpose."""
        return any(way is not SignIn.OAUTH for way in self.provider.sign_ins)


class SignInProviders:
    """The providers of the table as provider files change them, and those only files know."""

    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self._settings = settings
        self._secrets = secrets

    def take(self, path: Path) -> ProviderFile:
        """Take over a provider file; one of the same id is replaced. Raises ProviderFileUnusable, Problem."""
        try:
            with path.open("rb") as file:
                octets = file.read(provider_file.LARGEST_BYTES + 1)
        except (OSError, ValueError) as error:
            text = _("“{file}” cannot be read.").format(file=path)
            raise ProviderFileUnusable(text, details=getattr(error, "strerror", None) or "") from error
        return self._keep(octets)

    def set_client(self, provider_id: str, client: Client) -> ProviderFile:
        """Keep the client a person was given by a provider of the table. Raises ProviderFileUnusable, Problem."""
        said = {"id": provider_id, "client_id": client.id, "client_secret": client.secret, "redirect_page": client.page}
        return self._keep(json.dumps({name: text for name, text in said.items() if text}).encode())

    def _keep(self, octets: bytes) -> ProviderFile:
        found = provider_file.read(octets)
        if isinstance(found, Fault):
            raise ProviderFileUnusable(found.text)
        ids = [provider_id for provider_id in self._ids() if provider_id != found.provider.id]
        if len(ids) >= _MOST:
            raise ProviderFileUnusable(_("There are too many provider files already."))
        self._secrets.unlock()
        self._secrets.set(_secret(found.provider.id), octets.decode("utf-8-sig"))
        self._settings.set(PROVIDER_FILES, json.dumps([*ids, found.provider.id]))
        return found

    def forget(self, provider_id: str) -> None:
        """Forget a provider file. Accounts that signed in with it must sign in anew, or by password. Raises Problem."""
        ids = [one for one in self._ids() if one != provider_id]
        self._settings.set(PROVIDER_FILES, json.dumps(ids))
        self._secrets.delete(_secret(provider_id))

    def own(self) -> tuple[ProviderFile, ...]:
        """Return what the files say, in the order they came."""
        return tuple(found for found in map(self._file, self._ids()) if found is not None)

    def of_address(self, address: str) -> Provider | None:
        """Return the provider that gives out addresses like this; of the table alone while secrets are locked."""
        return providers.provider_of(address, self._own_providers())

    def way_in(self, address: str, host: str, provider_id: str = "") -> WayIn | None:
        """Return how one signs in to a mailbox; None where nothing is known of who keeps it.

        `host` is its server, or the one mail is sent through where there is no mailbox; "" for not known yet.
        `provider_id` is whom one signs in to for it already, "" where that is not settled.
        """
        own = self._own_providers()
        # the server says whose account it is: an address may be given out by one and kept by another
        gives = providers.provider_of(address, own)
        is_its = gives is not None and (not host or providers.runs(gives, host, user=address))
        found = gives if is_its else providers.provider_of_server(host, own)
        if provider_id:
            found = providers.provider_by_id(provider_id, own) or found
        if found is None:
            return None
        try:
            return WayIn(found, self.client(found.id))
        except Problem:
            return WayIn(found, is_locked=True)

    def _own_providers(self) -> list[Provider]:
        try:
            return [file.provider for file in self.own()]
        except Problem:
            return []

    def get(self, provider_id: str) -> Provider | None:
        """Return the provider of this id."""
        found = self._file(provider_id)
        return found.provider if found is not None else providers.provider_by_id(provider_id)

    def client(self, provider_id: str) -> Client | None:
        """Return the client to sign in as; None where no file gives one: then nobody can sign in by browser."""
        found = self._file(provider_id)
        return found.client if found is not None else None

    def _file(self, provider_id: str) -> ProviderFile | None:
        if provider_id not in self._ids():
            return None
        kept = self._secrets.get(_secret(provider_id))
        found = provider_file.read(kept.encode()) if kept is not None else None
        return found if isinstance(found, ProviderFile) and found.provider.id == provider_id else None

    def _ids(self) -> list[str]:
        try:
            ids = json.loads(self._settings.get(PROVIDER_FILES))
        except (ValueError, RecursionError):
            return []
        return [one for one in ids if isinstance(one, str)][:_MOST] if isinstance(ids, list) else []


def _secret(provider_id: str) -> str:
    """Return the name under which a provider file is kept."""
    return f"sign-in-provider/{provider_id}"
