"""What an empty server folder says while its mail is not here: that it comes, or how many there are and how to get it.

During the first sync of an account its watched folders speak with the Inbox (`empty_words`). Pure.
"""

from __future__ import annotations

from desktop.base.i18n import _, n_
from desktop.domain.mail.listing import FolderNode
from desktop.domain.mail.mail_account import AccountStatus, Activity
from desktop.ui import dates
from desktop.ui.mail.empty_words import EmptyWords, Step

_AT_WORK = (Activity.CONNECTING, Activity.SYNCING, Activity.UP_TO_DATE)
"""A folder that is opened is fetched next."""


def unfetched_words(folder: FolderNode, status: AccountStatus) -> EmptyWords | None:
    """Return what a folder says that was opened and holds nothing here; None when it is empty on its server too."""
    first_sync = folder.watched and not status.synced_at_ms
    if folder.fetched or first_sync or folder.on_server == 0:
        return None
    if status.activity in _AT_WORK:
        return EmptyWords("refresh-cw", _("This folder is being fetched"), _coming(folder.on_server))
    title = _("This folder was not fetched yet")
    if folder.on_server is not None:
        title = n_("{n} mail is on the server", "{n} mails are on the server", folder.on_server)
        title = title.format(n=_number(folder.on_server))
    if status.activity is Activity.PAUSED:
        text = _("Fetching is paused for this account. Mail fetched before can be read, searched and filed.")
        return EmptyWords("pause", title, text, _("Resume and load"), Step.LOAD)
    if status.activity in (Activity.WAITING, Activity.TROUBLE):
        text = _(
            "The server cannot be reached now. Mail fetched before can be read, searched and filed; "
            "the server learns of it later."
        )
        return EmptyWords("cloud-off", title, text, _("Load"), Step.LOAD)
    return EmptyWords("folder", title, _("A folder is fetched when it is opened."), _("Load"), Step.LOAD)


def _coming(on_server: int | None) -> str:
    if on_server is None:
        return _("Its mails appear here in a moment.")
    words = n_(
        "{n} mail is on the server. It appears here in a moment.",
        "{n} mails are on the server. The newest appear here in a moment.",
        on_server,
    )
    return words.format(n=_number(on_server))


def _number(count: int) -> str:
    return dates.locale().toString(count)
