"""What is known that helps to judge a sender: the accounts' receivers, own domains, those the person wrote to."""

from __future__ import annotations

from unittest.mock import patch

from desktop.base import clock
from desktop.domain.mail.document import Document, Options
from desktop.domain.mail.folder import Role
from desktop.domain.mail.preparing import prepare
from desktop.domain.mail.sender_checks import SenderAnomaly
from desktop.domain.mail.trust import Verdict
from desktop.services.mail.acquaintance import KEPT_S, Acquaintance
from desktop.services.mail.reading import Reading
from tests.desk import mail
from tests.shelf import NoErrands, Shelf

SENT = b"From: me@example.org\r\nTo: Bob <bob@Stripeinvoices.example>\r\nMessage-ID: <s@example.org>\r\n\r\nx"


class HereAndNow:
    """Prepares in this process."""

    def prepare(self, raw: bytes, options: Options | None = None) -> Document:
        return prepare(raw, options)


def document(shelf: Shelf, raw: bytes) -> Document:
    """Let a mail arrive and open it."""
    shelf.arrive(raw)
    key = shelf.mails()[0]
    reading = Reading(shelf.database, shelf.blobs, HereAndNow(), NoErrands())  # type: ignore[arg-type]
    return reading.document(key)


def test_own_domains_and_those_written_to_are_known(shelf: Shelf) -> None:
    shelf.arrive(SENT, Role.SENT)
    shelf.arrive(mail(1, From="stranger@elsewhere-company.example"))

    known = Acquaintance(shelf.database)

    assert known.known_around("mail.example.org") == ("example.org",)
    assert known.known_around("examp1e.org") == ("example.org",)
    assert known.known_around("stripe-invoices.example") == ("stripeinvoices.example",)
    # who only writes is not known by that
    assert known.known_around("elsewhere-cornpany.example") == ()


def test_it_is_read_again_after_a_while(shelf: Shelf) -> None:
    known = Acquaintance(shelf.database)
    assert known.known_around("stripe-invoices.example") == ()

    shelf.arrive(SENT, Role.SENT)
    now = clock.monotonic()

    assert known.known_around("stripe-invoices.example") == ()
    with patch.object(clock, "monotonic", return_value=now + KEPT_S + 1):
        assert known.known_around("stripe-invoices.example") == ("stripeinvoices.example",)


def test_c10_a_mail_that_imitates_somebody_known_is_marked(shelf: Shelf) -> None:
    shelf.arrive(SENT, Role.SENT)

    shown = document(shelf, mail(2, From="Bob <bob@stripeinvoice.example>"))

    assert shown.sender_anomalies == (SenderAnomaly.LOOKALIKE,)


def test_only_the_receiver_of_the_account_is_believed(shelf: Shelf) -> None:
    entered = b"Received: from x (x [203.0.113.5]) by mx.%s with ESMTP\r\n"
    said = b"Authentication-Results: mx.example.org; dmarc=pass header.from=shop.example\r\n"
    other = b"Authentication-Results: mx.other.example; dmarc=pass header.from=shop.example\r\n"

    own = document(shelf, said + entered % b"example.org" + mail(3, From="a@shop.example"))
    foreign = document(shelf, other + entered % b"example.org" + mail(4, From="a@shop.example"))

    assert own.trust.verdict is Verdict.VERIFIED
    assert foreign.trust.verdict is Verdict.UNKNOWN
