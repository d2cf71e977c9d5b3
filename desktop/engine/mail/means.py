"""What every runner of an account works with, put together in `app.core`.

A module of its own, so that who hands the means on need not import what speaks IMAP.
"""

from __future__ import annotations

from dataclasses import dataclass

from desktop.engine.mail.importer import ParserProcess
from desktop.engine.mail.mailboxes import Mailboxes
from desktop.services.mail.ingest import Ingest
from desktop.services.mail.mirror import Mirror
from desktop.services.mail.replay import ReplayQueue
from desktop.services.mail.status import StatusBoard
from desktop.store.database import Database


@dataclass(frozen=True, slots=True)
class Means:
    """What every runner works with."""

    database: Database
    mirror: Mirror
    ingest: Ingest
    queue: ReplayQueue
    statuses: StatusBoard
    mailboxes: Mailboxes
    parser: ParserProcess
