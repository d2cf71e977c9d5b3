"""What lists show: a query, the keys that answer it, and the row painted for each.

A list is opened by fetching its keys only (newest first); rows are read for what is visible. Because a local key
holds its date, days and positions follow from keys alone.
"""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop.domain.mail.folder import ListId, Role
from desktop.domain.mail.message import Completeness, Status
from desktop.domain.mail.outbox import Outgoing
from desktop.domain.mail.reminding import Reminder


class SortBy(StrEnum):
    DATE = "date"
    SENDER = "sender"
    SUBJECT = "subject"
    SIZE = "size"
    DUE = "due"
    """When it is to be sent: the order of the Outbox."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """Which mails, in which order. `conversations` gives one row per conversation: its newest mail in the list."""

    list_id: ListId
    conversations: bool = True
    sort_by: SortBy = SortBy.DATE
    descending: bool = True
    unread: bool = False
    starred: bool = False
    with_attachment: bool = False
    contains: str = ""
    """Quick filter over sender and subject; "" for none."""


@dataclass(frozen=True, slots=True)
class ListSnapshot:
    """The answer to a ListQuery: keys of Emails in order ("q" array), and how many are unread."""

    query: ListQuery
    keys: array[int]
    unread: int
    back: int = 0
    """So many of the keys, the first ones, have come back and stand before all others, whatever their date."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a message list."""

    key: int
    conversation_key: int
    date_ms: int
    subject: str
    sender_name: str
    sender_address: str
    recipients: str
    """Names of To, for mails of one's own."""
    outgoing: bool
    snippet: str
    unread: bool
    important: bool
    answered: bool
    forwarded: bool
    has_attachment: bool
    size_bytes: int
    completeness: Completeness
    status: Status
    way: Outgoing | None = None
    """Where it is on its way out; None where it is not in the outbox."""
    count: int = 1
    """Mails of the conversation (all folders but Trash and Junk); 1 in a flat list."""
    reminder: Reminder | None = None
    """What is to bring it back, or has; of a conversation also what has brought back another mail of it."""


@dataclass(frozen=True, slots=True)
class ListCounts:
    total: int
    unread: int


@dataclass(frozen=True, slots=True)
class FolderNode:
    """One server folder in the tree."""

    key: int
    account_key: int
    path: str
    name: str
    """Last part of the path."""
    parent_key: int | None
    role: Role
    selectable: bool
    subscribed: bool
    watched: bool
    shows_in_inbox: bool
    counts: ListCounts
    notify: bool | None = None
    """Whether new mail is told of, where the person said so."""
    pending: bool = False
    """Created or renamed here and not yet on the server."""
    fetched: bool = True
    """Every mail of it is here, as far as the account fetches them."""
    on_server: int | None = None
    """Mails the server had at the last look; None when it did not say."""


@dataclass(frozen=True, slots=True)
class FolderContents:
    """What goes when a folder is deleted."""

    folders: int
    """Folders below it, at any depth."""
    mails: int | None
    """Mails in all of them; None when nobody knows."""
    seen: bool = True
    """Every one of these mails is here; else the number is what the server had at the last look."""


@dataclass(frozen=True, slots=True)
class AccountNode:
    """One mail account in the tree, with its folders in tree order."""

    key: int
    address: str
    name: str
    folders: tuple[FolderNode, ...]
    two_way: bool = True
    """False where nothing may change on its server: its folders stay as they are and take no mails."""


@dataclass(frozen=True, slots=True)
class FolderTree:
    """All a folder pane shows: counts of the unified lists, then accounts."""

    unified: Mapping[int, ListCounts]
    accounts: tuple[AccountNode, ...]
