"""What a click on a link of a mail does: opens web and mail addresses, asks before a suspicious one, refuses the rest.

The question is a window of ours outside the mail, names the real host, and its safe answer has the focus. GUI thread.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from urllib.parse import unquote

from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QWidget

from desktop.base.i18n import _
from desktop.base.text import one_line
from desktop.domain.mail import links
from desktop.domain.mail.links import LinkReason, LinkWarning
from desktop.ui.theme import Theme
from desktop.ui.widgets.dialog import Dialog, confirm

OPENED = frozenset({"http", "https", "mailto"})
_LONGEST_SHOWN = 300


def follow(
    theme: Theme,
    parent: QWidget,
    url: QUrl,
    warnings: Iterable[LinkWarning],
    open_url: Callable[[QUrl], object],
) -> Dialog | None:
    """Open a clicked link, or ask first; returns the question where one is asked."""
    if url.scheme().lower() not in OPENED or (url.scheme().lower() != "mailto" and not url.host()):
        return None
    warning = warning_for(url, warnings)
    if warning is None:
        open_url(url)
        return None
    return confirm(
        theme,
        parent,
        title=_("Open this link?"),
        text=question(url, warning),
        action=_("Open link"),
        on_yes=lambda: open_url(url),
    )


def warning_for(url: QUrl, warnings: Iterable[LinkWarning]) -> LinkWarning | None:
    """Return what is wrong with a link: what was seen while the mail was prepared, or what its target alone tells.

    Where a warning's address is so odd that no click can be matched with it, every link of the mail is asked about.
    """
    clicked, unpinned = _target(url), None
    for warning in warnings:
        written = _target(QUrl(warning.url.replace("\\", "/")))
        if written == clicked:
            return warning
        if not written[1] and written[0] != "mailto":
            unpinned = unpinned or warning
    return links.suspicion("", url.toString(QUrl.ComponentFormattingOption.FullyEncoded)) or unpinned


def _target(url: QUrl) -> tuple[str, str, str]:
    """Return scheme, host and the letters and digits of the rest.

    A browser rewrites an address before it reports a click: a slash after the host, dots resolved, the usual port left
    out, escapes changed. So addresses are compared by what it leaves alone. The host is "" where Qt cannot read one.
    """
    rest = unquote(url.path(QUrl.ComponentFormattingOption.FullyEncoded))
    if url.scheme() != "mailto":
        rest = posixpath.normpath("/" + rest)
    rest += unquote(url.query(QUrl.ComponentFormattingOption.FullyEncoded) + url.fragment())
    return url.scheme().lower(), real_host(url).rstrip("."), "".join(filter(str.isalnum, rest))


def question(url: QUrl, warning: LinkWarning) -> str:
    """Return the whole question: what is wrong, and where the click really leads."""
    reason = {
        LinkReason.OTHER_HOST: _("The words of this link name another site than the one it leads to."),
        LinkReason.OTHER_ADDRESS: _("The words of this link name another address than the one it writes to."),
        LinkReason.USER_INFO: _("The address is written to look like another site."),
        LinkReason.NUMBER_HOST: _("The site has no name, only a number."),
        LinkReason.LOOKALIKE: _("The name of the site is written in letters that look like others."),
        LinkReason.HIDDEN_CHARACTERS: _("The address contains hidden characters."),
        LinkReason.ODD_HOST: _("The address is written in an unusual way."),
    }[warning.reason]
    lines = [reason, ""]
    if warning.shown:
        lines.append(_("Shown: {text}").format(text=one_line(warning.shown)[:_LONGEST_SHOWN]))
    lines.append(_("Site: {host}").format(host=real_host(url) or warning.host))
    lines.append(_("Address: {url}").format(url=shown_url(url)))
    return "\n".join(lines)


def real_host(url: QUrl) -> str:
    """Return the host as it goes to the network."""
    return url.host(QUrl.ComponentFormattingOption.FullyEncoded)


def shown_url(url: QUrl) -> str:
    """Return an address as it is shown: encoded, without user name, and not endless."""
    written = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
    if url.userInfo() and url.scheme() != "mailto":
        written = written.replace(url.userInfo(QUrl.ComponentFormattingOption.FullyEncoded) + "@", "", 1)
    return one_line(written)[:_LONGEST_SHOWN]
