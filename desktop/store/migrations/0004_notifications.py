"""Why: a person says folder by folder whether new mail is told of; NULL is not said, then it follows the Inbox."""

from peewee import SqliteDatabase

STATEMENT = "ALTER TABLE folder ADD COLUMN notify INTEGER"


def up(migrator: object, db: SqliteDatabase) -> None:
    """Add the column."""
    db.execute_sql(STATEMENT)
