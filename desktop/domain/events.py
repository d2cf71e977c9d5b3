"""What happened, in the past tense, with ids only. Published by `store.database` after commit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessagesArrived:
    """New Emails. `notify` is False for first syncs, backfill and old mail."""

    keys: tuple[int, ...]
    account_key: int
    notify: bool = False


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Flags, lists, content or conversation of these Emails changed."""

    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MessagesBack:
    """What was snoozed is due, or nobody answered in time: these Emails stand at the top of the Inbox now."""

    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MessagesRemoved:
    """These Emails are gone from the store."""

    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ListsChanged:
    """Members, order or counts of these lists changed (`domain.mail.folder.ListId`)."""

    list_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class FoldersChanged:
    """Server folders of an account were added, renamed, removed or got another role or setting."""

    account_key: int


@dataclass(frozen=True, slots=True)
class MailAccountsChanged:
    """Mail accounts were added, edited or removed."""

    account_keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MailAccountStatusChanged:
    """Connection state, problem or progress of an account changed (read it from the service)."""

    account_key: int


@dataclass(frozen=True, slots=True)
class OperationsChanged:
    """Waiting or parked server operations of an account changed."""

    account_key: int


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """Outgoing mails of an account changed, or came or went; 0 for those that have none any more."""

    account_key: int


@dataclass(frozen=True, slots=True)
class SettingsChanged:
    """These settings have new values."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SyncRequested:
    """A person asked for mail now. `account_key` 0 means every account."""

    account_key: int


@dataclass(frozen=True, slots=True)
class FolderOpened:
    """A person looks at a server folder: the engine brings it up to date and keeps it so."""

    folder_key: int


@dataclass(frozen=True, slots=True)
class DamageFound:
    """The files of the profile are damaged; the next start mends them."""
