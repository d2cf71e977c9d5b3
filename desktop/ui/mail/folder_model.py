"""The model of the folder pane over `folder_nodes`. GUI thread.

A new tree changes rows, takes some out and puts some in; where folders changed places it replaces the model's content,
after which the view puts back what was expanded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from html import escape
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.listing import FolderNode, FolderTree, ListCounts
from desktop.domain.mail.mail_account import AccountStatus, Activity
from desktop.ui.line_texts import one_line
from desktop.ui.mail.folder_nodes import Node, NodeKind, build, folder_id

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class FolderRole(IntEnum):
    """Roles of the model beside Qt's own."""

    NODE = Qt.ItemDataRole.UserRole + 1


class FolderModel(QAbstractItemModel):
    """Unified lists and accounts with their folders."""

    renamed = Signal(int, str)
    """A person gave a folder (key) another name; the tree changes when the store says so."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tops: list[Node] = []
        self._numbers: dict[str, int] = {}
        self._nodes: dict[int, Node] = {}
        self._lists: dict[ListId, Node] = {}
        self._statuses: Mapping[int, AccountStatus] = {}
        self._unsent = ""

    # what Qt asks

    def index(self, row: int, column: int = 0, parent: _Index = _ROOT) -> QModelIndex:
        above = self.node(parent)
        among = above.children if above is not None else self._tops
        if column != 0 or not 0 <= row < len(among):
            return QModelIndex()
        return self.createIndex(row, 0, self._number(among[row]))

    def parent(self, child: _Index = _ROOT) -> QModelIndex:  # type: ignore[override]
        node = self.node(child)
        return QModelIndex() if node is None or node.parent is None else self._index_of(node.parent)

    def rowCount(self, parent: _Index = _ROOT) -> int:
        node = self.node(parent)
        return len(self._tops) if node is None else len(node.children)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        node = self.node(index)
        if node is None:
            return None
        if role == FolderRole.NODE:
            return node
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(node.name)
        if role == Qt.ItemDataRole.EditRole:
            return one_line(_own_name(node))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(node)
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"<qt>{escape(self._tip(node))}</qt>"  # Qt reads tooltips as rich text when they look like it
        return None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        node = self.node(index)
        name = str(value).strip()
        if node is None or node.folder is None or not name or name in (node.folder.name, one_line(node.folder.name)):
            return False
        self.renamed.emit(node.folder.key, name)
        return False

    def flags(self, index: _Index) -> Qt.ItemFlag:
        node = self.node(index)
        if node is None:
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsDropEnabled
        if node.list_id:
            flags |= Qt.ItemFlag.ItemIsSelectable
        if node.folder is not None and node.two_way:
            flags |= Qt.ItemFlag.ItemIsDragEnabled | Qt.ItemFlag.ItemIsEditable
        return flags

    # what the view asks

    def node(self, index: _Index) -> Node | None:
        """Return what an index shows."""
        return self._nodes.get(index.internalId()) if index.isValid() else None

    def index_of_list(self, list_id: ListId) -> QModelIndex:
        """Return where a list stands; invalid when it is not there."""
        node = self._lists.get(list_id)
        return QModelIndex() if node is None else self._index_of(node)

    def node_of_list(self, list_id: ListId) -> Node | None:
        return self._lists.get(list_id)

    def index_of_id(self, wanted: str) -> QModelIndex:
        """Return where the node with an id stands."""
        node = self._nodes.get(self._numbers.get(wanted, -1))
        return QModelIndex() if node is None else self._index_of(node)

    def status(self, account_key: int) -> AccountStatus:
        return self._statuses.get(account_key, AccountStatus(account_key))

    def warning(self, node: Node) -> str:
        """Return what is wrong with the mails of a list, "" where nothing is."""
        return self._unsent if node.list_id == Unified.OUTBOX else ""

    @property
    def has_accounts(self) -> bool:
        return any(node.kind is NodeKind.ACCOUNT for node in self._tops)

    @property
    def tops(self) -> tuple[Node, ...]:
        """The rows that stand under no other, top down."""
        return tuple(self._tops)

    def folders(self) -> Iterator[tuple[Node, FolderNode]]:
        """Yield every server folder in the order of the pane."""
        waiting = list(reversed(self._tops))
        while waiting:
            node = waiting.pop()
            waiting += reversed(node.children)
            if node.folder is not None:
                yield node, node.folder

    def shown_name(self, folder: FolderNode) -> str:
        """Return what a server folder is called in the pane; its own name once it is gone from there."""
        node = self._nodes.get(self._numbers.get(folder_id(folder.key), -1))
        return folder.name if node is None else node.name

    # what changes it

    def show_tree(self, tree: FolderTree) -> bool:
        """Take a tree; return whether rows came, went or moved, so that expansion has to be put back."""
        tops = build(tree)
        before, after = _parents(self._tops), _parents(tops)
        kept = before.keys() & after.keys()
        if [id_ for id_ in before if id_ in kept] == [id_ for id_ in after if id_ in kept] and all(
            before[id_] == after[id_] for id_ in kept
        ):
            self._merge(None, self._tops, tops)
        else:
            self.beginResetModel()
            self._tops, self._nodes, self._lists = tops, {}, {}
            self._enter(tops)
            self.endResetModel()
        return before != after

    def _merge(self, parent: Node | None, nodes: list[Node], wanted: list[Node]) -> None:
        """Make the rows below `parent` those wanted; those that stay keep their order."""
        above = self._index_of(parent) if parent is not None else QModelIndex()
        had = bool(nodes)
        ids = {node.id for node in wanted}
        for row in reversed(range(len(nodes))):
            if nodes[row].id not in ids:
                self.beginRemoveRows(above, row, row)
                self._leave([nodes.pop(row)])
                _number_rows(nodes)
                self.endRemoveRows()
        for row, fresh in enumerate(wanted):
            if row < len(nodes) and nodes[row].id == fresh.id:
                self._renew(nodes[row], fresh)
                self._merge(nodes[row], nodes[row].children, fresh.children)
                continue
            self.beginInsertRows(above, row, row)
            fresh.parent = parent
            nodes.insert(row, fresh)
            _number_rows(nodes)
            self._enter([fresh])
            self.endInsertRows()
        if parent is not None and had is not bool(nodes):
            self.dataChanged.emit(above, above)  # its caret came or went

    def _renew(self, node: Node, fresh: Node) -> None:
        """Give a node what the new tree says of it."""
        seen = (node.name, node.icon, node.list_id, node.counts) != (
            fresh.name,
            fresh.icon,
            fresh.list_id,
            fresh.counts,
        )
        if node.list_id != fresh.list_id:
            self._lists.pop(node.list_id, None)
        node.name, node.icon, node.list_id = fresh.name, fresh.icon, fresh.list_id
        node.counts, node.folder, node.two_way = fresh.counts, fresh.folder, fresh.two_way
        if node.list_id:
            self._lists[node.list_id] = node
        if seen:
            index = self._index_of(node)
            self.dataChanged.emit(index, index)

    def _enter(self, nodes: list[Node]) -> None:
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            waiting += node.children
            self._nodes[self._number(node)] = node
            if node.list_id:
                self._lists[node.list_id] = node

    def _leave(self, nodes: list[Node]) -> None:
        waiting = list(nodes)
        while waiting:
            node = waiting.pop()
            waiting += node.children
            self._nodes.pop(self._number(node), None)
            self._lists.pop(node.list_id, None)

    def show_counts(self, counts: Mapping[ListId, ListCounts]) -> None:
        """Take new numbers of some lists."""
        for list_id, count in counts.items():
            node = self._lists.get(list_id)
            if node is not None and node.counts != count:
                node.counts = count
                index = self._index_of(node)
                self.dataChanged.emit(index, index)

    def show_statuses(self, statuses: Mapping[int, AccountStatus]) -> None:
        """Take how the accounts are doing."""
        self._statuses = dict(statuses)
        for node in self._tops:
            if node.kind is NodeKind.ACCOUNT:
                index = self._index_of(node)
                self.dataChanged.emit(index, index)

    def show_unsent(self, words: str) -> None:
        """Take what is wrong with the mails of the Outbox."""
        node = self._lists.get(Unified.OUTBOX)
        self._unsent = words
        if node is not None:
            index = self._index_of(node)
            self.dataChanged.emit(index, index)

    # inside

    def _number(self, node: Node) -> int:
        return self._numbers.setdefault(node.id, len(self._numbers) + 1)

    def _index_of(self, node: Node) -> QModelIndex:
        return self.createIndex(node.position, 0, self._number(node))

    def _spoken(self, node: Node) -> str:
        words = [one_line(node.name)]
        if node.shown_count:
            if node.has_unread:
                words.append(n_("{n} unread", "{n} unread", node.shown_count).format(n=node.shown_count))
            else:
                words.append(n_("{n} mail", "{n} mails", node.shown_count).format(n=node.shown_count))
        if warning := self.warning(node):
            words.append(warning)
        if node.kind is NodeKind.ACCOUNT:
            status = self.status(node.account_key)
            if status.activity is Activity.TROUBLE:
                words.append(one_line(status.problem) or _("needs attention"))
            elif status.activity in (Activity.SYNCING, Activity.CONNECTING):
                words.append(_("fetching mail"))
            elif status.activity is Activity.PAUSED:
                words.append(_("paused"))
        return ", ".join(words)

    def _tip(self, node: Node) -> str:
        if node.kind is NodeKind.ACCOUNT and (problem := self.status(node.account_key).problem):
            return f"{one_line(node.name)}: {one_line(problem)}"
        if warning := self.warning(node):
            return f"{one_line(node.name)}: {warning}"
        if node.folder is not None:
            return one_line(node.folder.path)
        return one_line(node.name)


def _own_name(node: Node) -> str:
    """Return the name a folder has on its server, which is what a person changes."""
    return node.folder.name if node.folder is not None else node.name


def _parents(tops: list[Node]) -> dict[str, str]:
    """Return the id of each node with that of the node above it ("" for none), in the order of the pane."""
    found: dict[str, str] = {}
    waiting = list(reversed(tops))
    while waiting:
        node = waiting.pop()
        waiting += reversed(node.children)
        found[node.id] = node.parent.id if node.parent is not None else ""
    return found


def _number_rows(nodes: list[Node]) -> None:
    for position, node in enumerate(nodes):
        node.position = position
