"""Drafts on their server: the newest copy is there before an older one goes, and what others wrote is kept (R37)."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from pathlib import Path

import pytest

from desktop.domain.mail import mime_parse
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Role, Unified
from desktop.domain.mail.mail_account import Mode
from desktop.domain.mail.message import Status
from desktop.services.mail.replay import ReplayQueue
from desktop.store.mail.messages import MessageWriter
from tests.desk import Desk, mail
from tests.servers.dovecot import Dovecot

pytestmark = pytest.mark.server


@pytest.fixture
def draft(desk: Desk, dovecot: Dovecot, imap_user: str) -> Draft:
    desk.add(dovecot, imap_user, display_name="Ann")
    desk.sync()
    to = (Address("Bo", "bo@example.org"),)
    return Draft(sender=Address("Ann", imap_user), to=to, subject="Plan", is_html=False, text="First words")


def on_server(dovecot: Dovecot, user: str) -> list[str]:
    """Return the texts of the drafts on the server."""
    box = dovecot.maildir(user, "Drafts")
    files = [path for part in ("cur", "new") for path in (box / part).iterdir()]
    return sorted(mime_parse.parse(path.read_bytes()).text for path in files)


def test_a_draft_is_on_the_server_once_and_as_it_is_now(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    compose = desk.core.services.compose
    key = compose.save(draft)
    compose.put_on_server(key)
    desk.sync()
    assert on_server(dovecot, imap_user) == ["First words"]

    compose.save(replace(draft, text="Second words", bcc=(Address("", "unseen@example.org"),)), key)
    compose.put_on_server(key)
    compose.put_on_server(key)
    desk.sync()
    desk.sync()

    assert on_server(dovecot, imap_user) == ["Second words"]
    [email] = desk.mails(Unified.DRAFTS)
    head = desk.core.services.reading.head(email)
    assert (head.status, head.twins, head.gone, head.snippet) == (Status.DRAFT, 0, False, "Second words")
    assert [each.address for each in head.bcc] == ["unseen@example.org"]
    assert desk.core.services.operations.waiting() == ()
    assert desk.mails(desk.folder(Role.DRAFTS).key) == [email]


def test_what_was_changed_meanwhile_stays_when_another_program_deletes_the_copy(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    compose = desk.core.services.compose
    key = compose.save(draft)
    compose.put_on_server(key)
    desk.sync()
    compose.save(replace(draft, text="Not there yet"), key)
    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "Drafts", "all")
    desk.sync()
    assert len(desk.mails(Unified.DRAFTS)) == 1

    compose.put_on_server(key)
    desk.sync()

    assert on_server(dovecot, imap_user) == ["Not there yet"]
    assert len(desk.mails(Unified.DRAFTS)) == 1


def test_a_draft_that_another_program_sent_or_deleted_follows_its_server(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    compose = desk.core.services.compose
    compose.put_on_server(compose.save(draft))
    desk.sync()

    dovecot.doveadm("expunge", "-u", imap_user, "mailbox", "Drafts", "all")
    desk.sync()

    assert desk.mails(Unified.DRAFTS) == []


def test_r37_two_devices_that_change_a_draft_keep_both(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    compose = desk.core.services.compose
    key = compose.save(draft)
    compose.put_on_server(key)
    desk.sync()
    [path] = (dovecot.maildir(imap_user, "Drafts") / "cur").iterdir()
    other = tmp_path / "other"
    other.write_bytes(path.read_bytes().replace(b"First words", b"Words of the other device"))
    dovecot.deliver_file(imap_user, other, "Drafts")
    compose.save(replace(draft, text="Words of this one"), key)
    compose.put_on_server(key)

    desk.sync()
    desk.sync()

    assert on_server(dovecot, imap_user) == ["Words of the other device", "Words of this one"]
    shown = {desk.core.services.reading.head(email).snippet for email in desk.mails(Unified.DRAFTS)}
    assert shown == {"Words of the other device", "Words of this one"}


def test_a_draft_of_another_program_goes_once_ours_is_there(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    from tests.desk import mail

    dovecot.deliver(imap_user, [mail(1)], folder="Drafts")
    desk.sync()
    [theirs] = desk.mails(Unified.DRAFTS)

    desk.core.services.compose.save(draft, instead_of=theirs)

    assert theirs not in desk.mails(Unified.DRAFTS)
    assert len(on_server(dovecot, imap_user)) == 1, "the old one is there until the new one is"
    desk.sync()
    desk.sync()
    assert on_server(dovecot, imap_user) == ["First words"]
    assert len(desk.mails(Unified.DRAFTS)) == 1


def test_what_another_program_has_sent_meanwhile_stays(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    dovecot.deliver(imap_user, [mail(1)], folder="Drafts")
    desk.sync()
    [theirs] = desk.mails(Unified.DRAFTS)
    with desk.core.database.write() as work:
        MessageWriter(work).set_status(theirs, Status.SENT)

    compose = desk.core.services.compose
    compose.put_on_server(compose.save(draft, instead_of=theirs))
    desk.sync()

    assert desk.core.services.reading.head(theirs).status is Status.SENT
    assert len(on_server(dovecot, imap_user)) == 2


def test_a_discarded_draft_goes_from_the_server_too(desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str) -> None:
    compose = desk.core.services.compose
    key = compose.save(draft)
    compose.put_on_server(key)
    desk.sync()

    compose.discard(key)
    desk.sync()

    assert (on_server(dovecot, imap_user), desk.mails(Unified.DRAFTS)) == ([], [])


def test_of_an_archive_only_account_drafts_stay_here(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    desk.add(dovecot, imap_user, mode=Mode.ARCHIVE_ONLY)
    desk.sync()
    key = desk.core.services.compose.save(Draft(sender=Address("", imap_user), text="Here", is_html=False))

    desk.core.services.compose.put_on_server(key)
    desk.sync()

    assert on_server(dovecot, imap_user) == []
    assert len(desk.mails(Unified.DRAFTS)) == 1


def test_another_sender_makes_it_the_draft_of_another_address_and_not_a_second_one(
    desk: Desk, draft: Draft, dovecot: Dovecot, imap_user: str
) -> None:
    account = desk.core.services.accounts.all()[0]
    desk.core.services.accounts.edit(account.known_as(["sales@example.org"]))
    compose = desk.core.services.compose
    key = compose.save(draft)
    compose.put_on_server(key)
    desk.sync()

    compose.save(replace(draft, sender=Address("Sales", "sales@example.org")), key)
    compose.put_on_server(key)
    desk.sync()
    desk.sync()

    assert len(on_server(dovecot, imap_user)) == 1
    [email] = desk.mails(Unified.DRAFTS)
    assert desk.core.services.reading.head(email).sender.address == "sales@example.org"


def test_r37_another_sender_costs_nobody_a_draft(desk: Desk, dovecot: Dovecot, imap_user: str) -> None:
    other = dovecot.new_user()
    for user in (imap_user, other):
        dovecot.deliver(user, [mail(1)])
        dovecot.maildir(user, "Drafts")
        dovecot.doveadm("mailbox", "update", "-u", user, "--uid-validity", "77", "Drafts")
    dovecot.deliver(other, [mail(7, text="of another program")], "Drafts")
    desk.add(dovecot, imap_user, display_name="Ann")
    desk.add(dovecot, other, display_name="Bea")
    desk.sync()
    compose = desk.core.services.compose
    begun = Draft(sender=Address("Ann", imap_user), subject="Plan", is_html=False, text="first words")
    key = compose.save(begun)
    compose.put_on_server(key)
    desk.sync()

    compose.save(replace(begun, sender=Address("Bea", other)), key)
    compose.put_on_server(key)
    desk.sync()

    assert any("of another program" in text for text in on_server(dovecot, other))
    assert any("first words" in text for text in on_server(dovecot, other))


def places_of(desk: Desk) -> list[int]:
    """Return the accounts that have a copy of the only draft, as the database knows it."""
    with desk.core.database.read() as view:
        return view.column("SELECT p.account_key FROM place p JOIN draft d ON d.email_key = p.email_key ORDER BY 1")


@pytest.fixture
def moving(desk: Desk, dovecot: Dovecot, imap_user: str) -> tuple[Draft, Draft, str]:
    """Two accounts, a draft of the first, the same as the second writes it, and the address of that one."""
    other = dovecot.new_user()
    desk.add(dovecot, imap_user, display_name="Ann")
    desk.add(dovecot, other, display_name="Bea")
    desk.sync()
    first = Draft(sender=Address("Ann", imap_user), subject="Plan", is_html=False, text="as Ann")
    return first, replace(first, sender=Address("Bea", other), text="as Bea"), other


def test_a_draft_moves_with_its_sender_and_leaves_none_behind(
    desk: Desk, moving: tuple[Draft, Draft, str], dovecot: Dovecot, imap_user: str
) -> None:
    first, second, other = moving
    compose = desk.core.services.compose
    key = compose.save(first)
    compose.put_on_server(key)
    desk.sync()

    compose.save(second, key)
    compose.put_on_server(key)
    desk.sync()
    desk.sync()
    assert (on_server(dovecot, imap_user), on_server(dovecot, other)) == ([], ["as Bea"])

    compose.save(first, key)
    compose.put_on_server(key)
    desk.sync()
    desk.sync()
    assert (on_server(dovecot, imap_user), on_server(dovecot, other)) == (["as Ann"], [])
    assert len(desk.mails(Unified.DRAFTS)) == 1
    assert desk.core.services.operations.waiting() == ()


def test_a_sender_changed_before_anything_was_put_there_is_the_only_one_that_counts(
    desk: Desk, moving: tuple[Draft, Draft, str], dovecot: Dovecot, imap_user: str
) -> None:
    first, second, other = moving
    compose = desk.core.services.compose
    key = compose.save(first)
    compose.put_on_server(key)
    compose.save(second, key)
    compose.put_on_server(key)

    desk.sync()

    assert (on_server(dovecot, imap_user), on_server(dovecot, other)) == ([], ["as Bea"])
    assert desk.core.services.operations.waiting() == ()


def test_what_another_program_made_of_the_draft_stays_where_it_was(
    desk: Desk, moving: tuple[Draft, Draft, str], dovecot: Dovecot, imap_user: str, tmp_path: Path
) -> None:
    first, second, other = moving
    compose = desk.core.services.compose
    key = compose.save(first)
    compose.put_on_server(key)
    desk.sync()
    [path] = (dovecot.maildir(imap_user, "Drafts") / "cur").iterdir()
    theirs = tmp_path / "theirs"
    theirs.write_bytes(path.read_bytes().replace(b"as Ann", b"on the telephone"))
    dovecot.deliver_file(imap_user, theirs, "Drafts")
    compose.save(second, key)
    compose.put_on_server(key)

    for _ in range(3):
        desk.sync()

    assert (on_server(dovecot, imap_user), on_server(dovecot, other)) == (["on the telephone"], ["as Bea"])


class _Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("dies_after", ["to_save", "draft_saved", "draft_done", "expunged"])
@pytest.mark.parametrize("moves_first", [False, True])
def test_killed_anywhere_the_draft_ends_where_its_sender_is(
    desk: Desk,
    moving: tuple[Draft, Draft, str],
    dovecot: Dovecot,
    imap_user: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dies_after: str,
    moves_first: bool,
) -> None:
    """`moves_first`: From changes while the first account still has it to do."""
    first, second, other = moving
    key = desk.core.services.compose.save(first)
    desk.core.services.compose.put_on_server(key)
    if not moves_first:
        desk.sync()
    else:
        _die_after(monkeypatch, "to_save", desk)
    desk.core.services.compose.save(second, key)
    desk.core.services.compose.put_on_server(key)

    _die_after(monkeypatch, dies_after, desk)
    for _ in range(3):
        desk.sync()

    assert on_server(dovecot, other) == ["as Bea"]
    assert on_server(dovecot, imap_user) == []
    assert len(desk.mails(Unified.DRAFTS)) == 1
    assert places_of(desk) == [desk.core.services.accounts.all()[1].key]
    assert desk.core.services.operations.waiting() == ()


def _die_after(monkeypatch: pytest.MonkeyPatch, step: str, desk: Desk) -> None:
    """Let each account work, twice, and die whenever this step is done."""
    real = getattr(ReplayQueue, step)

    def dying(queue: ReplayQueue, *arguments: object, **named: object) -> object:
        real(queue, *arguments, **named)
        raise _Killed

    with monkeypatch.context() as patched:
        patched.setattr(ReplayQueue, step, dying)
        for _ in range(2):
            for account in desk.core.services.accounts.all():
                with contextlib.suppress(_Killed):
                    desk.core.supervisor.sync_once(frozenset({account.key}))
