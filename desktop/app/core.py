"""The one place where store, net, services and engine are put together, for window, worker and command line. No Qt."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from desktop.app import recovery
from desktop.app.source_recovery import open_blobs
from desktop.base.bus import Bus
from desktop.base.paths import Profile
from desktop.domain.passphrase import AskPassphrase
from desktop.engine.credentials import Credentials
from desktop.engine.downloads import Downloads
from desktop.engine.errands import NetworkErrands
from desktop.engine.housekeeping import Housekeeping
from desktop.engine.mail.content import Content
from desktop.engine.mail.importer import ParserProcess
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.engine.mail.means import Means
from desktop.engine.mail.senders import Senders
from desktop.engine.notices import DesktopNotices
from desktop.engine.supervisor import Supervisor
from desktop.engine.tokens import Tokens
from desktop.engine.transfers import TransferThread
from desktop.net.keychain import Secrets
from desktop.services.mail.answers import Answers
from desktop.services.mail.compose import Compose
from desktop.services.mail.exporting import Exporting
from desktop.services.mail.folders import Folders
from desktop.services.mail.importing import Importing
from desktop.services.mail.ingest import Ingest
from desktop.services.mail.mail_accounts import MailAccounts
from desktop.services.mail.mail_actions import MailActions
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.operations import Operations
from desktop.services.mail.outbox import Outbox
from desktop.services.mail.reading import Reading
from desktop.services.mail.reminders import Reminders
from desktop.services.mail.replay import ReplayQueue
from desktop.services.mail.search import Search
from desktop.services.mail.sending import Sending
from desktop.services.mail.sign_in_providers import SignInProviders
from desktop.services.mail.status import StatusBoard
from desktop.services.mail.strays import Strays
from desktop.services.mail.telling import Telling
from desktop.services.mail.traffic import Traffic
from desktop.services.mail.transfers import Transfers
from desktop.services.mail.upkeep import Upkeep
from desktop.services.mail.views import MailViews
from desktop.services.services import Services
from desktop.services.settings import Settings
from desktop.store import backup, migrate, replacement
from desktop.store.database import Database, DatabaseDamaged, DiskFailed, SearchIndexDamaged
from desktop.store.mail import search_mending
from desktop.store.mail.accounts import AccountWriter
from desktop.store.mail.blobs import Blobs
from desktop.store.restoration import Restoration
from desktop.store.space import Space

log = logging.getLogger(__name__)

READER_IDLE_S = 120.0
"""The reader's process goes after so long without work, and comes back with the next mail."""


@dataclass(frozen=True, slots=True)
class Core:
    """A profile that is open: what one can do with it, and the engine that fetches."""

    profile: Profile
    bus: Bus
    database: Database
    services: Services
    supervisor: Supervisor
    secrets: Secrets
    desktop: DesktopNotices | None
    """Shows notices; None where the window does so without it."""
    restored: Restoration | None
    """What this start did to a damaged database."""
    ending: threading.Event
    """Set once the engine is being ended: who waits for it waits no longer."""
    _end_work: tuple[Callable[[], None], ...]
    _close: tuple[Callable[[], None], ...]

    def start(self) -> None:
        """Start the threads of the engine."""
        self.supervisor.start()

    def send_what_is_held(self, most_s: float) -> None:
        """Let what waits to be taken back go now, and wait for it."""
        self.services.outbox.let_go()
        self.supervisor.senders.finish(most_s)

    def end_work(self) -> None:
        """End the engine; reading and writing the profile still work. The second time does nothing."""
        if not self.ending.is_set():
            self.ending.set()
            for end in self._end_work:
                end()

    def close(self) -> None:
        """End every thread and process and close the files; what was written is safe."""
        self.end_work()
        for close in self._close:
            close()


