"""Accounts that change or go while their mails are on their way."""

from __future__ import annotations

import threading
import uuid
from dataclasses import replace

import pytest

from desktop.domain import events
from desktop.domain.certificate import Certificate
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Mode, Security
from desktop.domain.mail.message import Flag
from desktop.domain.mail.mime_parse import parse
from desktop.domain.mail.operation import Verb
from desktop.domain.mail.removal import Removal
from desktop.net.errors import SecretsUnavailable
from desktop.services.errands import imap_secret, oauth_secret, smtp_secret
from desktop.services.mail import whole_folders
from desktop.services.mail.ingest import Fetched
from desktop.services.mail.mail_accounts import AccountInvalid, AccountUnknown, MailAccounts
from desktop.store.mail.accounts import Accounts
from desktop.store.mail.blobs import SourceMissing
from desktop.store.mail.listings import ListingWriter
from tests.desk import mail
from tests.shelf import LISTED, NoSecrets, Shelf


@pytest.fixture
def accounts(shelf: Shelf) -> MailAccounts:
    return shelf.accounts


@pytest.mark.parametrize("mode", list(Mode))
def test_mails_on_their_way_when_their_account_is_removed_stay_out(
    shelf: Shelf, accounts: MailAccounts, mode: Mode
) -> None:
    key = shelf.add("gone@example.org", mode)
    home = shelf.mirror.home(shelf.folder(account=key), 0)
    assert home is not None
    accounts.remove(key)

    new = shelf.ingest.take(home, [Fetched(1, Flag.NONE, 1_780_000_000_000, 1, mail(1), parse(mail(1)))])

    assert new == ()
    assert shelf.mails(Unified.ALL) == []
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0


def test_keys_of_removed_accounts_and_folders_are_not_given_again(shelf: Shelf, accounts: MailAccounts) -> None:
    key = shelf.add("gone@example.org")
    folders = {folder.key for folder in shelf.mirror.folders(key)}
    accounts.remove(key)

    other = shelf.add("new@example.org")

    assert other != key
    assert not folders & {folder.key for folder in shelf.mirror.folders(other)}


def test_an_account_that_becomes_archive_only_writes_no_more_and_its_mails_stay(
    shelf: Shelf, accounts: MailAccounts
) -> None:
    uids = [shelf.arrive(mail(1)), shelf.arrive(mail(2))]
    two, one = shelf.mails()
    shelf.do(Verb.READ, one)
    shelf.do(Verb.TRASH, two)
    shelf.server_folders.create(shelf.account, None, "New")

    accounts.edit(replace(accounts.get(shelf.account), mode=Mode.ARCHIVE_ONLY))

    assert shelf.operations.waiting() == ()
    assert shelf.mails(Unified.TRASH) == [two], "the person's own view is as he left it"
    shelf.mirror.vanished(shelf.folder(), 0, uids)
    assert shelf.mails() == [one]


def test_an_account_that_becomes_two_way_shows_what_its_server_has(shelf: Shelf, accounts: MailAccounts) -> None:
    key = shelf.add("a@example.org", Mode.ARCHIVE_ONLY)
    shelf.arrive(mail(1), Role.ARCHIVE, account=key)
    [one] = shelf.mails()

    accounts.edit(replace(accounts.get(key), mode=Mode.TWO_WAY))

    assert shelf.mails() == []
    assert shelf.mails(Unified.ARCHIVE) == [one]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"display_name": "x\udcff"}, "no characters"),
        ({"ca_file": "\udcff.pem"}, "no characters"),
        ({"ca_file": "ca.pem"}, "whole path"),
        ({"ca_file": "/nowhere/ca.pem"}, "no file"),
        ({"ca_file": "/dev"}, "cannot be read"),
        ({"ca_file": "/etc/passwd"}, "no certificate"),
        ({"fetch_since": "soon"}, "not a day"),
        ({"fetch_since": "20260131"}, "not a day"),
        ({"fetch_since": "2026-W05-6"}, "not a day"),
        ({"fetch_since": "0001-01-01"}, "not a day"),
    ],
)
def test_values_that_cannot_be_kept_are_said(
    shelf: Shelf, accounts: MailAccounts, changes: dict[str, str], words: str
) -> None:
    with pytest.raises(AccountInvalid, match=words):
        accounts.edit(replace(accounts.get(shelf.account), **changes))  # type: ignore[arg-type]


