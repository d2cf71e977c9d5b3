"""Names and signatures of the addresses of a mail account, as they are written in its form."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.ui.preferences.account_draft import Field, account_of, complaints, draft_of
from desktop.ui.preferences.account_fields import AccountFields
from desktop.ui.theme import Theme

JAN = Identity("jan@firm.example", "Jan", signature="<p>Jan <b>Berger</b></p>")
SALES = Identity("sales@firm.example", "Sales", "team@firm.example", "<p>The team</p>", "")
IMAP = Endpoint("imap.firm.example", 993, Security.TLS, "jan")
ACCOUNT = MailAccount(uuid.uuid4(), "jan@firm.example", "Jan", imap=IMAP, identities=(JAN, SALES))


@pytest.fixture
def fields(theme: Theme, qtbot: QtBot) -> AccountFields:
    made = AccountFields(theme, is_new=False)
    qtbot.addWidget(made)
    made.show_draft(draft_of(ACCOUNT))
    return made


def kept(fields: AccountFields) -> tuple[Identity, ...]:
    return account_of(fields.draft(), ACCOUNT).identities


def test_what_nobody_touches_stays_as_it_is(fields: AccountFields) -> None:
    fields.identities.address.setCurrentIndex(1)
    fields.identities.address.setCurrentIndex(0)

    assert kept(fields) == (JAN, SALES)


def test_each_address_has_its_own(fields: AccountFields) -> None:
    who = fields.identities
    assert (who.name.text(), who.signature.toPlainText(), who.below_answers.isChecked()) == ("Jan", "Jan Berger", True)
    who.signature.setPlainText("Jan Berger\n+43 1 234")
    who.address.setCurrentIndex(1)
    assert (who.name.text(), who.reply_to.text(), who.signature.toPlainText()) == (
        "Sales",
        "team@firm.example",
        "The team",
    )
    assert not who.below_answers.isChecked()
    who.reply_to.setText("")
    who.below_answers.setChecked(True)
    who.is_default.setChecked(True)

    first, second = kept(fields)
    assert first == replace(SALES, reply_to="", reply_signature=None), "it is the default now"
    assert "+43 1 234" in second.signature
    assert "Jan Berger" in second.signature
    assert "<b>" not in second.signature


def test_the_name_of_the_account_is_that_of_who_has_no_other(fields: AccountFields) -> None:
    fields.name.setText("Jan Berger")
    fields.aliases.setText("sales@firm.example, jb@firm.example")

    assert [(each.address, each.name) for each in kept(fields)] == [
        ("jan@firm.example", "Jan Berger"),
        ("sales@firm.example", "Sales"),
        ("jb@firm.example", "Jan Berger"),
    ]


def test_an_address_that_is_taken_away_takes_what_is_known_of_it_along(fields: AccountFields) -> None:
    fields.aliases.setText("")
    assert kept(fields) == (JAN,)
    fields.aliases.setText("sales@firm.example")
    assert kept(fields) == (JAN, SALES), "unless one thinks again"


def test_an_account_that_moves_keeps_its_signature(fields: AccountFields) -> None:
    fields.address.setText("jan@other.example")

    assert kept(fields)[0] == replace(JAN, address="jan@other.example")


def test_without_anything_said_there_is_nothing_to_keep(theme: Theme, qtbot: QtBot) -> None:
    plain = MailAccount(uuid.uuid4(), "jan@firm.example", "Jan")
    fields = AccountFields(theme, is_new=False)
    qtbot.addWidget(fields)
    fields.show_draft(draft_of(plain))

    assert account_of(fields.draft(), plain) == plain


def test_where_answers_go_must_be_an_address(fields: AccountFields) -> None:
    fields.identities.address.setCurrentIndex(1)
    fields.identities.reply_to.setText("the team")
    fields.identities.address.setCurrentIndex(0)
    found = complaints(fields.draft())
    fields.complain(found)

    assert set(found) == {Field.REPLY_TO}
    assert fields.identities.address.currentIndex() == 1
    assert fields.identities.reply_to.accessibleDescription() == "“the team” is not an email address."
