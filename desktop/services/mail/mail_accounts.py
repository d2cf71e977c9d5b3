"""Mail accounts: add, edit, test, remove, pause. What they sign in with is kept by `account_secrets`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace

from desktop.base.bus import Bus
from desktop.base.errors import Problem, Remedy
from desktop.base.i18n import _
from desktop.base.text import encodable
from desktop.domain import events
from desktop.domain.certificate import Certificate
from desktop.domain.mail.account_check import TellCheck
from desktop.domain.mail.discovery import Discovery
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.grant import Client, Grant
from desktop.domain.mail.mail_account import AccountStatus, FilesSent, MailAccount, is_address, is_day, rebased
from desktop.domain.mail.provider import Provider
from desktop.domain.mail.providers import files_sent
from desktop.domain.mail.removal import Removal
from desktop.services import ca_file
from desktop.services.errands import Errands, Secrets, SigningIn, TestResult
from desktop.services.mail import leaving
from desktop.services.mail.account_changes import follow_changes
from desktop.services.mail.account_secrets import AccountSecrets
from desktop.services.mail.folders import give_role
from desktop.services.mail.ingest import look_again
from desktop.services.mail.own_addresses import follow, note_changes
from desktop.services.mail.purging import purge
from desktop.services.mail.status import StatusBoard
from desktop.services.mail.whole_folders import catch_up, note_behind
from desktop.store.database import Database, UnitOfWork, View
from desktop.store.mail.accounts import Accounts, AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.mail.folders import Folders, FolderWriter
from desktop.store.mail.life import Life
from desktop.store.mail.listings import Listings
from desktop.store.mail.messages import DELETED_AT_MS
from desktop.store.mail.operations import Operations, OperationWriter
from desktop.store.mail.places import Places


class AccountUnknown(Problem):
    """The account asked for was removed."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self) -> None:
        super().__init__(_("There is no such mail account."))


class AccountInvalid(Problem):
    """The values of an account cannot work."""

    remedy = Remedy.SETTINGS
    can_retry = False


