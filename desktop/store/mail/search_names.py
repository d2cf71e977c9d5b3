"""What the search box may offer: people by name or address, most used first, and folders by path."""

from __future__ import annotations

from desktop.domain.mail.address import Address
from desktop.store.database import View, fold
from desktop.store.mail.search_expression import like

_CANDIDATES = 300
_COUNTED_MAILS = 1000


class SearchNames:
    """Looks up names inside a view."""

    def __init__(self, view: View) -> None:
        self._view = view

    def people(self, text: str, limit: int) -> list[Address]:
        """Return people of mails that are here, whose address, or a word of whose name, begins with a text."""
        begins = like(fold(text))[1:]
        rows = self._view.all(
            "SELECT name, spelling FROM ("
            "SELECT a.key, a.name, a.spelling FROM email_address a WHERE (a.address LIKE ? ESCAPE '\\' "
            "OR ' ' || fold(a.name) LIKE ? ESCAPE '\\') "
            "AND EXISTS (SELECT 1 FROM email_person n WHERE n.address_key = a.key) ORDER BY a.key LIMIT ?) c "
            "ORDER BY (SELECT count(*) FROM (SELECT 1 FROM email_person p WHERE p.address_key = c.key LIMIT ?)) DESC, "
            "c.key LIMIT ?",
            (begins, f"% {begins}", _CANDIDATES, _COUNTED_MAILS, limit),
        )
        return [Address(name, address) for name, address in rows]

    def folders(self, text: str, limit: int) -> list[str]:
        """Return paths of folders that hold a text, those that begin with it first."""
        wanted = text.casefold()
        paths = self._view.column("SELECT DISTINCT path FROM folder WHERE selectable ORDER BY fold(path)")
        found = [path for path in paths if wanted in path.casefold()]
        return sorted(found, key=lambda path: not path.casefold().startswith(wanted))[:limit]
