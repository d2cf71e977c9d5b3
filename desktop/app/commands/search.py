"""`rapport search`: the search box of the window for scripts. Reads only."""

from __future__ import annotations

from desktop.app.arguments import SearchMails
from desktop.app.commands import moment
from desktop.app.console import Console
from desktop.app.core import Core
from desktop.base import clock
from desktop.base.i18n import _
from desktop.domain.mail.query_parse import unfinished
from desktop.services.mail.search import searched_sentence

_DATE_WIDTH = len("2026-01-31 23:59")


def run(command: SearchMails, core: Core, console: Console) -> int:
    """Print the mails found, newest first; returns 0 also when there are none. Raises Problem."""
    result = core.services.search.search(command.query, limit=command.limit)
    today = clock.to_datetime(clock.now()).astimezone().date()
    unknown = tuple(dict.fromkeys((*result.unknown, *unfinished(command.query, today))))
    rows = [hit.row for hit in result.hits]
    if command.as_json:
        ids = core.services.views.ids_of([row.key for row in rows])
        console.json(
            {
                "query": command.query,
                "searched": searched_sentence(result.searched),
                "unknown": list(unknown),
                "complete": result.complete,
                "hits": [
                    {
                        "id": str(ids[hit.row.key]),
                        "key": hit.row.key,
                        "date": moment.for_programs(hit.row.date_ms),
                        "from": {"name": hit.row.sender_name, "address": hit.row.sender_address},
                        "to": hit.row.recipients,
                        "subject": hit.row.subject,
                        "snippet": hit.snippet,
                        "unread": hit.row.unread,
                        "starred": hit.row.important,
                        "has_attachment": hit.row.has_attachment,
                        "size_bytes": hit.row.size_bytes,
                    }
                    for hit in result.hits
                    if hit.row.key in ids
                ],
            }
        )
        return 0
    for row in rows:
        day = moment.in_words(row.date_ms, "%Y-%m-%d %H:%M").ljust(_DATE_WIDTH)
        console.line(f"{row.key}  {day}  {row.sender_name or row.sender_address}  {row.subject}")
    console.say(searched_sentence(result.searched))
    for word in unknown:
        if not result.searched.lists and word == f"in:{result.searched.place}":
            continue  # said already
        console.say(_("Not understood: {word}").format(word=word))
    if not result.complete:
        console.say(_("There are more; --limit shows them."))
    return 0
