"""Domains at which people who have nothing to do with each other have their mailboxes. Pure.

Nobody is a colleague for having one at the same, each is often mistyped, and none is trusted as a whole.
"""

from __future__ import annotations

from desktop.domain.mail.links import registrable
from desktop.domain.mail.providers import provider_of
from desktop.domain.mail.vocabulary import words

PUBLIC_DOMAINS = words(
    """gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com icloud.com
    me.com mac.com aol.com mail.com email.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de
    posteo.de mailbox.org proton.me protonmail.com tutanota.com tuta.com fastmail.com zoho.com mail.ru inbox.ru list.ru
    bk.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net orange.fr wanadoo.fr free.fr laposte.net libero.it
    virgilio.it wp.pl onet.pl o2.pl interia.pl seznam.cz qq.com 163.com 126.com hey.com"""
)

_IN_MANY_COUNTRIES = words("aol gmail gmx googlemail hotmail live outlook yahoo yandex ymail")
"""Their first labels under many endings: yahoo.co.uk, hotmail.fr."""


def is_public(domain: str) -> bool:
    """Say whether anybody can have an address at a domain, or nobody can tell whose it is."""
    home = registrable(domain)
    known = home in PUBLIC_DOMAINS or home.partition(".")[0] in _IN_MANY_COUNTRIES
    return "." not in home or known or provider_of(f"x@{home}") is not None
