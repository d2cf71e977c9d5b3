"""Tokens of accounts: replaced in time, by one at a time, never lost, and not asked for in vain (R43)."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.domain.mail.grant import Grant, dump, load
from desktop.domain.mail.mail_account import Endpoint, MailAccount, Security
from desktop.domain.mail.providers import provider_by_id
from desktop.engine.credentials import Credentials
from desktop.engine.tokens import AHEAD_S, Tokens
from desktop.net import errors
from desktop.net.credentials import Bearer, Credential, Password
from desktop.net.keychain import Secrets
from desktop.net.oauth import token_call
from desktop.net.tls import TlsPolicy
from desktop.services.errands import imap_secret, oauth_secret, smtp_secret
from tests.corpora import PROJECT
from tests.desk import PASSPHRASE
from tests.net.test_keychain import Memory
from tests.proof import rounds, seed
from tests.servers.identity_provider import CLIENT, IdentityProvider, cut_after_work

POLICY = TlsPolicy()


class Kept(dict[str, str]):
    """A place for secrets that can be locked, and notes every change."""

    def __init__(self) -> None:
        super().__init__()
        self.locked = False
        self.history: list[str] = []

    def unlock(self, *, patiently: bool = False) -> None:
        self.locked = False

    def set(self, name: str, value: str) -> None:
        if self.locked:
            raise errors.VaultLocked
        self.history.append(value)
        self[name] = value

    def exchange(self, name: str, before: str, after: str) -> bool:
        if self.get(name) != before:
            return False
        self.set(name, after)
        return True

    def delete(self, name: str) -> None:
        self.pop(name, None)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def tokens(identity_provider: IdentityProvider, kept: Kept) -> Tokens:
    return anew(identity_provider, kept)


def anew(server: IdentityProvider, kept: Kept) -> Tokens:
    """Return what a start of the program has."""
    return Tokens(kept, lambda provider_id: server.provider() if provider_id == "test" else None)


def account(address: str = "ann@example.org") -> MailAccount:
    imap, smtp = (Endpoint("localhost", port, Security.TLS, address) for port in (993, 465))
    return MailAccount(id=uuid.uuid4(), address=address, key=1, imap=imap, smtp=smtp, oauth_provider="test")


def sign_in(server: IdentityProvider, kept: Kept, who: MailAccount) -> Grant:
    """Keep what a sign-in in the browser gives."""
    grant = Grant("test", CLIENT, server.grant(who.address))
    kept[oauth_secret(who)] = dump(grant)
    return grant


def stored(kept: Kept, who: MailAccount) -> Grant:
    grant = load(kept[oauth_secret(who)])
    assert grant is not None
    return grant


def test_r43_a_token_is_used_until_five_minutes_before_its_end(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    now_s = [clock.monotonic()]
    real = clock.monotonic
    began_s = real()
    monkeypatch.setattr(clock, "monotonic", lambda: now_s[0] + real() - began_s)

    first = tokens.bearer(ann, POLICY)
    now_s[0] += 3600 - AHEAD_S - 60
    still = tokens.bearer(ann, POLICY)
    now_s[0] += 60
    second = tokens.bearer(ann, POLICY)

    assert still == first
    assert second != first
    assert identity_provider.refreshes == 2


def test_r43_a_changed_wall_clock_does_no_harm(identity_provider: IdentityProvider, kept: Kept, tokens: Tokens) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)

    found = set()
    for at_ms in (0, clock.now(), clock.now() + 10 * 365 * 86_400_000):
        with clock.frozen(at_ms):
            found.add(tokens.bearer(ann, POLICY))

    assert len(found) == 1
    assert identity_provider.refreshes == 1


def test_r43_a_token_that_lives_shorter_than_five_minutes_is_used(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    identity_provider.expires_in = 120
    ann = account()
    sign_in(identity_provider, kept, ann)

    assert tokens.bearer(ann, POLICY) == tokens.bearer(ann, POLICY)
    assert identity_provider.refreshes == 1


def test_r43_many_who_ask_at_once_cause_one_refresh_for_each_account(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    people = [account(f"{name}@example.org") for name in ("ann", "bob")]
    for person in people:
        sign_in(identity_provider, kept, person)
    ready = threading.Barrier(16)

    def ask(number: int) -> Bearer:
        ready.wait(20)
        return tokens.bearer(people[number % 2], POLICY)

    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ask, range(16)))

    assert len(set(found)) == 2
    assert identity_provider.refreshes == 2
    assert all(identity_provider.is_good(stored(kept, person).refresh_token) for person in people)


def test_r43_who_waits_for_the_refresh_of_another_can_be_cancelled(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    reached, over, cancel = threading.Event(), threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        over.wait(20)

    identity_provider.before_answer = hold
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(tokens.bearer, ann, POLICY)
        assert reached.wait(20)
        second = pool.submit(tokens.bearer, ann, POLICY, cancel=cancel)
        cancel.set()
        assert isinstance(second.exception(20), errors.Cancelled)
        over.set()
        assert first.result(20)


def test_r43_a_changed_refresh_token_is_kept_before_the_new_token_is_used(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    """A kill at any moment after the answer finds the new refresh token, or the one that still works."""
    ann = account()
    before = sign_in(identity_provider, kept, ann)

    tokens.bearer(ann, POLICY)

    now = stored(kept, ann)
    assert now.refresh_token != before.refresh_token
    assert "access-" not in "".join(kept.history)
    # the program is killed here
    assert anew(identity_provider, kept).bearer(ann, POLICY)
    assert len(kept.history) == 2


def test_r43_a_refresh_token_that_stays_is_not_written_again(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    identity_provider.rotates = False
    ann = account()
    sign_in(identity_provider, kept, ann)

    first = tokens.bearer(ann, POLICY)
    tokens.bearer(ann, POLICY, refused=first)

    assert identity_provider.refreshes == 2
    assert kept.history == []


def test_r43_a_refresh_token_that_cannot_be_kept_now_is_kept_with_the_next_use(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    kept.locked = True
    for _ in range(2):
        with pytest.raises(errors.VaultLocked):
            tokens.bearer(ann, POLICY)

    kept.unlock()
    token = tokens.bearer(ann, POLICY)

    assert identity_provider.refreshes == 1
    assert token.token in identity_provider._access
    assert identity_provider.is_good(stored(kept, ann).refresh_token)


def test_r43_what_could_not_be_kept_yields_to_a_new_sign_in(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    kept.locked = True
    with pytest.raises(errors.VaultLocked):
        tokens.bearer(ann, POLICY)
    kept.unlock()
    newer = sign_in(identity_provider, kept, ann)

    tokens.bearer(ann, POLICY)

    assert identity_provider.forms[-1]["refresh_token"] == newer.refresh_token


def test_r43_a_right_that_was_taken_back_is_told_once_and_not_tried_again(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    token = tokens.bearer(ann, POLICY)
    identity_provider.revoke()

    problems = []
    for each in (tokens, tokens, anew(identity_provider, kept)):
        with pytest.raises(errors.SignInEnded) as caught:
            each.bearer(ann, POLICY, refused=token)
        problems.append(caught.value)

    assert identity_provider.refreshes == 2
    assert {(problem.remedy, problem.can_retry) for problem in problems} == {(Remedy.SIGN_IN, False)}


def test_r43_a_new_sign_in_goes_on_where_the_old_one_ended(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    kept[oauth_secret(ann)] = dump(Grant("test", CLIENT, "long-gone"))
    for _ in range(3):
        with pytest.raises(errors.SignInEnded):
            tokens.bearer(ann, POLICY)
    assert identity_provider.refreshes == 1

    sign_in(identity_provider, kept, ann)

    assert tokens.bearer(ann, POLICY)
    assert identity_provider.refreshes == 2


def test_r43_a_new_sign_in_replaces_a_token_that_is_still_good(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    first = tokens.bearer(ann, POLICY)

    sign_in(identity_provider, kept, ann)

    assert tokens.bearer(ann, POLICY) != first


@pytest.mark.parametrize("status", [500, 502, 503])
def test_r43_a_provider_in_trouble_ends_nothing(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens, status: int
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    identity_provider.failures = [(status, b"oops")] * 2

    for _ in range(2):
        with pytest.raises(errors.SignInTemporarilyRefused) as caught:
            tokens.bearer(ann, POLICY)
        assert caught.value.can_retry

    assert tokens.bearer(ann, POLICY)


def test_r43_an_answer_that_is_lost_costs_a_new_try(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens
) -> None:
    """A provider that lets the old token work until the new one is used loses nothing, and most do."""
    identity_provider.rotates = False
    ann = account()
    sign_in(identity_provider, kept, ann)
    identity_provider.failures = [cut_after_work]

    with pytest.raises(errors.ConnectionLost):
        tokens.bearer(ann, POLICY)

    assert tokens.bearer(ann, POLICY)


@pytest.mark.parametrize("secret", ["", "{}", "[]", "null", '{"provider": 1}', '{"provider":"test","client":"c"}'])
def test_a_secret_that_is_no_grant_is_as_good_as_none(tokens: Tokens, kept: Kept, secret: str) -> None:
    ann = account()
    kept[oauth_secret(ann)] = secret

    with pytest.raises(errors.SignInEnded):
        tokens.bearer(ann, POLICY)


def test_a_grant_of_a_provider_that_is_no_longer_known_is_a_problem(tokens: Tokens, kept: Kept) -> None:
    ann = account()
    kept[oauth_secret(ann)] = dump(Grant("gone", CLIENT, "token"))

    with pytest.raises(errors.ClientRefused) as caught:
        tokens.bearer(ann, POLICY)

    assert caught.value.remedy is Remedy.SETTINGS


class Door:
    """A server that lets in who shows one of its tokens."""

    def __init__(self, *opens: int) -> None:
        self._opens = opens
        self.shown: list[Credential] = []

    def __call__(self, credential: Credential) -> str:
        self.shown.append(credential)
        if len(self.shown) not in self._opens:
            raise errors.TokenRefused("localhost", "ann")
        return "in"


@pytest.fixture
def credentials(kept: Kept, tokens: Tokens) -> Credentials:
    return Credentials(kept, tokens)


def test_r43_a_token_that_is_refused_is_replaced_once(
    identity_provider: IdentityProvider, kept: Kept, credentials: Credentials
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    second, never = Door(2), Door()

    assert credentials.fetching(ann, second) == "in"
    with pytest.raises(errors.TokenRefused):
        credentials.fetching(ann, never)

    assert len({*second.shown}) == len(second.shown) == 2
    assert len({*never.shown}) == len(never.shown) == 2
    assert identity_provider.refreshes == 3


def test_the_account_says_whether_a_password_or_a_token_is_shown(
    identity_provider: IdentityProvider, kept: Kept, credentials: Credentials
) -> None:
    ann = account()
    bob = replace(account("bob@example.org"), oauth_provider="")
    for who in (ann, bob):
        sign_in(identity_provider, kept, who)
        kept[imap_secret(who)] = "secret"

    shown_by_ann, shown_by_bob = Door(1), Door(1)
    credentials.fetching(ann, shown_by_ann)
    credentials.fetching(bob, shown_by_bob)

    assert isinstance(shown_by_ann.shown[0], Bearer)
    assert shown_by_bob.shown == [Password("secret")]
    assert identity_provider.refreshes == 1


def test_both_servers_get_the_one_token(
    identity_provider: IdentityProvider, kept: Kept, credentials: Credentials
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    fetches, sends = Door(1), Door(1)

    credentials.fetching(ann, fetches)
    credentials.sending(ann, sends)

    assert fetches.shown == sends.shown
    assert identity_provider.refreshes == 1


def test_a_password_of_the_sending_server_alone_goes_before_the_token(
    identity_provider: IdentityProvider, kept: Kept, credentials: Credentials
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    kept[smtp_secret(ann)] = "relay"
    sends = Door(1)

    credentials.sending(ann, sends)

    assert sends.shown == [Password("relay")]
    assert identity_provider.refreshes == 0


def test_a_server_that_lets_everybody_send_is_shown_nothing(kept: Kept, credentials: Credentials) -> None:
    ann = replace(account(), smtp=Endpoint("localhost", 25, Security.PLAIN, ""))

    assert credentials.sending(ann, lambda credential: credential is None)


def test_r18_what_is_not_here_is_asked_of_the_person(credentials: Credentials) -> None:
    ann, bob = account(), replace(account("bob@example.org"), oauth_provider="")

    for ask in (credentials.fetching, credentials.sending):
        with pytest.raises(errors.SignInEnded):
            ask(ann, Door(1))
        with pytest.raises(errors.PasswordMissing):
            ask(bob, Door(1))


def test_c41_nothing_that_holds_tokens_tells_them(
    identity_provider: IdentityProvider, kept: Kept, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ann = account()
    grant = sign_in(identity_provider, kept, ann)

    bearer = tokens.bearer(ann, POLICY)

    held = [tokens, tokens._tokens, grant, replace(grant, access_token=bearer.token), bearer]
    told = "".join(map(repr, held)) + caplog.text
    known = [bearer.token, grant.refresh_token, stored(kept, ann).refresh_token, CLIENT.secret]
    assert [secret for secret in known if secret in told] == []


def test_r43_no_kill_loses_the_right_to_tokens(identity_provider: IdentityProvider, tmp_path: Path) -> None:
    """Whatever was used, the refresh token that came with it, or a later one, is kept; and what is kept works."""
    chance = random.Random(seed())
    identity_provider.patient = True
    ann = account()
    secrets = Secrets(tmp_path / "vault", lambda _asked: PASSPHRASE, find=lambda: None)
    secrets.set(oauth_secret(ann), dump(Grant("test", CLIENT, identity_provider.grant(ann.address))))
    command = [sys.executable, "-m", "tests.engine.token_child", str(tmp_path / "vault"), PASSPHRASE]
    command += [identity_provider.provider_file(), str(ann.id)]

    for _ in range(rounds(4, 200)):
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            used = [child.stdout.readline().strip()]
            time.sleep(chance.random() * 0.05)  # the moment of the kill
            child.kill()
            used += child.stdout.read().split()
        order = [refresh_token for _access, refresh_token in identity_provider.given]
        came_with = dict(identity_provider.given)[used[-1]]
        grant = load(secrets.get(oauth_secret(ann)) or "")

        assert grant is not None
        assert order.index(grant.refresh_token) >= order.index(came_with)
        assert Tokens(secrets, lambda _id: identity_provider.provider()).bearer(ann, POLICY)


@pytest.mark.parametrize("meanwhile", ["signed in anew", "removed"])
def test_r43_a_refresh_that_was_overtaken_keeps_nothing(
    identity_provider: IdentityProvider,
    kept: Kept,
    tokens: Tokens,
    monkeypatch: pytest.MonkeyPatch,
    meanwhile: str,
) -> None:
    ann = account()
    sign_in(identity_provider, kept, ann)
    anew_ = Grant("test", CLIENT, "of-the-new-sign-in")
    real = token_call.refresh

    def overtaken(*given: object, **also: object) -> object:
        got = real(*given, **also)  # type: ignore[arg-type]
        if meanwhile == "removed":
            kept.delete(oauth_secret(ann))
        else:
            kept[oauth_secret(ann)] = dump(anew_)
        return got

    monkeypatch.setattr(token_call, "refresh", overtaken)
    tokens.bearer(ann, POLICY)

    found = kept.get(oauth_secret(ann))
    assert (None if found is None else load(found)) == (None if meanwhile == "removed" else anew_)


@pytest.mark.parametrize("in_vault", [False, True])
@pytest.mark.parametrize("meanwhile", ["signed in anew", "removed"])
def test_r43_a_sign_in_while_a_changed_token_is_being_kept_is_not_written_over(
    identity_provider: IdentityProvider, tmp_path: Path, in_vault: bool, meanwhile: str
) -> None:
    """Between the look whether the old token is still the one that is kept and the writing of the new one."""

    class Overtaken(Secrets):
        def get(self, name: str) -> str | None:
            found = super().get(name)
            if identity_provider.refreshes == 1:
                if meanwhile == "removed":
                    self.delete(name)
                else:
                    self.set(name, dump(newer))
            return found

    ann, newer = account(), Grant("test", CLIENT, "of-the-new-sign-in")
    find = None if in_vault else Memory()
    kept = Overtaken(tmp_path / "vault", lambda _asked: PASSPHRASE, find=lambda: find)
    kept.set(oauth_secret(ann), dump(Grant("test", CLIENT, identity_provider.grant(ann.address))))

    Tokens(kept, lambda _id: identity_provider.provider()).bearer(ann, POLICY)

    found = Secrets.get(kept, oauth_secret(ann))
    assert identity_provider.refreshes == 1
    assert (None if found is None else load(found)) == (None if meanwhile == "removed" else newer)


def test_r43_a_token_goes_to_no_server_but_its_providers(kept: Kept) -> None:
    ann = replace(account("ann@gmail.com"), oauth_provider="google")
    door = Tokens(kept, provider_by_id)

    door.refuse_foreign(ann, "IMAP.gmail.com.")
    for host in ("imap.evil.example", "gmail.com.evil.example", "outlook.office365.com", ""):
        with pytest.raises(errors.TokenNotPossible):
            door.refuse_foreign(ann, host)
