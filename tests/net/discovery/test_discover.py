"""Discovery on a small internet of its own: every source, and each of them late, lying or talking nonsense."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop.domain.mail.autoconfig import LIMIT_BYTES
from desktop.domain.mail.discovery import Discovery, Source, Verdict
from desktop.domain.mail.mail_account import Security
from desktop.net import errors
from desktop.net.discovery.discover import Discoverer
from desktop.net.discovery.records import Records
from tests.domain.mail.configs import config, server, smtp
from tests.servers.internet import Internet, Page

DOMAIN = "firm.example"
FILE = "/mail/config-v1.1.xml"
WELL_KNOWN = f"/.well-known/autoconfig{FILE}"
DIRECTORY = "autoconfig.thunderbird.net"
STEP_S = 0.6
WHOLE_S = 3.0


@pytest.fixture
def internet(tmp_path: Path) -> Iterator[Internet]:
    made = Internet(tmp_path)
    yield made
    made.close()


def look(internet: Internet, *, step_s: float = STEP_S, whole_s: float = WHOLE_S) -> Discovery:
    discoverer = Discoverer(
        internet.policy,
        resolve=internet.resolve,
        records=Records(("127.0.0.1",), port=internet.names.port, timeout_s=step_s),
        step_s=step_s,
        whole_s=whole_s,
    )
    return discoverer.discover(DOMAIN, lambda _answered, _all: None, threading.Event())


def published(host: str = "imap.firm.example") -> Page:
    return Page(config(server(host=host), smtp()))


def test_the_domain_s_own_word_counts_most(internet: Internet) -> None:
    internet.page("autoconfig.firm.example", {FILE: published("imap.hoster.example")})
    internet.page(DOMAIN, {WELL_KNOWN: published("second.firm.example")})
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": published("third.firm.example")})

    found = look(internet)

    assert found.verdict is Verdict.FOUND
    assert found.best is not None
    assert (found.best.source, found.best.imap.host) == (Source.AUTOCONFIG, "imap.hoster.example")
    assert found.best.trusted, "the domain proved itself by its certificate, wherever its servers are"
    assert found.best.provider == "Firm Mail"


def test_the_well_known_place_of_the_domain(internet: Internet) -> None:
    internet.page("autoconfig.firm.example", {})
    internet.page(DOMAIN, {WELL_KNOWN: published()})

    found = look(internet).best

    assert found is not None
    assert found.source is Source.WELL_KNOWN


def test_the_directory_learns_the_domain_and_nothing_of_the_person(internet: Internet) -> None:
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": published()})

    found = look(internet).best

    assert found is not None
    assert found.source is Source.DIRECTORY
    assert internet.requests(DIRECTORY) == [f"GET /v1.1/{DOMAIN} HTTP/1.1"]
    heard = b"".join(internet.seen)
    assert b"Host: autoconfig.thunderbird.net\r\n" in heard
    assert b"@" not in heard
    assert b"emailaddress" not in heard.lower()
    assert b"Cookie" not in heard


def test_the_provider_that_takes_the_mail_is_asked_and_needs_a_yes(internet: Internet) -> None:
    internet.names.zone[DOMAIN, "MX"] = ["20 mx.other.example.", "10 mx1.eu.hoster.example."]
    internet.page(DIRECTORY, {"/v1.1/hoster.example": published("imap.hoster.example")})

    found = look(internet).best

    assert found is not None
    assert (found.source, found.foreign) == (Source.MX, ("imap.hoster.example",))
    assert "autoconfig.hoster.example" in internet.resolved
    assert not any("other.example" in host for host in internet.resolved)


def test_mail_taken_by_the_domain_itself_asks_nobody_twice(internet: Internet) -> None:
    internet.names.zone[DOMAIN, "MX"] = ["10 mx.firm.example."]
    internet.page(DIRECTORY, {})

    assert look(internet).verdict is Verdict.NOTHING
    assert internet.requests() == [f"GET /v1.1/{DOMAIN} HTTP/1.1"]


def test_service_records(internet: Internet) -> None:
    internet.names.zone[DOMAIN, "MX"] = ["10 mx.firm.example."]
    internet.names.zone[f"_imaps._tcp.{DOMAIN}", "SRV"] = ["0 1 993 imap.firm.example.", "0 5 1993 best.firm.example."]
    internet.names.zone[f"_submissions._tcp.{DOMAIN}", "SRV"] = ["0 0 0 ."]
    internet.names.zone[f"_submission._tcp.{DOMAIN}", "SRV"] = ["0 1 587 smtp.firm.example."]

    found = look(internet).best

    assert found is not None
    assert found.source is Source.SRV
    assert (found.imap.host, found.imap.port) == ("best.firm.example", 1993)
    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.security) == ("smtp.firm.example", Security.STARTTLS)
    assert found.trusted


def test_c42_a_lying_name_server_leads_to_a_server_that_needs_a_yes(internet: Internet) -> None:
    internet.names.zone[f"_imaps._tcp.{DOMAIN}", "SRV"] = ["0 1 993 imap.evil.example."]

    found = look(internet).best

    assert found is not None
    assert found.foreign == ("imap.evil.example",)


def test_guesses_that_greet_under_their_own_name(internet: Internet) -> None:
    internet.mail("mail.firm.example", 993, b"* OK ready\r\n")
    internet.refused("imap.firm.example", 993)
    internet.mail_starttls(
        "smtp.firm.example",
        587,
        [(b"EHLO localhost", b"250-smtp.firm.example\r\n250 STARTTLS\r\n"), (b"STARTTLS", b"220 go\r\n")],
        b"220-welcome\r\n220 smtp.firm.example ESMTP\r\n",
    )

    found = look(internet).best

    assert found is not None
    assert (found.source, found.imap.host, found.trusted) == (Source.GUESS, "mail.firm.example", True)
    assert found.smtp is not None
    assert (found.smtp.host, found.smtp.port, found.smtp.security) == ("smtp.firm.example", 587, Security.STARTTLS)


def test_guesses_with_starttls_of_imap(internet: Internet) -> None:
    internet.mail_starttls(
        "imap.firm.example", 143, [(b"a STARTTLS", b"* CAPABILITY IMAP4rev1\r\na OK go\r\n")], b"* OK ready\r\n"
    )

    found = look(internet).best

    assert found is not None
    assert (found.imap.port, found.imap.security, found.smtp) == (143, Security.STARTTLS, None)


def test_a_guess_sends_no_word_about_anybody(internet: Internet) -> None:
    internet.mail("imap.firm.example", 993, b"* OK ready\r\n")
    internet.mail("smtp.firm.example", 465, b"220 ready\r\n")

    assert look(internet).verdict is Verdict.FOUND
    assert b"".join(internet.seen) == b""


@pytest.mark.parametrize(
    "wrong",
    [
        {"trusted": False},
        {"named": "parked.example"},
        {"greeting": b"HTTP/1.1 400 Bad Request\r\n"},
        {"greeting": b""},
        {"greeting": b"* BYE too busy\r\n"},
        {"greeting": b"x" * 5000},
    ],
    ids=["unknown authority", "another name", "web server", "silent", "bye", "endless line"],
)
def test_c42_a_guess_that_cannot_prove_its_name_or_is_no_mail_server_is_none(
    internet: Internet, wrong: dict[str, object]
) -> None:
    internet.mail("imap.firm.example", 993, **{"greeting": b"* OK ready\r\n", **wrong})  # type: ignore[arg-type]

    assert look(internet).best is None


@pytest.mark.parametrize(
    "page",
    [
        Page(b"<html>Welcome to our site</html>", headers={"Content-Type": "text/html"}),
        Page(config(prolog="<!DOCTYPE x [<!ENTITY a 'b'>]>")),
        Page(config(server(security="plain"))),
        Page(b"x" * (LIMIT_BYTES + 1)),
        Page(config()[:200]),
        Page(config(), length=len(config()) + 10),
        Page(config(), status=500),
        Page(config(), status=204),
        Page(status=302, headers={"Location": "https://evil.example/mail/config-v1.1.xml"}),
        Page(status=302, headers={"Location": "http://autoconfig.firm.example/mail/config-v1.1.xml"}),
        Page(status=302, headers={"Location": f"https://autoconfig.firm.example:8443{FILE}"}),
        Page(status=302, headers={"Location": FILE}),
        Page(status=302, headers={"Location": "https://["}),
        Page(status=301),
        Page(config(), after_s=30),
        Page(config(), drip_s=0.2),
    ],
    ids=[
        *("html", "entities", "plain", "too large", "cut", "shorter than told", "error", "empty", "other domain"),
        *("to http", "to another port", "in circles", "to nonsense", "to nowhere", "silent", "dripping"),
    ],
)
def test_c42_a_file_that_is_wrong_late_or_elsewhere_is_none_and_the_next_source_counts(
    internet: Internet, page: Page
) -> None:
    internet.page("autoconfig.firm.example", {FILE: page})
    internet.page("evil.example", {FILE: published("imap.evil.example")})
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": published("imap.firm.example")})

    found = look(internet).best

    assert found is not None
    assert (found.source, found.imap.host) == (Source.DIRECTORY, "imap.firm.example")
    assert internet.requests("evil.example") == []


def test_a_redirect_inside_the_domain_is_followed(internet: Internet) -> None:
    internet.page(
        "autoconfig.firm.example", {FILE: Page(status=301, headers={"Location": "https://www.firm.example/m"})}
    )
    internet.page("www.firm.example", {"/m": published()})

    found = look(internet).best

    assert found is not None
    assert found.source is Source.AUTOCONFIG


@pytest.mark.parametrize("wrong", [{"trusted": False}, {"named": "other.example"}])
def test_c42_a_host_that_cannot_prove_its_name_publishes_nothing(internet: Internet, wrong: dict[str, object]) -> None:
    internet.page("autoconfig.firm.example", {FILE: published("imap.evil.example")}, **wrong)  # type: ignore[arg-type]

    assert look(internet).best is None
    assert internet.requests() == [], "not even the question is asked"


def _silent(internet: Internet) -> None:
    internet.names.silent = True


def _refuses(internet: Internet) -> None:
    internet.names.refuses = True


def _nonsense(internet: Internet) -> None:
    internet.names.nonsense = b"\xff" * 40


@pytest.mark.parametrize("wrong", [_silent, _refuses, _nonsense])
def test_r39_name_servers_that_fail_cost_no_more_than_their_time(
    internet: Internet, wrong: Callable[[Internet], None]
) -> None:
    wrong(internet)
    internet.mail("imap.firm.example", 993, b"* OK ready\r\n")

    began = time.monotonic()
    found = look(internet)

    assert found.best is not None
    assert found.best.source is Source.GUESS
    assert time.monotonic() - began < WHOLE_S


def test_r39_without_a_network_that_is_what_is_said(internet: Internet) -> None:
    internet.names.silent = True

    assert look(internet).verdict is Verdict.NO_CONNECTION


def test_r39_a_portal_that_answers_for_everybody_gets_nothing_and_is_no_answer(internet: Internet) -> None:
    internet.names.silent = True
    portal = Page(status=302, headers={"Location": "https://portal.example/login"})
    for host in ("autoconfig.firm.example", DOMAIN, DIRECTORY):
        internet.page(host, {FILE: portal, WELL_KNOWN: portal}, named="portal.example", trusted=False)
    internet.mail("imap.firm.example", 993, b"", named="portal.example", trusted=False)

    assert look(internet).verdict is Verdict.NO_CONNECTION
    assert internet.seen == []


def test_a_domain_that_does_not_exist_is_told_apart(internet: Internet) -> None:
    internet.page(DIRECTORY, {})

    assert look(internet).verdict is Verdict.NO_SUCH_DOMAIN


def test_all_silent_ends_when_the_whole_time_is_over(internet: Internet) -> None:
    internet.names.zone[DOMAIN, "MX"] = ["10 mx.firm.example."]
    for host in ("autoconfig.firm.example", DOMAIN, DIRECTORY):
        internet.silent(host, 443)
    for host, port in (("imap.firm.example", 993), ("mail.firm.example", 143), ("smtp.firm.example", 465)):
        internet.silent(host, port)

    began = time.monotonic()
    found = look(internet, step_s=30, whole_s=1.0)
    took = time.monotonic() - began

    assert found.verdict is Verdict.NOTHING
    assert 1.0 <= took < 3.0


def test_a_late_source_that_ranks_lower_is_not_waited_for(internet: Internet) -> None:
    internet.page("autoconfig.firm.example", {FILE: published()})
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": Page(config(), after_s=30)})
    internet.silent("imap.firm.example", 993)

    began = time.monotonic()
    found = look(internet, step_s=20, whole_s=20)

    assert found.best is not None
    assert time.monotonic() - began < 5


def test_it_can_be_cancelled_and_tells_how_far_it_is(internet: Internet) -> None:
    for host in ("autoconfig.firm.example", DOMAIN):
        internet.silent(host, 443)
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": published()})
    cancel = threading.Event()
    told: list[tuple[int, int]] = []

    def tell(answered: int, all_: int) -> None:
        told.append((answered, all_))
        if answered == 4:
            cancel.set()

    discoverer = Discoverer(
        internet.policy,
        resolve=internet.resolve,
        records=Records(("127.0.0.1",), port=internet.names.port, timeout_s=1),
        step_s=20,
        whole_s=20,
    )
    began = time.monotonic()
    with pytest.raises(errors.Cancelled):
        discoverer.discover(DOMAIN, tell, cancel)

    assert time.monotonic() - began < 5
    assert [of for _, of in told] == [6] * len(told)
    assert [answered for answered, _ in told] == sorted(answered for answered, _ in told)


def test_it_leaves_no_thread_behind_that_the_end_of_the_program_would_wait_for(internet: Internet) -> None:
    internet.silent("autoconfig.firm.example", 443)
    internet.names.silent = True
    internet.page(DIRECTORY, {f"/v1.1/{DOMAIN}": published()})
    look(internet, step_s=30, whole_s=0.5)

    deadline = time.monotonic() + 5
    while any(thread.name.startswith("discovery") and not thread.daemon for thread in threading.enumerate()):
        assert time.monotonic() < deadline, threading.enumerate()
        time.sleep(0.02)
