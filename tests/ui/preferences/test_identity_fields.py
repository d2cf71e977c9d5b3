"""Names and signatures of the addresses of a mail account, as they are written in its form."""

from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from PySide6.QtGui import QTextCharFormat, QTextCursor
from pytestqt.qtbot import QtBot

from desktop.domain.mail.draft import Identity
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.ui.compose.editor import Editor
from desktop.ui.compose.signature_field import SignatureField
from desktop.ui.preferences.account_draft import Field, account_of, complaints, draft_of
from desktop.ui.preferences.account_fields import AccountFields
from desktop.ui.preferences.fold import Fold
from desktop.ui.preferences.identity_fields import SignatureEditor
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from tests.ui.preferences.conftest import signatures

JAN = Identity("jan@firm.example", "Jan", signature="<p>Jan <b>Berger</b></p>")
SALES = Identity("sales@firm.example", "Sales", "team@firm.example", "<p>The team</p>", "")
IMAP = Endpoint("imap.firm.example", 993, Security.TLS, "jan")
ACCOUNT = MailAccount(uuid.uuid4(), "jan@firm.example", "Jan", imap=IMAP, identities=(JAN, SALES))


@pytest.fixture
def fields(theme: Theme, tasks: Tasks, qtbot: QtBot) -> AccountFields:
    made = AccountFields(theme, signatures(theme, tasks), is_new=False)
    qtbot.addWidget(made)
    made.show_draft(draft_of(ACCOUNT))
    return made


def written_in(signature: SignatureEditor) -> Editor:
    assert isinstance(signature, SignatureField)
    return signature.editor


def kept(fields: AccountFields) -> tuple[Identity, ...]:
    return account_of(fields.draft(), ACCOUNT).identities


def test_what_nobody_touches_stays_as_it_is(fields: AccountFields) -> None:
    fields.identities.address.setCurrentIndex(1)
    fields.identities.address.setCurrentIndex(0)

    assert kept(fields) == (JAN, SALES)


def test_each_address_has_its_own(fields: AccountFields) -> None:
    who = fields.identities
    text = written_in(who.signature)
    assert (who.name.text(), text.toPlainText(), who.below_answers.currentText()) == (
        "Jan",
        "Jan Berger",
        "The same signature",
    )
    text.moveCursor(QTextCursor.MoveOperation.End)
    text.setCurrentCharFormat(QTextCharFormat())
    text.insertPlainText(", +43 1 234")
    who.address.setCurrentIndex(1)
    assert (who.name.text(), who.reply_to.text(), text.toPlainText()) == ("Sales", "team@firm.example", "The team")
    assert who.below_answers.currentText() == "No signature"
    who.reply_to.setText("")
    who.below_answers.setCurrentIndex(0)
    who.is_default.setChecked(True)

    first, second = kept(fields)
    assert first == replace(SALES, reply_to="", reply_signature=None), "it is the default now"
    assert second.signature == "<p>Jan <b>Berger</b>, +43 1 234</p>"


def test_answers_have_a_signature_of_their_own(fields: AccountFields) -> None:
    who = fields.identities
    fields.show()
    for fold in fields.findChildren(Fold):
        fold.heading.setChecked(True)
    short = written_in(who.reply_signature)
    assert not short.isVisible()
    who.below_answers.setCurrentIndex(who.below_answers.findText("Another signature"))
    assert short.isVisible()
    short.insertPlainText("Jan")
    who.address.setCurrentIndex(1)
    assert not short.isVisible()
    who.address.setCurrentIndex(0)

    assert short.toPlainText() == "Jan"
    assert kept(fields)[0] == replace(JAN, reply_signature="<p>Jan</p>")


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


def test_without_anything_said_there_is_nothing_to_keep(theme: Theme, tasks: Tasks, qtbot: QtBot) -> None:
    plain = MailAccount(uuid.uuid4(), "jan@firm.example", "Jan")
    fields = AccountFields(theme, signatures(theme, tasks), is_new=False)
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
