"""The lines of menus that bring mails in from files and out into files. GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from desktop.base.i18n import _
from desktop.domain.mail.export_form import ExportForm
from desktop.ui.mail.transfer_words import form_words
from desktop.ui.theme import Theme
from desktop.ui.widgets.menu import Menu


def add_import(theme: Theme, menu: Menu, files: Callable[[], object], folder: Callable[[], object]) -> None:
    """Add a menu that asks for files, or a folder of them, to import."""
    inside = Menu(theme, menu, _("Import mail"))
    inside.add(_("Files (mbox, EML)…"), files, icon="file-text")
    inside.add(_("A folder (Maildir, Thunderbird, EML)…"), folder, icon="folder-open")
    menu.addMenu(inside)


def add_export(theme: Theme, menu: Menu, export: Callable[[ExportForm], object]) -> None:
    """Add a menu of the forms in which mails can be exported."""
    inside = Menu(theme, menu, _("Export"))
    for form in ExportForm:
        inside.add(form_words(form), partial(export, form))
    menu.addMenu(inside)
