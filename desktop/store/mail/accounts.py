"""Mail accounts, and the profile's user, whose own addresses follow from them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from desktop.base import ids
from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Mode, Security
from desktop.store.database import UnitOfWork, View
from desktop.store.tables.mail import MailAccountRow


class Accounts:
    """Reads mail accounts inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def all(self) -> tuple[MailAccount, ...]:
        """Return every account in the order the person put them."""
        query = MailAccountRow.select().order_by(MailAccountRow.position, MailAccountRow.key)
        return tuple(_account(row) for row in query.execute(self._view.peewee))

    def get(self, key: int) -> MailAccount | None:
        """Return one account, None when it was removed."""
        query = MailAccountRow.select().where(MailAccountRow.key == key)
        return next((_account(row) for row in query.execute(self._view.peewee)), None)

    def fetched(self) -> tuple[MailAccount, ...]:
        """Return the accounts mail is fetched for: active, not paused, with an IMAP half."""
        paused = self.paused()
        return tuple(a for a in self.all() if a.active and a.imap and a.key not in paused)

    def paused(self) -> frozenset[int]:
        """Return the keys of the accounts a person has paused."""
        return frozenset(self._view.column("SELECT key FROM mail_account WHERE paused"))

    def synced_at(self) -> dict[int, int]:
        """Return when each account was last up to date, in ms."""
        return dict(self._view.all("SELECT key, synced_at_ms FROM mail_account"))

    def own_addresses(self) -> frozenset[str]:
        """Return the person's own addresses in lower case: those of the accounts and their aliases."""
        return frozenset(address.lower() for account in self.all() for address in account.addresses)


class AccountWriter:
    """Adds, edits and removes mail accounts inside a unit of work."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def ensure_user(self, name: str = "") -> int:
        """Return the profile's user, making him on the first call."""
        key = self._work.value("SELECT key FROM user WHERE is_me")
        if key is None:
            sql = "INSERT INTO user (id, name, is_me) VALUES (?, ?, 1)"
            key = self._work.run(sql, (ids.new_id().bytes, name)).lastrowid
        return int(key)

    def add(self, account: MailAccount) -> int:
        """Insert an account; returns its key."""
        owner = self.ensure_user(account.display_name)
        position = self._work.value("SELECT count(*) FROM mail_account")
        query = MailAccountRow.insert(owner_key=owner, position=position, **_columns(account))
        return int(query.execute(self._work.peewee))

    def edit(self, account: MailAccount) -> None:
        """Store changed values of an account."""
        values = _columns(account)
        MailAccountRow.update(**values).where(MailAccountRow.key == account.key).execute(self._work.peewee)

    def remove(self, key: int) -> None:
        """Delete an account with its folders, places and operations."""
        self._work.run("DELETE FROM mail_account WHERE key = ?", (key,))

    def set_paused(self, key: int, paused: bool) -> None:
        """Note whether the person has paused an account."""
        self._work.run("UPDATE mail_account SET paused = ? WHERE key = ?", (paused, key))

    def set_files_sent(self, key: int, files: FilesSent) -> None:
        """Note whether the server of an account keeps copies of what it sends by itself."""
        self._work.run("UPDATE mail_account SET files_sent = ? WHERE key = ?", (files, key))

    def set_oauth_provider(self, key: int, provider_id: str) -> None:
        """Note at which provider one signs in to an account in the browser, "" for a password."""
        self._work.run("UPDATE mail_account SET oauth_provider = ? WHERE key = ?", (provider_id, key))

    def set_synced(self, key: int, at_ms: int) -> None:
        """Note when an account was last up to date."""
        self._work.run("UPDATE mail_account SET synced_at_ms = ? WHERE key = ?", (at_ms, key))


def _columns(account: MailAccount) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "id": account.id.bytes,
        "address": account.address,
        "display_name": account.display_name,
        "mode": account.mode.value,
        "fetch_since": account.fetch_since,
        "keep_unread": int(account.keep_unread),
        "store_sent": int(account.store_sent),
        "interval_s": account.interval_s,
        "size_limit_bytes": account.size_limit_bytes,
        "active": int(account.active),
        "ca_file": account.ca_file,
        "trusted_fingerprints": json.dumps(account.trusted_fingerprints),
        "identities": json.dumps([asdict(each) for each in account.identities]),
        "files_sent": account.files_sent.value,
        "oauth_provider": account.oauth_provider,
    }
    for half, endpoint in (("imap", account.imap), ("smtp", account.smtp)):
        columns |= {
            f"{half}_host": endpoint.host if endpoint else "",
            f"{half}_port": endpoint.port if endpoint else 0,
            f"{half}_security": (endpoint.security if endpoint else Security.TLS).value,
            f"{half}_user": endpoint.user if endpoint else "",
        }
    return columns


def _endpoint(host: str, port: int, security: str, user: str) -> Endpoint | None:
    return Endpoint(host, port, Security(security), user) if host else None


def _identity(stored: Mapping[str, Any]) -> Identity:
    texts = {name: str(stored.get(name, "")) for name in ("address", "name", "reply_to", "signature")}
    answer = stored.get("reply_signature")
    return Identity(**texts, reply_signature=None if answer is None else str(answer))


def _account(row: Any) -> MailAccount:
    return MailAccount(
        id=uuid.UUID(bytes=bytes(row.id)),
        key=row.key,
        address=row.address,
        display_name=row.display_name,
        imap=_endpoint(row.imap_host, row.imap_port, row.imap_security, row.imap_user),
        smtp=_endpoint(row.smtp_host, row.smtp_port, row.smtp_security, row.smtp_user),
        mode=Mode(row.mode),
        fetch_since=row.fetch_since,
        keep_unread=bool(row.keep_unread),
        store_sent=bool(row.store_sent),
        interval_s=row.interval_s,
        size_limit_bytes=row.size_limit_bytes,
        active=bool(row.active),
        ca_file=row.ca_file,
        trusted_fingerprints=tuple(json.loads(row.trusted_fingerprints)),
        identities=tuple(_identity(each) for each in json.loads(row.identities)),
        files_sent=FilesSent(row.files_sent),
        oauth_provider=row.oauth_provider,
    )
