"""What the browser shows at the end of a sign-in: a few words, no script, nothing from elsewhere. Pure."""

from __future__ import annotations

from html import escape

from desktop.base import i18n
from desktop.base.i18n import _

HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-store"),
    ("Connection", "close"),
)
_PAGE = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>Rapport</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 18vh auto; padding: 0 1.5rem; }}
h1 {{ font-size: 1.5rem; font-weight: 600; }}
</style></head><body><h1>{title}</h1><p>{text}</p></body></html>
"""


def signed_in() -> bytes:
    """Return the page after the person signed in."""
    return _page(_("Rapport has your answer"), _("You can close this tab and return to Rapport."))


def not_signed_in() -> bytes:
    """Return the page after the person, or the provider, said no."""
    return _page(_("Rapport was given no access"), _("You can close this tab. Rapport says what can be done."))


def refused() -> bytes:
    """Return the page for what is no answer to the sign-in that runs."""
    return _page(
        _("This is not the answer Rapport waits for"), _("If you want to sign in, begin again in the Rapport window.")
    )


def _page(title: str, text: str) -> bytes:
    return _PAGE.format(language=i18n.language(), title=escape(title), text=escape(text)).encode()
