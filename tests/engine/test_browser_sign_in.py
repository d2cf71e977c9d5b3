"""From the browser to the mails: an identity provider, tokens, XOAUTH2 and a real Dovecot (R43, C41)."""

from __future__ import annotations

import ssl
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import CancelledError
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktop.base.errors import Problem, Remedy
from desktop.domain import events
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.grant import Grant, load
from desktop.domain.mail.mail_account import Activity, Endpoint, FilesSent, MailAccount, Security
from desktop.domain.mail.outbox import Outgoing, Stage
from desktop.net import errors
from desktop.net.credentials import Bearer, Password
from desktop.net.mail.imap.session import ImapEndpoint, Session
from desktop.net.tls import TlsPolicy
from desktop.services.errands import imap_secret, oauth_secret
from tests.desk import Desk, mail, until
from tests.servers.dovecot import PASSWORD, Dovecot
from tests.servers.identity_provider import CLIENT, IdentityProvider
from tests.servers.smtp_receiver import SmtpReceiver

pytestmark = pytest.mark.server


class People:
    """Signs people in as the window will do it."""

    def __init__(self, desk: Desk, identity_provider: IdentityProvider, dovecot: Dovecot) -> None:
        self.desk, self.identity_provider, self.dovecot = desk, identity_provider, dovecot
        self.accounts = desk.core.services.accounts
        self.secrets = desk.core.secrets

    def account(self, user: str) -> MailAccount:
        half = Endpoint("localhost", self.dovecot.imaps_port, Security.TLS, user)
        return MailAccount(id=uuid.uuid4(), address=user, imap=half, ca_file=str(self.dovecot.ca_file))

    def sign_in(self, person: str) -> Grant:
        self.identity_provider.person = person
        known = self.desk.core.services.providers
        provider, client = known.get("test"), known.client("test")
        assert provider is not None
        assert client is not None

        def open_browser(url: str) -> None:
            # a browser is a program of its own: the call returns before the page is there
            threading.Thread(target=self.identity_provider.browse, args=(url,), daemon=True).start()

        return self.accounts.sign_in(provider, client, person, open_browser).grant.result(30)

    def add(self, user: str) -> MailAccount:
        return self.accounts.add(self.account(user), None, grant=self.sign_in(user))

    def problem(self) -> Problem | None:
        [problem] = self.desk.core.supervisor.sync_once().values()
        return problem


@pytest.fixture
def people(desk: Desk, identity_provider: IdentityProvider, token_dovecot: Dovecot, tmp_path: Path) -> People:
    file = tmp_path / "provider.json"
    file.write_text(identity_provider.provider_file())
    desk.core.services.providers.take(file)
    file.unlink()
    return People(desk, identity_provider, token_dovecot)


def test_r43_from_the_browser_to_the_mails(people: People) -> None:
    user = people.dovecot.new_user()
    people.dovecot.deliver(user, [mail(1), mail(2)])

    grant = people.sign_in(user)
    tested = people.accounts.test(people.account(user), grant=grant).result(30)
    account = people.accounts.add(people.account(user), None, grant=grant, folders=tested.folders)
    people.desk.sync()

    assert tested.ok, tested
    assert {folder.path for folder in tested.folders} >= {"INBOX", "Sent", "Trash"}
    assert sorted(people.desk.subjects()) == ["Mail 1", "Mail 2"]
    assert people.secrets.get(imap_secret(account)) is None
    assert people.accounts.test(account).result(30).ok
    assert (grant.address, people.identity_provider.refreshes) == (user, 1)


def test_r43_a_token_that_ends_is_replaced_unnoticed(people: People) -> None:
    user = people.dovecot.new_user()
    people.add(user)
    people.desk.sync()
    people.dovecot.deliver(user, [mail(3)])

    people.identity_provider.expire()
    people.desk.sync()

    assert people.desk.subjects() == ["Mail 3"]
    assert people.identity_provider.refreshes == 2


