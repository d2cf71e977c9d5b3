"""Signing in through the browser in the window: an identity provider answers, the browser is a thread."""

from __future__ import annotations

import json
import threading
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QPushButton

from desktop.base.errors import Remedy
from desktop.domain.mail.discovery import Candidate, Discovery
from desktop.domain.mail.mail_account import AccountStatus, Activity
from desktop.services.errands import TestResult, imap_secret, oauth_secret
from desktop.ui.preferences import browser_sign_in
from desktop.ui.preferences.browser_sign_in import BrowserSignIn
from desktop.ui.preferences.client_form import ClientForm
from desktop.ui.preferences.mail_account_form import MailAccountForm
from desktop.ui.widgets.banner import Banner
from desktop.ui.window.first_run.set_up import Step
from tests.servers.identity_provider import CLIENT, IdentityProvider
from tests.ui.found_servers import GOOD, found
from tests.ui.window.first_run.conftest import Guide

ADDRESS = "jan@firm.example"


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch, identity_provider: IdentityProvider) -> list[str]:
    """The pages that were opened; who is asked agrees at once."""
    pages: list[str] = []

    class Services:
        @staticmethod
        def openUrl(url: QUrl) -> bool:
            page = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
            pages.append(page)
            threading.Thread(target=identity_provider.browse, args=(page,), daemon=True).start()
            return True

    monkeypatch.setattr(browser_sign_in, "QDesktopServices", Services)
    identity_provider.person = ADDRESS
    return pages


@pytest.fixture
def provider_file(identity_provider: IdentityProvider, tmp_path: Path) -> Path:
    said = json.loads(identity_provider.provider_file())
    said |= {"domains": ["firm.example"], "imap": {"host": "imap.firm.example"}, "smtp": {"host": "smtp.firm.example"}}
    path = tmp_path / "provider.json"
    path.write_text(json.dumps(said))
    return path


@pytest.fixture
def page_file(provider_file: Path) -> Path:
    """One for a client whose answers go to a page on the internet."""
    said = json.loads(provider_file.read_text()) | {"redirect": "page", "redirect_page": "https://page.example/done"}
    provider_file.write_text(json.dumps(said))
    return provider_file


async def sign_in_shown(guide: Guide, discovery: Discovery) -> None:
    await guide.open()
    await guide.write_address(ADDRESS)
    guide.set_up.go_on()
    await guide.until(lambda: guide.set_up.step is Step.SIGN_IN)
    guide.stand_in.find(discovery)
    await guide.until(lambda: guide.set_up.search.found is not None)


def changes(guide: Guide) -> list[frozenset[int]]:
    """Return what the window hears of changed accounts from now on."""
    heard: list[frozenset[int]] = []
    guide.window._bridge.accounts_changed.connect(heard.append)
    return heard


async def account_added(guide: Guide, provider_file: Path) -> None:
    """Set an account up through the browser."""
    guide.core.services.providers.take(provider_file)
    await sign_in_shown(guide, found())
    await guide.until(lambda: guide.set_up.sign_in.by_browser)
    guide.set_up.go_on()
    await guide.until(lambda: guide.stand_in.trials)
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)
    guide.set_up.go_on()
    guide.set_up.go_on()
    await guide.until(lambda: guide.core.services.accounts.all())
    await guide.until(lambda: guide.window.middle.page is None)
    [account] = guide.core.services.accounts.all()
    await guide.until(lambda: guide.window.watch.account(account.key) is not None)


async def test_an_account_is_set_up_through_the_browser(guide: Guide, provider_file: Path, browser: list[str]) -> None:
    await account_added(guide, provider_file)

    [account] = guide.core.services.accounts.all()
    [(_account, password, _tell, _future)] = guide.stand_in.trials
    [grant] = guide.stand_in.grants
    assert (account.oauth_provider, password) == ("test", None)
    assert grant is not None
    assert grant.address == ADDRESS
    assert len(browser) == 1
    assert guide.core.secrets.get(oauth_secret(account))
    assert guide.core.secrets.get(imap_secret(account)) is None


async def test_a_password_is_asked_for_only_where_it_is_the_way(
    guide: Guide, provider_file: Path, browser: list[str]
) -> None:
    guide.core.services.providers.take(provider_file)
    await sign_in_shown(guide, found())
    step = guide.set_up.sign_in
    await guide.until(lambda: step.by_browser)
    in_the_browser = step.password.isVisible()
    guide.set_up.take_keyboard()

    step.way.choice._group.button(1).click()
    with_a_password = step.password.isVisible()
    guide.set_up.go_on()

    assert (in_the_browser, with_a_password) == (False, True)
    assert guide.set_up.step is Step.SIGN_IN
    assert browser == []
    assert guide.stand_in.trials == []


