"""From a server to stored, in conversations and searchable: `rapport sync`, and `mbsync` with `notmuch new` beside it.

Both fetch the same INBOX over TLS from the same Dovecot into nothing, by turns. After each run of ours every mail must
be there, in a conversation, and found by search. Times in seconds of wall clock.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from desktop.base.bus import Bus
from desktop.services.mail.search import Search
from desktop.store.database import Database
from tests.benchmarks import corpus, program
from tests.benchmarks.machine import spread_of
from tests.benchmarks.options import Options
from tests.servers.dovecot import PASSWORD, Dovecot

RUNS = 3
_SEARCHED = 300
_PLAIN_ADDRESS = re.compile(r"[a-z0-9.-]+@[a-z0-9.-]+")

_MBSYNC = """\
IMAPStore far
Host {host}
Port {port}
User {user}
Pass {password}
{tls} IMAPS
CertificateFile {ca}

MaildirStore near
Path {folder}/mail/
Inbox {folder}/mail/INBOX

Channel all
Far :far:
Near :near:
Patterns INBOX
Create Near
SyncState *
"""
_NOTMUCH = """\
[database]
path={folder}/mail
[user]
name=Me
primary_email=me@example.org
[new]
tags=unread;inbox
ignore=.uidvalidity;.mbsyncstate
[maildir]
synchronize_flags=true
"""


def measure(options: Options) -> dict[str, object]:
    """Fetch by turns and return the figures."""
    paths = corpus.spread(corpus.mails(options.corpus), options.size(0, quick=300))
    runs = options.size(RUNS, quick=1)
    ours: list[float] = []
    fetches: list[float] = []
    indexes: list[float] = []
    with program.server_with(paths) as (server, user), tempfile.TemporaryDirectory() as made:
        checked: dict[str, int] = {}
        for turn in range(runs):
            folder = Path(made) / f"rapport-{turn}"
            folder.mkdir()
            ours.append(rapport(folder, server, user))
            checked = check(folder / "profile", len(paths))
            shutil.rmtree(folder)
            if peer_there():
                folder = Path(made) / f"peer-{turn}"
                fetched, indexed = peer(folder, server, user, len(paths))
                fetches.append(fetched)
                indexes.append(indexed)
                shutil.rmtree(folder)
    result: dict[str, object] = {"mails": len(paths), "rapport": spread_of(ours), "checked": checked}
    if fetches:
        both = [fetched + indexed for fetched, indexed in zip(fetches, indexes, strict=True)]
        result["peer"] = {**spread_of(both), "mbsync": spread_of(fetches), "notmuch": spread_of(indexes)}
    return result


def rapport(folder: Path, server: Dovecot, user: str) -> float:
    """Return how long `rapport sync` takes on a new profile."""
    profile = folder / "profile"
    program.add_account(profile, server, user)
    began = time.perf_counter()
    program.run(profile, "sync")
    return time.perf_counter() - began


def check(profile: Path, count: int) -> dict[str, int]:
    """Return what was looked at; raises AssertionError where a mail is missing somewhere."""
    database = Database(profile / "rapport.db", Bus(), read_only=True)
    try:
        with database.read() as view:
            [stored] = view.column("SELECT count(*) FROM place WHERE email_key IS NOT NULL AND raw_digest IS NOT NULL")
            emails = view.all("SELECT key, from_address, subject FROM email ORDER BY key")
            [in_conversations] = view.column(
                "SELECT sum(c.mails) FROM listing_conversation c JOIN folder f ON f.key = c.list_id "
                "WHERE f.role = 'inbox'"
            )
            [indexed] = view.column("SELECT count(*) FROM email_search_docsize")
        assert stored == count, f"{stored} of {count} mails are stored"
        assert in_conversations == len(emails), f"{in_conversations} of {len(emails)} mails are in conversations"
        assert indexed == len(emails), f"{indexed} of {len(emails)} mails are indexed"
        searched = 0
        for key, sender, subject in emails[:: max(1, len(emails) // _SEARCHED)]:
            words = [f"subject:{word}" for word in subject.split() if word.isascii() and word.isalpha()]
            if words and _PLAIN_ADDRESS.fullmatch(sender):
                searched += 1
                query = " ".join(("in:anywhere", f"from:{sender}", *words))
                # the newest that is not newer than this mail must be this mail
                hits = Search(database).search(query, limit=1, before_key=key + 1).hits
                assert [hit.row.key for hit in hits] == [key], f"{query!r} does not find its mail"
    finally:
        database.close()
    assert searched, "no mail was searched for"
    return {"stored": stored, "distinct": len(emails), "searched_for": searched}


def peer_there() -> bool:
    """Return whether the programs of the other side are installed."""
    return shutil.which("mbsync") is not None and shutil.which("notmuch") is not None


def peer(folder: Path, server: Dovecot, user: str, count: int) -> tuple[float, float]:
    """Return how long mbsync takes to fetch and notmuch to index."""
    (folder / "mail").mkdir(parents=True)
    told = {"host": server.host, "port": server.imaps_port, "user": user, "password": PASSWORD, "ca": server.ca_file}
    version = subprocess.run(["mbsync", "--version"], capture_output=True, encoding="utf-8", check=True).stdout
    # isync 1.5 gave the option its present name
    tls = "SSLType" if re.search(r" 1\.[0-4]\.", version) else "TLSType"
    config = folder / "mbsyncrc"
    config.write_text(_MBSYNC.format(folder=folder, tls=tls, **told), encoding="utf-8")
    (folder / "notmuch").write_text(_NOTMUCH.format(folder=folder), encoding="utf-8")
    environ = {**os.environ, "NOTMUCH_CONFIG": str(folder / "notmuch"), "HOME": str(folder)}
    began = time.perf_counter()
    subprocess.run(["mbsync", "-q", "-c", str(config), "all"], env=environ, check=True, stdout=subprocess.DEVNULL)
    fetched = time.perf_counter()
    subprocess.run(["notmuch", "new", "--quiet"], env=environ, check=True, stdout=subprocess.DEVNULL)
    indexed = time.perf_counter()
    counted = subprocess.run(
        ["notmuch", "count", "--output=files", "*"], env=environ, capture_output=True, encoding="utf-8", check=True
    )
    assert int(counted.stdout) == count, f"notmuch has {counted.stdout.strip()} of {count} mails"
    return fetched - began, indexed - fetched