def build_core(
    profile: Profile,
    ask_passphrase: AskPassphrase,
    *,
    after_crash: bool = False,
    read_only: bool = False,
    secrets: Secrets | None = None,
    importing: ParserProcess | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Core:
    """Open a profile, migrating it first. The caller holds the profile's lock unless `read_only`.

    `after_crash` says that the last user of the profile did not end cleanly: then the database is checked first, which
    takes seconds for a large one; `stop` is asked meanwhile and breaks it off with backup.Stopped.
    `secrets` and `importing` are taken as they are where `app.ahead` has made them already.

    Raises Problem: the profile cannot be used, was used by a newer Rapport, is damaged and has no backup.
    """
    bus, space = Bus(), Space(profile.root)
    with _told_of_disk():
        if not read_only:
            profile.create()
            replacement.finish(profile.root)
            recovery.examine(profile, after_crash, stop)
        database = Database(profile.database, bus, read_only=read_only)
        database.when_full = space.give_up_reserve
        if not read_only:
            database.when_damaged = lambda: backup.set_suspect(profile.database, suspect=True)
        restored = None if read_only else _made_ready(profile, database, stop)
        blobs = Blobs(profile.raw, read_only=True) if read_only else open_blobs(profile, database, after_crash, stop)
    secrets = secrets or Secrets(profile.vault, ask_passphrase)
    mirror = Mirror(database, space)
    settings = Settings(database)
    providers = SignInProviders(settings, secrets)
    credentials = Credentials(secrets, Tokens(secrets, providers.get))
    mailboxes = Mailboxes(credentials, Traffic(database))
    downloads = Downloads(profile.cache / "downloads")
    errands = NetworkErrands(mirror, secrets, credentials, mailboxes, downloads, providers.of_address)
    importing, reading = importing or ParserProcess(), ParserProcess()
    importing.stop_when_idle(READER_IDLE_S)
    reading.stop_when_idle(READER_IDLE_S)
    statuses = StatusBoard(bus)
    ingest = Ingest(database, blobs)
    means = Means(
        database=database,
        mirror=mirror,
        ingest=ingest,
        queue=ReplayQueue(database, blobs),
        statuses=statuses,
        mailboxes=mailboxes,
        parser=importing,
    )
    desktop = DesktopNotices() if sys.platform == "linux" else None
    last_words = (desktop.close,) if desktop is not None else ()
    upkeep = Upkeep(database, blobs, ingest, space, profile.backup)
    housekeeping = Housekeeping(upkeep, Strays(database, blobs, ingest, profile.root), importing)
    database.when_index_damaged = housekeeping.mend_index
    senders = Senders(Sending(database, blobs, ingest), credentials, mailboxes, database)
    actions = MailActions(database, blobs)
    reminders = Reminders(database, actions)
    supervisor = Supervisor(bus, means, housekeeping, senders, reminders)
    content, compose = Content(reading), Compose(database, blobs)
    if not read_only:
        compose.regain()
    reader = Reading(database, blobs, content, errands)
    importer = Importing(database, ingest, Content(importing), space, profile.backup)
    transfers = TransferThread(database.close_thread)
    services = Services(
        views=MailViews(database),
        reading=reader,
        actions=actions,
        reminders=reminders,
        folders=Folders(database, bus),
        accounts=MailAccounts(database, blobs, secrets, errands, statuses, bus),
        search=Search(database),
        operations=Operations(database),
        settings=settings,
        compose=compose,
        answers=Answers(database, reader, content, compose, settings),
        outbox=Outbox(database, blobs, settings),
        transfers=Transfers(importer, Exporting(database, blobs), transfers),
        telling=Telling(database),
        providers=providers,
    )
    return Core(
        profile,
        bus,
        database,
        services,
        supervisor,
        secrets,
        desktop,
        restored,
        ending=threading.Event(),
        _end_work=(supervisor.close, errands.close, transfers.close),
        _close=(
            *last_words,
            importing.close,
            reading.close,
            blobs.close,
            database.close,
        ),
    )


@contextmanager
def _told_of_disk() -> Iterator[None]:
    """Let what the disk refuses be a Problem: who mends a profile copies files, and the disk may be what ails it."""
    try:
        yield
    except OSError as error:
        raise DiskFailed.of(error) from error


def _made_ready(profile: Profile, database: Database, stop: Callable[[], bool]) -> Restoration | None:
    """Bring the database to our schema and take over from a damaged one; one that is damaged itself is mended first.

    After a clean end nobody has read the whole file, so the first to meet damage may be who wants to use it.
    """
    try:
        return _with_sound_index(profile, database)
    except DatabaseDamaged:
        log.exception("the database is damaged after a clean end")
        database.close_thread()
        recovery.examine(profile, True, stop)
        return _with_sound_index(profile, database)


def _with_sound_index(profile: Profile, database: Database) -> Restoration | None:
    """Do so with the search index built anew where it is found damaged: it may be in a backup that is whole else."""
    try:
        return _migrated(profile, database)
    except SearchIndexDamaged:
        log.exception("the search index is damaged")
        with database.write() as work:
            search_mending.mend(work)
        return _migrated(profile, database)


def _migrated(profile: Profile, database: Database) -> Restoration | None:
    migrate.migrate(database, lambda: _back_up(profile))
    with database.write() as work:
        AccountWriter(work).ensure_user()
    return recovery.take_over(profile, database)


def _back_up(profile: Profile) -> None:
    backup.make(profile.database, profile.backup, why=backup.BEFORE_UPDATE)
