"""Autoconfig files for tests."""

from __future__ import annotations

SERVER = """
    <{kind}Server type="{type}">
      <hostname>{host}</hostname><port>{port}</port><socketType>{security}</socketType>
      <username>{user}</username>{methods}
    </{kind}Server>"""


def server(
    type_: str = "imap",
    host: str = "imap.firm.example",
    port: object = 993,
    security: str = "SSL",
    user: str = "%EMAILADDRESS%",
    methods: tuple[str, ...] = ("password-cleartext",),
) -> str:
    """Return one block."""
    return SERVER.format(
        kind="outgoing" if type_ == "smtp" else "incoming",
        type=type_,
        host=host,
        port=port,
        security=security,
        user=user,
        methods="".join(f"<authentication>{method}</authentication>" for method in methods),
    )


def smtp(host: str = "smtp.firm.example", port: object = 465, security: str = "SSL") -> str:
    return server("smtp", host, port, security)


def config(*blocks: str, name: str = "Firm Mail", more: str = "", prolog: str = "") -> bytes:
    """Return a file with these blocks."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{prolog}\n<clientConfig version="1.1">\n'
        f'  <emailProvider id="firm.example"><domain>firm.example</domain>'
        f"<displayName>{name} of all offices</displayName><displayShortName>{name}</displayShortName>"
        f"{''.join(blocks or (server(), smtp()))}{more}</emailProvider>\n</clientConfig>"
    ).encode()
