"""The profile's upkeep: purge of mails long gone, daily backup, weekly check, stray sources, unreadable mails again."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from desktop.base import clock
from desktop.domain import events
from desktop.domain.mail.folder import Unified
from desktop.domain.mail.message import Message
from desktop.services.mail.ingest import Ingest
from desktop.services.mail.own_addresses import follow
from desktop.services.mail.purging import purge
from desktop.services.mail.sources import collect_unnamed
from desktop.services.mail.whole_folders import catch_up
from desktop.store import backup, replacement, restoration
from desktop.store.database import Database, DatabaseDamaged, DiskFull
from desktop.store.mail import search_mending
from desktop.store.mail.blobs import Blobs, SourceMissing
from desktop.store.mail.late_reminders import LateReminders
from desktop.store.mail.late_views import LateViews
from desktop.store.mail.life import KEPT_GONE_MS, Life
from desktop.store.mail.messages import DELETED_AT_MS, Messages, MessageWriter
from desktop.store.settings import SettingValues
from desktop.store.space import Space

log = logging.getLogger(__name__)

DAY_MS = 86_400_000
CHECK_EVERY_MS = 7 * DAY_MS
_ADDRESSES = 2000
"""Addresses a transaction: it holds back all other writers for some milliseconds."""
_CHECKED = "upkeep.checked-at-ms"


class Upkeep:
    """What housekeeping does to the store."""

    def __init__(self, database: Database, blobs: Blobs, ingest: Ingest, space: Space, backups: Path) -> None:
        self._database = database
        self._blobs = blobs
        self._ingest = ingest
        self._space = space
        self._backups = backups
        self._damage_told = False

    def run(self) -> None:
        """Purge, back up once a day, and once a week check and collect sources without a name.

        What is found damaged is replaced at the next start: until then it is told once and not read through again.
        """
        self._tell_of_damage()
        self._space.keep_reserve()
        catch_up(self._database)
        follow(self._database)
        purge(self._database, self._blobs, max(clock.now() - KEPT_GONE_MS, DELETED_AT_MS + 1))
        self._forget_people()
        if backup.is_suspect(self._database.path):
            return
        with self._database.read() as view:
            checked_at_ms = int(SettingValues(view).get(_CHECKED) or 0)
        check_is_due = abs(clock.now() - checked_at_ms) >= CHECK_EVERY_MS
        if check_is_due and (found := backup.damage(self._database.path)):
            self._note_damage(found)
        elif check_is_due or backup.is_due(self._backups):
            try:
                self._space.check(self._database.path.stat().st_size)
                copy = backup.make(self._database.path, self._backups, why=backup.DAILY)
            except DatabaseDamaged as problem:
                self._note_damage(problem.details)
                return
            except DiskFull:
                log.warning("there is no room for a backup")
                return
            if check_is_due:
                self._look_through(copy)

    def _note_damage(self, found: str) -> None:
        log.error("the database is damaged: %s", found)
        backup.set_suspect(self._database.path, suspect=True)
        self._tell_of_damage()

    def _look_through(self, copy: Path) -> None:
        """Do what is done once a week, the database being whole; `copy` is a copy of it."""
        with self._database.write() as work:
            # before anything that may fail: looking through again every hour would take the time of all else
            SettingValues.put(work, _CHECKED, str(clock.now()))
        if found := search_mending.damage(copy):
            log.error("the search index is damaged: %s", found)
            self.mend_search()
        with self._database.write() as work:
            LateViews(work).forget_old()
            LateReminders(work).forget_old()
        profile = self._database.path.parent
        if not restoration.has_strays(profile) and not replacement.set_aside_in(profile):
            log.info("sources that nothing names: %d deleted", collect_unnamed(self._database, self._blobs))

    def _tell_of_damage(self) -> None:
        if not self._damage_told and (backup.is_suspect(self._database.path) or self._blobs.is_suspect()):
            self._damage_told = True
            self._database.publish(events.DamageFound())

    def mend_search(self) -> None:
        """Build the search index anew; whoever writes waits meanwhile, some ten seconds for 50,000 mails."""
        with self._database.write() as work:
            search_mending.mend(work)
            work.emit(events.ListsChanged(tuple(int(unified) for unified in Unified)))
        log.warning("the search index was built anew")

    def _forget_people(self) -> None:
        """Delete the addresses of people of whom no mail is left."""
        last: int | None = 0
        while last is not None:
            with self._database.write() as work:
                last = MessageWriter(work).drop_unnamed_addresses(last, _ADDRESSES)

    def unreadable(self) -> Iterator[tuple[int, bytes]]:
        """Yield key and source of mails an older parser could not read."""
        with self._database.read() as view:
            rows = Messages(view).unreadable()
        for key, digest in rows:
            try:
                yield key, self._blobs.get(digest)
            except SourceMissing:
                log.warning("the source of an unreadable mail is missing")

    def read_again(self, key: int, raw: bytes, message: Message | None) -> None:
        """Take the new reading of an unreadable mail; None means it is still unreadable."""
        if message is not None:
            self._ingest.read_again(key, raw, message)
            return
        with self._database.write() as work:
            Life(work).still_unreadable(key)

    def close_thread(self) -> None:
        """Close the calling thread's connection."""
        self._database.close_thread()