async def test_who_does_not_agree_is_told_so_and_can_try_again(
    guide: Guide, provider_file: Path, browser: list[str], identity_provider: IdentityProvider
) -> None:
    identity_provider.deny = {"error": "access_denied"}
    guide.core.services.providers.take(provider_file)
    await sign_in_shown(guide, found())
    await guide.until(lambda: guide.set_up.sign_in.by_browser)
    guide.set_up.go_on()
    await guide.until(lambda: bool(guide.window.findChildren(BrowserSignIn)))
    [asked] = guide.window.findChildren(BrowserSignIn)
    await guide.until(lambda: bool(asked.findChildren(Banner)))
    said = asked.findChildren(Banner)[0].text

    identity_provider.deny = {}
    asked.again.click()
    await guide.until(lambda: guide.stand_in.trials)

    assert said == "Rapport was not given access at Test Mail."
    assert len(browser) == 2
    assert guide.set_up.step is Step.CHECK
    guide.stand_in.fail(TestResult(False, "No.", "", Remedy.SIGN_IN.value))
    await guide.until(lambda: guide.set_up.check.news.banner is not None)


async def test_where_the_browser_brings_no_answer_the_person_pastes_its_address(
    guide: Guide, page_file: Path, monkeypatch: pytest.MonkeyPatch, identity_provider: IdentityProvider
) -> None:
    """As at Yahoo, which redirects to pages on the internet alone."""
    services = type("Services", (), {"openUrl": staticmethod(lambda _url: False)})
    monkeypatch.setattr(browser_sign_in, "QDesktopServices", services)
    guide.core.services.providers.take(page_file)
    await sign_in_shown(guide, found())
    await guide.until(lambda: guide.set_up.sign_in.by_browser)
    guide.set_up.go_on()
    await guide.until(lambda: bool(guide.window.findChildren(BrowserSignIn)))
    [asked] = guide.window.findChildren(BrowserSignIn)
    await guide.until(lambda: asked.page)
    await guide.until(lambda: bool(asked.findChildren(Banner)))
    no_browser = asked.findChildren(Banner)[0].text

    await guide.until(lambda: asked._under_way is not None)
    asked.pasted.setText("https://page.example/done?code=1&state=another")
    asked.pasted.returnPressed.emit()
    wrong = asked._pasted_row._below.text()
    asked.pasted.setText(identity_provider.redirect_of(asked.page))
    asked.pasted.returnPressed.emit()
    await guide.until(lambda: guide.stand_in.trials)

    assert "did not open" in no_browser
    assert "not the address" in wrong
    assert guide.stand_in.grants[0] is not None
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)


async def test_an_address_that_is_pasted_at_once_is_taken(
    guide: Guide, page_file: Path, monkeypatch: pytest.MonkeyPatch, identity_provider: IdentityProvider
) -> None:
    """The page is told from another thread, before the window knows that the sign-in has begun."""
    pages: list[str] = []

    def open_url(url: QUrl) -> bool:
        pages.append(url.toString(QUrl.ComponentFormattingOption.FullyEncoded))
        return True

    monkeypatch.setattr(browser_sign_in, "QDesktopServices", type("Services", (), {"openUrl": staticmethod(open_url)}))
    guide.core.services.providers.take(page_file)
    await sign_in_shown(guide, found())
    await guide.until(lambda: guide.set_up.sign_in.by_browser)
    guide.set_up.go_on()
    await guide.until(lambda: bool(guide.window.findChildren(BrowserSignIn)))
    [asked] = guide.window.findChildren(BrowserSignIn)
    await guide.until(lambda: pages)
    under_way, asked._under_way = asked._under_way, None
    asked.pasted.setText(identity_provider.redirect_of(pages[0]))
    asked.pasted.returnPressed.emit()
    if under_way is not None:  # the window knew already: as if it had not
        asked._under_way = under_way
        asked._paste()
    await guide.until(lambda: guide.stand_in.trials)
    guide.stand_in.succeed()
    await guide.until(guide.set_up.foot.onward.isEnabled)


async def test_a_missing_client_is_said_and_can_be_given(guide: Guide) -> None:
    """None is shipped: a known provider asks for it, and then lets one in through the browser."""
    servers = found(GOOD)
    assert servers.best is not None
    google = Discovery(servers.domain, servers.verdict, _at_google(servers))
    await sign_in_shown(guide, google)
    way = guide.set_up.sign_in.way
    await guide.until(way.give.isVisible)
    before = (guide.set_up.sign_in.by_browser, "app password" in way.help.text(), "client id" in way.missing.text())

    way.give.click()
    [form] = guide.window.findChildren(ClientForm)
    form.client_id.setText(CLIENT.id)
    form.save.click()
    lacks_secret = form._secret_row._below.text()
    form.secret.setText("canary-secret")
    form.save.click()
    await guide.until(lambda: guide.set_up.sign_in.by_browser)

    assert before == (False, True, True)
    assert lacks_secret == "Google wants the secret too."
    assert not way.give.isVisible()
    kept = guide.core.services.providers.client("google")
    assert kept is not None
    assert kept.secret == "canary-secret"


