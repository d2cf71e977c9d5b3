"""The folder pane as a tree of nodes: unified lists first, then each mail account with its server folders. Pure.

A node's id is the same for the same thing in every tree, so that expansion and the chosen folder outlive a new tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from desktop.domain.mail.folder import ListId, Role, Unified
from desktop.domain.mail.listing import AccountNode, FolderNode, FolderTree, ListCounts
from desktop.ui.folder_names import counted, shown_name
from desktop.ui.mail.empty_words import list_title

_UNIFIED_ICONS = {
    Unified.INBOX: "inbox",
    Unified.SNOOZED: "alarm-clock",
    Unified.AWAITED: "hourglass",
    Unified.IMPORTANT: "star",
    Unified.SENT: "send",
    Unified.DRAFTS: "file-pen",
    Unified.OUTBOX: "clock",
    Unified.ARCHIVE: "archive",
    Unified.JUNK: "octagon-alert",
    Unified.TRASH: "trash-2",
    Unified.ALL: "mails",
}
_ROLE_ICONS = {
    Role.INBOX: "inbox",
    Role.ALL: "mails",
    Role.ARCHIVE: "archive",
    Role.DRAFTS: "file-pen",
    Role.FLAGGED: "star",
    Role.JUNK: "octagon-alert",
    Role.SENT: "send",
    Role.TRASH: "trash-2",
}
_NOTHING = ListCounts(0, 0)
_COUNT_ALL = (Unified.DRAFTS, Unified.OUTBOX, Unified.SNOOZED, Unified.AWAITED)
MAY_BE_MISSING = frozenset({Unified.SNOOZED, Unified.AWAITED})
"""Lists that stand in the pane only while they hold something."""
_UNREAD_ROLES = (Role.NONE, Role.INBOX)


class NodeKind(Enum):
    UNIFIED = auto()
    ACCOUNT = auto()
    FOLDER = auto()


@dataclass(slots=True, eq=False)
class Node:
    """One row of the pane."""

    kind: NodeKind
    id: str
    name: str
    icon: str = ""
    list_id: ListId = 0
    """What opens on a click; 0 for accounts and folders that only hold others."""
    counts: ListCounts = _NOTHING
    account_key: int = 0
    folder: FolderNode | None = None
    parent: Node | None = None
    children: list[Node] = field(default_factory=list)
    position: int = 0
    two_way: bool = True
    """False for an account nothing of which may change on its server, and for its folders."""

    @property
    def depth(self) -> int:
        """How many folders lie above a folder."""
        depth, node = 0, self.parent
        while node is not None and node.kind is NodeKind.FOLDER:
            depth, node = depth + 1, node.parent
        return depth

    @property
    def shown_count(self) -> int:
        """The number at the right: unread mails, for drafts all, 0 where a number would only be noise."""
        role = self.folder.role if self.folder is not None else Role.NONE
        if self.list_id in _COUNT_ALL or role is Role.DRAFTS:
            return self.counts.total
        if self.kind is NodeKind.UNIFIED:
            return self.counts.unread if self.list_id == Unified.INBOX else 0
        return self.counts.unread if role in _UNREAD_ROLES else 0

    @property
    def has_unread(self) -> bool:
        """Whether the row is written strong."""
        counts_all = self.list_id in _COUNT_ALL
        drafts = counts_all or (self.folder is not None and self.folder.role is Role.DRAFTS)
        return self.shown_count > 0 and not drafts

    @property
    def takes_mails(self) -> bool:
        """Whether mails can be dropped here."""
        if self.kind is NodeKind.UNIFIED:
            return self.list_id not in (Unified.ALL, Unified.SENT, *_COUNT_ALL)
        return self.kind is NodeKind.FOLDER and self.list_id != 0 and self.two_way

    @property
    def takes_files(self) -> bool:
        """Whether mails of files can be brought in here: to a server, or to where those stand that are here only."""
        return self.list_id == Unified.ALL or (self.kind is NodeKind.FOLDER and self.takes_mails)

    @property
    def files_go_to(self) -> int | None:
        """The folder mails of files go to; None keeps them here only."""
        return self.folder.key if self.folder is not None else None


def build(tree: FolderTree) -> list[Node]:
    """Return the rows at the top, with all others below them."""
    tops = [
        Node(
            NodeKind.UNIFIED,
            f"list {int(unified)}",
            list_title(unified),
            icon,
            int(unified),
            tree.unified.get(int(unified), _NOTHING),
        )
        for unified, icon in _UNIFIED_ICONS.items()
        if unified not in MAY_BE_MISSING or tree.unified.get(int(unified), _NOTHING).total
    ]
    tops += [_account(account) for account in tree.accounts]
    for position, node in enumerate(tops):
        node.position = position
    return tops


def folder_id(key: int) -> str:
    """Return the id of the node that shows a server folder."""
    return f"folder {key}"


def _account(account: AccountNode) -> Node:
    top = Node(NodeKind.ACCOUNT, f"account {account.key}", account.address, account_key=account.key)
    top.two_way = account.two_way
    nodes: dict[int, Node] = {}
    names = counted(folder.name for folder in account.folders)
    for folder in account.folders:
        nodes[folder.key] = Node(
            NodeKind.FOLDER,
            folder_id(folder.key),
            shown_name(folder.name, folder.role, names),
            _ROLE_ICONS.get(folder.role, "folder"),
            folder.key if folder.selectable else 0,
            folder.counts,
            account.key,
            folder,
            two_way=account.two_way,
        )
    for folder in account.folders:
        node = nodes[folder.key]
        node.parent = _parent(folder, nodes) or top
        node.position = len(node.parent.children)
        node.parent.children.append(node)
    return top


def shown_path(node: Node) -> str:
    """Return the path of a folder with every part called as in the pane; the separators are the server's."""
    parts: list[str] = []
    walk: Node | None = node
    while walk is not None and walk.folder is not None:
        path, above = walk.folder.path, walk.parent
        own = path.endswith(walk.folder.name)
        head = path.removesuffix(walk.folder.name) if own else path
        inside = above is not None and above.folder is not None and head.startswith(above.folder.path)
        if inside and above is not None and above.folder is not None:
            head = head[len(above.folder.path) :]
        parts.append(head + walk.name if own else head)
        walk = above if inside else None
    return "".join(reversed(parts)) or node.name


def _parent(folder: FolderNode, nodes: Mapping[int, Node]) -> Node | None:
    """Return the node above a folder; None for the top, also where parents would go round in a circle."""
    if folder.parent_key is None or folder.parent_key == folder.key:
        return None
    above = nodes.get(folder.parent_key)
    seen, walk = {folder.key}, above
    while walk is not None and walk.folder is not None:
        if walk.folder.key in seen:
            return None
        seen.add(walk.folder.key)
        walk = nodes.get(walk.folder.parent_key) if walk.folder.parent_key is not None else None
    return above
