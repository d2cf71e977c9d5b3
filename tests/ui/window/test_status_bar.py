"""What the status bar says of accounts and of the queue."""

from __future__ import annotations

import uuid

import pytest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from desktop.base import i18n
from desktop.base.errors import Remedy
from desktop.domain.mail.mail_account import AccountStatus, Activity, Cause, MailAccount
from desktop.ui.mail.whole_mails import Coming
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import Paragraph
from desktop.ui.widgets.wrapped_text import SelectableText
from desktop.ui.window.account_popup import AccountPopup
from desktop.ui.window.account_words import remedy_words, short, status_words
from desktop.ui.window.status_bar import StatusBar

ACCOUNTS = tuple(MailAccount(uuid.uuid4(), f"{name}@firm.example", key=key) for key, name in enumerate("abcde", 1))


@pytest.mark.parametrize("activity", list(Activity))
def test_every_activity_has_words(activity: Activity) -> None:
    words = status_words("jan@", AccountStatus(1, activity))
    assert words.text.startswith("jan@: ")
    assert words.is_trouble is (activity in (Activity.WAITING, Activity.TROUBLE, Activity.PAUSED))


def test_progress_is_counted() -> None:
    words = status_words("support@", AccountStatus(1, Activity.SYNCING, done=1204, total=6046))
    assert words.text == "support@: syncing 1,204 of 6,046"
    assert (words.done, words.total, words.can_pause) == (1204, 6046, True)


def test_what_an_account_waits_for_is_said_by_its_kind() -> None:
    said = {cause: status_words("jan@", AccountStatus(1, Activity.WAITING, cause=cause)).text for cause in Cause}
    assert said[Cause.NONE] == said[Cause.NO_CONNECTION] == "jan@: no connection, next try"
    assert said[Cause.DISK_FULL] == "jan@: the disk is full, next try"
    assert said[Cause.MAILBOX_FULL] == "jan@: the mailbox on the server is full, next try"
    assert len(set(said.values())) == len(Cause) - 1


@pytest.mark.parametrize("remedy", [remedy for remedy in Remedy if remedy])
def test_every_remedy_has_a_button(remedy: Remedy) -> None:
    assert remedy_words(remedy.value)
    assert remedy_words("something new") == ""


def test_short_names() -> None:
    assert (short("jan@firm.example"), short("odd")) == ("jan@", "odd")


@pytest.fixture
def bar(theme: Theme, qtbot: QtBot) -> StatusBar:
    made = StatusBar(theme)
    qtbot.addWidget(made)
    made.resize(1384, 26)
    made.show()
    return made


def _texts(bar: StatusBar) -> list[str]:
    return [button.accessibleName() for button in bar.findChildren(QPushButton) if button.isVisible()]