def test_r43_a_session_that_ends_with_its_token_is_opened_anew(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.add(user)
    seen: list[str] = []
    people.desk.core.bus.subscribe(
        events.MailAccountStatusChanged, lambda _event: seen.append(people.accounts.status(account.key).remedy)
    )
    people.desk.core.start()
    until(lambda: people.accounts.status(account.key).activity is Activity.UP_TO_DATE)

    people.identity_provider.expire()
    people.dovecot.deliver(user, [mail(4)])
    people.dovecot.doveadm("kick", user)

    until(lambda: people.identity_provider.refreshes == 2)
    until(lambda: people.desk.subjects() == ["Mail 4"])
    assert Remedy.SIGN_IN.value not in seen


def test_r43_a_sign_in_that_ended_is_told_once_and_done_again_without_loss(people: People) -> None:
    """One “Sign in again”; the mails of the account stay, and nothing is asked for in vain meanwhile."""
    user = people.dovecot.new_user()
    people.dovecot.deliver(user, [mail(1)])
    account = people.add(user)
    people.desk.sync()
    people.identity_provider.revoke()

    first, second = people.problem(), people.problem()

    for problem in (first, second):
        assert isinstance(problem, errors.SignInEnded)
    assert people.identity_provider.refreshes == 2
    status = people.accounts.status(account.key)
    assert (status.activity, status.remedy) == (Activity.TROUBLE, Remedy.SIGN_IN.value)
    assert "stay" in status.problem
    assert people.desk.subjects() == ["Mail 1"]

    people.dovecot.deliver(user, [mail(2)])
    people.accounts.signed_in(account.key, people.sign_in(user))
    people.desk.sync()

    assert sorted(people.desk.subjects()) == ["Mail 1", "Mail 2"]
    assert people.accounts.status(account.key).problem == ""


def test_r43_the_running_account_goes_on_after_a_new_sign_in(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.add(user)
    people.identity_provider.revoke()
    people.desk.core.start()
    until(lambda: people.accounts.status(account.key).remedy == Remedy.SIGN_IN.value)
    asked = people.identity_provider.refreshes

    people.accounts.signed_in(account.key, people.sign_in(user))

    until(lambda: people.accounts.status(account.key).activity is Activity.UP_TO_DATE)
    assert people.identity_provider.refreshes == asked + 1


def test_r43_the_account_and_its_errands_share_one_refresh(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.add(user)

    tests = [people.accounts.test(account) for _ in range(4)]
    people.desk.sync()

    assert all(test.result(30).ok for test in tests)
    assert people.identity_provider.refreshes == 1


def test_r43_a_provider_in_trouble_is_waited_for(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.add(user)
    people.identity_provider.failures = [(503, b"")]

    problem = people.problem()

    assert isinstance(problem, errors.SignInTemporarilyRefused)
    assert people.problem() is None
    assert people.accounts.status(account.key).problem == ""


def test_a_shared_mailbox_is_opened_with_the_token_of_a_person(people: People) -> None:
    shared, person = people.dovecot.new_user(), people.dovecot.new_user()
    people.dovecot.deliver(shared, [mail(7, subject="To all of us")])
    people.identity_provider.opens = {person: shared}

    account = people.accounts.add(people.account(shared), None, grant=people.sign_in(person))
    people.desk.sync()

    assert people.desk.subjects() == ["To all of us"]
    people.identity_provider.expire()
    people.dovecot.deliver(shared, [mail(8, subject="Again")])
    people.desk.sync()
    assert sorted(people.desk.subjects()) == ["Again", "To all of us"]
    assert people.accounts.signs_in_as(account) == person, "and is asked for when it ends, not the mailbox"
    assert [each.address for _key, each in people.desk.core.services.compose.identities()] == []


def test_the_token_of_another_person_does_not_open_a_mailbox(people: People) -> None:
    user, other = people.dovecot.new_user(), people.dovecot.new_user()
    account = people.account(user)

    tested = people.accounts.test(account, grant=people.sign_in(other)).result(30)

    assert not tested.ok
    assert tested.remedy == Remedy.SIGN_IN.value
    assert user in tested.problem


def test_signing_in_by_browser_takes_the_place_of_the_password_and_the_other_way(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.accounts.add(people.account(user), PASSWORD)

    people.accounts.signed_in(account.key, people.sign_in(user))
    people.desk.sync()

    assert people.secrets.get(imap_secret(account)) is None
    assert people.identity_provider.refreshes == 1
    people.accounts.edit(account, PASSWORD)
    people.identity_provider.revoke()
    people.desk.sync()
    people.accounts.remove(account.key)
    assert [people.secrets.get(name(account)) for name in (imap_secret, oauth_secret)] == [None, None]


def test_a_sign_in_that_is_cancelled_ends(people: People) -> None:
    opened: list[str] = []
    under_way = people.accounts.sign_in(people.identity_provider.provider(), CLIENT, "ann@example.org", opened.append)
    until(lambda: opened)

    under_way.grant.cancel()

    with pytest.raises(CancelledError):
        under_way.grant.result(20)
    with pytest.raises(errors.ForeignAnswer):
        under_way.paste("https://example.org/?code=1&state=2")


def test_what_is_kept_of_a_sign_in_holds_no_access_token(people: People) -> None:
    user = people.dovecot.new_user()
    account = people.add(user)
    people.desk.sync()

    kept = people.secrets.get(oauth_secret(account)) or ""

    assert load(kept)
    assert "access-" not in kept


@dataclass
class Sending:
    """An account signed in to in the browser; what it sends is delivered into the Dovecot it fetches from."""

    people: People
    account: MailAccount
    receiver: SmtpReceiver

    def send(self, subject: str) -> Outgoing | None:
        """Send a mail to the person himself; returns what is in the outbox then."""
        services = self.people.desk.core.services
        me = Address("Ann", self.account.address)
        draft = Draft(sender=me, to=(me,), subject=subject, is_html=False, text="How are you?")
        key = services.outbox.send(services.compose.save(draft), hold_s=0)
        return self.go_on(key)

    def go_on(self, key: int) -> Outgoing | None:
        """Do what is due, and return what is in the outbox then."""
        self.people.desk.core.supervisor.senders.send_once(self.account.key)
        return self.people.desk.core.services.outbox.get(key)


@pytest.fixture
def sending(people: People, smtp_receiver: Callable[..., SmtpReceiver]) -> Sending:
    dovecot, tls = people.dovecot, ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(dovecot.root / "cert.pem", dovecot.root / "key.pem")
    receiver = smtp_receiver(
        security=Security.TLS,
        tls=tls,
        lmtp_port=dovecot.lmtp_port,
        passwords={},
        tokens={},
        opens=people.identity_provider.opened_by,
    )
    user = dovecot.new_user()
    account = replace(
        people.account(user),
        smtp=Endpoint("localhost", receiver.port, Security.TLS, user),
        files_sent=FilesSent.NOT,
    )
    grant = people.sign_in(user)
    tested = people.accounts.test(account, grant=grant).result(30)
    assert tested.ok, tested
    added = people.accounts.add(account, None, grant=grant, folders=tested.folders)
    people.desk.sync()
    return Sending(people, added, receiver)


def test_r43_from_the_browser_to_a_sent_mail_and_back_by_the_one_token(sending: Sending) -> None:
    """IMAP, SMTP and the copy in Sent sign in with one token, got once."""
    assert sending.send("Hello") is None
    sending.people.desk.sync()

    assert [mail.user for mail in sending.receiver.received] == [sending.account.address]
    assert sending.people.desk.subjects() == ["Hello"]
    assert len(sending.people.desk.mails(Unified.SENT)) == 1
    assert sending.people.identity_provider.refreshes == 1


def test_r43_a_token_that_the_sending_server_no_longer_takes_is_replaced_unnoticed(sending: Sending) -> None:
    sending.people.identity_provider.expire()

    assert sending.send("Hello") is None

    assert len(sending.receiver.received) == 1
    assert sending.people.identity_provider.refreshes == 2


def test_r18_a_mail_waits_for_a_new_sign_in_and_then_goes_at_once(sending: Sending) -> None:
    """Nothing is lost while the sign-in has ended, and nobody has to press Retry after the new one."""
    sending.people.identity_provider.revoke()

    waiting = sending.send("Hello")

    assert waiting is not None
    assert (waiting.stage, waiting.remedy) == (Stage.QUEUED, Remedy.SIGN_IN)
    assert sending.receiver.received == []
    sending.people.accounts.signed_in(sending.account.key, sending.people.sign_in(sending.account.address))
    assert sending.go_on(waiting.key) is None
    assert len(sending.receiver.received) == 1


def test_the_stored_account_knows_how_it_signs_in(sending: Sending) -> None:
    accounts = sending.people.accounts

    assert accounts.get(sending.account.key).oauth_provider == "test"
    assert accounts.test(sending.account).result(30).ok
    accounts.edit(sending.account, PASSWORD)
    assert accounts.get(sending.account.key).oauth_provider == ""
    assert sending.people.secrets.get(oauth_secret(sending.account)) is None
    accounts.edit(accounts.get(sending.account.key), grant=sending.people.sign_in(sending.account.address))
    assert accounts.get(sending.account.key).oauth_provider == "test"
    assert sending.people.secrets.get(imap_secret(sending.account)) is None


@pytest.mark.parametrize("good", [True, False])
def test_dovecot_takes_a_token_or_says_why_not(
    identity_provider: IdentityProvider, token_dovecot: Dovecot, good: bool
) -> None:
    user = token_dovecot.new_user()
    endpoint = ImapEndpoint("localhost", token_dovecot.imaps_port, Security.TLS, user)
    policy = TlsPolicy(token_dovecot.ca_file)
    identity_provider._access["access-of-ann"] = user

    if good:
        session = Session.open(endpoint, Bearer("access-of-ann"), policy)
        assert "INBOX" in [folder.path for folder in session.list_folders()]
        session.close()
        Session.open(endpoint, Password(PASSWORD), policy).close()
        return
    with pytest.raises(errors.TokenRefused) as caught:
        Session.open(endpoint, Bearer("access-of-nobody"), policy)
    assert "status: 401" in caught.value.details
    assert "access-of" not in caught.value.details
