"""Feeds the folder pane: the tree when folders or accounts change, numbers when lists do, how accounts are doing.

GUI thread; everything is read on the reader pool.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from desktop.domain.mail.folder import ListId
from desktop.domain.mail.listing import FolderTree
from desktop.services.mail.mail_accounts import MailAccounts
from desktop.services.mail.views import MailViews
from desktop.ui.bridge import Bridge
from desktop.ui.mail.folder_model import FolderModel
from desktop.ui.mail.folder_nodes import MAY_BE_MISSING
from desktop.ui.rereading import Rereading
from desktop.ui.tasks import Tasks
from desktop.ui.widgets.throttle import Throttle

_COUNTS_WAIT_MS, _COUNTS_MOST_MS = 60, 400
_TREE_WAIT_MS, _TREE_MOST_MS = 30, 500


class FolderLoader(QObject):
    """Lives with the pane."""

    loaded = Signal(bool)
    """The tree is here; the argument says whether rows came, went or moved."""
    statuses_read = Signal(object)
    """How every account is doing: an `AccountStatus` by account key."""

    def __init__(
        self,
        model: FolderModel,
        views: MailViews,
        accounts: MailAccounts,
        tasks: Tasks,
        bridge: Bridge,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._views = views
        self._accounts = accounts
        self._tasks = tasks
        self._tree_changed = False
        self._held = False
        self._changed: set[ListId] = set()
        # the tree brings numbers too: one reading for both, so that no older numbers land on newer ones
        self._reading = Rereading(tasks, self._read)
        self._statuses = Rereading(tasks, self._load_statuses)
        self._tree = Throttle(self._reading.ask, _TREE_WAIT_MS, _TREE_MOST_MS, self)
        self._counts = Throttle(self._reading.ask, _COUNTS_WAIT_MS, _COUNTS_MOST_MS, self)
        bridge.folders_changed.connect(lambda _accounts: self._folders_changed())
        bridge.accounts_changed.connect(lambda _accounts: self._folders_changed())
        bridge.lists_changed.connect(self._lists_changed)
        bridge.status_changed.connect(lambda _accounts: self._statuses.ask())

    def load(self) -> None:
        """Read everything now."""
        self._tree_changed = True
        self._reading.ask()
        self._statuses.ask()

    def hold(self, on: bool) -> None:
        """Leave the tree as it is while a person writes in it; numbers go on."""
        self._held = on
        if not on and self._tree_changed:
            self._reading.ask()

    def _folders_changed(self) -> None:
        self._tree_changed = True
        self._tree.call()

    def _lists_changed(self, list_ids: Iterable[ListId]) -> None:
        self._changed.update(list_ids)
        self._counts.call()

    async def _read(self) -> None:
        if self._tree_changed and not self._held:
            self._tree_changed = False
            self._take(await self._tasks.read(self._views.folder_tree))
        if self._changed:
            changed, self._changed = self._changed, set()
            counts = await self._tasks.read(self._views.counts, tuple(changed))
            self._model.show_counts(counts)
            if any(bool(counts[each].total) is not self._is_shown(each) for each in MAY_BE_MISSING & counts.keys()):
                self._folders_changed()

    def _is_shown(self, list_id: ListId) -> bool:
        return self._model.node_of_list(list_id) is not None

    def _take(self, tree: FolderTree) -> None:
        if self._held:  # since it was asked for
            self._tree_changed = True
        else:
            self.loaded.emit(self._model.show_tree(tree))

    async def _load_statuses(self) -> None:
        statuses = await self._tasks.read(self._accounts.statuses)
        self._model.show_statuses(statuses)
        self.statuses_read.emit(statuses)
