"""`rapport doctor`: examines profile and installation without changing either, also while they are in use or damaged.

Damage of the database is noted beside it, for the next start to mend.
The report may be shown to strangers: no passwords, no subjects, addresses shortened.
"""

from __future__ import annotations

import contextlib
import os
import platform
import shutil
import sqlite3
import stat
import sys
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import TypeVar

from desktop.app import lock, passphrase, recovery
from desktop.app.arguments import Examine
from desktop.app.console import Console
from desktop.app.file_system import network_kind
from desktop.app.reading_only import was_used
from desktop.base import clock
from desktop.base.bus import Bus
from desktop.base.errors import Problem
from desktop.base.i18n import _
from desktop.base.log import redact
from desktop.base.paths import Profile, shown
from desktop.base.version import VERSION
from desktop.engine.mail.content import Content
from desktop.engine.mail.importer import ParserProcess
from desktop.net.keychain import Secrets
from desktop.store import backup, migrate, replacement, restoration
from desktop.store.database import Database
from desktop.store.examination import Examination, examine
from desktop.store.mail import blob_rescue
from desktop.store.mail.accounts import Accounts

LEAST_FREE_BYTES = 200 << 20
_SAMPLE = b"From: doctor@example.org\r\nSubject: sample\r\n\r\nA mail to try the parser with.\r\n"
T = TypeVar("T")


class _Visit:
    """Collects what is found; `problems` are sentences for the person."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.problems: list[str] = []

    def ask(self, question: Callable[[], T]) -> T | None:
        """Return the answer; a Problem is noted instead."""
        try:
            return question()
        except Problem as problem:
            self.problems.append(problem.text)
            return None


def run(command: Examine, profile: Profile, console: Console) -> int:
    """Print the report; returns 0 when all is well, else 1. A profile that nobody used yet is no fault."""
    visit = _Visit(profile)
    used = visit.ask(lambda: was_used(profile))
    report: dict[str, object] = {
        "version": VERSION,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "qt": _installed("PySide6-Essentials"),
        "sqlite": sqlite3.sqlite_version,
        "bundled": bool(getattr(sys, "frozen", False)),
        "profile": shown(profile.root),
        "used": used,
        "in_use_by": _holder(profile),
        **(_database(visit) if used else {"schema": None, "schema_of_program": migrate.latest()}),
        "sources": visit.ask(lambda: _sources(visit)) if used else None,
        "disk": _disk(visit),
        "private": _private(visit) if used else None,
        "secrets": visit.ask(lambda: _secrets(profile)),
        "parser": visit.ask(_parser),
        "backups": _backups(profile) if used else None,
        "restored": _restored(visit),
        "replaced": ", ".join(path.name for path in replacement.set_aside_in(profile.root)) or None,
    }
    report["problems"] = visit.problems
    report["ok"] = not visit.problems
    if command.as_json:
        console.json(report)
    else:
        _print(report, console)
    for problem in visit.problems:
        console.say(problem)
    if used is False:
        console.say(
            _("There is nothing in {path} yet. Rapport makes it at its first start.").format(path=report["profile"])
        )
    if not visit.problems:
        console.say(_("Everything is in order."))
    return 1 if visit.problems else 0


def _installed(package: str) -> str | None:
    """Return the version of a package without importing it; bundles carry no metadata of packages they pruned."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _holder(profile: Profile) -> dict[str, object] | None:
    holder = lock.holder(profile)
    return {"pid": holder.pid, "kind": holder.kind.value} if holder and lock.is_held(profile) else None


def _database(visit: _Visit) -> dict[str, object]:
    schema = visit.ask(lambda: migrate.version_of(visit.profile.database))
    found: dict[str, object] = {"schema": schema, "schema_of_program": migrate.latest()}
    if schema is None:
        return found
    database = Database(visit.profile.database, Bus(), read_only=True)
    database.when_damaged = lambda: _note_damage(visit.profile)
    try:
        examination = visit.ask(lambda: _examination(database))
        if examination is not None:
            found["integrity"] = examination.integrity
            found["counts"] = dict(examination.counts)
            if examination.integrity != "ok":
                _note_damage(visit.profile)
                visit.problems.append(_("The mail database is damaged. Rapport repairs it with its next start."))
        if schema == migrate.latest():
            found["mail_accounts"] = visit.ask(lambda: _accounts(database))
    finally:
        database.close()
    return found


def _note_damage(profile: Profile) -> None:
    """Let the next start examine the database: without a note it would not, after a clean end."""
    with contextlib.suppress(OSError):
        backup.set_suspect(profile.database, suspect=True)


def _examination(database: Database) -> Examination:
    with database.read() as view:
        return examine(view)


