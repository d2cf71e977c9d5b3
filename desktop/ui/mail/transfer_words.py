"""What menus and status bar say of imports and exports. Pure."""

from __future__ import annotations

from desktop.base.i18n import _, n_
from desktop.domain.mail.export_form import ExportForm
from desktop.domain.mail.listing import FolderNode
from desktop.services.mail.importing import Progress
from desktop.ui import dates


def form_words(form: ExportForm) -> str:
    """Return what a form of export is called in a menu."""
    return {
        ExportForm.MBOX: _("As one file (mbox)…"),
        ExportForm.EML: _("As a file for each mail (EML)…"),
        ExportForm.MAILDIR: _("As a Maildir folder…"),
    }[form]


def import_progress(told: Progress) -> str:
    """Return what the status bar says of an import."""
    if not told.total:
        return _("Making a backup before the import")
    return n_("Importing: {n} mail", "Importing: {n} mails", told.mails).format(n=number(told.mails))


def export_progress(told: Progress) -> str:
    """Return what the status bar says of an export."""
    return n_("Exporting: {n} mail", "Exporting: {n} mails", told.mails).format(n=number(told.mails))


def not_here(folder: FolderNode) -> str:
    """Return what an export of a folder leaves out that is partly on its server, as far as that is known."""
    missing = (folder.on_server or 0) - folder.counts.total
    if missing > 0:
        words = n_(
            "{n} mail on its server is not here, so it will not be in the file. Fetch it first to have all.",
            "{n} mails on its server are not here, so they will not be in the file. Fetch it first to have all.",
            missing,
        )
        return words.format(n=number(missing))
    return _("It is not known how much of it is on its server only. That will not be in the file.")


def number(value: int) -> str:
    """Return a count as the person reads numbers."""
    return dates.locale().toString(value)