def test_an_earlier_day_leaves_folders_that_were_never_fetched_to_be_fetched(
    shelf: Shelf, accounts: MailAccounts
) -> None:
    accounts.edit(replace(accounts.get(shelf.account), fetch_since="2026-09-01"))
    shelf.mirror.progress(shelf.folder(), uidnext=9, synced_down_to=1)

    accounts.edit(replace(accounts.get(shelf.account), fetch_since=""))

    assert (shelf.folder().complete, shelf.folder().synced_down_to) == (False, 9)
    never = shelf.folder(Role.NONE)
    assert (never.complete, never.synced_down_to) == (False, 0)


def test_the_mails_of_an_account_that_is_removed_leave_in_portions(
    shelf: Shelf, accounts: MailAccounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_folders, "PORTION", 3)
    other = shelf.add("other@example.org")
    for number in range(1, 9):
        shelf.arrive(mail(number))
    for number in (1, 50):
        shelf.arrive(mail(number), account=other)
    portions: list[int] = []
    shelf.database._bus.subscribe(events.MessagesChanged, lambda event: portions.append(len(event.keys)))

    accounts.remove(shelf.account)

    assert portions == [3, 3, 2]
    assert shelf.subjects(Unified.ALL) == ["Mail 50", "Mail 1"]
    with shelf.database.write() as work:
        kept = work.all("SELECT * FROM listing_count ORDER BY list_id")
        ListingWriter(work).rebuild()
        assert kept == work.all("SELECT * FROM listing_count ORDER BY list_id")


def test_the_mails_of_a_removed_account_go_when_it_is_said(shelf: Shelf, accounts: MailAccounts) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1))
    shelf.arrive(mail(2))
    shelf.arrive(mail(2), account=other)
    one = next(row.key for row in shelf.views.rows(shelf.mails(), conversations=False) if row.subject == "Mail 1")
    shelf.do(Verb.READ, one)
    foretold = accounts.removal(shelf.account)

    went = accounts.remove(shelf.account)

    assert foretold == went == Removal(mails=1, waiting=1)
    assert shelf.subjects(Unified.ALL) == ["Mail 2"]
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 2, "it stays for 30 days"


def test_the_mails_of_a_removed_account_can_go_at_once(shelf: Shelf, accounts: MailAccounts) -> None:
    other = shelf.add("other@example.org")
    shelf.arrive(mail(1, text="of one account"))
    shelf.arrive(mail(2))
    shelf.arrive(mail(2), account=other)
    with shelf.database.read() as view:
        digests = {bytes(one) for one in view.column("SELECT raw_digest FROM email")}

    accounts.remove(shelf.account, purge_mails=True)

    assert shelf.subjects(Unified.ALL) == ["Mail 2"]
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 1
        [left] = view.column("SELECT raw_digest FROM email")
    assert b"Mail 2" in shelf.blobs.get(left)
    for gone in digests - {bytes(left)}:
        with pytest.raises(SourceMissing):
            shelf.blobs.get(gone)


def test_a_person_says_which_folder_is_for_what(shelf: Shelf, accounts: MailAccounts) -> None:
    shelf.arrive(mail(1), Role.ARCHIVE)
    before = shelf.subjects(Unified.ARCHIVE)

    accounts.edit(accounts.get(shelf.account), roles={Role.ARCHIVE: "Other", Role.JUNK: ""})
    shelf.mirror.folder_list(shelf.account, LISTED)

    [account] = shelf.views.folder_tree().accounts
    assert {f.path: f.role for f in account.folders if f.path in ("Other", "archive", "junk", "sent")} == {
        "Other": Role.ARCHIVE,
        "archive": Role.NONE,
        "junk": Role.NONE,
        "sent": Role.SENT,
    }
    assert (before, shelf.subjects(Unified.ARCHIVE)) == (["Mail 1"], [])


