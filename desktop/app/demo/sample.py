"""The sample: a made-up mailbox with servers of its own in this process, and a profile that signs in to them.

Everything between the window and the socket is what it always is: supervisor, sync, import, replay, outbox, sender. The
servers listen on this computer alone, let in nobody without the password made for this start, and send nothing on.
"""

from __future__ import annotations

import secrets
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from desktop.app.core import Core
from desktop.app.demo import letters
from desktop.app.demo.imap_session import Credentials, ImapSession
from desktop.app.demo.letters import ADDRESS, NAME
from desktop.app.demo.listener import Listener
from desktop.app.demo.mailbox import Mailbox
from desktop.app.demo.post import Pace, Post
from desktop.app.demo.smtp_session import MAIL_MAX_BYTES, SmtpSession
from desktop.base import clock
from desktop.base.errors import Remedy
from desktop.base.i18n import _
from desktop.base.paths import Profile, ProfileUnusable, shown
from desktop.domain.mail.address import Address
from desktop.domain.mail.draft import Draft
from desktop.domain.mail.folder import Role, ServerFolder
from desktop.domain.mail.mail_account import Endpoint, FilesSent, MailAccount, Security
from desktop.net.keychain import Secrets
from desktop.net.mail.imap import names

MAILBOX_NAME = "sample-mailbox.db"
_HOST = "127.0.0.1"


class NoSample(ProfileUnusable):
    """The folder holds somebody's real profile."""

    remedy = Remedy.NONE
    can_retry = False

    def __init__(self, folder: Path) -> None:
        sentence = _("The folder {path} holds a profile that is no sample. Choose an empty folder, or none.")
        super().__init__(sentence.format(path=shown(folder)))


@contextmanager
def sample_profile(chosen: str | None) -> Iterator[Profile]:
    """Give the profile of the sample: in the chosen folder, which is kept, else in one that goes afterwards.

    RAPPORT_PROFILE and a portable profile are somebody's own and never used. Raises NoSample, ProfileUnusable.
    """
    if chosen is not None:
        profile = Profile.choose(chosen)
        if profile.database.exists() and not (profile.root / MAILBOX_NAME).exists():
            raise NoSample(profile.root)
        yield profile
        return
    with tempfile.TemporaryDirectory(prefix="rapport-sample-", ignore_cleanup_errors=True) as folder:
        yield Profile(Path(folder) / "profile")


class Sample:
    """Runs from here on; `join` lets a core that is open use it."""

    def __init__(self, profile: Profile, pace: Pace | None = None) -> None:
        profile.create()
        self.secrets = Secrets(profile.vault, lambda _new: None, find=_InMemory)
        self._credentials = credentials = Credentials(ADDRESS, secrets.token_urlsafe(24))
        self._mailbox = mailbox = Mailbox(profile.root / MAILBOX_NAME)
        self._is_new = not mailbox.folders()
        if self._is_new:
            _fill(mailbox)
        self._post = post = Post(mailbox, pace or Pace())
        self._imap = Listener("sample-imap", lambda peer: ImapSession(peer, mailbox, credentials).run())
        self._smtp = Listener("sample-smtp", lambda peer: SmtpSession(peer, credentials, post.take).run())

    def join(self, core: Core) -> None:
        """Give the profile its account, or the one it has the ports and the password of this start."""
        imap = Endpoint(_HOST, self._imap.port, Security.PLAIN, ADDRESS)
        smtp = Endpoint(_HOST, self._smtp.port, Security.PLAIN, ADDRESS)
        password = self._credentials.password
        accounts = core.services.accounts
        known = next((account for account in accounts.all() if account.address == ADDRESS), None)
        if known is not None:
            accounts.edit(replace(known, imap=imap, smtp=smtp), password, password)
        else:
            folders = tuple(_server_folder(path, use) for path, use in letters.letters().folders)
            account = MailAccount(
                uuid.uuid4(),
                ADDRESS,
                NAME,
                imap=imap,
                smtp=smtp,
                size_limit_bytes=2 * MAIL_MAX_BYTES,  # whole mails only: the server tells of no parts
                files_sent=FilesSent.NOT,
            )
            accounts.add(account, password, password, folders=folders)
            _write(core)
        self._post.begin()

    def close(self) -> None:
        """End the servers."""
        self._post.close()
        self._imap.close()
        self._smtp.close()
        self._mailbox.close()


class _InMemory:
    """Stands for the keyring: what it is given is gone with the process."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._kept.get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        self._kept[f"{service} {username}"] = password

    def delete_password(self, service: str, username: str) -> None:
        self._kept.pop(f"{service} {username}", None)


def _server_folder(path: str, use: str) -> ServerFolder:
    role = Role(use[1:].lower()) if use else Role.INBOX if path == "INBOX" else Role.NONE
    return ServerFolder(names.encode(path), path, "/", role, special_use=bool(use))


def _fill(mailbox: Mailbox) -> None:
    """Put there what lies in the sample from the start."""
    told = letters.letters()
    for path, use in told.folders:
        mailbox.create(names.encode(path).decode("ascii"), use)
    ids = {names.decode(folder.name.encode()): folder.id for folder in mailbox.folders()}
    now = clock.now()
    for letter in sorted(told.there, key=lambda letter: -letter.age_ms):
        at_ms = now - letter.age_ms
        mailbox.add(ids[letter.folder], letters.octets(letter, at_ms), at_ms, letter.flags)


def _write(core: Core) -> None:
    """Leave a mail that is sent tomorrow at nine, so that there is an outbox to look at."""
    tomorrow = clock.to_datetime(clock.now()).astimezone() + timedelta(days=1)
    text = "Dear Sophie,\n\nspring sounds lovely. I will send you a drawing with the lamps next week.\n\nNora"
    draft = Draft(
        Address(NAME, ADDRESS),
        to=(Address("Sophie Marchand", "sophie@ateliernord.example"),),  # not words
        subject="Re: Atelier Nord and your festival",
        is_html=False,
        text=text,
    )
    at_ms = int(tomorrow.replace(hour=9, minute=0, second=0, microsecond=0).timestamp() * 1000)
    core.services.outbox.send(core.services.compose.save(draft), at_ms=at_ms)
