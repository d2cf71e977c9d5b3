"""Who is believed about the sender of a mail, and what follows from his words."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.domain.mail import header, receiver
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.receiver import Receiver, own_results
from desktop.domain.mail.trust import Check, Trust, Verdict, judge
from tests import corpora

OWN = Receiver(("own.example",))
ENTERED = (
    "Received: from out.shop.example (out.shop.example [203.0.113.5]) by mx.own.example (Postfix) with ESMTPS id 1"
)
INSIDE = "Received: from mx.own.example ([127.0.0.1])\r\n\tby mx.own.example with LMTP id 2"
FILTERED = "Received: from localhost (localhost [127.0.0.1]) by mx.own.example (Postfix) with ESMTP id 3"
SENT = "Received: from laptop ([192.168.1.7]) by out.shop.example with ESMTPSA"
PASS = "Authentication-Results: mx.own.example; dmarc=pass (p=none) header.from=shop.example"
FAIL = PASS.replace("pass", "fail", 1)
FORGED = "Authentication-Results: mx.own.example; dmarc=pass header.from=bank.example"


def account(host: str, address: str = "me@own.example") -> MailAccount:
    return MailAccount(id=uuid.uuid4(), address=address, imap=Endpoint(host, 993, Security.TLS, "me"))


def block(*fields: str, sender: str = "News <a@shop.example>") -> bytes:
    return "".join(f"{each}\r\n" for each in (*fields, f"From: {sender}")).encode()


def verdict(*fields: str, sender: str = "News <a@shop.example>", who: Receiver = OWN) -> Verdict:
    return judge(block(*fields, sender=sender), who).verdict


# who is believed


@pytest.mark.parametrize(
    "fields",
    [
        (PASS, ENTERED, SENT),
        (INSIDE, PASS, ENTERED, SENT),
        # what stands above the hop of a content filter the receiver wrote when it had the mail back
        (PASS, FILTERED, ENTERED),
        (INSIDE, PASS, FILTERED, ENTERED),
        ("Received: from mx.own.example ([10.0.0.3]) by box.own.example with LMTPS", PASS, ENTERED),
        ("Return-Path: <a@shop.example>", "X-Spam: no", PASS, ENTERED),
        # a server that names itself in both its fields, whatever the account's server is called
        (PASS.replace("mx.own", "host7.hoster"), ENTERED.replace("mx.own", "host7.hoster")),
    ],
)
def test_the_own_receiver_is_believed(fields: tuple[str, ...]) -> None:
    assert verdict(*fields) is Verdict.VERIFIED


@pytest.mark.parametrize(
    "fields",
    [
        (),
        (FORGED,),
        (ENTERED, FORGED),
        (ENTERED, SENT, FORGED),
        (INSIDE, ENTERED, FORGED),
        # the other side calls itself as it likes
        ("Received: from mx.own.example (unknown [203.0.113.66]) by mx.own.example (Postfix)", FORGED, ENTERED),
        ("Received: from [127.0.0.1] (evil.example [203.0.113.66]) by mx.own.example", FORGED, ENTERED),
        ("Received: from [127.0.0.1] by mx.own.example", FORGED, ENTERED),
        ("Received: from unknown (HELO 127.0.0.1) (203.0.113.66) by mx.own.example", FORGED, ENTERED),
        ("Received: from x.with.LMTP (x [203.0.113.66]) by mx.own.example with ESMTP", FORGED, ENTERED),
        ("Received: from evil (x [203.0.113.66]) by mx.own.example with LMTP", FORGED, ENTERED),
        ("Received: from evil (x [2001:db8::66]) by mx.own.example with LMTP", FORGED, ENTERED),
        (
            "Received: from unknown (HELO x) by mx.own.example with LMTP () (203.0.113.66) by mx.own.example",
            FORGED,
            ENTERED,
        ),
        (
            "Received: from unknown (HELO x by mx.own.example with LMTP) (203.0.113.66) by mx.own.example",
            FORGED,
            ENTERED,
        ),
        ("Received: from x by a with LMTP by mx.own.example with SMTP", FORGED, ENTERED),
        # a proxy or a container hides who it was
        ("Received: from evil (unknown [172.18.0.1]) by mx.own.example (Postfix)", FORGED, ENTERED),
        # written by a program on the server, not by its receiver
        ("Received: by mx.own.example (Postfix, from userid 33)", FORGED, ENTERED),
        # a script, a tunnel or a user of that computer looks like a content filter, and writes below what he likes
        (FILTERED, FORGED, ENTERED),
        (INSIDE, FILTERED, FORGED, ENTERED),
        (FILTERED, FILTERED, FORGED, ENTERED),
        (FILTERED, INSIDE, FORGED, ENTERED),
        ("Received: from localhost (localhost [127.0.0.1]) by mx.own.example (Postfix)", FORGED, ENTERED),
        ("Received: from mx (localhost [IPv6:::1]) by mx.own.example with SMTP", FORGED, ENTERED),
        ("Received: from mx.own.example ([127.0.0.1]) by localhost (amavisd-new)", FORGED, ENTERED),
        # handed in by a user
        (FILTERED.replace("ESMTP", "ESMTPA"), FORGED, ENTERED),
        (FILTERED.replace("ESMTP", "ESMTPSA"), FORGED, ENTERED),
        (FILTERED.replace("ESMTP", "UTF8SMTPA"), FORGED, ENTERED),
        (INSIDE, FILTERED.replace("ESMTP", "esmtpsa"), FORGED, ENTERED),
        # nobody can tell where the own fields end
        (INSIDE, INSIDE, FORGED),
        # another receiver, above and below
        (PASS.replace("mx.own", "mx.other"), ENTERED),
        ("Authentication-Results: dmarc=pass header.from=bank.example", ENTERED),
        ("Authentication-Results: ; dmarc=pass header.from=bank.example", ENTERED),
        ("Authentication-Results: own.example.evil.example; dmarc=pass header.from=bank.example", ENTERED),
        ("ARC-Authentication-Results: i=1; mx.own.example; dmarc=pass header.from=bank.example", ENTERED),
        ("X-Authentication-Results: mx.own.example; dmarc=pass header.from=bank.example", ENTERED),
    ],
)
def test_c54_a_sender_cannot_vouch_for_himself(fields: tuple[str, ...]) -> None:
    trust = judge(block(*fields, sender="Bank <a@bank.example>"), OWN)

    assert trust == Trust()


@pytest.mark.parametrize(
    "fields",
    [
        (FILTERED, FAIL, ENTERED),
        (INSIDE, FILTERED, FAIL, ENTERED),
        (FILTERED, FILTERED, FAIL, ENTERED),
        # whatever else is claimed there
        (FILTERED, PASS, FAIL, ENTERED),
        (FILTERED, FAIL, FORGED, PASS, ENTERED),
    ],
)
def test_what_a_content_filter_was_told_counts_against_a_sender(fields: tuple[str, ...]) -> None:
    assert verdict(*fields) is Verdict.FAILED


def test_c54_signatures_below_a_content_filter_prove_nothing() -> None:
    said = (
        "Authentication-Results: mx.own.example; dkim=pass header.d=shop.example; spf=pass smtp.mailfrom=shop.example"
    )

    assert judge(block(FILTERED, said, ENTERED), OWN) == Trust()
    assert verdict(said, FILTERED, ENTERED) is Verdict.VERIFIED


@pytest.mark.parametrize("apart", [False, True])
def test_no_number_of_signatures_hides_a_failed_check(apart: bool) -> None:
    """A sender signs as often as he likes; receivers write one field for all, or one for each."""
    signatures = [f"dkim=pass header.d=s{number}.example" for number in range(120)]
    said = [*signatures, "dkim=pass header.d=shop.example", "dmarc=fail header.from=shop.example"]
    fields = [f"Authentication-Results: mx.own.example; {each}" for each in (said if apart else ["; ".join(said)])]

    trust = judge(block(*fields, ENTERED), OWN)

    assert trust.verdict is Verdict.FAILED
    assert Check("dmarc", "fail", "shop.example") in trust.checks


@given(st.lists(st.sampled_from([FORGED, ENTERED, INSIDE, SENT, "Received: garbage", "Received:"]), max_size=8))
def test_c54_nothing_below_the_door_counts(lines: list[str]) -> None:
    assert own_results(block(INSIDE, ENTERED, *lines), OWN) == ()


@settings(deadline=None)  # the first octets that are no ASCII load what guesses charsets
@given(st.binary(max_size=600))
def test_no_header_makes_it_fail(octets: bytes) -> None:
    assert isinstance(judge(b"Received: " + octets + b"\r\nAuthentication-Results: " + octets, OWN), Trust)


def test_a_provider_that_writes_below_its_door_is_believed_where_it_received_the_mail() -> None:
    google = receiver.of_accounts([account("imap.gmail.com")])
    top = "Received: by 2002:a05:7300:1c8a:b0:1a2 with SMTP id x1"
    entered = ENTERED.replace("mx.own.example", "mx.google.com")
    said = PASS.replace("mx.own.example", "mx.google.com")
    forged = FORGED.replace("mx.own.example", "mx.google.com")

    assert verdict(top, entered, said, who=google) is Verdict.VERIFIED
    assert verdict(entered, said, who=google) is Verdict.VERIFIED
    # the topmost is Google's; what a sender wrote comes after it
    assert verdict(top, entered, said.replace("pass", "fail"), forged, who=google) is Verdict.FAILED
    # put into the mailbox from elsewhere
    assert verdict(ENTERED, forged, sender="a@bank.example", who=google) is Verdict.UNKNOWN
    assert verdict(forged, sender="a@bank.example", who=google) is Verdict.UNKNOWN
    # an account elsewhere has no reason to believe Google
    assert verdict(top, entered, forged, sender="a@bank.example") is Verdict.UNKNOWN


def test_mails_of_a_provider_are_believed_as_they_are(record_property: Callable[[str, object], None]) -> None:
    google = receiver.of_accounts([account("imap.gmail.com")])
    seen = believed = elsewhere = 0
    for name in ("rspamd", "mikel-mail", "mailcore2", "sisimai-set-of-emails"):
        for path in corpora.corpus(name).rglob("*.eml"):
            block, _ = header.split(path.read_bytes().lstrip(b"\r\n"))
            if re.match(rb"(?:(?!Authentication-Results).*\n)*Authentication-Results:\s*mx\.google\.com", block):
                seen += 1
                believed += bool(own_results(block, google))
                elsewhere += bool(own_results(block, OWN))

    record_property("agreement", f"mails of Gmail: {believed} of {seen} believed, {elsewhere} by an account elsewhere")
    assert seen > 30
    assert believed >= seen * 0.95
    assert elsewhere == 0


def test_microsoft_names_nobody() -> None:
    microsoft = receiver.of_accounts([account("outlook.office365.com")])
    top = "Received: from AM0.eurprd05.prod.outlook.com (2603:10a6::1) by AM4.eurprd05.prod.outlook.com with HTTPS"
    said = "Authentication-Results: spf=pass smtp.mailfrom=shop.example; dmarc=pass header.from=shop.example"

    assert verdict(top, ENTERED, said, who=microsoft) is Verdict.VERIFIED
    assert verdict(ENTERED, said, who=microsoft) is Verdict.UNKNOWN
    assert judge(block(top, ENTERED, said), microsoft).receiver == ""


def test_who_receives_follows_from_the_account() -> None:
    assert receiver.of_accounts([account("mail.hoster.example", "me@firm.example")]).domains == (
        "firm.example",
        "hoster.example",
    )
    assert "messagingengine.com" in receiver.of_accounts([account("imap.fastmail.com")]).domains
    assert receiver.of_accounts([MailAccount(id=uuid.uuid4(), address="me@firm.example")]) == Receiver()


# what follows


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("dmarc=pass header.from=shop.example", Verdict.VERIFIED),
        ("dmarc=success(p=REJECT) header.from=shop.example", Verdict.VERIFIED),
        ("dkim=pass header.d=shop.example", Verdict.VERIFIED),
        ("dkim=pass header.i=@mail.shop.example", Verdict.VERIFIED),
        ("dkim=fail header.d=shop.example; spf=pass smtp.mailfrom=b@bounce.shop.example", Verdict.VERIFIED),
        ("dmarc=none header.from=shop.example; dkim=pass header.d=shop.example", Verdict.VERIFIED),
        ("dmarc=fail header.from=shop.example; dkim=pass header.d=shop.example", Verdict.FAILED),
        ("dmarc=pass header.from=shop.example; dmarc=fail header.from=shop.example", Verdict.FAILED),
        ("dmarc=pass header.from=other.example", Verdict.NOT_VERIFIED),
        ("dmarc=pass", Verdict.NOT_VERIFIED),
        ("dmarc=permerror header.from=shop.example; spf=pass smtp.mailfrom=shop.example", Verdict.NOT_VERIFIED),
        ("dkim=pass header.d=evil.example", Verdict.NOT_VERIFIED),
        ("dkim=pass header.d=notshop.example", Verdict.NOT_VERIFIED),
        ("dkim=pass header.d=example", Verdict.NOT_VERIFIED),
        ("dkim=pass", Verdict.NOT_VERIFIED),
        ("spf=softfail smtp.mailfrom=shop.example; dkim=none", Verdict.NOT_VERIFIED),
        ("spf=pass smtp.mailfrom=list.example", Verdict.NOT_VERIFIED),
        ("none", Verdict.UNKNOWN),
        ("auth=pass smtp.auth=me@shop.example", Verdict.UNKNOWN),
        ("x-nonsense=pass header.from=shop.example", Verdict.UNKNOWN),
    ],
)
def test_verdicts(said: str, expected: Verdict) -> None:
    assert verdict(f"Authentication-Results: mx.own.example; {said}", ENTERED) is expected


def test_results_may_come_in_several_fields() -> None:
    fields = [
        f"Authentication-Results: mx.own.example; {each}" for each in ("spf=none", "dkim=pass header.d=shop.example")
    ]

    trust = judge(block(*fields, ENTERED), OWN)

    assert trust == Trust(
        Verdict.VERIFIED,
        "shop.example",
        "mx.own.example",
        (Check("spf", "none", ""), Check("dkim", "pass", "shop.example")),
    )
    assert trust.tells_of_signatures
    assert trust.signed_by("shop.example")
    assert not trust.signed_by("evil.example")


@pytest.mark.parametrize(
    "sender", ["a@shop.example, b@evil.example", "Nobody", "a@shop.example\r\nFrom: b@evil.example", "<>"]
)
def test_c10_a_mail_that_names_several_senders_is_never_verified(sender: str) -> None:
    said = (
        "Authentication-Results: mx.own.example; dmarc=pass header.from=shop.example; dkim=pass header.d=shop.example"
    )

    assert verdict(said, ENTERED, sender=sender) is Verdict.NOT_VERIFIED


def test_results_of_real_mails(record_property: Callable[[str, object], None]) -> None:
    """Fields of real servers: each is read as the server meant it when it stands where it is believed."""
    names = ("chatmail-core", "rspamd", "postal-mime", "nodemailer-mailparser", "mikel-mail", "php-mime-mail-parser")
    seen = read = agreed = 0
    for name in names:
        for path in corpora.corpus(name).rglob("*"):
            if path.suffix not in {".eml", ".txt", ".msg"} or not path.is_file():
                continue
            fields, _ = header.split(path.read_bytes().lstrip(b"\r\n"))
            for value in header.fields(fields, frozenset({b"authentication-results"})).get(
                b"authentication-results", []
            ):
                meant = set(re.findall(rb"\b(dmarc|spf)=(pass|fail|none|softfail)\b", value))
                meant |= set(re.findall(rb"\b(dkim)=(pass|fail|none)\b", value))
                who = value.strip().partition(b";")[0].split()[0].decode()
                above = (
                    b"Authentication-Results:"
                    + value.rstrip()
                    + b"\r\nReceived: from x (x [203.0.113.1]) by "
                    + who.encode()
                )
                trust = judge(above + b"\r\nFrom: a@shop.example\r\n", OWN)
                seen += 1
                read += bool(trust.checks) or not meant
                agreed += meant <= {(c.method.encode(), c.outcome.encode()) for c in trust.checks}

    record_property("agreement", f"Authentication-Results: {read} of {seen} fields read, {agreed} as they are meant")
    assert seen >= 15
    assert read == agreed == seen
