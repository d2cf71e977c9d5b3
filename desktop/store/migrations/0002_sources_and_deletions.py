"""Why: which text an Email shows and whether its source is whole are facts; what was deleted is remembered; aliases.

The person's own addresses follow from his accounts: no table repeats them. Digests of texts were made with estimated
sizes of parts and compare with nothing made now: they count as unknown.
"""

from peewee import SqliteDatabase

STATEMENTS = """
ALTER TABLE email ADD COLUMN text_digest BLOB;
ALTER TABLE email ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
ALTER TABLE place ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
UPDATE email SET partial = 1 WHERE completeness = 'text' OR (completeness = 'cannot-show'
    AND size_bytes > (SELECT min(size_limit_bytes) FROM mail_account));
UPDATE place SET text_digest = NULL,
    partial = coalesce((SELECT e.partial FROM email e WHERE e.key = place.email_key), 0);
ALTER TABLE mail_account ADD COLUMN aliases TEXT NOT NULL DEFAULT '[]';
DROP TABLE user_address;
CREATE INDEX email_reply ON email (in_reply_to) WHERE outgoing AND in_reply_to <> '';
CREATE INDEX email_misread ON email (key) WHERE parser_version = 0;

CREATE TABLE spent_key (
    low INTEGER PRIMARY KEY,
    last INTEGER NOT NULL
) STRICT;
INSERT INTO spent_key (low, last) SELECT conversation_key / 4096 * 4096, max(conversation_key)
    FROM conversation_member WHERE conversation_key NOT IN (SELECT key FROM email) GROUP BY 1;

CREATE TABLE deleted_mail (
    account_key INTEGER NOT NULL REFERENCES mail_account ON DELETE CASCADE,
    id BLOB NOT NULL,
    PRIMARY KEY (account_key, id)
) STRICT, WITHOUT ROWID;
"""


def up(migrator: object, db: SqliteDatabase) -> None:
    """Add the columns and tables, and fill them from what is known."""
    for statement in STATEMENTS.split(";\n"):
        if statement.strip():
            db.execute_sql(statement)
