"""What the window shows of mail: the folder tree, lists and conversations. Reads only; any thread."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence

from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.listing import AccountNode, FolderTree, ListCounts, ListQuery, ListSnapshot, Row
from desktop.domain.mail.reading import Conversation, MessageHead
from desktop.store.database import Database
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.folders import Folders
from desktop.store.mail.listings import Listings
from desktop.store.mail.messages import Messages
from desktop.store.mail.rows import Rows


class MailGone(Problem):
    """The mail is no longer in the store."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("This mail is no longer here."))


class MailViews:
    """The read side of mail."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def folder_tree(self) -> FolderTree:
        """Return the unified lists with counts, and every account with its folders."""
        with self._database.read() as view:
            nodes = Folders(view).nodes()
            accounts = tuple(
                AccountNode(
                    account.key,
                    account.address,
                    account.display_name,
                    tuple(node for node in nodes if node.account_key == account.key),
                    account.two_way,
                )
                for account in Accounts(view).all()
            )
            return FolderTree(Listings(view).counts(int(u) for u in Unified), accounts)

    def counts(self, list_ids: Iterable[ListId]) -> dict[ListId, ListCounts]:
        """Return total and unread mails of lists."""
        with self._database.read() as view:
            return Listings(view).counts(list_ids)

    def open_list(self, query: ListQuery) -> ListSnapshot:
        """Return the keys of a list in the order asked for; 200,000 keys take about 50 ms."""
        with self._database.read() as view:
            listings = Listings(view)
            keys, back = listings.keys(query)
            return ListSnapshot(query, keys, listings.counts([query.list_id])[query.list_id].unread, back)

    def rows(self, keys: Sequence[int], *, conversations: bool) -> list[Row]:
        """Return the rows of these Emails in the same order; those that are gone are left out."""
        with self._database.read() as view:
            return Rows(view).rows(keys, conversations=conversations)

    def head(self, key: int) -> MessageHead:
        """Return header facts and state of one Email. Raises MailGone."""
        with self._database.read() as view:
            heads = Rows(view).heads([key])
        if not heads:
            raise MailGone
        return heads[0]

    def ids_of(self, keys: Sequence[int]) -> dict[int, uuid.UUID]:
        """Return the world-wide ids of the Emails that are here."""
        with self._database.read() as view:
            return Messages(view).ids_of(keys)

    def key_of(self, mail_id: uuid.UUID) -> int:
        """Return the local key of an Email. Raises MailGone."""
        with self._database.read() as view:
            key = Messages(view).keys_of([mail_id]).get(mail_id)
        if key is None:
            raise MailGone
        return key

    def conversation(self, key: int) -> Conversation:
        """Return the conversation of an Email, oldest first. Raises MailGone."""
        with self._database.read() as view:
            conversation = Rows(view).conversation(key)
        if conversation is None or not conversation.heads:
            raise MailGone
        return conversation
