"""What verbs leave in the argument of a queued operation: so a sound one can be told from what damage left."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from desktop.domain.mail.folder import Role

_NEEDED: Mapping[str, Mapping[str, type]] = MappingProxyType(
    {
        "flags": {},
        "move": {},
        "expunge": {},
        "append": {},
        "save-draft": {"draft": int},
        "create-folder": {"path": str},
        "rename-folder": {"from": str, "path": str},
        "delete-folder": {},
        "subscribe-folder": {"on": bool},
    }
)
_OF_DELETION = ("mails", "uidvalidity", "uidnext", "coming")
_OF_REPORT: Mapping[str, type] = MappingProxyType({"gone-folder": str, "gone-target": str, "gone-mails": int})


def is_argument(kind: str, argument: Any) -> bool:
    """Say whether a verb of this kind may have queued this."""
    needed = _NEEDED.get(kind)
    if needed is None or not isinstance(argument, dict):
        return False
    there = [name for name in _OF_DELETION if name in argument] if kind == "delete-folder" else []
    return (
        all(type(argument.get(name)) is wanted for name, wanted in needed.items())
        and all(type(argument[name]) is wanted for name, wanted in _OF_REPORT.items() if name in argument)
        and len(there) in (0, len(_OF_DELETION))
        and all(type(argument[name]) is int for name in there)
        and (kind != "create-folder" or argument.get("role", "") in tuple(Role))
    )
