"""Links and senders made to deceive, from names of firms: one of each trick a name."""

from __future__ import annotations

FIRMS = ("northwind-bank.com", "example-pay.com", "contoso.co.uk", "stripeinvoices.net", "sparkasse-ulm.de")
HELD_OUT = ("harbourfreight.org", "my-airline.com", "poste-italia.it", "ocean-leasing.com.au", "cafe-primus.fr")
"""Names nobody looked at while the checks were written."""

_CYRILLIC = str.maketrans("aceop", "\u0430\u0441\u0435\u043e\u0440")
_DIGITS = str.maketrans("ol", "01")


def _foreign(domain: str) -> str:
    name, dot, ending = domain.partition(".")
    return name.translate(_CYRILLIC) + dot + ending


def _wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isalpha() else c for c in text)


def _changed(name: str, changed: str) -> str:
    return changed if changed != name else f"{name}s"


def links(domain: str) -> list[tuple[str, str]]:
    """Return (words, address) of links that lie about leading to a domain."""
    flat = domain.replace(".", "-")
    return [
        (domain, "https://evil.example/login"),
        (domain.upper(), "https://evil.example/login"),
        (f"https://{domain}/signin", f"https://evil.example/{domain}"),
        (f"www.{domain}", f"http://www.{domain}.evil.example/"),
        (f"<https://{domain}>", "https://evil.example/"),
        (f"Sign in: https://{domain}/login", "https://evil.example/login"),
        (_wide(domain), "https://evil.example/"),
        (domain.replace(".", "\u3002"), "https://evil.example/"),
        (f"{domain[:3]}\u200b{domain[3:]}", "https://evil.example/"),
        (f"{domain[:3]}\u202e{domain[3:]}", "https://evil.example/"),
        (f"help@{domain}", "mailto:help@evil.example"),
        (domain, f"https://track.example/?to=https://{domain}/"),
        (domain, f"https://{flat}.evil.example/"),
        ("Sign in", f"https://{domain}@evil.example/"),
        ("Sign in", f"https://{domain}%2f.evil.example/"),
        ("Sign in", f"https://{domain}\\@evil.example/"),
        ("Sign in", f"https://{_foreign(domain)}/"),
        ("Sign in", f"http://203.0.113.7/{domain}/"),
        ("Sign in", f"http://3405803783/{domain}/"),
        ("Sign in", f"https://{domain[:2]}\u00ad{domain[2:]}/"),
    ]


def honest_links(domain: str) -> list[tuple[str, str]]:
    """Return links that lead where they say, and say nothing that is not so."""
    return [
        (domain, f"https://www.{domain}/"),
        (f"https://{domain}/offers", f"https://news.{domain}/c/1?u=2"),
        ("Sign in", f"https://login.{domain}/"),
        (f"More at https://{domain}.", f"https://{domain}/more"),
        (f"help@{domain}", f"mailto:help@{domain}?subject=Order"),
        ("View in browser", "https://view.newsletter-service.example/x/1"),
    ]


def senders(domain: str) -> list[str]:
    """Return From fields, perhaps with others, that pass for people of a domain; the domain is a known one."""
    name, _, ending = domain.partition(".")
    return [
        f'From: "service@{domain}" <x@evil.example>',
        f"From: service@{domain} via portal <x@evil.example>",
        f"From: =?utf-8?q?service=40{domain}?= <x@evil.example>",
        f"From: service\uff20{domain} <x@evil.example>",
        f"From: service@{domain}\nFrom: x@evil.example",
        f"From: service@{domain}, x@evil.example",
        f"From: =?utf-8?q?service=40{domain}=00?= <x@evil.example>",
        f"From: Ser\u202evice <x@{domain}>",
        f"From: Ser\u200bvice <x@{domain}>",
        f"From: Service <x@{_foreign(domain)}>",
        f"From: P\u0430yments <x@{domain}>",
        f"From: Service <x@{_changed(name, name.translate(_DIGITS))}.{ending}>",
        f"From: Service <x@{_changed(name, name.replace('m', 'rn'))}.{ending}>",
        f"From: Service <x@{name[:-2]}{name[-1]}{name[-2]}.{ending}>",
        f"From: Service <x@{name}.top>",
        "Subject: from nobody",
    ]
