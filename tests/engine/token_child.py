"""A program that asks for token after token until it is killed: `token_child VAULT PASSPHRASE PROVIDER_FILE ACCOUNT`.

Each token it was given it prints, which stands for its use.
"""

from __future__ import annotations

import sys
import uuid
from pathlib import Path

from desktop.domain.mail import provider_file
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.provider_file import ProviderFile
from desktop.engine.tokens import Tokens
from desktop.net.keychain import Secrets
from desktop.net.tls import TlsPolicy


def main(vault: str, passphrase: str, file: str, account_id: str) -> None:
    """Run until killed."""
    found = provider_file.read(file.encode())
    assert isinstance(found, ProviderFile)
    secrets = Secrets(Path(vault), lambda _asked: passphrase, find=lambda: None)
    tokens = Tokens(secrets, lambda _id: found.provider)
    account = MailAccount(id=uuid.UUID(account_id), address="ann@example.org", oauth_provider="test")
    bearer = None
    while True:
        bearer = tokens.bearer(account, TlsPolicy(), refused=bearer)
        print(bearer.token, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