def _at_google(servers: Discovery) -> Candidate:
    assert servers.best is not None
    return replace(servers.best, imap=replace(servers.best.imap, host="imap.gmail.com"))


async def test_r43_sign_in_again_opens_the_browser_and_keeps_the_account(
    guide: Guide, provider_file: Path, browser: list[str], identity_provider: IdentityProvider
) -> None:
    await account_added(guide, provider_file)
    [account] = guide.core.services.accounts.all()
    before = guide.core.secrets.get(oauth_secret(account))
    heard = changes(guide)
    status = AccountStatus(account.key, Activity.TROUBLE, problem="No longer valid.", remedy=Remedy.SIGN_IN.value)
    guide.core.supervisor._means.statuses.set(status)

    for _twice in range(2):
        guide.window.watch._remedy(account.key, Remedy.SIGN_IN.value)
    await guide.until(lambda: guide.core.secrets.get(oauth_secret(account)) != before)

    assert len(browser) == 2
    assert guide.core.services.accounts.all() == (account,)
    assert guide.window.findChildren(MailAccountForm) == []
    await guide.until(lambda: not [one for one in guide.window.findChildren(BrowserSignIn) if one.isVisible()])
    await guide.until(lambda: heard)


async def test_the_form_signs_in_through_the_browser_too(guide: Guide, provider_file: Path, browser: list[str]) -> None:
    guide.core.services.providers.take(provider_file)
    await guide.open()
    guide.set_up.address.address.setText(ADDRESS)
    guide.set_up.foot.by_hand.click()
    await guide.until(lambda: bool(guide.window.findChildren(MailAccountForm)))
    [form] = guide.window.findChildren(MailAccountForm)
    await guide.until(lambda: form.fields.way.by_browser)
    hidden = not form.fields.password.isVisible()
    guide.core.services.accounts._errands.test_account = _passes  # type: ignore[method-assign]

    next(button for button in form.findChildren(QPushButton) if button.text() == "Add account").click()
    await guide.until(lambda: guide.core.services.accounts.all())

    [account] = guide.core.services.accounts.all()
    assert hidden
    assert account.oauth_provider == "test"
    assert len(browser) == 1
    await guide.until(lambda: guide.window.watch.account(account.key) is not None)
    await guide.until(lambda: not shiboken6.isValid(form) or not form.isVisible())


def _passes(*_arguments: object, **_more: object) -> Future[TestResult]:
    future: Future[TestResult] = Future()
    future.set_result(TestResult(ok=True))
    return future


async def test_the_form_of_such_an_account_asks_again_only_for_another_way(
    guide: Guide, provider_file: Path, browser: list[str]
) -> None:
    await account_added(guide, provider_file)
    [account] = guide.core.services.accounts.all()
    guide.window._edit_account(account.key)
    [form] = guide.window.findChildren(MailAccountForm)
    await guide.until(lambda: form.fields.way.by_browser)
    guide.core.services.accounts._errands.test_account = _passes  # type: ignore[method-assign]

    form.fields.way.choice._group.button(1).click()
    form.save_button.click()
    complaint = form.fields.password.accessibleDescription()
    form.fields.way.choice._group.button(0).click()
    heard = changes(guide)
    form.fields.name.setText("Jan")
    form.save_button.click()
    await guide.until(lambda: guide.core.services.accounts.get(account.key).display_name == "Jan")

    assert complaint == "Write your password."
    assert guide.core.services.accounts.get(account.key).oauth_provider == "test"
    assert len(browser) == 1, "who is let in already is not asked again"
    await guide.until(lambda: heard and (not shiboken6.isValid(form) or not form.isVisible()))


async def test_a_password_in_the_form_takes_the_place_of_the_browser(
    guide: Guide, provider_file: Path, browser: list[str]
) -> None:
    await account_added(guide, provider_file)
    [account] = guide.core.services.accounts.all()
    guide.window._edit_account(account.key)
    [form] = guide.window.findChildren(MailAccountForm)
    await guide.until(lambda: form.fields.way.by_browser)
    guide.core.services.accounts._errands.test_account = _passes  # type: ignore[method-assign]

    form.fields.way.choice._group.button(1).click()
    heard = changes(guide)
    form.fields.password.setText("an app password")
    form.save_button.click()
    await guide.until(lambda: guide.core.services.accounts.get(account.key).oauth_provider == "")
    await guide.until(lambda: guide.core.secrets.get(oauth_secret(account)) is None)

    assert guide.core.secrets.get(imap_secret(account)) == "an app password"
    await guide.until(lambda: heard and (not shiboken6.isValid(form) or not form.isVisible()))