def test_passwords_of_an_account_that_is_not_stored_after_all_do_not_stay(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = shelf.accounts.get(shelf.account)
    unlock = NoSecrets.unlock

    def unlock_slowly(self: NoSecrets) -> None:
        unlock(self)
        shelf.add("same@example.org")  # while the passphrase is asked for

    monkeypatch.setattr(NoSecrets, "unlock", unlock_slowly)

    with pytest.raises(AccountInvalid, match="already set up"):
        shelf.accounts.add(replace(known, key=0, id=uuid.uuid4(), address="Same@example.org"), "secret", "secret")

    assert shelf.secrets == {}
    assert sum(account.address.lower() == "same@example.org" for account in shelf.accounts.all()) == 1


def test_a_certificate_is_trusted_beside_what_changes_meanwhile(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    read = Accounts.get
    certificate = Certificate("mail.example.org", 993, "ab" * 32)

    def pause() -> None:
        shelf.accounts.pause(shelf.account)
        shelf.database.close_thread()

    other = threading.Thread(target=pause)

    def read_while_another_writes(self: Accounts, key: int) -> MailAccount | None:
        found = read(self, key)
        if not other.is_alive():
            other.start()
            other.join(0.3)  # it is held back until the certificate is stored
        return found

    with monkeypatch.context() as patched:
        patched.setattr(Accounts, "get", read_while_another_writes)
        shelf.accounts.trust_certificate(shelf.account, certificate)
    other.join(10)

    assert shelf.accounts.get(shelf.account).trusted_fingerprints == (certificate.exception,)
    assert shelf.accounts.fetched() == (), "it is paused"


def test_what_changed_elsewhere_while_an_account_was_edited_stays(shelf: Shelf, accounts: MailAccounts) -> None:
    opened = accounts.get(shelf.account)
    certificate = Certificate("imap.example.org", 993, "ab" * 32)
    accounts.trust_certificate(shelf.account, certificate)
    accounts.edit(replace(accounts.get(shelf.account).known_as(("other@example.org",)), interval_s=900))
    accounts.pause(shelf.account)

    stored = accounts.edit(
        replace(opened, display_name="Another", trusted_fingerprints=("imap.example.org:993/own",)), opened=opened
    )

    assert stored == accounts.get(shelf.account)
    assert (stored.display_name, stored.interval_s, stored.aliases) == ("Another", 900, ("other@example.org",))
    assert stored.trusted_fingerprints == (certificate.exception, "imap.example.org:993/own")
    assert accounts.fetched() == (), "it is paused"


def test_folders_and_their_uses_are_stored_with_the_account_or_not_at_all(shelf: Shelf, accounts: MailAccounts) -> None:
    told: list[object] = []
    shelf.database._bus.subscribe(events.MailAccountsChanged, told.append)
    account = replace(accounts.get(shelf.account), display_name="Another")

    accounts.edit(account, watched=("Other",), roles={Role.ARCHIVE: "Other"})

    [node] = shelf.views.folder_tree().accounts
    assert {folder.path for folder in node.folders if folder.watched} == {"Other"}
    assert next(folder.role for folder in node.folders if folder.path == "Other") is Role.ARCHIVE
    assert len(told) == 1


def test_an_account_removed_meanwhile_cannot_be_edited(shelf: Shelf, accounts: MailAccounts) -> None:
    account = accounts.get(shelf.account)
    accounts.remove(shelf.account)

    with pytest.raises(AccountUnknown):
        accounts.edit(account, "a new password")


def test_an_account_does_not_take_the_address_of_another(shelf: Shelf, accounts: MailAccounts) -> None:
    other = accounts.get(shelf.add("other@example.org"))

    with pytest.raises(AccountInvalid, match="already set up"):
        accounts.edit(replace(accounts.get(shelf.account), address="Other@example.org"))
    accounts.edit(replace(other, address="OTHER@example.org"))

    assert accounts.get(other.key).address == "OTHER@example.org"


def test_an_account_that_only_sends_may_have_the_address_of_a_mailbox(shelf: Shelf, accounts: MailAccounts) -> None:
    mailbox = accounts.get(shelf.account)
    half = Endpoint("smtp.example.org", 465, Security.TLS, "ann")
    sends_only = MailAccount(uuid.uuid4(), mailbox.address.upper(), smtp=half)

    accounts.check_new(sends_only)
    added = accounts.add(sends_only, None, "secret")
    accounts.edit(replace(mailbox, display_name="Ann"))
    accounts.edit(replace(added, display_name="Ann"))

    assert [each.key for each in accounts.all()] == [mailbox.key, added.key]


def test_no_second_mailbox_or_second_sender_has_the_same_address(shelf: Shelf, accounts: MailAccounts) -> None:
    mailbox = accounts.get(shelf.account)
    half = Endpoint("smtp.example.org", 465, Security.TLS, "ann")
    sends_only = accounts.add(MailAccount(uuid.uuid4(), mailbox.address, smtp=half), None, "secret")

    for again in (
        MailAccount(uuid.uuid4(), mailbox.address),
        MailAccount(uuid.uuid4(), mailbox.address, imap=half),
        MailAccount(uuid.uuid4(), mailbox.address, smtp=half),
    ):
        with pytest.raises(AccountInvalid, match="already set up"):
            accounts.add(again, "secret", "secret")
    with pytest.raises(AccountInvalid, match="already set up"):
        accounts.edit(replace(sends_only, imap=half))
    with pytest.raises(AccountInvalid, match="already set up"):
        accounts.edit(replace(mailbox, imap=None, smtp=half))


def test_an_account_goes_with_its_mails_though_its_passwords_cannot_go_now(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []

    def locked(_secrets: NoSecrets, name: str) -> None:
        tried.append(name)
        raise SecretsUnavailable("The keyring is locked.")

    monkeypatch.setattr(NoSecrets, "delete", locked)
    shelf.arrive(mail(1))
    account = shelf.accounts.get(shelf.account)

    went = shelf.accounts.remove(shelf.account, purge_mails=True)

    assert went == Removal(mails=1, waiting=0, secrets_left="The keyring is locked.")
    assert tried == [imap_secret(account), smtp_secret(account), oauth_secret(account)]
    assert shelf.accounts.all() == ()
    with shelf.database.read() as view:
        assert view.value("SELECT count(*) FROM email") == 0


@pytest.mark.parametrize(
    ("host", "files"), [("smtp.office365.com", FilesSent.BY_ITSELF), ("smtp.firm.example", FilesSent.UNKNOWN)]
)
def test_a_server_that_is_known_to_file_what_it_sends_gets_no_second_copy(
    accounts: MailAccounts, host: str, files: FilesSent
) -> None:
    smtp = Endpoint(host, 587, Security.STARTTLS, "ann")

    added = accounts.add(MailAccount(uuid.uuid4(), "ann@firm.example", smtp=smtp), None, "secret")

    assert accounts.get(added.key).files_sent is files


@pytest.mark.parametrize(
    ("imap", "smtp", "files"),
    [
        (("outlook.office365.com", 993), ("smtp-mail.outlook.com", 587), FilesSent.BY_ITSELF),
        (("IMAP.gmail.com", 993), ("smtp.googlemail.com", 587), FilesSent.BY_ITSELF),
        (("imap.firm.example", 993), ("smtp.gmail.com", 587), FilesSent.UNKNOWN),
        (("127.0.0.1", 1143), ("127.0.0.1", 1025), FilesSent.BY_ITSELF),
        (("127.0.0.1", 143), ("127.0.0.1", 1025), FilesSent.UNKNOWN),
    ],
)
def test_a_server_files_what_it_sends_only_in_a_mailbox_of_its_provider(
    accounts: MailAccounts, imap: tuple[str, int], smtp: tuple[str, int], files: FilesSent
) -> None:
    receiving, sending = (Endpoint(host, port, Security.STARTTLS, "ann") for host, port in (imap, smtp))

    added = accounts.add(MailAccount(uuid.uuid4(), "ann@firm.example", imap=receiving, smtp=sending), "secret")

    assert accounts.get(added.key).files_sent is files


def test_a_mailbox_elsewhere_is_not_filed_into_by_the_same_server(accounts: MailAccounts) -> None:
    imap, smtp = (Endpoint(f"{kind}.gmail.com", 993, Security.TLS, "ann") for kind in ("imap", "smtp"))
    added = accounts.add(MailAccount(uuid.uuid4(), "ann@firm.example", imap=imap, smtp=smtp), "secret")

    moved = accounts.edit(replace(accounts.get(added.key), imap=replace(imap, host="imap.firm.example")))
    assert moved.files_sent is FilesSent.UNKNOWN

    assert accounts.edit(replace(moved, imap=imap)).files_sent is FilesSent.BY_ITSELF