def test_each_account_is_told(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_accounts(ACCOUNTS[:2], {1: AccountStatus(1, Activity.PAUSED)})
    qtbot.waitUntil(lambda: _texts(bar) == ["a@firm.example: paused", "b@firm.example: not fetched"])


def test_many_accounts_that_are_well_are_told_in_one_sum(bar: StatusBar, qtbot: QtBot) -> None:
    statuses = {account.key: AccountStatus(account.key, Activity.UP_TO_DATE) for account in ACCOUNTS}
    statuses[3] = AccountStatus(3, Activity.TROUBLE, problem="No.", remedy="sign-in")
    bar.show_accounts(ACCOUNTS, statuses)
    expected = ["4 mail accounts up to date", "c@firm.example: sign in again"]
    qtbot.waitUntil(lambda: sorted(_texts(bar)) == expected)


def test_an_account_that_goes_is_told_no_more(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_accounts(ACCOUNTS[:2], {})
    bar.show_accounts(ACCOUNTS[1:2], {})
    qtbot.waitUntil(lambda: _texts(bar) == ["b@firm.example: not fetched"])


def test_trouble_is_explained_with_the_servers_words_folded_and_one_button(bar: StatusBar, qtbot: QtBot) -> None:
    asked: list[tuple[int, str]] = []
    bar.remedy_chosen.connect(lambda key, remedy: asked.append((key, remedy)))
    status = AccountStatus(
        1,
        Activity.TROUBLE,
        problem="The server does not accept the password.",
        details="NO <b>AUTH</b>",
        remedy="sign-in",
    )
    bar.show_accounts(ACCOUNTS[:1], {1: status})

    bar._items[1].words.click()
    popup = bar.findChild(AccountPopup)
    assert isinstance(popup, AccountPopup)
    texts = {part.text(): part.isVisible() for kind in (Paragraph, SelectableText) for part in popup.findChildren(kind)}
    popup.button.click()

    assert texts == {"The server does not accept the password.": True, "NO <b>AUTH</b>": False}
    assert asked == [(1, "sign-in")]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_button_beside_trouble_is_cut(bar: StatusBar, language: str) -> None:
    i18n.set_language(language)
    status = AccountStatus(1, Activity.TROUBLE, problem="No.", details="NO [AUTH]", remedy="sign-in")
    try:
        bar.show_accounts(ACCOUNTS[:1], {1: status})
        bar._items[1].words.click()
    finally:
        i18n.set_language("en")
    popup = bar.findChild(AccountPopup)
    assert isinstance(popup, AccountPopup)

    buttons = [button for button in popup.findChildren(QPushButton) if button.isVisible()]
    needed = {button.accessibleName() or button.text(): button.sizeHint().width() for button in buttons}
    given = {button.accessibleName() or button.text(): button.width() for button in buttons}
    popup.close()

    assert len(needed) == 3
    assert {name for name in needed if given[name] < needed[name]} == set()


def test_a_sync_can_be_paused(bar: StatusBar) -> None:
    asked: list[int] = []
    bar.pause_requested.connect(asked.append)
    bar.show_accounts(ACCOUNTS[:1], {1: AccountStatus(1, Activity.SYNCING, done=1, total=2)})
    bar._items[1].pause.click()
    assert asked == [1]


def test_waiting_operations_are_counted_and_lead_to_their_window(bar: StatusBar) -> None:
    asked: list[bool] = []
    bar.operations_requested.connect(lambda: asked.append(True))
    bar.show_waiting(0, 0)
    assert _texts(bar) == []
    bar.show_waiting(3, 0)
    assert _texts(bar) == ["3 waiting"]
    bar.show_waiting(3, 1)
    assert _texts(bar) == ["1 operation failed"]
    bar._waiting.click()
    assert asked == [True]


def test_a_mail_that_is_fetched_to_be_saved_is_told_with_a_way_to_end_it(bar: StatusBar) -> None:
    ended: list[bool] = []
    bar.end_requested.connect(lambda: ended.append(True))
    assert _texts(bar) == []

    bar.show_coming(Coming("offer.eml", 5, 20))
    assert _texts(bar) == ["Fetching offer.eml", "End fetching"]
    bar._coming.pause.click()
    bar.show_coming(None)

    assert ended == [True]
    assert _texts(bar) == []


def test_a_long_address_is_cut_and_told_by_a_tooltip(bar: StatusBar, qtbot: QtBot) -> None:
    address = "x" * 400 + "@firm.example"
    accounts = (MailAccount(uuid.uuid4(), address, key=1), *ACCOUNTS[1:3])
    bar.show_accounts(accounts, {1: AccountStatus(1, Activity.WAITING)})

    assert bar.minimumSizeHint().width() < 480
    qtbot.waitUntil(lambda: address in bar._items[1].words.toolTip())
    qtbot.waitUntil(lambda: bar._items[3].isVisible())
    assert bar._items[3].geometry().right() <= bar.width()


@pytest.mark.parametrize("activity", [one for one in Activity if one is not Activity.OFF])
def test_whatever_an_account_does_its_place_lets_one_pause_or_resume(
    bar: StatusBar, qtbot: QtBot, activity: Activity
) -> None:
    asked: list[tuple[str, int]] = []
    bar.pause_requested.connect(lambda key: asked.append(("pause", key)))
    bar.resume_requested.connect(lambda key: asked.append(("resume", key)))
    bar.show_accounts(ACCOUNTS[:1], {1: AccountStatus(1, activity)})

    bar._items[1].words.click()
    popup = bar.findChild(AccountPopup)
    assert isinstance(popup, AccountPopup)
    names = {"Pause fetching", "Resume"}
    [button] = [one for one in popup.findChildren(QPushButton) if {one.text(), one.accessibleName()} & names]
    button.click()

    assert asked == [("resume" if activity is Activity.PAUSED else "pause", 1)]
    assert not popup.isVisible()


def test_an_account_that_is_not_fetched_leads_nowhere(bar: StatusBar) -> None:
    bar.show_accounts(ACCOUNTS[:1], {})
    bar._items[1].words.click()
    assert bar.findChild(AccountPopup) is None


def test_an_import_is_shown_with_its_way_out(bar: StatusBar, qtbot: QtBot) -> None:
    bar.show_transfer("Importing: 3 mails", 3, 12)
    shown = bar._transfer

    assert shown.isVisible()
    assert shown.words.accessibleName() == "Importing: 3 mails"
    assert shown.bar.isVisible()
    assert shown.pause.accessibleName() == "Cancel"
    with qtbot.waitSignal(bar.transfer_cancelled):
        shown.pause.click()
    bar.show_transfer("Making a backup before the import")
    assert not shown.bar.isVisible()
    bar.show_transfer("")
    assert not shown.isVisible()
