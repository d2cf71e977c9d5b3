"""Why: mails are written and sent: drafts, the outbox, and what a person writes as in place of bare aliases.

A draft and an outgoing mail each belong to an Email, which lists, search and reader know like any other. The outbox
outlives a removed mail account: what could not leave is told.
"""

import json

from peewee import SqliteDatabase

STATEMENTS = """
ALTER TABLE mail_account ADD COLUMN identities TEXT NOT NULL DEFAULT '[]';
ALTER TABLE mail_account ADD COLUMN files_sent TEXT NOT NULL DEFAULT '';

CREATE TABLE draft (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    email_key INTEGER NOT NULL UNIQUE REFERENCES email ON DELETE CASCADE,
    message_id TEXT NOT NULL,
    date_ms INTEGER NOT NULL,
    content TEXT NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    changes INTEGER NOT NULL DEFAULT 1,
    changes_on_server INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE draft_file (
    draft_key INTEGER NOT NULL REFERENCES draft ON DELETE CASCADE,
    digest BLOB NOT NULL,
    PRIMARY KEY (draft_key, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_file_digest ON draft_file (digest);

CREATE TABLE outbox (
    key INTEGER PRIMARY KEY AUTOINCREMENT,
    email_key INTEGER NOT NULL UNIQUE REFERENCES email ON DELETE CASCADE,
    account_key INTEGER REFERENCES mail_account ON DELETE SET NULL,
    stage TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    scheduled INTEGER NOT NULL DEFAULT 0,
    asks INTEGER NOT NULL DEFAULT 0,
    sender TEXT NOT NULL DEFAULT '',
    message_id TEXT NOT NULL DEFAULT '',
    queued_at_ms INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    looks INTEGER NOT NULL DEFAULT 0,
    problem TEXT NOT NULL DEFAULT '',
    details TEXT NOT NULL DEFAULT '',
    remedy TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_account ON outbox (account_key, due_at_ms);

CREATE TABLE outbox_recipient (
    outbox_key INTEGER NOT NULL REFERENCES outbox ON DELETE CASCADE,
    address TEXT NOT NULL,
    fate TEXT NOT NULL DEFAULT 'waiting',
    words TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (outbox_key, address)
) STRICT, WITHOUT ROWID;
"""


def up(migrator: object, db: SqliteDatabase) -> None:
    """Add the tables, and make an identity of every address a person has."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
    accounts = db.execute_sql("SELECT key, address, display_name, aliases FROM mail_account").fetchall()
    for key, address, name, aliases in accounts:
        others = json.loads(aliases)
        if others:
            known = [{"address": each, "name": name} for each in (address, *others)]
            db.execute_sql("UPDATE mail_account SET identities = ? WHERE key = ?", (json.dumps(known), key))
    db.execute_sql("ALTER TABLE mail_account DROP COLUMN aliases")
