"""Search as you type: text in, the newest matching mails out, with what matched and a sentence on what was searched.

Reads only; any thread. A search that a newer one has made useless is stopped by its `cancel` event: it raises
Cancelled.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator

from desktop.base import clock
from desktop.base.i18n import _, n_
from desktop.base.text import encodable
from desktop.domain.mail.folder import ListId, Unified
from desktop.domain.mail.query import EVERYWHERE, InFolder, Node, Query, leaves
from desktop.domain.mail.query_parse import parse
from desktop.domain.mail.search_marks import Marker
from desktop.domain.mail.search_result import Hit, Searched, SearchResult, Suggestion, SuggestionKind
from desktop.domain.mail.search_suggestions import Place, at_cursor, fixed
from desktop.store.database import Database
from desktop.store.mail.rows import Rows
from desktop.store.mail.search_index import SearchIndex, interruptible
from desktop.store.mail.search_names import SearchNames

_SCANNED_CHARS = 20_000
"""So much of a text is looked through for the piece to show; what matched further down shows the first words."""
_MAX_SUGGESTIONS = 8
_NAMED_FOLDERS = 3


class Search:
    """Finds mails, and offers how to go on typing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def search(
        self, text: str, *, limit: int = 50, before_key: int | None = None, cancel: threading.Event | None = None
    ) -> SearchResult:
        """Return the newest `limit` mails that match, before `before_key`. No text is an error. Raises Cancelled."""
        query = parse(text, clock.to_datetime(clock.now()).astimezone().date())
        with self._database.read() as view, interruptible(view, cancel):
            index = SearchIndex(view)
            keys = index.hits(query.root, limit=limit + 1, before_key=before_key)
            rows = Rows(view).rows(keys[:limit], conversations=False)
            bodies = index.bodies([row.key for row in rows], _SCANNED_CHARS)
            searched, unknown = _searched(index, query.root), _unknown(index, query)
        marker = Marker(query.root)
        hits = tuple(
            Hit(row, marker.subject(row.subject), *marker.snippet(bodies.get(row.key, ""), row.snippet)) for row in rows
        )
        return SearchResult(hits, len(keys) <= limit, searched, unknown)

    def suggestions(self, text: str, cursor: int) -> tuple[Suggestion, ...]:
        """Return what the word at the cursor may become: operators, people, folders, dates."""
        place = at_cursor(encodable(text), cursor)
        found = list(fixed(place))
        with self._database.read() as view:
            names = SearchNames(view)
            if place.wants_people:
                found += place.people(names.people(place.value, _MAX_SUGGESTIONS))
            if place.wants_folders:
                found += place.folders(names.folders(place.value, _MAX_SUGGESTIONS))
        return tuple(_new(found, place))[:_MAX_SUGGESTIONS]


def _new(found: Iterable[Suggestion], place: Place) -> Iterator[Suggestion]:
    """Yield what does not stand there already, each once; of what stands there whole no other spelling."""
    found, typed = tuple(found), place.typed.casefold()
    whole = not typed.endswith(":") and any(each.text.casefold() == typed for each in found)
    seen = {typed}
    for suggestion in found:
        if whole and suggestion.kind in (SuggestionKind.OPERATOR, SuggestionKind.VALUE):
            continue
        if suggestion.text.casefold() not in seen:
            seen.add(suggestion.text.casefold())
            yield suggestion


def _unknown(index: SearchIndex, query: Query) -> tuple[str, ...]:
    folders = (leaf for leaf, _wanted in leaves(query.root) if isinstance(leaf, InFolder))
    return (*query.unknown, *(f"in:{leaf.path}" for leaf in folders if not index.folder_keys(leaf.path)))


def searched_sentence(searched: Searched, number: Callable[[int], str] = str) -> str:
    """Say how many mails were searched, and where; others may be on the server alone.

    `number` writes their count as the person reads numbers.
    """
    count = number(searched.mails)
    if not searched.lists:
        return _("No folder is called “{folder}”, so no mail was searched.").format(folder=searched.place)
    if searched.lists == (Unified.ALL,):
        return n_(
            "Searched {count} mail that is here, in all folders but Trash and Junk.",
            "Searched {count} mails that are here, in all folders but Trash and Junk.",
            searched.mails,
        ).format(count=count)
    if searched.lists == EVERYWHERE:
        words = n_(
            "Searched {count} mail that is here, in all folders.",
            "Searched {count} mails that are here, in all folders.",
            searched.mails,
        )
        return words.format(count=count)
    words = n_(
        "Searched {count} mail that is here, in {place}.",
        "Searched {count} mails that are here, in {place}.",
        searched.mails,
    )
    return words.format(count=count, place=searched.place)


def _searched(index: SearchIndex, root: Node | None) -> Searched:
    lists = index.lists_of(root)
    if not lists:
        return Searched(0, (), _missing(root))
    return Searched(index.mails_in(lists), lists, _place(index, lists))


def _missing(root: Node | None) -> str:
    """Return the folder a query is limited to, which nobody has."""
    return next((leaf.path for leaf, wanted in leaves(root) if wanted and isinstance(leaf, InFolder)), "")


def _place(index: SearchIndex, lists: tuple[ListId, ...]) -> str:
    if lists in ((Unified.ALL,), EVERYWHERE):
        return ""
    names = {
        Unified.INBOX: _("Inbox"),
        Unified.IMPORTANT: _("Important"),
        Unified.SENT: _("Sent"),
        Unified.DRAFTS: _("Drafts"),
        Unified.OUTBOX: _("Outbox"),
        Unified.SNOOZED: _("Snoozed"),
        Unified.AWAITED: _("Waiting for an answer"),
        Unified.ARCHIVE: _("Archive"),
        Unified.JUNK: _("Junk"),
        Unified.TRASH: _("Trash"),
    }
    if lists[0] in names:
        return names[Unified(lists[0])]
    paths = index.folder_paths(lists)
    if len(paths) > _NAMED_FOLDERS:
        return n_("{n} folder", "{n} folders", len(paths)).format(n=len(paths))
    return ", ".join(paths)
