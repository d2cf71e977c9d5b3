"""What folders are called wherever a person sees them: by their use where that is what their names say. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from desktop.base.i18n import _
from desktop.domain.mail.folder import Role
from desktop.domain.mail.role_words import role_of


def role_title(role: Role) -> str:
    """Return what a folder is for, in words."""
    return {
        Role.NONE: _("Ordinary folder"),
        Role.INBOX: _("Inbox"),
        Role.ALL: _("All mail"),
        Role.ARCHIVE: _("Archive"),
        Role.DRAFTS: _("Drafts"),
        Role.FLAGGED: _("Important"),
        Role.JUNK: _("Junk"),
        Role.SENT: _("Sent"),
        Role.TRASH: _("Trash"),
    }[role]


def shown_name(name: str, role: Role, names: Mapping[str, int]) -> str:
    """Return what a folder is called; for one named by its use in any language, the word the person knows it by.

    `names` are those of the account as `counted`: where another folder is called by that word, both keep their names.
    """
    if role is Role.INBOX:
        word = _("INBOX") if name.upper() == "INBOX" else name
    elif role is not Role.NONE and role_of(name) is role:
        word = role_title(role)
    else:
        return name
    others = names.get(word.casefold(), 0) - (name.casefold() == word.casefold())
    return name if others else word


def counted(names: Iterable[str]) -> Mapping[str, int]:
    """Return how many folders have each name, casefolded."""
    return Counter(name.casefold() for name in names)
