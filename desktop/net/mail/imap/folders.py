"""LIST, LSUB, XLIST, NAMESPACE and STATUS as plain objects. Pure; a line that makes no sense is left out (R13)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.role_words import role_of
from desktop.net.mail.imap import names
from desktop.net.mail.imap.responses import Response, number, octets, pairs

FOLDERS_MAX = 50_000
STATUS_ITEMS = ("MESSAGES", "UIDNEXT", "UIDVALIDITY", "UNSEEN")
STATUS_ITEMS_MODSEQ = (*STATUS_ITEMS, "HIGHESTMODSEQ")

_UNSAFE = re.compile(rb"[\r\n\x00]")
# RFC 6154, section 2; the others are XLIST's. Gmail's own \Important is no role of ours.
_ATTRIBUTES = {
    b"\\ALL": Role.ALL,
    b"\\ARCHIVE": Role.ARCHIVE,
    b"\\DRAFTS": Role.DRAFTS,
    b"\\FLAGGED": Role.FLAGGED,
    b"\\JUNK": Role.JUNK,
    b"\\SENT": Role.SENT,
    b"\\TRASH": Role.TRASH,
    b"\\INBOX": Role.INBOX,
    b"\\ALLMAIL": Role.ALL,
    b"\\STARRED": Role.FLAGGED,
    b"\\SPAM": Role.JUNK,
}
_CLOSED = {b"\\NOSELECT", b"\\NONEXISTENT"}


@dataclass(frozen=True, slots=True)
class FolderStatus:
    """STATUS of a folder that is not selected; None where the server did not say."""

    messages: int | None
    uidnext: int | None
    uidvalidity: int | None
    unseen: int | None
    highestmodseq: int | None


@dataclass(frozen=True, slots=True)
class Namespace:
    """One name space (RFC 2342); a new folder of the person is made below the prefix of the personal one."""

    prefix: bytes
    delimiter: str


def folder_of(response: Response) -> tuple[ServerFolder, frozenset[bytes]] | None:
    """Return the folder of a LIST, LSUB or XLIST line and its attributes in upper case; None when it names none."""
    values = response.values()
    if len(values) < 3:
        return None
    attribute_list, delimiter, name = values[0], values[1], values[2]
    if name is None:
        name = b"NIL"
    if not isinstance(attribute_list, list) or not isinstance(name, bytes) or not name or isinstance(delimiter, list):
        return None
    attributes = frozenset(a.upper() for a in attribute_list if isinstance(a, bytes))
    separator = delimiter[:1].decode("ascii", "replace") if delimiter else ""
    if separator and name.endswith(octets(delimiter)) and b"\\NOSELECT" in attributes:
        name = name[: -len(octets(delimiter))] or name
    role = next((_ATTRIBUTES[a] for a in sorted(attributes) if a in _ATTRIBUTES), Role.NONE)
    special = role is not Role.NONE
    if name.upper() == b"INBOX":
        role = Role.INBOX
    # a name with a line break cannot be sent back safely, so it is shown and never opened
    selectable = not (attributes & _CLOSED) and not _UNSAFE.search(name)
    folder = ServerFolder(
        wire_name=name,
        path=names.decode(name),
        delimiter=separator,
        role=role,
        selectable=selectable,
        # INBOX is always there to be seen, subscribed or not
        subscribed=b"\\SUBSCRIBED" in attributes or role is Role.INBOX,
        special_use=special,
    )
    return folder, attributes


def folder_list(
    responses: Iterable[Response], subscribed: set[bytes] | None, prefix: bytes = b""
) -> list[ServerFolder]:
    """Return the folders of LIST lines, each once, roles filled in, paths without the personal prefix.

    `subscribed` are the names LSUB gave; None where the lines say it themselves, or nobody does: then all are.
    """
    found: dict[bytes, ServerFolder] = {}
    for response in responses:
        parsed = folder_of(response)
        if parsed is None or len(found) >= FOLDERS_MAX:
            continue
        folder = parsed[0]
        if subscribed is not None:
            folder = replace(folder, subscribed=folder.subscribed or key(folder.wire_name) in subscribed)
        known = found.get(key(folder.wire_name))
        if known is None or (folder.special_use and not known.special_use):
            found[key(folder.wire_name)] = folder
    listed = list(found.values())
    if subscribed is None and all(folder.role is Role.INBOX for folder in listed if folder.subscribed):
        listed = [replace(folder, subscribed=True) for folder in listed]
    return with_roles(without_prefix(listed, prefix))


def without_prefix(folders: list[ServerFolder], prefix: bytes) -> list[ServerFolder]:
    """Take the prefix of the personal name space ("INBOX.", "Mail/") off the paths; the server's names stay.

    It stands before every folder of the person and says nothing. One whose short path another folder has keeps the
    long one; what only holds the others ("Mail") goes.
    """
    if not prefix:
        return folders
    below = [_below(folder.wire_name, prefix) for folder in folders]
    taken = {folder.path.casefold() for folder, rest in zip(folders, below, strict=True) if not rest}
    result = []
    for folder, rest in zip(folders, below, strict=True):
        path = names.decode(rest) if rest else folder.path
        if rest and path.casefold() not in taken:
            folder = replace(folder, path=path)
        elif folder.delimiter and folder.wire_name + folder.delimiter.encode() == prefix and not folder.selectable:
            continue
        result.append(folder)
    return result


def _below(wire_name: bytes, prefix: bytes) -> bytes:
    """Return the rest of a name that begins with a prefix, else nothing; INBOX has no case."""
    inbox = b"INBOX" if prefix[:5].upper() == b"INBOX" else b""
    same = wire_name[len(inbox) : len(prefix)] == prefix[len(inbox) :] and wire_name[: len(inbox)].upper() == inbox
    return wire_name[len(prefix) :] if same else b""


def key(wire_name: bytes) -> bytes:
    """Return what makes two names the same mailbox: INBOX has no case (RFC 3501, section 5.1)."""
    return b"INBOX" if wire_name.upper() == b"INBOX" else wire_name


def with_roles(folders: list[ServerFolder]) -> list[ServerFolder]:
    """Give roles by name where the server gave none: one folder a role, never beside one the server named.

    The first in this order wins: top level, directly below INBOX, then as listed.
    """
    taken: set[Role] = {folder.role for folder in folders if folder.role is not Role.NONE}
    chosen: dict[Role, int] = {}
    for depth in (0, 1):
        for index, folder in enumerate(folders):
            parts = folder.path.split(folder.delimiter) if folder.delimiter else [folder.path]
            below_inbox = len(parts) == 2 and parts[0].upper() == "INBOX"
            if folder.role is not Role.NONE or not folder.selectable:
                continue
            if (depth == 0 and len(parts) != 1) or (depth == 1 and not below_inbox):
                continue
            role = role_of(parts[-1])
            if role is not Role.NONE and role not in taken:
                chosen.setdefault(role, index)
        taken.update(chosen)
    by_index = {index: role for role, index in chosen.items()}
    once: set[Role] = set()
    result = []
    for index, folder in enumerate(folders):
        role = by_index.get(index, folder.role)
        if role is not Role.NONE and role in once:
            # two folders with one role: the first keeps it
            role = Role.NONE
        once.add(role)
        result.append(folder if role is folder.role else replace(folder, role=role))
    return result


def use_of(role: Role) -> bytes:
    """Return the attribute of a role (RFC 6154, section 2); "" where there is none."""
    return b"" if role in (Role.NONE, Role.INBOX) else b"\\" + role.value.capitalize().encode()


def status_of(response: Response) -> tuple[bytes, FolderStatus] | None:
    """Return name and numbers of a STATUS line."""
    values = response.values()
    items = values[-1] if values else None
    if len(values) < 2 or not isinstance(values[0], bytes) or not isinstance(items, list):
        return None
    return values[0], counts({name: number(value, -1) for name, value in pairs(items).items()})


def counts(said: Mapping[Any, object]) -> FolderStatus:
    """Return the numbers of STATUS by name; what is no number, or below 0, was not said."""
    named = {name.upper(): value for name, value in said.items() if isinstance(name, bytes)}

    def told(name: bytes) -> int | None:
        value = named.get(name)
        return value if isinstance(value, int) and 0 <= value < 1 << 63 else None

    return FolderStatus(
        told(b"MESSAGES"),
        told(b"UIDNEXT") or None,
        told(b"UIDVALIDITY") or None,
        told(b"UNSEEN"),
        told(b"HIGHESTMODSEQ"),
    )


def personal_namespace(told: Any) -> Namespace | None:
    """Return the first personal name space, each told as (prefix, delimiter); None when there is none."""
    prefix, delimiter = told[0] if told else (None, None)
    if not isinstance(prefix, bytes):
        return None
    separator = (delimiter or "")[:1]
    if prefix and not prefix.endswith(separator.encode()):
        prefix += separator.encode()
    return Namespace(prefix, separator)
