"""The steps of setting up an account: what is asked, what is shown, and when a password leaves the window."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QWidget

from desktop.base import clock, i18n
from desktop.base.errors import Remedy
from desktop.domain import settings
from desktop.domain.certificate import Certificate
from desktop.domain.mail.account_check import Check, CheckState
from desktop.domain.mail.discovery import Discovery, Verdict, of_provider
from desktop.domain.mail.found_server import FoundServer, SignIn
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.providers import provider_by_id
from desktop.services.errands import TestResult, imap_secret, smtp_secret
from desktop.ui.preferences.certificate_question import CertificateQuestion
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.widgets.buttons import Button
from desktop.ui.window.first_run.set_up import Step
from desktop.ui.window.first_run.words import way_words
from tests.ui.found_servers import DOMAIN, FOREIGN, GOOD, found
from tests.ui.window.first_run.conftest import PAUSE_MS, Guide

PASSWORD = "right horse"


async def sign_in_shown(guide: Guide, discovery: Discovery) -> None:
    """Go to the second step, with this found."""
    await guide.open()
    await guide.write_address()
    guide.set_up.go_on()
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)
    guide.stand_in.find(discovery)
    await guide.until(lambda: guide.set_up.search.found is not None)


async def signing_in(guide: Guide) -> None:
    """Go to the third step, the trial under way."""
    await sign_in_shown(guide, found())
    guide.set_up.sign_in.password.setText(PASSWORD)
    guide.set_up.go_on()
    await guide.until(lambda: guide.stand_in.trials)


async def folders_shown(guide: Guide) -> None:
    """Go to the last step."""
    await signing_in(guide)
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)
    guide.set_up.go_on()


def links(guide: Guide) -> dict[str, Button]:
    """Return the buttons that can be seen, by their words."""
    return {button.text(): button for button in guide.page.findChildren(Button) if button.isVisible()}


# the address


async def test_servers_are_looked_for_while_one_still_types(guide: Guide) -> None:
    await guide.open()
    for text in ("jan@f", "jan@firm", "jan@firm.e", "jan@firm.ex"):
        guide.set_up.address.address.setText(text)
    await guide.write_address()
    looking = guide.set_up.address.news.words.text()

    guide.stand_in.searches[-1][1](2, 6)
    guide.stand_in.find(found())
    await guide.until(lambda: "imap.firm.example" in guide.set_up.address.news.words.text())

    assert [domain for domain, _, _ in guide.stand_in.searches] == [DOMAIN]
    assert DOMAIN in looking
    assert guide.set_up.step is Step.ADDRESS


async def test_another_domain_gives_the_search_before_it_up_and_another_name_does_not(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()
    guide.set_up.address.address.setText("anna@firm.example")
    await asyncio.sleep(5 * PAUSE_MS / 1000)
    same = len(guide.stand_in.searches)

    await guide.write_address("jan@other.example")

    assert same == 1
    assert guide.stand_in.searches[0][2].cancelled()
    assert [domain for domain, _, _ in guide.stand_in.searches] == [DOMAIN, "other.example"]


@pytest.mark.parametrize("address", ["", "jan", "jan@localhost", "jan@firm..example", "@firm.example"])
async def test_no_address_is_said_at_its_field(guide: Guide, address: str) -> None:
    await guide.open()
    guide.set_up.address.address.setText(address)

    guide.press(Qt.Key.Key_Return)

    await guide.until(lambda: "like name@example.org" in guide.set_up.address._address_row._below.text())
    assert guide.set_up.step is Step.ADDRESS
    assert guide.set_up.address.address.hasFocus()
    guide.set_up.address.address.setText("jan@firm.example")
    assert guide.set_up.address._address_row._below.text() == ""


async def test_an_address_that_is_set_up_already_is_said_at_its_field(guide: Guide) -> None:
    server = Endpoint("imap.firm.example", 993, Security.TLS, "")
    guide.core.services.accounts.add(MailAccount(uuid.uuid4(), "Jan@firm.example", imap=server), None)
    guide.window.restore()
    guide.window.show()
    await guide.until(lambda: guide.window.watch._accounts)
    guide.window.middle.begin()
    await guide.write_address()

    guide.set_up.go_on()

    await guide.until(lambda: "already set up" in guide.set_up.address._address_row._below.text())


async def test_a_misspelled_domain_is_said_while_one_can_still_correct_it(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()

    guide.stand_in.find(Discovery(DOMAIN, Verdict.NO_SUCH_DOMAIN))

    await guide.until(lambda: "Check how the address is written" in guide.set_up.address.news.words.text())


# the servers


async def test_going_on_before_servers_are_found_shows_how_far_the_search_is(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()
    guide.set_up.go_on()
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)
    guide.stand_in.searches[-1][1](3, 6)
    await guide.until(lambda: guide.set_up.sign_in.progress.words.text().endswith("3 of 6"))
    waiting = guide.set_up.foot.onward.isVisible(), guide.set_up.sign_in.password.isVisible()

    guide.stand_in.find(found())

    await guide.until(guide.set_up.sign_in.password.hasFocus)
    assert waiting == (False, False)
    assert len(guide.stand_in.searches) == 1
    servers = guide.set_up.sign_in.servers
    assert (servers.incoming.host.text, servers.outgoing.host.text) == ("imap.firm.example", "smtp.firm.example")
    assert servers.incoming.accessibleName() == "Incoming: imap.firm.example, 993, TLS"


async def test_c42_a_password_goes_nowhere_before_the_servers_were_seen_and_sign_in_was_pressed(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()
    guide.press(Qt.Key.Key_Return)
    guide.press(Qt.Key.Key_Return)
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)
    guide.set_up.sign_in.password.setText(PASSWORD)  # nothing is shown yet
    guide.set_up.go_on()
    unseen = list(guide.stand_in.trials)

    guide.stand_in.find(found())
    await guide.until(guide.set_up.sign_in.servers.isVisible)
    seen = list(guide.stand_in.trials)
    guide.set_up.foot.onward.click()
    await guide.until(lambda: guide.stand_in.trials)

    assert unseen == seen == []
    account, password, _, _ = guide.stand_in.trials[0]
    assert password == PASSWORD
    assert account.imap == Endpoint("imap.firm.example", 993, Security.TLS, "jan@firm.example")


async def test_c42_servers_only_name_servers_vouch_for_need_a_yes_first(guide: Guide) -> None:
    await sign_in_shown(guide, found(FOREIGN))
    step = guide.set_up.sign_in
    step.password.setText(PASSWORD)

    step.password.setFocus()
    guide.press(Qt.Key.Key_Return)
    refused = list(guide.stand_in.trials), step._consent_wrong.isVisible(), step.consent.hasFocus()
    guide.press(Qt.Key.Key_Space)
    guide.set_up.go_on()
    await guide.until(lambda: guide.stand_in.trials)

    assert refused == ([], True, True)
    assert step.news.banner is not None
    assert "imap.hoster.example" in step.news.banner.text
    assert "imap.hoster.example, smtp.hoster.example" in step.consent.text()
    assert "Your Bank" not in step._title.text(), "a name anybody can give himself"
    assert guide.stand_in.trials[0][1] == PASSWORD


async def test_c42_a_yes_and_a_password_are_for_one_address_only(guide: Guide) -> None:
    await sign_in_shown(guide, found(FOREIGN))
    guide.set_up.sign_in.consent.setChecked(True)
    guide.set_up.sign_in.password.setText(PASSWORD)

    guide.set_up.go_back()
    await guide.write_address("jan@other.example")
    guide.stand_in.find(replace(found(replace(FOREIGN, foreign=("imap.evil.example",))), domain="other.example"))
    guide.set_up.go_on()
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)

    assert not guide.set_up.sign_in.consent.isChecked()
    assert guide.set_up.sign_in.password.text() == ""


async def test_a_password_is_asked_for_at_its_field(guide: Guide) -> None:
    await sign_in_shown(guide, found())

    guide.set_up.go_on()

    assert guide.set_up.sign_in._password_row._below.text() == "Write your password."
    assert guide.set_up.sign_in.password.echoMode() is QLineEdit.EchoMode.Password
    assert guide.stand_in.trials == []


async def test_a_provider_without_passwords_is_said(guide: Guide) -> None:
    only_browser = FoundServer("imap.firm.example", 993, Security.TLS, sign_in=(SignIn.BROWSER,))

    await sign_in_shown(guide, found(replace(GOOD, imap=only_browser)))

    assert "app password" in guide.set_up.sign_in._hint.text()


@pytest.mark.parametrize(
    ("discovery", "words"),
    [
        (Discovery(DOMAIN, Verdict.NOTHING), "No servers were found for firm.example"),
        (Discovery(DOMAIN, Verdict.NO_SUCH_DOMAIN), "There is no firm.example"),
        (Discovery(DOMAIN, Verdict.NO_CONNECTION), "Check your internet connection"),
        (Discovery(DOMAIN, Verdict.NOTHING, plain_only=True), "only servers without encryption"),
    ],
)
async def test_where_nothing_is_found_there_is_a_way_on(guide: Guide, discovery: Discovery, words: str) -> None:
    await sign_in_shown(guide, discovery)
    step = guide.set_up.sign_in

    assert step.news.banner is not None
    assert words in step.news.banner.text
    assert not step.password.isVisible()
    assert not guide.set_up.foot.onward.isVisible()
    links(guide)["Look again"].click()
    await guide.until(lambda: len(guide.stand_in.searches) == 2)
    guide.stand_in.find(found())
    await guide.until(step.password.hasFocus)


# by hand


async def test_by_hand_the_form_goes_on_with_all_that_is_known(guide: Guide) -> None:
    await sign_in_shown(guide, found())
    guide.set_up.address.name.setText("Jan Berger")
    guide.set_up.sign_in.password.setText(PASSWORD)

    links(guide)["Edit by hand"].click()

    form = guide.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    draft = form.fields.draft()
    assert (draft.address, draft.name, form.fields.password.text()) == ("jan@firm.example", "Jan Berger", PASSWORD)
    assert (draft.imap.host, draft.imap.port, draft.imap.user) == ("imap.firm.example", "993", "jan@firm.example")
    assert (draft.smtp.host, draft.smtp.port) == ("smtp.firm.example", "465")
    form.close()
    assert guide.set_up.step is Step.SIGN_IN


async def test_by_hand_without_anything_found_the_usual_names_are_proposed(guide: Guide) -> None:
    await guide.open()
    guide.set_up.address.address.setText("jan@firm.example")

    links(guide)["Enter servers by hand"].click()

    form = guide.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    draft = form.fields.draft()
    assert (draft.imap.host, draft.smtp.host, draft.imap.user) == (
        *("imap.firm.example", "smtp.firm.example"),
        "jan@firm.example",
    )
    form.fields.address.setText("jan@other.example")
    assert form.fields.draft().imap.host == "imap.other.example"
    form.close()


async def test_c42_by_hand_proposes_no_server_of_which_its_doubt_was_not_seen(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()
    guide.stand_in.find(found(FOREIGN))
    await guide.until(lambda: guide.set_up.search.found is not None)

    links(guide)["Enter servers by hand"].click()

    form = guide.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    assert form.fields.draft().imap.host == "imap.firm.example"
    form.close()


# the trial


async def test_an_earlier_trial_that_went_well_lets_nobody_past_the_next(guide: Guide) -> None:
    await signing_in(guide)
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)
    guide.set_up.go_back()
    guide.set_up.sign_in.password.setText("another")

    guide.press(Qt.Key.Key_Return)
    guide.press(Qt.Key.Key_Return)

    assert guide.set_up.step is Step.CHECK
    await guide.until(lambda: len(guide.stand_in.trials) == 2)
    assert not guide.set_up.foot.onward.isEnabled()


async def test_a_certificate_is_trusted_for_one_address_alone(guide: Guide) -> None:
    certificate = Certificate("imap.firm.example", 993, "aa" * 32)
    await signing_in(guide)
    guide.set_up._trust(certificate)
    await guide.until(lambda: len(guide.stand_in.trials) == 2)
    guide.set_up.go_back()
    guide.set_up.go_back()

    guide.set_up.address.address.setText("jan@other.example")

    assert guide.stand_in.trials[1][0].trusted_fingerprints == (certificate.exception,)
    assert guide.set_up._account(None).trusted_fingerprints == ()


async def test_every_step_of_the_trial_is_a_row_whatever_steps_there_are(guide: Guide) -> None:
    await signing_in(guide)
    rows = guide.set_up.check.checks.rows
    await guide.until(lambda: len(rows) == 2)
    running = rows["incoming"].title.text, guide.set_up.foot.onward.isEnabled()

    guide.stand_in.tell(Check("outgoing", "Outgoing mail works", CheckState.DONE, "Messages up to 35 MB", 0.61))
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)

    assert running == ("Signing in for incoming mail", False)
    assert [row.accessibleName() for row in rows.values()] == [
        "Incoming mail works. Signed in, IDLE and QRESYNC are available. 0.4 s",
        "Folders are read. 10 folders, recognised: Sent, Drafts, Archive, Junk, Trash. 0.1 s",
        "Outgoing mail works. Messages up to 35 MB. 0.6 s",
    ]
    assert guide.set_up.foot.onward.hasFocus()


async def test_a_wrong_password_is_said_with_the_server_s_words_folded(guide: Guide) -> None:
    await signing_in(guide)
    words = "imap.firm.example did not accept the user name or password of jan@firm.example."

    guide.stand_in.fail(TestResult(False, words, "NO [AUTHENTICATIONFAILED] go away", Remedy.SIGN_IN.value))

    await guide.until(lambda: guide.set_up.check.news.banner is not None)
    banner = guide.set_up.check.news.banner
    assert banner is not None
    assert guide.set_up.check.checks.rows["incoming"].words.text() == words
    assert not banner._details.isVisible()
    links(guide)["Details"].click()
    assert "go away" in banner._details.text()
    links(guide)["Change password"].click()
    assert guide.set_up.step is Step.SIGN_IN
    assert guide.set_up.sign_in.password.hasFocus()
    assert guide.set_up.sign_in.password.text() == PASSWORD


async def test_a_server_that_is_away_can_be_tried_again(guide: Guide) -> None:
    await signing_in(guide)
    guide.stand_in.fail(TestResult(False, "imap.firm.example does not answer on port 993.", "", Remedy.RETRY.value))
    await guide.until(lambda: "Try again" in links(guide))

    links(guide)["Try again"].click()
    await guide.until(lambda: len(guide.stand_in.trials) == 2)
    guide.stand_in.succeed()

    await guide.until(guide.set_up.foot.onward.isEnabled)
    assert guide.set_up.check.news.banner is None


async def test_r40_a_certificate_is_looked_at_before_it_is_trusted(guide: Guide) -> None:
    await signing_in(guide)
    certificate = Certificate("imap.firm.example", 993, "aa" * 32)
    words = "The certificate of imap.firm.example is signed only by itself."
    guide.stand_in.fail(TestResult(False, words, "", Remedy.TRUST_CERTIFICATE.value, certificate))
    await guide.until(lambda: "Look at certificate" in links(guide))

    links(guide)["Look at certificate"].click()
    question = guide.window.findChild(CertificateQuestion)
    assert isinstance(question, CertificateQuestion)
    next(button for button in question.buttons if button.text() == "Trust certificate").click()
    await guide.until(lambda: len(guide.stand_in.trials) == 2)

    assert guide.stand_in.trials[0][0].trusted_fingerprints == ()
    assert guide.stand_in.trials[1][0].trusted_fingerprints == (certificate.exception,)


async def test_what_comes_of_a_trial_that_was_given_up_is_not_shown(guide: Guide) -> None:
    await signing_in(guide)

    guide.press(Qt.Key.Key_Escape)
    await guide.until(lambda: guide.stand_in.trials[0][3].cancelled())
    guide.stand_in.tell(Check("late", "Too late", CheckState.DONE))
    await asyncio.sleep(0.05)

    assert guide.set_up.step is Step.SIGN_IN
    assert "late" not in guide.set_up.check.checks.rows


async def test_one_enter_too_many_gives_nothing_up(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()
    guide.set_up.address.address.setFocus()
    guide.press(Qt.Key.Key_Return)
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)
    guide.press(Qt.Key.Key_Return)
    searching = guide.set_up.step
    guide.stand_in.find(found())
    await guide.until(guide.set_up.sign_in.password.hasFocus)
    guide.set_up.sign_in.password.setText(PASSWORD)
    guide.press(Qt.Key.Key_Return)
    guide.press(Qt.Key.Key_Return)
    await guide.until(lambda: guide.stand_in.trials)
    guide.press(Qt.Key.Key_Return)

    assert searching is Step.SIGN_IN
    assert guide.set_up.step is Step.CHECK
    assert not guide.stand_in.trials[0][3].cancelled()


async def test_by_hand_during_a_trial_gives_it_up_and_leads_back_to_the_servers(guide: Guide) -> None:
    await signing_in(guide)

    links(guide)["Edit by hand"].click()
    form = guide.window.findChild(MailAccountForm)
    assert isinstance(form, MailAccountForm)
    form.close()

    await guide.until(lambda: guide.stand_in.trials[0][3].cancelled())
    assert guide.set_up.step is Step.SIGN_IN


async def test_a_server_that_shows_no_folder_can_be_added(guide: Guide) -> None:
    await signing_in(guide)
    guide.stand_in.trials[-1][3].set_result(TestResult(ok=True))
    await guide.until(guide.set_up.foot.onward.isEnabled)
    guide.set_up.go_on()

    guide.set_up.go_on()

    await guide.until(lambda: guide.core.services.accounts.all())


# folders, and the end


async def test_the_account_is_stored_as_chosen_and_the_room_opens(guide: Guide) -> None:
    await folders_shown(guide)
    step = guide.set_up.folders
    step.picks._boxes["Projects"].setChecked(True)
    step.spans.set_current(0)
    assert step.notify.isVisible()
    step.notify.setChecked(False)

    guide.set_up.go_on()
    await guide.until(lambda: guide.window.middle.page is None)

    (account,) = guide.core.services.accounts.all()
    assert (account.address, account.imap_host) == ("jan@firm.example", "imap.firm.example")
    assert account.smtp == Endpoint("smtp.firm.example", 465, Security.TLS, "jan@firm.example")
    now = clock.to_datetime(clock.now()).date()
    assert (now - date.fromisoformat(account.fetch_since)).days == 30
    tree = guide.core.services.views.folder_tree()
    watched = [folder.path for each in tree.accounts for folder in each.folders if folder.watched]
    assert sorted(watched) == ["INBOX", "Projects"]
    assert not guide.core.services.settings.get(settings.NOTIFY)
    assert guide.core.secrets.get(imap_secret(account)) == PASSWORD
    assert guide.core.secrets.get(smtp_secret(account)) == PASSWORD
    await guide.until(guide.window.navigation.isVisible)
    assert guide.window.status_bar.isVisible()


async def test_without_a_passphrase_nothing_is_stored_and_it_can_be_tried_again(guide: Guide) -> None:
    guide.passphrases.insert(0, None)
    await folders_shown(guide)

    guide.set_up.go_on()
    await guide.until(lambda: guide.set_up.folders.news.banner is not None)
    refused = guide.core.services.accounts.all()
    guide.set_up.go_on()
    await guide.until(lambda: guide.window.middle.page is None)

    assert refused == ()
    assert len(guide.core.services.accounts.all()) == 1


async def test_a_folder_has_to_be_picked(guide: Guide) -> None:
    await folders_shown(guide)
    guide.set_up.folders.picks._boxes["INBOX"].setChecked(False)

    guide.set_up.go_on()

    assert guide.set_up.folders._wrong.isVisible()
    assert guide.core.services.accounts.all() == ()


# by keyboard, and over a mail room


async def test_all_of_it_by_keyboard(guide: Guide) -> None:
    await guide.open()

    async def reach(wanted: Callable[[], bool]) -> None:
        for _ in range(30):
            if wanted():
                return
            guide.press(Qt.Key.Key_Tab)
            await asyncio.sleep(0)
        pytest.fail(f"not reached by Tab from {guide.focused}")

    def type_(text: str) -> None:
        QTest.keyClicks(guide.focused, text)

    type_("Jan Berger")
    guide.press(Qt.Key.Key_Tab)
    type_("jan@firm.example")
    guide.press(Qt.Key.Key_Return)
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN and guide.stand_in.searches)
    guide.stand_in.find(found())
    await guide.until(guide.set_up.sign_in.password.hasFocus)
    type_(PASSWORD)
    guide.press(Qt.Key.Key_Return)
    await guide.until(lambda: guide.stand_in.trials)
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.hasFocus)
    guide.press(Qt.Key.Key_Return)
    await reach(guide.set_up.folders.picks._boxes["Sent"].hasFocus)
    guide.press(Qt.Key.Key_Space)
    await reach(guide.set_up.foot.onward.hasFocus)
    guide.press(Qt.Key.Key_Space)
    await guide.until(lambda: guide.window.middle.page is None)

    (account,) = guide.core.services.accounts.all()
    assert account.display_name == "Jan Berger"
    await guide.until(lambda: guide.window.room.list.isAncestorOf(guide.focused))


async def test_whatever_takes_the_keyboard_has_a_name(guide: Guide) -> None:
    await folders_shown(guide)
    for step in (Step.FOLDERS, Step.CHECK, Step.SIGN_IN, Step.ADDRESS):
        assert guide.set_up.step is step
        able = [
            each
            for each in guide.page.findChildren(QWidget)
            if each.isVisible() and each.focusPolicy() & Qt.FocusPolicy.TabFocus and not each.focusProxy()
        ]
        nameless = [each for each in able if not each.accessibleName() and not getattr(each, "text", str)()]
        assert able
        assert nameless == []
        guide.set_up.go_back()


async def test_language_and_theme_are_kept(guide: Guide) -> None:
    await guide.open()
    appearance = guide.page.appearance

    appearance._choose(settings.THEME, "dark")
    appearance._choose(settings.LANGUAGE, "ru")

    stored = guide.core.services.settings
    await guide.until(lambda: (stored.get(settings.THEME), stored.get(settings.LANGUAGE)) == ("dark", "ru"))
    await guide.until(lambda: appearance.theme.text() == "Dark theme")
    await guide.until(lambda: guide.window._toast.text == "Takes effect at the next start.")


async def test_closing_the_window_gives_the_search_up(guide: Guide) -> None:
    await guide.open()
    await guide.write_address()

    guide.window.close()

    await guide.until(lambda: guide.stand_in.searches[0][2].cancelled())


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 700), (560, 480)])
async def test_everything_has_its_room_in_any_window(guide: Guide, width: int, height: int, language: str) -> None:
    i18n.set_language(language)
    await sign_in_shown(guide, found(FOREIGN))
    guide.window.resize(width, height)
    servers = guide.set_up.sign_in.servers
    await guide.until(lambda: guide.set_up.width() <= width)
    await asyncio.sleep(0.05)

    assert servers.incoming.height() == 40
    assert servers.height() == servers.sizeHint().height()
    assert guide.set_up.geometry().right() <= width
    banner = guide.set_up.sign_in.news.banner
    assert banner is not None
    assert banner._text.height() >= banner._text.heightForWidth(banner._text.width())


@pytest.mark.parametrize(("provider", "words"), [("google", "With an app password"), ("gmx", "With your password")])
def test_what_password_is_wanted_is_said_where_the_servers_stand(provider: str, words: str) -> None:
    known = provider_by_id(provider)
    assert known is not None

    assert way_words(of_provider(known), "jan@x.example", by_browser=False).startswith(words)
