"""What stands beside a refusal is what the provider of that server wants one to know, of receiving or of sending."""

from __future__ import annotations

import errno

import pytest

from desktop.base.errors import Remedy
from desktop.net import errors
from desktop.net.mail.imap import refusals
from desktop.net.mail.imap.responses import parse
from desktop.net.mail.smtp import replies
from desktop.net.mail.smtp.replies import Reply

REFUSED = Reply(535, "5.7.8 Username and password not accepted")
ADDRESS = "ann@example.org"


def refused_by_smtp(host: str, *, bearer: bool = False, user: str = ADDRESS, port: int = 465) -> str:
    return replies.at_sign_in(REFUSED, host, user, bearer=bearer, port=port).text


def refused_by_imap(host: str, *, user: str = ADDRESS, port: int = 993) -> str:
    return refusals.at_sign_in(parse([b"A1 NO LOGIN failed."]), host, user, port=port).text


def test_a_token_refused_for_sending_brings_the_help_about_sending() -> None:
    text = refused_by_smtp("smtp.office365.com", bearer=True, port=587)

    assert "Sending by SMTP may be off for your mailbox. Whoever manages it at Microsoft 365" in text
    assert "IMAP" not in text


@pytest.mark.parametrize("host", ["mail.gmx.net", "smtp.gmx.net", "smtppro.zoho.com", "SMTP.zoho.com", "smtp.web.de."])
def test_help_about_receiving_stands_beside_no_refusal_to_send(host: str) -> None:
    text = refused_by_smtp(host)

    assert "second step" in text
    assert "IMAP" not in text


@pytest.mark.parametrize("host", ["imap.gmx.net", "IMAP.gmx.com", "imappro.zoho.com", "mail.gmx.net"])
def test_a_refusal_to_receive_brings_it(host: str) -> None:
    assert "(IMAP) may be off" in refused_by_imap(host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_bridge_on_this_computer_is_told_by_its_ports(host: str) -> None:
    unreachable = errors.from_os_error(OSError(errno.ECONNREFUSED, "refused"), host, 1143)

    for text in (unreachable.text, refused_by_imap(host, port=1143), refused_by_smtp(host, port=1025)):
        assert "Proton Mail is reached through its Bridge." in text


def test_a_bridge_that_had_to_take_other_ports_is_told_by_who_signs_in() -> None:
    assert "Bridge" in refused_by_imap("127.0.0.1", user="ann@proton.me", port=1144)
    assert "Bridge" in refused_by_smtp("127.0.0.1", user="Ann@Proton.me", port=1026)


def test_nothing_is_said_of_other_servers_on_this_computer() -> None:
    unreachable = errors.HostUnreachable("127.0.0.1", 143)

    assert unreachable.text == "127.0.0.1 does not answer on port 143."
    for text in (refused_by_imap("127.0.0.1", port=143), refused_by_smtp("127.0.0.1", port=25)):
        assert text == f"127.0.0.1 did not accept the user name or password of {ADDRESS}."


@pytest.mark.parametrize("kind", [b"BAD", b"NO"])
def test_who_signed_in_by_an_alias_is_told_to_do_so_by_the_main_address(kind: bytes) -> None:
    words = b"User is authenticated but not connected. NoPrimarySmtpAddress"
    host = "outlook.office365.com"
    said = parse([b"A1 " + kind + b" " + words])
    parting = parse([b"* BYE Session invalidated - NoPrimarySmtpAddress"])
    reply = Reply(535, "5.7.3 Authentication unsuccessful NoPrimarySmtpAddress")

    for problem in (
        refusals.at_sign_in(said, host, ADDRESS),
        refusals.of_command(said, host),
        refusals.at_greeting(parting, host),
        replies.at_sign_in(reply, "smtp-mail.outlook.com", ADDRESS, bearer=True),
    ):
        assert isinstance(problem, errors.SignedInByAlias)
        assert "main address" in problem.text
        assert (problem.remedy, problem.can_retry) == (Remedy.SIGN_IN, False)
        assert "NoPrimarySmtpAddress" in problem.details
