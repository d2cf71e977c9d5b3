"""Why: at Gmail a mail lies once and its folders are labels: its copies are known to be one mail by Gmail's own id."""

from peewee import SqliteDatabase

STATEMENTS = (
    "ALTER TABLE place ADD COLUMN gm_msgid INTEGER",
    "CREATE INDEX place_gm_msgid ON place (account_key, gm_msgid) WHERE gm_msgid IS NOT NULL",
)


def up(migrator: object, db: SqliteDatabase) -> None:
    """Add the column; the engine asks for the ids of the copies that are here."""
    for statement in STATEMENTS:
        db.execute_sql(statement)
