"""The forms in which mails are written into files."""

from __future__ import annotations

from enum import StrEnum


class ExportForm(StrEnum):
    """What an export writes: one file of all mails, a file for each, or a folder that other programs work with."""

    MBOX = "mbox"
    EML = "eml"
    MAILDIR = "maildir"