class MailAccounts:
    """The verbs on mail accounts."""

    def __init__(
        self,
        database: Database,
        blobs: Blobs,
        secrets: Secrets,
        errands: Errands,
        statuses: StatusBoard,
        bus: Bus,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._secrets = AccountSecrets(secrets)
        self._errands = errands
        self._statuses = statuses
        self._bus = bus

    def all(self) -> tuple[MailAccount, ...]:
        """Return every account in the order the person put them."""
        with self._database.read() as view:
            return Accounts(view).all()

    def get(self, key: int) -> MailAccount:
        """Return one account. Raises AccountUnknown."""
        with self._database.read() as view:
            account = Accounts(view).get(key)
        if account is None:
            raise AccountUnknown
        return account

    def fetched(self) -> tuple[MailAccount, ...]:
        """Return the accounts mail is fetched for: active, not paused, with an IMAP half."""
        with self._database.read() as view:
            return Accounts(view).fetched()

    def mails_here(self, key: int, *, since: int = 0) -> tuple[int, int]:
        """Return how many copies of an account are stored, and a mark: as `since` it leaves out what is here now."""
        with self._database.read() as view:
            return Places(view).count(key, since)

    def check_new(self, account: MailAccount) -> None:
        """Raise AccountInvalid where `add` would."""
        with self._database.read() as view:
            _refuse_known(view, _checked(account))

    def add(
        self,
        account: MailAccount,
        imap_password: str | None,
        smtp_password: str | None = None,
        *,
        folders: Sequence[ServerFolder] = (),
        watched: Collection[str] | None = None,
        roles: Mapping[Role, str] | None = None,
        grant: Grant | None = None,
    ) -> MailAccount:
        """Store a new account and its passwords, or what a sign-in in the browser gave in their place.

        Raises AccountInvalid, or a Problem when no secret can be kept.

        `folders` are what a test of the account listed and `watched` the paths chosen of them: so the choice stands
        before the first sync. None watches the Inbox. `roles` says by path which folder is for what, "" for none; roles
        that are not named stay as they are.
        """
        account = replace(_checked(account), oauth_provider=grant.provider_id if grant is not None else "")
        account = _as_its_server_files(account)
        with self._database.read() as view:
            _refuse_known(view, account)
        with self._secrets.kept(account, imap_password, smtp_password, grant), self._database.write() as work:
            _refuse_known(work, account)  # another may have come while a passphrase was asked for
            own = Accounts(work).own_addresses()
            key = AccountWriter(work).add(account)
            note_changes(work, own)
            if folders:
                FolderWriter(work).mirror(key, folders, {})
                if watched is not None:
                    _watch(work, key, watched)
                _assign(work, key, roles or {})
                work.emit(events.FoldersChanged(key))
            work.emit(events.MailAccountsChanged((key,)))
        catch_up(self._database)
        follow(self._database)
        return replace(account, key=key)

    def edit(
        self,
        account: MailAccount,
        imap_password: str | None = None,
        smtp_password: str | None = None,
        *,
        opened: MailAccount | None = None,
        watched: Collection[str] | None = None,
        roles: Mapping[Role, str] | None = None,
        grant: Grant | None = None,
    ) -> MailAccount:
        """Store changed values; passwords that are None stay as they are. Raises AccountInvalid, AccountUnknown.

        A new password for receiving takes the place of a sign-in in the browser, and `grant`, what such a sign-in gave,
        that of the passwords.

        `opened` is what the person saw when he began: only what differs from it is changed, and what was stored
        meanwhile stays. None stores every value. `watched` and `roles` are as for `add`; None leaves the folders
        alone. Where one password served both halves, a new one does so too.

        An earlier day to fetch from brings in the older mails; what is here is not fetched again. An account that
        becomes archive-only writes no more to its server, and its mails stay; one that becomes two-way shows them as
        the server has them. Mails from a new alias count as sent by the person, those from one that went do not.
        """
        account = _checked(account)
        stored = self.get(account.key)  # before a password is kept for nobody, or taken away
        with self._database.read() as view:
            _refuse_known(view, rebased(stored, opened, account) if opened is not None else account, account.key)
        if smtp_password is None and account.smtp is not None:
            smtp_password = self._followed(account, imap_password)
        self._secrets.keep_passwords(account, imap_password, smtp_password)
        if grant is not None:
            self._secrets.keep_grant(account, grant)
            account = replace(account, oauth_provider=grant.provider_id)
        with self._unless_removed(account), self._database.write() as work:
            before = Accounts(work).get(account.key)
            if before is None:
                raise AccountUnknown
            if opened is not None:
                account = rebased(before, opened, account)
            former = "" if imap_password is not None else before.oauth_provider
            account = replace(account, oauth_provider=grant.provider_id if grant is not None else former)
            _refuse_known(work, account, before.key)
            if (account.smtp, account.imap_host) != (before.smtp, before.imap_host):
                # another server, another habit (R21)
                account = _as_its_server_files(replace(account, files_sent=FilesSent.UNKNOWN))
            accounts = Accounts(work).all()
            AccountWriter(work).edit(account)
            follow_changes(work, accounts)
            if grant is not None or imap_password is not None or smtp_password is not None:
                leaving.after_sign_in(work, account.key)
            if watched is not None:
                _watch(work, account.key, watched)
            if _assign(work, account.key, roles or {}):
                work.emit(events.OperationsChanged(account.key))
            if watched is not None or roles:
                work.emit(events.FoldersChanged(account.key))
            work.emit(events.MailAccountsChanged((account.key,)))
        catch_up(self._database)
        follow(self._database)
        if grant is not None or imap_password is not None:
            self._forget_former(before, account)
        return account

    def ca_file_fault(self, path: str) -> str:
        """Return what is wrong with a file of certificate authorities in a sentence, "" when it can be used."""
        return ca_file.fault(path)

    def removal(self, key: int) -> Removal:
        """Return what would go with an account."""
        with self._database.read() as view:
            return Removal(Places(view).count_alone(key), len(Operations(view).of_account(key)))

    def remove(self, key: int, *, purge_mails: bool = False) -> Removal:
        """Forget an account and its passwords; returns what went with it. The servers are not touched.

        Mails that only it had leave every list. They are deleted after 30 days, with `purge_mails` at once. The
        passwords go last, and what a keyring or vault says that does not let them go is in what is returned.
        """
        account = self.get(key)
        went = self.removal(key)
        with self._database.write() as work:
            touched = Places(work).emails_of(key)
            folders = Folders(work).keys_of(key)
            listed = {email for folder in folders for email in Listings(work).members(folder)}
            own = Accounts(work).own_addresses()
            AccountWriter(work).remove(key)
            leaving.without_account(work)
            note_changes(work, own)
            orphans = OperationWriter(work).withdraw_orphans()
            Life(work).let_go([*touched, *orphans])
            look_again(work, [*orphans, *(email for email in touched if email not in listed)])
            if purge_mails:
                Life(work).delete(Life(work).alone([*touched, *orphans]))
            for folder in folders:
                note_behind(work, folder)
            work.emit(events.MailAccountsChanged((key,)))
        catch_up(self._database)
        follow(self._database)
        self._statuses.forget(key)
        if purge_mails:
            purge(self._database, self._blobs, DELETED_AT_MS + 1)
        return replace(went, secrets_left=self._secrets.forget_all(account))

    def discover(self, address: str, progress: Callable[[int, int], None]) -> Future[Discovery]:
        """Look for the mail servers of an address; only its domain is told to others, and no password is needed.

        `progress` is called on another thread with how many of those asked have answered, and of how many.
        """
        return self._errands.discover(address, progress)

    def test(
        self,
        account: MailAccount,
        imap_password: str | None = None,
        smtp_password: str | None = None,
        tell: TellCheck | None = None,
        grant: Grant | None = None,
    ) -> Future[TestResult]:
        """Try the servers of an account, stored or not; None takes a stored password, or the first one.

        `grant` is what a sign-in in the browser just gave. `tell` is called on another thread with each step of it.
        """
        if account.key and grant is None:
            if account.smtp is not None and not smtp_password:
                smtp_password = self._secrets.followed(account, imap_password) or self._secrets.sending(account)
            imap_password = imap_password or self._secrets.receiving(account)
        if account.smtp is not None and account.smtp.user:
            smtp_password = smtp_password or imap_password
        return self._errands.test_account(account, imap_password, smtp_password, tell, grant)

    def sign_in(
        self,
        provider: Provider,
        client: Client,
        address: str,
        open_browser: Callable[[str], None],
        account: MailAccount | None = None,
    ) -> SigningIn:
        """Let a person sign in to an address in the system's browser; `open_browser` is called on another thread.

        The address is the person's own, also where the account is a mailbox he shares with others. `account`, stored
        or not, says which certificates are believed. What comes of it goes to `add`, or to `signed_in` for an account
        that is there.
        """
        return self._errands.sign_in(provider, client, address, open_browser, account)

    def signs_in_as(self, account: MailAccount) -> str:
        """Return who signed in for an account in the browser; its address where that is not known. Raises Problem."""
        grant = self._secrets.grant(account)
        return (grant.address if grant is not None else "") or account.address

    def signed_in(self, key: int, grant: Grant) -> None:
        """Keep what a sign-in in the browser gave an account and fetch with it. Raises AccountUnknown, Problem.

        The password it had goes. One the sending half has for itself stays.
        """
        before = self.get(key)
        self._secrets.keep_grant(before, grant)
        now = replace(before, oauth_provider=grant.provider_id)
        with self._unless_removed(now), self._database.write() as work:
            if Accounts(work).get(key) is None:
                raise AccountUnknown
            AccountWriter(work).set_oauth_provider(key, grant.provider_id)
            leaving.after_sign_in(work, key)
            work.emit(events.MailAccountsChanged((key,)))
        self._forget_former(before, now)

    def unlock(self) -> Future[None]:
        """Ask the person for what it takes to get at the passwords. Ends with a Problem when he declines."""
        return self._errands.unlock()

    def trust_certificate(self, key: int, certificate: Certificate) -> None:
        """Accept exactly this certificate on its host and port for an account from now on."""
        with self._database.write() as work:
            account = Accounts(work).get(key)
            if account is None:
                raise AccountUnknown
            if certificate.exception not in account.trusted_fingerprints:
                trusted = (*account.trusted_fingerprints, certificate.exception)
                AccountWriter(work).edit(replace(account, trusted_fingerprints=trusted))
                work.emit(events.MailAccountsChanged((key,)))

    def status(self, key: int) -> AccountStatus:
        """Return how an account is doing."""
        return self._statuses.get(key)

    def statuses(self) -> dict[int, AccountStatus]:
        """Return how every account is doing."""
        return self._statuses.all()

    def sync_now(self, key: int | None = None) -> None:
        """Ask the engine for mail now, of one account or of all."""
        self._bus.publish(events.SyncRequested(key or 0))

    def fetch_again(self, key: int) -> None:
        """Let the engine look through all of an account for mails that are missing here. Raises AccountUnknown.

        What is here stays as it is and is not fetched twice.
        """
        with self._database.write() as work:
            if Accounts(work).get(key) is None:
                raise AccountUnknown
            FolderWriter(work).fetch_anew(key)
            work.emit(events.MailAccountsChanged((key,)))

    def pause(self, key: int) -> None:
        """Stop fetching for an account until `resume`."""
        self._set_paused(key, True)

    def resume(self, key: int) -> None:
        """Go on fetching for an account."""
        self._set_paused(key, False)

    def _set_paused(self, key: int, paused: bool) -> None:
        with self._database.write() as work:
            AccountWriter(work).set_paused(key, paused)
            work.emit(events.MailAccountsChanged((key,)))

    @contextmanager
    def _unless_removed(self, account: MailAccount) -> Iterator[None]:
        """Let nothing stay that was kept for an account which was removed meanwhile."""
        try:
            yield
        except AccountUnknown:
            self._secrets.forget_all(account)
            raise

    def _forget_former(self, before: MailAccount, now: MailAccount) -> None:
        """Forget what an account signed in with, now that it is stored that it does so in another way."""
        if now.oauth_provider:
            self._secrets.forget_passwords(now)
        if before.oauth_provider not in ("", now.oauth_provider):
            self._secrets.forget_grant(before)

    def _followed(self, account: MailAccount, imap_password: str | None) -> str | None:
        """Return the password the sending half takes over from the receiving one, None when it keeps its own."""
        if imap_password is None and self.get(account.key).smtp is not None:
            return None
        return self._secrets.followed(account, imap_password)


def _as_its_server_files(account: MailAccount) -> MailAccount:
    """Return an account whose server is known to file what it sends with that noted.

    Others are watched at the first mail; one that rewrites Message-IDs could not be.
    """
    return replace(account, files_sent=FilesSent.BY_ITSELF) if files_sent(account) else account


def _refuse_known(view: View, account: MailAccount, itself: int = 0) -> None:
    """Refuse an address that is taken; a mailbox and an account that only sends may share one."""
    for other in Accounts(view).all():
        is_same = other.key != itself and other.address.lower() == account.address.lower()
        if is_same and other.sends_only is account.sends_only:
            raise AccountInvalid(_("{address} is already set up.").format(address=account.address))


def _watch(work: UnitOfWork, key: int, paths: Collection[str]) -> None:
    """Watch these folders and no others. What was watched before shows in the Inbox, or does not, as it did.

    A special folder never shows there by itself: a mail archived or deleted would be back in the Inbox at once.
    """
    for node in Folders(work).nodes():
        watched = node.path in paths
        if node.account_key == key and watched is not node.watched:
            shows = watched and node.role in (Role.INBOX, Role.NONE)
            FolderWriter(work).set(node.key, watched=int(watched), shows_in_inbox=int(shows))
            note_behind(work, node.key)


def _assign(work: UnitOfWork, key: int, roles: Mapping[Role, str]) -> bool:
    """Give folders their roles, and take them from those that had them; returns whether anything changed."""
    changed = False
    for node in Folders(work).nodes():
        if node.account_key != key or node.role is Role.INBOX:
            continue
        role = next((role for role, path in roles.items() if path == node.path), None)
        if role is None:
            role = Role.NONE if node.role in roles else node.role
        if role is not node.role:
            give_role(work, node.key, role)
            changed = True
    return changed


def _checked(account: MailAccount) -> MailAccount:
    """Return an account with each alias once. Raises AccountInvalid."""
    account = account.known_as(account.aliases)
    for address in account.addresses:
        if not is_address(address):
            raise AccountInvalid(_("“{address}” is not an email address.").format(address=encodable(address)))
    for endpoint in (account.imap, account.smtp):
        if endpoint is None:
            continue
        if not endpoint.host or any(c.isspace() or not c.isprintable() for c in endpoint.host):
            raise AccountInvalid(_("“{host}” is not a server name.").format(host=endpoint.host))
        if not 0 < endpoint.port < 65536:
            raise AccountInvalid(_("{port} is not a port; it is a number from 1 to 65535.").format(port=endpoint.port))
        if any(c in endpoint.user for c in "\r\n\0"):
            raise AccountInvalid(_("The user name holds a line break."))
    for text in (account.display_name, account.ca_file, *(e.user for e in (account.imap, account.smtp) if e)):
        if encodable(text) != text:
            raise AccountInvalid(_("“{text}” holds octets that are no characters.").format(text=encodable(text)))
    if account.ca_file and (fault := ca_file.fault(account.ca_file)):
        raise AccountInvalid(fault)
    if account.fetch_since and not is_day(account.fetch_since):
        raise AccountInvalid(_("“{day}” is not a day; write it as 2026-01-31.").format(day=account.fetch_since))
    return account
