"""What a person must know of a provider to get in, in sentences: for the form that asks, and beside a refusal. Pure."""

from __future__ import annotations

from desktop.base.i18n import _
from desktop.domain.mail.provider import Note, Provider
from desktop.domain.mail.providers import provider_of_server

_ONLY_OF_PASSWORDS = (Note.APP_PASSWORD, Note.APP_PASSWORD_WITH_SECOND_STEP, Note.NO_PASSWORD)
_ABOUT_PASSWORDS = (*_ONLY_OF_PASSWORDS, Note.MAIN_ADDRESS, Note.BRIDGE)
_ABOUT_RECEIVING = (Note.IMAP_OFF, Note.PAID_PLAN)
_ABOUT_SENDING = (Note.SMTP_AUTH_OFF,)
_ABOUT_REACHING = (Note.BRIDGE,)


def sentence(note: Note, name: str) -> str:
    """Return the sentence of a note; `name` is that of the provider."""
    texts = {
        Note.APP_PASSWORD: _(
            "{provider} does not take the password of your account here. Create an app password there and use it."
        ),
        Note.APP_PASSWORD_WITH_SECOND_STEP: _(
            "If your account at {provider} is protected by a second step, create an app password there and use it."
        ),
        Note.NO_PASSWORD: _("{provider} takes no password from mail programs. Sign in with the browser."),
        Note.IMAP_OFF: _(
            "Access for mail programs (IMAP) may be off. Switch it on in the settings of your mailbox at {provider}."
        ),
        Note.SMTP_AUTH_OFF: _(
            "Sending by SMTP may be off for your mailbox. Whoever manages it at {provider} can switch it on."
        ),
        Note.MAIN_ADDRESS: _("Sign in with the main address of your account at {provider}, not with an alias."),
        Note.BRIDGE: _(
            "{provider} is reached through its Bridge. Start the Bridge on this computer and use the password it shows."
        ),
        Note.PAID_PLAN: _("The smallest plan of {provider} has no access for mail programs."),
    }
    return texts[note].format(provider=name)


def help_of(provider: Provider, *, by_browser: bool = False) -> tuple[str, ...]:
    """Return everything worth knowing before one signs in; of passwords only where one signs in with them."""
    left_out = _ONLY_OF_PASSWORDS if by_browser else ()
    return tuple(sentence(note, provider.name) for note in provider.notes if note not in left_out)


def help_after_refusal(host: str, *, sends: bool, port: int = 0, user: str = "") -> str:
    """Return what may be behind a refused sign-in to a mail server, "" where nothing is known of it.

    `sends` says that it was asked to send mail, not for the mailbox.
    """
    notes = (*_ABOUT_PASSWORDS, *_about_its_use(sends))
    return _about(provider_of_server(host, port=port, user=user), notes)


def help_when_not_opened(host: str, *, sends: bool = False) -> str:
    """Return what may be behind a mailbox that a server does not open, or send for, though it knows who asks."""
    return _about(provider_of_server(host), _about_its_use(sends))


def help_when_unreachable(host: str, port: int) -> str:
    """Return what may be behind a server that does not answer."""
    return _about(provider_of_server(host, port=port), _ABOUT_REACHING)


def _about_its_use(sends: bool) -> tuple[Note, ...]:
    return _ABOUT_SENDING if sends else _ABOUT_RECEIVING


def _about(provider: Provider | None, notes: tuple[Note, ...]) -> str:
    known = provider.notes if provider is not None else ()
    return " ".join(sentence(note, provider.name) for note in known if provider is not None and note in notes)
