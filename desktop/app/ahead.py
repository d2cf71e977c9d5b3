"""What a sync waits for longest, begun before the rest of the program is even imported.

To open the vault takes a quarter of a second by design, and the import process has HTML libraries to load. Both need
no Python of ours meanwhile, so they run beside the imports of this process.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from desktop.app import passphrase
from desktop.base.paths import Profile
from desktop.net.keychain import Secrets

if TYPE_CHECKING:
    from desktop.engine.mail.importer import ParserProcess


@dataclass(frozen=True, slots=True)
class Ahead:
    """Parts of the core that are under way."""

    secrets: Secrets
    importing: ParserProcess


def begin(profile: Profile) -> Ahead:
    """Open the vault unless somebody must be asked for its passphrase, and start the import process."""
    secrets = Secrets(profile.vault, passphrase.vault_passphrase)
    if os.environ.get(passphrase.PASSPHRASE_FILE_VARIABLE):
        threading.Thread(target=secrets.open_ahead, name="vault", daemon=True).start()
    from desktop.engine.mail.importer import ParserProcess

    importing = ParserProcess()
    importing.get_ready()
    return Ahead(secrets, importing)
