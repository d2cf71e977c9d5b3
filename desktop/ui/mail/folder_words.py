"""What is said of folders: before one is deleted, and after something was done to one. Pure."""

from __future__ import annotations

from desktop.base.i18n import _, n_
from desktop.domain.mail.folder import Role
from desktop.domain.mail.listing import FolderContents
from desktop.ui import dates
from desktop.ui.folder_names import role_title


def what_goes(contents: FolderContents) -> str:
    """Return the sentences that say what goes with a folder."""
    sentences = [_mails(contents)]
    if contents.folders:
        words = n_("{n} folder inside it is deleted too.", "{n} folders inside it are deleted too.", contents.folders)
        sentences.append(words.format(n=_number(contents.folders)))
    sentences.append(_("This cannot be undone."))
    return " ".join(sentences)


def _mails(contents: FolderContents) -> str:
    count = contents.mails
    if count is None:
        return _(
            "How many mails lie in it is not known here, because it was not fetched whole. "
            "All of them will be deleted here and on the server."
        )
    if not count:
        return _("No mail lies in it.") if contents.seen else _("At the last look no mail lay in it on the server.")
    if contents.seen:
        words = n_(
            "{n} mail lies in it and will be deleted here and on the server.",
            "{n} mails lie in it and will be deleted here and on the server.",
            count,
        )
    else:
        words = n_(
            "At the last look {n} mail lay in it on the server. It was not fetched whole; all will be deleted.",
            "At the last look {n} mails lay in it on the server. It was not fetched whole; all will be deleted.",
            count,
        )
    return words.format(n=_number(count))


def _number(count: int) -> str:
    return dates.locale().toString(count)


def created(name: str) -> str:
    """Say that a folder was made."""
    return _("Folder “{folder}” created").format(folder=name)


def renamed(name: str) -> str:
    """Say that a folder has another name."""
    return _("Folder renamed to “{folder}”").format(folder=name)


def moved(name: str, target: str) -> str:
    """Say that a folder lies elsewhere."""
    return _("Folder “{folder}” moved to “{target}”").format(folder=name, target=target)


def subscribed(name: str, on: bool) -> str:
    """Say that a folder is subscribed or not."""
    words = _("“{folder}” is subscribed now") if on else _("“{folder}” is no longer subscribed")
    return words.format(folder=name)


def watched(name: str, on: bool) -> str:
    """Say that a folder is fetched in the background or not."""
    if on:
        return _("New mail in “{folder}” is fetched in the background now").format(folder=name)
    return _("New mail in “{folder}” is no longer fetched in the background").format(folder=name)


def shown_in_inbox(name: str, on: bool) -> str:
    """Say that a folder's mail stands in the unified Inbox or not."""
    words = _("Mail of “{folder}” stands in the Inbox now") if on else _("Mail of “{folder}” left the Inbox")
    return words.format(folder=name)


def notified(name: str, on: bool) -> str:
    """Say that new mail in a folder is told of or not."""
    if on:
        return _("You are notified of new mail in “{folder}” now").format(folder=name)
    return _("You are no longer notified of new mail in “{folder}”").format(folder=name)


def used_as(name: str, role: Role) -> str:
    """Say what a folder is for now."""
    if role is Role.NONE:
        return _("“{folder}” is an ordinary folder now").format(folder=name)
    return _("“{folder}” is used as {role} now").format(folder=name, role=role_title(role))
