"""What kind of file an attachment is, for the eye: an icon on a coloured tile. Pure."""

from __future__ import annotations

from desktop.domain.mail import names

_KINDS = (  # beginning of the media type or an extension, icon, colours of the tile
    (("application/pdf", "pdf"), "file-text", "case"),
    (("image/",), "file-image", "opportunity"),
    (("audio/",), "file-audio", "campaign"),
    (("video/",), "file-video", "campaign"),
    (("application/zip", "zip", "7z", "rar", "gz", "tar", "tgz", "xz", "bz2"), "file-archive", "lead"),
    (("xls", "xlsx", "ods", "csv", "application/vnd.ms-excel", "text/csv"), "file-spreadsheet", "meeting"),
    (("doc", "docx", "odt", "rtf", "text/", "application/msword"), "file-text", "account"),
    (("ppt", "pptx", "odp"), "file-image", "lead"),
    (("json", "xml", "html"), "file-code", "task"),
)


def file_look(name: str, media_type: str) -> tuple[str, str]:
    """Return the icon of a file and the entity colour of its tile."""
    extension = names.extension(name)
    for beginnings, icon, entity in _KINDS:
        for each in beginnings:
            if ("/" in each and media_type.startswith(each)) or extension == each:
                return icon, entity
    return "file", "task"
