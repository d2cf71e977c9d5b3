"""A person's own file of certificate authorities: whether it can be one, in a sentence."""

from __future__ import annotations

import re
from pathlib import Path

from desktop.base.i18n import _

_MOST_BYTES = 4_000_000
"""All authorities of a system take a few hundred kB."""
_ARMOUR = re.compile(rb"-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----\s+[A-Za-z0-9+/=\s]+-----END ")
"""RFC 7468, section 5, and the two older labels OpenSSL reads."""


def fault(path: str) -> str:
    """Return what is wrong with the file, "" when it holds a certificate. Reads the disk."""
    if "\0" in path or not Path(path).is_absolute():
        return _("Write the whole path of the file.")
    try:
        with Path(path).open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        return _("There is no file “{file}”.").format(file=path)
    except (OSError, ValueError):
        return _("“{file}” cannot be read.").format(file=path)
    if len(content) > _MOST_BYTES or not _ARMOUR.search(content):
        return _("“{file}” holds no certificate in PEM form.").format(file=path)
    return ""