def _accounts(database: Database) -> list[dict[str, object]]:
    with database.read() as view:
        accounts = Accounts(view)
        synced, fetched = accounts.synced_at(), {account.key for account in accounts.fetched()}
        return [
            {
                "address": redact(account.address, shorten_addresses=True),
                "imap": account.imap.security.value if account.imap else None,
                "smtp": account.smtp.security.value if account.smtp else None,
                "mode": account.mode.value,
                "fetched": account.key in fetched,
                "synced": clock.to_datetime(synced[account.key]).isoformat() if synced.get(account.key) else None,
            }
            for account in accounts.all()
        ]


def _sources(visit: _Visit) -> dict[str, object]:
    folder = visit.profile.raw
    found = blob_rescue.damage(folder)
    if found:
        with contextlib.suppress(OSError):
            blob_rescue.set_suspect(folder)
        visit.problems.append(_("The stored sources of mails are damaged. Rapport repairs them with its next start."))
    aside = blob_rescue.damaged_files(folder)
    for path in aside:
        sentence = _(
            "Stored sources of mails were damaged; what could be read of them was kept, and the rest is fetched again "
            "from the servers. The damaged file is kept as {path}; delete it when you miss nothing."
        )
        visit.problems.append(sentence.format(path=shown(path)))
    return {"integrity": found or "ok", "damaged": ", ".join(path.name for path in aside) or None}


def _disk(visit: _Visit) -> dict[str, object] | None:
    """Look at the disk the profile lies on, or will lie on."""
    profile = visit.profile
    there = next(path for path in (profile.root, *profile.root.parents) if os.path.lexists(path))
    if not there.is_dir():
        visit.problems.append(_("The profile {path} is not a folder.").format(path=shown(profile.root)))
        return None
    if there != profile.root and not os.access(there, os.W_OK | os.X_OK):
        sentence = _("The profile folder {path} cannot be read and written by this user.")
        visit.problems.append(sentence.format(path=shown(profile.root)))
    free = shutil.disk_usage(there).free
    if free < LEAST_FREE_BYTES:
        visit.problems.append(
            _("Less than {n} MB are free on the disk of the profile.").format(n=LEAST_FREE_BYTES >> 20)
        )
    network = network_kind(profile.root)
    if network:
        visit.problems.append(_("The profile is on a network file system, where its database would be damaged."))
    sizes = {"database": _size(profile.database), "sources": sum(map(_size, _files(profile.raw)))}
    return {"free_bytes": free, "network": network or None, **{f"{name}_bytes": n for name, n in sizes.items()}}


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a file that went away between listing and looking
        return 0


def _private(visit: _Visit) -> bool | None:
    """Return whether only the owner may touch the profile; None where modes do not say."""
    if sys.platform == "win32":
        return None
    profile = visit.profile
    side_files = [profile.database.with_name(profile.database.name + end) for end in ("-wal", "-shm")]
    paths = [profile.database, *side_files, profile.vault, profile.raw, profile.log, profile.backup]
    private = all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in paths if path.exists())
    if not private:
        visit.problems.append(_("Files of the profile can be read by others on this computer."))
    return private


def _secrets(profile: Profile) -> dict[str, object]:
    secrets = Secrets(profile.vault, passphrase.vault_passphrase)
    return {"kept_in": "vault" if secrets.uses_vault else "keyring", "vault_exists": profile.vault.exists()}


def _parser() -> dict[str, object]:
    began = clock.monotonic()
    process = ParserProcess()
    try:
        Content(process).parse(_SAMPLE)
    finally:
        process.close()
    return {"works": True, "seconds": round(clock.monotonic() - began, 3)}


def _backups(profile: Profile) -> dict[str, object]:
    newest = backup.newest(profile.backup)
    made = clock.to_datetime(backup.made_at_ms(newest)).isoformat() if newest else None
    return {"kept": len(list(profile.backup.glob("rapport-*.db"))), "newest": made}


def _restored(visit: _Visit) -> dict[str, object] | None:
    """Tell of a database that was damaged, as long as its file lies in the profile: the person deletes it."""
    done = restoration.read(visit.profile.root)
    if done is None or not (visit.profile.root / done.damaged).exists():
        return None
    visit.problems.append(" ".join(recovery.words(visit.profile, done)))
    return {
        "at": clock.to_datetime(done.at_ms).isoformat(),
        "damaged": done.damaged,
        "backup": clock.to_datetime(done.backup_ms).isoformat() if done.backup_ms is not None else None,
        "taken_over": done.rescued,
    }


def _print(report: Mapping[str, object], console: Console, indent: str = "") -> None:
    for name, value in report.items():
        if name in ("problems", "ok"):
            continue
        if isinstance(value, Mapping):
            console.line(f"{indent}{name}:")
            _print(value, console, indent + "  ")
        elif isinstance(value, list):
            console.line(f"{indent}{name}:")
            for one in value:
                console.line(f"{indent}  {', '.join(f'{key} {what}' for key, what in one.items())}")
        else:
            console.line(f"{indent}{name}: {'-' if value is None else value}")
