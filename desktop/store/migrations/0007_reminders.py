"""Why: mails are snoozed, and sent ones followed up. Few mails have a reminder, so it is no column of all their views.

What brings a mail back lies here alone: no server knows of it.
"""

from peewee import SqliteDatabase

STATEMENTS = """
ALTER TABLE email_user DROP COLUMN snoozed_until_ms;

CREATE TABLE reminder (
    email_key INTEGER NOT NULL REFERENCES email ON DELETE CASCADE,
    user_key INTEGER NOT NULL REFERENCES user,
    kind TEXT NOT NULL,
    due_at_ms INTEGER NOT NULL,
    set_at_ms INTEGER NOT NULL,
    even_if_answered INTEGER NOT NULL DEFAULT 0,
    back_at_ms INTEGER,
    cause TEXT NOT NULL DEFAULT 'due',
    PRIMARY KEY (email_key, user_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_due ON reminder (due_at_ms) WHERE back_at_ms IS NULL;
"""


def up(migrator: object, db: SqliteDatabase) -> None:
    """Make the table; the column it replaces was never written."""
    for statement in STATEMENTS.split(";"):
        if statement.strip():
            db.execute_sql(statement)
