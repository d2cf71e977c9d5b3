"""How one signs in: who shares a mailbox signs in as himself, where the provider has such mailboxes."""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from typing import Any

from pytestqt.qtbot import QtBot

from desktop.domain.mail.grant import Client
from desktop.domain.mail.mail_account import MailAccount
from desktop.domain.mail.providers import provider_by_id
from desktop.services.errands import SigningIn
from desktop.services.mail.sign_in_providers import WayIn
from desktop.ui.preferences.browser_sign_in import BrowserSignIn
from desktop.ui.preferences.sign_in_way import SignInWay
from desktop.ui.tasks import Tasks
from desktop.ui.theme import Theme
from desktop.ui.widgets.labels import Paragraph
from tests.ui.preferences.conftest import until

SHARED = MailAccount(uuid.uuid4(), "office@firm.example")


def way_of(provider_id: str, *, client: bool = True) -> WayIn:
    provider = provider_by_id(provider_id)
    assert provider is not None
    return WayIn(provider, Client("rapport") if client else None)


def test_ones_own_address_is_asked_for_where_mailboxes_are_shared(theme: Theme, qtbot: QtBot) -> None:
    way = SignInWay(theme)
    qtbot.addWidget(way)
    way.show()

    seen = {}
    for name in ("microsoft", "outlook", "google"):
        way.show_way(way_of(name))
        seen[name] = (way.person.isVisible(), way.person_hint.isVisible())
    way.show_way(way_of("microsoft", client=False))

    assert seen == {"microsoft": (True, True), "outlook": (False, False), "google": (False, False)}
    assert not way.person.isVisible(), "without a client nobody signs in by browser"


def test_what_stands_in_a_field_that_is_not_shown_means_nothing(theme: Theme, qtbot: QtBot) -> None:
    way = SignInWay(theme)
    qtbot.addWidget(way)
    way.show_way(way_of("microsoft"))
    way.person.setText(" ann@firm.example ")
    assert way.signs_in_as == "ann@firm.example"

    way.show_way(way_of("google"))
    assert way.signs_in_as == ""


class Accounts:
    """Hears as whom somebody signs in."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def sign_in(self, _provider: Any, _client: Any, address: str, *_more: Any) -> SigningIn:
        self.asked.append(address)
        return SigningIn(Future(), lambda _text: None)


async def test_the_browser_is_told_the_person_and_not_the_mailbox(theme: Theme, tasks: Tasks, qtbot: QtBot) -> None:
    for person, expected in (("ann@firm.example", "ann@firm.example"), ("", SHARED.address)):
        accounts = Accounts()
        asked = BrowserSignIn(accounts, tasks, theme, way_of("microsoft"), SHARED, person=person)  # type: ignore[arg-type]
        qtbot.addWidget(asked)
        asked.begin()
        await until(lambda accounts=accounts: bool(accounts.asked))  # type: ignore[misc]

        assert accounts.asked == [expected]
        assert any(expected in words.text() for words in asked.findChildren(Paragraph))
        asked.reject()
